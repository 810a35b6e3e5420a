"""The claims of section 3.2: a batch in shares, the ring, and what it costs."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import accumulate, count, pairwise
from math import ceil

import numpy as np

from .. import all_reduce, data_parallel
from ..losses import MSE
from ..oracles import central_difference
from .core import CLOSE, DIFFERENCES, Claim, Oracle
from .network.cases import network_of
from .network.twins import difference_parameters, torch_parameters
from .oracles import torch_oracle


def _shares(rng: np.random.Generator) -> Iterator[tuple]:
    for counts in ([5, 1, 2], [3, 3], [4, 0, 1]):
        n = sum(counts)
        w, b, x, y = (rng.standard_normal(shape) for shape in ((3, 2), 3, (n, 2), (n, 3)))
        yield w, b, x, y, counts


def _of_shares(average, w, b, x, y, counts: list[int]) -> list:
    """Give what `average` makes of the gradients of the shares."""
    net, loss = network_of([w], [b], ["tanh"]), MSE()
    gradients = []
    for start, end in pairwise(accumulate(counts, initial=0)):
        # a process without a sample computes one, which then counts 0
        share = slice(start, end) if end > start else slice(0, 1)
        trace = net.forward(x[share])
        gradients.append(net.backward(trace, loss.gradient(trace.output, y[share])).parameters)
    return average(gradients, counts)


def _whole(oracle: Callable) -> Callable:
    """Ask an oracle for networks, with the whole batch in one."""
    return lambda w, b, x, y, counts: oracle([w], [b], ["tanh"], "squared error", x, y)


def _loop_sums(parts: list[np.ndarray]) -> list[list[float]]:
    return [[sum(float(part[i]) for part in parts) for i in range(len(parts[0]))]] * len(parts)


def _sums_error(given: list, expected: list) -> float:
    return float(np.max(np.abs(np.asarray(given) - np.asarray(expected))))


def _links(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the number of processes, of bytes (a multiple of it), a latency and a bandwidth."""
    for size in (1, 2, 5, 16):
        n_bytes = size * int(rng.integers(1, 10**6))
        yield size, n_bytes, rng.uniform(1e-6, 1e-3), rng.uniform(1e6, 1e9)


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


CLAIMS = [
    Claim(
        label="3.2a",
        title="the gradient of a batch in shares",
        code="data_parallel.average",
        implementation=lambda *case: _of_shares(data_parallel.average, *case),
        cases=_shares,
        oracles=(
            Oracle("torch.autograd, whole batch", _whole(torch_parameters), CLOSE, needs="torch"),
            Oracle(
                "central differences",
                _whole(difference_parameters(central_difference)),
                DIFFERENCES,
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
        cases=lambda rng: (
            ([rng.standard_normal(n) for _ in range(size)],)
            for size, n in ((1, 3), (2, 4), (3, 7), (5, 5), (4, 10))
        ),
        oracles=(
            Oracle("loops", _loop_sums, CLOSE, error=_sums_error),
            torch_oracle(
                "torch.sum",
                lambda torch, parts: [torch.stack(parts).sum(0)] * len(parts),
                CLOSE,
                error=_sums_error,
            ),
        ),
        saboteur=lambda parts: all_reduce.ring_rounds(parts)[len(parts) - 1],
        mistake="stopped halfway, when every sum is complete in one place only",
    ),
    Claim(
        label="3.2c",
        title="the time of an all-reduce",
        code="all_reduce.ring_seconds",
        implementation=all_reduce.ring_seconds,
        cases=_links,
        oracles=(
            Oracle("the ring's rounds, timed", _rounds_timed, CLOSE),
            Oracle("messages in exact fractions", _messages, CLOSE),
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
            Oracle(
                "trying every share",
                lambda all_reduce, sample: next(b for b in count() if b * sample >= all_reduce),
                CLOSE,
            ),
            Oracle(
                "exact fractions",
                lambda all_reduce, sample: ceil(Fraction(all_reduce) / Fraction(sample)),
                CLOSE,
            ),
        ),
        saboteur=lambda communication, per_sample: int(communication / per_sample),
        mistake="rounded down: the last sample is missing",
    ),
]
