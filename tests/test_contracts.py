"""Every activation, layer, loss and optimizer is held to its contract, by existing.

They are found by walking the package's modules. One that cannot be made without arguments, or
applied to a batch of shape (3, 4), says in the tables below how it can.
"""

import dataclasses
import functools
import pkgutil
from importlib import import_module

import array_api_strict
import numpy as np
import pytest
import torch
from array_api_compat import array_namespace, device
from hypothesis import given, settings
from hypothesis import strategies as st

import chainrule
from chainrule import convolution, losses
from chainrule.activations import Softmax, Swish
from chainrule.arrays import to_numpy
from chainrule.convolution import AvgPool2d, Conv2d, Flatten, MaxPool2d
from chainrule.losses import Loss, Triplet
from chainrule.losses.core import value_and_gradient
from chainrule.network import Linear
from chainrule.optimizers import Optimizer
from chainrule.oracles import central_difference, relative_error

LIBRARIES = {
    "numpy": np.asarray,
    "torch": torch.as_tensor,
    "array_api_strict": array_api_strict.asarray,
}
DTYPES = ("float32", "float64")
REDUCTIONS = ("mean", "sum", "none")
BFLOAT16_BOUND = 8 * 2.0**-8  # eight roundings to eight bits

each_library = pytest.mark.parametrize("convert", LIBRARIES.values(), ids=LIBRARIES)
each_dtype = pytest.mark.parametrize("dtype", DTYPES)
each_reduction = pytest.mark.parametrize("reduction", REDUCTIONS)


def public_classes(wanted):
    """Give the classes in the modules' `__all__` for which `wanted` is true."""
    names = sorted(module.name for module in pkgutil.iter_modules(chainrule.__path__))
    modules = [import_module(f"chainrule.{name}") for name in names if name != "__main__"]
    found = [getattr(m, name) for m in modules for name in getattr(m, "__all__", ())]
    classes = [thing for thing in found if isinstance(thing, type) and wanted(thing)]
    return [*dict.fromkeys(classes)]  # some are promised by two modules


def examples(classes, table, default):
    """Give pytest's parameters: the rows of the table, or one made from the default."""
    return [
        pytest.param(*row, id=cls.__name__ + (f"-{i}" if i else ""))
        for cls in classes
        for i, row in enumerate(table.get(cls.__name__, [(cls, *default)]))
    ]


def assert_same_kind(result, x, shape):
    """Hold a result to the library, dtype and device of x."""
    assert array_namespace(result) is array_namespace(x)
    assert result.dtype == x.dtype
    assert device(result) == device(x)
    assert tuple(result.shape) == tuple(shape)


def assert_frozen(make):
    """Hold a value without arrays to being a value: equal, hashable and not to be changed."""
    thing = make()
    assert dataclasses.is_dataclass(thing)
    for name in vars(thing):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, name, None)
    if not any(hasattr(value, "dtype") for value in vars(thing).values()):
        assert thing == make()
        assert hash(thing) == hash(make())
        assert thing != object()


# ---- differentiable functions: activations and layers ------------------------------------------

FUNCTIONS = public_classes(lambda cls: hasattr(cls, "vjp"))
# how to make one, and the shape of what it is applied to
FUNCTION_EXAMPLES = {
    "AvgPool2d": [(lambda: AvgPool2d(2, padding=1), (2, 3, 4, 5))],
    "Conv2d": [
        (lambda: Conv2d(2, 3, 3, padding=1, rng=np.random.default_rng(1)), (2, 2, 4, 5)),
        (
            lambda: Conv2d(2, 4, 2, stride=2, groups=2, rng=np.random.default_rng(1)),
            (2, 2, 4, 4),
        ),
    ],
    "Flatten": [(Flatten, (2, 3, 4, 5))],
    "Linear": [(lambda: Linear(4, 3, rng=np.random.default_rng(1)), (5, 4))],
    "MaxPool2d": [(lambda: MaxPool2d((2, 3), stride=1), (2, 3, 4, 5))],
    "Softmax": [(Softmax, (3, 4)), (lambda: Softmax(axis=0), (3, 4)), (Softmax, (2, 3, 4))],
    "Swish": [(Swish, (3, 4)), (lambda: Swish(beta=1e5), (3, 4))],
}
ELEMENTWISE = [cls for cls in FUNCTIONS if hasattr(cls, "derivative")]
TORCH_ACTIVATION = {"Swish": "SiLU"}  # where PyTorch has another name

each_function = pytest.mark.parametrize(
    ("make", "shape"), examples(FUNCTIONS, FUNCTION_EXAMPLES, [(3, 4)])
)
each_elementwise = pytest.mark.parametrize(
    "cls", ELEMENTWISE, ids=[cls.__name__ for cls in ELEMENTWISE]
)


def mapped(function, change):
    """Give the function with its parameters changed, if it has any."""
    return function.map(change) if hasattr(function, "parameters") else function


def draw(shape, seed=0):
    return 2 * np.random.default_rng(seed).standard_normal(shape)


def test_all_are_found():
    assert {"Linear", "ReLU", "Sigmoid", "Softmax", "Tanh"} <= {cls.__name__ for cls in FUNCTIONS}
    assert {"ReLU", "Sigmoid", "Tanh"} <= {cls.__name__ for cls in ELEMENTWISE}
    assert {"MSE", "CrossEntropy"} <= {cls.__name__ for cls in LOSSES}
    assert OPTIMIZER_EXAMPLES.keys() <= {cls.__name__ for cls in OPTIMIZERS}


@each_library
@each_dtype
@each_function
def test_function_keeps_library_dtype_and_shape(make, shape, convert, dtype):
    f = mapped(make(), lambda p: convert(p.astype(dtype)))
    x = convert(draw(shape).astype(dtype))
    y = f(x)
    assert_same_kind(y, x, y.shape)
    upstream = convert(draw(tuple(y.shape), 1).astype(dtype))
    assert_same_kind(f.vjp(x, upstream), x, shape)
    if hasattr(f, "parameters"):
        gradients = f.parameter_vjp(x, upstream)
        for gradient, parameter in zip(gradients, f.parameters, strict=True):
            assert_same_kind(gradient, parameter, parameter.shape)


@each_library
@each_dtype
@each_function
def test_libraries_agree(make, shape, convert, dtype):
    f, x = make(), draw(shape)
    y = f(x)
    upstream = draw(y.shape, 1)
    other = mapped(f, lambda p: convert(p.astype(dtype)))
    x_other, upstream_other = convert(x.astype(dtype)), convert(upstream.astype(dtype))
    bound = {"float32": 1e-5, "float64": 1e-14}[dtype]
    assert relative_error(to_numpy(other(x_other)), y) < bound
    dx = to_numpy(other.vjp(x_other, upstream_other))
    assert relative_error(dx, f.vjp(x, upstream)) < bound


@each_library
@each_function
def test_function_is_pure(make, shape, convert):
    f = mapped(make(), convert)
    x = convert(draw(shape))
    upstream = convert(draw(tuple(f(x).shape), 1))

    def everything():
        values = [f(x), f.vjp(x, upstream)]
        return values + (f.parameter_vjp(x, upstream) if hasattr(f, "parameters") else [])

    given_ = [x, upstream, *getattr(f, "parameters", [])]
    before = [to_numpy(array).copy() for array in given_]
    first = [to_numpy(value).copy() for value in everything()]
    for value, again in zip(first, everything(), strict=True):
        np.testing.assert_array_equal(to_numpy(again), value)
    for array, old in zip(given_, before, strict=True):
        np.testing.assert_array_equal(to_numpy(array), old)


@each_function
def test_vjp_equals_central_differences(make, shape):
    f, x = make(), draw(shape)
    upstream = draw(f(x).shape, 1)
    expected = central_difference(lambda x: np.sum(upstream * f(x)), x)
    assert relative_error(f.vjp(x, upstream), expected) < 1e-7
    if hasattr(f, "parameters"):
        for old, gradient in zip(f.parameters, f.parameter_vjp(x, upstream), strict=True):

            def cost(new, old=old):
                return np.sum(upstream * f.map(lambda p: new if p is old else p)(x))

            assert relative_error(gradient, central_difference(cost, old)) < 1e-7


@each_function
def test_autograd_passes_through_the_forward_function(make, shape):
    f = mapped(make(), lambda p: torch.tensor(p, requires_grad=True))
    x = torch.tensor(draw(shape), requires_grad=True)
    y = f(x)
    upstream = torch.as_tensor(draw(tuple(y.shape), 1))
    expected = torch.autograd.grad(y, [x, *getattr(f, "parameters", [])], upstream)
    f = mapped(f, torch.Tensor.detach)
    x = x.detach()
    found = [f.vjp(x, upstream)]
    found += f.parameter_vjp(x, upstream) if hasattr(f, "parameters") else []
    assert relative_error(found, list(expected)) < 1e-13


@each_elementwise
@pytest.mark.parametrize("point", [-2.0, -1.0, -0.0, 0.0, 1.0, 2.0])
def test_slope_is_that_of_pytorch(cls, point):
    twin = getattr(torch.nn, TORCH_ACTIVATION.get(cls.__name__, cls.__name__))()
    slopes = []
    for f in (twin, cls()):
        z = torch.tensor([point], dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(f(z).sum(), z)
        slopes.append(slope)
    assert relative_error(slopes[1], slopes[0]) < 1e-15
    assert relative_error(cls().derivative(np.array([point])), slopes[0]) < 1e-15


@each_elementwise
def test_value_is_that_of_pytorch(cls):
    twin = getattr(torch.nn, TORCH_ACTIVATION.get(cls.__name__, cls.__name__))()
    x = np.linspace(-8, 8, 161)
    assert relative_error(cls()(x), twin(torch.as_tensor(x))) < 1e-15


@each_library
@each_elementwise
def test_derivative_fits_vjp(cls, convert):
    z, upstream = convert(draw((3, 4))), convert(draw((3, 4), 1))
    slope = cls().derivative(z)
    assert_same_kind(slope, z, (3, 4))
    product = to_numpy(upstream) * to_numpy(slope)
    np.testing.assert_array_equal(to_numpy(cls().vjp(z, upstream)), product)


@each_library
@each_function
def test_integers_become_the_default_float(make, shape, convert):
    integers = np.random.default_rng(0).integers(-3, 4, shape)
    x = convert(integers)
    default = array_namespace(x).__array_namespace_info__().default_dtypes()["real floating"]
    f = mapped(make(), lambda p: array_namespace(x).astype(convert(p), default))
    y = f(x)
    upstream = convert(np.ones(tuple(y.shape), int))
    assert y.dtype == default
    assert f.vjp(x, upstream).dtype == default
    expected = f(array_namespace(x).astype(x, default))
    np.testing.assert_array_equal(to_numpy(y), to_numpy(expected))


@each_function
def test_python_numbers_become_float64(make, shape):
    f, x = make(), np.random.default_rng(0).integers(-3, 4, shape)
    y = f(x.tolist())
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, f(x.astype(float)))
    upstream = np.ones(y.shape)
    np.testing.assert_array_equal(f.vjp(x.tolist(), upstream.tolist()), f.vjp(x, upstream))


@each_library
@pytest.mark.parametrize(("dtype", "large"), [("float32", 1e37), ("float64", 1e300)])
@each_function
def test_function_is_finite_and_silent_at_the_ends(make, shape, convert, dtype, large):
    points = np.array([large, -large, 1.0, 0.0, -0.0, 1 / large, -1 / large, 800.0, -800.0])
    f = mapped(make(), lambda p: convert(p.astype(dtype)))
    x = convert(np.random.default_rng(0).choice(points, shape).astype(dtype))
    y = f(x)
    assert np.isfinite(to_numpy(y)).all()
    upstream = convert(np.ones(tuple(y.shape), dtype))
    assert np.isfinite(to_numpy(f.vjp(x, upstream))).all()


@each_function
def test_wrong_upstream_is_refused(make, shape):
    f, x = make(), draw(shape)
    right = f(x).shape
    for wrong in ((*right, 1), (*right[:-1], 1), (1, *right[1:]), right[1:], ()):
        with pytest.raises(ValueError, match=r"upstream: expected shape .*, got "):
            f.vjp(x, np.ones(wrong))
        if hasattr(f, "parameters"):
            with pytest.raises(ValueError, match=r"upstream: expected shape .*, got "):
                f.parameter_vjp(x, np.ones(wrong))
    with pytest.raises(TypeError, match="upstream: expected"):
        f.vjp(x, np.ones(right, complex))


@each_function
@pytest.mark.parametrize(
    "x",
    [
        np.ones((3, 4), complex),
        torch.ones((3, 4), dtype=torch.complex128),
        array_api_strict.ones((3, 4), dtype=array_api_strict.complex128),
        np.full((3, 4), "one"),
        np.ones((3, 4), bool),
        [["one"]],
        [[1.0], [1.0, 2.0]],
        "one",
        None,
    ],
    ids=lambda x: f"{type(x).__module__}-{getattr(x, 'dtype', x)}",
)
def test_what_is_no_real_number_is_refused(make, shape, x):
    with pytest.raises(TypeError, match="x: expected"):
        make()(x)


@each_function
def test_bfloat16(make, shape):
    f = mapped(make(), lambda p: torch.as_tensor(p, dtype=torch.bfloat16))
    x = torch.as_tensor(draw(shape), dtype=torch.bfloat16)
    y = f(x)
    upstream = torch.as_tensor(draw(tuple(y.shape), 1), dtype=torch.bfloat16)
    dx = f.vjp(x, upstream)
    assert y.dtype == dx.dtype == torch.bfloat16
    exact = mapped(f, torch.Tensor.double)
    assert relative_error(y.double(), exact(x.double())) < BFLOAT16_BOUND
    expected = exact.vjp(x.double(), upstream.double())
    assert relative_error(dx.double(), expected) < BFLOAT16_BOUND


@pytest.mark.parametrize(
    "make",
    [row.values[0] for row in examples(FUNCTIONS, FUNCTION_EXAMPLES, [(3, 4)])],
    ids=[row.id for row in examples(FUNCTIONS, FUNCTION_EXAMPLES, [(3, 4)])],
)
def test_what_has_no_parameters_is_a_value(make):
    if hasattr(make(), "parameters"):
        assert hasattr(make(), "map"), "parameters can be replaced"
    else:
        assert_frozen(make)


@each_function
def test_a_function_stays_on_its_device(make, shape):
    """One that makes an array of its own elsewhere is told so by PyTorch, even without numbers."""
    f = mapped(make(), lambda p: torch.as_tensor(p, device="meta"))
    x = torch.empty(shape, device="meta")
    y = f(x)
    upstream = torch.empty(y.shape, device="meta")
    assert y.device.type == f.vjp(x, upstream).device.type == "meta"
    if hasattr(f, "parameters"):
        assert {g.device.type for g in f.parameter_vjp(x, upstream)} == {"meta"}


PARAMETRIC = [
    row
    for row in examples(FUNCTIONS, FUNCTION_EXAMPLES, [(3, 4)])
    if hasattr(row.values[0](), "parameters")
]


def as_list(result):
    """Give what a function gave, one array or several, as a list."""
    return list(result) if isinstance(result, tuple | list) else [result]


# settings besides those of the table above, which a repr must give back
REPRESENTED = [
    *(row.values[0] for row in examples(FUNCTIONS, FUNCTION_EXAMPLES, [(3, 4)])),
    lambda: Conv2d(4, 6, (1, 2), stride=(2, 1), padding=(0, 1), rng=np.random.default_rng(1)),
    lambda: Conv2d(4, 6, (2, 1), padding="same", dilation=2, rng=np.random.default_rng(1)),
    lambda: Conv2d(4, 6, 3, groups=2, rng=np.random.default_rng(1)),
    lambda: MaxPool2d((3, 2), stride=(1, 2), padding=1),
]


@pytest.mark.parametrize("make", REPRESENTED)
def test_a_repr_makes_the_same_again(make):
    """But for the numbers that its weights start with."""
    names = {cls.__name__: cls for cls in FUNCTIONS}
    rng = np.random.default_rng(0)
    names |= {cls.__name__: functools.partial(cls, rng=rng) for cls in (Linear, Conv2d)}
    first = make()
    second = eval(repr(first), names)
    assert type(first) is type(second)
    assert repr(first) == repr(second)
    if hasattr(first, "parameters"):
        shapes = [[p.shape for p in layer.parameters] for layer in (first, second)]
        assert shapes[0] == shapes[1]
        assert getattr(first, "options", None) == getattr(second, "options", None)
    else:
        assert first == second


@pytest.mark.parametrize(("make", "shape"), PARAMETRIC)
def test_a_layer_takes_lists_into_its_own_library_and_refuses_another(make, shape):
    f = mapped(make(), torch.as_tensor)
    x = draw(shape)
    y = make()(x)
    upstream = draw(y.shape, 1)
    for function, arrays in ((f, [x]), (f.vjp, [x, upstream]), (f.parameter_vjp, [x, upstream])):
        tensors = function(*map(torch.as_tensor, arrays))
        found = function(*(a.tolist() for a in arrays))
        assert relative_error(found, tensors) == 0
        assert all(isinstance(one, torch.Tensor) for one in as_list(found))
        for i, name in enumerate(("x", "upstream")[: len(arrays)]):
            mixed = [a if i == j else torch.as_tensor(a) for j, a in enumerate(arrays)]
            with pytest.raises(TypeError, match=f"^{name}: expected a torch.*, got a numpy"):
                function(*mixed)


# ---- several arrays at once --------------------------------------------------------------------

IMAGES, KERNELS = draw((2, 3, 5, 5)), draw((4, 3, 3, 3), 1)
EMBEDDINGS = [draw((4, 3), seed) for seed in range(3)]
PAIRED = np.array([0, 1, 0, 1])
# every function of several arrays that is no layer and no loss of one prediction
TOGETHER = {
    "fft": (lambda x, w: convolution.conv2d_fft(x, w), [IMAGES, KERNELS]),
    "winograd": (lambda x, w: convolution.conv2d_winograd(x, w), [IMAGES, KERNELS]),
    "winograd_pair": (convolution.winograd_pair, [draw(3), draw(4)]),
    "conv2d": (convolution.conv2d, [IMAGES, KERNELS, draw(4)]),
    "conv2d_vjp": (convolution.conv2d_vjp, [IMAGES, KERNELS, draw((2, 4, 3, 3))]),
    "triplet": (Triplet(), EMBEDDINGS),
    "triplet, swapped": (Triplet(swap=True), EMBEDDINGS),
    "triplet's gradient": (Triplet().gradient, EMBEDDINGS),
    "triplet's gradient, upstream": (Triplet(reduction="none").gradient, [*EMBEDDINGS, draw(4)]),
    "mined": (losses.MinedTriplet(), [EMBEDDINGS[0], PAIRED]),
    "mined, gradient": (losses.MinedTriplet().gradient, [EMBEDDINGS[0], PAIRED]),
    "mine_triplets": (losses.mine_triplets, [EMBEDDINGS[0], PAIRED]),
    **{
        f"{row.id}'s vjp": (row.values[0]().vjp, [draw(row.values[1]), draw(y.shape)])
        for row in examples(FUNCTIONS, FUNCTION_EXAMPLES, [(3, 4)])
        if not hasattr(row.values[0](), "parameters")
        for y in [row.values[0]()(draw(row.values[1]))]
    },
}
NO_LISTS = {"mine_triplets"}  # what would be classes in a list is refused by name


@pytest.mark.parametrize("name", TOGETHER)
def test_arrays_of_two_libraries_are_refused(name):
    function, arrays = TOGETHER[name]
    for i in range(len(arrays)):
        mixed = [torch.as_tensor(a) if i == j else a for j, a in enumerate(arrays)]
        with pytest.raises(
            TypeError, match=r"\w+: expected a (numpy|torch).*, got a (numpy|torch)"
        ):
            function(*mixed)


@pytest.mark.parametrize("name", TOGETHER)
def test_lists_are_arrays_and_take_the_library_of_what_they_come_with(name):
    function, arrays = TOGETHER[name]
    expected = as_list(function(*arrays))
    if name in NO_LISTS:
        with pytest.raises(TypeError, match="classes: expected an array"):
            function(*(a.tolist() for a in arrays))
        return
    for found, right in zip(
        as_list(function(*(a.tolist() for a in arrays))), expected, strict=True
    ):
        assert isinstance(found, np.ndarray | np.generic)
        np.testing.assert_array_equal(found, right)
    tensors = [torch.as_tensor(arrays[0]), *(a.tolist() for a in arrays[1:])]
    for found, right in zip(as_list(function(*tensors)), expected, strict=True):
        assert isinstance(found, torch.Tensor)
        assert relative_error(found, right) < 1e-13


@pytest.mark.parametrize("name", TOGETHER)
def test_arrays_of_other_dtypes_give_what_wide_ones_give(name):
    """Those of whole numbers become floating; what is narrow does not make the rest so."""
    function, arrays = TOGETHER[name]
    whole = [np.rint(a).astype(int) for a in arrays]
    expected = as_list(
        function(*(w if a.dtype == int else w * 1.0 for a, w in zip(arrays, whole, strict=True)))
    )
    for found, right in zip(as_list(function(*whole)), expected, strict=True):
        assert found.dtype == right.dtype
        np.testing.assert_array_equal(found, right)


# ---- losses ------------------------------------------------------------------------------------

# a triplet loss takes three arrays; test_losses holds it to its own contract
LOSSES = public_classes(
    lambda cls: hasattr(cls, "gradient") and callable(cls) and cls not in (Loss, Triplet)
)


def real_targets(rng, shape):
    return 2 * rng.standard_normal(shape)


def class_targets(rng, shape):
    return rng.integers(0, shape[1], (shape[0], *shape[2:]))


def soft_targets(rng, shape):
    return np.moveaxis(rng.dirichlet(np.ones(shape[1]), (shape[0], *shape[2:])), -1, 1)


def masks(rng, shape):
    """Draw classes, for a prediction that holds probabilities."""
    return class_targets(rng, shape)


def one_hot_masks(rng, shape):
    return np.moveaxis(np.eye(shape[1])[class_targets(rng, shape)], -1, 1)


def zeros_and_ones(rng, shape):
    return rng.integers(0, 2, shape).astype(float)


def classes_in_pairs(rng, shape):
    return rng.permutation(np.arange(shape[0]) // 2)


# how to make one, the shape of the prediction, and how to draw targets for it
LOSS_EXAMPLES = {"MinedTriplet": [(losses.MinedTriplet, (8, 3), classes_in_pairs)]} | {
    name: [(getattr(losses, name), shape, t) for shape in [(3, 4), (2, 3, 4)] for t in targets]
    for name, targets in {
        "CrossEntropy": (class_targets, soft_targets),
        "Focal": (class_targets,),
        "BinaryCrossEntropy": (zeros_and_ones,),
        "BinaryFocal": (zeros_and_ones,),
        "Dice": (masks, one_hot_masks),
        "Tversky": (masks, one_hot_masks),
    }.items()
}
TORCH_LOSS = {"MAE": "L1", "BinaryCrossEntropy": "BCEWithLogits"}  # where PyTorch's name differs

LOSS_ROWS = examples(LOSSES, LOSS_EXAMPLES, [(3, 4), real_targets])
each_loss = pytest.mark.parametrize(("cls", "shape", "targets"), LOSS_ROWS)


def torch_loss(cls, reduction):
    """Give PyTorch's loss of the same meaning, or None if it has none."""
    name = TORCH_LOSS.get(cls.__name__, cls.__name__)
    twin = getattr(torch.nn, f"{name}Loss", None)
    return twin and twin(reduction=reduction)


def pair(shape, targets, dtype="float64", convert=np.asarray):
    """Draw a prediction and a target."""
    target = targets(np.random.default_rng(1), shape)
    if target.dtype.kind == "f":
        target = target.astype(dtype)
    prediction = draw(shape)
    if targets in (masks, one_hot_masks):
        prediction = Softmax(axis=1)(prediction)
    return convert(prediction.astype(dtype)), convert(target)


@each_library
@each_dtype
@each_reduction
@each_loss
def test_loss_keeps_library_dtype_and_shape(cls, shape, targets, convert, dtype, reduction):
    loss = cls(reduction=reduction)
    prediction, target = pair(shape, targets, dtype, convert)
    value = loss(prediction, target)
    expected = torch_loss(cls, reduction)
    if expected is None:
        assert_same_kind(value, prediction, value.shape if reduction == "none" else ())
    else:
        on_torch = expected(*map(torch.as_tensor, pair(shape, targets)))
        assert_same_kind(value, prediction, on_torch.shape)
    assert_same_kind(loss.gradient(prediction, target), prediction, shape)
    upstream = convert(draw(tuple(value.shape), 2).astype(dtype))
    assert_same_kind(loss.gradient(prediction, target, upstream), prediction, shape)
    if reduction != "none":
        assert_same_kind(loss.gradient(prediction, target, 2.0), prediction, shape)


@each_library
@each_loss
def test_loss_is_pure(cls, shape, targets, convert):
    loss = cls()
    prediction, target = pair(shape, targets, convert=convert)
    before = [to_numpy(prediction).copy(), to_numpy(target).copy()]
    for function in (loss, loss.gradient):
        first = to_numpy(function(prediction, target)).copy()
        np.testing.assert_array_equal(to_numpy(function(prediction, target)), first)
    for array, old in zip((prediction, target), before, strict=True):
        np.testing.assert_array_equal(to_numpy(array), old)


@each_library
@each_loss
def test_value_and_gradient_are_what_both_give(cls, shape, targets, convert):
    loss, arrays = cls(), pair(shape, targets, convert=convert)
    for found, expected in zip(
        value_and_gradient(loss, *arrays), (loss(*arrays), loss.gradient(*arrays)), strict=True
    ):
        np.testing.assert_array_equal(to_numpy(found), to_numpy(expected))


def test_what_a_subclass_makes_of_a_loss_is_not_passed_by():
    class Doubled(losses.MSE):
        def __call__(self, prediction, target):
            return 2 * super().__call__(prediction, target)

    class Tripled(losses.MSE):
        def gradient(self, prediction, target, upstream=None):
            return 3 * super().gradient(prediction, target, upstream)

    x, y = np.array([3.0]), np.array([1.0])
    assert value_and_gradient(Doubled(), x, y) == (8.0, [4.0])
    assert value_and_gradient(Tripled(), x, y) == (4.0, [12.0])


@each_reduction
@each_loss
def test_loss_gradient_equals_central_differences(cls, shape, targets, reduction):
    loss = cls(reduction=reduction)
    prediction, target = pair(shape, targets)
    upstream = draw(np.shape(loss(prediction, target)), 2)
    expected = central_difference(lambda p: np.sum(upstream * loss(p, target)), prediction)
    assert relative_error(loss.gradient(prediction, target, upstream), expected) < 1e-7
    expected = central_difference(lambda p: np.sum(loss(p, target)), prediction)
    assert relative_error(loss.gradient(prediction, target), expected) < 1e-7


@each_reduction
@each_loss
def test_autograd_passes_through_the_loss(cls, shape, targets, reduction):
    loss = cls(reduction=reduction)
    prediction, target = map(torch.as_tensor, pair(shape, targets))
    prediction.requires_grad_()
    value = loss(prediction, target)
    upstream = torch.as_tensor(draw(tuple(value.shape), 2))
    (expected,) = torch.autograd.grad(value, prediction, upstream)
    found = loss.gradient(prediction.detach(), target, upstream)
    assert relative_error(found, expected) < 1e-13


@each_loss
def test_sum_adds_up_what_none_keeps_apart(cls, shape, targets):
    prediction, target = pair(shape, targets)
    apart = cls(reduction="none")(prediction, target)
    assert relative_error(cls(reduction="sum")(prediction, target), apart.sum()) < 1e-14


@pytest.mark.parametrize(("dtype", "bound"), [("float32", 1e-5), ("float64", 1e-10)])
@each_reduction
@pytest.mark.parametrize(
    ("cls", "targets"),
    [
        pytest.param(row.values[0], row.values[2], id=row.id)
        for row in LOSS_ROWS
        if len(row.values[1]) == 2 and torch_loss(row.values[0], "mean")
    ],
)
@settings(max_examples=15, deadline=None)
@given(
    shape=st.lists(st.integers(1, 5), min_size=2, max_size=4).map(tuple),
    seed=st.integers(0, 2**32 - 1),
    scale=st.floats(0, 100),
)
def test_loss_equals_that_of_pytorch(cls, targets, reduction, dtype, bound, shape, seed, scale):
    rng = np.random.default_rng(seed)
    prediction, target = scale * rng.standard_normal(shape), targets(rng, shape)
    prediction = prediction.astype(dtype)
    target = target.astype(dtype) if target.dtype.kind == "f" else target
    tensor = torch.tensor(prediction, requires_grad=True)
    expected = torch_loss(cls, reduction)(tensor, torch.as_tensor(target))
    upstream = rng.standard_normal(tuple(expected.shape)).astype(dtype)
    (gradient,) = torch.autograd.grad(expected, tensor, torch.as_tensor(upstream))
    loss = cls(reduction=reduction)
    assert relative_error(loss(prediction, target), expected.detach()) < bound
    assert relative_error(loss.gradient(prediction, target, upstream), gradient) < bound


@each_loss
def test_integer_predictions_become_the_default_float(cls, shape, targets):
    low, high = (0, 2) if targets in (masks, one_hot_masks) else (-3, 4)
    prediction = np.random.default_rng(0).integers(low, high, shape)
    _, target = pair(shape, targets)
    loss = cls()
    assert loss(prediction, target) == loss(prediction.astype(float), target)
    assert loss(prediction.tolist(), target.tolist()) == loss(prediction, target)
    assert loss.gradient(prediction, target).dtype == np.float64


@each_library
@pytest.mark.parametrize(("dtype", "large"), [("float32", 1e37), ("float64", 1e300)])
@each_loss
def test_loss_is_finite_and_silent_at_the_ends(cls, shape, targets, convert, dtype, large):
    if cls is losses.MSE:
        large = large**0.5  # the square of more is not representable
    points = np.array([large, -large, 1.0, 0.0, -0.0, 1 / large, -1 / large, 800.0, -800.0])
    if targets in (masks, one_hot_masks):
        points = np.clip(points, 0, 1)
    _, target = pair(shape, targets, dtype, convert)
    prediction = convert(np.random.default_rng(0).choice(points, shape).astype(dtype))
    loss = cls()
    assert np.isfinite(to_numpy(loss(prediction, target)))
    assert np.isfinite(to_numpy(loss.gradient(prediction, target))).all()


@each_reduction
@each_loss
def test_wrong_arguments_of_a_loss_are_refused(cls, shape, targets, reduction):
    loss = cls(reduction=reduction)
    prediction, target = pair(shape, targets)
    right = np.shape(loss(prediction, target))
    with pytest.raises(ValueError, match=r"upstream: expected shape .*, got "):
        loss.gradient(prediction, target, np.ones((*right, 1)))
    for function in (loss, loss.gradient):
        with pytest.raises(ValueError, match=r"target: expected shape .*, got "):
            function(prediction, target[:1])
        with pytest.raises(ValueError, match=r"prediction: expected"):
            function(prediction[:0], target[:0])
        with pytest.raises(TypeError, match="prediction: expected"):
            function(prediction.astype(complex), target)
        with pytest.raises(TypeError, match="target: expected"):
            function(prediction, target.astype(complex))
        with pytest.raises(TypeError, match="target: expected"):
            function(prediction, "one")
        with pytest.raises(TypeError, match=r"target: expected a numpy.ndarray, got a torch"):
            function(prediction, torch.as_tensor(target))


@each_loss
def test_loss_in_bfloat16(cls, shape, targets):
    prediction, target = map(torch.as_tensor, pair(shape, targets))
    prediction = prediction.bfloat16()
    if target.is_floating_point():
        target = target.bfloat16()
    exact = target.double() if target.is_floating_point() else target
    for function in (cls(), cls().gradient):
        found = function(prediction, target)
        assert found.dtype == torch.bfloat16
        expected = function(prediction.double(), exact)
        assert relative_error(found.double(), expected) < BFLOAT16_BOUND


@pytest.mark.parametrize("cls", [*LOSSES, Triplet], ids=lambda cls: cls.__name__)
def test_every_loss_checks_its_reduction(cls):
    for wrong in ("average", "", None, 1):
        with pytest.raises(ValueError, match=f"reduction: expected one of .*, got {wrong!r}"):
            cls(reduction=wrong)


@each_loss
def test_loss_is_a_value(cls, shape, targets):
    if cls.__dataclass_params__.eq:  # one that may hold an array is equal to itself alone
        assert_frozen(cls)
    assert cls(reduction="sum") != cls(reduction="mean")


# ---- optimizers --------------------------------------------------------------------------------

OPTIMIZERS = public_classes(lambda cls: issubclass(cls, Optimizer) and cls is not Optimizer)
TORCH_OPTIMIZER = {"RMSProp": "RMSprop", "AdaMax": "Adamax", "Nadam": "NAdam"}
# settings to try besides the learning rate
OPTIMIZER_EXAMPLES: dict[str, list[dict]] = {
    "SGD": [
        {},
        {"momentum": 0.9, "dampening": 0.2, "weight_decay": 0.01},
        {"momentum": 0.9, "nesterov": True},
    ],
    "Adagrad": [{}, {"lr_decay": 0.1, "weight_decay": 0.01, "initial_accumulator_value": 0.5}],
    "RMSProp": [{}, {"alpha": 0.9, "weight_decay": 0.01, "momentum": 0.9, "centered": True}],
    "Adam": [{}, {"betas": (0.8, 0.9), "weight_decay": 0.01, "amsgrad": True}],
    "AdamW": [{}, {"betas": (0.8, 0.9), "weight_decay": 0.1, "amsgrad": True}],
    "AdaMax": [{}, {"betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.01}],
    "Nadam": [{}, {"betas": (0.8, 0.9), "weight_decay": 0.01, "momentum_decay": 0.1}],
}

each_optimizer = pytest.mark.parametrize(
    ("cls", "options"),
    examples(
        OPTIMIZERS,
        {
            cls.__name__: [(cls, options) for options in OPTIMIZER_EXAMPLES[cls.__name__]]
            for cls in OPTIMIZERS
            if cls.__name__ in OPTIMIZER_EXAMPLES
        },
        [{}],
    ),
)
SHAPES = ((3, 2), (4,))


def start(convert=np.array):
    return [convert(draw(shape, seed)) for seed, shape in enumerate(SHAPES)]


def slopes(step, convert=np.array):
    return [convert(draw(shape, 10 * step + seed)) for seed, shape in enumerate(SHAPES, 100)]


@pytest.fixture
def float64_by_default():
    """PyTorch's NAdam keeps the product of its momenta in the default dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@each_library
@each_optimizer
@pytest.mark.usefixtures("float64_by_default")
def test_optimizer_equals_that_of_pytorch(cls, options, convert):
    parameters = start(convert)
    objects = list(parameters)
    tensors = [torch.tensor(to_numpy(p).copy(), requires_grad=True) for p in parameters]
    ours = cls(lr=0.1, **options)
    twin = getattr(torch.optim, TORCH_OPTIMIZER.get(cls.__name__, cls.__name__))
    theirs = twin(tensors, lr=0.1, **options)
    for step in range(20):
        if step == 10:
            ours.lr = theirs.param_groups[0]["lr"] = 0.03
        gradients = slopes(step, convert)
        ours.step(parameters, gradients)
        for tensor, gradient in zip(tensors, slopes(step), strict=True):
            tensor.grad = torch.as_tensor(gradient)
        theirs.step()
        for found, gradient in zip(gradients, slopes(step), strict=True):
            np.testing.assert_array_equal(to_numpy(found), gradient)
    assert all(p is old for p, old in zip(parameters, objects, strict=True))
    expected = [tensor.detach().numpy() for tensor in tensors]
    assert relative_error([to_numpy(p) for p in parameters], expected) < 1e-12


def state_of(optimizer):
    """Give the state with its arrays as lists, which can be compared."""
    state = optimizer.state_dict()
    return {k: [a.tolist() for a in v] if isinstance(v, list) else v for k, v in state.items()}


@each_optimizer
def test_refused_step_changes_nothing(cls, options):
    optimizer = cls(lr=0.1, **options)
    parameters = start()
    optimizer.step(parameters, slopes(0))
    before, state = [p.copy() for p in parameters], state_of(optimizer)
    good = slopes(1)
    nan = [good[0], np.full(4, np.nan)]
    frozen = parameters[1].copy()
    frozen.flags.writeable = False
    refusals = [
        (parameters, good[:1], {}, ValueError, r"gradients: expected one per parameter \(2\), got"),
        (parameters, good[::-1], {}, ValueError, r"gradients\[0\]: expected shape \(3, 2\)"),
        (parameters, [good[0], good[1][:, None]], {}, ValueError, r"gradients\[1\]: .*\(4, 1\)"),
        (parameters, [good[0], good[1].astype("f")], {}, TypeError, r"gradients\[1\]: .*float32"),
        (parameters, [good[0], torch.ones(4).double()], {}, TypeError, r"gradients\[1\]: .*torch"),
        (parameters, [good[0], [1.0] * 4], {}, TypeError, r"gradients\[1\]: expected an array"),
        (parameters, good[0], {}, TypeError, "gradients: expected a list"),
        (parameters[0], good[0], {}, TypeError, "parameters: expected a list"),
        ([parameters[0], np.ones(4, int)], good, {}, TypeError, r"parameters\[1\]: .*int64"),
        ([parameters[0], frozen], good, {}, ValueError, r"parameters\[1\]: .*read-only"),
        (parameters, nan, {"check_finite": True}, ValueError, r"gradients\[1\]: expected finite"),
    ]
    for arrays, gradients, how, error, message in refusals:
        with pytest.raises(error, match=message):
            optimizer.step(arrays, gradients, **how)
        for parameter, old in zip(parameters, before, strict=True):
            np.testing.assert_array_equal(parameter, old)
        assert state_of(optimizer) == state
    # nothing else has moved either: the next step is that of an optimizer never refused
    undisturbed, twins = cls(lr=0.1, **options), start()
    undisturbed.step(twins, slopes(0))
    for o, arrays in ((optimizer, parameters), (undisturbed, twins)):
        o.step(arrays, good, check_finite=True)
    for parameter, twin in zip(parameters, twins, strict=True):
        np.testing.assert_array_equal(parameter, twin)


@each_optimizer
def test_state_goes_round(cls, options):
    first, parameters = cls(lr=0.1, **options), start()
    for step in range(3):
        first.step(parameters, slopes(step))
    second, copies = cls(lr=0.5, **options), [p.copy() for p in parameters]
    second.load_state_dict(first.state_dict())
    assert second.lr == 0.1
    for step in range(3, 6):
        first.step(parameters, slopes(step))
        second.step(copies, slopes(step))
    for parameter, twin in zip(parameters, copies, strict=True):
        np.testing.assert_array_equal(parameter, twin)
    assert first.state_bytes == second.state_bytes
    with pytest.raises(ValueError, match="state: expected the keys"):
        second.load_state_dict({})


@each_optimizer
def test_state_bytes_counts_bytes(cls, options):
    optimizer, parameters = cls(lr=0.1, **options), start()
    optimizer.step(parameters, slopes(0))
    assert isinstance(optimizer.state_bytes, int)
    states = [v for v in optimizer.state_dict().values() if isinstance(v, list)]
    assert optimizer.state_bytes >= sum(array.nbytes for arrays in states for array in arrays)


@each_optimizer
def test_leaves_that_require_grad_are_updated_in_place(cls, options):
    leaves = start(lambda p: torch.tensor(p, requires_grad=True))
    plain = start()
    cls(lr=0.1, **options).step(leaves, slopes(0, torch.as_tensor))
    cls(lr=0.1, **options).step(plain, slopes(0))
    for leaf, parameter in zip(leaves, plain, strict=True):
        assert leaf.requires_grad
        assert leaf.is_leaf
        np.testing.assert_allclose(leaf.detach().numpy(), parameter, rtol=1e-14)


@each_optimizer
@pytest.mark.parametrize("lr", [0, -0.1, float("nan"), float("inf")])
def test_learning_rate_is_positive(cls, options, lr):
    with pytest.raises(ValueError, match="lr: expected a positive finite number, got"):
        cls(lr=lr, **options)
    optimizer = cls(lr=0.1, **options)
    with pytest.raises(ValueError, match="lr: expected a positive finite number, got"):
        optimizer.lr = lr
    assert optimizer.lr == 0.1
