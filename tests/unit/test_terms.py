"""Terms as a value: the canonical text, and what is refused."""

import json
from dataclasses import replace

import pytest

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.instants import HOUR
from sla_guard.engine.terms import NOT_COVERED, Policies, Target, Terms, terms_from_json
from tests.unit.factories import office, target, terms

# ---- the canonical text


def rich():
	return terms(
		target("p1", calendar=office(zone="Europe/Paris")),
		target("default", response=None),
		pauses={"Resolution": {"On Hold": "customer", "Replied": "customer"}, "Response": {}},
		restored_stops=True,
		reopen="new cycle",
	)


def test_the_json_says_everything_and_gives_the_same_terms_back():
	again = terms_from_json(rich().json)
	assert again == rich() and again.hash == rich().hash
	assert again.json == rich().json
	assert again.target("p1").calendar == rich().target("p1").calendar
	assert again.policies == rich().policies


def test_the_same_text_is_the_same_object_so_that_its_calendars_stay_warm():
	assert terms_from_json(rich().json) is terms_from_json(rich().json)


def test_terms_entered_in_another_order_have_the_same_hash():
	one = rich()
	other = replace(
		one,
		targets=tuple(reversed(one.targets)),
		pauses={"Resolution": {"Replied": "customer", "On Hold": "customer"}},
	)
	assert one.hash == other.hash and one == other and hash(one) == hash(other)


@pytest.mark.parametrize(
	"change",
	[
		{"restored_stops": False},
		{"closing_answers": False},
		{"answers": frozenset({"mail"})},
		{"stops": frozenset({"Closed"})},
		{"pauses": {"Resolution": {"On Hold": "vendor"}}},
		{"policies": Policies(reopen="continue")},
		{"targets": (target("default"),)},
		{"targets": (*terms().targets, target("p1", calendar=office(zone="Europe/Berlin")))},
	],
)
def test_whatever_is_changed_changes_the_hash(change):
	assert replace(rich(), **change).hash != rich().hash


def test_the_canonical_form_does_not_change_between_releases():
	"""Clocks of the past are linked to terms by this hash: a change of the form needs a new format number."""
	assert terms().json == (
		'{"answers":["mail","taken in charge"],"calendars":{"d68b12dd3eaf16e1":{"half_days":[],"holidays":[],'
		'"windows":[[0,540,1020],[1,540,1020],[2,540,1020],[3,540,1020],[4,540,1020]],"zone":"UTC"}},'
		'"closing_answers":true,"format":1,"pauses":{},"policies":{"customer":"from opening","priority":"from opening",'
		'"reopen":"continue","service":"from opening"},"restored_stops":false,'
		'"stops":["Closed","Resolved"],"targets":[{"calendar":"d68b12dd3eaf16e1","id":"default",'
		'"resolution_us":28800000000,"response_us":3600000000}]}'
	)


def test_terms_cannot_be_changed_once_made():
	made = rich()
	with pytest.raises(AttributeError):
		made.restored_stops = False
	with pytest.raises(TypeError):
		made.pauses["Resolution"]["Open"] = "customer"


@pytest.mark.parametrize(
	"text, message",
	[
		pytest.param("", "Not the JSON of terms", id="nothing"),
		pytest.param("[]", "Not the JSON of terms", id="a list"),
		pytest.param("{}", "Not the JSON of terms: 'format'", id="an empty object"),
		pytest.param('{"format":2}', "unknown format", id="another format"),
		pytest.param(json.dumps(json.loads(terms().json) | {"more": 1}), "more", id="a field too many"),
		pytest.param(
			terms().json.replace('"UTC"', '"Mars"'), "Unknown time zone: 'Mars'", id="a zone gone since"
		),
	],
)
def test_text_that_is_not_the_json_of_terms_is_refused(text, message):
	with pytest.raises(WrongInput, match=message):
		terms_from_json(text)


# ---- what is refused, with what and where


@pytest.mark.parametrize(
	"make, message",
	[
		pytest.param(lambda: Terms(targets=()), "Terms without a target", id="no target"),
		pytest.param(
			lambda: terms(target("default", response=0)),
			"Target 'default': a Response time of 0 µs is not a positive",
			id="zero target",
		),
		pytest.param(
			lambda: terms(target("default", resolution=-1)),
			"Target 'default': a Resolution time of -3600000000 µs is not",
			id="negative target",
		),
		pytest.param(
			lambda: terms(Target("default", office(), 1.5 * HOUR)),
			"a Response time of 5400000000.0 µs",
			id="fraction",
		),
		pytest.param(
			lambda: terms(Target("default", None)), "Target 'default' has no support hours", id="no hours"
		),
		pytest.param(lambda: terms(target("")), "'' is not the id of a target", id="no id"),
		pytest.param(lambda: terms(target(NOT_COVERED)), "'not covered' is not the id", id="reserved id"),
		pytest.param(lambda: terms(target(None)), "None is not the id of a target", id="None"),
		pytest.param(
			lambda: terms(target("default"), target("default")),
			"Two targets have the id 'default'",
			id="an id twice",
		),
		pytest.param(
			lambda: terms(pauses={"Resolution": {"Closed": "customer"}}),
			"Status 'Closed' both pauses Resolution and stops",
			id="pauses and stops",
		),
		pytest.param(
			lambda: terms(pauses={"Response": {"Resolved": "customer"}}),
			"Status 'Resolved' both pauses Response and stops",
			id="pauses Response and stops",
		),
		pytest.param(
			lambda: terms(pauses={"Resolution": {"On Hold": "weather"}}),
			"pauses of Resolution, On Hold: 'weather' is none of customer, vendor",
			id="unknown reason",
		),
		pytest.param(
			lambda: terms(pauses={"Update": {}}), "pauses: 'Update' is none of Response", id="unknown metric"
		),
		pytest.param(
			lambda: terms(pauses={"Resolution": {"": "customer"}}),
			"pauses of Resolution: '' is not a name",
			id="no status",
		),
		pytest.param(
			lambda: terms(answers={"smoke"}), "answers: 'smoke' is none of mail", id="unknown answer"
		),
		pytest.param(lambda: terms(answers=()), "Nothing counts as a response", id="no answer counts"),
		pytest.param(lambda: terms(stops=()), "No status stops Resolution", id="nothing stops"),
		pytest.param(
			lambda: terms(stops="Closed"), "stops: 'Closed' is one name, not a list", id="text for a list"
		),
		pytest.param(
			lambda: terms(closing_answers="no"), "closing_answers: 'no' is none of True", id="text for a tick"
		),
		pytest.param(
			lambda: terms(reopen="keep"),
			"policy for reopen: 'keep' is none of continue, new cycle",
			id="reopen policy",
		),
		pytest.param(
			lambda: terms(service="later"), "policy for service: 'later' is none of", id="service policy"
		),
	],
)
def test_terms_that_no_clock_can_be_measured_with_are_refused(make, message):
	with pytest.raises(WrongInput, match=message):
		make()
