"""What `bench --site SITE sla-guard …` understands."""

from __future__ import annotations

import click

from sla_guard.back_fill.command import back_fill
from sla_guard.recompute.command import recompute
from sla_guard.simulation.command import simulate
from sla_guard.site_command import LANGUAGE


@click.group("sla-guard")
@click.option(
	"--lang", metavar="CODE", help="The language of what is printed, for example fr; else the site's."
)
@click.pass_context
def sla_guard(context: click.Context, lang: str | None) -> None:
	"""Keeps what IT support contracts promise."""
	context.meta[LANGUAGE] = lang


for command in (back_fill, recompute, simulate):
	sla_guard.add_command(command)

commands = [sla_guard]
