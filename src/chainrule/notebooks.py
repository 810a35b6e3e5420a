"""Notebooks where PyTorch or SymPy is missing: what needs them is skipped, and the rest runs."""

import ast
import dis
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from traceback import walk_tb
from typing import Any

__all__ = ["bound_by", "skip_what_is_missing"]

_LIBRARIES = {"torch": "PyTorch", "sympy": "SymPy"}
_unbound: set[str] = set()  # the names that skipped cells would have bound


def skip_what_is_missing() -> None:
    """Let a notebook go on where PyTorch or SymPy is missing.

    A cell that needs one of them stops there with a line that says so, and a later cell that needs
    one of its names does the same; neither counts as an error. Any other error is one. Nothing
    changes where both are installed, or outside of a notebook.
    """
    shell = _shell()
    if shell is not None and not all(map(find_spec, _LIBRARIES)):
        shell.set_custom_exc((ModuleNotFoundError, NameError), _show)
        shell.events.register("post_run_cell", _go_on)


def _shell() -> Any:
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def _reason(shell: Any, error: BaseException | None) -> str | None:
    """Say why the cell that raised this is skipped; None if it is not."""
    if isinstance(error, ModuleNotFoundError) and error.name in _LIBRARIES:
        return f"{_LIBRARIES[error.name]} is not installed"
    if isinstance(error, NameError) and error.name in _unbound:
        *_, (frame, _) = walk_tb(error.__traceback__)
        if frame.f_globals is shell.user_global_ns:  # the notebook's name, not a module's
            return "it needs a cell above that was skipped"
    return None


def _show(shell: Any, kind: type, error: BaseException, traceback: Any, tb_offset: Any = None):
    """Print the reason instead of a traceback, as IPython's handler of these errors."""
    reason = _reason(shell, error)
    if reason is None:
        shell.showtraceback((kind, error, traceback))
    else:
        print(f"– skipped: {reason}")  # noqa: T201 -- the cell's output


def _go_on(result: Any) -> None:
    """Take the error from the result of a skipped cell: the kernel then answers "ok"."""
    shell = _shell()
    if result is None or _reason(shell, result.error_in_exec) is None:
        return
    names = _names_from_the_failure_on(shell, result)
    _unbound.update(names)
    for name in names:
        shell.user_ns.pop(name, None)  # or a cell below would compute with an older value
    result.error_in_exec = None


def _names_from_the_failure_on(shell: Any, result: Any) -> set[str]:
    """Give the names bound by the statement of the cell that failed, and by those after it."""
    frames = walk_tb(result.error_in_exec.__traceback__)
    failure = next(line for frame, line in frames if frame.f_globals is shell.user_global_ns)
    cell = ast.parse(shell.transform_cell(result.info.raw_cell))
    return bound_by(s for s in cell.body if (s.end_lineno or 0) >= failure)


def bound_by(statements: Iterable[ast.stmt]) -> set[str]:
    r"""Give the names that statements of a cell bind; those inside a function are its own.

    Parameters
    ----------
    statements : iterable of ast.stmt

    Returns
    -------
    set of str

    Examples
    --------
    >>> import ast
    >>> cell = ast.parse("import torch.nn, numpy as np\ndef f(x):\n    y = x")
    >>> sorted(bound_by(cell.body))
    ['f', 'np', 'torch']
    """
    cell = ast.Module([*statements], [])
    code = compile(cell, "<names>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return {step.argval for step in dis.get_instructions(code) if step.opname == "STORE_NAME"}
