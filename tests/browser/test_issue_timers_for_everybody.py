"""The clocks on the form of a ticket in French, on a phone, in light and dark, and by the keyboard."""

import pytest

from tests.browser.desk import call
from tests.browser.issue_form import choose_status, opened, question, ticket
from tests.browser.issue_form import promised as _promised

promised = _promised


@pytest.fixture
def in_french(desk):
	change_language(desk, "fr")
	yield
	change_language(desk, "en")


def change_language(desk, language):
	answer = call(desk, "PUT", "/api/resource/User/Administrator", language=language)
	assert answer["status"] == 200, answer


def test_in_french(desk, promised, in_french, screenshot):
	name = ticket(desk, minutes_ago=10)
	opened(desk, name)
	told = desk.locator(".sla-panel").inner_text()
	assert "Prise en charge (GTI)" in told
	assert "Rétablissement (GTR)" in told
	assert "dans les délais" in told
	assert "Échéance" in told
	screenshot("ticket-in-french")
	choose_status(desk, "On Hold")
	desk.locator(".primary-action:visible", has_text="Enregistrer").click()
	assert "en attente du client" in question(desk).inner_text()


def test_on_a_phone_nothing_is_cut_off(desk, promised, screenshot):
	name = ticket(desk, minutes_ago=50)
	desk.set_viewport_size({"width": 375, "height": 800})
	opened(desk, name)
	desk.locator(".sla-panel").scroll_into_view_if_needed()
	for box in desk.locator(".sla-card, .sla-actions .btn").all():
		place = box.bounding_box()
		assert place["x"] >= 0
		assert place["x"] + place["width"] <= 375
	screenshot("ticket-phone")


CONTRAST = """() => {
	const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
	const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
	const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
	const below = (element) => {
		for (let each = element; each; each = each.parentElement) {
			const colour = rgb(getComputedStyle(each).backgroundColor);
			if (colour.length === 3 || colour[3] === 1) return colour;
		}
		return [255, 255, 255];
	};
	const texts = document.querySelectorAll(".sla-name, .sla-digits, .sla-left small, .sla-used, .sla-lines, .sla-note");
	return [...texts].map((element) => {
		const [one, other] = [rgb(getComputedStyle(element).color), below(element)].map(light);
		return [element.className, (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)];
	});
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_texts_stand_out_from_their_ground(desk, promised, screenshot, theme):
	opened(desk, ticket(desk, minutes_ago=50))
	desk.evaluate("(theme) => document.documentElement.setAttribute('data-theme', theme)", theme)
	found = desk.evaluate(CONTRAST)
	assert len(found) >= 10
	assert [each for each in found if each[1] < 4.5] == []
	screenshot(f"ticket-{theme}")


def test_the_actions_are_reached_by_the_keyboard_and_their_focus_is_seen(desk, promised):
	opened(desk, ticket(desk))
	first = desk.locator(".sla-actions .btn").first
	first.focus()
	desk.keyboard.press("Tab")
	desk.keyboard.press("Shift+Tab")
	assert first.evaluate("(button) => document.activeElement === button")
	assert first.evaluate("(button) => getComputedStyle(button).outlineStyle") == "solid"
	desk.evaluate("() => sla_guard.read_anew(cur_frm)")
	assert first.evaluate("(button) => document.activeElement === button")
	desk.keyboard.press("Enter")
	desk.locator(".modal.show").wait_for()
