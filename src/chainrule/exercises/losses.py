"""The exercises of section 1.4."""

from .core import Exercise

EXERCISES: dict[str, Exercise] = {}
