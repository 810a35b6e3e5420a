"""Training in several processes gives what one process gives, also if one of them dies."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from chainrule import data_parallel, training
from chainrule.activations import ReLU
from chainrule.data_parallel import Replica, average, main, replicas, train
from chainrule.losses import MSE
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD

pytestmark = pytest.mark.slow

# of 1077 samples, five batches an epoch, and in the last one only a single sample: one of two
# processes has nothing then
BATCH_SIZE, EPOCHS = 269, 11
# its store wants libuv, which PyTorch for Windows is built without, and there is no SIGKILL
by_torchrun = pytest.mark.skipif(sys.platform == "win32", reason="torchrun does not start there")
WORKER = """
import os, signal, sys
from pathlib import Path
from chainrule.data_parallel import replicas, train

folder, epochs, victim_step = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
first_try = os.environ["TORCHELASTIC_RESTART_COUNT"] == "0"
steps = 0
with replicas(timeout=60) as replica:

    def average(gradients):
        global steps
        steps += 1
        if replica.rank == 1 and first_try and steps == victim_step:
            os.kill(os.getpid(), signal.SIGKILL)
        return replica.average(gradients)

    net = train(
        # started again with another seed: all must come from the checkpoint
        replica, epochs=epochs, batch_size=269, seed=0 if first_try else 1,
        checkpoint=folder / "checkpoint.npz", on_gradients=average,
    )
    for i, parameter in enumerate(net.parameters):
        (folder / f"{replica.rank}-{i}.bin").write_bytes(parameter.tobytes())
    print(f"rank {replica.rank} made {steps} steps")
"""


def run(folder, epochs, *, victim_step=-1, restarts=0, processes=2, interval=0.1):
    """Train in processes that torchrun starts; at step `victim_step` the last one is killed.

    Every `interval` seconds torchrun looks whether one is gone, and then stops the others.
    """
    folder.mkdir(exist_ok=True)
    worker = folder / "worker.py"
    worker.write_text(WORKER, encoding="utf-8")
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", processes]
    torchrun += ["--max-restarts", restarts, "--monitor-interval", interval]
    words = [*torchrun, worker, folder, epochs, victim_step]
    return subprocess.run(
        [sys.executable, *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def parameters(folder, rank):
    files = sorted(folder.glob(f"{rank}-*.bin"))
    return [np.frombuffer(file.read_bytes()) for file in files]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    done = run(folder, EPOCHS)
    assert done.returncode == 0, done.stderr
    return folder


@by_torchrun
def test_two_processes_give_what_one_gives(unbroken):
    alone = train(Replica(), epochs=EPOCHS, batch_size=BATCH_SIZE)
    for ours, theirs in zip(alone.parameters, parameters(unbroken, 0), strict=True):
        assert np.abs(ours.ravel() - theirs).max() < 1e-10
        assert np.abs(theirs).max() > 1e-3


@by_torchrun
def test_all_processes_end_with_the_same_bits(unbroken):
    first, second = (parameters(unbroken, rank) for rank in (0, 1))
    assert len(first) == 4
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@by_torchrun
def test_started_again_after_a_death_it_ends_like_the_unbroken_run(unbroken, tmp_path):
    done = run(tmp_path, EPOCHS, victim_step=27, restarts=1)
    assert done.returncode == 0, done.stderr
    assert "SIGKILL" in done.stderr or "-9" in done.stderr  # one did die
    assert "rank 1 made 30 steps" in done.stdout  # 55 in all, 25 of them from the checkpoint
    for rank in (0, 1):
        pairs = zip(parameters(tmp_path, rank), parameters(unbroken, rank), strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)


@by_torchrun
def test_a_death_stops_the_run_with_a_clear_error_and_keeps_the_checkpoint(tmp_path):
    done = run(tmp_path, EPOCHS, victim_step=27, interval=15)  # time for rank 0 to notice by itself
    assert done.returncode != 0
    assert re.search(r"rank +: 1 |Signal 9|SIGKILL", done.stderr)
    assert "rank 0: no sum over the 2 processes, most likely one of them is gone" in done.stderr
    optimizer, rng = SGD(), np.random.default_rng(0)
    layers = [Linear(64, 512, rng=rng), ReLU(), Linear(512, 10, rng=rng)]
    training.load(tmp_path / "checkpoint.npz", Network(layers), optimizer, rng)
    assert optimizer.steps == 25  # the five whole epochs before


# ---- without processes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "batch_size", "size"), [(97, 32, 2), (10, 3, 4), (7, 7, 3), (5, 1, 1)]
)
def test_shares_make_up_the_batches(n, batch_size, size):
    whole = list(training.batches(n, batch_size, np.random.default_rng(1)))
    others = [Replica(rank, size) for rank in range(size)]
    generators = [r.batches(n, batch_size, np.random.default_rng(1)) for r in others]
    for batch, *shares in zip(whole, *generators, strict=True):
        weights = [r.weight for r in others]
        assert sum(weights) == pytest.approx(1, abs=1e-15)
        own = [s for s, weight in zip(shares, weights, strict=True) if weight]
        assert sorted(np.concatenate(own)) == sorted(batch)
        for share, weight in zip(shares, weights, strict=True):
            assert len(share) >= 1
            assert weight in (0, len(share) / len(batch))


def test_training_goes_on_from_its_checkpoint(tmp_path):
    path = tmp_path / "checkpoint.npz"
    train(Replica(), epochs=3, batch_size=32, checkpoint=path)
    steps = []

    def counted(gradients):
        steps.append(1)
        return gradients

    # another seed: weights and batches must come from the checkpoint
    resumed = train(
        Replica(), epochs=5, batch_size=32, seed=1, checkpoint=path, on_gradients=counted
    )
    assert len(steps) == 2 * 34
    unbroken = train(Replica(), epochs=5, batch_size=32)
    pairs = zip(resumed.parameters, unbroken.parameters, strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


def test_the_loss_of_a_share_is_its_mean():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((8, 2)), rng.standard_normal((8, 1))
    net, second = Network([Linear(2, 1, rng=rng)]), Replica(1, 2)
    batch = next(second.batches(8, 8, np.random.default_rng(3)))
    expected = MSE()(net(x[batch]), y[batch])
    history = training.fit(
        net,
        MSE(),
        SGD(lr=1e-9),
        x,
        y,
        epochs=1,
        batch_size=8,
        rng=np.random.default_rng(3),
        batches=second.batches,
        progress=False,
    )
    assert history.loss == [pytest.approx(expected)]


def test_what_cannot_be_averaged_is_refused():
    one = [np.ones(2)]
    with pytest.raises(ValueError, match=r"counts: expected 2 \(one a share\), got 1"):
        average([one, one], [1])
    for counts in ([0, 0], [2, -1]):
        with pytest.raises(ValueError, match="counts: expected a sample or more"):
            average([one, one], counts)
    with pytest.raises(TypeError, match=r"counts\[1\]: expected a whole number"):
        average([one, one], [1, 1.5])


@pytest.mark.parametrize(
    "settings", [{"epochs": 0, "batch_size": 1}, {"epochs": 1, "batch_size": 0}]
)
def test_settings_are_checked(settings):
    with pytest.raises(ValueError, match="expected at least 1"):
        train(Replica(), **settings)


def test_a_checkpoint_of_other_batches_is_refused(tmp_path):
    path = tmp_path / "checkpoint.npz"
    train(Replica(), epochs=1, batch_size=32, checkpoint=path)
    with pytest.raises(ValueError, match="checkpoint: its 34 steps are no whole epochs"):
        train(Replica(), epochs=2, batch_size=64 * 3, checkpoint=path)


@by_torchrun
def test_processes_that_do_not_start_alike_are_stopped(tmp_path):
    worker = tmp_path / "worker.py"
    worker.write_text(
        "from chainrule.data_parallel import replicas, train\n"
        "with replicas() as replica:\n"
        "    train(replica, epochs=1, batch_size=269, seed=replica.rank)\n",
        encoding="utf-8",
    )
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [sys.executable, *torchrun, str(worker)], capture_output=True, encoding="utf-8", timeout=240
    )
    assert done.returncode != 0
    assert "ranks [1] do not start like rank 0" in done.stderr


def test_more_processes_than_gpus_are_refused(monkeypatch):
    for name, value in (("WORLD_SIZE", "2"), ("LOCAL_WORLD_SIZE", "2"), ("LOCAL_RANK", "0")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 1)
    with (
        pytest.raises(ValueError, match="2 processes here need a cuda device"),
        replicas("cuda"),
    ):
        pass


def test_a_checkpoint_without_a_folder_is_refused_before_training(tmp_path):
    with pytest.raises(FileNotFoundError, match="checkpoint: there is no folder"):
        main(["--epochs", "1", "--checkpoint", str(tmp_path / "nowhere" / "c.npz")])


def test_progress_is_shown_by_epochs_or_not_at_all(capsys):
    train(Replica(), epochs=1, batch_size=269, progress=False)
    assert capsys.readouterr().err == ""
    train(Replica(), epochs=1, batch_size=269)
    shown = capsys.readouterr().err
    assert "1/1 " in shown
    assert "epoch" in shown


def test_a_checkpoint_may_be_named_by_a_text(tmp_path):
    nowhere = tmp_path / "nowhere" / "c.npz"
    for name in (nowhere, str(nowhere)):
        with pytest.raises(FileNotFoundError, match="checkpoint: there is no folder"):
            train(Replica(), epochs=1, batch_size=64, checkpoint=name)


def test_it_is_a_command_and_every_option_says_what_it_is_for():
    words = [sys.executable, "-m", "chainrule.data_parallel", "--help"]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=240, check=True)
    assert "usage: python -m chainrule.data_parallel" in done.stdout
    for option in ("epochs", "batch-size", "lr", "seed", "dtype", "device", "checkpoint"):
        assert f"--{option}" in done.stdout


def test_the_command_hands_its_options_to_the_training(monkeypatch):
    class Stopped(Exception):
        pass

    def stop(replica, **settings):
        raise Stopped(settings)

    monkeypatch.setattr(data_parallel.training, "train", stop)
    usual = {"epochs": 20, "batch_size": 32, "lr": 0.3, "seed": 0, "dtype": "float64"}
    other = {"epochs": 2, "batch_size": 64, "lr": 0.5, "seed": 3, "dtype": "float32"}
    other["checkpoint"] = Path("c")
    words = [f"--{name.replace('_', '-')}={value}" for name, value in other.items()]
    for arguments, expected in (([], usual | {"checkpoint": None}), (words, other)):
        with pytest.raises(Stopped) as caught:
            main(["--device", "cpu", *arguments])
        assert caught.value.args == (expected,)


def test_command_line_trains_alone(capsys, tmp_path):
    path = Path(tmp_path / "c.npz")
    main(["--epochs", "2", "--checkpoint", str(path), "--dtype", "float32"])
    assert re.match(r"1 process: \d+\.\d% of the validation part right\n", capsys.readouterr().out)
    assert path.exists()


def test_shares_of_different_networks_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        average([[np.ones(2), np.ones(3)], [np.ones(2)]], [1, 1])


def test_other_numbers_than_those_of_training_are_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--dtype", "float16"])
    assert "--dtype: invalid choice: 'float16'" in capsys.readouterr().err
