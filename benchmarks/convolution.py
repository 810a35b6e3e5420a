"""Convolution: ours in NumPy against PyTorch's and against other ways, side by side in one run.

`conv2d` and its gradients over seven layers, from the first of a large network to small ones, in
32-bit floats: with one thread each, and with two. Each contender runs once, and is timed the next
time. With two threads it runs for some time before: until those of the one before, which wait
spinning, are asleep, and the system has found a processor for each of its own.
"""

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import geometric_mean, median
from typing import Any

import numpy as np
import torch
from _side_by_side import HOW, measure, ratio, rounds_from_command_line, threads_each, write
from threadpoolctl import ThreadpoolController
from torch.nn import functional

from chainrule.convolution import Geometry, conv2d, conv2d_fft, conv2d_vjp, intensity

WARM = 0.15  # seconds for which a contender with two threads runs before it is timed
WORKER, LIBRARIES = ThreadPoolExecutor(1), ThreadpoolController()
METHODS = ("tiled", "im2col", "winograd")
# N, C, side, O, kernel, stride, padding
LAYERS = {
    "3 → 64, 7 × 7": (8, 3, 224, 64, 7, 2, 3),
    "64 → 64": (8, 64, 56, 64, 3, 1, 1),
    "128 → 128": (8, 128, 28, 128, 3, 1, 1),
    "256 → 256": (8, 256, 14, 256, 3, 1, 1),
    "512 → 512": (8, 512, 7, 512, 3, 1, 1),
    "1 → 8, 64 images": (64, 1, 28, 8, 3, 1, 1),
    "8 → 16, 64 images": (64, 8, 14, 16, 3, 1, 1),
}
EVERY = slice(None)
KERNEL_SIZES = (1, 3, 5, 7, 9, 11, 15, 21, 31)


class Layer:
    """A layer with its data, in NumPy and in PyTorch."""

    def __init__(self, name: str):
        n, c, side, o, k, stride, padding = LAYERS[name]
        rng = np.random.default_rng(0)
        self.x = rng.standard_normal((n, c, side, side), "float32")
        self.weight = rng.standard_normal((o, c, k, k), "float32")
        self.bias = rng.standard_normal(o, "float32")
        self.where: dict[str, Any] = {"stride": stride, "padding": padding}
        self.methods = METHODS if (k, stride) == (3, 1) else METHODS[:2]
        self.geometry = Geometry.of((side, side), k, stride, padding)
        self.tensors = [torch.from_numpy(a) for a in (self.x, self.weight, self.bias)]
        self.upstream = rng.standard_normal((n, o, *self.geometry.output_size), "float32")
        self.products = n * self.upstream[0].size * c * k * k

    def forward(self) -> dict[str, Callable]:
        """Give the contenders for the outputs."""
        given = (self.x, self.weight, self.bias)
        return {
            "PyTorch": partial(functional.conv2d, *self.tensors, **self.where),
            "chainrule": lambda: conv2d(*given, **self.where),
            **{ours(m): partial(conv2d, *given, **self.where, method=m) for m in self.methods},
        }

    def others(self) -> dict[str, Callable]:
        """Give two more ways to the outputs."""
        return {"indices": self._indices, "unfold": self._unfold}

    def backward(self) -> dict[str, Callable]:
        """Give the contenders for the gradients of images, kernels and biases."""
        x, weight, _ = self.tensors
        upstream, (stride, padding) = torch.from_numpy(self.upstream), self.where.values()

        def of_pytorch() -> Any:
            return torch.ops.aten.convolution_backward(
                upstream, x, weight, [len(weight)], [stride] * 2, [padding] * 2, [1, 1], False,
                [0, 0], 1, [True] * 3,
            )  # fmt: skip

        given = (self.x, self.weight, self.upstream)
        return {
            "PyTorch": of_pytorch,
            "chainrule": lambda: conv2d_vjp(*given, **self.where),
            **{ours(m): partial(conv2d_vjp, *given, **self.where, method=m) for m in self.methods},
        }

    def in_halves(self, way: str) -> dict[str, Callable]:
        """Give tiles and Winograd's way with half of the work for each of two threads."""
        made = self._forward_in_halves if way == "forward" else self._backward_in_halves
        methods = [m for m in self.methods if m != "im2col"]
        return {f"{ours(m)} in halves": partial(made, m) for m in methods}

    def part(self, way: str, method: str, images: slice, kernels: slice = EVERY) -> Any:
        """Give our outputs for some images and kernels, or what these add to the gradients."""
        x, weight, how = self.x[images], self.weight[kernels], self.where | {"method": method}
        if way == "forward":
            return conv2d(x, weight, self.bias[kernels], **how)
        return conv2d_vjp(x, weight, self.upstream[images, kernels], **how)

    def _forward_in_halves(self, method: str) -> np.ndarray:
        """Cut the images in two or, where these are more numbers, the kernels."""
        y, of_kernels = np.empty_like(self.upstream), self.x.size < self.weight.size
        middle = y.shape[of_kernels] // 2

        def work(half: slice) -> None:
            part = (EVERY, half) if of_kernels else (half, EVERY)
            y[part] = self.part("forward", method, *part)

        in_two_threads(work, (slice(middle), slice(middle, None)))
        return y

    def _backward_in_halves(self, method: str) -> tuple[np.ndarray, ...]:
        """Take the gradient of the images, and those of kernels and biases."""
        given = self.x, self.weight, self.upstream

        def work(wrt: str | tuple[str, ...]) -> tuple[Any, ...]:
            return conv2d_vjp(*given, **self.where, method=method, wrt=wrt)

        (dx, *_), (_, *others) = in_two_threads(work, ("x", ("weight", "bias")))
        return dx, *others

    def _indices(self) -> np.ndarray:
        """Columns by arrays of indices, as in many tutorials, and one product for the batch."""
        (kh, kw), (oh, ow) = self.geometry.kernel_size, self.geometry.output_size
        (stride, padding), (n, c) = self.where.values(), self.x.shape[:2]
        around = ((0, 0), (0, 0), (padding, padding), (padding, padding))
        channels, i, j = (index.reshape(-1, 1) for index in np.indices((c, kh, kw)))
        u, v = (index.reshape(1, -1) for index in np.indices((oh, ow)))
        columns = np.pad(self.x, around)[:, channels, stride * u + i, stride * v + j]
        columns = columns.transpose(1, 2, 0).reshape(c * kh * kw, -1)
        y = self.weight.reshape(len(self.weight), -1) @ columns + self.bias[:, None]
        return y.reshape(-1, oh, ow, n).transpose(3, 0, 1, 2)

    def _unfold(self) -> torch.Tensor:
        """PyTorch's own im2col, and a product."""
        x, weight, bias = self.tensors
        columns = functional.unfold(x, weight.shape[2:], **self.where)
        y = weight.flatten(1) @ columns + bias[:, None]
        return y.unflatten(2, self.geometry.output_size)

    def loops_for_each_product(self) -> float:
        """Give the seconds that loops need for a product, tried on one row of few outputs."""
        x, weight = (
            self.x[:1, :, : self.weight.shape[2], : self.weight.shape[3] + 3],
            self.weight[:2],
        )
        seconds = measure({"loops": lambda: conv2d(x, weight, method="loops")}, 3)["loops"]
        return median(seconds) / (2 * 4 * weight[0].size)


def in_two_threads(work: Callable[[Any], Any], halves: tuple[Any, Any]) -> tuple[Any, Any]:
    """Do one half in this thread and one in another; products have no threads of their own."""
    with LIBRARIES.limit(limits=1):
        second = WORKER.submit(work, halves[1])
        return work(halves[0]), second.result()


def working_memory(call: Callable) -> float:
    """Give the MB of NumPy's arrays that a call needs at its most, without those it gives back."""
    call()
    tracemalloc.start()
    given = call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    arrays = given if isinstance(given, tuple) else (given,)
    return (peak - sum(array.nbytes for array in arrays)) / 1e6


def require_agreement(contenders: dict[str, Callable], name: str) -> None:
    """Check that all contenders give the same numbers: else their times compare nothing."""
    expected, *others = (call() for call in contenders.values())
    for found in others:
        pairs = (
            zip(found, expected, strict=True) if isinstance(found, tuple) else [(found, expected)]
        )
        for a, b in pairs:
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-4 * float(abs(b).max()), err_msg=name)


def ratios(seconds: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Give each contender's time over PyTorch's."""
    return {name: ratio(seconds["PyTorch"], s) for name, s in seconds.items() if name != "PyTorch"}


def ours(method: str) -> str:
    """Give the name of a contender."""
    return f"chainrule, {method}"


def of_layer(name: str, rounds: int) -> dict[str, Any]:
    """Give everything that is measured of a layer."""
    layer = Layer(name)
    found: dict[str, Any] = {"shape": LAYERS[name], "memory": {}}
    found["intensity"] = intensity(layer.geometry, *layer.weight.shape[1::-1])
    for way, contenders in (("forward", layer.forward()), ("backward", layer.backward())):
        others = layer.others() if way == "forward" else {}
        found["memory"][way] = {
            who: round(working_memory(call), 1)
            for who, call in contenders.items()
            if who.startswith("chainrule")
        }
        for threads, how in HOW.items():
            with threads_each(threads):
                entering = contenders | (others if threads == 1 else layer.in_halves(way))
                require_agreement(entering, name)
                seconds = measure(entering, rounds, warm=(threads - 1) * WARM)
            found.setdefault(how, {})[way] = ratios(seconds)
            if way == "forward":
                found[how]["operations_per_second"] = {
                    who: 2 * layer.products / median(times) for who, times in seconds.items()
                }
                if threads == 1:
                    loops = layer.loops_for_each_product() * layer.products
                    found["loops"] = loops / median(seconds[ours("tiled")])
    return found


def by_kernel_size(rounds: int) -> dict[str, list[float | None]]:
    """Give seconds by kernel size: 16 → 16 channels, one image of 64 × 64, padding "same"."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, 16, 64, 64), "float32")
    found: dict[str, list[float | None]] = {}
    for k in KERNEL_SIZES:
        weight = rng.standard_normal((16, 16, k, k), "float32")
        tensors: Any = torch.from_numpy(x), torch.from_numpy(weight)
        contenders: dict[str, Callable] = {
            "in tiles": lambda w=weight: conv2d(x, w, padding="same", method="tiled"),
            "Fourier": lambda w=weight: conv2d_fft(x, w, padding="same"),
            "PyTorch": partial(functional.conv2d, *tensors, padding="same"),
        }
        if k == 3:
            contenders["Winograd"] = lambda w=weight: conv2d(
                x, w, padding="same", method="winograd"
            )
        seconds = measure(contenders, rounds, warm=0)
        for name in ("in tiles", "Fourier", "Winograd", "PyTorch"):
            time = median(seconds[name]) if name in seconds else None
            found.setdefault(name, []).append(time)
    return found


def means(layers: dict[str, Any], how: str, way: str) -> dict[str, float]:
    """Give the geometric mean over the layers, by contender, and of our fastest for each layer.

    The fastest is that of single calls; another mean has the two halves among them, too.
    """
    found = [
        {who: ratio["median"] for who, ratio in layer[how][way].items()}
        for layer in layers.values()
    ]
    for medians in found:
        own = {who: each for who, each in medians.items() if who.startswith("chainrule")}
        medians["fastest"] = min(each for who, each in own.items() if "halves" not in who)
        medians["fastest, halves too"] = min(own.values())
    everywhere = set.intersection(*map(set, found))
    return {
        who: round(geometric_mean(medians[who] for medians in found), 3)
        for who in found[0]
        if who in everywhere
    }


if __name__ == "__main__":
    rounds = rounds_from_command_line(4)
    layers = {name: of_layer(name, rounds) for name in LAYERS}
    with threads_each(1):
        kernel_sizes = by_kernel_size(rounds)
    write(
        "convolution",
        {
            "title": "Convolution",
            "what": "conv2d over seven layers, float32",
            "baseline": "PyTorch",
            "ratios": {
                name: layer["one thread"]["forward"]["chainrule"] for name, layer in layers.items()
            },
            "means": {
                how: {way: means(layers, how, way) for way in ("forward", "backward")}
                for how in HOW.values()
            },
            "layers": layers,
            "kernel_sizes": [*KERNEL_SIZES],
            "seconds_by_kernel_size": kernel_sizes,
            "rounds": rounds,
            "device": "CPU",
        },
        ("chainrule", "numpy", "torch"),
    )
