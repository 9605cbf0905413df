"""Runs the site: Redis, a web server, one worker, the scheduler."""

import signal
import subprocess
import sys
import time

from . import ROOT
from .redis import free_port, start_redis


def serve(port: int):
	"""Runs until Ctrl-C or SIGTERM, or until one of the servers ends; none of them outlives it."""
	for stop_signal in (signal.SIGINT, signal.SIGTERM):
		signal.signal(stop_signal, signal.default_int_handler)
	redis = start_redis()
	children = []
	try:
		chosen = free_port(port)
		if chosen != port:
			print(f"Port {port} is busy; taking {chosen}.")
		children = [start("web", str(chosen)), start("worker"), start("schedule")]
		print(f"http://127.0.0.1:{chosen}   user Administrator   password admin   (Ctrl-C stops)", flush=True)
		while all(child.poll() is None for child in children):
			time.sleep(0.3)
		print("One of the servers has ended; stopping the others.")
	except KeyboardInterrupt:
		print("Stopping …")
	finally:
		stop(children, redis)


def start(*command: str) -> subprocess.Popen:
	# A session of its own, so that Ctrl-C reaches this process only and the children are stopped in order.
	return subprocess.Popen([sys.executable, "-m", "tests.host", *command], cwd=ROOT, start_new_session=True)


def stop(children, redis):
	for child in children:
		child.terminate()
	for child in children:
		try:
			child.wait(timeout=10)
		except subprocess.TimeoutExpired:
			child.kill()
	if redis:
		redis.stop()
