"""Lines that only put in what a name means: in these there is nothing to find out."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import sympy

from .expressions import Entry, Expression, MatMul, Plus, Times
from .normal import alike
from .operators import Big
from .scope import Scope
from .symbolic import Grid, beside


def same_by_definition(left: Expression, right: Expression, scope: Scope, given: bool) -> bool:
    """Tell whether two expressions are one, but for names that stand for what is written out.

    >>> from .models import Model
    >>> x, y = Entry("x"), Entry("y")
    >>> scope = Scope(Model({"x": sympy.Integer(3), "y": sympy.Integer(4)}), {})
    >>> same_by_definition(2 * y, 2 * (x + 1), scope, given=False)
    True
    >>> same_by_definition(2 * y, 2 * x + 2, scope, given=False)
    False
    """

    def same(one: Expression, other: Expression) -> bool:
        return same_by_definition(one, other, scope, given)

    if left == right:
        return True
    for one, other in ((left, right), (right, left)):
        meaning = scope.model.meaning(one) if isinstance(one, Entry) else None
        if meaning is not None:
            return same(meaning, other)
    if left.is_named or right.is_named:
        return _same_value(left, right, scope, given)
    if type(left) is not type(right) or _others(left) != _others(right):
        return False
    if isinstance(left, (Times, Plus, MatMul)):
        return _same_one_by_one(type(left), [*left.parts()], [*right.parts()], same)
    if isinstance(left, Big) and isinstance(right, Big):
        if left.index != right.index or left.within or left.first:
            return False
        values = scope.range_of(left.index, left.body, right.body)
        inner = (scope.bind(**{left.index.name: value}) for value in values)
        return all(same_by_definition(left.body, right.body, here, given) for here in inner)
    return all(same(*pair) for pair in zip(left.parts(), right.parts(), strict=True))


def _same_one_by_one(kind: Any, left: Sequence, right: Sequence, same: Any) -> bool:
    """Compare terms or factors in their order; of one side a name may stand for several."""
    while left and right and same(left[0], right[0]):
        left, right = left[1:], right[1:]
    while left and right and same(left[-1], right[-1]):
        left, right = left[:-1], right[:-1]
    if not left or not right:
        return not left and not right
    both = (side[0] if len(side) == 1 else kind(tuple(side)) for side in (left, right))
    return min(len(left), len(right)) == 1 and len(left) != len(right) and same(*both)


def _same_value(left: Expression, right: Expression, scope: Scope, given: bool) -> bool:
    values = left.value(scope), right.value(scope)
    for side, value in zip((left, right), values, strict=True):
        if isinstance(side, Entry) and isinstance(value, (sympy.Symbol, sympy.Indexed)):
            return False  # such a name has no meaning that could be written out
    if Grid in map(type, values):
        (values,) = beside(*values)
    one, other = map(scope.model.under_condition, values) if given else values
    return bool(alike(one) == alike(other))


def _others(expression: Expression) -> list[Any]:
    """Give what an expression is made of beside expressions, such as a number or a sign."""
    found = (getattr(expression, field.name) for field in fields(expression))  # type: ignore[arg-type]
    return [part for part in found if not isinstance(part, (Expression, tuple))]
