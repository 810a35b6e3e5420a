"""The exercises of section 3.2."""

from collections.abc import Iterator

import numpy as np

from .core import Exercise


def _shares(rng: np.random.Generator) -> Iterator[tuple]:
    for size, parameters in ((2, 3), (3, 1), (4, 2), (1, 4), (3, 5)):
        counts = rng.integers(1, 9, size)
        counts[0] += 9  # never all alike
        if size == 4:
            counts[2] = 0
        yield rng.standard_normal((size, parameters)).round(1), counts


EXERCISES = {
    "average-shares": Exercise(
        difficulty=1,
        solution=lambda gradients, counts: [
            sum(n * g[k] for n, g in zip(counts, gradients, strict=True)) / sum(counts)
            for k in range(len(gradients[0]))
        ],
        cases=_shares,
    )
    .wrong(lambda g, n: g.mean(0), "a share of two samples counts as much here as one of ten")
    .wrong(lambda g, n: g.sum(0), "these are means over shares; weight each by its samples")
    .wrong(
        lambda g, n: n @ g,
        "these are sums over the samples; the gradient of a mean is asked for",
    )
    .wrong(lambda g, n: n @ g / len(n), "divide by the number of samples, not of shares"),
    "time-on-a-ring": Exercise(difficulty=1, solution=75.6, bound=1e-6, unit="ms")
    .wrong(37.8, "that is half of it: the sums go round, and then the totals do")
    .wrong(1200.6, "a message carries one chunk of P, not everything")
    .wrong(80.64, "P processes make 2 (P − 1) rounds")
    .wrong(75, "each round begins with the latency, and that is left out")
    .wrong(2.52, "that is one round")
    .wrong(600.6, "the lines carry 10¹⁰ bytes a second, not bits")
    .wrong(0.0756, "these are seconds; give milliseconds"),
    "share-that-hides": Exercise(difficulty=1, solution=19)
    .wrong(18, "the backward pass of 18 samples takes 72 ms, which is less than the all-reduce")
    .wrong(18.9, "samples come whole: round up")
    .wrong(304, "that is the batch of all 16 processes together; one share is asked for"),
    "who-lost-what": Exercise(difficulty=2, solution="b")
    .wrong("a", "a checkpoint is written after every epoch, and it holds the weights")
    .wrong("c", "the generator of random numbers is in the checkpoint, so the order is the same")
    .wrong("d", "all processes hold the same weights, and the checkpoint holds them too"),
}
