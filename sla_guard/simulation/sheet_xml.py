"""The XML of a worksheet, told row by row, and of its table of texts.

openpyxl's own rows take five times as long, and keep something of each: a history has hundreds of thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import IO, NamedTuple
from xml.parsers import expat

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROW, _CELL, _VALUE, _TEXT, _STRING, _SPOKEN = (
	f"{_MAIN} {tag}" for tag in ("row", "c", "v", "t", "si", "rPh")
)
_CHUNK, _LONGEST = 1 << 16, 1 << 20
# Column XFD.
_LAST_COLUMN = 16_384


class Cell(NamedTuple):
	"""`column` from 0. `kind`, `style`: the attributes t and s, `text` what stands there."""

	column: int
	kind: str
	style: str
	text: str


def rows(source: IO[bytes]) -> Iterator[tuple[int, list[Cell]]]:
	"""The rows that have cells, by their number from 1. Raises ExpatError, ValueError."""
	return _told(source, _Rows())


def texts(source: IO[bytes]) -> Iterator[str]:
	"""The texts that cells name by their place. Raises ExpatError."""
	return _told(source, _Texts())


def _told(source: IO[bytes], listener: _Listener) -> Iterator:
	read = 0
	while chunk := source.read(_CHUNK):
		listener.parser.Parse(chunk)
		read += len(chunk)
		listener.refuse_what_does_not_end(read)
		yield from listener.done
		listener.done.clear()
	listener.parser.Parse(b"", True)
	yield from listener.done


class _Listener:
	"""Hears of each element; puts what is complete into `done`. `text`: what the elements within have said."""

	def __init__(self) -> None:
		self.done: list = []
		self.text: list[str] = []
		self.parser = parser = expat.ParserCreate(namespace_separator=" ")
		parser.buffer_text = True
		parser.StartElementHandler, parser.EndElementHandler = self.begins, self.ends
		parser.StartDoctypeDeclHandler = self._refuse
		self._silent = False

	def begins(self, tag: str, attributes: dict[str, str]) -> None:
		if tag in (_VALUE, _TEXT):
			self.parser.CharacterDataHandler = None if self._silent else self.text.append
		elif tag == _SPOKEN:
			# How a text is pronounced is not what it says.
			self._silent = True

	def ends(self, tag: str) -> None:
		if tag in (_VALUE, _TEXT):
			self.parser.CharacterDataHandler = None
		elif tag == _SPOKEN:
			self._silent = False

	def refuse_what_does_not_end(self, read: int) -> None:
		"""`read`: so many bytes. What does not end would be held in memory as a whole."""
		if read - self.parser.CurrentByteIndex > _LONGEST or sum(map(len, self.text)) > _LONGEST:
			raise ValueError("a text without an end")

	def _refuse(self, *_said: object) -> None:
		# A workbook has none; what one declares may be endless.
		raise ValueError("DOCTYPE")


class _Texts(_Listener):
	def ends(self, tag: str) -> None:
		super().ends(tag)
		if tag == _STRING:
			self.done.append("".join(self.text))
			self.text.clear()


class _Rows(_Listener):
	def __init__(self) -> None:
		super().__init__()
		self._number, self._cells = 0, []
		self._column, self._about = -1, {}

	def begins(self, tag: str, attributes: dict[str, str]) -> None:
		if tag == _CELL:
			place = attributes.get("r")
			self._column = _column(place.rstrip("0123456789")) if place else self._column + 1
			self._about = attributes
			self.text.clear()
		elif tag == _ROW:
			self._number = int(attributes.get("r") or self._number + 1)
			self._cells, self._column = [], -1
		else:
			super().begins(tag, attributes)

	def ends(self, tag: str) -> None:
		if tag == _CELL:
			if self.text:
				self._put("".join(self.text))
		elif tag == _ROW:
			if self._cells:
				self.done.append((self._number, self._cells))
		else:
			super().ends(tag)

	def _put(self, text: str) -> None:
		if len(self._cells) == _LAST_COLUMN:
			raise ValueError("more cells than columns")
		about = self._about
		self._cells.append(Cell(self._column, about.get("t", "n"), about.get("s", "0"), text))


@lru_cache(maxsize=_LAST_COLUMN)
def _column(letters: str) -> int:
	"""From 0: A is 0, AA is 26."""
	place = 0
	for letter in letters[:4]:
		place = place * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter) + 1
	if not 0 < place <= _LAST_COLUMN:
		raise ValueError(letters)
	return place - 1
