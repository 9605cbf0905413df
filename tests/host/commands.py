"""What `python -m tests.host` can do on the site, in a process of its own; imported after use_framework()."""

import frappe
from frappe import app, installer
from frappe.migrate import SiteMigration
from frappe.utils.background_jobs import start_worker
from frappe.utils.scheduler import start_scheduler

from sla_guard.commands import sla_guard

from . import HostError


def run_here(command: str, *arguments: str):
	if command not in COMMANDS:
		raise HostError(f"{command} is none of setup, serve, {', '.join(COMMANDS)}")
	frappe.init()
	frappe.connect()
	COMMANDS[command](*arguments)
	if frappe.db:  # a migration closes it
		frappe.db.commit()
	frappe.destroy()


def new_site():
	installer._init_database(db_name=frappe.conf.db_name, force=True)
	settings = frappe.get_single("System Settings")
	settings.update({"setup_complete": 1, "enable_scheduler": 1, "language": "en"})
	settings.update({"country": "Germany", "time_zone": "Europe/Berlin"})
	settings.flags.ignore_mandatory = True
	settings.save()
	# Made before the site knew its time zone, in the framework's own one: they would not be due for hours.
	frappe.db.set_value("Scheduled Job Type", {"stopped": 0}, "creation", frappe.utils.now())


def ours(*arguments):
	"""The commands that bench gets from the app: `python -m tests.host sla-guard -- simulate FILE --contract …`."""
	sla_guard.main(list(arguments), obj={"sites": [frappe.local.site]}, standalone_mode=False)


COMMANDS = {
	"new-site": new_site,
	"install-app": installer.install_app,
	"uninstall-app": installer.remove_app,
	"migrate": lambda: SiteMigration(skip_search_index=True).run(frappe.local.site),
	"web": lambda port: app.serve("127.0.0.1", port, no_reload=True),
	# Works off the queues; with "empty" it ends when they are.
	"worker": lambda until="": start_worker(quiet=True, burst=until == "empty"),
	"schedule": start_scheduler,
	"sla-guard": ours,
}
