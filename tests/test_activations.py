"""Values and tails of the activations; their contract is in test_contracts."""

import math

import numpy as np
import pytest

from chainrule.activations import ReLU, Sigmoid, Softmax, Tanh
from chainrule.oracles import relative_error


@pytest.mark.parametrize(
    ("function", "x", "value", "slope"),
    [
        (Sigmoid(), 0.0, 0.5, 0.25),
        (Sigmoid(), math.log(3), 0.75, 0.1875),
        (Sigmoid(), -math.log(3), 0.25, 0.1875),
        (Tanh(), 0.0, 0.0, 1.0),
        (Tanh(), math.log(2), 0.6, 0.64),
        (ReLU(), -1.5, 0.0, 0.0),
        (ReLU(), 0.0, 0.0, 0.0),
        (ReLU(), 1.5, 1.5, 1.0),
    ],
)
def test_known_values(function, x, value, slope):
    assert relative_error(function([x]), [value]) < 1e-15
    assert relative_error(function.derivative([x]), [slope]) < 1e-15


@pytest.mark.parametrize("x", [-700.0, -40.0, -1.0, 1.0, 40.0])
def test_tails_of_sigmoid_are_relatively_exact(x):
    exact = 1 / (1 + math.exp(-x))
    assert Sigmoid()(x) == pytest.approx(exact, rel=1e-15, abs=0)
    slope = math.exp(-abs(x)) / (1 + math.exp(-abs(x))) ** 2
    assert Sigmoid().derivative(x) == pytest.approx(slope, rel=1e-15, abs=0)


def test_sigmoid_of_minus_40():
    assert Sigmoid()(-40.0) == pytest.approx(4.248354255291589e-18, rel=1e-15, abs=0)


def test_sigmoid_is_symmetric():
    x = np.linspace(0, 30, 61)
    assert relative_error(Sigmoid()(x) + Sigmoid()(-x), np.ones(61)) < 1e-15


def test_softmax_of_logarithms_are_shares():
    assert relative_error(Softmax()(np.log([1.0, 2.0, 5.0])), [0.125, 0.25, 0.625]) < 1e-15


def test_softmax_does_not_see_what_is_added_to_all():
    x = np.array([[1.0, -2.0, 0.5]])
    assert relative_error(Softmax()(x + 1e6), Softmax()(x)) < 1e-9
    assert relative_error(Softmax()(x).sum(), 1.0) < 1e-15


def test_softmax_keeps_small_shares():
    assert Softmax()([0.0, -700.0])[1] == pytest.approx(math.exp(-700), rel=1e-14, abs=0)


def test_softmax_of_minus_infinity_is_zero():
    x = np.array([0.0, -np.inf, 0.0])
    np.testing.assert_array_equal(Softmax()(x), [0.5, 0.0, 0.5])
    np.testing.assert_array_equal(Softmax().vjp(x, [1.0, 5.0, 0.0]), [0.25, 0.0, -0.25])


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_softmax_sums_to_one_along_its_axis(axis):
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    total = Softmax(axis=axis)(x).sum(axis)
    assert relative_error(total, np.ones_like(total)) < 1e-15


def test_axis_counts_in_equality():
    assert Softmax(axis=0) != Softmax()


@pytest.mark.parametrize("function", [ReLU(), Sigmoid(), Tanh(), Softmax()])
def test_nan_stays_nan(function):
    assert np.isnan(function(np.array([np.nan]))).all()


@pytest.mark.parametrize("function", [ReLU(), Sigmoid(), Tanh(), Softmax()])
def test_no_entries_are_no_entries(function):
    x = np.empty((0, 3))
    assert function(x).shape == function.vjp(x, x).shape == (0, 3)
