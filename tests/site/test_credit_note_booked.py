"""What a submitted credit note does to the books, by ERPNext's own ledger.

Only where there is one: the stand-in for ERPNext has none.
"""

import frappe

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
	lived,
	per_hour,
	statement,
	vat,
)
from tests.site.records import at, customer, named

REDUCTION = "Price reduction"


def booked(invoice):
	"""Account, debit and credit of each row that an invoice has in the ledger, by account."""
	of_invoice = {"voucher_type": "Sales Invoice", "voucher_no": invoice.name}
	fields = ["account", "debit", "credit"]
	rows = frappe.get_all("GL Entry", of_invoice, fields, order_by="account, debit")
	return [(row.account.rpartition(" - ")[0], row.debit, row.credit) for row in rows]


def balance(party="Acme"):
	"""What a customer owes, as ERPNext shows it."""
	from erpnext.accounts.utils import get_balance_on

	return get_balance_on(party_type="Customer", party=party, company=company(), date="2026-12-31")


def outstanding(invoice):
	return frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount")


if frappe.db.exists("DocType", "GL Entry"):

	class TestBooked(CreditCase):
		def setUp(self):
			super().setUp()
			# Settings of ERPNext are remembered beyond the transaction.
			self.addCleanup(frappe.clear_cache)

		def fee(self, amount=3100, **rest):
			with at(INVOICED):
				return fee_invoice(amount, **{"taxes": [vat(20)], **rest})

		def test_an_indemnity(self):
			fee = self.fee()
			self.assertEqual(balance(), 3720)
			note = credit(statement(contract()))
			self.assertEqual(balance(), 3720)
			note.submit()
			self.assertEqual(booked(note), [("Debtors", 0, 150), ("Penalties", 150, 0)])
			self.assertEqual(balance(), 3570)
			self.assertEqual((outstanding(fee), outstanding(note)), (3720, -150))

		def test_a_price_reduction(self):
			fee = self.fee()
			note = credit(statement(contract(REDUCTION)), fee)
			note.submit()
			self.assertEqual(booked(note), [("Debtors", 0, 180), ("Support", 150, 0), ("VAT", 30, 0)])
			self.assertEqual(balance(), 3540)
			self.assertEqual((outstanding(fee), outstanding(note)), (3720, -180))

		def test_from_a_ticket_closed_late_to_what_the_customer_owes(self):
			"""Two and a half hours late at 10.00 an hour begun: 30.00, and the tax on it where the price is reduced."""
			for party, credit_as, credited in (("Acme", "Indemnity", 30), ("Globex", REDUCTION, 36)):
				with self.subTest(credit_as):
					fee = self.fee(party=customer(party))
					stated = lived(per_hour(credit_as, customer=party))
					note = credit(stated, fee)
					note.submit()
					self.assertEqual(balance(party), 3720 - credited)
					self.assertEqual(frappe.db.get_value("SLA Statement", stated.name, "status"), "Credited")
					(line,) = stated.lines
					self.assertEqual(frappe.db.get_value("SLA Penalty", line.penalty, "status"), "Credited")

		def test_a_price_reduction_that_is_taken_from_what_is_open_of_the_fee(self):
			"""As the bookkeeper may choose in the draft."""
			fee = self.fee()
			note = credit(statement(contract(REDUCTION)), fee)
			note.update({"update_outstanding_for_self": 0}).submit()
			self.assertEqual((outstanding(fee), balance()), (3540, 3540))

		def test_cancelled_it_is_as_it_was(self):
			fee = self.fee()
			other = self.fee(party=customer("Globex"))
			for party, note in {
				"Acme": credit(statement(contract())),
				"Globex": credit(statement(contract(REDUCTION, customer="Globex"), customer="Globex"), other),
			}.items():
				with self.subTest(party):
					note.submit()
					self.assertLess(balance(party), fee.grand_total)
					note.cancel()
					self.assertEqual(balance(party), fee.grand_total)
					rows = booked(note)
					self.assertEqual(sum(debit - owed for _account, debit, owed in rows), 0)

		def test_in_another_currency(self):
			billed_in("KWD", 3.1)
			frappe.db.set_default("currency_precision", "3")
			note = credit(statement(contract(currency="KWD"), 12.345))
			note.submit()
			# 12.345 × 3.1 = 38.2695
			self.assertEqual(booked(note), [("Debtors KWD", 0, 38.27), ("Penalties", 38.27, 0)])
			self.assertEqual(balance(), -12.345)

		def test_it_is_not_rounded_to_the_smallest_coin(self):
			billed_in("CHF", 1)
			frappe.db.set_value("Currency", "CHF", "smallest_currency_fraction_value", 0.05)
			note = credit(statement(contract(currency="CHF"), 150.02))
			note.submit()
			self.assertEqual(booked(note), [("Debtors CHF", 0, 150.02), ("Penalties", 150.02, 0)])

		def test_no_taxes_where_erpnext_adds_them_to_every_invoice_that_has_none(self):
			fee = self.fee(taxes=[])
			values = {"title": "Everything", "company": company(), "taxes": [vat(20)]}
			template = frappe.new_doc("Sales Taxes and Charges Template").update(values).insert().name
			for party in ("Acme", customer("Globex")):
				rule = {"tax_type": "Sales", "customer": party, "sales_tax_template": template}
				frappe.new_doc("Tax Rule").update({**rule, "company": company()}).insert()
			frappe.db.set_single_value("Accounts Settings", "add_taxes_from_taxes_and_charges_template", 1)
			self.assertEqual(self.fee(party="Globex", taxes=[]).grand_total, 3720)
			indemnity = statement(contract(customer="Globex"), customer="Globex")
			for note, of in (
				(credit(indemnity), "Penalties"),
				(credit(statement(contract(REDUCTION)), fee), "Support"),
			):
				with self.subTest(of):
					note.reload()
					note.save()
					note.submit()
					self.assertEqual(booked(note), [("Debtors", 0, 150), (of, 150, 0)])

		def test_a_fee_for_several_units_of_an_item(self):
			"""The reduction is more than the price of one, and takes none of them back: the next one finds all ten."""
			item = named(
				"Item", "Seat", item_code="Seat", item_group="Services", is_stock_item=0, stock_uom="Nos"
			)
			line = {"item_code": item, "qty": 10, "rate": 100, "income_account": account("Support")}
			fee = self.fee(items=[{**line, "cost_center": cost_center()}])
			under = contract(REDUCTION)
			for left in (1020, 840, 660):
				credit(statement(under), fee).submit()
				self.assertEqual(balance(), left)

		def test_taxes_of_taxes(self):
			# ERPNext 16 takes the rate of an account's last row for all rows of that account.
			levied, posted = (
				account(name, root="Liability", account_type="Tax") for name in ("Levy", "Postage")
			)
			after = vat(10, charge_type="On Previous Row Total", row_id=2, account_head=levied)
			postage = vat(0, charge_type="Actual", tax_amount=40, account_head=posted)
			fee = self.fee(taxes=[postage, vat(20), after])
			note = credit(statement(contract(REDUCTION)), fee)
			note.submit()
			# 150 + 30 + 10 % of 180
			self.assertEqual((note.net_total, note.grand_total), (-150, -198))
			self.assertEqual(balance(), round(fee.grand_total - 198, 2))
