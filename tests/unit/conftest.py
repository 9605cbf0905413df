import zoneinfo
from importlib.util import find_spec

# The clock changes of the pinned tzdata package, not those of the machine: expected instants depend on them.
if find_spec("tzdata"):
	zoneinfo.reset_tzpath(to=())
