"""Coverage: which row of a contract a ticket falls under, by what the ticket names at that moment.

Decided once, when the fact is recorded, and kept in the event as the row's id: the names that decide it may be
renamed later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sla_guard.engine.errors import WrongInput
from sla_guard.engine.terms import NOT_COVERED


class Row(NamedTuple):
	"""What a row of a contract is for; an empty name matches any. All three empty: the default target."""

	id: str
	priority: str = ""
	service: str = ""
	issue_type: str = ""

	@property
	def scope(self) -> tuple[str, str, str]:
		return self.priority, self.service, self.issue_type

	def matches(self, ticket: tuple[str, str, str]) -> bool:
		return all(mine in ("", its) for mine, its in zip(self.scope, ticket, strict=True))


@dataclass(frozen=True)
class Coverage:
	"""The rows of a contract, and the services it covers: with none listed all are, and none needs to be named.

	Raises WrongInput for two rows of the same scope and where there is no default target.
	"""

	rows: tuple[Row, ...]
	services: frozenset[str] = frozenset()

	def __post_init__(self) -> None:
		scopes: dict[tuple, Row] = {}
		for row in self.rows:
			other = scopes.setdefault(row.scope, row)
			if other is not row:
				raise WrongInput(
					"Rows {one} and {other} are for the same priority, service and issue type",
					one=repr(other.id),
					other=repr(row.id),
				)
		if ("", "", "") not in scopes:
			raise WrongInput("No default target: one row must be without priority, service and issue type")

	@property
	def default(self) -> str:
		"""The row of every ticket that no other row matches, and of those whose service is not known yet."""
		return next(row.id for row in self.rows if row.scope == ("", "", ""))

	def covers(self, service: str) -> bool:
		return not (self.services and service) or service in self.services

	def to_be_qualified(self, service: str) -> bool:
		"""Whether the service must be named before it is known what was promised."""
		return bool(self.services) and not service

	def target_for(self, priority: str = "", service: str = "", issue_type: str = "") -> str:
		"""The id of the row that a ticket falls under; NOT_COVERED if its service is not.

		Among the rows that match, one that names the priority beats one that does not, then the service decides,
		then the issue type. Where services are listed and the ticket names none, it is the default target.
		"""
		if self.to_be_qualified(service):
			return self.default
		if not self.covers(service):
			return NOT_COVERED
		ticket = (priority, service, issue_type)
		return best(row for row in self.rows if row.matches(ticket)).id


def best(rows: Iterable[Row]) -> Row:
	"""The most specific of rows that match."""
	return max(rows, key=lambda row: [name != "" for name in row.scope])
