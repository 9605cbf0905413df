"""Incidents of a real history are lived again as Issues; the clocks must be those that a replay of the log gives.

SLA_GUARD_DATA names the folder of the log (see README.md), SLA_GUARD_INCIDENTS how many of its incidents to live (60).
"""

import os
from dataclasses import replace
from itertools import cycle, pairwise

import frappe
import pytest
from freezegun import freeze_time

from benchmarks.incident_log import DONE, KNOWN_STATES, IncidentLog, terms_for_the_log
from sla_guard import jobs
from sla_guard.engine.events import OPENED, PRIORITY, RESPONDED, STATUS, in_order
from sla_guard.engine.instants import HOUR, moment
from sla_guard.engine.replay import replay
from sla_guard.engine.terms import FROM_CHANGE, KEEP, NEW_CYCLE, RESOLUTION, Policies
from sla_guard.helpdesk import actions
from tests.site.committed import CommittedCase, rows
from tests.site.incidents import LOG, allow_statuses
from tests.site.records import priority, target, us
from tests.unit.factories import office

INCIDENTS = int(os.environ.get("SLA_GUARD_INCIDENTS", 60))
LATE = "2018-01-01 12:00"
# The incidents are shared out among contracts that differ in these.
POLICIES = (
	Policies(),
	Policies(reopen=NEW_CYCLE, priority=FROM_CHANGE),
	Policies(reopen=NEW_CYCLE),
	Policies(priority=KEEP),
)
TERMS = [replace(terms_for_the_log(office()), policies=policies) for policies in POLICIES]


# ---- which incidents


def reopened(events):
	states = [event.value for event in in_order(events) if event.kind == STATUS]
	return any(before in DONE and after not in DONE for before, after in pairwise(states))


def changes_priority(events):
	return any(event.kind == PRIORITY for event in events)


def two_states_in_one_minute(events):
	told = {(event.at, event.value) for event in events if event.kind == STATUS}
	return len({at for at, _value in told}) < len(told)


def out_of_order(events):
	return any(after.at < before.at for before, after in pairwise(events))


def unknown_state(events):
	return any(event.kind == STATUS and event.value not in KNOWN_STATES for event in events)


ODD = (out_of_order, unknown_state, reopened, changes_priority, two_states_in_one_minute)


def chosen(count):
	"""So many incidents: up to a sixth of each odd kind, the others spread over the whole log."""
	log = dict(IncidentLog(LOG))
	names = {}
	for odd in ODD:
		names.update(dict.fromkeys(spread([name for name in log if odd(log[name])], count // 6)))
	rest = [name for name in log if name not in names]
	names.update(dict.fromkeys(spread(rest, count - len(names))))
	return {name: log[name] for name in names}


def spread(names, count):
	return names[:: max(1, len(names) // count)][:count]


# ---- living them


@pytest.mark.skipif(not LOG.is_file(), reason="SLA_GUARD_DATA names no folder with incident_event_log.csv.gz")
class TestHistory(CommittedCase):
	def setUp(self):
		super().setUp()
		self.in_file = chosen(INCIDENTS)
		self.incidents = {number: in_order(events) for number, events in self.in_file.items()}
		states = {
			event.value for events in self.incidents.values() for event in events if event.kind == STATUS
		}
		self.addCleanup(frappe.clear_cache, doctype="Issue")
		allow_statuses(sorted({"Open", *KNOWN_STATES, *states}))
		self.customers = [self.under(terms) for terms in TERMS]
		self.lived, self.terms = {}, {}

	def under(self, terms):
		"""A customer with a contract of these terms."""
		targets = [
			target(row.response_us // HOUR, row.resolution_us // HOUR, priority=named_priority(row.id))
			for row in terms.targets
		]
		rules = [{"status": status, "effect": "Stops"} for status in sorted(terms.stops)]
		rules += [
			{"status": status, "effect": "Pauses Resolution", "reason": reason.capitalize()}
			for status, reason in terms.pauses[RESOLUTION].items()
		]
		policies = {
			"on_reopening": terms.policies.reopen.capitalize(),
			"on_priority_change": terms.policies.priority.capitalize(),
		}
		customer = f"{self.customer} {terms.hash[:6]}"
		self.in_force(
			*targets, customer=customer, status_rules=rules, effective_from="2016-01-01", **policies
		)
		return customer

	def test_the_clocks_of_lived_incidents_are_those_of_a_replay_of_the_log(self):
		differences = []
		with freeze_time(moment(0).replace(tzinfo=None)) as time:
			shared_out = zip(self.incidents.items(), cycle(zip(self.customers, TERMS, strict=True)))
			for (number, events), (customer, terms) in shared_out:
				self.lived[number], self.terms[number] = self.live(events, customer, time), terms
				differences += self.differences(number, events[-1].at)
			facts = self.count("SLA Event")
			time.move_to(LATE)
			jobs.sweep()
			jobs.reconcile()
		# The reconcile has found nothing that was overlooked.
		self.assertEqual(self.count("SLA Event"), facts)
		for number in self.incidents:
			differences += self.differences(number, us(LATE))
		self.assertEqual(differences, [])
		self.say_what_was_lived()

	def live(self, events, customer, time):
		"""The ticket of these events, each saved at its instant."""
		opening, *rest = events
		self.assertEqual(opening.kind, OPENED)
		time.move_to(moment(opening.at).replace(tzinfo=None))
		ticket = frappe.new_doc("Issue").update(
			{"subject": "An incident", "customer": customer, "raised_by": "someone@acme.example"}
		)
		ticket.update({"status": opening.value, "priority": opening.priority or None}).insert()
		for event in rest:
			time.move_to(moment(event.at).replace(tzinfo=None))
			if event.kind == RESPONDED:
				actions.take_in_charge(ticket.name)
			else:
				ticket.reload()
				ticket.update({"status" if event.kind == STATUS else "priority": event.value}).save()
			frappe.db.commit()
		return ticket.name

	def count(self, doctype):
		return frappe.db.count(doctype, {"ticket": ("in", list(self.lived.values()))})

	def say_what_was_lived(self):
		"""For `pytest -s`."""
		events = sum(len(each) for each in self.incidents.values())
		kinds = {odd.__name__.replace("_", " "): sum(map(odd, self.in_file.values())) for odd in ODD}
		counts = {doctype: self.count(doctype) for doctype in ("SLA Event", "SLA Clock", "SLA Breach")}
		print(f"\n{len(self.incidents)} incidents, {events} events of the log ({kinds}): {counts}")

	def differences(self, number, now):
		"""What is stored of this incident, and what the log, without our events, says at `now`, where they differ."""
		ticket, events = self.lived[number], self.incidents[number]
		terms = self.terms[number]
		replayed = replay(events, terms, now)
		stored = rows("SLA Clock", [ticket])
		# A clock is written when it changes: how much was used was true then.
		used = {
			key(each): [
				then.elapsed_us for then in replay(events, terms, each.as_of_us) if key(then) == key(each)
			]
			for each in stored
		}
		compared = (
			(
				{key(each): standing(each) for each in stored},
				{key(each): replayed_standing(each) for each in replayed},
			),
			({key(each): [each.elapsed_us] for each in stored}, used),
			(
				{(*key(each), each.breached_us, each.state) for each in rows("SLA Breach", [ticket])},
				{(*key(each), each.breached_at, "Open") for each in replayed if each.breached_at},
			),
			(all(each.as_of_us <= now for each in stored), True),
		)
		return [(number, str(moment(now)), ours, logs) for ours, logs in compared if ours != logs]


def key(clock):
	return clock.metric, clock.cycle


def standing(row):
	return (
		*(row.state, row.verdict or None, row.target_us, row.started_us, row.counted_from_us),
		*(row.due_us or None, row.wake_us or None, row.breached_us or None, row.stopped_us or None),
	)


def replayed_standing(clock):
	return (
		*(clock.state, clock.verdict, clock.target_us, clock.started, clock.counted_from),
		*(clock.due, clock.due, clock.breached_at, clock.stopped),
	)


def named_priority(id):
	return None if id == "default" else priority(id)
