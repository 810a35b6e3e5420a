"""Cells of a page, run one by one in one interpreter that has NumPy alone.

A page of the book runs this in a reader's browser, and it works in any other Python as well. What a
cell prints and shows is given back, and so is the place where it fails. A statement that needs a
library which is missing is skipped, and what it would have named is missing from then on.
"""

import ast
import linecache
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from .exercises import check

__all__ = ["LIBRARIES", "Outcome", "Session"]

LIBRARIES = {
    "IPython": "IPython",
    "matplotlib": "Matplotlib",
    "scipy": "SciPy",
    "sklearn": "scikit-learn",
    "sympy": "SymPy",
    "torch": "PyTorch",
}

MOST = 20_000  # characters that a cell may print, or show


@dataclass(frozen=True)
class Outcome:
    """What came of a cell.

    Attributes
    ----------
    shown : str
        What its last line gave, as text; "" for nothing.
    html : str
        The same as HTML, where it has such a form.
    error : str
        The traceback of the reader's own lines, "" if nothing failed.
    line : int or None
        Where in the cell it failed, counted from 1.
    skipped : tuple of str
        What was left out, and for lack of which library.
    right : bool or None
        Whether an answer is right; None if there is none.
    """

    shown: str = ""
    html: str = ""
    error: str = ""
    line: int | None = None
    skipped: tuple[str, ...] = ()
    right: bool | None = None


class Session:
    """One interpreter, in which the cells of a page are run.

    Parameters
    ----------
    tell : callable
        Is given what is printed, as soon as a line is whole.

    Examples
    --------
    >>> session = Session(lambda text: None)
    >>> session.run("x = 20").shown
    ''
    >>> session.run("x + 1").shown
    '21'
    >>> session.run("1\\n1 / 0").line
    2
    >>> session.check("updates-per-epoch", "", "30").shown
    '✓ right'
    """

    def __init__(self, tell: Callable[[str], None]):
        self._tell = tell
        self._names: dict[str, Any] = {"__name__": "__main__"}
        self._missing: dict[str, str] = {}  # names, and the libraries they would come from
        self._count = 0

    def run(self, source: str, place: str = "") -> Outcome:
        """Run a cell.

        Parameters
        ----------
        source : str
        place : str, optional
            What a traceback calls it; "cell 1" and so on if nothing is said.

        Returns
        -------
        Outcome
        """
        self._count += 1
        place = place or f"cell {self._count}"
        lines = source.splitlines(keepends=True)
        linecache.cache[place] = len(source), None, lines, place
        paper, skipped = Paper(self._tell), []
        value = None
        with redirect_stdout(paper), redirect_stderr(paper):  # type: ignore[type-var]
            try:
                for statement in one_by_one(ast.parse(source, place)):
                    value = None
                    reason = self._try(statement, place)
                    if isinstance(reason, str):
                        skipped.append(f"{first_line(statement)}: {reason} is not in the page")
                    else:
                        value = reason[0] if reason else None
                shown, html = show(value)
            except BaseException as error:
                return Outcome(skipped=tuple(skipped), **told(error, place))
            finally:
                paper.close_line()
        return Outcome(shown, html, skipped=tuple(skipped))

    def check(self, exercise: str, source: str, answer: str, place: str = "") -> Outcome:
        """Run the lines of an answer, and have `check` judge it.

        Parameters
        ----------
        exercise : str
        source : str
            What defines it.
        answer : str
            The expression that gives it.
        place : str, optional

        Returns
        -------
        Outcome
        """
        outcome = self.run(source, place)
        if outcome.error or outcome.skipped:
            return outcome
        paper = Paper(self._tell)
        with redirect_stdout(paper), redirect_stderr(paper):  # type: ignore[type-var]
            try:
                feedback = check(exercise, eval(answer, self._names))
            except BaseException as error:
                return Outcome(**told(error, place))
            finally:
                paper.close_line()
        return Outcome(shown=repr(feedback), right=feedback.right)

    def _try(self, statement: ast.stmt, place: str) -> str | tuple[Any, ...]:
        """Give the value of a statement, if it has one, or the library for want of which it ends."""
        try:
            if isinstance(statement, ast.Expr):
                code = compile(ast.Expression(statement.value), place, "eval")
                return (eval(code, self._names),)
            exec(compile(ast.Module([statement], []), place, "exec"), self._names)
        except (ModuleNotFoundError, NameError) as error:
            library = self._library(error)
            if not library:
                raise
            self._missing |= dict.fromkeys(bound_by(statement), library)
            for name in bound_by(statement):
                self._names.pop(name, None)  # or a cell below would compute with an older value
            return library
        for name in bound_by(statement):
            self._missing.pop(name, None)
        return ()

    def _library(self, error: ModuleNotFoundError | NameError) -> str:
        name = str(error.name)
        if isinstance(error, NameError):
            return self._missing.get(name, "")
        return LIBRARIES.get(name.partition(".")[0], "")


class Paper:
    """What a cell prints on: line by line, and not without end."""

    def __init__(self, tell: Callable[[str], None]):
        self._tell, self._line, self._left = tell, "", MOST

    def write(self, text: str) -> int:
        """Take a text; what is too much is dropped, and that is said once."""
        kept = text[: self._left]
        if len(kept) < len(text) and self._left > 0:
            kept += f"\n… no more than {MOST} characters are shown\n"
        self._left -= len(text)
        whole, newline, self._line = (self._line + kept).rpartition("\n")
        if newline:
            self._tell(whole + newline)
        return len(text)

    def flush(self) -> None:
        """Wait for the end of the line."""

    def close_line(self) -> None:
        """Tell what was printed since the last line's end."""
        if self._line:
            self._tell(f"{self._line}\n")
            self._line = ""


def one_by_one(cell: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements of a cell; of an import each name alone, for one may be missing."""
    for statement in cell.body:
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                alone = ast.ImportFrom(statement.module, [alias], statement.level)
                yield ast.copy_location(alone, statement)
        else:
            yield statement


def first_line(statement: ast.stmt) -> str:
    """Give how a statement begins."""
    lines = ast.unparse(statement).splitlines()
    return lines[0] if len(lines) == 1 else f"{lines[0]} …"


def bound_by(statement: ast.stmt) -> set[str]:
    """Give the names that a statement binds.

    Examples
    --------
    >>> sorted(bound_by(ast.parse("import torch.nn, numpy as np").body[0]))
    ['np', 'torch']
    """
    names = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def show(value: Any) -> tuple[str, str]:
    """Give a value as text and, where it has such a form, as HTML; "" for None."""
    if value is None:
        return "", ""
    html = getattr(value, "_repr_html_", lambda: None)() or ""
    text = repr(value)
    if len(text) > MOST:
        text = f"{text[:MOST]}\n… {len(text) - MOST} characters more"
    return text, html


def told(error: BaseException, place: str) -> dict[str, Any]:
    """Tell of an error: where it happened in the cell, and in which lines besides."""
    if isinstance(error, SyntaxError) and error.filename == place:
        return {"error": f"SyntaxError: {error.msg}", "line": error.lineno}
    short = traceback.TracebackException.from_exception(error, capture_locals=False)
    stack = [frame for frame in short.stack if frame.filename != __file__]
    here = [frame.lineno for frame in stack if frame.filename == place]
    short.stack = traceback.StackSummary.from_list(stack)
    text = "".join(short.format(chain=False)).rstrip()
    return {"error": text[-MOST:], "line": here[-1] if here else None}

