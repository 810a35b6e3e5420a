"""What implementations are asked besides the ledger's cases: large numbers, and tables of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from ..ledger import claim
from ..ledger.core import Claim, Oracle
from ..ledger.libraries import special

OVERFLOWS = 700  # from about here on, e to this power is more than float64 holds
FAR = np.array([-800.0, -40.0, -1.0, 1.0, 40.0, 800.0])  # where curves are flat, or straight


def is_large(x: Any, *rest: Any) -> bool:
    """Say whether exponentials of some of these numbers overflow."""
    return bool(np.max(np.abs(x)) > OVERFLOWS)


def with_large(own: Claim, added: Callable, known: Callable | None = None) -> Claim:
    """Give a claim with large numbers, too, for which PyTorch and a function of SciPy's are asked.

    Where there is no such function, SymPy's thirty digits are; the other oracles overflow.
    """

    def kept(oracle: Oracle) -> Oracle:
        if oracle.needs == "torch" or (known is None and oracle.name.startswith("SymPy, ")):
            return oracle
        return replace(oracle, applies=lambda *case: not is_large(*case))

    def cases(rng: np.random.Generator) -> Iterator[tuple]:
        return chain(own.cases(rng), added(rng))

    oracles = tuple(map(kept, own.oracles))
    if known:
        name = "scipy.special, large numbers"
        oracles += (Oracle(name, known, needs="scipy", applies=is_large),)
    return replace(own, cases=cases, oracles=oracles)


def with_each(own: Claim, options: dict[str, tuple[Any, Any]]) -> Claim:
    """Give a claim with cases in which one option alone differs from its default, and with none.

    Options come last in a case; they are given by their defaults and what they are then.
    """

    def cases(rng: np.random.Generator) -> Iterator[tuple]:
        yield from own.cases(rng)
        arrays = next(own.cases(rng))[: -len(options)]
        for name in ("", *options):
            yield *arrays, *(pair[key == name] for key, pair in options.items())

    return replace(own, cases=cases)


def with_tables(label: str) -> Claim:
    """Give the claim of a loss with its first case as a table of four rows, too."""
    own = claim(label)

    def cases(rng: np.random.Generator) -> Iterator[tuple]:
        yield from own.cases(rng)
        prediction, target, *given = next(own.cases(rng))
        rows = (4, len(target) // 4)
        yield prediction.reshape(rows), target.reshape(rows), *given

    def kept(oracle: Oracle) -> Oracle:
        if not oracle.name.startswith("SymPy, "):
            return oracle
        return replace(oracle, expected=lambda z, y: oracle.expected(z.ravel(), y.ravel()))

    return replace(own, cases=cases, oracles=tuple(map(kept, own.oracles)))


def answers(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits that are sure, rightly and wrongly."""
    z = np.array([40.0, -40.0, 800.0, -800.0])
    yield z, np.array([1.0, 0.0, 0.0, 1.0])
    yield z, np.array([0.0, 1.0, 1.0, 0.0])


def logits(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits and upstreams: all are large, or one is; float32 holds the numbers, too."""
    for x in (
        1000 + rng.integers(-32, 33, 6) / 16,
        712 + rng.integers(-16, 17, 6) / 16,  # e^−712 is not 0 yet, and e^712 is too much
        92 + rng.integers(-16, 17, 6) / 16,  # the same of float32
        -1000 + rng.integers(-32, 33, 6) / 16,  # the largest is one of these, not 0
        np.array([-2000.0, 0.0, 0.5]),  # nor is it the largest in size
        np.array([0.0, 0.0, 2000.0]),
    ):
        yield x, rng.standard_normal(len(x))


def below_too(own: Claim) -> Claim:
    """Give a claim with its last logits far below 0, too, all of them or all but the largest."""

    def cases(rng: np.random.Generator) -> Iterator[tuple]:
        for z, *given in own.cases(rng):
            yield z, *given
        yield z - z.max() - 1000, *given
        yield z - z.max(1, keepdims=True), *given

    return replace(own, cases=cases)


def softmax_vjp(x: Any, upstream: Any) -> Any:
    """Give the upstream times the Jacobian of softmax."""
    s = special.softmax(x)
    return s * (upstream - s @ upstream)


def labelled(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield such logits of five samples, and as targets probabilities that are 0 or 1."""
    spread = np.array([[0.0, 0.0, 2000.0], [2000.0, 0.0, -2000.0], [0.0, 1.0, 2.0]])
    near = rng.integers(-32, 33, (5, 3)) / 16
    for z in (1000 + near, -1000 + near, spread[[0, 1, 2, 0, 1]]):
        yield z, np.eye(3)[[2, 1, 0, 1, 2]]
