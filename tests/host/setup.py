"""Makes the host step by step, each one only when what it is made from has changed."""

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from . import APPS, HOST, ROOT, SITE, HostError, call, run
from .framework import generate
from .redis import CONFIG, start_redis

HERE = Path(__file__).parent
REQUIREMENTS = ROOT / "requirements" / "framework.txt"
NPM = HOST / "npm"
# What the desk and the jobs of a site read from site_config.json. There is no socket.io server.
SETTINGS = {
	"db_type": "sqlite",
	"admin_password": "admin",
	"redis_cache": "redis://127.0.0.1:13911",
	"redis_queue": "redis://127.0.0.1:13911",
	"skip_setup_wizard": 1,
	"disable_async": 1,
	"allow_tests": 1,
	"scheduler_tick_interval": 60,
}
NEEDED = {"redis-server": "redis-server", "node": "nodejs", "npm": "npm"}


def setup():
	"""Makes the host or brings it up to date. It may be stopped at any time and started again: a step counts as done
	only when its stamp is written, which is the last thing it does. A second setup waits for the first."""
	check_tools()
	HOST.mkdir(exist_ok=True)
	with open(HOST / "lock", "w") as lock:
		fcntl.flock(lock, fcntl.LOCK_EX)
		run_steps()


def run_steps():
	framework = step(
		1,
		"framework",
		make_framework,
		files(REQUIREMENTS, HERE / "framework.py", HERE / "mends.py", HERE / "edits.txt"),
	)
	packages = step(2, "packages", install_packages, files(HERE / "package.json", HERE / "package-lock.json"))
	public = files(HERE / "build.js", *(APPS[app] / app / "public" for app in APPS))
	step(3, "assets", build_assets, public + framework + packages)
	site = step(4, "site", make_site, files(HERE / "commands.py") + json.dumps(SETTINGS) + framework)
	step(5, "apps", install_apps, schema() + site)


def check_tools():
	missing = [package for tool, package in NEEDED.items() if not shutil.which(tool)]
	if missing:
		raise HostError(f"Missing: {', '.join(missing)} (Debian: apt-get install {' '.join(missing)})")
	if not shutil.which("chromium"):
		print("No Chromium: all works but making PDFs (Debian: apt-get install chromium)")


def step(number: int, name: str, make: Callable[[], None], inputs: str) -> str:
	"""Runs `make` unless the stamp of this step holds the hash of `inputs`; returns that hash."""
	stamp = HOST / "stamps" / name
	wanted = hashlib.sha256(inputs.encode()).hexdigest()
	if stamp.exists() and stamp.read_text() == wanted:
		print(f"{number}/5 {name} is ready")
		return wanted
	print(f"{number}/5 {name} …", flush=True)
	begun = time.monotonic()
	stamp.unlink(missing_ok=True)
	make()
	stamp.parent.mkdir(parents=True, exist_ok=True)
	stamp.write_text(wanted)
	print(f"    done in {time.monotonic() - begun:.0f} s")
	return wanted


def files(*paths: Path) -> str:
	"""One line for each file, in these paths and below, with the hash of what it holds."""
	return "".join(f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in every_file(paths))


def every_file(paths) -> Iterator[Path]:
	for path in paths:
		below = sorted(path.rglob("*")) if path.is_dir() else [path]
		yield from (file for file in below if file.is_file() and file.suffix != ".pyc")


def schema() -> str:
	"""What a migration reads of our apps: DocTypes, fixtures, hooks, patches."""
	kinds = ("*.json", "*.txt", "hooks.py", "install.py")
	folders = [APPS[app] / app for app in APPS if app != "frappe"]
	return files(*sorted(path for folder in folders for kind in kinds for path in folder.rglob(kind)))


def make_framework():
	generate(REQUIREMENTS, HOST / "framework")


def install_packages():
	NPM.mkdir(parents=True, exist_ok=True)
	for name in ("package.json", "package-lock.json"):
		shutil.copy(HERE / name, NPM)
	call(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], cwd=NPM)


def build_assets():
	shutil.rmtree(SITE / "assets", ignore_errors=True)
	apps = [f"{app}={folder / app}" for app, folder in APPS.items()]
	call(
		["node", HERE / "build.js", SITE / "assets", *apps],
		cwd=NPM,
		env={**os.environ, "NODE_PATH": NPM / "node_modules"},
	)


def make_site():
	for mark in ("stamps/apps", "installing"):
		(HOST / mark).unlink(missing_ok=True)
	for folder in (SITE / "db", SITE / "private", SITE / "public"):
		shutil.rmtree(folder, ignore_errors=True)
	for folder in (SITE, HOST / "logs", HOST / "config"):
		folder.mkdir(parents=True, exist_ok=True)
	(SITE / "apps.txt").write_text("\n".join(APPS))
	# A name of its own, since a process that still has the old database open deletes its journal by name.
	CONFIG.write_text(json.dumps({**SETTINGS, "db_name": f"site_{token_hex(4)}"}, indent=1))
	with redis_running():
		run("new-site")


def install_apps():
	"""An app that is there is brought up to date by a migration; an installation that was cut off takes the site with
	it, since nobody knows what it has done."""
	begun = HOST / "installing"
	if begun.exists():
		make_site()
	with redis_running():
		if "sla_guard" in run("installed-apps").split():
			run("migrate")
			return
		begun.touch()
		run("install-app", "sla_guard")
		begun.unlink()


@contextmanager
def redis_running():
	server = start_redis()
	try:
		yield
	finally:
		if server:
			server.stop()
