"""Steps by hand; the contract of the optimizers is in test_contracts."""

import numpy as np
import pytest

from chainrule.optimizers import SGD, Optimizer


def test_gradient_descent_by_hand():
    w, b = np.array([[1.0, 2.0]]), np.array([0.5])
    optimizer = SGD(lr=0.25)
    optimizer.step([w, b], [np.array([[4.0, -4.0]]), np.array([2.0])])
    np.testing.assert_array_equal(w, [[0.0, 3.0]])
    np.testing.assert_array_equal(b, [0.0])
    optimizer.lr = 1.0
    optimizer.step([w, b], [np.ones((1, 2)), np.zeros(1)])
    np.testing.assert_array_equal(w, [[-1.0, 2.0]])
    np.testing.assert_array_equal(b, [0.0])


def test_default_learning_rate_is_that_of_pytorch():
    assert SGD().lr == 1e-3


def test_descent_finds_the_minimum_of_a_parabola():
    w = np.array([10.0, -10.0])
    for _ in range(100):
        SGD(lr=0.1).step([w], [2 * (w - 3)])
    np.testing.assert_allclose(w, 3, rtol=1e-8)


def test_plain_descent_keeps_nothing():
    assert SGD().state_bytes == 0


def test_views_are_updated_in_place():
    whole = np.ones((2, 3))
    SGD(lr=1.0).step([whole[:, 1]], [np.ones(2)])
    np.testing.assert_array_equal(whole, [[1.0, 0.0, 1.0]] * 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_stepped_on_unless_checked(bad):
    w = np.ones(2)
    with pytest.raises(ValueError, match="expected finite"):
        SGD(lr=1.0).step([w], [np.array([0.0, bad])], check_finite=True)
    np.testing.assert_array_equal(w, [1.0, 1.0])
    SGD(lr=1.0).step([w], [np.array([0.0, bad])])
    assert not np.isfinite(w[1])


def test_step_without_parameters_is_none():
    SGD().step([], [])
    with pytest.raises(ValueError, match="gradients: expected one per parameter"):
        SGD().step([], [np.ones(1)])


def test_state_with_a_bad_learning_rate_is_refused():
    optimizer = SGD(lr=0.1)
    with pytest.raises(ValueError, match="lr: expected a positive"):
        optimizer.load_state_dict(SGD(lr=1.0).state_dict() | {"lr": -1.0})
    assert optimizer.lr == 0.1


def test_each_optimizer_says_how_it_updates():
    with pytest.raises(NotImplementedError):
        Optimizer(lr=0.1).step([np.ones(1)], [np.ones(1)])
