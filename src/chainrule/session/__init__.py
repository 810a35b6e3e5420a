"""Cells of a page, run one by one in one interpreter that has NumPy alone.

A page of the book runs this in a reader's browser, and it works in any other Python as well. What a
cell prints and shows is given back, and so is the place where it fails. A statement that needs a
library which is missing is skipped, and what it would have named is missing from then on.
"""

from .cells import one_by_one
from .core import LIBRARIES, Outcome, Session, answering

__all__ = ["LIBRARIES", "Outcome", "Session", "answering", "one_by_one"]
