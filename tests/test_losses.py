"""Values and tails of the losses; their contract is in test_contracts."""

import math
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_class_weight

from chainrule.losses import (
    MAE,
    MSE,
    BinaryCrossEntropy,
    BinaryFocal,
    CrossEntropy,
    Dice,
    Focal,
    Huber,
    MinedTriplet,
    Tversky,
    balanced_weights,
)
from chainrule.oracles import relative_error

BESIDE = runpy.run_path(str(Path(__file__).with_name("beside_torch.py")))
DTYPES, assert_equal_to = BESIDE["DTYPES"], BESIDE["assert_equal_to"]
drawn, reductions, seeds = BESIDE["drawn"], BESIDE["reductions"], BESIDE["seeds"]


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
    logits, target = np.log(SHARES[:1]), np.array([[1.0, 0.0, 0.5]])
    loss = CrossEntropy()
    assert loss(logits, target) == pytest.approx(2 * math.log(2), rel=1e-15)
    expected = 1.5 * SHARES[:1] - target
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


@pytest.mark.parametrize("loss", [CrossEntropy(), Focal(), Dice(), Tversky()])
@pytest.mark.parametrize("wrong", [-1, 3])
def test_class_out_of_range_is_refused(loss, wrong):
    for function in (loss, loss.gradient):
        with pytest.raises(ValueError, match=f"target: expected classes 0 … 2 .* {wrong}"):
            function(SHARES, np.array([1, wrong]))


NUMPY_SETTINGS = {
    "Huber": lambda number: Huber(delta=number(2.0)),
    "CrossEntropy": lambda number: CrossEntropy(label_smoothing=number(0.5)),
    "Focal": lambda number: Focal(gamma=number(0.5), alpha=number(0.25)),
    "BinaryFocal": lambda number: BinaryFocal(gamma=number(0.5), alpha=number(0.25)),
    "Dice": lambda number: Dice(smooth=number(0.5)),
    "Tversky": lambda number: Tversky(alpha=number(1.0), beta=number(2.0), smooth=number(0.5)),
    "MinedTriplet": lambda number: MinedTriplet(margin=number(2.0), p=number(3.0), eps=number(0.5)),
}


@pytest.mark.parametrize("number", [np.float32, np.float64])
@pytest.mark.parametrize("make", NUMPY_SETTINGS.values(), ids=NUMPY_SETTINGS)
def test_settings_may_be_numpy_numbers(make, number):
    prediction = np.vstack([SHARES, SHARES / 2]).astype("float32")
    classes = np.array([0, 1, 1, 0])
    if type(make(float)) in (Huber, BinaryFocal):
        classes = np.eye(3, dtype="float32")[classes]
    loss, twin = make(number), make(float)
    assert loss(prediction, classes).dtype == np.float32
    assert loss.gradient(prediction, classes).dtype == np.float32
    for name in ("__call__", "gradient"):
        found, expected = (getattr(f, name)(prediction, classes) for f in (loss, twin))
        np.testing.assert_array_equal(found, expected)


def test_weights_may_be_lists():
    logits, target = np.log(SHARES), np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 1.0]])
    listed, array = ([2.0, 0.0, 3.0], np.array([2.0, 0.0, 3.0]))
    ours, twin = BinaryCrossEntropy(pos_weight=listed), BinaryCrossEntropy(pos_weight=array)
    assert ours(logits, target) == twin(logits, target)
    np.testing.assert_array_equal(ours.gradient(logits, target), twin.gradient(logits, target))


def test_mean_squared_error_of_one_number():
    assert MSE()(3.0, 1.0) == 4.0
    assert MSE().gradient(3.0, 1.0) == 4.0


# ---- against PyTorch, over shapes and parameters -------------------------------------------------

shapes = st.lists(st.integers(1, 5), min_size=2, max_size=4).map(tuple)


@pytest.mark.parametrize(("dtype", "bound"), DTYPES)
@drawn
@given(
    shape=shapes,
    seed=seeds,
    reduction=reductions,
    weighted=st.booleans(),
    smoothing=st.sampled_from([0.0, 0.1, 0.7, 1.0]),
    ignore_index=st.sampled_from([-100, -1, 0, 2, 300]),
    soft=st.booleans(),
    scale=st.floats(0, 100),
)
def test_cross_entropy_with_all_its_options(
    dtype, bound, shape, seed, reduction, weighted, smoothing, ignore_index, soft, scale
):
    rng = np.random.default_rng(seed)
    n_classes, spatial = shape[1], (shape[0], *shape[2:])
    ignore_index = -100 if soft else ignore_index  # PyTorch refuses another
    logits = (scale * rng.standard_normal(shape)).astype(dtype)
    weight = rng.uniform(0.1, 3, n_classes).astype(dtype) if weighted else None
    if soft:
        target = np.moveaxis(rng.dirichlet(np.ones(n_classes), spatial), -1, 1).astype(dtype)
    else:
        target = rng.integers(0, n_classes, spatial)
        target[rng.random(spatial) < 0.3] = ignore_index
    options = {"reduction": reduction, "label_smoothing": smoothing, "ignore_index": ignore_index}
    ours = CrossEntropy(weight=weight, **options)
    if reduction == "mean" and not soft and (target == ignore_index).all():
        with pytest.raises(ValueError, match="target: expected samples to take a mean of"):
            ours(logits, target)
        return
    theirs = torch.nn.CrossEntropyLoss(
        weight=torch.as_tensor(weight) if weighted else None, **options
    )
    assert_equal_to(theirs, ours, [logits], [target], bound, rng)


@pytest.mark.parametrize(("dtype", "bound"), DTYPES)
@drawn
@given(shape=shapes, seed=seeds, reduction=reductions, delta=st.floats(0.01, 10))
def test_losses_of_numbers(dtype, bound, shape, seed, reduction, delta):
    rng = np.random.default_rng(seed)
    prediction, target = (3 * rng.standard_normal((2, *shape))).astype(dtype)
    for ours, theirs in (
        (MSE(reduction=reduction), torch.nn.MSELoss(reduction=reduction)),
        (MAE(reduction=reduction), torch.nn.L1Loss(reduction=reduction)),
        (
            Huber(delta=delta, reduction=reduction),
            torch.nn.HuberLoss(delta=delta, reduction=reduction),
        ),
    ):
        assert_equal_to(theirs, ours, [prediction], [target], bound, rng)


@pytest.mark.parametrize(("dtype", "bound"), DTYPES)
@drawn
@given(
    shape=shapes,
    seed=seeds,
    reduction=reductions,
    weight=st.sampled_from([None, "number", "last axis", "two axes"]),
    scale=st.floats(0, 100),
)
def test_binary_cross_entropy(dtype, bound, shape, seed, reduction, weight, scale):
    rng = np.random.default_rng(seed)
    logits = (scale * rng.standard_normal(shape)).astype(dtype)
    target = rng.random(shape).astype(dtype)
    pos_weight = {
        None: None,
        "number": np.asarray(2.5, dtype),
        "last axis": rng.uniform(0, 3, shape[-1:]).astype(dtype),
        "two axes": rng.uniform(0, 3, (shape[-2], 1)).astype(dtype),
    }[weight]
    theirs = torch.nn.BCEWithLogitsLoss(
        reduction=reduction, pos_weight=None if weight is None else torch.as_tensor(pos_weight)
    )
    ours = BinaryCrossEntropy(reduction=reduction, pos_weight=pos_weight)
    assert_equal_to(theirs, ours, [logits], [target], bound, rng)


def test_samples_that_weigh_nothing_have_no_mean():
    loss = CrossEntropy(weight=np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match="all weigh nothing"):
        loss(np.ones((2, 2)), np.array([0, 0]))


def test_balanced_weights_are_those_of_scikit_learn():
    y = np.array([0, 0, 0, 1, 2, 2])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=y)
    assert relative_error(balanced_weights(y, 3), expected) < 1e-15
    assert abs(balanced_weights(y, 3)[y].mean() - 1) < 1e-15
