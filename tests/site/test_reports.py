"""SLA Breaches and SLA Penalties by hand, and of all reports: as the form asks.

In 2037, in which nothing else happens on any site; its days are those of 2026.
"""

import frappe

from sla_guard.sla_guard.report.sla_breaches import sla_breaches
from sla_guard.sla_guard.report.sla_penalties import sla_penalties
from tests.site.june import JUNE, ReportCase, company, desk, missed, penalty
from tests.site.records import at, change, customer, issue, maintenance, priority, service, support_hours
from tests.site.routes import agent, as_user, request, sweep

# Of a row of SLA Penalties, what its query needs and no column shows.
HIDDEN = {"name"}


class TestBreaches(ReportCase):
	def rows(self, **filters):
		_columns, rows, *_rest = sla_breaches.execute(frappe._dict(JUNE, **filters))
		return [row for row in rows if not row.get("is_total")]

	def test_a_row_says_what_was_missed_and_how_late_in_support_time(self):
		self.in_force(customer="Office", support_hours=support_hours())
		values = {"priority": priority("P1"), "sla_service": service("Mail")}
		with as_user(agent()):
			# Monday nine to five; closed on Tuesday at eleven.
			ticket = missed("Office", "2037-06-08 09:00", "2037-06-09 11:00", **values)
		(row,) = self.rows(customer="Office")
		expected = {
			"ticket": ticket.name,
			"customer": "Office",
			"metric": "Resolution",
			"priority": "P1",
			"service": "Mail",
			"target": 8 * 3600,
			"late": 2 * 3600,
			"clock": "stopped",
			"state": "Open",
			"agent": "agent@example.com",
		}
		self.assertEqual({field: row[field] for field in expected}, expected)

	def test_one_that_is_not_done_yet_is_late_until_now(self):
		ticket = issue("2037-06-10 09:00")
		sweep(ticket, when="2037-06-10 18:00")
		for when, late in (("2037-06-10 18:00", 1), ("2037-06-10 20:00", 3), ("2037-06-11 17:00", 24)):
			with self.subTest(when), at(when):
				self.assertEqual(self.rows()[0]["late"], late * 3600)

	def test_one_that_is_paused_goes_on_being_late(self):
		ticket = issue("2037-06-10 09:00")
		change(ticket, "2037-06-10 18:00", status="On Hold")
		with at("2037-06-10 20:00"):
			self.assertEqual([(row["late"], row["clock"]) for row in self.rows()], [(3 * 3600, "paused")])

	def test_an_announced_maintenance_of_the_service_makes_nothing_later(self):
		maintenance("2037-06-10 19:00", "2037-06-10 21:00", announced="2037-06-01")
		for values in ({"sla_service": "Mail"}, {"sla_service": service("Network")}):
			sweep(issue("2037-06-10 09:00", **values), when="2037-06-10 18:00")
		with at("2037-06-10 22:00"):
			late = {row["service"]: row["late"] / 3600 for row in self.rows()}
		self.assertEqual(late, {"Mail": 3, "Network": 5})

	def test_those_that_were_withdrawn_only_when_asked_for(self):
		states = ("Open", "Excluded", "Waived", "Withdrawn")
		for state in states:
			frappe.db.set_value("SLA Breach", {"ticket": missed().name}, "state", state)
		self.assertEqual({row["state"] for row in self.rows()}, {"Open", "Excluded", "Waived"})
		for state in states:
			self.assertEqual([row["state"] for row in self.rows(state=state)], [state])

	def test_the_days_are_those_of_each_contract(self):
		for name, zone in (("Paris", "Europe/Paris"), ("New York", "America/New_York")):
			self.in_force(customer=name, time_zone=zone)
			# Missed at half past midnight on the first of July in Paris.
			missed(name, "2037-06-30 14:30", "2037-07-02 09:00")
		self.assertEqual([row["customer"] for row in self.rows()], ["New York"])

	def test_totals_cards_and_chart_say_the_same(self):
		for day in ("10", "10", "12"):
			missed(opened=f"2037-06-{day} 09:00", closed=f"2037-06-{day} 19:00")
		_columns, rows, _message, chart, cards = sla_breaches.execute(frappe._dict(JUNE))
		self.assertEqual((len(rows), rows[-1]["late"]), (4, 6 * 3600))
		self.assertEqual([card["value"] for card in cards], [3, 0, 0, 0, 2 * 3600])
		values = {each["name"]: each["values"] for each in chart["data"]["datasets"]}
		self.assertEqual(values, {"Response": [0, 0], "Resolution": [2, 1]})
		yearly = sla_breaches.execute(frappe._dict(JUNE, from_date="2037-01-01"))[3]
		self.assertEqual(yearly["data"]["labels"], ["Jun 2037"])


class TestPenalties(ReportCase):
	def ran(self, **filters):
		_columns, rows, _message, chart, cards = sla_penalties.execute(frappe._dict(JUNE, **filters))
		return rows, chart, cards

	def test_currencies_have_each_their_own_total(self):
		penalty("P-1", amount=1000.10, due=800.05)
		penalty("P-2", amount=500.20, due=200)
		penalty("P-3", amount=70000, due=70000, currency="JPY", customer=customer("Other"))
		rows, chart, cards = self.ran()
		totals = {row["penalty"]: (row["amount"], row["due"], row["currency"]) for row in rows[3:]}
		expected = {"Total EUR": (1500.30, 1000.05, "EUR"), "Total JPY": (70000, 70000, "JPY")}
		self.assertEqual(totals, expected)
		told = [(card["label"], card["value"]) for card in cards]
		self.assertEqual(
			told[:3], [("Penalties", 3), ("Incurred (EUR)", 1500.30), ("Due After Caps (EUR)", 1000.05)]
		)
		datasets = {each["name"]: each["values"] for each in chart["data"]["datasets"]}
		self.assertEqual(chart["data"]["labels"], ["Other", "Acme"])
		self.assertEqual(datasets, {"EUR": [0, 1000.05], "JPY": [70000, 0]})

	def test_what_is_on_no_statement_yet_has_nothing_due(self):
		penalty("P-1", amount=100, status="Draft")
		(row, total), _chart, _cards = self.ran()
		self.assertEqual(
			(row["amount"], row["due"], row["statement"], row["status"]), (100, None, None, "Draft")
		)
		self.assertEqual((total["amount"], total["due"]), (100, 0))

	def test_a_line_of_a_statement_that_was_cancelled_counts_no_more(self):
		penalty("P-1", amount=100, due=60)
		frappe.db.set_value("SLA Statement Line", "P-1 line", "docstatus", 2)
		self.assertEqual(self.ran()[0][0]["due"], None)

	def test_a_penalty_is_in_the_month_in_which_its_period_ends(self):
		penalty("P-1", amount=100, period_start="2037-04-01")
		penalty("P-2", amount=100, period_end="2037-07-31")
		self.assertEqual([row["penalty"] for row in self.ran()[0]], ["P-1", "Total EUR"])

	def test_cancelled_ones_only_when_asked_for(self):
		penalty("P-1", amount=100)
		penalty("P-2", amount=100, status="Cancelled")
		self.assertEqual([row["penalty"] for row in self.ran()[0]], ["P-1", "Total EUR"])
		self.assertEqual([row["penalty"] for row in self.ran(status="Cancelled")[0]], ["P-2", "Total EUR"])


class TestForm(ReportCase):
	def test_with_all_filters_as_the_form_sends_them(self):
		values = {
			"priority": priority("P1"),
			"sla_service": service("Mail"),
			"company": company("Acme Works"),
		}
		ticket = missed(**values)
		missed()
		kept = {
			"contract": self.contract.name,
			"chain": self.contract.name,
			"metric": "Resolution",
			"ticket": ticket.name,
		}
		penalty("P-1", amount=100, due=80, company="Acme Works", priority="P1", service="Mail", **kept)
		asked = {"customer": "Acme", "contract": self.contract.name, "service": "Mail", "priority": "P1"}
		asked |= {"metric": "Resolution", "company": "Acme Works"}
		for report, rest in (
			("SLA Breaches", {"state": "Open"}),
			("SLA Compliance", {"group_by": "Service"}),
			("SLA Penalties", {"status": "Approved"}),
		):
			with self.subTest(report):
				told = desk(report, **asked, **rest)
				self.assertEqual(len(told["result"]), 2)
				self.assertTrue(told["chart"]["data"]["labels"] and told["report_summary"])
				fields = {column["fieldname"] for column in told["columns"]}
				self.assertLessEqual(set(told["result"][0]) - {"is_total"}, fields | HIDDEN)

	def test_in_french(self):
		missed()
		frappe.local.lang = "fr"
		try:
			told = desk("SLA Compliance")
			self.assertEqual([column["label"] for column in told["columns"]][:2], ["Mois", "Tenu"])
			self.assertEqual(told["result"][0]["name"], "juin 2037")
		finally:
			frappe.local.lang = "en"

	def test_exported_as_it_is_shown(self):
		missed()
		request(
			"frappe.desk.query_report.export_query",
			report_name="SLA Breaches",
			filters=frappe.as_json(JUNE),
			file_format_type="CSV",
			visible_idx="[0, 1]",
			csv_quoting=1,
			csv_delimiter=",",
		)
		text = frappe.as_unicode(frappe.response.get("filecontent"))
		self.assertIn("Breached At", text)
		self.assertIn("Acme", text)
