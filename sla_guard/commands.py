"""What `bench --site SITE sla-guard …` understands."""

import click

from sla_guard.simulation.command import simulate
from sla_guard.back_fill.command import back_fill


@click.group("sla-guard")
def sla_guard() -> None:
	"""Keeps what IT support contracts promise."""


sla_guard.add_command(simulate)
sla_guard.add_command(back_fill)

commands = [sla_guard]
