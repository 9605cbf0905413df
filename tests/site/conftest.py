"""Connects the site tests to a site, before collection, since test modules import frappe, which the host decides."""

from tests.site.chosen import host

if host.__name__ != "tests.host":
	collect_ignore = ["test_host.py"]

host.connect()

from tests.site import as_found  # noqa: E402

as_found.put_back_if_cut_off()


def pytest_unconfigure():
	host.disconnect()
