"""What a page shows from a record is what its script finds."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from chainrule.figures import losses
from chainrule.figures.cnn import recorded

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
    ("name", "run", "key"), [("nines", "nines", "report"), ("spots", "masks", "to choose by")]
)
def test_rare_classes_are_found_as_recorded(name, run, key, monkeypatch):
    """The first seed, at rates whose results hardly depend on the processor."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    script = runpy.run_path(str(BENCHMARKS / "imbalance.py"))
    rates, recorded = losses.recorded(name)
    places = [place for place, rate in enumerate(rates) if 0.05 < rate <= 1]
    script["RATES"][name][:] = [rates[place] for place in places]
    for loss, found in script[run](0).items():
        expected = np.array(recorded[loss][0][key])[places]
        np.testing.assert_allclose(found[key], expected, atol=0.03)
