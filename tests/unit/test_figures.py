"""What the commitments of a period come to. June is the 5th to the 9th of January 2026 here, July the days after it."""

from collections import Counter

import pytest

from sla_guard.engine.calendar import Calendar
from sla_guard.engine.clock import MET, MISSED
from sla_guard.engine.events import RESPONDED, STATUS
from sla_guard.engine.figures import IN_PROGRESS, Commitment, compliance, durations, figures, outcome
from sla_guard.engine.instants import DAY, HOUR, moment
from sla_guard.engine.terms import MAIL, RESOLUTION, RESPONSE
from tests.unit.factories import clocks, event, jan, office, opened, terms

START, END = jan("5 00:00"), jan("10 00:00")
LATER = jan("20 00:00")


def commitments(ticket, *events, start=START, end=END, pauses=None, **rest):
	"""Of a ticket of one hour and eight hours, as they are at the end of the period."""
	known = [each for each in events if each.at < end]
	agreed = terms(pauses=pauses or {}, **rest)
	found = clocks(*known, terms=agreed, now=_text(end))
	return [
		Commitment(ticket, clock, *outcome(clock, start, end), "P1", "", "SLA-1", office()) for clock in found
	]


def _text(at):
	return moment(at).strftime("%d %H:%M")


def outcomes(found, metric=RESOLUTION):
	return [each.outcome for each in found if each.clock.metric == metric]


def closed(at, sequence=1):
	return event(at, STATUS, "Closed", sequence=sequence)


def reopened(at, sequence=2):
	return event(at, STATUS, "Open", sequence=sequence)


class TestOutcome:
	def test_stopped_in_time_is_met_at_the_stop(self):
		found = commitments("T", opened("5 09:00"), closed("5 12:00"))
		assert [(each.outcome, each.at) for each in found if each.clock.metric == RESOLUTION] == [
			(MET, jan("5 12:00"))
		]

	def test_opened_in_june_missed_in_july_closed_in_august_is_missed_in_july_only(self):
		life = (opened("9 12:00"), closed("20 12:00"))
		june = commitments("T", *life)
		july = commitments("T", *life, start=END, end=LATER)
		august = commitments("T", *life, start=LATER, end=jan("30 00:00"))
		assert outcomes(june) == [IN_PROGRESS]
		assert outcomes(july) == [MISSED]
		assert outcomes(august) == [""]

	def test_met_in_june_reopened_and_missed_in_july_counts_in_both(self):
		life = (opened("9 09:00"), closed("9 12:00"), reopened("12 09:00"), closed("14 12:00", 3))
		assert outcomes(commitments("T", *life)) == [MET]
		assert outcomes(commitments("T", *life, start=END, end=LATER)) == [MISSED]

	def test_missed_wins_over_met_in_one_period(self):
		life = (opened("5 09:00"), closed("5 12:00"), reopened("6 09:00"), closed("8 12:00", 3))
		assert outcomes(commitments("T", *life)) == [MISSED]

	def test_reopened_and_not_yet_stopped_at_the_end_is_in_progress(self):
		assert outcomes(commitments("T", opened("9 09:00"), closed("9 12:00"), reopened("9 16:00"))) == [
			IN_PROGRESS
		]

	def test_a_due_at_the_very_end_belongs_to_the_next_period(self):
		end = jan("5 17:00")
		assert outcomes(commitments("T", opened("5 09:00"), end=end)) == [IN_PROGRESS]
		assert outcomes(commitments("T", opened("5 09:00"), start=end, end=END)) == [MISSED]


class TestCompliance:
	def test_is_counted_by_metric_priority_and_service_responses_first(self):
		found = [
			*commitments("A", opened("5 09:00"), event("5 09:30", RESPONDED, MAIL), closed("5 12:00", 2)),
			*commitments("B", opened("5 09:00")),
		]
		assert list(compliance(found).items()) == [
			((RESPONSE, "P1", ""), Counter(met=1, missed=1)),
			((RESOLUTION, "P1", ""), Counter(met=1, missed=1)),
		]

	def test_what_was_decided_before_the_period_is_in_no_count(self):
		assert compliance(commitments("A", opened("5 09:00"), closed("5 12:00"), start=END, end=LATER)) == {}


class TestFigures:
	def test_tickets_opened_closed_and_left(self):
		found = [
			*commitments("A", opened("5 09:00"), closed("5 12:00")),
			*commitments("B", opened("6 09:00")),
			*commitments("C", opened("6 09:00"), closed("7 09:00"), reopened("9 00:00")),
		]
		read = figures(found, START, END)
		assert (read.opened, read.closed, read.reopened, read.backlog) == (3, 1, 1, 2)
		assert read.backlog_age == durations([END - jan("6 09:00")] * 2)

	def test_reopened_and_closed_in_one_instant_is_a_reopening(self):
		life = (opened("5 09:00"), closed("5 12:00"), reopened("6 09:00"), closed("6 09:00", 3))
		assert figures(commitments("A", *life), START, END).reopened == 1

	def test_a_new_cycle_is_a_reopening_and_its_ticket_is_closed_once(self):
		found = commitments(
			"A",
			opened("5 09:00"),
			closed("5 12:00"),
			reopened("6 09:00"),
			closed("6 11:00", 3),
			reopen="new cycle",
		)
		read = figures(found, START, END)
		assert (read.opened, read.closed, read.reopened, read.backlog) == (1, 1, 1, 0)
		assert read.time_to_resolve == durations([3 * HOUR, 2 * HOUR])

	def test_times_are_support_time_of_what_stopped_in_the_period_missed_or_not(self):
		found = [
			*commitments("A", opened("5 09:00"), event("5 09:30", RESPONDED, MAIL), closed("6 10:00", 2)),
			*commitments("B", opened("5 09:00"), event("5 12:00", RESPONDED, MAIL)),
		]
		read = figures(found, START, END)
		assert read.time_to_respond == durations([HOUR // 2, 3 * HOUR])
		assert read.time_to_resolve == durations([9 * HOUR])

	def test_of_nothing_there_is_no_median(self):
		assert durations([]) == (0, None, None)

	@pytest.mark.parametrize(
		"held, to_see",
		[("5 16:00", 0), ("5 16:12", 1), ("5 16:11", 0)],
		ids=["seven hours used", "nine tenths used", "a minute less"],
	)
	def test_a_pause_begun_in_the_last_tenth_of_the_target_is_to_be_seen(self, held, to_see):
		found = commitments(
			"A",
			opened("5 09:00"),
			event(held, STATUS, "On Hold"),
			reopened("6 10:00"),
			pauses={RESOLUTION: {"On Hold": "customer"}},
		)
		read = figures(found, START, END)
		assert read.pauses == 1
		assert [pause.late for pause in read.pauses_to_see] == [True] * to_see

	def test_a_pause_of_more_than_five_working_days_is_to_be_seen(self):
		def pauses(until):
			life = (opened("5 09:00"), event("5 10:00", STATUS, "On Hold"), reopened(until))
			found = commitments("A", *life, end=jan("30 00:00"), pauses={RESOLUTION: {"On Hold": "customer"}})
			return [pause.long for pause in figures(found, START, jan("30 00:00")).pauses_to_see]

		# Five days of eight hours are over on Monday at ten.
		assert pauses("12 10:00") == []
		assert pauses("12 10:01") == [True]


def test_a_usual_day_is_the_week_over_its_days():
	assert office().usual_day == 8 * HOUR
	assert Calendar.always().usual_day == DAY
	lunch = [(0, 9 * 60, 12 * 60), (0, 11 * 60, 13 * 60), (1, 22 * 60, 6 * 60)]
	assert Calendar("UTC", lunch).usual_day == 6 * HOUR
