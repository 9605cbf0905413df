"""The form of a contract: a template to start from, the week in a picture, Try it, the check before it is submitted."""

import re

import pytest

from tests.browser.desk import Form, as_read, call, today, track_from
from tests.browser.test_contract import (
	CUSTOMER,
	HOURS,
	TITLE,
	delete,
	make,
	names,
	new_contract,
	saved_contract,
	submitted_contract,
)
from tests.browser.test_contract import world as _world

world = _world
LUNCH = "Browser Lunch"


@pytest.fixture
def lunch(desk, world):
	"""Support hours with a break, and the only priorities of a template."""
	delete(desk, "Support Hours", LUNCH)
	days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
	windows = [
		{"weekday": day, "opens": opens, "closes": closes}
		for day in days
		for opens, closes in (("09:00", "12:00"), ("13:00", "18:00"))
	]
	make(desk, "Support Hours", hours_name=LUNCH, time_zone="Europe/Paris", windows=windows)
	yield
	for name in names(desk, "SLA Contract", "customer", CUSTOMER):
		delete(desk, "SLA Contract", name)
	delete(desk, "Support Hours", LUNCH)


@pytest.fixture
def tracked(desk):
	"""Tickets of any age are tracked."""
	before = track_from(desk, None)
	yield
	track_from(desk, before)


def settled(desk):
	desk.wait_for_function("() => cur_frm && !frappe.request.ajax_count")


def try_it(desk, clock_time=None):
	"""The dialog, with what it says of an opening today at this time."""
	desk.get_by_role("button", name="Try It").click()
	dialog = desk.locator(".modal.show")
	dialog.locator(".sla-tried").wait_for()
	if clock_time:
		dialog.locator("input[type=time]").fill(clock_time)
	return dialog


def leave(desk, dialog):
	"""By the keyboard; a dialog that is still fading in does not hear it."""
	for _ in range(20):
		if not dialog.is_visible():
			return
		desk.keyboard.press("Escape")
		desk.wait_for_timeout(200)
	assert not dialog.is_visible()


def test_try_it_says_when_a_ticket_opened_then_is_due(desk, world, tracked, screenshot):
	submitted_contract(desk)
	settled(desk)
	zone = desk.evaluate("() => cur_frm.doc.time_zone")
	minute = desk.evaluate("(zone) => moment().tz(zone).startOf('minute').toISOString()", zone)
	opened, response, resolution = (clock(desk, minute, zone, hours) for hours in (0, 1, 8))
	dialog = try_it(desk, opened)
	for due in (response, resolution):
		dialog.locator(".sla-tried-due", has_text=due).wait_for()
	dialog.get_by_text("row 1 holds, the default target").wait_for()
	screenshot("contract-try-it")

	reported = desk.evaluate(
		"(at) => moment.tz(at, frappe.boot.time_zone.system).format('YYYY-MM-DD HH:mm:ss')", minute
	)
	ticket = make(desk, "Issue", subject="By phone", customer=CUSTOMER, sla_reported_at=reported)
	shown = call(desk, "GET", f"/api/resource/Issue/{ticket}")["data"]
	for field, due in (("sla_response_due", response), ("sla_resolution_due", resolution)):
		assert clock(desk, shown[field], zone) == due


def clock(desk, at, zone, later=0):
	"""What the clocks of a zone read so many hours after a moment, one of the site or one that names its zone."""
	return desk.evaluate(
		"([at, zone, later]) => moment.tz(at, frappe.boot.time_zone.system).tz(zone).add(later, 'hours').format('HH:mm')",
		[at, zone, later],
	)


def test_try_it_answers_to_what_is_not_saved_and_says_what_is_missing(desk, lunch, screenshot):
	form = new_contract(desk, 1, 8)
	form.link("support_hours", LUNCH)
	dialog = try_it(desk, "11:30")
	dialog.locator(".sla-days caption", has_text=LUNCH).first.wait_for()
	assert dialog.locator(".sla-tried-clock").count() == 2
	leave(desk, dialog)
	desk.evaluate("() => cur_frm.set_value('support_hours', '')")
	dialog = try_it(desk)
	dialog.locator(".sla-refused", has_text="Choose the Support Hours first").wait_for()
	assert desk.locator(".msgprint-dialog:visible").count() == 0
	screenshot("contract-try-it-refused")


def test_the_hours_of_a_contract_are_a_picture(desk, lunch, screenshot):
	form = new_contract(desk, 1, 8)
	form.link("support_hours", LUNCH)
	week = form.control("hours_picture").locator("table.sla-week")
	week.get_by_text("40").wait_for()
	monday = week.locator("tbody tr").first
	assert monday.locator("td").first.inner_text() == "09:00–12:00, 13:00–18:00"
	assert monday.locator("rect").count() == 2
	assert "closed" in week.locator("tbody tr").last.inner_text()
	screenshot("contract-hours")


def test_a_draft_says_what_is_missing_and_leads_there(desk, world, screenshot):
	form = new_contract(desk, 1, 8)
	form.save()
	saved_contract(desk)
	panel = form.control("missing")
	line = panel.locator("li", has_text="No contact receives the statement")
	line.wait_for()
	assert panel.get_by_text("Not said yet").is_visible()
	screenshot("contract-missing")
	line.get_by_role("button", name="Go there").click()
	desk.locator("[data-fieldname=contacts]:visible").first.wait_for()


def test_submitting_with_something_missing_asks_and_names_it(desk, world, screenshot):
	form = new_contract(desk, 1, 8)
	form.save()
	name = saved_contract(desk)["name"]
	form.submit()
	dialog = desk.locator(".modal.show", has_text="Submit without this?")
	dialog.get_by_text("Neither penalties nor that there are none").wait_for()
	screenshot("contract-submit-asks")
	dialog.get_by_role("button", name="Back to the Draft").click()
	dialog.wait_for(state="hidden")
	assert call(desk, "GET", f"/api/resource/SLA Contract/{name}")["data"]["docstatus"] == 0

	form.submit()
	dialog = desk.locator(".modal.show", has_text="Submit without this?")
	dialog.locator("li", has_text="Neither penalties").get_by_role("button", name="Go there").click()
	desk.locator("[data-fieldname=no_penalties]:visible").first.wait_for()
	assert call(desk, "GET", f"/api/resource/SLA Contract/{name}")["data"]["docstatus"] == 0


def test_a_contract_starts_from_a_template(desk, world, screenshot):
	desk.goto("/app/sla-contract/new")
	form = Form(desk)
	form.arrive("title")
	desk.get_by_role("button", name="Start from a Template").click()
	dialog = desk.locator(".modal.show")
	dialog.locator("select[data-fieldname=template]").select_option("Silver")
	dialog.get_by_text("capped at 10 %").wait_for()
	hours = dialog.locator("input[data-fieldname=support_hours]")
	hours.fill(HOURS)
	hours.blur()
	desk.wait_for_function("(name) => cur_dialog?.get_value('support_hours') === name", arg=HOURS)
	screenshot("contract-template")
	dialog.get_by_role("button", name="Fill the Form").click()
	dialog.wait_for(state="hidden")
	form.type("title", TITLE)
	form.link("customer", CUSTOMER)
	form.date("effective_from", as_read(desk, today(desk)))
	form.save()
	contract = saved_contract(desk)
	assert contract["support_hours"] == HOURS
	rest = contract["targets"][-1]
	assert (rest.get("priority"), rest["response_time"], rest["resolution_time"]) == (None, 36000, 180000)
	assert contract["penalty_rules"] == []


def test_it_is_readable_on_a_telephone_and_in_french(desk, lunch, screenshot):
	assert call(desk, "PUT", "/api/resource/User/Administrator", language="fr")["status"] == 200
	try:
		contract = make(
			desk,
			"SLA Contract",
			title=TITLE,
			customer=CUSTOMER,
			effective_from=str(today(desk)),
			time_zone="Europe/Paris",
			support_hours=LUNCH,
			targets=[{"response_time": 3600, "resolution_time": 28800}],
			status_rules=[{"status": "Closed", "effect": "Stops"}],
		)
		desk.set_viewport_size({"width": 375, "height": 800})
		desk.goto(f"/app/sla-contract/{contract}")
		form = Form(desk)
		form.arrive("title")
		form.control("missing").get_by_text("Pas encore dit").wait_for()
		screenshot("contract-missing-phone")
		week = form.control("hours_picture").locator("table.sla-week")
		week.scroll_into_view_if_needed()
		place = week.bounding_box()
		assert place["x"] + place["width"] <= 375
		assert re.search(r"par semaine, à l'heure de Europe/Paris", week.inner_text())
		screenshot("contract-hours-phone")
		desk.evaluate("() => sla_guard.try_contract(cur_frm)")
		tried = desk.locator(".modal.show .sla-tried")
		tried.get_by_text("l'engagement par défaut").wait_for()
		place = tried.bounding_box()
		assert place["x"] + place["width"] <= 375
		screenshot("contract-try-it-phone")
	finally:
		call(desk, "PUT", "/api/resource/User/Administrator", language="en")
