"""What the sections of an annex are made of; the template puts each in its place."""

from __future__ import annotations

from typing import NamedTuple

from sla_guard.annex.examples import Example
from sla_guard.annex.weeks import Weekly
from sla_guard.statements.cells import Table


class Part(NamedTuple):
	"""One of these: a heading, a paragraph, points, a table, a week of support hours, a worked example."""

	heading: str = ""
	text: str = ""
	points: list[str] | None = None
	table: Table | None = None
	week: Weekly | None = None
	example: Example | None = None


class Section(NamedTuple):
	title: str
	parts: list[Part]


def points(*sentences: str) -> Part:
	"""Those that say something."""
	return Part(points=[each for each in sentences if each])
