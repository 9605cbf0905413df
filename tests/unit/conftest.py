import zoneinfo

# The clock changes of the pinned tzdata package, not those of the machine: expected instants depend on them.
zoneinfo.reset_tzpath(to=())
