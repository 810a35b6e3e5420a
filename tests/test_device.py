"""Going to a device, and timing what runs there; an accelerator is put in place by hand."""

import sys
from collections import namedtuple

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from chainrule import device

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
