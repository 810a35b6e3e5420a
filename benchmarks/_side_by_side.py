"""How the benchmarks measure and what they write.

Contenders are run in turns, in an order that is shuffled every round, so that whatever else the
machine does slows all of them alike. What is kept is the ratio within a round: the median over the
rounds, and the quartiles.
"""

import argparse
import datetime
import json
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from chainrule.device import clock

RECORDS = Path(__file__).parents[1] / "src" / "chainrule" / "records"


HOW = {1: "one thread", 2: "two threads"}
"""How a record names so many threads each."""


def rounds_from_command_line(default: int) -> int:
    """Read ``--rounds`` from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=default, help="how often each is timed")
    return parser.parse_args().rounds


def measure(
    contenders: dict[str, Callable[[], Any]],
    rounds: int,
    rest: float = 0.0,
    warm: float | None = None,
    device: str = "cpu",
) -> dict[str, list[float]]:
    """Time each contender once a round, after one round that warms up; give their seconds.

    Before each there are `rest` seconds, in which threads left waiting by the one before, which
    spin, can go to sleep. Then, if `warm` is given, it runs for that many seconds and at least once
    before it is timed, by the clock of the device.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    order, shuffle = list(contenders), random.Random(0).shuffle
    for number in tqdm(range(rounds + 1), unit="round"):
        shuffle(order)
        for name in order:
            time.sleep(rest)
            start = time.perf_counter()
            while warm is not None:
                contenders[name]()
                if time.perf_counter() - start >= warm:
                    break
            passed = clock(device)(contenders[name])
            if number:
                seconds[name].append(passed)
    return seconds


def ratio(baseline: list[float], contender: list[float]) -> dict[str, float]:
    """Give contender / baseline, round by round: above 1 the contender is slower."""
    ratios = [b / a for a, b in zip(baseline, contender, strict=True)]
    low, median, high = statistics.quantiles(ratios, n=4)
    return {"median": round(median, 3), "low": round(low, 3), "high": round(high, 3)}


@contextmanager
def threads_each(threads: int) -> Iterator[None]:
    """Let both libraries have so many threads for a while."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with threadpool_limits(threads):
            yield
    finally:
        torch.set_num_threads(before)


def machine() -> dict[str, float]:
    """Give the operations a second of a large matrix product, and the bytes a second of a copy.

    With one thread; the best of a few, for other work can only make them less.
    """
    a = np.ones((2048, 2048), "float32")
    source, target = np.ones(2**26, "float32"), np.ones(2**26, "float32")
    calls = {"product": lambda: a @ a, "copy": lambda: np.copyto(target, source)}
    with threads_each(1):
        seconds = measure(calls, rounds=7, rest=0.05)
    return {
        "operations_per_second": 2 * 2048**3 / min(seconds["product"]),
        "bytes_per_second": 2 * source.nbytes / min(seconds["copy"]),
    }


def write(name: str, record: dict[str, Any], packages: tuple[str, ...]) -> None:
    """Write ``records/NAME.json``: the record, the versions, the machine's rates and the date."""
    record |= {"machine": machine()} if "ratios" in record else {}
    record |= {
        "versions": {"python": platform.python_version(), **{p: version(p) for p in packages}},
        "date": datetime.date.today().isoformat(),
    }
    path = RECORDS / f"{name}.json"
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(path.read_text(encoding="utf-8"))
