"""A ticket that another one was merged into: records that only the other one can have left are not its own."""

import frappe

from sla_guard.helpdesk.rebuild import MERGED
from tests.site.back_filling import CUSTOMER, RebuildCase, back_fill, forget
from tests.site.records import at, change, facts, issue, priority
from tests.site.routes import mail_in, mail_out
from tests.site.test_names import rename

MERGING = "2026-01-06 13:00"


class TestMerged(RebuildCase):
	def setUp(self):
		super().setUp()
		priority("Urgent")

	def merged(self, other, kept, when=MERGING):
		with at(when):
			rename("Issue", other.name, kept.name, merge=True)
		return kept

	def reason(self, ticket):
		return frappe.db.get_value("SLA Event", {"ticket": ticket.name, "kind": "opened"}, "reason")

	def test_what_was_before_it_was_opened(self):
		other = issue("2026-01-05 09:00")
		change(other, "2026-01-05 09:30", status="On Hold", priority="Urgent")
		mail_out(other, CUSTOMER, when="2026-01-05 09:50", by=self.agent)
		kept = issue("2026-01-05 10:00")
		change(kept, "2026-01-05 10:30", status="Replied")
		change(kept, "2026-01-05 12:00", status="Closed")
		self.assertBackFilled(self.merged(other, kept))
		self.assertEqual(self.reason(kept), MERGED)

	def test_the_mail_that_made_the_other_one_opens_it_no_earlier(self):
		kept = issue("2026-01-05 11:00", subject="It is down", raised_by=CUSTOMER)
		other = issue("2026-01-05 08:00")
		mail_in(CUSTOMER, subject="It is down", ticket=other, when="2026-01-05 09:00")
		frappe.db.set_value("Communication", {"reference_name": other.name}, "subject", "It is down")
		self.assertBackFilled(self.merged(other, kept))

	def test_statuses_that_only_the_other_one_had(self):
		other, kept = issue("2026-01-05 09:00"), issue("2026-01-05 10:00")
		change(other, "2026-01-05 10:30", status="On Hold")
		change(kept, "2026-01-05 11:00", status="Replied")
		change(other, "2026-01-05 11:30", status="Resolved")
		change(kept, "2026-01-05 12:00", status="On Hold")
		change(kept, "2026-01-05 14:00", status="Closed")
		self.assertBackFilled(self.merged(other, kept))

	def test_a_received_mail_hides_what_the_status_was(self):
		other, kept = issue("2026-01-05 09:00"), issue("2026-01-05 10:00")
		change(kept, "2026-01-05 10:30", status="On Hold")
		mail_in(CUSTOMER, ticket=kept, when="2026-01-05 11:00")
		change(other, "2026-01-05 11:30", status="Closed")
		self.assertBackFilled(self.merged(other, kept))

	def test_a_younger_one_whose_mails_name_it(self):
		kept, other = issue("2026-01-05 09:00"), issue("2026-01-05 10:00")
		mail_out(
			other,
			CUSTOMER,
			subject=f"It does not work (#{other.name})",
			when="2026-01-05 10:30",
			by=self.agent,
		)
		change(kept, "2026-01-05 12:00", status="Closed")
		self.assertBackFilled(self.merged(other, kept))

	def test_what_happens_after_the_merging_is_its_own(self):
		other, kept = issue("2026-01-05 09:00"), issue("2026-01-05 10:00")
		change(other, "2026-01-05 10:30", status="Closed")
		self.merged(other, kept, "2026-01-05 11:00")
		change(kept, "2026-01-05 11:30", status="On Hold")
		change(kept, "2026-01-05 12:00", status="Closed")
		self.assertBackFilled(kept)

	def test_two_that_were_merged_one_after_the_other(self):
		first, second, kept = (issue(f"2026-01-05 {hour}:00") for hour in ("09", "10", "11"))
		change(first, "2026-01-05 09:30", status="On Hold")
		change(second, "2026-01-05 10:30", status="On Hold")
		self.merged(first, second, "2026-01-05 11:30")
		change(second, "2026-01-05 11:40", priority="Urgent")
		change(kept, "2026-01-05 12:00", status="Replied")
		self.assertBackFilled(self.merged(second, kept))

	def test_one_that_was_only_renamed_is_not_marked(self):
		ticket = issue("2026-01-05 09:00")
		change(ticket, "2026-01-05 09:30", status="On Hold")
		name = rename("Issue", ticket.name, "ISS-RENAMED")
		self.assertBackFilled(name)
		self.assertFalse(frappe.db.get_value("SLA Event", {"ticket": name, "kind": "opened"}, "reason"))

	def test_where_the_deleted_document_was_cleared_away_nothing_tells(self):
		other, kept = issue("2026-01-05 09:00"), issue("2026-01-05 10:00")
		change(other, "2026-01-05 10:30", status="On Hold")
		self.merged(other, kept)
		frappe.db.delete("Deleted Document", {"deleted_name": other.name})
		forget(kept.name)
		back_fill(kept.name)
		self.assertIn("status", facts(kept))
		self.assertFalse(self.reason(kept))

	def test_nor_is_a_version_its_own_that_is_older_than_it(self):
		other, kept = issue("2026-01-05 09:00"), issue("2026-01-05 10:00")
		change(other, "2026-01-05 09:30", status="On Hold")
		self.merged(other, kept)
		frappe.db.delete("Deleted Document", {"deleted_name": other.name})
		self.assertBackFilled(kept)
		self.assertEqual(self.reason(kept), MERGED)
