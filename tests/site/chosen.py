"""The host that the site tests run on: the embedded one, or a bench if SLA_GUARD_HOST says so."""

import os

if os.environ.get("SLA_GUARD_HOST") == "bench":
	from tests.site import bench as host
else:
	from tests import host

__all__ = ["host"]
