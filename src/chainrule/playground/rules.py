"""The rule behind a choice: its source as it stands in the package, and its equations."""

import re
from dataclasses import dataclass
from typing import Any

from .. import activations, losses, optimizers
from ..figures.source import show_source
from ..ledger import claims
from .breaks import BREAKS
from .settings import ACTIVATIONS, LOSSES, OPTIMIZERS

__all__ = ["Rule", "rules"]


@dataclass(frozen=True)
class Rule:
    """What stands behind a choice.

    Attributes
    ----------
    choice : str
        "optimizer", "activation", "loss" or "broken".
    name : str
    source : str
        The code, without docstrings.
    labels : list of str
        The numbers of its equations.
    page : str
        Where the last of them stands, below ``book/``.
    """

    choice: str
    name: str
    source: str
    labels: list[str]
    page: str


def rules() -> list[Rule]:
    """Give the rules of all optimizers, activations, losses and mistakes of the playground.

    Returns
    -------
    list of Rule

    Examples
    --------
    >>> print(next(rule.source for rule in rules() if rule.name == "ReLU"))
    # ReLU.value
    def value(self, x):
        return positive_part(x)
    <BLANKLINE>
    # ReLU.slope
    def slope(self, x):
        return is_positive(x)
    """
    found = [_optimizer(getattr(optimizers, name)) for name in OPTIMIZERS]
    for choice, module, names in (
        ("activation", activations, ACTIVATIONS),
        ("loss", losses, LOSSES),
    ):
        for kind in (getattr(module, name) for name in names):
            found.append(_rule(choice, kind.__name__, kind.__doc__, kind.value, kind.slope))
    for each in BREAKS.values():
        found.append(_rule("broken", each.name, f"({each.label})", each.code))
    return found


def _optimizer(kind: Any) -> Rule:
    methods = (kind.rule, kind.decay, getattr(kind, "momentum", None))
    shown = [method for method in methods if callable(method)]
    return _rule("optimizer", kind.__name__, kind.__doc__, *shown)


def _rule(choice: str, name: str, text: str, *code: Any) -> Rule:
    pages = {claim.label: claim.page for claim in claims()}
    numbers = re.findall(r"\b\d+(?:\.\d+)+[a-z]?\b", text.partition("Parameters\n")[0])
    labels = [label for label in dict.fromkeys(numbers) if label in pages]
    return Rule(choice, name, show_source(*code).code, labels, pages[labels[-1]])
