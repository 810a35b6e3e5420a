"""A class's answers, graded in one run: each student's code in a process of its own.

That process knows no solution. It tells the answers, and what functions made of the cases, as plain
data, and what they are worth is decided here.
"""

from .core import Grades, Row, grade
from .points import chosen, points
from .running import Limits

__all__ = ["Grades", "Limits", "Row", "chosen", "grade", "points"]
