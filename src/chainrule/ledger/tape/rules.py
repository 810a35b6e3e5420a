"""The claims about single operations (1.6.2a and 1.6.2b)."""

from typing import Any

import numpy as np

from ...oracles import autograd
from ...tape import Node, gradients
from ..core import CLOSE, Claim, Oracle
from ..oracles import torch_oracle


def _product(a: Any, b: Any, upstream: Any) -> list:
    nodes = Node(a), Node(b)
    return [g.value for g in gradients(nodes[0] @ nodes[1], nodes, upstream)]


def _torch_product(torch, a, b, upstream):
    return autograd(lambda *factors: torch.matmul(*factors), [a, b], upstream)


def _product_by_loops(a, b, g) -> list:
    n = range(3)
    return [
        [[sum(g[i, j] * b[k, j] for j in n) for k in n] for i in n],
        [[sum(a[i, k] * g[i, j] for i in n) for j in n] for k in n],
    ]


PRODUCT = Claim(
    label="1.6.2a",
    title="the gradients of a product of matrices",
    code="tape.nodes.matmul",
    implementation=_product,
    cases=lambda rng: (tuple(rng.standard_normal((3, 3, 3))) for _ in range(5)),
    oracles=(
        torch_oracle("torch.autograd", _torch_product, CLOSE),
        Oracle("loops", _product_by_loops, CLOSE),
    ),
    saboteur=lambda a, b, g: [g @ b, a @ g],
    mistake="neither factor transposed",
)


def _spread(a: Any, upstream: Any) -> Any:
    node = Node(a)
    return gradients(node + Node(0 * upstream), [node], upstream)[0].value


def _collected(a: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    """Add up what lies in all the places where broadcasting puts an entry."""
    places = np.broadcast_to(np.arange(a.size).reshape(a.shape), upstream.shape)
    return np.bincount(places.ravel(), upstream.ravel(), a.size).reshape(a.shape)


SPREADS = (((3,), (4, 3)), ((4, 1), (4, 3)), ((1,), (2, 3)), ((1, 3, 1), (2, 3, 4)), ((2,), (2,)))

SPREAD = Claim(
    label="1.6.2b",
    title="the gradient of what is broadcast",
    code="tape.nodes.spread",
    implementation=_spread,
    cases=lambda rng: (tuple(map(rng.standard_normal, shapes)) for shapes in SPREADS),
    oracles=(
        torch_oracle(
            "torch.autograd",
            lambda torch, a, g: autograd(lambda t: t.expand(g.shape), [a], g)[0],
            CLOSE,
        ),
        Oracle("by the places of the copies", _collected, CLOSE),
    ),
    saboteur=lambda a, g: _spread(a, g) * (np.size(a) / g.size),
    mistake="the mean over the copies in the place of their sum",
)
