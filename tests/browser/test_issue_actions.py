"""What is done about a ticket from its form: its service chosen, a contract named, an exclusion claimed, voided; and what
its cards say of hours that are closed, and of the cycles before."""

import re
from datetime import datetime, timedelta, timezone

import pytest

from tests.browser.conftest import SCREENSHOTS, log_in
from tests.browser.desk import Form, call, today, track_from
from tests.browser.issue_form import (
	HOUR,
	RULES,
	card,
	choose_status,
	digits,
	go_on_for,
	in_state,
	of_somebody,
	opened,
	stored,
)
from tests.browser.test_contract import make

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PASSWORD = "Browser-test-7-manager"


@pytest.fixture
def run(desk):
	"""Names of this run's own: what is missed is never deleted, nor is what it names."""
	tracked = track_from(desk, None)
	yield f"Browser {desk.evaluate('() => Date.now()')}"
	track_from(desk, tracked)


def promised(desk, run, **rest):
	"""A contract of an hour and eight hours, at any time of day, for a customer of that name; returns its name."""
	hours = f"{run} Hours"
	if not call(desk, "GET", f"/api/resource/Customer/{run}").get("data"):
		make(desk, "Customer", customer_name=run, **of_somebody(desk))
		make(desk, "Support Hours", hours_name=hours, time_zone="UTC", always_open=1)
	values = {
		"title": run,
		"applies_to": "Customer",
		"customer": run,
		"effective_from": str(today(desk) - timedelta(days=1)),
		"time_zone": "UTC",
		"support_hours": hours,
		"targets": [{"response_time": HOUR, "resolution_time": 8 * HOUR}],
		"status_rules": list(RULES),
		"no_penalties": 1,
	}
	return make(desk, "SLA Contract", **{**values, **rest}, docstatus=1)


def service(desk, run, kind):
	return make(desk, "SLA Service", service_name=f"{run} {kind}")


def ticket(desk, run, minutes_ago=0, seconds_ago=0, **values):
	now = desk.evaluate("() => moment.tz(frappe.boot.time_zone.system).format('YYYY-MM-DD HH:mm:ss')")
	reported = datetime.fromisoformat(now) - timedelta(minutes=minutes_ago, seconds=seconds_ago)
	return make(desk, "Issue", subject="No mail", customer=run, sla_reported_at=str(reported), **values)


def press(desk, action):
	desk.wait_for_function("() => !frappe.request.ajax_count")
	# ERPNext 15 tells each agent that the Support Settings are not theirs.
	message = desk.locator(".modal.show", has=desk.locator(".msgprint:visible"))
	if message.count():
		desk.wait_for_timeout(400)
		message.locator(".btn-modal-close").click()
	# What was asked before fades out.
	desk.locator(".modal.show").wait_for(state="detached")
	desk.locator(f".sla-actions [data-action={action}]").click()
	dialog = desk.locator(".modal.show").last
	dialog.wait_for()
	# It fades in.
	desk.wait_for_timeout(400)
	return dialog


def choose(desk, dialog, field, name):
	box = dialog.locator(f"input[data-fieldname={field}]")
	box.fill(name)
	box.blur()
	# The site is asked first whether there is such a record.
	desk.wait_for_function(
		"([field, name]) => cur_dialog.get_value(field) === name && !frappe.request.ajax_count",
		arg=[field, name],
	)


# ---- nothing


def test_opening_a_ticket_that_was_reported_earlier_changes_nothing(desk, run):
	promised(desk, run)
	# Not on the minute: some calendars know no seconds.
	second = int(desk.evaluate("() => moment().format('s')"))
	reported = ticket(desk, run, minutes_ago=3, seconds_ago=0 if second else 7)
	opened(desk, reported)
	desk.wait_for_function("() => !frappe.request.ajax_count")
	go_on_for(desk, 1)
	assert not desk.evaluate("() => cur_frm.is_dirty()")
	shown = desk.evaluate("() => cur_frm.doc.sla_reported_at")
	assert shown == stored(desk, reported, "sla_reported_at")


# ---- the service


def test_choosing_a_service_changes_what_is_promised(desk, run, screenshot):
	mail = service(desk, run, "Mail")
	targets = [{"response_time": HOUR, "resolution_time": 8 * HOUR}]
	targets.append({"service": mail, "response_time": HOUR, "resolution_time": 2 * HOUR})
	promised(desk, run, services=[{"service": mail}], targets=targets)
	name = ticket(desk, run, minutes_ago=10)
	opened(desk, name)
	desk.get_by_text("The ticket names no service: choose the one that it is about.").wait_for()
	assert "btn-primary" in desk.locator(".sla-actions [data-action=service]").get_attribute("class")
	assert digits(desk, "Resolution").startswith("7:4")
	dialog = press(desk, "service")
	choose(desk, dialog, "service", mail)
	screenshot("ticket-choose-service")
	dialog.get_by_role("button", name="Save").click()
	desk.locator(".sla-actions [data-action=service]").wait_for(state="detached")
	assert digits(desk, "Resolution").startswith("1:4")
	assert stored(desk, name, "sla_service") == mail
	assert not desk.get_by_text("The ticket names no service").count()


def test_a_service_that_is_not_covered_promises_nothing_and_another_is_offered(desk, run):
	mail, other = service(desk, run, "Mail"), service(desk, run, "Telephone")
	promised(desk, run, services=[{"service": mail}])
	name = ticket(desk, run, sla_service=other)
	opened(desk, name)
	desk.get_by_text(f"The contract does not cover the service {other}").wait_for()
	assert desk.locator(".sla-card:visible").count() == 0
	dialog = press(desk, "service")
	choose(desk, dialog, "service", mail)
	dialog.get_by_role("button", name="Save").click()
	in_state(desk, "Resolution", "on_track").wait_for()


# ---- the contract


@pytest.fixture
def manager(desk, run):
	"""A page of the desk of an SLA Manager, who may change tickets, too."""
	user = f"manager-{run.split()[-1]}@example.com"
	roles = [{"role": role} for role in ("SLA Manager", "Support Team")]
	make(desk, "User", email=user, first_name=run, roles=roles, new_password=PASSWORD, send_welcome_email=0)
	context = desk.context.browser.new_context(viewport={"width": 1280, "height": 900})
	page = context.new_page()
	origin = desk.evaluate("() => location.origin")
	log_in(page, user, PASSWORD, origin)
	page.goto(f"{origin}/app")
	page.wait_for_function("(user) => window.frappe?.boot?.user?.name === user", arg=user)
	yield page
	context.close()


def test_an_sla_manager_names_a_contract_and_takes_it_back(desk, run, manager, screenshot):
	usual = promised(desk, run, title=f"{run} usual")
	everybodys = promised(
		desk, f"{run} Special", targets=[{"response_time": HOUR, "resolution_time": 2 * HOUR}]
	)
	name = ticket(desk, run, minutes_ago=10)
	origin = desk.evaluate("() => location.origin")
	manager.goto(f"{origin}/app/issue/{name}")
	contract = manager.locator(".sla-head a")
	contract.get_by_text(f"{run} usual").wait_for()
	dialog = press(manager, "contract")
	choose(manager, dialog, "contract", everybodys)
	keep_picture(manager, "ticket-name-contract")
	dialog.get_by_role("button", name="Save").click()
	contract.get_by_text(f"{run} Special").wait_for()
	assert digits(manager, "Resolution").startswith("1:4")
	assert stored(desk, name, "sla_contract") == everybodys
	dialog = press(manager, "contract")
	dialog.locator("input[data-fieldname=contract]").fill("")
	dialog.locator("input[data-fieldname=contract]").blur()
	dialog.get_by_role("button", name="Save").click()
	contract.get_by_text(f"{run} usual").wait_for()
	assert not call(desk, "GET", f"/api/resource/Issue/{name}")["data"].get("sla_contract")
	assert usual in contract.get_attribute("href")


def keep_picture(page, name):
	page.wait_for_timeout(500)
	SCREENSHOTS.mkdir(parents=True, exist_ok=True)
	page.screenshot(path=SCREENSHOTS / f"{name}.png")


# ---- exclusions


def test_an_exclusion_is_claimed_from_the_ticket_with_its_evidence(desk, run, screenshot, tmp_path):
	promised(desk, run, ground_customer=1)
	name = ticket(desk, run, minutes_ago=70)
	opened(desk, name)
	in_state(desk, "Response", "breached").wait_for()
	desk.locator(".sla-actions [data-action=claim]").click()
	form = Form(desk)
	form.arrive("breach")
	desk.wait_for_function("() => cur_frm.doctype === 'SLA Exclusion' && cur_frm.doc.breach")
	form.control("ground").locator("option", has_text="Customer's Fault").wait_for(state="attached")
	form.control("ground").locator("select").select_option("Customer's Fault")
	form.control("reason").locator("textarea").fill("The customer switched the server off.")
	evidence = tmp_path / "evidence.txt"
	evidence.write_text("Switched off at 09:00 by the caretaker.")
	form.control("evidence").get_by_role("button", name="Attach").click()
	dialog = desk.locator(".modal.show")
	dialog.locator("input[type=file]").first.set_input_files(evidence)
	dialog.get_by_role("button", name="Upload").click()
	desk.wait_for_function("() => /evidence.*txt/.test(cur_frm.doc.evidence || '')")
	desk.locator(".modal.show").wait_for(state="detached")
	form.save()
	desk.wait_for_url(re.compile("/sla-exclusion/(?!new)"))
	desk.get_by_text("A second person approves or rejects this claim.").wait_for()
	screenshot("exclusion-claimed")
	claimed = call(
		desk, "GET", f'/api/resource/SLA Exclusion?filters=[["ticket","=","{name}"]]&fields=["*"]'
	)["data"]
	assert [(row["status"], row["metric"], row["ground"]) for row in claimed] == [
		("Claimed", "Response", "Customer's Fault")
	]
	assert re.search(r"evidence.*\.txt$", claimed[0]["evidence"])
	opened(desk, name)
	assert desk.locator(".sla-actions [data-action=claim]").count() == 0, "it is claimed already"


# ---- void


def test_a_ticket_that_is_none_is_voided_with_a_reason(desk, run, screenshot):
	promised(desk, run)
	name = ticket(desk, run)
	opened(desk, name)
	dialog = press(desk, "void")
	dialog.get_by_role("button", name="Void").click()
	refused = desk.locator(".modal.show", has=desk.locator(".msgprint"))
	refused.get_by_text("Reason").first.wait_for()
	desk.wait_for_timeout(400)
	refused.locator(".btn-modal-close").click()
	refused.wait_for(state="hidden")
	dialog.locator("textarea[data-fieldname=reason]").fill("An advertisement")
	dialog.get_by_role("button", name="Void").click()
	desk.get_by_text("This ticket is void: it counts nowhere.").wait_for()
	assert desk.locator(".sla-card:visible").count() == 0
	assert stored(desk, name, "sla_state") == "Void"
	screenshot("ticket-void")


# ---- what cards say


def test_while_support_is_closed_a_card_says_when_it_opens_and_its_time_stands(desk, run, screenshot):
	opens = datetime.now(timezone.utc) + timedelta(days=2)
	promised(desk, run)
	window = {"weekday": WEEK[opens.weekday()], "opens": "09:00", "closes": "17:00"}
	shut = make(desk, "Support Hours", hours_name=f"{run} Shut", time_zone="UTC", windows=[window])
	customer = f"{run} Shut"
	make(desk, "Customer", customer_name=customer, **of_somebody(desk))
	promised(desk, customer, support_hours=shut, time_zone="UTC")
	name = ticket(desk, customer)
	opened(desk, name)
	wanted = f"{opens:%Y-%m-%d} 09:00:00"
	said = desk.evaluate("(utc) => moment.utc(utc).tz(frappe.boot.time_zone.user).format('HH:mm')", wanted)
	line = card(desk, "Response").locator(".sla-lines")
	assert re.search(rf"Support is closed and opens .* {said}", line.inner_text()), line.inner_text()
	before = digits(desk, "Response")
	assert before == "1:00:00"
	go_on_for(desk, 2)
	assert digits(desk, "Response") == before
	screenshot("ticket-closed-hours")


def test_earlier_cycles_are_folded_away_and_open_by_the_keyboard(desk, run, screenshot):
	promised(desk, run, on_reopening="New cycle")
	name = ticket(desk, run, minutes_ago=10)
	for status in ("Closed", "Open", "Closed", "Open"):
		assert call(desk, "PUT", f"/api/resource/Issue/{name}", status=status)["status"] == 200
	opened(desk, name)
	desk.locator(".sla-name", has_text="Resolution, cycle 3").wait_for()
	older = desk.locator("details.sla-older")
	assert not older.evaluate("(each) => each.open")
	assert "Earlier cycles" in older.locator("summary").inner_text()
	older.locator("summary").focus()
	desk.keyboard.press("Enter")
	assert re.search(
		r"Resolution, cycle 1: met, .*\n?.*Resolution, cycle 2: met", older.inner_text(), re.DOTALL
	)
	screenshot("ticket-earlier-cycles")
	choose_status(desk, "Closed")
	Form(desk).save()
	in_state(desk, "Resolution", "met").wait_for()
