"""What `bench --site … sla-guard` can do."""

import click

from sla_guard.recompute.command import recompute


@click.group("sla-guard")
def sla_guard() -> None:
	"""SLA Guard: what support contracts promise."""


sla_guard.add_command(recompute)
commands = [sla_guard]
