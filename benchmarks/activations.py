"""Section 1.3's nine activations in the same network, with five seeds each.

Which rate suits each, and a network without any, is searched on the validation part, the same rates
for all; the test part is for the best alone. The rates 0.1, 1 and 2 say how ReLU neurons die, and a
softmax in the hidden layer is trained with the gradients of one layer's weights made 128 times as
large. What each costs relative to ReLU is measured side by side, in our NumPy and in PyTorch, with
one thread.
"""

from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import numpy as np
import torch
from _side_by_side import rounds_from_command_line, write
from functions import activation_contenders
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from chainrule.activations import LeakyReLU, ReLU, Softmax
from chainrule.datasets import digits
from chainrule.figures.activations import ACTIVATIONS, dead_units, digits_network
from chainrule.losses import CrossEntropy
from chainrule.optimizers import SGD
from chainrule.training import accuracy, fit

SEEDS = range(5)
RATE, EPOCHS = 0.1, 20
RATES = [float(f"{10 ** (k / 8):.4g}") for k in range(-12, 17)]  # 0.032 to 100
DEADLY = [0.1, 1.0, 2.0]
HIDDEN = 128
NONE = {"none": LeakyReLU(1.0)}  # a straight line: the network is linear
LIBRARIES = ("chainrule", "PyTorch")


def train(
    activation: Any,
    rate: float,
    seed: int,
    epochs: int = EPOCHS,
    on_gradients: Callable | None = None,
) -> dict[str, Any]:
    """Train the digits network; give its accuracies, and which share of its neurons is dead.

    What diverges has read nothing rightly.
    """
    data = digits(dtype="float32")
    rng = np.random.default_rng(seed)
    net = digits_network(activation, rng)
    before = dead_units(net, data.train.x)
    options: dict[str, Any] = {"epochs": epochs, "batch_size": 32, "rng": rng, "progress": False}
    options |= {"validation": data.validation, "on_gradients": on_gradients}
    try:
        with threadpool_limits(1), np.errstate(all="ignore"):
            history = fit(net, CrossEntropy(), SGD(rate), *data.train, **options)
            by_epoch, test = history.validation_accuracy, accuracy(net, *data.test)
    except FloatingPointError:
        by_epoch, test = [0.0] * epochs, 0.0
    shares = {"validation": by_epoch, "test": test, "dead before": before}
    return shares | {"dead": dead_units(net, data.train.x)}


def times(factors: tuple[int, ...]) -> Callable:
    """Give what multiplies the gradients of w¹, b¹, w² and b² by these factors."""
    return lambda gradients: [factor * g for factor, g in zip(factors, gradients, strict=True)]


def search(activation: Any, name: str) -> dict[str, Any]:
    """Give each rate's last validation accuracies, the best rate and its test accuracies."""
    runs = {
        rate: [train(activation, rate, seed) for seed in SEEDS]
        for rate in tqdm(RATES, unit="rate", desc=name)
    }
    validation = {rate: [run["validation"][-1] for run in each] for rate, each in runs.items()}
    best = max(RATES, key=lambda rate: float(np.median(validation[rate])))
    test = [run["test"] for run in runs[best]]
    return {"rates": RATES, "validation": [*validation.values()], "best": best, "test": test}


def rounded(value: Any) -> Any:
    """Round all numbers in a record to five digits."""
    if isinstance(value, dict):
        return {str(key): rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.5g}")


def by_rate(activation: Any) -> dict[float, list[dict[str, Any]]]:
    """Give, for the rates that are too large, what becomes of the hidden neurons."""
    return {
        rate: [
            {**run, "validation": run["validation"][-1]}
            for run in (train(activation, rate, seed, epochs=10) for seed in SEEDS)
        ]
        for rate in DEADLY
    }


def costs(rounds: int) -> dict[str, dict[str, float]]:
    """Give the CPU time of value and gradient of 100 000 numbers, by library, over that of ReLU."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    pairs = {name: activation_contenders(name, rng, 10**5) for name in ACTIVATIONS}
    spent: dict[tuple[str, str], list[float]] = {
        (library, name): [] for library in LIBRARIES for name in pairs
    }
    with threadpool_limits(1):
        for _ in tqdm(range(rounds), unit="round"):
            for name, pair in pairs.items():
                for library, contender in zip(LIBRARIES, pair, strict=True):
                    spent[library, name].append(cpu_seconds(contender))
    return {
        library: {
            name: median(
                a / b for a, b in zip(spent[library, name], spent[library, "ReLU"], strict=True)
            )
            for name in ACTIVATIONS
        }
        for library in LIBRARIES
    }


def cpu_seconds(function: Callable) -> float:
    """Give the processor's time for a call: what else the machine does is not counted."""
    start = process_time()
    function()
    return process_time() - start


if __name__ == "__main__":
    rounds = rounds_from_command_line(101)
    hidden = {
        "none": (1, 1, 1, 1),
        "first layer's weights": (HIDDEN, 1, 1, 1),
        "second layer's weights": (1, 1, HIDDEN, 1),
        "second layer's weights, first layer as drawn": (0, 0, HIDDEN, 1),
    }
    found = {
        "race": {
            name: [train(f, RATE, seed)["validation"] for seed in SEEDS]
            for name, f in tqdm(ACTIVATIONS.items(), unit="activation", desc="race")
        },
        "dead": {"ReLU": by_rate(ReLU()), "LeakyReLU": by_rate(LeakyReLU())},
        "hidden softmax": {
            name: [
                train(Softmax(), RATE, seed, on_gradients=times(factors))["validation"][-1]
                for seed in SEEDS
            ]
            for name, factors in hidden.items()
        },
        "search": {name: search(f, name) for name, f in (ACTIVATIONS | NONE).items()},
        "costs": costs(rounds),
    }
    write(
        "activations",
        {
            "title": "Nine activations",
            "what": "64–128–10 on the digits, batches of 32, float32, one thread, five seeds",
            "rounds": rounds,
            "device": "CPU",
            **rounded(found),
        },
        ("chainrule", "numpy", "scipy", "torch"),
    )
