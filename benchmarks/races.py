"""The search for learning rates of section 1.2.6: nine optimizers on the digits, ten seeds each.

The page repeats one rate of one optimizer, and trains all of them with the rates that are found.
"""

from typing import Any

import numpy as np
from _side_by_side import write
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from chainrule.activations import ReLU
from chainrule.datasets import digits
from chainrule.figures.optimizers import CONTENDERS
from chainrule.losses import CrossEntropy
from chainrule.network import Linear, Network
from chainrule.training import fit

SEEDS = range(100, 110)
RATES = [float(10 ** (k / 8)) for k in range(-28, 9)]  # eight a decade, from 0.0003 to 10


def validation_loss(name: str, lr: float, seed: int) -> float | None:
    """Train the page's network; give its validation loss, or None if it ran off."""
    data, rng = digits(), np.random.default_rng(seed)
    net = Network([Linear(64, 32, rng=rng), ReLU(), Linear(32, 10, rng=rng)])
    options: dict[str, Any] = {"epochs": 8, "batch_size": 64, "rng": rng, "progress": False}
    try:
        with np.errstate(over="ignore", invalid="ignore"), threadpool_limits(1):
            history = fit(
                net,
                CrossEntropy(),
                CONTENDERS[name](lr),
                *data.train,
                validation=data.validation,
                **options,
            )
    except FloatingPointError:
        return None
    return history.validation_loss[-1]


if __name__ == "__main__":
    record: dict[str, Any] = {
        "title": "Nine optimizers, 37 learning rates, ten seeds",
        "what": "the digits, 64–32–10, batches of 64, eight epochs: the validation loss at the end",
        "device": "CPU",
        "rates": RATES,
        "seeds": [*SEEDS],
        "validation loss": {
            name: [[validation_loss(name, lr, seed) for seed in SEEDS] for lr in RATES]
            for name in tqdm(CONTENDERS, unit="optimizer")
        },
    }
    write("races", record, ("chainrule", "numpy"))
