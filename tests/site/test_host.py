"""What the embedded host must do for the other site tests to mean anything."""

import os
import signal
import socket
import subprocess
import sys
from urllib.request import urlopen

import frappe
from psutil import Process, wait_procs

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
			self.assertFalse(frappe.db.exists("Workspace", "SLA Guard"))
			self.assertFalse(frappe.db.exists("Custom HTML Block", "SLA Inbox"))
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
		with served(8700) as server:
			address = next(line for line in server.stdout if line.startswith("http")).split()[0]
			page = patiently(lambda: urlopen(f"{address}/login", timeout=10).read().decode())
			server.send_signal(signal.SIGTERM)
			self.assertIn("Stopping", server.stdout.read())
		self.assertIn("login_email", page)
		self.assertRaises(OSError, urlopen, address)

	def test_a_busy_port_is_said_and_another_one_taken(self):
		with socket.create_server(("127.0.0.1", 8800)), served(8800) as server:
			self.assertIn("8800 is busy", server.stdout.readline())
			self.assertNotIn(":8800", server.stdout.readline())
			server.terminate()

	def test_nothing_outlives_a_server_that_is_killed(self):
		with served(8900) as server:
			next(line for line in server.stdout if line.startswith("http"))
			children = Process(server.pid).children()
			self.assertEqual(len(children), 3)
			server.kill()
			_ended, alive = wait_procs(children, timeout=20)
		self.assertFalse(alive)

	def test_nothing_begins_whose_server_is_gone_already(self):
		for parent, ended in ((os.getpid(), 0), (1, 1)):
			done = subprocess.run(host.tied(["true"], parent))
			self.assertEqual(done.returncode, ended)


def served(port):
	command = [sys.executable, "-m", "tests.host", "serve", "--port", str(port)]
	return subprocess.Popen(
		command, cwd=host.ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
	)


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
