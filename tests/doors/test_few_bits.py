"""16-bit numbers are stored, not computed with: results are the exact ones, rounded once."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from callables import Door, assert_all, in64
from rows import BY_NAME, DOORS, activations, convolution, network, rng

from chainrule.arrays import functions


def torch_kind(name):
    kind = getattr(torch, name)
    return lambda a: torch.tensor(a).to(kind if a.dtype.kind == "f" else torch.int64)


FEW = {
    "numpy": lambda a: a.astype(np.float16) if a.dtype.kind == "f" else a,
    "float16": torch_kind("float16"),
    "bfloat16": torch_kind("bfloat16"),
}
# rounding to nearest, which may be done twice, and the smallest number
EPS = {"numpy": 2**-11, "float16": 2**-11, "bfloat16": 2**-8}
TINY = {"numpy": 2**-24, "float16": 2**-24, "bfloat16": 2**-133}


def assert_rounded_once(door, few):
    """Hold a function of 16-bit numbers to itself in 64 bits."""
    convert = FEW[few]
    arrays = [convert(a) for a in door.values()]
    exact = door(*map(in64, arrays), convert=lambda a: in64(convert(a)))
    found = door(*arrays, convert=convert)
    if door.own_dtype:
        assert {a.dtype for a in found if in64(a).dtype.kind == "f"} == {arrays[0].dtype}
    for a, b in zip(map(in64, found), map(in64, exact), strict=True):
        assert a.shape == b.shape
        scale = np.abs(b) if door.roundings == 1 else np.max(np.abs(b))
        bound = 2 * door.roundings * EPS[few] * scale + TINY[few] + 1e-5 * np.max(np.abs(b))
        missed = np.max(np.abs(a - b) / bound)
        assert missed <= 1, f"{2 * missed:.1f} times what one rounding makes"


@pytest.mark.parametrize("door", DOORS, ids=lambda d: d.name)
def test_results_are_rounded_once(door):
    assert_all(
        [(few, door, few) for few in FEW if door.tensors or few == "numpy"], assert_rounded_once
    )


def sizes(*shape, seed=0):
    """Give numbers whose sums grow long: none is negative."""
    return np.abs(np.random.default_rng(seed).standard_normal(shape))


def chances(*shape):
    return activations.Softmax(axis=1)(sizes(*shape))


MANY = np.random.default_rng(0).integers(0, 3, 40_000)
SMALL = {"prediction": np.full((200, 200), 0.014), "target": np.zeros((200, 200))}  # squares 2e-4
LOGITS = {"prediction": sizes(40_000, 3), "target": MANY}
BINARY = {"prediction": sizes(200, 200), "target": np.eye(200)}
IMAGES = {"prediction": chances(1, 3, 200, 200), "target": MANY.reshape(1, 200, 200)}
ONE_HOT = {
    "prediction": IMAGES["prediction"],
    "target": np.eye(3)[IMAGES["target"]].transpose(0, 3, 1, 2),
}
WIDE = {n: sizes(4, 10_000, seed=i) for i, n in enumerate(("anchor", "positive", "negative"))}
BATCH = {"x": sizes(5000, 4), "upstream": sizes(5000, 3, seed=1)}
CHANNELS = {"x": sizes(1, 3000, 4, 4) / 8, "weight": sizes(2, 3000, 3, 3, seed=1) / 8}
LONG = {
    **dict.fromkeys((f"losses.{n}" for n in ("MSE", "MAE", "Huber")), SMALL),
    **dict.fromkeys(("losses.CrossEntropy", "losses.Focal"), LOGITS),
    **dict.fromkeys(("losses.BinaryCrossEntropy", "losses.BinaryFocal"), BINARY),
    **dict.fromkeys(("losses.Dice", "losses.Tversky"), IMAGES),
    **dict.fromkeys(("losses.Dice-1", "losses.Tversky-1"), ONE_HOT),
    "losses.Triplet": WIDE,
    "losses.MinedTriplet": {"prediction": sizes(6, 10_000), "target": np.arange(6) % 3},
}
LONG = {f"{name}.{m}": a for name, a in LONG.items() for m in ("__call__", "gradient")}
LONG |= {
    "losses.mine_triplets": {"embeddings": sizes(9, 10_000), "classes": np.arange(9) % 3},
    "network.Linear.parameter_vjp": BATCH,
    "network.Network.backward": BATCH,
    "activations.Softmax.__call__": {"x": sizes(2, 40_000)},
    "activations.Softmax.vjp": {"x": sizes(2, 40_000), "upstream": sizes(2, 40_000, seed=1)},
    "convolution.conv2d-auto": CHANNELS | {"bias": sizes(2)},
    "convolution.conv2d-im2col": CHANNELS | {"bias": sizes(2)},
    "convolution.conv2d_winograd": CHANNELS,
    "convolution.conv2d_fft": CHANNELS,
    **{
        f"convolution.conv2d_vjp-{method}": {
            "x": sizes(1, 1, 101, 101),
            "weight": sizes(1, 1, 2, 2, seed=1),
            "upstream": sizes(1, 1, 100, 100, seed=2),
        }
        for method in ("auto", "im2col")
    },
    "optimizers.clip_norm": {"gradients[0]": np.full(40_000, 0.01), "gradients[1]": sizes(9)},
    "optimizers.batch_variance": {"gradients": 300 * sizes(4, 10_000)},
    "oracles.central_difference": {"x": sizes(5000)[:50]},
}
LONG_DOORS = [replace(BY_NAME[name], arrays=arrays) for name, arrays in LONG.items()]
LONG_DOORS += [
    Door(
        "clip_norm of large numbers", BY_NAME["optimizers.clip_norm"].call, {"g": sizes(99) * 2e4}
    ),
    Door(
        "Linear of many inputs",
        lambda c, x: network.Linear(10_000, 2, rng=rng()).map(c)(x),
        {"x": sizes(3, 10_000)},
    ),
    Door(
        "AvgPool2d of a large window",
        lambda c, x: convolution.AvgPool2d(100)(x),
        {"x": sizes(1, 1, 100, 100) + 1},
    ),
    Door(
        "col2im of many columns",
        lambda c, x: convolution.col2im(x, 70, 64),
        {"columns": sizes(1, 4096, 49)},
    ),
]


@pytest.mark.parametrize("door", LONG_DOORS, ids=lambda d: d.name)
def test_long_sums_are_rounded_once(door):
    each = [few for few in FEW if door.tensors or few == "numpy"]
    assert_all([(few, door, few) for few in each], assert_rounded_once)


def test_rows_are_added_up_in_32_bits():
    assert functions.sum(np.ones((4096, 2), "float16"), axis=0).tolist() == [4096, 4096]


VJPS = [door for door in DOORS if door.name.startswith("activations.") and ".vjp" in door.name]


@pytest.mark.parametrize("door", VJPS, ids=lambda d: d.name)
@pytest.mark.parametrize("few", FEW)
def test_a_wider_upstream_gives_a_gradient_as_wide(door, few):
    wide = (lambda a: a.astype("float32")) if few == "numpy" else torch_kind("float32")
    x, upstream = door.values()
    (found,) = door(FEW[few](x), wide(upstream), convert=FEW[few])
    (expected,) = door(wide(in64(FEW[few](x))), wide(upstream), convert=wide)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(in64(found), in64(expected))
