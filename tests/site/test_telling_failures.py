"""Alerts whose telling fails, is tried again, or is done by two at once; and webhooks."""

from unittest.mock import patch

import frappe

from sla_guard import jobs
from sla_guard.notify import delivery, telling
from tests.site.committed import at_once, killed_at, points
from tests.site.notifying import ToldCase, mails_to, messages, notices, states
from tests.site.records import at


class TestFailures(ToldCase):
	def test_a_way_that_fails_is_tried_again_and_the_other_is_not_told_twice(self):
		self.rule(75, email=1)
		ticket = self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 09:46")
		with patch.object(telling, "_mail", side_effect=RuntimeError("no server")):
			self.tell("2026-01-05 09:47")
		(notice,) = notices(ticket)
		self.assertEqual((notice.state, notice.in_app, notice.email, notice.tries), ("Waiting", 1, 0, 1))
		self.tell("2026-01-05 09:48")
		self.assertEqual(mails_to(self.reader), [])
		self.tell("2026-01-05 09:50")
		self.assertEqual((len(messages(self.reader)), len(mails_to(self.reader))), (1, 1))
		self.assertEqual(states(ticket), [("Told", None)])

	def test_at_last_it_is_given_up(self):
		self.rule(75, email=1, in_app=0)
		ticket = self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 09:46")
		with patch.object(telling, "_mail", side_effect=RuntimeError("no server")):
			for hour in range(10, 24):
				self.tell(f"2026-01-05 {hour}:00")
		self.assertEqual(states(ticket), [("Failed", "It failed; see the Error Log")])

	def test_one_alert_that_cannot_be_worked_off_does_not_hold_up_the_others(self):
		self.rule(75)
		poison, sound = self.issue("2026-01-05 09:00"), self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 09:46")
		readers_of = delivery.readers_of

		def refuse(rule, alert):
			if alert.ticket == poison.name:
				raise RuntimeError("poison")
			return readers_of(rule, alert)

		with patch.object(delivery, "readers_of", refuse):
			self.tell("2026-01-05 09:47")
		self.assertEqual((states(poison)[0][0], states(sound)), ("Waiting", [("Told", None)]))
		self.tell("2026-01-05 09:50")
		self.assertEqual(states(poison), [("Told", None)])


class TestOnce(ToldCase):
	TICKETS, POINTS = 3, 16

	def reached(self):
		self.rule(75, email=1)
		found = [self.issue("2026-01-05 09:00").name for _ in range(self.TICKETS)]
		self.sweep("2026-01-05 09:46")
		return found

	def test_with_two_workers(self):
		names = self.reached()
		with at("2026-01-05 09:47"):
			self.assertEqual(at_once(jobs.tell_alerts, jobs.tell_alerts), [None, None])
		self.tell("2026-01-05 09:50")
		self.assertEqual((len(messages(self.reader)), len(mails_to(self.reader))), (3, 3))
		self.assertEqual([states(name) for name in names], [[("Told", None)]] * 3)

	def test_wherever_the_worker_was_killed(self):
		names = self.reached()

		def job():
			self.tell("2026-01-05 09:47")

		length = killed_at(None, job)
		for point in points(length, self.POINTS):
			self.begin_again(names)
			with self.subTest(killed_at=point, of=length):
				killed_at(point, job)
				self.tell("2026-01-05 09:48")
				self.assertEqual((len(messages(self.reader)), len(mails_to(self.reader))), (3, 3))
				self.assertEqual([states(name) for name in names], [[("Told", None)]] * 3)

	def begin_again(self, names):
		for doctype in ("SLA Notice", "Notification Log", "Email Queue", "Email Queue Recipient"):
			frappe.db.delete(doctype, {"creation": (">", "2026-01-01")})
		for name in names:
			frappe.db.set_value("SLA Alert", {"ticket": name}, {"state": "Waiting", "again_us": 0})
		frappe.db.commit()


class TestWebhook(ToldCase):
	def test_frappes_own_webhooks_hear_of_each_alert_once(self):
		frappe.new_doc("Webhook").update(
			{
				"name": f"Alerts {frappe.generate_hash(length=6)}",
				"webhook_doctype": "SLA Alert",
				"webhook_docevent": "after_insert",
				"request_url": "https://hook.example/sla",
				"request_method": "POST",
				"enabled": 1,
				"condition": "(doc.percent or 0) >= 75",
				"webhook_data": [{"fieldname": "ticket", "key": "ticket"}],
			}
		).insert()
		frappe.db.commit()
		self.addCleanup(frappe.clear_cache)
		self.rule(75, users=[], in_app=0)
		self.rule(50, users=[], in_app=0)
		ticket = self.issue("2026-01-05 09:00")
		self.sweep("2026-01-05 09:46")
		with patch("frappe.integrations.doctype.webhook.webhook.enqueue_webhook") as called:
			self.tell("2026-01-05 09:47")
			self.tell("2026-01-05 09:48")
		self.assertEqual(
			[(call.args or (call.kwargs["doc"],))[0].ticket for call in called.call_args_list], [ticket.name]
		)
		self.assertEqual(states(ticket), [("Told", None)] * 2)
