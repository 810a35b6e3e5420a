"""Targets and predictions that are out of range for their loss are refused by name."""

import numpy as np
import pytest
import torch
from callables import assert_close

from chainrule import losses
from chainrule.losses import CrossEntropy, Dice, Tversky, mine_triplets

P = np.array([[0.2, 0.8], [0.7, 0.3], [0.5, 0.5]])
HOT = np.eye(2)[[0, 1, 1]]
NAN = float("nan")
BAD_NUMBERS = {"255": 255.0, "2": 2.0, "just above": 1.001, "-1": -1.0, "NaN": NAN, "∞": np.inf}
LIBRARIES = {"numpy": np.asarray, "torch": torch.as_tensor}
each_library = pytest.mark.parametrize("convert", LIBRARIES.values(), ids=LIBRARIES)


def doors(name, **options):
    loss = getattr(losses, name)(**options)
    return [loss, loss.gradient]


def changed(array, value):
    """Give the array with another last entry."""
    other = np.array(array, float)
    other.flat[-1] = value
    return other


@each_library
@pytest.mark.parametrize("value", BAD_NUMBERS.values(), ids=BAD_NUMBERS)
@pytest.mark.parametrize(
    "name", ["BinaryCrossEntropy", "BinaryFocal", "CrossEntropy", "Dice", "Tversky"]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_target_beyond_probabilities_is_refused(name, value, convert, dtype):
    target = changed(HOT, value).astype(dtype)
    for door in doors(name):
        with pytest.raises(ValueError, match=r"^target: expected .*, got"):
            door(convert(P.astype(dtype)), convert(target))


@each_library
@pytest.mark.parametrize("name", ["BinaryCrossEntropy", "BinaryFocal", "Dice", "Tversky"])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "int64"])
def test_a_mask_of_0_and_255_is_refused(name, convert, dtype):
    mask = (255 * HOT).astype(dtype)
    for door in doors(name):
        with pytest.raises(ValueError, match=r"^target: expected .*, got"):
            door(convert(P), convert(mask))


@each_library
@pytest.mark.parametrize("name", ["CrossEntropy", "Focal", "Dice", "Tversky"])
@pytest.mark.parametrize(
    ("dtype", "bad"),
    [("int8", -1), ("int64", -1), ("uint8", 255), ("int8", -128), ("int64", 2), ("int64", 2**40)],
)
def test_a_class_that_there_is_not_is_refused(name, convert, dtype, bad):
    target = convert(np.array([0, 1, bad], dtype))
    for door in doors(name):
        with pytest.raises(ValueError, match=r"^target: expected classes 0 … 1 .*, got"):
            door(convert(P), target)


@each_library
@pytest.mark.parametrize("name", ["CrossEntropy", "Focal", "Dice", "Tversky"])
@pytest.mark.parametrize("bad", [-1, 3, 255])
def test_a_pixel_of_a_class_that_there_is_not_is_refused(name, convert, bad):
    p, target = np.full((2, 3, 4, 4), 1 / 3), np.zeros((2, 4, 4), int)
    target[1, 2, 3] = bad
    for door in doors(name):
        with pytest.raises(ValueError, match=r"^target: expected classes 0 … 2 .*, got"):
            door(convert(p), convert(target))


@each_library
@pytest.mark.parametrize("index", [255, -1, -100, 2])
def test_only_the_class_to_ignore_may_be_out_of_range(convert, index):
    loss, y = CrossEntropy(ignore_index=index), np.array([0, 1, index])
    assert_close([loss(convert(P), convert(y))], [CrossEntropy()(P[:2], y[:2])])
    with pytest.raises(ValueError, match=r"^target: expected classes 0 … 1 "):
        loss(convert(P), convert(np.array([0, index, 7])))


@each_library
@pytest.mark.parametrize("name", ["Focal", "CrossEntropy", "Dice", "Tversky"])
@pytest.mark.parametrize("value", [0.5, 1.0, NAN])
def test_classes_are_whole_numbers(name, convert, value):
    for door in doors(name):
        with pytest.raises((TypeError, ValueError), match=r"^target: expected"):
            door(convert(P), convert(np.array([0.0, 1.0, value])))


@each_library
@pytest.mark.parametrize("value", [-0.01, 1.01, 17.0, -3.0, NAN, np.inf])
@pytest.mark.parametrize("name", ["Dice", "Tversky"])
@pytest.mark.parametrize("target", [HOT, np.array([0, 1, 1])], ids=["hot", "classes"])
def test_logits_are_no_probabilities(name, convert, value, target):
    for door in doors(name):
        with pytest.raises(ValueError, match=r"^prediction: expected probabilities.*, got"):
            door(convert(changed(P, value)), convert(target))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("loss", [Dice(), Tversky()], ids=["Dice", "Tversky"])
def test_probabilities_may_be_rounded_up(loss, dtype):
    """One rounding above 1 is no logit, and exactly 0 and 1 are probabilities."""
    kind = getattr(torch, dtype)
    p = torch.tensor([[0.0, 1.0], [1.0 + torch.finfo(kind).eps, 0.0]], dtype=kind)
    assert torch.isfinite(loss(p, torch.tensor([1, 0])))


def test_numbers_are_free():
    """What is no class and no probability is not held to a range."""
    for name in ("MSE", "MAE", "Huber"):
        assert np.isfinite(getattr(losses, name)()(P, 255 * HOT))


@each_library
@pytest.mark.parametrize("value", [NAN, np.inf])
def test_embeddings_without_distances_are_refused(convert, value):
    x, y = convert(changed(np.ones((4, 2)), value)), convert(np.array([0, 0, 1, 1]))
    with pytest.raises(ValueError, match=r"^embeddings: expected finite"):
        mine_triplets(x, y)
    for door in doors("MinedTriplet"):
        with pytest.raises(ValueError, match=r"^prediction: expected finite"):
            door(x, y)
