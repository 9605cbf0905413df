"""`bench --site SITE sla-guard simulate FILE --contract NAME`: what SLA Simulation tells in the desk, for a file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import click
import frappe
from frappe import _

from sla_guard.engine.instants import instant
from sla_guard.simulation import faults
from sla_guard.simulation.columns import FIELDS, KINDS, Meanings
from sla_guard.simulation.formats import DELIMITERS, ENCODINGS
from sla_guard.simulation.in_process import simulate as simulated
from sla_guard.simulation.instants import ORDERS, Unreadable, zone_of
from sla_guard.simulation.meanings import guess, is_begun, known_names, meanings
from sla_guard.simulation.reading import Asked, History
from sla_guard.simulation.report.lines import lines
from sla_guard.simulation.trials import all_on_trial
from sla_guard.site_command import on_site
from sla_guard.statements.csv_file import csv_file


@click.command("simulate")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
	"--contract",
	"contracts",
	multiple=True,
	required=True,
	help="An SLA Contract, also a draft; several are compared.",
)
@click.option(
	"--map",
	"mapped",
	multiple=True,
	metavar="FIELD=HEADER",
	help=f"The column of a field: {', '.join(FIELDS)}. None given: as their headers say.",
)
@click.option(
	"--means",
	multiple=True,
	metavar="KIND:VALUE=NAME",
	help=f"What a value is called here; kinds: {', '.join(KINDS.values())}.",
)
@click.option(
	"--answer",
	"answers",
	multiple=True,
	metavar="STATUS",
	help="A status of the file that says that the ticket was taken in charge.",
)
@click.option(
	"--guess",
	"guessing",
	is_flag=True,
	help="Guess what the other values mean, as Read the Values in the desk.",
)
@click.option(
	"--missing", multiple=True, metavar="TEXT", help="What stands where there is no value, for example ?"
)
@click.option("--time-zone", metavar="ZONE", help="Of times without one of their own; else that of the site.")
@click.option(
	"--date-order", type=click.Choice(ORDERS), help="How dates are written, where they do not tell."
)
@click.option("--encoding", type=click.Choice(list(ENCODINGS)))
@click.option("--delimiter", type=click.Choice(list(DELIMITERS)))
@click.option("--sheet", metavar="NAME", help="Of a workbook; else the first that holds a table.")
@click.option(
	"--leave-out-bad-rows",
	"leave_out",
	is_flag=True,
	help="Go on without rows that have no ticket or no instant.",
)
@click.option(
	"--until",
	metavar="INSTANT",
	help="Read the clocks as of this instant, with its offset: 2016-12-31T23:59+01:00.",
)
@click.option(
	"--json", "json_to", type=click.Path(path_type=Path), help="Write the whole result to this file."
)
@click.option(
	"--faults",
	"faults_to",
	type=click.Path(path_type=Path),
	help="Write the list of faults to this CSV file.",
)
@click.option(
	"--processes", type=click.IntRange(1), default=os.cpu_count(), show_default="one for each processor"
)
@click.pass_context
def simulate(
	context: click.Context, file: Path, json_to: Path | None, faults_to: Path | None, **asked: object
) -> None:
	"""What contracts would have come to over the ticket history in FILE. Writes nothing to the site."""
	with on_site(context):
		found = _simulated(_found(file), _writer(faults_to), **asked)
		if json_to:
			json_to.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
		for line in lines(found):
			click.echo(line)


def _found(file: Path) -> Path:
	# bench has gone into the folder of its sites.
	found = next((path for path in (file, Path("..") / file) if path.is_file()), None)
	if found is None:
		raise click.ClickException(_("There is no file {0}.").format(file))
	return found


def _writer(to: Path | None) -> Callable[[History], None]:
	def write(history: History) -> None:
		if to:
			to.write_bytes(csv_file(faults.table(history.faults(), frappe._)))

	return write


def _simulated(file: Path, with_faults: Callable, **asked: object) -> dict:
	columns = _pairs(asked["mapped"], FIELDS)
	how = Asked(
		columns=columns,
		zone=asked["time_zone"] or frappe.utils.get_system_timezone(),
		missing=frozenset(asked["missing"]),
		encoding=asked["encoding"] or "",
		delimiter=asked["delimiter"] or "",
		date_order=asked["date_order"] or "",
		leave_out=asked["leave_out"],
		sheet=asked["sheet"] or "",
	)
	_check_zone(how.zone)
	contracts = all_on_trial(asked["contracts"], live=False, names_customers="customer" in columns)
	understood = _meanings(asked["means"], asked["answers"], asked["guessing"])
	until = _until(asked["until"])
	return simulated(file, how, understood, contracts, until, asked["processes"], with_faults=with_faults)


def _check_zone(zone: str) -> None:
	try:
		zone_of(zone)
	except Unreadable as error:
		refusal = _("Unknown time zone: {zone}").format(zone=zone)
		raise click.BadParameter(refusal, param_hint="--time-zone") from error


def _pairs(texts: Iterable[str], names: Iterable[str]) -> dict[str, str]:
	found = dict(text.partition("=")[::2] for text in texts)
	for name in found:
		if name not in names:
			refusal = _("{0} is none of {1}").format(name, ", ".join(names))
			raise click.BadParameter(refusal, param_hint="--map")
	return found


def _until(text: str | None) -> int | None:
	if not text:
		return None
	try:
		return instant(datetime.fromisoformat(text))
	except ValueError as error:
		refusal = _("{0} is no instant with an offset").format(text)
		raise click.BadParameter(refusal, param_hint="--until") from error


def _meanings(means: Iterable[str], answers: Iterable[str], guessing: bool) -> Callable[[History], Meanings]:
	said = {}
	for text in means:
		kind, _sign, pair = text.partition(":")
		found, sign, name = pair.rpartition("=")
		if kind not in KINDS.values() or not sign:
			refusal = _("{0} is not of the form {1}").format(text, "KIND:VALUE=NAME")
			raise click.BadParameter(refusal, param_hint="--means")
		said[kind, found] = name

	def understood(history: History) -> Meanings:
		begun = set(answers)
		if guessing:
			known = known_names()
			every = [(kind, value) for kind, values in history.values.items() for value in values]
			said.update({each: guess(*each, known) for each in every if each not in said})
			begun |= {value for kind, value in every if kind == "Status" and is_begun(value)}
		return meanings(said, begun)

	return understood
