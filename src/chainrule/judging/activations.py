"""How activations of each number by itself are judged, and the known wrong forms of them."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..activations import GELU
from ..ledger import claim
from ..ledger.core import Claim
from ..ledger.libraries import special
from . import added
from .calling import Call
from .core import Part, Subject, Wrong
from .theirs import Option


def sigmoid(x: Any) -> Any:
    """Give σ(x), without overflow."""
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def _elu(x: Any, alpha: float) -> Any:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


UPSTREAM = "the upstream plays no part: multiply by it"
VALUE = "that is f(x) itself: its slope was asked for"


def _phi(x: Any) -> Any:
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


# far below 0, SymPy takes minutes for these
FAR = {
    "1.22": lambda x: x * special.ndtr(x),
    "1.3.7a": lambda x: special.ndtr(x) + x * _phi(x),
}


def _asked(label: str) -> Claim:
    own = claim(label)

    def far(rng: np.random.Generator) -> Iterator[tuple]:
        return ((added.FAR, *given) for _, *given in own.cases(rng))

    return added.with_large(own, far, FAR.get(label))


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
            Part(_asked(labels[0]), (reads,), wrong=value),
            Part(_asked(labels[1]), (reads,), gradient=True, wrong=slope, exercises=exercises),
        ),
        {option: Option(default, names)} if option else {},
    )


SUBJECTS = (
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
                lambda x: x * _phi(x),
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
