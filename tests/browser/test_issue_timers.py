"""The clocks on the form of a ticket: they count, breach and pause before one's eyes, and ask before they are stopped."""

import json
import re

from tests.browser.desk import Form
from tests.browser.issue_form import (
	HOUR,
	NOBODY,
	TIMERS,
	as_somebody_else,
	card,
	choose_status,
	digits,
	go_on_for,
	in_state,
	of_somebody,
	opened,
	question,
	seconds_left,
	stored,
	ticket,
)
from tests.browser.issue_form import promised as _promised
from tests.browser.test_contract import delete, make

promised = _promised


# ---- counting


def test_the_countdown_runs_and_turns_to_breached_at_its_due_without_asking_anybody(
	desk, promised, screenshot
):
	name = ticket(desk, minutes_ago=59, seconds_ago=48)
	desk.route(TIMERS, lambda route: route.abort())
	opened(desk, name)
	in_state(desk, "Response", "at_risk").wait_for()
	before = seconds_left(desk, "Resolution")
	assert 7 * HOUR - 5 < before < 7 * HOUR + 15
	go_on_for(desk, 2)
	assert 1 <= before - seconds_left(desk, "Resolution") <= 4
	bar = card(desk, "Response").get_by_role("progressbar")
	assert bar.get_attribute("aria-valuenow") == "99"
	in_state(desk, "Response", "breached").wait_for(timeout=20_000)
	assert "breached" in card(desk, "Response").inner_text()
	assert "of support time late" in card(desk, "Response").inner_text()
	assert desk.locator(".sla-panel [aria-live]").inner_text() == "Response: breached"
	screenshot("ticket-breached")


def test_opening_a_ticket_costs_no_request_of_its_own(desk, promised):
	name = ticket(desk)
	asked = []
	desk.on("request", lambda request: asked.append(request.url))
	opened(desk, name)
	assert any("form.load.getdoc" in url for url in asked)
	assert not [url for url in asked if "sla_guard.helpdesk" in url]


def test_a_pause_by_status_names_its_effect_and_freezes_the_clock(desk, promised, screenshot):
	name = ticket(desk)
	form = opened(desk, name)
	choose_status(desk, "On Hold")
	form.save()
	asked = question(desk)
	assert re.search(
		r"Resolution pauses with 7 h 59 min left \(waiting for the customer\)", asked.inner_text()
	)
	assert "Response goes on running, due" in asked.inner_text()
	screenshot("ticket-asks-before-pause")
	asked.get_by_role("button", name="Yes").click()
	in_state(desk, "Resolution", "paused").wait_for()
	assert "waiting for the customer" in card(desk, "Resolution").inner_text()
	frozen, running = digits(desk, "Resolution"), digits(desk, "Response")
	go_on_for(desk, 3)
	assert digits(desk, "Resolution") == frozen
	assert digits(desk, "Response") != running
	screenshot("ticket-paused")


# ---- others


def test_what_somebody_else_changes_appears_by_itself(desk, promised):
	name = ticket(desk)
	opened(desk, name)
	as_somebody_else(desk, name, status="On Hold")
	in_state(desk, "Resolution", "paused").wait_for(timeout=25_000)
	desk.wait_for_function("() => cur_frm.doc.status === 'On Hold'")


def test_what_is_being_edited_meanwhile_stays(desk, promised):
	name = ticket(desk)
	form = opened(desk, name)
	form.type("subject", "No mail at all")
	as_somebody_else(desk, name, status="On Hold")
	desk.evaluate("() => { cur_frm.sla_asked_at = 0; window.dispatchEvent(new Event('focus')); }")
	in_state(desk, "Resolution", "paused").wait_for()
	desk.get_by_text("Somebody else has changed this ticket meanwhile").wait_for()
	assert desk.evaluate("() => [cur_frm.doc.subject, cur_frm.doc.status]") == ["No mail at all", "Open"]


def test_a_message_of_the_socket_is_enough(desk, promised):
	name = ticket(desk)
	# The host has no socket: what listens to it is told in its place.
	desk.evaluate(
		"() => { frappe.realtime.on = (event, hear) => ((window.sla_heard ||= {})[event] = hear); }"
	)
	desk.evaluate("(name) => frappe.set_route('Form', 'Issue', name)", name)
	desk.locator(".sla-panel").wait_for()
	as_somebody_else(desk, name, status="On Hold")
	desk.evaluate("(ticket) => window.sla_heard.sla_guard_ticket({ ticket })", name)
	in_state(desk, "Resolution", "paused").wait_for(timeout=5_000)


# ---- asking first


def test_closing_without_an_answer_asks_and_no_leaves_the_ticket_as_it_was(desk, promised, screenshot):
	name = ticket(desk, minutes_ago=10)
	form = opened(desk, name)
	choose_status(desk, "Closed")
	form.save()
	asked = question(desk)
	assert "nobody has answered the customer" in asked.inner_text()
	screenshot("ticket-asks-before-closing")
	asked.get_by_role("button", name="No", exact=True).click()
	desk.wait_for_function("() => cur_frm.doc.status === 'Open'")
	assert stored(desk, name, "status") == "Open"
	choose_status(desk, "Closed")
	form.save()
	question(desk).get_by_role("button", name="Yes").click()
	in_state(desk, "Resolution", "met").wait_for()
	assert stored(desk, name, "status") == "Closed"
	assert "Stopped without an answer" in card(desk, "Response").inner_text()


def test_what_was_answered_is_closed_without_a_question(desk, promised, screenshot):
	name = ticket(desk, minutes_ago=10)
	form = opened(desk, name)
	desk.locator(".sla-actions [data-action=take_in_charge]").click()
	desk.locator(".modal.show").get_by_role("button", name="Record").click()
	in_state(desk, "Response", "met").wait_for()
	assert desk.locator(".sla-actions [data-action=take_in_charge]").count() == 0
	choose_status(desk, "Closed")
	form.save()
	in_state(desk, "Resolution", "met").wait_for()
	assert desk.locator(".sla-effects:visible").count() == 0
	screenshot("ticket-met")


def test_a_question_that_the_server_cannot_answer_holds_up_no_save(desk, promised):
	name = ticket(desk)
	form = opened(desk, name)
	desk.route("**/api/method/sla_guard.helpdesk.foresee.foresee", lambda route: route.abort())
	choose_status(desk, "On Hold")
	form.save()
	in_state(desk, "Resolution", "paused").wait_for()


def test_waiting_is_recorded_with_its_reason_and_a_note(desk, promised, screenshot):
	name = ticket(desk)
	opened(desk, name)
	desk.locator(".sla-actions [data-action=wait]").click()
	dialog = question(desk)
	assert "On Hold: waiting for the customer" in dialog.inner_text()
	dialog.locator("textarea[data-fieldname=note]").fill("The serial number")
	screenshot("ticket-wait")
	dialog.get_by_role("button", name="Save").click()
	in_state(desk, "Resolution", "paused").wait_for()
	desk.locator(".timeline-content", has_text="The serial number").first.wait_for()
	assert stored(desk, name, "status") == "On Hold"


# ---- whatever fails


def test_without_our_scripts_the_fields_say_what_is_so(desk, promised, screenshot):
	def without_scripts(route):
		answer = route.fetch()
		told = answer.json()
		for each in told["docs"]:
			each.update({"__js": "", "__custom_js": ""})
		route.fulfill(response=answer, body=json.dumps(told))

	# Breached a moment ago, which the job of this minute may not have found yet.
	name = ticket(desk, minutes_ago=60, seconds_ago=2)
	desk.route("**/api/method/frappe.desk.form.load.getdoctype*", without_scripts)
	desk.goto(f"/app/issue/{name}")
	form = Form(desk)
	form.arrive("subject")
	assert desk.locator(".sla-panel").count() == 0
	assert "Breached" in form.control("sla_state").inner_text()
	assert "Breached" in form.control("sla_response").inner_text()
	assert "Running" in form.control("sla_resolution").inner_text()
	assert re.search(r"\d\d:\d\d", form.control("sla_resolution_due").inner_text())
	screenshot("ticket-without-scripts")


def test_a_timer_that_cannot_be_asked_for_shows_no_error_and_goes_on(desk, promised):
	name = ticket(desk)
	opened(desk, name)
	desk.route(TIMERS, lambda route: route.abort())
	desk.evaluate("() => { cur_frm.sla_asked_at = 0; window.dispatchEvent(new Event('focus')); }")
	before = digits(desk, "Response")
	go_on_for(desk, 2)
	assert digits(desk, "Response") != before
	assert desk.locator(".modal.show").count() == 0


# ---- states without clocks


def test_a_ticket_without_a_contract_says_what_to_do(desk, screenshot):
	customer = make(desk, "Customer", customer_name=NOBODY, **of_somebody(desk))
	name = make(desk, "Issue", subject="Who are you?", customer=customer)
	opened(desk, name)
	desk.get_by_text("No contract was in force for this customer").wait_for()
	screenshot("ticket-without-contract")
	delete(desk, "Issue", name)
	delete(desk, "Customer", customer)
