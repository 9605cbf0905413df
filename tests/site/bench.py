"""A site of a real bench: SLA_GUARD_BENCH is its folder (~/frappe-bench), SLA_GUARD_SITE the site (its default)."""

import json
import os
from pathlib import Path

BENCH = Path(os.environ.get("SLA_GUARD_BENCH") or "~/frappe-bench").expanduser()


def site() -> str:
	named = os.environ.get("SLA_GUARD_SITE")
	config = json.loads((BENCH / "sites" / "common_site_config.json").read_text())
	return named or config["default_site"]


def connect() -> None:
	# Frappe finds its sites from the working directory.
	os.chdir(BENCH / "sites")
	import frappe

	frappe.init(site=site())
	frappe.connect()
	frappe.flags.in_test = True
	frappe.set_user("Administrator")


def disconnect() -> None:
	import frappe

	frappe.destroy()
