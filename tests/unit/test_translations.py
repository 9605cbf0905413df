"""French is our second language: what a person can read has a French text with the same blanks to fill."""

import ast
import csv
import json
import re
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "sla_guard"
# What the form of support hours can be told by the engine; the rest of its refusals are a caller's mistakes.
FROM_THE_ENGINE = {
	"Support hours without a window never open",
	"The holidays keep these support hours shut from {first} to {last}, more than a year",
	"Unknown time zone: {zone}",
}
# The same word in both languages, or one that Frappe translates itself.
SAME = {"24/7", "Name"}


def french():
	with open(APP / "translations" / "fr.csv", encoding="utf-8", newline="") as file:
		return {row[0]: row[1] for row in csv.reader(file)}


def in_python():
	for path in APP.rglob("*.py"):
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
			if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
				first = node.args[0]
				if isinstance(first, ast.Constant):
					yield first.value


def in_javascript():
	for path in APP.rglob("*.js"):
		yield from re.findall(r'__\(\s*"((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8"))


def in_doctypes():
	for path in APP.glob("sla_guard/doctype/*/*.json"):
		doctype = json.loads(path.read_text(encoding="utf-8"))
		yield doctype["name"]
		for field in doctype["fields"]:
			yield from filter(None, (field.get("label"), field.get("description")))


def test_the_engine_says_what_is_translated():
	source = (APP / "engine" / "calendar.py").read_text(encoding="utf-8")
	for template in FROM_THE_ENGINE:
		assert f'"{template}"' in source


@pytest.mark.parametrize(
	"text", sorted({*in_python(), *in_javascript(), *in_doctypes(), *FROM_THE_ENGINE} - SAME)
)
def test_every_text_has_a_french_one_with_the_same_blanks(text):
	assert text in french()
	assert sorted(re.findall(r"{\w*}", text)) == sorted(re.findall(r"{\w*}", french()[text]))
