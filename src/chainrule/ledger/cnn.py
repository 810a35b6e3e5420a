"""The claims of section 2.2: pooling."""

from collections.abc import Callable, Iterator

import numpy as np

from .. import convolution
from ..oracles import complex_step
from .convolution import twins
from .convolution.cases import NONE, ONE, standing
from .core import Claim, Oracle
from .oracles import torch_oracle, torch_vjp

POOLS = (
    ((4, 6), (2, 2), (2, 2), NONE),
    ((5, 7), (3, 2), (2, 1), (1, 1)),
    ((5, 5), (3, 3), (1, 2), (1, 0)),
)


def pools(rng: np.random.Generator, windows: tuple = POOLS) -> Iterator[tuple]:
    """Yield images of a few numbers, so that some are equal, all below 0, and a window."""
    for size, *rest in windows:
        yield rng.integers(-4, -1, (2, 2, *size)).astype(float), *rest


def pools_and_errors(rng: np.random.Generator, windows: tuple = POOLS) -> Iterator[tuple]:
    """Yield the same with δ."""
    for x, kernel, stride, padding in pools(rng, windows):
        outputs = twins.counted_outputs(x.shape[2:], kernel, stride, padding, ONE)
        yield x, rng.standard_normal((2, 2, *outputs)), kernel, stride, padding


def _pool(kind: type) -> Callable:
    return lambda x, kernel, *how: kind(kernel, **standing(*how))(x)


def _pool_vjp(kind: type) -> Callable:
    return lambda x, delta, kernel, *how: kind(kernel, **standing(*how)).vjp(x, delta)


def _torch_pool(name: str) -> Callable:
    return lambda torch, x, *rest: getattr(torch.nn.functional, name)(x, *rest)


def _largest_of_sliding(outside: float) -> Callable:
    return lambda x, *rest: twins.sliding(x, *rest, outside=outside).max((4, 5))


def _mean_loops(x, kernel, *rest):
    return twins.pool(lambda numbers: sum(numbers) / (kernel[0] * kernel[1]), x, kernel, *rest)


def _scipy_mean(x, kernel, stride, padding):
    """Give the correlations of each channel with a kernel of equal numbers."""
    one = np.full((1, 1, *kernel), 1 / (kernel[0] * kernel[1]))
    channels = x.reshape(-1, 1, *x.shape[2:])
    found = twins.scipy_convolve(channels, one, None, stride, padding)
    return found.reshape(*x.shape[:2], *found.shape[2:])


def _mean_step(x, delta, *rest):
    return complex_step(lambda changed: np.sum(_mean_loops(changed, *rest) * delta), x)


CLAIMS = (
    Claim(
        label="2.2a",
        title="max-pooling",
        code="convolution.MaxPool2d",
        implementation=_pool(convolution.MaxPool2d),
        cases=pools,
        oracles=(
            Oracle("loops", lambda *case: twins.pool(max, *case)),
            Oracle("NumPy's sliding windows", _largest_of_sliding(-np.inf)),
            torch_oracle("torch.nn.functional.max_pool2d", _torch_pool("max_pool2d")),
        ),
        saboteur=_largest_of_sliding(0.0),
        mistake="zeros outside the image",
    ),
    Claim(
        label="2.2b",
        title="the gradient of max-pooling",
        code="convolution.MaxPool2d.vjp",
        implementation=_pool_vjp(convolution.MaxPool2d),
        cases=pools_and_errors,
        oracles=(
            Oracle("loops", twins.to_the_largest),
            Oracle("numpy.argmax of sliding windows", twins.sliding_argmax),
            torch_vjp(_torch_pool("max_pool2d"), upstream=True),
        ),
        saboteur=lambda *case: twins.to_the_largest(*case, last=True),
        mistake="the last of equals",
    ),
    Claim(
        label="2.2c",
        title="average pooling",
        code="convolution.AvgPool2d",
        implementation=_pool(convolution.AvgPool2d),
        cases=pools,
        oracles=(
            Oracle("loops", _mean_loops),
            Oracle("scipy.signal.correlate2d", _scipy_mean),
            torch_oracle("torch.nn.functional.avg_pool2d", _torch_pool("avg_pool2d")),
        ),
        saboteur=lambda *case: twins.pool(np.mean, *case),
        mistake="zeros outside the image not counted",
    ),
    Claim(
        label="2.2d",
        title="the gradient of average pooling",
        code="convolution.AvgPool2d.vjp",
        implementation=_pool_vjp(convolution.AvgPool2d),
        cases=pools_and_errors,
        oracles=(
            Oracle("loops", twins.to_all),
            Oracle("complex step of the loops", _mean_step),
            torch_vjp(_torch_pool("avg_pool2d"), upstream=True),
        ),
        saboteur=lambda x, delta, kernel, *rest: (
            twins.to_all(x, delta, kernel, *rest) * kernel[0] * kernel[1]
        ),
        mistake="δ in full to every pixel",
    ),
)
