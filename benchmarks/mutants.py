"""What the tests notice: small mistakes are put into the package, one at a time, and the tests run.

A mutant is the package with one mistake, made by `ast`: an operator swapped, a constant changed, a
condition negated, an argument or a statement lost. One that no test fails for is a survivor: either
it computes the same (`mutants_equivalent.json` says why, by its text), or a test is missing.

The checkout is never touched. A child process for each mutant is forked from a parent that has
imported the large libraries; it sees a copy of `src` with the mistake in it, and so do the
processes that its tests start. Which tests enter which function is measured once, with coverage,
and kept in `_build` for as long as the source and the test file stay as they are. A mutant first
meets the tests of its module, then all others that enter its function, then the quick ones that
enter its module; endless loops run into a limit and count as noticed.
"""

import argparse
import ast
import compileall
import contextlib
import copy
import datetime
import gc
import hashlib
import json
import os
import platform
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "chainrule"
RECORD = PACKAGE / "records" / "mutants.json"
EQUIVALENT = Path(__file__).with_name("mutants_equivalent.json")
KEPT = ROOT / "_build" / "mutants.json"
HEAVY = (
    *("array_api_strict", "coverage", "hypothesis", "matplotlib.figure", "nbclient", "numpy"),
    *("pytest", "scipy.signal", "scipy.special", "sklearn.datasets", "sklearn.neural_network"),
    *("sympy", "torch"),
)
SCOPES = {
    "package": "activations losses/* optimizers/* network training data_parallel all_reduce oracles"
    " proofs/core arrays datasets precision device convolution/* ledger/core ledger/__init__"
    " figures/slider exercises/core exercises/progress __main__",
    "checkers": "exercises/[!_]*",
}
# the test files of a module whose name says nothing of them
OWN = {
    "__main__": ("ledger", "exercises"),
    "arrays": ("activations", "optimizers", "errors"),
    "device": ("training", "ledger"),
}
FATES = ("tried", "killed", "equivalent", "survived")
QUICK = 0.3  # seconds
SLOW = 6.0  # a test that takes longer has others beside it that enter the same

# ---- mutants -----------------------------------------------------------------------------------

Node = Any  # ast.AST, of whose subclasses each has other attributes
SWAPPED: dict[Any, Any] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.Pow: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.MatMult: ast.Mult},
    **{ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq},
    **{ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn},
    **{ast.NotIn: ast.In},
}
OPPOSITE = {"min": "max", "minimum": "maximum", "any": "all", "argmin": "argmax"}
WHOLE = ast.stmt | ast.Constant | ast.Name | ast.Attribute | ast.Call  # needs no brackets
OPPOSITE |= {other: name for name, other in OPPOSITE.items()}


class Mutant(NamedTuple):
    """A mistake in a module: where it is, the lines before and after, and the whole source."""

    module: str
    scope: str
    line: int
    before: str
    after: str
    source: str

    @property
    def text(self) -> str:
        """The mistake without its place, by which it is known when the file has changed."""
        return f"{self.before} → {self.after}"


def changed(node: Node, **fields: Any) -> Node:
    """Give the node with other fields."""
    node = copy.copy(node)
    for name, value in fields.items():
        setattr(node, name, value)
    return node


def mistakes(node: Node, condition: bool = False) -> Iterator[Node]:
    """Give what could stand in the place of a node by mistake."""
    if condition and not isinstance(node, ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), node)
    match node:
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in SWAPPED:
            yield changed(node, op=SWAPPED[type(op)]())
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield operand
        case ast.Compare(ops=ops):
            for i in range(len(ops)):
                yield changed(node, ops=[*ops[:i], SWAPPED[type(ops[i])](), *ops[i + 1 :]])
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=float(value)):
            yield ast.Constant(2 * value if value else 1.0)
        case ast.Call(func=function, args=args, keywords=keywords):
            if ast.unparse(function).rpartition(".")[2] not in OPPOSITE:
                for i in range(len(args) - 1):
                    yield changed(node, args=[*args[:i], args[i + 1], args[i], *args[i + 2 :]])
            for i in range(len(keywords)):
                yield changed(node, keywords=keywords[:i] + keywords[i + 1 :])
        case ast.Name(id=name) if name in OPPOSITE:
            yield ast.Name(OPPOSITE[name])
        case ast.Attribute(attr=name) if name in OPPOSITE:
            yield changed(node, attr=OPPOSITE[name])
        case ast.Return(value=value) if value is not None:
            yield ast.Return(ast.Constant(None))
        case ast.Raise() | ast.Expr(value=ast.Call()) | ast.Assign() | ast.AugAssign():
            yield ast.Pass()


def places(node: Node, scope: str = "") -> Iterator[tuple[Node, str, bool]]:
    """Give the nodes that may be changed, with their scope and whether they are a condition.

    The scope is the name of a function, or that of a class with a dot behind it, or nothing. Left
    out are annotations, docstrings and other texts, and `__all__`.
    """
    for field, value in ast.iter_fields(node):
        inner = scope
        if field == "body" and isinstance(node, ast.FunctionDef | ast.ClassDef):
            dot = "." if isinstance(node, ast.ClassDef) else ""
            inner = f"{scope.rstrip('.')}.{node.name}{dot}".lstrip(".")
        for child in value if isinstance(value, list) else [value]:
            text = isinstance(child, ast.JoinedStr) or (
                isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            )
            names = isinstance(child, ast.Assign) and ast.unparse(child.targets[0]) == "__all__"
            if (
                not isinstance(child, ast.AST)
                or text
                or names
                or field in ("annotation", "returns")
            ):
                continue
            yield child, inner, field in ("test", "ifs")
            yield from places(child, inner)


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Give every mutant of a module; the lines below the mistake stay where they are."""
    text = source.encode()
    start = [0]
    for line in text.splitlines(keepends=True):
        start.append(start[-1] + len(line))
    for node, scope, condition in places(ast.parse(source)):
        for other in mistakes(node, condition) if hasattr(node, "lineno") else ():
            top, bottom = start[node.lineno - 1], start[node.end_lineno]
            first = top + node.col_offset
            last = start[node.end_lineno - 1] + node.end_col_offset
            new = ast.unparse(other).encode() + b"\n" * text[first:last].count(b"\n")
            if not isinstance(other, ast.stmt) and (b"\n" in new or not isinstance(other, WHOLE)):
                new = b"(" + new + b")"
            before, after = text[top:bottom], text[top:first] + new + text[last:bottom]
            yield Mutant(
                module,
                scope,
                node.lineno,
                " ".join(before.decode().split()),
                " ".join(after.decode().split()),
                (text[:top] + after + text[bottom:]).decode(),
            )


def sample(scope: str, count: int, seed: int) -> list[Mutant]:
    """Draw mutants of a scope: a line, each as likely as another, then a mutant of the line."""
    draw = random.Random(seed)
    by_line: dict[tuple[str, int], list[Mutant]] = {}
    for pattern in SCOPES[scope].split():
        for path in sorted(PACKAGE.glob(f"{pattern}.py")):
            module = path.relative_to(PACKAGE).with_suffix("").as_posix()
            if scope == "checkers" and module in ("exercises/core", "exercises/progress"):
                continue
            for mutant in mutants(module, path.read_text()):
                by_line.setdefault((module, mutant.line), []).append(mutant)
    return [draw.choice(by_line[line]) for line in draw.sample(sorted(by_line), count)]


# ---- children ----------------------------------------------------------------------------------


def in_children(
    jobs: list[tuple[Callable, tuple, float]],
    title: str,
    until: float,
    done: Callable[[int, int], None],
) -> None:
    """Run functions in forked processes, two at a time; tell `done` their number and exit code.

    Each is called with the number of its place, 0 or 1, and is ended at its limit in seconds. None
    is begun after the time `until`.
    """
    running: dict[int, tuple[int, int, float]] = {}
    waiting, free = list(enumerate(jobs)), [0, 1]
    with tqdm(total=len(jobs), desc=title) as bar:
        while running or (waiting and time.monotonic() < until):
            while free and waiting and time.monotonic() < until:
                number, (function, arguments, limit) = waiting.pop(0)
                slot = free.pop()
                pid = os.fork()
                if not pid:
                    os.setsid()
                    null = os.open(os.devnull, os.O_RDWR)
                    for stream in (0, 1, 2):
                        os.dup2(null, stream)
                    code = 1
                    try:
                        code = function(slot, *arguments)
                    finally:
                        os._exit(code)
                running[pid] = number, slot, time.monotonic() + limit
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                number, slot, _ = running.pop(pid)
                stop(pid)
                done(number, os.waitstatus_to_exitcode(status))
                free.append(slot)
                bar.update()
                continue
            for pid, (_, _, end) in running.items():
                if time.monotonic() > end:
                    stop(pid)
            time.sleep(0.02)


def stop(group: int) -> None:
    """End the processes of a group, if there are any."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


class Watch:
    """What pytest asks: measures which functions a test enters, or lets only some tests run."""

    def __init__(self, copy: Path, wanted: set | None = None, coverage: Any = None) -> None:
        self.copy, self.wanted, self.coverage = copy, wanted, coverage
        self.seconds: dict[str, float] = {}
        self.current = ""

    def name(self, item: Any) -> str:
        """Give the name of a test, which does not depend on where the copy is."""
        base = self.copy if item.path.is_relative_to(self.copy) else ROOT
        return f"{item.path.relative_to(base).as_posix()}::{item.nodeid.partition('::')[2]}"

    def pytest_collection_modifyitems(self, items: list) -> None:
        """Keep what is wanted."""
        if self.wanted is not None:
            items[:] = [item for item in items if self.name(item) in self.wanted]

    def pytest_runtest_protocol(self, item: Any) -> None:
        """Note what is entered from here on as this test's."""
        self.current = self.name(item)
        if self.coverage:
            self.coverage.switch_context(self.current)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Add up the seconds of a test, with what it sets up."""
        self.seconds[self.current] = self.seconds.get(self.current, 0) + report.duration


def run_tests(copy: Path, files: list[str], watch: Watch) -> int:
    """Run tests on the copy of the package in this process; give pytest's exit code."""
    import pytest

    os.chdir(ROOT)
    sys.path.insert(0, str(copy / "src"))
    os.environ["PYTHONPATH"] = str(copy / "src")
    paths = [str((copy if file.startswith("src") else ROOT) / file) for file in files]
    options = f"-x -q -p no:cacheprovider -p no:xdist -p no:nbval --rootdir {ROOT}".split()
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # imported before the fork
    return int(pytest.main([*options, "-c", str(ROOT / "pyproject.toml"), *paths], [watch]))


def measure(slot: int, copies: list[Path], files: list[str], result: Path) -> int:
    """Write the seconds of each test in the files, and the functions it enters, as JSON."""
    import coverage

    copy = copies[slot]
    tracer = coverage.Coverage(data_file=None, source=[str(copy / "src")], config_file=False)
    watch = Watch(copy, coverage=tracer)
    tracer.start()
    code = run_tests(copy, files, watch)
    tracer.stop()
    tests: dict[str, Any] = {name: (s, set()) for name, s in watch.seconds.items()}
    collected: set[str] = set()
    for file in tracer.get_data().measured_files():
        module = Path(file).relative_to(copy / "src" / "chainrule").with_suffix("").as_posix()
        function = functions(Path(file).read_text())
        for line, contexts in tracer.get_data().contexts_by_lineno(file).items():
            for name in contexts if line in function else ():
                if name:
                    tests[name][1].add(f"{module}:{function[line]}")
                else:  # while tests were collected: any of them may use what came of it
                    collected.add(f"{module}:")
    found = {
        name: [round(s, 3), sorted(entered | collected)] for name, (s, entered) in tests.items()
    }
    result.write_text(json.dumps(found))
    return code


def functions(source: str) -> dict[int, str]:
    """Give the function that each line of a module is in the body of."""
    found: dict[int, str] = {}
    for node, scope, _ in places(ast.parse(source)):
        if isinstance(node, ast.stmt) and scope and not scope.endswith("."):
            last = node.end_lineno or node.lineno
            found |= dict.fromkeys(range(node.lineno, last + 1), scope)
    return found


def meets(slot: int, copies: list[Path], mutant: Mutant, batches: list[list[str]]) -> int:
    """Give 0 if all tests pass with the mutant in place, which are run in batches."""
    copy = copies[slot]
    path = copy / "src" / "chainrule" / f"{mutant.module}.py"
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    shutil.copytree(PACKAGE, path.parents[mutant.module.count("/")], dirs_exist_ok=True)
    path.write_text(mutant.source)
    for wanted in batches:
        files = sorted({name.partition("::")[0] for name in wanted})
        if code := run_tests(copy, files, Watch(copy, set(wanted))):
            return code
    return 0


# ---- which tests -------------------------------------------------------------------------------


def own(module: str, file: str) -> bool:
    """Tell whether a file holds the tests of a module."""
    part, _, rest = module.partition("/")
    names = {part, rest, *OWN.get(part, ())}
    return file == f"src/chainrule/{module}.py" or file in {f"tests/test_{n}.py" for n in names}


def batches(mutant: Mutant, tests: dict[str, tuple]) -> tuple[list[list[str]], float]:
    """Give the tests that could see a mutant, the likely ones first, and their seconds."""
    place, module = f"{mutant.module}:{mutant.scope}", f"{mutant.module}:"
    ranked: dict[tuple, list[str]] = {}
    seconds = 0.0
    for name, (took, entered) in sorted(tests.items(), key=lambda test: test[1][0]):
        file = name.partition("::")[0]
        mine, enters = own(mutant.module, file), place in entered
        # one that enters nothing but starts a process, which may
        apart = mine and all(part.endswith((":", ".")) for part in entered)
        if (
            apart
            or (took < QUICK and (mine or module in entered))
            or (enters and (mine or took < SLOW))
        ):
            rank = not enters, took > QUICK, not mine, "src" if file.startswith("src") else file
            ranked.setdefault(rank, []).append(name)
            seconds += took
    return [ranked[rank] for rank in sorted(ranked)], seconds


def measured(copies: list[Path]) -> dict[str, tuple[float, set]]:
    """Give the seconds of every test and the functions it enters, measured where that is new."""
    source = "".join(path.read_text() for path in sorted(PACKAGE.rglob("*.py")))
    groups = {path.name: [f"tests/{path.name}"] for path in (ROOT / "tests").glob("test_*.py")}
    groups["src"] = [path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py")]
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    digests = {
        name: hashlib.sha256(
            (source + "".join((ROOT / file).read_text() for file in files)).encode()
        ).hexdigest()
        for name, files in groups.items()
    }
    kept = {n: kept[n] for n, digest in digests.items() if kept.get(n, {}).get("of") == digest}
    new = sorted(groups.keys() - kept.keys())
    results = {name: copies[0] / f"{name}.json" for name in new}
    jobs = [(measure, (copies, groups[name], results[name]), 1800.0) for name in new]
    codes = [1] * len(jobs)
    in_children(jobs, "tests without a mistake", time.monotonic() + 3600, codes.__setitem__)
    KEPT.parent.mkdir(exist_ok=True)
    for name, code in zip(new, codes, strict=True):
        if code == 0:
            kept[name] = {"of": digests[name], "tests": json.loads(results[name].read_text())}
    KEPT.write_text(json.dumps(kept))
    if failed := [name for name in new if name not in kept]:
        raise SystemExit(f"tests fail without any mistake: {', '.join(failed)}")
    return {
        name: (seconds, {part for place in entered for part in parts(place)})
        for group in kept.values()
        for name, (seconds, entered) in group["tests"].items()
    }


def parts(place: str) -> Iterator[str]:
    """Give a function's name, that of its class with a dot, and that of its module with a colon."""
    yield place
    module, _, function = place.partition(":")
    yield f"{module}:"
    yield f"{module}:{function.rpartition('.')[0]}."


def main() -> None:
    """Draw mutants, let the tests meet them and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scope", choices=SCOPES, default="package")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=200, help="how many mutants")
    parser.add_argument("--minutes", type=float, default=60, help="after which none is begun")
    parser.add_argument("--record", type=Path, default=RECORD, help="where what is found goes")
    parser.add_argument("--survivors", action="store_true", help="only those that are recorded")
    options = parser.parse_args()
    until = time.monotonic() + 60 * options.minutes
    for name in HEAVY:
        import_module(name)
    import hypothesis
    import torch

    torch.set_num_threads(1)
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None)
    hypothesis.settings.load_profile("mutants")
    gc.freeze()  # or every child copies all objects when it collects
    equivalent = json.loads(EQUIVALENT.read_text())
    kept = json.loads(options.record.read_text()) if options.record.exists() else {}
    chosen = sample(options.scope, options.count, options.seed)
    record: dict[str, Any] = {
        "seed": options.seed,
        "modules": {},
        "equivalent": [],
        "survivors": [],
    }
    if options.survivors:  # what was noticed stays noticed while tests are only added
        record = kept[options.scope]
        left = {(one["file"], one["before"], one["after"]) for one in record["survivors"]}
        chosen = [m for m in chosen if (f"{m.module}.py", m.before, m.after) in left]
        record["survivors"] = []
        for mutant in chosen:
            for fate in ("tried", "survived"):
                record["modules"][mutant.module][fate] -= 1

    def done(number: int, code: int) -> None:
        mutant = chosen[number]
        reason = equivalent.get(mutant.module, {}).get(mutant.text)
        row = record["modules"].setdefault(mutant.module, dict.fromkeys(FATES, 0))
        row["tried"] += 1
        row["killed" if code else "equivalent" if reason else "survived"] += 1
        if not code:
            found = {"file": f"{mutant.module}.py", "line": mutant.line}
            found |= {"before": mutant.before, "after": mutant.after}
            found |= {"reason": reason} if reason else {}
            record["equivalent" if reason else "survivors"].append(found)
        if bool(code) == bool(reason):
            said = "is not equivalent" if reason else "survives"
            tqdm.write(f"{mutant.module}.py:{mutant.line} {said}: {mutant.text}")

    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(folder, name) for name in ("one", "two")]
        for each in copies:
            shutil.copytree(PACKAGE, each / "src" / "chainrule")
            compileall.compile_dir(each, quiet=1)
        jobs, tests = [], measured(copies)
        for mutant in chosen:
            files, seconds = batches(mutant, tests)
            jobs.append((meets, (copies, mutant, files), 60 + 3 * seconds))
        in_children(jobs, "mutants", until, done)
    versions = {"python": platform.python_version(), "pytest": version("pytest")}
    record |= {"versions": versions, "date": datetime.date.today().isoformat()}
    record["modules"] = dict(sorted(record["modules"].items()))
    kept[options.scope] = record
    options.record.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    print({fate: sum(row[fate] for row in record["modules"].values()) for fate in FATES})


if __name__ == "__main__":
    main()
