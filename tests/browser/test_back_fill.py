"""A back-fill in the desk: what it would take up, begun, done; and what a ticket says of it."""

import re

import pytest

from tests.browser.desk import Form, call, track_from
from tests.browser.test_contract import CUSTOMER, delete, make, names, submitted_contract
from tests.browser.test_contract import world as _world

world = _world


@pytest.fixture
def old_ticket(desk, world):
	"""Opened before tickets were tracked."""
	clear(desk)
	submitted_contract(desk)
	before = track_from(desk, "2099-01-01 00:00:00")
	ticket = make(desk, "Issue", subject="An old matter", customer=CUSTOMER)
	yield ticket
	track_from(desk, before)
	clear(desk)


def clear(desk):
	for name in names(desk, "SLA Back-fill", "customer", CUSTOMER):
		delete(desk, "SLA Back-fill", name)
	for name in names(desk, "Issue", "customer", CUSTOMER):
		delete(desk, "Issue", name)


def test_old_tickets_get_their_history(desk, old_ticket, screenshot):
	desk.goto(f"/app/issue/{old_ticket}")
	Form(desk).arrive("subject")
	desk.get_by_text("This ticket is not tracked", exact=False).wait_for()
	desk.goto("/app/sla-back-fill/new")
	form = Form(desk)
	form.arrive("from_date")
	form.link("customer", CUSTOMER)
	form.save()
	desk.get_by_text(re.compile(r"1 tickets have no history yet")).wait_for()
	screenshot("back-fill-preview")
	desk.locator("button:visible", has_text="Start").first.click()
	# By a worker of the site.
	desk.locator(".sla-back-fill", has_text="Done, 1 of 1 tickets").wait_for(timeout=120_000)
	screenshot("back-fill-done")
	name = names(desk, "SLA Back-fill", "customer", CUSTOMER)[0]
	assert call(desk, "GET", f"/api/resource/SLA Back-fill/{name}")["data"]["filled"] == 1
	desk.goto(f"/app/issue/{old_ticket}")
	form.arrive("subject")
	form.press("Support Contract", "Explain")
	desk.locator(".modal.show", has_text="back-filled from the history").wait_for()
	screenshot("back-fill-explained")
