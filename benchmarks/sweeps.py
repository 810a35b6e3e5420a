"""Settings tried on the validation part, five seeds each: what pages 1.1 and 1.1.2 would wait for.

Page 1.1 varies one setting of its network at a time. Page 1.1.2 tries ten learning rates on two
networks of ten layers.
"""

from contextlib import suppress
from typing import Any

import numpy as np
from _side_by_side import write
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from chainrule.activations import ReLU
from chainrule.datasets import digits
from chainrule.figures.network import deep_network
from chainrule.losses import CrossEntropy
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD
from chainrule.training import accuracy, fit

SEEDS = range(5)
CHOSEN: dict[str, Any] = {"width": 512, "batch size": 8, "learning rate": 0.3}
DEEP = {"learning rate, sigmoid": ("sigmoid", "xavier"), "learning rate, ReLU": ("ReLU", "he")}
SWEEPS: dict[str, list] = {
    "width": [8, 32, 128, 512, 2048],
    "batch size": [2, 8, 32, 128, 512],
    "learning rate": [0.3 * 4.0**k for k in range(-3, 2)],
    **{name: [0.05 * 2.0**k for k in range(-3, 7)] for name in DEEP},
}


def shallow(rng: np.random.Generator, width: int) -> Network:
    """Give the network of page 1.1, of another width."""
    first = Linear(64, width, rng=rng, dtype="float32")
    return Network([first, ReLU(), Linear(width, 10, rng=rng, dtype="float32")])


def deep(rng: np.random.Generator, activation: str, init: str) -> Network:
    """Give the network of ten layers of page 1.1.2."""
    layers = deep_network(activation, 9, rng, init=init).layers
    return Network([*layers, Linear(64, 10, rng=rng, init="xavier")])


def run(name: str, value: Any, seed: int) -> float:
    """Train a network with a setting; give the share of the validation part that it reads rightly.

    A training that overflows is judged by the parameters that it had before.
    """
    rng = np.random.default_rng(seed)
    if name in DEEP:
        data, net = digits(), deep(rng, *DEEP[name])
        settings = {"batch size": 32, "learning rate": value}
    else:
        settings = CHOSEN | {name: value}
        data, net = digits(dtype="float32"), shallow(rng, settings["width"])
    options: dict[str, Any] = {"epochs": 10 if name in DEEP else 40, "rng": rng, "progress": False}
    with threadpool_limits(1), np.errstate(all="ignore"), suppress(FloatingPointError):
        optimizer = SGD(lr=settings["learning rate"])
        fit(
            net,
            CrossEntropy(),
            optimizer,
            *data.train,
            batch_size=settings["batch size"],
            **options,
        )
    with np.errstate(all="ignore"):
        return accuracy(net, *data.validation)


if __name__ == "__main__":
    record: dict[str, Any] = {
        "title": "Settings of three networks on the digits, five seeds each",
        "what": "64-512-10 in float32, forty epochs; ten layers of 64 in float64, ten epochs",
        "device": "CPU",
    }
    for name, values in SWEEPS.items():
        record[name] = [
            {"value": value, "validation accuracy": [run(name, value, seed) for seed in SEEDS]}
            for value in tqdm(values, desc=name)
        ]
    write("sweeps", record, ("chainrule", "numpy"))
