app_name = "sla_guard"
app_title = "SLA Guard"
app_publisher = "SLA Guard"
app_description = "Keeps what IT support contracts promise"
app_license = "gpl-3.0"

# With its organisation: a bare name makes the installer ask GitHub whose app it is, which fails offline.
required_apps = ["frappe/erpnext"]

fixtures = [{"dt": "Role", "filters": [["name", "in", ["SLA Manager"]]]}]
