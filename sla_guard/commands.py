"""What `bench --site SITE sla-guard …` understands."""

import click

from sla_guard.back_fill.command import back_fill
from sla_guard.recompute.command import recompute
from sla_guard.simulation.command import simulate


@click.group("sla-guard")
def sla_guard() -> None:
	"""Keeps what IT support contracts promise."""


for command in (back_fill, recompute, simulate):
	sla_guard.add_command(command)

commands = [sla_guard]
