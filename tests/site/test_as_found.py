"""What a run leaves that was cut off is gone for the next, and nothing else is."""

import os
import time

import frappe

from tests.site import as_found
from tests.site.committed import CommittedCase
from tests.site.records import priority


class TestCutOff(CommittedCase):
	def cut_off(self, ago=0):
		"""The state of a site whose run ended this many minutes ago in this test, and that another one finds."""
		begun = time.time() - ago * 60
		os.utime(as_found.note(), (begun, begun))
		as_found.put_back_if_cut_off()

	def test_what_it_made_is_gone(self):
		self.in_force()
		ticket = self.issue(priority=priority("Cut Off"))
		self.cut_off()
		self.assertFalse(frappe.db.exists("Issue Priority", "Cut Off"))
		self.assertFalse(frappe.db.exists("Issue", ticket.name))
		self.assertFalse(as_found.note().exists())

	def test_what_somebody_made_long_after_it_stays(self):
		priority("By Hand")
		frappe.db.commit()
		self.cut_off(ago=30)
		self.assertTrue(frappe.db.exists("Issue Priority", "By Hand"))

	def test_after_a_run_that_came_to_its_end_nothing_is_put_back(self):
		as_found.put_back(self.site_before)
		priority("By Hand")
		frappe.db.commit()
		as_found.put_back_if_cut_off()
		self.assertTrue(frappe.db.exists("Issue Priority", "By Hand"))
