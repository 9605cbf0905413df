"""The picture of a clock's life: what stands in it, also of a long life, in the dark, in French and on a phone."""

import json
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.desk import call, today, track_from
from tests.browser.test_contract import make

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# What was breached is never deleted, nor is what it names: each run has records of its own, and makes them once.
LIVED = {}


@pytest.fixture
def long_life(desk):
	"""A ticket that was reported eighty days ago, in office hours with a holiday, and is on hold since now."""
	if "ticket" not in LIVED:
		LIVED["ticket"] = lived(desk)
	return LIVED["ticket"]


def lived(desk):
	day, run = today(desk), f"Explained {desk.evaluate('() => Date.now()')}"
	tracked = track_from(desk, None)
	holiday = {"holiday_date": str(day - timedelta(days=30)), "description": "Pont & fête"}
	years = {"from_date": f"{day.year - 1}-01-01", "to_date": f"{day.year}-12-31"}
	make(desk, "Holiday List", holiday_list_name=run, holidays=[holiday], **years)
	windows = [{"weekday": each, "opens": "09:00", "closes": "17:00"} for each in WEEK]
	zone = desk.evaluate("() => frappe.boot.time_zone.system")
	make(desk, "Support Hours", hours_name=run, time_zone=zone, holiday_list=run, windows=windows)
	make(desk, "Customer", customer_name=run, customer_group="Commercial", territory="Rest Of The World")
	contract(desk, run, day - timedelta(days=200), zone)
	reported = f"{day - timedelta(days=80)} 10:00:00"
	ticket = make(desk, "Issue", subject="A long life", customer=run, sla_reported_at=reported)
	update(desk, ticket, status="On Hold")
	track_from(desk, tracked)
	return ticket


def contract(desk, run, since, zone):
	name = make(
		desk,
		"SLA Contract",
		title="Browser Office Gold",
		applies_to="Customer",
		customer=run,
		effective_from=str(since),
		time_zone=zone,
		support_hours=run,
		targets=[{"response_time": 4 * 3600, "resolution_time": 900 * 3600}],
		status_rules=[
			{"status": "Closed", "effect": "Stops"},
			{"status": "On Hold", "effect": "Pauses Resolution", "reason": "Customer"},
		],
		no_penalties=1,
	)
	submitted = call(desk, "PUT", f"/api/resource/SLA Contract/{name}", docstatus=1)
	assert submitted["status"] == 200, submitted


def update(desk, ticket, **values):
	answer = call(desk, "PUT", f"/api/resource/Issue/{ticket}", **values)
	assert answer["status"] == 200, answer


def explained(desk, ticket):
	"""The dialog, opened at the form of the ticket, once its pictures are drawn."""
	desk.goto(f"/app/issue/{ticket}")
	desk.wait_for_function("() => window.cur_frm && window.sla_guard?.explain && !frappe.request.ajax_count")
	desk.evaluate("(ticket) => sla_guard.explain(ticket)", ticket)
	dialog = desk.locator(".modal.show", has=desk.locator("svg.sla-life"))
	dialog.locator("svg.sla-life").nth(1).wait_for()
	# Once it has faded in, it takes the focus.
	expect(dialog).to_be_focused()
	return dialog


def stretches(picture):
	"""Kind, left and right edge of what the bar of a picture shows."""
	return picture.evaluate(
		"""(svg) => [...svg.querySelectorAll("[data-stretch]")].map((each) => {
			const boxes = [...each.querySelectorAll("rect")].map((rect) => rect.getBBox());
			const ends = boxes.map((box) => box.x + box.width);
			return [each.dataset.stretch, Math.min(...boxes.map((box) => box.x)), Math.max(...ends)];
		})"""
	)


def test_a_long_life_shows_its_stretches_its_breach_and_its_holiday(desk, long_life, screenshot):
	dialog = explained(desk, long_life)
	response, resolution = dialog.locator("svg.sla-life").all()
	assert [kind for kind, *_ in stretches(response)] == ["running"]
	assert response.locator("[data-instant=breach]").count() == 1
	assert response.locator("rect.sla-life-late").count() > 70, "a piece for each day that it is late"
	running, paused = stretches(resolution)
	assert (running[0], paused[0]) == ("running", "paused")
	assert running[2] <= paused[1] + 1, "one begins where the other ends"
	assert resolution.locator("[data-span=holiday] title").text_content().startswith("Pont & fête (")
	assert resolution.get_attribute("role") == "group"
	assert "On Hold" in resolution.locator("desc").text_content()
	assert resolution.locator("[data-facts]").count() >= 2
	numbered = dialog.locator("tr", has_text="On Hold").filter(has_text="status").locator("td").first
	assert (
		numbered.inner_text() in resolution.locator("[data-facts]").last.get_attribute("data-facts").split()
	)
	screenshot("explain-long")


def test_what_is_used_is_what_the_server_says(desk, long_life):
	dialog = explained(desk, long_life)
	told = desk.evaluate(
		"(ticket) => frappe.xcall('sla_guard.helpdesk.explain.explain', {ticket})", long_life
	)
	for picture, clock in zip(dialog.locator("svg.sla-life").all(), told["clocks"], strict=True):
		share = 100 * clock["used"] // clock["target"]
		assert picture.get_by_text(re.compile(rf"^{share} % · \d+:\d\d$")).count() == 1, json.dumps(clock)


def test_from_a_card_it_begins_at_the_picture_of_its_clock(desk, long_life, screenshot):
	desk.goto(f"/app/issue/{long_life}")
	card = desk.locator(".sla-card[data-metric=Resolution]")
	card.get_by_role("button", name="Why: Resolution").click()
	dialog = desk.locator(".modal.show")
	dialog.locator("svg.sla-life").nth(1).wait_for()
	focused = "() => document.activeElement.closest('figure')?.querySelector('figcaption').innerText"
	desk.wait_for_function(f"() => (({focused})() || '').startsWith('Resolution')")
	screenshot("explain-from-a-card")


def test_the_keyboard_reaches_each_part_and_is_told_what_the_mouse_is(desk, long_life, screenshot):
	dialog = explained(desk, long_life)
	frame = dialog.locator("[data-sla-life]").nth(1)
	parts = frame.locator("[data-part]")
	assert parts.count() == frame.locator("title").count() - 1, (
		"all that has a tooltip; the other is of the whole"
	)
	frame.focus()
	desk.keyboard.press("Tab")
	said = frame.locator(".sla-life-said")
	for place in range(parts.count()):
		part = parts.nth(place)
		expect(part).to_be_focused()
		told = part.locator("title").text_content()
		assert part.get_attribute("aria-label") == told
		expect(said).to_have_text(told)
		last = place == parts.count() - 1
		desk.keyboard.press("Home" if last else "ArrowRight")
	desk.keyboard.press("End")
	expect(said).to_have_text(re.compile(r"On Hold · .*Administrator"))
	desk.set_viewport_size({"width": 900, "height": 900})
	expect(parts.last).to_be_focused()
	mark = parts.last.locator("rect").first
	assert mark.evaluate("(each) => getComputedStyle(each).strokeWidth") == "3px"
	screenshot("explain-by-keyboard")
	desk.keyboard.press("Tab")
	assert not frame.evaluate("(each) => each.contains(document.activeElement)"), "one step leads out of it"


def test_it_is_read_in_the_dark(desk, long_life, screenshot):
	dialog = explained(desk, long_life)
	desk.evaluate("() => document.documentElement.setAttribute('data-theme', 'dark')")
	ink, paper = dialog.locator("svg.sla-life").first.evaluate(
		"""(svg) => [getComputedStyle(svg.querySelector(".sla-life-strong")).fill, getComputedStyle(svg).backgroundColor]"""
	)
	assert (ink, paper) == ("rgb(240, 242, 244)", "rgb(28, 33, 38)")
	screenshot("explain-dark")


def test_it_is_scrolled_on_a_phone_and_begins_with_how_it_stands(desk, long_life, screenshot):
	desk.set_viewport_size({"width": 375, "height": 812})
	dialog = explained(desk, long_life)
	frame = dialog.locator("[data-sla-life]").nth(1)
	seen, whole, left = frame.evaluate("(each) => [each.clientWidth, each.scrollWidth, each.scrollLeft]")
	assert seen < 375 < whole
	assert left > 0
	frame.scroll_into_view_if_needed()
	screenshot("explain-phone")


def test_it_is_printed_alone(desk, long_life):
	dialog = explained(desk, long_life)
	desk.evaluate("() => { window.print = () => { window.printed = document.body.className; }; }")
	dialog.get_by_role("button", name="Print").click()
	assert "sla-printing" in desk.evaluate("() => window.printed")
	desk.emulate_media(media="print")
	assert dialog.locator("svg.sla-life").first.is_visible()
	assert not desk.locator(".page-head:visible").count()
	desk.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
	assert "sla-printing" not in desk.evaluate("() => document.body.className")


def test_it_speaks_french(desk, long_life, screenshot):
	call(desk, "PUT", "/api/resource/User/Administrator", language="fr")
	try:
		dialog = explained(desk, long_life)
		dialog.get_by_text("Hors plages horaires", exact=True).wait_for()
		dialog.get_by_text("En cours après l'échéance").wait_for()
		assert "Manquement" in dialog.locator("[data-instant=breach]").first.text_content()
		screenshot("explain-french")
	finally:
		call(desk, "PUT", "/api/resource/User/Administrator", language="en")
