"""What the quick filters of the list of tickets find is what a replay of each ticket says, whatever happened to it."""

import random

import frappe

from sla_guard import ledger
from sla_guard.engine.instants import DAY, MINUTE, moment
from sla_guard.engine.terms import NOT_COVERED, PAUSED, RUNNING, VOIDED
from sla_guard.helpdesk import actions
from sla_guard.helpdesk.ticket import read, refresh
from sla_guard.site_time import to_us
from tests.site.case import SiteTestCase
from tests.site.records import at, change, in_force, issue, pause, priority, service, stop, target, us

NOW = "2026-01-07 15:30"
TICKETS = 40
# As in public/js/issue_list.js.
FILTERS = {
	"at risk": {"sla_at_risk": 1},
	"breached today": {"sla_breached_at": ("Timespan", "today")},
	"unanswered": {"sla_response": ("in", ("Running", "Paused", "Breached"))},
	"paused": {"sla_state": "Paused"},
	"to be qualified": {"sla_to_qualify": 1},
	"not covered": {"sla_state": "Not Covered"},
}


class TestFilters(SiteTestCase):
	def test_they_find_what_a_replay_finds(self):
		rules = [stop("Closed"), pause("On Hold", metric="Both"), pause("Replied", reason="Vendor")]
		urgent = target(response=0.5, resolution=2, priority=priority("Urgent"))
		in_force(target(), urgent, services=["Mail"], status_rules=rules)
		chance = random.Random(11)
		names = [self.lived(chance) for _ in range(TICKETS)]
		with at(NOW):
			for name in names:
				refresh(read(name))
			expected = {what: {name for name in names if says(name)} for what, says in SAYS.items()}
			found = {
				what: set(frappe.get_list("Issue", {"name": ("in", names), **filters}, pluck="name", limit=0))
				for what, filters in FILTERS.items()
			}
		self.assertEqual(found, expected)
		self.assertEqual([what for what, names in expected.items() if not names], [], "each finds something")

	def lived(self, chance):
		"""A ticket to which some things happen, in the hours before now."""
		opened = us(NOW) - chance.choice((20, 50, 7 * 60, 24 * 60, 48 * 60)) * MINUTE
		later = sorted(chance.randrange(opened, us(NOW), MINUTE) for _ in range(chance.randint(0, 4)))
		opened, *later = (moment(each).strftime("%Y-%m-%d %H:%M") for each in (opened, *later))
		named = chance.choice([service("Mail"), service("Mail"), service("ERP"), None])
		ticket = issue(opened, sla_service=named, priority=chance.choice([None, "Urgent"]))
		for when in later:
			if chance.random() < 0.3:
				with at(when):
					actions.take_in_charge(ticket.name)
			else:
				change(ticket, when, status=chance.choice(["On Hold", "Replied", "Open", "Open", "Closed"]))
		return ticket.name


def clocks(name):
	return ledger.clocks_of(read(name).history, us(NOW))


def standing(name):
	return read(name).history[-1].standing


def at_risk(name):
	return any(
		each.state == RUNNING and not each.breached_at and each.elapsed_us * 100 >= each.target_us * 75
		for each in clocks(name)
	)


def breached_today(name):
	start = to_us("2026-01-07")
	found = [each.breached_at for each in clocks(name) if each.breached_at and each.state != VOIDED]
	return any(start <= each < start + DAY for each in found)


def unanswered(name):
	return any(each.metric == "Response" and each.state in (RUNNING, PAUSED) for each in clocks(name))


def under_way(name):
	"""The states of its clocks while none is missed and one is not stopped; else nothing."""
	states = {each.state for each in clocks(name)}
	return set() if any(each.breached_at for each in clocks(name)) else states & {RUNNING, PAUSED}


def paused(name):
	return under_way(name) == {PAUSED} and bool(standing(name).service)


def to_be_qualified(name):
	"""Also while it is late, and while it waits."""
	goes_on = {each.state for each in clocks(name)} & {RUNNING, PAUSED}
	return bool(goes_on) and not standing(name).service


def not_covered(name):
	return standing(name).target == NOT_COVERED


SAYS = {
	"at risk": at_risk,
	"breached today": breached_today,
	"unanswered": unanswered,
	"paused": paused,
	"to be qualified": to_be_qualified,
	"not covered": not_covered,
}
