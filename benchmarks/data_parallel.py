"""A training step in two processes, beside the same step in one.

The network of section 1.1 in 32-bit floats, one thread a process. Both ways run in one pair of
processes, in turns: for a step in one process the other waits, asleep.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

import numpy as np
import torch
from _side_by_side import ratio, write
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from chainrule.activations import ReLU
from chainrule.data_parallel import Replica, replicas
from chainrule.losses import CrossEntropy
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD

BATCH_SIZES = (32, 128, 512, 2048, 8192)
NUMBERS = tuple(10**k for k in range(1, 8))
STEPS = 10


class Step:
    """A training step on a batch of random numbers, the parts of it timed."""

    def __init__(self, batch_size: int):
        rng = np.random.default_rng(0)
        layers = [Linear(64, 512, rng=rng, dtype="float32"), ReLU()]
        self.net = Network([*layers, Linear(512, 10, rng=rng, dtype="float32")])
        self.x = rng.standard_normal((batch_size, 64), dtype="float32")
        self.y = rng.integers(10, size=batch_size)
        self.loss, self.optimizer = CrossEntropy(), SGD(lr=1e-3)

    def __call__(self, replica: Replica) -> tuple[float, float]:
        """Make a step, a share of it in each process; give its seconds and those of the sum."""
        start = time.perf_counter()
        x, y = self.x[replica.rank :: replica.size], self.y[replica.rank :: replica.size]
        replica.weight = len(x) / len(self.x)
        trace = self.net.forward(x)
        upstream = self.loss.gradient(trace.output, y)
        gradients = self.net.backward(trace, upstream).parameters
        before = time.perf_counter()
        gradients = replica.average(gradients)
        after = time.perf_counter()
        self.optimizer.step(self.net.parameters, gradients)
        return time.perf_counter() - start, after - before


def steps(step: Step, replica: Replica) -> tuple[float, float]:
    """Make some steps in a row; give the seconds of one, and those of its sum."""
    torch.distributed.barrier()
    times = [step(replica) for _ in range(STEPS)]
    torch.distributed.barrier()
    whole, summing = zip(*times, strict=True)
    return statistics.mean(whole), statistics.mean(summing)


def waited(step: Step, replica: Replica) -> float:
    """Make the steps in the first process alone; give the seconds of one."""
    torch.distributed.barrier()
    seconds = [step(Replica())[0] for _ in range(STEPS)] if replica.rank == 0 else [0.0]
    torch.distributed.barrier()
    return statistics.mean(seconds)


def link() -> tuple[float, float]:
    """Time sums of few and of many numbers; give latency and bandwidth by equation 3.2c."""
    seconds = []
    for n in NUMBERS:
        buffer = torch.zeros(n)
        rounds = []
        for _ in range(101):
            torch.distributed.barrier()
            start = time.perf_counter()
            torch.distributed.all_reduce(buffer)
            rounds.append(time.perf_counter() - start)
        seconds.append(statistics.median(rounds))
    # T(2) = 2 (λ + 4 n / 2 β): the smallest sum is all latency, the largest nearly all bandwidth
    latency = seconds[0] / 2
    return latency, 4 * NUMBERS[-1] / (seconds[-1] - seconds[0])


def work(rounds: int) -> None:
    """Measure in a pair of processes; the first one writes the record."""
    ratios, milliseconds = {}, {}
    with replicas() as replica, threadpool_limits(1):
        torch.set_num_threads(1)
        latency, bandwidth = link()
        for batch_size in tqdm(BATCH_SIZES, unit="batch size", disable=replica.rank > 0):
            step = Step(batch_size)
            alone, together, summing = [], [], []
            for number in range(rounds + 1):
                one = waited(step, replica)
                two, of_sum = steps(step, replica)
                if number:
                    alone.append(one)
                    together.append(two)
                    summing.append(of_sum)
            if replica.rank == 0:
                name = f"batches of {batch_size}"
                ratios[name] = ratio(alone, together)
                medians = map(statistics.median, (alone, together, summing))
                one, two, of_sum = (round(1e3 * median, 3) for median in medians)
                milliseconds[name] = {"one process": one, "two processes": two, "sum": of_sum}
        if replica.rank == 0:
            write(
                "data_parallel",
                {
                    "title": "Training in two processes",
                    "what": "a step of 64-512-10 with ReLU, float32, plain SGD, one thread each",
                    "page": "scaling/data-parallel",
                    "baseline": "one process",
                    "ratios": ratios,
                    "milliseconds": milliseconds,
                    "latency": latency,
                    "bandwidth": bandwidth,
                    "rounds": rounds,
                    "device": "CPU",
                },
                ("chainrule", "numpy", "torch"),
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=21, help="how often each is timed")
    rounds = parser.parse_args().rounds
    if "WORLD_SIZE" in os.environ:
        work(rounds)
    else:
        torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
        one_thread = os.environ | {"OMP_NUM_THREADS": "1"}
        words = [sys.executable, *torchrun, __file__, "--rounds", str(rounds)]
        sys.exit(subprocess.run(words, env=one_thread).returncode)
