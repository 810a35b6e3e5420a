"""How optimizers are judged."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np

from .. import optimizers
from ..ledger import claim
from ..ledger.core import Claim
from ..optimizers import SGD
from .core import Part, Subject, Wrong
from .missteps import (
    ADAGRADS,
    ADAMAXES,
    ADAMS,
    ADAMWS,
    NADAMS,
    NOT_AHEAD,
    RMSPROPS,
    VELOCITIES,
    of_every,
)
from .stepping import ALONE, Steps, each_alone, with_a_matrix
from .theirs import Option

NAMES = {
    "lr": Option(None, ("learning_rate", "eta", "rate", "alpha")),
    "eps": Option(None, ("epsilon",)),
    "betas": Option(None, (), (("beta1", "beta2"), ("beta_1", "beta_2"), ("b1", "b2"))),
    "alpha": Option(None, ("beta", "rho", "gamma", "decay", "decay_rate")),
    "momentum": Option(None, ("mu", "beta")),
}
CALLS = (
    "An optimizer is a class or a function:",
    "  Adam(params, lr=…) whose step() finds p.data and p.grad, as in PyTorch",
    "  Adam(params, lr=…) with step(grads)",
    "  Adam(lr=…) with step(params, grads), as in this book",
    "  adam(w, g, state, lr=…) -> w, state, with the state None at first",
)


def _settings(name: str) -> dict[str, Any]:
    optimizer = getattr(optimizers, name)()
    return {f.name: getattr(optimizer, f.name) for f in fields(optimizer) if f.init}


def _adam_steps(name: str) -> tuple[str, Callable]:
    """Give the exercise on Adam, for what is Adam where there is no decay."""
    settings = _settings(name) | {"weight_decay": 0.0}

    def adapts(ask: Callable) -> Callable:
        return lambda gradients, lr: ask(
            Steps(np.zeros(gradients.shape[1]), gradients, {"lr": lr}, settings, last=True)
        )

    return "adam-steps", adapts


def _part(own: Claim, settings: dict[str, Any], wrong: Wrong, exercises: tuple = ()) -> Part:
    """Give a claim on paths, from a case of which the optimizer's name is left out."""

    def reads(_: str, w: Any, g: Any, given: dict[str, Any]) -> Steps:
        return Steps(w, g, given, settings)

    return Part(with_a_matrix(own), (reads,), wrong=wrong, exercises=exercises)


def _subject(
    name: str,
    kind: str,
    *labels: str,
    wrong: Wrong,
    exercises: tuple = (),
    without: str = "",
    named: tuple[str, ...] = (),
    **defaults: Any,
) -> Subject:
    """Give an optimizer that is judged by claims on paths.

    Its options are those of the book's, but for one that has no part in it; what is switched on or
    off is about the last of the claims. Of those that its name stands for, defaults do not count.
    """
    settings = _settings(kind) | defaults
    settings.pop(without, None)
    options: dict[str, Option] = {}
    taken = set(settings)
    for key, value in settings.items():
        option = NAMES.get(key, Option(None))
        names = tuple(own for own in option.names if own not in taken)  # each serves one option
        here = "" if key in named else None
        options[key] = replace(
            option, default=None if key == "lr" else value, names=names, here=here
        )
        taken.update(names)
    switches = [key for key in settings if isinstance(ALONE[key], bool)]
    alone: dict[str, list[str]] = {label: [] for label in labels}
    alone[labels[0]] += [key for key in settings if key not in switches]
    alone[labels[-1]] += switches
    parts = tuple(
        _part(each_alone(claim(label), keys), settings, wrong, exercises)
        for label, keys in alone.items()
    )
    words = ", ".join(f"{key}={value}" for key, value in settings.items() if key != "lr")
    return Subject(name, f"an optimizer: lr, {words}", parts, options)


def _without_momentum(rng: np.random.Generator) -> Iterator[tuple]:
    for decay in (0.0, 0.1):
        w, g = rng.standard_normal(3), rng.standard_normal((12, 3))
        yield "SGD", w, g, {"lr": 0.05, "weight_decay": decay}


_plain = replace(claim("1.2.1f"), label="1.10", title="gradient descent", cases=_without_momentum)
_sgd = _subject("SGD", "SGD", "1.2.1f", "1.2.2a", wrong=VELOCITIES)
SUBJECTS = (
    replace(_sgd, parts=(_part(_plain, _settings("SGD"), of_every(SGD)), *_sgd.parts)),
    _subject(
        "Momentum", "SGD", "1.2.1f", wrong=VELOCITIES, without="nesterov", named=("momentum",)
    ),
    _subject(
        *("Nesterov", "SGD", "1.2.2a"),
        wrong=(NOT_AHEAD, *VELOCITIES),
        without="dampening",
        named=("momentum", "nesterov"),
        nesterov=True,
    ),
    _subject("Adagrad", "Adagrad", "1.2.3a", wrong=ADAGRADS),
    _subject("RMSProp", "RMSProp", "1.2.4a", "1.2.4b", wrong=RMSPROPS),
    _subject(*("Adam", "Adam", "1.2.5c", "1.2.5d"), wrong=ADAMS, exercises=(_adam_steps("Adam"),)),
    _subject(*("AdamW", "AdamW", "1.2.5e"), wrong=ADAMWS, exercises=(_adam_steps("AdamW"),)),
    _subject("AdaMax", "AdaMax", "1.2.5f", wrong=ADAMAXES),
    _subject("Nadam", "Nadam", "1.2.5g", wrong=NADAMS),
)
