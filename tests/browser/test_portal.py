"""The customers' page in a browser: what is theirs and nothing else, counting down, without scripts, on a phone, in
French. What it is about stays on the site, under names of its own: statements and breaches are never deleted."""

import re
import secrets
from typing import NamedTuple

import pytest
from dateutil.relativedelta import relativedelta
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.desk import call, today
from tests.browser.test_contract import make, names
from tests.browser.test_statement import SETTINGS, run

PASSWORD = f"Sla-{secrets.token_hex(8)}"


class World(NamedTuple):
	"""Of each of two customers: who reads, and an open ticket. Of the first a statement with a penalty."""

	customer: str
	reader: str
	ticket: str
	statement: str
	other: str
	others_reader: str
	others_ticket: str


@pytest.fixture(scope="module")
def world(browser, url):
	"""Made once, by the desk's own requests."""
	page = browser.new_page(base_url=url)
	login(page, "Administrator", None)
	page.goto("/app")
	page.wait_for_function("() => window.frappe?.csrf_token && window.frappe?.boot?.user?.name")
	made = fill(page, f"Portal {secrets.token_hex(3)}")
	page.close()
	return made


def login(page, user, password):
	if user == "Administrator":
		from tests.browser.conftest import log_in

		log_in(page)
		return
	for _ in range(20):
		answer = page.request.post("/api/method/login", form={"usr": user, "pwd": password})
		if answer.ok:
			return
		# SQLite knows one writer, and a job of the scheduler may be writing just now.
		page.wait_for_timeout(500)
	raise AssertionError(answer.text())


def fill(desk, name):
	first = today(desk).replace(day=1) - relativedelta(months=1)
	assert call(desk, "PUT", SETTINGS, tracked_from=None)["status"] == 200
	hours = make(desk, "Support Hours", hours_name=f"{name} Hours", time_zone="UTC", always_open=1)
	found = []
	for called in (f"{name} Retail", f"{name} Mills"):
		customer = make(desk, "Customer", customer_name=called, customer_type="Company", **party(desk))
		user, contact = reader(desk, customer)
		sign(desk, customer, contact, hours, first)
		found.append((customer, user, ticket(desk, customer, user, f"A scanner of {called} is silent")))
	(customer, user, own), (other, others_user, theirs) = found
	late = f"{first.replace(day=10)} 10:00:00"
	ticket(desk, customer, user, "Nobody could log in", sla_reported_at=late)
	return World(customer, user, own, stated(desk, customer), other, others_user, theirs)


def party(desk):
	group, territory = "Portal Customers", "Portal Lands"
	call(
		desk,
		"POST",
		"/api/resource/Customer Group",
		customer_group_name=group,
		parent_customer_group="All Customer Groups",
		is_group=0,
	)
	call(
		desk,
		"POST",
		"/api/resource/Territory",
		territory_name=territory,
		parent_territory="All Territories",
		is_group=0,
	)
	return {"customer_group": group, "territory": territory}


def reader(desk, customer):
	"""A user of the website who is a contact of this customer."""
	address = re.sub(r"\W+", ".", customer.lower()) + "@customer.example"
	make(
		desk,
		"User",
		email=address,
		first_name=customer,
		new_password=PASSWORD,
		send_welcome_email=0,
		language="en",
		time_zone="UTC",
		roles=[{"role": "Customer"}],
	)
	links = [{"link_doctype": "Customer", "link_name": customer}]
	emails = [{"email_id": address, "is_primary": 1}]
	# A user has a contact already on some sites.
	for name in names(desk, "Contact", "user", address):
		changed = call(desk, "PUT", f"/api/resource/Contact/{name}", links=links)
		assert changed["status"] == 200
		return address, name
	return address, make(desk, "Contact", first_name=customer, user=address, email_ids=emails, links=links)


def sign(desk, customer, contact, hours, first):
	company = call(desk, "GET", "/api/resource/Company?limit_page_length=1")["data"]
	make(
		desk,
		"SLA Contract",
		title=f"Gold of {customer}",
		customer=customer,
		effective_from=str(first),
		time_zone="Europe/Paris",
		support_hours=hours,
		statement_day=1,
		company=company[0]["name"] if company else make_company(desk),
		currency="EUR",
		credit_as="Price reduction",
		targets=[{"response_time": 3600, "resolution_time": 28800}],
		status_rules=[
			{"status": "Closed", "effect": "Stops"},
			{"status": "On Hold", "effect": "Pauses Resolution", "reason": "Customer"},
		],
		penalty_rules=[
			{"rule_name": "Answered late", "kind": "Fixed per breach", "metric": "Response", "amount": 80}
		],
		contacts=[{"contact": contact, "sees_money": 1}],
		docstatus=1,
	)


def make_company(desk):
	return make(
		desk, "Company", company_name="Portal Provider", abbr="PP", default_currency="EUR", country="France"
	)


def ticket(desk, customer, user, subject, **rest):
	return make(desk, "Issue", subject=subject, customer=customer, raised_by=user, **rest)


def stated(desk, customer):
	"""The statement of last month, approved."""
	run(desk, "sla_guard.jobs.draft_statements")
	for _ in range(100):
		if found := names(desk, "SLA Statement", "customer", customer):
			break
		desk.wait_for_timeout(300)
	else:
		raise AssertionError("The job has drafted no statement")
	method = "sla_guard.sla_guard.doctype.sla_statement.sla_statement.approve_penalties"
	assert call(desk, "POST", f"/api/method/{method}", statement=found[0])["status"] == 200
	submitted = call(desk, "PUT", f"/api/resource/SLA Statement/{found[0]}", docstatus=1)
	assert submitted["status"] == 200, submitted
	return found[0]


@pytest.fixture
def reading(browser, url):
	"""Opens pages of a reader, as `reading(user, **options of a browser)`; errors of their scripts fail the test."""
	contexts, errors = [], []

	def begin(user, **options):
		context = browser.new_context(base_url=url, **{"viewport": {"width": 1280, "height": 900}, **options})
		contexts.append(context)
		page = context.new_page()
		page.on("pageerror", lambda error: errors.append(str(error)))
		login(page, user, PASSWORD)
		return page

	yield begin
	for context in contexts:
		context.close()
	assert errors == []


def keep(page, name):
	SCREENSHOTS.mkdir(parents=True, exist_ok=True)
	page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def test_each_customer_reads_what_is_theirs_and_nothing_else(reading, world):
	for user, own, other in (
		(world.reader, world.ticket, world.others_ticket),
		(world.others_reader, world.others_ticket, world.ticket),
	):
		page = reading(user)
		page.goto("/sla")
		expect(page.locator(f"[data-ticket='{own}'] .sla-pill")).to_have_text("On time")
		assert page.get_by_text(other).count() == 0
		assert page.goto(f"/sla/ticket?name={own}").status == 200
		assert page.goto(f"/sla/ticket?name={other}").status == 404
		assert (
			page.goto(f"/sla?customer={world.other if user == world.reader else world.customer}").status
			== 404
		)
	# The last one is the other customer.
	assert page.goto(f"/sla/statement?name={world.statement}").status == 404
	keep(page, "portal-not-theirs")


def test_a_guest_logs_in_and_comes_back(browser, url, world):
	page = browser.new_page(base_url=url)
	page.goto(f"/sla/ticket?name={world.ticket}")
	assert page.url.endswith(f"/login?redirect-to=%2Fsla%2Fticket%3Fname%3D{world.ticket}")
	page.close()


def test_the_time_left_counts_down_and_turns_to_overdue_by_itself(reading, world):
	page = reading(world.reader)
	page.clock.install()
	page.goto(f"/sla/ticket?name={world.ticket}")
	response = page.locator(".sla-clock").first
	left = response.locator(".sla-left-time")
	asked = []
	page.on("request", lambda request: asked.append(request.url))
	before = seconds(left.inner_text())
	page.clock.run_for(10_000)
	assert 9 <= before - seconds(left.inner_text()) <= 12
	keep(page, "portal-ticket")
	page.clock.run_for("01:00:00")
	expect(response.locator(".sla-clock-word")).to_have_text("Overdue")
	expect(page.locator(f"[data-ticket='{world.ticket}'] > p .sla-pill")).to_have_text("Overdue")
	expect(response.locator(".sla-left")).to_be_hidden()
	assert response.get_by_role("progressbar").get_attribute("aria-valuenow") == "100"
	# What the framework loads late aside.
	assert [each for each in asked if re.search(r"/(api|sla)(/|\?|$)", each)] == []


def seconds(text):
	units = {"h": 3600, "min": 60, "s": 1}
	return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)\s(h|min|s)", text))


def test_it_says_the_same_without_scripts_and_a_line_is_disputed_so(reading, world):
	page = reading(world.reader, java_script_enabled=False)
	page.goto("/sla")
	own = page.locator(f"[data-ticket='{world.ticket}']")
	expect(own.locator(".sla-left").first).to_contain_text(re.compile(r"\d+.min left"))
	expect(own).to_contain_text("Deadline: ")
	keep(page, "portal")
	page.get_by_role("link", name=re.compile(r"^\w+ \d{4}$")).first.click()
	page.get_by_text("This is not right").click()
	page.get_by_label("What is not right?").fill("We had an answer by telephone")
	page.get_by_role("button", name="Dispute this line").click()
	expect(page.get_by_role("status")).to_contain_text("The line is disputed.")
	expect(page.locator(".sla-dispute")).to_contain_text("We had an answer by telephone")
	expect(page.get_by_text("Held, since disputed: €80.00.")).to_be_visible()
	keep(page, "portal-statement-disputed")
	# Read again, nothing is sent again.
	page.reload()
	expect(page.locator(".sla-dispute")).to_have_count(1)
	page.get_by_role("button", name="Withdraw the dispute").click()
	expect(page.get_by_role("status")).to_contain_text("The dispute is withdrawn.")


def test_a_form_without_the_token_of_the_session_is_refused(reading, world):
	page = reading(world.reader)
	page.goto(f"/sla/statement?name={world.statement}")
	forged = {"action": "accept", "name": world.statement}
	assert page.request.post(f"/sla/statement?name={world.statement}", form=forged).status == 400
	page.reload()
	expect(page.get_by_role("button", name="Accept this statement")).to_be_visible()


def test_the_files_of_a_statement_are_downloaded(reading, world):
	page = reading(world.reader)
	page.goto(f"/sla/statement?name={world.statement}")
	with page.expect_download() as found:
		page.get_by_role("link", name="Download all commitments (CSV)").click()
	assert found.value.suggested_filename == f"{world.statement}.csv"


def test_it_fits_a_phone_and_speaks_french(reading, world):
	page = reading(world.reader, viewport={"width": 375, "height": 740})
	pages = ("/sla", f"/sla/ticket?name={world.ticket}", f"/sla/statement?name={world.statement}")
	for number, path in enumerate(pages):
		page.goto(f"{path}{'&' if '?' in path else '?'}_lang=fr")
		assert page.evaluate("() => document.documentElement.scrollWidth") <= 375
		keep(page, f"portal-phone-french-{number}")
	page.goto("/sla?_lang=fr")
	expect(page.get_by_role("heading", name="Votre contrat")).to_be_visible()
	expect(page.locator(f"[data-ticket='{world.ticket}']")).to_contain_text("Rétablissement (GTR)")


def test_it_is_read_by_keyboard(reading, world):
	page = reading(world.reader)
	page.goto("/sla#tickets")
	link = page.locator(f"[data-ticket='{world.ticket}'] a")
	link.focus()
	assert link.evaluate("(link) => getComputedStyle(link).outlineStyle") == "solid"
	page.keyboard.press("Enter")
	page.wait_for_url(re.compile("/sla/ticket"))
	expect(page.get_by_role("heading", level=1)).to_contain_text("A scanner of")
