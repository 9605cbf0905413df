"""Contracts to start from: Bronze, Silver, Gold and 24/7 critical, with the site's own priorities, hours and services.

A template fills a form; nothing of it is kept. What it needs and the site has not, Support Hours and services, is made
by whoever starts from it, if they may.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import frappe
from babel.dates import get_day_names
from frappe import _

from sla_guard.engine.calendar import WEEKDAYS
from sla_guard.statements.words import locale_of

HOUR = 3600
CRITICAL, HIGH, MEDIUM, REST = LEVELS = ("critical", "high", "medium", "rest")
# How sites name their priorities, the most urgent first.
FAMILIES = (
	("p1", "p2", "p3", "p4"),
	(
		"critical|critique|urgente?|blocking|bloquante?",
		"high|haute?|élevée?|major|majeure?",
		"medium|normale?|moyenne?",
		"low|basse?|faible|minor|mineure?",
	),
	tuple(rf"(?:prio|priority|priorité)?\s*{place}" for place in range(1, 5)),
)


class Hours(NamedTuple):
	"""Weekdays (0 = Monday) from the first to the last, and from when to when; no windows: 24/7."""

	last_day: int = 6
	opens: str = ""
	closes: str = ""

	@property
	def always(self) -> bool:
		return not self.opens


class Template(NamedTuple):
	"""`times`: by level, response and resolution in hours of support time, None for no such commitment.
	`around_the_clock`: the levels measured 24/7, whatever the hours."""

	hours: Hours
	times: dict[str, tuple[float, float | None]]
	around_the_clock: tuple[str, ...] = ()
	rules: tuple[dict, ...] = ()
	tiers: tuple[dict, ...] = ()
	cap_percent: float = 0
	stops_at: str = "Resolved"
	every: str = "Month"


def _late(metric: str, percent: float, **rest: str) -> dict:
	return {"kind": "Percent of fee per breach", "metric": metric, "percent": percent, **rest}


def _tier(low: float, high: float, percent: float) -> dict:
	return {"from_value": low, "to_value": high, "percent": percent}


TEMPLATES = {
	"Bronze": Template(
		Hours(4, "09:00", "17:00"),
		{CRITICAL: (4, 16), HIGH: (8, 24), MEDIUM: (8, 40), REST: (16, None)},
		every="Quarter",
	),
	"Silver": Template(
		Hours(4, "08:00", "18:00"),
		{CRITICAL: (2, 8), HIGH: (4, 16), MEDIUM: (8, 30), REST: (10, 50)},
		rules=(_late("Response", 1), _late("Resolution", 2)),
		cap_percent=10,
	),
	"Gold": Template(
		Hours(5, "07:00", "20:00"),
		{CRITICAL: (1, 4), HIGH: (2, 8), MEDIUM: (4, 20), REST: (8, 40)},
		rules=(_late("Response", 1), {"kind": "Tiers by compliance", "metric": "Resolution"}),
		tiers=(_tier(90, 95, 5), _tier(0, 90, 10)),
		cap_percent=15,
		stops_at="Restored or resolved",
	),
	"24/7 Critical": Template(
		Hours(4, "08:00", "18:00"),
		{CRITICAL: (0.5, 4), HIGH: (1, 8), MEDIUM: (4, 16), REST: (8, 40)},
		around_the_clock=(CRITICAL, HIGH),
		rules=(_late("Response", 1), {"kind": "Tiers by lateness", "metric": "Resolution"}),
		tiers=(_tier(0, 4, 3), _tier(4, 0, 6)),
		cap_percent=20,
		stops_at="Restored or resolved",
	),
}


# ---- what can be chosen


@frappe.whitelist()
def choices() -> dict:
	"""What the dialog offers: the templates in words, the site's priority for each level, the services, new ones too."""
	frappe.has_permission("SLA Contract", "create", throw=True)
	names = frappe.get_all("Issue Priority", pluck="name", order_by="name")
	services = frappe.get_all("SLA Service", {"disabled": 0}, pluck="name", order_by="name")
	return {
		"templates": [_in_words(name, template) for name, template in TEMPLATES.items()],
		"priorities": guessed(names),
		"services": services,
		"usual_services": [] if services else usual_services(),
		"currency": frappe.db.get_default("currency") or "",
	}


def guessed(names: list[str]) -> dict[str, str]:
	"""The priority for each level but the last, by what their names say: the most urgent that there is for the first.
	On a site that names them in two ways, those of the way with more of them."""
	ways = ([name for pattern in family if (name := _named(pattern, names))] for family in FAMILIES)
	return dict(zip(LEVELS[:-1], max(ways, key=len), strict=False))


def _named(pattern: str, names: list[str]) -> str:
	for name in names:
		# As it is called, and as it is shown.
		said = {name.strip().lower(), _(name).strip().lower()}
		if any(re.fullmatch(rf"(?:{pattern})(?:\W.*)?", each) for each in said):
			return name
	return ""


def usual_services() -> list[str]:
	"""What most providers have in their catalogue, for a site that has no service yet."""
	return [
		_("E-Mail"),
		_("Network and Internet Access"),
		_("Workstations"),
		_("Servers and Backup"),
		_("Business Software"),
		_("Telephony"),
	]


def _in_words(name: str, template: Template) -> dict:
	return {
		"name": name,
		"title": title_of(name),
		"hours": _hours_in_words(template.hours),
		"around_the_clock": [level_name(level) for level in template.around_the_clock],
		"times": [
			{"level": level, "name": level_name(level), "response": first, "resolution": second}
			for level, (first, second) in template.times.items()
		],
		"penalties": bool(template.rules),
		"cap_percent": template.cap_percent,
		"every": _(template.every),
	}


def title_of(template: str) -> str:
	return {
		"Bronze": _("Bronze"),
		"Silver": _("Silver"),
		"Gold": _("Gold"),
		"24/7 Critical": _("24/7 Critical"),
	}[template]


def level_name(level: str) -> str:
	return {
		CRITICAL: _("Critical Priority"),
		HIGH: _("High Priority"),
		MEDIUM: _("Medium Priority"),
		REST: _("All other tickets"),
	}[level]


def _definition(level: str) -> str:
	return {
		CRITICAL: _("A service is down or unusable for everybody; work stands still."),
		HIGH: _("A service is down for some, or works badly for everybody."),
		MEDIUM: _("One person is hindered, or there is a way around the problem."),
		REST: _("Questions, requests and everything else."),
	}[level]


def _hours_in_words(hours: Hours) -> str:
	if hours.always:
		return "24/7"
	names = get_day_names("abbreviated", "stand-alone", locale_of(frappe.local.lang))
	return f"{names[0]}–{names[hours.last_day]} {hours.opens}–{hours.closes}"


# ---- starting from one


@frappe.whitelist(methods=["POST"])
def begin(
	template: str,
	time_zone: str,
	priorities: str | dict | None = None,
	support_hours: str | None = None,
	holiday_list: str | None = None,
	services: str | list | None = None,
	currency: str | None = None,
	fee: float | None = None,
) -> dict:
	"""Values for the form of a new contract. Makes the Support Hours, where none are chosen, and the services that the
	site has not. Without a fee there are no penalties in percent of it: they are left out."""
	frappe.has_permission("SLA Contract", "create", throw=True)
	if template not in TEMPLATES:
		frappe.throw(_("{0} is no template.").format(frappe.bold(frappe.utils.escape_html(template))))
	chosen = TEMPLATES[template]
	named = {level: name for level, name in (frappe.parse_json(priorities) or {}).items() if name}
	always = _made_hours(Hours(), time_zone, None) if set(chosen.around_the_clock) & {*named} else None
	return {
		"title": title_of(template),
		"support_hours": support_hours or _made_hours(chosen.hours, time_zone, holiday_list),
		"resolution_stops_at": chosen.stops_at,
		"reporting_period": chosen.every,
		"services": [{"service": _made_service(name)} for name in frappe.parse_json(services) or []],
		"targets": [
			_target(chosen, level, named.get(level), always)
			for level in LEVELS
			if level == REST or level in named
		],
		**_money(chosen, currency, float(fee or 0), named),
	}


def _target(template: Template, level: str, priority: str | None, always: str | None) -> dict:
	response, resolution = template.times[level]
	return {
		"priority": priority,
		"response_time": round(response * HOUR),
		"resolution_time": resolution and round(resolution * HOUR),
		"support_hours": always if level in template.around_the_clock else None,
		"definition": _definition(level),
	}


def _money(template: Template, currency: str | None, fee: float, named: dict[str, str]) -> dict:
	if not template.rules:
		return {"no_penalties": 1, "penalty_rules": [], "penalty_tiers": []}
	if not (fee and currency):
		return {"no_penalties": 0, "penalty_rules": [], "penalty_tiers": []}
	rules = [{"rule_name": _rule_name(rule), **rule} for rule in template.rules]
	with_tiers = next((rule["rule_name"] for rule in rules if rule["kind"].startswith("Tiers")), None)
	return {
		"currency": currency,
		"fee": fee,
		"no_penalties": 0,
		"penalty_rules": rules,
		"penalty_tiers": [{"rule": with_tiers, **tier} for tier in template.tiers],
		"cap_percent": template.cap_percent,
	}


def _rule_name(rule: dict) -> str:
	if rule["kind"] == "Tiers by compliance":
		return _("Resolutions in time")
	return _("Late response") if rule["metric"] == "Response" else _("Late resolution")


def _made_hours(hours: Hours, time_zone: str, holiday_list: str | None) -> str:
	"""The name of these Support Hours, made where the site has none of that name."""
	name = "24/7" if hours.always else f"{_hours_in_words(hours)} {time_zone}"
	if holiday_list:
		name = f"{name}, {holiday_list}"
	if frappe.db.exists("Support Hours", name):
		return name
	made = frappe.new_doc("Support Hours").update(
		{"hours_name": name, "time_zone": time_zone, "always_open": int(hours.always)}
	)
	if not hours.always:
		made.holiday_list = holiday_list
		for weekday in WEEKDAYS[: hours.last_day + 1]:
			made.append("windows", {"weekday": weekday, "opens": hours.opens, "closes": hours.closes})
	return made.insert().name


def _made_service(name: str) -> str:
	if not frappe.db.exists("SLA Service", name):
		frappe.new_doc("SLA Service").update({"service_name": name}).insert()
	return name
