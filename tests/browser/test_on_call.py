"""On call, in the desk: a roster is filled by weeks and shows who is on duty and when nobody is; a ticket opened at night
calls somebody, who acknowledges it on the form or on the page that the mail leads to."""

import re

import pytest

from tests.browser.desk import Form, call
from tests.browser.test_contract import CUSTOMER, make, names, submitted_contract
from tests.browser.test_contract import delete as remove
from tests.browser.test_contract import world as _world

ROSTER = "Browser Nights"
FIRST, SECOND = "browser-first@example.com", "browser-second@example.com"
world = _world


@pytest.fixture
def people(desk):
	clear(desk)
	for email, name in ((FIRST, "First Agent"), (SECOND, "Second Agent")):
		roles = [{"role": "Support Team"}]
		make(desk, "User", email=email, first_name=name, send_welcome_email=0, roles=roles)
	yield
	clear(desk)


def clear(desk):
	for ticket in names(desk, "Issue", "customer", CUSTOMER):
		remove(desk, "Issue", ticket)
	for roster in names(desk, "SLA On-Call Roster", "title", ROSTER):
		remove(desk, "SLA On-Call Roster", roster)
	for email in (FIRST, SECOND):
		remove(desk, "User", email)


def shift(desk, user, level, first, last):
	"""A row from so many days ago to so many days ahead, in the time of the site."""
	day = (
		"([days]) => moment.tz(frappe.boot.time_zone.system).add(days, 'days').format('YYYY-MM-DD 00:00:00')"
	)
	return {
		"user": user,
		"level": level,
		"starts": desk.evaluate(day, [first]),
		"ends": desk.evaluate(day, [last]),
	}


def roster(desk, contract, *shifts):
	"""For this contract alone: other tickets of the site call nobody by it."""
	return make(
		desk,
		"SLA On-Call Roster",
		title=ROSTER,
		contract=contract["name"],
		time_zone="Europe/Paris",
		minutes_to_acknowledge=15,
		shifts=list(shifts),
	)


def opened(desk):
	"""A ticket for which the worker of the site has called somebody."""
	ticket = make(desk, "Issue", subject="The web shop is down", customer=CUSTOMER)
	for _ in range(300):
		if states(desk, ticket) == ["Called"]:
			return ticket
		desk.wait_for_timeout(300)
	raise AssertionError("Nobody was called")


def states(desk, ticket):
	query = f'filters=[["ticket","=","{ticket}"]]&fields=["state"]'
	return [row["state"] for row in call(desk, "GET", f"/api/resource/SLA Page?{query}")["data"]]


def arrive(desk, ticket):
	desk.goto(f"/app/issue/{ticket}")
	Form(desk).arrive("subject")


def test_weeks_are_filled_and_the_form_says_when_nobody_is_on_call(desk, world, people, screenshot):
	contract = submitted_contract(desk)
	desk.goto("/app/sla-on-call-roster/new")
	form = Form(desk)
	form.arrive("title")
	form.type("title", ROSTER)
	form.link("contract", contract["name"])
	desk.get_by_role("button", name="Fill Weeks").click()
	dialog = desk.locator(".modal.show")
	# Once it is there it has put the focus on its first field.
	desk.wait_for_function("() => document.activeElement?.closest('.modal.show [data-fieldname=level]')")
	users = dialog.locator("[data-fieldname=users]")
	for number, user in enumerate((FIRST, SECOND), start=1):
		users.locator("input").last.fill(user)
		users.locator("li:visible", has_text=user).first.click()
		users.locator(".tb-selected-value").nth(number - 1).wait_for()
	number = dialog.locator("input[data-fieldname=count]")
	number.fill("3")
	number.blur()
	screenshot("on-call-fill-weeks")
	dialog.get_by_role("button", name="Fill", exact=True).click()
	desk.get_by_text("3 shifts were added.").wait_for()
	form.save()
	desk.wait_for_url(re.compile("/sla-on-call-roster/ONC-"))
	desk.locator(".sla-duty").wait_for()
	shifts = desk.evaluate("() => cur_frm.doc.shifts.map((row) => row.user)")
	assert shifts == [FIRST, SECOND, FIRST]
	# Until next Monday, and after the last week.
	assert desk.locator(".sla-duty-gaps tbody tr").count() == 2
	assert desk.locator(".sla-duty-nobody").first.inner_text() == "Nobody"
	screenshot("on-call-roster")


def test_the_contract_shows_its_gaps(desk, world, people, screenshot):
	contract = submitted_contract(desk)
	roster(desk, contract, shift(desk, FIRST, 1, -1, 5), shift(desk, SECOND, 1, 7, 60))
	desk.goto(f"/app/sla-contract/{contract['name']}")
	desk.locator(".sla-duty-gaps").wait_for()
	row = desk.locator(".sla-duty-gaps:visible tbody tr")
	assert row.count() == 1
	assert re.search(r"\b(2 d|48 h)", row.inner_text())
	row.scroll_into_view_if_needed()
	screenshot("on-call-contract")


def test_whoever_is_called_acknowledges_on_the_ticket(desk, world, people, screenshot):
	contract = submitted_contract(desk)
	roster(desk, contract, shift(desk, FIRST, 1, -1, 20))
	ticket = opened(desk)
	arrive(desk, ticket)
	banner = desk.locator(".sla-on-call")
	banner.wait_for()
	assert "First Agent is being called (level 1)" in banner.inner_text()
	screenshot("on-call-ticket")
	banner.get_by_role("button", name="Acknowledge").click()
	desk.get_by_text("nobody else is called").wait_for()
	assert "Administrator takes care of it" in banner.inner_text()
	assert desk.get_by_role("button", name="Acknowledge").count() == 0
	screenshot("on-call-acknowledged")
	assert states(desk, ticket) == ["Acknowledged"]


def test_by_the_page_of_the_mail_too_on_a_telephone(desk, world, people, browser, url):
	contract = submitted_contract(desk)
	roster(desk, contract, shift(desk, FIRST, 1, -1, 20))
	ticket = opened(desk)
	desk.set_viewport_size({"width": 375, "height": 740})
	desk.goto(f"/sla_call?ticket={ticket}")
	desk.get_by_role("heading", name="The web shop is down").wait_for()
	desk.screenshot(path=".host/screenshots/on-call-page.png")
	desk.get_by_role("button", name="Acknowledge").click()
	desk.get_by_text("Administrator takes care of it").wait_for()
	# Loaded once more, it does nothing.
	desk.reload()
	assert desk.get_by_role("button", name="Acknowledge").count() == 0
	desk.screenshot(path=".host/screenshots/on-call-page-acknowledged.png")
	desk.get_by_role("button", name="Taken in Charge").click()
	desk.get_by_text("Nobody is being called for this ticket any more.").wait_for()
	assert desk.get_by_role("button").filter(has_text="Taken in Charge").count() == 0
	guest = browser.new_page(base_url=url)
	guest.goto(f"/sla_call?ticket={ticket}")
	assert "/login" in guest.url
	guest.close()
