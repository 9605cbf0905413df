import argparse
import sys

from . import HostError


def main():
	parser = argparse.ArgumentParser(prog="python -m tests.host", description=__package__)
	parser.add_argument(
		"command", help="setup, serve, or one of commands.py: migrate, install-app, uninstall-app …"
	)
	parser.add_argument("arguments", nargs="*")
	parser.add_argument("--port", type=int, default=8000, help="for serve")
	options = parser.parse_args()
	try:
		act(options.command, options.arguments, options.port)
	except HostError as error:
		sys.exit(f"host: {error}")


def act(command: str, arguments: list[str], port: int):
	if command == "setup":
		from .setup import setup

		setup()
	elif command == "serve":
		from .serve import serve

		serve(port)
	else:
		from .commands import run_here

		run_here(command, *arguments)


main()
