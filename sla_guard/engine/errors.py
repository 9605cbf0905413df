"""What the engine refuses, said so that a form can show it in the reader's own language."""

from __future__ import annotations


class EngineError(ValueError):
	"""A refusal. `template` is the English sentence to translate, `values` are what fills its braces."""

	def __init__(self, template: str, **values: object) -> None:
		self.template = template
		self.values = values
		super().__init__(template.format(**values))


class WrongInput(EngineError):
	"""A calendar, terms, an event or an instant that has no meaning; says what and where."""


class NoHoursLeft(EngineError):
	"""The support time asked for is not there before the last day that a calendar knows."""
