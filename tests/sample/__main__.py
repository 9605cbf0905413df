from datetime import datetime, timezone
from shutil import get_terminal_size

from tests import host


def main() -> None:
	frappe = host.connect()
	# They import the framework, which the host has just brought.
	from sla_guard.statements import delivery
	from tests.sample import duty, months, table, tickets, world

	now = datetime.now(timezone.utc)
	world.fill(now.date())
	statements = months.fill(now)
	# Nobody was on call in those months.
	duty.fill(now.date())
	names = tickets.fill(now)
	frappe.db.commit()
	# The queue of this process ends with it.
	delivery.catch_up()
	print()
	for line in table.lines(names, width=get_terminal_size(fallback=(160, 24)).columns):
		print(line)
	print()
	for line in table.statement_lines(statements):
		print(line)
	print("\nIn the desk, begin at /app/issue, then /app/sla-guard, /app/sla-contract and /app/sla-statement")
	print("The customers' page is /sla, for:")
	for customer in world.CONTRACTS:
		print(f"  {world.ADDRESSES[customer]}, password {world.PASSWORD} ({customer})")
	host.disconnect()


if __name__ == "__main__":
	main()
