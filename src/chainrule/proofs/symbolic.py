"""Sizes that are letters: matrices of n rows, sums of n terms, an abstract cost of n numbers.

A sum of symbolic length stays a sum of SymPy's, over an index that knows how far it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from operator import add, mul
from typing import Any

import sympy

from .scope import Undefined

_numbers = count(1)
IN = sympy.IndexedBase("in", real=True)  # at (i, B): 1 if sample i is in batch B, otherwise 0


class Place(sympy.Symbol):
    """An index that may be any whole number from 1 to a `size`; every sum has one of its own.

    Attributes
    ----------
    size : SymPy expression
    level : int
        0, or in a normal form how deep sums are nested below it.
    """

    def __new__(cls, name: str, size: Any, level: int = 0) -> Place:
        """Give the index of this name and size; places that differ in either differ."""
        return super().__new__(cls, f"{name}:{size}", integer=True, positive=True)

    def __init__(self, name: str, size: Any, level: int = 0) -> None:
        self.size, self.level = size, level

    @classmethod
    def fresh(cls, size: Any) -> Place:
        """Give an index that occurs nowhere yet."""
        return cls(f"i{next(_numbers)}", size)


def added(term: Callable[[Any], Any], size: Any) -> Any:
    """Give the sum of ``term(i)`` for i from 1 to a `size`.

    >>> import sympy
    >>> n, x = sympy.Symbol("n"), sympy.IndexedBase("x")
    >>> type(added(lambda i: x[i], n)).__name__
    'Sum'
    """
    if size == 1:
        return term(0)
    place = Place.fresh(size)
    return sympy.Sum(term(place), (place, 1, size))


def in_all(term: Callable[[Any], Any], values: Sequence[Any]) -> Any:
    """Give the sum of a term for all values of an index; one place stands for all it may be."""
    if values and isinstance(values[0], Place):
        return sympy.Sum(term(values[0]), (values[0], 1, values[0].size))
    return sum(map(term, values), start=sympy.Integer(0))


@dataclass(frozen=True)
class Grid:
    """A matrix with letters for sizes: its shape, and a function that gives the entry at (i, j).

    A vector has one column, and an axis of one entry is indexed by 0.
    """

    shape: tuple[Any, Any]
    entry: Callable[[Any, Any], Any]

    def __getitem__(self, places: tuple[Any, ...]) -> Any:
        for place, size in zip(places, self.shape, strict=False):
            if place != 0 if size == 1 else getattr(place, "size", None) != size:
                raise Undefined(f"{place} does not run over an axis of {size}")
        if len(places) == 1 and self.shape[1] != 1:
            return self.row(places[0])
        return self.entry(*(*places, 0)[:2])

    def row(self, i: Any) -> Grid:
        """Give row i as a vector."""
        return Grid((self.shape[1], 1), lambda j, _: self.entry(i, j))

    def _joined(self, other: Any, operation: Callable[[Any, Any], Any]) -> Grid:
        if not isinstance(other, Grid) or self.shape != other.shape:
            raise Undefined("matrices of different shapes")
        return Grid(self.shape, lambda i, j: operation(self.entry(i, j), other.entry(i, j)))

    def __add__(self, other: Any) -> Grid:
        return self._joined(other, add)

    def multiply_elementwise(self, other: Any) -> Grid:
        """Give the product entry by entry."""
        return self._joined(other, mul)

    def __matmul__(self, other: Any) -> Grid:
        if not isinstance(other, Grid) or self.shape[1] != other.shape[0]:
            raise Undefined("matrices that cannot be multiplied")
        return Grid(
            (self.shape[0], other.shape[1]),
            lambda i, j: added(lambda m: self.entry(i, m) * other.entry(m, j), self.shape[1]),
        )

    def __mul__(self, number: Any) -> Grid:
        if isinstance(number, Grid):
            raise Undefined("a product of two matrices of which none says what it is")
        return self.applyfunc(lambda entry: number * entry)

    __rmul__ = __mul__

    @property
    def T(self) -> Grid:
        """The transpose."""
        return Grid(self.shape[::-1], lambda i, j: self.entry(j, i))

    def applyfunc(self, function: Callable[[Any], Any]) -> Grid:
        """Apply a function to every entry."""
        return Grid(self.shape, lambda i, j: function(self.entry(i, j)))


def filled(rows: Any, columns: Any, entry: Callable[[Any, Any], Any]) -> Any:
    """Give a matrix of what a function of (i, j) gives: SymPy's own, or one of symbolic size."""
    if all(isinstance(size, int) for size in (rows, columns)):
        return sympy.ImmutableMatrix(rows, columns, entry)
    return Grid((rows, columns), entry)


def each(function: Callable[[Any], Any], value: Any) -> Any:
    """Apply a function to a value, or to every entry of a matrix."""
    return value.applyfunc(function) if hasattr(value, "applyfunc") else function(value)


def at(matrix: Any, places: tuple[Any, ...]) -> Any:
    """Give an entry of a matrix, whose indices begin at 1; of one index, a whole row."""
    if isinstance(matrix, (Grid, sympy.IndexedBase)):
        return matrix[places]
    if not isinstance(matrix, sympy.MatrixBase):
        raise Undefined(f"{matrix} has no entries")
    numbers = [int(place) - 1 for place in places]
    if any(not 0 <= p < n for p, n in zip(numbers, matrix.shape, strict=False)):
        raise Undefined(f"nothing stands at {places}")
    if len(places) == 1 and matrix.cols > 1:
        return matrix[numbers[0], :].T
    return matrix[(*numbers, 0)[:2]]


def total(vector: Any) -> Any:
    """Give the sum of the entries of a vector."""
    if isinstance(vector, Grid):
        if vector.shape[1] != 1:
            raise Undefined("a matrix is no vector")
        return added(lambda i: vector[i,], vector.shape[0])
    return sympy.Add(*vector)


def beside(left: Any, right: Any) -> list[tuple[Any, Any]]:
    """Give the entries of two matrices, side by side; a place that may be any stands for all."""
    if not isinstance(left, Grid):
        raise Undefined("a matrix and something else")
    places = [0 if size == 1 else Place.fresh(size) for size in left.shape]
    return [left._joined(right, lambda *both: both).entry(*places)]


def put(value: Any, old: Any, new: Any) -> Any:
    """Replace in a `value` each entry of a matrix of symbols by that of a `new` matrix."""
    if not isinstance(old, Grid):
        return value.xreplace(dict(zip(old, new, strict=True)))
    if isinstance(value, Grid):
        return value.applyfunc(lambda entry: put(entry, old, new))
    ((entry, _),) = beside(old, old)
    return put_entries(value, entry.base, lambda *places: new[places])


def put_entries(value: Any, base: Any, entry: Callable[..., Any]) -> Any:
    """Replace in a `value` each entry of an indexed `base` by a function of its indices."""
    return value.replace(
        lambda part: isinstance(part, sympy.Indexed) and part.base == base,
        lambda part: entry(*part.indices),
    )


class Functional(sympy.Function):
    """An abstract function of a whole vector, differentiable, or its slope in some of the entries.

    Its arguments are an index, the entry of the vector there, what else tells it from others (the
    number of a sample), and the indices of the entries by which it has been differentiated.
    """

    is_real = True

    def _eval_derivative(self, x: Any) -> Any:
        place, body, which, slopes = self.args

        def path(at: Any) -> Any:
            slope = self.func(place, body, which, sympy.Tuple(*slopes, at))
            return slope * sympy.diff(body.xreplace({place: at}), x)

        return added(path, place.size)


@cache
def _kind(name: str) -> Any:
    return type(name, (Functional,), {})


def functional(name: str, vector: Grid, *which: Any) -> Any:
    """Give an abstract function of a vector; `which` tells it from others of its name."""
    place = Place.fresh(vector.shape[0])
    return _kind(name)(place, vector[place,], sympy.Tuple(*which), sympy.Tuple())
