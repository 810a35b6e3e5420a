"""How the cost of training grows with width, depth, batch and data, for four ways to train.

784-width-…-10, ReLU, cross-entropy, plain SGD, float32, one thread each: seconds of a step, bytes
that a step needs beside the parameters and its batch, and, on images of 28 × 28 made here and read
from IDX files, seconds of an epoch and seconds until a share of the test images is read rightly.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from _dense import CONTENDERS, Contender, batch, start, that_run
from _side_by_side import machine, measure, threads_each, write
from tqdm import tqdm

from chainrule.datasets import enlarged_digits, read_idx, write_idx
from chainrule.network import Network
from chainrule.training import batches

Setting = dict[str, int]
Make = Callable[[Network], Contender]
USUAL: Setting = {"width": 128, "depth": 3, "batch": 32}
WIDTHS, BATCHES = [2**k for k in range(4, 12)], [4**k for k in range(6)]
TIMED: dict[str, list[Setting]] = {
    "width": [{"width": width} for width in WIDTHS],
    "depth": [{"depth": depth} for depth in (1, 2, 4, 8, 16)],
    "batch": [{"batch": size} for size in BATCHES],
    "batch, width 1024": [{"batch": size, "width": 1024} for size in BATCHES[:5]],
}
WEIGHED = {
    "width": [{"width": width} for width in WIDTHS[4:]],
    "batch, width 512": [{"batch": size, "width": 512} for size in BATCHES if size not in (4, 64)],
}
SHORTEST = 0.01  # seconds that are timed at once, of as many steps as it takes
DATA = {"width": 128, "batch": 64}  # and one hidden layer
SIZES, TEST, TARGET = [1024, 2048, 4096, 8192, 16_384, 32_768, 60_000], 2000, 0.92
LOOK, LIMIT = 20, 1500  # steps between two looks at the test images, and steps in all
Images = tuple[np.ndarray, np.ndarray]


def sizes_of(settings: list[Setting], name: str) -> list[int]:
    """Give what is varied, of settings that are."""
    return [setting[name.partition(",")[0]] for setting in settings]


def repeated(make: Make, setting: Setting) -> tuple[Callable[[], None], int]:
    """Give what makes as many steps of a contender as are timed at once, and how many."""
    full = USUAL | setting
    step = make(start(full["width"], full["depth"])).step
    images = batch(full["batch"])
    for _ in range(2):  # what is compiled is compiled in the first
        begin = time.perf_counter()
        step(*images)
    count = max(1, round(SHORTEST / (time.perf_counter() - begin)))

    def steps() -> None:
        for _ in range(count):
            step(*images)

    return steps, count


def timed(name: str, ways: dict[str, Make], rounds: int) -> dict[str, Any]:
    """Time the steps of all contenders at all sizes, in turns, and what comes before the first."""
    settings, runs, counts = TIMED[name], {}, {}
    beginning: dict[str, list[float]] = {way: [] for way in ways}
    for at, setting in enumerate(tqdm(settings, desc=f"{name}, first steps")):
        for way, make in ways.items():
            begin = time.perf_counter()
            runs[f"{way} {at}"], counts[f"{way} {at}"] = repeated(make, setting)
            beginning[way].append(rounded(time.perf_counter() - begin))
    found = measure(runs, rounds, warm=0)
    seconds = {key: [rounded(each / counts[key]) for each in times] for key, times in found.items()}
    return {
        "sizes": sizes_of(settings, name),
        "settings": [USUAL | setting for setting in settings],
        "seconds": {way: [seconds[f"{way} {at}"] for at in range(len(settings))] for way in ways},
        "seconds until the third step": beginning,
    }


def rounded(number: float) -> float:
    """Give a number with four digits, which is more than a time is good for."""
    return float(f"{number:.4g}")


# ---- memory --------------------------------------------------------------------------------------


def peak(step: Callable[[], Any]) -> int:
    """Give by how many bytes the memory of this process grows in a step, at most (on Linux)."""
    status = Path("/proc/self/status")

    def kilobytes(name: str) -> int:
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name))

    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the peak is now what there is
    before = kilobytes("VmRSS")
    step()
    return 1024 * (kilobytes("VmHWM") - before)


def weigh(way: str, settings: list[Setting]) -> list[dict[str, int]]:
    """Weigh a step of a contender in this process, and of ours also what NumPy asked for."""
    found = []
    for setting in settings:
        full = USUAL | setting
        step = CONTENDERS[way](start(full["width"], full["depth"])).step
        once = partial(step, *batch(full["batch"]))
        once()
        once()
        found.append({"resident": peak(once)})
        if way == "chainrule":
            tracemalloc.start()
            once()
            found[-1]["asked for"] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    return found


def weighed(ways: dict[str, Make]) -> dict[str, Any]:
    """Weigh the steps of every contender in a process of its own, whose arrays leave it at once."""
    if not Path("/proc/self/clear_refs").exists():
        print("memory is left out: this system does not tell how much a process has at most")
        return {}
    own = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
    found: dict[str, Any] = {
        name: {"sizes": sizes_of(settings, name), "bytes": {}} for name, settings in WEIGHED.items()
    }
    for way in tqdm(ways, desc="memory"):
        words = [sys.executable, __file__, "--weigh", json.dumps([way, WEIGHED])]
        done = subprocess.run(
            words, env=os.environ | own, check=True, encoding="utf-8", stdout=subprocess.PIPE
        )
        for name, each in json.loads(done.stdout.splitlines()[-1]).items():
            found[name]["bytes"][way] = [one["resident"] for one in each]
            if "asked for" in each[0]:
                found[name]["asked for"] = [one["asked for"] for one in each]
    return found


# ---- data ----------------------------------------------------------------------------------------


def images(folder: str, n: int) -> dict[str, Images]:
    """Make images, write them into IDX files, read these, and give x from 0 to 1 and y."""
    found = {}
    for seed, (part, count) in enumerate({"train": n, "test": TEST}.items()):
        made = enlarged_digits(count, rng=np.random.default_rng(seed), part=part)
        paths = [Path(folder, f"{part}-{kind}") for kind in ("images", "labels")]
        for path, array in zip(paths, made, strict=True):
            write_idx(path, array)
        x, y = map(read_idx, paths)
        found[part] = x.reshape(len(x), -1) / np.float32(255), y.astype(np.int64)
    return found


def train(net: Contender, part: Images, seed: int) -> Iterator[float]:
    """Train for ever; yield after each step how many seconds all of them took."""
    rng, passed = np.random.default_rng(seed), 0.0
    while True:
        for rows in batches(len(part[0]), DATA["batch"], rng):
            begin = time.perf_counter()
            net.step(part[0][rows], part[1][rows])
            passed += time.perf_counter() - begin
            yield passed


def right(net: Contender, test: Images) -> float:
    """Give the share of the test images that are read rightly."""
    return float(np.mean(net.classes(test[0]) == test[1]))


def steps_to_target(net: Contender, part: Images, test: Images, seed: int) -> int | None:
    """Give after how many steps enough is read rightly, None if it takes more than the limit."""
    for done, _ in enumerate(train(net, part, seed), 1):
        if done % LOOK == 0 and right(net, test) >= TARGET:
            return done
        if done >= LIMIT:
            return None
    raise AssertionError("a training does not end by itself")


def by_data(ways: dict[str, Make], rounds: int, folder: str) -> dict[str, Any]:
    """Time an epoch, and the steps to the target, with a seed of its own in every round.

    How many steps these are is found with ours. Then all make as many, from the same start and with
    the same batches, and are timed.
    """
    data = images(folder, max(SIZES))
    nets = {way: make(start(DATA["width"], 1)) for way, make in ways.items()}
    for net in nets.values():
        for size in {DATA["batch"], *(size % DATA["batch"] for size in SIZES)} - {0}:
            net.step(*batch(size))  # what is compiled is compiled here
    keys = "epoch seconds", "target seconds", "test accuracy"
    found: dict[str, Any] = {key: {way: [[] for _ in SIZES] for way in ways} for key in keys}
    found["steps"] = [[] for _ in SIZES]
    for seed in tqdm(range(rounds), desc="data", unit="round"):
        order = np.random.default_rng(seed).permutation(max(SIZES))
        begin = start(DATA["width"], 1, seed)
        for at, size in enumerate(SIZES):
            part = data["train"][0][order[:size]], data["train"][1][order[:size]]
            nets["chainrule"].begin(begin)
            steps = steps_to_target(nets["chainrule"], part, data["test"], seed)
            found["steps"][at].append(steps)
            epoch = -(-size // DATA["batch"])
            for way in np.random.default_rng([seed, at]).permutation([*ways]):
                nets[way].begin(begin)
                for done, passed in enumerate(train(nets[way], part, seed), 1):
                    if done == epoch:
                        found["epoch seconds"][way][at].append(rounded(passed))
                    if done == steps:
                        found["target seconds"][way][at].append(rounded(passed))
                        found["test accuracy"][way][at].append(right(nets[way], data["test"]))
                    if done == max(epoch, steps or 0):
                        break
    return {"sizes": SIZES, "target": TARGET, "limit": LIMIT, **DATA, **found}


def recorded(rounds: int, ways: dict[str, Make], folder: str) -> dict[str, Any]:
    """Measure all of it; of the data fewer rounds, for one of them takes long."""
    with threads_each(1):
        return {
            "title": "How the cost of training grows",
            "what": "784-width-…-10, ReLU, float32, plain SGD at 0.2",
            "page": "scaling/growth",
            "baseline": "chainrule",
            "machine": machine(),
            "time": {name: timed(name, ways, rounds) for name in TIMED},
            "memory": weighed(ways),
            "data": by_data(ways, max(3, rounds // 3), folder),
            "rounds": rounds,
            "device": "CPU, one thread",
        }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=4, help="how often each is timed")
    parser.add_argument("--weigh", type=json.loads, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.weigh:
        way, settings = asked.weigh
        with threads_each(1):
            print(json.dumps({name: weigh(way, each) for name, each in settings.items()}))
    else:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["TORCHINDUCTOR_CACHE_DIR"] = folder  # compiled anew in every run
            record = recorded(asked.rounds, that_run(), folder)
        write("growth", record, ("chainrule", "numpy", "torch", "scikit-learn"))
