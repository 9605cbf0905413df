"""The form of a notification rule says in a sentence whom it tells and when; its lists can be read."""

import pytest

from tests.browser.desk import Form, call


@pytest.fixture
def rule(desk):
	made = call(
		desk,
		"POST",
		"/api/resource/SLA Notification Rule",
		rule_name="Half of the time",
		percent=50,
		metric="Response",
		to_assignees=1,
		role="SLA Manager",
	)
	yield made["data"]["name"]
	call(desk, "DELETE", f"/api/resource/SLA Notification Rule/{made['data']['name']}")


def intro(desk):
	return desk.locator(".form-message:visible").first


def test_a_rule_is_said_in_a_sentence(desk, rule, screenshot):
	desk.goto(f"/app/sla-notification-rule/{rule}")
	Form(desk).arrive("percent")
	told = "At 50 % of the response time, this tells: whoever the ticket is assigned to, users with the role SLA Manager."
	assert intro(desk).inner_text().strip() == told
	screenshot("notification-rule")


def test_a_percent_that_is_no_step_is_refused(desk, rule):
	desk.goto(f"/app/sla-notification-rule/{rule}")
	form = Form(desk)
	form.arrive("percent")
	form.type("percent", "700")
	assert "700 % is no step" in form.refusal()


def test_the_list_shows_the_rules_with_what_is_switched_on(desk, rule, screenshot):
	desk.goto("/app/sla-notification-rule")
	row = desk.locator(".list-row", has_text=rule)
	row.wait_for()
	assert "50 %" in row.inner_text()
	assert "Enabled" in row.inner_text()
	screenshot("notification-rules")
