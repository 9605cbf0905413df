"""What an account on trial comes to, also changed by some tickets: for any contract what charging all of it anew says."""

from collections import Counter
from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sla_guard.engine.instants import HOUR
from sla_guard.engine.penalty import Decided, Miss, charge, compliance
from sla_guard.engine.penalty.in_turn import Before, given_back, used_in_year
from sla_guard.engine.penalty.rules import BY_COMPLIANCE
from sla_guard.engine.penalty.terms import CUMULATIONS
from sla_guard.engine.periods import MONTH, QUARTER
from sla_guard.engine.terms import METRICS
from sla_guard.engine.trial import Late, Timeline, Verdict
from sla_guard.engine.trial_account import Account, Deal
from sla_guard.engine.wall_clock import day_start
from tests.unit.penalty_cases import OF_BREACHES, PRIORITIES, SERVICES, ZONES, a_version, some_lateness

TICKETS = ("T1", "T2", "T3", "T4", "T5")
# The year of a contract ends within it.
FIRST, UNTIL, SIGNED = date(2026, 3, 20), date(2026, 10, 5), date(2024, 7, 10)


def a_line(chance):
	zone = chance.choice(ZONES)
	return Timeline(zone, chance.choice([MONTH, QUARTER]), *(day_start(zone, day) for day in (FIRST, UNTIL)))


def a_deal(chance, line):
	monthly = line.periods[0].next.month - line.periods[0].first.month == 1
	shared = {
		"decimals": chance.choice([0, 2]),
		"cap_every": MONTH if monthly else chance.choice([MONTH, QUARTER]),
	}
	kinds = (*OF_BREACHES, BY_COMPLIANCE)
	terms = a_version(chance, "v1", SIGNED, None, kinds, CUMULATIONS, True, shared)
	earn_back = chance.choice(METRICS), Decimal(chance.choice([0, 50])), chance.randint(1, 2)
	return Deal(terms, earn_back) if chance.random() < 0.5 else Deal(terms)


def some_lates(chance, line, ticket):
	"""What a ticket missed, perhaps nothing; several in one period more often than not."""
	every = [(metric, cycle) for metric in METRICS for cycle in (1, 2, 3)]
	return [a_late(chance, line, ticket, *each) for each in chance.sample(every, chance.choice([0, 1, 2, 4]))]


def a_late(chance, line, ticket, metric, cycle):
	at = line.starts[0] + chance.randrange((line.until - line.starts[0]) // HOUR) * HOUR
	place = line.place(at)
	lates = [some_lateness(chance)]
	for _ in range(chance.choice([0, 0, 1, 3])):
		lates.append(some_lateness(chance, lates[-1]))
	names = chance.choice(PRIORITIES), chance.choice(SERVICES), "Acme"
	return Late(ticket, metric, cycle, at, *names, place, tuple(lates[: len(line.periods) - place]))


def some_verdicts(chance, line, missed):
	met = [
		(chance.randrange(len(line.periods)), chance.choice(METRICS), chance.choice(PRIORITIES), True)
		for _ in range(chance.randrange(20))
	]
	not_met = [(late.place, late.metric, late.priority, False) for late in missed]
	return Counter(
		Verdict(place, "", metric, priority, "Mail", "Acme", kept)
		for place, metric, priority, kept in (*met, *not_met)
	)


# ---- all of it anew


def charged_anew(deal, line, missed, verdicts):
	"""One period after the other as the engine charges it, each with all that was missed by its end."""
	before, found = [], {}
	metric = deal.earn_back[0]
	for place, period in enumerate(line.periods):
		decided = [Decided(*each[2:5], each.met, n) for each, n in verdicts.items() if each.place == place]
		charged = charge(
			period,
			[deal.terms],
			[_miss(late, place) for late in missed if late.place <= place],
			decided,
			{},
			line.zone,
			used_in_year(deal.terms.first, period, before),
			given_back(period, before, *deal.earn_back, decided),
		)
		share = compliance(decided, metric) if metric else None
		before.append(Before(period, charged.used_of_year, charged.total, share))
		found[period] = charged
	return found


def _miss(late, place):
	names = late.ticket, late.metric, late.cycle, late.breached_us, late.priority, late.service
	return Miss(late.key, *names, "v1", late.late_at_end(place - 1), late.late_at_end(place))


def amounts(charges):
	"""Gross, capped, earned back, lapsed and total of each period that has any."""
	return {period: charged[1:6] for period, charged in charges.items() if any(charged[1:6])}


def lines(charges):
	return {
		(period, line.key, line.rule): (line.gross, line.amount)
		for period, charged in charges.items()
		for line in charged.lines
		if line.gross
	}


def by_period(dues):
	return {due.period: due.charge for due in dues}


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**40).map(Random))
def test_an_account_changed_once_and_again_is_each_time_what_charging_all_of_it_anew_says(chance):
	line = a_line(chance)
	deal = a_deal(chance, line)
	missed = [late for ticket in TICKETS for late in some_lates(chance, line, ticket)]
	verdicts = some_verdicts(chance, line, missed)
	account = Account(deal, line, missed, verdicts)
	anew = charged_anew(deal, line, missed, verdicts)
	assert amounts(by_period(account.dues())) == amounts(anew)
	assert lines(by_period(account.dues())) == lines(anew)
	for _ in range(3):
		gone = {ticket for ticket in (*TICKETS, "T6") if chance.random() < 0.4}
		instead = [late for ticket in sorted(gone) for late in some_lates(chance, line, ticket)]
		after = [late for late in missed if late.ticket not in gone] + instead
		decided = some_verdicts(chance, line, after)
		found = account.instead(gone, instead, decided)
		assert amounts(by_period(found)) == amounts(charged_anew(deal, line, after, decided))
	assert lines(by_period(account.dues())) == lines(anew)
