"""Values and tails of the losses; their contract is in test_contracts."""

import math

import array_api_strict
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from monai.losses import DiceLoss, FocalLoss, TverskyLoss
from sklearn.metrics import f1_score
from sklearn.utils.class_weight import compute_class_weight

from chainrule.arrays import to_numpy
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
    Triplet,
    Tversky,
    balanced_weights,
    mine_triplets,
)
from chainrule.oracles import autograd, central_difference, relative_error


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


# ---- against PyTorch and MONAI, over shapes and parameters ---------------------------------------

DTYPES = [("float32", 1e-5), ("float64", 1e-10)]
drawn = settings(max_examples=60, deadline=None)
reductions = st.sampled_from(["mean", "sum", "none"])
seeds = st.integers(0, 2**32 - 1)
shapes = st.lists(st.integers(1, 5), min_size=2, max_size=4).map(tuple)


def assert_equal_to(theirs, ours, arrays, target, bound, rng):
    """Hold value and gradient to those of a PyTorch function of the same arguments."""
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    expected = theirs(*tensors, *map(torch.as_tensor, target))
    upstream = rng.standard_normal(tuple(expected.shape)).astype(arrays[0].dtype)
    gradients = torch.autograd.grad(expected, tensors, torch.as_tensor(upstream))
    assert relative_error(ours(*arrays, *target), expected.detach()) < bound
    found = ours.gradient(*arrays, *target, upstream)
    for gradient, wanted in zip(
        found if isinstance(found, tuple) else [found], gradients, strict=True
    ):
        assert relative_error(gradient, wanted) < bound


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


@pytest.mark.parametrize(("dtype", "bound"), DTYPES)
@drawn
@given(
    rows=st.integers(1, 5),
    columns=st.integers(1, 5),
    seed=seeds,
    reduction=reductions,
    margin=st.floats(0.01, 5),
    p=st.sampled_from([1.0, 1.5, 2.0, 3.0]),
    eps=st.sampled_from([1e-6, 1e-2]),
    swap=st.booleans(),
)
def test_triplet(dtype, bound, rows, columns, seed, reduction, margin, p, eps, swap):
    rng = np.random.default_rng(seed)
    three = list(rng.standard_normal((3, rows, columns)).astype(dtype))
    options = {"margin": margin, "p": p, "eps": eps, "swap": swap, "reduction": reduction}
    theirs, ours = torch.nn.TripletMarginLoss(**options), Triplet(**options)
    assert_equal_to(theirs, ours, three, [], bound, rng)


def test_triplet_of_the_largest_difference():
    rng = np.random.default_rng(0)
    three = list(rng.standard_normal((3, 4, 3)))
    options = {"p": float("inf"), "swap": True}
    theirs, ours = torch.nn.TripletMarginLoss(**options), Triplet(**options)
    assert_equal_to(theirs, ours, three, [], 1e-12, rng)


@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor, array_api_strict.asarray])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_triplet_keeps_library_and_dtype(convert, dtype):
    plain = list(np.random.default_rng(0).standard_normal((3, 4, 2)).astype(dtype))
    three = [convert(part) for part in plain]
    loss = Triplet(swap=True)
    assert relative_error(to_numpy(loss(*three)), loss(*plain)) < 1e-6
    for found, expected in zip(loss.gradient(*three), loss.gradient(*plain), strict=True):
        assert found.dtype == three[0].dtype
        assert type(found) is type(three[0])
        assert relative_error(to_numpy(found), expected) < 1e-6


@pytest.mark.parametrize(("dtype", "large"), [("float32", 1e37), ("float64", 1e300)])
def test_triplet_is_finite_and_silent_at_the_ends(dtype, large):
    points = np.array([large, -large, 1.0, 0.0, 1 / large])
    rng = np.random.default_rng(0)
    for p in (1.0, 2.0, 3.0, float("inf")):
        three = list(rng.choice(points, (3, 20, 2)).astype(dtype))
        assert np.isfinite(Triplet(p=p)(*three))
        assert np.isfinite(Triplet(p=p).gradient(*three)).all()


def test_no_distance_has_no_direction():
    same = np.ones((1, 2))
    np.testing.assert_array_equal(Triplet(eps=0.0).gradient(same, same, same), np.zeros((3, 1, 2)))


@pytest.mark.parametrize(("dtype", "bound"), DTYPES)
@drawn
@given(
    shape=st.lists(st.integers(1, 4), min_size=3, max_size=4).map(tuple),
    seed=seeds,
    reduction=reductions,
    batch=st.booleans(),
    smooth=st.sampled_from([1e-5, 0.1, 1.0]),
    alpha=st.floats(0, 2),
    beta=st.floats(0.1, 2),
)
def test_overlap_equals_that_of_monai(
    dtype, bound, shape, seed, reduction, batch, smooth, alpha, beta
):
    rng = np.random.default_rng(seed)
    p = np.moveaxis(rng.dirichlet(np.ones(shape[1]), (shape[0], *shape[2:])), -1, 1).astype(dtype)
    classes = rng.integers(0, shape[1], (shape[0], *shape[2:]))
    hot = np.moveaxis(np.eye(shape[1], dtype=dtype)[classes], -1, 1)
    settings_ = {
        "batch": batch,
        "smooth_nr": smooth,
        "smooth_dr": smooth,
        "reduction": reduction,
    }
    ours = {"smooth": smooth, "per_sample": not batch, "reduction": reduction}
    for loss, twin in (
        (Dice(**ours), DiceLoss(**settings_)),
        (Tversky(alpha=alpha, beta=beta, **ours), TverskyLoss(alpha=alpha, beta=beta, **settings_)),
    ):

        def theirs(p, y, twin=twin):
            value = twin(p, y)
            if reduction != "none":
                return value
            return value.reshape(p.shape[1] if batch else p.shape[:2])

        assert_equal_to(theirs, loss, [p], [hot], bound, rng)
        assert relative_error(loss(p, hot), loss(p, classes)) < bound


# MONAI computes in 32 bits, whatever it is given
@pytest.mark.parametrize(("dtype", "bound"), [("float32", 1e-5), ("float64", 1e-5)])
@drawn
@given(
    n=st.integers(1, 4),
    n_classes=st.integers(2, 4),
    side=st.integers(1, 3),
    seed=seeds,
    reduction=reductions,
    gamma=st.sampled_from([1.0, 2.0, 5.0]),
    alpha=st.sampled_from([None, 0.25]),
    scale=st.floats(0, 5),
)
def test_focal_equals_that_of_monai(
    dtype, bound, n, n_classes, side, seed, reduction, gamma, alpha, scale
):
    rng = np.random.default_rng(seed)
    logits = (scale * rng.standard_normal((n, n_classes, side))).astype(dtype)
    classes = rng.integers(0, n_classes, (n, side))
    # MONAI keeps a loss for each class, 0 for all but the right one, and its mean is over them
    twin = FocalLoss(gamma=gamma, use_softmax=True, to_onehot_y=True, reduction="none")

    def theirs(z, y):
        losses = twin(z, y[:, None]).sum(1)
        return losses if reduction == "none" else getattr(losses, reduction)()

    ours = Focal(gamma=gamma, reduction=reduction)
    assert_equal_to(theirs, ours, [logits], [classes], bound, rng)
    target = rng.integers(0, 2, logits.shape).astype(dtype)
    twin_of_two = FocalLoss(gamma=gamma, alpha=alpha, reduction="none")

    def of_two(z, y):  # its sum takes a mean over space first
        losses = twin_of_two(z, y)
        return losses if reduction == "none" else getattr(losses, reduction)()

    ours = BinaryFocal(gamma=gamma, alpha=alpha, reduction=reduction)
    assert_equal_to(of_two, ours, [logits], [target], bound, rng)


def naive_focal(z, classes, gamma, alpha):
    """Give the focal loss from its definition, in the simplest torch operations."""
    p_t = torch.softmax(z, 1).gather(1, classes[:, None])[:, 0]
    return (-alpha[classes] * (1 - p_t) ** gamma * torch.log(p_t)).mean()


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_with_a_factor_for_each_class(gamma):
    rng = np.random.default_rng(0)
    z, classes = rng.standard_normal((6, 3)), rng.integers(0, 3, 6)
    alpha = np.array([0.5, 1.0, 3.0])
    arguments = torch.as_tensor(classes), gamma, torch.as_tensor(alpha)
    (expected,) = autograd(lambda t: naive_focal(t, *arguments), [z])
    loss = Focal(gamma=gamma, alpha=alpha)
    assert relative_error(loss(z, classes), naive_focal(torch.as_tensor(z), *arguments)) < 1e-14
    assert relative_error(loss.gradient(z, classes), expected) < 1e-14
    number = Focal(gamma=gamma, alpha=0.25)
    assert relative_error(number(z, classes), Focal(gamma=gamma)(z, classes) / 4) < 1e-14


def test_focal_without_focus_is_cross_entropy():
    rng = np.random.default_rng(0)
    z, classes = 20 * rng.standard_normal((5, 3)), rng.integers(0, 3, 5)
    for name in ("__call__", "gradient"):
        ours, twin = (getattr(loss, name) for loss in (Focal(gamma=0), CrossEntropy()))
        assert relative_error(ours(z, classes), twin(z, classes)) < 1e-14


def test_dice_of_hard_masks_is_the_f1_score():
    rng = np.random.default_rng(0)
    truth, found = rng.integers(0, 3, (2, 40))
    expected = 1 - f1_score(truth, found, average="macro")
    assert abs(Dice(smooth=0.0)(np.eye(3)[found], truth) - expected) < 1e-14


def test_absent_classes_score_one_or_are_skipped():
    p, y = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]), np.array([0, 1])
    for loss in (Dice, Tversky):
        for smooth in (0.0, 1e-9):
            apart = loss(smooth=smooth, reduction="none")(p, y)
            assert relative_error(apart, [1 / 3, 1.0, 0.0]) < 1e-6
            skipped = loss(smooth=smooth, skip_absent=True)
            assert abs(skipped(p, y) - 2 / 3) < 1e-6
            expected = central_difference(lambda q, f=skipped: f(q, y), np.abs(p - 0.25))
            assert relative_error(skipped.gradient(np.abs(p - 0.25), y), expected) < 1e-7


def test_per_sample_skips_within_each_sample():
    p = np.moveaxis(np.random.default_rng(0).dirichlet(np.ones(3), (2, 4)), -1, 1)
    y = np.array([[0, 0, 1, 1], [2, 2, 2, 2]])
    apart = Dice(per_sample=True, reduction="none")(p, y)
    loss = Dice(per_sample=True, skip_absent=True)
    assert abs(loss(p, y) - (apart[0, :2].mean() + apart[1, 2]) / 2) < 1e-14
    expected = central_difference(lambda q: loss(q, y), p)
    assert relative_error(loss.gradient(p, y), expected) < 1e-7


def test_a_mask_without_classes_has_no_mean():
    loss = Dice(skip_absent=True)
    with pytest.raises(ValueError, match="all are absent"):
        loss(np.ones((2, 2)), np.zeros((2, 2)))


def test_samples_that_weigh_nothing_have_no_mean():
    loss = CrossEntropy(weight=np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match="all weigh nothing"):
        loss(np.ones((2, 2)), np.array([0, 0]))


def test_balanced_weights_are_those_of_scikit_learn():
    y = np.array([0, 0, 0, 1, 2, 2])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=y)
    assert relative_error(balanced_weights(y, 3), expected) < 1e-15
    assert abs(balanced_weights(y, 3)[y].mean() - 1) < 1e-15


def test_hardest_triplets_by_hand():
    rng = np.random.default_rng(0)
    x, classes = rng.standard_normal((12, 2)), rng.integers(0, 3, 12)
    for a, p, n in zip(*mine_triplets(x, classes), strict=True):
        distance = np.linalg.norm(x - x[a], axis=1)
        assert classes[p] == classes[a] != classes[n]
        assert distance[p] == max(distance[classes == classes[a]])
        assert distance[n] == min(distance[classes != classes[a]])
