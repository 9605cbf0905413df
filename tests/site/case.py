"""The base class of all site tests: the framework's own, whichever it has; what a test writes is undone after it."""

import frappe

try:
	from frappe.tests import IntegrationTestCase as FrameworkCase
except ImportError:
	from frappe.tests.utils import FrappeTestCase as FrameworkCase


# An installed app leaves the tickets of the time before alone; the tests live in January 2026. ERPNext's own SLA is off
# unless a test is about it: while time stands still, what it saves once more looks changed by somebody else.
SETTINGS = (("SLA Settings", "tracked_from", None), ("Support Settings", "track_service_level_agreement", 0))


class SiteTestCase(FrameworkCase):
	def setUp(self):
		for setting in SETTINGS:
			frappe.db.set_single_value(*setting)

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
