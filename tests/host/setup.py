"""Makes the host step by step, each one only when what it is made from has changed."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import sys
import zipfile
from pathlib import Path
from secrets import token_hex

from . import APPS, DATABASE, HOST, ROOT, SITE, HostError, call, run
from .servers import MARIADB, REDIS

HERE = Path(__file__).parent
REQUIREMENTS = ROOT / "requirements" / "framework.txt"
STAMPS = HOST / "stamps"
NPM = HOST / "npm"
ASSETS = HOST / "assets"
OURS = {app: folder / app for app, folder in APPS.items() if app != "frappe"}
# What the framework reads from site_config.json. There is no socket.io server; SQLite needs neither socket nor root.
SETTINGS = {
	"apps": list(APPS),
	"db_type": DATABASE,
	"db_socket": f"{MARIADB}/socket",
	"db_password": "admin",
	"root_login": "root",
	"root_password": "admin",
	"use_mysqlclient": 0,
	"admin_password": "admin",
	"redis_cache": f"unix://{REDIS}/socket",
	"redis_queue": f"unix://{REDIS}/socket",
	"skip_setup_wizard": 1,
	"disable_async": 1,
	"scheduler_tick_interval": 60,
}
# The commands we run, and Debian's packages of them.
NEEDED = {"redis-server": "redis-server", "node": "nodejs", "npm": "npm", "chromium": "chromium"}
if DATABASE == "mariadb":
	NEEDED |= {"mariadb-install-db": "mariadb-server-core", "mariadb": "mariadb-client-core"}


def setup():
	"""Makes the host or brings it up to date. It may be stopped at any time and started again: a step counts as done
	only when its stamp is written, which is the last thing it does. A second setup waits for the first."""
	check_machine()
	STAMPS.mkdir(parents=True, exist_ok=True)
	with open(HOST / "lock", "w") as lock:
		fcntl.flock(lock, fcntl.LOCK_EX)
		run_steps()


def check_machine():
	missing = [package for tool, package in NEEDED.items() if not shutil.which(tool)]
	if missing:
		raise HostError(f"Missing: {', '.join(missing)} (Debian: apt-get install {' '.join(missing)})")
	if DATABASE not in ("sqlite", "mariadb"):
		raise HostError(f"SLA_GUARD_DB is {DATABASE}, neither sqlite nor mariadb")
	if len(f"{MARIADB}/socket") > 100:
		raise HostError(f"{HOST} is too long for the path of a socket; name another in SLA_GUARD_HOST_FOLDER")


def run_steps():
	framework = files(REQUIREMENTS, HERE / "setup.py", HERE / "mends.py", HERE / "edits.txt")
	packages = files(HERE / "package.json", HERE / "package-lock.json")
	tool = files(HERE / "build.js")
	public = files(*(folder / "public" for folder in OURS.values()))
	site = framework + files(HERE / "commands.py") + json.dumps(SETTINGS)
	step("framework", make_framework, framework)
	step("packages", install_packages, packages)
	step("assets", build_assets, framework + packages + tool)
	step("our-assets", lambda: build(*OURS), framework + packages + tool + public)
	made = step(SITE.name, make_site, site)
	kinds = ("*.json", "*.txt", "hooks.py", "install.py")
	schema = files(*(path for folder in OURS.values() for kind in kinds for path in folder.rglob(kind)))
	# A site that was just made has the schema of today.
	step(f"{SITE.name}-schema", lambda: made or run("migrate"), site + schema)


def step(name: str, make, inputs: str) -> bool:
	"""Runs `make` unless the stamp of this step holds the hash of `inputs`; says whether it did."""
	stamp = STAMPS / name
	wanted = hashlib.sha256(inputs.encode()).hexdigest()
	if stamp.exists() and stamp.read_text() == wanted:
		print(f"{name} is ready")
		return False
	print(f"{name} …", flush=True)
	stamp.unlink(missing_ok=True)
	make()
	stamp.write_text(wanted)
	return True


def files(*paths: Path) -> str:
	"""One line for each file, in these paths and below, with the hash of what it holds."""
	below = sorted(file for path in paths for file in (path, *path.rglob("*")) if file.is_file())
	return "".join(f"{file} {hashlib.sha256(file.read_bytes()).hexdigest()}\n" for file in below)


def make_framework():
	"""Frappe is not on PyPI under its own name, but one wheel there holds its source with the package renamed. The name
	is put back, and edits.txt and mends.py mend it; nothing of it is kept in the project."""
	folder = APPS["frappe"]
	shutil.rmtree(folder, ignore_errors=True)
	folder.mkdir(parents=True)
	pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
	call([*pip, "--require-hashes", "--requirement", REQUIREMENTS, "--dest", folder])
	(wheel,) = folder.glob("*.whl")
	with zipfile.ZipFile(wheel) as archive:
		for name in archive.namelist():
			if name.startswith("monoframe/"):
				target = folder / rename(name.encode()).decode()
				target.parent.mkdir(parents=True, exist_ok=True)
				target.write_bytes(rename(archive.read(name)))
	wheel.unlink()
	mend(folder / "frappe")
	# Style sheets look for packages there.
	(folder / "frappe" / "public" / "node_modules").symlink_to(NPM / "node_modules")


def rename(content: bytes) -> bytes:
	"""Texts with the name put back; pictures, fonts and databases, which hold zeros, as they are."""
	if b"\0" in content:
		return content
	for case in (bytes.lower, bytes.upper, bytes.capitalize):
		content = content.replace(case(b"monoframe"), case(b"frappe"))
	return content


def mend(package: Path):
	for line in (HERE / "edits.txt").read_text().splitlines():
		if not line or line[0] == "#":
			continue
		files, old, new = f"{line} | ".split(" | ")[:3]
		found = [path for path in package.glob(files) if re.search(old, path.read_text())]
		if not found:
			raise ValueError(f"{files} does not hold what is to be mended: {old}")
		for path in found:
			path.write_text(re.sub(old, new, path.read_text()))
	shutil.copy(HERE / "mends.py", package)


def install_packages():
	NPM.mkdir(exist_ok=True)
	for name in ("package.json", "package-lock.json"):
		shutil.copy(HERE / name, NPM)
	call(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], cwd=NPM)


def build_assets():
	shutil.rmtree(ASSETS, ignore_errors=True)
	ASSETS.mkdir()
	for app, folder in APPS.items():
		(ASSETS / app).symlink_to(folder / app / "public")
	build("frappe")


def build(*apps: str):
	roots = os.pathsep.join(map(str, [NPM / "node_modules", *APPS.values()]))
	call(["node", HERE / "build.js", ASSETS, *apps], env={**os.environ, "NODE_PATH": roots})


def make_site():
	shutil.rmtree(SITE, ignore_errors=True)
	SITE.mkdir()
	(SITE / "assets").symlink_to(ASSETS)
	# A name of its own, since a process that still has the old database open deletes its journal by name.
	name = f"site_{token_hex(4)}"
	(SITE / "site_config.json").write_text(json.dumps(SETTINGS | {"db_name": name, "db_user": name}))
	run("new-site")
	for app in OURS:
		run("install-app", app)
