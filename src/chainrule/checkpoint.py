"""Checkpoints: network, optimizer and generator in one file, from which training can go on."""

import json
import os
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from array_api_compat import array_namespace, device

from .arrays import detached, kind, plain, to_numpy
from .arrays.memory import require_writable
from .arrays.settings import generator
from .network import Network
from .optimizers import Optimizer
from .optimizers.fitting import require_apart

__all__ = ["load", "save"]


def save(
    path: str | Path, network: Network, optimizer: Optimizer, rng: np.random.Generator
) -> None:
    """Write network, optimizer and generator to one file, from which training can go on.

    The file is an ``.npz`` archive of plain arrays: loading it runs no code. It is written beside
    `path` first and moved into place, so an interruption leaves the old checkpoint whole.

    Parameters
    ----------
    path : str or Path
    network : Network
    optimizer : Optimizer
    rng : numpy.random.Generator

    Raises
    ------
    TypeError
        If `rng` is not a generator.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from chainrule.network import Linear
    >>> from chainrule.optimizers import SGD
    >>> rng = np.random.default_rng(0)
    >>> net, other = (Network([Linear(2, 1, rng=rng)]) for _ in range(2))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(f"{folder}/checkpoint.npz", net, SGD(lr=0.1), rng)
    ...     load(f"{folder}/checkpoint.npz", other, SGD(), rng)
    >>> bool((net.parameters[0] == other.parameters[0]).all())
    True
    """
    generator.read(rng)
    arrays = {f"parameter {i}": to_numpy(p) for i, p in enumerate(network.parameters)}
    scalars: dict[str, Any] = {
        "parameters": len(network.parameters),
        "rng": rng.bit_generator.state,
        "optimizer": {},
    }
    for key, value in optimizer.state_dict().items():
        if isinstance(value, list):
            scalars["optimizer"][key] = {"arrays": len(value)}
            for i, array in enumerate(value):
                arrays[f"optimizer {key} {i}"] = to_numpy(array)
        else:
            scalars["optimizer"][key] = value
    text = json.dumps(scalars, default=np.ndarray.tolist)  # some generators' states hold arrays
    path = Path(path).resolve()  # a link stays, and what it leads to is replaced
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        np.savez(file, allow_pickle=False, scalars=np.asarray(text), **arrays)
        file.flush()
        os.fsync(file.fileno())  # on the disk before it takes the old one's place
    beside.replace(path)


def load(
    path: str | Path, network: Network, optimizer: Optimizer, rng: np.random.Generator
) -> None:
    """Fill network, optimizer and generator with what `save` wrote, in place.

    Parameters
    ----------
    path : str or Path
    network : Network
        Of the shapes it had when it was saved; any array library, any device.
    optimizer : Optimizer
        Of the class it had when it was saved. Its settings, its learning rate included, become
        those of the checkpoint.
    rng : numpy.random.Generator
        With the bit generator it had when it was saved.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged or does not fit the network, the optimizer or the generator. All
        three are untouched then.
    TypeError
        If `rng` is not a generator.

    Examples
    --------
    See `save`.
    """
    generator.read(rng)
    new, state, rng_state = _read_checkpoint(path)
    parameters = [detached(p) for p in network.parameters]
    shapes = [tuple(p.shape) for p in parameters]
    if [p.shape for p in new] != shapes:
        raise ValueError(
            f"network: expected parameters of shapes {[p.shape for p in new]} (the checkpoint's), "
            f"got {shapes}"
        )
    bit_generator = rng.bit_generator.state["bit_generator"]
    if rng_state["bit_generator"] != bit_generator:
        raise ValueError(
            f"rng: expected a {rng_state['bit_generator']} (the checkpoint's), "
            f"got a {bit_generator}"
        )
    for i, parameter in enumerate(parameters):
        name = f"network.parameters[{i}]"
        if kind(plain(parameter, name)) != "real floating":
            raise TypeError(f"{name}: expected floating-point numbers, got {parameter.dtype}")
        require_writable(parameter, name)
    require_apart(parameters)
    values = [_like(array, p) for array, p in zip(new, parameters, strict=True)]
    try:
        type(rng.bit_generator)().state = rng_state
    except DAMAGE as error:
        raise ValueError(f"path: {path} is not a whole checkpoint ({error})") from error
    optimizer.load_state_dict(state)
    rng.bit_generator.state = rng_state
    for parameter, array in zip(parameters, values, strict=True):
        parameter[...] = array


def _like(values: np.ndarray, parameter: Any) -> Any:
    xp = array_namespace(parameter)
    return xp.asarray(values, dtype=parameter.dtype, device=device(parameter))


# what zipfile and NumPy raise for a file that is not what it should be
DAMAGE = (OSError, EOFError, BadZipFile, ValueError, LookupError, TypeError, RuntimeError)


def _read_checkpoint(path: str | Path) -> tuple[list[np.ndarray], dict[str, Any], Any]:
    """Give the parameters, the optimizer's state and the generator's."""
    with Path(path).open("rb") as file:
        try:
            with np.load(file, allow_pickle=False) as archive:
                arrays = dict(archive)
            scalars = json.loads(str(arrays["scalars"]))
            parameters = [arrays[f"parameter {i}"] for i in range(scalars["parameters"])]
            state = {
                key: [arrays[f"optimizer {key} {i}"] for i in range(value["arrays"])]
                if isinstance(value, dict)
                else value
                for key, value in scalars["optimizer"].items()
            }
            return parameters, state, scalars["rng"]
        except DAMAGE as error:
            raise ValueError(f"path: {path} is not a whole checkpoint ({error})") from error
