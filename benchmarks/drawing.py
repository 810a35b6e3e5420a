"""The weights of section 2.2's network, trained once as the page trains it, for drawn digits.

They are kept as 32-bit floats, in the order of the network's parameters.
"""

from base64 import b64encode
from typing import Any

import numpy as np
from _side_by_side import write
from threadpoolctl import threadpool_limits

from chainrule.datasets import Part, digits, shifted
from chainrule.drawing import convolutional
from chainrule.figures.cnn import seeds
from chainrule.losses import CrossEntropy
from chainrule.network import Network
from chainrule.optimizers import Adam
from chainrule.training import accuracy, fit


def images(part: Part) -> Part:
    """Give a part of the digits as images of one channel."""
    return Part(part.x.reshape(-1, 1, 8, 8), part.y)


def train() -> Network:
    """Train the network with the page's seed and settings."""
    data, rng = digits(), np.random.default_rng(0)
    net = convolutional(rng)
    options: dict[str, Any] = {"epochs": 8, "batch_size": 8, "rng": rng, "progress": False}
    with threadpool_limits(1):
        optimizer = Adam(lr=seeds()["convolutional"]["rate"])
        fit(net, CrossEntropy(), optimizer, *shifted(images(data.train)), **options)
    return net


if __name__ == "__main__":
    net = train()
    record = {
        "title": "A network that reads digits",
        "what": "the convolutional network of section 2.2, seed 0, float64, one thread",
        "device": "CPU",
        "test accuracy": accuracy(net, *images(digits().test)),
        "weights": [b64encode(p.astype("<f4").tobytes()).decode() for p in net.parameters],
    }
    write("drawing", record, ("chainrule", "numpy"))
