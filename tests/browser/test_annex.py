"""The annex of a contract in the desk: it is what the contract prints as, and keeps who accepted it."""

from tests.browser.desk import Form, as_read, call, today
from tests.browser.test_contract import (  # noqa: F401  (the fixture is used by its name)
	TITLE,
	names,
	submitted_contract,
	world,
)


def acceptance(desk):
	desk.locator(".form-tabs .nav-link:visible", has_text="Acceptance").click()
	form = Form(desk)
	form.control("accepted_by").wait_for()
	return form


def test_acceptance_is_recorded_on_a_submitted_contract(desk, world, screenshot):  # noqa: F811
	submitted_contract(desk)
	form = acceptance(desk)
	form.type("accepted_by", "The director of Browser Acme")
	form.type("accepted_on", as_read(desk, today(desk)))
	desk.locator(".primary-action:visible", has_text="Update").click()
	desk.wait_for_function("() => !cur_frm.is_dirty() && cur_frm.doc.acceptance_recorded_by")
	(contract,) = names(desk, "SLA Contract", "title", TITLE)[:1]
	stored = call(desk, "GET", f"/api/resource/SLA Contract/{contract}")["data"]
	assert stored["accepted_on"] == str(today(desk))
	assert stored["acceptance_recorded_by"] == "Administrator"
	form.control("acceptance_recorded_by").get_by_text("Administrator").wait_for()
	screenshot("contract-acceptance")


def test_a_contract_prints_as_its_annex(desk, world, screenshot):  # noqa: F811
	contract = submitted_contract(desk)
	desk.goto(f"/app/print/SLA Contract/{contract['name']}")
	page = desk.frame_locator("iframe.print-format-container")
	page.get_by_role("heading", name="Service Level Annex").wait_for()
	page.get_by_text("For the customer").wait_for()
	screenshot("contract-annex")
