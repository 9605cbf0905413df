"""What the commands of `bench --site SITE sla-guard` share: the site that they are for, and how they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
import frappe
from frappe import _

from sla_guard.engine.errors import EngineError


@contextmanager
def on_site(context: click.Context) -> Iterator[None]:
	"""Connected to the one site that bench was told. What is refused is said in a line, without a traceback."""
	# A dict, or in Frappe 16 an object.
	sites = context.obj["sites"] if isinstance(context.obj, dict) else getattr(context.obj, "sites", None)
	if len(sites or ()) != 1:
		raise click.UsageError(f"Name one site: bench --site SITE sla-guard {context.info_name}")
	frappe.init(sites[0])
	frappe.connect()
	try:
		yield
	except frappe.ValidationError as refusal:
		raise click.ClickException(frappe.utils.strip_html(str(refusal))) from refusal
	except EngineError as refusal:
		raise click.ClickException(_(refusal.template).format(**refusal.values)) from refusal
	finally:
		frappe.destroy()
