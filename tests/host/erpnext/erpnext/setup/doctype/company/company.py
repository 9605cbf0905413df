# Stand-in for ERPNext, for tests without it.
from frappe.utils.nestedset import NestedSet


class Company(NestedSet):
	nsm_parent_field = "parent_company"
