"""A playground: a small network that is trained step by step, as a reader sets it up.

A page of the book runs this in a reader's browser: the network, its loss and its optimizer are the
package's own, and what is shown of them is JSON. A mistake can be put in. Then the right form is
trained beside the wrong one, and the oracles of the broken equation are asked about it.
"""

from .breaks import BREAKS, Break
from .core import Playground
from .data import Data, read
from .rules import Rule, rules
from .settings import LOSSES, SCHEDULES, Setup, schedule

__all__ = ["BREAKS", "LOSSES", "SCHEDULES", "Break", "Data", "Playground", "Rule", "Setup"]
__all__ += ["read", "rules", "schedule"]
