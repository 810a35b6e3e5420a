"""The digits and their split, and files in the format of MNIST."""

import gzip
import struct

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_circles, make_moons

from chainrule import datasets
from chainrule.datasets import (
    Part,
    circles,
    digits,
    enlarged_digits,
    mnist,
    moons,
    patches,
    rare_digit,
    read_idx,
    shifted,
    spirals,
    spots,
    write_idx,
)

PARTS = ("train", "validation", "test")


def rows(part):
    """Give the samples of a part as something that can be counted."""
    return [(*x, y) for x, y in zip(part.x.tolist(), part.y.tolist(), strict=True)]


def test_what_the_package_takes_from_its_modules_is_promised():
    homes = {name: getattr(thing, "__module__", "") for name, thing in vars(datasets).items()}
    taken = {name for name, home in homes.items() if home.startswith("chainrule.datasets.")}
    assert taken == {*datasets.__all__}


@pytest.mark.parametrize("seed", range(3))
def test_digits_are_split_60_20_20_each_class_alike(seed):
    data = digits(seed=seed)
    assert [len(getattr(data, name).x) for name in PARTS] == [1077, 360, 360]
    whole = np.bincount(load_digits().target) / 1797
    for name in PARTS:
        part = getattr(data, name)
        assert part.x.shape == (len(part.y), 64)
        assert np.abs(np.bincount(part.y, minlength=10) / len(part.y) - whole).max() < 0.01


def test_parts_are_disjoint_and_nothing_is_lost():
    x, y = load_digits(return_X_y=True)
    everything = [(*row, label) for row, label in zip((x / 16).tolist(), y.tolist(), strict=True)]
    data = digits(seed=1)
    assert len(set(everything)) == len(everything)
    split = [*rows(data.train), *rows(data.validation), *rows(data.test)]
    assert sorted(split) == sorted(everything)


def test_a_rare_digit_is_rare_in_the_training_part_alone():
    data, whole = rare_digit(9, keep=5, seed=2), digits(seed=2)
    assert [int(getattr(data, name).y.sum()) for name in PARTS] == [
        5,
        *(int((getattr(whole, name).y == 9).sum()) for name in PARTS[1:]),
    ]
    assert len(data.train.y) == 5 + int((whole.train.y != 9).sum())
    nines = {(*x, 1) for x in whole.train.x[whole.train.y == 9].tolist()}
    kept = {row for row in rows(data.train) if row[-1]}
    assert kept <= nines
    assert len(kept) == 5


def test_spots_are_brighter_than_what_is_around_them():
    x, y = spots(40, rng=np.random.default_rng(0), noise=0.1)
    assert x.shape == y.shape == (40, 32, 32)
    assert (y.sum((1, 2)) > 0).all()
    assert 0.02 < y.mean() < 0.05
    assert abs(x[y == 0].mean()) < 0.01
    assert abs(x[y == 0].std() - 0.1) < 0.01
    assert x[y == 1].min() > 0.5 - 5 * 0.1
    again = spots(40, rng=np.random.default_rng(0), noise=0.1)
    np.testing.assert_array_equal(again.x, x)


def test_spots_are_one_to_three_discs_of_the_sizes_and_brightness_that_are_said():
    x, y = spots(400, rng=np.random.default_rng(0), noise=0)
    np.testing.assert_array_equal(x > 0, y == 1)
    shades = [set(image[image > 0]) for image in x]
    assert {len(one) for one in shades} == {1, 2, 3}
    every = np.array([shade for one in shades for shade in one])
    assert 0.5 <= every.min() < 0.51
    assert 0.99 < every.max() <= 1
    areas = [mask.sum() for mask, one in zip(y, shades, strict=True) if len(one) == 1]
    assert 4 <= min(areas) < 6  # a radius of 1.2
    assert 29 < max(areas) <= 37  # and one of 3.2
    at = np.argwhere(y)
    assert (at[:, 1:].min(), at[:, 1:].max()) == (1, 30)


def test_a_patch_is_what_is_around_its_pixel():
    images = np.random.default_rng(0).random((2, 5, 6))
    found = patches(images, 3).reshape(2, 5, 6, 3, 3)
    np.testing.assert_array_equal(found[..., 1, 1], images)
    np.testing.assert_array_equal(found[1, 2, 3], images[1, 1:4, 2:5])
    np.testing.assert_array_equal(found[:, 0, :, 0, :], 0)
    np.testing.assert_array_equal(patches(images, 1)[:, 0], images.ravel())


def test_same_seed_same_split():
    first, second, other = digits(seed=3), digits(seed=3), digits(seed=4)
    for name in PARTS:
        assert rows(getattr(first, name)) == rows(getattr(second, name))
        assert rows(getattr(first, name)) != rows(getattr(other, name))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_grey_values_lie_between_0_and_1(dtype):
    for part in vars(digits(dtype=dtype)).values():
        assert part.x.dtype == dtype
        assert part.x.min() == 0
        assert part.x.max() == 1
        assert part.y.dtype == np.int64
        assert set(part.y) == set(range(10))


# ---- IDX files ---------------------------------------------------------------------------------


def idx(array):
    """Give the bytes of an IDX file."""
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return head + array.astype(np.uint8).tobytes()


IMAGES = np.random.default_rng(0).integers(0, 256, (60, 4, 3))
IMAGES[0, 0, :2] = 0, 255
LABELS = np.arange(60) % 10


@pytest.fixture(params=["", ".gz"], ids=["plain", "gz"])
def folder(tmp_path, request):
    """Write the four files of MNIST, but small."""
    for name, n in (("train", 60), ("t10k", 20)):
        for kind, array in (("images-idx3", IMAGES), ("labels-idx1", LABELS)):
            data = idx(array[:n])
            path = tmp_path / f"{name}-{kind}-ubyte{request.param}"
            path.write_bytes(gzip.compress(data) if request.param else data)
    return tmp_path


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_mnist(folder, dtype):
    data = mnist(folder, dtype=dtype)
    assert [getattr(data, name).x.shape for name in PARTS] == [(48, 12), (12, 12), (20, 12)]
    assert {part.x.dtype for part in vars(data).values()} == {np.dtype(dtype)}
    expected = (IMAGES[:20].reshape(20, 12) / 255).astype(dtype)
    np.testing.assert_array_equal(data.test.x, expected)
    np.testing.assert_array_equal(data.test.y, LABELS[:20])
    assert data.test.x.min() == 0
    assert data.test.x.max() == 1
    learnt = sorted(rows(data.train) + rows(data.validation))
    pictures = (IMAGES.reshape(60, 12) / 255).astype(dtype)
    assert learnt == sorted((*x, y) for x, y in zip(pictures.tolist(), LABELS, strict=True))
    assert np.bincount(data.validation.y, minlength=10).min() >= 1
    assert np.bincount(data.train.y, minlength=10).min() >= 4


def test_mnist_is_shuffled_by_its_seed(folder):
    first, second, other = mnist(folder, seed=1), mnist(str(folder), seed=1), mnist(folder, seed=2)
    assert rows(first.train) == rows(second.train) != rows(other.train)


def test_missing_file(folder):
    next(folder.glob("t10k-labels*")).unlink()
    with pytest.raises(FileNotFoundError, match="folder: no t10k-labels-idx1-ubyte"):
        mnist(folder)


@pytest.mark.parametrize(
    ("images", "labels"),
    [(IMAGES, LABELS[:59]), (IMAGES[:59], LABELS), (LABELS, LABELS), (IMAGES, IMAGES)],
    ids=["labels-few", "images-few", "images-flat", "labels-deep"],
)
def test_images_and_labels_that_do_not_fit(folder, images, labels):
    for path in folder.glob("train-*"):
        path.unlink()
    (folder / "train-images-idx3-ubyte").write_bytes(idx(images))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx(labels))
    with pytest.raises(ValueError, match="folder: expected as many labels as images") as caught:
        mnist(folder)
    assert str(images.shape) in str(caught.value)
    assert str(labels.shape) in str(caught.value)


WHOLE = idx(np.arange(6).reshape(2, 3))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not an IDX file"),
        (WHOLE[:3], "is not an IDX file"),
        (WHOLE[:7], "is not an IDX file"),
        (b"\x00\x00\x0d" + WHOLE[3:], "is not an IDX file"),  # floats
        (b"\x01" + WHOLE[1:], "is not an IDX file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "is not an IDX file"),
        (WHOLE[:12], "is damaged: its header announces shape (2, 3)"),
        (WHOLE[:-1], "is damaged: its header announces shape (2, 3)"),
        (WHOLE + b"\x00", "is damaged: its header announces shape (2, 3)"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_damaged_idx_file(tmp_path, data, message, packed):
    path = tmp_path / ("numbers.gz" if packed else "numbers")
    path.write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(ValueError, match="path: ") as caught:
        read_idx(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_damaged_gzip(tmp_path):
    path, data = tmp_path / "numbers.gz", gzip.compress(idx(np.arange(40)), mtime=0)
    messages = set()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(ValueError, match="path: "):
            read_idx(path)
    # behind the gzip header, whose date and system mean nothing, every bit but padding counts
    unnoticed = 0
    for position in range(10, len(data)):
        for bit in range(8):
            wrong = bytearray(data)
            wrong[position] ^= 1 << bit
            path.write_bytes(wrong)
            try:
                found = read_idx(path)
            except ValueError as error:
                found = error
            if isinstance(found, ValueError):
                messages.add(str(found).partition(" cannot be unpacked")[0])
            else:
                unnoticed += 1
                np.testing.assert_array_equal(found, np.arange(40))
    assert unnoticed < 8
    assert messages == {f"path: {path}"}


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int64, float])
def test_an_idx_file_is_written_as_the_format_says(tmp_path, ending, dtype):
    array = np.random.default_rng(0).integers(0, 256, (3, 2, 4))
    path = tmp_path / f"numbers{ending}"
    write_idx(path, array.astype(dtype))
    data = path.read_bytes()
    assert (gzip.decompress(data) if ending else data) == idx(array)
    np.testing.assert_array_equal(read_idx(path), array)


@pytest.mark.parametrize("wrong", [256, -1, 0.5, np.nan, np.inf])
def test_what_is_no_byte_is_not_written(tmp_path, wrong):
    with pytest.raises(ValueError, match="array: expected whole numbers from 0 to 255"):
        write_idx(tmp_path / "numbers", [0, wrong])
    with pytest.raises(TypeError, match="array: "):
        write_idx(tmp_path / "numbers", ["7"])
    assert not (tmp_path / "numbers").exists()


def test_enlarged_digits_are_the_digits_of_a_part_at_25_places():
    x, y = enlarged_digits(500, rng=np.random.default_rng(0), part="test", noise=0)
    assert x.shape == (500, 28, 28)
    assert x.dtype == y.dtype == np.uint8
    own = digits().test
    places = set()
    for image, label in zip(x[:100], y, strict=False):
        for row, column in np.ndindex(5, 5):
            inside = image[row : row + 24, column : column + 24] / 255.0
            # the middle pixel of each block of nine is the small image's own
            found = np.abs(own.x - inside[1::3, 1::3].ravel()).max(1) < 0.003
            if found.any() and inside.sum() * 255 == pytest.approx(image.sum()):
                assert label in own.y[found]
                places.add((row, column))
                break
        else:
            raise AssertionError("an image that is none of the part's")
    assert len(places) > 15
    assert {*y} == {*range(10)}


def test_enlarged_digits_have_noise_of_their_own_and_come_from_their_seed():
    first, again, other = (enlarged_digits(50, rng=np.random.default_rng(s)) for s in (3, 3, 4))
    np.testing.assert_array_equal(first.x, again.x)
    assert (first.x != other.x).any()
    plain = enlarged_digits(50, rng=np.random.default_rng(3), noise=0)
    np.testing.assert_array_equal(first.y, plain.y)
    noise = first.x.astype(float) - plain.x
    grey = (plain.x > 100) & (plain.x < 155)  # where hardly any noise is cut off
    assert noise[grey].std() == pytest.approx(0.2 * 255, rel=0.1)
    assert len({image.tobytes() for image in first.x}) == 50


def test_enlarged_digits_name_what_cannot_be():
    rng = np.random.default_rng(0)
    for wrong in ({"n": 0}, {"n": 5, "part": "all"}, {"n": 5, "noise": -1}):
        with pytest.raises(ValueError, match=f"^{[*wrong][-1]}: "):
            enlarged_digits(**wrong, rng=rng)


@pytest.mark.parametrize("shape", [(0,), (5,), (2, 3), (2, 3, 4), (1, 2, 3, 4)])
def test_idx_of_any_shape(tmp_path, shape):
    array = np.random.default_rng(0).integers(0, 256, shape)
    (tmp_path / "numbers").write_bytes(idx(array))
    found = read_idx(tmp_path / "numbers")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, array)
    assert found.flags.writeable


def test_shifted_images_are_moved_by_one_pixel():
    x = np.arange(1.0, 25).reshape(2, 1, 3, 4)
    more = shifted(Part(x, np.array([3, 5])))
    assert more.x.shape == (10, 1, 3, 4)
    np.testing.assert_array_equal(more.x[:2], x)
    by_axis = {2: (0, 0, 0, 1), 4: (0, 0, 0, -1), 6: (0, 0, 1, 0), 8: (0, 0, -1, 0)}
    for first, steps in by_axis.items():
        rolled = np.roll(x, steps, axis=(0, 1, 2, 3))
        came_in = [slice(None)] * 4
        axis = 3 if steps[3] else 2
        came_in[axis] = 0 if steps[axis] > 0 else -1
        rolled[tuple(came_in)] = 0
        np.testing.assert_array_equal(more.x[first : first + 2], rolled)
    np.testing.assert_array_equal(more.y, [3, 5] * 5)
    with pytest.raises(ValueError, match="part: expected x of shape"):
        shifted(Part(np.zeros((2, 12)), np.zeros(2)))


@pytest.mark.parametrize(("n", "noise", "seed"), [(1, 0.0, 0), (2, 0.5, 7), (121, 0.15, 2**32 - 1)])
def test_moons_and_circles_are_those_of_scikit_learn(n, noise, seed):
    for ours, theirs in ((moons, make_moons), (circles, make_circles)):
        factor = {"factor": 0.5} if ours is circles else {}
        x, y = theirs(n, noise=noise, random_state=seed, **factor)
        part = ours(n, noise=noise, seed=seed)
        np.testing.assert_array_equal(part.x, x)
        np.testing.assert_array_equal(part.y, y)


def test_spirals_turn_around_each_other():
    """A point of one, turned by half a turn, is a point of the other."""
    x, y = spirals(200, noise=0.0)
    first, second = (x[y == label] for label in (0, 1))
    np.testing.assert_allclose(sorted(map(tuple, first)), sorted(map(tuple, -second)), atol=1e-12)
    radius, angle = np.hypot(*first.T), np.arctan2(first[:, 1], first[:, 0])
    np.testing.assert_allclose(np.cos(angle), np.cos(1.5 * np.pi * radius), atol=1e-12)


@pytest.mark.parametrize("make", [moons, circles, spirals])
def test_points_in_a_plane_name_what_cannot_be(make):
    for wrong, name in (
        ({"n": 0}, "n"),
        ({"n": 5, "noise": -1}, "noise"),
        ({"n": 5, "seed": -1}, "seed"),
        ({"n": 5, "seed": 2**32}, "seed"),
    ):
        with pytest.raises(ValueError, match=f"^{name}: "):
            make(**wrong)
