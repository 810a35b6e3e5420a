"""Every public function that takes arrays, once: how to call it and what with.

The kinds of hostile input are tried on all rows of this table, `DOORS`. A class with a method of
`METHODS`, or a function, that a module makes public and that is neither here nor in `NO_ARRAYS` is
an error (`test_table.py`).
"""

import inspect
import re
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import torch

from chainrule import activations, convolution, device, losses, network, optimizers, oracles
from chainrule.all_reduce import ring_all_reduce, ring_rounds
from chainrule.data_parallel import Replica, average
from chainrule.datasets import Part, patches, shifted
from chainrule.precision import dot_bound, rounded, rounded_dot
from chainrule.training import accuracy, fit

MODULES = ["activations", "losses", "optimizers", "network", "convolution", "training", "device", "precision", "all_reduce", "data_parallel", "datasets", "oracles"]
METHODS = ["__call__", "derivative", "vjp", "parameter_vjp", "gradient", "forward", "backward", "step", "load_state_dict", "average"]
# what takes numbers, sizes, paths or functions only, and what holds results
NO_ARRAYS = set(
    ["optimizers.best_descent", "optimizers.best_momentum", "optimizers.convergence_factor", "network.Gradients", "network.Trace", "network.initial_std", "network.multiplications", "convolution.Geometry", "convolution.column_growth", "convolution.fft_multiplications", "convolution.im2col_traffic", "convolution.intensity", "convolution.loop_operations", "convolution.winograd_saving", "training.History", "training.batches", "device.accelerator", "device.clock", "device.seconds", "precision.FORMATS", "precision.unit_roundoff", "all_reduce.hiding_batch", "all_reduce.ring_seconds", "data_parallel.replicas", "data_parallel.train", "datasets.Part", "datasets.Split", "datasets.digits", "datasets.mnist", "datasets.rare_digit", "datasets.read_idx", "datasets.spots"]
) | {"training.load", "training.save", "losses.Loss", "optimizers.Optimizer"}  # other tables


@dataclass(frozen=True)
class Door:
    """A public function, and arrays that it takes.

    `call` takes a function first, which makes the arrays that it holds itself (a layer's weights)
    of the library and dtype that is tried, and then the arrays in their order.
    """

    name: str
    call: object
    arrays: dict
    own_dtype: bool = True  # the result comes back in that of the first array
    roundings: int = 1  # to the bits of the dtype, one after the other
    tensors: bool = True

    def __call__(self, *arrays, convert=np.asarray):
        return self.call(convert, *arrays)

    def values(self):
        return list(self.arrays.values())

    def floats(self):
        return [i for i, a in enumerate(self.values()) if a.dtype.kind == "f"]

    def integers(self):
        return [i for i, a in enumerate(self.values()) if a.dtype.kind == "i"]


def draw(*shape, seed=0):
    return 2 * np.random.default_rng(seed).standard_normal(shape)


def shares(*shape, seed=0):
    """Give probabilities whose second axis sums to 1."""
    return activations.Softmax(axis=1)(draw(*shape, seed=seed))


def rng():
    return np.random.default_rng(1)


def clone(array):
    copy = getattr(array, "clone", getattr(array, "copy", None))  # not all that is tried is one
    return copy() if copy else array


def flat(result):
    """Give the arrays that a function gave, however they are nested."""
    if result is None:
        return []
    if isinstance(result, (list, tuple)):
        return [array for part in result for array in flat(part)]
    return [result]


def unbound(function):
    return lambda convert, *arrays: function(*arrays)


def converted(thing, convert):
    return thing.map(convert) if hasattr(thing, "map") else thing


# ---- activations and layers ----------------------------------------------------------------------

IMAGES = draw(2, 4, 6, 5)
FUNCTIONS = {
    **{f"activations.{n}": (getattr(activations, n), draw(3, 4)) for n in activations.__all__},
    "activations.GELU(tanh)": (lambda: activations.GELU(approximate="tanh"), draw(3, 4)),
    "activations.Softmax(axis=0)": (lambda: activations.Softmax(axis=0), draw(3, 4)),
    "activations.Maxout(axis=0)": (lambda: activations.Maxout(axis=0), draw(2, 3, 4)),
    "network.Linear": (lambda: network.Linear(4, 3, rng=rng()), draw(5, 4)),
    "convolution.Conv2d": (lambda: convolution.Conv2d(4, 2, 3, padding=1, rng=rng()), IMAGES),
    "convolution.Conv2d(groups)": (
        lambda: convolution.Conv2d(4, 4, 2, stride=2, groups=2, rng=rng()),
        IMAGES,
    ),
    "convolution.MaxPool2d": (lambda: convolution.MaxPool2d(2, padding=1), IMAGES),
    "convolution.AvgPool2d": (lambda: convolution.AvgPool2d((2, 3), stride=1), IMAGES),
    "convolution.Flatten": (convolution.Flatten, IMAGES),
}


def differentiable(name, make, x):
    thing = make()
    up = draw(*thing(x).shape, seed=1)
    yield Door(f"{name}.__call__", lambda c, x: converted(thing, c)(x), {"x": x})
    if hasattr(thing, "derivative"):
        yield Door(f"{name}.derivative", unbound(thing.derivative), {"z": x})
    for method in ("vjp", "parameter_vjp"):
        if hasattr(thing, method):
            yield Door(
                f"{name}.{method}",
                lambda c, x, u, m=method: getattr(converted(thing, c), m)(x, u),
                {"x": x, "upstream": up},
            )


NET = network.Network(
    [network.Linear(4, 5, rng=rng()), activations.Tanh(), network.Linear(5, 3, rng=rng())]
)


def backward(convert, x, upstream):
    net = NET.map(convert)
    gradients = net.backward(net.forward(x), upstream, deltas=True)
    return [gradients.parameters, gradients.deltas]


def trained(convert, x, y):
    net = NET.map(lambda p: convert(p.copy()))
    options = {"epochs": 2, "batch_size": 3, "rng": rng(), "progress": False}
    fit(net, losses.CrossEntropy(), optimizers.SGD(lr=0.1), x, y, **options)
    return net.parameters


def bounds(convert, upstream):
    trace = NET.forward(draw(1, 4))
    return np.asarray(network.error_norm_bounds(NET, trace, upstream))


CLASSES = np.array([0, 2, 1, 2, 0])
X = {"x": draw(5, 4)}
NETWORK = [
    Door("network.Network.__call__", lambda c, x: NET.map(c)(x), X, roundings=8),
    Door("network.Network.forward", lambda c, x: NET.map(c).forward(x).output, X, roundings=8),
    Door("network.Network.backward", backward, X | {"upstream": draw(5, 3, seed=1)}, roundings=8),
    Door("network.error_norm_bounds", bounds, {"upstream": draw(1, 3)}, own_dtype=False),
    Door("training.fit", trained, {"x": draw(5, 4), "y": CLASSES}, roundings=64),
    Door(
        "training.accuracy",
        lambda c, x, y: np.asarray(accuracy(NET.map(c), x, y)),
        {"x": draw(5, 4), "y": CLASSES},
        own_dtype=False,
    ),
]

# ---- losses --------------------------------------------------------------------------------------

YES = (draw(4, 3, seed=2) > 0).astype(float)
HOT = np.eye(3)[[0, 2, 1, 2, 0]]
MASK = np.random.default_rng(3).integers(0, 3, (2, 4, 4))
NUMBERS = {"prediction": draw(4, 3), "target": draw(4, 3, seed=1)}
LOGITS = {"prediction": draw(5, 3), "target": CLASSES}
ROWS = {"anchor": draw(4, 3), "positive": draw(4, 3, seed=1), "negative": draw(4, 3, seed=2)}
WEIGHT = np.array([0.5, 1.0, 2.0])
LOSSES = {
    "MSE": [({}, NUMBERS)],
    "MAE": [({}, NUMBERS)],
    "Huber": [({}, NUMBERS)],
    "CrossEntropy": [
        ({}, LOGITS),
        ({"label_smoothing": 0.1, "ignore_index": 2}, LOGITS),
        ({"weight": WEIGHT}, LOGITS),
        ({}, {"prediction": draw(2, 3, 4, 4), "target": MASK}),
        ({}, {"prediction": draw(5, 3), "target": shares(5, 3, seed=1)}),
    ],
    "BinaryCrossEntropy": [
        ({}, {"prediction": draw(4, 3), "target": YES}),
        ({"pos_weight": WEIGHT}, {"prediction": draw(4, 3), "target": YES}),
    ],
    "Focal": [({}, LOGITS), ({"alpha": WEIGHT}, LOGITS)],
    "BinaryFocal": [({}, {"prediction": draw(4, 3), "target": YES})],
    "Dice": [
        ({}, {"prediction": shares(5, 3), "target": CLASSES}),
        ({}, {"prediction": shares(5, 3), "target": HOT}),
        ({"per_sample": True}, {"prediction": shares(2, 3, 4, 4), "target": MASK}),
    ],
    "Tversky": [
        ({}, {"prediction": shares(5, 3), "target": CLASSES}),
        ({}, {"prediction": shares(5, 3), "target": HOT}),
        ({"skip_absent": True}, {"prediction": shares(2, 3, 4, 4), "target": MASK}),
    ],
    "Triplet": [({}, ROWS), ({"swap": True, "p": 3.0}, ROWS)],
    "MinedTriplet": [({}, {"prediction": draw(6, 4), "target": np.array([0, 1, 0, 1, 2, 2])})],
}


def loss_doors(name, i, options, arrays):
    """Give the doors of a loss, whose settings that are arrays are of the library that is tried."""

    def made(convert, **more):
        of_library = {k: convert(v) if hasattr(v, "dtype") else v for k, v in options.items()}
        return getattr(losses, name)(**of_library, **more)

    label = f"losses.{name}" + (f"-{i}" if i else "")
    yield Door(f"{label}.__call__", lambda c, *a: made(c)(*a), arrays)
    yield Door(f"{label}.gradient", lambda c, *a: made(c).gradient(*a), arrays)
    shape = getattr(losses, name)(**options, reduction="none")(*arrays.values()).shape
    yield Door(
        f"{label}.gradient(upstream)",
        lambda c, *a: made(c, reduction="none").gradient(*a),
        arrays | {"upstream": draw(*shape, seed=4)},
    )


MINED = {"embeddings": draw(6, 4), "classes": np.array([0, 1, 0, 1, 2, 2])}
OF_CLASSES = [
    Door("losses.mine_triplets", unbound(losses.mine_triplets), MINED, own_dtype=False),
    Door(
        "losses.balanced_weights",
        lambda c, y: losses.balanced_weights(y, 3),
        {"classes": CLASSES},
        own_dtype=False,
    ),
]

# ---- optimizers ----------------------------------------------------------------------------------

OPTIMIZERS = {
    **{f"optimizers.{n}": (n, {"lr": 0.1}) for n in optimizers.__all__ if n[0].isupper()},
    "optimizers.SGD(momentum)": ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1}),
    "optimizers.RMSProp(centered)": ("RMSProp", {"lr": 0.1, "centered": True, "momentum": 0.9}),
    "optimizers.Adam(amsgrad)": ("Adam", {"lr": 0.1, "amsgrad": True}),
}
del OPTIMIZERS["optimizers.Optimizer"]
STEP = {
    "parameters[0]": draw(3, 2),
    "parameters[1]": draw(4, seed=1),
    "gradients[0]": draw(3, 2, seed=2),
    "gradients[1]": draw(4, seed=3),
}


def optimizer_doors(label, name, options):
    def make():
        return getattr(optimizers, name)(**options)

    def step(convert, w, v, *gradients):
        optimizer, parameters = make(), [clone(w), clone(v)]
        optimizer.step(parameters, list(gradients))
        return parameters

    yield Door(f"{label}.step", step, STEP)
    before = make()
    before.step([draw(3, 2), draw(4)], [draw(3, 2, seed=2), draw(4, seed=3)])
    state = before.state_dict()
    places = [(key, i) for key, value in state.items() if isinstance(value, list) for i in (0, 1)]

    def load(convert, *arrays):
        new = {k: list(v) if isinstance(v, list) else v for k, v in state.items()}
        for (key, i), array in zip(places, arrays, strict=True):
            new[key][i] = array
        optimizer = make()
        optimizer.load_state_dict(new)
        after = optimizer.state_dict()
        return [after[key][i] for key, i in places]

    if places:
        arrays = {f"state['{key}'][{i}]": state[key][i] for key, i in places}
        yield Door(f"{label}.load_state_dict", load, arrays)


def lists(function):
    return lambda convert, *arrays: function(list(arrays))


LISTS = [
    Door(
        "optimizers.clip_norm",
        lambda c, *g: optimizers.clip_norm(list(g), 1.0),
        {"gradients[0]": draw(3, 2), "gradients[1]": draw(4)},
    ),
    Door(
        "optimizers.batch_variance",
        lambda c, g: np.asarray(optimizers.batch_variance(g, 2)),
        {"gradients": draw(5, 3)},
        own_dtype=False,
    ),
    *(
        Door(
            f"all_reduce.{f.__name__}",
            lists(f),
            {f"parts[{i}]": draw(4, seed=i) for i in range(3)},
            roundings=2,
        )
        for f in (ring_all_reduce, ring_rounds)
    ),
    Door(
        "data_parallel.average",
        lambda c, a, b: average([[a], [b]], [1, 2]),
        {"gradients[0][0]": draw(4), "gradients[1][0]": draw(4, seed=1)},
    ),
    Door(
        "data_parallel.Replica.average",
        lists(Replica().average),
        {"gradients[0]": draw(4), "gradients[1]": draw(4, seed=1)},
    ),
]

# ---- convolution ---------------------------------------------------------------------------------

KERNELS = draw(2, 4, 3, 3, seed=1)
OUTPUT = draw(2, 2, 4, 3, seed=2)
conv2d, conv2d_vjp = convolution.conv2d, convolution.conv2d_vjp
CONVOLUTION = [
    Door(
        f"convolution.conv2d-{method}",
        lambda c, *a, m=method: conv2d(*a, method=m),
        {"x": IMAGES, "weight": KERNELS, "bias": draw(2)},
        tensors=method in ("auto", "im2col"),
    )
    for method in ("auto", "tiled", "im2col", "loops")
]
CONVOLUTION += [
    Door(
        f"convolution.conv2d_vjp-{method}",
        lambda c, *a, m=method: conv2d_vjp(*a, method=m),
        {"x": IMAGES, "weight": KERNELS, "upstream": OUTPUT},
        tensors=method in ("auto", "im2col"),
    )
    for method in ("auto", "tiled", "im2col", "loops")
]
CONVOLUTION += [
    Door("convolution.im2col", lambda c, x: convolution.im2col(x, 3, padding=1), {"x": IMAGES}),
    Door(
        "convolution.col2im",
        lambda c, a: convolution.col2im(a, (6, 5), 3),
        {"columns": draw(2, 36, 12)},
    ),
    *(
        Door(f"convolution.{f.__name__}", unbound(f), {"x": IMAGES, "weight": KERNELS})
        for f in (convolution.conv2d_fft, convolution.conv2d_winograd)
    ),
    Door(
        "convolution.winograd_pair",
        unbound(convolution.winograd_pair),
        {"w": draw(2, 3), "x": draw(2, 4, seed=1)},
    ),
]

# ---- the rest ------------------------------------------------------------------------------------

VECTORS = {"w": draw(6), "a": draw(6, seed=1)}
PART = {"part.x": IMAGES, "part.y": np.array([3, 1])}
REST = [
    Door("device.to", lambda c, a: device.to(a, "cpu"), {"thing": IMAGES}, own_dtype=False),
    Door("precision.rounded", lambda c, x: rounded(x, 4), {"x": IMAGES}, own_dtype=False),
    *(
        Door(
            f"precision.{f.__name__}",
            lambda c, w, a, f=f: np.asarray(f(w, a, bits=7)),
            VECTORS,
            own_dtype=False,
        )
        for f in (rounded_dot, dot_bound)
    ),
    Door("datasets.patches", lambda c, a: patches(a, 3), {"images": draw(2, 4, 4)}, tensors=False),
    Door("datasets.shifted", lambda c, x, y: [*shifted(Part(x, y))], PART, tensors=False),
    Door(
        "oracles.relative_error",
        lambda c, a, b: np.asarray(oracles.relative_error(a, b)),
        {"a": draw(4), "b": draw(4, seed=1)},
        own_dtype=False,
    ),
    *(
        Door(
            f"oracles.{f.__name__}",
            lambda c, x, f=f: f(lambda x: (x**2).sum(), x),
            {"x": draw(3, 2)},
            own_dtype=False,
            tensors=False,
        )
        for f in (oracles.central_difference, oracles.complex_step)
    ),
    Door(
        "oracles.autograd",
        lambda c, x: oracles.autograd(lambda x: (x**2).sum(), [x]),
        {"arrays[0]": draw(3, 2)},
        tensors=False,
    ),
    Door(
        "oracles.adjoint_error",
        lambda c, x, y: np.asarray(
            oracles.adjoint_error(lambda x: KERNELS[0, 0] @ x, lambda y: np.multiply(2.0, y), x, y)
        ),
        {"x": draw(3), "y": draw(3, seed=1)},
        own_dtype=False,
        tensors=False,
    ),
    Door(
        "oracles.count_multiplications",
        lambda c, x, y: np.asarray(oracles.count_multiplications(lambda x, y: x @ y, x, y)),
        {"arrays[0]": draw(3, 2), "arrays[1]": draw(2, 4)},
        own_dtype=False,
        tensors=False,
    ),
]

DOORS = [
    *(door for n, (make, x) in FUNCTIONS.items() for door in differentiable(n, make, x)),
    *NETWORK,
    *(
        d
        for n, rows in LOSSES.items()
        for i, row in enumerate(rows)
        for d in loss_doors(n, i, *row)
    ),
    *OF_CLASSES,
    *(door for n, row in OPTIMIZERS.items() for door in optimizer_doors(n, *row)),
    *LISTS,
    *CONVOLUTION,
    *REST,
]
BY_NAME = {door.name: door for door in DOORS}


def public():
    """Give the names that the table has to have: functions, and those of METHODS in classes."""
    for module in MODULES:
        for name in import_module(f"chainrule.{module}").__all__:
            thing = getattr(import_module(f"chainrule.{module}"), name)
            label = f"{module}.{name}"
            if label in NO_ARRAYS:
                continue
            if inspect.isclass(thing):
                defined = {name for cls in thing.__mro__ for name in vars(cls)}
                yield from (f"{label}.{m}" for m in METHODS if m in defined)
            else:
                yield label


def plain(name):
    """Give the name of a row without what tells it from others of the same function."""
    return re.sub(r"\(.*?\)|-\w+", "", name)


# ---- what the kinds of tests share ---------------------------------------------------------------


def attempt(door, arrays, names=None, convert=np.asarray):
    """Give what the function gives; None if it refuses, by the name of one of the arguments."""
    try:
        return flat(door(*arrays, convert=convert))
    except (TypeError, ValueError) as error:
        stems = {re.split(r"[\[.]", name)[0] for name in names or door.arrays}
        assert re.match(rf"({'|'.join(stems)})[\w.\[\]']*: ", str(error)), f"raw: {error!r}"
        return None


def in64(array):
    """Give an array as NumPy's, contiguous and in 64 bits."""
    if isinstance(array, torch.Tensor):
        array = array.detach().resolve_neg().cpu()
        array = (array.double() if array.is_floating_point() else array).numpy()
    array = np.asarray(array)
    return np.array(array, np.float64 if array.dtype.kind in "fO" else np.int64, order="C")


def assert_close(found, expected, eps=1e-12):
    """Hold numbers to others, as far as rounding to one part in 1/eps goes."""
    assert found is not None
    assert [tuple(a.shape) for a in found] == [tuple(a.shape) for a in expected]
    for a, b in zip(found, expected, strict=True):
        a, b = in64(a), in64(b)
        assert np.array_equal(np.isfinite(a), np.isfinite(b)), "infinity or NaN"
        assert np.array_equal(np.isnan(a), np.isnan(b)), "NaN"
        finite = np.isfinite(b)
        error = np.abs(a[finite] - b[finite])
        largest = np.max(np.abs(b[finite]), initial=0.0)
        assert (error <= eps * largest + 1e-30).all(), f"off by {error.max() / largest:.1e}"
