"""Workers that are killed by SIGKILL at random moments, again and again: what is taken up by the scheduler's look alone ends as
if nobody had been killed."""

from unittest.mock import patch

import frappe

from sla_guard import jobs
from sla_guard.back_fill import batches
from sla_guard.simulation import batches as simulated
from sla_guard.sla_guard.doctype.sla_back_fill.sla_back_fill import start
from tests.site.back_filling import RECORDED, forget, twin
from tests.site.committed import rows
from tests.site.simulating import LOG, SimulationCase, found, run, simulation
from tests.site.test_back_fill import BackFillJobCase, new_back_fill
from tests.site.test_back_fill import run as filled
from tests.site.workers import ALL, SIMULATED, SIZE, WORK_HORSE, Killer, of_its_own, until


class Killed:
	"""What jobs do, however often they are killed. `document` is what they are about."""

	KILLS = 10

	def let_live_and_die(self, document, begin, seed):
		"""Begun, killed as often as it is to be, and gone on with to its end."""
		self.document = document
		self.killer = Killer(f"killed-{document.name}", seed)
		self.addCleanup(self.killer.end)
		with of_its_own(self.killer.queue):
			begin()
			frappe.db.commit()
			while len(self.killer.killed) < self.KILLS:
				until(self.got_to, self.done() + self.killer.draw.randrange(3))
				self.killer.kill()
				self.assertFalse(self.is_over(), "It was done before it was killed as often as it was to be")
			until(self.ended)
		self.assertEqual(set(self.killer.killed), {WORK_HORSE, ALL})

	def got_to(self, enough):
		return self.ended() or self.done() >= enough

	def ended(self):
		"""A supervisor starts a worker in place of a killed one; where nothing is left to do the scheduler's look is waited
		for."""
		self.killer.keep_alive()
		if not self.is_over() and self.killer.is_idle():
			self.a_quarter_of_an_hour_later()
		return self.is_over()

	def is_over(self):
		frappe.db.rollback()
		return frappe.db.get_value(self.document.doctype, self.document.name, self.STATUS) == self.OVER

	def a_quarter_of_an_hour_later(self):
		long_ago = frappe.utils.add_to_date(None, minutes=-15)
		for doctype, about, field in self.signs_of_life():
			frappe.db.set_value(doctype, about, field, long_ago, update_modified=False)
		frappe.db.commit()
		jobs.go_on_with_back_fills()
		jobs.go_on_with_simulations()


class TestBackFill(Killed, BackFillJobCase):
	TICKETS = 144
	STATUS, OVER = "status", "Done"
	WHOLE = ("status", "tickets", "filled", "passed_over", "failed")
	BATCH = ("place", "state", "after_ticket", "last_ticket", "done_to", "failures", *WHOLE[1:])

	def test_killed_ten_times_it_ends_as_if_it_had_not_been(self):
		lived = self.lived()
		more = range(self.TICKETS - len(lived))
		self.tickets = [*lived, *(twin(lived[each % 6], f"{lived[0]}-{each:03}") for each in more)]
		frappe.db.commit()
		with patch.object(batches, "SIZE", SIZE):
			clean = self.end_of(filled(new_back_fill(customer=self.customer)))
		self.assertEqual((clean[0], len(clean[1])), (("Done", self.TICKETS, self.TICKETS, 0, 0), 9))
		forget(*self.tickets)
		document = new_back_fill(customer=self.customer)
		self.let_live_and_die(document, lambda: start(document.name), seed=11)
		self.assertEqual(self.end_of(document), clean)

	def done(self):
		"""How many tickets have a history."""
		frappe.db.rollback()
		return frappe.db.count("SLA Event", {"ticket": ("in", self.tickets), "kind": "opened"})

	def signs_of_life(self):
		yield "SLA Back-fill", self.document.name, "modified"
		yield "SLA Back-fill Batch", {"back_fill": self.document.name}, "modified"

	def end_of(self, document):
		"""All that it has come to: of itself, of its batches, of the tickets."""
		frappe.db.rollback()
		about = {"back_fill": document.name}
		parts = frappe.get_all("SLA Back-fill Batch", about, self.BATCH, order_by="place", as_list=True)
		written = {doctype: len(rows(doctype, self.tickets)) for doctype in RECORDED}
		whole = frappe.db.get_value("SLA Back-fill", document.name, self.WHOLE)
		return whole, parts, written, self.told(self.tickets)


class TestSimulation(Killed, SimulationCase):
	STATUS, OVER = "state", "Finished"
	KILLS = 5

	def test_killed_five_times_it_comes_to_the_same_result(self):
		tickets = range(20)
		text = "\n" + "".join(
			LOG.replace("T1", f"A{each:02}").replace("T2", f"B{each:02}").lstrip("\n") for each in tickets
		)
		draft = self.contract()
		with patch.object(simulated, "BATCH", SIMULATED):
			clean = run(simulation(draft, text=text))
		document = simulation(draft, text=text)
		frappe.db.commit()
		self.let_live_and_die(document, document.start, seed=12)
		self.assertEqual(found(document) | {"finished": ""}, clean | {"finished": ""})
		self.assertEqual(self.done(), 2 * len(tickets) / SIMULATED)

	def done(self):
		"""How many batches are."""
		frappe.db.rollback()
		return frappe.db.count(
			"SLA Simulation Batch", {"simulation": self.document.name, "state": simulated.DONE}
		)

	def signs_of_life(self):
		yield "SLA Simulation", self.document.name, "moved"
