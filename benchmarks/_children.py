"""Tests in child processes, on a copy of the package: what `mutants.py` runs."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _mistakes import PACKAGE, Mutant, functions
from tqdm import tqdm

ROOT = Path(__file__).parents[1]
PROCESS = "process:"  # what a test enters that starts another one


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
    begin = subprocess.Popen.__init__
    started = set()

    def noted(process: Any, *arguments: Any, **options: Any) -> None:
        started.add(watch.current)
        begin(process, *arguments, **options)

    subprocess.Popen.__init__ = noted  # type: ignore[assignment, method-assign]
    tracer.start()
    code = run_tests(copy, files, watch)
    tracer.stop()
    tests: dict[str, Any] = {name: (s, set()) for name, s in watch.seconds.items()}
    collected: set[str] = set()
    for file in tracer.get_data().measured_files():
        module = Path(file).relative_to(copy / "src" / "chainrule").with_suffix("").as_posix()
        function = functions(Path(file).read_text(encoding="utf-8"))
        for line, contexts in tracer.get_data().contexts_by_lineno(file).items():
            for name in contexts if line in function else ():
                if name:
                    tests[name][1].add(f"{module}:{function[line]}")
                else:  # while tests were collected: any of them may use what came of it
                    collected.add(f"{module}:")
    found: dict[str, list[Any]] = {
        name: [round(s, 3), sorted(entered | collected)] for name, (s, entered) in tests.items()
    }
    for name in started & found.keys():
        found[name][1].append(PROCESS)
    result.write_text(json.dumps(found), encoding="utf-8")
    return code


def meets(slot: int, copies: list[Path], mutant: Mutant, batches: list[list[str]]) -> int:
    """Give 0 if all tests pass with the mutant in place, which are run in batches."""
    copy = copies[slot]
    path = copy / "src" / "chainrule" / f"{mutant.module}.py"
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    shutil.copytree(PACKAGE, path.parents[mutant.module.count("/")], dirs_exist_ok=True)
    path.write_text(mutant.source, encoding="utf-8")
    for wanted in batches:
        files = sorted({name.partition("::")[0] for name in wanted})
        if code := run_tests(copy, files, Watch(copy, set(wanted))):
            return code
    return 0
