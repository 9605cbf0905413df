"""Sample data for the demo: `python -m tests.sample`. Run again, it adds only what is missing."""

from datetime import date

from tests import host

FRENCH_HOLIDAYS_2026 = (
	(date(2026, 1, 1), "Jour de l'an"),
	(date(2026, 4, 6), "Lundi de Pâques"),
	(date(2026, 5, 1), "Fête du Travail"),
	(date(2026, 5, 8), "Victoire 1945"),
	(date(2026, 5, 14), "Ascension"),
	(date(2026, 5, 25), "Lundi de Pentecôte"),
	(date(2026, 7, 14), "Fête nationale"),
	(date(2026, 8, 15), "Assomption"),
	(date(2026, 11, 1), "Toussaint"),
	(date(2026, 11, 11), "Armistice 1918"),
	(date(2026, 12, 25), "Noël"),
)
WORKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def main():
	frappe = host.connect()
	documents = (holidays(), *support_hours())
	for values in documents:
		name = values.get("holiday_list_name") or values["hours_name"]
		if not frappe.db.exists(values["doctype"], name):
			frappe.get_doc(values).insert()
			print(f"Sample: {values['doctype']} {name}")
	frappe.db.commit()
	host.disconnect()
	print("In the desk, begin at /app/support-hours")


def holidays():
	return {
		"doctype": "Holiday List",
		"holiday_list_name": "France 2026",
		"from_date": "2026-01-01",
		"to_date": "2026-12-31",
		"holidays": [{"holiday_date": day, "description": name} for day, name in FRENCH_HOLIDAYS_2026],
	}


def support_hours():
	office, night = [("09:00", "12:00"), ("13:00", "18:00")], [("22:00", "06:00")]
	yield hours("Office Paris", "Europe/Paris", office, holiday_list="France 2026")
	yield hours("Office New York", "America/New_York", [("09:00", "17:00")])
	yield hours("Night Shift Paris", "Europe/Paris", night)
	yield hours("Always", "UTC", [], always_open=1)


def hours(name, zone, windows, **rest):
	rows = [
		{"weekday": weekday, "opens": opens, "closes": closes}
		for weekday in WORKDAYS
		for opens, closes in windows
	]
	return {"doctype": "Support Hours", "hours_name": name, "time_zone": zone, "windows": rows, **rest}


if __name__ == "__main__":
	main()
