"""Hours are corrected in the desk: the form says what keeps the old ones, what would change, and changes it."""

import re

import pytest

from tests.browser.desk import Form, call
from tests.browser.test_contract import CUSTOMER, HOURS, delete, make, names, submitted_contract
from tests.browser.test_contract import world as _world

world = _world


@pytest.fixture
def ticket(desk, world):
	"""An open one, under hours that are corrected after it was opened."""
	submitted_contract(desk)
	ticket = make(desk, "Issue", subject="Nothing works", customer=CUSTOMER)
	yield ticket
	# A recompute stays as long as there are tickets that it has measured anew.
	delete(desk, "Issue", ticket)
	for name in names(desk, "SLA Recompute", "support_hours", HOURS):
		delete(desk, "SLA Recompute", name)


def test_corrected_hours_lead_to_a_recompute_that_is_shown_and_then_applied(desk, ticket, screenshot):
	due = next_due(desk, ticket)
	desk.goto(f"/app/support-hours/{HOURS}")
	form = Form(desk)
	form.arrive("time_zone")
	close_most_of_the_week(desk)
	form.save()
	desk.get_by_text("One open ticket keeps the hours that it was opened with.").wait_for()
	screenshot("hours-kept")
	desk.locator("[data-sla-kept] a").click()
	form.arrive("holiday_list")
	desk.wait_for_function("() => cur_frm.doctype === 'SLA Recompute'")
	box = desk.locator("textarea[data-fieldname=reason]:visible")
	box.fill("We never worked at night")
	box.blur()
	assert desk.evaluate("() => [cur_frm.doc.support_hours, cur_frm.doc.only_open]") == [HOURS, 1]
	form.save()
	desk.wait_for_url(re.compile("/sla-recompute/REC-"))
	desk.get_by_role("button", name="Preview", exact=True).click()
	desk.get_by_text("2 × Due moves").wait_for()
	screenshot("recompute-previewed")
	assert next_due(desk, ticket) == due

	desk.get_by_role("button", name="Apply", exact=True).click()
	desk.get_by_role("button", name="Yes").click()
	desk.locator(".indicator-pill:visible", has_text="Applied").first.wait_for()
	assert next_due(desk, ticket) > due
	screenshot("recompute-applied")

	desk.goto(f"/app/issue/{ticket}")
	form.arrive("subject")
	form.press("Support Contract", "Explain")
	told = desk.locator(".modal.show")
	told.get_by_text("Measured in Corrected Hours").wait_for()
	assert "We never worked at night" in told.inner_text()


def close_most_of_the_week(desk):
	"""Twenty minutes a day, which are over for today."""
	hour = (desk.evaluate("() => new Date().getUTCHours()") - 2) % 24
	days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
	windows = [{"weekday": day, "opens": f"{hour:02}:00", "closes": f"{hour:02}:20"} for day in days]
	desk.evaluate(
		"""async (windows) => {
			await cur_frm.set_value("always_open", 0);
			for (const window of windows) cur_frm.add_child("windows", window);
			cur_frm.refresh_field("windows");
		}""",
		windows,
	)


def next_due(desk, ticket):
	return call(desk, "GET", f"/api/resource/Issue/{ticket}")["data"]["sla_next_due"]
