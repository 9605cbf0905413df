"""What the wheel that the framework is generated from gets wrong or leaves out, as far as it takes more than a line.
This file is copied into the generated package as `frappe.mends`; edits.txt says where its functions take the place of
the wheel's own, and makes the smaller changes."""

import json
import subprocess
import tempfile
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

import frappe
from pypika.dialects import SQLLiteQueryBuilder


class SQLiteBuilder(SQLLiteQueryBuilder):
	"""Upstream uses its own fork of pypika. What that adds for SQLite: values as parameters, inserts that ignore
	duplicates, and a FOR UPDATE that says nothing, since SQLite locks the file."""

	def __init__(self, wrapper_cls, **options):
		super().__init__(**options)
		self._wrapper_cls = wrapper_cls

	def for_update(self, *_, **__):
		return self

	def _insert_sql(self, **options):
		return super()._insert_sql(**options).replace("INSERT IGNORE INTO", "INSERT OR IGNORE INTO", 1)


def get_hooks(hook=None, default="_KEEP_DEFAULT_LIST", app_name=None):
	"""The hooks of one app, or of all installed apps in the order of their installation."""
	hooks = frappe._dict()
	for app in [app_name] if app_name else frappe.get_installed_apps():
		for name, value in vars(frappe.get_module(f"{app}.hooks")).items():
			if not (name.startswith("_") or callable(value) or isinstance(value, ModuleType)):
				frappe.append_hook(hooks, name, value)
	if hook:
		return hooks.get(hook, [] if default == "_KEEP_DEFAULT_LIST" else default)
	return hooks


def set_installed_apps(apps):
	frappe.db.set_global("installed_apps", json.dumps(apps))
	frappe.local.doc_events_hooks = None
	frappe.clear_cache()


def remove_app(app_name):
	"""Takes an app off the site: its DocTypes with their tables, and all that names its modules (reports, pages, custom
	fields, property setters). Refuses while another app requires it."""
	from frappe.installer import _delete_doctypes, _delete_modules

	rest = [app for app in frappe.get_installed_apps() if app != app_name]
	for app in rest:
		# They name it with the organisation it comes from, or without.
		if app_name in [name.split("/")[-1] for name in get_hooks("required_apps", app_name=app)]:
			raise ValueError(f"App {app_name} is required by {app}")
	frappe.flags.in_uninstall = True
	for hook in get_hooks("before_uninstall", app_name=app_name):
		frappe.get_attr(hook)()
	modules = frappe.get_all("Module Def", filters={"app_name": app_name}, pluck="name")
	_delete_doctypes(_delete_modules(modules, dry_run=False), dry_run=False)
	set_installed_apps(rest)
	for hook in get_hooks("after_uninstall", app_name=app_name):
		frappe.get_attr(hook)()
	for hook in get_hooks("after_app_uninstall"):
		frappe.get_attr(hook)(app_name)


def get_pdf(html, options=None, output=None):
	"""`html` printed to PDF by Chromium; wkhtmltopdf's `options` are not obeyed: page sizes go in the style sheet."""
	with tempfile.TemporaryDirectory() as folder:
		page, pdf = Path(folder, "page.html"), Path(folder, "page.pdf")
		page.write_text(html)
		command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
		command += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={pdf}", page.as_uri()]
		subprocess.run(command, check=True, capture_output=True, timeout=120)
		return pdf.read_bytes()


def annotations_of(function):
	"""Its annotations as types; as they stand where a name in them is only known to a type checker."""
	try:
		return get_type_hints(function)
	except (NameError, TypeError):
		return function.__annotations__
