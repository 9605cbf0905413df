# Stand-in for ERPNext, for tests without it.
"""The records that every ERPNext site has after its setup wizard."""

import frappe

PRIORITIES = ("Low", "Medium", "High")
ROLES = ("Customer", "Accounts User", "Accounts Manager", "Sales User", "Sales Manager", "Support Team")


def after_install():
	for role in ROLES:
		add("Role", role, role_name=role, desk_access=role != "Customer")
	for priority in PRIORITIES:
		add("Issue Priority", priority)
	add("UOM", "Nos", uom_name="Nos")
	frappe.db.set_single_value("Stock Settings", "stock_uom", "Nos")
	add_tree("Customer Group", "All Customer Groups", ("Individual", "Commercial"))
	add_tree("Territory", "All Territories", ("Rest Of The World",))


def add_tree(doctype: str, root: str, leaves: tuple[str, ...]):
	field = frappe.scrub(doctype)
	add(doctype, root, **{f"{field}_name": root, "is_group": 1})
	for leaf in leaves:
		add(doctype, leaf, **{f"{field}_name": leaf, f"parent_{field}": root})


def add(doctype: str, name: str, **values):
	if not frappe.db.exists(doctype, name):
		doc = frappe.get_doc({"doctype": doctype, "name": name, **values})
		doc.flags.ignore_mandatory = True
		doc.insert(ignore_permissions=True, set_name=name)
