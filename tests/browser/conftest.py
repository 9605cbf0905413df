"""The desk in headless Chromium: of the embedded host, or of the site whose address SLA_GUARD_URL names.

Screenshots are kept in the folder that SLA_GUARD_SCREENSHOTS names, by default .host/screenshots.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
SCREENSHOTS = Path(os.environ.get("SLA_GUARD_SCREENSHOTS") or ROOT / ".host" / "screenshots")
# Without these Chromium looks for hosts outside, which a closed machine answers with errors.
QUIET = (
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
)


# For these tests alone: a site that is served cannot be taken apart, as the tests of the host do.
@pytest.fixture(scope="package")
def url(tmp_path_factory):
	given = os.environ.get("SLA_GUARD_URL")
	if given:
		yield given.rstrip("/")
		return
	said = tmp_path_factory.mktemp("host") / "said"
	with said.open("w") as output:
		command = [sys.executable, "-m", "tests.host", "serve"]
		server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
	try:
		yield address(server, said)
	finally:
		server.terminate()
		server.wait(timeout=60)


def address(server, said):
	"""Where the embedded host says that it serves, once it answers there."""
	for _ in range(600):
		found = re.search(r"http://[\d.:]+", said.read_text())
		if found and answers(found[0]):
			return found[0]
		if server.poll() is not None:
			break
		time.sleep(0.2)
	raise AssertionError(f"The host did not start: {said.read_text()}")


def answers(url):
	try:
		with urllib.request.urlopen(f"{url}/api/method/ping", timeout=30) as response:
			return response.status == 200
	except OSError:
		return False


@pytest.fixture(scope="session")
def browser():
	chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
	assert chromium, "Chromium is missing (Debian: apt-get install chromium)"
	with sync_playwright() as playwright:
		launched = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
		yield launched
		launched.close()


@pytest.fixture
def desk(browser, url):
	"""A page of the desk, logged in as Administrator; errors of its scripts fail the test."""
	page = browser.new_page(base_url=url, viewport={"width": 1280, "height": 900})
	errors = []
	page.on("pageerror", lambda error: errors.append(str(error)))
	log_in(page)
	page.goto("/app")
	page.wait_for_function("() => window.frappe?.boot?.user?.name === 'Administrator'")
	yield page
	page.close()
	assert errors == []


def log_in(page, user="Administrator", password=None, origin=""):
	"""Not by the form of the login: a click before its script is there would be lost."""
	login = {"usr": user, "pwd": password or os.environ.get("SLA_GUARD_PASSWORD", "admin")}
	for _ in range(20):
		answer = page.request.post(f"{origin}/api/method/login", form=login)
		if answer.ok:
			return
		# SQLite knows one writer, and a job of the scheduler may be writing just now.
		page.wait_for_timeout(500)
	raise AssertionError(answer.text())


@pytest.fixture
def screenshot(desk):
	def keep(name):
		SCREENSHOTS.mkdir(parents=True, exist_ok=True)
		path = SCREENSHOTS / f"{name}.png"
		# Dialogs fade in.
		desk.wait_for_timeout(500)
		desk.screenshot(path=path)
		assert path.stat().st_size > 10_000, "an empty page"

	return keep
