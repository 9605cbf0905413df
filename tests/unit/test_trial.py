"""Histories under a contract on trial: counted period by period as statements count, charged in turn, changed singly."""

import random
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from sla_guard.engine import events as fact
from sla_guard.engine.calendar import Calendar
from sla_guard.engine.changes import HOURS, PAUSE, TARGET, Changed, Hours, other_hours, pauses, targets
from sla_guard.engine.coverage import Coverage, Row
from sla_guard.engine.figures import IN_PROGRESS, outcome
from sla_guard.engine.history import Told, events, in_order
from sla_guard.engine.instants import DAY, HOUR, MINUTE
from sla_guard.engine.lateness import lateness
from sla_guard.engine.penalty import Decided, charge
from sla_guard.engine.penalty.terms import HIGHEST
from sla_guard.engine.periods import MONTH, QUARTER
from sla_guard.engine.replay import readings, replay
from sla_guard.engine.terms import NOT_COVERED, RESOLUTION, RESPONSE, Policies, Target, Terms
from sla_guard.engine.trial import Timeline, Trial, measure
from sla_guard.engine.trial_account import Account, Deal
from sla_guard.simulation.contract import OnTrial
from sla_guard.simulation.measuring import Span, measured, pack_tickets, unpack_tickets
from sla_guard.simulation.tally import Tally
from tests.unit.factories import NINE_TO_FIVE, jan
from tests.unit.penalties import by_compliance, fixed, money, per_hour
from tests.unit.penalties import terms as penalties

OFFICE = Calendar("Europe/Paris", NINE_TO_FIVE, [date(2026, 1, 6)])
LATE = Calendar("Europe/Paris", [(day, 12 * 60, 20 * 60) for day in range(6)])
SHORT = Calendar("Europe/Paris", [(day, 10 * 60, 12 * 60) for day in range(5)])
ALWAYS = Calendar.always()
STATUSES = ("Open", "Replied", "On Hold", "Resolved", "Closed")
PRIORITIES = ("", "High", "Low")
CUSTOMERS = ("Acme", "Bolt")
COVERAGE = Coverage(
	(Row("high", "High"), Row("mail", service="Mail"), Row("rest")), frozenset(["Mail", "ERP"])
)


def trial(**rest):
	terms = Terms(
		targets=(
			Target("high", ALWAYS, HOUR, 8 * HOUR),
			Target("mail", OFFICE, None, 16 * HOUR),
			Target("rest", OFFICE, 2 * HOUR, 12 * HOUR),
		),
		pauses={RESOLUTION: {"On Hold": "customer"}},
		policies=rest.pop("policies", Policies()),
	)
	return Trial("v1", COVERAGE, terms, "Europe/Paris", **rest)


def a_history(chance, kinds=(fact.STATUS, fact.PRIORITY, fact.SERVICE, fact.CUSTOMER, fact.RESPONDED)):
	"""Some facts within three months, in order; two may be of one instant."""
	at = jan("5 09:00") + chance.randrange(60 * 24) * HOUR
	now = Told(
		at, 0, fact.OPENED, "Open", chance.choice(PRIORITIES), chance.choice(("", "Mail", "ERP", "Web"))
	)
	now = now._replace(customer=chance.choice(CUSTOMERS))
	told = [now]
	for sequence in range(1, chance.randint(1, 9)):
		kind = chance.choice((*kinds, fact.STATUS, fact.STATUS))
		at += chance.choice((0, 7 * MINUTE, HOUR, 5 * HOUR, 2 * DAY, 20 * DAY))
		field, values = {
			fact.STATUS: ("status", STATUSES),
			fact.PRIORITY: ("priority", PRIORITIES),
			fact.SERVICE: ("service", ("Mail", "ERP", "Web")),
			fact.CUSTOMER: ("customer", CUSTOMERS),
			fact.RESPONDED: ("answer", ("mail", "taken in charge", "")),
		}[kind]
		now = now._replace(
			at=at, sequence=sequence, kind=kind, **{"answer": "", field: chance.choice(values)}
		)
		told.append(now)
	return told


def histories(count, seed=1):
	chance = random.Random(seed)
	return [(f"T{number:03}", a_history(chance)) for number in range(count)]


POLICIES = [
	Policies(*row)
	for row in (("continue", "from opening"), ("new cycle", "from change"), ("continue", "keep"))
]


# ---- read at the end of each period


@pytest.mark.parametrize("policies", POLICIES)
def test_readings_at_many_instants_are_the_replays_of_what_was_known_before_each(policies):
	tried, chance = trial(policies=policies), random.Random(2)
	for _ticket, history in histories(150):
		told = events(history, tried.terms, tried.target_of)
		ends = sorted([told[-1].at + 1, *(told[0].at + chance.randrange(-DAY, 90 * DAY) for _ in range(5))])
		book = {tried.terms.hash: tried.terms}
		for end, clocks in zip(ends, readings(told, tried.terms, ends), strict=True):
			known = [each for each in told if each.at < end]
			assert clocks == replay(known, book, end)


def test_a_ticket_that_was_none_has_void_clocks_from_there_on():
	tried = trial()
	history = [
		Told(jan("5 09:00"), 0, fact.OPENED, "Open"),
		Told(jan("5 11:00"), 1, fact.VOID, "Open"),
		Told(jan("5 12:00"), 2, fact.STATUS, "Closed"),
	]
	told = events(history, tried.terms, tried.target_of)
	before, after = readings(told, tried.terms, [jan("5 10:00"), jan("7 10:00")])
	assert {clock.state for clock in before} == {"running"}
	assert after == replay(told, tried.terms, jan("7 10:00"))
	assert measure("T", history, tried, line(history)).verdicts == ()


def line(history, every=MONTH, zone="Europe/Paris", until=None):
	return Timeline(zone, every, history[0].at, until or max(each.at for each in history) + 40 * DAY)


@pytest.mark.parametrize("every", [MONTH, QUARTER])
@pytest.mark.parametrize("policies", POLICIES)
def test_what_a_ticket_comes_to_is_what_each_period_says_of_it_by_itself(every, policies):
	tried = trial(policies=policies, every=every, pauses_count=policies.priority != "keep")
	book = {tried.terms.hash: tried.terms}
	for ticket, history in histories(200, seed=3):
		when = line(history, every)
		found = measure(ticket, history, tried, when)
		told = events(history, tried.terms, tried.target_of)
		verdicts, late_at_end = Counter(), {}
		for place, (start, end) in enumerate(zip(when.starts, when.ends, strict=True)):
			clocks = replay([each for each in told if each.at < end], book, end)
			for clock in clocks:
				what, _at = outcome(clock, start, end)
				if what in ("met", "missed"):
					verdicts[place, clock.metric, what == "met"] += 1
				if clock.breached_at is not None:
					late = lateness(clock, clock.hours[-1][1], end, tried.pauses_count)
					late_at_end[clock.metric, clock.cycle, place] = late
		assert verdicts == Counter((each.place, each.metric, each.met) for each in found.verdicts)
		for each in found.missed:
			for place in range(each.place, len(when.ends)):
				assert each.late_at_end(place) == late_at_end[each.metric, each.cycle, place]
		assert found.in_progress == sum(outcome(clock, end, end)[0] == IN_PROGRESS for clock in clocks)


def test_only_what_is_the_customers_own_counts():
	tried = trial(customers=frozenset(["Acme"]))
	first = Told(jan("5 09:00"), 0, fact.OPENED, "Open", customer="Bolt")
	theirs = [first, first._replace(at=jan("9 09:00"), sequence=1, kind=fact.STATUS, status="Closed")]
	assert measure("T", theirs, tried, line(theirs)).targets == {NOT_COVERED}
	ours = [first, first._replace(at=jan("7 09:00"), sequence=1, kind=fact.CUSTOMER, customer="Acme")]
	ours.append(ours[-1]._replace(at=jan("30 09:00"), sequence=2, kind=fact.STATUS, status="Closed"))
	assert {each.customer for each in measure("T", ours, tried, line(ours)).verdicts} == {"Acme"}


def test_an_answer_of_which_no_more_is_known_counts_as_one_that_the_contract_takes():
	only_mails = Terms(targets=(Target("rest", ALWAYS, HOUR),), answers=frozenset(["mail"]))
	history = [Told(0, 0, fact.OPENED, "Open"), Told(MINUTE, 1, fact.RESPONDED, "Open")]
	told = events(history, only_mails, lambda each: "rest")
	assert replay(told, only_mails, 2 * HOUR)[0].stopped == MINUTE


# ---- what it costs

DEALS = {
	"each by itself": Deal(penalties(fixed(metric="Response"), per_hour(), fee=1000)),
	"capped": Deal(
		penalties(
			*(fixed(30), per_hour(7), by_compliance((0, 90, 500), (90, 100, 100))),
			fee=1000,
			breach_cap=money(90),
			period_cap=money(400),
			year_cap=money(900),
		)
	),
	"highest, minimum": Deal(penalties(fixed(30), per_hour(7), cumulation=HIGHEST, minimum_payable=200)),
	"multiplied": Deal(penalties(fixed(30, multiplier=Decimal(3), multiplied_from=3))),
	"earned back": Deal(penalties(fixed(30)), ("Response", Decimal(20), 1)),
}


def by_customer(found):
	verdicts, missed = {}, {}
	for each in found:
		for verdict in each.verdicts:
			verdicts.setdefault(verdict.customer, Counter())[verdict] += 1
		for late in each.missed:
			missed.setdefault(late.customer, []).append(late)
	return verdicts, missed


def spread_over(tickets):
	return Span(
		min(told[0].at for _t, told in tickets), max(each.at for _t, told in tickets for each in told)
	)


@pytest.mark.parametrize("name", DEALS)
@pytest.mark.parametrize("every", [MONTH, QUARTER])
def test_an_account_is_what_the_engine_charges_for_all_that_was_missed(name, every):
	tried, tickets = trial(every=every), histories(120, seed=4)
	when = spread_over(tickets).line(tried)
	deal = DEALS[name].over(when.first_day)
	verdicts, missed = by_customer([measure(*each, tried, when) for each in tickets])
	for customer, lates in missed.items():
		account = Account(deal, when, lates, verdicts[customer])
		used = {}
		for due in account.dues():
			place = when.periods.index(due.period)
			# Everything that was missed so far: more than is needed changes nothing.
			known = [account._miss(late, place) for late in lates if late.place <= place]
			decided = [each for each in verdicts[customer].elements() if each.place == place]
			year = due.period.first.year
			whole = charge(
				*(
					due.period,
					[deal.terms],
					known,
					[_decided(each) for each in decided],
					{},
					"Europe/Paris",
				),
				used_in_year=used.get(year, Decimal(0)),
				earn_back=due.charge.earn_back,
			)
			used[year] = used.get(year, Decimal(0)) + whole.used_of_year
			assert (due.charge.gross, due.charge.capped) == (whole.gross, whole.capped)
			assert (due.charge.lapsed, due.charge.total) == (whole.lapsed, whole.total)
			assert due.breaches == sum(late.place == place for late in lates)


def _decided(verdict):
	return Decided(verdict.metric, verdict.priority, verdict.service, verdict.met)


@pytest.mark.parametrize("name", DEALS)
def test_an_account_changed_by_some_tickets_is_that_of_the_changed_tickets(name):
	tried, tickets, chance = trial(), histories(120, seed=5), random.Random(6)
	when = spread_over(tickets).line(tried)
	longer = Changed(next(targets(tried.terms)), tried, Hours(frozenset(), {}), (0, 0)).trial
	deal = DEALS[name].over(when.first_day)
	before = {ticket: measure(ticket, told, tried, when) for ticket, told in tickets}
	gone = {ticket for ticket, _told in tickets if chance.random() < 0.5}
	after = {ticket: measure(ticket, told, longer, when) for ticket, told in tickets if ticket in gone}
	verdicts, missed = by_customer(before.values())
	new_verdicts, new_missed = by_customer((before | after).values())
	_less, more = by_customer(after.values())
	for customer, lates in missed.items():
		changed = Account(deal, when, lates, verdicts[customer]).instead(
			gone, more.get(customer, []), new_verdicts.get(customer, {})
		)
		whole = Account(deal, when, new_missed.get(customer, []), new_verdicts.get(customer, {})).dues()
		totals = [
			{due.period: due.charge[1:6] for due in dues if any(due.charge[1:6])} for dues in (changed, whole)
		]
		assert totals[0] == totals[1]


def test_a_contract_is_taken_as_in_force_from_before_the_history_with_its_own_anniversaries():
	begun = penalties(first=date(2026, 4, 10), next=date(2027, 4, 10), penalties_from=date(2026, 6, 1))
	of_2016 = Deal(begun).over(date(2016, 2, 29)).terms
	assert (of_2016.first, of_2016.next, of_2016.penalties_from) == (date(2015, 4, 10), None, None)
	assert Deal(begun).over(date(2026, 4, 10)).terms.first == date(2026, 4, 10)
	assert Deal(begun).over(date(2026, 12, 1)).terms.first == date(2026, 4, 10)


# ---- single changes

HOURS_HERE = Hours(
	frozenset(["mail", "rest"]), {"Always": ALWAYS, "Late": LATE, "Office": OFFICE, "Short": SHORT}
)


def all_changes(tried, span):
	found = [
		*targets(tried.terms),
		*pauses(tried.terms, STATUSES[1:]),
		*other_hours(tried.terms, HOURS_HERE, span),
	]
	return [Changed(each, tried, HOURS_HERE, span) for each in found]


@pytest.mark.parametrize("policies", POLICIES)
def test_a_ticket_that_a_change_does_not_touch_comes_to_the_same_by_it(policies):
	tried, tickets = trial(policies=policies), histories(150, seed=7)
	span = spread_over(tickets)
	when = span.line(tried)
	touched = Counter()
	for ticket, told in tickets:
		before = measure(ticket, told, tried, when)
		for change in all_changes(tried, span):
			if change.touches(told, before):
				touched[change.change.kind] += 1
			else:
				assert measure(ticket, told, change.trial, when)[:3] == before[:3], change.change
	assert set(touched) == {TARGET, PAUSE, HOURS}


def test_hours_that_are_only_open_longer_are_not_tried():
	# After the holiday, on which the short ones open all the same.
	span = (jan("7 00:00"), jan("30 00:00"))
	found = [change.change for change in all_changes(trial(), span) if change.change.kind == HOURS]
	assert [change.hours for change in found] == ["Late", "Short"]
	assert {
		each.change.hours: each.may_spoil for each in all_changes(trial(), span) if each.change.hours
	} == {
		"Late": True,
		"Short": False,
	}


def test_a_longer_target_goes_up_usual_steps_and_a_response_not_past_its_resolution():
	terms = Terms(targets=(Target("rest", OFFICE, 6 * HOUR, 8 * HOUR),))
	found = [(each.metric, each.to_us // HOUR) for each in targets(terms)]
	assert found == [(RESPONSE, 8), (RESOLUTION, 12), (RESOLUTION, 16)]


# ---- batches


def contract(deal, every=MONTH):
	return OnTrial("C", "Gold", trial(every=every), deal, HOURS_HERE, STATUSES[1:], {})


def tally(tickets, size, deal, order=1):
	tried, span = contract(deal), spread_over(tickets)
	starts = list(range(0, len(tickets), size))[::order]
	batches = [measured(tickets[start : start + size], [tried], span)[0] for start in starts]
	when = span.line(tried.trial)
	found = Tally(deal.over(when.first_day), when, lambda: batches)
	return found, [each.change for each in tried.changes(span)]


def says(found, changes):
	verdicts = {customer: dict(counts) for customer, counts in found.verdicts.items()}
	dearest = [row[:3] for row in found.dearest()]
	return verdicts, found.counts, found.total, found.gross, found.breaches, dearest, found.saved(changes)


@pytest.mark.parametrize("name", DEALS)
def test_the_result_is_the_same_whatever_the_batches_and_their_order(name):
	tickets = histories(60, seed=8)
	told = says(*tally(tickets, 60, DEALS[name]))
	assert told[4] > 10
	for size, order in ((7, 1), (7, -1), (1, 1)):
		assert says(*tally(tickets, size, DEALS[name], order)) == told


@pytest.mark.parametrize("name", DEALS)
def test_what_is_shown_of_the_changes_is_exactly_what_they_save_and_none_saves_more(name):
	tickets = histories(60, seed=9)
	found, changes = tally(tickets, 20, DEALS[name])
	shown = found.saved(changes)
	exact = sorted(
		(found._with(change, place) for place, change in enumerate(changes)), key=lambda each: -each.saved
	)
	assert [each.saved for each in shown] == [each.saved for each in exact[: len(shown)]]
	assert len(shown) == min(10, sum(each.saved > 0 for each in exact))
	for each in shown:
		changed = Changed(each.change, trial(), HOURS_HERE, spread_over(tickets)).trial
		again, _changes = tally_of(changed, tickets, DEALS[name])
		assert (again.total, again.breaches) == (each.total, each.breaches)


def tally_of(tried, tickets, deal):
	span = spread_over(tickets)
	under = OnTrial("C", "Gold", tried, deal, Hours(frozenset(), {}), (), {})
	batches = measured(tickets, [under], span)
	when = span.line(tried)
	return Tally(deal.over(when.first_day), when, lambda: batches), []


def test_a_history_is_the_same_after_it_was_stored():
	tickets = histories(20)
	assert unpack_tickets(pack_tickets(tickets)) == tickets
	assert all(in_order(reversed(told)) == told for _ticket, told in tickets)
