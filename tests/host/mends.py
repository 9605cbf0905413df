"""What the wheel that the framework is generated from gets wrong, or leaves out, and how it is mended.

Small changes of its texts are listed in edits.txt. This file is copied into the generated package as `frappe.mends`, so
that the functions below take the place of the wheel's own (`REPLACED`).
"""

import json
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import get_type_hints

with suppress(ModuleNotFoundError):  # the generator reads the tables before there is a framework
	import frappe

# Functions of this file that replace the ones of the same name, by file.
REPLACED = {
	# The wheel knows one app, its own. These find the apps of the site and their hooks and modules again.
	"__init__.py": "get_all_apps get_installed_apps get_app_path get_app_source_path get_module_list"
	" get_hooks setup_module_map",
	"installer.py": "add_to_installed_apps remove_from_installed_apps remove_app",
	"model/sync.py": "sync_all",
	"patches.py": "get_all_patches",
	"utils/installed_apps.py": "get_setup_wizard_completed_apps",
	# The wheel takes its settings from thirty environment variables; we read site_config.json again.
	"config.py": "_load_config",
	# Stubs: a print format came out blank and get_pdf raised.
	"utils/pdf.py": "pdf_body_html get_pdf get_chrome_pdf",
}

# Modules that apps import by their old path, and where the wheel has them now.
MOVED = {
	"modules/__init__.py": "model.module_utils",
	"modules/utils.py": "model.module_utils",
	"modules/import_file.py": "model.import_doc",
	"modules/export_file.py": "model.export",
	"modules/patch_handler.py": "patches",
}

# What a file is to give besides: apps import their test case from here.
APPENDED = {"tests/utils.py": "from frappe.tests.compat import FrappeTestCase"}


def mend_pypika():
	"""Upstream uses its own fork of pypika. What that adds for SQLite: values as parameters, inserts that ignore
	duplicates, and a FOR UPDATE that says nothing, since SQLite locks the file."""
	from pypika.dialects import Dialects, SQLLiteQueryBuilder, SQLLiteValueWrapper
	from pypika.queries import QueryBuilder

	def start(self, **options):
		options.setdefault("wrapper_cls", SQLLiteValueWrapper)
		QueryBuilder.__init__(self, dialect=Dialects.SQLLITE, **options)
		self._insert_or_replace = False

	insert = SQLLiteQueryBuilder._insert_sql
	SQLLiteQueryBuilder.__init__ = start
	SQLLiteQueryBuilder._for_update_sql = lambda self, **_: ""
	SQLLiteQueryBuilder.for_update = lambda self, *_, **__: self
	SQLLiteQueryBuilder._insert_sql = lambda self, **options: insert(self, **options).replace(
		"INSERT IGNORE INTO", "INSERT OR IGNORE INTO", 1
	)


def _load_config():
	return frappe._dict(json.loads(Path(frappe.get_site_path("site_config.json")).read_text()))


# The apps of a site


def get_all_apps(with_internal_apps=True, sites_path=None):
	"""The apps that can be installed: those of apps.txt, as on a bench."""
	return Path(frappe.get_site_path("apps.txt")).read_text().split()


def get_installed_apps(*, _ensure_on_bench=False):
	if getattr(frappe.flags, "in_install_db", True):
		return []
	if not frappe.db:
		frappe.connect()
	installed = json.loads(frappe.db.get_global("installed_apps") or "[]")
	return [app for app in installed if not _ensure_on_bench or app in get_all_apps()]


def get_app_path(app_name, *joins):
	return frappe.get_pymodule_path(app_name, *joins)


def get_app_source_path(app_name, *joins):
	return frappe.get_pymodule_path(app_name, "..", *joins)


def get_module_list(app_name):
	return frappe.get_file_items(get_app_path(app_name, "modules.txt"))


def load_hooks(apps):
	hooks = {}
	for app in apps:
		for name, value in vars(frappe.get_module(f"{app}.hooks")).items():
			if not (name.startswith("_") or callable(value) or hasattr(value, "__loader__")):
				frappe.append_hook(hooks, name, value)
	return hooks


def get_hooks(hook=None, default="_KEEP_DEFAULT_LIST", app_name=None):
	"""The hooks of one app, or of all installed apps in the order of their installation."""
	hooks = load_hooks([app_name]) if app_name else frappe.client_cache.get_value("app_hooks")
	if hooks is None:
		hooks = load_hooks(get_installed_apps(_ensure_on_bench=True))
		frappe.client_cache.set_value("app_hooks", hooks)
	if hook:
		return hooks.get(hook, [] if default == "_KEEP_DEFAULT_LIST" else default)
	return frappe._dict(hooks)


def setup_module_map(include_all_apps=True):
	modules = {app: [frappe.scrub(module) for module in get_module_list(app)] for app in get_all_apps()}
	frappe.local.app_modules = modules
	frappe.local.module_app = {module: app for app, names in modules.items() for module in names}


def get_setup_wizard_completed_apps():
	return get_installed_apps()


def sync_all(force=0, reset_permissions=False):
	from frappe.model.sync import _patch_mode, sync_for

	_patch_mode(True)
	for app in get_installed_apps():
		sync_for(app, force, reset_permissions=reset_permissions)
	_patch_mode(False)
	frappe.clear_cache()


def get_all_patches(patch_type=None):
	from frappe.patches import get_patches_from_app

	return [patch for app in get_installed_apps() for patch in get_patches_from_app(app, patch_type)]


# Installing and removing an app


def required_apps(app):
	"""Apps may be required as "erpnext" or as "frappe/erpnext"."""
	return [name.split("/")[-1] for name in get_hooks("required_apps", app_name=app)]


def install_required_apps(app):
	"""Installs what `app` requires; raises ValueError for an app that apps.txt does not name."""
	from frappe.installer import install_app

	if app not in get_all_apps():
		raise ValueError(f"App {app} is not in apps.txt")
	for name in required_apps(app):
		if name not in get_installed_apps():
			install_app(name)


def set_installed_apps(apps):
	frappe.db.set_global("installed_apps", json.dumps(apps))
	frappe.db.commit()
	frappe.local.doc_events_hooks = None
	frappe.clear_cache()


def add_to_installed_apps(app_name, rebuild_website=True):
	from frappe.installer import post_install

	set_installed_apps([app for app in get_installed_apps() if app != app_name] + [app_name])
	if frappe.flags.in_install:
		post_install(rebuild_website)


def remove_from_installed_apps(app_name):
	set_installed_apps([app for app in get_installed_apps() if app != app_name])


def remove_app(app_name, dry_run=False, yes=False, no_backup=False, force=False):
	"""Takes an app off the site: its hooks for it, its DocTypes with their tables, and all that names its modules
	(reports, pages, custom fields, property setters). Refuses while another app requires it."""
	from frappe.installer import _delete_doctypes, _delete_modules

	needed_by = [app for app in get_installed_apps() if app != app_name and app_name in required_apps(app)]
	if needed_by or app_name not in get_installed_apps():
		raise ValueError(
			f"App {app_name} is required by {needed_by}" if needed_by else f"App {app_name} is not installed"
		)
	hooks = get_hooks(app_name=app_name)
	frappe.flags.in_uninstall = True
	run_hooks(hooks.before_uninstall)
	run_hooks(get_hooks("before_app_uninstall"), app_name)
	modules = frappe.get_all("Module Def", filters={"app_name": app_name}, pluck="name")
	_delete_doctypes(_delete_modules(modules, dry_run=dry_run), dry_run=dry_run)
	if not dry_run:
		remove_from_installed_apps(app_name)
	run_hooks(hooks.after_uninstall)
	run_hooks(get_hooks("after_app_uninstall"), app_name)
	frappe.flags.in_uninstall = False


def run_hooks(methods, *args):
	for method in methods or []:
		frappe.get_attr(method)(*args)


# Printing


def pdf_body_html(template=None, args=None, **_):
	return template.render(args, filters={"len": len})


def get_pdf(html, options=None, output=None):
	"""`html` printed to PDF by Chromium; wkhtmltopdf's `options` are not obeyed: page sizes go in the style sheet."""
	chromium = shutil.which("chromium") or shutil.which("chromium-browser")
	if not chromium:
		raise RuntimeError("No Chromium to make a PDF with (Debian: apt-get install chromium)")
	with tempfile.TemporaryDirectory() as folder:
		page, pdf = Path(folder, "page.html"), Path(folder, "page.pdf")
		page.write_text(html)
		switches = (
			"headless",
			"no-sandbox",
			"disable-gpu",
			"disable-background-networking",
			"no-pdf-header-footer",
		)
		values = (f"user-data-dir={folder}/profile", f"print-to-pdf={pdf}")
		command = [chromium, *(f"--{switch}" for switch in switches + values), page.as_uri()]
		subprocess.run(command, check=True, capture_output=True, timeout=120)
		return pdf.read_bytes()


def get_chrome_pdf(print_format=None, html=None, options=None, output=None, pdf_generator=None):
	return get_pdf(html, options)


@lru_cache(maxsize=2048)
def annotations_of(function):
	"""Its annotations as types; as they stand where a name in them is only known to a type checker."""
	try:
		return get_type_hints(function)
	except (NameError, TypeError):
		return function.__annotations__
