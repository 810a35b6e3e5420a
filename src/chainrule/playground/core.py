"""The playground itself: a network, its training, and what is shown of them."""

from collections.abc import Iterator
from itertools import pairwise
from math import isfinite, sqrt
from typing import Any

import numpy as np

from .. import activations, training
from ..activations import Softmax
from ..network import Linear, Network
from .breaks import BREAKS
from .data import Data, read
from .settings import Setup, schedule

__all__ = ["Playground"]

SHOWN = 20  # images that are read wrong
FINE = 1000  # parts of a probability


def number(value: Any) -> float | None:
    """Give a number as JSON has it; None for one that is not finite."""
    value = float(value)
    return float(f"{value:.6g}") if isfinite(value) else None


class Training:
    """A network that is trained batch by batch, as `training.fit` does it.

    Parameters
    ----------
    setup : Setup
    data : Data
    broken : str
        The mistake that is put in; "" for none.
    """

    def __init__(self, setup: Setup, data: Data, broken: str = ""):
        self.setup, self.data = setup, data
        self.rng = np.random.default_rng(setup.seed)
        sizes = [data.train.x.shape[1], *(n for n, _ in setup.layers)]
        layers: list[Any] = []
        for (n_in, n_out), (_, name) in zip(pairwise(sizes), setup.layers, strict=True):
            layers += [Linear(n_in, n_out, rng=self.rng, init=setup.init)]
            layers += [getattr(activations, name)()]
        layers += [Linear(sizes[-1], len(data.classes), rng=self.rng, init=setup.init)]
        right = Network(layers if setup.of_logits else [*layers, Softmax()])
        self.network = BREAKS[broken].network_of(right) if broken else right
        self.loss, self.optimizer = setup.make_loss(), setup.make_optimizer(broken)
        self.rate = self.optimizer.lr
        self.step, self.stopped = 0, ""
        self.norms: list[float] = []
        self._batches = self._epochs()

    @property
    def linear(self) -> list[Any]:
        """The layers with weights."""
        return [layer for layer in self.network.layers if isinstance(layer, Linear)]

    def targets(self, y: np.ndarray) -> np.ndarray:
        """Give classes as the loss takes them."""
        return y if self.setup.of_logits else np.eye(len(self.data.classes))[y]

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Give the probability of each class for each row of x."""
        output = self.network(x)
        return Softmax()(output) if self.setup.of_logits else output

    def go_on(self, steps: int) -> None:
        """Train so many batches, or fewer if the loss is no number any more."""
        x, y = self.data.train.x, self.targets(self.data.train.y)
        for _ in range(steps):
            if self.stopped:
                return
            batch = [next(self._batches)]
            five = training.five_steps(
                self.network, self.loss, self.optimizer, x, y, batch, self._on_gradients
            )
            for value, _ in five:
                if not isfinite(value):  # before the step that it would spoil
                    self.stopped = f"the loss became {float(value)} in step {self.step + 1}"
                    return
            self.step += 1

    def measured(self) -> dict[str, float | None]:
        """Give the loss and the accuracy on both parts."""
        found = {}
        for name in ("train", "validation"):
            x, y = getattr(self.data, name)
            output = self.network(x)
            found[f"{name}_loss"] = number(self.loss(output, self.targets(y)))
            found[f"{name}_accuracy"] = float(np.mean(output.argmax(1) == y))
        return found

    def _epochs(self) -> Iterator[np.ndarray]:
        while True:
            yield from training.batches(len(self.data.train.y), self.setup.batch_size, self.rng)

    def _on_gradients(self, gradients: list[np.ndarray]) -> None:
        done = self.optimizer.steps
        self.optimizer.lr = self.rate * schedule(self.setup.schedule, done, self.setup.over)
        squares = [float((g**2).sum()) for g in gradients]
        self.norms = [sqrt(w + b) for w, b in zip(squares[::2], squares[1::2], strict=True)]


class Playground:
    """A setup that is trained step by step.

    With a mistake put in, the right form is trained beside it, from the same start and in the same
    order.

    Parameters
    ----------
    setup : Setup or dict
        A setup, or its settings as JSON.

    Examples
    --------
    >>> play = Playground({"data": "moons"})
    >>> play.step(400)["train_accuracy"] > 0.9
    True
    >>> play.boundary(size=2)["size"]
    2
    """

    def __init__(self, setup: Setup | dict[str, Any]):
        self.setup = setup if isinstance(setup, Setup) else Setup(**setup)
        own = self.setup
        self.data = read(own.data, noise=own.noise, seed=own.seed, own=own.own)
        self.training = Training(own, self.data, own.broken)
        self.right = Training(own, self.data) if own.broken else None
        if own.broken == "not-transposed":
            shapes = [layer.weight.shape for layer in self.training.linear[1:]]
            if not any(n_out == n_in for n_out, n_in in shapes):
                raise ValueError(
                    f"{BREAKS[own.broken].title}: expected two layers of the same size, one after "
                    "the other"
                )

    def begin(self) -> dict[str, Any]:
        """Give what does not change while it trains: the data, the sizes, and the verdict."""
        train, validation = self.data.train, self.data.validation
        layers = self.training.linear
        found: dict[str, Any] = {
            "classes": self.data.classes,
            "columns": self.data.columns,
            "sizes": [train.x.shape[1], *(len(layer.bias) for layer in layers)],
            "parameters": sum(p.size for p in self.training.network.parameters),
            "samples": [len(train.y), len(validation.y)],
            "epoch": -(-len(train.y) // self.setup.batch_size),
            "points": [],
            "verdict": BREAKS[self.setup.broken].verdict() if self.setup.broken else None,
        }
        if self.data.columns:
            found["points"] = [
                {"x": part.x.round(3).tolist(), "y": part.y.tolist()}
                for part in (train, validation)
            ]
        return found

    def step(self, n: int) -> dict[str, Any]:
        """Train n batches; give the `state`."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            self.training.go_on(n)
            if self.right:
                self.right.go_on(n)
        return self.state()

    def state(self) -> dict[str, Any]:
        """Give where the training is: losses, accuracies, gradients and weights."""
        own = self.training
        with np.errstate(over="ignore", invalid="ignore"):
            found: dict[str, Any] = own.measured()
            right = self.right.measured() if self.right else None
        found |= {
            "step": own.step,
            "lr": number(own.optimizer.lr),
            "norms": [number(norm) for norm in own.norms],
            "weights": [layer.weight.round(3).tolist() for layer in own.linear],
            "stopped": own.stopped,
            "right": right,
        }
        if self.right:
            pairs = zip(own.network.parameters, self.right.network.parameters, strict=True)
            found["apart"] = number(max(abs(a - b).max() for a, b in pairs))
        return found

    def boundary(self, *, size: int = 40) -> dict[str, Any]:
        """Give the picture: a plane's probabilities on a grid, or the digits that are read wrong.

        Parameters
        ----------
        size : int
            How many points a side of the grid has.

        Returns
        -------
        dict
            JSON. `shares` holds a grid for each class but the first, row by row from below.
        """
        if not self.data.columns:
            return self._images()
        x = np.concatenate([self.data.train.x, self.data.validation.x])
        low, high = x.min(0), x.max(0)
        low, high = low - 0.08 * (high - low), high + 0.08 * (high - low)
        across, up = (np.linspace(a, b, size) for a, b in zip(low, high, strict=True))
        grid = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
        shares = (FINE * self.training.probabilities(grid)[:, 1:].T).round().astype(int)
        return {
            "low": low.round(4).tolist(),
            "high": high.round(4).tolist(),
            "size": size,
            "shares": shares.tolist(),
        }

    def _images(self) -> dict[str, Any]:
        x, y = self.data.validation
        p = self.training.probabilities(x)
        read_as = p.argmax(1)
        wrong = np.flatnonzero(read_as != y)
        images = [
            {
                "pixels": (16 * x[i]).round().astype(int).tolist(),
                "class": int(y[i]),
                "read": int(read_as[i]),
                "share": round(float(p[i].max()), 3),
            }
            for i in wrong[:SHOWN]
        ]
        return {"images": images, "wrong": len(wrong), "of": len(y)}
