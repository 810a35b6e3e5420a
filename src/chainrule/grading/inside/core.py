"""The process of one student: it is told what to run, and tells line by line what came of it."""

import ast
import json
import os
import random
import sys
from collections.abc import Callable
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...exercises.plain import clean, plain, recorded, value_of
from ...exercises.texts import ASKED
from ...exercises.trials import text_of
from . import walls
from .needed import asking, needed
from .reading import Source, sources

FUNCTIONS: dict[str, Any] = {}  # those asked for, with their cases
_told: list[Callable[[list], None]] = []


def check(name: str, answer: Any) -> SimpleNamespace:
    """Hand an answer in; whether it is right is said elsewhere."""
    given: dict[str, Any] = {"value": plain(answer)}
    if callable(answer) and name in FUNCTIONS:
        cases, cancels = FUNCTIONS[name]
        given = {"function": recorded(answer, cases, cancels)}
    _told[0](["answer", str(name), given])
    return SimpleNamespace(right=None, message="handed in")


def main() -> None:
    """Do the job that stands in the process's input."""
    job = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for stream in range(3):  # what a student prints goes nowhere
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)

    def tell(what: list) -> None:
        out.write(json.dumps(what) + "\n")
        out.flush()

    _told.append(tell)
    with open(job["cases"], encoding="utf-8") as file:
        asked = json.load(file)
    FUNCTIONS.update({name: (list(value_of(cases)), c) for name, (cases, c) in asked.items()})
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter, PathFinder]  # none that knows the package
    walls.build(job["readable"], os.getcwd(), job["seconds"], job["memory"])
    if "holes" in job:
        hidden, elsewhere = job["holes"]
        tell(["holes", walls.holes(hidden, elsewhere, job["memory"])])
    _run_alike()
    skip, count = job.get("skip", []), 0
    for name in job["files"]:
        if name in skip:
            continue
        tell(["begin", name, name, []])
        try:
            read = list(sources(Path(name)))
        except ValueError as error:
            tell(["trouble", f"{name}: {error}", []])
            continue
        count = _run(name, read, count, skip, tell)
    tell(["end"])
    os._exit(0)


def _run_alike() -> None:
    """Let random numbers be the same in every run, unless a student says otherwise."""
    random.setstate(random.Random(0).getstate())
    np.random.set_state(np.random.RandomState(0).get_state())  # noqa: NPY002
    made = np.random.default_rng
    np.random.default_rng = lambda seed=0: made(seed)


def _run(name: str, read: list[Source], count: int, skip: list, tell: Callable) -> int:
    """Run what answers in a file, and give how many statements were counted so far."""
    for source in read:
        if source.trouble:
            place = ", ".join(filter(None, (name, source.place, source.trouble)))
            tell(["trouble", place, ASKED.findall(source.text)])
    statements = [s for source in read for s in source.statements]
    places = [(source.place or f"line {s.lineno}") for source in read for s in source.statements]
    answering = {i: _names(statements[i]) for i in asking(statements)}
    tell(["asked", sorted({n for s in statements for n in _names(s)})])
    sys.path.insert(0, str(Path(name).parent.resolve()))
    names: dict[str, Any] = {"__name__": "__main__"}
    for i in needed(statements):
        if count + i in skip:
            continue
        where = f"{name}, {places[i]}"
        tell(["begin", count + i, where, answering.get(i, [])])
        try:
            exec(compile(ast.Module([statements[i]], []), where, "exec"), names)
        except BaseException as error:
            said = f"{type(error).__name__}: {text_of(error)}"
            tell(["trouble", f"{where}: {clean(said)}", answering.get(i, [])])
    del sys.path[0]
    return count + len(statements)


def _names(statement: ast.stmt) -> list[str]:
    """Give the exercises that a statement asks for by name."""
    calls = [n for n in ast.walk(statement) if isinstance(n, ast.Call) and n.args]
    first = [c.args[0] for c in calls if ast.unparse(c.func).rpartition(".")[2] == "check"]
    return [a.value for a in first if isinstance(a, ast.Constant) and isinstance(a.value, str)]
