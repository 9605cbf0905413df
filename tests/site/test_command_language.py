"""What the commands print is in the language of the site, or in the one that --lang names."""

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import frappe

from tests.site.back_filling import forget
from tests.site.commanding import command
from tests.site.recomputing import TUESDAY, RecomputeCase
from tests.site.records import change, contract, customer, money, priority, rule, target
from tests.site.routes import versions_kept
from tests.site.simulating import HEADERS, LOG, options


@contextmanager
def site_in(language):
	"""The language of System Settings, as other connections see it."""
	before = frappe.db.get_single_value("System Settings", "language")
	_set(language)
	try:
		yield
	finally:
		_set(before)


def _set(language):
	frappe.db.set_single_value("System Settings", "language", language)
	frappe.db.commit()
	frappe.clear_cache()


class TestLanguage(RecomputeCase):
	def assertSays(self, run, *words, code=0):
		self.assertEqual(run.exit_code, code, run.output)
		for each in words:
			self.assertIn(each, run.output.replace("\u00a0", " ").replace("\u202f", " "))

	def simulate(self, *language):
		customer(self.customer)
		for name in ("High", "Low"):
			priority(name)
		terms = {"customer": self.customer, **money(rule()), "title": "Gold"}
		draft = contract(target(), **terms).insert()
		with TemporaryDirectory() as folder:
			file = Path(folder) / "history.csv"
			file.write_text(HEADERS + LOG + "T2,15/01/2026 09:40,13/01/2026 09:00,Odd,Low,3\n")
			about = ("--contract", draft.name, "--time-zone", "UTC", *options())
			return command(*language, "simulate", str(file), *about)

	def test_a_simulation_in_french(self):
		with site_in("fr"):
			said = self.simulate()
		self.assertSays(
			said,
			"2 tickets, 7 événements",
			"Statut inconnu : Conservé",
			"Prise en charge (GTI) : ",
			"Pénalités : 300,00 €",
			"moins",
		)

	def test_the_language_that_is_named_goes_first_and_one_that_there_is_not_is_refused(self):
		with site_in("fr"):
			self.assertSays(self.simulate("--lang", "en"), "2 tickets, 7 events", "Unknown status: Kept")
			unknown = command("--lang", "klingon", "back-fill", "--preview")
		self.assertSays(unknown, "klingon", code=2)

	def test_what_is_refused_is_refused_in_french(self):
		with site_in("fr"), TemporaryDirectory() as folder:
			file = Path(folder) / "history.csv"
			file.write_text(HEADERS + LOG)
			about = ("simulate", str(file), "--contract", self.contract.name)
			for asked, words, code in (
				(("--map", "ticket=n"), "Aucune colonne ne donne", 1),
				(("--map", "colour=red"), "colour n'est pas l'un de : ticket", 2),
				(("--time-zone", "Mars"), "Fuseau horaire inconnu : Mars", 2),
				(("--until", "soon"), "soon n'est pas un instant avec décalage", 2),
				(("--means", "Open"), "Open n'est pas de la forme", 2),
			):
				with self.subTest(words):
					self.assertSays(command(*about, *asked), words, code=code)
			self.assertSays(
				command("simulate", "nowhere.csv", "--contract", "x"), "Il n’y a pas de fichier", code=1
			)

	def test_a_back_fill_in_french(self):
		with versions_kept():
			tickets = [self.issue(f"2026-01-0{day} 13:00") for day in (5, 6)]
			change(tickets[0], "2026-01-05 14:00", status="Closed")
		forget(*(ticket.name for ticket in tickets))
		whose = ("--customer", self.customer)
		with site_in("fr"):
			self.assertSays(
				command("back-fill", *whose, "--preview"), "2 tickets sans historique", "Gold, depuis le"
			)
			self.assertSays(command("back-fill", *whose), "Terminé : 2 repris, 0 laissés de côté, 0 en échec")

	def test_a_recompute_in_french(self):
		ticket = self.issue("2026-01-05 13:00")
		self.shut(TUESDAY)
		with site_in("fr"):
			shown = command("recompute", "--reason", "Férié", "--support-hours", self.hours)
			self.assertSays(
				shown, "tickets : 1, compteurs : 2", ticket.name, "Rien n'a été modifié. Pour l'appliquer"
			)
			name = frappe.get_all("SLA Recompute", {"support_hours": self.hours}, pluck="name")[0]
			self.assertSays(command("recompute", name, "--apply"), f"{name} : appliqué, tickets : 1")
