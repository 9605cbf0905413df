"""A site of one's own on a real bench, with ERPNext set up and nothing else, and gone again afterwards.

SLA_GUARD_DB_ADMIN is "user:password" of somebody who may make databases; without it one is made for the time being by
the client of the local MariaDB, which lets root in.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from tests.site import bench


@contextmanager
def site_of_its_own(name: str) -> Iterator[None]:
	"""A new site of this name, on which all of `bench.frappe` works meanwhile."""
	before = os.environ.get("SLA_GUARD_SITE")
	with _admin() as (user, password), _queue() as queue:
		login = ["--db-root-username", user, "--db-root-password", password]
		os.environ["SLA_GUARD_SITE"] = name
		try:
			_say(f"Making {name}, with ERPNext and without this app")
			make = [
				"new-site",
				name,
				*login,
				"--admin-password",
				"admin",
				"--install-app",
				"erpnext",
				"--force",
			]
			_quietly(*make, site=False)
			_configure(name, queue)
			yield
		finally:
			_say(f"Dropping {name}")
			with TemporaryDirectory() as archive:
				gone = [name, *login, "--no-backup", "--force", "--archived-sites-path", archive]
				_quietly("drop-site", *gone, site=False)
			if before is None:
				del os.environ["SLA_GUARD_SITE"]
			else:
				os.environ["SLA_GUARD_SITE"] = before


def _configure(name: str, queue: str) -> None:
	path = bench.SITES / name / "site_config.json"
	path.write_text(json.dumps(json.loads(path.read_text()) | {"redis_queue": queue}, indent=1))


@contextmanager
def _admin() -> Iterator[tuple[str, str]]:
	if given := os.environ.get("SLA_GUARD_DB_ADMIN"):
		yield tuple(given.split(":", 1))
		return
	user, password = f"sla_guard_{secrets.token_hex(4)}", secrets.token_hex(16)
	_sql(f"create user '{user}'@'localhost' identified by '{password}'")
	_sql(f"grant all on *.* to '{user}'@'localhost' with grant option")
	try:
		yield user, password
	finally:
		_sql(f"drop user '{user}'@'localhost'")


def _sql(statement: str) -> None:
	subprocess.run(["mariadb", "-uroot", "-e", statement], check=True)


@contextmanager
def _queue() -> Iterator[str]:
	"""Jobs of this site are nobody else's."""
	with socket.socket() as free:
		free.bind(("127.0.0.1", 0))
		port = free.getsockname()[1]
	server = subprocess.Popen(
		["redis-server", "--port", str(port), "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
	)
	try:
		yield f"redis://127.0.0.1:{port}"
	finally:
		server.terminate()
		server.wait()


def _quietly(*command: str, site: bool) -> None:
	"""One command of the framework, whose output matters only if it fails."""
	call = [
		bench.PYTHON,
		"-m",
		"frappe.utils.bench_helper",
		"frappe",
		*(["--site", bench.site()] if site else []),
	]
	done = subprocess.run([*call, *command], cwd=bench.SITES, capture_output=True, text=True)
	if done.returncode:
		raise SystemExit(f"{command[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


def _say(text: str) -> None:
	print(text, flush=True)
