"""What the embedded host must do for the other site tests to mean anything."""

import signal
import subprocess
import sys
from urllib.request import urlopen

import frappe

from tests import host
from tests.site.case import SiteTestCase


class TestApps(SiteTestCase):
	def test_the_app_comes_after_what_it_requires(self):
		self.assertEqual(frappe.get_installed_apps(), ["frappe", "erpnext", "sla_guard"])

	def test_an_app_that_another_one_requires_stays(self):
		with self.assertRaisesRegex(host.HostError, "required by"):
			host.run("uninstall-app", "erpnext")

	def test_a_removed_app_leaves_nothing_and_can_come_back(self):
		doctypes = frappe.get_all("DocType", {"module": "SLA Guard"}, pluck="name")
		self.assertIn("Support Hours", doctypes)
		host.run("uninstall-app", "sla_guard")
		try:
			self.assertEqual(frappe.get_installed_apps(), ["frappe", "erpnext"])
			self.assertFalse(frappe.get_all("DocType", {"name": ("in", doctypes)}))
			self.assertFalse(frappe.get_all("Module Def", {"app_name": "sla_guard"}))
			tables = frappe.db.get_tables(cached=False)
			self.assertFalse([name for name in doctypes if f"tab{name}" in tables])
			self.assertFalse(frappe.get_all("Custom Field", {"module": "SLA Guard"}))
		finally:
			host.run("install-app", "sla_guard")
		self.assertEqual(set(doctypes), set(frappe.get_all("DocType", {"module": "SLA Guard"}, pluck="name")))

	def test_a_migration_keeps_what_is_there(self):
		frappe.get_doc({"doctype": "Issue Type", "__newname": "Kept"}).insert()
		host.run("migrate")
		self.assertTrue(frappe.db.exists("Issue Type", "Kept"))
		frappe.delete_doc("Issue Type", "Kept")
		frappe.db.commit()


class TestServices(SiteTestCase):
	def test_a_queued_job_is_worked_off(self):
		issue_type = frappe.get_doc({"doctype": "Issue Type", "__newname": "Queued"}).insert()
		self.addCleanup(frappe.db.commit)
		self.addCleanup(issue_type.delete)
		frappe.enqueue(
			"frappe.client.set_value",
			doctype="Issue Type",
			name="Queued",
			fieldname="description",
			value="done",
		)
		host.run("worker", "empty")
		self.assertEqual(frappe.db.get_value("Issue Type", "Queued", "description"), "done")

	def test_a_failure_is_logged_with_its_traceback(self):
		try:
			raise ValueError("the real error")
		except ValueError:
			log = frappe.log_error("A title")
		self.assertIn("the real error", log.error)

	def test_a_print_holds_its_text(self):
		from io import BytesIO

		from pypdf import PdfReader

		pdf = frappe.get_print("Issue Priority", "High", as_pdf=True)
		self.assertIn("High", PdfReader(BytesIO(pdf)).pages[0].extract_text())

	def test_the_site_is_served_and_stops_when_told(self):
		command = [sys.executable, "-m", "tests.host", "serve", "--port", "8700"]
		with subprocess.Popen(
			command, cwd=host.ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
		) as server:
			line = next(line for line in server.stdout if line.startswith("http"))
			page = patiently(lambda: urlopen(f"{line.split()[0]}/login", timeout=10).read().decode())
			server.send_signal(signal.SIGTERM)
			self.assertIn("Stopping", server.stdout.read())
		self.assertIn("login_email", page)


def patiently(get, seconds=20):
	"""What `get` returns, once the server listens."""
	from time import monotonic, sleep

	end = monotonic() + seconds
	while True:
		try:
			return get()
		except OSError:
			if monotonic() > end:
				raise
			sleep(0.2)
