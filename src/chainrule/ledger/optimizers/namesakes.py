"""Every optimizer against its namesake, and clipping."""

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from ... import optimizers
from ...arrays import library
from ...optimizers import Optimizer, clip_norm
from ..core import Claim, Oracle
from ..oracles import torch_oracle
from .batches import path_of
from .twins import torch_path, torch_run, twin_path


def optimizer_path(name: str, w, gradients, settings: dict):
    """Give w after every step of one of the package's optimizers."""
    return _path_of(getattr(optimizers, name)(**settings), w, gradients)


def _path_of(optimizer: Optimizer, w, gradients):
    return path_of(optimizer, w, gradients.shape[0], lambda w, step: gradients[step, :])


def _with(**changed) -> Callable:
    """Give a saboteur: the same optimizer with other settings."""
    return lambda name, w, g, settings: optimizer_path(name, w, g, settings | changed)


def _path_claim(
    label: str, name: str, rows: list[dict], wrong: tuple[str, Callable], title: str = ""
) -> Claim:
    """Give the claim of an optimizer, tried with each of these rows of settings."""

    def cases(rng: np.random.Generator) -> Iterator[tuple]:
        for row in rows:
            for first in (1.0, 0.0):  # the second time with a zero gradient at the first step
                gradients = rng.standard_normal((12, 3))
                gradients[0] *= first
                yield name, rng.standard_normal(3), gradients, {"lr": 0.05, **row}

    return Claim(
        label=label,
        title=title or name,
        code=f"optimizers.{name}.step",
        implementation=optimizer_path,
        cases=cases,
        oracles=(
            Oracle("the formula, number by number", twin_path, 1e-12),
            Oracle("torch.optim", torch_path, 1e-12, needs="torch"),
        ),
        saboteur=wrong[1],
        mistake=wrong[0],
    )


def _moments(w, gradients, betas: tuple[float, float], corrected: bool):
    """Run Adam and give what it remembers, or m̂ and v̂ made of it."""
    optimizer = optimizers.Adam(betas=betas)
    _path_of(optimizer, w, gradients)
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


def _clipped_by_loops(gradients: list, max_norm: float) -> list:
    length = math.sqrt(sum(float(x) ** 2 for g in gradients for x in np.ravel(g)))
    return [g * min(1.0, max_norm / length) for g in gradients]


def _clipped_by_torch(torch, gradients: list, max_norm: float) -> list:
    leaves = [torch.nn.Parameter(g.clone()) for g in gradients]
    for leaf, g in zip(leaves, gradients, strict=True):
        leaf.grad = g
    torch.nn.utils.clip_grad_norm_(leaves, max_norm)
    return [leaf.grad for leaf in leaves]


NAMESAKES = (
    _path_claim(
        "1.2.1f",
        "SGD",
        [
            {"momentum": 0.9},
            {"momentum": 0.8, "dampening": 0.3},
            {"momentum": 0.5, "weight_decay": 0.1},
        ],
        title="momentum as PyTorch has it",
        wrong=(
            "a smaller momentum",
            lambda name, w, g, settings: optimizer_path(
                name, w, g, settings | {"momentum": 0.9 * settings["momentum"]}
            ),
        ),
    ),
    _path_claim(
        "1.2.2a",
        "SGD",
        [{"momentum": 0.9, "nesterov": True}],
        title="Nesterov's form in PyTorch",
        wrong=("plain momentum", _with(nesterov=False)),
    ),
    _path_claim(
        "1.2.3a",
        "Adagrad",
        [
            {},
            {"lr_decay": 0.1, "weight_decay": 0.1},
            {"initial_accumulator_value": 0.5, "eps": 1e-3},
        ],
        wrong=("a rate that decays faster", _with(lr_decay=0.3)),
    ),
    _path_claim(
        "1.2.4a",
        "RMSProp",
        [{}, {"alpha": 0.9, "weight_decay": 0.1}, {"momentum": 0.8}],
        wrong=("another β", _with(alpha=0.95)),
    ),
    _path_claim(
        "1.2.4b",
        "RMSProp",
        [{"centered": True}, {"centered": True, "alpha": 0.9}],
        title="RMSProp, centred",
        wrong=("the mean not taken off", _with(centered=False)),
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
    _path_claim(
        "1.2.5c",
        "Adam",
        [{}, {"betas": (0.8, 0.9), "eps": 1e-2}, {"weight_decay": 0.3, "amsgrad": False}],
        wrong=("a larger ε", _with(eps=0.1)),
    ),
    _path_claim(
        "1.2.5d",
        "Adam",
        [{"amsgrad": True, "betas": (0.9, 0.5)}],
        title="Adam that does not forget its largest v",
        wrong=("plain Adam", _with(amsgrad=False)),
    ),
    _path_claim(
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
    _path_claim(
        "1.2.5f",
        "AdaMax",
        [{}, {"betas": (0.8, 0.9), "eps": 1e-2}, {"betas": (0.9, 0.7), "weight_decay": 0.3}],
        wrong=("a gradient forgotten faster", _with(betas=(0.9, 0.5))),
    ),
    _path_claim(
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
    Claim(
        label="1.2.6a",
        title="clipping by the norm",
        code="optimizers.clip_norm",
        implementation=clip_norm,
        cases=lambda rng: (
            ([rng.standard_normal((2, 3)), rng.standard_normal(4)], max_norm)
            for max_norm in (0.5, 3.0, 100.0)
        ),
        oracles=(
            Oracle("loops in Python floats", _clipped_by_loops, 1e-14),
            torch_oracle(
                "torch.nn.utils.clip_grad_norm_, which adds 1e-6 to the norm",
                _clipped_by_torch,
                1e-5,
            ),
        ),
        saboteur=lambda gradients, max_norm: [
            part for g in gradients for part in clip_norm([g], max_norm)
        ],
        mistake="each array clipped by itself, which turns the whole vector",
    ),
)
