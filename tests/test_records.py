"""What a page shows from a record is what its script finds."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from chainrule.activations import ReLU
from chainrule.figures import activations, losses
from chainrule.figures.cnn import recorded, seeds
from chainrule.figures.optimizers import CONTENDERS, searched
from chainrule.figures.training import sweep

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


@pytest.mark.seldom
def test_activations_end_as_recorded(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    script = runpy.run_path(str(BENCHMARKS / "activations.py"))
    record = activations.recorded()
    for seed in script["SEEDS"]:
        found = script["train"](ReLU(), script["RATE"], seed)["validation"]
        assert np.abs(np.subtract(found, record["race"]["ReLU"][seed])).max() <= 0.01
        dead = script["train"](ReLU(), 1.0, seed, epochs=10)["dead"]
        assert abs(dead - record["dead"]["ReLU"]["1.0"][seed]["dead"]) <= 0.15


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
