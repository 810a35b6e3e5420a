"""Mistakes that can be put into a training, and what the ledger's oracles find in them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from .. import ledger, optimizers
from ..activations import Elementwise
from ..arrays.functions import sqrt
from ..ledger.network.cases import forward
from ..ledger.optimizers.namesakes import fed
from ..network import Linear, Network
from ..optimizers import SGD, Optimizer

__all__ = ["BREAKS", "Break"]


class _Wrong:
    """An activation with a wrong way back."""

    def __init__(self, right: Elementwise):
        self.right = right

    def __call__(self, x):
        return self.right(x)


class NoSlope(_Wrong):
    """σ′ left out."""

    def vjp(self, x, upstream):
        """Give the upstream as it is."""
        return upstream


class SlopeAtA(_Wrong):
    """σ′ taken at a."""

    def vjp(self, x, upstream):
        """Give upstream ⊙ σ′(σ(x))."""
        return upstream * self.right.derivative(self.right(x))


class NotTransposed(Linear):
    """The weights not transposed on the way back, where the shapes allow it."""

    def back(self, a, delta):
        """Give Δ Wᵀ."""
        square = self.weight.shape[0] == self.weight.shape[1]
        return delta @ (self.weight.T if square else self.weight)


class DividedTwice(Linear):
    """The gradients divided by N, which the loss has done already."""

    def parameters_back(self, a, delta):
        """Give both gradients divided by N."""
        return [g / len(a) for g in super().parameters_back(a, delta)]


def uphill(right, self, t, w, g, *memory):
    """Take the step that the opposite gradient asks for."""
    return right(self, t, w, -g, *memory)


def eps_inside(right, self, t, w, g, m, v, v_max):
    """Do Adam's step with ε below the root."""
    beta1, beta2 = self.betas
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - self.lr * m_hat / sqrt(v_hat + self.eps), m, v, v_max


def uncorrected(right, self, t, w, g, *memory):
    """Do Adam's step as if it were late: 1 − βᵗ is 1."""
    return right(self, inf, w, g, *memory)


def decay_in_gradient(right, self, w, g):
    """Add the penalty to the gradient, as Adam does."""
    return w, g + self.weight_decay * w


READ: dict[str, Callable] = {
    "1.5": lambda found: found.deltas[-1][0],
    "1.7": lambda found: found.deltas[0][0],
    "1.1.2c": lambda found: found.parameters,
}


@dataclass(frozen=True, kw_only=True)
class Break:
    """A mistake.

    Attributes
    ----------
    name : str
    title : str
        What is wrong.
    label : str
        The equation that it breaks.
    sentence : str
        What it does.
    layer : type
        What stands for each layer of the kind `of`.
    of : type
    method : str
        What it changes of the optimizer.
    rule : callable
        What stands for this method; it takes the right one first.
    only : tuple of str
        The optimizers that have it; any, if empty.
    """

    name: str
    title: str
    label: str
    sentence: str
    layer: Any = None
    of: type = Linear
    method: str = "rule"
    rule: Callable | None = None
    only: tuple[str, ...] = field(default=())

    @property
    def code(self) -> Any:
        """The method or function that is wrong, to be shown."""
        if self.rule:
            return self.rule
        ways_back = ("vjp", "back", "parameters_back")
        return next(f for name, f in vars(self.layer).items() if name in ways_back)

    def require(self, optimizer: str) -> None:
        """Raise a ValueError unless it can be put into this optimizer."""
        if self.only and optimizer not in self.only:
            raise ValueError(
                f"{self.title}: expected the optimizer {' or '.join(self.only)}, got {optimizer}"
            )

    def network_of(self, network: Network) -> Network:
        """Give the network with the mistake in it; its parameters are the same arrays."""
        if self.layer is None:
            return network
        return Network([self._wrong(each) for each in network.layers])

    def _wrong(self, layer: Any) -> Any:
        if not isinstance(layer, self.of):
            return layer
        if not issubclass(self.layer, Linear):
            return self.layer(layer)
        made = self.layer.__new__(self.layer)
        vars(made).update(vars(layer))
        return made

    def optimizer_of(self, kind: type[Optimizer]) -> type[Optimizer]:
        """Give the kind of optimizer with the mistake in it."""
        if self.rule is None:
            return kind
        right, wrong = getattr(kind, self.method), self.rule
        return type(
            kind.__name__, (kind,), {self.method: lambda self, *given: wrong(right, self, *given)}
        )

    def implementation(self, *case) -> Any:
        """Give what the mistake makes of a case of its equation."""
        if self.layer:
            net, trace, upstream = forward(*case)
            found = self.network_of(net).backward(trace, upstream, deltas=True)
            return READ[self.label](found)
        if self.label == "1.10":
            w, g, lr = case
            return fed(self.optimizer_of(SGD)(lr=lr), w, g[None])[0]
        name, w, g, settings = case
        return fed(self.optimizer_of(getattr(optimizers, name))(**settings), w, g)

    def verdict(self) -> dict[str, Any]:
        """Ask those oracles of the equation that need NumPy alone.

        Returns
        -------
        dict
            JSON: what each oracle found, and a sentence.

        Examples
        --------
        >>> BREAKS["eps-inside"].verdict()["said"]
        '1 of 1 oracles notices it'
        """
        claim = ledger.claim(self.label)
        asked = tuple(oracle for oracle in claim.oracles if not oracle.needs)
        verdict = ledger.verify(replace(claim, oracles=asked), implementation=self.implementation)
        found: list[dict[str, Any]] = [
            {
                "name": each.oracle.name,
                "error": f"{each.error:.2g}",
                "bound": f"{each.oracle.bound:.0e}",
                "notices": each.status == "fails",
            }
            for each in verdict.findings
        ]
        count = sum(each["notices"] for each in found)
        return {
            "name": self.name,
            "title": self.title,
            "sentence": self.sentence,
            "label": self.label,
            "about": claim.title,
            "oracles": found,
            "not_asked": [oracle.name for oracle in claim.oracles if oracle.needs],
            "said": f"{count} of {len(found)} oracles notice{'s' if count == 1 else ''} it",
        }


ADAMS = ("Adam", "AdamW")
BREAKS = {
    each.name: each
    for each in (
        Break(
            name="no-slope",
            title="σ′ left out",
            label="1.7",
            sentence="The error goes back through each activation as if its slope were 1.",
            layer=NoSlope,
            of=Elementwise,
        ),
        Break(
            name="not-transposed",
            title="weights not transposed",
            label="1.7",
            sentence="The error goes back through w instead of wᵀ, where w is square: between "
            "two layers of the same size. Elsewhere the shapes would not fit, and w stays right.",
            layer=NotTransposed,
        ),
        Break(
            name="slope-at-a",
            title="σ′ taken at a instead of z",
            label="1.5",
            sentence="The slope is taken at what the activation gave, and not at what it got. "
            "ReLU does not mind: its slope is the same at both.",
            layer=SlopeAtA,
            of=Elementwise,
        ),
        Break(
            name="divided-twice",
            title="divided by N twice",
            label="1.1.2c",
            sentence="The gradients are divided by the size of the batch, which the loss has "
            "done already.",
            layer=DividedTwice,
        ),
        Break(
            name="uphill",
            title="sign of the gradient",
            label="1.10",
            sentence="Each step goes uphill.",
            rule=uphill,
        ),
        Break(
            name="eps-inside",
            title="ε inside the root",
            label="1.2.5c",
            sentence="Adam divides by √(v̂ + ε) instead of √v̂ + ε.",
            rule=eps_inside,
            only=ADAMS,
        ),
        Break(
            name="uncorrected",
            title="no bias correction",
            label="1.2.5c",
            sentence="Adam takes m and v as they are, without (1.2.5b): its first steps are too "
            "long.",
            rule=uncorrected,
            only=ADAMS,
        ),
        Break(
            name="decay-in-gradient",
            title="AdamW's decay in the gradient",
            label="1.2.5e",
            sentence="The decay passes through the gradient, and so through Adam's division.",
            method="decay",
            rule=decay_in_gradient,
            only=("AdamW",),
        ),
    )
}
