"""What a contract says of money, and what it refuses."""

from datetime import date
from decimal import Decimal

import frappe

from sla_guard.engine.instants import HOUR
from sla_guard.engine.penalty import Amount, Tier
from sla_guard.sla_guard.doctype.sla_contract.money import penalty_terms
from sla_guard.statements.currencies import decimals_of
from tests.site.case import SiteTestCase
from tests.site.records import (
	contract,
	currency,
	customer,
	in_force,
	money,
	new_version,
	rule,
	service,
	tiers,
)


class MoneyCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		customer()


class TestWhatItSays(MoneyCase):
	def test_amounts_are_those_that_were_entered(self):
		said = penalty_terms(in_force(**money(rule(amount=0.1), fee=1234.56, cap_percent=12.5)))
		assert said.fee == Decimal("1234.56")
		assert said.period_cap == Amount(percent=Decimal("12.5"))
		assert said.rules[0].amount == Amount(Decimal("0.1"))

	def test_tiers_by_lateness_are_in_hours_and_end_nowhere(self):
		late = rule(kind="Tiers by lateness")
		said = penalty_terms(in_force(**money(late, penalty_tiers=tiers("Late", (0, 4, 50), (4, None, 90)))))
		assert said.rules[0].tiers == (
			Tier(0, 4 * HOUR, Amount(Decimal(50))),
			Tier(4 * HOUR, None, Amount(Decimal(90))),
		)

	def test_a_day_has_as_many_hours_as_the_rule_says(self):
		late = rule(kind="Per started unit late", unit="Day", day_hours=8)
		assert penalty_terms(in_force(**money(late))).rules[0].unit_us == 8 * HOUR

	def test_it_is_in_force_until_the_next_version(self):
		first = in_force(**money(rule()))
		assert (penalty_terms(first).first, penalty_terms(first).next) == (date(2026, 1, 1), None)
		new_version(first, "2026-02-10").submit()
		assert penalty_terms(first).next == date(2026, 2, 10)

	def test_it_ends_after_its_last_day(self):
		assert penalty_terms(in_force(effective_to="2026-03-31")).next == date(2026, 4, 1)

	def test_a_contract_without_money_is_taken(self):
		said = penalty_terms(in_force())
		assert (said.fee, said.rules) == (None, ())


class TestDecimals(MoneyCase):
	def test_are_those_of_the_number_format(self):
		for name, number_format, decimals in (
			("JPY", "#,###", 0),
			("TND", "#,###.###", 3),
			("EUR", "#.###,##", 2),
			("XBT", "#.########", 8),
			("CHF", "#''###.##", 2),
		):
			with self.subTest(name):
				assert decimals_of(currency(name, number_format)) == decimals

	def test_settings_know_better(self):
		currency("EUR")
		settings = frappe.get_single("SLA Settings")
		settings.append("currency_decimals", {"currency": "EUR", "decimals": 3})
		settings.save()
		assert decimals_of("EUR") == 3


class TestRefused(MoneyCase):
	def refused(self, *words, **values):
		self.assertRefused(contract(**money(**values)), *words)

	def test_what_the_engine_refuses_is_said_by_rule(self):
		self.refused("Late", "amount is missing", penalty_rules=[rule(amount=0)])

	def test_tiers_with_a_gap(self):
		gap = tiers("Late", (0, 4, 50), (5, None, 90))
		self.refused("Late", "4 h", "5 h", penalty_rules=[rule(kind="Tiers by lateness")], penalty_tiers=gap)

	def test_tiers_of_no_rule(self):
		self.refused("row 1", "Early", penalty_rules=[rule()], penalty_tiers=tiers("Early", (0, None, 50)))

	def test_penalties_where_none_are_agreed(self):
		self.refused("No Penalties Agreed", penalty_rules=[rule()], no_penalties=1)

	def test_a_fee_without_a_currency(self):
		# A new document has the site's usual one.
		draft = contract(**money()).insert()
		draft.currency = None
		self.assertRefused(draft, "currency")

	def test_a_percentage_of_no_fee(self):
		share = rule(kind="Percent of fee per breach", percent=5)
		self.refused("Late", "fee", penalty_rules=[share], fee=0)

	def test_a_day_that_not_every_month_has(self):
		self.refused("Drafted on Day", "29", statement_day=29)

	def test_sent_before_it_is_drafted(self):
		self.refused("before it is drafted", statement_day=5, statement_sent_by=4)

	def test_a_cap_per_quarter_in_monthly_statements(self):
		self.refused("quarter", penalty_rules=[rule()], cap_amount=1000, cap_every="Quarter")

	def test_earn_back_without_a_level(self):
		self.refused("Earn-back", penalty_rules=[rule()], earn_back_metric="Response")

	def test_availability_without_a_target(self):
		by_availability = rule(kind="Tiers by availability", service=service("ERP"))
		low = tiers("Late", (0, 99, 500))
		self.refused("ERP", "availability target", penalty_rules=[by_availability], penalty_tiers=low)

	def test_a_new_version_in_another_currency(self):
		first = in_force(**money(rule()))
		with self.assertRaisesRegex(frappe.ValidationError, "another currency"):
			new_version(first, "2026-02-10", currency=currency("USD"))

	def test_submitted_with_penalties_that_could_not_be_credited(self):
		for field in ("company", "credit_as"):
			with self.subTest(field):
				draft = contract(**money(rule())).insert()
				draft.set(field, None)
				draft.save()
				with self.assertRaisesRegex(frappe.ValidationError, "cannot be credited"):
					draft.submit()

	def test_an_indemnity_without_an_account(self):
		draft = contract(**money(rule(), credit_as="Indemnity")).insert()
		with self.assertRaisesRegex(frappe.ValidationError, "Account of Indemnities"):
			draft.submit()
