"""One rule, different batches: 1.10 to 1.13."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

import numpy as np

from ...arrays import library
from ...optimizers import SGD, Optimizer, batch_variance
from ...training import fit
from ..core import Claim, Oracle
from ..network.cases import LOSSES, network_cases, network_of
from ..network.twins import sample_gradients, torch_cost, twin_mean_cost
from ..oracles import torch_oracle
from . import twins


def copy_of(array):
    """Give a copy, of the same library."""
    return library(array).asarray(array, copy=True)


LR = 0.5


def path_of(optimizer: Optimizer, w, steps: int, slope: Callable):
    """Give w after every step, down the slope that there is at w at this step."""
    w, path = copy_of(w), []
    for step in range(steps):
        optimizer.step([w], [slope(w, step)])
        path.append(copy_of(w))
    return library(w).stack(path)


def _one_step(w, g, lr: float):
    return path_of(SGD(lr=lr), w, 1, lambda w, step: g)[0, :]


def _exact_step(w, g, lr: float) -> list[float]:
    pairs = zip(w, g, strict=True)
    return [float(Fraction(float(a)) - Fraction(lr) * Fraction(float(b))) for a, b in pairs]


def _data_cases(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield small networks with seven samples."""
    return network_cases(rng, names=("tanh",), samples=7)


def _cost_of_data(*case):
    weights, biases, names, cost, x, y = case
    return LOSSES[cost](network_of(weights, biases, names)(x), y)


def _epoch(size: int, lr: float = LR) -> Callable:
    """Give one epoch with batches of this size, in the order of generator 0."""

    def run(*case):
        weights, biases, names, cost, x, y = case
        net = network_of([copy_of(w) for w in weights], [copy_of(b) for b in biases], names)
        rng = np.random.default_rng(0)
        fit(net, LOSSES[cost], SGD(lr=lr), x, y, epochs=1, batch_size=size, rng=rng, progress=False)
        return net.parameters

    return run


def _epoch_oracles(size: int) -> tuple[Oracle, ...]:
    by_twin, by_torch = (
        partial(twins.twin_epoch, gradients, size, LR)
        for gradients in (sample_gradients, twins.torch_sample_gradients)
    )
    return (
        Oracle("sample by sample, index by index", by_twin, 1e-12),
        Oracle("torch.autograd, sample by sample", by_torch, 1e-12, needs="torch"),
    )


def _noise_cases(rng: np.random.Generator) -> Iterator[tuple]:
    gradients = rng.standard_normal((8, 3))
    for size in (1, 2, 3, 6):
        yield gradients, size


BATCHES = (
    Claim(
        label="1.10",
        title="gradient descent",
        code="optimizers.SGD.step",
        implementation=_one_step,
        cases=lambda rng: (
            (rng.standard_normal(4), rng.standard_normal(4), float(rng.uniform(0.01, 1)))
            for _ in range(5)
        ),
        oracles=(
            Oracle("exact fractions", _exact_step, 1e-15),
            Oracle(
                "torch.optim.SGD",
                lambda w, g, lr: twins.torch_path("SGD", w, [g], {"lr": lr})[0],
                1e-15,
                needs="torch",
            ),
        ),
        saboteur=lambda w, g, lr: _one_step(w, -g, lr),
        mistake="uphill: the sign of the gradient",
    ),
    Claim(
        label="1.11",
        title="the cost of all data",
        code="losses.CrossEntropy.__call__",
        implementation=_cost_of_data,
        cases=_data_cases,
        oracles=(
            Oracle("loops, sample by sample", twin_mean_cost, 1e-13),
            torch_oracle("torch.nn.functional", lambda torch, *case: torch_cost(*case), 1e-13),
        ),
        saboteur=lambda *case: _cost_of_data(*case) * len(case[4]) / len(case[0][0]),
        mistake="divided by the number of neurons instead of that of samples",
    ),
    Claim(
        label="1.12",
        title="batch gradient descent",
        code="training.fit",
        implementation=_epoch(7),
        cases=_data_cases,
        oracles=_epoch_oracles(7),
        saboteur=_epoch(7, lr=7 * LR),
        mistake="the sum instead of the mean",
    ),
    Claim(
        label="1.13",
        title="mini-batch gradient descent",
        code="training.fit",
        implementation=_epoch(3),
        cases=_data_cases,
        oracles=_epoch_oracles(3),
        saboteur=_epoch(3, lr=LR * 3 / 7),
        mistake="divided by A, the samples of the data set",
    ),
    Claim(
        label="1.2.1a",
        title="the noise of a batch's gradient",
        code="optimizers.batch_variance",
        implementation=batch_variance,
        cases=_noise_cases,
        oracles=(
            Oracle("every batch there is, one by one", twins.variance_over_all_batches, 1e-13),
            Oracle("400 000 batches drawn", twins.variance_of_drawn_batches, 1e-2),
        ),
        saboteur=lambda gradients, size: batch_variance(gradients, 1) / size,
        mistake="σ²/N, as if drawn with replacement",
    ),
)
