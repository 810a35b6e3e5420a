"""The claims of section 3.2: a batch in shares, the ring, and what it costs."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate, count, pairwise
from math import floor
from typing import Any

import numpy as np

from .. import all_reduce, data_parallel
from ..activations import Tanh
from ..losses import MSE
from ..network import Linear, Network
from ..oracles import autograd, central_difference
from .core import Claim, Oracle

EXACT, DIFFERENCES = 1e-13, 1e-7

# ---- (3.2a): one layer and a tanh, a batch in shares of 5, 1 and 2 ------------------------------


def _shares(rng: np.random.Generator) -> Iterator[tuple]:
    for counts in ([5, 1, 2], [3, 3], [4, 0, 1]):
        n = sum(counts)
        yield (
            rng.standard_normal((3, 2)),
            rng.standard_normal(3),
            rng.standard_normal((n, 2)),
            rng.standard_normal((n, 3)),
            counts,
        )


def _of_shares(average: Any, w: Any, b: Any, x: Any, y: Any, counts: list[int]) -> list[Any]:
    """Give what `average` makes of the gradients of the shares."""
    layer = Linear(2, 3, rng=np.random.default_rng(0))
    layer.weight, layer.bias = w, b
    net, loss = Network([layer, Tanh()]), MSE()
    gradients = []
    for start, end in pairwise(accumulate(counts, initial=0)):
        # a process without a sample computes one, which then counts 0
        share = slice(start, end) if end > start else slice(0, 1)
        trace = net.forward(x[share])
        gradients.append(net.backward(trace, loss.gradient(trace.output, y[share])).parameters)
    return average(gradients, counts)


def _by_replicas(gradients: list[list[Any]], counts: list[int]) -> list[Any]:
    """Let every process weigh its own, as in training, and add up what they would send."""
    weighted = [
        data_parallel.Replica(weight=n / sum(counts)).average(of_share)
        for n, of_share in zip(counts, gradients, strict=True)
    ]
    return [np.sum(parts, axis=0) for parts in zip(*weighted, strict=True)]


def _cost(w: Any, b: Any, x: Any, y: Any) -> float:
    """Give the mean squared error of the whole batch, sample by sample."""
    total = 0.0
    for x_i, y_i in zip(x, y, strict=True):
        for j in range(len(b)):
            z = sum(w[j, k] * x_i[k] for k in range(len(x_i))) + b[j]
            total += (np.tanh(z) - y_i[j]) ** 2
    return total / y.size


def _torch_gradients(w: Any, b: Any, x: Any, y: Any, counts: list[int]) -> Any:
    import torch

    def cost(w: Any, b: Any) -> Any:
        out = torch.tanh(torch.nn.functional.linear(torch.as_tensor(x), w, b))
        return torch.nn.functional.mse_loss(out, torch.as_tensor(y))

    return autograd(cost, [w, b], np.ones(()))


# ---- (3.2b): the ring ---------------------------------------------------------------------------


def _parts(rng: np.random.Generator) -> Iterator[tuple]:
    for size, n in ((1, 3), (2, 4), (3, 7), (5, 5), (4, 10)):
        yield ([rng.standard_normal(n) for _ in range(size)],)


def _loop_sums(parts: list[np.ndarray]) -> list[list[float]]:
    return [[sum(float(part[i]) for part in parts) for i in range(len(parts[0]))]] * len(parts)


def _torch_sums(parts: list[np.ndarray]) -> list[Any]:
    import torch

    return [torch.stack([torch.as_tensor(part) for part in parts]).sum(0).numpy()] * len(parts)


def _without_second_half(parts: list[Any]) -> list[Any]:
    """Give what the processes hold when every chunk is complete in one of them only."""
    return all_reduce.ring_rounds(parts)[len(parts) - 1]


def _sums_error(given: list[Any], expected: list[Any]) -> float:
    return float(np.max(np.abs(np.asarray(given) - np.asarray(expected))))


# ---- (3.2c) and (3.2d): what it costs -----------------------------------------------------------


def _links(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the number of processes, of bytes (a multiple of it), a latency and a bandwidth."""
    for size in (1, 2, 5, 16):
        yield (
            size,
            size * int(rng.integers(1, 10**6)),
            rng.uniform(1e-6, 1e-3),
            rng.uniform(1e6, 1e9),
        )


def _rounds_timed(size: int, n_bytes: int, latency: float, bandwidth: float) -> float:
    """Let the ring run, and time each round by the numbers that it changes in a process."""
    states = all_reduce.ring_rounds([np.full(size, 2.0**rank) for rank in range(size)])
    seconds = 0.0
    for before, after in pairwise(states):
        changed = max(np.sum(held != holds) for held, holds in zip(before, after, strict=True))
        seconds += latency + changed * (n_bytes / size) / bandwidth
    return seconds


def _messages(size: int, n_bytes: int, latency: float, bandwidth: float) -> float:
    """Add what one process sends: of every chunk a sum, then a total, but for one chunk each."""
    chunk = Fraction(latency) + Fraction(n_bytes, size) / Fraction(bandwidth)
    sums, totals = [chunk] * size, [chunk] * size
    return float(sum(sums[1:] + totals[1:]))


def _times(rng: np.random.Generator) -> Iterator[tuple]:
    yield 0.0, 1.0
    yield 6.0, 2.0
    for _ in range(5):
        yield rng.uniform(0.0, 1e-1), rng.uniform(1e-4, 1e-2)


def _first_that_hides(communication: float, per_sample: float) -> int:
    return next(b for b in count() if b * per_sample >= communication)


def _by_fractions(communication: float, per_sample: float) -> int:
    return -floor(-Fraction(communication) / Fraction(per_sample))


CLAIMS = [
    Claim(
        label="3.2a",
        title="the gradient of a batch in shares",
        code="data_parallel.average",
        implementation=lambda *case: _of_shares(data_parallel.average, *case),
        cases=_shares,
        oracles=(
            Oracle("torch.autograd, whole batch", _torch_gradients, EXACT, needs="torch"),
            Oracle(
                "central differences",
                lambda w, b, x, y, counts: [
                    central_difference(lambda w: _cost(w, b, x, y), w),
                    central_difference(lambda b: _cost(w, b, x, y), b),
                ],
                DIFFERENCES,
            ),
            Oracle(
                "Replica, process by process", lambda *case: _of_shares(_by_replicas, *case), EXACT
            ),
        ),
        saboteur=lambda *case: _of_shares(
            lambda gradients, counts: [sum(g) / len(g) for g in zip(*gradients, strict=True)], *case
        ),
        mistake="every share counts the same, however small",
    ),
    Claim(
        label="3.2b",
        title="the ring adds",
        code="all_reduce.ring_all_reduce",
        implementation=all_reduce.ring_all_reduce,
        cases=_parts,
        oracles=(
            Oracle("loops", _loop_sums, EXACT, error=_sums_error),
            Oracle("torch.sum", _torch_sums, EXACT, needs="torch", error=_sums_error),
        ),
        saboteur=_without_second_half,
        mistake="stopped halfway, when every sum is complete in one place only",
    ),
    Claim(
        label="3.2c",
        title="the time of an all-reduce",
        code="all_reduce.ring_seconds",
        implementation=all_reduce.ring_seconds,
        cases=_links,
        oracles=(
            Oracle("the ring's rounds, timed", _rounds_timed, EXACT),
            Oracle("messages in exact fractions", _messages, EXACT),
        ),
        saboteur=lambda size, n_bytes, latency, bandwidth: (
            2 * (size - 1) * (latency + n_bytes / bandwidth)
        ),
        mistake="every message carries everything",
    ),
    Claim(
        label="3.2d",
        title="the share that hides the all-reduce",
        code="all_reduce.hiding_batch",
        implementation=all_reduce.hiding_batch,
        cases=_times,
        oracles=(
            Oracle("trying every share", _first_that_hides, EXACT),
            Oracle("exact fractions", _by_fractions, EXACT),
        ),
        saboteur=lambda communication, per_sample: int(communication / per_sample),
        mistake="rounded down: the last sample is missing",
    ),
]
