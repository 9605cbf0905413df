"""What runs beside the site: the host's own Redis and MariaDB, reached by sockets in its folder so that nothing of the
machine's is touched, and what serves the site."""

import atexit
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from getpass import getuser
from pathlib import Path

from . import DATABASE, HOST, ROOT, HostError, call, tied, use_framework

REDIS = HOST / "redis"
MARIADB = HOST / "mariadb"


def start_servers():
	"""Those that the site needs and that do not run yet; they end with this process."""
	start_server(REDIS, ["redis-server", "--port", "0", "--unixsocket", "socket", "--save", ""])
	if DATABASE == "mariadb":
		start_server(MARIADB, mariadb())


def mariadb() -> list[str]:
	"""The command, whose data folder is made if there is none. Root's password may be known: there is no port."""
	if not (MARIADB / "data").exists():
		shutil.rmtree(MARIADB, ignore_errors=True)
		MARIADB.mkdir(parents=True)
		(MARIADB / "start.sql").write_text("ALTER USER root@localhost IDENTIFIED BY 'admin';\n")
		normal = "--auth-root-authentication-method=normal"
		call(["mariadb-install-db", "--no-defaults", normal, f"--datadir={MARIADB}/new"])
		(MARIADB / "new").rename(MARIADB / "data")
	files = (f"--datadir={MARIADB}/data", f"--socket={MARIADB}/socket", f"--init-file={MARIADB}/start.sql")
	return ["/usr/sbin/mariadbd", "--no-defaults", "--skip-networking", f"--user={getuser()}", *files]


def start_server(folder: Path, command: list[str]):
	if answers(folder / "socket"):
		return
	folder.mkdir(parents=True, exist_ok=True)
	with open(folder / "log", "ab") as log:
		process = start(command, cwd=folder, stdout=log, stderr=log)
	while not answers(folder / "socket"):
		if process.poll() is not None:
			raise HostError(f"{command[0]} does not start; {folder}/log may say why")
		time.sleep(0.05)


def answers(address: Path) -> bool:
	with socket.socket(socket.AF_UNIX) as probe:
		return probe.connect_ex(str(address)) == 0


def start(command: list, **options) -> subprocess.Popen:
	"""A process that ends with this one, in its turn: Ctrl-C does not reach its session."""
	process = subprocess.Popen(tied(command), start_new_session=True, **options)
	atexit.register(stop, process)
	return process


def stop(process: subprocess.Popen):
	process.terminate()
	with suppress(subprocess.TimeoutExpired):
		process.wait(timeout=10)
	process.kill()


def serve(port: int):
	"""A web server, a worker and the scheduler, until Ctrl-C or SIGTERM, or until one of them ends."""
	for stop_signal in (signal.SIGINT, signal.SIGTERM):
		signal.signal(stop_signal, signal.default_int_handler)
	with suppress(KeyboardInterrupt):
		use_framework()
		chosen = free_port(port)
		if chosen != port:
			print(f"Port {port} is busy; taking {chosen}.")
		commands = (("web", str(chosen)), ("worker",), ("schedule",))
		processes = [start([sys.executable, "-m", "tests.host", *each], cwd=ROOT) for each in commands]
		print(f"http://127.0.0.1:{chosen}   user Administrator   password admin   (Ctrl-C stops)", flush=True)
		while all(process.poll() is None for process in processes):
			time.sleep(0.3)
		print("One of them has ended.")
	print("Stopping …")


def free_port(first: int) -> int:
	for port in range(first, first + 100):
		with suppress(OSError), socket.create_server(("127.0.0.1", port)):
			return port
	raise HostError(f"No free port from {first} to {first + 99}")
