"""A submitted statement as a year of a contract leaves it, for tests of how the customer hears of it."""

import json

import frappe

from tests.site.records import customer, in_force, target, us

HOUR = 3_600_000_000
MINUTE = HOUR // 60


def figures(**changed):
	"""What a statement of June 2026 tells besides its amounts."""
	values = {
		"format": 1,
		"zone": "Europe/Paris",
		"every": "Month",
		"first": "2026-06-01",
		"last": "2026-06-30",
		"title": "Gold",
		"sections": [],
		"compliance": [
			row("Response", "P1", met=189, missed=10, excluded=1),
			row("Resolution", "P1", "ERP", met=150, missed=7, **{"in progress": 2}),
			row("Resolution", "P2", "Mail"),
		],
		"breaches": [
			breach("ISS-2026-00101", "Resolution", cause="Spare part missing"),
			breach("ISS-2026-00102", "Response", stopped_us=0),
			breach("ISS-2026-00103", "Resolution", state="Excluded"),
		],
		"exclusions": [
			{
				"breach": "b3",
				"ticket": "ISS-2026-00103",
				"metric": "Resolution",
				"kind": "Exclusion",
				"ground": "Force majeure",
				"reason": "Flood <in> the street",
				"decided_on": "2026-07-02",
			}
		],
		"availability": [
			{"service": "ERP", "target": "99.9", "agreed_us": 43080 * MINUTE, "down_us": 80 * MINUTE},
			{"service": "Mail", "target": "99.5", "agreed_us": 0, "down_us": 0},
		],
		"figures": {
			"opened": 210,
			"closed": 200,
			"reopened": 3,
			"backlog": 12,
			"backlog_age": {"count": 12, "median": 50 * HOUR, "mean": 100 * HOUR},
			"time_to_respond": {"count": 199, "median": 25 * MINUTE, "mean": 41 * MINUTE},
			"time_to_resolve": {"count": 0, "median": None, "mean": None},
			"pauses": 31,
			"pauses_to_see": [
				{
					"ticket": "ISS-2026-00101",
					"metric": "Resolution",
					"start": us("2026-06-10 14:00"),
					"end": us("2026-06-18 08:00"),
					"status": "On Hold",
					"reason": "customer",
					"late": True,
					"long": True,
				}
			],
		},
		"causes": [{"cause": "Spare part missing", "count": 11}, {"cause": "", "count": 6}],
		"in_progress": [
			{
				"ticket": "ISS-2026-00104",
				"metric": "Resolution",
				"priority": "P1",
				"due_us": us("2026-07-01 10:00"),
			}
		],
		"trend": [month(number, met, missed) for number, (met, missed) in enumerate(TREND)],
	}
	return values | changed


TREND = [
	(90, 5),
	(120, 2),
	(110, 9),
	(0, 0),
	(130, 4),
	(128, 6),
	(140, 3),
	(150, 9),
	(160, 2),
	(155, 5),
	(170, 8),
	(339, 17),
]


def month(number, met, missed):
	year, name = divmod(2025 * 12 + 6 + number, 12)
	return {"first": f"{year}-{name + 1:02}-01", "last": "", "met": met, "missed": missed, "amount_due": "0"}


def row(metric, priority, service="", **counts):
	none = {"met": 0, "missed": 0, "excluded": 0, "waived": 0, "in progress": 0}
	return {"metric": metric, "priority": priority, "service": service, **none, **counts}


def breach(ticket, metric, **changed):
	values = {
		"breach": f"b{ticket[-1]}",
		"ticket": ticket,
		"metric": metric,
		"cycle": 1,
		"priority": "P1",
		"service": "ERP",
		"target_us": 4 * HOUR,
		"started_us": us("2026-06-30 12:00"),
		"breached_us": us("2026-06-30 16:00"),
		"stopped_us": us("2026-07-02 04:30"),
		"late_us": 6 * HOUR,
		"late_elapsed_us": 6 * HOUR,
		"state": "Open",
		"cause": "",
	}
	return values | changed


LINES = (
	{
		"rule_name": "Late resolution",
		"ticket": "ISS-2026-00101",
		"gross": 60,
		"amount": 60,
		"steps": json.dumps(
			[
				["Late by {lateness} of support time", {"lateness": "6 h"}],
				["Started units of {unit}: {units}", {"unit": "1 h", "units": 6}],
				["{units} × {amount}", {"units": 6, "amount": "10.00"}],
			]
		),
	},
	{
		"rule_name": "Compliance",
		"gross": 1440,
		"amount": 940,
		"steps": json.dumps(
			[
				[
					"Compliance: {percent} % ({met}/{decided})",
					{"percent": "94.97", "met": 189, "decided": 199},
				],
				[
					"Cap of the period: {cap} for {sum}, of this line {amount} is left",
					{"cap": "1000.00", "sum": "1500.00", "amount": "940.00"},
				],
			]
		),
	},
)


def statement(contract, customer="Acme", **changed):
	"""A submitted statement of June 2026 under this contract."""
	told = figures(**{"title": contract.title, "zone": contract.time_zone} | changed.pop("figures", {}))
	document = frappe.new_doc("SLA Statement").update(
		{
			"title": f"{customer} June 2026",
			"customer": customer,
			"contract": contract.name,
			"chain": contract.name,
			"period_start": "2026-06-01",
			"period_end": "2026-06-30",
			"starts_us": us("2026-05-31 22:00"),
			"ends_us": us("2026-06-30 22:00"),
			"status": "Approved",
			"currency": "EUR",
			"fee": 3100,
			"gross": 1500,
			"capped": 1000,
			"earn_back": 100,
			"corrected": -20,
			"amount_due": 880,
			"figures": json.dumps(told),
			"unique_key": frappe.generate_hash(length=20),
			"docstatus": 1,
			**changed,
		}
	)
	for line in LINES:
		document.append("lines", dict(line))
	document.append(
		"corrections",
		{
			"statement": document.get("corrects"),
			"old_amount": 300,
			"new_amount": 280,
			"difference": -20,
			"why": "One breach was waived afterwards",
		},
	)
	document.name = f"STM-TEST-{frappe.generate_hash(length=6)}"
	document.flags.name_set = True
	insert_as_it_is(document)
	return document.reload() or document


def insert_as_it_is(document):
	"""Past its controller: as if the app had drafted and submitted it."""
	for each in [document, *document.get_all_children()]:
		if each is not document:
			each.update({"parent": document.name, "docstatus": document.docstatus})
			each.name = frappe.generate_hash(length=10)
		each.owner = each.modified_by = frappe.session.user
		each.creation = each.modified = frappe.utils.now()
		each.db_insert()


def agreed(zone="Europe/Paris", **rest):
	"""A contract of Acme for which a statement can be made."""
	customer(rest.get("customer", "Acme"))
	return in_force(target(1, 8), time_zone=zone, **rest)
