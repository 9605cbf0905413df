"""A module run on a real bench, the site tests by `python -m tests.site.bench pytest [options]`.

SLA_GUARD_BENCH is its folder (~/frappe-bench), SLA_GUARD_SITE the site (the bench's default one). MariaDB and Redis
are started if they are down, and the app is installed, or migrated if it is there. The bench runs this checkout,
wherever an app of the same name may lie on it. After site tests, also failed ones, the cache of the site is cleared.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
BENCH = Path(os.environ.get("SLA_GUARD_BENCH") or "~/frappe-bench").expanduser()
SITES = BENCH / "sites"
PYTHON = BENCH / "env" / "bin" / "python"
# The bench's own environment stays as it is: pytest lies apart.
PYTEST = ROOT / ".host" / "bench-pytest"
# And nothing beside it that the bench has in another version.
NEEDED = (
	"pytest==",
	"freezegun==",
	"iniconfig==",
	"packaging==",
	"pluggy==",
	"pygments==",
	"exceptiongroup==",
	"tomli==",
)


def config() -> dict:
	return json.loads((SITES / "common_site_config.json").read_text())


def site() -> str:
	return os.environ.get("SLA_GUARD_SITE") or config()["default_site"]


# ---- in the bench's Python: what conftest.py needs of a host


def connect() -> None:
	# Frappe finds its sites from the working directory.
	os.chdir(SITES)
	import frappe

	frappe.init(site=site())
	frappe.connect()
	frappe.flags.in_test = True
	frappe.set_user("Administrator")


def disconnect() -> None:
	"""Leaves nothing of the run in the site's cache: a desk could not read what was kept there while time stood still,
	as its environment has no freezegun, nor may it know the modules of this checkout."""
	import frappe

	# Whatever the tests have left of the connection.
	frappe.destroy()
	connect()
	frappe.clear_cache()
	frappe.destroy()


# ---- from outside: prepare the bench and run the module there


def main() -> None:
	module, *options = sys.argv[1:]
	if module == "pytest":
		options = ["-p", "no:cacheprovider", str(ROOT / "tests" / "site"), *options]
	start_redis()
	start_database()
	put_app_in()
	get_pytest()
	paths = [os.environ.get("PYTHONPATH"), str(ROOT), str(PYTEST)]
	environment = os.environ | {
		"PYTHONPATH": os.pathsep.join(filter(None, paths)),
		"SLA_GUARD_HOST": "bench",
	}
	os.chdir(ROOT)
	sys.stdout.flush()
	# In place of this process, which would end it before it has tidied up after Ctrl-C.
	os.execve(PYTHON, [str(PYTHON), "-m", module, *options], environment)


def start_redis() -> None:
	ports = {urlsplit(config()[name]).port for name in ("redis_cache", "redis_queue")}
	for port in ports:
		if subprocess.run(["redis-cli", "-p", str(port), "ping"], capture_output=True).returncode:
			print(f"Starting Redis on port {port}")
			alone = ["--bind", "127.0.0.1", "--save", "", "--daemonize", "yes"]
			subprocess.run(["redis-server", "--port", str(port), *alone], check=True)


def start_database() -> None:
	if database_answers():
		return
	print("Starting MariaDB")
	subprocess.run(["install", "-d", "-o", "mysql", "-g", "mysql", "/run/mysqld"], check=True)
	subprocess.Popen(
		["mariadbd-safe", "--user=mysql"],
		stdout=subprocess.DEVNULL,
		stderr=subprocess.DEVNULL,
		start_new_session=True,
	)
	for _ in range(120):
		if database_answers():
			return
		time.sleep(0.5)
	sys.exit("MariaDB did not start")


def database_answers() -> bool:
	admin = (
		shutil.which("mysqladmin") or shutil.which("mariadb-admin") or sys.exit("There is no MariaDB client")
	)
	host, port = config().get("db_host", "127.0.0.1"), config().get("db_port", 3306)
	# It answers even to a login that it refuses.
	return not subprocess.run(
		[admin, f"--host={host}", f"--port={port}", "ping"], capture_output=True
	).returncode


def put_app_in() -> None:
	listed = (SITES / "apps.txt").read_text().split()
	if "sla_guard" not in listed:
		(SITES / "apps.txt").write_text("\n".join([*listed, "sla_guard"]) + "\n")
		# Else the framework goes on with the modules of the apps that it knew.
		frappe("clear-cache")
	installed = frappe("list-apps", capture_output=True, text=True).stdout
	frappe("migrate") if "sla_guard" in installed else frappe("install-app", "sla_guard")


def frappe(*command: str, **options: object) -> subprocess.CompletedProcess:
	"""One command of the framework on the site."""
	call = [PYTHON, "-m", "frappe.utils.bench_helper", "frappe", "--site", site(), *command]
	return subprocess.run(call, cwd=SITES, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, **options)


def get_pytest() -> None:
	lines = (ROOT / "requirements" / "test.txt").read_text().splitlines()
	wanted = [line for line in lines if line.startswith(NEEDED)]
	stamp = PYTEST / "installed"
	if not stamp.exists() or stamp.read_text().splitlines() != wanted:
		install = ["install", "--quiet", "--disable-pip-version-check", "--upgrade", "--no-deps"]
		subprocess.run([PYTHON, "-m", "pip", *install, "--target", PYTEST, *wanted], check=True)
		stamp.write_text("\n".join(wanted))


if __name__ == "__main__":
	main()
