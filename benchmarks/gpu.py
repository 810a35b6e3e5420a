"""The book's functions on a GPU: beside the same on the CPU, and beside PyTorch's own.

In 32-bit floats without TF32, unless it says so. On the GPU the clock is the GPU's, by events; what
it counts includes the gaps in which the GPU waits for its next order.
"""

import argparse
import statistics
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from _side_by_side import measure, ratio, write
from threadpoolctl import threadpool_info

from chainrule.activations import GELU, ReLU
from chainrule.convolution import (
    Conv2d,
    Flatten,
    Geometry,
    MaxPool2d,
    column_growth,
    conv2d,
    im2col_traffic,
    loop_operations,
)
from chainrule.device import accelerator, seconds, to
from chainrule.losses import CrossEntropy
from chainrule.network import Linear, Network
from chainrule.optimizers import Adam

# name, (N, C, side, O, kernel, stride, padding): the layers of section 2.1's table
LAYERS = {
    "3 → 64, 224², 7 × 7": (8, 3, 224, 64, 7, 2, 3),
    "64 → 64, 56²": (8, 64, 56, 64, 3, 1, 1),
    "128 → 128, 28²": (8, 128, 28, 128, 3, 1, 1),
    "256 → 256, 14²": (8, 256, 14, 256, 3, 1, 1),
    "512 → 512, 7²": (8, 512, 7, 512, 3, 1, 1),
}
BATCH = 1024


def dense(rng: np.random.Generator) -> tuple[Network, np.ndarray, np.ndarray]:
    """Give a network of two dense layers, inputs and classes."""
    layers = [Linear(1024, 4096, rng=rng, dtype="float32"), ReLU()]
    net = Network([*layers, Linear(4096, 10, rng=rng, dtype="float32")])
    x = rng.standard_normal((BATCH, 1024), dtype="float32")
    return net, x, rng.integers(10, size=BATCH)


def convolutional(rng: np.random.Generator) -> tuple[Network, np.ndarray, np.ndarray]:
    """Give the network of section 2.2 and images of its size."""
    given: dict[str, Any] = {"rng": rng, "dtype": "float32"}
    first, second = Conv2d(1, 12, 3, padding=1, **given), Conv2d(12, 24, 3, padding=1, **given)
    tail = [MaxPool2d(2), Flatten(), Linear(24 * 4 * 4, 10, **given)]
    net = Network([first, ReLU(), second, ReLU(), *tail])
    x = rng.standard_normal((BATCH, 1, 8, 8), dtype="float32")
    return net, x, rng.integers(10, size=BATCH)


def tasks(net: Network, x: Any, y: Any) -> dict[str, Callable[[], Any]]:
    """Give the parts of a training step, and the whole."""
    loss, optimizer = CrossEntropy(), Adam()
    trace = net.forward(x)
    upstream = loss.gradient(trace.output, y)
    gradients = net.backward(trace, upstream).parameters

    def step() -> None:
        trace = net.forward(x)
        upstream = loss.gradient(trace.output, y)
        optimizer.step(net.parameters, net.backward(trace, upstream).parameters)

    return {
        "forward": lambda: net.forward(x),
        "backward": lambda: net.backward(trace, upstream),
        "optimizer": lambda: optimizer.step(net.parameters, gradients),
        "step": step,
    }


def against_cpu(on: str, rounds: int) -> dict[str, dict[str, float]]:
    """Give the time of NumPy on the CPU over that of the same functions on the GPU."""
    found = {}
    for name, make in (("dense", dense), ("convolutional", convolutional)):
        net, x, y = make(np.random.default_rng(0))
        there, here = tasks(*to((net, x, y), on)), tasks(net, x, y)
        for part in here:
            # two clocks: the GPU's work would not fit into the CPU's time, nor the other way round
            times = measure({"GPU": there[part]}, rounds, device=on) | measure(
                {"CPU": here[part]}, rounds
            )
            found[f"{name}, {part}"] = ratio(times["GPU"], times["CPU"])
    return found


def allow_tf32(allowed: bool) -> None:
    """Let products and convolutions read float32 numbers as TF32, or forbid it to both."""
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def against_cudnn(on: str, rounds: int, tf32: bool) -> dict[str, dict[str, Any]]:
    """Give the time of im2col over that of PyTorch's convolution, and what both must move."""
    allow_tf32(tf32)
    found: dict[str, dict[str, Any]] = {}
    theirs: Callable[..., Any] = torch.nn.functional.conv2d
    for name, (n, c, side, o, k, stride, padding) in LAYERS.items():
        rng = np.random.default_rng(0)
        x, w = to((rng.standard_normal((n, c, side, side)), rng.standard_normal((o, c, k, k))), on)
        x, w = x.float(), w.float()
        settings: dict[str, Any] = {"stride": stride, "padding": padding}
        times = measure(
            {
                "PyTorch": partial(theirs, x, w, **settings),
                "im2col": partial(conv2d, x, w, method="im2col", **settings),
            },
            rounds,
            device=on,
        )
        geometry = Geometry.of((side, side), kernel_size=k, **settings)
        megabytes = im2col_traffic(geometry, c, o, n) / 1e6
        columns = 4 * n * c * side**2 * column_growth(geometry) / 1e6
        medians = {name: statistics.median(seconds) for name, seconds in times.items()}
        found[f"{name}, TF32" if tf32 else name] = ratio(times["PyTorch"], times["im2col"]) | {
            "milliseconds": {name: round(1e3 * median, 4) for name, median in medians.items()},
            "megabytes by im2col": megabytes,
            "megabytes, each once": megabytes - 2 * columns,
            "gigaoperations": 2e-9 * n * o * loop_operations(geometry, c)[0],
        }
    allow_tf32(False)
    return found


def compiled(on: str, rounds: int) -> dict[str, dict[str, float]]:
    """Give the time of GELU as written over that of the same function compiled."""
    x = torch.randn(2**24, device=on)
    fused = torch.compile(GELU())
    times = measure({"compiled": lambda: fused(x), "eager": lambda: GELU()(x)}, rounds, device=on)
    return {"GELU of 16.8 million numbers": ratio(times["compiled"], times["eager"])}


def formats(on: str, rounds: int) -> dict[str, dict[str, float]]:
    """Give the time of a product in float32 over that with fewer bits, and the errors of both."""
    a, b = (torch.randn(4096, 4096, device=on, dtype=torch.float64) for _ in range(2))
    exact = a @ b

    def product(name: str) -> torch.Tensor:
        allow_tf32(name == "TF32")
        dtype = torch.bfloat16 if name == "bfloat16" else torch.float32
        return operands[dtype][0] @ operands[dtype][1]

    operands = {dtype: (a.to(dtype), b.to(dtype)) for dtype in (torch.float32, torch.bfloat16)}
    names = ("float32", "TF32", "bfloat16")
    times = measure({name: partial(product, name) for name in names}, rounds, device=on)
    errors = {
        name: float((product(name) - exact).abs().max() / exact.abs().max()) for name in names
    }
    allow_tf32(False)
    return {
        name: ratio(times[name], times["float32"]) | {"error": float(f"{errors[name]:.1e}")}
        for name in names
    }


def bandwidth(on: str) -> float:
    """Give the bytes a second that a copy reads and writes."""
    source = torch.zeros(2**27, device=on)
    target = torch.empty_like(source)
    return 2 * 4 * 2**27 / seconds(lambda: target.copy_(source), on)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=31, help="how often each is timed")
    parser.add_argument("--device", default=accelerator(), help="the accelerator if left out")
    options = parser.parse_args()
    if options.device == "cpu" and "--device" not in sys.argv:
        print("gpu: no accelerator here, so nothing was measured and nothing written")
        sys.exit()
    on, rounds = options.device, options.rounds
    allow_tf32(False)
    record = {
        "title": "On a GPU",
        "what": f"float32, batches of {BATCH}; NumPy on the CPU",
        "page": "scaling/device",
        "baseline": "the same on the GPU",
        "ratios": against_cpu(on, rounds),
        "im2col over PyTorch": against_cudnn(on, rounds, False) | against_cudnn(on, rounds, True),
        "eager over compiled": compiled(on, rounds),
        "float32 over": formats(on, rounds),
        "bandwidth": bandwidth(on),
        "CPU threads": max(pool["num_threads"] for pool in threadpool_info()),
        "rounds": rounds,
    }
    if on == "cpu":
        print(record)
    else:
        record["device"] = torch.cuda.get_device_name() if on == "cuda" else on
        write("gpu", record, ("chainrule", "numpy", "torch"))
