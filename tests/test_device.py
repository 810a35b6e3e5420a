"""Going to a device, and timing what runs there; an accelerator is put in place by hand.

Then what is recorded of a GPU: the script, what the page shows of it, and what the page says of it.
"""

import json
import runpy
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from chainrule import device
from chainrule.figures import benchmarks
from chainrule.figures import device as shown
from chainrule.ledger import claim, verify

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "gpu.py"
SILENT = [
    *(lambda key=key: benchmarks.recorded("gpu", key) for key in ("ratios", "float32 over")),
    *(shown.claims_on_gpu, shown.milliseconds, shown.peak_memory, shown.product_errors),
]
Pair = namedtuple("Pair", "x y")


class Watch:
    """In the place of an accelerator's clock: notes what is done in which order."""

    def __init__(self):
        self.log = []

    def event(self, **options):
        assert options == {"enable_timing": True}
        number = sum(line.startswith("made") for line in self.log)
        self.log.append(f"made {number}")
        return Event(self, number)


class Event:
    def __init__(self, watch, number):
        self.watch, self.number = watch, number

    def record(self):
        self.watch.log.append(f"recorded {self.number}")

    def synchronize(self):
        self.watch.log.append(f"waited for {self.number}")

    def elapsed_time(self, later):
        self.watch.log.append(f"from {self.number} to {later.number}")
        return 250.0  # milliseconds


def test_an_accelerator_is_timed_by_its_own_events_around_one_call(monkeypatch):
    watch = Watch()
    monkeypatch.setattr(torch, "Event", watch.event)
    assert device.clock("cuda")(lambda: watch.log.append("called")) == 0.25
    after = ["recorded 0", "called", "recorded 1", "waited for 1", "from 0 to 1"]
    assert watch.log == ["made 0", "made 1", *after]


@pytest.mark.parametrize("rounds", [1, 4, 5])
def test_seconds_are_the_median_after_a_call_that_is_not_timed(rounds, monkeypatch):
    took = iter([8.0, 1.0, 4.0, 2.0, 16.0])
    log = []

    def timed(function):
        function()
        return next(took)

    monkeypatch.setattr(device, "clock", lambda name: log.append(name) or timed)
    found = device.seconds(lambda: log.append("called"), "cuda", rounds)
    assert found == {1: 8.0, 4: 3.0, 5: 4.0}[rounds]
    assert log == ["called", "cuda", *["called"] * rounds]


def test_rounds_are_eleven_if_nothing_is_said_and_at_least_one():
    calls = []
    device.seconds(lambda: calls.append(1), "cpu")
    assert len(calls) == 12
    with pytest.raises(ValueError, match=r"rounds: .*at least 1"):
        device.seconds(list, "cpu", 0)


def test_a_processor_is_timed_by_the_clock(monkeypatch):
    times = iter([2.0, 5.0])
    monkeypatch.setattr(device.time, "perf_counter", lambda: next(times))
    assert device.clock("cpu")(list) == 3.0


def test_the_accelerator_is_the_one_that_is_there_and_can_compute_with_the_numbers(monkeypatch):
    there = torch.accelerator
    monkeypatch.setattr(there, "is_available", lambda: True)
    monkeypatch.setattr(there, "current_accelerator", lambda: torch.device("meta"))
    assert device.accelerator() == device.accelerator("float32") == "meta"

    def zeros(*size, dtype, device):
        assert (dtype, device) == (torch.float64, torch.device("meta"))
        raise TypeError("no such numbers")

    monkeypatch.setattr(torch, "zeros", zeros)
    assert device.accelerator("float64") == "cpu"
    assert device.accelerator() == "meta"
    monkeypatch.setattr(there, "is_available", lambda: False)  # built for one that is not there
    assert device.accelerator() == device.accelerator("float32") == "cpu"


@pytest.mark.parametrize("array", [np.ones((2, 3)), torch.ones(2, 3)])
def test_what_goes_to_a_device_is_a_copy(array):
    there = device.to(array, "cpu")
    there[0, 0] = 7.0
    assert array[0, 0] == 1.0
    assert device.to(array, "meta").device.type == "meta"


def test_lists_and_named_tuples_stay_what_they_are():
    moved = device.to(Pair(np.ones(1), [np.ones(1, int), (np.ones(1, "f"),)]), "cpu", "bfloat16")
    assert type(moved) is Pair
    assert type(moved.y) is list
    assert type(moved.y[1]) is tuple
    assert [moved.x.dtype, moved.y[0].dtype, moved.y[1][0].dtype] == [
        torch.bfloat16,
        torch.int64,
        torch.bfloat16,
    ]


def test_one_thread_is_one(monkeypatch):
    with device.one_thread():
        assert {pool["num_threads"] for pool in threadpool_info()} == {1}
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    with device.one_thread():
        pass


# ---- what is recorded of a GPU -------------------------------------------------------------------


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPT.parent)
    return runpy.run_path(str(SCRIPT))


@pytest.fixture(scope="module")
def tried():
    """Give what the script finds on a CPU, on small arrays and a few claims."""
    command = [sys.executable, str(SCRIPT), "--device", "cpu", "--rounds", "2"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    return json.loads(done.stdout)


@pytest.mark.slow
def test_the_script_runs_to_its_end_and_its_record_shows_on_the_page(tried, monkeypatch, tmp_path):
    assert tried["left out"] == []
    assert [*tried["claims"]] == ["float64", "float32", "TF32", "bfloat16"]
    assert all(of["hold"] >= 5 and not of["fail"] for of in tried["claims"].values())
    monkeypatch.setattr(benchmarks, "RECORDS", tmp_path)
    made_up = tried | {"device": "a card", "versions": {}, "date": "2026-01-01"}
    (tmp_path / "gpu.json").write_text(json.dumps(made_up), encoding="utf-8")
    origin = "What this page shows of a GPU was recorded by `benchmarks/gpu.py` on one card"
    assert repr(shown.origin()) == f"{origin} (a card, 2026-01-01)."
    assert all(show() is not None for show in SILENT)
    assert repr(shown.claims_on_gpu()).count("| none |") == 4
    for key in ("claims", "peak memory", "float32 over"):
        del made_up[key]
    (tmp_path / "gpu.json").write_text(json.dumps(made_up), encoding="utf-8")
    without = "the claims of the ledger, the memory in use and the products with fewer bits"
    assert f"2026-01-01), but for {without}, which were not run there." in repr(shown.origin())
    assert [show() is None for show in SILENT] == [False, True, True, False, True, True]


def test_without_a_record_one_sentence_says_so_and_the_tables_are_silent(monkeypatch, tmp_path):
    monkeypatch.setattr(benchmarks, "RECORDS", tmp_path)
    assert repr(shown.origin()).startswith("No run of `benchmarks/gpu.py` on a GPU is recorded")
    assert [show() for show in SILENT] == [None] * len(SILENT)


def test_without_a_gpu_the_script_says_so_in_a_sentence(monkeypatch, capsys):
    monkeypatch.syspath_prepend(SCRIPT.parent)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["gpu.py"])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    assert end.value.code is None
    said = "gpu: no CUDA device here, so nothing was measured and nothing written\n"
    assert capsys.readouterr().out == said


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no alarm")
def test_a_part_that_is_late_or_fails_is_named_and_the_others_are_kept(script):
    def late():
        try:
            time.sleep(30)
        except Exception:
            return {"late": 1}

    parts = [("a", late), ("a", dict), ("b", lambda: 1 / 0), ("a", lambda: {"x": 1})]
    assert script["run"](parts, limit=1) == {
        "ratios": {},
        "left out": ["a: OutOfTime: more than 1 seconds", "b: ZeroDivisionError: division by zero"],
        "a": {"x": 1},
    }


def test_all_of_it_takes_ten_minutes_at_most(script):
    parts = script["parts"]("cuda", 31, script["FULL"])
    assert len(parts) * script["LIMIT"] <= 570


def test_a_claim_that_fails_or_stops_is_named_and_the_others_are_counted(script, monkeypatch):
    def asked(found, **options):
        assert torch.backends.cuda.matmul.allow_tf32
        assert torch.backends.cudnn.allow_tf32
        if found.label == "1.2":
            raise RuntimeError("no such kernel")
        wrong = {"implementation": found.saboteur} if found.label == "1.3" else {}
        return verify(found, **options, **wrong)

    names = script["held"].__globals__
    monkeypatch.setitem(names, "verify", asked)
    monkeypatch.setitem(names, "claims", lambda: [claim(n) for n in ("1.1", "1.2", "1.3", "1.7")])
    before = torch.backends.cudnn.allow_tf32
    found = script["held"]("TF32", "cpu")["TF32"]
    assert not torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = before
    assert (found["hold"], found["skipped"], [*found["fail"]]) == (2, 0, ["1.2", "1.3"])
    assert found["fail"]["1.2"] == "RuntimeError: no such kernel"
    assert found["closest"]["claim"] in ("1.1", "1.7")
    assert 0 < found["closest"]["of its bound"] < 1


def test_peak_memory_is_what_a_second_call_takes_beyond_what_is_there(script, monkeypatch):
    calls = []
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda: calls.append("reset"))
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: 1e6)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: 3.5e6)
    assert script["peak"](lambda: calls.append("called"), "cuda") == 2.5
    assert calls == ["called", "reset", "called"]


def test_what_the_page_says_of_the_record_is_so():
    """After a new run, the sentences beside the tables have to be read again."""
    record = benchmarks.read("gpu")
    gains = {name: ratio["median"] for name, ratio in record["ratios"].items()}
    dense = {part: gain for part, gain in gains.items() if part.startswith("dense")}
    assert max(gains, key=gains.get) == "dense, step"
    assert min(dense.values()) > max(gain for name, gain in gains.items() if name not in dense)
    assert 1 / gains["convolutional, optimizer"] == pytest.approx(4, rel=0.05)
    assert record["CPU threads"] == 16
    layers = record["im2col over PyTorch"]
    for name, row in layers.items():
        if "7 × 7" not in name:
            assert 0.45 < row["milliseconds"]["im2col"] < 0.65
    moved = [row["megabytes by im2col"] for row in layers.values()]
    assert moved[1] / moved[4] == pytest.approx(5, rel=0.05)
    compiled = record["eager over compiled"]["GELU of 16.8 million numbers"]
    assert benchmarks.noisy(compiled)
    assert compiled["high"] == pytest.approx(1.16, abs=0.005)
    assert "H100" in record["device"]
