"""A line of a statement is disputed, answered and decided in the desk."""

import secrets

import pytest

from tests.browser.desk import call
from tests.browser.test_portal import fill


@pytest.fixture
def stated(desk):
	"""A submitted statement with a penalty. What is about it stays on the site: it is never deleted."""
	return fill(desk, f"Dispute {secrets.token_hex(3)}").statement


def dialog(desk):
	shown = desk.locator(".modal.show").last
	shown.wait_for()
	return shown


def test_a_line_is_disputed_for_a_customer_answered_and_decided(desk, stated, screenshot):
	desk.goto(f"/app/sla-statement/{stated}")
	desk.get_by_role("button", name="Dispute a Line").click()
	asked = dialog(desk)
	asked.locator("[data-fieldname=reason] textarea").fill("It was longer, by our own log")
	asked.get_by_role("button", name="Dispute", exact=True).click()
	desk.wait_for_url("**/sla-dispute/DSP-**")
	desk.get_by_text("The customer waits for an answer by").wait_for()
	screenshot("dispute")

	desk.get_by_role("button", name="Answer", exact=True).click()
	asked = dialog(desk)
	text = asked.locator("[data-fieldname=answer] textarea")
	text.fill("You are right: it was longer")
	text.blur()
	asked.locator("[data-fieldname=outcome] select").select_option("Changed")
	amount = asked.locator("[data-fieldname=new_amount] input")
	amount.fill("120.50")
	amount.blur()
	screenshot("dispute-answer")
	asked.get_by_role("button", name="Send to the Customer").click()
	desk.wait_for_function("() => cur_frm?.doc.status === 'Closed'")
	desk.get_by_text("You are right: it was longer").first.wait_for()
	assert desk.get_by_role("button", name="Answer", exact=True).count() == 0
	screenshot("dispute-decided")

	name = desk.evaluate("() => cur_frm.doc.name")
	dispute = call(desk, "GET", f"/api/resource/SLA Dispute/{name}")["data"]
	assert (dispute["outcome"], dispute["new_amount"], dispute["held"]) == (
		"Changed",
		120.5,
		dispute["amount"],
	)
	desk.goto(f"/app/sla-statement/{stated}")
	desk.get_by_text("is held: disputed, or left to the next statement").wait_for()
	desk.goto("/app/sla-dispute")
	row = desk.locator(".list-row", has_text="Changed").first
	row.wait_for()
	screenshot("dispute-list")
