"""From a contract to a ticket that it measures, in the desk: as an admin enters the one and an agent the other."""

import re
from datetime import timedelta

import pytest

from tests.browser.desk import Form, as_read, call, enter_date, today

CUSTOMER, GROUP, TERRITORY = "Browser Acme", "Browser Customers", "Browser Territory"
HOURS, TITLE = "Browser Always", "Browser Gold"


@pytest.fixture
def world(desk):
	"""A customer and hours that never close; what an earlier test has left of them goes first."""
	clear(desk)
	leaf = {"is_group": 0}
	make(
		desk, "Customer Group", customer_group_name=GROUP, parent_customer_group="All Customer Groups", **leaf
	)
	make(desk, "Territory", territory_name=TERRITORY, parent_territory="All Territories", **leaf)
	make(desk, "Customer", customer_name=CUSTOMER, customer_group=GROUP, territory=TERRITORY)
	make(desk, "Support Hours", hours_name=HOURS, time_zone="UTC", always_open=1)
	yield
	clear(desk)


def make(desk, doctype, **values):
	made = call(desk, "POST", f"/api/resource/{doctype}", **values)
	assert made["status"] == 200, made
	return made["data"]["name"]


def names(desk, doctype, field, value):
	query = f'filters=[["{field}","=","{value}"]]&order_by=creation desc&limit_page_length=0'
	return [row["name"] for row in call(desk, "GET", f"/api/resource/{doctype}?{query}")["data"]]


def clear(desk):
	for name in names(desk, "Issue", "customer", CUSTOMER):
		delete(desk, "Issue", name)
	for name in names(desk, "SLA Contract", "customer", CUSTOMER):
		call(desk, "PUT", f"/api/resource/SLA Contract/{name}", docstatus=2)
		delete(desk, "SLA Contract", name)
	for doctype, name in (
		("Customer", CUSTOMER),
		("Customer Group", GROUP),
		("Territory", TERRITORY),
		("Support Hours", HOURS),
	):
		delete(desk, doctype, name)


def delete(desk, doctype, name):
	assert call(desk, "DELETE", f"/api/resource/{doctype}/{name}")["status"] in (202, 200, 404)


def new_contract(desk, response, resolution):
	"""The form of a new contract, with one target that holds for every ticket."""
	desk.goto("/app/sla-contract/new")
	form = Form(desk)
	form.arrive("title")
	form.type("title", TITLE)
	form.link("customer", CUSTOMER)
	form.date("effective_from", as_read(desk, today(desk)))
	form.link("support_hours", HOURS)
	enter_times(form, response, resolution)
	return form


def enter_times(form, response, resolution):
	row = form.row("targets")
	form.hours(row, "response_time", response)
	form.hours(row, "resolution_time", resolution)


def saved_contract(desk):
	desk.wait_for_url(re.compile("/sla-contract/SLA-"))
	return call(desk, "GET", f"/api/resource/SLA Contract/{names(desk, 'SLA Contract', 'title', TITLE)[0]}")[
		"data"
	]


def submitted_contract(desk):
	form = new_contract(desk, 1, 8)
	form.save()
	contract = saved_contract(desk)
	submit(desk, form)
	return contract


def submit(desk, form):
	"""Without services and penalties, which is asked about."""
	form.submit()
	desk.get_by_role("button", name="Submit as It Is").click()
	desk.locator(".indicator-pill:visible", has_text=re.compile("In Force|Not Yet")).first.wait_for()


def new_ticket(desk):
	desk.goto("/app/issue/new")
	form = Form(desk)
	form.arrive("subject")
	form.type("subject", "It does not work")
	form.link("customer", CUSTOMER)
	form.save()
	desk.wait_for_url(re.compile("/issue/ISS-"))
	return form


def test_from_a_contract_to_a_ticket_that_is_taken_in_charge(desk, world, screenshot):
	form = new_contract(desk, 8, 4)
	message = form.refusal()
	assert "Row 1 (default target): the resolution time 4 h 00 min is shorter" in message
	screenshot("contract-refused")
	form.close_message()
	enter_times(form, 8, 24)
	form.save()
	saved_contract(desk)
	submit(desk, form)
	screenshot("contract")

	form = new_ticket(desk)
	desk.locator(".sla-panel .indicator-pill", has_text="Running").wait_for()
	ticket = names(desk, "Issue", "customer", CUSTOMER)[0]
	due = call(desk, "GET", f"/api/resource/Issue/{ticket}")["data"]["sla_next_due"]
	assert desk.evaluate("() => cur_frm.doc.sla_next_due") == due

	form.press("Support Contract", "Taken in Charge")
	desk.get_by_role("button", name="Record").click()
	desk.get_by_text("Recorded", exact=True).wait_for()
	later = call(desk, "GET", f"/api/resource/Issue/{ticket}")["data"]["sla_next_due"]
	assert later > due
	assert desk.evaluate("() => cur_frm.doc.sla_next_due") == later

	form.press("Support Contract", "Explain")
	told = desk.locator(".modal.show")
	told.get_by_text(TITLE).first.wait_for()
	assert "taken in charge" in told.inner_text()
	assert re.search(r"Resolution\s+running\s+0:00 of 24:00", told.inner_text())
	screenshot("explain")


def test_a_new_contract_begins_with_what_most_contracts_say(desk, world):
	new_contract(desk, 1, 8).save()
	contract = saved_contract(desk)
	assert contract["time_zone"] == desk.evaluate("() => frappe.boot.time_zone.system")
	rules = [(row["status"], row["effect"], row.get("reason")) for row in contract["status_rules"]]
	assert rules == [
		("Resolved", "Stops", None),
		("Closed", "Stops", None),
		("On Hold", "Pauses Resolution", "Customer"),
	]


def test_a_time_that_is_cleared_is_no_commitment(desk, world):
	form = new_contract(desk, 1, 8)
	form.hours(form.row("targets"), "resolution_time", 0)
	form.save()
	row = saved_contract(desk)["targets"][0]
	assert (row["response_time"], row.get("resolution_time")) == (3600, None)


def test_a_new_version_takes_over_from_the_day_that_is_asked_for(desk, world, screenshot):
	first = submitted_contract(desk)
	tomorrow = str(today(desk) + timedelta(days=1))
	desk.get_by_role("button", name="New Version").click()
	dialog = desk.locator(".modal.show")
	box = dialog.locator("input[data-fieldname=effective_from]")
	enter_date(desk, box, as_read(desk, tomorrow), "cur_dialog?.get_value('effective_from')")
	dialog.get_by_role("button", name="Create").click()
	desk.wait_for_url(re.compile("/sla-contract/new"))
	form = Form(desk)
	form.arrive("title")
	form.save()
	second = saved_contract(desk)
	submit(desk, form)
	assert (second["supersedes"], second["effective_from"]) == (first["name"], tomorrow)
	assert [row["resolution_time"] for row in second["targets"]] == [8 * 3600]

	desk.goto(f"/app/sla-contract/{first['name']}")
	desk.get_by_text("supersedes this version").wait_for()
	desk.goto(f"/app/sla-contract?customer={CUSTOMER}")
	desk.locator(".list-row .indicator-pill:visible", has_text="Not Yet").wait_for()
	assert desk.locator(".list-row .indicator-pill:visible", has_text="In Force").count() == 1
	screenshot("contract-versions")


def test_the_list_of_tickets_shows_how_each_stands(desk, world, screenshot):
	submitted_contract(desk)
	new_ticket(desk)
	desk.goto(f"/app/issue?customer={CUSTOMER}")
	desk.locator(".list-row .indicator-pill.blue:visible", has_text="Running").wait_for()
	screenshot("tickets")
