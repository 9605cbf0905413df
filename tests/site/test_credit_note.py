"""From a statement to the draft of the invoice that credits it: what it says, that there is one only, and what is
missing where there is none."""

import frappe

from sla_guard.statements.credit_note import asked_for_credit_note, make_credit_note
from tests.site.books import (
	INVOICED,
	CreditCase,
	account,
	billed_in,
	company,
	contract,
	cost_center,
	credit,
	fee_invoice,
	statement,
	vat,
)
from tests.site.case import make_user
from tests.site.records import at, customer, new_version
from tests.site.routes import as_user

REDUCTION = "Price reduction"


class TestDraft(CreditCase):
	def test_an_indemnity_is_one_line_on_its_own_account_without_taxes(self):
		owed = statement(contract())
		note = credit(owed)
		self.assertEqual((note.docstatus, note.is_return, note.return_against), (0, 1, None))
		self.assertEqual((note.customer, note.company, note.currency), ("Acme", company(), "EUR"))
		(line,) = note.items
		self.assertEqual((line.qty, line.rate, line.amount), (-1, 150, -150))
		self.assertEqual(
			(line.income_account, line.cost_center), (account("Penalties", root="Expense"), cost_center())
		)
		self.assertEqual((note.taxes, note.net_total, note.grand_total), ([], -150, -150))
		self.assertEqual(note.sla_statement, owed.name)
		self.assertIn(owed.name, note.remarks)

	def test_a_price_reduction_takes_the_taxes_of_the_fee(self):
		with at(INVOICED):
			fee = fee_invoice(taxes=[vat(20)])
		note = credit(statement(contract(REDUCTION)), fee)
		self.assertEqual((note.is_return, note.return_against, note.docstatus), (1, fee.name, 0))
		self.assertEqual((note.net_total, note.total_taxes_and_charges, note.grand_total), (-150, -30, -180))
		self.assertEqual([line.income_account for line in note.items], [account("Support")])

	def test_an_amount_is_before_tax_where_the_prices_of_the_fee_include_it(self):
		with at(INVOICED):
			fee = fee_invoice(1200, taxes=[vat(20, included_in_print_rate=1)])
		note = credit(statement(contract(REDUCTION)), fee)
		self.assertEqual((fee.net_total, note.net_total, note.grand_total), (1000, -150, -180))

	def test_a_tax_of_a_fixed_amount_does_not_follow_the_price(self):
		with at(INVOICED):
			fee = fee_invoice(taxes=[vat(0, charge_type="Actual", tax_amount=40), vat(20)])
		note = credit(statement(contract(REDUCTION)), fee)
		self.assertEqual([row.tax_amount for row in note.taxes], [0, -30])
		self.assertEqual((note.net_total, note.grand_total), (-150, -180))

	def test_it_speaks_the_language_of_the_customer(self):
		frappe.db.set_value("Customer", "Acme", "language", "fr")
		note = credit(statement(contract()))
		self.assertIn("Pénalités", note.items[0].item_name)
		self.assertIn("Relevé", note.remarks)

	def test_cents_arrive_as_they_are(self):
		under = contract()
		for amount in (0.01, 0.07, 1234.35, 1234567.89):
			with self.subTest(amount):
				self.assertEqual(credit(statement(under, amount)).grand_total, -amount)

	def test_a_currency_without_decimals(self):
		billed_in("JPY", 0.006)
		note = credit(statement(contract(currency="JPY"), 15001))
		self.assertEqual((note.grand_total, note.conversion_rate), (-15001, 0.006))

	def test_a_currency_with_three_decimals_where_the_site_keeps_two(self):
		billed_in("KWD", 3)
		owed = statement(contract(currency="KWD"), 12.345)
		self.assertNoCredit(owed, "KWD", "3", "2")
		self.addCleanup(frappe.clear_cache)
		frappe.db.set_default("currency_precision", "3")
		note = credit(owed)
		self.assertEqual((note.items[0].amount, note.grand_total), (-12.345, -12.345))

	def test_the_decimals_that_sla_settings_say(self):
		settings = frappe.get_single("SLA Settings")
		settings.append("currency_decimals", {"currency": "EUR", "decimals": 4})
		settings.save()
		self.addCleanup(frappe.clear_document_cache, "SLA Settings", "SLA Settings")
		self.assertNoCredit(statement(contract()), "EUR", "4", "2")

	def test_a_bookkeeper_makes_it(self):
		owed = statement(contract())
		with as_user(make_user("bookkeeper", "Accounts User")):
			self.assertEqual(credit(owed).owner, "bookkeeper@example.com")

	def test_nobody_else_does(self):
		owed = statement(contract())
		for role in ("Support Team", "SLA Manager", "SLA Approver", "Customer"):
			with (
				self.subTest(role),
				as_user(make_user("somebody", role)),
				self.assertRaises(frappe.PermissionError),
			):
				make_credit_note(owed.name)
		self.assertFalse(frappe.db.exists("Sales Invoice", {"sla_statement": owed.name}))


class TestInvoiceOfTheFee(CreditCase):
	def setUp(self):
		super().setUp()
		self.owed = statement(contract(REDUCTION))

	def test_the_latest_since_the_period_began_is_proposed(self):
		with at("2025-12-31 09:00:00.5"):
			fee_invoice()
		with at(INVOICED):
			fee_invoice(party=customer("Globex"))
		self.assertIsNone(asked_for_credit_note(self.owed.name)["fee_invoice"])
		with at(INVOICED):
			fee_invoice()
		with at("2026-01-20 09:00:00.5"):
			later = fee_invoice()
			fee_invoice(submit=False)
		asked = asked_for_credit_note(self.owed.name)
		self.assertEqual(asked["fee_invoice"], later.name)
		self.assertEqual(asked["fee_invoices"]["customer"], "Acme")

	def test_an_indemnity_asks_for_none(self):
		frappe.db.set_value(
			"SLA Contract",
			self.owed.contract,
			{"credit_as": "Indemnity", "credit_account": account("Penalties")},
		)
		self.assertEqual(asked_for_credit_note(self.owed.name), {})

	def test_nobody_is_asked_in_vain(self):
		with at(INVOICED):
			fee = fee_invoice()
		note = credit(self.owed, fee)
		with self.assertRaisesRegex(frappe.ValidationError, note.name):
			asked_for_credit_note(self.owed.name)

	def test_it_must_be_chosen(self):
		self.assertNoCredit(self.owed, "Choose the invoice")

	def test_it_is_a_submitted_one_of_that_customer_company_and_currency(self):
		with at(INVOICED):
			wrong = {
				"draft": fee_invoice(submit=False),
				"customer": fee_invoice(party=customer("Globex")),
				"company": fee_invoice(company=company("Other Provider")),
			}
			fee = fee_invoice()
		for why, invoice in wrong.items():
			with self.subTest(why):
				self.assertNoCredit(self.owed, invoice.name, "not a submitted invoice", fee=invoice)
		under = frappe.get_doc("SLA Contract", self.owed.contract)
		dollars = statement(under, currency="USD")
		self.assertNoCredit(dollars, fee.name, "not a submitted invoice", "USD", fee=fee)
		self.assertEqual(credit(self.owed, fee).return_against, fee.name)

	def test_not_more_than_it_came_to(self):
		with at(INVOICED):
			fee = fee_invoice(149.99)
		self.assertNoCredit(self.owed, fee.name, "149.99", "150.00", fee=fee)

	def test_not_more_than_other_credit_notes_have_left_of_it(self):
		with at(INVOICED):
			fee = fee_invoice(400)
		under = frappe.get_doc("SLA Contract", self.owed.contract)
		credit(self.owed, fee).submit()
		credit(statement(under), fee)
		third = statement(under)
		self.assertNoCredit(third, "100.00", "150.00", fee=fee)
		exactly = credit(statement(under, 100), fee)
		self.assertEqual(exactly.net_total, -100)
		exactly.delete()
		self.assertNoCredit(third, "100.00", fee=fee)


class TestRefusals(CreditCase):
	def test_a_statement_that_is_not_approved(self):
		self.assertNoCredit(statement(contract(), submitted=False), "not approved")

	def test_a_statement_that_owes_nothing(self):
		under = contract()
		for amount in (0, -20):
			with self.subTest(amount):
				self.assertNoCredit(statement(under, amount), "owes nothing")

	def test_a_contract_that_names_no_company(self):
		under = contract()
		# A new contract has the company that is usual on the site.
		frappe.db.set_value("SLA Contract", under.name, "company", None)
		self.assertNoCredit(statement(under, company=None), "names no company", "new version")

	def test_a_contract_that_does_not_say_how(self):
		self.assertNoCredit(statement(contract(None)), "indemnity or a price reduction")

	def test_a_contract_that_names_no_account(self):
		self.assertNoCredit(statement(contract(credit_account=None)), "no account of indemnities")

	def test_what_was_forgotten_is_said_in_the_next_version(self):
		first = contract(credit_account=None)
		owed = statement(first)
		new_version(first, "2026-02-01", credit_account=account("Penalties", root="Expense")).submit()
		self.assertEqual(credit(owed).items[0].income_account, account("Penalties", root="Expense"))

	def test_an_account_of_another_company(self):
		other = account("Penalties", company("Other Provider"), "Expense")
		self.assertNoCredit(statement(contract(credit_account=other)), other, company())

	def test_a_group_of_accounts(self):
		group = account("All Expense", root="Expense")
		self.assertNoCredit(statement(contract(credit_account=group)), group, "group")

	def test_an_account_that_was_disabled(self):
		owed = statement(contract())
		frappe.db.set_value("Account", account("Penalties", root="Expense"), "disabled", 1)
		self.assertNoCredit(owed, "disabled", "new version")
		other = account("Other Penalties", root="Expense")
		first = frappe.get_doc("SLA Contract", owed.contract)
		new_version(first, "2026-02-01", credit_account=other).submit()
		self.assertEqual(credit(owed).items[0].income_account, other)

	def test_a_company_without_a_cost_center(self):
		frappe.db.set_value("Company", company(), "cost_center", None)
		self.assertNoCredit(statement(contract()), "cost center")
