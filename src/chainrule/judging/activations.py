"""How activations are judged, and the wrong forms of them that are known."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..activations import GELU
from ..ledger import claim
from ..ledger.core import Claim
from ..ledger.libraries import special
from . import added
from .calling import Call, read
from .core import Part, Subject, Wrong
from .theirs import Option


def sigmoid(x: Any) -> Any:
    """Give σ(x), without overflow."""
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def softmax(x: Any, axis: int = -1) -> Any:
    """Give the softmax."""
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def _elu(x: Any, alpha: float) -> Any:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


ALL = "the sum is over the whole batch"
UPSTREAM = "the upstream plays no part: multiply by it"
VALUE = "that is f(x) itself: its slope was asked for"


def _subject(
    name: str,
    labels: tuple[str, str],
    option: str = "",
    default: float = 1.0,
    names: tuple[str, ...] = (),
    *,
    value: Wrong,
    slope: Wrong,
    exercise: str = "",
    asked: Callable[[str], Claim] = claim,
) -> Subject:
    """Give an activation of each number by itself, with at most one option."""

    def reads(x: Any, *given: float) -> Call:
        options = dict(zip((option,), given, strict=False))
        return Call((x,), options=options, overflows=added.is_large(x))

    def adapts(ask: Callable) -> Callable:
        return lambda x, *given: ask(reads(x, *given))

    def forgets(x: Any, upstream: Any, **given: float) -> Any:
        return claim(labels[1]).implementation(x, *given.values())

    slope = (*slope, (forgets, UPSTREAM))
    exercises = ((exercise, adapts),) if exercise else ()
    words = f", {option}={default:g}" if option else ""
    return Subject(
        name,
        f"{name}(x{words})",
        (
            Part(asked(labels[0]), (reads,), wrong=value),
            Part(asked(labels[1]), (reads,), gradient=True, wrong=slope, exercises=exercises),
        ),
        {option: Option(default, names)} if option else {},
    )


def _sigmoid_asked(label: str) -> Claim:
    def known(x: Any) -> Any:
        return special.expit(x) * (special.expit(-x) if label == "1.3.1a" else 1)

    return added.with_large(claim(label), added.slopes, known)


ELEMENTWISE = (
    _subject(
        *("Sigmoid", ("1.16", "1.3.1a")),
        value=(
            (np.tanh, "that is tanh, which goes from −1 to 1"),
            (lambda x: 1 / (1 - np.exp(-x)), "the sign in the denominator: 1 + e^−x"),
        ),
        slope=(
            (lambda x: x * (1 - x), "that is the slope from the value: x is not σ(x) here"),
            (sigmoid, VALUE),
            (lambda x: sigmoid(x) * (1 + sigmoid(x)), "the sign: σ(x) (1 − σ(x))"),
        ),
        asked=_sigmoid_asked,
    ),
    _subject(
        *("Tanh", ("1.18", "1.3.3a")),
        value=(
            (sigmoid, "that is the sigmoid, which goes from 0 to 1"),
            (lambda x: -np.tanh(x), "the sign is wrong: tanh x rises"),
        ),
        slope=(
            (lambda x: 1 - x**2, "that is the slope from the value: x is not tanh x here"),
            (np.tanh, VALUE),
            (lambda x: 1 + np.tanh(x) ** 2, "the sign: 1 − tanh² x"),
        ),
    ),
    _subject(
        *("ReLU", ("1.19", "1.3.4a")),
        value=(
            (lambda x: np.minimum(x, 0), "that keeps what is below 0: max(x, 0) keeps the rest"),
            (lambda x: np.where(x > 0, x, 0.01 * x), "that is LeakyReLU: below 0, ReLU is 0"),
        ),
        slope=(
            (np.ones_like, "below 0 the slope is 0"),
            (lambda x: np.where(x > 0, 0.0, 1.0), "the wrong way round: 1 above 0, 0 below"),
            (np.sign, "that is the slope of |x|: below 0, that of ReLU is 0"),
        ),
    ),
    _subject(
        *("LeakyReLU", ("1.20", "1.3.5a"), "alpha", 0.01, ("negative_slope", "slope", "a")),
        value=(
            (lambda x, alpha: np.maximum(x, 0), "that is ReLU: below 0, α x is kept"),
            (lambda x, alpha: np.where(x > 0, alpha * x, x), "the wrong way round: α x below 0"),
            (lambda x, alpha: np.where(x > 0, x, -alpha * x), "the sign of α x is wrong"),
        ),
        slope=(
            (lambda x, alpha: np.where(x > 0, 1.0, 0.0), "that is ReLU's: below 0 it is α"),
            (lambda x, alpha: np.where(x > 0, alpha, 1.0), "the wrong way round: α below 0"),
            (lambda x, alpha: np.where(x > 0, x, alpha * x), VALUE),
        ),
    ),
    _subject(
        *("ELU", ("1.21", "1.3.6a"), "alpha", 1.0, ("a",)),
        value=(
            (lambda x, alpha: _elu(x, 1.0), "α is missing: below 0 it is α (e^x − 1)"),
            (
                lambda x, alpha: np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0))),
                "the −1 is missing: below 0 it is α (e^x − 1)",
            ),
            (lambda x, alpha: np.where(x > 0, x, -_elu(x, alpha)), "below 0 the sign is wrong"),
        ),
        slope=(
            (_elu, VALUE),
            (lambda x, alpha: np.where(x > 0, 1.0, 0.0), "that is ReLU's: below 0 it is α e^x"),
        ),
        exercise="elu-slope",
    ),
    _subject(
        *("GELU", ("1.22", "1.3.7a")),
        value=(
            (GELU("tanh"), "that is the form by tanh (1.3.7b), which is only near to it"),
            (lambda x: x * sigmoid(1.702 * x), "that is the form by a sigmoid, x σ(1.702 x)"),
            (lambda x: x * sigmoid(x), "that is Swish"),
            (lambda x: GELU()(x) / np.where(x == 0, 1, x), "the factor x is missing"),
        ),
        slope=(
            (GELU("tanh").derivative, "that is the slope of the form by tanh (1.3.7b)"),
            (GELU(), VALUE),
            (
                lambda x: x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi),
                "the first term of the product rule, Φ(x), is missing",
            ),
        ),
    ),
    _subject(
        *("Swish", ("1.23", "1.3.8a"), "beta", 1.0, ("b",)),
        value=(
            (lambda x, beta: x * sigmoid(x), "β is missing: x σ(β x)"),
            (lambda x, beta: sigmoid(beta * x), "the factor x is missing: x σ(β x)"),
            (lambda x, beta: x * sigmoid(-beta * x), "the sign of the exponent is wrong"),
        ),
        slope=((lambda x, beta: x * sigmoid(beta * x), VALUE),),
        exercise="swish-slope",
    ),
)


# ---- of several numbers at once ------------------------------------------------------------------


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


SOFTMAX = Subject(
    "Softmax",
    "Softmax(x), x of shape (N, K)",
    (
        Part(
            added.with_large(claim("1.17"), added.logits, lambda x, upstream: special.softmax(x)),
            (_rows,),
            wrong=(
                (
                    lambda x, axis: softmax(x, 0),
                    "the sum is over the samples: sum over the classes",
                ),
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
                (lambda x, axis: x / x.sum(-1, keepdims=True), "e to the power of x is missing"),
                (lambda x, axis: np.log(softmax(x)), "that is its logarithm"),
                (lambda x, axis: np.exp(x), "the sum is missing: divide by it"),
            ),
        ),
        Part(
            added.with_large(claim("1.3.2a"), added.logits, added.softmax_vjp),
            (_rows,),
            gradient=True,
            wrong=(
                (lambda x, u, axis: u * softmax(x), "the second term, with −f_i f_j, is missing"),
                (
                    lambda x, u, axis: softmax(x) * (u - (u * softmax(x)).sum(0)),
                    "the sum is over the samples: sum over the classes",
                ),
            ),
            exercises=(("softmax-vjp", _of_probabilities),),
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

SUBJECTS = (*ELEMENTWISE, SOFTMAX, MAXOUT)
