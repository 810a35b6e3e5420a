"""Training: what `fit` does with a network, and checkpoints."""

import os
import statistics

import numpy as np
import pytest
import torch

from chainrule import device
from chainrule.activations import ReLU, Tanh
from chainrule.arrays import to_numpy
from chainrule.datasets import digits
from chainrule.losses import MSE, CrossEntropy, MinedTriplet
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD, Adagrad, Adam, AdaMax, AdamW, Nadam, RMSProp
from chainrule.oracles import relative_error
from chainrule.training import History, accuracy, batches, fit, load, save


def small_network(seed=0, hidden=4):
    rng = np.random.default_rng(seed)
    return Network([Linear(3, hidden, rng=rng), Tanh(), Linear(hidden, 2, rng=rng)])


def small_data(n=22, seed=1):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, 3)), rng.standard_normal((n, 2))


def train(net, x, y, rng, optimizer=None, epochs=3, loss=None, **options):
    optimizer, options = optimizer or SGD(lr=0.1), {"progress": False, "batch_size": 5} | options
    return fit(net, loss or MSE(), optimizer, x, y, epochs=epochs, rng=rng, **options)


def copies(net):
    return [to_numpy(p).copy() for p in net.parameters]


def assert_same(arrays, others):
    for array, other in zip(arrays, others, strict=True):
        np.testing.assert_array_equal(to_numpy(array), to_numpy(other))


def test_fit_finds_a_linear_map():
    rng = np.random.default_rng(0)
    weight, bias = rng.standard_normal((2, 3)), rng.standard_normal(2)
    x, _ = small_data(100)
    net = Network([Linear(3, 2, rng=rng)])
    history = train(net, x, x @ weight.T + bias, rng, epochs=100, batch_size=10)
    assert relative_error(net.parameters, [weight, bias]) < 1e-8
    assert history.loss[-1] < 1e-16 < history.loss[0]


def test_same_seed_same_training():
    x, y = small_data()
    runs = []
    for seed in (7, 7, 8):
        net = small_network()
        history = train(net, x, y, np.random.default_rng(seed), validation=(x, y))
        runs.append((vars(history), copies(net)))
    assert runs[0][0] == runs[1][0]
    assert_same(runs[0][1], runs[1][1])
    assert runs[0][0] != runs[2][0]


def test_fit_is_the_five_steps():
    x, y = small_data()
    net, twin = small_network(), small_network()
    history = train(net, x, y, np.random.default_rng(3), epochs=2, batch_size=8)
    rng = np.random.default_rng(3)
    for epoch in range(2):
        losses = []
        for batch in np.split(rng.permutation(22), [8, 16]):
            trace = twin.forward(x[batch])
            losses += [MSE()(trace.output, y[batch])] * len(batch)
            gradients = twin.backward(trace, MSE().gradient(trace.output, y[batch])).parameters
            SGD(lr=0.1).step(twin.parameters, gradients)
        assert history.loss[epoch] == pytest.approx(np.mean(losses), rel=1e-14)
    assert_same(net.parameters, twin.parameters)


def test_history_has_a_number_per_epoch():
    x, y = small_data()
    classes = y.argmax(1)
    plain = train(small_network(), x, y, np.random.default_rng(0))
    assert [len(v) for v in vars(plain).values()] == [3, 0, 0]
    real = train(small_network(), x, y, np.random.default_rng(0), validation=(x, y))
    assert [len(v) for v in vars(real).values()] == [3, 3, 0]
    net = small_network()
    options = {"loss": CrossEntropy(), "validation": (x, classes)}
    history = train(net, x, classes, np.random.default_rng(0), **options)
    assert [len(v) for v in vars(history).values()] == [3, 3, 3]
    assert history.validation_loss[-1] == CrossEntropy()(net(x), classes)
    assert history.validation_accuracy[-1] == accuracy(net, x, classes)
    assert history.validation_accuracy[-1] == (net(x).argmax(1) == classes).mean()


def test_histories_do_not_share_their_lists():
    History().loss.append(1.0)
    assert History().loss == []


def test_validation_changes_nothing():
    x, y = small_data()
    first, second = small_network(), small_network()
    train(first, x, y, np.random.default_rng(0))
    train(second, x, y, np.random.default_rng(0), validation=small_data(seed=5))
    assert_same(first.parameters, second.parameters)


def test_data_is_left_alone():
    x, y = small_data()
    before = x.copy(), y.copy()
    train(small_network(), x, y, np.random.default_rng(0))
    assert_same((x, y), before)


def test_on_gradients_sits_between_backward_and_step():
    x, y = small_data()
    net, seen = small_network(), []

    class Recorder(SGD):
        def step(self, parameters, gradients, check_finite=False):
            seen.append(("step", gradients))
            super().step(parameters, gradients, check_finite)

    def halved(gradients):
        seen.append(("gradients", copies(net)))
        return [g / 2 for g in gradients]

    twin = small_network()
    train(net, x, y, np.random.default_rng(0), Recorder(lr=0.2), on_gradients=halved)
    train(twin, x, y, np.random.default_rng(0), SGD(lr=0.1))
    assert [word for word, _ in seen] == ["gradients", "step"] * 15
    assert relative_error(net.parameters, twin.parameters) < 1e-14
    assert_same(seen[0][1], small_network().parameters)  # the first step had not been taken


def test_on_gradients_may_return_nothing():
    x, y = small_data()
    net, twin = small_network(), small_network()
    train(net, x, y, np.random.default_rng(0), on_gradients=lambda gradients: None)
    train(twin, x, y, np.random.default_rng(0))
    assert_same(net.parameters, twin.parameters)


def test_a_parameter_that_is_replaced_on_the_way_is_trained():
    rng = np.random.default_rng(0)
    net = Network([Linear(1, 1, rng=rng)])
    x, first = rng.standard_normal((40, 1)), net.layers[0].weight

    def halved(gradients):
        if net.layers[0].weight is first:
            net.layers[0].weight = first / 2

    fit(
        net,
        MSE(),
        SGD(lr=0.1),
        x,
        3 * x,
        epochs=3,
        batch_size=4,
        rng=rng,
        on_gradients=halved,
        progress=False,
    )
    assert abs(net.layers[0].weight.item() - 3) < 0.1


def test_gradients_may_be_changed_in_place():
    x, y = small_data()
    net = small_network()

    def erase(gradients):
        for gradient in gradients:
            gradient[:] = 0

    train(net, x, y, np.random.default_rng(0), on_gradients=erase)
    assert_same(net.parameters, small_network().parameters)


@pytest.mark.parametrize("progress", [False, True])
def test_progress_is_shown_only_when_asked_for(progress, capfd):
    x, y = small_data()
    train(small_network(), x, y, np.random.default_rng(0), progress=progress)
    shown = capfd.readouterr()
    assert shown.out == ""
    assert ("3/3" in shown.err) is progress
    assert progress or shown.err == ""


def test_divergence_stops_before_the_batch_it_shows_in():
    x, y = small_data()
    net, kept = Network([Linear(3, 2, rng=np.random.default_rng(0))]), []

    def keep(gradients):
        kept[:] = copies(net)

    with np.errstate(over="ignore"), pytest.raises(FloatingPointError) as caught:
        train(net, x, y, np.random.default_rng(0), SGD(lr=1e3), epochs=100, on_gradients=keep)
    for part in ("loss became inf", "epoch", "smaller learning rate"):
        assert part in str(caught.value)
    assert all(np.isfinite(p).all() for p in net.parameters)
    # the parameters are those that the last step left
    assert not np.array_equal(net.parameters[0], kept[0])
    with np.errstate(over="ignore"):
        assert not np.isfinite(MSE()(net(x), y))


def test_loss_that_is_nan_at_once_changes_nothing():
    x, y = small_data()
    net = small_network()
    net.layers[0].weight[0, 0] = np.nan
    before = copies(net)
    with pytest.raises(FloatingPointError, match="nan in epoch 1"):
        train(net, x, y, np.random.default_rng(0))
    assert_same(net.parameters, before)


def test_torch_network_learns_the_same():
    x, y = small_data()
    net = small_network()
    on_torch = device.to(net, "cpu")
    history = train(net, x, y, np.random.default_rng(0), validation=(x, y))
    tensors = torch.as_tensor(x), torch.as_tensor(y)
    twin = train(on_torch, *tensors, np.random.default_rng(0), validation=tensors)
    for name, values in vars(history).items():
        assert relative_error(getattr(twin, name), values) < 1e-12
    assert relative_error([to_numpy(p) for p in on_torch.parameters], net.parameters) < 1e-12


def test_batches_hold_every_sample_once():
    found = list(batches(10, 4, np.random.default_rng(0)))
    assert [len(batch) for batch in found] == [4, 4, 2]
    assert sorted(np.concatenate(found)) == list(range(10))
    assert not np.array_equal(np.concatenate(found), np.arange(10))
    assert [len(batch) for batch in batches(3, 100, np.random.default_rng(0))] == [3]


@pytest.mark.parametrize(
    ("own", "of_x", "of_y"), [("float64", "float32", "float32"), ("float32", "float32", "int64")]
)
def test_data_may_be_narrower_than_the_parameters(own, of_x, of_y):
    x, y = small_data()
    net = small_network().map(lambda p: p.astype(own))
    train(net, x.astype(of_x), y.astype(of_y), np.random.default_rng(0))
    assert {p.dtype for p in net.parameters} == {np.dtype(own)}


def test_outputs_that_are_no_scores_have_no_accuracy():
    x, _ = small_data(20)
    classes = np.arange(20) % 2
    options = {"loss": MinedTriplet(), "batch_size": 20, "validation": (x, classes)}
    history = train(small_network(), x, classes, np.random.default_rng(0), **options)
    assert len(history.validation_loss) == 3
    assert history.validation_accuracy == []


def test_accuracy_counts():
    net = Network([ReLU()])
    x = np.array([[1.0, 2.0, 0.0], [3.0, 2.0, 0.0], [0.0, 1.0, 2.0], [5.0, 0.0, 0.0]])
    assert accuracy(net, x, np.array([1, 0, 2, 2])) == 0.75
    assert accuracy(net, x.tolist(), [1, 0, 2, 2]) == 0.75
    assert accuracy(net, torch.as_tensor(x), torch.tensor([1, 0, 2, 2])) == 0.75


# ---- checkpoints -------------------------------------------------------------------------------

GENERATORS = ("PCG64", "MT19937", "Philox", "SFC64")


def generator(name, seed):
    return np.random.Generator(getattr(np.random, name)(seed))


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_training_resumes_bit_for_bit(tmp_path, name, library):
    data = small_data()
    net, other = small_network(), small_network(seed=9)
    if library == "torch":
        data, net, other = device.to(data, "cpu"), device.to(net, "cpu"), device.to(other, "cpu")
    path = tmp_path / "checkpoint.npz"
    optimizer, rng = SGD(lr=0.1), generator(name, 0)
    train(net, *data, rng, optimizer, epochs=2)
    save(path, net, optimizer, rng)
    history = train(net, *data, rng, optimizer, epochs=2)

    optimizer, rng = SGD(lr=0.7), generator(name, 1)
    objects = list(other.parameters)
    load(path, other, optimizer, rng)
    assert optimizer.lr == 0.1
    assert vars(train(other, *data, rng, optimizer, epochs=2)) == vars(history)
    assert_same(other.parameters, net.parameters)
    assert all(p is old for p, old in zip(other.parameters, objects, strict=True))


OPTIMIZERS = {
    "SGD": (SGD, {"momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01}),
    "Nesterov": (SGD, {"momentum": 0.9, "nesterov": True}),
    "Adagrad": (Adagrad, {"lr_decay": 0.1, "initial_accumulator_value": 0.1}),
    "RMSProp": (RMSProp, {"alpha": 0.9, "momentum": 0.5, "centered": True}),
    "Adam": (Adam, {"betas": (0.8, 0.99), "amsgrad": True}),
    "AdamW": (AdamW, {"weight_decay": 0.1}),
    "AdaMax": (AdaMax, {"eps": 1e-3}),
    "Nadam": (Nadam, {"momentum_decay": 0.1}),
}


@pytest.mark.parametrize(("cls", "options"), OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_optimizer_resumes_bit_for_bit(tmp_path, library, cls, options):
    data, net, other = small_data(), small_network(), small_network(seed=9)
    if library == "torch":
        data, net, other = device.to(data, "cpu"), device.to(net, "cpu"), device.to(other, "cpu")
    optimizer, rng = cls(lr=0.01, **options), np.random.default_rng(0)
    train(net, *data, rng, optimizer, epochs=2)
    save(tmp_path / "checkpoint.npz", net, optimizer, rng)
    history = train(net, *data, rng, optimizer, epochs=2)

    resumed, rng = cls(), np.random.default_rng(1)
    load(tmp_path / "checkpoint.npz", other, resumed, rng)
    assert vars(train(other, *data, rng, resumed, epochs=2)) == vars(history)
    assert_same(other.parameters, net.parameters)
    assert repr(resumed) == repr(optimizer)


def test_checkpoint_crosses_libraries_and_leaves_that_require_grad(tmp_path):
    path, net, rng = tmp_path / "checkpoint.npz", small_network(), np.random.default_rng(0)
    save(str(path), net, SGD(), rng)
    leaves = small_network(seed=9).map(lambda p: torch.tensor(p, requires_grad=True))
    load(str(path), leaves, SGD(), rng)
    assert_same(leaves.parameters, net.parameters)
    assert all(p.requires_grad and p.is_leaf for p in leaves.parameters)
    save(path, leaves, SGD(), rng)
    again = small_network(seed=9)
    load(path, again, SGD(), rng)
    assert_same(again.parameters, net.parameters)


def test_interrupted_save_leaves_the_old_checkpoint_whole(tmp_path, monkeypatch):
    path, net, rng = tmp_path / "checkpoint.npz", small_network(), np.random.default_rng(0)
    save(path, net, SGD(), rng)
    before = path.read_bytes()

    def interrupted(file, **arrays):
        file.write(before[:100])
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(path, small_network(seed=9), SGD(), rng)
    assert path.read_bytes() == before
    monkeypatch.undo()
    save(path, net, SGD(), rng)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def assert_load_refuses(path, error, message, net=None, rng=None):
    """Hold `load` to raising, and to leaving what it was given as it was."""
    net, rng, optimizer = net or small_network(seed=9), rng or generator("PCG64", 5), SGD(lr=0.7)
    parameters, state = copies(net), rng.bit_generator.state
    with pytest.raises(error) as caught:
        load(path, net, optimizer, rng)
    assert message in str(caught.value)
    assert_same(net.parameters, parameters)
    assert rng.bit_generator.state == state
    assert optimizer.lr == 0.7


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / "checkpoint.npz"
    save(path, small_network(), SGD(lr=0.1), generator("PCG64", 0))
    return path


def test_missing_checkpoint(tmp_path):
    assert_load_refuses(tmp_path / "none.npz", FileNotFoundError, "none.npz")


def test_checkpoint_cut_short(checkpoint):
    data = checkpoint.read_bytes()
    for length in (*range(0, len(data), 37), len(data) - 1):
        checkpoint.write_bytes(data[:length])
        assert_load_refuses(checkpoint, ValueError, f"path: {checkpoint}")


@pytest.mark.slow
def test_checkpoint_with_one_wrong_byte(checkpoint):
    """A flipped byte is noticed, or was in a place that means nothing, such as a date."""
    data, noticed = checkpoint.read_bytes(), 0
    for position in range(0, len(data), 5):
        wrong = bytearray(data)
        wrong[position] ^= 0x81
        checkpoint.write_bytes(wrong)
        net, optimizer, rng = small_network(seed=9), SGD(lr=0.7), generator("PCG64", 5)
        message = None
        try:
            load(checkpoint, net, optimizer, rng)
        except ValueError as error:
            message = str(error)
            noticed += 1
        expected = small_network(seed=9 if message else 0)
        assert_same(net.parameters, expected.parameters)
        assert optimizer.lr == (0.7 if message else 0.1)
        assert message is None or f"path: {checkpoint}" in message
    assert noticed > len(data) / 5 / 2


@pytest.mark.parametrize(
    "write",
    [
        lambda file: file.write(b"not a checkpoint"),
        lambda file: np.save(file, np.ones(3)),
        lambda file: np.savez(file, weights=np.ones(3)),
        lambda file: np.savez(file, scalars=np.array("{}")),
        lambda file: np.savez(file, scalars=np.array("[]")),
        lambda file: np.savez(file, scalars=np.array("not JSON")),
        lambda file: np.savez(
            file, scalars=np.array('{"parameters": 4, "optimizer": {}, "rng": {}}')
        ),
    ],
    ids=["text", "npy", "other-npz", "empty", "list", "no-json", "no-parameters"],
)
def test_file_that_is_no_checkpoint(tmp_path, write):
    path = tmp_path / "other"
    with path.open("wb") as file:
        write(file)
    assert_load_refuses(path, ValueError, f"path: {path} is not a whole checkpoint")


def test_checkpoint_of_another_network(checkpoint):
    message = "network: expected parameters of shapes [(4, 3), (4,), (2, 4), (2,)]"
    assert_load_refuses(checkpoint, ValueError, message, net=small_network(hidden=5))
    assert_load_refuses(checkpoint, ValueError, message, net=Network([ReLU()]))


def test_checkpoint_of_another_generator(checkpoint):
    rng = generator("PCG64DXSM", 0)
    assert_load_refuses(checkpoint, ValueError, "rng: expected a PCG64 (the checkpoint's)", rng=rng)


def test_checkpoint_of_another_optimizer(checkpoint):
    class Other(SGD):
        def state_dict(self):
            return super().state_dict() | {"velocity": []}

    net, rng, optimizer = small_network(seed=9), generator("PCG64", 5), Other(lr=0.7)
    state = rng.bit_generator.state
    with pytest.raises(ValueError, match="state: expected that of Other, got that of SGD"):
        load(checkpoint, net, optimizer, rng)
    assert_same(net.parameters, small_network(seed=9).parameters)
    assert rng.bit_generator.state == state
    assert optimizer.lr == 0.7


def test_a_checkpoint_is_whole_on_the_disk_before_it_takes_the_old_ones_place(
    tmp_path, monkeypatch
):
    path, sizes = tmp_path / "checkpoint.npz", []

    def fsync(descriptor):
        assert not path.exists()
        sizes.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr("chainrule.checkpoint.os.fsync", fsync)
    save(path, small_network(), SGD(), np.random.default_rng(0))
    assert sizes == [path.stat().st_size]
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.npz"]


# ---- the digits --------------------------------------------------------------------------------


def trained_accuracy(seed):
    data, rng = digits(dtype="float32"), np.random.default_rng(seed)
    layers = [Linear(64, 512, rng=rng, dtype="float32"), ReLU()]
    net = Network([*layers, Linear(512, 10, rng=rng, dtype="float32")])
    options = {"epochs": 40, "batch_size": 8, "loss": CrossEntropy()}
    train(net, data.train.x, data.train.y, rng, SGD(lr=0.3), **options)
    assert {p.dtype for p in net.parameters} == {np.dtype("float32")}
    return accuracy(net, data.test.x, data.test.y)


@pytest.mark.slow
def test_digits_are_learnt():
    assert statistics.median(trained_accuracy(seed) for seed in range(5)) >= 0.97
