"""The indexes that keep the work of a save small, and each breach single."""

import frappe

from sla_guard.install import INDEXES, UNIQUE, add_indexes
from tests.site.case import SiteTestCase


def indexes(doctype):
	"""Name → (unique, columns in order) of the indexes that the database has."""
	table = f"tab{doctype}"
	if frappe.db.db_type == "sqlite":
		return dict(_of_sqlite(table))
	found = {}
	rows = frappe.db.sql(
		"""select index_name, non_unique, column_name from information_schema.statistics
		where table_schema = database() and table_name = %s order by seq_in_index""",
		table,
	)
	for name, non_unique, column in rows:
		found.setdefault(name, (not non_unique, []))[1].append(column)
	return found


def _of_sqlite(table):
	for index in frappe.db.sql(f"PRAGMA index_list(`{table}`)", as_dict=True):
		columns = frappe.db.sql(f"PRAGMA index_info(`{index['name']}`)", as_dict=True)
		yield index["name"], (bool(index["unique"]), [column["name"] for column in columns])


class TestIndexes(SiteTestCase):
	def assertThere(self):
		for expected, unique in ((UNIQUE, True), (INDEXES, False)):
			for name, (doctype, fields) in expected.items():
				with self.subTest(name):
					self.assertEqual(indexes(doctype).get(name), (unique, list(fields)))

	def test_they_are_there_after_a_migration(self):
		self.assertThere()

	def test_making_them_again_changes_nothing(self):
		# Making one commits.
		frappe.db.rollback()
		before = {doctype: indexes(doctype) for doctype, _fields in (UNIQUE | INDEXES).values()}
		add_indexes()
		add_indexes()
		self.assertEqual({doctype: indexes(doctype) for doctype in before}, before)

	def test_what_is_looked_up_at_each_save_has_an_index(self):
		for doctype in ("SLA Event", "SLA Clock", "SLA Reopening", "SLA Breach"):
			with self.subTest(doctype):
				self.assertIn("ticket", {columns[0] for _unique, columns in indexes(doctype).values()})
