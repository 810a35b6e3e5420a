"""The claims of section 2.2: pooling."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .. import convolution
from ..oracles import complex_step
from .convolution import twins
from .convolution.cases import NONE, ONE
from .core import Claim, Oracle
from .oracles import EXACT, loops_oracle, torch_oracle, torch_vjp

POOLS = (
    ((4, 6), (2, 2), (2, 2), NONE),
    ((5, 7), (3, 2), (2, 1), (1, 1)),
    ((5, 5), (3, 3), (1, 2), (1, 0)),
)


def _pools(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield images of a few numbers, so that some are equal, all below 0, and a window."""
    for size, *rest in POOLS:
        yield rng.integers(-4, -1, (2, 2, *size)).astype(float), *rest


def _pools_and_errors(rng: np.random.Generator) -> Iterator[tuple]:
    for x, kernel, stride, padding in _pools(rng):
        outputs = twins.counted_outputs(x.shape[2:], kernel, stride, padding, ONE)
        yield x, rng.standard_normal((2, 2, *outputs)), kernel, stride, padding


def _layer(kind: type, kernel: Any, stride: Any, padding: Any) -> Any:
    return kind(kernel, stride=stride, padding=padding)


def _pool_claims(
    kind: str,
    labels: tuple[str, str],
    name: str,
    value: tuple[Oracle, Oracle],
    gradient: tuple[Oracle, Oracle],
    mistakes: tuple[str, str],
    saboteurs: tuple[Callable, Callable],
) -> tuple[Claim, Claim]:
    """Give the two claims of a pooling layer; PyTorch is the third oracle of each."""
    layer, torch_name = getattr(convolution, kind), kind.lower().replace("pool2d", "_pool2d")

    def by_torch(torch: Any, x: Any, *rest: Any) -> Any:
        return getattr(torch.nn.functional, torch_name)(x, *rest)

    return (
        Claim(
            label=labels[0],
            title=name,
            code=f"convolution.{kind}",
            implementation=lambda x, *rest: _layer(layer, *rest)(x),
            cases=_pools,
            oracles=(
                *value,
                torch_oracle(f"torch.nn.functional.{torch_name}", by_torch),
            ),
            saboteur=saboteurs[0],
            mistake=mistakes[0],
        ),
        Claim(
            label=labels[1],
            title=f"the gradient of {name}",
            code=f"convolution.{kind}.vjp",
            implementation=lambda x, delta, *rest: _layer(layer, *rest).vjp(x, delta),
            cases=_pools_and_errors,
            oracles=(*gradient, torch_vjp(by_torch, upstream=True)),
            saboteur=saboteurs[1],
            mistake=mistakes[1],
        ),
    )


def _largest_of_sliding(outside: float) -> Callable:
    return lambda x, *rest: twins.sliding(x, *rest, outside=outside).max((4, 5))


def _mean_loops(x: Any, kernel: Any, *rest: Any) -> Any:
    return twins.pool(lambda numbers: sum(numbers) / (kernel[0] * kernel[1]), x, kernel, *rest)


def _scipy_mean(x: Any, kernel: Any, stride: Any, padding: Any) -> Any:
    """Give the correlations of each channel with a kernel of equal numbers."""
    one = np.full((1, 1, *kernel), 1 / (kernel[0] * kernel[1]))
    channels = x.reshape(-1, 1, *x.shape[2:])
    found = twins.scipy_convolve(channels, one, None, stride, padding)
    return found.reshape(*x.shape[:2], *found.shape[2:])


def _mean_step(x: Any, delta: Any, *rest: Any) -> Any:
    return complex_step(lambda changed: np.sum(_mean_loops(changed, *rest) * delta), x)


CLAIMS = (
    *_pool_claims(
        "MaxPool2d",
        ("2.2a", "2.2b"),
        "max-pooling",
        (
            loops_oracle(lambda *case: twins.pool(twins.largest, *case)),
            Oracle("NumPy's sliding windows", _largest_of_sliding(-np.inf), EXACT),
        ),
        (
            loops_oracle(twins.to_the_largest),
            Oracle("numpy.argmax of sliding windows", twins.sliding_argmax, EXACT),
        ),
        ("zeros outside the image", "the last of equals"),
        (_largest_of_sliding(0.0), lambda *case: twins.to_the_largest(*case, last=True)),
    ),
    *_pool_claims(
        "AvgPool2d",
        ("2.2c", "2.2d"),
        "mean pooling",
        (loops_oracle(_mean_loops), Oracle("scipy.signal.correlate2d", _scipy_mean, EXACT)),
        (loops_oracle(twins.to_all), Oracle("complex step of the loops", _mean_step, EXACT)),
        ("zeros outside the image not counted", "δ in full to every pixel"),
        (
            lambda *case: twins.pool(np.mean, *case),
            lambda x, delta, kernel, *rest: (
                twins.to_all(x, delta, kernel, *rest) * kernel[0] * kernel[1]
            ),
        ),
    ),
)
