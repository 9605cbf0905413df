"""The clocks on the form of a ticket: they count, breach and pause before one's eyes, and ask before they are stopped."""

import json
import re
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


# ---- for everybody


@pytest.fixture
def in_french(desk):
	change_language(desk, "fr")
	yield
	change_language(desk, "en")


def change_language(desk, language):
	answer = call(desk, "PUT", "/api/resource/User/Administrator", language=language)
	assert answer["status"] == 200, answer


def test_in_french(desk, promised, in_french, screenshot):
	name = ticket(desk, minutes_ago=10)
	opened(desk, name)
	told = desk.locator(".sla-panel").inner_text()
	assert "Prise en charge (GTI)" in told
	assert "Rétablissement (GTR)" in told
	assert "dans les délais" in told
	assert "Échéance" in told
	screenshot("ticket-in-french")
	choose_status(desk, "On Hold")
	desk.locator(".primary-action:visible", has_text="Enregistrer").click()
	assert "en attente du client" in question(desk).inner_text()


def test_on_a_phone_nothing_is_cut_off(desk, promised, screenshot):
	name = ticket(desk, minutes_ago=50)
	desk.set_viewport_size({"width": 375, "height": 800})
	opened(desk, name)
	desk.locator(".sla-panel").scroll_into_view_if_needed()
	for box in desk.locator(".sla-card, .sla-actions .btn").all():
		place = box.bounding_box()
		assert place["x"] >= 0
		assert place["x"] + place["width"] <= 375
	screenshot("ticket-phone")


CONTRAST = """() => {
	const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
	const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
	const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
	const below = (element) => {
		for (let each = element; each; each = each.parentElement) {
			const colour = rgb(getComputedStyle(each).backgroundColor);
			if (colour.length === 3 || colour[3] === 1) return colour;
		}
		return [255, 255, 255];
	};
	const texts = document.querySelectorAll(".sla-name, .sla-digits, .sla-left small, .sla-used, .sla-lines, .sla-note");
	return [...texts].map((element) => {
		const [one, other] = [rgb(getComputedStyle(element).color), below(element)].map(light);
		return [element.className, (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)];
	});
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_texts_stand_out_from_their_ground(desk, promised, screenshot, theme):
	opened(desk, ticket(desk, minutes_ago=50))
	desk.evaluate("(theme) => document.documentElement.setAttribute('data-theme', theme)", theme)
	found = desk.evaluate(CONTRAST)
	assert len(found) >= 10
	assert [each for each in found if each[1] < 4.5] == []
	screenshot(f"ticket-{theme}")


def test_the_actions_are_reached_by_the_keyboard_and_their_focus_is_seen(desk, promised):
	opened(desk, ticket(desk))
	first = desk.locator(".sla-actions .btn").first
	first.focus()
	desk.keyboard.press("Tab")
	desk.keyboard.press("Shift+Tab")
	assert first.evaluate("(button) => document.activeElement === button")
	assert first.evaluate("(button) => getComputedStyle(button).outlineStyle") == "solid"
	desk.evaluate("() => sla_guard.read_anew(cur_frm)")
	assert first.evaluate("(button) => document.activeElement === button")
	desk.keyboard.press("Enter")
	desk.locator(".modal.show").wait_for()
