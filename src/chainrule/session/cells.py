"""What a cell is made of, what it prints and shows, and where it failed."""

import ast
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = str(Path(__file__).parent)
MOST = 20_000  # characters that a cell may print, or show


class Paper:
    """What a cell prints on: line by line, and not without end."""

    def __init__(self, tell: Callable[[str], None]):
        self._tell, self._line, self._left, self._full = tell, "", MOST, False

    def write(self, text: str) -> int:
        """Take a text; what is too much is dropped, and that is said once."""
        kept = text[: self._left]
        self._left -= len(kept)
        if len(kept) < len(text) and not self._full:
            kept += f"\n… no more than {MOST} characters are shown\n"
            self._full = True
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
    stack = [frame for frame in short.stack if not frame.filename.startswith(HERE)]
    here = [frame.lineno for frame in stack if frame.filename == place]
    short.stack = traceback.StackSummary.from_list(stack)
    text = "".join(short.format(chain=False)).rstrip()
    return {"error": text[-MOST:], "line": here[-1] if here else None}
