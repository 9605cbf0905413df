"""The embedded host: the real framework, generated from PyPI, with a stand-in for ERPNext and this app on one site.

	python -m tests.host setup     makes it, or brings it up to date
	python -m tests.host serve     starts it on http://127.0.0.1:8000

From Python, `connect()` gives `import frappe` with an open site, `run("migrate")` runs one command on it. Everything
lies in .host/, which may be deleted at any time. It is no authority: where a real bench behaves differently, the
bench is right.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = Path(os.environ.get("SLA_GUARD_HOST_FOLDER") or ROOT / ".host").resolve()
DATABASE = os.environ.get("SLA_GUARD_DB") or "sqlite"
# Each kind of database has its own site.
SITE = HOST / f"site-{DATABASE}"
# In the order of their installation.
APPS = {"frappe": HOST / "framework", "erpnext": ROOT / "tests" / "host" / "erpnext", "sla_guard": ROOT}


class HostError(Exception):
	"""Something the host needs is missing or failed; the text says what and what to do."""


def use_framework():
	"""Makes `import frappe` find the generated framework and its site, in this process and those it starts, and starts
	the servers it needs."""
	if not (SITE / "site_config.json").exists():
		raise HostError("There is no site yet: python -m tests.host setup")
	os.environ |= {"FRAPPE_SITE_FOLDER": str(SITE), "FRAPPE_STREAM_LOGGING": "1"}
	folders = [str(folder) for folder in APPS.values()]
	sys.path[:] = folders + [folder for folder in sys.path if folder not in folders]
	from .servers import start_servers

	start_servers()


def connect():
	"""Opens the site as Administrator for tests; `setup` must have been run."""
	use_framework()
	import frappe

	frappe.init()
	frappe.connect()
	frappe.in_test = frappe.flags.in_test = True
	return frappe


def disconnect():
	"""Closes what connect() opened, without a commit."""
	import frappe

	frappe.destroy()


def run(command: str, *arguments: str) -> str:
	"""Runs one command of `python -m tests.host` in a process of its own, as a bench does, and returns what it said.
	What the caller has written is committed first, since SQLite knows one writer, and afterwards the caller sees what
	the command did. Raises HostError with its output when it fails."""
	frappe = sys.modules.get("frappe")
	if connected := bool(frappe and getattr(frappe.local, "db", None)):
		frappe.db.commit()
	said = call([sys.executable, "-m", "tests.host", command, *arguments], cwd=ROOT)
	if connected:
		frappe.db.rollback()
		frappe.clear_cache()
	return said


def tied(command: list, parent: int = 0) -> list:
	"""A command that the kernel ends when the process that starts it, this one, is gone, even by kill -9; and that does
	not begin if that was gone before the kernel was asked."""
	if_not_alone = ("sh", "-c", '[ "$PPID" = "$0" ] && exec "$@"', str(parent or os.getpid()))
	return ["setpriv", "--pdeathsig", "TERM", *if_not_alone, *command]


def call(command: list, **options) -> str:
	"""What `command` prints; HostError with the end of it when it fails."""
	options |= {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
	done = subprocess.run(tied(command), **options)
	if done.returncode:
		raise HostError(f"{' '.join(map(str, command))} failed:\n{done.stdout[-4000:]}")
	return done.stdout
