"""What losses make of rare classes, by the learning rate: nines of 1.4.4, spots after 1.4.8.

Five seeds each. Of the nines a seed decides the start of the network and the order of the batches;
of the spots the images, too. The pages train the first seed of some of them once more.
"""

from typing import Any

import numpy as np
from _side_by_side import write
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from chainrule.activations import ReLU, Softmax
from chainrule.datasets import Part, patches, rare_digit, spots
from chainrule.losses import CrossEntropy, Dice, Focal, Tversky, balanced_weights
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD
from chainrule.training import fit

SEEDS = range(5)


# four learning rates a decade; eight give the losses the same order
RATES = {
    "nines": [float(f"{10 ** (k / 4):.3g}") for k in range(-8, 11)],
    "spots": [float(f"{10 ** (k / 4):.3g}") for k in range(-8, 7)],
}


# ---- twenty nines among 989 digits ---------------------------------------------------------------


def losses_of_nines(y: np.ndarray) -> dict[str, Any]:
    """Give the losses of section 1.4.4 with the weights of these classes."""
    return {
        "no weights": CrossEntropy(),
        "weights (1.30)": CrossEntropy(weight=balanced_weights(y, 2)),
        "weights by share": CrossEntropy(weight=np.bincount(y) / len(y)),
    }


def of_nines(loss: Any, lr: float, seed: int) -> dict[str, list[float]]:
    """Train a linear layer; give the recall of nines and of others, to choose and to report on."""
    data = rare_digit(9, keep=20)
    rng = np.random.default_rng(seed)
    net = Network([Linear(64, 2, rng=rng)])
    fit(net, loss, SGD(lr), *data.train, epochs=40, batch_size=32, rng=rng, progress=False)
    return {"choose": recalls(net, data.validation), "report": recalls(net, data.test)}


def recalls(net: Network, part: Part) -> list[float]:
    """Give the share of the nines, and of the others, that a network recognises."""
    found = net(part.x).argmax(1) == part.y
    return [float(found[part.y == c].mean()) for c in (1, 0)]


def nines(seed: int) -> dict[str, Any]:
    """Give the recalls with each loss at each rate."""
    losses = losses_of_nines(rare_digit(9, keep=20).train.y)
    runs = {n: [of_nines(loss, lr, seed) for lr in RATES["nines"]] for n, loss in losses.items()}
    return {
        name: {part: [run[part] for run in each] for part in ("choose", "report")}
        for name, each in runs.items()
    }


# ---- a few small spots ---------------------------------------------------------------------------


def spot_pixels(seed: int) -> list[Part]:
    """Give the pixels to train on, to choose on and to report on, with what is around each."""
    rng = np.random.default_rng(seed)
    drawn = [spots(24, rng=rng) for _ in range(3)]
    return [Part(patches(part.x), part.y.ravel()) for part in drawn]


def losses_of_spots(y: np.ndarray) -> dict[str, Any]:
    """Give the losses that the spots are found with."""
    return {
        "cross-entropy": CrossEntropy(),
        "weighted": CrossEntropy(weight=balanced_weights(y, 2)),
        "focal": Focal(gamma=2.0),
        "Dice": Dice(),
        "Tversky": Tversky(alpha=0.1, beta=0.9),
    }


def segmenter(loss: Any, lr: float, train: Part, seed: int) -> Network:
    """Train the network 49–16–2; Dice and Tversky take probabilities."""
    rng = np.random.default_rng(seed)
    layers = [Linear(49, 16, rng=rng), ReLU(), Linear(16, 2, rng=rng)]
    if isinstance(loss, Dice | Tversky):
        layers.append(Softmax())
    net = Network(layers)
    fit(net, loss, SGD(lr), *train, epochs=15, batch_size=512, rng=rng, progress=False)
    return net


def scores(mask: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Give precision, recall and Dice score of the foreground; 0 where nothing is found."""
    hits, found, true = int(np.sum(mask * truth)), int(mask.sum()), int(truth.sum())
    return {
        "precision": hits / max(found, 1),
        "recall": hits / true,
        "Dice": 2 * hits / (found + true),
    }


def likeliest(output: np.ndarray, count: int) -> np.ndarray:
    """Give the mask of the pixels, so many of them, that look most like foreground."""
    mask = np.zeros(len(output), int)
    mask[np.argsort(output[:, 0] - output[:, 1], kind="stable")[:count]] = 1
    return mask


def masks(seed: int) -> dict[str, Any]:
    """Give for each loss the Dice score at each rate, and what its best network finds."""
    train, choose, report = spot_pixels(seed)
    found: dict[str, Any] = {}
    outputs: dict[str, np.ndarray] = {}
    for name, loss in losses_of_spots(train.y).items():
        nets = [segmenter(loss, lr, train, seed) for lr in RATES["spots"]]
        chosen = [scores(net(choose.x).argmax(1), choose.y)["Dice"] for net in nets]
        best = int(np.argmax(chosen))
        outputs[name] = nets[best](report.x)
        mask = outputs[name].argmax(1)
        as_many = likeliest(outputs["cross-entropy"], int(mask.sum()))
        found[name] = {
            "to choose by": chosen,
            "rate": RATES["spots"][best],
            **scores(mask, report.y),
            "precision of cross-entropy": scores(as_many, report.y)["precision"],
        }
    return found


if __name__ == "__main__":
    record: dict[str, Any] = {
        "title": "Rare classes, by loss and learning rate",
        "what": "twenty nines among 989 digits; masks of small spots; SGD, one thread",
        "device": "CPU",
        "rates": RATES,
    }
    with threadpool_limits(1):
        record["nines"] = [nines(seed) for seed in tqdm(SEEDS, unit="seed", desc="nines")]
        record["spots"] = [masks(seed) for seed in tqdm(SEEDS, unit="seed", desc="spots")]
    write("imbalance", record, ("chainrule", "numpy"))
