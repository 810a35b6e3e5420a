"""The oracles themselves, on functions whose derivatives everybody knows."""

import math

import numpy as np
import pytest
import torch

from chainrule.oracles import (
    adjoint_error,
    autograd,
    central_difference,
    complex_step,
    relative_error,
)

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("a", "b", "error"),
    [
        (1.5, 1.0, 0.5),
        (0.0, 0.5, 0.5),  # below 1 the error is absolute
        (90.0, 100.0, 0.1),  # above it is relative
        ([1.0, 90.0], [2.0, 100.0], 0.1),
        ([0.0, 100.0], [1.0, 100.0], 0.01),  # to the largest entry of b, wherever it stands
        ([100.0], [1.0], 99.0),  # and not to a
        ([-3.0], [3.0], 2.0),
        ([], [], 0.0),
        (np.empty((0, 3)), np.empty((0, 3)), 0.0),
        (1, 1, 0.0),
        ([[1.0, 2.0]], np.array([[1.0, 2.0]]), 0.0),
        # shapes
        ([1.0], [1.0, 1.0], INF),
        (1.0, [1.0], INF),
        ([], [1.0], INF),
        (np.ones((2, 1)), np.ones((1, 2)), INF),
        # NaN is right where NaN is expected, and nowhere else
        ([NAN, 1.0], [NAN, 1.5], 0.5 / 1.5),
        ([NAN], [NAN], 0.0),
        ([NAN], [1.0], INF),
        ([1.0], [NAN], INF),
        # so is infinity; beside an expected infinity the other entries still count
        ([INF, -INF], [INF, -INF], 0.0),
        ([INF], [1.0], INF),
        ([1.0], [INF], INF),
        ([INF], [-INF], INF),
        ([INF], [NAN], INF),
        ([INF, 1.0], [INF, 2.0], 0.5),
        ([NAN, INF, 1.0], [NAN, INF, 2.0], 0.5),
        # lists of arrays: the worst of them
        ([np.ones(2), np.zeros((1, 1))], [np.ones(2), np.full((1, 1), 4.0)], 1.0),
        ((np.ones(2), 3.0), (np.ones(2), 1.0), 2.0),
        ([np.ones(2)], [np.ones(2), np.ones(2)], INF),
        ([np.ones(2)], [np.ones(3)], INF),
        ([torch.ones(2)], [np.zeros(2)], 1.0),
        (torch.ones(2), torch.full((2,), 2.0), 0.5),
    ],
)
def test_relative_error(a, b, error):
    assert relative_error(a, b) == error


def test_relative_error_of_integers_does_not_wrap():
    assert relative_error(np.uint8(0), np.uint8(1)) == 1.0


FUNCTIONS = [
    (lambda x: (x**3).sum(), lambda x: 3 * x**2),
    (lambda x: x[0] * x[1], lambda x: np.array([x[1], x[0], *0 * x[2:]])),
    (lambda x: x.prod(), lambda x: x.prod() / x),
]
POINT = np.array([0.5, -2.0, 3.0])


@pytest.mark.parametrize(("function", "gradient"), FUNCTIONS)
@pytest.mark.parametrize(
    ("rule", "bound"),
    [(central_difference, 1e-8), (complex_step, 1e-15), (lambda f, x: autograd(f, [x])[0], 1e-15)],
    ids=["central_difference", "complex_step", "autograd"],
)
def test_gradients_of_known_functions(rule, bound, function, gradient):
    x = POINT.copy()
    assert relative_error(rule(function, x), gradient(x)) < bound
    np.testing.assert_array_equal(x, POINT)


@pytest.mark.parametrize(("rule", "bound"), [(central_difference, 1e-9), (complex_step, 1e-15)])
def test_gradients_with_numpy_functions(rule, bound):
    x = np.array([[0.1, 0.2], [0.3, 0.4]])
    assert relative_error(rule(lambda x: np.sin(x).sum(), x), np.cos(x)) < bound
    assert relative_error(rule(np.exp, np.array(1.0)), math.e) < bound


def test_a_smaller_step_is_taken_where_asked_for():
    large = central_difference(lambda x: (x**3).sum(), np.zeros(1), step=0.1)
    assert large[0] == pytest.approx(0.01, rel=1e-12)  # h² is the error of the formula here


def test_rules_take_integers():
    assert central_difference(lambda x: (x**2).sum(), np.array([3])) == pytest.approx(6, rel=1e-8)
    assert complex_step(lambda x: (x**2).sum(), np.array([3])) == pytest.approx(6, rel=1e-15)


def test_autograd_of_several_arrays_with_an_upstream():
    x, y, upstream = np.array([1.0, 2.0]), np.array([[3.0], [5.0]]), np.array([[1.0, 0.0]] * 2)
    dx, dy = autograd(lambda x, y: x * y, [x, y], upstream)
    np.testing.assert_array_equal(dx, [8.0, 0.0])
    np.testing.assert_array_equal(dy, [[1.0], [1.0]])


def test_adjoint_error():
    rng = np.random.default_rng(0)
    a, x, y = rng.standard_normal((3, 4)), rng.standard_normal(4), rng.standard_normal(3)
    assert adjoint_error(lambda x: a @ x, lambda y: a.T @ y, x, y) < 1e-14
    assert adjoint_error(lambda x: a @ x, lambda y: -a.T @ y, x, y) > 0.1
