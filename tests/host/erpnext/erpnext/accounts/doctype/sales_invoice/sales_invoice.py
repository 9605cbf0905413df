# Stand-in for ERPNext, for tests without it.
import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, nowdate, nowtime

OF_NET_TOTAL, FIXED = "On Net Total", "Actual"


class SalesInvoice(Document):
	"""What a credit note needs of one. No ledger: a submitted invoice is only its own outstanding amount."""

	def validate(self):
		self.set_missing_values()
		self.calculate_taxes_and_totals()
		self.validate_return_against()
		self.validate_income_account()
		self.status = "Draft"

	def on_submit(self):
		self.db_set("status", "Return" if self.is_return else "Unpaid")

	def on_cancel(self):
		self.db_set("status", "Cancelled")

	def set_missing_values(self):
		company = frappe.get_doc("Company", self.company)
		if not self.set_posting_time:
			self.posting_date, self.posting_time = nowdate(), nowtime()
		self.debit_to = self.debit_to or company.default_receivable_account
		self.party_account_currency = company.default_currency
		if not self.conversion_rate:
			self.conversion_rate = exchange_rate(self.currency, company.default_currency, self.posting_date)
		for row in self.items:
			row.conversion_factor = row.conversion_factor or 1

	def calculate_taxes_and_totals(self):
		for row in self.items:
			row.rate = flt(row.rate, row.precision("rate"))
			row.amount = flt(row.rate * row.qty, row.precision("amount"))
		included = sum(flt(row.rate) for row in self.taxes if row.included_in_print_rate)
		for row in self.items:
			row.net_amount = flt(row.amount / (1 + included / 100), row.precision("net_amount"))
		self.total = flt(sum(row.amount for row in self.items), self.precision("total"))
		self.net_total = flt(sum(row.net_amount for row in self.items), self.precision("net_total"))
		total = self.net_total
		for row in self.taxes:
			if row.charge_type == OF_NET_TOTAL:
				row.tax_amount = flt(self.net_total * row.rate / 100, row.precision("tax_amount"))
			row.total = total = flt(total + flt(row.tax_amount), row.precision("total"))
		self.grand_total = total
		self.total_taxes_and_charges = flt(total - self.net_total, self.precision("grand_total"))
		self.base_net_total = flt(self.net_total * self.conversion_rate, self.precision("base_net_total"))
		self.outstanding_amount = flt(total * self.conversion_rate, self.precision("outstanding_amount"))

	def validate_return_against(self):
		if not self.return_against:
			return
		other = frappe.get_doc("Sales Invoice", self.return_against)
		if other.customer != self.customer:
			frappe.throw(_("The customer does not match with that of {0}").format(other.name))
		if flt(other.conversion_rate) != flt(self.conversion_rate):
			frappe.throw(_("Exchange Rate must be same as {0}").format(other.name))
		if other.debit_to != self.debit_to:
			frappe.throw(_("Please set Debit To to that of {0}").format(other.name))

	def validate_income_account(self):
		for row in self.items:
			company, is_group = frappe.db.get_value("Account", row.income_account, ["company", "is_group"])
			if company != self.company:
				frappe.throw(
					_("Account {0} does not belong to Company {1}").format(row.income_account, self.company)
				)
			if cint(is_group):
				frappe.throw(_("Account {0} is a Group Account").format(row.income_account))


def exchange_rate(currency, company_currency, date):
	if currency == company_currency:
		return 1
	between = {"from_currency": currency, "to_currency": company_currency, "date": ("<=", date)}
	rate = frappe.db.get_value("Currency Exchange", between, "exchange_rate", order_by="date desc")
	return rate or frappe.throw(_("Conversion rate cannot be 0"))
