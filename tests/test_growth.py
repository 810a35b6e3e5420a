"""How cost grows: slopes, what is fitted, and the script that measures."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from chainrule.figures import growth as draw
from chainrule.growth import crossing, exponents, log_slope, straight_fit

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("growth")


@pytest.fixture
def dense(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("_dense")


def test_at_the_crossing_the_slope_is_half_the_power():
    for power in (0.5, 1.0, 2.0, 3.0):
        at = crossing(2e-4, 3e-9, power)
        assert log_slope(at, [2e-4, 3e-9], [0, power]) == pytest.approx(power / 2)
        assert log_slope(10 * at, [2e-4, 3e-9], [0, power]) > power / 2


def test_exponents_of_many_rounds_are_those_of_each():
    sizes, powers = np.array([2.0, 3.0, 10.0]), np.array([0.5, 2.0])
    found = exponents(sizes, 7 * sizes[:, None] ** powers)
    np.testing.assert_allclose(found, [powers, powers])
    np.testing.assert_allclose(exponents(sizes, [1, 1, 1]), [0, 0])


def test_a_straight_fit_weighs_relative_errors():
    work = np.array([1.0, 10.0, 1e4, 1e6])
    costs = 5 + 2 * work
    np.testing.assert_allclose(straight_fit(work, costs), (5, 2))
    costs[-1] *= 1.1  # absolute errors would let this one alone decide
    fixed, each = straight_fit(work, costs)
    assert 4 < fixed < 6
    assert 2 < each < 2.2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: log_slope(0, [1], [1]), "n: expected a positive"),
        (lambda: log_slope(1, [1], [1, 2]), "parts: expected one for each power"),
        (lambda: log_slope(1, [0, 0], [1, 2]), "parts: expected one for each power, not all 0"),
        (lambda: log_slope(1, [-1, 2], [1, 2]), "parts: "),
        (lambda: log_slope(1e200, [1, 1], [0, 2]), "n: expected a size whose costs a float can"),
        (lambda: log_slope(1e-200, [1], [2]), "n: expected a size whose costs a float can hold"),
        (lambda: straight_fit([2, 2], [3, 4]), "work: expected at least two different amounts"),
        (lambda: crossing(0, 1, 1), "fixed: "),
        (lambda: crossing(1, 1, 0), "power: "),
        (lambda: exponents([1], [1]), "costs: expected one for each of two sizes"),
        (lambda: exponents([1, 2], [1, 2, 3]), "costs: expected one for each of two sizes"),
        (lambda: exponents([2, 1], [1, 2]), "sizes: expected positive ones that increase"),
        (lambda: exponents([0, 1], [1, 2]), "sizes: expected positive ones that increase"),
        (lambda: exponents([1, 2], [0, 2]), "costs: expected positive ones"),
        (lambda: straight_fit([1], [1]), "costs: expected one for each of two"),
        (lambda: straight_fit([0, 1], [1, 1]), "costs: expected positive ones"),
    ],
)
def test_what_has_no_slope_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- the contenders ------------------------------------------------------------------------------

EAGER = ["chainrule", "PyTorch, eager", "scikit-learn"]


@pytest.mark.parametrize("depth", [1, 3])
def test_all_contenders_make_the_same_steps_from_the_same_start(dense, depth):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((40, 784), dtype=np.float32), rng.integers(10, size=40)
    nets = {way: dense.CONTENDERS[way](dense.start(16, depth)) for way in EAGER}
    outputs = {}
    for way, net in nets.items():
        for _ in range(60):
            net.step(x, y)
        outputs[way] = net.classes(x)
        assert (outputs[way] == y).mean() > 0.4  # chance is a tenth
        np.testing.assert_array_equal(outputs[way], outputs["chainrule"])
        net.begin(dense.start(16, depth))
    for net in nets.values():
        net.step(x, y)
        np.testing.assert_array_equal(net.classes(x), nets["chainrule"].classes(x))
        assert (net.classes(x) != outputs["chainrule"]).any()


def test_what_cannot_compile_is_left_out_with_a_sentence(dense, monkeypatch, capsys):
    def broken(net):
        raise RuntimeError("no compiler\nand much more")

    monkeypatch.setitem(dense.CONTENDERS, "PyTorch, compiled", broken)
    assert [*dense.that_run()] == EAGER
    assert capsys.readouterr().out == (
        "torch.compile is left out, for it cannot compile here: no compiler\n"
    )


# ---- the script ----------------------------------------------------------------------------------


def small(script, monkeypatch):
    """Make the script one of seconds."""
    for name, settings in {
        "TIMED": {"width": [{"width": 4}, {"width": 8}], "depth": [{"depth": 1}, {"depth": 2}]},
        "WEIGHED": {"width": [{"width": 128}, {"width": 512}], "batch": [{"batch": 4}]},
        "SIZES": [256, 300],
        "LIMIT": 60,
        "TEST": 200,
        "TARGET": 0.5,
        "SHORTEST": 0.001,
    }.items():
        monkeypatch.setattr(script, name, settings)


@pytest.mark.slow
def test_the_record_has_what_the_page_shows(script, monkeypatch, tmp_path):
    small(script, monkeypatch)
    record = script.recorded(3, {way: script.CONTENDERS[way] for way in EAGER}, str(tmp_path))
    assert {*record, "versions", "date"} == {*draw.recorded()}
    for name, timed in record["time"].items():
        assert {*timed} == {*draw.recorded()["time"][name]}
        assert timed["sizes"] == script.sizes_of(script.TIMED[name], name)
        for rounds in timed["seconds"].values():
            assert np.shape(rounds) == (2, 3)
            assert (np.array(rounds) > 0).all()
    data = record["data"]
    assert {*data} == {*draw.recorded()["data"]}
    assert np.array(data["steps"], float).max() <= script.LIMIT  # nan where there is none
    for way in EAGER:
        assert np.shape(data["epoch seconds"][way]) == (2, 3)
        assert data["test accuracy"][way] == data["test accuracy"]["chainrule"]
        assert np.min(data["test accuracy"][way]) >= script.TARGET
    if record["memory"]:
        parameters = 4 * (784 * 512 + 2 * 512**2)
        for rounds in record["memory"]["width"]["bytes"].values():
            assert 0.8 * parameters < rounds[1] < 4 * parameters
        asked = record["memory"]["width"]["asked for"]
        assert asked[1] == pytest.approx(
            record["memory"]["width"]["bytes"]["chainrule"][1], rel=0.2
        )


def test_images_come_back_from_their_files_as_they_were_made(script, monkeypatch, tmp_path):
    monkeypatch.setattr(script, "TEST", 20)
    data = script.images(str(tmp_path), 30)
    assert {part: len(x) for part, (x, _) in data.items()} == {"train": 30, "test": 20}
    made = script.enlarged_digits(30, rng=np.random.default_rng(0))
    np.testing.assert_allclose(data["train"][0], made.x.reshape(30, 784) / 255, rtol=1e-6)
    np.testing.assert_array_equal(data["train"][1], made.y)
    assert (tmp_path / "train-images").stat().st_size == 16 + 30 * 784


def test_a_target_that_is_not_reached_is_none(script, monkeypatch):
    monkeypatch.setattr(script, "LIMIT", 40)
    rng = np.random.default_rng(0)
    part = rng.random((100, 784), dtype=np.float32), rng.integers(10, size=100)
    net = script.CONTENDERS["chainrule"](script.start(4, 1))
    assert script.steps_to_target(net, part, part, 0) is None


# ---- what the page makes of the record -----------------------------------------------------------


def test_a_training_that_did_not_arrive_is_not_drawn():
    record = {
        "sizes": [2, 4],
        "steps": [[20, None], [20, 40]],
        "epoch seconds": {"a": [[1.0, 1.0], [2.0, 2.0]]},
        "target seconds": {"a": [[3.0], [1.0, 3.0]]},
    }
    epoch, target = draw.by_data(record).axes[:2]
    np.testing.assert_array_equal(epoch.lines[0].get_ydata(), [1, 2])
    np.testing.assert_array_equal(target.lines[0].get_ydata(), [np.nan, 2])
