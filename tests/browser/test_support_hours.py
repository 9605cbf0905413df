"""Support Hours in the desk, by clicking and typing as an admin does."""

import pytest

from tests.browser.desk import Form, call

NAME = "Browser Office Hours"


@pytest.fixture
def form(desk):
	"""An empty form; what was saved under our name goes before and after."""
	call(desk, "DELETE", f"/api/resource/Support Hours/{NAME}")
	desk.goto("/app/support-hours/new")
	form = HoursForm(desk)
	form.arrive("hours_name")
	form.type("hours_name", NAME)
	yield form
	call(desk, "DELETE", f"/api/resource/Support Hours/{NAME}")


class HoursForm(Form):
	def add_window(self, weekday, opens, closes):
		row = self.add_row("windows")
		self.cell(row, "weekday", "select").select_option(weekday)
		for field, text in (("opens", opens), ("closes", closes)):
			box = self.cell(row, field, "input")
			box.fill(text)
			box.blur()


def test_support_hours_are_made_by_clicking(desk, form, screenshot):
	form.type("time_zone", "Europe/Paris")
	form.add_window("Monday", "9h", "12:00")
	form.add_window("Monday", "13:00", "18:00")
	desk.get_by_role("button", name="Copy to Monday–Friday").click()
	form.save()
	desk.wait_for_url("**/support-hours/Browser*")
	saved = call(desk, "GET", f"/api/resource/Support Hours/{NAME}")["data"]
	assert saved["time_zone"] == "Europe/Paris"
	windows = [(row["weekday"], row["opens"], row["closes"]) for row in saved["windows"]]
	assert windows == [
		(weekday, opens, closes)
		for weekday in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
		for opens, closes in (("09:00", "12:00"), ("13:00", "18:00"))
	]
	screenshot("support-hours")


def test_24_7_hides_what_it_does_not_need(desk, form):
	desk.locator("input[data-fieldname=always_open]").check()
	desk.locator("[data-fieldname=windows]").wait_for(state="hidden")
	form.type("time_zone", "Europe/Paris")
	form.save()
	desk.wait_for_url("**/support-hours/Browser*")


@pytest.mark.parametrize(
	"windows, words",
	[
		pytest.param(
			[("Monday", "09:00", "12:00"), ("Monday", "11:00", "14:00")],
			["Row 2 (Monday 11:00–14:00) overlaps row 1 (Monday 09:00–12:00)"],
			id="overlapping windows",
		),
		pytest.param(
			[("Monday", "09:00", "09:00")],
			["Row 1: Monday opens and closes at 09:00", "00:00 to 24:00", "24/7"],
			id="no length",
		),
		pytest.param([], ["Add a window to the week, or tick 24/7"], id="no windows"),
	],
)
def test_windows_that_mean_nothing_are_refused(form, screenshot, windows, words):
	form.type("time_zone", "Europe/Paris")
	for window in windows:
		form.add_window(*window)
	message = form.refusal()
	for word in words:
		assert word in message
	screenshot(f"refused-{len(windows)}-windows")


def test_an_unknown_zone_is_refused_with_what_may_have_been_meant(form, screenshot):
	form.type("time_zone", "Europe/Pariss")
	form.add_window("Monday", "09:00", "12:00")
	message = form.refusal()
	assert "Europe/Pariss is not known" in message and "Did you mean Europe/Paris" in message
	screenshot("refused-zone")


def test_a_holiday_list_that_closes_everything_is_refused(desk, form):
	name = "Browser Closed"
	call(desk, "DELETE", f"/api/resource/Holiday List/{name}")
	days = [
		{"holiday_date": f"2026-{month:02}-{day:02}", "description": "Closed"}
		for month in (1, 3)
		for day in range(1, 32)
	]
	days += [{"holiday_date": f"2026-02-{day:02}", "description": "Closed"} for day in range(1, 29)]
	made = call(
		desk,
		"POST",
		"/api/resource/Holiday List",
		holiday_list_name=name,
		from_date="2026-01-01",
		to_date="2026-03-31",
		holidays=days,
	)
	assert made["status"] == 200
	form.type("time_zone", "Europe/Paris")
	form.link("holiday_list", name)
	form.add_window("Monday", "09:00", "12:00")
	assert "Browser Closed closes every window from" in form.refusal()
	call(desk, "DELETE", f"/api/resource/Holiday List/{name}")
