"""What the tests do in the desk as people do, and what they ask the site beside it."""

from datetime import date


def call(desk, method, path, **body):
	"""The site's REST API with the session of this page."""
	return desk.evaluate(
		"""async ([method, path, body]) => {
			const answer = await fetch(path, {
				method,
				headers: {"Content-Type": "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token},
				body: method === "GET" || method === "DELETE" ? undefined : JSON.stringify(body),
			});
			return {status: answer.status, ...(await answer.json())};
		}""",
		[method, path, body],
	)


def as_read(desk, value):
	"""A date, or a moment as the site stores it, in the format and the zone of the reader."""
	return desk.evaluate("(value) => frappe.datetime.str_to_user(value)", str(value))


def today(desk):
	"""In the time zone of the site."""
	return date.fromisoformat(
		desk.evaluate("() => moment.tz(frappe.boot.time_zone.system).format('YYYY-MM-DD')")
	)


def track_from(desk, when):
	"""Tickets opened since then are tracked, None: all; a site that was just made tracks none that is older. Returns what
	was said before."""
	path = "/api/resource/SLA Settings/SLA Settings"
	before = call(desk, "GET", path)["data"].get("tracked_from")
	assert call(desk, "PUT", path, tracked_from=when)["status"] == 200
	return before


def enter_date(desk, box, text, taken):
	"""Types a date until `taken`, an expression in the page, says that it was: the calendar beside a box that is still
	being drawn or faded in puts the box back."""
	for _ in range(20):
		box.fill(text)
		box.blur()
		if desk.evaluate(f"async () => {{ await frappe.after_ajax(); return Boolean({taken}); }}"):
			return
		desk.wait_for_timeout(250)
	raise AssertionError(f"{text} was not taken")


class Form:
	def __init__(self, page):
		self.page = page

	def arrive(self, field):
		"""Waits for the form of this field; what the desk still asks the site for may draw it once more."""
		self.control(field).locator("input").wait_for()
		self.page.wait_for_function("() => cur_frm && !frappe.request.ajax_count")

	def control(self, field):
		return self.page.locator(f".frappe-control[data-fieldname={field}]:visible").first

	def type(self, field, text):
		box = self.control(field).locator("input:visible").first
		box.fill(text)
		# Not the tab key: it would go on into a table and open a row there.
		box.blur()

	def link(self, field, name):
		self.type(field, name)
		# The site is asked first whether there is such a record.
		self.page.wait_for_function("([field, name]) => cur_frm.doc[field] === name", arg=[field, name])

	def date(self, field, text):
		enter_date(
			self.page, self.control(field).locator("input:visible").first, text, f"cur_frm.doc.{field}"
		)

	def add_row(self, table):
		grid = self.page.locator(f"[data-fieldname={table}]")
		grid.locator(".grid-add-row").click()
		return grid.locator(".grid-body .grid-row").last

	def row(self, table, number=1):
		return self.page.locator(f"[data-fieldname={table}] .grid-body .grid-row").nth(number - 1)

	def cell(self, row, field, tag):
		"""The input of a cell, which opens on a click; the grid may be drawn again just then and close it."""
		box = row.locator(f"{tag}[data-fieldname={field}]")
		for _ in range(20):
			if box.is_visible():
				break
			row.locator(f".col[data-fieldname={field}]").click()
			self.page.wait_for_timeout(100)
		return box

	def hours(self, row, field, hours):
		"""Enters a duration, by the boxes that open at its cell."""
		self.cell(row, field, "input").click()
		box = row.locator(f"[data-fieldname={field}] .duration-input[data-duration=hours]").first
		# Clicked, as the boxes close when the focus comes to them in another way.
		box.click()
		box.fill(str(hours))
		box.blur()

	def save(self):
		self.page.locator(".primary-action:visible", has_text="Save").click()

	def submit(self):
		self.page.locator(".primary-action:visible", has_text="Submit").click()
		self.page.get_by_role("button", name="Yes").click()

	def refusal(self):
		"""Save, and what the message says that answers it."""
		self.save()
		message = self.page.locator(".msgprint-dialog .msgprint:visible, .modal.show .msgprint")
		message.first.wait_for()
		return message.first.inner_text()

	def close_message(self):
		self.page.keyboard.press("Escape")
		self.page.locator(".msgprint-dialog").wait_for(state="hidden")

	def press(self, group, label):
		"""A button of a group, which is a menu."""
		menu = self.page.locator(f".inner-group-button[data-label='{group.replace(' ', '%20')}']:visible")
		menu.locator("button").first.click()
		self.page.locator(".dropdown-item:visible, .menu-item:visible", has_text=label).first.click()
