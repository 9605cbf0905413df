"""The pages at /sla as a browser gets them."""

import re

import frappe
from frappe.utils import strip_html_tags

from tests.site.case import SiteTestCase
from tests.site.records import customer
from tests.site.routes import page, portal_user

MONDAY = "2026-01-05 10:30"


class PagesCase(SiteTestCase):
	"""Ann reads for Acme, Bea for Beta; whoever reads does so on Monday, half past ten UTC."""

	def setUp(self):
		super().setUp()
		for name in ("Acme", "Beta"):
			customer(name)
		self.ann = portal_user("sla-ann", "Acme")
		self.bea = portal_user("sla-bea", "Beta")
		for user in (self.ann, self.bea):
			frappe.db.set_value("User", user, {"time_zone": "UTC", "language": "en"})

	def read(self, path="/sla", user=None, when=MONDAY, **form):
		"""What stands on the page."""
		status, html, _location = page(path, user or self.ann, when=when, **form)
		self.assertEqual(status, 200)
		main = re.search(r'<div class="sla-portal".*?<div class="page-footer">', html, re.DOTALL)[0]
		return " ".join(strip_html_tags(main).replace("\u00a0", " ").split())

	def ticket_page(self, ticket, **rest):
		return self.read(f"/sla/ticket?name={ticket.name}", **rest)
