"""Lines, chains and proofs; a proof cannot be made unless SymPy finds every line to hold.

A chain is a left side and lines, each of which claims to equal the line before (or to be at least
or at most as large). The LaTeX that is shown and the value that is checked come from one
expression.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import sympy

from .definitions import same_by_definition
from .expressions import Expression, Index
from .scope import Scope, Undefined
from .symbolic import Grid, beside
from .zero import is_nonnegative, is_zero

__all__ = ["GE", "LE", "Case", "Chain", "Line", "Proof", "ProofError"]

LE, GE = r"\le", r"\ge"
REFUSED, SAME, DIFFERENT = "refused", "the same", "different"
# in which cases a line has been checked, as it says at its end
ALL, SOME, PUT_IN, YOU = MARKS = "in all cases", "in some cases", "put in", "not checked"


class ProofError(AssertionError):
    """A line of a proof does not follow from the line before.

    Attributes
    ----------
    message : str
        The line, its reason, the line before, and the case in which it fails.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Line:
    """One line of a proof.

    Attributes
    ----------
    expression : Expression
        What stands on the right of the relation sign.
    reason : str
        Why it follows from the line before.
    relation : str
        "=", or LaTeX for at most or at least.
    given : bool
        Whether the line needs the condition that the model states, such as Σ y_i = 1.
    by_definition : bool
        Whether the line is taken as known: it says what a word means, and is not checked.
    """

    expression: Expression
    reason: str
    relation: str = "="
    given: bool = False
    by_definition: bool = False


@dataclass(frozen=True)
class Case(Scope):
    """A case in which every line of a chain is checked: a scope with a name.

    Attributes
    ----------
    model : Model
        What the names mean.
    indices : dict from str to int
        The indices that are fixed, such as the layer.
    name : str
        As an error message says it: "layers 2-3-2".
    every : bool
        Whether it stands for every size: its sizes are letters.
    """

    name: str
    every: bool = field(default=False, kw_only=True)

    def __str__(self) -> str:
        fixed = ", ".join(f"{name} = {value}" for name, value in self.indices.items())
        return f"{self.name} ({fixed})" if fixed else self.name


@dataclass(frozen=True)
class Chain:
    """A left side and the lines that follow from it, one after the other.

    Attributes
    ----------
    left : Expression
        Where the chain begins.
    lines : tuple of Line
    cases : tuple of Case
        Where it is checked.
    """

    left: Expression
    lines: tuple[Line, ...]
    cases: tuple[Case, ...]

    def check(self) -> tuple[str, ...]:
        """Check every line in every case, and tell in which it has been checked.

        Returns
        -------
        tuple of str
            Of each line: ALL, SOME, PUT_IN or YOU.

        Raises
        ------
        ProofError
            If one does not follow.
        """
        if not self.cases:
            raise ProofError(f"the chain from ${self.left.latex()}$ has no case to be checked in")
        before = (self.left, *(line.expression for line in self.lines))
        return tuple(self._mark(*step) for step in zip(before, self.lines, strict=False))

    def _mark(self, before: Expression, line: Line) -> str:
        if line.by_definition:
            return YOU
        compared = set()
        for case in self.cases:
            found = compare(before, line, case)
            if found == REFUSED:
                raise ProofError(
                    f"${line.relation} {line.expression.latex()}$ ({line.reason}) does not follow "
                    f"from ${before.latex()}$ for {case}"
                )
            if found == DIFFERENT:
                compared.add(case.every)
        return ALL if True in compared else SOME if compared else PUT_IN


def chains_in(cases: Iterable[Case]) -> Callable[..., Chain]:
    """Give what makes a chain, of a left side and its lines, that is checked in these cases."""
    every = tuple(cases)
    return lambda left, *lines: Chain(left, lines, every)


def compare(before: Expression, line: Line, scope: Scope) -> str:
    """Tell whether a line follows from the expression before it, for all values of its indices.

    Returns
    -------
    str
        REFUSED, or SAME if both are one and the same as soon as the definitions are put in, so that
        there was nothing to find out, or DIFFERENT if they are two forms of one value.
    """
    free = sorted((before.free() | line.expression.free()) - set(scope.indices))
    try:
        ranges = [scope.range_of(Index(name), before, line.expression) for name in free]
        scopes = [scope.bind(**dict(zip(free, each, strict=True))) for each in product(*ranges)]
        if not all(_follows(before, line, here) for here in scopes):
            return REFUSED
        return SAME if all(_is_put_in(before, line, here) for here in scopes) else DIFFERENT
    except (Undefined, sympy.matrices.exceptions.ShapeError):
        return REFUSED


def _follows(before: Expression, line: Line, scope: Scope) -> bool:
    return all(_holds(*entries, line, scope.model) for entries in _entries(before, line, scope))


def _is_put_in(before: Expression, line: Line, scope: Scope) -> bool:
    if line.relation == "=":
        return same_by_definition(before, line.expression, scope, line.given)
    left, right = before.value(scope), line.expression.value(scope)
    return {left - right, right - left} & set(scope.model.slacks) != set()


def _entries(before: Expression, line: Line, scope: Scope) -> list[tuple[Any, Any]]:
    """Give the entries of the two sides, side by side."""
    left, right = before.value(scope), line.expression.value(scope)
    if isinstance(left, Grid) or isinstance(right, Grid):
        return list(beside(left, right))
    left, right = sympy.Matrix([left]), sympy.Matrix([right])
    if left.shape != right.shape:
        raise Undefined("the two sides have different shapes")
    return list(zip(left, right, strict=True))


def _holds(left: Any, right: Any, line: Line, model: Any) -> bool:
    difference = right - left
    if line.given:
        difference = model.under_condition(difference)
    if line.relation == "=":
        return is_zero(difference, model.condition if line.given else {})
    return is_nonnegative(difference if line.relation == LE else -difference, model.slacks)


@dataclass(frozen=True, repr=False)
class Proof:
    """A proof whose every line has been checked; in a notebook it shows itself as a table.

    Attributes
    ----------
    title : str
    labels : tuple of str
        The numbers of the equations that it proves.
    hypotheses : tuple of str
        What is assumed.
    chains : tuple of Chain
    every, some : str
        What all cases are, "layers of any sizes", and some: "layers of sizes 2-3-2 and 3-1-2".
    checked, unchecked : tuple of str
        What the machine found, and what it takes on trust.
    marks : tuple of str
        In which cases each line has been checked: ALL, SOME, PUT_IN or YOU.
    """

    title: str
    labels: tuple[str, ...]
    hypotheses: tuple[str, ...]
    chains: tuple[Chain, ...]
    every: str
    some: str
    checked: tuple[str, ...]
    unchecked: tuple[str, ...]
    marks: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        marks = tuple(mark for chain in self.chains for mark in chain.check())
        object.__setattr__(self, "marks", marks)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all chains."""
        return tuple(line for chain in self.chains for line in chain.lines)

    def __repr__(self) -> str:
        return f"✓ {self._name()}: {counted(self.marks)}"

    def _name(self) -> str:
        label = f"({', '.join(self.labels)}) " if self.labels else ""
        return label + self.title

    def _repr_markdown_(self) -> str:
        rows, number = ["| line | because |", "|:--|:--|"], 0
        for chain in self.chains:
            rows.append(f"| {_display(chain.left.latex())} | |")
            for line in chain.lines:
                shown = _display(rf"\quad {line.relation} {line.expression.latex()}")
                number += 1
                mark = self.marks[number - 1]
                rows.append(f"| {shown} | ({number}) {line.reason} *({mark})* |")
        parts = [
            f"**{self._name()}.**",
            "\n".join(f"- {hypothesis}" for hypothesis in self.hypotheses),
            ":::{table}\n:class: proof\n" + "\n".join(rows) + "\n:::",
            self._found(),
            f"*What the machine checked.* {' '.join(self.checked)}",
            f"*What it did not.* {' '.join(self.unchecked)}",
        ]
        return "\n\n".join(part for part in parts if part)

    def _found(self) -> str:
        found = (
            ", ".join(f"{self.marks.count(mark)} {mark}" for mark in marks if mark in self.marks)
            for marks in ((ALL, SOME), (PUT_IN, YOU))
        )
        return (
            f"✓ checked by SymPy, of {len(self.marks)} lines: {'; '.join(filter(None, found))}. "
            f"All cases: {self.every}. Some cases, tried besides: {self.some}."
        )


def counted(marks: Iterable[str]) -> str:
    """Say how many lines there are of each mark.

    >>> counted([ALL, PUT_IN, ALL])
    '3 lines, 2 in all cases, 1 put in'
    """
    numbers = Counter(marks)
    found = (f"{numbers[mark]} {mark}" for mark in MARKS if numbers[mark])
    return ", ".join([f"{numbers.total()} lines", *found])


def _display(latex: str) -> str:
    return rf"$\displaystyle {latex}$"
