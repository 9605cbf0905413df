"""What the commands of `bench --site SITE sla-guard` share: the site that they are for, its language, and how they refuse.

What click itself prints, help above all, is English: it is read before a site is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
import frappe
from babel.numbers import format_decimal
from frappe import _

from sla_guard.engine.errors import EngineError
from sla_guard.statements.words import language_of, locale_of

# What --lang says, among what click passes from a group to its commands.
LANGUAGE = "sla_guard.language"


@contextmanager
def on_site(context: click.Context) -> Iterator[None]:
	"""Connected to the one site that bench was told, in its language or that of --lang. What is refused is said in a line,
	without a traceback."""
	# A dict, or in Frappe 16 an object.
	sites = context.obj["sites"] if isinstance(context.obj, dict) else getattr(context.obj, "sites", None)
	if len(sites or ()) != 1:
		raise click.UsageError(f"Name one site: bench --site SITE sla-guard {context.info_name}")
	frappe.init(sites[0])
	frappe.connect()
	try:
		frappe.local.lang = _language(context)
		yield
	except frappe.ValidationError as refusal:
		raise click.ClickException(frappe.utils.strip_html(str(refusal))) from refusal
	except EngineError as refusal:
		raise click.ClickException(_(refusal.template).format(**refusal.values)) from refusal
	finally:
		frappe.destroy()


def _language(context: click.Context) -> str:
	asked = context.meta.get(LANGUAGE)
	if asked and not frappe.db.exists("Language", asked):
		raise click.BadParameter(f"this site has no language {asked}", param_hint="--lang")
	# A console has no user whose language it could be.
	return asked or language_of(None)


def count_text(value: int) -> str:
	"""As readers of the session's language write it."""
	return format_decimal(value, locale=locale_of(frappe.local.lang))
