"""Which row of a contract a ticket falls under."""

import pytest

from sla_guard.engine.coverage import Coverage, Row
from sla_guard.engine.errors import WrongInput
from sla_guard.engine.terms import NOT_COVERED

GOLD = (
	Row("default"),
	Row("p1", priority="P1"),
	Row("p1 mail", priority="P1", service="Mail"),
	Row("p1 bug", priority="P1", issue_type="Bug"),
	Row("mail", service="Mail"),
	Row("mail bug", service="Mail", issue_type="Bug"),
)


@pytest.mark.parametrize(
	"ticket, row",
	[
		pytest.param({}, "default", id="nothing named"),
		pytest.param({"priority": "P1"}, "p1", id="priority"),
		pytest.param({"priority": "P9"}, "default", id="a priority that the contract does not list"),
		pytest.param(
			{"priority": "P9", "service": "Mail"}, "mail", id="unlisted priority of a listed service"
		),
		pytest.param({"priority": "P1", "service": "Mail"}, "p1 mail", id="priority and service"),
		pytest.param(
			{"priority": "P1", "service": "Mail", "issue_type": "Bug"},
			"p1 mail",
			id="the service beats the issue type",
		),
		pytest.param(
			{"priority": "P1", "service": "ERP", "issue_type": "Bug"}, "p1 bug", id="priority beats service"
		),
		pytest.param({"service": "Mail", "issue_type": "Bug"}, "mail bug", id="service and issue type"),
		pytest.param(
			{"service": "ERP", "issue_type": "Bug"}, "default", id="a row matches whole or not at all"
		),
	],
)
def test_the_most_specific_row_wins(ticket, row):
	assert Coverage(GOLD).target_for(**ticket) == row
	assert Coverage(GOLD[::-1]).target_for(**ticket) == row


@pytest.mark.parametrize(
	"ticket, row",
	[
		pytest.param({"priority": "P1", "service": "Mail"}, "p1 mail", id="covered"),
		pytest.param({"priority": "P1", "service": "ERP"}, "p1", id="covered, without a row of its own"),
		pytest.param({"priority": "P1", "service": "Telephony"}, NOT_COVERED, id="not covered"),
		pytest.param({"priority": "P1"}, "default", id="to be qualified: the default target"),
	],
)
def test_where_services_are_listed_only_those_are_covered(ticket, row):
	assert Coverage(GOLD, frozenset({"Mail", "ERP"})).target_for(**ticket) == row


@pytest.mark.parametrize("service, expected", [("", True), ("Mail", False), ("Telephony", False)])
def test_a_service_is_to_be_named_where_services_are_listed(service, expected):
	assert Coverage(GOLD, frozenset({"Mail"})).to_be_qualified(service) is expected
	assert not Coverage(GOLD).to_be_qualified(service)


@pytest.mark.parametrize(
	"rows, message",
	[
		pytest.param((), "No default target", id="no row"),
		pytest.param((Row("p1", "P1"),), "No default target", id="no default target"),
		pytest.param(
			(Row("a"), Row("b", "P1"), Row("c", "P1")),
			"Rows 'b' and 'c' are for the same priority",
			id="a scope twice",
		),
	],
)
def test_rows_that_leave_it_open_are_refused(rows, message):
	with pytest.raises(WrongInput, match=message):
		Coverage(rows)
