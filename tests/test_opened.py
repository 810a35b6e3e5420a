"""A training whose doors stay open ends where one ends that looks at every array."""

import copy
import functools

import numpy as np
import pytest

from chainrule import activations, layers, losses
from chainrule.activations import Maxout, ReLU, Softmax, Tanh
from chainrule.arrays import to_numpy
from chainrule.arrays.functions import tanh
from chainrule.convolution import AvgPool2d, Conv2d, Flatten, MaxPool2d
from chainrule.data_parallel import Replica
from chainrule.device import to
from chainrule.network import Gradients, Linear, Network, Trace
from chainrule.opened import OpenLoss, OpenNetwork, OpenOptimizer, opened
from chainrule.optimizers import SGD, Adagrad, Adam
from chainrule.optimizers.blocks import Block
from chainrule.optimizers.core import Optimizer
from chainrule.playground.breaks import NoSlope
from chainrule.training import batches, fit

RNG = np.random.default_rng(0)
X = RNG.standard_normal((22, 3))
IMAGES = RNG.standard_normal((22, 1, 6, 6))
CLASSES = RNG.integers(0, 4, 22)
SHARES = RNG.dirichlet(np.ones(4), 22)
YES = RNG.integers(0, 2, (22, 4))


def linear(n_in, n_out, dtype="float64"):
    return Linear(n_in, n_out, rng=np.random.default_rng(n_in), dtype=dtype)


def network(*between, dtype="float64"):
    return Network([linear(3, 4, dtype), *between, linear(4, 4, dtype)])


def images(*after):
    kernels = Conv2d(1, 2, 3, padding=1, rng=np.random.default_rng(1))
    return Network([Tanh(), kernels, ReLU(), *after, Flatten(), linear(18, 4)])


def twice(layer):
    return Network([linear(3, 4), Tanh(), layer, Tanh(), layer])


OF_CLASSES, OF_ENTRIES = losses.CrossEntropy(), losses.MSE()
WEIGHED = losses.CrossEntropy(weight=np.array([1, 2, 3, 4.0]), ignore_index=2)
LARGE = Network([linear(3, 40_000), linear(40_000, 4)])
RUNS = {
    "classes": (network(Tanh()), OF_CLASSES, SGD(0.1), X, CLASSES),
    "32 bits": (network(ReLU(), dtype="float32"), OF_CLASSES, SGD(0.1), X.astype("f4"), CLASSES),
    "16 bits": (network(ReLU(), dtype="float16"), OF_CLASSES, SGD(0.1), X.astype("f2"), CLASSES),
    "narrow inputs": (network(ReLU()), OF_CLASSES, SGD(0.1), X.astype("f4"), CLASSES),
    "whole inputs": (network(ReLU()), OF_CLASSES, SGD(0.1), (9 * X).astype(int), CLASSES),
    "shares": (network(Tanh()), OF_CLASSES, SGD(0.1), X, SHARES),
    "narrow shares": (network(Tanh()), OF_CLASSES, SGD(0.1), X, SHARES.astype("f2")),
    "smooth": (network(), losses.CrossEntropy(label_smoothing=0.1), SGD(0.1), X, CLASSES),
    "weights": (network(Tanh()), WEIGHED, SGD(0.1), X, CLASSES),
    "sum": (network(), losses.CrossEntropy(reduction="sum"), SGD(0.01), X, CLASSES),
    "Focal": (network(Tanh()), losses.Focal(), SGD(0.1), X, CLASSES),
    "yes and no": (network(Tanh()), losses.BinaryCrossEntropy(), SGD(0.1), X, YES),
    "entries": (network(Tanh()), OF_ENTRIES, SGD(0.1), X, SHARES),
    "narrow entries": (network(Tanh()), OF_ENTRIES, SGD(0.1), X, SHARES.astype("f4")),
    "whole entries": (network(dtype="float32"), OF_ENTRIES, SGD(0.1), X.astype("f4"), YES),
    "Dice": (Network([linear(3, 4), Softmax()]), losses.Dice(), SGD(0.1), X, CLASSES),
    "triplets": (network(Tanh()), losses.MinedTriplet(), SGD(0.1), X, CLASSES % 2),
    "decay": (network(Tanh()), OF_ENTRIES, SGD(0.1, weight_decay=0.1), X, SHARES),
    "momentum": (network(Tanh()), OF_ENTRIES, SGD(0.1, momentum=0.9), X, SHARES),
    "Adam": (network(Tanh()), OF_ENTRIES, Adam(), X, SHARES),
    "large": (LARGE, OF_ENTRIES, SGD(1e-5), X, SHARES),
    "one layer": (Network([linear(3, 4)]), OF_ENTRIES, SGD(0.1), X, SHARES),
    "ends that learn nothing": (
        Network([Tanh(), linear(3, 4), Tanh()]),
        OF_ENTRIES,
        SGD(0.1),
        X,
        SHARES,
    ),
    "a layer twice": (twice(linear(4, 4)), OF_CLASSES, SGD(0.1), X, CLASSES),
    "a wrong layer": (network(NoSlope(Tanh())), OF_ENTRIES, SGD(0.1), X, SHARES),
    "Maxout": (
        Network([linear(3, 8), Maxout(), linear(4, 4)]),
        OF_ENTRIES,
        SGD(0.1),
        X,
        SHARES,
    ),
    "images": (images(MaxPool2d(2)), OF_CLASSES, SGD(0.1), IMAGES, CLASSES),
    "images, Adagrad": (images(AvgPool2d(2)), OF_CLASSES, Adagrad(), IMAGES, CLASSES),
    **{
        name: (network(getattr(activations, name)()), OF_ENTRIES, SGD(0.1), X, SHARES)
        for name in ("ELU", "GELU", "LeakyReLU", "Sigmoid", "Softmax", "Swish")
    },
}


def fitted(parts, **options):
    options = {"epochs": 3, "batch_size": 8, "progress": False} | options
    return fit(*parts, rng=np.random.default_rng(0), **options)


def trained(run, **options):
    net, _, optimizer, *_ = parts = copy.deepcopy(run)
    history = fitted(parts, **options)
    return history.loss, [to_numpy(p) for p in net.parameters], optimizer.state_dict()


def assert_same(found, expected):
    assert found[0] == expected[0]
    for a, b in zip(found[1], expected[1], strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    assert str(found[2]) == str(expected[2])


def counted(monkeypatch, where, name):
    """Give a list that grows whenever the function is called."""
    calls, right = [], getattr(where, name)
    monkeypatch.setattr(where, name, lambda *a, **k: calls.append(1) or right(*a, **k))
    return calls


def untouched(gradients):
    """Give nothing; but it is not the book's, so all doors stay closed."""


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_open_doors_change_no_bit(run):
    assert_same(trained(run), trained(run, on_gradients=untouched))


def test_tensors_are_trained_alike():
    net, loss, optimizer, x, y = RUNS["classes"]
    run = (*to((net,), "cpu"), loss, optimizer, *to((x, y), "cpu"))
    assert_same(trained(run), trained(run, on_gradients=untouched))


LOOKED_AT = {"a layer twice", "a wrong layer", "Maxout", "16 bits", "narrow inputs", "whole inputs"}


@pytest.mark.parametrize("name", RUNS)
def test_arrays_of_each_shape_are_looked_at_once(name, monkeypatch):
    """22 samples in batches of 8: those of eight in three epochs, and the last of six."""
    looks = counted(monkeypatch, layers, "alike")
    trained(RUNS[name], on_gradients=untouched)
    in_nine = len(looks)
    looks.clear()
    trained(RUNS[name])
    assert 9 * len(looks) == in_nine * (9 if name in LOOKED_AT else 2)


def test_an_activation_is_looked_at_as_often_as_a_layer(monkeypatch):
    looks = counted(monkeypatch, activations.core, "upstream_of")
    trained(RUNS["classes"])
    assert len(looks) == 2


@pytest.mark.parametrize("name", ["classes", "decay", "Adam", "momentum", "large", "16 bits"])
def test_an_optimizer_that_remembers_nothing_is_looked_at_once(name, monkeypatch):
    blocks = counted(monkeypatch, Block, "computed")
    trained(RUNS[name], on_gradients=untouched)
    in_nine = len(blocks)
    blocks.clear()
    trained(RUNS[name])
    assert 9 * len(blocks) == in_nine * (1 if name in ("classes", "decay") else 9)


def test_no_error_is_carried_to_where_it_has_no_use(monkeypatch):
    carried = counted(monkeypatch, Linear, "back")
    net = OpenNetwork(network(Tanh()))
    for steps in (1, 2, 3):
        net.backward(net.forward(X), SHARES)
        assert len(carried) == steps


class Own(ReLU):
    """Not the book's."""


class OwnSGD(SGD):
    """Not the book's."""


class OwnLoss(losses.MSE):
    """Not the book's."""


@functools.wraps(batches)
def wrapped(*all):
    return batches(*all)


class OwnReplica(Replica):
    """Not the book's."""


def with_own(part, name):
    """Give the part with a method of its own."""
    object.__setattr__(part, name, getattr(part, name))
    return part


SGD_ = SGD(0.1)
CLOSED = {
    "layer": (network(Own()), OF_ENTRIES, SGD_),
    "loss": (network(), OwnLoss(), SGD_),
    "optimizer": (network(), OF_ENTRIES, OwnSGD(0.1)),
    "batches": (network(), OF_ENTRIES, SGD_, lambda n, size, rng: []),
    "wrapped batches": (network(), OF_ENTRIES, SGD_, wrapped),
    "method": (network(), OF_ENTRIES, SGD_, OwnReplica().batches),
    "builtin": (network(), OF_ENTRIES, SGD_, [].append),
    "of NumPy": (network(), OF_ENTRIES, SGD_, np.random.default_rng),
    "partial": (network(), OF_ENTRIES, SGD_, functools.partial(batches)),
    "a layer of another": (network(NoSlope(Own())), OF_ENTRIES, SGD_),
    "a network as layer": (network(Network([Tanh()])), OF_ENTRIES, SGD_),
    "a function as layer": (network(tanh), OF_ENTRIES, SGD_),
    "a rule as layer": (network(Tanh().value), OF_ENTRIES, SGD_),
    "a replaced vjp": (network(with_own(linear(4, 4), "vjp")), OF_ENTRIES, SGD_),
    "a replaced step": (network(), OF_ENTRIES, with_own(SGD(0.1), "step")),
    "a replaced gradient": (network(), with_own(losses.MSE(), "gradient"), SGD_),
    "a replaced backward": (with_own(network(), "backward"), OF_ENTRIES, SGD_),
    "no parameters": (Network([ReLU()]), OF_ENTRIES, SGD_),
    "a layer twice": (twice(linear(4, 4)), OF_ENTRIES, SGD_),
    "no network": (object(), OF_ENTRIES, SGD_),
    "a layer as network": (linear(4, 4), OF_ENTRIES, SGD_),
}


@pytest.mark.parametrize("parts", CLOSED.values(), ids=CLOSED)
def test_doors_stay_closed_where_others_code_takes_part(parts):
    assert opened(*parts) == parts[:3]


CHANGED = [(Network, "backward"), (Optimizer, "step"), (losses.MSE, "slope"), (Linear, "value")]


@pytest.mark.parametrize(("cls", "name"), CHANGED)
def test_doors_stay_closed_where_a_class_was_changed(cls, name, monkeypatch):
    right = getattr(cls, name)
    changed = functools.wraps(right)(lambda *all: right(*all))
    monkeypatch.setattr(cls, name, changed)
    parts = network(), losses.MSE(), SGD(0.1)
    assert opened(*parts) == parts


def test_the_books_own_functions_leave_them_open():
    parts = network(), OF_ENTRIES, SGD_
    kinds = [type(part) for part in opened(*parts, batches, Replica().batches)]
    assert kinds == [OpenNetwork, OpenLoss, OpenOptimizer]


def test_a_network_of_another_class_needs_no_layers():
    class Line:
        def __init__(self):
            self.parameters = [np.zeros(1)]

        def forward(self, x):
            return Trace([x], x @ self.parameters[0][None])

        def backward(self, trace, upstream):
            return Gradients([(trace.inputs[0] * upstream).sum(axis=(0,))[:1]])

    history = trained((Line(), losses.MSE(), SGD(0.1), X[:, :1], X[:, :1]))
    assert history[0][-1] < history[0][0]


def test_gradients_may_be_given_to_a_builtin():
    seen = []
    trained(RUNS["classes"], on_gradients=seen.append)
    assert len(seen) == 9


def test_a_bias_of_another_length_is_named():
    net = Network([linear(3, 3), Tanh(), linear(3, 1)])
    net.layers[2].bias = np.zeros(4)
    with pytest.raises(ValueError, match=r"^upstream: expected shape \(8, 1\)"):
        trained((net, losses.MSE(), SGD(0.1), X, SHARES))


def test_what_is_not_read_as_usual_or_remembers_stays_as_it_is():
    net, loss, optimizer = opened(network(), losses.Dice(), Adam())
    assert type(net) is OpenNetwork
    assert type(loss) is losses.Dice
    assert type(optimizer) is Adam


def test_a_layer_with_a_door_of_its_own_is_called_by_it():
    net = network(ReLU())
    net.layers[1] = relu = copy.copy(net.layers[1])
    object.__setattr__(relu, "vjp", lambda x, upstream: 0 * upstream)
    run = (net, OF_ENTRIES, SGD(0.1), X, SHARES)
    first, second = trained(run)[1][:2]
    np.testing.assert_array_equal(first, net.parameters[0])
    np.testing.assert_array_equal(second, net.parameters[1])


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_a_class_out_of_range_is_refused_in_its_batch(batch):
    _, _, optimizer, _, y = parts = copy.deepcopy(RUNS["classes"])
    order = np.random.default_rng(0).permutation(22)
    y[order[4 * batch]] = 4
    with pytest.raises(ValueError, match=r"^target: expected classes 0 … 3"):
        fitted(parts, epochs=1, batch_size=4)
    assert optimizer.steps == batch


def test_a_step_that_fails_changes_nothing():
    net = network(dtype="float32")
    net.parameters[-1][...] = 2e38
    _, _, optimizer = opened(net, OF_ENTRIES, SGD(1.0))
    ones = [np.ones_like(p) for p in net.parameters]
    optimizer.step(net.parameters, ones)
    before = copy.deepcopy(net.parameters)
    ones[-1] *= -np.float32(3e38)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        optimizer.step(net.parameters, ones)
    for p, old in zip(net.parameters, before, strict=True):
        np.testing.assert_array_equal(p, old)
    assert optimizer.optimizer.steps == 1
