"""How the site was before a test that commits, written down beside it: the next run puts back what one has left that
was cut off."""

import json
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import frappe
from frappe.utils import get_datetime, now_datetime

from sla_guard.helpdesk.ticket import SHOWN
from tests.site.case import SETTINGS

# No test lasts longer. What was made later, on a site that somebody works on, is theirs.
AT_MOST = timedelta(minutes=10)


def take(doctypes: Iterable[str]) -> dict:
	"""What lies on the site of these DocTypes, as far as it has them, and what tests change of the rest."""
	before = {
		"names": {doctype: sorted(names(doctype)) for doctype in set(doctypes) if _has(doctype)},
		# A reconcile also opens the tickets that lie on the site.
		"shown": frappe.get_all("Issue", fields=["name", *SHOWN], limit_page_length=0),
		"settings": [(*which, frappe.db.get_single_value(*which)) for *which, _value in SETTINGS],
	}
	note().write_text(json.dumps(before, default=str))
	return before


def put_back(before: dict) -> None:
	for doctype, found in before["names"].items():
		_delete(doctype, sorted(names(doctype).difference(found)))
	_put_back_values(before)


def put_back_if_cut_off() -> None:
	"""What the last run has left, if it did not come to the end of its test."""
	if not note().exists():
		return
	before = json.loads(note().read_text())
	begun = now_datetime() - timedelta(seconds=time.time() - note().stat().st_mtime)
	for doctype, found in before["names"].items():
		_delete(doctype, sorted(_made_by_then(doctype, begun).difference(found)))
	_put_back_values(before)


def names(doctype: str) -> set[str]:
	return set(frappe.get_all(doctype, pluck="name", order_by=None, limit_page_length=0))


def _has(doctype: str) -> bool:
	return bool(frappe.db.exists("DocType", doctype))


def note() -> Path:
	return Path(frappe.get_site_path("private", "sla_guard_as_found.json"))


def _made_by_then(doctype: str, begun: datetime) -> set[str]:
	"""Tests live at other times: what is dated between then and now was made by somebody else."""
	made = frappe.get_all(doctype, fields=["name", "creation"], order_by=None, limit_page_length=0)
	theirs = begun + AT_MOST, now_datetime()
	return {row.name for row in made if not theirs[0] < (get_datetime(row.creation) or begun) <= theirs[1]}


def _delete(doctype: str, names: list[str]) -> None:
	for first in range(0, len(names), 500):
		some = names[first : first + 500]
		frappe.db.delete(doctype, {"name": ("in", some)})
		for name in some:
			frappe.clear_document_cache(doctype, name)


def _put_back_values(before: dict) -> None:
	for shown in before["shown"]:
		values = {field: shown[field] for field in SHOWN}
		frappe.db.set_value("Issue", shown["name"], values, update_modified=False)
	for setting in before["settings"]:
		frappe.db.set_single_value(*setting)
	frappe.db.commit()
	note().unlink(missing_ok=True)
