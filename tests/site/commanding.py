"""The commands of `bench --site SITE sla-guard`, as a console calls them."""

from concurrent.futures import ThreadPoolExecutor

import frappe
from click.testing import CliRunner

from sla_guard.commands import sla_guard


def command(*arguments):
	"""In a thread of its own, as it connects to the site anew."""
	frappe.db.commit()
	site = {"sites": [frappe.local.site]}
	with ThreadPoolExecutor(1) as threads:
		run = threads.submit(CliRunner().invoke, sla_guard, list(arguments), obj=site)
	frappe.db.rollback()
	return run.result()
