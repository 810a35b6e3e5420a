"""The operators of the proofs: sums over an index, derivatives, norms, expectations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sympy

from .expressions import Entry, Expression, Index, MatMul, braced, node, parenthesized
from .scope import Scope
from .symbolic import IN, at, each, in_all, total


@dataclass(frozen=True)
class Big(Expression):
    """A sum or a product over all of an index, from `first` to `last`, or `within` a set."""

    index: Index
    body: Expression
    first: Expression | None = None
    last: Expression | None = None
    within: Expression | None = None
    symbol: str = r"\sum"
    tightness = 1
    is_tall = True

    def latex(self) -> str:
        """Write the sign, and limits only where they are not the whole range."""
        limits = braced(self.index.name)
        if self.within:
            limits = rf"{{{self.index.name} \in {self.within.latex()}}}"
        if self.first and self.last:
            last = braced(self.last.compact())
            limits = f"{{{self.index.name}={self.first.compact()}}}^{last}"
        return rf"{self.symbol}_{limits} {self.body.wrapped(1)}"

    def value(self, scope: Scope) -> Any:
        """Add up, or multiply, for every value of the index."""

        def term(number: Any) -> Any:
            return self.body.value(scope.bind(**{self.index.name: number}))

        if self.first and self.last:
            limits = self.first.value(scope), self.last.value(scope)
            return scope.model.between(*limits, term, self.symbol)
        if self.within:
            return scope.model.within(self.within.value(scope), term)
        return in_all(term, scope.range_of(self.index, self.body))

    def free(self) -> set[str]:
        """Give those of the body and of the limits, but for the index of the sum itself."""
        return super().free() - {self.index.name}

    def _extents(self, index: Index, scope: Scope) -> Iterator[int]:
        if index != self.index:
            # a sum between limits binds an index that the layers inside may depend on
            inner = replace(scope, indices={self.index.name: 1} | scope.indices)
            yield from self.body._extents(index, inner)


def sum_over(index: Index, body: Expression, first: Any = None, last: Any = None) -> Big:
    """Give the sum over an index, over its whole range or from `first` to `last`."""
    limits = (None if end is None else node(end) for end in (first, last))
    return Big(index, body, *limits)  # type: ignore[arg-type]


def product_over(index: Index, body: Expression, first: Any, last: Any) -> Big:
    """Give the product over an index from `first` to `last`."""
    return Big(index, body, node(first), node(last), symbol=r"\prod")


@dataclass(frozen=True)
class Iverson(Expression):
    """1 if the statement in brackets is true, otherwise 0: [i = j], or [i ∈ B]."""

    left: Expression
    right: Expression
    relation: str = "="

    def latex(self) -> str:
        """Write the brackets."""
        return f"[{self.left.latex()} {self.relation} {self.right.latex()}]"

    def operation(self, left: Any, right: Any) -> Any:
        """Give 1 or 0."""
        if self.relation == "=":
            return sympy.KroneckerDelta(left, right)
        return sympy.Integer(left in right) if isinstance(right, tuple) else IN[left, right]


@dataclass(frozen=True)
class Apply(Expression):
    """A function of something; an activation is that of the layer which its argument shows."""

    name: str
    order: int
    argument: Expression

    def latex(self) -> str:
        """Write f(x), or e^x for the exponential and log x for a plain x."""
        argument = self.argument.latex()
        if self.name == r"\exp":
            return f"e^{braced(argument)}"
        if self.name == r"\log":
            return rf"\log {self.argument.wrapped(3)}"
        return f"{self.name}{chr(39) * self.order}({argument})"

    def value(self, scope: Scope) -> Any:
        """Apply the model's function, to a matrix entry by entry."""
        layer = self.argument.layer(scope) if isinstance(self.argument, Entry) else None
        function = scope.model.function(self.name, self.order, layer)
        argument = self.argument.value(scope)
        return each(function, argument)


def function(name: str, order: int = 0) -> Callable[[Expression], Apply]:
    """Give what applies a function, or its derivative of an `order`, to an expression."""
    return partial(Apply, name, order)


@dataclass(frozen=True)
class Partial(Expression):
    """The derivative ∂f/∂x that SymPy finds; with a whole matrix for x, that of each entry."""

    f: Expression
    x: Entry
    is_tall = True

    @property
    def tightness(self) -> int:  # type: ignore[override]
        """An atom if it is one fraction, otherwise an operator in front of what it acts on."""
        return 3 if isinstance(self.f, Entry) else 1

    def latex(self) -> str:
        """Write f in the fraction if it is short, otherwise behind it."""
        below = rf"\partial {self.x.latex()}"
        if isinstance(self.f, Entry):
            return rf"\frac{{\partial {self.f.latex()}}}{{{below}}}"
        return rf"\frac{{\partial}}{{{below}}} {self.f.wrapped(1)}"

    def value(self, scope: Scope) -> Any:
        """Differentiate in the model where x is a variable."""
        place = self.x.name, self.x.layer(scope)
        inner = replace(scope, model=scope.model.given(*place))
        f, x = self.f.value(inner), self.x.value(inner)
        return scope.model.resolve(each(lambda entry: sympy.diff(f, entry), x), *place)


@dataclass(frozen=True)
class Gradient(Partial):
    """The vector of all ∂f/∂x_j, in the notation ∇_x f."""

    tightness = 2
    is_tall = False

    def latex(self) -> str:
        """Write the nabla."""
        return rf"\nabla_{{\!{self.x.name}}} {self.f.latex()}"


@dataclass(frozen=True)
class Hadamard(Expression):
    """A product entry by entry."""

    left: Expression
    right: Expression
    tightness = 0
    operation = staticmethod(lambda left, right: left.multiply_elementwise(right))

    def latex(self) -> str:
        """Write ⊙ between the two."""
        left, right = (
            parenthesized(part.latex()) if isinstance(part, MatMul) else part.wrapped(2)
            for part in (self.left, self.right)
        )
        return rf"{left} \odot {right}"


@dataclass(frozen=True)
class Component(Expression):
    """One entry of a matrix or a vector that has no name of its own."""

    matrix: Expression
    lower: tuple[Expression, ...]

    def latex(self) -> str:
        """Write the matrix in brackets, with the indices below."""
        below = "".join(index.latex() for index in self.lower)
        return rf"\big[{self.matrix.latex()}\big]_{braced(below)}"

    def value(self, scope: Scope) -> Any:
        """Take the entry out."""
        return at(self.matrix.value(scope), tuple(index.value(scope) for index in self.lower))


@dataclass(frozen=True)
class SquaredNorm(Expression):
    """The square of the length of a vector."""

    vector: Expression
    is_named = True

    def latex(self) -> str:
        """Write the bars and the 2."""
        return rf"\lVert {self.vector.latex()} \rVert_2^2"

    def operation(self, vector: Any) -> Any:
        """Add up the squares of the entries of a `vector`."""
        return total(vector.multiply_elementwise(vector))


@dataclass(frozen=True)
class Expectation(Expression):
    """The expectation of something random; the model says what is random."""

    body: Expression
    over: Index | None = None
    is_named = True

    def free(self) -> set[str]:
        """Give the indices of what is inside, but for the random one."""
        return self.body.free() - {self.over.name if self.over else ""}

    def latex(self) -> str:
        """Write E, with what is random below, and brackets."""
        below = f"_{self.over.latex()}" if self.over else ""
        left, right = (r"\Big[", r"\Big]") if self.body.tall() else ("[", "]")
        return rf"\operatorname{{E}}{below}{left}{self.body.latex()}{right}"

    def value(self, scope: Scope) -> Any:
        """Ask the model."""
        return scope.model.expectation(self.body, scope)


@dataclass(frozen=True)
class Binomial(Expression):
    """A binomial coefficient."""

    above: Expression
    below: Expression
    operation = staticmethod(sympy.binomial)

    def latex(self) -> str:
        """Write one above the other."""
        return rf"\binom{{{self.above.latex()}}}{{{self.below.latex()}}}"


@dataclass(frozen=True)
class Norm(Expression):
    """The length of a vector, or the largest stretch of a matrix; the model gives it a symbol."""

    of: Entry | Gradient
    is_named = True

    def latex(self) -> str:
        """Write the bars and the 2."""
        return rf"\lVert {self.of.latex()} \rVert_2"

    def value(self, scope: Scope) -> Any:
        """Look the norm up in the model."""
        if isinstance(self.of, Gradient):
            return scope.model.entry(r"\lVert\nabla C\rVert", self.of.x.layer(scope), ())
        return scope.model.entry(rf"\lVert {self.of.name}\rVert", self.of.layer(scope), ())
