"""A student's file, read as statements, whatever its encoding and however broken a part of it."""

import ast
import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import decode_source
from pathlib import Path
from typing import Any

MAGIC = re.compile(r"^(\s*)(?:[%!?].*|.*\?)$", re.MULTILINE)
KEEPS_ITS_CELL = ("%%time", "%%capture", "%%prun")


@dataclass(frozen=True)
class Source:
    """A cell of a notebook, or a whole Python file, and where it stands, for people.

    Attributes
    ----------
    place : str
        "" for a file.
    text : str
    statements : list of ast.stmt
        None of them if it is no Python.
    trouble : str
        Why it is none.
    """

    place: str
    text: str
    statements: list[ast.stmt]
    trouble: str = ""


def sources(file: Path) -> Iterator[Source]:
    """Yield what a notebook or a Python file consists of; a ValueError if it is neither."""
    content = file.read_bytes()
    if file.suffix.lower() == ".py":
        yield _source("", _decoded(content))
        return
    try:
        cells = _parsed(content)["cells"]
        texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError("not a notebook (of nbformat 4)") from error
    for number, text in enumerate(texts, 1):
        yield _source(f"code cell {number}", text)


def _decoded(content: bytes) -> str:
    """Decode a Python file as Python does; where it would not, as UTF-16 or Latin-1."""
    try:
        return decode_source(content)
    except (SyntaxError, ValueError):
        utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = content.decode("utf-16" if utf_16 else "latin-1", "replace")
        return text.replace("\r\n", "\n")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except UnicodeDecodeError:
        return json.loads(content.decode("latin-1"))


def _source(place: str, text: str) -> Source:
    """Parse a cell: as it is, or without its magics."""
    if text.lstrip().startswith("%%"):
        head, _, rest = text.lstrip().partition("\n")
        text = rest if head.split()[0] in KEEPS_ITS_CELL else ""
    trouble = ""
    for attempt in (text, MAGIC.sub(r"\1pass", text)):
        try:
            return Source(place, text, ast.parse(attempt).body)
        except SyntaxError as error:
            trouble = trouble or f"line {error.lineno}: {error.msg}"
        except (ValueError, RecursionError, MemoryError) as error:
            trouble = trouble or str(error) or type(error).__name__
    return Source(place, text, [], trouble)
