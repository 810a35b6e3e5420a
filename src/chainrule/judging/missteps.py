"""The wrong forms of optimizers that are known: the book's own, changed in one place."""

from collections.abc import Callable
from typing import Any

from ..arrays.functions import maximum, sqrt, where
from ..optimizers import SGD, Adagrad, Adam, AdaMax, AdamW, Nadam, RMSProp
from .core import Wrong


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


def _left_alone(kind: Any, rests: Callable) -> Any:
    """Give an optimizer that leaves alone what has a gradient of 0."""

    def decayed_rule(self: Any) -> Any:
        rule = kind._decayed_rule(self)

        def resting(w: Any, g: Any, *memory: Any) -> tuple:
            pairs = zip(rule(w, g, *memory), (w, *memory), strict=True)
            return tuple(a if b is None else where(rests(g), b, a) for a, b in pairs)

        return resting

    return type(kind.__name__, (kind,), {"_decayed_rule": decayed_rule})


RESTS = "a gradient of 0 is a step, too: what is remembered of earlier ones moves w, and fades"


def of_every(kind: Any) -> Wrong:
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


def _resting(kind: Any) -> Wrong:
    """Give wrong forms of what remembers something that fades."""
    return (
        (_left_alone(kind, lambda g: g == 0), RESTS),
        (_left_alone(kind, lambda g: (g == 0).all()), RESTS),
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
    *_resting(SGD),
    *of_every(SGD),
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
        *of_every(kind),
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
    *_resting(RMSProp),
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
    *_resting(Adam),
    *of_every(Adam),
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
    *_resting(AdamW),
    *of_every(AdamW),
)
ADAMAXES: Wrong = (
    (_form(AdaMax, _never_forgets), "u never forgets: the earlier one is multiplied by β₂"),
    (_adamax(corrected=False), "m is not corrected: divide it by 1 − β₁ᵗ"),
    (_adamax(inside=0), "ε is missing: a gradient that was always 0 gives 0/0"),
    (_adamax(0, 1), "ε is added to u: it belongs to |g|, inside the maximum"),
    *_miscounted(AdaMax),
    *_resting(AdaMax),
    *of_every(AdaMax),
)
NADAMS: Wrong = (*_miscounted(Nadam), *_resting(Nadam), *of_every(Nadam))
