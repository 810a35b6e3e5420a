"""Doors that stay open: the five steps of a training by the rules alone.

A door looks at every array that it lets in. In a run of `training.fit` that only the book's own
code takes part in, batches of one shape differ in their numbers alone. So the first batch of each
shape goes through the doors, and those after it go by the rules behind them. What depends on
numbers is looked at in every batch: whether targets are classes or lie between 0 and 1, whether
there is something to take a mean of, and whether the loss is finite.

With a layer, a loss or an optimizer that is not the book's or of which a method was replaced, or a
function of others that cuts the batches or sees the gradients, every door stays as it is; so it
does where an array of parameters stands in several places. Else these doors stay: those of a loss
that is not of classes or entries, those of an optimizer that remembers more than its steps or that
cuts its parameters into blocks, and those of a network for tensors, for numbers of 16 bits and for
inputs of another dtype than its own.
"""

from operator import is_
from types import FunctionType, MethodType
from typing import Any

from .activations.core import AlongAxis, Elementwise
from .arrays import Array
from .arrays.rules import alike
from .layers import Layer, Weighted
from .losses.core import ClassLoss, EntryLoss, Loss, value_and_gradient
from .network import Gradients, Network, Trace
from .optimizers import Optimizer

__all__: list[str] = []


class OpenNetwork:
    """A network in a run."""

    def __init__(self, network: Network):
        self.network = network
        self.parameters = network.parameters
        self._fits, self._shapes = False, set[tuple[int, ...]]()
        self._values = [_behind(layer, "__call__") for layer in network.layers]
        own = [k for k, parameters in enumerate(network._own()) if parameters is not None]
        self._way_back = [
            (
                k,
                _behind(layer, "parameter_vjp") if k in own else None,
                _behind(layer, "vjp") if k > own[0] else None,  # no more errors than have a use
            )
            for k, layer in reversed([*enumerate(network.layers)])
            if k >= own[0]
        ]

    def forward(self, x: Array) -> Trace:
        """Do as `Network.forward`."""
        if x.shape not in self._shapes:
            self._fits = alike(x, *self.parameters)
            return self.network.forward(x)
        inputs = [x]
        for value in self._values:
            inputs.append(value(inputs[-1]))
        return Trace(inputs, inputs.pop())

    def backward(self, trace: Trace, delta: Array) -> Gradients:
        """Do as `Network.backward`."""
        shape = trace.inputs[0].shape
        if shape not in self._shapes:
            if self._fits:
                self._shapes.add(shape)
            return self.network.backward(trace, delta)
        found: list[Array] = []
        for k, parameters_back, back in self._way_back:
            a = trace.inputs[k]
            if parameters_back:
                found[:0] = parameters_back(a, delta)
            if back:
                delta = back(a, delta)
        return Gradients(found)


class OpenLoss:
    """A loss in a run."""

    def __init__(self, loss: Loss):
        self.loss = loss
        self._shapes: set[tuple[int, ...]] = set()

    def both_at_once(self, prediction: Array, target: Array) -> tuple[Array, Array]:
        """Give the loss and its gradient."""
        loss = self.loss
        if prediction.shape not in self._shapes:
            fitting = loss._fitting(prediction, target)
            if alike(prediction) and all(map(is_, fitting, (prediction, target))):
                self._shapes.add(prediction.shape)
            return value_and_gradient(loss, prediction, target)
        arrays, count = loss._arrays(prediction, target)
        losses, slopes = loss._losses(*arrays), loss._slopes(arrays, count, None, prediction)
        return loss._reduce(losses, count), slopes


class OpenOptimizer:
    """An optimizer in a run, which remembers nothing from step to step but how many there were."""

    def __init__(self, optimizer: Optimizer):
        self.optimizer = optimizer
        self._memory = optimizer.start().values()
        self._known = False

    def step(self, parameters: list[Array], gradients: list[Array]) -> None:
        """Do as `Optimizer.step`."""
        optimizer = self.optimizer
        if not self._known:
            optimizer.step(parameters, gradients)
            fit = alike(*parameters) and optimizer._seen.fit(parameters, gradients)
            self._known = fit and optimizer._layout.small  # type: ignore[union-attr]
            return
        before = optimizer.counters()
        optimizer.advance()
        rule = optimizer._decayed_rule()
        try:
            results = [
                rule(w, g, *self._memory)[0] for w, g in zip(parameters, gradients, strict=True)
            ]
            for w, new in zip(parameters, results, strict=True):
                w[...] = new
        except BaseException:
            vars(optimizer).update(before)
            raise


def opened(network: Network, loss: Any, optimizer: Any, *others: Any) -> tuple[Any, Any, Any]:
    """Give these three with their doors open; as they are if others' code takes part."""
    closed = network, loss, optimizer
    if type(network) is not Network or not all(map(_of_the_book, (*closed, *others))):
        return closed
    if not all(isinstance(layer, LAYERS) and _of_the_book(layer) for layer in network.layers):
        return closed
    places = [p for own in network._own() for p in own or ()]
    if not len(places) == len(network.parameters) > 0:  # some have gradients that are added up
        return closed
    return (
        OpenNetwork(network),
        OpenLoss(loss) if isinstance(loss, (ClassLoss, EntryLoss)) else loss,
        optimizer if optimizer._remembers() else OpenOptimizer(optimizer),
    )


def _of_the_book(part: Any) -> bool:
    """Say whether a function, or a thing with all its methods, is the book's."""
    if isinstance(part, FunctionType):
        home = part.__globals__["__name__"]  # where its code is, whatever it is a copy of
        return home.partition(".")[0] in (__package__, "dataclasses")
    if isinstance(part, MethodType):
        return _of_the_book(part.__func__) and _of_the_book(part.__self__)
    if type(part).__module__.partition(".")[0] != __package__:
        return False
    methods = [each for cls in type(part).__mro__ for each in vars(cls).values()]
    replaced = any(map(callable, vars(part).values()))
    return not replaced and all(_of_the_book(f) for f in methods if isinstance(f, FunctionType))


def _behind(layer: Any, door: str) -> Any:
    """Give the rule behind a layer's door, or the door itself where it does more."""
    rule = RULES.get(getattr(type(layer), door))
    return getattr(layer, rule or door)


LAYERS = (Layer, Elementwise, AlongAxis)
RULES: dict[Any, str] = {
    Elementwise.__call__: "value",
    Elementwise.vjp: "back",
    Layer.__call__: "value",
    Layer.vjp: "back",
    Weighted.parameter_vjp: "parameters_back",
}
