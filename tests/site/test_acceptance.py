"""A statement is accepted by a word of the customer or by silence; where the contract waits for that, nothing is
credited before."""

import frappe

from sla_guard import disputes, jobs
from sla_guard.site_time import to_site
from sla_guard.statements import acceptance, printing
from tests.site.books import CreditCase, contract, credit, statement
from tests.site.records import at, named, support_hours, us


def paris_hours():
	"""Nine to five in Paris from Monday to Friday; Easter Monday, the 6th of April, is a holiday."""
	days = [{"holiday_date": "2026-04-06", "description": "Easter Monday"}]
	listed = {"from_date": "2026-01-01", "to_date": "2026-12-31", "holidays": days}
	holidays = named("Holiday List", "Easter", holiday_list_name="Easter", **listed)
	return support_hours("Office Paris", zone="Europe/Paris", holiday_list=holidays)


class AcceptanceCase(CreditCase):
	def sent(self, when, days=3, **rest):
		under = contract(support_hours=paris_hours(), time_zone="Europe/Paris", acceptance_days=days, **rest)
		owed = statement(under)
		values = {"sent_on": when and to_site(us(when)), "status": "Sent" if when else "Approved"}
		frappe.db.set_value("SLA Statement", owed.name, values)
		return frappe.get_doc("SLA Statement", owed.name)

	def look(self, when):
		"""What the job does each hour, in the transaction of the test."""
		with at(when):
			found = acceptance.silent()
			for name in found:
				acceptance.accept_by_silence(name)
		return found

	def accepted(self, document):
		fields = ["status", "accepted_how", "accepted_on", "accepted_by"]
		return frappe.db.get_value("SLA Statement", document.name, fields)


class TestSilence(AcceptanceCase):
	def test_it_is_accepted_when_so_many_working_days_are_over(self):
		"""Sent on Thursday, the 5th: Friday, Monday, Tuesday; over on Wednesday at midnight in Paris."""
		document = self.sent("2026-02-05 09:00")
		self.assertNotIn(document.name, self.look("2026-02-10 22:59:59"))
		self.assertIn(document.name, self.look("2026-02-10 23:00"))
		over = to_site(us("2026-02-10 23:00"))
		self.assertEqual(self.accepted(document), ("Accepted", "By Silence", over, None))

	def test_over_easter_and_a_clock_change(self):
		"""Friday, the 27th of March, before summer time: Monday 30th to Friday 3rd are five, Easter Monday is none, the
		sixth is Tuesday, the 7th, over at 22:00 UTC."""
		document = self.sent("2026-03-27 12:00", days=6)
		self.assertNotIn(document.name, self.look("2026-04-07 21:59:59"))
		self.assertIn(document.name, self.look("2026-04-07 22:00"))

	def test_found_late_it_is_dated_when_it_was_and_once(self):
		document = self.sent("2026-02-05 09:00")
		self.look("2026-03-01 12:00")
		first = self.accepted(document)
		self.assertEqual(first[2], to_site(us("2026-02-10 23:00")))
		self.assertNotIn(document.name, self.look("2026-03-02 12:00"))
		with at("2026-03-02 12:00"):
			acceptance.accept_by_silence(document.name)
		self.assertEqual(self.accepted(document), first)

	def test_never_where_the_contract_does_not_say_so_or_it_was_not_sent(self):
		off, unsent = (
			self.sent("2026-02-05 09:00", days=0),
			self.sent(None, customer="Acme", effective_from="2025-01-01", effective_to="2025-12-31"),
		)
		found = self.look("2026-12-01 12:00")
		for document in (off, unsent):
			self.assertNotIn(document.name, found)

	def test_nothing_is_disputed_after_it_whether_or_not_a_job_has_looked(self):
		document = self.sent("2026-02-05 09:00")
		with at("2026-02-10 23:00"), self.assertRaisesRegex(frappe.ValidationError, "accepted"):
			disputes.open_dispute(document.name, "x", "No")

	def test_a_credited_statement_stays_credited(self):
		document = self.sent("2026-02-05 09:00")
		frappe.db.set_value("SLA Statement", document.name, "status", "Credited")
		self.look("2026-02-12 12:00")
		self.assertEqual(self.accepted(document)[:2], ("Credited", "By Silence"))

	def test_the_mail_that_brings_it_says_until_when(self):
		document = self.sent(None)
		document.figures = frappe.as_json(
			{
				"zone": "Europe/Paris",
				"title": "Gold",
				"every": "Month",
				"first": "2026-01-01",
				"last": "2026-01-31",
			}
			| {"compliance": [], "trend": []}
		)
		with at("2026-02-05 09:00"):
			lines = printing.letter(document)["lines"]
		self.assertIn("Feb 11, 2026 00:00", lines[-1])
		frappe.db.set_value("SLA Contract", document.contract, "acceptance_days", 0)
		with at("2026-02-05 09:00"):
			self.assertNotIn("accepted", printing.letter(document)["lines"][-1])


class TestCredit(AcceptanceCase):
	def test_it_waits_for_the_acceptance(self):
		document = self.sent("2026-02-05 09:00")
		with at("2026-02-09 09:00:00.5"):
			self.assertNoCredit(document, "not accepted yet")
		self.look("2026-02-12 12:00")
		with at("2026-02-12 13:00:00.5"):
			note = credit(document)
			note.submit()
			self.assertEqual(note.net_total, -150)
			self.assertEqual(self.status(document), "Credited")
			note.cancel()
		self.assertEqual(self.status(document), "Accepted")

	def test_one_that_was_not_sent_is_not_credited(self):
		self.assertNoCredit(self.sent(None), "not sent")

	def test_a_job_finds_it(self):
		self.assertIn("sla_guard.jobs.accept_statements", frappe.get_hooks("scheduler_events")["hourly_long"])
		self.assertTrue(callable(jobs.accept_statements))
