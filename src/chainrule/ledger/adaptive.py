"""The claims of sections 1.2.3 to 1.2.5: methods that give each parameter a rate of its own."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from .. import optimizers
from ..arrays import library
from .core import Claim, Oracle
from .optimizers.namesakes import but_with, fed, optimizer_path, path_claim
from .optimizers.twins import torch_run


def _moments(w, gradients, betas: tuple[float, float], corrected: bool):
    """Run Adam and give what it remembers, or m̂ and v̂ made of it."""
    optimizer = optimizers.Adam(betas=betas)
    fed(optimizer, w, gradients)
    state = optimizer.state_dict()
    pairs = zip(("mean", "square_mean"), betas, strict=True)
    moments = [
        state[name][0] / (1 - beta**optimizer.steps if corrected else 1) for name, beta in pairs
    ]
    return library(w).stack(moments)


def _moment_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for steps in (1, 2, 10):
        yield rng.standard_normal(3), rng.standard_normal((steps, 3)), (0.9, 0.99)


def _weighted_sums(w, gradients, betas) -> np.ndarray:
    steps = len(gradients)
    rows = []
    for power, beta in zip((1, 2), betas, strict=True):
        terms = [beta ** (steps - i) * g**power for i, g in enumerate(gradients, 1)]
        rows.append((1 - beta) * sum(terms))
    return np.array(rows)


def _weighted_means(w, gradients, betas) -> np.ndarray:
    """Give weighted means whose weights add up to 1: that is what the correction does."""
    steps = len(gradients)
    weights = [[beta ** (steps - i) for i in range(1, steps + 1)] for beta in betas]
    powers = (gradients, gradients**2)
    return np.array([np.average(p, 0, w) for p, w in zip(powers, weights, strict=True)])


def _torch_moments(corrected: bool) -> Oracle:
    def moments(w, gradients, betas) -> np.ndarray:
        _, state = torch_run("Adam", w, gradients, {"betas": betas})
        scales = [1 - beta ** len(gradients) if corrected else 1.0 for beta in betas]
        return np.array([state["exp_avg"] / scales[0], state["exp_avg_sq"] / scales[1]])

    return Oracle("torch.optim.Adam, its state", moments, 1e-12, needs="torch")


CLAIMS = (
    path_claim(
        "1.2.3a",
        "Adagrad",
        [
            {},
            {"lr_decay": 0.1, "weight_decay": 0.1},
            {"initial_accumulator_value": 0.5, "eps": 1e-3},
        ],
        wrong=("a rate that decays faster", but_with(lr_decay=0.3)),
    ),
    path_claim(
        "1.2.4a",
        "RMSProp",
        [{}, {"alpha": 0.9, "weight_decay": 0.1}, {"momentum": 0.8}],
        wrong=("another β", but_with(alpha=0.95)),
    ),
    path_claim(
        "1.2.4b",
        "RMSProp",
        [{"centered": True}, {"centered": True, "alpha": 0.9}],
        title="RMSProp, centred",
        wrong=("the square of the mean not subtracted", but_with(centered=False)),
    ),
    Claim(
        label="1.2.5a",
        title="Adam's running means",
        code="optimizers.Adam.step",
        implementation=partial(_moments, corrected=False),
        cases=_moment_cases,
        oracles=(
            Oracle("the sum written out", _weighted_sums, 1e-13),
            _torch_moments(corrected=False),
        ),
        saboteur=partial(_moments, corrected=True),
        mistake="already divided by 1 − βᵗ",
    ),
    Claim(
        label="1.2.5b",
        title="Adam's bias correction",
        code="optimizers.Adam.step",
        implementation=partial(_moments, corrected=True),
        cases=_moment_cases,
        oracles=(
            Oracle("means whose weights add up to 1 (numpy.average)", _weighted_means, 1e-12),
            _torch_moments(corrected=True),
        ),
        saboteur=partial(_moments, corrected=False),
        mistake="not corrected",
    ),
    path_claim(
        "1.2.5c",
        "Adam",
        [{}, {"betas": (0.8, 0.9), "eps": 1e-2}, {"weight_decay": 0.3, "amsgrad": False}],
        wrong=("a larger ε", but_with(eps=0.1)),
    ),
    path_claim(
        "1.2.5d",
        "Adam",
        [{"amsgrad": True, "betas": (0.9, 0.5)}],
        title="Adam that does not forget its largest v",
        wrong=("plain Adam", but_with(amsgrad=False)),
    ),
    path_claim(
        "1.2.5e",
        "AdamW",
        [{}, {"weight_decay": 0.3}, {"weight_decay": 0.1, "amsgrad": True}],
        wrong=(
            "the decay in the gradient, as in Adam",
            lambda name, w, g, settings: optimizer_path(
                "Adam", w, g, {"weight_decay": 1e-2, **settings}
            ),
        ),
    ),
    path_claim(
        "1.2.5f",
        "AdaMax",
        [{}, {"betas": (0.8, 0.9), "eps": 1e-2}, {"betas": (0.9, 0.7), "weight_decay": 0.3}],
        wrong=("a gradient forgotten faster", but_with(betas=(0.9, 0.5))),
    ),
    path_claim(
        "1.2.5g",
        "Nadam",
        [{}, {"betas": (0.8, 0.9), "momentum_decay": 0.1}, {"weight_decay": 0.3}],
        wrong=(
            "Adam: no look ahead",
            lambda name, w, g, settings: optimizer_path(
                "Adam", w, g, {k: v for k, v in settings.items() if k != "momentum_decay"}
            ),
        ),
    ),
)
