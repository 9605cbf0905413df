"""What a ticket was is worked out backwards from what it is; nothing here needs a site."""

import random
from itertools import pairwise

import pytest

from sla_guard.helpdesk.timeline import STATUS, Change, Mail, Version, in_order, past_of

CREATED = 100


def version(at, by="agent", **changed):
	return Version(at, by, changed)


def past(present, *versions, mails=(), created=CREATED, touched=None):
	touched = touched or max([created, *(each.at_us for each in (*versions, *mails))])
	return past_of(present, versions, mails, created, touched)


class TestVersions:
	def test_untouched_it_was_always_so(self):
		found = past({STATUS: "Closed", "priority": "High"})
		assert found.first == {STATUS: "Closed", "priority": "High"}
		assert found.changes == []

	def test_the_first_value_is_what_the_first_version_says_that_it_was(self):
		found = past({STATUS: "Closed"}, version(110, status=("Replied", "Closed")))
		assert found.first == {STATUS: "Replied"}
		assert found.changes == [Change(110, STATUS, "Closed", "agent")]

	def test_fields_are_followed_apart(self):
		found = past(
			{STATUS: "Open", "priority": ""},
			version(110, status=("Open", "Closed"), priority=("", "High")),
			version(120, status=("Closed", "Open")),
			version(130, priority=("High", "")),
		)
		assert found.first == {STATUS: "Open", "priority": ""}
		assert [(each.at_us, each.field, each.value) for each in found.changes] == [
			(110, STATUS, "Closed"),
			(110, "priority", "High"),
			(120, STATUS, "Open"),
			(130, "priority", ""),
		]

	def test_what_happens_at_one_instant_is_put_in_order_from_the_present(self):
		steps = ["Open", "Replied", "On Hold", "Replied", "Closed"]
		versions = [version(110, status=(was, became)) for was, became in pairwise(steps)]
		for seed in range(20):
			random.Random(seed).shuffle(versions)
			told = [each.changed[STATUS] for each in in_order(versions, {STATUS: "Closed"})]
			assert told[0][0] == "Open" and told[-1][1] == "Closed"
			assert all(before[1] == after[0] for before, after in pairwise(told))


class TestWhatIsNotTold:
	def test_between_two_versions_it_is_dated_when_it_is_seen(self):
		found = past(
			{STATUS: "Closed"},
			version(110, status=("Open", "Replied")),
			version(150, status=("On Hold", "Closed")),
		)
		assert found.changes == [
			Change(110, STATUS, "Replied", "agent"),
			Change(150, STATUS, "On Hold", since_us=110),
			Change(150, STATUS, "Closed", "agent"),
		]

	def test_after_the_last_version_it_is_dated_when_the_ticket_was_last_written_to(self):
		found = past({STATUS: "Closed"}, version(110, status=("Open", "Replied")), touched=180)
		assert found.changes[-1] == Change(180, STATUS, "Closed", since_us=110)

	def test_without_any_version_a_ticket_was_open_and_the_rest_as_it_is(self):
		found = past({STATUS: "Closed", "priority": "High"}, touched=180)
		assert found.first == {STATUS: "Open", "priority": "High"}
		assert found.changes == [Change(180, STATUS, "Closed", since_us=CREATED)]


def test_the_first_status_may_be_known():
	found = past_of({STATUS: "Open"}, [], [Mail(CREATED, "x")], CREATED, CREATED, "Closed")
	assert found.first == {STATUS: "Closed"}
	assert found.changes == [Change(CREATED, STATUS, "Open", "x")]
	assert [found.status_before(at) for at in (CREATED, CREATED + 1)] == ["Closed", "Open"]


class TestMails:
	def test_a_mail_opens_a_ticket(self):
		found = past(
			{STATUS: "Open"}, version(110, status=("Open", "Closed")), mails=[Mail(120, "Administrator")]
		)
		assert found.changes[-1] == Change(120, STATUS, "Open", "Administrator")

	def test_one_that_is_open_stays_as_it_is(self):
		found = past({STATUS: "Closed"}, version(130, status=("Open", "Closed")), mails=[Mail(120, "x")])
		assert found.changes == [Change(130, STATUS, "Closed", "agent")]

	def test_one_that_was_moved_here_opened_it_when_it_was_made(self):
		found = past({STATUS: "Open"}, mails=[Mail(50, "x")], touched=CREATED)
		assert (found.first, found.changes) == ({STATUS: "Open"}, [])

	def test_it_narrows_down_what_is_not_told(self):
		found = past(
			{STATUS: "Closed"},
			version(110, status=("Open", "On Hold")),
			mails=[Mail(120, "x")],
			touched=180,
		)
		assert found.changes[-1] == Change(180, STATUS, "Closed", since_us=120)


@pytest.mark.parametrize("seed", range(200))
def test_a_life_that_left_all_its_versions_is_found_again(seed):
	draw = random.Random(seed)
	first = {STATUS: "Open", "priority": draw.choice(["", "High"]), "customer": "Acme"}
	choices = {
		STATUS: ["Open", "Replied", "Closed"],
		"priority": ["", "Low", "High"],
		"customer": ["Acme", "Globex"],
	}
	now, values, versions, mails, lived = CREATED, dict(first), [], [], []
	for _step in range(draw.randrange(12)):
		now += draw.randrange(1, 50)
		if draw.random() < 0.3:
			mails.append(Mail(now, "customer"))
			new = {STATUS: "Open"}
		else:
			new = {field: draw.choice(its) for field, its in choices.items() if draw.random() < 0.5}
			changed = {
				field: (values[field], value) for field, value in new.items() if values[field] != value
			}
			versions += [Version(now, "agent", changed)] if changed else []
		lived += [(now, field, value) for field, value in new.items() if values[field] != value]
		values |= new
	draw.shuffle(versions)
	found = past_of(values, versions, mails, CREATED, now)
	assert found.first == first
	assert sorted((each.at_us, each.field, each.value) for each in found.changes) == sorted(lived)
	assert not any(each.since_us for each in found.changes)
