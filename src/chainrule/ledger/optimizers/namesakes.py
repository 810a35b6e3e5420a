"""Optimizers against their namesakes in PyTorch, step by step; momentum's forms there."""

from collections.abc import Callable, Iterator

import numpy as np

from ... import optimizers
from ...optimizers import Optimizer
from ..core import Claim, Oracle
from .batches import path_of
from .twins import torch_path, twin_path


def optimizer_path(name: str, w, gradients, settings: dict):
    """Give w after every step of one of the package's optimizers."""
    return fed(getattr(optimizers, name)(**settings), w, gradients)


def fed(optimizer: Optimizer, w, gradients):
    """Give w after every step along given gradients."""
    return path_of(optimizer, w, gradients.shape[0], lambda w, step: gradients[step, :])


def but_with(**changed) -> Callable:
    """Give a saboteur: the same optimizer with other settings."""
    return lambda name, w, g, settings: optimizer_path(name, w, g, settings | changed)


def path_claim(
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


MOMENTUM = path_claim(
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
)
NESTEROV = path_claim(
    "1.2.2a",
    "SGD",
    [{"momentum": 0.9, "nesterov": True}],
    title="Nesterov's form in PyTorch",
    wrong=("plain momentum", but_with(nesterov=False)),
)
