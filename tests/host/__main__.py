import argparse
import sys

from . import HostError, servers, setup, use_framework

parser = argparse.ArgumentParser(prog="python -m tests.host", description=__package__)
parser.add_argument("command", help="setup, serve, or one of commands.py: migrate, install-app …")
parser.add_argument("arguments", nargs="*")
parser.add_argument("--port", type=int, default=8000, help="for serve")
options = parser.parse_args()
try:
	if options.command == "setup":
		setup.setup()
	elif options.command == "serve":
		servers.serve(options.port)
	else:
		use_framework()
		from .commands import run_here

		run_here(options.command, *options.arguments)
except HostError as error:
	sys.exit(f"host: {error}")
