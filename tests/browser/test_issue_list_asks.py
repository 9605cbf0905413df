"""The menu of the list asks, as the form does, before it pauses or closes: with what that does to the clocks of how many."""

import re

from tests.browser.desk import call
from tests.browser.test_contract import world  # noqa: F401  (a fixture)
from tests.browser.test_issue_list import contract, open_list, stored, ticket  # noqa: F401  (a fixture)

FORESEEN = "**/api/method/sla_guard.helpdesk.foresee.foresee_all"


def choose(desk, *subjects):
	"""Ticks these tickets."""
	for subject in subjects:
		desk.locator(".list-row", has_text=subject).locator(".list-row-checkbox").check()


def menu(desk, label):
	"""Opens the menu of what is ticked, and chooses this of it; once the list would be read anew, which it is not for
	three seconds after it was."""
	desk.wait_for_function("() => !cur_list.last_args")
	desk.locator(".actions-btn-group:visible button").first.click()
	desk.locator(".actions-btn-group .dropdown-item:visible", has_text=label).first.click()


def question(desk):
	asked = desk.locator(".modal.show", has=desk.locator(".sla-effects"))
	asked.wait_for()
	# It fades in.
	desk.wait_for_timeout(400)
	return asked


def status(desk, name, wanted):
	"""Waits until the list shows it, and the site has it."""
	desk.wait_for_function(
		"([name, status]) => cur_list.data.find((each) => each.name === name)?.status === status",
		arg=[name, wanted],
	)
	assert stored(desk, name)["status"] == wanted


def heard(desk, asked):
	desk.on("request", lambda request: asked.append(request.url) if "sla_guard" in request.url else None)


def test_closing_many_asks_once_and_names_the_effect_on_how_many(desk, contract, screenshot):  # noqa: F811
	names = [ticket(desk, f"Bulk {number}") for number in range(4)]
	answered = ticket(desk, "Bulk answered")
	taken = "sla_guard.helpdesk.actions.take_in_charge"
	assert call(desk, "POST", f"/api/method/{taken}", ticket=answered)["status"] == 200
	open_list(desk)
	asked = []
	heard(desk, asked)
	choose(desk, *(f"Bulk {number}" for number in range(4)), "Bulk answered")
	menu(desk, "Set as Closed")
	said = question(desk)
	assert len(asked) == 1
	assert "Set 5 tickets to Closed?" in said.inner_text()
	assert re.search(r"Response stops without an answer .* counts as met: 4 tickets", said.inner_text())
	assert re.search(
		r"Resolution stops, met: 5 tickets \(ISS-[\d-]+, ISS-[\d-]+, ISS-[\d-]+ and 2 more\)",
		said.inner_text(),
	)
	screenshot("list-asks-before-closing")
	said.get_by_role("button", name="No", exact=True).click()
	said.wait_for(state="hidden")
	assert {stored(desk, name)["status"] for name in names} == {"Open"}
	menu(desk, "Set as Closed")
	question(desk).get_by_role("button", name="Yes").click()
	status(desk, names[0], "Closed")
	assert {stored(desk, name)["status"] for name in (*names, answered)} == {"Closed"}


def test_it_is_answered_by_the_keyboard(desk, contract):  # noqa: F811
	name = ticket(desk, "By keyboard")
	open_list(desk)
	choose(desk, "By keyboard")
	for key, wanted in (("Escape", "Open"), ("Enter", "Closed")):
		menu(desk, "Set as Closed")
		said = question(desk)
		desk.keyboard.press(key)
		said.wait_for(state="hidden")
		status(desk, name, wanted)


def test_what_changes_no_clock_is_done_at_once(desk, contract):  # noqa: F811
	name = ticket(desk, "It is opened again", status="Closed")
	open_list(desk)
	choose(desk, "It is opened again")
	menu(desk, "Set as Open")
	status(desk, name, "Open")
	assert desk.locator(".sla-effects:visible").count() == 0


def test_a_question_that_the_server_cannot_answer_holds_up_nothing(desk, contract):  # noqa: F811
	name = ticket(desk, "Nobody answers")
	open_list(desk)
	desk.route(FORESEEN, lambda route: route.abort())
	choose(desk, "Nobody answers")
	menu(desk, "Set as Closed")
	status(desk, name, "Closed")


def test_what_the_server_has_left_is_asked_for_again_with_what_it_found(desk, contract):  # noqa: F811
	names = sorted(ticket(desk, f"One of many {number}") for number in range(2))
	open_list(desk)
	found = {"ask": True, "happens": [["Resolution", "met", 198, ["A", "B", "C"]]]}
	answers = [{"message": {"left": names, "found": found}}]
	desk.route(FORESEEN, lambda route: route.fulfill(json=answers.pop()) if answers else route.continue_())
	choose(desk, "One of many 0", "One of many 1")
	menu(desk, "Set as Closed")
	said = question(desk)
	assert "Resolution stops, met: 200 tickets (A, B, C and 197 more)" in said.inner_text()
	said.get_by_role("button", name="Yes").click()
	status(desk, names[0], "Closed")


def test_the_frameworks_own_edit_asks_too(desk, contract, screenshot):  # noqa: F811
	name = ticket(desk, "Edited with others")
	open_list(desk)
	choose(desk, "Edited with others")
	menu(desk, "Edit")
	dialog = desk.locator(".modal.show", has=desk.locator("[data-fieldname=value]"))
	dialog.wait_for()
	desk.wait_for_timeout(400)
	fields = dialog.locator("select[data-fieldname=field]")
	fields.select_option(
		fields.evaluate("(each) => [...each.options].find((o) => /^Status/.test(o.value)).value")
	)
	dialog.locator("select[data-fieldname=value]").select_option("On Hold")
	dialog.get_by_role("button", name="Update 1 records").click()
	said = question(desk)
	assert "Set the ticket to On Hold?" in said.inner_text()
	assert re.search(r"Resolution pauses: ISS-", said.inner_text())
	screenshot("list-asks-before-edit")
	said.get_by_role("button", name="Yes").click()
	status(desk, name, "On Hold")
