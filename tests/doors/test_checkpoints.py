"""A checkpoint is written whole or not at all, and loaded whole or not at all."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from callables import in64

from chainrule.activations import Tanh
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD, Adam
from chainrule.training import load, save

REFUSED = (TypeError, ValueError)


def net(seed=0):
    rng = np.random.default_rng(seed)
    return Network([Linear(2, 3, rng=rng), Tanh(), Linear(3, 3, rng=rng)])


@pytest.fixture
def saved(tmp_path):
    path, network, optimizer = tmp_path / "checkpoint.npz", net(5), Adam(lr=0.5)
    optimizer.step(network.parameters, [p + 1 for p in network.parameters])
    save(path, network, optimizer, np.random.default_rng(7))
    return path


def with_third(change):
    """Give a network whose third parameter is another."""
    network = net()
    network.layers[2].weight = change(network.layers[2].weight)
    return network


def overlapping():
    network, memory = net(), np.zeros(12)
    network.layers[0].weight = memory[:6].reshape(3, 2)
    network.layers[2].weight = memory[3:].reshape(3, 3)
    return network


def freeze(a):
    a.flags.writeable = False
    return a


def frozen(a):
    with torch.inference_mode():
        return torch.tensor(a)


UNFIT = {
    "read-only": lambda: with_third(freeze),
    "broadcast": lambda: with_third(
        lambda a: np.lib.stride_tricks.as_strided(np.ones(1), (3, 3), (0, 0))
    ),
    "overlapping itself": lambda: with_third(
        lambda a: np.lib.stride_tricks.as_strided(np.ones(5), (3, 3), (8, 8))
    ),
    "overlapping each other": overlapping,
    "integers": lambda: with_third(lambda a: a.astype(int)),
    "masked": lambda: with_third(lambda a: np.ma.array(a, mask=a > 0)),
    "inference": lambda: with_third(frozen),
    "expanded": lambda: with_third(lambda a: torch.ones(1, 1).double().expand(3, 3)),
    "meta": lambda: with_third(lambda a: torch.tensor(a).to("meta")),
    "sparse": lambda: with_third(lambda a: torch.tensor(a).to_sparse()),
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT)
def test_a_checkpoint_that_cannot_be_loaded_whole_is_refused(saved, unfit):
    network, optimizer, rng = unfit(), Adam(), np.random.default_rng(1)
    before = [in64(p).copy() for p in network.parameters[:2]], rng.bit_generator.state
    with pytest.raises(REFUSED, match=r"^(network|parameters)[\w.\[\]]*: expected"):
        load(saved, network, optimizer, rng)
    np.testing.assert_equal([in64(p) for p in network.parameters[:2]], before[0])
    assert rng.bit_generator.state == before[1]
    assert (optimizer.steps, optimizer.lr, optimizer.state_bytes) == (0, Adam().lr, 0)


DAMAGE = {
    "generator": lambda s: s["rng"].pop("state"),
    "generator's numbers": lambda s: s["rng"]["state"].update(state="x"),
    "settings": lambda s: s["optimizer"].update(lr=-1.0),
    "steps": lambda s: s["optimizer"].update(steps=1.5),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_checkpoint_changes_nothing(saved, damage):
    with np.load(saved) as archive:
        arrays = dict(archive)
    scalars = json.loads(str(arrays.pop("scalars")))
    damage(scalars)
    np.savez(saved, scalars=json.dumps(scalars), **arrays)
    network, optimizer, rng = net(), Adam(), np.random.default_rng(1)
    before = [p.copy() for p in network.parameters], rng.bit_generator.state
    with pytest.raises(REFUSED):
        load(saved, network, optimizer, rng)
    np.testing.assert_equal(network.parameters, before[0])
    assert rng.bit_generator.state == before[1]
    assert (optimizer.steps, optimizer.lr, optimizer.state_bytes) == (0, Adam().lr, 0)


@pytest.mark.parametrize("kind", ["absolute", "relative", "of a link", "to nothing yet"])
def test_a_checkpoint_is_written_through_a_link(tmp_path, kind):
    (tmp_path / "disk").mkdir()
    target, link = tmp_path / "disk" / "real.npz", tmp_path / "link.npz"
    if kind != "to nothing yet":
        save(target, net(1), SGD(), np.random.default_rng(0))
    if kind == "of a link":
        (tmp_path / "between.npz").symlink_to(target)
        link.symlink_to("between.npz")
    else:
        link.symlink_to("disk/real.npz" if kind == "relative" else target)
    network, other = net(2), net(3)
    save(link, network, SGD(), np.random.default_rng(0))
    assert link.is_symlink()
    assert not target.is_symlink()
    load(target, other, SGD(), np.random.default_rng(0))
    np.testing.assert_equal(other.parameters, network.parameters)
    assert [p.name for p in target.parent.iterdir()] == ["real.npz"]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("where", ["while writing", "while moving"])
def test_an_interrupted_save_leaves_the_old_checkpoint(saved, monkeypatch, error, where):
    old = saved.read_bytes()

    def interrupted(file, *arrays, **options):
        if where == "while writing":
            file.write(b"half")
        raise error("interrupted")

    monkeypatch.setattr(
        *((np, "savez") if where == "while writing" else (Path, "replace")), interrupted
    )
    with pytest.raises(error):
        save(saved, net(), SGD(), np.random.default_rng(0))
    assert saved.read_bytes() == old
