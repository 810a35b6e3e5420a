"""Losses of masks, of what is hard and of distances; their contract is in test_contracts."""

import runpy
from pathlib import Path

import array_api_strict
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from monai.losses import DiceLoss, FocalLoss, TverskyLoss
from sklearn.metrics import f1_score

from chainrule.arrays import to_numpy
from chainrule.losses import (
    BinaryFocal,
    CrossEntropy,
    Dice,
    Focal,
    Triplet,
    Tversky,
    mine_triplets,
)
from chainrule.oracles import autograd, central_difference, relative_error

BESIDE = runpy.run_path(str(Path(__file__).with_name("beside_torch.py")))
DTYPES, assert_equal_to = BESIDE["DTYPES"], BESIDE["assert_equal_to"]
drawn, reductions, seeds = BESIDE["drawn"], BESIDE["reductions"], BESIDE["seeds"]


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
    options = {"use_softmax": True, "to_onehot_y": True, "reduction": "none"}
    twin = FocalLoss(gamma=gamma, alpha=alpha, **options)

    def theirs(z, y):
        losses = twin(z, y[:, None]).sum(1)
        return losses if reduction == "none" else getattr(losses, reduction)()

    # one number is to MONAI the factor of all classes but the first
    of_classes = None if alpha is None else [1 - alpha, *[alpha] * (n_classes - 1)]
    ours = Focal(gamma=gamma, alpha=of_classes, reduction=reduction)
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


def test_hardest_triplets_by_hand():
    rng = np.random.default_rng(0)
    x, classes = rng.standard_normal((12, 2)), rng.integers(0, 3, 12)
    for a, p, n in zip(*mine_triplets(x, classes), strict=True):
        distance = np.linalg.norm(x - x[a], axis=1)
        assert classes[p] == classes[a] != classes[n]
        assert distance[p] == max(distance[classes == classes[a]])
        assert distance[n] == min(distance[classes != classes[a]])
