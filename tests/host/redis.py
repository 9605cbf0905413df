"""The host's own Redis: one server for cache and queue, kept in memory only."""

import json
import os
import socket
import subprocess
import time
from contextlib import suppress

from . import HOST, SITE, HostError

CONFIG = SITE / "site_config.json"
FOLDER = HOST / "redis"


class Redis:
	def __init__(self, port: int):
		self.port = port
		FOLDER.mkdir(parents=True, exist_ok=True)
		memory_only = ("--appendonly", "no", "--save", "")
		command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", FOLDER, *memory_only]
		# A session of its own: Ctrl-C must reach the server's clients before it.
		self.process = subprocess.Popen([*command, "--logfile", "redis.log"], start_new_session=True)

	def stop(self):
		self.process.terminate()
		self.process.wait()


def start_redis() -> Redis | None:
	"""The server just started, or None where ours runs already. Its port is the last one or, if another program has
	that, the next free one; the site's settings say which."""
	if not CONFIG.exists():
		raise HostError("There is no site yet: python -m tests.host setup")
	port = int(json.loads(CONFIG.read_text())["redis_cache"].rsplit(":", 1)[1])
	if is_ours(port):
		return None
	port = free_port(port)
	set_config(redis_cache=f"redis://127.0.0.1:{port}", redis_queue=f"redis://127.0.0.1:{port}")
	server = Redis(port)
	for _ in range(100):
		if is_ours(port):
			return server
		time.sleep(0.05)
	server.stop()
	raise HostError(f"Redis does not start; {FOLDER}/redis.log may say why")


def set_config(**values):
	"""Changes site_config.json in one go, so that no reader meets half a file."""
	new = CONFIG.with_suffix(".new")
	new.write_text(json.dumps({**json.loads(CONFIG.read_text()), **values}, indent=1))
	os.replace(new, CONFIG)


def is_ours(port: int) -> bool:
	import redis

	with suppress(redis.RedisError, OSError):
		client = redis.Redis(port=port, socket_timeout=2)
		return client.config_get("dir")["dir"] == str(FOLDER)
	return False


def free_port(first: int) -> int:
	for port in range(first, first + 100):
		with socket.socket() as probe, suppress(OSError):
			probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
			probe.bind(("127.0.0.1", port))
			return port
	raise HostError(f"No free port from {first} to {first + 99}")
