"""The statement on paper: what the customer reads, read back out of the PDF."""

import re

import frappe
from frappe.translate import print_language

from sla_guard.statements import printing
from sla_guard.statements.words import Words, language_of
from tests.site.case import SiteTestCase
from tests.site.pdf import printed
from tests.site.records import customer, tiers
from tests.site.sample_statement import agreed, breach, month, row, statement


class TestPDF(SiteTestCase):
	"""One print of each language, since each takes its time."""

	def test_in_english(self):
		first, *rest = printed(statement(agreed()), "en")
		for text in ("SLA Statement", "June 2026", "Acme", "Gold", "94.97 % 189/199", "Amount Due €880.00"):
			self.assertIn(text, first)
		self.assertIn("Commitments met: 339 of 356. We credit you €880.00.", first)
		text = " ".join(rest)
		self.assertIn("94.97 % (189/199)", text)
		self.assertRegex(text, r"P2 ?Mail ?0 ?0 ?0 ?0 ?0 ?no data")
		# In the contract's zone, two hours later than UTC.
		self.assertIn("Jun 30, 2026 18:00", text)
		self.assertIn("Jul 2, 2026 06:30", text)
		self.assertIn("Flood <in> the street", text)
		self.assertIn("99.81 %", text)
		self.assertIn("6 × €10.00", text)
		self.assertIn("Cap of the period: €1,000.00 for €1,500.00, of this line €940.00 is left", text)
		self.assertIn("One breach was waived afterwards €300.00 €280.00 -€20.00", text)
		self.assertIn("median 25 min, mean 41 min", text)
		self.assertIn("How to Read the Figures", text)

	def test_in_french(self):
		text = " ".join(printed(statement(agreed()), "fr"))
		for each in (
			"Relevé SLA",
			"juin 2026",
			"Prise en charge (GTI)",
			"94,97 % (189/199)",
			"aucune donnée",
		):
			self.assertIn(each, text)
		self.assertIn("Nous vous créditons 880,00 €.", text)
		self.assertIn("30 juin 2026 18:00", text)
		self.assertIn("1 440,00 €", text)
		self.assertIn("Motif", text)
		self.assertNotRegex(text, "Missed|Compliance by|no data")


class TestPage(SiteTestCase):
	def html(self, language="en", contract=None, **values):
		with print_language(language):
			return frappe.get_print(
				"SLA Statement",
				statement(contract or agreed(), **values).name,
				print_format="SLA Statement",
				no_letterhead=1,
			)

	def test_it_is_what_the_desk_prints_unless_told_otherwise(self):
		self.assertEqual(frappe.get_meta("SLA Statement").default_print_format, "SLA Statement")

	def test_the_desk_proposes_the_customers_language(self):
		given = statement(agreed())
		frappe.db.set_value("Customer", "Acme", "language", "fr")
		shown = frappe.get_doc("SLA Statement", given.name).as_dict()
		self.assertEqual(shown["language"], "fr")

	def test_nothing_that_somebody_wrote_is_taken_for_html(self):
		html = self.html(
			figures={"title": "<script>alert(1)</script>", "causes": [{"cause": "<b>x", "count": 1}]}
		)
		self.assertIn("&lt;script&gt;alert(1)", html)
		self.assertIn("Flood &lt;in&gt; the street", html)
		self.assertIn("&lt;b&gt;x", html)

	def test_it_needs_no_script_and_nothing_from_the_net(self):
		ours = re.search(r'<div class="sla-statement">.*', self.html(), re.S)[0].split("<script")[0]
		self.assertNotRegex(ours, r"<img|<link|url\((?!#)|src=")
		self.assertEqual(ours.count("<svg"), 2)

	def trend(self, *rows, customer="Acme"):
		"""The title of the chart and the line across it, under a contract with these tiers by compliance."""
		contract = agreed(customer=customer)
		if rows:
			rule = {"rule_name": "Kept", "kind": "Tiers by compliance", "metric": "Response"}
			contract.append("penalty_rules", rule).db_insert()
		for tier in tiers("Kept", *rows):
			contract.append("penalty_tiers", tier).db_insert()
		shown = printing.sla_statement(statement(contract, customer))["trend"]
		return shown["title"], shown["chart"].target and shown["chart"].target.text.replace("\u00a0", " ")

	def test_the_level_from_which_nothing_is_paid_is_drawn(self):
		title = "Compliance by period, and the level agreed for Response"
		self.assertEqual(self.trend((0, 80, 300), (80, 90, 120)), (title, "Target 90 %"))
		free_tier = self.trend((0, 95, 300), (95, None, 0), customer="Globex")
		self.assertEqual(free_tier, (title, "Target 95 %"))

	def test_without_such_a_level_there_is_no_line(self):
		self.assertEqual(self.trend(), ("Compliance by period", None))
		self.assertEqual(self.trend((0, None, 300), customer="Globex"), ("Compliance by period", None))

	def test_a_draft_says_that_it_is_one(self):
		draft = statement(agreed(), docstatus=0)
		self.assertIn("not yet approved", printing.sla_statement(draft)["notice"])

	def test_a_statement_in_which_nothing_happened_says_so(self):
		nothing = {"compliance": [], "breaches": [], "exclusions": [], "availability": [], "in_progress": []}
		quiet = statement(agreed(), figures={**nothing, "trend": [month(11, 0, 0)]}, amount_due=0)
		told = printing.sla_statement(quiet)
		self.assertIsNone(told["trend"])
		self.assertEqual(told["sentence"], "No commitment was decided in this period. Nothing is due.")
		self.assertEqual([each["percent"] for each in told["compliance"]], ["no data", "no data"])

	def test_a_contract_without_penalties_speaks_of_no_money(self):
		quiet = statement(agreed(), amount_due=0)
		quiet.update({"lines": [], "corrections": []})
		told = printing.sla_statement(quiet)
		self.assertIsNone(told["due"])
		self.assertEqual(told["sentence"], "Commitments met: 339 of 356.")
		self.assertNotIn("amounts", [table.key for table in told["tables"]])

	def test_a_percentage_just_below_the_next_is_not_rounded_up_to_it(self):
		almost = [row("Response", "P1", met=99_999, missed=1)]
		told = printing.sla_statement(statement(agreed(), figures={"compliance": almost}))
		self.assertEqual(told["compliance"][0]["percent"].replace("\u00a0", " "), "99.99 %")

	def test_a_commitment_not_yet_done_has_no_instant(self):
		told = printing.sla_statement(
			statement(agreed(), figures={"breaches": [breach("T", "Response", stopped_us=0)]})
		)
		(table,) = [each for each in told["tables"] if each.key == "breaches"]
		self.assertIn("not yet", table.rows[0])


class TestOverview(SiteTestCase):
	def test_the_form_shows_the_first_page(self):
		html = printing.overview(statement(agreed()).name)
		for text in ("94.97", "€880.00", "Commitments met: 339 of 356.", "<svg"):
			self.assertIn(text, html)

	def test_only_to_those_who_may_read_the_statement(self):
		name = statement(agreed()).name
		frappe.set_user("Guest")
		self.assertRaises(frappe.PermissionError, printing.overview, name)


class TestWords(SiteTestCase):
	def money(self, amount, currency, language="en"):
		text = Words(language, "UTC", currency).money(amount)
		return re.sub(r"\s", " ", text)

	def test_an_amount_has_the_decimals_of_its_currency(self):
		for name, number_format in (("JPY", "#,###"), ("KWD", "#,###.###"), ("EUR", "#,###.##")):
			frappe.db.set_value("Currency", name, "number_format", number_format)
			frappe.clear_document_cache("Currency", name)
		self.assertEqual(self.money(1234567, "JPY"), "¥1,234,567")
		self.assertEqual(self.money("12.5", "KWD"), "KWD 12.500")
		self.assertEqual(self.money(-0.1, "EUR"), "-€0.10")
		self.assertEqual(self.money(1234.5, "EUR", "fr"), "1 234,50 €")
		# The price of a unit may have more.
		self.assertEqual(self.money("0.125", "EUR"), "€0.125")

	def test_the_settings_say_otherwise(self):
		settings = frappe.get_doc("SLA Settings")
		settings.append("currency_decimals", {"currency": "EUR", "decimals": 0})
		settings.save()
		self.assertEqual(self.money(12, "EUR"), "€12")

	def test_a_time_is_that_of_the_zone(self):
		at = 1_782_835_200_000_000  # 2026-06-30 16:00 UTC
		self.assertEqual(Words("en", "Asia/Tokyo", "EUR").moment(at), "Jul 1, 2026 01:00")
		self.assertEqual(Words("fr", "Europe/Paris", "EUR").moment(at), "30 juin 2026 18:00")

	def test_a_quarter_has_a_name(self):
		days = ("2026-04-01", "2026-06-30")
		self.assertEqual(Words("en", "UTC", "EUR").period("Quarter", *days), "2nd quarter 2026")
		self.assertEqual(Words("fr", "UTC", "EUR").period("Quarter", *days), "2e trimestre 2026")

	def test_the_language_is_the_customers_else_the_sites(self):
		site = frappe.db.get_single_value("System Settings", "language")
		name = customer("Parlant", language="fr")
		self.assertEqual(language_of(name), "fr")
		frappe.db.set_value("Customer", name, "language", None)
		self.assertEqual(language_of(name), site)

	def test_a_language_that_babel_does_not_know_is_read_in_english(self):
		self.assertEqual(self.money(1, "EUR", "xx-YY"), "€1.00")
