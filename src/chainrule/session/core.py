"""A session of cells, and how a page asks it."""

import ast
import json
import linecache
import platform
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np

from ..exercises import check
from ..notebooks import bound_by
from .cells import Paper, first_line, one_by_one, show, told

LIBRARIES = {
    "IPython": "IPython",
    "matplotlib": "Matplotlib",
    "scipy": "SciPy",
    "sklearn": "scikit-learn",
    "sympy": "SymPy",
    "tqdm": "tqdm",
    "torch": "PyTorch",
}


@dataclass(frozen=True, kw_only=True)
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
    r"""One interpreter, in which the cells of a page are run.

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
    >>> session.run("1\n1 / 0").line
    2
    >>> session.check("updates-per-epoch", "", "'many'").shown
    "✗ expected a number, got 'many'"
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
        skipped: list[str] = []
        outcome = self._telling(lambda: self._run(source, place, skipped), place)
        return replace(outcome, skipped=tuple(skipped))

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
        return self._telling(lambda: self._judge(exercise, answer), place)

    def _telling(self, act: Callable[[], Outcome], place: str) -> Outcome:
        """Do something, tell what it prints, and give its outcome, or where it failed."""
        paper = Paper(self._tell)
        with redirect_stdout(paper), redirect_stderr(paper):  # type: ignore[type-var]
            try:
                return act()
            except BaseException as error:
                return Outcome(**told(error, place))
            finally:
                paper.close_line()

    def _run(self, source: str, place: str, skipped: list[str]) -> Outcome:
        value = None
        statements = [*one_by_one(ast.parse(source, place))]
        for number, statement in enumerate(statements):
            value = None
            try:
                value = self._do(statement, place)
            except (ModuleNotFoundError, NameError) as error:
                library = self._library(error)
                if not library:
                    raise
                skipped.append(f"{first_line(statement)}: {library} is not in the page")
                if not isinstance(statement, (ast.Expr, ast.Import, ast.ImportFrom)):
                    skipped[-1] += ", and what follows needs it"
                    self._miss(statements[number:], library)
                    break
                self._miss([statement], library)
        shown, html = show(value)
        return Outcome(shown=shown, html=html)

    def _judge(self, exercise: str, answer: str) -> Outcome:
        feedback = check(exercise, eval(answer, self._names))
        return Outcome(shown=repr(feedback), right=feedback.right)

    def _do(self, statement: ast.stmt, place: str) -> Any:
        """Run a statement and give its value, if it has one."""
        value = None
        if isinstance(statement, ast.Expr):
            code = compile(ast.Expression(statement.value), place, "eval")
            value = eval(code, self._names)
        else:
            exec(compile(ast.Module([statement], []), place, "exec"), self._names)
        for name in bound_by([statement]):
            self._missing.pop(name, None)
        return value

    def _miss(self, statements: list[ast.stmt], library: str) -> None:
        """Note that the names which statements would bind are missing, and why."""
        for name in bound_by(statements):
            self._missing[name] = library
            self._names.pop(name, None)  # or a cell below would compute with an older value

    def _library(self, error: ModuleNotFoundError | NameError) -> str:
        name = str(error.name)
        if isinstance(error, NameError):
            return self._missing.get(name, "")
        return LIBRARIES.get(name.partition(".")[0], "")


def answering(tell: Callable[[str], None]) -> Callable[..., str]:
    """Give the function that a page asks; what it gives is JSON.

    It is asked to "run" a cell or to "check" an answer, as a `Session` is; for the "versions" of
    what computes; to "make" an object of a class of the package, from a name for it, the class's
    module and name and its arguments as JSON; and to have that object "do" something: its name, a
    method, and the arguments.

    Parameters
    ----------
    tell : callable
        Is given what is printed.

    Returns
    -------
    callable

    Examples
    --------
    >>> ask = answering(print)
    >>> import json
    >>> json.loads(ask("run", "6 * 7"))["shown"]
    '42'
    >>> ask("make", "one", "fractions", "Fraction", '{"numerator": 1}')
    'null'
    >>> ask("do", "one", "as_integer_ratio", "{}")
    '[1, 1]'
    """
    session, objects = Session(tell), {}

    def ask(wish: str, *given: str) -> str:
        result: Any = None
        if wish == "versions":
            numpy = f"NumPy {np.__version__} on {platform.machine()}"
            result = f"Python {platform.python_version()}, {numpy}"
        elif wish == "make":
            name, module, kind, values = given
            objects[name] = getattr(import_module(module), kind)(**json.loads(values))
        elif wish == "do":
            name, method, values = given
            result = getattr(objects[name], method)(**json.loads(values))
        else:
            result = asdict(getattr(session, wish)(*given))
        return json.dumps(result)

    return ask
