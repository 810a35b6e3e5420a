"""What a page shows from a record is what its script finds."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from chainrule.figures.cnn import recorded
from chainrule.figures.training import sweep

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.mark.seldom
@pytest.mark.parametrize("name", ["convolutional", "dense"])
def test_five_seeds_end_as_recorded(name, monkeypatch):
    """On another processor a few of the 360 images may be read otherwise."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    script = runpy.run_path(str(BENCHMARKS / "seeds.py"))
    runs = [script["run"](name, seed) for seed in script["SEEDS"]]
    histories, accuracies = recorded(name)
    found = [run["test accuracy"] for run in runs]
    assert np.abs(np.subtract(found, accuracies)).max() <= 0.01
    assert abs(np.median(found) - np.median(accuracies)) <= 0.005
    for run, history in zip(runs, histories, strict=True):
        np.testing.assert_allclose(run["history"]["loss"], history.loss, rtol=0.2)


@pytest.mark.seldom
@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("width", 1),
        ("batch size", 3),
        ("learning rate", 2),
        ("learning rate, sigmoid", 3),
        ("learning rate, ReLU", 3),
    ],
)
def test_a_setting_does_as_recorded(name, at, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    script = runpy.run_path(str(BENCHMARKS / "sweeps.py"))
    values, accuracies = sweep(name)
    assert values == script["SWEEPS"][name]
    found = [script["run"](name, values[at], seed) for seed in script["SEEDS"]]
    assert np.abs(found - accuracies[at]).max() <= 0.01
