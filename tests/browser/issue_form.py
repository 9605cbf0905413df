"""The form of a ticket under a contract of one hour and eight hours, for the tests of its clocks."""

from datetime import datetime, timedelta

import pytest

from tests.browser.conftest import log_in
from tests.browser.desk import Form, call, today, track_from
from tests.browser.test_contract import delete, make, names

CUSTOMER, HOURS, TITLE = "Browser Timers", "Browser Timers", "Browser Timers"
NOBODY = "Browser Without Contract"
TIMERS = "**/api/method/sla_guard.helpdesk.timers.timers"
HOUR = 3600
RULES = (
	{"status": "Resolved", "effect": "Stops"},
	{"status": "Closed", "effect": "Stops"},
	{"status": "On Hold", "effect": "Pauses Resolution", "reason": "Customer"},
)


@pytest.fixture
def promised(desk):
	"""A contract of one hour and eight hours, at any time of day. It stays, since what was missed under it does."""
	if not names(desk, "SLA Contract", "title", TITLE):
		make(desk, "Customer", customer_name=CUSTOMER, **of_somebody(desk))
		make(desk, "Support Hours", hours_name=HOURS, time_zone="UTC", always_open=1)
		contract(desk)
	before = track_from(desk, None)
	yield
	track_from(desk, before)
	for name in names(desk, "Issue", "customer", CUSTOMER):
		delete(desk, "Issue", name)


def of_somebody(desk):
	"""A group and a territory, as any customer has them."""
	found = {"customer_group": "Customer Group", "territory": "Territory"}
	query = 'filters=[["is_group","=",0]]&limit_page_length=1'
	return {
		field: call(desk, "GET", f"/api/resource/{doctype}?{query}")["data"][0]["name"]
		for field, doctype in found.items()
	}


def contract(desk):
	make(
		desk,
		"SLA Contract",
		title=TITLE,
		applies_to="Customer",
		customer=CUSTOMER,
		effective_from=str(today(desk) - timedelta(days=1)),
		time_zone="UTC",
		support_hours=HOURS,
		targets=[{"response_time": HOUR, "resolution_time": 8 * HOUR}],
		status_rules=list(RULES),
		docstatus=1,
	)


def ticket(desk, minutes_ago=0, seconds_ago=0, **values):
	"""A ticket that was reported by telephone so long ago."""
	now = desk.evaluate("() => moment.tz(frappe.boot.time_zone.system).format('YYYY-MM-DD HH:mm:ss')")
	reported = datetime.fromisoformat(now) - timedelta(minutes=minutes_ago, seconds=seconds_ago)
	return make(desk, "Issue", subject="No mail", customer=CUSTOMER, sla_reported_at=str(reported), **values)


def opened(desk, name):
	desk.goto(f"/app/issue/{name}")
	form = Form(desk)
	form.arrive("subject")
	desk.locator(".sla-panel").wait_for()
	return form


def card(desk, metric):
	return desk.locator(f".sla-card[data-metric={metric}]")


def in_state(desk, metric, state):
	return desk.locator(f".sla-card[data-metric={metric}][data-state={state}]")


def digits(desk, metric):
	return card(desk, metric).locator(".sla-digits").inner_text()


def seconds_left(desk, metric):
	hours, minutes, seconds = map(int, digits(desk, metric).split(":"))
	return hours * HOUR + minutes * 60 + seconds


def go_on_for(desk, seconds):
	"""Until the clock of the page has gone on for so long."""
	desk.evaluate("() => { window.sla_test_began = sla_guard.now(); }")
	desk.wait_for_function("(s) => sla_guard.now() - window.sla_test_began > s * 1000", arg=seconds)


def choose_status(desk, status):
	Form(desk).control("status").locator("select").select_option(status)
	desk.wait_for_function("(status) => cur_frm.doc.status === status", arg=status)


def question(desk):
	asked = desk.locator(".modal.show", has=desk.locator(".sla-effects"))
	asked.wait_for()
	return asked


def stored(desk, name, field):
	return call(desk, "GET", f"/api/resource/Issue/{name}")["data"][field]


def as_somebody_else(desk, name, **values):
	"""Another session saves the ticket."""
	other = desk.context.browser.new_page(base_url=desk.evaluate("() => location.origin"))
	log_in(other)
	other.goto("/app")
	other.wait_for_function("() => window.frappe?.csrf_token && window.frappe.boot")
	answer = call(other, "PUT", f"/api/resource/Issue/{name}", **values)
	assert answer["status"] == 200, answer
	other.close()
