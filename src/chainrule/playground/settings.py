"""What a reader sets up: each setting with the range that it has in the package."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from math import cos, pi
from types import NoneType
from typing import Any

from .. import activations, losses, optimizers
from ..activations import Elementwise
from ..arrays.settings import Settings, count, not_negative, one_of, seeds, setting
from ..optimizers import Optimizer
from .breaks import BREAKS

__all__ = ["LOSSES", "SCHEDULES", "Setup", "schedule"]

ACTIVATIONS = [
    name
    for name in ("Tanh", "Sigmoid", "ReLU", "LeakyReLU", "ELU", "GELU", "Swish")
    if issubclass(getattr(activations, name), Elementwise)
]
LOSSES = {
    "CrossEntropy": "of the logits",
    "Focal": "of the logits",
    "MSE": "of the probabilities",
    "MAE": "of the probabilities",
    "Huber": "of the probabilities",
}
OPTIMIZERS = ["Adam", *(n for n in optimizers.__all__ if n[0].isupper() and n != "Adam")]
OPTIMIZERS.remove("Optimizer")
RATES = {"SGD": 0.1, "Adam": 0.02, "AdamW": 0.02, "AdaMax": 0.02, "Nadam": 0.02, "Adagrad": 0.1}
NEURONS, LAYERS = 32, 4


def _cosine(step: int, steps: int) -> float:
    warm_up = steps // 8
    if step < warm_up:
        return (step + 1) / warm_up
    return (1 + cos(pi * (step - warm_up) / (steps - warm_up))) / 2


SCHEDULES: dict[str, Callable[[int, int], float]] = {
    "constant": lambda step, steps: 1.0,
    "steps": lambda step, steps: 0.3 ** (3 * step // steps),
    "exponential": lambda step, steps: 0.01 ** (step / steps),
    "warm-up and cosine": _cosine,
}


def schedule(name: str, step: int, steps: int) -> float:
    """Give by what a schedule multiplies the learning rate in a step.

    Parameters
    ----------
    name : {"constant", "steps", "exponential", "warm-up and cosine"}
        "steps" has 0.3 of it after each third; "exponential" ends at a hundredth; the cosine begins
        with an eighth of warm-up.
    step : int
        Counted from 0; what comes after the last one has its rate.
    steps : int
        How many there are.

    Returns
    -------
    float
        Positive.

    Examples
    --------
    >>> [round(schedule("steps", step, 90), 2) for step in (0, 29, 30, 60, 500)]
    [1.0, 1.0, 0.3, 0.09, 0.09]
    """
    return SCHEDULES[name](min(step, steps - 1), steps)


def _layers(value: Any, name: str) -> tuple[tuple[int, str], ...]:
    if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= LAYERS:
        raise ValueError(f"{name}: expected 1 to {LAYERS} hidden layers, got {value!r}")
    for i, layer in enumerate(value):
        if not isinstance(layer, (list, tuple)) or len(layer) != 2:
            raise ValueError(f"{name}[{i}]: expected neurons and an activation, got {layer!r}")
        neurons = count.read(layer[0], f"{name}[{i}]")
        if neurons > NEURONS:
            raise ValueError(f"{name}[{i}]: expected at most {NEURONS} neurons, got {neurons}")
        if layer[1] not in ACTIVATIONS:
            raise ValueError(f"{name}[{i}]: expected one of {ACTIVATIONS}, got {layer[1]!r}")
    return tuple((int(neurons), activation) for neurons, activation in value)


def options(sentence: str) -> Any:
    """Give a field that is a dictionary, an empty one where it is left out."""

    def read(value: Any, name: str) -> dict[str, Any]:
        if not isinstance(value, (dict, NoneType)):
            raise TypeError(f"{name}: expected a dictionary, got {type(value).__name__}")
        return dict(value or {})

    return setting(read, "a dictionary", sentence, None)


def text(sentence: str) -> Any:
    """Give a field that is a text."""

    def read(value: Any, name: str) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{name}: expected a text, got {type(value).__name__}")
        return value

    return setting(read, "a text", sentence, "")


def hidden(*default: tuple[int, str], sentence: str) -> Any:
    """Give a field of pairs, each the neurons and the activation of a hidden layer."""
    return setting(_layers, "pairs", sentence, default)


@dataclass(frozen=True, kw_only=True)
class Setup(Settings):
    """A setup of the playground.

    Examples
    --------
    >>> setup = Setup(optimizer="SGD", options={"lr": 0.5})
    >>> setup.make_optimizer().lr
    0.5
    >>> Setup(layers=[[40, "Tanh"]])
    Traceback (most recent call last):
    ValueError: layers[0]: expected at most 32 neurons, got 40
    """

    data: str = one_of("moons", "circles", "spirals", "digits", "own", sentence="what is learned")
    own: str = text("two columns and a class, for the data that are own")
    noise: float = not_negative(0.15, "how far points of a plane are scattered")
    layers: tuple = hidden(
        (8, "Tanh"), (8, "Tanh"), sentence="the neurons and the activation of each hidden layer"
    )
    init: str = one_of("xavier", "he", sentence="how the weights start")
    loss: str = one_of(*LOSSES, sentence="of the logits or, after softmax, of the probabilities")
    optimizer: str = one_of(*OPTIMIZERS)
    options: Mapping = options("the optimizer's own settings")
    schedule: str = one_of(*SCHEDULES, sentence="of the learning rate")
    over: int = count(1000, "how many steps the schedule has")
    batch_size: int = count(16, "how many samples make a step")
    seed: int = seeds(0, "of the data, the weights and the order of the samples")
    broken: str = one_of("", *BREAKS, sentence="the mistake that is put in")

    def __post_init__(self):
        super().__post_init__()
        known = [each.name for each in fields(self.kind)]
        if unknown := {*self.options} - {*known}:
            raise ValueError(f"options: expected some of {known}, got {min(unknown)!r}")
        self.make_optimizer()
        if self.broken:
            BREAKS[self.broken].require(self.optimizer)

    @property
    def kind(self) -> type[Optimizer]:
        """The class of the optimizer."""
        return getattr(optimizers, self.optimizer)

    @property
    def of_logits(self) -> bool:
        """Whether the loss takes logits."""
        return LOSSES[self.loss] == "of the logits"

    def make_optimizer(self, broken: str = "") -> Optimizer:
        """Give the optimizer with its settings, `broken` in the way of this name."""
        kind = BREAKS[broken].optimizer_of(self.kind) if broken else self.kind
        rate = {"lr": RATES[self.optimizer]} if self.optimizer in RATES else {}
        return kind(**{**rate, **self.options})

    def make_loss(self) -> Any:
        """Give the loss."""
        return getattr(losses, self.loss)()
