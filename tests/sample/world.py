"""What there is before the first ticket: customers, services, support hours, and two contracts.

None of the contracts is for everybody: what else is on the site keeps the contract it has, or none.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import frappe
from dateutil.easter import easter
from frappe.utils import get_system_timezone
from frappe.utils.password import update_password

from tests.site import records

# Logistics near Paris, shops around New York, and somebody who never signed.
LOGISTICS, SHOPS, NOBODYS = "Lumière Logistique", "Hudson Retail", "Atelier Nord"
MAIL, ERP, TELEPHONY = "Mail and Calendar", "Business Software", "Telephone Lines"
PARIS, NEW_YORK = "Europe/Paris", "America/New_York"
ADDRESSES = {
	LOGISTICS: "it@lumiere.example",
	SHOPS: "helpdesk@hudson.example",
	NOBODYS: "bureau@atelier.example",
}
ZONES = {LOGISTICS: PARIS, SHOPS: NEW_YORK, NOBODYS: PARIS}
LANGUAGES = {LOGISTICS: "fr", SHOPS: "en"}
# Of those who read the customers' page, on a site that is only shown.
PASSWORD = "demo"
CONTRACTS = {LOGISTICS: "Office Support Paris", SHOPS: "Shops 24/7"}
YEARS = 10


def fill(today: date) -> None:
	# The table before the desk is in the time of the site.
	frappe.db.set_value("User", "Administrator", "time_zone", get_system_timezone())
	for name in ("P1", "P2", "P3"):
		records.priority(name)
	for name in (MAIL, ERP, TELEPHONY):
		records.service(name)
	for name in (LOGISTICS, SHOPS, NOBODYS):
		records.customer(name)
	frappe.db.set_value("Customer", LOGISTICS, "language", "fr")
	mailbox()
	hours(today)
	start = date(today.year - 1, 1, 1)
	track_from(start)
	for values in (paris_contract(), new_york_contract()):
		reader = {"contact": contact(values["customer"]), "sees_money": 1}
		sign(values | {"effective_from": start, "contacts": [reader]})
		portal_user(values["customer"])


def mailbox() -> None:
	"""Statements are mailed by it, as far as the queue: nothing leaves a site that is only shown."""
	frappe.db.set_default("suspend_email_queue", 1)
	if frappe.db.exists("Email Account", {"enable_outgoing": 1, "default_outgoing": 1}):
		return
	account = frappe.new_doc("Email Account").update({"email_account_name": "Service Desk"})
	account.update({"email_id": "desk@provider.example", "smtp_server": "mail.provider.example"})
	account.update({"enable_outgoing": 1, "default_outgoing": 1, "no_smtp_authentication": 1})
	# Nobody answers there: it is not tried.
	account.flags.ignore_validate = True
	account.insert()


def contact(customer: str) -> str:
	"""Who of a customer gets the statements."""
	address = ADDRESSES[customer]
	if name := frappe.db.get_value("Contact Email", {"email_id": address, "parenttype": "Contact"}, "parent"):
		return name
	document = frappe.new_doc("Contact").update({"first_name": f"{customer}, IT"})
	document.append("email_ids", {"email_id": address, "is_primary": 1})
	document.append("links", {"link_doctype": "Customer", "link_name": customer})
	return document.insert().name


def portal_user(customer: str) -> None:
	"""Who of a customer may log in, and read /sla."""
	address = ADDRESSES[customer]
	if not frappe.db.exists("User", address):
		user = frappe.new_doc("User").update({"email": address, "first_name": f"{customer}, IT"})
		user.update({"send_welcome_email": 0, "user_type": "Website User", "language": LANGUAGES[customer]})
		user.append_roles("Customer")
		user.flags.no_welcome_mail = True
		user.insert()
		update_password(address, PASSWORD)
	document = frappe.get_doc("Contact", contact(customer))
	if document.user != address:
		document.user = address
		document.save()


def hours(today: date) -> None:
	holidays = records.named(
		"Holiday List",
		"France",
		from_date=date(today.year - 1, 1, 1),
		to_date=date(today.year + YEARS, 12, 31),
		holidays=[
			{"holiday_date": day, "description": name}
			for year in range(today.year - 1, today.year + YEARS + 1)
			for day, name in french_holidays(year)
		],
	)
	lunch_break = (("09:00", "12:00"), ("13:00", "18:00"))
	records.support_hours("Paris Office", PARIS, lunch_break, holiday_list=holidays)
	records.support_hours("New York Office", NEW_YORK)
	records.support_hours("Paris Night Shift", PARIS, (("22:00", "06:00"),))
	records.support_hours("All Hours", always_open=1)


def french_holidays(year: int) -> Iterator[tuple[date, str]]:
	for month, day, name in (
		(1, 1, "Jour de l'an"),
		(5, 1, "Fête du Travail"),
		(5, 8, "Victoire 1945"),
		(7, 14, "Fête nationale"),
		(8, 15, "Assomption"),
		(11, 1, "Toussaint"),
		(11, 11, "Armistice 1918"),
		(12, 25, "Noël"),
	):
		yield date(year, month, day), name
	# Ascension Day may be one of those above; the first name stays.
	for days, name in ((1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte")):
		day = easter(year) + timedelta(days=days)
		if (day.month, day.day) not in ((5, 1), (5, 8)):
			yield day, name


def track_from(start: date) -> None:
	"""An installed app leaves the tickets of the time before alone; those of the sample began before it was there."""
	tracked_from = frappe.db.get_single_value("SLA Settings", "tracked_from")
	if tracked_from and tracked_from.date() > start:
		settings = frappe.get_doc("SLA Settings")
		settings.tracked_from = start
		settings.save()


def paris_contract() -> dict:
	return {
		"title": CONTRACTS[LOGISTICS],
		"customer": LOGISTICS,
		"time_zone": PARIS,
		"support_hours": "Paris Office",
		"services": [{"service": MAIL}, {"service": ERP}],
		"targets": [
			records.target(1, 8, priority="P1", definition="Nobody can work."),
			records.target(2, 16, priority="P2", definition="Some cannot work, or all with difficulty."),
			records.target(4, 40, definition="Everything else."),
		],
		**records.money(
			records.rule("Answered late", metric="Response", amount=40),
			records.rule(
				"Resolved late",
				"Per started unit late",
				metric="Resolution",
				amount=15,
				multiplier_from=4,
				multiplier=1.5,
			),
			records.rule("Resolutions kept", "Tiers by compliance", metric="Resolution"),
			penalty_tiers=records.tiers("Resolutions kept", (0, 80, 300), (80, 90, 120)),
			fee=4800,
			cap_percent=15,
			year_cap_percent=10,
			cap_per_breach=250,
			cumulation="Highest per ticket",
			availability_targets=[{"service": ERP, "target_percent": 99.5}],
		),
	}


def new_york_contract() -> dict:
	return {
		"title": CONTRACTS[SHOPS],
		"customer": SHOPS,
		"time_zone": NEW_YORK,
		"support_hours": "New York Office",
		"resolution_stops_at": "Restored or resolved",
		"targets": [
			records.target(
				0.5, 4, priority="P1", support_hours="All Hours", definition="A shop cannot sell anything."
			),
			records.target(4, 24, priority="P3", definition="Sales go on."),
			records.target(8, 40),
		],
		**records.money(
			records.rule("Late", "Tiers by lateness", metric="Resolution"),
			records.rule("P1 missed", "Percent of fee per breach", priority="P1", percent=2.5),
			penalty_tiers=records.tiers("Late", (0, 8, 50), (8, 24, 120), (24, None, 300)),
			currency=records.currency("USD"),
			fee=7500,
			cap_percent=20,
			minimum_payable=25,
		),
	}


def sign(values: dict) -> None:
	about = {"customer": values["customer"], "title": values["title"], "docstatus": 1}
	if frappe.db.exists("SLA Contract", about):
		return
	document = frappe.new_doc("SLA Contract").update({"applies_to": "Customer", **values})
	document.extend("status_rules", [dict(rule) for rule in records.STATUS_RULES])
	document.insert()
	document.submit()
