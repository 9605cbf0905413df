"""What runs in a process of its own with the framework in it: making the site, commands on it, the servers."""

from . import HostError, use_framework

use_framework()

import frappe  # noqa: E402

DEFAULTS = {
	"setup_complete": 1,
	"enable_scheduler": 1,
	"language": "en",
	"country": "Germany",
	"time_zone": "Europe/Berlin",
}


def new_site():
	from frappe.installer import _init_database

	_init_database(db_name=frappe.conf.db_name, db_type="sqlite", force=True)
	settings = frappe.get_single("System Settings")
	settings.update(DEFAULTS)
	settings.flags.ignore_mandatory = True
	settings.save()
	# Made before the site knew its time zone, in the framework's own one: they would not be due for hours.
	frappe.db.set_value("Scheduled Job Type", {"stopped": 0}, "creation", frappe.utils.now())
	frappe.db.commit()


def installed_apps():
	frappe.connect()
	print(*frappe.get_installed_apps())


def install_app(app: str):
	frappe.connect()
	frappe.installer.install_app(app)
	frappe.db.commit()


def uninstall_app(app: str):
	frappe.connect()
	frappe.installer.remove_app(app, yes=True, no_backup=True)
	frappe.db.commit()


def migrate():
	from frappe.migrate import SiteMigration

	SiteMigration(skip_search_index=True).run(site=frappe.local.site)


def web(port: str):
	from frappe import app
	from werkzeug.serving import run_simple

	run_simple("127.0.0.1", int(port), app.application_with_statics(), threaded=True)


def worker(until: str = ""):
	"""Works off the queues; with "empty" it ends when they are."""
	from frappe.utils.background_jobs import start_worker

	start_worker(quiet=True, burst=until == "empty")


def schedule():
	from frappe.utils.scheduler import start_scheduler

	start_scheduler()


COMMANDS = {
	"new-site": new_site,
	"installed-apps": installed_apps,
	"install-app": install_app,
	"uninstall-app": uninstall_app,
	"migrate": migrate,
	"web": web,
	"worker": worker,
	"schedule": schedule,
}


def run_here(command: str, *arguments: str):
	import frappe.installer

	if command not in COMMANDS:
		raise HostError(f"{command} is none of setup, serve, {', '.join(COMMANDS)}")
	frappe.init()
	try:
		COMMANDS[command](*arguments)
	finally:
		frappe.destroy()
