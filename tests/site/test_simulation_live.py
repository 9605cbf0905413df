"""The site's own tickets under contracts on trial; nothing is written to them."""

import frappe

from sla_guard.helpdesk import actions
from tests.site.records import (
	at,
	change,
	customer,
	issue,
	maintenance,
	money,
	rule,
	service,
)
from tests.site.simulating import SimulationCase, run, simulation

TABLES = (
	"Issue",
	"SLA Event",
	"SLA Clock",
	"SLA Breach",
	"SLA Reopening",
	"SLA Terms",
	"SLA Penalty",
	"SLA Statement",
)


def tables():
	"""All that is stored of tickets."""
	return {
		name: frappe.qb.from_(frappe.qb.DocType(name)).select("*").orderby("name").run() for name in TABLES
	}


class TestLiveHistory(SimulationCase):
	def setUp(self):
		super().setUp()
		self.signed = self.in_force(title="Signed", **money(rule()))
		self.late = self.issue("2026-01-13 09:00")
		self.void = self.issue("2026-01-13 09:00")
		with at("2026-01-13 09:10"):
			actions.void(self.void.name, "Spam")
		change(self.late, "2026-01-13 09:30", status="Replied")
		change(self.late, "2026-01-16 12:00", status="Closed")
		self.other = self.issue("2026-02-03 09:00")
		change(self.other, "2026-02-03 12:00", status="Closed")
		frappe.db.commit()

	def test_the_sites_own_tickets_are_tried_and_nothing_of_them_is_written(self):
		before = tables()
		with at("2026-03-01 12:00"):
			document = self.simulated(self.signed)
			told = run(document)
		self.assertEqual(tables(), before)
		(signed,) = told["contracts"]
		self.assertEqual((told["tickets"], signed["tickets"]), (3, 2))
		counted = [
			(each["metric"], each["month"], each["met"], each["missed"]) for each in signed["compliance"]
		]
		self.assertEqual(
			counted,
			[
				("Response", "2026-01", 0, 1),
				("Response", "2026-02", 0, 1),
				("Resolution", "2026-01", 0, 1),
				("Resolution", "2026-02", 1, 0),
			],
		)

	def simulated(self, *contracts, **rest):
		return simulation(
			*contracts,
			text="",
			source="Tickets of This Site",
			customer=self.customer,
			found_values=[],
			**rest,
		)

	def test_days_and_the_party_of_the_contract_say_which_tickets_count(self):
		everybody = self.contract(applies_to="Everybody", customer=None)
		customer("Nobody")
		nobody = self.contract(customer="Nobody")
		with at("2026-03-01 12:00"):
			document = self.simulated(everybody, nobody, from_date="2026-02-01", to_date="2026-02-28")
			told = run(document)
		self.assertEqual([each["tickets"] for each in told["contracts"]], [1, 0])

	def test_announced_maintenance_of_the_service_stands_still(self):
		service("Mail")
		with at("2026-02-10 09:00"):
			ticket = issue("2026-02-10 09:00", customer=self.customer, sla_service="Mail")
		change(ticket, "2026-02-11 12:00", status="Closed")
		maintenance("2026-02-10 09:00", "2026-02-10 17:00")
		frappe.db.commit()
		draft = self.contract()
		with at("2026-03-01 12:00"):
			told = run(self.simulated(draft, from_date="2026-02-10", to_date="2026-02-10"))
		self.assertEqual([each["met"] for each in told["contracts"][0]["compliance"]], [0, 1])
