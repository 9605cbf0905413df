"""The reports in the desk: they open as they are, say what happened, and explain a ticket."""

import pytest

from tests.browser.desk import call, today
from tests.browser.test_contract import (  # noqa: F401  (the fixture is used by its name)
	CUSTOMER,
	TITLE,
	names,
	new_ticket,
	submitted_contract,
	world,
)


def open_report(desk, name, **filters):
	query = "&".join(f"{field}={value}" for field, value in filters.items())
	desk.goto(f"/app/query-report/{name}?{query}")
	desk.wait_for_function(
		"(name) => frappe.query_report?.report_name === name && frappe.query_report.data && !frappe.request.ajax_count",
		arg=name,
	)


@pytest.mark.parametrize("name", ["SLA Breaches", "SLA Penalties", "SLA Compliance"])
def test_a_report_opens_for_the_last_month(desk, name, screenshot):
	open_report(desk, name)
	asked = desk.evaluate("() => frappe.query_report.get_filter_values()")
	last_month = desk.evaluate("() => frappe.datetime.add_months(frappe.datetime.month_start(), -1)")
	assert asked["from_date"] == last_month
	assert asked["from_date"] < asked["to_date"] < str(today(desk))
	screenshot(f"report-{name.replace(' ', '-').lower()}")


def test_a_ticket_that_was_met_is_counted_and_explained(desk, world, screenshot):  # noqa: F811
	submitted_contract(desk)
	new_ticket(desk)
	(ticket,) = names(desk, "Issue", "customer", CUSTOMER)
	assert call(desk, "PUT", f"/api/resource/Issue/{ticket}", status="Closed")["status"] == 200
	day = today(desk)
	open_report(desk, "SLA Compliance", from_date=day, to_date=day, customer=CUSTOMER, group_by="Customer")
	desk.locator(".report-summary", has_text="100.00 % (2/2)").wait_for()
	desk.locator(".dt-row-0 a", has_text=CUSTOMER).wait_for()
	screenshot("report-compliance-by-customer")

	desk.evaluate("(ticket) => sla_guard.explain(ticket)", ticket)
	told = desk.locator(".modal.show")
	told.get_by_text(TITLE).first.wait_for()
	assert ticket in told.inner_text()
	assert told.get_by_role("button", name="Take Back").count() == 0
