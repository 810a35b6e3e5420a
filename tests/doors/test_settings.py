"""Settings given as NumPy's and PyTorch's numbers are right, or refused by name."""

import tracemalloc
from dataclasses import fields
from fractions import Fraction

import numpy as np
import pytest
import torch
from callables import assert_all, assert_close, draw, flat, result_of
from rows import CLASSES, HOT, LOSSES, rng

from chainrule import activations, convolution, losses, optimizers
from chainrule.activations import Maxout, Softmax
from chainrule.convolution import MaxPool2d, conv2d, im2col
from chainrule.losses import CrossEntropy, MinedTriplet, mine_triplets
from chainrule.network import Linear, Network, initial_std, multiplications
from chainrule.optimizers import SGD, batch_variance, clip_norm, convergence_factor
from chainrule.precision import rounded
from chainrule.training import batches, fit

NUMBERS = {
    "float32": np.float32,
    "float16": np.float16,
    "float64": np.float64,
    "longdouble": np.longdouble,
    "an array of no axis": lambda v: np.array(v),
    "an array of one": lambda v: np.array([v]),
    "a tensor of no axis": lambda v: torch.tensor(v),
    "a tensor of one": lambda v: torch.tensor([v]),
    "a fraction": Fraction,
    "a list": lambda v: [v],
    "a text": str,
    "an int": lambda v: 1,
    "int64": lambda v: np.int64(1),
    "True": lambda v: True,
    "np.True_": lambda v: np.True_,
    "complex": complex,
    "masked": lambda v: np.ma.masked,
    "NaN": lambda v: float("nan"),
    "None": lambda v: None,
}
MODULES = {"activations": activations, "losses": losses, "optimizers": optimizers}
ARRAYS = {"weight", "pos_weight", "CrossEntropy.alpha", "Focal.alpha"}  # may be arrays, or None


def numbers():
    """Yield every setting of a class that is a floating-point number: class and name."""
    for module in MODULES.values():
        for name in sorted({*module.__all__} - {"Optimizer", "Loss"}):
            cls = getattr(module, name)
            for field in fields(cls) if hasattr(cls, "__dataclass_fields__") else ():
                known = {field.name, f"{name}.{field.name}"}
                kind = getattr(field.type, "__name__", str(field.type))
                if kind in ("float", "float | None") and not known & ARRAYS:
                    yield pytest.param(cls, field.name, id=f"{name}.{field.name}")
    if not hasattr(optimizers.SGD, "__dataclass_fields__"):
        yield from (pytest.param(optimizers.SGD, n, id=f"SGD.{n}") for n in ("lr", "momentum"))


def use(thing):
    """Apply what was made to 32-bit numbers."""
    x = draw(5, 3).astype("float32")
    if hasattr(thing, "vjp"):
        return [thing(x), thing.vjp(x, x), thing.derivative(x)]
    if hasattr(thing, "step"):
        w = [x.copy(), x[0].copy()]
        for _ in range(2):
            thing.step(w, [x + 1, x[0] + 2])
        return w
    _, arrays = LOSSES[type(thing).__name__][0]
    arrays = [a.astype("float32") if a.dtype.kind == "f" else a for a in arrays.values()]
    return flat([thing(*arrays), thing.gradient(*arrays)])


@pytest.mark.parametrize(("cls", "name"), list(numbers()))
def test_a_number_of_any_type_is_right_or_refused(cls, name):
    """0.25 is a number in all formats, and allowed for all settings but one."""
    value = 1.5 if name == "p" else 0.25
    needed = {"lr": 0.1} if issubclass(cls, optimizers.Optimizer) else {}

    def check(form):
        given = form(value)
        thing = result_of(lambda: cls(**(needed | {name: given})), name)
        if thing is not None and given is not None:
            same = cls(**(needed | {name: float(given)}))
            assert type(getattr(thing, name)) in (float, int), "kept as it was given"
            found = use(thing)
            assert {a.dtype for a in found} == {np.dtype("float32")}
            assert_close(found, use(same), 1e-15)

    assert_all(NUMBERS.items(), check)


def array32(values):
    return np.array(values, "float32")


PAIRS = {"list": list, "array": np.array, "float32": array32, "tensor": torch.tensor}
BAD_PAIRS = {
    "one": lambda b: b[:1],
    "three": lambda b: (*b, 0.5),
    "a number": lambda b: b[0],
    "a text of two": lambda b: "ab",
    "1": lambda b: (0.9, 1.0),
    "NaN": lambda b: (0.9, float("nan")),
    "nested": lambda b: [b, b],
    "a matrix": lambda b: np.ones((2, 2)) / 2,
    "None": lambda b: None,
    "a set": set,
    "a dictionary": dict.fromkeys,
}


@pytest.mark.parametrize("cls", ["Adam", "AdamW", "AdaMax", "Nadam"])
@pytest.mark.parametrize("form", [*PAIRS.values(), *BAD_PAIRS.values()], ids=[*PAIRS, *BAD_PAIRS])
def test_pairs_of_shares_are_right_or_refused(cls, form):
    given = form((0.75, 0.875))
    optimizer = result_of(lambda: getattr(optimizers, cls)(lr=0.1, betas=given), "betas")
    if optimizer is None:
        assert form not in list(PAIRS.values())[:2]
        return
    assert form not in BAD_PAIRS.values()
    assert optimizer.betas == (0.75, 0.875)
    assert [type(b) for b in optimizer.betas] == [float, float]
    assert {a.dtype for a in use(optimizer)} == {np.dtype("float32")}


@pytest.mark.parametrize("convert", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("library", ["numpy", "torch"])
@pytest.mark.parametrize(
    ("name", "setting"),
    [("CrossEntropy", "weight"), ("BinaryCrossEntropy", "pos_weight"), ("Focal", "alpha")],
)
def test_weights_of_any_library_are_right_or_refused(name, setting, convert, library):
    """The result has the dtype of the prediction, whatever that of the weights is."""
    target = HOT.astype("float32") if name[0] == "B" else CLASSES
    arrays = [draw(5, 3).astype("float32"), target]
    if library == "torch":
        arrays = list(map(torch.tensor, arrays))
    plain = getattr(losses, name)(**{setting: np.array([0.5, 1.0, 2.0])})
    expected = [plain(draw(5, 3), target), plain.gradient(draw(5, 3), target.astype(target.dtype))]

    def both():
        loss = getattr(losses, name)(**{setting: convert([0.5, 1.0, 2.0])})
        return [loss(*arrays), loss.gradient(*arrays)]

    found = result_of(both, setting)
    if found is not None:
        assert {a.dtype for a in found} == {arrays[0].dtype}
        assert_close(found, expected, 1e-6)


# ---- whole numbers, axes and arguments of functions ----------------------------------------------

IMAGES, KERNELS = draw(2, 4, 6, 5), draw(2, 4, 3, 3, seed=1)
X = draw(6, 4)


def trained(**options):
    net = Network([Linear(4, 3, rng=rng())])
    options = {"epochs": 2, "batch_size": 2, "rng": rng(), "progress": False} | options
    fit(net, CrossEntropy(), SGD(lr=0.1), X, np.arange(6) % 3, **options)
    return net.parameters


def conv(**options):
    return lambda v: convolution.Conv2d(4, 4, 3, rng=rng(), **dict.fromkeys(options, v))(IMAGES)


IGNORING = np.arange(6) % 4
WHOLE = {  # a setting's name, what is done with it, and a value
    "Softmax.axis": ("axis", lambda v: Softmax(axis=v)(X), 1),
    "Softmax.axis, the first": ("axis", lambda v: Softmax(axis=v)(X), 0),
    "Maxout.axis": ("axis", lambda v: Maxout(axis=v)(X), 1),
    "Maxout.pieces": ("pieces", lambda v: Maxout(pieces=v)(X), 2),
    "ignore": ("ignore_index", lambda v: CrossEntropy(ignore_index=v)(X, IGNORING), 1),
    "Linear.n_in": ("n_in", lambda v: Linear(v, 3, rng=rng()).weight, 2),
    "initial_std": ("n_in", lambda v: initial_std(v, 3), 2),
    "multiplications": ("samples", lambda v: multiplications([3, 2], samples=v), 2),
    "Conv2d.groups": ("groups", conv(groups=...), 2),
    "Conv2d.stride": ("stride", conv(stride=...), 2),
    "MaxPool2d": ("kernel_size", lambda v: MaxPool2d(v)(IMAGES), 2),
    "MaxPool2d.padding": ("padding", lambda v: MaxPool2d(2, padding=v)(IMAGES), 1),
    "im2col": ("kernel_size", lambda v: im2col(IMAGES, v), 2),
    "im2col.dilation": ("dilation", lambda v: im2col(IMAGES, 2, dilation=v), 2),
    "conv2d.stride": ("stride", lambda v: conv2d(IMAGES, KERNELS, stride=v), 2),
    "conv2d.padding": ("padding", lambda v: conv2d(IMAGES, KERNELS, padding=v), 1),
    "conv2d.groups": ("groups", lambda v: conv2d(IMAGES, KERNELS, groups=v), 1),
    "col2im": ("kernel_size", lambda v: convolution.col2im(draw(2, 16, 20), (6, 5), v), 2),
    "fit.epochs": ("epochs", lambda v: trained(epochs=v), 2),
    "fit.batch_size": ("batch_size", lambda v: trained(batch_size=v), 2),
    "batches": ("batch_size", lambda v: list(batches(6, v, rng())), 2),
    "rounded": ("bits", lambda v: rounded(X, v), 4),
    "batch_variance": ("batch_size", lambda v: batch_variance(X, v), 2),
}
OF_WHOLE = {
    "int64": np.int64, "uint8": np.uint8, "int8": np.int8,
    "an array of no axis": np.array, "an array of one": lambda v: np.array([v]),
    "a tensor": torch.tensor, "a tensor of one": lambda v: torch.tensor([v]),
    "float": float, "float64": np.float64, "a half": lambda v: v + 0.5, "text": str,
    "bool": bool, "np.bool": np.bool_, "None": lambda v: {}, "NaN": lambda v: float("nan"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "function", "value"), WHOLE.values(), ids=WHOLE)
def test_a_whole_number_of_any_type_is_right_or_refused(name, function, value):
    def check(form):
        given = form(value)
        found = result_of(lambda: function(given), name)
        if found is None:
            assert form not in (np.int64, np.uint8, np.int8), "refused"
            return
        assert not isinstance(given, dict | str)
        assert float(given) == int(given), "half a number was taken"
        np.testing.assert_equal(found, function(int(given)))

    assert_all(OF_WHOLE.items(), check)


G = [draw(3, 2).astype("float32"), draw(4).astype("float32")]
ARGUMENTS = {
    "clip_norm": ("max_norm", lambda v: clip_norm(G, v)),
    "clip_norm of long": ("max_norm", lambda v: clip_norm([1e3 * g for g in G], v)),
    "convergence_factor": ("lr", lambda v: [np.asarray(convergence_factor(v, 1.0))]),
    "a learning rate, set later": ("lr", lambda v: use(later(v))),
}


def later(value):
    optimizer = SGD(lr=1.0)
    optimizer.lr = value
    return optimizer


@pytest.mark.parametrize(("name", "function"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_an_argument_of_any_type_is_right_or_refused(name, function):
    def check(form):
        given = form(0.25)
        found = result_of(lambda: function(given), name)
        if found is not None:
            expected = function(float(given))
            assert [a.dtype for a in found] == [a.dtype for a in expected]
            assert_close(found, expected, 1e-15)

    assert_all(NUMBERS.items(), check)


# ---- memory --------------------------------------------------------------------------------------

N, D = 400, 512
EMBEDDINGS, OF_SAMPLES = draw(N, D), np.arange(N) % 7
HUNGRY = {  # what is called, and how many bytes are enough
    "mine_triplets": (lambda: mine_triplets(EMBEDDINGS, OF_SAMPLES), 8 * (12 * N * N + 6 * N * D)),
    "MinedTriplet": (lambda: MinedTriplet()(EMBEDDINGS, OF_SAMPLES), 8 * (12 * N * N + 20 * N * D)),
    "MinedTriplet.gradient": (
        lambda: MinedTriplet().gradient(EMBEDDINGS, OF_SAMPLES),
        8 * (12 * N * N + 30 * N * D),
    ),
}


@pytest.mark.parametrize(("function", "enough"), HUNGRY.values(), ids=HUNGRY)
def test_pairs_of_samples_take_memory_once(function, enough):
    """N² numbers, and not N² D."""
    tracemalloc.start()
    function()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < enough, f"{most / 1e6:.0f} MB"
