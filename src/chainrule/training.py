"""Training: the five steps of figure 1.1, and checkpoints (section 1.1)."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from array_api_compat import device

from .arrays import (
    Array,
    detached,
    floating,
    kind,
    library,
    plain,
    same_library,
    same_shape,
    with_numbers,
)
from .arrays.settings import count, generator
from .checkpoint import load, save
from .losses.core import value_and_gradient
from .network import Network
from .opened import opened
from .optimizers import Optimizer
from .waiting import bar

__all__ = ["History", "accuracy", "batches", "fit", "load", "save"]


@dataclass
class History:
    """What `fit` measured, a number per epoch.

    Attributes
    ----------
    loss : list of float
        The mean of the loss over the epoch's batches, each weighted by its size, as they were
        met: the early batches with the parameters of early in the epoch.
    validation_loss : list of float
        The loss on the validation data after the epoch; empty without validation data.
    validation_accuracy : list of float
        The share of the validation samples classified right, between 0 and 1; empty without
        validation data, or where the targets are not classes or the outputs not their scores.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)


def batches(n: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Shuffle the numbers 0 … n − 1 and hand them out, `batch_size` at a time.

    Parameters
    ----------
    n, batch_size : int
        How many samples there are, and how many make a batch; the last batch may be smaller.
    rng : numpy.random.Generator
        Where the order comes from.

    Yields
    ------
    array of int

    Raises
    ------
    ValueError
        If `batch_size` is not at least 1.

    Examples
    --------
    >>> import numpy as np
    >>> [len(batch) for batch in batches(7, 3, np.random.default_rng(0))]
    [3, 3, 1]
    """
    batch_size = count.read(batch_size, "batch_size")
    generator.read(rng)
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


def fit(
    network: Network,
    loss: Any,
    optimizer: Optimizer,
    x: Array,
    y: Array,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    validation: tuple[Array, Array] | None = None,
    on_gradients: Callable[[list[Array]], list[Array] | None] | None = None,
    batches: Callable[[int, int, np.random.Generator], Iterator[np.ndarray]] = batches,
    progress: bool = True,
) -> History:
    """Train a network: the five steps of figure 1.1, batch after batch.

    Parameters
    ----------
    network : Network
        Its parameters are updated in place.
    loss : loss
    optimizer : Optimizer
    x, y : array, shape (N, …)
        The inputs and the targets, a sample per row.
    epochs, batch_size : int
        How many times the data is gone through, and by how many samples at a time.
    rng : numpy.random.Generator
        Where the order of the samples comes from.
    validation : pair of arrays, optional
        Inputs and targets to measure on after every epoch.
    on_gradients : function, optional
        Gets the list of gradients before the update; what it returns, if anything, replaces them.
    batches : function
        What cuts an epoch into batches, called like `batches`.
    progress : bool

    Returns
    -------
    History

    Raises
    ------
    ValueError
        If the data is empty, does not fit together, or holds NaN or infinity, `epochs` or
        `batch_size` is less than 1, or the loss does not reduce to a number; the network is
        untouched then. Also if a class is out of range, which is found in its batch.
    TypeError
        If the data is not arrays of numbers, of the library that the network's parameters are of,
        or is of a wider dtype than these. The network is untouched then.
    FloatingPointError
        If the loss of a batch is NaN or infinite. The parameters are those of before that batch;
        they are finite, unless an update before it overflowed. After the last update nothing is
        checked: a loss on validation data shows it.

    Examples
    --------
    >>> import numpy as np
    >>> from chainrule.losses import MSE
    >>> from chainrule.network import Linear
    >>> from chainrule.optimizers import SGD
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((100, 1))
    >>> net = Network([Linear(1, 1, rng=rng)])
    >>> history = fit(net, MSE(), SGD(lr=0.1), x, 3 * x + 1, epochs=20,
    ...               batch_size=10, rng=rng, progress=False)
    >>> net.parameters[0].round(3), net.parameters[1].round(3)
    (array([[3.]]), array([1.]))
    """
    x, y = _data(network, x, y, "x", "y")
    _require_dtypes(network, x, y)
    epochs = count.read(epochs, "epochs")
    if getattr(loss, "reduction", "mean") == "none":
        raise ValueError("loss: expected one that reduces to a number, got reduction='none'")
    if validation is not None:
        if (n := len(validation)) != 2:
            raise ValueError(f"validation: expected a pair (x, y), got {n} things")
        validation = _data(network, *validation, "validation[0]", "validation[1]")
        _measure(History(), network, loss, *validation)  # what does not fit is refused here

    change = on_gradients or (lambda gradients: gradients)
    parts = opened(network, loss, optimizer, batches, change)
    history = History()
    for epoch in (shown := bar(range(epochs), unit="epoch", disable=not progress)):
        total, seen = 0.0, 0
        for value, size in five_steps(*parts, x, y, batches(len(x), batch_size, rng), change):
            if not math.isfinite(value := float(value)):  # before the step that it would spoil
                raise FloatingPointError(
                    f"the loss became {value} in epoch {epoch + 1}; the parameters are those of "
                    "before that batch. A smaller learning rate usually helps."
                )
            total, seen = total + value * size, seen + size
        history.loss.append(total / seen)
        if validation is not None:
            _measure(history, network, loss, *validation)
        latest = {name: f"{values[-1]:.3f}" for name, values in vars(history).items() if values}
        shown.set_postfix(latest, refresh=False)
    return history


def five_steps(network, loss, optimizer, x, y, batches, on_gradients):
    """Do the five steps of figure 1.1 with every batch; yield its loss and its size."""
    for batch in batches:
        inputs, targets = rows(x, batch), rows(y, batch)  # 1. load data
        trace = network.forward(inputs)  # 2. feedforward
        value, upstream = value_and_gradient(loss, trace.output, targets)
        yield value, len(batch)  # 3. compute the loss
        found = network.backward(trace, upstream).parameters  # 4. backward
        gradients = on_gradients(found) or found
        optimizer.step(network.parameters, gradients)  # 5. gradient descent


def accuracy(network: Network, x: Array, y: Array) -> float:
    """Give the share of samples whose largest output is at their class.

    Parameters
    ----------
    network : Network
    x : array, shape (N, …)
    y : array of int, shape (N,)

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If there is no sample, the network does not give a row of outputs for each, or y is not one
        class for each.

    Examples
    --------
    >>> from chainrule.activations import ReLU
    >>> accuracy(Network([ReLU()]), [[0.0, 1.0], [2.0, 1.0]], [1, 1])
    0.5
    """
    output = network(x)
    if output.ndim != 2 or output.shape[0] == 0:
        raise ValueError(
            f"network: expected outputs of shape (N, K) for at least one sample, got "
            f"{tuple(output.shape)}"
        )
    return _share_right(output, y)


def _share_right(output: Array, y: Array) -> float:
    xp = library(output)
    y = _plain(y if hasattr(y, "dtype") else xp.asarray(y, device=device(output)), "y")
    same_library(with_numbers(y, "y"), output, "y")
    same_shape(y, output.shape[:1], "y", "one class per sample")
    return int(xp.count_nonzero(xp.argmax(output, axis=1) == y)) / len(y)


def _measure(history: History, network: Network, loss: Any, x: Array, y: Array) -> None:
    output = network(x)
    history.validation_loss.append(float(loss(output, y)))
    if output.ndim == 2 and y.ndim == 1 and getattr(loss, "of_scores", True):
        history.validation_accuracy.append(_share_right(output, y))


def rows(array: Array, batch: np.ndarray) -> Array:
    """Give the rows of a batch, in the array's own library and on its device."""
    if isinstance(array, np.ndarray):
        return array.take(batch, axis=0)
    xp = library(array)
    return xp.take(array, xp.asarray(batch, device=device(array)), axis=0)


def _data(network: Network, x: Array, y: Array, x_name: str, y_name: str) -> tuple[Array, Array]:
    """Give the data as arrays whose rows can be taken; refuse what cannot be trained on."""
    x, y = _plain(x, x_name), _plain(y, y_name)
    for name, array in ((x_name, x), (y_name, y)):
        same_library(array, (*network.parameters, x)[0], name)
    if x.ndim < 1 or x.shape[0] == 0:
        raise ValueError(f"{x_name}: expected at least one sample, got shape {tuple(x.shape)}")
    if y.ndim < 1 or y.shape[0] != x.shape[0]:
        raise ValueError(
            f"{y_name}: expected {x.shape[0]} targets (one per row of {x_name}), "
            f"got shape {tuple(y.shape)}"
        )
    for name, array in ((x_name, x), (y_name, y)):
        xp = library(array)
        if not bool(xp.all(xp.isfinite(with_numbers(array, name)))):
            raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
    return x, y


def _plain(array: Array, name: str) -> Array:
    """Give an array of real numbers; of tensors, whole ones of a kind that can be compared."""
    if not hasattr(array, "dtype"):
        raise TypeError(f"{name}: expected an array, got {type(array).__name__}")
    array = detached(plain(array, name))
    if kind(array) == "other":
        raise TypeError(f"{name}: expected real numbers, got an array of {array.dtype}")
    if kind(array) == "integral" and not isinstance(array, np.ndarray):
        xp = library(array)
        return xp.astype(array, xp.int64, copy=False)
    return array


def _require_dtypes(network: Network, x: Array, y: Array) -> None:
    """Refuse data that would give gradients of a wider dtype than the parameters have."""
    for parameter in network.parameters[:1]:
        xp, own = library(parameter), parameter.dtype
        # of integers, y holds classes, or targets that take the dtype of the outputs
        arrays = {"x": x} if kind(y) == "integral" else {"x": x, "y": y}
        for name, array in arrays.items():
            _, numbers = floating(array[:1])
            if xp.result_type(numbers.dtype, own) != own:
                raise TypeError(
                    f"{name}: expected dtype {own} (that of the network's parameters), "
                    f"got {array.dtype}"
                )
