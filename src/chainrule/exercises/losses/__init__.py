"""The exercises of 1.4 to 1.4.4."""

from . import classes, numbers

EXERCISES = numbers.NUMBERS | classes.CLASSES
DRAWN = numbers.DRAWN | classes.DRAWN
