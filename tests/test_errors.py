"""Wrong input is answered by an error that names the argument, what came and what was expected."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from chainrule import device
from chainrule.activations import GELU, Maxout, ReLU, Sigmoid, Softmax
from chainrule.all_reduce import ring_all_reduce, ring_rounds
from chainrule.datasets import mnist, patches, rare_digit, read_idx, spots
from chainrule.ledger import claim, confirm, verify
from chainrule.losses import (
    MSE,
    BinaryCrossEntropy,
    BinaryFocal,
    CrossEntropy,
    MinedTriplet,
    Triplet,
    balanced_weights,
    mine_triplets,
)
from chainrule.network import (
    Linear,
    Network,
    error_norm_bounds,
    initial_std,
    multiplications,
)
from chainrule.optimizers import (
    SGD,
    Adagrad,
    Adam,
    AdaMax,
    AdamW,
    Nadam,
    RMSProp,
    batch_variance,
    best_descent,
    clip_norm,
    convergence_factor,
)
from chainrule.training import accuracy, batches, fit, load, save

X, Y, CLASSES = np.ones((6, 3)), np.zeros((6, 2)), np.array([0, 1, 0, 1, 0, 1])


def linear(n_in=3, n_out=2, **options):
    return Linear(n_in, n_out, **({"rng": np.random.default_rng(0)} | options))


NET = Network([linear()])
NET32 = Network([linear(dtype="float32")])
TORCH_NET = device.to(NET, "cpu")


def with_entry(array, value):
    """Give a copy whose last entry is another."""
    array = array.astype(float)
    array.flat[-1] = value
    return array


def train(x=X, y=Y, net=NET, loss=None, **options):
    options = {"epochs": 1, "batch_size": 2, "rng": np.random.default_rng(0)} | options
    return fit(net, loss or MSE(), SGD(), x, y, progress=False, **options)


def backward(upstream):
    return NET.backward(NET.forward(X), upstream)


WRONG = {
    # activations
    "complex input": (lambda: Sigmoid()(1j * X), TypeError, ["x:", "real numbers", "complex128"]),
    "strings": (lambda: ReLU()("abc"), TypeError, ["x:", "array of numbers", "str"]),
    "ragged list": (lambda: ReLU()([[1], [1, 2]]), TypeError, ["x:", "array of numbers", "list"]),
    "objects": (lambda: ReLU()(np.array([None])), TypeError, ["x:", "real numbers", "object"]),
    "derivative": (lambda: Sigmoid().derivative("a"), TypeError, ["z:", "numbers", "str"]),
    "upstream": (lambda: ReLU().vjp(X, Y), ValueError, ["upstream:", "(6, 3)", "(6, 2)"]),
    "upstream's library": (
        lambda: Softmax().vjp(torch.ones(3), np.ones(3)),
        TypeError,
        ["upstream:", "torch.Tensor", "numpy.ndarray"],
    ),
    "how to approximate": (
        lambda: GELU(approximate="sigmoid"),
        ValueError,
        ["approximate:", "'none' or 'tanh'", "'sigmoid'"],
    ),
    "pieces that do not come out even": (
        lambda: Maxout(pieces=2)(X),
        ValueError,
        ["x:", "a multiple of 2", "(6, 3)"],
    ),
    "axis": (lambda: Softmax(axis=2)(X), ValueError, ["x:", "an axis 2", "(6, 3)"]),
    "axis of a tensor": (
        lambda: Softmax(axis=-3).vjp(torch.ones(6, 3), torch.ones(6, 3)),
        ValueError,
        ["x:", "an axis -3", "(6, 3)"],
    ),
    # losses
    "reduction": (
        lambda: MSE(reduction="average"),
        ValueError,
        ["reduction:", "'mean', 'sum', 'none'", "'average'"],
    ),
    "reduction by position": (lambda: MSE("sum"), TypeError, ["positional"]),
    "target's shape": (lambda: MSE()(X, Y), ValueError, ["target:", "(6, 3)", "(6, 2)"]),
    "nothing is broadcast": (lambda: MSE()(Y, Y[:1]), ValueError, ["target:", "(6, 2)", "(1, 2)"]),
    "empty": (lambda: MSE()([], []), ValueError, ["prediction:", "at least one", "(0,)"]),
    "empty batch": (
        lambda: CrossEntropy()(Y[:0], CLASSES[:0]),
        ValueError,
        ["prediction:", "at least one", "(0, 2)"],
    ),
    "target's library": (
        lambda: MSE()(X, torch.ones(6, 3)),
        TypeError,
        ["target:", "numpy.ndarray", "torch.Tensor"],
    ),
    "target of no library": (
        lambda: MSE()(X, SimpleNamespace(dtype=X.dtype, shape=X.shape)),
        TypeError,
        ["target:", "an array", "SimpleNamespace"],
    ),
    "upstream of a mean": (
        lambda: MSE().gradient(X, X, np.ones((6, 3))),
        ValueError,
        ["upstream:", "shape ()", "(6, 3)"],
    ),
    "logits of one sample": (
        lambda: CrossEntropy()(np.ones(3), 1),
        ValueError,
        ["prediction:", "(N, K, …)", "(3,)"],
    ),
    "a class too many": (
        lambda: CrossEntropy()(Y, CLASSES + 1),
        ValueError,
        ["target:", "0 … 1", "from 1 to 2"],
    ),
    "negative class": (
        lambda: CrossEntropy()(Y, CLASSES - 1),
        ValueError,
        ["target:", "0 … 1", "from -1 to 0"],
    ),
    "classes of another length": (
        lambda: CrossEntropy()(Y, CLASSES[:5]),
        ValueError,
        ["target:", "(6,)", "one class per sample", "(5,)"],
    ),
    "classes as a column": (
        lambda: CrossEntropy()(Y, CLASSES[:, None]),
        ValueError,
        ["target:", "(6,)", "(6, 1)"],
    ),
    "classes as floats": (
        lambda: CrossEntropy()(Y, CLASSES.astype(float)),
        ValueError,
        ["target:", "(6, 2)", "probabilities", "(6,)"],
    ),
    "classes as strings": (
        lambda: CrossEntropy()(Y, np.array(list("ababab"))),
        TypeError,
        ["target:", "integer classes or probabilities", "<U1"],
    ),
    "classes as booleans": (
        lambda: CrossEntropy()(Y, CLASSES > 0),
        TypeError,
        ["target:", "integer classes or probabilities", "bool"],
    ),
    "list of strings": (lambda: CrossEntropy()(Y, ["a"] * 6), TypeError, ["target:", "list"]),
    "smoothing a string": (
        lambda: CrossEntropy(label_smoothing="a"),
        TypeError,
        ["label_smoothing:", "number", "'a'"],
    ),
    "smoothing of 2": (
        lambda: CrossEntropy(label_smoothing=2),
        ValueError,
        ["label_smoothing:", "from 0 to 1", "2"],
    ),
    "alpha a string": (lambda: BinaryFocal(alpha="a"), TypeError, ["alpha:", "number", "'a'"]),
    "alpha below 0": (
        lambda: BinaryFocal(alpha=-0.5),
        ValueError,
        ["alpha:", "from 0 to 1", "-0.5"],
    ),
    "norm a string": (lambda: Triplet(p="a"), TypeError, ["p:", "number", "'a'"]),
    "norm NaN": (lambda: Triplet(p=np.nan), ValueError, ["p:", "number", "nan"]),
    "norm of a half": (lambda: Triplet(p=0.5), ValueError, ["p:", "at least 1", "0.5"]),
    # layers and networks
    "no inputs": (lambda: linear(n_in=0), ValueError, ["n_in:", "at least 1", "0"]),
    "no outputs": (lambda: linear(n_out=-1), ValueError, ["n_out:", "at least 1", "-1"]),
    "half an input": (lambda: linear(n_in=2.5), TypeError, ["n_in:", "whole number", "2.5"]),
    "init": (lambda: linear(init="zeros"), ValueError, ["init:", "'he' or 'xavier'", "'zeros'"]),
    "seed for a generator": (lambda: linear(rng=0), TypeError, ["rng:", "Generator", "int"]),
    "integer weights": (
        lambda: linear(dtype="int64"),
        TypeError,
        ["dtype:", "floating-point", "'int64'"],
    ),
    "torch's dtype": (
        lambda: linear(dtype=torch.float32),
        TypeError,
        ["dtype:", "floating-point", "torch.float32"],
    ),
    "one size": (lambda: multiplications([3]), ValueError, ["sizes:", "at least two", "[3]"]),
    "size 0": (lambda: multiplications([3, 0]), ValueError, ["sizes:", "at least 1", "0"]),
    "samples 0": (lambda: multiplications([3, 2], 0), ValueError, ["samples:", "at least 1", "0"]),
    "std of no neurons": (lambda: initial_std(0, 1), ValueError, ["n_in:", "at least 1", "0"]),
    "no layers": (lambda: Network([]), ValueError, ["layers:", "at least one", "none"]),
    "wrong width": (lambda: NET(np.ones((6, 4))), ValueError, ["x:", "(N, 3)", "(6, 4)"]),
    "one sample, no batch": (lambda: NET.forward(X[0]), ValueError, ["x:", "(N, 3)", "(3,)"]),
    "no samples": (lambda: NET.forward(X[:0]), ValueError, ["x:", "at least one", "(0, 3)"]),
    "layers that do not fit": (
        lambda: Network([linear(3, 4), linear(5, 2)]).forward(X),
        ValueError,
        ["x:", "(N, 5)", "(6, 4)"],
    ),
    "NumPy into a torch network": (
        lambda: TORCH_NET(X),
        TypeError,
        ["x:", "torch.Tensor", "numpy.ndarray"],
    ),
    "torch into a NumPy network": (
        lambda: NET(torch.ones(6, 3)),
        TypeError,
        ["x:", "numpy.ndarray", "torch.Tensor"],
    ),
    "upstream of the network": (
        lambda: backward(X),
        ValueError,
        ["upstream:", "(6, 2)", "the shape of the output", "(6, 3)"],
    ),
    "bounds of a batch": (
        lambda: error_norm_bounds(NET, NET.forward(X), Y),
        ValueError,
        ["trace:", "one sample", "6"],
    ),
    # optimizers
    "lr 0": (lambda: SGD(lr=0), ValueError, ["lr:", "positive", "0"]),
    "lr below 0": (lambda: SGD(lr=-0.1), ValueError, ["lr:", "positive", "-0.1"]),
    "lr NaN": (lambda: SGD(lr=float("nan")), ValueError, ["lr:", "finite", "nan"]),
    "lr infinite": (lambda: SGD(lr=float("inf")), ValueError, ["lr:", "finite", "inf"]),
    "lr a string": (lambda: SGD(lr="0.1"), TypeError, ["lr:", "number", "'0.1'"]),
    "lr an array": (lambda: Adam(lr=np.array([0.1, 0.2])), TypeError, ["lr:", "number", "array"]),
    "lr a tensor": (lambda: Adam(lr=torch.ones(2)), TypeError, ["lr:", "number", "tensor"]),
    "momentum an array": (
        lambda: SGD(momentum=np.array([0.1, 0.2])),
        TypeError,
        ["momentum:", "number", "array"],
    ),
    "lr None": (lambda: SGD(lr=None), TypeError, ["lr:", "number", "None"]),
    "one gradient": (
        lambda: SGD().step(X, X),
        TypeError,
        ["parameters:", "list of arrays", "ndarray"],
    ),
    "gradients as lists": (
        lambda: SGD().step([X], [X.tolist()]),
        TypeError,
        ["gradients[0]:", "array", "list"],
    ),
    "state of something else": (
        lambda: SGD().load_state_dict({"momentum": 1}),
        ValueError,
        ["state:", "'lr', 'momentum', 'nesterov', 'steps'", "['momentum']"],
    ),
    "steps of a state": (
        lambda: Adam().load_state_dict(Adam().state_dict() | {"steps": np.nan}),
        ValueError,
        ["state['steps']:", "finite", "nan"],
    ),
    "arrays of a state": (
        lambda: Adam().load_state_dict(Adam().state_dict() | {"mean": [0.0]}),
        TypeError,
        ["state['mean'][0]:", "array", "float"],
    ),
    "a number to update": (
        lambda: SGD().step([X[0, 0]], [X[0, 0]]),
        TypeError,
        ["parameters[0]:", "array to update in place", "float64"],
    ),
    "gradient NaN": (
        lambda: Adam().step([X], [X * np.nan], check_finite=True),
        ValueError,
        ["gradients[0]:", "finite", "NaN"],
    ),
    "momentum below 0": (lambda: SGD(momentum=-0.9), ValueError, ["momentum:", "0", "-0.9"]),
    "nesterov alone": (
        lambda: SGD(nesterov=True),
        ValueError,
        ["nesterov:", "momentum=0.0", "dampening=0.0"],
    ),
    "alpha 1": (lambda: RMSProp(alpha=1.0), ValueError, ["alpha:", "less than 1", "1.0"]),
    "one beta": (lambda: Adam(betas=0.9), TypeError, ["betas:", "pair of numbers", "0.9"]),
    "beta 1": (lambda: AdamW(betas=(0.9, 1)), ValueError, ["betas[1]:", "less than 1", "1"]),
    "eps below 0": (lambda: AdaMax(eps=-1e-8), ValueError, ["eps:", "at least 0", "-1e-08"]),
    "decay a string": (
        lambda: Nadam(momentum_decay="0.1"),
        TypeError,
        ["momentum_decay:", "number", "'0.1'"],
    ),
    "sum below 0": (
        lambda: Adagrad(initial_accumulator_value=-1),
        ValueError,
        ["initial_accumulator_value:", "at least 0", "-1"],
    ),
    "batch of too many": (
        lambda: batch_variance(X, 7),
        ValueError,
        ["batch_size:", "at most 6", "7"],
    ),
    "curvature 0": (lambda: convergence_factor(0.1, 0), ValueError, ["curvature:", "positive"]),
    "curvatures out of order": (
        lambda: best_descent(2.0, 1.0),
        ValueError,
        ["smallest:", "at most 1.0", "2.0"],
    ),
    "max_norm 0": (lambda: clip_norm([X], 0), ValueError, ["max_norm:", "positive", "0"]),
    "a gradient to clip": (
        lambda: clip_norm(X, 1.0),
        TypeError,
        ["gradients:", "a list of arrays", "ndarray"],
    ),
    # training
    "x a list": (lambda: train(x=X.tolist()), TypeError, ["x:", "array", "list"]),
    "y a list": (lambda: train(y=Y.tolist()), TypeError, ["y:", "array", "list"]),
    "y strings": (
        lambda: train(y=np.array(list("ababab")), loss=CrossEntropy()),
        TypeError,
        ["y:", "real numbers", "<U1"],
    ),
    "x complex": (lambda: train(x=1j * X), TypeError, ["x:", "real numbers", "complex128"]),
    "x empty": (lambda: train(x=X[:0], y=Y[:0]), ValueError, ["x:", "at least one", "(0, 3)"]),
    "x a number": (lambda: train(x=np.ones(())), ValueError, ["x:", "at least one", "()"]),
    "too few targets": (lambda: train(y=Y[:5]), ValueError, ["y:", "6 targets", "(5, 2)"]),
    "targets of another shape": (
        lambda: train(y=X),
        ValueError,
        ["target:", "(2, 2)", "the shape of the prediction", "(2, 3)"],
    ),
    "NaN in x": (lambda: train(x=with_entry(X, np.nan)), ValueError, ["x:", "finite", "NaN"]),
    "inf in x": (lambda: train(x=with_entry(X, np.inf)), ValueError, ["x:", "finite", "infin"]),
    "NaN in y": (lambda: train(y=with_entry(Y, np.nan)), ValueError, ["y:", "finite", "NaN"]),
    "inf in y": (lambda: train(y=with_entry(Y, -np.inf)), ValueError, ["y:", "finite", "infin"]),
    "NaN to validate on": (
        lambda: train(validation=(with_entry(X, np.nan), Y)),
        ValueError,
        ["validation[0]:", "finite", "NaN"],
    ),
    "too few targets to validate on": (
        lambda: train(validation=(X, Y[:2])),
        ValueError,
        ["validation[1]:", "6 targets", "validation[0]", "(2, 2)"],
    ),
    "validation without targets": (
        lambda: train(validation=X),
        ValueError,
        ["validation:", "pair", "6"],
    ),
    "validation of another library": (
        lambda: train(validation=device.to((X, Y), "cpu")),
        TypeError,
        ["validation[0]:", "numpy.ndarray", "torch.Tensor"],
    ),
    "epochs 0": (lambda: train(epochs=0), ValueError, ["epochs:", "at least 1", "0"]),
    "epochs 1.5": (lambda: train(epochs=1.5), TypeError, ["epochs:", "whole number", "1.5"]),
    "batch_size 0": (lambda: train(batch_size=0), ValueError, ["batch_size:", "at least 1", "0"]),
    "batch_size 0.5": (
        lambda: train(batch_size=0.5),
        TypeError,
        ["batch_size:", "whole number", "0.5"],
    ),
    "batch_size of batches": (
        lambda: next(batches(3, -1, np.random.default_rng(0))),
        ValueError,
        ["batch_size:", "at least 1", "-1"],
    ),
    "seed to train with": (lambda: train(rng=0), TypeError, ["rng:", "Generator", "int"]),
    "loss of each sample": (
        lambda: train(loss=MSE(reduction="none")),
        ValueError,
        ["loss:", "a number", "'none'"],
    ),
    "NumPy data, torch network": (
        lambda: train(net=TORCH_NET),
        TypeError,
        ["x:", "torch.Tensor", "numpy.ndarray"],
    ),
    "torch targets": (
        lambda: train(y=torch.zeros(6, 2)),
        TypeError,
        ["y:", "numpy.ndarray", "torch.Tensor"],
    ),
    "a class too many to train on": (
        lambda: train(y=CLASSES + 1, loss=CrossEntropy()),
        ValueError,
        ["target:", "0 … 1", "2"],
    ),
    "x wider than the parameters": (
        lambda: train(net=NET32),
        TypeError,
        ["x:", "float32", "the network's parameters", "float64"],
    ),
    "integers that become wider than the parameters": (
        lambda: train(x=X.astype(int), y=Y.astype("f"), net=NET32),
        TypeError,
        ["x:", "float32", "the network's parameters", "int64"],
    ),
    "y wider than the parameters": (
        lambda: train(x=X.astype("f"), net=NET32),
        TypeError,
        ["y:", "float32", "the network's parameters", "float64"],
    ),
    "validation of another width": (
        lambda: train(validation=(np.ones((6, 4)), Y)),
        ValueError,
        ["x:", "(N, 3)", "(6, 4)"],
    ),
    "validation targets of another shape": (
        lambda: train(validation=(X, X)),
        ValueError,
        ["target:", "(6, 2)", "(6, 3)"],
    ),
    "validation with a class too many": (
        lambda: train(y=CLASSES, loss=CrossEntropy(), validation=(X, CLASSES + 1)),
        ValueError,
        ["target:", "0 … 1", "from 1 to 2"],
    ),
    "accuracy with a column of classes": (
        lambda: accuracy(NET, X, CLASSES[:, None]),
        ValueError,
        ["y:", "(6,)", "one class per sample", "(6, 1)"],
    ),
    "accuracy with one class": (
        lambda: accuracy(NET, X, CLASSES[:1]),
        ValueError,
        ["y:", "(6,)", "one class per sample", "(1,)"],
    ),
    "accuracy of nothing": (
        lambda: accuracy(NET, X[:0], CLASSES[:0]),
        ValueError,
        ["network:", "at least one sample", "(0, 2)"],
    ),
    "accuracy of images": (
        lambda: accuracy(Network([ReLU()]), np.ones((6, 2, 3)), CLASSES),
        ValueError,
        ["network:", "(N, K)", "(6, 2, 3)"],
    ),
    "seed to save": (lambda: save("nowhere", NET, SGD(), 0), TypeError, ["rng:", "Generator"]),
    "seed to load": (lambda: load("nowhere", NET, SGD(), 0), TypeError, ["rng:", "Generator"]),
    "lists to sum": (
        lambda: ring_all_reduce([[1.0, 2.0], [3.0, 4.0]]),
        TypeError,
        ["parts[0]:", "array", "list"],
    ),
    "lists to send": (
        lambda: ring_rounds([[1.0, 2.0], [3.0, 4.0]]),
        TypeError,
        ["parts[0]:", "array", "list"],
    ),
    # losses of classes, of embeddings
    "a class to ignore that is none": (
        lambda: CrossEntropy(ignore_index=1.5),
        TypeError,
        ["ignore_index:", "whole number", "1.5"],
    ),
    "weights of positives, too many": (
        lambda: BinaryCrossEntropy(pos_weight=np.ones(3))(Y, Y),
        ValueError,
        ["pos_weight:", "(6, 2)", "(3,)"],
    ),
    "weights below 0": (
        lambda: CrossEntropy(weight=np.array([1.0, -1.0]))(Y, CLASSES),
        ValueError,
        ["weight:", "at least 0", "-1"],
    ),
    "classes with fractions": (
        lambda: balanced_weights(np.array([0.5, 1.0]), 2),
        TypeError,
        ["classes:", "whole numbers", "float64"],
    ),
    "a class too many to weigh": (
        lambda: balanced_weights(CLASSES + 1, 2),
        ValueError,
        ["classes:", "0 … 1", "1 to 2"],
    ),
    "a class that does not occur": (
        lambda: balanced_weights(CLASSES, 3),
        ValueError,
        ["classes:", "class 2 does not occur"],
    ),
    "an embedding alone": (
        lambda: Triplet()(np.ones(3), np.ones(3), np.ones(3)),
        ValueError,
        ["anchor:", "(N, D)", "(3,)"],
    ),
    "embeddings to mine, of one dimension": (
        lambda: mine_triplets(np.ones(6), CLASSES),
        ValueError,
        ["embeddings:", "(N, D)", "(6,)"],
    ),
    "one class to mine from": (
        lambda: mine_triplets(X, 0 * CLASSES),
        ValueError,
        ["classes:", "a pair of one class and a sample of another"],
    ),
    "prediction to mine from, of one dimension": (
        lambda: MinedTriplet()(np.ones(6), CLASSES),
        ValueError,
        ["prediction:", "(N, D)", "(6,)"],
    ),
    # the ledger, devices and data
    "equation": (lambda: claim("9.99"), ValueError, ["label:", "'1.7'", "'9.99'"]),
    "equation to verify": (lambda: verify("1.70"), ValueError, ["label:", "'1.7'", "'1.70'"]),
    "equation to confirm": (lambda: confirm("σ"), ValueError, ["label:", "'1.7'", "'σ'"]),
    "thing to move": (lambda: device.to("x", "cpu"), TypeError, ["thing:", "array", "str"]),
    "folder": (
        lambda: mnist("nowhere"),
        FileNotFoundError,
        ["folder:", "train-images-idx3-ubyte", "nowhere"],
    ),
    "digit": (lambda: rare_digit(10), ValueError, ["digit:", "0 … 9", "10"]),
    "too many to keep": (lambda: rare_digit(keep=500), ValueError, ["keep:", "at most 108", "500"]),
    "none to keep": (lambda: rare_digit(keep=0), ValueError, ["keep:", "at least 1", "0"]),
    "spots of a seed": (lambda: spots(3, rng=0), TypeError, ["rng:", "Generator", "int"]),
    "no spots": (lambda: spots(0, rng=np.random.default_rng(0)), ValueError, ["n:", "1", "0"]),
    "small spots": (
        lambda: spots(1, rng=np.random.default_rng(0), side=8),
        ValueError,
        ["side:", "at least 9", "8"],
    ),
    "even patches": (lambda: patches(np.ones((1, 2, 2)), 4), ValueError, ["size:", "odd", "4"]),
    "patches of one image": (
        lambda: patches(np.ones((2, 2))),
        ValueError,
        ["images:", "(N, height, width)", "(2, 2)"],
    ),
    "file": (lambda: read_idx("nowhere"), FileNotFoundError, ["nowhere"]),
}


@pytest.mark.parametrize(("call", "error", "parts"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_named(call, error, parts):
    before = [p.copy() for p in NET.parameters]
    with pytest.raises(error) as caught:
        call()
    for part in parts:
        assert part in str(caught.value)
    for parameter, old in zip(NET.parameters, before, strict=True):
        np.testing.assert_array_equal(parameter, old)
