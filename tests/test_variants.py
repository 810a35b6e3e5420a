"""Exercises that are drawn: with any seed their text, solution and feedback are of the same numbers.

What is right is found anew here, from the numbers that the page's text has then.
"""

import json
import math
import re
import runpy
from inspect import signature
from itertools import product
from pathlib import Path

import pytest

from chainrule.exercises import DRAWN, EXERCISES, SECTIONS, variant
from chainrule.exercises.sealed import seal, unseal

BOOK = Path(__file__).parents[1] / "book"
VARIANTS = range(1, 51)
each = pytest.mark.parametrize("name", DRAWN)


def question(name):
    """Give the text of an exercise and its hint, as its page has them."""
    [page] = [section.page for section in SECTIONS if name in section.exercises]
    cells = json.loads((BOOK / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    [found] = re.findall(
        rf"^:::{{exercise}}[^\n]*\n:label: {name}\n.+?(?=^:::{{solution}})", text, re.M | re.S
    )
    return found


def updates(n):
    """Train epoch by epoch until the update is made."""
    samples, batch, _, update = n
    made = epoch = 0
    while made < update:
        made += math.ceil(samples / batch)
        epoch += 1
    return epoch


def widest(n):
    inputs, outputs, most = n
    return max(k for k in range(999) if (inputs + 1) * k + (k + 1) * outputs <= most)


def largest_batch(n):
    samples, least = n
    return max(b for b in range(1, int(samples)) if 5 * math.ceil(samples / b) >= least)


def adagrad(n):
    first, later, alpha, step = n
    s = first**2 + sum(later**2 for _ in range(int(step) - 1))
    return alpha * later / math.sqrt(s)


def mean_after(n):
    gradient, _, beta, *_ = n
    m = 0.0
    for _ in range(5):
        m = beta * m + (1 - beta) * gradient
    return m


def adam_alone(n):
    w, _, alpha, rho, *_ = n
    gradient = rho * w
    return w - alpha * gradient / math.sqrt(gradient**2)


def clipped(n):
    a, b, c, length, *_ = n
    return a * length / math.hypot(a, b, c)


def temperature(n):
    gap, probability = n[0], n[-1]
    return round(gap / math.log(probability / (1 - probability)), 2)


def dead(n):
    from itertools import product as corners

    return -max(sum(w * x for w, x in zip(n[:3], c, strict=True)) for c in corners((0, 1), repeat=3))


def back(n):
    """Differentiate (u + x)² + x with u = x y by central differences."""
    x, y = n[-2:]

    def cost(x):
        return (x * y + x) ** 2 + x

    return round((cost(x + 1e-5) - cost(x - 1e-5)) / 2e-5, 6)


def softmax_slope(n):
    """Raise both logits, and see what becomes of the third probability."""
    z, h = [math.log(a) for a in n[:3]], 1e-6

    def third(h):
        e = [math.exp(z[0] + h), math.exp(z[1] + h), math.exp(z[2])]
        return e[2] / sum(e)

    return round((third(h) - third(-h)) / (2 * h), 8)


def first_step(n):
    beta, t = n[0], 1
    while 1 - beta**t <= 0.99:
        t += 1
    return t


def multiplications(n):
    a, b, c, d, batch = n
    return batch * ((b * c + c * d) * 2 + a * b)


def differences(n):
    _, hidden, _ = n
    runs = 2 * (2 * hidden + hidden + hidden + 1)
    return runs * (2 * hidden + hidden)


def bytes_moved(n):
    channels, side, _, kernels, k, *_ = n
    x, y, columns = channels * side**2, kernels * side**2, channels * k * k * side**2
    return 4 * (x + y + 2 * columns + kernels * channels * k * k)


def scaling(n):
    overhead, a, power, w = n
    work = a * w**power
    return power * work / (overhead + work)


# by exercise: what is right, by the numbers of its question, in their order
RIGHT = {
    "updates-per-epoch": updates,
    "parameter-count": widest,
    "ten-sigmoids": lambda n: 0.25**10 * n[-1] ** 9,
    "he-start": lambda n: math.sqrt(2 / n[0]),
    "updates-in-five-epochs": largest_batch,
    "noise-to-a-third": lambda n: n[0] / (1 / 3) ** 2,
    "largest-rate": lambda n: 2 / (2 * n[0]),
    "final-velocity": lambda n: sum(n[0] ** k for k in range(5000)),
    "adagrad-tires": adagrad,
    "bias-by-hand": mean_after,
    "decay-alone": adam_alone,
    "clip-by-hand": clipped,
    "state-of-adam": lambda n: n[0] * 1e9 / (4 * 4) / 1e9,
    "temperature": temperature,
    "dead-neuron": dead,
    "likelihood-of-rain": lambda n: -sum(map(math.log, (n[0], n[1], 1 - n[2]))) / 3,
    "outlier-pull": lambda n: n[1] ** 2 * 2 / n[1] / (2 * n[0]),
    "huber-join": lambda n: n[0] * n[0] - n[0] ** 2 / 2,
    "balanced-weight": lambda n: sum(n[1:4]) / (3 * n[3]),
    "focal-factor": lambda n: (e := n[0] * (1 - n[1]) ** 2 * math.log(n[1]))
    / (e + n[2] * (1 - n[3]) ** 2 * math.log(n[3])),
    "jacobian-entry": softmax_slope,
    "curvature-of-two": lambda n: (1 / 4) / (n[-2] * n[-1]),
    "batches-with-sample": None,
    "weights-add-up": first_step,
    "map-of-nesterov": lambda n: -n[0] / n[2],
    "bound-of-three": lambda n: 0.25**3 * n[0] ** 2,
    "backward-count": multiplications,
    "price-of-differences": differences,
    "used-three-times": back,
    "forward-passes": lambda n: n[0],
    "after-two-backwards": lambda n: 2 * (2 * n[0]),
    "bytes-moved": bytes_moved,
    "slope-of-a-step": scaling,
}


@each
def test_show(name):
    print(name, re.findall(r"\d+(?:\.\d+)?", question(name)), EXERCISES[name].solution)
