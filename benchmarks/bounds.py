"""How fast ours could be at best: a part of it alone, over the time of all that PyTorch does.

Where the part alone takes longer than PyTorch, no saving on the rest can catch up. A few rows are
of what could take its place: the steps of an erfc, a rule shared by two threads, and halves of a
convolution in two processes. Side by side in one run, in 32-bit floats, with one thread each and
with two.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache, partial
from operator import call, itemgetter
from typing import Any
from unittest.mock import patch

import convolution
import functions
import numpy as np
import optimizers
import training
from _side_by_side import HOW, measure, ratio, rounds_from_command_line, threads_each, write
from threadpoolctl import threadpool_limits

from chainrule.activations import ReLU
from chainrule.arrays.functions import erfc
from chainrule.convolution import tiled, winograd
from chainrule.convolution.tiled import Tiles
from chainrule.losses import CrossEntropy
from chainrule.losses.classification import log_softmax
from chainrule.network import Linear
from chainrule.optimizers import SGD, Optimizer
from chainrule.optimizers.blocks import BLOCK
from chainrule.training import batches

SMALL = "8 → 16, 64 images"
FLOAT = np.dtype("float32")
REST = 0.05  # seconds before a contender with two threads
STEPS = {10**4: 20, 10**6: 6, 10**7: 1}  # of an optimizer in a round
OF_ERFC = 2**15  # numbers that its steps in NumPy take at a time
SMALLEST = min(STEPS)  # of which arrays are joined
Pair = tuple[Callable, Callable]


def looked_at(rule: Callable[..., Any], *arrays: np.ndarray) -> Any:
    """Apply a rule to arrays that are of NumPy, of 32-bit floats and not empty: a least door."""
    for x in arrays:
        if type(x) is not np.ndarray or x.dtype is not FLOAT or 0 in x.shape:
            raise TypeError
    return rule(*arrays)


def rules_of_a_step(door: Callable[..., Any]) -> Pair:
    """Give the training of the digits by the rules of the book, each called through such a door."""
    (images, classes), targets = training.data.train, np.eye(10, dtype="float32")

    def train() -> None:
        rng = np.random.default_rng(0)
        first, second = (Linear(*size, rng=rng, dtype="float32") for size in ((64, 128), (128, 10)))
        relu, loss, sgd = ReLU(), CrossEntropy(), SGD(training.LR)
        for _ in range(training.EPOCHS):
            for batch in batches(len(images), training.BATCH, rng):
                x, y = images.take(batch, axis=0), targets.take(classes.take(batch), axis=1)
                z = door(first.value, x)
                a = door(relu.value, z)
                logits = np.ascontiguousarray(door(second.value, a).T)
                log_p = door(log_softmax, logits)
                float(np.add.reduce(door(loss.value, log_p, y)) / len(batch))
                delta = np.ascontiguousarray(door(loss.slope, log_p, y).T) / len(batch)
                gradients = door(second.parameters_back, a, delta)
                delta = door(relu.back, z, door(second.back, a, delta))
                gradients = [*door(first.parameters_back, x, delta), *gradients]
                parameters = [*first.parameters, *second.parameters]
                for w, g in zip(parameters, gradients, strict=True):
                    w[...] = door(partial(sgd.rule, 1, b=None), w, g)[0]

    return train, training.train_torch


def of_gelu(size: int, function: Callable[[np.ndarray], Any]) -> Pair:
    """Give two calls of a function, as many as a GELU and its slope make of erfc."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(size, "float32")
    _, theirs = functions.activation_contenders("GELU", rng, size)
    a = -x / np.float32(np.sqrt(2))
    ours, times = (lambda: (function(a), function(a))), functions.SIZES[size]
    return functions.repeated(ours, times), functions.repeated(theirs, times)


def steps_of_an_erfc(x: np.ndarray) -> None:
    """Do what an erfc of 32-bit floats would do in NumPy, with ones for coefficients.

    That is e^(−x²) times a polynomial of degree 11 in t = 1 / (1 + |x|/2). (t · t stands for its
    first coefficient times t: as much work.) What is squared has 12 bits, so that its square is
    exact; a second exponential makes up for the bits that were cut off.
    """
    one, two = np.float32(1), np.float32(2)
    for first in range(0, x.size, OF_ERFC):
        part = x[first : first + OF_ERFC]
        a = np.abs(part)
        t = one / (one + a / two)
        y = t * t
        for _ in range(10):
            y += one
            y *= t
        short = (a.view("int32") & np.int32(-(2**12))).view("float32")
        y *= np.exp(-(short * short))
        y *= np.exp((short - a) * (short + a))
        np.subtract(two, y, out=y, where=part < 0)


def contest(name: str, size: int) -> tuple[Callable, list[np.ndarray], Callable, int]:
    """Give PyTorch's steps, the gradients, our rule and how many arrays it remembers of each."""
    gradients = optimizers.gradients_of(size)
    theirs = optimizers.contenders(name, gradients, STEPS[size])[f"PyTorch {name}"]
    cls, settings = optimizers.CONTESTS[name]
    ours: Optimizer = getattr(optimizers.optimizers, cls)(lr=optimizers.LR, **settings)
    for _ in range(2):  # after the first step momentum is no longer the gradient
        ours.advance()
    return theirs, gradients, ours._decayed_rule(), len(ours.start())


def rule_alone(name: str, size: int, cached: bool = False, threads: int = 1) -> Pair:
    """Give an optimizer's rule, block by block; or on one block, in the cache, as many times.

    The blocks can be shared by threads of Python, which take turns but for NumPy's own work.
    """
    theirs, gradients, rule, kept = contest(name, size)
    cut = [g[at : at + BLOCK] for g in gradients for at in range(0, len(g), BLOCK)]
    blocks = [(np.ones_like(g), g, [np.ones_like(g) for _ in range(kept)]) for g in cut]
    if cached:
        blocks = len(blocks) * blocks[:1]

    def run(part: int = 0) -> None:
        for w, g, memory in blocks[part::threads]:
            w[...], *memory[:] = rule(w, g, *memory)

    if threads == 1:
        return functions.repeated(run, STEPS[size]), theirs
    workers = ThreadPoolExecutor(threads)
    return functions.repeated(lambda: [*workers.map(run, range(threads))], STEPS[size]), theirs


def rule_joined(name: str, size: int) -> Pair:
    """Give an optimizer's rule on small arrays that are joined to one, with these copies."""
    theirs, gradients, rule, kept = contest(name, size)
    parameters = [np.ones_like(g) for g in gradients]
    memory = [np.ones(size, "float32") for _ in range(kept)]

    def run() -> None:
        w, *memory[:] = rule(np.concatenate(parameters), np.concatenate(gradients), *memory)
        for parameter, new in zip(parameters, w.reshape(len(parameters), -1), strict=True):
            parameter[...] = new

    return functions.repeated(run, STEPS[size]), theirs


IN_TILES = [
    *((Tiles, name) for name in ("columns", "add_columns")),
    *((tiled, name) for name in ("multiply", "long_product")),
]
BY_TRANSFORMS = [(winograd, "both_sides"), (winograd, "by_rows")]


def repeated_calls(made: Callable, of: list[tuple[Any, str]]) -> Callable[[], None]:
    """Give what makes once more the calls of these functions that something makes.

    Each is with the first arrays of its shapes, which stay in the cache: so it takes no longer.
    """
    calls: list[Callable] = []
    known: dict[Any, tuple] = {}
    within: list[Callable] = []

    def noting(function: Callable) -> Callable:
        def note(*given: Any, **options: Any) -> Any:
            shapes = [x.shape if isinstance(x, np.ndarray) else str(x) for x in given]
            same = known.setdefault((function, *shapes), given)
            if not within:
                calls.append(partial(function, *same, **options))
            within.append(function)
            found = function(*given, **options)
            within.pop()
            return found

        return note

    with ExitStack() as stack:
        for owner, name in of:
            stack.enter_context(patch.object(owner, name, noting(getattr(owner, name))))
        made()

    def repeat() -> None:
        for each in calls:
            each()

    return repeat


def in_tiles(name: str, of: list[tuple[Any, str]]) -> Pair:
    """Give the calls of these functions that a layer's tiles make."""
    whole = convolution.Layer(name).forward()
    return repeated_calls(whole[convolution.ours("tiled")], of), whole["PyTorch"]


def convolution_alone(way: str, rounds: int, threads: int) -> dict[str, float]:
    """Give the mean over the layers of products with columns or transforms, whichever is less."""
    found = []
    for name in convolution.LAYERS:
        layer = convolution.Layer(name)
        whole = getattr(layer, way)()
        parts = {"PyTorch": whole["PyTorch"]}
        for method, of in (("tiled", IN_TILES), ("winograd", BY_TRANSFORMS)):
            if method in layer.methods:
                parts[method] = repeated_calls(whole[convolution.ours(method)], of)
        found.append(fastest(measure(parts, rounds, warm=(threads - 1) * convolution.WARM)))
    return optimizers.means(found)


def fastest(seconds: dict[str, list[float]]) -> dict[str, float]:
    """Give the least ratio to PyTorch's time."""
    return min(convolution.ratios(seconds).values(), key=itemgetter("median"))


@cache
def known_layer(name: str) -> convolution.Layer:
    """Give a layer, the same one again in the same process."""
    return convolution.Layer(name)


def again(name: str, times: int, *part: Any) -> None:
    """Compute a part of a layer so many times."""
    for _ in range(times):
        known_layer(name).part(*part)


PROCESSES = [ProcessPoolExecutor(1, initializer=threadpool_limits, initargs=(1,)) for _ in range(2)]


def in_processes(name: str, times: int, *of_halves: Any) -> None:
    """Compute both halves at once, each in its own process, so many times; nothing comes back."""
    parts = zip(PROCESSES, zip(*of_halves, strict=True), strict=True)
    for computed in [process.submit(again, name, times, *part) for process, part in parts]:
        computed.result()


def halves_in_processes(way: str, rounds: int) -> dict[str, float]:
    """Give the mean over the layers of halves of the images or the kernels, whichever is less."""
    found = []
    for name in convolution.LAYERS:
        layer, every = known_layer(name), (convolution.EVERY, convolution.EVERY)
        images, kernels = (
            (slice(len(x) // 2), slice(len(x) // 2, None)) for x in (layer.x, layer.weight)
        )
        times = 1 + 2 * 10**9 // layer.products
        large = len(layer.weight) >= 64 and "winograd" in layer.methods
        how = [way] * 2, ["winograd" if large else "tiled"] * 2
        contenders: dict[str, Callable] = {
            "PyTorch": functions.repeated(getattr(layer, way)()["PyTorch"], times),
            "images": partial(in_processes, name, times, *how, images, every),
            "kernels": partial(in_processes, name, times, *how, every, kernels),
        }
        found.append(fastest(measure(contenders, rounds, warm=0)))
    return optimizers.means(found)


PARTS: dict[str, Callable[[], Pair]] = {
    "training the digits: the rules without their doors": partial(rules_of_a_step, call),
    "training the digits: the rules, a look at each array": partial(rules_of_a_step, looked_at),
    "GELU, 1 000 000 numbers: erfc, twice": partial(of_gelu, 10**6, erfc),
    "GELU, 1 000 000 numbers: the steps of an erfc in NumPy, twice": partial(
        of_gelu, 10**6, steps_of_an_erfc
    ),
    "Adam, 10 000 000 numbers: the rule, in the cache": partial(rule_alone, "Adam", 10**7, True),
    **{
        f"{name}: the products in tiles": partial(in_tiles, name, [(tiled, "multiply")])
        for name in ("3 → 64, 7 × 7", "512 → 512", SMALL)
    },
    f"{SMALL}: these and their columns": partial(in_tiles, SMALL, IN_TILES),
    f"{SMALL}: these, and images laid out": partial(
        in_tiles, SMALL, [*IN_TILES, (Tiles, "lay_out")]
    ),
}


def ratio_of(pair: Pair, rounds: int, threads: int, warm: float = 0) -> dict[str, float]:
    """Give the time of a part over PyTorch's, with so many threads."""
    contenders = dict(zip(("part", "PyTorch"), pair, strict=True))
    seconds = measure(contenders, rounds, (threads - 1) * REST, warm)
    return ratio(seconds["PyTorch"], seconds["part"])


def rules_alone(rounds: int, threads: int) -> dict[str, dict[str, float]]:
    """Give the mean over the optimizers' rules; and of two a rule alone, and shared by threads."""
    found, everything = {}, list[dict[str, float]]()
    for size in STEPS:
        pair = rule_alone if size > SMALLEST else rule_joined
        alone = {n: ratio_of(pair(n, size), rounds, threads) for n in optimizers.CONTESTS}
        everything += alone.values()
        of = f"{size:_} numbers: the rule".replace("_", " ")
        found[f"all optimizers, {of} alone"] = optimizers.means(alone.values())
        for name in ("SGD", "Adam") if size > SMALLEST else ():
            found[f"{name}, {of} alone"] = alone[name]
            if threads > 1:
                shared = rule_alone(name, size, threads=threads)
                found[f"{name}, {of} in two threads"] = ratio_of(
                    shared, rounds, threads, convolution.WARM
                )
    found["all optimizers, all three sizes: the rule alone"] = optimizers.means(everything)
    return found


if __name__ == "__main__":
    rounds = rounds_from_command_line(3)
    found: dict[str, dict] = {}
    for threads, how in HOW.items():
        with threads_each(threads):
            found[how] = {name: ratio_of(pair(), rounds, threads) for name, pair in PARTS.items()}
            for way in ("forward", "backward"):
                what = f"convolution, all layers, {way}:"
                alone = convolution_alone(way, rounds, threads)
                found[how][f"{what} products with columns or transforms"] = alone
                if threads > 1:
                    apart = halves_in_processes(way, rounds)
                    found[how][f"{what} halves, each in its own process"] = apart
            found[how] |= rules_alone(rounds, threads)
    write(
        "bounds",
        {
            "title": "Bounds",
            "what": "a part of ours alone, float32",
            "baseline": "PyTorch",
            "ratios": found["one thread"],
            **found,
            "rounds": rounds,
            "device": "CPU",
        },
        ("chainrule", "numpy", "scipy", "torch"),
    )
