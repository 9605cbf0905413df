"""`bench --site … sla-guard recompute`: tickets measured anew after a correction of hours or holidays."""

from __future__ import annotations

from collections.abc import Iterator

import click
import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.engine.lateness import duration_text
from sla_guard.recompute import lines, showing, work
from sla_guard.recompute.compare import AVAILABILITY, DUE, LATENESS
from sla_guard.site_command import count_text, on_site


@click.command("recompute")
@click.argument("name", required=False)
@click.option("--reason", help="Why; it stands in the history of each ticket.")
@click.option("--support-hours", help="Of the contracts with these support hours.")
@click.option("--holiday-list", help="Of the contracts with this holiday list.")
@click.option("--contract", help="Of this version of a contract.")
@click.option("--opened-from", "opened_from", help="Opened on this day or later, YYYY-MM-DD.")
@click.option("--opened-to", "opened_to", help="Opened on this day or before, YYYY-MM-DD.")
@click.option("--only-open", is_flag=True, help="Only tickets of which a clock runs or is paused.")
@click.option("--apply", "and_apply", is_flag=True, help="Apply it after the preview.")
@click.pass_context
def recompute(context: click.Context, name: str | None, and_apply: bool, **asked: object) -> None:
	"""Shows what the hours of now would change about tickets measured in others; --apply changes it.

	NAME is a recompute that was previewed, or cut off: it goes on where it was.
	"""
	with on_site(context):
		_run(name or _new(asked), and_apply)


def _new(asked: dict) -> str:
	return frappe.new_doc(work.RECOMPUTE).update(asked).insert().name


def _run(name: str, and_apply: bool) -> None:
	recompute = frappe.get_doc(work.RECOMPUTE, name)
	if recompute.status == work.DRAFT:
		work.begin_preview(recompute)
	_work_off(recompute)
	_tell(recompute)
	if and_apply and recompute.status == work.READY and lines.are_there(name):
		work.begin_applying(recompute)
		_work_off(recompute)
		click.echo(_("{0}: applied, tickets: {1}").format(name, count_text(recompute.tickets)))
	elif recompute.status == work.READY:
		click.echo(_("Nothing was changed. To apply it: {0}").format(f"sla-guard recompute {name} --apply"))


def _work_off(recompute: Document) -> None:
	frappe.db.commit()
	while work.go_on(recompute.name):
		now = showing.progress(recompute.name)
		counts = (count_text(now[each]) for each in ("tickets", "waiting"))
		click.echo("  " + _("tickets: {0}, to be applied: {1}").format(*counts), err=True)
	recompute.reload()


def _tell(recompute: Document) -> None:
	told = showing.summary(recompute.name)
	counts = (count_text(told[each]) for each in ("tickets", "clocks", "periods"))
	click.echo(_("{0}, tickets: {1}, clocks: {2}, periods: {3}").format(recompute.name, *counts))
	for each in told["differences"]:
		click.echo(f"  {count_text(each['count']):>6} {each['label']}")
	if told["failed"]:
		failed = _("could not be worked off, see the Error Log")
		click.echo(f"  {count_text(told['failed']):>6} {failed}")
	for each in told["lines"]:
		click.echo("  ".join(filter(None, _cells(each))))
	for name in told["statements"]:
		click.echo(
			_("Statement {0} stays as it is: the difference is a correction line of the next one.").format(
				name
			)
		)


def _cells(line: dict) -> Iterator[str]:
	yield from (line["ticket"] or line["statement"], line["clock"], line["label"])
	yield " → ".join(_standpoint(line, when) for when in ("before", "after"))
	yield line["decision"]


def _standpoint(line: dict, when: str) -> str:
	"""How late it is where that differs, when it was missed where that does, else when it is due; of a period, how much a
	service was there."""
	if line["difference"] == AVAILABILITY:
		down, agreed = (duration_text(line[f"{each}_{when}"]) for each in ("down", "agreed"))
		told = _("down for {0} of {1}").format(down, agreed)
		return f"{line[f'available_{when}']} ({told})".strip()
	if line["difference"] == LATENESS:
		return duration_text(line[f"late_{when}"])
	return line[f"due_{when}" if line["difference"] == DUE else f"breached_{when}"] or "–"
