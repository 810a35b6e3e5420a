"""A normal form of sums of symbolic length: what is equal in form is equal for every size."""

from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

import sympy

from .scope import Undefined
from .symbolic import Functional, Place


def normal(value: Any) -> Any:
    """Give a value as a sum of products of sums, the indices of which have names by their place.

    Products are multiplied out and a Kronecker delta takes its sum away. A sum over an index that
    does not occur becomes a factor. Every step keeps the value, for every size; so two values of
    one normal form are equal.

    >>> n, x = sympy.Symbol("n"), sympy.IndexedBase("x")
    >>> i, j = Place("i", n), Place("j", n)
    >>> normal(sympy.Sum(x[i] * sympy.KroneckerDelta(i, j) + 2, (i, 1, n))) == 2 * n + x[j]
    True
    """
    # named anew, no index stands for two sums of which one is inside the other
    return sympy.Add(*(_closed(*term) for term in _terms(alike(value))))


def _terms(value: Any) -> Iterator[tuple[list[Any], list[Place]]]:
    """Multiply out: yield each term as its factors and the indices that it is summed over."""
    if isinstance(value, sympy.Add):
        for term in value.args:
            yield from _terms(term)
    elif isinstance(value, sympy.Sum):
        body, fresh = value.function, []
        for place, _, _ in value.limits:
            fresh.append(Place.fresh(place.size))
            body = body.xreplace({place: fresh[-1]})
        for factors, bound in _terms(body):
            yield factors, [*bound, *fresh]
    elif parts := _factors(value):
        for choice in product(*(list(_terms(part)) for part in parts)):
            yield [f for factors, _ in choice for f in factors], [p for _, b in choice for p in b]
    else:
        yield [value], []


def _factors(value: Any) -> list[Any]:
    """Give the factors of a product or of a whole power, each as often as it occurs."""
    if isinstance(value, sympy.Mul):
        return list(value.args)
    if isinstance(value, sympy.Pow) and value.exp.is_Integer and value.exp > 1:
        return [value.base] * int(value.exp)
    return []


def _contracted(factors: list[Any], bound: list[Place]) -> tuple[list[Any], list[Place]]:
    """Take out each delta together with a sum over one of its indices.

    One without a sum stays; beside it both indices are the same number, and the first is written.
    """
    kept = []
    while delta := next((f for f in factors if isinstance(f, sympy.KroneckerDelta)), None):
        i, j = sorted(delta.args, key=str)
        if getattr(i, "size", None) != getattr(j, "size", 0):
            raise Undefined(f"{i} and {j} do not run over the same numbers")
        old, new = (i, j) if i in bound else (j, i)
        factors = [factor.xreplace({old: new}) for factor in factors if factor != delta]
        if old not in bound:
            kept.append(delta)
        bound = [place for place in bound if place != old]
    return factors + kept, bound


def _closed(factors: list[Any], bound: list[Place]) -> Any:
    """Give the sum of a product: a product of sums, each over indices that hang together."""
    factors, bound = _contracted(factors, bound)
    factors = sympy.Mul.make_args(sympy.Mul(*map(_atom, factors)))
    groups: list[tuple[set[Place], Any]] = [({place}, sympy.S.One) for place in bound]
    for part in [power for factor in factors for power in _powers(factor)]:
        places, whole = part.atoms(Place) & set(bound), part
        for group in [group for group in groups if group[0] & places]:
            groups.remove(group)
            places, whole = places | group[0], whole * group[1]
        groups.append((places, whole))
    return sympy.Mul(*(_summed(whole, list(places)) for places, whole in groups))


def _powers(value: Any) -> list[Any]:
    """Give x^a and x^b instead of x^(a+b): only one of them may contain an index."""
    if isinstance(value, sympy.Pow) and isinstance(value.exp, sympy.Add):
        return [sympy.Pow(value.base, exponent) for exponent in value.exp.args]
    return [value]


def _level(value: Any) -> int:
    return 1 + max((place.level for place in value.atoms(Place)), default=0)


def _summed(value: Any, bound: list[Place]) -> Any:
    """Sum over indices with names that depend neither on their old names nor on their order."""
    if value == 1:
        return sympy.Mul(*(place.size for place in bound))
    if not bound:
        return value
    level, forms = _level(value), []
    for order in permutations(bound):
        names = [Place(f"_{level}_{n}", place.size, level) for n, place in enumerate(order)]
        body = value.xreplace(dict(zip(order, names, strict=True)))
        forms.append(sympy.Sum(body, *((name, 1, name.size) for name in names)))
    return min(forms, key=str)


def _atom(value: Any) -> Any:
    """Give the normal form of what stands inside a function or a power."""
    if isinstance(value, Functional):
        place, body, *others = value.args
        body = normal(body)
        name = Place(f"_{_level(body)}", place.size, _level(body))
        return value.func(name, body.xreplace({place: name}), *others)
    if isinstance(value, sympy.Pow):
        return sympy.Pow(normal(value.base), value.exp)
    if isinstance(value, sympy.Function) and not isinstance(value, sympy.KroneckerDelta):
        return value.func(*map(normal, value.args))
    return value


def alike(value: Any) -> Any:
    """Name bound indices by how deep they stand, and change nothing else.

    >>> n, x = sympy.Symbol("n"), sympy.IndexedBase("x")
    >>> i, j = Place("i", n), Place("j", n)
    >>> alike(sympy.Sum(x[i], (i, 1, n))) == alike(sympy.Sum(x[j], (j, 1, n)))
    True
    """
    if not value.has(sympy.Sum, Functional):
        return value
    value = value.func(*map(alike, value.args))
    level = _level(value)
    if isinstance(value, sympy.Sum):
        bound = [place for place, _, _ in value.limits]
    else:
        bound = [value.args[0]] if isinstance(value, Functional) else []
    named = (Place(f"_{level}_{n}", place.size, level) for n, place in enumerate(bound))
    return value.xreplace(dict(zip(bound, named, strict=True)))
