"""How softmax and Maxout are judged, which read several numbers at once, and their wrong forms."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ..ledger import claim
from ..ledger.libraries import special
from . import added
from .calling import Call, read
from .core import Part, Subject, Wrong
from .theirs import Option

ALL = "the sum is over the whole batch"
LAST = "axis plays no part: the sum is along the last one"
FROM_0 = "the largest is looked for from 0 on: where all are far below it, every e^(x − m) is 0"
IN_SIZE = "that is the largest in size: where that one is negative, every e^(x − m) can be 0"


def softmax(x: Any, axis: int = -1) -> Any:
    """Give the softmax."""
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def _first(rows: Any) -> Any:
    return rows[0]


def _rows(x: Any, upstream: Any) -> Call:
    """Ask for three rows, of which the first counts: the others must not touch it."""
    batch, errors = np.stack([x, x[::-1], 2 * x]), np.stack([upstream, 2 * upstream, upstream])
    return Call((batch,), options={"axis": -1}, upstream=errors, then=_first)


def _of_probabilities(ask: Callable) -> Callable:
    """Give what the exercise on softmax expects: it takes the probabilities."""
    return lambda s, upstream: ask(_rows(np.log(s), upstream))


def _less_the_largest_of_all(x: Any, axis: int) -> Any:
    e = np.exp(x - x.max())
    return e / e.sum(axis, keepdims=True)


def less(x: Any, m: Any, axis: int) -> Any:
    """Give the softmax from e^(x − m)."""
    with np.errstate(all="ignore"):
        e = np.exp(x - m)
        return e / e.sum(axis, keepdims=True)


def _columns(x: Any, upstream: Any) -> Call:
    """Ask for the same as columns."""
    rows = _rows(x, upstream)
    return Call(
        (rows.arrays[0].T,),
        options={"axis": 0},
        upstream=rows.upstream.T,
        then=lambda columns: read(columns)[:, 0],
    )


def _along_columns(wrong: Wrong) -> Wrong:
    """Give wrong forms for rows as such for columns."""

    def turned(form: Callable) -> Callable:
        return lambda *arrays, axis: form(*(array.T for array in arrays), axis=-1).T

    return tuple((turned(form), message) for form, message in wrong)


VALUE = added.with_large(claim("1.17"), added.logits, lambda x, upstream: special.softmax(x))
SLOPE = added.with_large(claim("1.3.2a"), added.logits, added.softmax_vjp)
VALUES: Wrong = (
    (lambda x, axis: softmax(x, 0), "the sum is over the samples: sum over the classes"),
    (lambda x, axis: np.exp(x) / np.exp(x).sum(), ALL),
    (
        _less_the_largest_of_all,
        "the largest of the whole batch is subtracted: subtract that of each row",
    ),
    (lambda x, axis: softmax(x.ravel()).reshape(x.shape), ALL),
    (
        lambda x, axis: np.exp(x) / np.exp(x).sum(axis, keepdims=True),
        "e to the power of a large logit overflows: subtract the largest first",
    ),
    (lambda x, axis: less(x, np.maximum(x.max(axis, keepdims=True), 0), axis), FROM_0),
    (lambda x, axis: less(x, np.abs(x).max(axis, keepdims=True), axis), IN_SIZE),
    (lambda x, axis: x / x.sum(-1, keepdims=True), "e to the power of x is missing"),
    (lambda x, axis: np.log(softmax(x)), "that is its logarithm"),
    (lambda x, axis: np.exp(x), "the sum is missing: divide by it"),
)
SLOPES: Wrong = (
    (lambda x, u, axis: u * softmax(x), "the second term, with −f_i f_j, is missing"),
    (
        lambda x, u, axis: softmax(x) * (u - (u * softmax(x)).sum(0)),
        "the sum is over the samples: sum over the classes",
    ),
)
SOFTMAX = Subject(
    "Softmax",
    "Softmax(x, axis=-1), x of shape (N, K)",
    (
        Part(VALUE, (_rows,), wrong=VALUES),
        Part(
            replace(VALUE, title="softmax of columns"),
            (_columns,),
            wrong=((lambda x, axis: softmax(x), LAST), *_along_columns(VALUES[1:])),
        ),
        Part(
            SLOPE,
            (_rows,),
            gradient=True,
            wrong=SLOPES,
            exercises=(("softmax-vjp", _of_probabilities),),
        ),
        Part(
            replace(SLOPE, title="the Jacobian of softmax of columns"),
            (_columns,),
            gradient=True,
            wrong=(
                (lambda x, u, axis: softmax(x) * (u - (u * softmax(x)).sum(-1)[:, None]), LAST),
                *_along_columns(SLOPES[:1]),
            ),
        ),
    ),
    {"axis": Option(-1, ("dim",))},
)


def _pieces(x: Any, upstream: Any, w: Any, b: Any, pieces: int) -> Call:
    return Call(((w @ x + b)[None],), (pieces,), upstream=upstream[None], then=_first)


def _pieces_back(x: Any, upstream: Any, w: Any, b: Any, pieces: int) -> Call:
    """Ask for the gradient, and go on to x, of which z = w x + b."""
    return Call(
        ((w @ x + b)[None],),
        (pieces,),
        upstream=upstream[None],
        then=lambda delta: read(delta)[0] @ w,
    )


def _grouped(z: Any, pieces: int) -> Any:
    return z.reshape(*z.shape[:-1], -1, pieces)


def _to_all(z: Any, upstream: Any, pieces: int) -> Any:
    return np.repeat(upstream, pieces, axis=-1)


def _to_every_largest(z: Any, upstream: Any, pieces: int) -> Any:
    held = _grouped(z, pieces)
    return (held * (held == held.max(-1, keepdims=True)) * upstream[..., None]).reshape(z.shape)


MAXOUT = Subject(
    "Maxout",
    "Maxout(z, pieces), z of shape (N, units · pieces), the pieces of a unit adjacent",
    (
        Part(
            claim("1.24"),
            (_pieces,),
            wrong=(
                (lambda z, pieces: _grouped(z, pieces).min(-1), "that is the smallest piece"),
                (lambda z, pieces: _grouped(z, pieces).mean(-1), "that is the mean of the pieces"),
                (lambda z, pieces: _grouped(z, pieces).sum(-1), "that is the sum of the pieces"),
            ),
        ),
        Part(
            claim("1.3.9a"),
            (_pieces_back,),
            gradient=True,
            wrong=(
                (_to_all, "every piece gets δ: only the largest one had a say"),
                (_to_every_largest, "the derivative of the largest piece by itself is 1, not z"),
            ),
        ),
    ),
)

SUBJECTS = (SOFTMAX, MAXOUT)
