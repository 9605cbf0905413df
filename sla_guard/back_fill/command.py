"""`bench --site SITE sla-guard back-fill`: the same as SLA Back-fill in the desk, in the process of the command."""

from __future__ import annotations

import click
import frappe
from frappe import _
from frappe.model.document import Document

from sla_guard.back_fill import batches, work
from sla_guard.back_fill.mixed import mixed
from sla_guard.back_fill.preview import look_ahead
from sla_guard.back_fill.selection import wanted_by
from sla_guard.helpdesk.rebuild import MERGED
from sla_guard.site_command import count_text, on_site


@click.command("back-fill")
@click.option("--from", "from_date", metavar="DATE", help="Tickets opened on this day or later.")
@click.option("--to", "to_date", metavar="DATE", help="Tickets opened on this day or earlier.")
@click.option("--customer", help="Only tickets of this customer.")
@click.option("--contract", help="Only tickets that come under this contract.")
@click.option("--first-assignment", is_flag=True, help="The first assignment counts as taken in charge.")
@click.option(
	"--opening-date", is_flag=True, help="Opening Date and Time count where they are of an earlier day."
)
@click.option("--draft-statements", is_flag=True, help="Draft the statements of past periods, too.")
@click.option(
	"--preview", is_flag=True, help="Only say how many tickets there are, and under which contracts."
)
@click.option("--resume", metavar="NAME", help="Go on with this one, which was stopped or has failures.")
@click.pass_context
def back_fill(context: click.Context, preview: bool, resume: str | None, **asked: object) -> None:
	"""Rebuilds the histories of tickets that were opened before they were tracked."""
	with on_site(context):
		document = frappe.get_doc(batches.BACK_FILL, resume) if resume else _new(asked)
		if preview:
			_say_what_there_is(look_ahead(wanted_by(document)))
			return
		failed = carry_out(document)
	context.exit(1 if failed else 0)


def _new(asked: dict) -> Document:
	return frappe.new_doc(batches.BACK_FILL).update(asked)


def carry_out(document: Document) -> int:
	"""Begins or goes on with it, to its end or to Ctrl-C; returns how many tickets have failed. Commits."""
	if document.is_new():
		document.insert()
	batches.begin(document.name)
	frappe.db.commit()
	click.echo(document.name)
	try:
		_run(document.name)
	except KeyboardInterrupt:
		frappe.db.rollback()
		batches.stop(document.name)
		frappe.db.commit()
		click.echo("\n" + _("Stopped. Go on with {0}").format(f"--resume {document.name}"))
	return _say_what_was_done(document.name)


def _run(name: str) -> None:
	work.share_out(name)
	left = batches.left(name)
	with click.progressbar(
		length=left, label=_("{0} tickets").format(count_text(left)), show_pos=True
	) as bar:
		work.run(name, bar.update)


def _say_what_there_is(found: dict) -> None:
	click.echo(_("{0} tickets without a history").format(count_text(found["tickets"])))
	for each in found["contracts"]:
		title = _("{0}, from {1}").format(each["title"], each["from"])
		click.echo(f"{count_text(each['tickets']):>8}  {each['name']}  {title}")
	if found["none"]:
		click.echo(f"{count_text(found['none']):>8}  {_('under no contract')}")


def _say_what_was_done(name: str) -> int:
	done = batches.progress(name)
	counts = (count_text(done[each]) for each in ("filled", "passed_over", "failed"))
	click.echo(_("{0}: {1} back-filled, {2} passed over, {3} failed").format(_(done["status"]), *counts))
	for ticket, why in done["failures"]:
		click.echo(f"{ticket}: {why}", err=True)
	for ticket in mixed(name):
		click.echo(_("{0}: worth a look. {1}").format(ticket, _(MERGED)), err=True)
	return done["failed"]
