"""The book's functions on a GPU: whether its claims hold there, the times, the memory.

In 32-bit floats without TF32, unless it says so. On the GPU the clock is the GPU's, by events; what
it counts includes the gaps in which the GPU waits for its next order. It takes ten minutes at most,
for each part has a limit. With ``--device cpu`` it tries itself, on small arrays and a few claims,
and writes nothing.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from _in_time import run
from _side_by_side import measure, ratio, write
from threadpoolctl import threadpool_info
from tqdm import tqdm

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
from chainrule.device import seconds, to
from chainrule.ledger import claims, verify
from chainrule.losses import CrossEntropy
from chainrule.network import Linear, Network
from chainrule.optimizers import Adam
from chainrule.precision import FORMATS, unit_roundoff

LIMIT = 45  # seconds for each of the twelve parts
# name, (C, side, O, kernel, stride, padding): the layers of section 2.1's table
LAYERS = {
    "3 → 64, 224², 7 × 7": (3, 224, 64, 7, 2, 3),
    "64 → 64, 56²": (64, 56, 64, 3, 1, 1),
    "128 → 128, 28²": (128, 28, 128, 3, 1, 1),
    "256 → 256, 14²": (256, 14, 256, 3, 1, 1),
    "512 → 512, 7²": (512, 7, 512, 3, 1, 1),
}
FULL = {"batch": 1024, "width": 4096, "images": 8, "numbers": 2**24, "copied": 2**27}
SMALL = {"batch": 16, "width": 64, "images": 1, "numbers": 2**8, "copied": 2**8}


def dense(size: dict[str, int]) -> tuple[Network, np.ndarray, np.ndarray]:
    """Give a network of two dense layers, inputs and classes."""
    rng = np.random.default_rng(0)
    layers = [Linear(1024, size["width"], rng=rng, dtype="float32"), ReLU()]
    net = Network([*layers, Linear(size["width"], 10, rng=rng, dtype="float32")])
    x = rng.standard_normal((size["batch"], 1024), dtype="float32")
    return net, x, rng.integers(10, size=size["batch"])


def convolutional(size: dict[str, int]) -> tuple[Network, np.ndarray, np.ndarray]:
    """Give the network of section 2.2 and images of its size."""
    rng = np.random.default_rng(0)
    given: dict[str, Any] = {"rng": rng, "dtype": "float32"}
    first, second = Conv2d(1, 12, 3, padding=1, **given), Conv2d(12, 24, 3, padding=1, **given)
    tail = [MaxPool2d(2), Flatten(), Linear(24 * 4 * 4, 10, **given)]
    net = Network([first, ReLU(), second, ReLU(), *tail])
    x = rng.standard_normal((size["batch"], 1, 8, 8), dtype="float32")
    return net, x, rng.integers(10, size=size["batch"])


NETWORKS = {"dense": dense, "convolutional": convolutional}


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


def against_cpu(
    name: str, on: str, rounds: int, size: dict[str, int]
) -> dict[str, dict[str, float]]:
    """Give the time of NumPy on the CPU over that of the same functions on the GPU."""
    net, x, y = NETWORKS[name](size)
    there, here = tasks(*to((net, x, y), on)), tasks(net, x, y)
    found = {}
    for part in here:
        # two clocks: the GPU's work would not fit into the CPU's time, nor the other way round
        times = measure({"GPU": there[part]}, rounds, device=on) | measure(
            {"CPU": here[part]}, rounds
        )
        found[f"{name}, {part}"] = ratio(times["GPU"], times["CPU"])
    return found


@contextmanager
def tf32(allowed: bool) -> Iterator[None]:
    """Let products and convolutions read float32 numbers as TF32, or forbid it to both."""
    backends: list[Any] = [torch.backends.cuda.matmul, torch.backends.cudnn]
    for backend in backends:
        backend.allow_tf32 = allowed
    try:
        yield
    finally:
        for backend in backends:
            backend.allow_tf32 = False


def held(bits: str, on: str, every: int = 1) -> dict[str, dict[str, Any]]:
    """Give how many claims hold on tensors there with so many bits, and which comes closest not to.

    A claim that stops with an error fails, and the next one is asked all the same.
    """
    dtype = "float32" if bits == "TF32" else bits
    unit = 0.0 if bits == "float64" else unit_roundoff(FORMATS[bits])
    verdicts, failed = [], {}
    for claim in tqdm(claims()[::every], desc=bits, unit="claim"):
        options = {"convert": lambda array: to(array, on, dtype), "slack": claim.roundoffs * unit}
        try:
            with tf32(bits == "TF32"):
                verdicts.append(verify(claim, **options))
        except Exception as stopped:
            failed[claim.label] = f"{type(stopped).__name__}: {stopped}"
    failed |= {each.claim.label: each.summary() for each in verdicts if each.status == "fails"}
    holding = [each for each in verdicts if each.status == "holds"]
    asked = [(each.claim.label, finding) for each in holding for finding in each.findings]
    found = [(f.error / f.oracle.bound, f.error, name) for name, f in asked if f.error is not None]
    share, error, label = max(found, default=(0.0, 0.0, ""))
    return {
        bits: {
            "hold": len(holding),
            "skipped": sum(each.status == "skipped" for each in verdicts),
            "fail": failed,
            "closest": {"claim": label, "error": error, "of its bound": share},
        }
    }


def peak(function: Callable[[], Any], on: str) -> float:
    """Give the megabytes that a call takes at most beyond what is there; 0 on a CPU, uncounted."""
    function()  # makes what stays, such as an optimizer's memory
    if on == "cpu":
        return 0.0
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    function()
    return round((torch.cuda.max_memory_allocated() - before) / 1e6, 1)


def memory(on: str, size: dict[str, int]) -> dict[str, float]:
    """Give the peak memory of a step of each network, and of both convolutions by layer."""
    found = {
        f"{name}, step": peak(tasks(*to(make(size), on))["step"], on)
        for name, make in NETWORKS.items()
    }
    for name in LAYERS:
        for way, function in convolutions(name, on, size).items():
            found[f"{name}, {way}"] = peak(function, on)
    return found


def convolutions(name: str, on: str, size: dict[str, int]) -> dict[str, Callable[[], Any]]:
    """Give PyTorch's convolution of a layer, and im2col, on the same arrays."""
    c, side, o, k, stride, padding = LAYERS[name]
    rng = np.random.default_rng(0)
    shapes = (size["images"], c, side, side), (o, c, k, k)
    x, w = to([rng.standard_normal(shape) for shape in shapes], on, "float32")
    theirs: Callable[..., Any] = torch.nn.functional.conv2d
    return {
        "PyTorch": partial(theirs, x, w, stride=stride, padding=padding),
        "im2col": partial(conv2d, x, w, method="im2col", stride=stride, padding=padding),
    }


def against_cudnn(
    bits: str, on: str, rounds: int, size: dict[str, int]
) -> dict[str, dict[str, Any]]:
    """Give the time of im2col over that of PyTorch's convolution, and what both must move."""
    found: dict[str, dict[str, Any]] = {}
    n = size["images"]
    for name, (c, side, o, k, stride, padding) in LAYERS.items():
        with tf32(bits == "TF32"):
            times = measure(convolutions(name, on, size), rounds, device=on)
        geometry = Geometry.of((side, side), kernel_size=k, stride=stride, padding=padding)
        megabytes = im2col_traffic(geometry, c, o, n) / 1e6
        columns = 4 * n * c * side**2 * column_growth(geometry) / 1e6
        medians = {name: statistics.median(seconds) for name, seconds in times.items()}
        row = f"{name}, TF32" if bits == "TF32" else name
        found[row] = ratio(times["PyTorch"], times["im2col"]) | {
            "milliseconds": {name: round(1e3 * median, 4) for name, median in medians.items()},
            "megabytes by im2col": megabytes,
            "megabytes, each once": megabytes - 2 * columns,
            "gigaoperations": 2e-9 * n * o * loop_operations(geometry, c)[0],
        }
    return found


def compiled(on: str, rounds: int, size: dict[str, int]) -> dict[str, dict[str, float]]:
    """Give the time of GELU as written over that of the same function compiled."""
    x = torch.randn(size["numbers"], device=on)
    # without a GPU there may be no compiler, either
    fused = torch.compile(GELU(), backend="eager" if on == "cpu" else "inductor")
    times = measure({"compiled": lambda: fused(x), "eager": lambda: GELU()(x)}, rounds, device=on)
    millions = size["numbers"] / 1e6
    return {f"GELU of {millions:.1f} million numbers": ratio(times["compiled"], times["eager"])}


def formats(on: str, rounds: int, size: dict[str, int]) -> dict[str, dict[str, float]]:
    """Give the time of a product in float32 over that with fewer bits, and the errors of both."""
    shape = 2 * (size["width"],)
    a, b = (torch.randn(shape, device=on, dtype=torch.float64) for _ in range(2))
    exact = a @ b

    def product(name: str) -> torch.Tensor:
        dtype = torch.bfloat16 if name == "bfloat16" else torch.float32
        with tf32(name == "TF32"):
            return operands[dtype][0] @ operands[dtype][1]

    operands = {dtype: (a.to(dtype), b.to(dtype)) for dtype in (torch.float32, torch.bfloat16)}
    names = ("float32", "TF32", "bfloat16")
    times = measure({name: partial(product, name) for name in names}, rounds, device=on)
    errors = {
        name: float((product(name) - exact).abs().max() / exact.abs().max()) for name in names
    }
    return {
        name: ratio(times[name], times["float32"]) | {"error": float(f"{errors[name]:.1e}")}
        for name in names
    }


def bandwidth(on: str, size: dict[str, int]) -> dict[str, float]:
    """Give the bytes a second that a copy reads and writes."""
    source = torch.zeros(size["copied"], device=on)
    target = torch.empty_like(source)
    return {"copy": 2 * source.nbytes / seconds(lambda: target.copy_(source), on)}


def parts(on: str, rounds: int, size: dict[str, int]) -> list[tuple[str, Callable[[], dict]]]:
    """Give what is measured, the most wanted first: a key of the record, and what adds to it."""
    every = 30 if on == "cpu" else 1
    return [
        *(("claims", partial(held, bits, on, every)) for bits in FORMATS),
        *(("ratios", partial(against_cpu, name, on, rounds, size)) for name in NETWORKS),
        ("im2col over PyTorch", partial(against_cudnn, "float32", on, rounds, size)),
        ("im2col over PyTorch", partial(against_cudnn, "TF32", on, rounds, size)),
        ("peak memory", partial(memory, on, size)),
        ("float32 over", partial(formats, on, rounds, size)),
        ("eager over compiled", partial(compiled, on, rounds, size)),
        ("bandwidth", partial(bandwidth, on, size)),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=31, help="how often each is timed")
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    options = parser.parse_args()
    on, rounds = options.device, options.rounds
    if on == "cuda" and not torch.cuda.is_available():
        print("gpu: no CUDA device here, so nothing was measured and nothing written")
        sys.exit()  # no failure: `make bench` goes on
    size = SMALL if on == "cpu" else FULL
    with tf32(False):
        found = run(parts(on, rounds, size), LIMIT)
    record = {
        "title": "On a GPU",
        "what": f"float32, batches of {size['batch']}; NumPy on the CPU",
        "page": "scaling/device",
        "baseline": "the same on the GPU",
        **found,
        "CPU threads": max(pool["num_threads"] for pool in threadpool_info()),
        "rounds": rounds,
    }
    if on == "cpu":
        print(json.dumps(record))
    else:
        record["device"] = torch.cuda.get_device_name()
        write("gpu", record, ("chainrule", "numpy", "torch"))
