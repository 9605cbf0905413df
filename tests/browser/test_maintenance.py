"""Planned maintenance and outages, in the desk: as they are entered, and what they do to a ticket."""

import re

import pytest

from tests.browser.desk import Form, call, today
from tests.browser.test_contract import CUSTOMER, delete, make, names, submitted_contract
from tests.browser.test_contract import world as _world

SERVICE = "Browser Mail"
world = _world


@pytest.fixture
def service(desk, world):
	clear(desk)
	make(desk, "SLA Service", service_name=SERVICE)
	yield
	clear(desk)


def clear(desk):
	for name in names(desk, "SLA Outage", "service", SERVICE):
		delete(desk, "SLA Outage", name)
	for name in names(desk, "Issue", "sla_service", SERVICE):
		delete(desk, "Issue", name)
	for name in names(desk, "SLA Maintenance", "service", SERVICE):
		delete(desk, "SLA Maintenance", name)
	delete(desk, "SLA Service", SERVICE)


def test_a_maintenance_says_when_it_takes_place(desk, service, screenshot):
	desk.goto("/app/sla-maintenance/new")
	form = Form(desk)
	form.arrive("title")
	form.type("title", "Updates")
	form.link("service", SERVICE)
	year = today(desk).year + 1
	for field, when in (("starts", "22:00:00"), ("ends", "23:30:00")):
		# Typed into the box it would be taken only once the calendar beside it is closed.
		desk.evaluate("([field, at]) => cur_frm.set_value(field, at)", [field, f"{year}-01-04 {when}"])
	box = form.control("recurrence").locator("textarea")
	box.fill("FREQ=MONTHLY;COUNT=12")
	box.blur()
	form.save()
	desk.get_by_text(re.compile(r"Times to come: 12\. ")).wait_for()
	screenshot("maintenance")


def test_an_outage_is_reported_on_a_ticket_and_ends_with_it(desk, service, screenshot):
	submitted_contract(desk)
	ticket = make(desk, "Issue", subject="No mail", customer=CUSTOMER, sla_service=SERVICE)
	desk.goto(f"/app/issue/{ticket}")
	form = Form(desk)
	form.arrive("subject")
	form.press("Support Contract", "Outage")
	desk.locator(".modal.show textarea[data-fieldname=note]").fill("All mailboxes")
	desk.get_by_role("button", name="Record").click()
	desk.get_by_text("Recorded", exact=True).wait_for()
	form.control("sla_outage").wait_for()
	screenshot("ticket-with-outage")
	form.press("Support Contract", "Explain")
	desk.locator(".modal.show a", has_text=SERVICE).wait_for()
	call(desk, "POST", "/api/method/sla_guard.helpdesk.actions.restore_service", ticket=ticket)
	desk.goto(f"/app/sla-outage/{names(desk, 'SLA Outage', 'ticket', ticket)[0]}")
	form.arrive("started")
	assert form.control("restored").locator("input").input_value()
	screenshot("outage")
