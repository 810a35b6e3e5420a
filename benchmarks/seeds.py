"""Section 2.2's networks, five seeds each, and the search for their learning rates.

The page trains the first seed of the convolutional network itself, with the same settings. On two
cores the script takes about half an hour.
"""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from itertools import product
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
from chainrule.optimizers import Adam
from chainrule.training import accuracy, fit

SEEDS = range(5)
RATES = [10 ** (power / 4) for power in range(-16, -7)]
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


def parts(name: str) -> list[Part]:
    """Give the digits, the training part with its moved copies; "shuffled" in another order."""
    order = np.random.default_rng(0).permutation(64) if name == "shuffled" else np.arange(64)
    data = digits(**FLOAT32)
    images = [
        Part(part.x.reshape(-1, 1, 8, 8), part.y)
        for part in (data.train, data.validation, data.test)
    ]
    return [
        Part(part.x.reshape(-1, 64)[:, order].reshape(-1, 1, 8, 8), part.y)
        for part in (shifted(images[0]), *images[1:])
    ]


def run(name: str, rate: float, seed: int) -> dict[str, Any]:
    """Train a network: its history, what it reads rightly of the test part, its first kernels."""
    train, validation, test = parts(name)
    rng = np.random.default_rng(seed)
    net = dense(rng) if name == "dense" else convolutional(rng)
    start = net.parameters[0].copy()
    options: dict[str, Any] = {"epochs": 8, "batch_size": 8, "rng": rng, "progress": False}
    with threadpool_limits(1):
        history = fit(net, CrossEntropy(), Adam(lr=rate), *train, validation=validation, **options)
        found = {"history": asdict(history), "test accuracy": accuracy(net, *test)}
    if name == "convolutional":
        found |= {
            "kernels": [w[:, 0].astype(float).round(4).tolist() for w in (start, net.parameters[0])]
        }
    return found


def search(name: str, rates: list[float]) -> dict[str, Any]:
    """Try all rates and seeds; keep the runs of the rate whose validation loss is the smallest."""
    tasks = list(product(rates, SEEDS))
    with ProcessPoolExecutor(2) as pool:
        found = pool.map(run, [name] * len(tasks), *zip(*tasks, strict=True))
        runs = list(tqdm(found, total=len(tasks), unit="run", desc=name))
    by_rate = [runs[at : at + len(SEEDS)] for at in range(0, len(runs), len(SEEDS))]
    losses = [[each["history"]["validation_loss"][-1] for each in runs] for runs in by_rate]
    best = int(np.argmin(np.median(losses, axis=1)))
    return {"rates": rates, "losses": losses, "rate": rates[best], "runs": by_rate[best]}


if __name__ == "__main__":
    record: dict[str, Any] = {
        "title": "Five seeds of two networks",
        "what": "the digits, moved by up to a pixel; eight epochs, float32, one thread",
        "device": "CPU",
    }
    for name in ("dense", "convolutional"):
        record[name] = search(name, RATES)
    record["shuffled"] = search("shuffled", [record["convolutional"]["rate"]])
    write("seeds", record, ("chainrule", "numpy"))
