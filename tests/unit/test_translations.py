"""French is our second language: what a person can read has a French text with the same blanks to fill."""

import ast
import csv
import json
import re
from pathlib import Path

import pytest

from sla_guard.engine import terms
from sla_guard.engine.clock import MET, MISSED
from sla_guard.engine.penalty import steps

APP = Path(__file__).parents[2] / "sla_guard"
REFUSALS = ("WrongInput", "WrongFile")
# What the forms of support hours and of maintenance can be told by the engine; the rest of its refusals are a caller's
# mistakes.
FROM_THE_ENGINE = {
	"Support hours without a window never open",
	"The holidays keep these support hours shut from {first} to {last}, more than a year",
	"Unknown time zone: {zone}",
	"{rule} is no recurrence; one is {example}",
	"The recurrence says no FREQ, or one that is none of {known}",
	"The recurrence says both UNTIL and COUNT",
	"The recurrence never ends: say UNTIL or COUNT in it, or until when to repeat",
	"The recurrence gives more than {most} times",
	"The recurrence does not include the first start, {start}",
}
# The same word in both languages, or one that Frappe translates itself.
SAME = {"24/7", "Name", "SLA Guard", "Issue", "Settings", "Reports", "Shortcuts"}


def rows():
	"""Text and French text, and the context (a DocType) where it is another one than everywhere else."""
	with open(APP / "translations" / "fr.csv", encoding="utf-8", newline="") as file:
		return [(*row, "")[:3] for row in csv.reader(file)]


def french():
	return {text: translated for text, translated, context in rows() if not context}


def in_python():
	for path in APP.rglob("*.py"):
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
			if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
				first = node.args[0]
				if isinstance(first, ast.Constant):
					yield first.value


def in_javascript():
	for path in APP.rglob("*.js"):
		found = re.findall(r"""__\(\s*(["'])((?:(?!\1)[^\\]|\\.)*)\1""", path.read_text(encoding="utf-8"))
		yield from (text for _quote, text in found)


def in_templates():
	"""Of pages, prints and mails."""
	for path in APP.rglob("*.html"):
		found = re.findall(r"""\b_\(\s*(["'])((?:(?!\1)[^\\]|\\.)*)\1""", path.read_text(encoding="utf-8"))
		yield from (text for _quote, text in found)


def in_portal_menu():
	from sla_guard.hooks import standard_portal_menu_items

	yield from (item["title"] for item in standard_portal_menu_items)


def in_doctypes():
	for path in APP.glob("sla_guard/doctype/*/*.json"):
		doctype = json.loads(path.read_text(encoding="utf-8"))
		yield doctype["name"]
		yield from texts_of(doctype, "description")
		yield from (link["group"] for link in doctype.get("links", ()) if link.get("group"))
		for field in doctype["fields"]:
			yield from in_field(field)


def in_reports():
	"""Their names, and what they are asked by."""
	for path in APP.glob("sla_guard/report/*/*.json"):
		yield json.loads(path.read_text(encoding="utf-8"))["name"]
	yield from ("Month", "Quarter", "Customer", "Priority", "Service", "Agent")


def in_workspace():
	"""What stands on it: cards, charts, headings, links, and the steps for the first contract."""
	for path in APP.glob("sla_guard/workspace/*/*.json"):
		workspace = json.loads(path.read_text(encoding="utf-8"))
		yield workspace["title"]
		for each in (
			*workspace["links"],
			*workspace["number_cards"],
			*workspace["charts"],
			*workspace["shortcuts"],
		):
			yield from texts_of(each, "label", "format")
		for block in json.loads(workspace["content"]):
			if block["type"] == "header":
				yield re.sub("<[^>]+>", "", block["data"]["text"])
	for path in (
		*APP.glob("sla_guard/onboarding_step/*/*.json"),
		*APP.glob("sla_guard/module_onboarding/*/*.json"),
	):
		step = json.loads(path.read_text(encoding="utf-8"))
		yield from texts_of(step, "title", "subtitle", "success_message", "description", "report_description")


def test_what_the_workspace_says_is_found():
	assert {"Penalties So Far", "What Waits", "Say When You Work", "Compliance by Month"} <= set(
		in_workspace()
	)


def in_custom_fields():
	for field in json.loads((APP / "fixtures" / "custom_field.json").read_text(encoding="utf-8")):
		yield from in_field(field)


def in_field(field):
	yield from texts_of(field, "label", "description")
	if field["fieldtype"] == "Select":
		yield from filter(None, field["options"].split("\n"))


def texts_of(record, *names):
	return filter(None, map(record.get, names))


def refused(*paths):
	"""The sentences in which these modules of the engine refuse something."""
	for path in paths:
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
			if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSALS:
				yield node.args[0].value


def from_the_engine():
	"""What the app stores as the engine says it, and shows translated."""
	yield from FROM_THE_ENGINE
	yield from steps.TEMPLATES
	yield from refused(*(APP / "engine" / "penalty").glob("*.py"), APP / "engine" / "oncall.py")
	yield from refused(*(APP / "simulation").glob("*.py"))
	yield from (*terms.METRICS, *terms.ANSWERS, *terms.REASONS, *terms.CHANGES, MET, MISSED)
	yield from (terms.RUNNING, terms.PAUSED, terms.STOPPED, terms.WITHDRAWN, terms.VOIDED)


def test_the_engine_says_what_is_translated():
	source = "".join(path.read_text(encoding="utf-8") for path in (APP / "engine").glob("*.py"))
	for template in FROM_THE_ENGINE:
		assert f'"{template}"' in source


def test_the_arithmetic_of_a_penalty_and_what_is_refused_of_its_rules_is_found():
	assert {"Late by {lateness} of support time", "Rule {rule} has no tiers"} <= set(from_the_engine())


def test_a_blank_in_the_arithmetic_of_a_penalty_says_what_fills_it():
	blanks = set(re.findall(r"{(\w*)}", " ".join(steps.TEMPLATES)))
	kinds = (steps.MONEY, steps.PERCENTAGES, steps.FACTORS, steps.NUMBERS, steps.DAYS, steps.TIMES)
	assert sorted(blank for kind in kinds for blank in kind) == sorted(blanks)


def test_what_a_template_says_is_found():
	assert {"Your contract", "Download the PDF"} <= set(in_templates())


def test_what_javascript_says_is_found_in_either_kind_of_quotes():
	assert {"Explain", "Taken in Charge", "New Version", "Copy to Monday–Friday"} <= set(in_javascript())


SAID = {
	*in_python(),
	*in_javascript(),
	*in_templates(),
	*in_portal_menu(),
	*in_doctypes(),
	*in_reports(),
	*in_workspace(),
	*in_custom_fields(),
	*from_the_engine(),
}


@pytest.mark.parametrize("text", sorted(SAID - SAME))
def test_every_text_has_a_french_one(text):
	assert french().get(text)


@pytest.mark.parametrize("text, translated, context", rows())
def test_a_french_text_is_said_somewhere_and_has_the_same_blanks(text, translated, context):
	assert text in SAID
	assert sorted(re.findall(r"{\w*}", text)) == sorted(re.findall(r"{\w*}", translated))


def test_no_text_is_translated_twice():
	told = [(text, context) for text, _translated, context in rows()]
	assert len(told) == len(set(told))
