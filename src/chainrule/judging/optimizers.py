"""How optimizers are judged, and the wrong forms of them that are known.

A wrong form is the book's own optimizer with another rule.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np

from .. import optimizers
from ..arrays.functions import maximum, sqrt
from ..ledger import claim
from ..ledger.core import Claim
from ..optimizers import SGD, Adagrad, Adam, AdaMax, AdamW, Nadam, RMSProp
from .core import Part, Subject, Wrong
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


def _form(kind: Any, rule: Callable) -> Any:
    """Give an optimizer with another rule."""
    return type(kind.__name__, (kind,), {"rule": rule})


def _one_memory(self: Any, parameters: list, gradients: list) -> None:
    for p, g in zip(parameters, gradients, strict=True):
        super(type(self), self).step([p], [g])


def _first_alone(self: Any, parameters: list, gradients: list) -> None:
    super(type(self), self).step(parameters[:1], gradients[:1])


def _first_gradient(self: Any, parameters: list, gradients: list) -> None:
    super(type(self), self).step(parameters, [gradients[0] for _ in gradients])


def _of_every(kind: Any) -> Wrong:
    """Give wrong forms that every optimizer can have."""
    return (
        (
            _form(kind, lambda self, t, w, g, *memory: kind.rule(self, t, w, -g, *memory)),
            "this goes uphill: the sign of the step is wrong",
        ),
        (
            type(kind.__name__, (kind,), {"step": _one_memory}),
            "all parameters share one memory: each needs its own",
        ),
        (
            type(kind.__name__, (kind,), {"step": _first_alone}),
            "only the first parameter moves: go on to the others",
        ),
        (
            type(kind.__name__, (kind,), {"step": _first_gradient}),
            "every parameter takes the gradient of the first: each has its own",
        ),
    )


def _miscounted(kind: Any) -> Wrong:
    """Give wrong forms of what corrects its means by the number of the step."""

    def counted(count: Callable[[int], int]) -> Any:
        return _form(kind, lambda self, t, *rest: kind.rule(self, count(t), *rest))

    return (
        (counted(lambda t: 2 * t - 1), "t counts the parameters: count once a step"),
        (counted(lambda t: 1), "t stays 1: count the steps"),
        (counted(lambda t: t + 1), "t is too large by one: in the first step it is 1"),
    )


def _velocity(new: Callable) -> Any:
    """Give momentum with another velocity."""

    def rule(self: Any, t: int, w: Any, g: Any, b: Any) -> tuple:
        b = g if t == 1 else new(self.momentum, b, g)
        return w - self.lr * b, b

    return _form(SGD, rule)


VELOCITIES: Wrong = (
    (_velocity(lambda mu, b, g: g), "the velocity plays no part: b := μ b + g"),
    (_velocity(lambda mu, b, g: b + g), "the whole velocity is kept: only the share μ of it is"),
    (_velocity(lambda mu, b, g: mu * b + (1 - mu) * g), "that is a mean of gradients: b adds up"),
    (_velocity(lambda mu, b, g: mu * (b + g)), "g is multiplied by μ, too: b := μ b + g"),
    (
        _velocity(lambda mu, b, g: 2 * mu * g),
        "b is the array of p.grad itself, which every step writes again: copy it",
    ),
    *_of_every(SGD),
)
NOT_AHEAD = (
    _velocity(lambda mu, b, g: mu * b + g),
    "that is plain momentum: it takes b, not g + μ b",
)


def _squares(kind: Any, new: Callable, divided: Callable = lambda s, eps: sqrt(s) + eps) -> Any:
    """Give Adagrad or RMSProp with other squares, or something else to divide by."""

    def rule(self: Any, t: int, w: Any, g: Any, s: Any, *rest: Any) -> tuple:
        s = new(self, s, g)
        return w - self.lr * g / divided(s, self.eps), s, *rest

    return _form(kind, rule)


def _roots(kind: Any, new: Callable) -> Wrong:
    """Give wrong forms of a root of squares."""
    return (
        (
            _squares(kind, new, lambda s, eps: sqrt(s + eps)),
            "ε is inside the root: there it counts as √ε. Add it to the root",
        ),
        (_squares(kind, new, lambda s, eps: s + eps), "the root is missing: divide by √ of it"),
        *_of_every(kind),
    )


ADAGRADS: Wrong = (
    (_squares(Adagrad, lambda self, s, g: g**2), "earlier squares are forgotten: s adds them up"),
    (_squares(Adagrad, lambda self, s, g: s + abs(g)), "s adds up squares, not absolute values"),
    *_roots(Adagrad, lambda self, s, g: s + g**2),
)
RMSPROPS: Wrong = (
    (_squares(RMSProp, lambda self, v, g: v + g**2), "that is Adagrad: v is a running mean"),
    (
        _squares(RMSProp, lambda self, v, g: self.alpha * v + g**2),
        "the new square counts in full: it has the share 1 − β",
    ),
    (
        _squares(RMSProp, lambda self, v, g: (1 - self.alpha) * v + self.alpha * g**2),
        "β and 1 − β have changed places",
    ),
    (
        _squares(RMSProp, lambda self, v, g: 0.9 * v + 0.1 * g**2),
        "β is fixed at 0.9. Here it is 0.99 if nothing is said: make it an option",
    ),
    *_roots(RMSProp, lambda self, v, g: self.alpha * v + (1 - self.alpha) * g**2),
)


def _never_forgets(self: Any, t: int, w: Any, g: Any, m: Any, u: Any) -> tuple:
    return AdaMax.rule(self, t, w, g, m, u / self.betas[1])


def _adamax(inside: float = 1, outside: float = 0, corrected: bool = True) -> Any:
    """Give AdaMax with so many ε beside |g|, and so many beside u."""

    def rule(self: Any, t: int, w: Any, g: Any, m: Any, u: Any) -> tuple:
        beta1, beta2 = self.betas
        m = beta1 * m + (1 - beta1) * g
        u = maximum(beta2 * u, abs(g) + inside * self.eps)
        size = self.lr / (1 - beta1**t) if corrected else self.lr
        return w - size * m / (u + outside * self.eps), m, u

    return _form(AdaMax, rule)


ADAMS: Wrong = (
    (AdamW, "that is AdamW: in Adam the decay ρ w is added to the gradient"),
    *_miscounted(Adam),
    *_of_every(Adam),
)
ADAMWS: Wrong = (
    (
        type("AdamW", (AdamW,), {"decay": lambda self, w, g: ((1 - self.weight_decay) * w, g)}),
        "each step shrinks w by α ρ, not by ρ",
    ),
    (
        type("AdamW", (AdamW,), {"decay": lambda self, w, g: (w, g)}),
        "there is no decay: each step shrinks w by α ρ",
    ),
    *_miscounted(AdamW),
    *_of_every(AdamW),
)
ADAMAXES: Wrong = (
    (_form(AdaMax, _never_forgets), "u never forgets: the earlier one is multiplied by β₂"),
    (_adamax(corrected=False), "m is not corrected: divide it by 1 − β₁ᵗ"),
    (_adamax(inside=0), "ε is missing: a gradient that was always 0 gives 0/0"),
    (_adamax(0, 1), "ε is added to u: it belongs to |g|, inside the maximum"),
    *_miscounted(AdaMax),
    *_of_every(AdaMax),
)
NADAMS: Wrong = (*_miscounted(Nadam), *_of_every(Nadam))


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
    replace(_sgd, parts=(_part(_plain, _settings("SGD"), _of_every(SGD)), *_sgd.parts)),
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
