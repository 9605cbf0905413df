"""The base class of all site tests: the framework's own, whichever it has; what a test writes is undone after it."""

import frappe

try:
	from frappe.tests import IntegrationTestCase as FrameworkCase
except ImportError:
	from frappe.tests.utils import FrappeTestCase as FrameworkCase


class SiteTestCase(FrameworkCase):
	def setUp(self):
		# An installed app leaves the tickets of the time before alone; the tests live in January 2026.
		frappe.db.set_single_value("SLA Settings", "tracked_from", None)

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()

	def assertRefused(self, document, *words):
		"""Saving it is refused with a message that has all these words."""
		with self.assertRaises(frappe.ValidationError) as refused:
			document.save()
		message = frappe.utils.strip_html(str(refused.exception))
		for word in words:
			self.assertIn(word, message)


def make_user(name, *roles):
	"""A user with these roles and no others."""
	email = f"{name}@example.com"
	if frappe.db.exists("User", email):
		frappe.delete_doc("User", email, force=True)
	user = frappe.new_doc("User").update({"email": email, "first_name": name, "send_welcome_email": 0})
	user.append_roles(*roles)
	user.flags.no_welcome_mail = True
	return user.insert(ignore_permissions=True).name
