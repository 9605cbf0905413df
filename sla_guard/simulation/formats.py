"""A text file of a ticket history as rows of cells, whatever its encoding, its delimiter and its compression."""

from __future__ import annotations

import codecs
import csv
import io
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sla_guard.simulation.kinds import UTF16, WrongFile, refuse_what_is_no_text, unpacked

DELIMITERS = {"Comma": ",", "Semicolon": ";", "Tab": "\t", "Pipe": "|"}
ENCODINGS = {"UTF-8": "utf-8-sig", "Latin-1": "cp1252"}
_LOOKED_AT = 20
_CHUNK = 1 << 20


class Format(NamedTuple):
	"""How a text file is read: a codec, and what stands between its cells."""

	encoding: str
	delimiter: str


def format_of(path: Path, encoding: str = "", delimiter: str = "") -> Format:
	"""The format of a file, as far as it was not said. Raises WrongFile for one that is empty or not a table."""
	refuse_what_is_no_text(path)
	codec = ENCODINGS.get(encoding) or _encoding(path)
	return Format(codec, DELIMITERS.get(delimiter) or _delimiter(path, codec))


def rows(path: Path, how: Format) -> Iterator[tuple[int, list[str]]]:
	"""Row number, as a spreadsheet shows it, and cells; the headers are row 1. Lines without any text are left out.

	Raises WrongFile, naming the row, for what cannot be read.
	"""
	number = 0
	try:
		with _text(path, how.encoding) as text:
			for number, cells in enumerate(csv.reader(text, delimiter=how.delimiter), 1):
				if any(cells):
					yield number, cells
	except UnicodeError as error:
		raise WrongFile(
			"Row {row}: its text is not encoded as {encoding}", row=number + 1, encoding=how.encoding
		) from error
	except (csv.Error, OSError, EOFError, zlib.error) as error:
		raise WrongFile("Row {row}: {error}", row=number + 1, error=error) from error


def headers(table: Iterator[tuple[int, list[str]]]) -> list[str]:
	"""The first of these rows, trimmed. Raises WrongFile where there is none, or one header stands in it twice."""
	first = next(table, None)
	if first is None:
		raise WrongFile("The file is empty")
	names = [cell.strip() for cell in first[1]]
	twice = next((name for name in names if name and names.count(name) > 1), None)
	if twice:
		raise WrongFile("Two columns have the header {header}", header=twice)
	return names


# ---- what it is


def _text(path: Path, encoding: str) -> io.TextIOWrapper:
	return io.TextIOWrapper(unpacked(path), encoding, errors="strict", newline="")


def _encoding(path: Path) -> str:
	"""UTF-8 if all of it is; else what Windows takes for Latin-1, or Latin-1 itself, which any text is."""
	try:
		with unpacked(path) as file:
			if file.read(2) in UTF16:
				return "utf-16"
		return next(codec for codec in ("utf-8-sig", "cp1252", "latin-1") if _decodes(path, codec))
	except (OSError, EOFError, zlib.error) as error:
		raise WrongFile("The file cannot be read: {error}", error=error) from error


def _decodes(path: Path, encoding: str) -> bool:
	decoder = codecs.getincrementaldecoder(encoding)()
	with unpacked(path) as file:
		try:
			while chunk := file.read(_CHUNK):
				decoder.decode(chunk)
			decoder.decode(b"", final=True)
		except UnicodeDecodeError:
			return False
	return True


def _delimiter(path: Path, encoding: str) -> str:
	"""The one that gives the most columns, as many in each of the first rows."""
	with _text(path, encoding) as text:
		lines = list(islice(text, _LOOKED_AT))
	widths = {each: _width(lines, each) for each in DELIMITERS.values()}
	best = max(widths, key=widths.__getitem__)
	if widths[best] < 2:
		raise WrongFile("No table: its first row has one column only, whatever stands between the columns")
	return best


def _width(lines: list[str], delimiter: str) -> int:
	"""How many columns all of these lines have by a delimiter, those at the end that are cut off aside."""
	found: list[int] = []
	# What is wrong with a row is told when it is read.
	with suppress(csv.Error):
		found.extend(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if any(cells))
	return min(found[:-1] or found, default=0)
