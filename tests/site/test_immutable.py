"""What happened is not entered, changed or deleted: by no form, request, import or program, not by Administrator."""

from functools import partial
from tempfile import NamedTemporaryFile

import frappe
from frappe import client
from frappe.core.doctype.data_import.importer import Importer

from tests.site.case import SiteTestCase, make_user
from tests.site.records import change, in_force, issue

REFUSED = (frappe.ValidationError, frappe.PermissionError)


class ImmutableCase(SiteTestCase):
	def setUp(self):
		super().setUp()
		in_force()
		self.ticket = issue()
		change(self.ticket, "2026-01-05 11:00", status="On Hold")
		change(self.ticket, "2026-01-05 12:00", status="Closed")
		change(self.ticket, "2026-01-05 13:00", status="Open")

	def row(self, doctype):
		about = {} if doctype == "SLA Terms" else {"ticket": self.ticket.name}
		return frappe.get_doc(doctype, about)

	def assertUntouched(self, doctype, verb):
		before = everything(doctype)
		frappe.db.savepoint("before_verb")
		try:
			with self.assertRaises(REFUSED) as refused:
				verb()
			self.assertEqual(everything(doctype), before)
		finally:
			frappe.db.rollback(save_point="before_verb")
		return refused.exception


def everything(doctype):
	table = frappe.qb.DocType(doctype)
	return frappe.qb.from_(table).select("*").orderby(table.name).run()


def ways_to_change(row, field, value):
	"""Each way in which somebody could try to write that value."""
	name = row.doctype, row.name
	form = frappe.get_doc(*name).update({field: value})
	return {
		"form": form.save,
		"form, past permissions": partial(form.save, ignore_permissions=True),
		"program": partial(frappe.get_doc(*name).db_set, field, value),
		"request": partial(client.set_value, *name, field, value),
		"whole document": partial(client.save, row.as_dict(convert_dates_to_str=True) | {field: value}),
	}


class TestRecords(ImmutableCase):
	def test_they_are_not_edited(self):
		for doctype, field, value in (
			("SLA Event", "at_us", 1),
			("SLA Event", "status", "Closed"),
			("SLA Event", "reason", "None"),
			("SLA Clock", "due_us", 1),
			("SLA Clock", "verdict", "met"),
			("SLA Reopening", "reopened_us", 1),
			("SLA Terms", "terms_json", "{}"),
		):
			for way, verb in ways_to_change(self.row(doctype), field, value).items():
				with self.subTest(f"{doctype} {field} by {way}"):
					self.assertUntouched(doctype, verb)

	def test_they_are_not_entered(self):
		for doctype in ("SLA Event", "SLA Clock", "SLA Reopening", "SLA Terms"):
			values = self.row(doctype).as_dict(convert_dates_to_str=True) | {"name": None}
			ways = {
				"form": frappe.get_doc(values).insert,
				"form, past permissions": partial(frappe.get_doc(values).insert, ignore_permissions=True),
				"save": frappe.get_doc(values).save,
				"request": partial(client.insert, values),
				"many": partial(client.insert_many, [values]),
			}
			for way, verb in ways.items():
				with self.subTest(f"{doctype} by {way}"):
					self.assertUntouched(doctype, verb)

	def test_they_are_not_deleted_or_renamed(self):
		for doctype in ("SLA Event", "SLA Clock", "SLA Reopening", "SLA Terms"):
			name = self.row(doctype).name
			ways = {
				"form": self.row(doctype).delete,
				"request": partial(client.delete, doctype, name),
				"program": partial(frappe.delete_doc, doctype, name, force=True, ignore_permissions=True),
				"rename": partial(frappe.rename_doc, doctype, name, "Another"),
				"program renames": partial(frappe.rename_doc, doctype, name, "Another", force=True),
			}
			for way, verb in ways.items():
				with self.subTest(f"{doctype} by {way}"):
					self.assertUntouched(doctype, verb)

	def test_the_message_names_the_row(self):
		row = self.row("SLA Event")
		refused = self.assertUntouched("SLA Event", row.save)
		self.assertIn(f"SLA Event {row.name} is a record of what happened", str(refused))

	def test_an_import_neither_enters_nor_edits_one(self):
		event, breach = self.row("SLA Event").name, self.row("SLA Breach").name
		for doctype, kind, head, line in (
			("SLA Event", "Insert New Records", "ticket,kind,status", f"{self.ticket.name},status,Closed"),
			("SLA Event", "Update Existing Records", "name,status", f"{event},Closed"),
			("SLA Breach", "Insert New Records", "ticket,metric", f"{self.ticket.name},Response"),
			("SLA Breach", "Update Existing Records", "name,state", f"{breach},Waived"),
		):
			with self.subTest(f"{doctype}: {kind}"):
				self.assertUntouched(doctype, partial(import_row, doctype, kind, f"{head}\n{line}\n"))


class TestBreaches(ImmutableCase):
	def test_only_cause_and_responsible_are_edited(self):
		row = self.row("SLA Breach")
		for field, value in (
			("ticket", None),
			("metric", "Resolution"),
			("breached_at", "2026-01-05 12:00:00"),
			("breached_us", 1),
			("state", "Waived"),
			("withdrawn_because", "None"),
			("customer", None),
			("target_us", 1),
			("title", "Another"),
		):
			for way, verb in ways_to_change(row, field, value).items():
				with self.subTest(f"{field} by {way}"):
					self.assertUntouched("SLA Breach", verb)

	def test_an_agent_says_why_and_who_from_the_form(self):
		from frappe.desk.form.save import savedocs

		agent = make_user("sla-agent", "Support Team")
		frappe.set_user(agent)
		row = self.row("SLA Breach")
		form = row.as_dict(convert_dates_to_str=True) | {"cause": "A spare part", "responsible": agent}
		savedocs(frappe.as_json(form), "Save")
		row.reload()
		self.assertEqual((row.cause, row.responsible, row.state), ("A spare part", agent, "Open"))

	def test_none_is_entered_renamed_or_deleted(self):
		row = self.row("SLA Breach")
		values = row.as_dict(convert_dates_to_str=True) | {"name": None, "cycle": 2}
		for way, verb in {
			"entered": frappe.get_doc(values).insert,
			"entered by request": partial(client.insert, values),
			"deleted": row.delete,
			"deleted by program": partial(frappe.delete_doc, "SLA Breach", row.name, force=True),
			"renamed": partial(frappe.rename_doc, "SLA Breach", row.name, "Another", force=True),
		}.items():
			with self.subTest(way):
				self.assertUntouched("SLA Breach", verb)


def import_row(doctype, kind, text):
	"""What Data Import does with each row of a file, before it writes to its log what came of it."""
	with NamedTemporaryFile("w", suffix=".csv") as file:
		file.write(text)
		file.flush()
		importer = Importer(doctype, file_path=file.name, import_type=kind)
	(payload,) = importer.import_file.get_payloads_for_import()
	frappe.flags.in_import = True
	try:
		importer.process_doc(payload.doc)
	finally:
		frappe.flags.in_import = False
