"""Lines, chains and proofs; a proof cannot be made unless SymPy finds every line to hold.

A chain is a left side and lines, each of which claims to equal the line before (or to be at least
or at most as large). The LaTeX that is shown and the value that is checked come from one
expression.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import sympy

from .expressions import Expression, Index
from .scope import Scope, Undefined
from .zero import is_nonnegative, is_zero

__all__ = ["GE", "LE", "Case", "Chain", "Line", "Proof", "ProofError"]

LE, GE = r"\le", r"\ge"


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
    """A concrete case in which every line of a chain is checked: a scope with a name.

    Attributes
    ----------
    model : Model
        What the names mean.
    indices : dict from str to int
        The indices that are fixed, such as the layer.
    name : str
        As an error message says it: "layers 2-3-2".
    """

    name: str

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

    def steps(self) -> Iterator[tuple[Expression, Line]]:
        """Yield each line that is checked, with the expression before it."""
        before = self.left
        for line in self.lines:
            if not line.by_definition:
                yield before, line
            before = line.expression

    def check(self) -> None:
        """Check every line in every case.

        Raises
        ------
        ProofError
            If one does not follow.
        """
        if not self.cases:
            raise ProofError(f"the chain from ${self.left.latex()}$ has no case to be checked in")
        for (before, line), case in product(self.steps(), self.cases):
            if not follows(before, line, case):
                raise ProofError(
                    f"${line.relation} {line.expression.latex()}$ ({line.reason}) does not follow "
                    f"from ${before.latex()}$ for {case}"
                )


def chains_in(cases: Iterable[Case]) -> Callable[..., Chain]:
    """Give what makes a chain, of a left side and its lines, that is checked in these cases."""
    every = tuple(cases)
    return lambda left, *lines: Chain(left, lines, every)


def follows(before: Expression, line: Line, scope: Scope) -> bool:
    """Tell whether a line follows from the expression before it, for all values of its indices."""
    free = sorted((before.free() | line.expression.free()) - set(scope.indices))
    try:
        ranges = [scope.range_of(Index(name), before, line.expression) for name in free]
        return all(
            _holds(before, line, scope.bind(**dict(zip(free, values, strict=True))))
            for values in product(*ranges)
        )
    except (Undefined, sympy.matrices.exceptions.ShapeError):
        return False


def _holds(before: Expression, line: Line, scope: Scope) -> bool:
    left, right = (sympy.Matrix([side.value(scope)]) for side in (before, line.expression))
    if left.shape != right.shape:
        return False
    difference = (right - left).xreplace(scope.model.condition if line.given else {})
    if line.relation == "=":
        return all(map(is_zero, difference))
    slack = difference if line.relation == LE else -difference
    return all(is_nonnegative(entry, scope.model.slacks) for entry in slack)


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
    cases : str
        For what it was checked: "layers of sizes 2-3-2 and 3-1-2".
    checked, unchecked : tuple of str
        What the machine found, and what it takes on trust.
    """

    title: str
    labels: tuple[str, ...]
    hypotheses: tuple[str, ...]
    chains: tuple[Chain, ...]
    cases: str
    checked: tuple[str, ...]
    unchecked: tuple[str, ...]

    def __post_init__(self) -> None:
        for chain in self.chains:
            chain.check()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all chains."""
        return tuple(line for chain in self.chains for line in chain.lines)

    def __repr__(self) -> str:
        return f"✓ {self._name()}: {len(self.lines)} lines, for {self.cases}"

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
                reason = line.reason + (" *(not checked)*" if line.by_definition else "")
                rows.append(f"| {shown} | ({number}) {reason} |")
        trusted = sum(line.by_definition for line in self.lines)
        found = f"all lines but {trusted}" if trusted else "every line"
        parts = [
            f"**{self._name()}.**",
            "\n".join(f"- {hypothesis}" for hypothesis in self.hypotheses),
            ":::{table}\n:class: proof\n" + "\n".join(rows) + "\n:::",
            f"✓ checked by SymPy, {found}, for {self.cases}.",
            f"*What the machine checked.* {' '.join(self.checked)}",
            f"*What it did not.* {' '.join(self.unchecked)}",
        ]
        return "\n\n".join(part for part in parts if part)


def _display(latex: str) -> str:
    return rf"$\displaystyle {latex}$"
