"""Values and tails of the losses; their contract is in test_contracts."""

import math

import numpy as np
import pytest
import torch

from chainrule.losses import MSE, CrossEntropy
from chainrule.oracles import relative_error


@pytest.mark.parametrize(
    ("reduction", "value", "gradient"),
    [
        ("mean", 2.5, [-1.0, 2.0]),
        ("sum", 5.0, [-2.0, 4.0]),
        ("none", [1.0, 4.0], [-2.0, 4.0]),
    ],
)
def test_squared_error_by_hand(reduction, value, gradient):
    loss, prediction, target = MSE(reduction=reduction), np.array([1.0, 4.0]), np.array([2.0, 2.0])
    np.testing.assert_array_equal(loss(prediction, target), value)
    np.testing.assert_array_equal(loss.gradient(prediction, target), gradient)


SHARES = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]])


@pytest.mark.parametrize(
    ("reduction", "value", "scale"),
    [("mean", 2.5 * math.log(2), 0.5), ("sum", 5 * math.log(2), 1), ("none", None, 1)],
)
@pytest.mark.parametrize("one_hot", [False, True])
def test_cross_entropy_by_hand(reduction, value, scale, one_hot):
    target = np.array([1, 0])
    hot = np.eye(3)[target]
    loss, logits = CrossEntropy(reduction=reduction), np.log(SHARES) + 3.0
    given = hot if one_hot else target
    value = [2 * math.log(2), 3 * math.log(2)] if value is None else value
    assert relative_error(loss(logits, given), value) < 1e-15
    assert relative_error(loss.gradient(logits, given), scale * (SHARES - hot)) < 1e-15


def test_soft_targets_need_not_sum_to_one():
    logits, target = np.log(SHARES[:1]), np.array([[2.0, 0.0, 1.0]])
    loss = CrossEntropy()
    assert loss(logits, target) == pytest.approx(4 * math.log(2), rel=1e-15)
    expected = 3 * SHARES[:1] - target
    assert relative_error(loss.gradient(logits, target), expected) < 1e-15


def test_loss_stays_exact_where_the_probability_rounds_to_zero():
    loss = CrossEntropy()
    for gap in (50.0, 1000.0, 1e300):
        assert loss([[gap, 0.0]], [1]) == gap
        np.testing.assert_array_equal(loss.gradient([[gap, 0.0]], [1]), [[1.0, -1.0]])
    assert loss([[1e300, -1e300]], [1]) == 2e300
    assert loss([[1e300, -1e300]], [0]) == 0.0


def test_loss_of_a_sure_and_right_prediction_keeps_its_digits():
    assert CrossEntropy()([[30.0, 0.0]], [0]) == pytest.approx(math.exp(-30), rel=1e-2, abs=0)


@pytest.mark.parametrize("target", [[0], [[1.0, 0.0]]])
def test_class_that_cannot_be_costs_nothing_where_it_is_not(target):
    logits = np.array([[1.0, -np.inf]])
    loss = CrossEntropy()
    assert loss(logits, target) == 0.0
    np.testing.assert_array_equal(loss.gradient(logits, target), [[0.0, 0.0]])


def test_class_that_cannot_be_costs_infinitely_where_it_is():
    assert CrossEntropy()(np.array([[1.0, -np.inf]]), [1]) == math.inf


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "int64"])
def test_classes_may_be_any_integers(dtype):
    logits = np.log(SHARES)
    found = CrossEntropy()(logits, np.array([1, 0], dtype))
    assert found == pytest.approx(2.5 * math.log(2), rel=1e-15)


def test_every_class_is_allowed():
    logits = np.random.default_rng(0).standard_normal((3, 3))
    expected = torch.nn.functional.cross_entropy(torch.as_tensor(logits), torch.arange(3))
    assert relative_error(CrossEntropy()(logits, np.arange(3)), expected) < 1e-15


def test_mean_squared_error_of_one_number():
    assert MSE()(3.0, 1.0) == 4.0
    assert MSE().gradient(3.0, 1.0) == 4.0
