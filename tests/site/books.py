"""Short ways to make what an accountant has: companies with accounts, invoices; and a statement to be credited."""

from datetime import date

import frappe

from sla_guard.statements import drafts
from sla_guard.statements.credit_note import make_credit_note
from tests.site.case import SiteTestCase
from tests.site.records import at, change, customer, in_force, issue, named, round_the_clock, rule, target

PROVIDER = "Provider SAS"
JANUARY = {"period_start": "2026-01-01", "period_end": "2026-01-31"}
# When most credit notes of these tests are made, and the fee of January is invoiced. Not at whole seconds: as the
# framework writes those, it takes a document that it has just saved for somebody else's.
FEBRUARY, INVOICED = "2026-02-05 09:00:00.5", "2026-01-02 09:00:00.5"


# ---- a company


def company(name=PROVIDER, currency="EUR"):
	"""A company with the accounts that an invoice needs; returns its name."""
	if frappe.db.exists("Company", name):
		return name
	abbr = "".join(word[0] for word in name.split()).upper() + frappe.generate_hash(length=4)
	values = {"company_name": name, "abbr": abbr, "default_currency": currency, "country": "France"}
	# A whole chart takes seconds.
	frappe.local.flags.ignore_chart_of_accounts = True
	try:
		frappe.new_doc("Company").update(values).insert()
	finally:
		frappe.local.flags.ignore_chart_of_accounts = False
	_fiscal_years()
	debtors = account("Debtors", name, "Asset", account_type="Receivable", account_currency=currency)
	round_off = account("Round Off", name, "Expense", account_type="Round Off")
	center = cost_center(name)
	usual = {"default_receivable_account": debtors, "cost_center": center}
	if frappe.get_meta("Company").has_field("round_off_account"):
		usual |= {"round_off_account": round_off, "round_off_cost_center": center}
	# Not by saving it once more: ERPNext forgets all that it has in its cache then.
	frappe.db.set_value("Company", name, usual)
	return name


def account(title, company=PROVIDER, root="Income", **rest):
	"""An account of a company, under its root of this type; returns its name."""
	values = {"account_name": title, "company": company, "root_type": root}
	if name := frappe.db.get_value("Account", values):
		return name
	values["report_type"] = "Balance Sheet" if root in ("Asset", "Liability") else "Profit and Loss"
	is_root = title == f"All {root}"
	values |= {"is_group": 1} if is_root else {"parent_account": account(f"All {root}", company, root)}
	document = frappe.new_doc("Account").update(values | rest)
	document.flags.ignore_mandatory = is_root
	return document.insert().name


def cost_center(company=PROVIDER):
	"""The cost center of a company, which ERPNext makes with it; returns its name."""
	of_company = {"company": company, "is_group": 0}
	if name := frappe.db.get_value("Cost Center", of_company):
		return name
	return frappe.new_doc("Cost Center").update(of_company | {"cost_center_name": "Main"}).insert().name


def billed_in(currency, rate, party="Acme", company=PROVIDER):
	"""What a customer needs to be billed in a currency that is not the company's, worth so much of it."""
	euros = {"from_currency": currency, "to_currency": "EUR", "date": "2026-01-01", "exchange_rate": rate}
	frappe.new_doc("Currency Exchange").update({**euros, "for_buying": 1, "for_selling": 1}).insert()
	party = frappe.get_doc("Customer", party).update({"default_currency": currency})
	if party.meta.has_field("accounts"):
		values = {"account_type": "Receivable", "account_currency": currency}
		debtors = account(f"Debtors {currency}", company, "Asset", **values)
		party.append("accounts", {"company": company, "account": debtors})
	party.save()


def _fiscal_years():
	for year in (2025, 2026) if frappe.db.exists("DocType", "Fiscal Year") else ():
		bounds = {"year_start_date": f"{year}-01-01", "year_end_date": f"{year}-12-31"}
		if not frappe.db.exists("Fiscal Year", bounds):
			named("Fiscal Year", str(year), year=str(year), **bounds)


# ---- invoices


def vat(rate=20, **rest):
	"""A row of taxes."""
	values = {"charge_type": "On Net Total", "description": "VAT", "rate": rate}
	return {**values, "account_head": account("VAT", root="Liability", account_type="Tax"), **rest}


def fee_invoice(amount=3100, taxes=(), party="Acme", submit=True, company=PROVIDER, **rest):
	"""A submitted invoice of the fee, of the day on which time stands still."""
	line = {"item_name": "Support", "description": "Support of the month", "uom": "Nos", "qty": 1}
	line |= {
		"rate": amount,
		"income_account": account("Support", company),
		"cost_center": cost_center(company),
	}
	values = {"customer": party, "company": company, "currency": "EUR", "items": [line]}
	invoice = frappe.new_doc("Sales Invoice").update({**values, "taxes": list(taxes), **rest}).insert()
	if submit:
		invoice.submit()
	return invoice


# ---- what is credited


def contract(credit_as="Indemnity", *targets, **rest):
	"""A contract of Acme with a company, credited like this."""
	values = {"company": company(), "currency": "EUR", "credit_as": credit_as}
	if credit_as == "Indemnity":
		values["credit_account"] = account("Penalties", root="Expense")
	return in_force(*targets, **values | rest)


def statement(under, amount=150, penalties=(), submitted=True, **rest):
	"""A statement of January as the app would store it, with a line for each of these penalties."""
	values = {"customer": "Acme", "contract": under.name, "chain": under.chain, "company": under.company}
	values |= {"currency": under.currency, "amount_due": amount, "status": "Approved", **JANUARY}
	lines = [{"penalty": name, "amount": amount} for name in penalties]
	return _stored("SLA Statement", submitted, lines=lines, **values | rest)


def per_hour(credit_as="Indemnity", **rest):
	"""A contract that promises two hours around the clock, each hour begun after them at 10.00."""
	hours = {"metric": "Resolution", "time": "Elapsed time", "amount": 10}
	rules = {"penalty_rules": [rule("Per hour", "Per started unit late", **hours)]}
	return contract(credit_as, target(None, 2), support_hours=round_the_clock(), **rules, **rest)


def lived(under):
	"""The submitted statement of January for a ticket that was closed two and a half hours late, its penalty approved."""
	customer = under.customer
	ticket = issue("2026-01-10 08:00", customer=customer)
	change(ticket, "2026-01-10 12:30", status="Closed")
	with at("2026-02-03 06:00:00.5"):
		made = drafts.draft(under.chain, customer, date(2026, 1, 1))
		for row in made.lines:
			frappe.get_doc("SLA Penalty", row.penalty).submit()
		made.submit()
	return made


def penalty(under, amount=150, submitted=True):
	values = {"customer": "Acme", "contract": under.name, "currency": "EUR", "amount": amount, **JANUARY}
	return _stored("SLA Penalty", submitted, status="Approved", **values).name


def _stored(doctype, submitted, **values):
	"""Written past its controller, which makes such a record from tickets only."""
	document = frappe.new_doc(doctype).update({**values, "docstatus": int(submitted)})
	document.set_new_name()
	document.set_parent_in_children()
	for row in (document, *document.get_all_children()):
		row.docstatus = document.docstatus
		row.db_insert()
	return frappe.get_doc(doctype, document.name)


def credit(statement, fee=None):
	"""The draft that the button makes."""
	return frappe.get_doc("Sales Invoice", make_credit_note(statement.name, fee and fee.name))


# ---- the tests of it


class CreditCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		customer()
		company()
		stands_still = at(FEBRUARY)
		stands_still.start()
		self.addCleanup(stands_still.stop)

	def assertNoCredit(self, owed, *words, fee=None):
		"""It is refused in these words, and nothing is made."""
		with self.assertRaises(frappe.ValidationError) as refused:
			credit(owed, fee)
		for word in words:
			self.assertIn(word, frappe.utils.strip_html(str(refused.exception)))
		self.assertFalse(frappe.db.exists("Sales Invoice", {"sla_statement": owed.name}))

	def status(self, document):
		return frappe.db.get_value(document.doctype, document.name, "status")
