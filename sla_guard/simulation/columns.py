"""Which column of a file says what, and what its values mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sla_guard.simulation.kinds import WrongFile

# What a column may say, by the end of the name of its field in SLA Simulation.
FIELDS = (
	*("ticket", "time", "time_zone", "opened", "status", "sequence"),
	*("priority", "service", "customer", "issue_type", "response"),
)
NEEDED = ("ticket", "time", "status")
# What values of a row are looked up, by the kind in SLA Simulation Value.
KINDS = {
	"status": "Status",
	"priority": "Priority",
	"service": "Service",
	"customer": "Customer",
	"issue_type": "Issue Type",
}
# What stands in a cell whose formula has failed: in every workbook, and in a CSV file that was saved in English or French.
FAILED = frozenset(
	[
		"#NULL!",
		"#DIV/0!",
		"#VALUE!",
		"#REF!",
		"#NAME?",
		"#NUM!",
		"#N/A",
		"#SPILL!",
		"#CALC!",
		"#FIELD!",
		"#NUL!",
		"#VALEUR!",
		"#NOM?",
		"#NOMBRE!",
		"#N/D",
	]
)
# Headers that are usual for each, in the order in which they are preferred; compared without spaces and signs.
_USUAL = {
	"ticket": "ticket ticketid ticketnumber number incident incidentnumber issue key id ref numero caseid",
	"time": "time at updatedat updated sysupdatedat timestamp date datetime changedat modified modifiedat changed when",
	"time_zone": "timezone tz zone utcoffset offset fuseau fuseauhoraire",
	"opened": "openedat opened openedon createdat created createdon creation reportedat ouvertle syscreatedat",
	"status": "status state incidentstate ticketstatus newstatus statut etat",
	"sequence": "sequence sysmodcount seq step version rank",
	"priority": "priority prio prioritylevel severity priorite",
	"service": "service servicename businessservice application produit product",
	"customer": "customer customername client company account organization organisation",
	"issue_type": "issuetype type tickettype category categorie",
	"response": "respondedat response firstresponse firstresponseat takenincharge respondedon prisencharge",
}


class Columns(NamedTuple):
	"""The place of each field's column in a row; None: no column says it."""

	ticket: int
	time: int
	time_zone: int | None = None
	opened: int | None = None
	status: int | None = None
	sequence: int | None = None
	priority: int | None = None
	service: int | None = None
	customer: int | None = None
	issue_type: int | None = None
	response: int | None = None


def guess(headers: Iterable[str]) -> dict[str, str]:
	"""The header of each field, as far as one is usual for it; none is guessed twice."""
	left = {_plain(header): header for header in reversed(list(headers)) if header}
	found = {}
	for field, usual in _USUAL.items():
		name = next((name for name in usual.split() if name in left), None)
		if name:
			found[field] = left.pop(name)
	return found


def _plain(header: str) -> str:
	return re.sub(r"[\W_]", "", header.lower())


def columns(headers: list[str], wanted: Mapping[str, str]) -> Columns:
	"""The columns with these headers, by field. Raises WrongFile for one that is not there, or that is needed and missing."""
	for field in NEEDED:
		if not wanted.get(field):
			raise WrongFile("No column says the {field}", field=field)
	places = {}
	for field in FIELDS:
		header = (wanted.get(field) or "").strip()
		if header and header not in headers:
			raise WrongFile(
				"The file has no column {header}; it has {headers}", header=header, headers=", ".join(headers)
			)
		places[field] = headers.index(header) if header else None
	return Columns(**places)


class Meanings(NamedTuple):
	"""What the values of a file mean. `means[kind][found]`: the name that contracts use; one that is not in it means
	itself. `known[kind]`: the names that there are; a kind that is not in it has any. `answers`: what statuses, as found,
	say that the ticket was taken in charge. `first`: the status of a ticket when it is opened."""

	means: Mapping[str, Mapping[str, str]]
	known: Mapping[str, frozenset[str]]
	answers: frozenset[str] = frozenset()
	first: str = "Open"

	def name(self, kind: str, found: str) -> str:
		return self.means.get(kind, {}).get(found, found)

	def is_known(self, kind: str, found: str) -> bool:
		return kind not in self.known or self.name(kind, found) in self.known[kind]
