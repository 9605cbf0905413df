"""The SLA annex: what a contract says, as its customer reads and signs it."""

import re
from decimal import Decimal

import frappe
from frappe.translate import print_language

from sla_guard.annex.examples import example_of, period_for
from sla_guard.annex.printing import sla_annex
from sla_guard.sla_guard.doctype.sla_contract.money import penalty_terms
from sla_guard.statements.words import Words
from tests.site.case import SiteTestCase, make_user
from tests.site.pdf import printed
from tests.site.records import (
	at,
	contract,
	customer,
	in_force,
	money,
	named,
	new_version,
	priority,
	roster,
	round_the_clock,
	rule,
	service,
	support_hours,
	target,
	tiers,
)
from tests.site.routes import agent

ANNEX = "SLA Annex"


def every_rule():
	"""A rule of each kind, and their tiers."""
	rules = [
		rule("Each", amount=250, metric="Resolution", priority=priority("P1")),
		rule("Share", "Percent of fee per breach", percent=5, metric="Response"),
		rule("Hourly", "Per started unit late", amount=40, unit="Hour", multiplier_from=3, multiplier=2),
		rule("Late", "Tiers by lateness", metric="Resolution"),
		rule("Kept", "Tiers by compliance", metric="Resolution"),
		rule("There", "Tiers by availability", service=service("Mail")),
	]
	rows = [
		*tiers("Late", (0, 4, 100), (4, 8, 300), (8, None, 900)),
		*tiers("Kept", (0, 90, 800), (90, 95, 400)),
		*tiers("There", (0, 99, 500), (99, 99.9, 200)),
	]
	return rules, rows


def reader():
	"""A contact of Acme."""
	contact = frappe.new_doc("Contact").update({"first_name": "IT of Acme"})
	contact.add_email("it@acme.example", is_primary=1)
	return contact.insert(ignore_permissions=True).name


def whole(**rest):
	"""A contract with all that an annex can say, not yet saved."""
	holidays = named(
		"Holiday List",
		"Annex",
		holiday_list_name="Annex",
		from_date="2026-01-01",
		to_date="2027-06-30",
		holidays=[
			{"holiday_date": "2026-05-01", "description": "Labour & May Day"},
			{"holiday_date": "2026-07-04", "description": "A Saturday"},
			{"holiday_date": "2027-01-01", "description": "After the end"},
		],
	)
	office = support_hours(
		"Annex Office",
		"Europe/Paris",
		windows=(("09:00", "12:00"), ("14:00", "18:00")),
		holiday_list=holidays,
	)
	rules, rows = every_rule()
	urgent = target(
		0.25, 4, priority=priority("P1"), support_hours=round_the_clock(), definition="Nobody can work."
	)
	values = {
		"title": "Gold & more",
		"effective_to": "2026-12-31",
		"time_zone": "Europe/Paris",
		"support_hours": office,
		"services": ["Mail", "Telephony"],
		"penalty_tiers": rows,
		"cap_per_breach": 5000,
		"cap_percent": 15,
		"year_cap_percent": 10,
		"minimum_payable": 20,
		"earn_back_metric": "Resolution",
		"earn_back_level": 98,
		"earn_back_periods": 2,
		"maintenance_notice": 48,
		"maintenance_quota": 8,
		"availability_targets": [{"service": service("Mail"), "target_percent": 99.9}],
		"acceptance_days": 10,
		"contacts": [{"contact": reader(), "receives_statement": 1}],
	}
	customer()
	return contract(target(1, 16), urgent, **(values | money(*rules) | rest))


def text(document, language="en"):
	with print_language(language):
		html = frappe.get_print("SLA Contract", document.name, print_format=ANNEX, no_letterhead=1)
	return re.sub(r"\s+", " ", frappe.utils.strip_html(html.split("</style>")[-1])).replace("\xa0", " ")


class TestPDF(SiteTestCase):
	"""One print of each language, since each takes its time."""

	def test_a_draft_in_english(self):
		frappe.db.set_value("SLA Service", service("Mail"), "description", "Mailboxes <in> the cloud")
		said = " ".join(printed(whole().insert(), "en", ANNEX))
		for each in (
			"Service Level Annex",
			"Gold & more",
			"Draft: not yet agreed.",
			"Acme",
			"Mailboxes <in> the cloud",
			"35 h a week, on the clocks of Europe/Paris",
			"09:00–12:00, 14:00–18:00",
			"Labour & May Day",
			"Around the clock",
			"Nobody can work.",
			"15 min",
			"On Hold",
			"Each started unit of 1 h by which it is late costs €40.00",
			"From breach number 3 of a period on: × 2.",
			"3 × €40.00",
			"× 2",
			"Penalty: €240.00",
			"at least 98% in the 2 periods",
			"Force Majeure",
			"at least 48 hours before",
			"it@acme.example",
			"within 10 working days",
			"For the customer",
		):
			self.assertIn(each.replace("98%", "98 %"), said)
		self.assertNotIn("A Saturday", said)
		self.assertNotIn("After the end", said)

	def test_in_french(self):
		document = whole().insert()
		document.submit()
		said = " ".join(printed(document, "fr", ANNEX))
		for each in (
			"Annexe de niveaux de service",
			"Prise en charge (GTI)",
			"Horaires de support",
			"Pénalités",
		):
			self.assertIn(each.lower(), said.lower())
		self.assertIn("240,00 €", said)
		self.assertNotRegex(said, "Draft|Penalty|Support Hours|Example|holidays|Caps")


class TestText(SiteTestCase):
	def test_it_is_what_the_desk_prints_unless_told_otherwise_in_the_language_of_the_customer(self):
		self.assertEqual(frappe.get_meta("SLA Contract").default_print_format, ANNEX)
		document = whole().insert()
		frappe.db.set_value("Customer", "Acme", "language", "fr")
		self.assertEqual(frappe.get_doc("SLA Contract", document.name).as_dict()["language"], "fr")

	def test_nothing_that_somebody_wrote_is_taken_for_html(self):
		document = whole().insert()
		with print_language("en"):
			html = frappe.get_print("SLA Contract", document.name, print_format=ANNEX, no_letterhead=1)
		self.assertIn("Gold &amp; more", html)
		self.assertIn("Labour &amp; May Day", html)

	def test_a_contract_without_penalties_says_so_and_a_draft_that_they_are_open(self):
		in_force_without = in_force(no_penalties=1)
		self.assertIn("No penalties are agreed.", text(in_force_without))
		customer("Globex")
		draft = contract(customer="Globex").insert()
		self.assertIn("Penalties are still to be agreed.", text(draft))
		self.assertNotIn("Caps", text(draft))

	def test_policies_are_told_as_they_are(self):
		said = text(
			in_force(
				no_penalties=1,
				on_reopening="New cycle",
				on_priority_change="Keep",
				closing_answers=0,
				answer_mail=0,
				resolution_stops_at="Restored or resolved",
			)
		)
		self.assertIn("has a new resolution time", said)
		self.assertIn("Change of Priority: the times of the opening stay.", said)
		self.assertIn("Closing a ticket without an answer does not stop the response time.", said)
		self.assertNotIn("A mail of the provider", said)
		self.assertIn("A workaround that restores the service stops the resolution time, too.", said)

	def test_hours_without_holidays_say_so(self):
		self.assertIn("No holidays: open on holidays as on other days.", text(in_force(no_penalties=1)))
		later = whole(effective_from="2027-02-01", effective_to=None).insert()
		self.assertIn("No holidays until Wed, Jun 30, 2027; those after it", text(later))

	def test_one_for_everybody_names_no_customer(self):
		said = text(contract(applies_to="Everybody", no_penalties=1).insert())
		self.assertIn("Everybody", said)


class TestOnCall(SiteTestCase):
	def setUp(self):
		super().setUp()
		# Those of the site itself would be for the tickets of a test, too.
		frappe.db.delete("SLA On-Call Roster")

	def test_rows_around_the_clock_say_that_somebody_is_called_and_who_is_next(self):
		document = whole().insert()
		self.assertNotIn("On-Call", text(document))
		ann, bob = agent("ann"), agent("bob")
		span = ("2037-01-05 00:00", "2037-01-19 00:00")
		roster((ann, *span), (bob, *span, 2), minutes_to_acknowledge=20).insert()
		said = text(document)
		self.assertIn("On-Call: P1 Around the clock somebody is on call", said)
		self.assertIn("What is not acknowledged within 20 minutes goes to the next of 2 levels.", said)


class TestExamples(SiteTestCase):
	"""What an example comes to, against the arithmetic of the rule done by hand."""

	def setUp(self):
		super().setUp()
		self.contract = whole().insert()
		self.words = Words("en", "Europe/Paris", "EUR")

	def example(self, name, **changes):
		self.contract.update(changes)
		rules = {each.id: each for each in penalty_terms(self.contract).rules}
		return example_of(self.contract, rules[name], self.words)

	def amount(self, name, **changes):
		found = re.search(r"[\d.,]+$", self.example(name, **changes).result)
		return Decimal(found[0].replace(",", ""))

	def test_every_kind_of_rule(self):
		# The fee is 3,100 a month. Two and a half hours late are three started ones; the third breach counts double.
		expected = {"Each": 250, "Share": 155, "Hourly": 3 * 40 * 2, "Late": 300, "Kept": 400, "There": 200}
		self.assertEqual({name: self.amount(name) for name in expected}, expected)

	def test_a_cap_per_breach_shows_in_it_and_one_of_the_period_does_not(self):
		self.assertEqual(self.amount("Each", cap_per_breach=100), 100)
		self.assertEqual(self.amount("Each", cap_per_breach=0, cap_percent=1), 250)

	def test_compliance_has_as_many_commitments_as_it_takes(self):
		self.assertIn("9 of 10 commitments", self.example("Kept").case)
		self.assertIn("47 of 50 commitments", self.example("Kept", minimum_sample=21).case)
		self.assertIsNone(self.example("Kept", minimum_sample=20_000))

	def test_it_is_in_the_first_whole_period_in_which_penalties_are_due(self):
		def first(**changes):
			self.contract.update(changes)
			return str(period_for(self.contract, penalty_terms(self.contract)).first)

		self.assertEqual(first(), "2026-01-01")
		self.assertEqual(first(effective_from="2026-01-10"), "2026-02-01")
		self.assertEqual(first(penalties_from="2026-03-15"), "2026-04-01")
		self.assertEqual(first(reporting_period="Quarter"), "2026-04-01")
		self.assertEqual(first(effective_to="2026-04-20", reporting_period="Month"), "2026-03-01")


class TestAcceptance(SiteTestCase):
	def setUp(self):
		super().setUp()
		self.manager = make_user("annex-manager", "SLA Manager", "Support Team")

	def accept(self, document, **values):
		document.reload()
		document.update(values)
		document.save()
		document.reload()
		return document

	def test_a_draft_and_a_submitted_contract_keep_by_whom_and_when_and_who_recorded_it(self):
		document = whole().insert()
		frappe.set_user(self.manager)
		self.accept(document, accepted_by="The director of Acme", accepted_on="2026-01-01")
		self.assertEqual(document.acceptance_recorded_by, self.manager)
		recorded = document.acceptance_recorded_on
		frappe.set_user("Administrator")
		self.accept(document, title="Another title")
		document.submit()
		self.assertEqual((document.acceptance_recorded_by, recorded), (self.manager, recorded))
		self.accept(document, accepted_file="/private/files/signed.pdf")
		self.assertEqual(document.acceptance_recorded_by, "Administrator")
		self.assertTrue(document.meta.track_changes)
		self.assertIn("The director of Acme", text(document))

	def test_who_recorded_it_cannot_be_entered(self):
		document = self.accept(whole().insert(), acceptance_recorded_by=self.manager)
		self.assertIsNone(document.acceptance_recorded_by)

	def test_it_is_never_required_and_no_day_to_come(self):
		document = in_force(no_penalties=1)
		with at("2026-01-05 09:00"):
			document.reload()
			document.accepted_on = "2026-01-06"
			self.assertRefused(document, "a day to come")

	def test_a_new_version_is_not_accepted_yet(self):
		document = in_force(no_penalties=1)
		self.accept(document, accepted_by="Somebody", accepted_on="2026-01-01")
		following = new_version(document, "2026-06-01")
		self.assertEqual(
			(following.accepted_by, following.accepted_on, following.acceptance_recorded_by), (None,) * 3
		)

	def test_what_is_shown_is_in_the_language_of_the_reader(self):
		document = whole().insert()
		with print_language("fr"):
			told = sla_annex(document)
		self.assertEqual(told["acceptance"]["title"], "Acceptation")
