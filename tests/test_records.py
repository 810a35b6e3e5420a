"""What a page shows from a record is what its script finds."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from chainrule.figures.cnn import recorded, seeds

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.mark.seldom
@pytest.mark.parametrize("name", ["convolutional", "dense", "shuffled"])
def test_five_seeds_end_as_recorded(name, monkeypatch):
    """On another processor rounding decides the late epochs, and how a few images are read."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    script = runpy.run_path(str(BENCHMARKS / "seeds.py"))
    runs = [script["run"](name, seeds()[name]["rate"], seed) for seed in script["SEEDS"]]
    histories, accuracies = recorded(name)
    found = [run["test accuracy"] for run in runs]
    assert np.abs(np.subtract(found, accuracies)).max() <= 0.015
    assert abs(np.median(found) - np.median(accuracies)) <= 0.005
    for run, history in zip(runs, histories, strict=True):
        np.testing.assert_allclose(run["history"]["loss"][:2], history.loss[:2], rtol=0.05)
