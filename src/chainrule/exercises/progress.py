"""A report on the exercises in a reader's own files.

A file is cut into pieces, the code cells of a notebook or the statements of a Python file, and they
are run one by one in a fresh kernel. A piece that raises or takes too long does not keep the others
from being run. What `check` says in that kernel is written down for the report.
"""

import ast
import functools
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import decode_source
from pathlib import Path
from typing import Any

import chainrule.exercises

from . import EXERCISES, SECTIONS, Feedback, variant
from .texts import ASKED


@dataclass(frozen=True)
class Piece:
    """A cell of a notebook or a statement, and where in its file it stands, for people."""

    place: str
    source: str


@dataclass
class Report:
    """What the exercises in some files came to.

    Attributes
    ----------
    found : dict of str to Feedback
        What was last said of each exercise in the files.
    notes : list of str
        What else went wrong, and where.
    """

    found: dict[str, Feedback] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether there are exercises in the files, and all of them are right."""
        return bool(self.found) and all(f.right for f in self.found.values())

    def lines(self) -> Iterator[str]:
        """Yield the report; a line for a section that has no exercise in the files."""
        for section in SECTIONS:
            here = [self.found.get(name) for name in section.exercises]
            right = sum(feedback is not None and feedback.right is True for feedback in here)
            yield f"{section.title}: {right} of {len(here)} right"
            if any(here):
                for name, feedback in zip(section.exercises, here, strict=True):
                    yield _line(name, feedback or Feedback(None, "not in the file"))
        unknown = self.found.keys() - EXERCISES
        yield from (_line(name, self.found[name]) for name in sorted(unknown))
        yield from self.notes
        verdicts = [feedback.right for feedback in self.found.values()]
        yield (
            f"{verdicts.count(True)} right, {verdicts.count(False)} wrong, "
            f"{verdicts.count(None)} open; "
            f"{len(EXERCISES.keys() - self.found)} of {len(EXERCISES)} not in the file"
        )


def _line(name: str, feedback: Feedback) -> str:
    mark, *message = repr(feedback).split()
    return f"  {mark} {name}: {' '.join(message)}"


def listing() -> Iterator[str]:
    """Yield all exercises by section, a line for each."""
    for section in SECTIONS:
        yield section.title
        for name, exercise in section.exercises.items():
            yield f"  {name:<26}difficulty {exercise.difficulty} of 3   {exercise.kind}"


def report(files: list[Path], limit: int = 300, number: int | None = None) -> Report:
    """Run the files and tell what becomes of their exercises.

    Parameters
    ----------
    files : list of Path
        Notebooks (.ipynb) and Python files (.py). An exercise that is in several of them counts as
        the last one has it.
    limit : int
        The seconds that a cell, or a statement, may take.
    number : int, optional
        The variant that was asked; the book's own numbers if left out.

    Returns
    -------
    Report

    Raises
    ------
    FileNotFoundError
        If a file is not there.
    ValueError
        If a file is neither a notebook nor Python, the limit is less than a second, or there is no
        such variant.
    ModuleNotFoundError
        If nbclient or ipykernel is not installed.
    """
    from tqdm import tqdm

    if limit < 1:
        raise ValueError(f"limit: expected at least 1 second, got {limit}")
    variant(number)
    pieces = {file: _pieces(file) for file in files}
    result = Report()
    total = sum(map(len, pieces.values()))
    with tqdm(total=total, unit="cell", leave=False, disable=None) as bar:  # shown to people alone
        for file in pieces:
            one = _report(file, pieces[file], limit, number, bar)
            result.found |= one.found
            result.notes += one.notes
    return result


def _pieces(file: Path) -> list[Piece]:
    suffix = file.suffix.lower()
    if suffix not in (".ipynb", ".py"):
        raise ValueError(f"{file}: expected a notebook (.ipynb) or a Python file (.py)")
    if not file.is_file():
        raise FileNotFoundError(f"{file}: no such file")
    # from bytes: both find out the encoding by themselves, from a byte-order mark or a first line
    try:
        if suffix == ".py":
            statements = ast.parse(decode_source(file.read_bytes())).body
            return [Piece(f"line {node.lineno}", ast.unparse(node)) for node in statements]
        cells = json.loads(file.read_bytes())["cells"]
        sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    except (SyntaxError, ValueError, TypeError, KeyError) as error:
        if isinstance(error, SyntaxError) and error.lineno:
            raise ValueError(f"{file}, line {error.lineno}: {error.msg}") from error
        kind = "a notebook (of nbformat 4)"
        if suffix == ".py":
            kind = "a Python file in UTF-8, or in the encoding that it names"
        raise ValueError(f"{file}: not {kind}") from error
    return [Piece(f"code cell {i}", source) for i, source in enumerate(sources, 1)]


def _report(file: Path, pieces: list[Piece], limit: int, number: int | None, bar: Any) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        log.touch()
        start = f"__import__({__name__!r}, fromlist=['record']).record({str(log)!r}, {number})"
        troubles = list(_troubles(start, pieces, file.parent, limit, bar))
        checks = map(json.loads, log.read_text(encoding="utf-8").splitlines())
        result = Report({name: Feedback(right, message) for name, right, message in checks})
    troubles += [""] * (len(pieces) - len(troubles))  # of pieces that were not run
    for piece, trouble in zip(pieces, troubles, strict=True):
        unchecked = Feedback(False if trouble else None, trouble or "not run")
        for name in ASKED.findall(piece.source):
            result.found.setdefault(name, unchecked)
        if trouble:
            result.notes.append(f"{file}, {piece.place}: {trouble}")
    return result


def record(log: str, number: int | None = None) -> None:
    """Make every later call of `check` in this process write down what it says of a variant."""
    check, asked = chainrule.exercises.check, variant(number)

    @functools.wraps(check)
    def recording(name: str, answer: Any) -> Feedback:
        unknown = Feedback(False, "no exercise has this name")
        feedback = asked[name].check(answer) if name in asked else unknown
        with open(log, "a", encoding="utf-8") as file:
            file.write(json.dumps([name, feedback.right, feedback.message]) + "\n")
        return feedback

    chainrule.exercises.check = recording


def _skipped(cell: Any) -> str:
    """Give why a cell was skipped, as a notebook of the book lets it be; "" if it was not."""
    lines = (line for output in cell.outputs for line in output.get("text", "").splitlines())
    return next((line[2:] for line in lines if line.startswith("– skipped: ")), "")


def _troubles(start: str, pieces: list[Piece], folder: Path, limit: int, bar: Any) -> Iterator[str]:
    """Run the pieces and yield what each raised, "" for nothing, until the kernel is lost."""
    try:
        import ipykernel  # noqa: F401
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, DeadKernelError
        from nbformat.v4 import new_code_cell, new_notebook
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{error.name} is not installed, and runs the files: pip install nbclient ipykernel"
        ) from error

    cells = [new_code_cell(source) for source in (start, *(piece.source for piece in pieces))]
    client = NotebookClient(
        new_notebook(cells=cells),
        kernel_name="python3",  # the one at hand, whatever the reader's is called
        interrupt_on_timeout=True,
        error_on_timeout={"ename": "stopped", "evalue": f"it took longer than {limit} s"},
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    with client.setup_kernel():
        try:
            client.execute_cell(cells[0], 0)  # it imports the package: no limit
        except CellExecutionError as error:
            raise ValueError(f"the kernel python3 has no chainrule: {error.evalue}") from error
        client.timeout = limit
        for index, cell in enumerate(cells[1:], 1):
            try:
                client.execute_cell(cell, index)
                yield _skipped(cell)
            except CellExecutionError as error:
                heeded = any(output.output_type == "error" for output in cell.outputs)
                if error.ename == "stopped" and not heeded:
                    yield f"{error.evalue} and could not be stopped: what follows was not run"
                    return
                yield f"{error.ename}: {error.evalue}"
            except DeadKernelError:
                yield "the kernel died: what follows was not run"
                return
            bar.update()
