"""Expressions as the proofs write them: one tree gives both the LaTeX and the value of a line.

The operators build the tree and compute nothing, so factors keep their order and nothing cancels:
``sum_over(j, w(l + 1)[j, k] * delta(l + 1)[j])`` is Σ_j w_jk^{l+1} δ_j^{l+1}. What a name stands
for is decided by a `Scope`, and only when a value is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import partial, reduce
from operator import add, attrgetter, matmul, mul, pow, sub, truediv
from typing import Any

import sympy

from .scope import Scope, Undefined


def _reflected(operation: Callable) -> Callable[[Any, Any], Expression]:
    return lambda right, left: operation(node(left), right)


class Expression:
    """Something that has both a LaTeX form and, in a scope, a value."""

    tightness = 3  # 0: a sum of terms, 1: a big operator, 2: a product, 3: an atom
    is_named = False  # whether the model or a definition says what it is
    is_tall: bool | None = None  # whether the LaTeX is higher than a line; None: if a part is

    def latex(self) -> str:
        """Give the LaTeX of the expression."""
        raise NotImplementedError

    def compact(self) -> str:
        """Give the LaTeX as it stands in an index: l+1 rather than l + 1."""
        return self.latex().replace(" + ", "+").replace(" - ", "-")

    def value(self, scope: Scope) -> Any:
        """Give the value in a `scope`, a SymPy expression or matrix, from those of the parts."""
        return self.operation(*(part.value(scope) for part in self.parts()))

    def operation(self, *values: Any) -> Any:
        """Give the value from the `values` of the parts."""
        raise NotImplementedError

    def parts(self) -> Iterator[Expression]:
        """Yield the expressions that this one is made of."""
        for field in fields(self):  # type: ignore[arg-type]
            part = getattr(self, field.name)
            several = part if isinstance(part, tuple) else (part,)
            yield from (each for each in several if isinstance(each, Expression))

    def free(self) -> set[str]:
        """Give the names of the indices that no sum inside binds."""
        return {name for part in self.parts() for name in part.free()}

    def _extents(self, index: Index, scope: Scope) -> Iterator[int]:
        for part in self.parts():
            yield from part._extents(index, scope)

    def tall(self) -> bool:
        """Tell whether the LaTeX is higher than one line."""
        return any(p.tall() for p in self.parts()) if self.is_tall is None else self.is_tall

    def wrapped(self, tightness: int) -> str:
        """Give the LaTeX, in parentheses if it binds less tightly than `tightness`."""
        if self.tightness >= tightness:
            return self.latex()
        return parenthesized(self.latex(), self.tall())

    def __add__(self, other: Any) -> Expression:
        terms = self.terms if isinstance(self, Plus) else (self,)
        return Plus((*terms, node(other)))

    def __neg__(self) -> Expression:
        return Times((Number(-1), *(self.factors if isinstance(self, Times) else (self,))))

    def __sub__(self, other: Any) -> Expression:
        return self + -node(other)

    def __mul__(self, other: Any) -> Expression:
        factors = self.factors if isinstance(self, Times) else (self,)
        return Times((*factors, node(other)))

    def __truediv__(self, other: Any) -> Expression:
        return Fraction(self, node(other))

    def __pow__(self, other: Any) -> Expression:
        return Power(self, node(other))

    def __matmul__(self, other: Expression) -> Expression:
        factors = self.factors if isinstance(self, MatMul) else (self,)
        return MatMul((*factors, other))

    __radd__, __rsub__ = _reflected(add), _reflected(sub)
    __rmul__, __rtruediv__ = _reflected(mul), _reflected(truediv)

    @property
    def T(self) -> Expression:
        """The transpose."""
        return Transpose(self)


def node(thing: Any) -> Expression:
    """Give an expression as it is, and a number as an expression."""
    return thing if isinstance(thing, Expression) else Number(thing)


def parenthesized(latex: str, tall: bool = False) -> str:
    """Put parentheses around LaTeX, large ones if it is tall or has some itself."""
    size = r"\Big" if tall else r"\big" if "(" in latex else ""
    return f"{size}({latex}{size})"


def _one_after_another(operation: Any, *values: Any) -> Any:
    return reduce(operation, values)


def braced(latex: str) -> str:
    """Put braces around LaTeX that is longer than a letter."""
    return latex if len(latex) == 1 else f"{{{latex}}}"


@dataclass(frozen=True)
class Number(Expression):
    """A number of its own."""

    number: int

    def __neg__(self) -> Expression:
        return Number(-self.number)

    def latex(self) -> str:
        """Give the digits."""
        return str(self.number)

    def value(self, scope: Scope) -> Any:
        """Give the number."""
        return sympy.Integer(self.number)


@dataclass(frozen=True)
class Index(Expression):
    """An index: of a neuron, a layer, a sample or a step."""

    name: str

    def latex(self) -> str:
        """Give the letter."""
        return self.name

    def value(self, scope: Scope) -> Any:
        """Give what the index stands for."""
        if self.name not in scope.indices:
            raise Undefined(f"nothing says what {self.name} is")
        return scope.indices[self.name]

    def free(self) -> set[str]:
        """Give the index itself."""
        return {self.name}


@dataclass(frozen=True)
class Entry(Expression):
    """A named thing, all of it or one entry: ``w``, ``w(l + 1)`` or ``w(l + 1)[j, k]``."""

    name: str
    upper: Expression | None = None
    lower: tuple[Expression, ...] = ()
    is_named = True

    def __call__(self, upper: Any) -> Entry:
        """Give the same name with the layer `upper`."""
        return replace(self, upper=node(upper))

    def __getitem__(self, lower: Any) -> Entry:
        return replace(self, lower=tuple(map(node, lower if isinstance(lower, tuple) else [lower])))

    def latex(self) -> str:
        """Give the name, the indices below and the layer above."""
        letters = [index.compact() for index in self.lower]
        below = ("" if all(len(letter) == 1 for letter in letters) else ",").join(letters)
        above = self.upper.compact() if self.upper else ""
        under, over = f"_{braced(below)}" if below else "", f"^{braced(above)}" if above else ""
        return self.name + under + over

    def layer(self, scope: Scope) -> Any:
        """Give the number of the layer in a `scope`, or None."""
        return None if self.upper is None else self.upper.value(scope)

    def value(self, scope: Scope) -> Any:
        """Look the entry up in the model."""
        lower = tuple(index.value(scope) for index in self.lower)
        return scope.model.entry(self.name, self.layer(scope), lower)

    def _extents(self, index: Index, scope: Scope) -> Iterator[int]:
        for axis, below in enumerate(self.lower):
            if below == index:
                yield scope.model.extent(self.name, self.layer(scope), axis)


@dataclass(frozen=True)
class Plus(Expression):
    """A sum of a few terms."""

    terms: tuple[Expression, ...]
    tightness = 0
    operation = staticmethod(partial(_one_after_another, add))

    def latex(self) -> str:
        """Join the terms by their signs."""
        first, *others = (
            term.latex() if isinstance(term, Times) else term.wrapped(1) for term in self.terms
        )
        return first + "".join(f" - {t[1:]}" if t[0] == "-" else f" + {t}" for t in others)


@dataclass(frozen=True)
class Times(Expression):
    """A product of numbers."""

    factors: tuple[Expression, ...]
    operation = staticmethod(partial(_one_after_another, mul))

    @property
    def tightness(self) -> int:  # type: ignore[override]
        """With a minus in front it needs parentheses as a sum does."""
        return 0 if self.factors[0] == Number(-1) else 2

    def latex(self) -> str:
        """Write the factors side by side; −1 becomes a sign."""
        sign, factors = "", self.factors
        if factors[0] == Number(-1) and len(factors) > 1:
            sign, factors = "-", factors[1:]
        *others, last = factors
        return sign + r"\,".join([*(f.wrapped(2) for f in others), last.wrapped(1)])


@dataclass(frozen=True)
class Fraction(Expression):
    """A fraction."""

    above: Expression
    below: Expression
    is_tall = True
    operation = staticmethod(truediv)

    def latex(self) -> str:
        """Write one above the other."""
        return rf"\frac{{{self.above.latex()}}}{{{self.below.latex()}}}"


@dataclass(frozen=True)
class Power(Expression):
    """A power."""

    base: Expression
    exponent: Expression
    operation = staticmethod(pow)

    def latex(self) -> str:
        """Write the exponent above; a base that has something there gets parentheses."""
        base = self.base.wrapped(3)
        tall = self.base.tall() and self.base.tightness == 3
        if tall or getattr(self.base, "upper", None):
            base = parenthesized(base, tall)
        return f"{base}^{braced(self.exponent.compact())}"


@dataclass(frozen=True)
class Transpose(Expression):
    """The transpose of a matrix."""

    matrix: Expression
    operation = staticmethod(attrgetter("T"))

    def latex(self) -> str:
        """Write a T above."""
        return rf"{parenthesized(self.matrix.latex())}^\mathsf{{T}}"


@dataclass(frozen=True)
class MatMul(Expression):
    """A product of matrices."""

    factors: tuple[Expression, ...]
    tightness = 2
    operation = staticmethod(partial(_one_after_another, matmul))

    def latex(self) -> str:
        """Write the factors side by side."""
        return r"\,".join(factor.wrapped(3) for factor in self.factors)
