"""Connects the site tests to a site: of the embedded host, or of a bench if SLA_GUARD_HOST says so.

Before collection, since test modules import frappe, which the host decides.
"""

import os

if os.environ.get("SLA_GUARD_HOST") == "bench":
	from tests.site import bench as host

	collect_ignore = ["test_host.py"]
else:
	from tests import host

host.connect()

from tests.site import as_found  # noqa: E402

as_found.put_back_if_cut_off()


def pytest_unconfigure():
	host.disconnect()
