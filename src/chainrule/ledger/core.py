"""What a claim is, and what it means that it holds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from ..arrays import to_numpy
from ..oracles import relative_error

EXACT, CLOSE, DIFFERENCES = 1e-14, 1e-13, 1e-7
Cases = Callable[[np.random.Generator], Iterator[tuple]]


@dataclass(frozen=True)
class Oracle:
    """An independent way to know what an implementation should give.

    Attributes
    ----------
    name : str
    expected : callable
        Takes the arguments of a case and gives what the implementation should give for them.
    bound : float
        The largest relative error that passes; where left out, rounding errors of float64 pass.
    needs : str
        The library without which it cannot be asked; "" if it needs none.
    applies : callable
        Takes the arguments of a case and says whether the oracle can judge it.
    error : callable
        Takes what the implementation gave and what was expected, and gives the error.
    obstacle : callable
        Gives why else it cannot be asked; "" if it can.
    """

    name: str
    expected: Callable[..., Any]
    bound: float = EXACT
    needs: str = ""
    applies: Callable[..., bool] = lambda *case: True
    error: Callable[[Any, Any], float] = field(default_factory=lambda: relative_error)
    obstacle: Callable[[], str] = lambda: ""

    @property
    def missing(self) -> str:
        """What the oracle lacks, as the reason why it is skipped; "" if nothing."""
        if self.needs and find_spec(self.needs) is None:
            return f"{self.needs} is not installed"
        return self.obstacle()


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A numbered equation, as something that can be checked.

    Attributes
    ----------
    label : str
        The equation's number, as in "1.7".
    title : str
        What it is about.
    code : str
        The qualified name of the function that carries it out, below ``chainrule``.
    implementation : callable
        That function, taking the arguments of a case.
    cases : callable
        Takes a generator of random numbers and yields tuples of arguments.
    oracles : tuple of Oracle
        At least two.
    saboteur : callable
        A plausible wrong form of the implementation, which the oracles must reject.
    mistake : str
        What is wrong with the saboteur.
    roundoffs : int
        By how many unit roundoffs it may miss its oracles, beyond their own bounds, where numbers
        have fewer bits than in float64: more where many roundings add up.
    use : str
        What the equation does with that function, where it is more than to call it.
    page : str
        The page it stands on, below ``book/`` and without its ending: what gathers the claims of
        a page says it.
    """

    label: str
    title: str
    code: str
    implementation: Callable[..., Any]
    cases: Cases
    oracles: tuple[Oracle, ...]
    saboteur: Callable[..., Any]
    mistake: str
    roundoffs: int = 16
    use: str = ""
    page: str = ""


@dataclass(frozen=True)
class Finding:
    """What one oracle found.

    Attributes
    ----------
    oracle : Oracle
    error : float or None
        The largest error over the cases; None if the oracle could not be asked.
    reason : str
        Why it could not be asked.
    """

    oracle: Oracle
    error: float | None
    reason: str = ""

    @property
    def status(self) -> str:
        """What was found in a word, "holds", "fails" or "skipped"."""
        if self.error is None:
            return "skipped"
        return "holds" if self.error <= self.oracle.bound else "fails"

    def __str__(self) -> str:
        if self.error is None:
            return f"{self.oracle.name}: skipped, {self.reason}"
        if self.status == "holds":
            return f"{self.oracle.name}: error < {self.oracle.bound:.0e}"
        return f"{self.oracle.name}: error {self.error:.1e}, more than {self.oracle.bound:.0e}"

    def line(self) -> str:
        """Give it as a line of a table: its mark, the oracle, the error and the bound."""
        head = f"{MARKS[self.status]} {self.oracle.name:<38}  "
        if self.error is None:
            return f"{head}skipped: {self.reason}"
        return f"{head}largest error {self.error:.1e}, bound {self.oracle.bound:.0e}"


MARKS = {"holds": "✓", "fails": "✗", "skipped": "–"}
WORDS = {mark: word for word, mark in MARKS.items()}


@dataclass(frozen=True)
class Verdict:
    """What all oracles of a claim found.

    Attributes
    ----------
    claim : Claim
    findings : list of Finding
        One for each oracle.
    """

    claim: Claim
    findings: list[Finding]

    @property
    def status(self) -> str:
        """The verdict in a word, "fails" if one oracle says so, "holds" if all were asked."""
        statuses = {finding.status for finding in self.findings}
        return next(word for word in ("fails", "skipped", "holds") if word in statuses)

    @property
    def error(self) -> float | None:
        """The largest error that an oracle found; None if none could be asked."""
        return max((f.error for f in self.findings if f.error is not None), default=None)

    def __repr__(self) -> str:
        return f"{MARKS[self.status]} ({self.claim.label}) {self.claim.title}: {self.status}"

    def summary(self) -> str:
        """Give the verdict in a few lines, an oracle to a line."""
        head = f"{MARKS[self.status]} ({self.claim.label}) {self.claim.title}"
        return "\n".join([head, *(f"  {finding}" for finding in self.findings)])

    def lines(self) -> list[str]:
        """Give the same as a table, the errors that were found and their bounds in a column."""
        head = f"{MARKS[self.status]} {f'({self.claim.label})':<10}{self.claim.title}"
        return [head, *(f"    {finding.line()}" for finding in self.findings)]


def verify_claim(
    claim: Claim,
    implementation: Callable[..., Any] | None = None,
    convert: Callable[[np.ndarray], Any] = lambda array: array,
    slack: float = 0.0,
) -> Verdict:
    """Run the cases of a claim through an implementation and ask its oracles.

    Parameters
    ----------
    claim : Claim
    implementation : callable, optional
        What to check instead of the claim's own implementation.
    convert : callable
        Applied to every array of a case before the implementation sees it.
    slack : float
        Added to the bound of every oracle if there is an array in a case: what numbers of fewer
        bits may miss it by.

    Returns
    -------
    Verdict
    """
    implementation = implementation or claim.implementation
    cases = _cases(claim.cases)
    arrays: list[np.ndarray] = []
    each_array(arrays.append, cases)
    slack = slack if arrays else 0.0
    try:
        results = [implementation(*each_array(convert, case)) for case in cases]
    except ModuleNotFoundError as error:  # a wrong form may be made of another library
        reason = f"{error.name} is not installed"
        return Verdict(claim, [Finding(oracle, None, reason) for oracle in claim.oracles])
    given = each_array(to_numpy, results, axes=0)
    findings = []
    for oracle in claim.oracles:
        wider = replace(oracle, bound=oracle.bound + slack)
        if oracle.missing:
            findings.append(Finding(wider, None, oracle.missing))
            continue
        try:
            answers = _answers(claim.cases, oracle.expected, oracle.applies)
        except ModuleNotFoundError as error:  # PyTorch imports SymPy when first it needs it
            findings.append(Finding(wider, None, f"{error.name} is not installed"))
            continue
        if not answers:
            raise ValueError(
                f"{oracle.name} can judge no case: a claim it supports would hold unasked"
            )
        errors = [oracle.error(given[case], expected) for case, expected in answers]
        findings.append(Finding(wider, float(np.max(errors))))  # not max: it can lose a NaN
    return Verdict(claim, findings)


def _cases(cases: Cases) -> list[tuple]:
    return list(cases(np.random.default_rng(0)))


@cache  # oracles are slow, and their answers are the same for every implementation
def _answers(cases: Cases, expected: Callable, applies: Callable) -> list[tuple[int, Any]]:
    """Give the number of each case that an oracle can judge, and what it expects there.

    The oracle sees cases of its own, so an implementation that changes its arguments cannot mislead
    it.
    """
    return [(i, expected(*case)) for i, case in enumerate(_cases(cases)) if applies(*case)]


def each_array(function: Callable[[Any], Any], thing: Any, axes: int = 1) -> Any:
    """Apply a function to every array of so many axes or more in a nest of tuples and lists."""
    if isinstance(thing, (tuple, list)):
        return type(thing)(each_array(function, part, axes) for part in thing)
    return function(thing) if getattr(thing, "ndim", -1) >= axes else thing
