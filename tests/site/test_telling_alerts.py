"""Whom a rule names is told of what was reached: once, in a minute, in one message if it is much."""

import frappe
from frappe import client

from sla_guard import jobs
from tests.site.case import make_user
from tests.site.notifying import ToldCase, alerts, mails_to, messages, notices, states
from tests.site.records import at, change, clock, customer, facts, priority, roster, target
from tests.site.routes import agent, as_user, contact, request, waiting_mails


def assign(ticket, *users):
	for user in users:
		frappe.new_doc("ToDo").update(
			{
				"allocated_to": user,
				"reference_type": "Issue",
				"reference_name": ticket.name,
				"description": "Look at it",
			}
		).insert(ignore_permissions=True)
	frappe.db.commit()


def portal_page(ticket):
	return frappe.utils.get_url(f"/sla/ticket?name={ticket.name}")


class TestTold(ToldCase):
	def test_within_the_next_minute_and_once(self):
		self.rule(75)
		ticket = self.issue("2026-01-05 09:00", subject="R < D")
		self.sweep("2026-01-05 09:46")
		for minute in (46, 47, 48):
			self.tell(f"2026-01-05 09:{minute}")
		(said,) = messages(self.reader)
		self.assertTrue(said.startswith(f"{ticket.name}, R &lt; D: 75 % of the response time is used"), said)
		self.assertEqual(states(ticket), [("Told", None)])
		(notice,) = notices(ticket)
		self.assertEqual((notice.user, notice.state, notice.in_app), (self.reader, "Told", 1))

	def test_the_due_is_said_in_the_zone_of_who_reads_it(self):
		frappe.db.set_value("User", self.reader, "time_zone", "Asia/Tokyo")
		self.rule(75, email=1)
		self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 09:46")
		self.tell("2026-01-05 09:47")
		self.assertIn("due Jan 5, 2026 19:00", messages(self.reader)[0])
		((_subject, body),) = mails_to(self.reader)
		self.assertIn("Jan 5, 2026 19:00 (Asia/Tokyo)", body)
		self.assertIn("Jan 5, 2026 10:00 (UTC)", body)

	def test_in_french(self):
		frappe.db.set_value("User", self.reader, "language", "fr")
		self.rule(100, email=1)
		self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 10:01")
		self.tell("2026-01-05 10:02")
		self.assertIn("GTI dépassée depuis le 5 janv. 2026", messages(self.reader)[0])
		((subject, body),) = mails_to(self.reader)
		self.assertIn("GTI dépassée", subject)
		self.assertIn("Atteint le", body)

	def test_what_was_missed_and_is_done_by_now_is_called_so(self):
		self.rule(100)
		ticket = self.issue("2026-01-05 09:00")
		change(ticket, "2026-01-05 10:30", status="Closed")
		frappe.db.commit()
		self.tell("2026-01-05 10:31")
		self.assertIn("the response was missed, it was due Jan 5, 2026", messages(self.reader)[0])

	def test_only_the_furthest_step_of_a_clock_is_told(self):
		self.rule(50)
		self.rule(75, in_app=0, email=1)
		self.rule(100)
		ticket = self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 10:01")
		self.tell("2026-01-05 10:02")
		(said,) = messages(self.reader)
		self.assertIn("overdue", said)
		# By all the ways by which the steps were to be told.
		self.assertEqual(len(mails_to(self.reader)), 1)
		passed = ("Not Told", "A further step was told of")
		self.assertEqual(states(ticket), [passed, passed, ("Told", None)])

	def test_two_rules_that_name_the_same_user_tell_once(self):
		self.rule(75)
		self.rule(75, users=[], role="Support Team")
		ticket = self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 09:46")
		self.tell("2026-01-05 09:47")
		self.assertEqual(len(messages(self.reader)), 1)
		self.assertEqual(len(alerts(ticket)), 2)


class TestWhom(ToldCase):
	def told(self, ticket, **values):
		self.rule(75, **{"users": [], **values})
		self.sweep("2026-01-05 09:46")
		self.tell("2026-01-05 09:47")
		return sorted((each.user or each.address, each.state) for each in notices(ticket))

	def test_assignees(self):
		ticket = self.issue("2026-01-05 09:00")
		assign(ticket, self.reader)
		self.assertEqual(self.told(ticket, to_assignees=1), [(self.reader, "Told")])

	def test_everybody_with_a_role_but_who_holds_them_all(self):
		boss = make_user("boss", "SLA Manager", "Support Team")
		found = self.told(self.issue("2026-01-05 09:00"), role="SLA Manager")
		self.assertIn((boss, "Told"), found)
		self.assertNotIn("Administrator", dict(found))

	def test_whoever_is_on_call_at_that_instant(self):
		other = make_user("other", "Support Team")
		shifts = (
			(self.reader, "2026-01-05 00:00", "2026-01-05 09:46"),
			(other, "2026-01-05 09:46", "2026-01-06 00:00"),
		)
		roster(*shifts).insert()
		ticket = self.issue("2026-01-05 09:00")
		self.assertEqual(self.told(ticket, to_on_call=1), [(self.reader, "Told")])

	def test_who_may_not_read_the_ticket_is_told_nothing_of_it(self):
		seller = make_user("seller", "Sales User")
		ticket = self.issue("2026-01-05 09:00")
		self.assertEqual(self.told(ticket, users=[seller], email=1), [(seller, "Not Told")])
		self.assertEqual((messages(seller), mails_to(seller)), ([], []))
		self.assertEqual(states(ticket)[0][0], "Not Told")

	def test_nobody(self):
		ticket = self.issue("2026-01-05 09:00")
		self.assertEqual(self.told(ticket, to_assignees=1), [])
		self.assertEqual(states(ticket), [("Not Told", "There is nobody to be told")])

	def test_the_contacts_whom_the_contract_names_in_their_language_and_it_is_no_answer(self):
		hears, not_this = (
			contact(f"{name}@acme.example", customer=self.customer) for name in ("hears", "other")
		)
		frappe.db.set_value("Customer", self.customer, "language", "fr")
		self.contract.reload()
		for name, flag in ((hears, 1), (not_this, 0)):
			self.contract.append("contacts", {"contact": name, "hears_of_deadlines": flag})
		self.contract.save()
		ticket = self.issue("2026-01-05 09:00", subject="Panne")
		self.assertEqual(self.told(ticket, to_customer=1), [("hears@acme.example", "Told")])
		((subject, body),) = mails_to("hears@acme.example")
		self.assertTrue(
			subject.startswith(f"{ticket.name}, Panne: 75 % du délai de prise en charge (GTI)"), subject
		)
		self.assertNotIn(frappe.utils.get_url_to_form("Issue", ticket.name), body)
		self.assertIn(f'href="{portal_page(ticket)}"', body)
		with at("2026-01-05 09:48"):
			waiting_mails("Issue", ticket.name)[0].send()
			jobs.reconcile()
		self.assertEqual((facts(ticket), clock(ticket, "Response").state), (["opened"], "running"))

	def test_as_a_todo(self):
		ticket = self.issue("2026-01-05 09:00")
		self.assertEqual(self.told(ticket, users=[self.reader], in_app=0, todo=1), [(self.reader, "Told")])
		todo = {"allocated_to": self.reader, "reference_name": ticket.name, "status": "Open"}
		self.assertEqual(frappe.db.count("ToDo", todo), 1)


class TestQuiet(ToldCase):
	def test_while_the_clock_is_paused_and_told_when_it_runs_again(self):
		self.rule(75, metric="Resolution")
		ticket = self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 15:00:30")
		change(ticket, "2026-01-05 15:00:40", status="On Hold")
		frappe.db.commit()
		self.tell("2026-01-05 15:01")
		self.assertEqual((messages(self.reader), states(ticket)), ([], [("Waiting", None)]))
		change(ticket, "2026-01-08 09:00", status="Open")
		frappe.db.commit()
		self.tell("2026-01-08 09:01")
		(said,) = messages(self.reader)
		self.assertIn("due Jan 8, 2026 10:59", said)
		self.assertEqual(alerts(ticket), [("Resolution", 75, "2026-01-05 15:00")])

	def test_what_was_done_before_anybody_was_told(self):
		self.rule(75)
		ticket = self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 09:46")
		change(ticket, "2026-01-05 09:50", status="Closed")
		frappe.db.commit()
		self.tell("2026-01-05 09:51")
		self.assertEqual((messages(self.reader), states(ticket)), ([], [("Not Told", "It was done in time")]))

	def test_when_another_target_holds_by_now(self):
		self.contract.cancel()
		self.in_force(*self.targets())
		self.rule(75)
		ticket = self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 09:46")
		change(ticket, "2026-01-05 09:50", priority="P3")
		frappe.db.commit()
		self.tell("2026-01-05 09:51")
		self.assertEqual(states(ticket), [("Not Told", "Another target holds now")])

	def targets(self):
		return target(1, 8), target(4, 8, priority=priority("P3"))


class TestDigest(ToldCase):
	def reached(self, count):
		self.rule(75, email=1)
		tickets = [self.issue("2026-01-05 09:00", subject=f"Number {n}") for n in range(count)]
		self.sweep("2026-01-05 09:46")
		self.tell("2026-01-05 09:47")
		return tickets

	def test_three_are_told_one_by_one(self):
		self.reached(3)
		self.assertEqual((len(messages(self.reader)), len(mails_to(self.reader))), (3, 3))

	def test_more_at_once_are_one_message_and_one_mail_with_a_table(self):
		tickets = self.reached(5)
		self.assertEqual(messages(self.reader), ["5 deadlines are coming up"])
		((subject, body),) = mails_to(self.reader)
		self.assertEqual(subject, "5 deadlines are coming up")
		for n, ticket in enumerate(tickets):
			self.assertIn(ticket.name, body)
			self.assertIn(f"Number {n}", body)
			self.assertEqual(states(ticket), [("Told", None)])
		link = frappe.db.get_value("Notification Log", {"for_user": self.reader}, "link")
		self.assertIn(tickets[0].name, link)

	def test_the_customers_leads_to_the_portals_pages(self):
		name = contact("hears@acme.example", customer=self.customer)
		self.contract.reload()
		self.contract.append("contacts", {"contact": name, "hears_of_deadlines": 1})
		self.contract.save()
		tickets = [self.issue("2026-01-05 09:00") for _ in range(4)]
		self.rule(75, users=[], to_customer=1)
		self.sweep("2026-01-05 09:46")
		self.tell("2026-01-05 09:47")
		((_subject, body),) = mails_to("hears@acme.example")
		for ticket in tickets:
			self.assertIn(f'href="{portal_page(ticket)}"', body)
		self.assertNotIn("/app/", body)
		self.assertIn(f'href="{frappe.utils.get_url("/sla")}"', body)

	def test_a_digest_is_silent_about_what_its_reader_may_not_read(self):
		tickets = [self.issue("2026-01-05 09:00") for _ in range(4)]
		other = self.in_force(customer=f"{self.customer} Other")
		hidden = self.issue("2026-01-05 09:00", customer=other.customer)
		frappe.new_doc("User Permission").update(
			{"user": self.reader, "allow": "Customer", "for_value": self.customer}
		).insert()
		frappe.db.commit()
		self.addCleanup(frappe.db.commit)
		self.addCleanup(frappe.db.delete, "User Permission", {"user": self.reader})
		self.rule(75, email=1)
		self.sweep("2026-01-05 09:46")
		self.tell("2026-01-05 09:47")
		((subject, body),) = mails_to(self.reader)
		self.assertIn("4 deadlines", subject)
		self.assertNotIn(hidden.name, body)
		self.assertEqual(states(hidden)[0][0], "Not Told")
		self.assertEqual(states(tickets[0]), [("Told", None)])


class TestLimited(ToldCase):
	def test_who_is_told_of_a_ticket_sees_who_may_see_its_alerts(self):
		self.rule(75)
		ticket = self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 09:46")
		self.tell("2026-01-05 09:47")
		name = frappe.db.get_value("SLA Notice", {"ticket": ticket.name})
		reader = agent("limited")
		with as_user(reader):
			self.assertIn(name, frappe.get_list("SLA Notice", pluck="name", limit_page_length=0))
			client.get("SLA Notice", name)
		frappe.permissions.add_user_permission("Customer", customer("Elsewhere"), reader)
		with as_user(reader):
			self.assertEqual(frappe.get_list("SLA Notice", {"name": name}), [])
			with self.assertRaises(frappe.PermissionError):
				client.get("SLA Notice", name)


class TestImmutable(ToldCase):
	def test_nobody_enters_or_edits_what_was_told(self):
		self.rule(75)
		ticket = self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 09:46")
		self.tell("2026-01-05 09:47")
		for doctype in ("SLA Alert", "SLA Notice"):
			row = frappe.get_doc(doctype, {"ticket": ticket.name})
			with self.subTest(doctype), self.assertRaises(frappe.PermissionError):
				row.update({"state": "Failed"}).save(ignore_permissions=True)
			with self.subTest(doctype), self.assertRaises(frappe.PermissionError), as_user(agent()):
				request("frappe.client.delete", doctype=doctype, name=row.name)
