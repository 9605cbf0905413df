"""Generates the framework: Frappe is not on PyPI under its own name, but one wheel there holds its source with the
package renamed. The name is put back and what mends.py and edits.txt list is mended; nothing of it is kept in the project."""

import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from . import call, mends

NAME = "monoframe"
EDITS = Path(__file__).with_name("edits.txt")


def generate(requirements: Path, folder: Path):
	"""Puts the package `frappe` into `folder`, from the wheel that `requirements` names and whose hash it holds."""
	shutil.rmtree(folder, ignore_errors=True)
	folder.mkdir(parents=True)
	pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
	call([*pip, "--require-hashes", "--requirement", requirements, "--dest", folder])
	(wheel,) = folder.glob("*.whl")
	unpack(wheel, folder)
	wheel.unlink()
	mend(folder / "frappe")


def rename(text: str) -> str:
	text = text.replace(f"{NAME}framework.com", "frappeframework.com")
	return re.sub(NAME, lambda found: like(found[0], "frappe"), text, flags=re.IGNORECASE)


def like(pattern: str, word: str) -> str:
	"""`word` in the case of `pattern`: lower, UPPER or Capital."""
	if pattern.isupper():
		return word.upper()
	return word.capitalize() if pattern[0].isupper() else word


def unpack(wheel: Path, folder: Path):
	with zipfile.ZipFile(wheel) as archive:
		for name in archive.namelist():
			if name.startswith(f"{NAME}/"):
				target = folder / rename(name)
				target.parent.mkdir(parents=True, exist_ok=True)
				target.write_bytes(renamed_content(archive.read(name)))


def renamed_content(content: bytes) -> bytes:
	"""Texts with the name put back; pictures, fonts and databases as they are."""
	try:
		return content if b"\0" in content else rename(content.decode()).encode()
	except UnicodeDecodeError:
		return content


def mend(package: Path):
	for path, old, new in edits(EDITS.read_text()):
		edit(package / path, old, new)
	# The site is where FRAPPE_SITE_FOLDER says, not where a process happens to be started.
	for path in package.rglob("*.py"):
		edit(path, "os.getcwd()", 'os.environ["FRAPPE_SITE_FOLDER"]', must=False)
	for path, module in mends.MOVED.items():
		append(package / path, f"from frappe.{module} import *")
	for path, names in mends.REPLACED.items():
		append(package / path, f"from frappe.mends import {', '.join(names.split())}")
	for path, text in mends.APPENDED.items():
		append(package / path, text)
	shutil.copy(mends.__file__, package / "mends.py")


def edits(text: str) -> Iterator[tuple[str, str, str]]:
	"""File, old text and new text of each block."""
	for block in text.strip("\n").split("\n\n"):
		lines = [line for line in block.split("\n") if not line.startswith("#")]
		if not lines:
			continue
		sides = ["\n".join(line[2:] for line in lines[1:] if line[0] == sign) for sign in "-+"]
		yield lines[0], *sides


def edit(path: Path, old: str, new: str, must: bool = True):
	text = path.read_text()
	if old in text:
		path.write_text(text.replace(old, new))
	elif must:
		raise ValueError(f"{path.name} does not hold what is to be mended: {old!r}")


def append(path: Path, text: str):
	path.parent.mkdir(exist_ok=True)
	with open(path, "a") as file:
		file.write(f"\n\n{text}\n")
