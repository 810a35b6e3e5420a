"""A batch over several processes: the sum in equation 1.12, cut into shares (section 3.2).

``torchrun --nproc-per-node 2 -m chainrule.data_parallel`` trains the digits network in two
processes; without torchrun, ``python -m chainrule.data_parallel`` trains the same in one.
"""

import argparse
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, pairwise
from math import ceil, prod
from pathlib import Path

import numpy as np
from array_api_compat import array_namespace
from tqdm import tqdm

from . import device, training
from .activations import ReLU
from .arrays import Array, require_count, to_numpy
from .datasets import digits
from .losses import CrossEntropy
from .network import Linear, Network
from .optimizers import SGD

__all__ = ["Replica", "average", "replicas", "train"]


def average(gradients: list[list[Array]], counts: list[int]) -> list[Array]:
    """Give the gradients of a batch from those of its shares (equation 3.2a).

    Parameters
    ----------
    gradients : list of list of array
        For each share, the gradients of the mean loss over it.
    counts : list of int
        How many samples each share has.

    Returns
    -------
    list of array

    Raises
    ------
    ValueError
        If there is not one count for each share, or no sample at all.

    Examples
    --------
    >>> import numpy as np
    >>> average([[np.array([1.0])], [np.array([4.0])]], counts=[2, 1])
    [array([2.])]
    """
    if len(counts) != len(gradients):
        raise ValueError(f"counts: expected {len(gradients)} (one a share), got {len(counts)}")
    n = sum(counts)
    if min(counts, default=0) < 0 or n == 0:
        raise ValueError(f"counts: expected a sample or more, and none below 0, got {counts}")
    return [
        sum(float(n_r / n) * of_share for n_r, of_share in zip(counts, shares, strict=True))
        for shares in zip(*gradients, strict=True)
    ]


@dataclass
class Replica:
    """One of several processes that train the same network, each on its share of every batch.

    Attributes
    ----------
    rank : int
        Which one it is: 0 … size − 1.
    size : int
        How many there are.
    weight : float
        How much of the present batch is its share, n_r / N.
    device : str
        Where it computes; "cpu" stands for NumPy.
    """

    rank: int = 0
    size: int = 1
    weight: float = 1.0
    device: str = "cpu"

    def batches(self, n: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
        """Hand out this process's share of every batch of `training.batches`.

        Generators in the same state give all processes the same batches. A process that is left
        without a sample computes one with weight 0, because the others wait for its sum.

        Parameters
        ----------
        n, batch_size : int
        rng : numpy.random.Generator

        Yields
        ------
        array of int

        Examples
        --------
        >>> import numpy as np
        >>> second = Replica(rank=1, size=2)
        >>> [len(share) for share in second.batches(7, 4, np.random.default_rng(0))]
        [2, 1]
        >>> round(second.weight, 3)
        0.333
        """
        for batch in training.batches(n, batch_size, rng):
            share = batch[self.rank :: self.size]
            self.weight = len(share) / len(batch)
            yield share if len(share) else batch[:1]

    def average(self, gradients: list[Array]) -> list[Array]:
        """Give the gradients of the whole batch: those of all shares, weighted and added.

        They are that if the loss is the mean over its samples. With ``reduction="sum"``, with class
        weights or ignored samples, whose mean divides by something else, and for losses that join
        the samples of a batch (`Dice`, `MinedTriplet`), they are not.

        Parameters
        ----------
        gradients : list of array
            Those of this process's share.

        Returns
        -------
        list of array
            The same in every process, to the last bit.

        Raises
        ------
        RuntimeError
            If the sum fails, most likely because another process is gone. On GPUs NCCL finds out
            beside the program, and it is torchrun that ends the process.

        Examples
        --------
        >>> import numpy as np
        >>> Replica().average([np.array([1.0, 2.0]), np.array([[3.0]])])
        [array([1., 2.]), array([[3.]])]
        """
        xp = array_namespace(*gradients)
        flat = self.weight * xp.concat([xp.reshape(gradient, (-1,)) for gradient in gradients])
        self._sum(flat)
        shapes = [gradient.shape for gradient in gradients]
        ends = accumulate(map(prod, shapes), initial=0)
        return [
            xp.reshape(flat[start:end], shape)
            for (start, end), shape in zip(pairwise(ends), shapes, strict=True)
        ]

    def _sum(self, array: Array) -> None:
        """Put the sum over all processes in the place of the array."""
        if self.size == 1:
            return
        import torch

        try:
            torch.distributed.all_reduce(torch.as_tensor(array))
        except RuntimeError as error:
            raise RuntimeError(
                f"rank {self.rank}: no sum over the {self.size} processes, most likely one of them "
                f"is gone. Started again, training goes on from its checkpoint. ({error})"
            ) from error

    def require_alike(self, net: Network, steps: int, rng: np.random.Generator) -> None:
        """Stop if the processes do not have the same parameters, steps and generator.

        Parameters
        ----------
        net : Network
        steps : int
            How many the optimizer has made.
        rng : numpy.random.Generator

        Raises
        ------
        RuntimeError
            If they differ.

        Examples
        --------
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> Replica().require_alike(Network([Linear(2, 1, rng=rng)]), 0, rng)
        """
        if self.size == 1:
            return
        import torch

        digest = hashlib.sha256(repr((steps, rng.bit_generator.state)).encode())
        for parameter in net.parameters:
            digest.update(to_numpy(parameter).tobytes())
        digests = [""] * self.size
        torch.distributed.all_gather_object(digests, digest.hexdigest())
        others = [rank for rank, other in enumerate(digests) if other != digests[0]]
        if others:
            raise RuntimeError(
                f"ranks {others} do not start like rank 0: do all see the same checkpoint?"
            )


@contextmanager
def replicas(on: str = "cpu", timeout: float = 300.0) -> Iterator[Replica]:
    """Join the processes that torchrun started; without torchrun there is this one alone.

    Parameters
    ----------
    on : str
        Where they compute, as `device.accelerator` names it; each process needs a GPU of its own.
    timeout : float
        Seconds after which a process that does not answer counts as gone.

    Yields
    ------
    Replica

    Raises
    ------
    ValueError
        If a machine has more processes than GPUs.

    Examples
    --------
    >>> with replicas() as replica:
    ...     replica
    Replica(rank=0, size=1, weight=1.0, device='cpu')
    """
    size = int(os.environ.get("WORLD_SIZE", 1))
    if size == 1:
        yield Replica(device=on)
        return
    import torch

    if on != "cpu":
        here, gpus = int(os.environ["LOCAL_WORLD_SIZE"]), torch.accelerator.device_count()
        if here > gpus:
            raise ValueError(
                f"on: {here} processes here need a {on} device each, and there are {gpus}. "
                'Start fewer, or compute on the "cpu"'
            )
        torch.accelerator.set_device_index(int(os.environ["LOCAL_RANK"]))
    backend = torch.distributed.get_default_backend_for_device(on)  # gloo, or nccl for CUDA
    limit = timedelta(seconds=timeout)
    store, rank, size = next(torch.distributed.rendezvous("env://", timeout=limit))
    # torchrun keeps its store when it starts everything again: the addresses of the dead are in it
    attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    store = torch.distributed.PrefixStore(f"attempt {attempt}", store)
    torch.distributed.init_process_group(
        backend, store=store, rank=rank, world_size=size, timeout=limit
    )
    try:
        yield Replica(rank, size, device=on)
    finally:
        torch.distributed.destroy_process_group()


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
        If a number is less than 1, or if the checkpoint does not fit the network or the batches.
    RuntimeError
        If the processes do not start alike, or if a sum over them fails.

    Examples
    --------
    >>> net = train(Replica(), epochs=10, batch_size=32)
    >>> training.accuracy(net, *digits().validation) > 0.9
    True
    """
    require_count(epochs, "epochs")
    require_count(batch_size, "batch_size")
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
    bar = {"unit": "epoch", "initial": done, "total": epochs, "disable": not (first and progress)}
    for _ in tqdm(range(done, epochs), **bar):
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


if __name__ == "__main__":
    main()
