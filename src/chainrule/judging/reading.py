"""What a file of somebody's own defines. It is run as it stands: it is one that its author runs."""

import sys
from difflib import get_close_matches
from pathlib import Path
from runpy import run_path
from traceback import extract_tb
from typing import Any

from ..exercises.trials import text_of

__all__ = ["defined_in"]


def joined(name: str) -> str:
    """Give a name without what does not matter in it: capitals, hyphens, underscores.

    Examples
    --------
    >>> joined("max_pool2d") == joined("MaxPool2d")
    True
    """
    return "".join(filter(str.isalnum, name)).casefold()


def defined_in(path: Path) -> dict[str, Any]:
    """Run a Python file, and give what it defines.

    Parameters
    ----------
    path : Path
        What lies beside it can be imported by it. Code below ``__name__ == "__main__"`` is left
        out.

    Returns
    -------
    dict of str to Any

    Raises
    ------
    ValueError
        If there is no such file, it is no Python file, or it does not run to its end.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "theirs.py")
    ...     _ = path.write_text("half = 1 / 2", encoding="utf-8")
    ...     defined_in(path)["half"]
    0.5
    """
    if not path.is_file():
        raise ValueError(f"{path}: no such file")
    if path.suffix != ".py":
        raise ValueError(f"{path}: expected a Python file, one that ends in .py")
    sys.path.insert(0, str(path.parent))
    try:
        return run_path(str(path), run_name="judged")
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        lines = [f.lineno for f in extract_tb(error.__traceback__) if f.filename == str(path)]
        where = f"{path}, line {lines[-1]}" if lines else str(path)
        raise ValueError(f"{where}: {type(error).__name__}: {text_of(error)}") from error
    finally:
        sys.path.remove(str(path.parent))


def named(name: str, defined: dict[str, Any], where: str) -> Any:
    """Give what has a name in a file, or one that differs in what does not matter.

    Parameters
    ----------
    name : str
    defined : dict of str to Any
    where : str
        What the file is called.

    Returns
    -------
    Any

    Raises
    ------
    ValueError
        If nothing has this name. The text names what is like it.

    Examples
    --------
    >>> named("adam", {"Adam": 1}, "theirs.py")
    1
    >>> named("Adam", {"MyAdam": 1, "x": 2}, "theirs.py")
    Traceback (most recent call last):
        ...
    ValueError: theirs.py defines no Adam: did you mean --name MyAdam?
    """
    if name in defined:
        return defined[name]
    known = {joined(own): own for own in defined if not own.startswith("_")}
    if joined(name) in known:
        return defined[known[joined(name)]]
    near = [own for own in known if joined(name) in own]
    near += get_close_matches(joined(name), known)
    words = f": did you mean --name {known[near[0]]}?" if near else f"; it defines {_listed(known)}"
    raise ValueError(f"{where} defines no {name}{words}")


def _listed(known: dict[str, str]) -> str:
    return ", ".join(known.values()) or "nothing"
