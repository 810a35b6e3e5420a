"""A drawn digit: its counts, what the network makes of it, and where its weights come from."""

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from chainrule.activations import Softmax
from chainrule.datasets import digits
from chainrule.drawing import RECORD, DigitReader, bitmap, counts, filled
from chainrule.training import accuracy

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
READER = DigitReader()
TEST = digits().test
IMAGES = (TEST.x * 16).round().astype(int).reshape(-1, 8, 8)


def random_bitmap(seed):
    return np.random.default_rng(seed).integers(0, 2, (32, 32))


def test_counts_are_those_of_a_loop():
    pixels = random_bitmap(0)
    expected = np.zeros((8, 8), int)
    for row in range(32):
        for column in range(32):
            expected[row // 4, column // 4] += pixels[row, column]
    np.testing.assert_array_equal(counts(pixels), expected)


def test_each_digit_of_the_test_part_comes_out_of_its_bitmap_as_it_is():
    for image in IMAGES:
        drawn = bitmap(image)
        assert set(np.unique(drawn)) <= {0, 1}
        np.testing.assert_array_equal(counts(drawn), image)


def test_what_is_read_is_the_network_s():
    pixels = random_bitmap(1)
    found = READER.read(pixels.tolist())
    image = counts(pixels)[None, None] / 16
    np.testing.assert_allclose(found["probabilities"], Softmax()(READER.network(image))[0])
    assert sum(found["probabilities"]) == pytest.approx(1)
    np.testing.assert_array_equal(found["image"], counts(pixels))
    x, kept = image, {}
    for number, layer in enumerate(READER.network.layers):
        x = layer(x)
        kept[number] = x[0]
    shown = {"first convolution": kept[1], "second convolution": kept[3], "pooling": kept[4]}
    for name, maps in shown.items():
        np.testing.assert_allclose(found["maps"][name], maps, atol=5e-4)
    json.dumps(found)


def test_an_example_is_a_digit_of_the_test_part():
    for digit in range(10):
        of_it = IMAGES[TEST.y == digit]
        for number in (0, 1, len(of_it)):
            image = counts(READER.example(digit, number))
            np.testing.assert_array_equal(image, of_it[number % len(of_it)])
    with pytest.raises(ValueError, match=r"digit: expected 0 … 9, got 10"):
        READER.example(10)


def test_a_drawing_is_made_as_high_as_the_field():
    pixels = np.zeros((32, 32), int)
    pixels[20:24, 1:3] = [[1, 0], [1, 1], [0, 1], [1, 1]]
    large = filled(pixels)
    np.testing.assert_array_equal(large[:, 8:24], np.kron(pixels[20:24, 1:3], np.ones((8, 8))))
    assert not large[:, :8].any()
    assert not large[:, 24:].any()
    assert READER.fill(pixels.tolist()) == large.tolist()
    np.testing.assert_array_equal(filled(large), large)
    assert not filled(np.zeros((32, 32), int)).any()


@pytest.mark.parametrize("function", [counts, filled, READER.read, READER.fill])
@pytest.mark.parametrize(
    ("pixels", "got"),
    [
        (np.zeros((8, 8)), r"shape \(8, 8\)"),
        (np.full((32, 32), 2), "2"),
        (np.full((32, 32), 0.5), "0.5"),
        (np.full((32, 32), np.nan), "nan"),
        ([[0] * 32] * 31 + [[0]], "shape"),
        ("ink", r"shape \(\)"),
    ],
)
def test_what_is_no_bitmap_is_refused(function, pixels, got):
    with pytest.raises(ValueError, match=f"^pixels: expected 32 × 32 .* from 0 to 1, got .*{got}"):
        function(pixels)


def test_the_record_reads_the_test_part_as_it_says():
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    images = TEST._replace(x=TEST.x.reshape(-1, 1, 8, 8))
    assert accuracy(READER.network, *images) == record["test accuracy"]


@pytest.mark.seldom
def test_training_gives_the_record(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    trained = runpy.run_path(str(BENCHMARKS / "drawing.py"))["train"]()
    for ours, kept in zip(trained.parameters, READER.network.parameters, strict=True):
        np.testing.assert_allclose(ours, kept, rtol=1e-5, atol=1e-6)
