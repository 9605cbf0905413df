"""What another user does appears in an open form at once, told by a real socket.

The embedded host has no socket.io server: there these are skipped, and say so. On a bench: SLA_GUARD_URL, see the README.
"""

import pytest
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.conftest import log_in
from tests.browser.issue_form import (
	TIMERS,
	as_somebody_else,
	digits,
	in_state,
	opened,
	promised,  # noqa: F401  (a fixture)
	ticket,
)

# Long before the form would ask by itself.
AT_ONCE = 5_000
CONNECTED = "() => Boolean(window.frappe?.realtime?.socket?.connected)"


@pytest.fixture(scope="module")
def socket(browser, url):
	"""Asked once: a desk without one is waited for in vain."""
	page = browser.new_page(base_url=url)
	log_in(page)
	page.goto("/app")
	try:
		page.wait_for_function(CONNECTED, timeout=10_000)
	except TooLate:
		pytest.skip("this desk has no socket.io server: name one that has in SLA_GUARD_URL")
	finally:
		page.close()


def asked(desk):
	"""How often the form has asked for its timers since."""
	found = []
	desk.on("request", lambda request: "helpdesk.timers.timers" in request.url and found.append(request.url))
	return found


def test_what_another_user_changes_appears_at_once(desk, promised, socket, screenshot):  # noqa: F811
	name = ticket(desk)
	opened(desk, name)
	desk.wait_for_function(CONNECTED)
	told = asked(desk)
	as_somebody_else(desk, name, status="On Hold")
	in_state(desk, "Resolution", "paused").wait_for(timeout=AT_ONCE)
	desk.wait_for_function("() => cur_frm.doc.status === 'On Hold'")
	assert told, "it was told, and asked then"
	screenshot("ticket-told-by-the-socket")


def test_a_form_of_another_ticket_hears_nothing_of_it(desk, promised, socket):  # noqa: F811
	ours, other = ticket(desk), ticket(desk)
	opened(desk, ours)
	desk.wait_for_function(CONNECTED)
	told = asked(desk)
	as_somebody_else(desk, other, status="On Hold")
	before = digits(desk, "Response")
	desk.wait_for_function(
		"(before) => document.querySelector('.sla-digits').innerText !== before", arg=before
	)
	assert told == []


def test_while_the_socket_is_down_the_form_goes_on_and_asks(desk, promised, socket):  # noqa: F811
	name = ticket(desk)
	opened(desk, name)
	desk.evaluate("() => frappe.realtime.socket.disconnect()")
	as_somebody_else(desk, name, status="On Hold")
	with desk.expect_request(TIMERS, timeout=25_000):
		pass
	in_state(desk, "Resolution", "paused").wait_for(timeout=AT_ONCE)
