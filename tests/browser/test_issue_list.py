"""The list of tickets: how each stands, counting down; sorted by what is urgent; filters for what matters."""

import json
import re

import pytest

from tests.browser.desk import call
from tests.browser.test_contract import CUSTOMER, HOURS, make, names, world  # noqa: F401  (a fixture)

MINUTE, HOUR = 60_000_000, 3_600_000_000


@pytest.fixture
def contract(desk, world):  # noqa: F811
	"""Around the clock: an hour to respond, eight to resolve; On Hold pauses both."""
	rules = [
		{"status": "Closed", "effect": "Stops"},
		{"status": "On Hold", "effect": "Pauses Both", "reason": "Customer"},
	]
	yield make(
		desk,
		"SLA Contract",
		title="Browser List",
		customer=CUSTOMER,
		effective_from="2020-01-01",
		support_hours=HOURS,
		time_zone="UTC",
		targets=[{"response_time": 3600, "resolution_time": 8 * 3600}],
		status_rules=rules,
		docstatus=1,
	)
	call(desk, "PUT", "/api/resource/User/Administrator", language="en")


def ticket(desk, subject, **later):
	name = make(desk, "Issue", subject=subject, customer=CUSTOMER)
	if later:
		assert call(desk, "PUT", f"/api/resource/Issue/{name}", **later)["status"] == 200
	return name


def stored(desk, name):
	return call(desk, "GET", f"/api/resource/Issue/{name}")["data"]


def open_list(desk, query=""):
	desk.goto(f"/app/issue?customer={CUSTOMER}{query}")
	arrive(desk)


def arrive(desk):
	desk.wait_for_function(
		"() => window.cur_list?.doctype === 'Issue' && cur_list.$sla_quick && !frappe.request.ajax_count"
	)


def pill(desk, subject):
	return desk.locator(".list-row", has_text=subject).locator(".sla-due:visible")


def subjects(desk):
	return desk.evaluate("() => cur_list.data.map((each) => each.subject)")


def later_by(desk, name, microseconds):
	"""The server's clock, as far as the page knows, says that a due is so far off (before it: less than 0)."""
	due = stored(desk, name)["sla_next_due"]
	desk.evaluate("([due, off]) => sla_guard.set_now(sla_guard.to_ms(due) * 1000 + off)", [due, microseconds])


def test_a_pill_counts_down_and_turns_when_it_is_due(desk, contract, screenshot):
	name = ticket(desk, "It counts down")
	waits = ticket(desk, "It waits", status="On Hold")
	ticket(desk, "It is done", status="Closed")
	assert stored(desk, waits)["sla_state"] == "Paused"
	open_list(desk)
	shown = pill(desk, "It counts down")
	shown.get_by_text("Running, in 59 min").wait_for()
	pill(desk, "It waits").get_by_text(re.compile("Paused, (59 min|1 h) left")).wait_for()
	assert pill(desk, "It is done").inner_text() == "Met"
	screenshot("list")
	later_by(desk, name, -10.5 * MINUTE)
	shown.get_by_text("At Risk, in 10 min").wait_for()
	later_by(desk, name, -0.4 * MINUTE)
	shown.get_by_text(re.compile(r"At Risk, in \d\d s")).wait_for()
	assert "yellow" in shown.get_attribute("class")
	later_by(desk, name, 90.5 * MINUTE)
	shown.get_by_text("Overdue 1 h 30").wait_for()
	assert "red" in shown.get_attribute("class")
	assert re.match("Paused", pill(desk, "It waits").inner_text())


def test_where_the_column_is_narrow_the_time_stays_and_the_words_are_in_the_title(desk, contract, screenshot):
	name = ticket(desk, "It counts down")
	ticket(desk, "It waits", status="On Hold")
	ticket(desk, "It is done", status="Closed")
	open_list(desk)
	# As on ERPNext 15, where this list has more columns.
	desk.add_style_tag(
		content=".list-row-col:has(.sla-due) { min-width: 105px !important; max-width: 105px !important; }"
	)
	shown = pill(desk, "It counts down")
	shown.locator(".sla-due-brief:visible").wait_for()
	assert brief(shown) == "● 59 min"
	assert shown.locator("..").get_attribute("title").startswith("Running, in 59 min\nResponse: Running, ")
	assert re.fullmatch(r"❚❚ (59 min|1 h)", brief(pill(desk, "It waits")))
	assert pill(desk, "It is done").inner_text() == "Met"
	later_by(desk, name, -10.5 * MINUTE)
	desk.wait_for_function(
		"([subject, said]) => [...document.querySelectorAll('.list-row')].find((row) => row.innerText.includes(subject)).querySelector('.sla-due-brief').innerText.trim() === said",
		arg=["It counts down", "▲ 10 min"],
	)
	assert shown.evaluate("(each) => each.scrollWidth <= each.clientWidth")
	screenshot("list-narrow")
	desk.evaluate(
		"() => document.querySelectorAll('style').forEach((each) => /105px/.test(each.textContent) && each.remove())"
	)
	shown.locator(".sla-due-brief:visible").wait_for(state="detached")
	shown.get_by_text("At Risk, in 10 min").wait_for()


def brief(pill):
	return pill.locator(".sla-due-brief").inner_text().strip()


def test_by_next_due_what_waits_and_what_is_done_come_last_and_stay(desk, contract):
	ticket(desk, "Done", status="Closed")
	ticket(desk, "Waits", status="On Hold")
	ticket(desk, "First")
	ticket(desk, "Second")
	open_list(desk)
	for field, order in (("sla_next_due", "asc"), ("sla_urgency", "desc")):
		sort(desk, field, order)
		expect(desk, "First", "Second", "Waits", "Done")
		sort(desk, "sla_state", "asc")
		expect(desk, "Done", "Waits")
	sort(desk, "sla_next_due", "desc")
	expect(desk, "Second", "First")


def sort(desk, field, order):
	"""As by the menu, which says by what one may sort."""
	desk.evaluate(
		"""([field, order]) => {
			const known = cur_list.sort_selector.args.options.map((each) => each.fieldname);
			if (!known.includes(field)) throw new Error(`${field} is not offered: ${known}`);
			cur_list.sort_selector.set_value(field, order);
			cur_list.refresh();
		}""",
		[field, order],
	)


def expect(desk, *first):
	"""Waits for a list that begins with these subjects."""
	desk.wait_for_function(
		"(first) => String(cur_list.data.map((each) => each.subject).slice(0, first.length)) === String(first)",
		arg=first,
	)


def test_quick_filters_are_filters_of_the_list(desk, contract, screenshot):
	ticket(desk, "Waits", status="On Hold")
	ticket(desk, "Nobody answered")
	done = ticket(desk, "Done", status="Closed")
	mine = ticket(desk, "Mine, and late soon")
	make(
		desk,
		"ToDo",
		reference_type="Issue",
		reference_name=mine,
		description=mine,
		allocated_to="Administrator",
	)
	open_list(desk, "&status=Open")
	assert set(subjects(desk)) == {"Nobody answered", "Mine, and late soon"}

	press(desk, "Paused")
	assert subjects(desk) == ["Waits"]
	desk.wait_for_url("**/issue?*sla_state=Paused*")
	assert desk.get_by_role("button", name="Paused", pressed=True).count() == 1
	screenshot("list-filtered")
	press(desk, "No answer yet")
	assert set(subjects(desk)) == {"Waits", "Nobody answered", "Mine, and late soon"}
	assert desk.get_by_role("button", name="Paused", pressed=True).count() == 0
	press(desk, "No answer yet")
	assert set(subjects(desk)) == {"Nobody answered", "Mine, and late soon"}, "Open, as before"
	for label in ("Mine at risk", "Breached today", "To be qualified", "Not covered"):
		press(desk, label)
		assert subjects(desk) == [], label
		press(desk, label)
	assert done not in subjects(desk)


def test_the_quick_filters_stand_in_line_with_those_above_them(desk, contract):
	ticket(desk, "In line")
	open_list(desk)
	above, ours = (
		desk.locator(".standard-filter-section input:visible").first,
		desk.locator(".sla-quick .btn").first,
	)
	assert abs(above.bounding_box()["x"] - ours.bounding_box()["x"]) <= 2


def press(desk, label):
	"""Turns a quick filter on or off; that it is drawn so says that the list has come."""
	button = desk.get_by_role("button", name=label, exact=True)
	turned = "false" if button.get_attribute("aria-pressed") == "true" else "true"
	button.click()
	desk.locator(f".sla-quick button[aria-pressed={turned}]", has_text=label).wait_for()


def test_a_list_of_a_hundred_asks_for_nothing_more(desk, contract):
	tickets = [{"doctype": "Issue", "subject": f"Number {n}", "customer": CUSTOMER} for n in range(100)]
	made = call(desk, "POST", "/api/method/frappe.client.insert_many", docs=json.dumps(tickets))
	assert made["status"] == 200
	# As many as a large screen shows at once.
	desk.set_viewport_size({"width": 1280, "height": 1300})
	ours = asked_for(desk)
	assert desk.locator(".sla-due").count() == 100
	desk.route("**/*getdoctype*", without_our_script)
	desk.evaluate("() => localStorage.clear()")
	theirs = asked_for(desk)
	assert desk.locator(".sla-due").count() == 0
	assert ours == theirs
	assert "frappe.desk.reportview.get" in ours
	assert not any("sla_guard" in each for each in ours)


def asked_for(desk):
	"""What a page asks of the server for a list of a hundred. Some of it the framework asks once or twice, as it comes,
	and what somebody set it stores now and then."""
	asked = []

	def hear(request):
		asked.append(method_of(request))

	desk.goto("/app")
	desk.wait_for_function("() => window.frappe?.boot && !frappe.request.ajax_count")
	desk.on("request", hear)
	open_for(desk)
	desk.remove_listener("request", hear)
	return {each for each in asked if each and not each.endswith("user_settings.save")}


def method_of(request):
	found = re.search(r"/api/method/([\w.]+)", request.url)
	return found and found[1]


def open_for(desk):
	"""Opens the list; the saved filters and the count come last."""
	with desk.expect_response(re.compile("List(%20| )Filter")), desk.expect_response(re.compile("get_count")):
		desk.evaluate(
			"""(customer) => {
				frappe.route_options = {customer};
				frappe.set_route("List", "Issue", "List");
			}""",
			CUSTOMER,
		)
	desk.wait_for_function(
		"() => window.cur_list?.doctype === 'Issue' && cur_list.data.length && !frappe.request.ajax_count"
	)


def without_our_script(route):
	answer = route.fetch()
	told = answer.json()
	for each in told["docs"]:
		if each["name"] == "Issue":
			each["__list_js"] = ""
	route.fulfill(response=answer, json=told)


def test_in_french_and_on_a_phone(desk, contract, screenshot):
	ticket(desk, "Imprimante en panne")
	ticket(desk, "Attend le client", status="On Hold")
	call(desk, "PUT", "/api/resource/User/Administrator", language="fr")
	desk.set_viewport_size({"width": 375, "height": 800})
	open_list(desk)
	pill(desk, "Imprimante en panne").get_by_text("En cours, dans 59 min").wait_for()
	pill(desk, "Attend le client").get_by_text(re.compile("En pause, reste")).wait_for()
	desk.get_by_role("button", name="Sans prise en charge").wait_for()
	wide = "() => document.documentElement.scrollWidth <= window.innerWidth"
	assert desk.evaluate(wide)
	screenshot("list-french-phone")
