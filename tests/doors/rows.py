"""The table of every public function that takes arrays: `DOORS`.

`test_table.py` holds it to what the modules make public.
"""

import numpy as np
from callables import Door, draw

from chainrule import activations, convolution, device, losses, network, optimizers, oracles
from chainrule.all_reduce import ring_all_reduce, ring_rounds
from chainrule.convolution import AvgPool2d, Conv2d, Flatten, MaxPool2d, conv2d, conv2d_vjp
from chainrule.data_parallel import Replica, average
from chainrule.datasets import Part, patches, shifted
from chainrule.precision import dot_bound, rounded, rounded_dot
from chainrule.tape import apply
from chainrule.training import accuracy, fit


def rng():
    return np.random.default_rng(1)


def clone(array):
    copy = getattr(array, "clone", getattr(array, "copy", None))  # not all that is tried is one
    return copy() if copy else array


def free(function, *more):
    """Give a call of a function that holds no arrays."""
    return lambda convert, *arrays: function(*arrays, *more)


# ---- activations and layers ----------------------------------------------------------------------

IMAGES = draw(2, 4, 6, 5)
FUNCTIONS = {
    **{f"activations.{n}": (getattr(activations, n), draw(3, 4)) for n in activations.__all__},
    "activations.GELU(tanh)": (lambda: activations.GELU(approximate="tanh"), draw(3, 4)),
    "activations.Softmax(axis=0)": (lambda: activations.Softmax(axis=0), draw(3, 4)),
    "activations.Maxout(axis=0)": (lambda: activations.Maxout(axis=0), draw(2, 3, 4)),
    "network.Linear": (lambda: network.Linear(4, 3, rng=rng()), draw(5, 4)),
    "convolution.Conv2d": (lambda: Conv2d(4, 2, 3, padding=1, rng=rng()), IMAGES),
    "convolution.Conv2d(groups)": (lambda: Conv2d(4, 4, 2, groups=2, rng=rng()), IMAGES),
    "convolution.MaxPool2d": (lambda: MaxPool2d(2, padding=1), IMAGES),
    "convolution.AvgPool2d": (lambda: AvgPool2d((2, 3), stride=1), IMAGES),
    "convolution.Flatten": (Flatten, IMAGES),
}


def differentiable(name, make, x):
    thing = make()
    arrays = {"x": x, "upstream": draw(*thing(x).shape, seed=1)}
    for method in ("__call__", "derivative", "vjp", "parameter_vjp"):
        if hasattr(thing, method):

            def call(convert, *given, method=method):
                made = thing.map(convert) if hasattr(thing, "map") else thing
                return getattr(made, method)(*given)

            one = {"z" if method == "derivative" else "x": x}
            yield Door(f"{name}.{method}", call, arrays if "vjp" in method else one)


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
    net = NET.map(convert)
    return network.error_norm_bounds(net, net.forward(convert(draw(1, 4))), upstream)


def right(convert, x, y):
    return accuracy(NET.map(convert), x, y)


X, CLASSES = draw(5, 4), np.array([0, 2, 1, 2, 0])
BACK = {"x": X, "upstream": draw(5, 3, seed=1)}
NETWORK = [
    Door("network.Network.__call__", lambda c, x: NET.map(c)(x), {"x": X}, roundings=8),
    Door("network.Network.forward", lambda c, x: NET.map(c).forward(x).output, {"x": X}, True, 8),
    Door("network.Network.backward", backward, BACK, roundings=8),
    Door("network.error_norm_bounds", bounds, {"upstream": draw(1, 3)}, own_dtype=False),
    Door("training.fit", trained, {"x": X, "y": CLASSES}, roundings=64),
    Door("training.accuracy", right, {"x": X, "y": CLASSES}, own_dtype=False),
]

# ---- losses --------------------------------------------------------------------------------------


def shares(*shape, seed=0):
    """Give probabilities whose second axis sums to 1."""
    return activations.Softmax(axis=1)(draw(*shape, seed=seed))


YES, HOT = (draw(4, 3, seed=2) > 0).astype(float), np.eye(3)[CLASSES]
MASK = np.random.default_rng(3).integers(0, 3, (2, 4, 4))
NUMBERS = {"prediction": draw(4, 3), "target": draw(4, 3, seed=1)}
LOGITS = {"prediction": draw(5, 3), "target": CLASSES}
BINARY = {"prediction": draw(4, 3), "target": YES}
CHANCES = [{"prediction": shares(5, 3), "target": target} for target in (CLASSES, HOT)]
MASKS = {"prediction": shares(2, 3, 4, 4), "target": MASK}
ROWS = {"anchor": draw(4, 3), "positive": draw(4, 3, seed=1), "negative": draw(4, 3, seed=2)}
WEIGHT, PAIRED = np.array([0.5, 1.0, 2.0]), np.array([0, 1, 0, 1, 2, 2])
LOSSES = {  # settings, and what they are called with
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
    "BinaryCrossEntropy": [({}, BINARY), ({"pos_weight": WEIGHT}, BINARY)],
    "Focal": [({}, LOGITS), ({"alpha": WEIGHT}, LOGITS)],
    "BinaryFocal": [({}, BINARY)],
    "Dice": [({}, CHANCES[0]), ({}, CHANCES[1]), ({"per_sample": True}, MASKS)],
    "Tversky": [({}, CHANCES[0]), ({}, CHANCES[1]), ({"skip_absent": True}, MASKS)],
    "Triplet": [({}, ROWS), ({"swap": True, "p": 3.0}, ROWS)],
    "MinedTriplet": [({}, {"prediction": draw(6, 4), "target": PAIRED})],
}


def loss_doors(name, i, settings, arrays):
    """Give the rows of a loss, whose settings that are arrays are of the library that is tried."""

    def made(convert, **more):
        ours = {k: convert(v) if isinstance(v, np.ndarray) else v for k, v in settings.items()}
        return getattr(losses, name)(**ours, **more)

    def gradient_of_all(convert, *given):
        return made(convert, reduction="none").gradient(*given)

    label = f"losses.{name}" + (f"-{i}" if i else "")
    yield Door(f"{label}.__call__", lambda c, *a: made(c)(*a), arrays)
    yield Door(f"{label}.gradient", lambda c, *a: made(c).gradient(*a), arrays)
    shape = made(np.asarray, reduction="none")(*arrays.values()).shape
    arrays = arrays | {"upstream": draw(*shape, seed=4)}
    yield Door(f"{label}.gradient(upstream)", gradient_of_all, arrays)


# ---- optimizers ----------------------------------------------------------------------------------

OPTIMIZERS = {f"optimizers.{n}": (n, {"lr": 0.1}) for n in optimizers.__all__ if n[0] in "ANRS"} | {
    "optimizers.SGD(momentum)": ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1}),
    "optimizers.RMSProp(centered)": ("RMSProp", {"lr": 0.1, "centered": True, "momentum": 0.9}),
    "optimizers.Adam(amsgrad)": ("Adam", {"lr": 0.1, "amsgrad": True}),
}
TWO = [draw(3, 2), draw(4, seed=1)], [draw(3, 2, seed=2), draw(4, seed=3)]
STEP = {f"parameters[{i}]": a for i, a in enumerate(TWO[0])}
STEP |= {f"gradients[{i}]": a for i, a in enumerate(TWO[1])}


def optimizer(label, **settings):
    name, own = OPTIMIZERS[label]
    return getattr(optimizers, name)(**(own | settings))


def optimizer_doors(label):
    def step(convert, w, v, *gradients):
        parameters = [clone(w), clone(v)]
        optimizer(label).step(parameters, list(gradients))
        return parameters

    yield Door(f"{label}.step", step, STEP)
    before = optimizer(label)
    before.step(list(map(np.copy, TWO[0])), TWO[1])
    state = before.state_dict()
    places = [(key, i) for key, value in state.items() if isinstance(value, list) for i in (0, 1)]

    def load(convert, *arrays):
        new, after = {k: list(v) if isinstance(v, list) else v for k, v in state.items()}, {}
        for (key, i), array in zip(places, arrays, strict=True):
            new[key][i] = array
        loaded = optimizer(label)
        loaded.load_state_dict(new)
        after = loaded.state_dict()
        return [after[key][i] for key, i in places]

    if places:
        arrays = {f"state['{key}'][{i}]": state[key][i] for key, i in places}
        yield Door(f"{label}.load_state_dict", load, arrays)


# ---- the rest ------------------------------------------------------------------------------------

KERNELS, OUTPUT = draw(2, 4, 3, 3, seed=1), draw(2, 2, 4, 3, seed=2)
CONVOLVED = {"x": IMAGES, "weight": KERNELS}
VECTORS = {"w": draw(6), "a": draw(6, seed=1)}
GRADIENTS = {"gradients[0]": draw(3, 2), "gradients[1]": draw(4)}
PARTS = {f"parts[{i}]": draw(4, seed=i) for i in range(3)}
TWICE = {"gradients[0][0]": draw(4), "gradients[1][0]": draw(4, seed=1)}
TRIPLES = {"w": draw(2, 3), "x": draw(2, 4, seed=1)}
MINED = {"embeddings": draw(6, 4), "classes": PAIRED}
SAMPLES = {"part.x": IMAGES, "part.y": np.array([3, 1])}
PRODUCT = {"arrays[0]": draw(3, 2), "arrays[1]": draw(2, 4)}


def squares(x):
    return (x**2).sum()


def adjoint(convert, x, y):
    return oracles.adjoint_error(lambda x: 3.0 * x, lambda y: np.multiply(2.0, y), x, y)


def counted(convert, x, y):
    return oracles.count_multiplications(lambda x, y: x @ y, x, y)


def autograd(convert, x):
    return oracles.autograd(squares, [x])


central, complex_step = oracles.central_difference, oracles.complex_step
REST = [  # their results are of the dtype of the arrays
    Door("optimizers.clip_norm", lambda c, *g: optimizers.clip_norm([*g], 1.0), GRADIENTS),
    Door("data_parallel.average", lambda c, a, b: average([[a], [b]], [1, 2]), TWICE),
    Door("data_parallel.Replica.average", lambda c, *g: Replica().average([*g]), GRADIENTS),
    Door("all_reduce.ring_all_reduce", lambda c, *p: ring_all_reduce([*p]), PARTS, True, 2),
    Door("all_reduce.ring_rounds", lambda c, *p: ring_rounds([*p]), PARTS, True, 2),
    Door("convolution.im2col", free(convolution.im2col, 3), {"x": IMAGES}),
    Door("convolution.col2im", free(convolution.col2im, (6, 5), 3), {"columns": draw(2, 36, 12)}),
    Door("convolution.conv2d_fft", free(convolution.conv2d_fft), CONVOLVED),
    Door("convolution.conv2d_winograd", free(convolution.conv2d_winograd), CONVOLVED),
    Door("convolution.winograd_pair", free(convolution.winograd_pair), TRIPLES),
    Door("datasets.patches", free(patches, 3), {"images": draw(2, 4, 4)}, tensors=False),
    Door("datasets.shifted", lambda c, *a: [*shifted(Part(*a))], SAMPLES, tensors=False),
    Door("tape.apply", lambda c, x: apply(activations.Tanh(), x).value, {"x": X}, own_dtype=False),
    Door("oracles.autograd", autograd, {"arrays[0]": draw(3, 2)}, tensors=False),
]
for method in ("auto", "tiled", "im2col", "loops", "winograd-2", "winograd-4"):
    of, both = {"method": method}, method not in ("tiled", "loops")
    name, arrays = f"convolution.conv2d-{method}", CONVOLVED | {"bias": draw(2)}
    REST += [Door(name, lambda c, *a, of=of: conv2d(*a, **of), arrays, tensors=both)]
    name, arrays = f"convolution.conv2d_vjp-{method}", CONVOLVED | {"upstream": OUTPUT}
    REST += [Door(name, lambda c, *a, of=of: conv2d_vjp(*a, **of), arrays, tensors=both)]
OWN = [  # their results are of a dtype of their own
    ("device.to", free(device.to, "cpu"), {"thing": IMAGES}, True),
    ("losses.mine_triplets", free(losses.mine_triplets), MINED, True),
    ("losses.balanced_weights", free(losses.balanced_weights, 3), {"classes": CLASSES}, True),
    ("optimizers.batch_variance", free(optimizers.batch_variance, 2), {"gradients": X}, True),
    ("precision.rounded", free(rounded, 4), {"x": IMAGES}, True),
    ("precision.rounded_dot", free(rounded_dot, 7), VECTORS, True),
    ("precision.dot_bound", free(dot_bound, 7), VECTORS, True),
    ("oracles.relative_error", free(oracles.relative_error), {"a": X, "b": X + 0.5}, True),
    ("oracles.central_difference", lambda c, x: central(squares, x), {"x": X}, False),
    ("oracles.complex_step", lambda c, x: complex_step(squares, x), {"x": X}, False),
    ("oracles.adjoint_error", adjoint, {"x": draw(3), "y": draw(3, seed=1)}, False),
    ("oracles.count_multiplications", counted, PRODUCT, False),
]

DOORS = [
    *(door for n, (make, x) in FUNCTIONS.items() for door in differentiable(n, make, x)),
    *NETWORK,
    *(d for n, all in LOSSES.items() for i, row in enumerate(all) for d in loss_doors(n, i, *row)),
    *(door for label in OPTIMIZERS for door in optimizer_doors(label)),
    *REST,
    *(Door(*row, own_dtype=False, tensors=tensors) for *row, tensors in OWN),
]  # fmt: skip
BY_NAME = {door.name: door for door in DOORS}
