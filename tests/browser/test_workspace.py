"""The workspace: figures, charts and the inbox with data; each leads to where it comes from."""

import re

import pytest

from tests.browser.desk import call
from tests.browser.test_contract import CUSTOMER, make, world  # noqa: F401  (a fixture)
from tests.browser.test_issue_list import contract, ticket  # noqa: F401  (a fixture)


@pytest.fixture
def tickets(desk, contract):  # noqa: F811
	"""A ticket under way, and one that was closed in time."""
	ticket(desk, "Under way")
	ticket(desk, "In time", status="Closed")


def open_workspace(desk):
	desk.goto("/app/sla-guard")
	desk.locator(".number-widget-box .number", has_text=re.compile(r"\d")).first.wait_for()
	desk.locator(".custom-block-widget-box").wait_for()
	desk.wait_for_function("() => !frappe.request.ajax_count")


def card(desk, label):
	return desk.locator(".number-widget-box", has_text=label).locator(".number")


def test_figures_charts_and_what_waits(desk, tickets, screenshot):
	open_workspace(desk)
	assert re.fullmatch(r"\d+", card(desk, "Tickets at Risk").inner_text())
	assert re.search(r"\d+ % \(\d+/\d+\)", card(desk, "Compliance This Month").inner_text())
	for chart in ("Compliance by Month", "Breaches by Cause", "Breaches by Customer"):
		desk.locator(".dashboard-widget-box", has_text=chart).wait_for()
	desk.locator(".custom-block-widget-box .inbox > *").first.wait_for()
	screenshot("workspace")
	card(desk, "Compliance This Month").get_by_role("link").click()
	desk.wait_for_url("**/query-report/SLA%20Compliance*")


def test_what_waits_leads_to_its_form(desk, world, screenshot):  # noqa: F811
	make(
		desk,
		"SLA Contract",
		title="Browser Inbox",
		customer=CUSTOMER,
		effective_from="2020-01-01",
		support_hours="Browser Always",
		time_zone="UTC",
		services=[{"service": service(desk)}],
		targets=[{"response_time": 3600, "resolution_time": 8 * 3600}],
		status_rules=[{"status": "Closed", "effect": "Stops"}],
		docstatus=1,
	)
	name = ticket(desk, "What is it about?")
	open_workspace(desk)
	desk.get_by_role("link", name="Ticket to be qualified").wait_for()
	screenshot("workspace-inbox")
	desk.get_by_role("link", name="What is it about?").click()
	desk.wait_for_url(f"**/issue/{name}")


def service(desk):
	query = '/api/resource/SLA Service?filters=[["name","=","Browser Mail"]]'
	found = call(desk, "GET", query)["data"]
	return found[0]["name"] if found else make(desk, "SLA Service", service_name="Browser Mail")


def test_in_french_and_on_a_phone(desk, tickets, screenshot):
	call(desk, "PUT", "/api/resource/User/Administrator", language="fr")
	desk.set_viewport_size({"width": 375, "height": 800})
	open_workspace(desk)
	desk.get_by_text("Ce qui vous attend").first.wait_for()
	assert re.search(r"\d", card(desk, "Conformité du mois").inner_text())
	assert desk.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
	screenshot("workspace-french-phone")
