"""The claims about whole graphs: their gradients, once and twice (1.6.1a and 1.6.5a)."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import add, matmul, mul, sub
from typing import Any

import numpy as np

from ...activations import Tanh
from ...oracles import autograd, central_difference, complex_step
from ...tape import Node, apply, gradients
from ..core import Claim, Oracle

# A graph is a program: a list of steps, each with an operation and the numbers of the two values
# that it is applied to, the leaves first. One that takes a single value ignores the second.
Step = tuple[str, int, int]

OPERATIONS: dict[str, Callable] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": lambda a, b: a / (b * b + 2.0),
    "@": matmul,
    "T": lambda a, b: a.T,
    "sum": lambda a, b: a.sum(0),
    "mean": lambda a, b: a.sum() / 4.0,
}
SHAPES = ((3, 3), (3, 3), (3,), (3, 1), (1, 1))


def run(program: Sequence[Step], leaves: Sequence[Any], tanh: Callable) -> Any:
    """Run a program on arrays of any kind, or on nodes; the cost is the sum of all it computes."""
    values = [*leaves]
    for name, i, j in program:
        values.append(tanh(values[i]) if name == "tanh" else OPERATIONS[name](values[i], values[j]))
    return sum(value.sum() for value in values[len(leaves) :])


def random_program(
    rng: np.random.Generator, leaves: Sequence[np.ndarray], length: int, names: Sequence[str]
) -> list[Step]:
    """Give a program of such operations whose numbers stay small; recent values are used most."""
    program: list[Step] = []
    values = [*leaves]
    while len(program) < length:
        i, j = np.maximum(len(values) - rng.geometric(0.3, 2), 0).tolist()
        name = str(rng.choice(names))
        square = [values[k].shape == (3, 3) for k in (i, j)]
        if (name == "@" and not all(square)) or (name in ("T", "sum") and not square[0]):
            continue
        value = np.tanh(values[i]) if name == "tanh" else OPERATIONS[name](values[i], values[j])
        if np.abs(value).max() < 8:
            program.append((name, i, j))
            values.append(np.asarray(value))
    return program


def graph_cases(
    rng: np.random.Generator,
    names: Sequence[str] = (*OPERATIONS, "tanh"),
    lengths: Sequence[int] = (1, 2, 3, 5, 8, 13, 20, 30),
) -> Iterator[tuple]:
    """Yield random graphs of up to 30 operations: a program, and its leaves."""
    for length in lengths:
        leaves = [rng.uniform(-1, 1, shape) for shape in SHAPES]
        yield random_program(rng, leaves, length, names), *leaves


def tape_gradients(program: Sequence[Step], *leaves: Any) -> list:
    """Give the package's gradients of a program's cost in its leaves."""
    nodes = [Node(leaf) for leaf in leaves]
    cost = run(program, nodes, lambda x: apply(Tanh(), x))
    return [g.value for g in gradients(cost, nodes)]


def _torch_gradients(program: Sequence[Step], *leaves: Any) -> list:
    import torch

    return autograd(lambda *x: run(program, x, torch.tanh) + 0 * sum(a.sum() for a in x), leaves)


def _stepped(program: Sequence[Step], *leaves: Any) -> list:
    """Differentiate leaf by leaf, by a step in the imaginary direction."""

    def cost(k: int) -> Callable:
        return lambda x: run(program, [*leaves[:k], x, *leaves[k + 1 :]], np.tanh)

    return [complex_step(cost(k), leaf) for k, leaf in enumerate(leaves)]


def _last_use_only(program: Sequence[Step], *leaves: Any) -> list:
    """Do as the tape, but let the last use of a value decide, where the uses have to be added."""
    nodes = [Node(leaf) for leaf in leaves]
    total = {run(program, nodes, lambda x: apply(Tanh(), x)): Node(1.0)}
    waiting = [*total]
    while waiting:
        node = waiting.pop()
        for made_of, back in node.arrows:
            total[made_of] = back(total[node])
            waiting.append(made_of)
    return [(total[x] if x in total else 0 * x).value for x in nodes]


ALONG_ARROWS = Claim(
    label="1.6.1a",
    title="gradients along the arrows of a graph",
    code="tape.gradients",
    implementation=tape_gradients,
    cases=graph_cases,
    oracles=(
        Oracle("torch.autograd", _torch_gradients, 1e-10, needs="torch"),
        Oracle("complex step, leaf by leaf", _stepped, 1e-12),
    ),
    saboteur=_last_use_only,
    mistake="the last use of a value in the place of the sum of all",
    roundoffs=64,
)


def _along(program: Sequence[Step], leaves: Sequence[Any], directions: Sequence[Any]) -> list:
    """Give H v: the gradient of how fast the cost changes in the direction v."""
    nodes = [Node(leaf) for leaf in leaves]
    first = gradients(run(program, nodes, not_there), nodes)
    slope = sum((g * v).sum() for g, v in zip(first, directions, strict=True))
    return [g.value for g in gradients(slope, nodes)]


def not_there(x: Any) -> Any:
    """Stand for tanh in programs without it."""
    raise AssertionError("no program here has a tanh")


def _twice_in_torch(program, leaves, directions) -> list:
    import torch

    x, v = ([torch.tensor(array) for array in arrays] for arrays in (leaves, directions))
    x = [leaf.requires_grad_() for leaf in x]
    # every leaf plays a part in both derivatives, if only times 0
    cost = run(program, x, not_there) + 0 * sum((leaf**3).sum() for leaf in x)
    first = torch.autograd.grad(cost, x, create_graph=True)
    slope = torch.stack([(g * along).sum() for g, along in zip(first, v, strict=True)]).sum()
    return [h.numpy() for h in torch.autograd.grad(slope, x)]


def _stepped_and_differenced(program, leaves, directions) -> list:
    """Step from the leaves in the imaginary direction along v, and take differences of that."""

    def slope(k: int, x: np.ndarray) -> float:
        moved = [*leaves[:k], x, *leaves[k + 1 :]]
        ahead = [leaf + 1e-30j * v for leaf, v in zip(moved, directions, strict=True)]
        return run(program, ahead, not_there).imag / 1e-30

    return [central_difference(partial(slope, k), leaf) for k, leaf in enumerate(leaves)]


def _second_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for program, *leaves in graph_cases(rng, (*OPERATIONS, "*", "*"), (2, 3, 5, 8, 13, 20)):
        yield program, leaves, [rng.standard_normal(leaf.shape) for leaf in leaves]


TWICE = Claim(
    label="1.6.5a",
    title="the gradient of a gradient, along a direction",
    code="tape.gradients",
    implementation=_along,
    cases=_second_cases,
    oracles=(
        Oracle("torch.autograd, twice", _twice_in_torch, 1e-10, needs="torch"),
        Oracle("complex step, then central differences", _stepped_and_differenced, 1e-6),
    ),
    saboteur=lambda program, leaves, directions: [
        g * v for g, v in zip(tape_gradients(program, *leaves), directions, strict=True)
    ],
    mistake="the gradient times the direction, entry by entry",
    use="it is applied to a gradient that it gave",
    roundoffs=64,
)
