"""What a page shows from a record is what its script finds."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from chainrule.figures.cnn import recorded
from chainrule.figures.optimizers import CONTENDERS, searched

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
@pytest.mark.parametrize("name", CONTENDERS)
def test_the_search_for_rates_ends_as_recorded(name, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    script = runpy.run_path(str(BENCHMARKS / "races.py"))
    rates, losses = searched()
    assert rates == script["RATES"]
    best = int(np.argmin(np.median(losses[name], 1)))
    found = [script["validation_loss"](name, rates[best], seed) for seed in script["SEEDS"]]
    assert np.median(found) == pytest.approx(np.median(losses[name][best]), rel=0.05)
