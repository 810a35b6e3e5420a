"""How pooling is judged, and the wrong forms of it that are known."""

from typing import Any

import numpy as np

from ..convolution import AvgPool2d, MaxPool2d
from ..ledger.cnn import pools, pools_and_errors
from ..ledger.convolution.twins import NONE, ONE
from .calling import Call, single
from .convolution import STANDING, more, standing
from .core import Part, Subject
from .theirs import Option

# without padding, too, windows lie apart or over one another, and do not reach the edge; and
# where a stride cannot be given, windows of other sizes lie side by side
EVEN = (
    ((6, 4), (2, 2), (2, 2), NONE),
    ((7, 8), (3, 3), (2, 2), (1, 1)),
    ((8, 7), (3, 3), (2, 2), NONE),
    ((5, 7), (2, 2), (3, 3), NONE),
    ((4, 5), (3, 3), ONE, NONE),
    ((6, 9), (3, 3), (3, 3), NONE),
    ((7, 4), (3, 3), (3, 3), (1, 1)),
)
SIGN = "the sign of the gradient is wrong"


def _pool(x: Any, kernel: Any, *how: Any) -> Call:
    k = single(kernel)
    return Call((x,), (k,), standing(*how), standard={"stride": k})


def _pool_back(x: Any, delta: Any, kernel: Any, *how: Any) -> Call:
    k = single(kernel)
    return Call((x,), (k,), standing(*how), upstream=delta, standard={"stride": k})


def _summed(x: Any, k: Any, **how: Any) -> Any:
    return AvgPool2d(k, **how)(x) * np.prod(np.broadcast_to(k, 2))


def _pooled(name: str, kind: Any, other: Any, labels: tuple[str, str], value: tuple) -> Subject:
    """Give a way to pool, with another one as a wrong form."""
    return Subject(
        name,
        f"{name}(x, kernel_size, stride=kernel_size, padding=0)",
        (
            Part(
                more(labels[0], pools, EVEN),
                (_pool,),
                wrong=(
                    *value,
                    (
                        lambda x, k, stride, **how: kind(k, stride=1, **how)(x),
                        "the stride plays no part: it stays 1",
                    ),
                    (
                        lambda x, k, stride, **how: kind(k, stride=2, **how)(x),
                        "the stride stays 2: by itself, it is the size of the window",
                    ),
                ),
            ),
            Part(
                more(labels[1], pools_and_errors, EVEN),
                (_pool_back,),
                gradient=True,
                wrong=(
                    (lambda x, u, k, **how: other(k, **how).vjp(x, u), value[0][1]),
                    (lambda x, u, k, **how: -kind(k, **how).vjp(x, u), SIGN),
                    (
                        lambda x, u, k, **how: kind(k, **how).vjp(x, np.ones_like(u)),
                        "the upstream plays no part",
                    ),
                ),
            ),
        ),
        {
            **STANDING,
            "stride": Option(None, ("s",), here="kernel_size"),
        },  # where it is missing, it is the kernel's size,
    )


SUBJECTS = (
    _pooled(
        *("max_pool2d", MaxPool2d, AvgPool2d, ("2.2a", "2.2b")),
        value=(
            (lambda x, k, **how: AvgPool2d(k, **how)(x), "that is the mean, not the largest"),
            (lambda x, k, **how: -MaxPool2d(k, **how)(-x), "that is the smallest"),
        ),
    ),
    _pooled(
        *("avg_pool2d", AvgPool2d, MaxPool2d, ("2.2c", "2.2d")),
        value=(
            (lambda x, k, **how: MaxPool2d(k, **how)(x), "that is the largest, not the mean"),
            (_summed, "that is the sum: divide by the number of pixels of the window"),
        ),
    ),
)
