"""What a file is by its first bytes, whatever it is called: a workbook, text, or neither, and then what to save it as."""

from __future__ import annotations

import codecs
import gzip
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO

from sla_guard.engine.errors import EngineError

_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
# Of the Office before 2007, also around a workbook that is protected by a password.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROTECTED = "EncryptedPackage".encode("utf-16-le")
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD, _CHUNK = 512, 1 << 20


class WrongFile(EngineError):
	"""A file that is refused as a whole; says why, and where in it."""


def is_workbook(path: Path) -> bool:
	"""Whether it is to be read as one: what else comes as a ZIP archive is refused there."""
	with open(path, "rb") as file:
		return file.read(len(_ZIP)) == _ZIP


def unpacked(path: Path) -> IO[bytes]:
	"""The bytes of a file, out of gzip if it is in that."""
	with open(path, "rb") as file:
		compressed = file.read(2) == _GZIP
	return gzip.open(path) if compressed else open(path, "rb")


def refuse_what_is_no_text(path: Path) -> None:
	"""Raises WrongFile for a file of another program that would be read as text otherwise; says what to do with it."""
	head = b""
	# What is wrong with it is told when it is read.
	with suppress(OSError, EOFError, zlib.error), unpacked(path) as file:
		head = file.read(_HEAD)
	if head.startswith(_OLE):
		_refuse_old_office(path)
	if head.startswith(_ZIP):
		raise WrongFile("A workbook or an archive inside of gzip. Attach the workbook as it is")
	if _plain(head).startswith("<"):
		raise WrongFile(
			"A web page or XML, whatever its name says: some tools export such for Excel. Open it in a spreadsheet and save it as an Excel workbook (.xlsx) or as CSV"
		)


def _refuse_old_office(path: Path) -> None:
	if _holds(path, _PROTECTED):
		raise WrongFile("The workbook is protected by a password. Save it without one")
	raise WrongFile(
		"A workbook in the old form of Excel (.xls). Open it in a spreadsheet and save it as an Excel workbook (.xlsx) or as CSV"
	)


def _holds(path: Path, sought: bytes) -> bool:
	end = b""
	with unpacked(path) as file:
		while chunk := file.read(_CHUNK):
			if sought in end + chunk:
				return True
			end = chunk[-len(sought) :]
	return False


def _plain(head: bytes) -> str:
	if head.startswith(UTF16):
		return head.decode("utf-16", errors="ignore").lstrip()
	return head.removeprefix(codecs.BOM_UTF8).decode("latin-1").lstrip()
