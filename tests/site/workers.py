"""A worker of the framework's queue as a process that is killed by SIGKILL: python -m tests.site.workers QUEUE.

Its queue is its own: what other tests have enqueued, and a bench's own workers, are in nobody's way.
"""

import os
import random
import sys
import time
from contextlib import contextmanager, suppress
from unittest.mock import patch

import psutil

from tests import host as embedded
from tests.site.chosen import host

# Tickets of a batch, of a back-fill and of a simulation.
SIZE, SIMULATED = 16, 2
# How long is waited for something that must come, in seconds.
PATIENCE = 60
# Of whoever is killed: the process that carries out the job, or with it the worker that began it, as when a machine ends.
WORK_HORSE, ALL = "work-horse", "all"


def main(queue: str) -> None:
	host.connect()
	import frappe
	from frappe.utils.background_jobs import generate_qname, get_redis_conn
	from rq import Worker

	from sla_guard.back_fill import batches
	from sla_guard.simulation import batches as simulated

	with of_its_own(queue):
		worker = Worker([generate_qname("long")], connection=get_redis_conn())
		# A job connects by itself, in a process of its own.
		frappe.destroy()
		with patch.multiple(batches, SIZE=SIZE), patch.multiple(simulated, BATCH=SIMULATED):
			worker.work(logging_level="WARNING")


@contextmanager
def of_its_own(queue: str):
	"""What is enqueued in here goes to this queue."""
	with patch("frappe.utils.background_jobs.get_bench_id", lambda: queue):
		yield


class Killer:
	"""Kills the workers of a queue at moments that a seed draws, and starts them again."""

	def __init__(self, queue: str, seed: int) -> None:
		self.queue, self.draw, self.killed = queue, random.Random(seed), []
		self.worker = self._started()

	def _started(self) -> psutil.Popen:
		command = embedded.tied([sys.executable, "-m", "tests.site.workers", self.queue])
		return psutil.Popen(command, cwd=embedded.ROOT, env=_environment(), start_new_session=True)

	def kill(self) -> bool:
		"""Whoever is at work just now; False if nobody is, or is done before."""
		time.sleep(self.draw.random() * 0.03)
		whom, horses = self.draw.choice((WORK_HORSE, WORK_HORSE, ALL)), self._horses()
		if not horses:
			return False
		if whom == ALL:
			self.worker.kill()
			self.worker.wait()
		if not all(map(_ended, horses)):
			return False
		self.killed.append(whom)
		return True

	def keep_alive(self) -> None:
		"""A new worker in place of one that was killed, as a supervisor does it."""
		if not self.worker.is_running():
			self.worker = self._started()

	def is_idle(self) -> bool:
		"""Nothing is queued and nobody at work."""
		return not self._jobs().count and not self._horses()

	def end(self) -> None:
		for process in (*self._horses(), self.worker):
			_ended(process)
		self._jobs().delete(delete_jobs=True)

	def _jobs(self):
		from frappe.utils.background_jobs import get_queue

		with of_its_own(self.queue):
			return get_queue("long")

	def _horses(self) -> list[psutil.Process]:
		if not self.worker.is_running():
			return []
		return [each for each in self.worker.children() if not _is_gone(each)]


def _ended(process: psutil.Process) -> bool:
	"""By SIGKILL; False if it had ended by itself."""
	try:
		process.kill()
	except psutil.NoSuchProcess:
		return False
	until(_is_gone, process)
	return True


def _is_gone(process: psutil.Process) -> bool:
	with suppress(psutil.NoSuchProcess):
		# Whoever began it may not have asked for its end yet.
		return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
	return True


def _environment() -> dict:
	return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def until(verb, *about):
	"""What it returns once that is true; it is asked again and again."""
	begun = time.monotonic()
	while not (found := verb(*about)):
		if time.monotonic() - begun > PATIENCE:
			raise AssertionError(f"{verb} did not come true in {PATIENCE} seconds")
		time.sleep(0.002)
	return found


if __name__ == "__main__":
	main(sys.argv[1])
