"""What `bench --site SITE sla-guard …` understands."""

import click

from sla_guard.simulation.command import simulate


@click.group("sla-guard")
def sla_guard() -> None:
	"""Keeps what IT support contracts promise."""


sla_guard.add_command(simulate)

commands = [sla_guard]
