"""A statement in the desk: drafted by its job, shown at a glance, printed."""

import json

import pytest
from dateutil.relativedelta import relativedelta

from tests.browser.desk import call, today
from tests.browser.test_contract import CUSTOMER, HOURS, TITLE, delete, make, names
from tests.browser.test_contract import world as _world

world = _world
SETTINGS = "/api/resource/SLA Settings/SLA Settings"


@pytest.fixture
def draft(desk, world):
	"""The statement of last month under a contract that was in force then."""
	first = today(desk).replace(day=1) - relativedelta(months=1)
	tracked_from = call(desk, "GET", SETTINGS)["data"].get("tracked_from")
	assert call(desk, "PUT", SETTINGS, tracked_from=None)["status"] == 200
	make(
		desk,
		"SLA Contract",
		title=TITLE,
		customer=CUSTOMER,
		effective_from=str(first),
		time_zone="UTC",
		support_hours=HOURS,
		statement_day=1,
		targets=[{"response_time": 3600, "resolution_time": 28800}],
		status_rules=[{"status": "Closed", "effect": "Stops"}],
		docstatus=1,
	)
	run(desk, "sla_guard.jobs.draft_statements")
	yield drafted(desk)
	# From the page of the print, which has no scripts of the desk.
	desk.goto("/app/sla-statement")
	desk.wait_for_function("() => window.frappe?.csrf_token && window.cur_list")
	for name in names(desk, "SLA Statement", "customer", CUSTOMER):
		delete(desk, "SLA Statement", name)
	call(desk, "PUT", SETTINGS, tracked_from=tracked_from)


def run(desk, job):
	"""As *Execute* on its form does."""
	(name,) = names(desk, "Scheduled Job Type", "method", job)
	doc = call(desk, "GET", f"/api/resource/Scheduled Job Type/{name}")["data"]
	method = "frappe.core.doctype.scheduled_job_type.scheduled_job_type.execute_event"
	assert call(desk, "POST", f"/api/method/{method}", doc=json.dumps(doc))["status"] == 200


def drafted(desk):
	for _ in range(100):
		if found := names(desk, "SLA Statement", "customer", CUSTOMER):
			return found[0]
		desk.wait_for_timeout(300)
	raise AssertionError("The job has drafted no statement")


def test_a_draft_shows_its_period_at_a_glance_and_prints(desk, draft, screenshot):
	desk.goto(f"/app/sla-statement/{draft}")
	overview = desk.locator(".sla-overview")
	overview.get_by_text("No commitment was decided in this period.").wait_for()
	# Nothing to be drawn, and a contract without money.
	assert overview.locator("svg").count() == 0
	assert overview.get_by_text("Amount Due").count() == 0
	desk.get_by_role("button", name="Recalculate").wait_for()
	# There is nothing to send before it is approved.
	assert desk.get_by_role("button", name="Send Now").count() == 0
	screenshot("statement")

	desk.goto(f"/printview?doctype=SLA Statement&name={draft}&format=SLA Statement&_lang=fr")
	page = desk.locator(".sla-statement")
	page.get_by_text("Relevé SLA", exact=True).wait_for()
	page.get_by_text("Brouillon : pas encore approuvé").wait_for()
	screenshot("statement-print")
