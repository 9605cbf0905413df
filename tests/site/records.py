"""Short ways to make the records that tests need. Times are UTC; the 5th of January 2026 is a Monday."""

from datetime import datetime, timezone

import frappe
from freezegun import freeze_time

from sla_guard.engine.instants import instant, moment
from sla_guard.site_time import to_site

WORKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
STATUS_RULES = (
	{"status": "Resolved", "effect": "Stops"},
	{"status": "Closed", "effect": "Stops"},
	{"status": "On Hold", "effect": "Pauses Resolution", "reason": "Customer"},
)
HOUR = 3600


def at(text):
	"""Time stands still at "2026-01-05 09:00" UTC."""
	return freeze_time(text)


def us(text):
	return instant(datetime.fromisoformat(text).replace(tzinfo=timezone.utc))


def utc(at_us):
	"""An instant as text, None for none."""
	return moment(at_us).strftime("%Y-%m-%d %H:%M") if at_us else None


def named(doctype, name, **values):
	"""The record of this name, made if it is not there."""
	if not frappe.db.exists(doctype, name):
		field = (
			frappe.get_meta(doctype).autoname.removeprefix("field:")
			if frappe.get_meta(doctype).autoname
			else ""
		)
		document = frappe.new_doc(doctype).update(values)
		document.set(field if field and document.meta.has_field(field) else "__newname", name)
		document.flags.name_set = False
		document.insert(ignore_permissions=True, set_name=name)
	return name


def support_hours(name="Office UTC", zone="UTC", windows=(("09:00", "17:00"),), days=WORKDAYS, **rest):
	rows = [{"weekday": day, "opens": opens, "closes": closes} for day in days for opens, closes in windows]
	values = {"time_zone": zone, "windows": [] if rest.get("always_open") else rows, **rest}
	return named("Support Hours", name, **values)


def round_the_clock():
	return support_hours("Round the Clock", always_open=1)


def priority(name):
	return named("Issue Priority", name)


def service(name):
	return named("SLA Service", name)


def customer(name="Acme", group="Commercial", territory="Rest Of The World", **rest):
	return named(
		"Customer",
		name,
		customer_name=name,
		customer_type="Company",
		customer_group=named(
			"Customer Group", group, customer_group_name=group, parent_customer_group="All Customer Groups"
		),
		territory=named("Territory", territory, territory_name=territory, parent_territory="All Territories"),
		**rest,
	)


def target(response=1, resolution=8, **rest):
	"""A row with its times in hours; None for no such commitment."""
	times = {"response_time": response, "resolution_time": resolution}
	return {field: hours and round(hours * HOUR) for field, hours in times.items()} | rest


def stop(status):
	return {"status": status, "effect": "Stops"}


def pause(status, reason="Customer", metric="Resolution"):
	return {"status": status, "effect": f"Pauses {metric}", "reason": reason}


def contract(*targets, applies_to="Customer", services=(), **rest):
	"""A contract for Acme, not yet saved: one hour and eight hours, nine to five UTC."""
	values = {
		"title": "Gold",
		"applies_to": applies_to,
		"customer": "Acme" if applies_to == "Customer" else None,
		"effective_from": "2026-01-01",
		"time_zone": "UTC",
		"support_hours": support_hours(),
		"status_rules": [dict(rule) for rule in STATUS_RULES],
		"targets": list(targets or [target()]),
		"services": [{"service": service(name)} for name in services],
	}
	return frappe.new_doc("SLA Contract").update(values | rest)


def in_force(*targets, **rest):
	"""A submitted contract."""
	if rest.get("applies_to", "Customer") == "Customer":
		customer(rest.get("customer", "Acme"))
	document = contract(*targets, **rest)
	document.insert()
	document.submit()
	return document


def new_version(before, effective_from, **rest):
	"""A draft of the next version of a contract."""
	document = frappe.copy_doc(before, ignore_no_copy=False)
	return document.update(
		{"supersedes": before.name, "effective_from": effective_from, "docstatus": 0, **rest}
	).insert()


def maintenance(starts, ends, *, announced="2026-01-01", service_name="Mail", **rest):
	"""A planned maintenance of this service, announced at this instant."""
	with at(announced):
		document = planned(starts, ends, service_name=service_name, **rest).insert()
		return announce(document)


def announce(document):
	"""Submits it; read anew, since while time stands still it looks changed by somebody else."""
	document.reload()
	document.submit()
	document.reload()
	return document


def planned(starts, ends, *, service_name="Mail", **rest):
	"""The same, not yet saved."""
	values = {"title": "Updates", "service": service(service_name)}
	instants = {"starts": to_site(us(starts)), "ends": to_site(us(ends))}
	return frappe.new_doc("SLA Maintenance").update(values | instants | rest)


def outage(started, restored=None, *, service_name="Mail", when=None, **rest):
	"""An outage of this service, entered when it was over, or at this instant."""
	instants = {"started": to_site(us(started)), "restored": to_site(restored and us(restored))}
	with at(when or restored or started):
		values = {"service": service(service_name)} | instants | rest
		return frappe.new_doc("SLA Outage").update(values).insert()


def issue(when="2026-01-05 09:00", **values):
	"""An Issue of Acme, entered at this instant."""
	with at(when):
		fields = {
			"subject": "It does not work",
			"customer": "Acme",
			"raised_by": "someone@acme.example",
			**values,
		}
		return frappe.new_doc("Issue").update(fields).insert()


def change(document, when, **values):
	"""Saves these values at this instant, as the form does."""
	with at(when):
		document.reload()
		document.update(values)
		document.save()


def clock(ticket, metric="Resolution"):
	"""The last clock of a ticket for a metric, instants as text."""
	name = getattr(ticket, "name", ticket)
	fields = [
		"name",
		"state",
		"verdict",
		"cycle",
		"target_us",
		"elapsed_us",
		"due_us",
		"breached_us",
		"stopped_us",
	]
	fields += ["stopped_by", "contract", "target", "wake_us", "started_us", "customer", "priority", "service"]
	rows = frappe.get_all(
		"SLA Clock", {"ticket": name, "metric": metric}, fields, order_by="cycle desc", limit=1
	)
	if not rows:
		return None
	found = rows[0]
	for field in ("due", "breached", "stopped", "started"):
		found[field] = utc(found.pop(f"{field}_us"))
	return found


def breaches(ticket):
	"""Metric and instant of the breaches of a ticket that are open."""
	filters = {"ticket": getattr(ticket, "name", ticket), "state": "Open"}
	rows = frappe.get_all("SLA Breach", filters, ["metric", "breached_us"], order_by="breached_us, metric")
	return [(row.metric, utc(row.breached_us)) for row in rows]


def facts(ticket):
	"""Kinds of the facts of a ticket, in the order in which they were recorded."""
	filters = {"ticket": getattr(ticket, "name", ticket)}
	return frappe.get_all("SLA Event", filters, pluck="kind", order_by="sequence")


def shown(ticket):
	"""What the Issue shows: state and next due as stored."""
	return frappe.db.get_value("Issue", getattr(ticket, "name", ticket), ["sla_state", "sla_next_due"])


# ---- on call


def roster(*shifts, **rest):
	"""A roster for everything, with shifts (user, from, to) at level 1 or (user, from, to, level), not yet saved."""
	rows = [
		{
			"user": user,
			"level": (*level, 1)[0],
			"starts": to_site(us(starts)),
			"ends": to_site(us(ends)),
			"starts_us": us(starts),
			"ends_us": us(ends),
		}
		for user, starts, ends, *level in shifts
	]
	values = {"title": "Nights", "time_zone": "UTC", "minutes_to_acknowledge": 15, "shifts": rows}
	return frappe.new_doc("SLA On-Call Roster").update(values | rest)


def pages(ticket):
	"""The rows of the calls for a ticket, as (level, user, state, instant), in the order in which they were made."""
	fields = ["level", "user", "state", "paged_us", "call"]
	rows = frappe.get_all("SLA Page", {"ticket": getattr(ticket, "name", ticket)}, fields)
	rows.sort(key=lambda row: (row.paged_us or float("inf"), row.level or float("inf")))
	return [(row.level, row.user and row.user.split("@")[0], row.state, utc(row.paged_us)) for row in rows]


# ---- money


def currency(name, number_format="#,###.##"):
	"""A currency with as many decimals as its format shows."""
	named("Currency", name, currency_name=name, enabled=1)
	frappe.db.set_value("Currency", name, "number_format", number_format)
	frappe.clear_document_cache("Currency", name)
	return name


def rule(name="Late", kind="Fixed per breach", **rest):
	"""A penalty rule of 100."""
	price = {"amount": 100} if kind in ("Fixed per breach", "Per started unit late") else {}
	return {"rule_name": name, "kind": kind, **price, **rest}


def tiers(rule_name, *rows, **rest):
	"""Tiers (from, to, amount); None for no end."""
	return [
		{"rule": rule_name, "from_value": low, "to_value": high, "amount": amount, **rest}
		for low, high, amount in rows
	]


def money(*rules, **rest):
	"""What a contract of euros says besides its targets: these rules, and how a penalty would be credited."""
	return {
		"company": company(),
		"currency": currency("EUR"),
		"fee": 3100,
		"penalty_rules": list(rules),
		"credit_as": "Price reduction",
		**rest,
	}


def company():
	"""Any of the site's."""
	found = frappe.get_all("Company", pluck="name", limit=1)
	return (
		found[0]
		if found
		else named(
			"Company",
			"Provider",
			company_name="Provider",
			abbr="P",
			default_currency=currency("EUR"),
			country="France",
		)
	)
