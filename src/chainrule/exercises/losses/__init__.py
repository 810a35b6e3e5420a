"""The exercises of 1.4 to 1.4.4."""

from .classes import CLASSES
from .numbers import NUMBERS

EXERCISES = NUMBERS | CLASSES
