"""The training of section 1.1, each process with its share of every batch.

``torchrun --nproc-per-node 2 -m chainrule.data_parallel`` trains the digits network in two
processes; without torchrun, ``python -m chainrule.data_parallel`` trains the same in one.
"""

import argparse
from collections.abc import Callable
from math import ceil
from pathlib import Path

import numpy as np

from .. import device, training
from ..activations import ReLU
from ..arrays import Array
from ..arrays.settings import count
from ..datasets import digits
from ..losses import CrossEntropy
from ..network import Linear, Network
from ..optimizers import SGD
from ..waiting import bar
from .replica import Replica, replicas

__all__ = ["main", "train"]


def train(
    replica: Replica,
    *,
    epochs: int,
    batch_size: int,
    lr: float = 0.3,
    seed: int = 0,
    dtype: str = "float64",
    checkpoint: Path | str | None = None,
    on_gradients: Callable[[list[Array]], list[Array]] | None = None,
    progress: bool = True,
) -> Network:
    """Train the network of section 1.1 on the digits, a share of every batch in each process.

    Parameters
    ----------
    replica : Replica
    epochs, batch_size : int
        The batches are those of one process; each of several takes its share. How many epochs a
        checkpoint has done follows from its steps and this size.
    lr : float
        Of a new training; one that goes on keeps its checkpoint's.
    seed : int
        Of the start weights and of the batches; likewise.
    dtype : str
        "float64" or "float32".
    checkpoint : Path or str, optional
        A file that all processes see. It is written after every epoch, and where it is there,
        training goes on from it.
    on_gradients : function, optional
        What `fit` calls between the backward pass and the update; `replica.average` where left out.
    progress : bool
        Whether the first process shows a progress bar.

    Returns
    -------
    Network
        Its parameters on the replica's device.

    Raises
    ------
    FileNotFoundError
        If the folder of the checkpoint is not there.
    ValueError
        If `epochs` or `batch_size` is less than 1, `lr` not positive, or `seed` negative, or if the
        checkpoint does not fit the network or the batches.
    RuntimeError
        If the processes do not start alike, or if a sum over them fails.

    Examples
    --------
    >>> net = train(Replica(), epochs=10, batch_size=32)
    >>> training.accuracy(net, *digits().validation) > 0.9
    True
    """
    epochs = count.read(epochs, "epochs")
    batch_size = count.read(batch_size, "batch_size")
    checkpoint = None if checkpoint is None else Path(checkpoint)
    if checkpoint is not None and not checkpoint.parent.is_dir():
        raise FileNotFoundError(f"checkpoint: there is no folder {checkpoint.parent}")
    rng = np.random.default_rng(seed)
    hidden, output = Linear(64, 512, rng=rng, dtype=dtype), Linear(512, 10, rng=rng, dtype=dtype)
    net = Network([hidden, ReLU(), output])
    net, x, y = _on(replica.device, (net, *digits(dtype=dtype).train))
    optimizer = SGD(lr)
    if checkpoint is not None and checkpoint.exists():
        training.load(checkpoint, net, optimizer, rng)
    done, rest = divmod(optimizer.steps, ceil(len(x) / batch_size))
    if rest:
        raise ValueError(
            f"checkpoint: its {optimizer.steps} steps are no whole epochs of batches "
            f"of {batch_size}"
        )
    replica.require_alike(net, optimizer.steps, rng)
    first = replica.rank == 0
    look = {"unit": "epoch", "initial": done, "total": epochs, "disable": not (first and progress)}
    for _ in bar(range(done, epochs), **look):
        training.fit(
            net,
            CrossEntropy(),
            optimizer,
            x,
            y,
            epochs=1,
            batch_size=batch_size,
            rng=rng,
            batches=replica.batches,
            on_gradients=on_gradients or replica.average,
            progress=False,
        )
        if first and checkpoint is not None:
            training.save(checkpoint, net, optimizer, rng)
    return net


def _on(on: str, things: tuple) -> tuple:
    """Move networks and arrays to the device; on the CPU, NumPy keeps them."""
    return things if on == "cpu" else device.to(things, on)


def main(arguments: list[str] | None = None) -> None:
    """Train on the digits, in as many processes as torchrun started.

    Parameters
    ----------
    arguments : list of str, optional
        The command line's words; those of the process where left out.

    Examples
    --------
    >>> main(["--epochs", "10"]) # doctest: +ELLIPSIS
    1 process: 9...% of the validation part right
    """
    parser = argparse.ArgumentParser(prog="python -m chainrule.data_parallel", description=__doc__)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=32, help="of all processes together")
    parser.add_argument("--lr", type=float, default=0.3, help="the learning rate of a new training")
    parser.add_argument("--seed", type=int, default=0, help="of the start and of the batches")
    parser.add_argument("--dtype", default="float64", choices=("float64", "float32"))
    parser.add_argument("--device", help='"cpu" or an accelerator, the default where there is one')
    parser.add_argument(
        "--checkpoint", type=Path, help="written every epoch, gone on from if there"
    )
    settings = vars(parser.parse_args(arguments))
    on = settings.pop("device") or device.accelerator(settings["dtype"])
    with replicas(on) as replica:
        net = train(replica, **settings)
        if replica.rank == 0:
            part = _on(on, digits(dtype=settings["dtype"]).validation)
            right = training.accuracy(net, *part)
            noun = "process" if replica.size == 1 else "processes"
            print(f"{replica.size} {noun}: {right:.1%} of the validation part right")
