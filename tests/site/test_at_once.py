"""Two threads stand for two workers: nothing may be held in common that two processes would not share."""

from functools import cached_property
from threading import Barrier

from tests.site.case import SiteTestCase
from tests.site.committed import at_once


class TestAtOnce(SiteTestCase):
	def test_what_one_works_out_keeps_no_other_waiting(self):
		meet = Barrier(2, timeout=5)

		class Record:
			@cached_property
			def slow(self):
				meet.wait()
				return "worked out"

		self.assertEqual(at_once(lambda: Record().slow, lambda: Record().slow), ["worked out"] * 2)

	def test_it_is_worked_out_once(self):
		class Record:
			@cached_property
			def fresh(self):
				return object()

		record = Record()
		self.assertIs(record.fresh, record.fresh)
		self.assertIs(Record.fresh, vars(Record)["fresh"])
