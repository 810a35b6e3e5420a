"""What a rule is, and what an optimizer's door sees to besides: own memory, settings set later."""

import numpy as np
import pytest
import torch

from chainrule import activations, optimizers
from chainrule.arrays import to_numpy
from chainrule.network import Linear, Network

OPTIMIZERS = [
    getattr(optimizers, n)
    for n in ("SGD", "Adagrad", "RMSProp", "Adam", "AdamW", "AdaMax", "Nadam")
]
OPTIMIZERS += [lambda **o: optimizers.SGD(momentum=0.9, **o)]


@pytest.mark.parametrize("convert", [np.array, torch.tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("make", OPTIMIZERS)
def test_gradients_are_not_kept(make, convert):
    first, second = make(lr=0.1), make(lr=0.1)
    w, twin, g = convert(np.ones(3)), convert(np.ones(3)), convert(np.full(3, 2.0))
    for step in range(3):
        g[...] = step + 1.0
        first.step([w], [g])
        second.step([twin], [convert(np.full(3, step + 1.0))])
        g[...] = 1e9
    np.testing.assert_array_equal(to_numpy(w), to_numpy(twin))


@pytest.mark.parametrize("convert", [np.array, torch.tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("make", OPTIMIZERS)
def test_default_eps_is_enough_in_16_bits(make, convert):
    w, optimizer = convert(np.ones(3, "float16")), make(lr=0.01)
    for _ in range(3):
        optimizer.step([w], [convert(np.array([0.0, 1e-3, 3.0], "float16"))])
    assert np.isfinite(to_numpy(w)).all()


def test_settings_are_checked_whenever_they_are_set():
    adam = optimizers.Adam()
    with pytest.raises(ValueError, match=r"betas\[0\]: expected"):
        adam.betas = (1.5, 0.9)
    assert adam.betas == (0.9, 0.999)
    adam.amsgrad = 1
    w = [np.ones(2)]
    adam.step(w, [np.ones(2)])
    assert len(adam.state_dict()["largest_square_mean"]) == 1


def test_a_setting_switched_on_starts_remembering():
    sgd, w = optimizers.SGD(lr=0.1), np.ones(2)
    sgd.step([w], [np.ones(2)])
    sgd.momentum = 0.9
    sgd.step([w], [np.ones(2)])
    sgd.step([w], [np.ones(2)])
    np.testing.assert_allclose(w, 1 - 0.1 * (1 + 1 + 1.9))


def test_rules_are_formulas_of_plain_arrays():
    """The listing runs by itself on NumPy's own functions."""
    assert activations.ELU(alpha=2.0).value(np.array([-1.0])) == 2 * np.expm1(-1)
    w, *_, largest = optimizers.Adam(lr=0.5).rule(1, 0.0, np.array(3.0), 0.0, 0.0, None)
    assert abs(w + 0.5) < 1e-8
    assert largest is None
    net = Network([Linear(2, 3, rng=np.random.default_rng(0)), activations.Tanh()])
    trace = net.forward(np.ones((4, 2)))
    steps = list(net.errors(trace.inputs, np.ones((4, 3))))
    assert [layer for layer, _, _ in steps] == net.layers[::-1]


def read_only(array):
    array = np.array(array)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_a_rule_changes_nothing_that_it_is_given(make):
    optimizer = make(lr=0.1)
    w, g = read_only([1.0, 2.0]), read_only([3.0, -1.0])
    memory = [None if v is None else read_only([v, v]) for v in optimizer.start().values()]
    for t in (1, 2):
        optimizer.advance()
        w, *memory = optimizer.rule(t, *optimizer.decay(w, g), *memory)
        w, memory = read_only(w), [a if a is None else read_only(a) for a in memory]


@pytest.mark.parametrize("shapes", [[(3,)], [(3,), (2, 3)], [(2, 3), (3,)]])
def test_a_rule_that_gives_too_few_numbers_changes_nothing(shapes):
    class Short(optimizers.SGD):
        def rule(self, t, w, g, b):
            return w[:1], b

    parameters, optimizer = [np.ones(shape) for shape in shapes], Short(lr=0.1)
    with pytest.raises(ValueError, match="reshape"):
        optimizer.step(parameters, [np.ones(shape) for shape in shapes])
    assert all((p == 1).all() for p in parameters)
    assert optimizer.steps == 0


def test_a_rule_may_give_numbers_in_another_shape():
    class Column(optimizers.SGD):
        def rule(self, t, w, g, b):
            return (w - self.lr * g)[:, None], b

    w = np.ones(3)
    Column(lr=0.5).step([w], [np.ones(3)])
    np.testing.assert_array_equal(w, 3 * [0.5])
