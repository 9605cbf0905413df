"""What the pages at /sla say of contracts and of what was kept, in the language of the reader."""

import frappe

from sla_guard.portal import compliance, contracts
from sla_guard.portal.words import ReadersWords
from sla_guard.sla_guard.report.sla_compliance.sla_compliance import execute
from tests.site.portal_pages import MONDAY, PagesCase
from tests.site.records import (
	at,
	change,
	in_force,
	issue,
	named,
	new_version,
	priority,
	round_the_clock,
	support_hours,
	target,
	us,
)


class TestFigures(PagesCase):
	def test_what_was_kept_is_what_the_report_says(self):
		in_force(target(1, 8), support_hours=round_the_clock())
		for month in range(1, 4):
			for day in range(1, 4 + month):
				ticket = issue(f"2026-0{month}-{day:02} 09:00")
				change(ticket, f"2026-0{month}-{day:02} {'10:00' if day % 3 else '18:30'}", status="Closed")
		with at("2026-03-20 12:00"):
			found = compliance.by_month("Acme", ReadersWords(us("2026-03-20 12:00")))
			filters = {"from_date": "2026-01-01", "to_date": "2026-03-20", "customer": "Acme"}
			rows = execute(filters)[1]
		self.assertEqual(
			[(month.met, month.missed) for month in found.months],
			[(row["met"], row["missed"]) for row in rows if not row.get("is_total")],
		)
		self.assertGreater(sum(month.missed for month in found.months), 0)
		text = self.read(when="2026-03-20 12:00")
		self.assertIn(found.months[0].text.replace("\u00a0", " "), text)
		self.assertNotIn("What was kept", self.read(user=self.bea, when="2026-03-20 12:00"))


class TestContracts(PagesCase):
	def test_it_says_in_words_what_is_promised(self):
		priority("P1")
		in_force(
			target(1, 4, priority="P1", support_hours=round_the_clock(), definition="Nobody can work"),
			target(4, 16),
			title="Gold <i>plus</i>",
			services=["Mail", "ERP"],
			effective_from="2026-01-01",
			effective_to="2026-12-31",
			resolution_stops_at="Restored or resolved",
		)
		text = self.read()
		for said in (
			"In force from January 1, 2026 to December 31, 2026",
			"ERP, Mail",
			"P1 Nobody can work 1 h 4 h Round the Clock",
			"All other tickets 4 h 16 h Office UTC",
			"Mon 09:00–17:00",
			"Sun closed",
			"Around the clock, on every day of the year",
			"as soon as the service is restored",
			"While a ticket waits for you, with the status “On Hold”",
		):
			self.assertIn(said, text)

	def test_hours_over_midnight_are_drawn_on_both_days(self):
		from sla_guard.portal.hours import view_hours

		night = support_hours("Night", windows=(("22:00", "06:00"),), days=("Sunday",))
		calendar = frappe.get_doc("Support Hours", night).calendar()
		days = view_hours("Night", calendar, night, ReadersWords(us(MONDAY))).days
		drawn = {place: each.bars for place, each in enumerate(days) if each.bars}
		self.assertEqual(drawn, {0: [(0.0, 25.0)], 6: [(91.667, 8.333)]})
		self.assertEqual([days[place].text for place in (0, 6)], ["closed", "22:00–06:00 (Mon)"])

	def test_the_holidays_to_come_are_named_not_the_days_off(self):
		days = [
			("2026-01-01", "New Year", 0),
			("2026-04-06", "Easter Monday", 0),
			("2026-04-11", "Saturday", 1),
		]
		holidays = named(
			"Holiday List",
			"Portal Holidays",
			from_date="2026-01-01",
			to_date="2026-12-31",
			holidays=[
				{"holiday_date": day, "description": name, "weekly_off": off} for day, name, off in days
			],
		)
		in_force(support_hours=support_hours("With Holidays", holiday_list=holidays))
		text = self.read()
		self.assertIn("Closed on holidays; the next ones are: Mon, Apr 6, 2026 Easter Monday.", text)

	def test_they_are_those_that_a_ticket_of_today_would_get(self):
		general = in_force(applies_to="Everybody", title="For all")
		both = {in_force(services=["Mail"], title="Mail only").name, general.name}
		with at(MONDAY):
			self.assertEqual(set(contracts.in_force("Beta", us(MONDAY))), {general.name})
			# A service that the own one does not name: it is the nearer one still, and does not cover it.
			self.assertEqual(set(contracts.in_force("Acme", us(MONDAY))), both - {general.name})
		self.assertNotIn("Mail only", self.read(user=self.bea))

	def test_a_version_to_come_is_announced(self):
		now = in_force(effective_from="2026-01-01")
		new_version(now, "2026-03-01").submit()
		text = self.read()
		self.assertIn("A new version holds from March 1, 2026 on.", text)

	def test_without_one_it_says_so(self):
		self.assertIn("No support contract is in force at present.", self.read())


class TestInFrench(PagesCase):
	def test_the_page_is_in_the_language_of_the_reader(self):
		in_force()
		ticket = issue("2026-01-05 10:00")
		change(ticket, "2026-01-05 10:10", status="On Hold")
		frappe.local.lang = "fr"
		self.addCleanup(setattr, frappe.local, "lang", "en")
		text = self.read()
		for said in (
			"En attente de votre réponse",
			"Rétablissement (GTR)",
			"Votre contrat",
			"Lun.",
			"fermé",
		):
			self.assertIn(said, text)
