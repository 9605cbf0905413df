"""Penalties: what a contract says (`rules`, `terms`), and what it comes to for a period (`total`)."""

from sla_guard.engine.penalty.case import Decided, Miss, compliance
from sla_guard.engine.penalty.rules import NO_AMOUNT, Amount, Rule, Tier
from sla_guard.engine.penalty.steps import Step
from sla_guard.engine.penalty.terms import PenaltyTerms, check_reporting
from sla_guard.engine.penalty.total import Charge, Line, charge, earned_back

__all__ = [
	"NO_AMOUNT",
	"Amount",
	"Charge",
	"Decided",
	"Line",
	"Miss",
	"PenaltyTerms",
	"Rule",
	"Step",
	"Tier",
	"charge",
	"check_reporting",
	"compliance",
	"earned_back",
]
