"""Training a small convolutional network: ours in NumPy and PyTorch in eager mode, side by side.

The network of section 2.2 with the same initial weights, the same batches, Adam with the same
settings, in 32-bit floats, with one thread each and with two. Neither computes the gradient of its
input images.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from _side_by_side import HOW, measure, ratio, rounds_from_command_line, threads_each, write

from chainrule.activations import ReLU
from chainrule.convolution import Conv2d, Flatten, MaxPool2d
from chainrule.datasets import digits
from chainrule.losses import CrossEntropy
from chainrule.network import Linear, Network
from chainrule.optimizers import Adam

REST = 0.1  # seconds before a contender with two threads
LR = 1e-3
BATCH_SIZES = (4, 8, 16, 32, 64)
STEPS = 20


def networks() -> tuple[Network, torch.nn.Module]:
    """Give ours and PyTorch's, with the same weights."""
    given: dict[str, Any] = {"rng": np.random.default_rng(0), "dtype": "float32"}
    first, second = Conv2d(1, 12, 3, padding=1, **given), Conv2d(12, 24, 3, padding=1, **given)
    dense = Linear(24 * 4 * 4, 10, **given)
    ours = Network([first, ReLU(), second, ReLU(), MaxPool2d(2), Flatten(), dense])
    theirs = torch.nn.Sequential(
        torch.nn.Conv2d(1, 12, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.Conv2d(12, 24, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(24 * 4 * 4, 10),
    )
    with torch.no_grad():
        for theirs_p, ours_p in zip(theirs.parameters(), ours.parameters, strict=True):
            theirs_p.copy_(torch.from_numpy(ours_p))
    return ours, theirs


def contenders(batch_size: int) -> dict[str, Callable[[], float]]:
    """Give ours and PyTorch's, each making so many steps and giving its last loss."""
    part = digits(dtype="float32").train
    images = part.x.reshape(-1, 1, 8, 8)
    order = np.random.default_rng(0).integers(len(images), size=(STEPS, batch_size))
    x, y = torch.from_numpy(images), torch.from_numpy(part.y)
    ours, theirs = networks()
    loss, optimizer = CrossEntropy(), Adam(lr=LR)
    their_loss, their_optimizer = (
        torch.nn.CrossEntropyLoss(),
        torch.optim.Adam(theirs.parameters(), lr=LR),
    )

    def train_ours() -> float:
        for batch in order:
            inputs, targets = images[batch], part.y[batch]
            trace = ours.forward(inputs)
            value = float(loss(trace.output, targets))
            upstream = loss.gradient(trace.output, targets)
            optimizer.step(ours.parameters, ours.backward(trace, upstream).parameters)
        return value

    def train_theirs() -> float:
        for batch in order:
            their_optimizer.zero_grad()
            value = their_loss(theirs(x[batch]), y[batch])
            value.backward()
            their_optimizer.step()
        return value.item()

    np.testing.assert_allclose(train_ours(), train_theirs(), rtol=1e-3)  # else times say nothing
    return {"chainrule": train_ours, "PyTorch": train_theirs}


if __name__ == "__main__":
    rounds = rounds_from_command_line(7)
    ratios: dict[str, dict] = {}
    for threads, how in HOW.items():
        with threads_each(threads):
            for batch_size in BATCH_SIZES:
                seconds = measure(contenders(batch_size), rounds, (threads - 1) * REST, warm=0)
                found = ratio(seconds["PyTorch"], seconds["chainrule"])
                ratios.setdefault(how, {})[f"batches of {batch_size}"] = found
    write(
        "cnn",
        {
            "title": "Training a convolutional network",
            "what": "a step of the network of section 2.2, float32",
            "baseline": "PyTorch",
            "ratios": ratios["one thread"],
            **ratios,
            "rounds": rounds,
            "device": "CPU",
        },
        ("chainrule", "numpy", "torch"),
    )
