"""Section 2.2's two networks, trained with five seeds each: what the page would take too long for.

The page trains the first seed of the convolutional network itself, with the same settings.
"""

from dataclasses import asdict
from typing import Any

import numpy as np
from _side_by_side import write
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from chainrule.activations import ReLU
from chainrule.convolution import Conv2d, Flatten, MaxPool2d
from chainrule.datasets import Part, digits, shifted
from chainrule.losses import CrossEntropy
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD, Adam
from chainrule.training import accuracy, fit

SEEDS = range(5)
FLOAT32: dict[str, Any] = {"dtype": "float32"}


def convolutional(rng: np.random.Generator) -> Network:
    """Give the convolutional network of section 2.2."""
    first = Conv2d(1, 12, 3, padding=1, rng=rng, **FLOAT32)
    second = Conv2d(12, 24, 3, padding=1, rng=rng, **FLOAT32)
    last = Linear(24 * 4 * 4, 10, rng=rng, **FLOAT32)
    return Network([first, ReLU(), second, ReLU(), MaxPool2d(2), Flatten(), last])


def dense(rng: np.random.Generator) -> Network:
    """Give the dense network of section 1.1, for images."""
    hidden = Linear(64, 512, rng=rng, **FLOAT32)
    return Network([Flatten(), hidden, ReLU(), Linear(512, 10, rng=rng, **FLOAT32)])


CONTENDERS = {
    "convolutional": (convolutional, lambda: Adam(lr=0.001)),
    "dense": (dense, lambda: SGD(lr=0.3)),
}


def run(name: str, seed: int) -> dict[str, Any]:
    """Train a network; give its history and the share of the test part that it reads rightly."""
    make, optimizer = CONTENDERS[name]
    data = digits(**FLOAT32)
    train, validation, test = (
        Part(part.x.reshape(-1, 1, 8, 8), part.y)
        for part in (data.train, data.validation, data.test)
    )
    rng = np.random.default_rng(seed)
    net = make(rng)
    options: dict[str, Any] = {"epochs": 8, "batch_size": 8, "rng": rng, "progress": False}
    with threadpool_limits(1):
        history = fit(
            net, CrossEntropy(), optimizer(), *shifted(train), validation=validation, **options
        )
        return {"history": asdict(history), "test accuracy": accuracy(net, *test)}


if __name__ == "__main__":
    record: dict[str, Any] = {
        "title": "Five seeds of two networks",
        "what": "the digits, moved by up to a pixel; eight epochs, float32, one thread",
        "device": "CPU",
    }
    for name in CONTENDERS:
        record[name] = [run(name, seed) for seed in tqdm(SEEDS, unit="seed", desc=name)]
    write("seeds", record, ("chainrule", "numpy"))
