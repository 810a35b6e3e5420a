"""Deciding whether a value is zero: never yes unless it is identically zero."""

from collections.abc import Iterable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any

import sympy

from .normal import alike, normal
from .symbolic import Place


def frozen(value: Any, names: dict[Any, Any]) -> Any:
    """Replace every applied function, innermost first, by a symbol of its own.

    What is zero for all values of these symbols is zero for the functions, too. Equal arguments
    are recognised after expanding them. `names` is filled with the symbols given so far.

    >>> import sympy
    >>> x, f = sympy.Symbol("x"), sympy.Function("f")
    >>> frozen(f(x + x * x) - f(x * (x + 1)), {})
    0
    """
    if not value.args:
        return value
    if value not in names:
        args = [frozen(argument, names) for argument in value.args]
        if isinstance(value, sympy.Function):
            key = (value.func, *map(sympy.expand, args))
            names[value] = names.setdefault(key, sympy.Dummy())
        else:
            names[value] = value.func(*args)
    return names[value]


def is_zero(value: Any, condition: Mapping[Any, Any] = MappingProxyType({})) -> bool:
    """Tell whether a value is identically zero; where that cannot be decided, say no.

    A `condition` replaces parts of its normal form, if it has sums of symbolic length.

    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> is_zero((x + 1) ** 2 - x**2 - 2 * x - 1), is_zero(x**2 - x)
    (True, False)
    """
    if value.has(Place):
        return _vanishes(normal(value).xreplace(condition))
    if value.has(sympy.binomial) or any(power.exp.free_symbols for power in value.atoms(sympy.Pow)):
        return bool(sympy.simplify(value) == 0)
    value = frozen(value, {})
    # at a random point almost everything that is not zero shows it, much faster than by expanding
    rng = Random(0)
    point = {symbol: sympy.Rational(rng.randint(2, 99), 7) for symbol in value.free_symbols}
    if sympy.expand(value.xreplace(point)) != 0:
        return False
    return bool(sympy.expand(sympy.fraction(sympy.together(value))[0]) == 0)


def _vanishes(value: Any) -> bool:
    """Tell whether a normal form is zero, once it has one denominator."""
    if value == 0:
        return True
    if value.has(sympy.binomial) or any(power.exp.free_symbols for power in value.atoms(sympy.Pow)):
        return bool(sympy.simplify(value.doit()) == 0)
    return bool(normal(sympy.expand(sympy.fraction(sympy.together(value))[0])) == 0)


def is_nonnegative(value: Any, slacks: tuple[Any, ...] = ()) -> bool:
    """Tell whether a value is provably at least 0, whatever its symbols are.

    Terms are collected by the slacks, and what stands beside each is factored.

    >>> import sympy
    >>> x, y = sympy.symbols("x y", real=True)
    >>> is_nonnegative(x**2 + 2 * x * y + y**2), is_nonnegative(x * y)
    (True, False)
    """
    if value.is_nonnegative:
        return True
    if value.has(Place):
        return all(map(_is_sum_of_squares, _bodies(value)))
    # a sum of squares shows what it is only when it is factored, each slack's part by itself
    parts = sympy.collect(sympy.expand(value), slacks, sympy.factor, evaluate=False)
    return all((power * coefficient).is_nonnegative for power, coefficient in parts.items())


def _is_sum_of_squares(body: Any) -> bool:
    """Tell whether each term of what is summed is at least 0; sums inside it are real numbers."""
    inside = {part: sympy.Dummy(real=part.is_real) for part in body.atoms(sympy.Sum)}
    terms = sympy.Add.make_args(sympy.expand(body.xreplace(inside)))
    return all(term.is_nonnegative for term in terms)


def _bodies(value: Any) -> Iterable[Any]:
    """Give what is summed over an index of each size: sums over the same numbers are one sum."""
    bodies: dict[Any, Any] = {}
    for term in sympy.Add.make_args(alike(value)):
        sums = [factor for factor in sympy.Mul.make_args(term) if isinstance(factor, sympy.Sum)]
        size, body = None, term
        if len(sums) == 1 and len(sums[0].limits) == 1:
            place, _, size = sums[0].limits[0]
            body = term / sums[0] * sums[0].function.xreplace({place: Place("i", size)})
        bodies[size] = bodies.get(size, 0) + body
    return bodies.values()
