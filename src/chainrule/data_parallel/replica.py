"""One of several processes: its share of a batch, and the sum over all of them."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, pairwise
from math import prod

import numpy as np

from .. import training
from ..all_reduce import of_one_library
from ..arrays import Array, library, same_shape, to_numpy
from ..arrays.functions import reshape
from ..arrays.rules import cast, together, widened
from ..arrays.settings import whole
from ..network import Network

__all__ = ["Replica", "average", "replicas"]


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
        If there is not one count for each share, or no sample at all, or if shares differ in shape.
    TypeError
        If the gradients are not arrays of real numbers, of one library.

    Examples
    --------
    >>> import numpy as np
    >>> average([[np.array([1.0])], [np.array([4.0])]], counts=[2, 1])
    [array([2.])]
    """
    if len(counts) != len(gradients):
        raise ValueError(f"counts: expected {len(gradients)} (one a share), got {len(counts)}")
    counts = [whole.read(n, f"counts[{r}]") for r, n in enumerate(counts)]
    if min(counts, default=0) < 0 or sum(counts) == 0:
        raise ValueError(f"counts: expected a sample or more, and none below 0, got {counts}")
    found = []
    for i, given in enumerate(zip(*gradients, strict=True)):
        shares = of_one_library(given, "gradients", f"[{i}]")
        for r, g in enumerate(shares):
            same_shape(g, shares[0].shape, f"gradients[{r}][{i}]", "that of the first share")
        shares, dtype = together(*shares)
        found.append(cast(mean_of_shares(shares, counts), dtype))
    return found


def mean_of_shares(g, counts):
    """Give equation 3.2a for one parameter, with its gradients g from the shares."""
    n = sum(counts)
    return sum(n_r / n * g_r for n_r, g_r in zip(counts, g, strict=True))


def joined(arrays: list[Array]) -> Array:
    """Give the numbers of all arrays in one long array, in 32 bits at least."""
    return library(arrays[0]).concat([reshape(widened(array), (-1,)) for array in arrays])


def cut(numbers: Array, like: list[Array]) -> list[Array]:
    """Give the numbers of one long array in arrays of the shapes and dtypes of others."""
    ends = accumulate((prod(array.shape) for array in like), initial=0)
    return [
        cast(reshape(numbers[start:end], array.shape), array.dtype)
        for (start, end), array in zip(pairwise(ends), like, strict=True)
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

        Examples
        --------
        >>> import numpy as np
        >>> second = Replica(rank=1, size=2)
        >>> rng = np.random.default_rng(0)
        >>> [len(share) for share in second.batches(7, 4, rng)]
        [2, 1]
        >>> round(second.weight, 3)
        0.333
        """
        return map(self.share, training.batches(n, batch_size, rng))

    def share(self, batch):
        """Give this process's samples of a batch; one with the weight 0 where it has none."""
        share = batch[self.rank :: self.size]
        self.weight = len(share) / len(batch)
        return share if len(share) else batch[:1]

    def average(self, gradients):
        """Give the gradients of the whole batch: those of all shares, weighted and added.

        They are the same in every process, to the last bit. They are the batch's if the loss is the
        mean over its samples. With ``reduction="sum"``, with class weights or ignored samples,
        whose mean divides by something else, and for losses that join the samples of a batch
        (`Dice`, `MinedTriplet`), they are not.

        Parameters
        ----------
        gradients : list of array
            Those of this process's share.

        Raises
        ------
        TypeError
            If the gradients are not arrays of real numbers, of one library.
        RuntimeError
            If the sum fails, most likely because another process is gone. On GPUs NCCL finds out
            beside the program, and it is torchrun that ends the process.

        Examples
        --------
        >>> import numpy as np
        >>> Replica().average([np.array([1.0, 2.0]), np.array([[3.0]])])
        [array([1., 2.]), array([[3.]])]
        """
        return self.mean(of_one_library(gradients, "gradients"))

    def mean(self, gradients):
        """Give the sum of all processes' gradients, each times its weight; the formula alone."""
        numbers = self.weight * joined(gradients)
        return cut(self.total(numbers), like=gradients)

    def total(self, numbers: Array) -> Array:
        """Give the sum of the `numbers` over all processes, which takes their place."""
        if self.size == 1:
            return numbers
        import torch

        try:
            torch.distributed.all_reduce(torch.as_tensor(numbers))
        except RuntimeError as error:
            raise RuntimeError(
                f"rank {self.rank}: no sum over the {self.size} processes, most likely one of them "
                f"is gone. Started again, training goes on from its checkpoint. ({error})"
            ) from error
        return numbers

    def require_alike(self, net: Network, steps: int, rng: np.random.Generator) -> None:
        """Raise a RuntimeError unless all processes start alike.

        That is, if `net` has the same parameters in all, the optimizer has made as many `steps`,
        and `rng`, the generator, is in the same state.

        Examples
        --------
        >>> import numpy as np
        >>> from chainrule.network import Linear
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

    A ValueError if a machine has more processes than GPUs.

    Parameters
    ----------
    on : str
        Where they compute, as `device.accelerator` names it; each process needs a GPU of its own.
    timeout : float
        Seconds after which a process that does not answer counts as gone.

    Yields
    ------
    Replica

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
