"""The pages at /sla as a browser gets them: what is the reader's own is told in words, nothing else is."""

from tests.site.case import SiteTestCase, make_user
from tests.site.records import change, contract, customer, in_force, issue, pause, priority, stop, target
from tests.site.routes import contact, page, portal_user, sweep

MONDAY = "2026-01-05 10:30"


class PagesCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		for name in ("Acme", "Beta"):
			customer(name)
		self.ann = portal_user("sla-ann", "Acme")
		self.bea = portal_user("sla-bea", "Beta")

	def read(self, path="/sla", user=None, when=MONDAY, **form):
		status, text, _location = page(path, user or self.ann, when=when, **form)
		self.assertEqual(status, 200, text[:2000])
		return text


class TestTickets(PagesCase):
	def setUp(self):
		super().setUp()
		in_force()

	def test_an_open_ticket_shows_its_deadlines_and_what_is_left(self):
		ticket = issue("2026-01-05 10:00", subject="The <b>printer</b>")
		text = self.read()
		self.assertIn(ticket.name, text)
		self.assertIn("The &lt;b&gt;printer&lt;/b&gt;", text)
		self.assertIn("30\u00a0min", text)
