"""A student's files, run in a process of its own, and killed in time."""

import json
import os
import queue
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import chainrule

from ..exercises import Exercise
from ..exercises.plain import clean, plain_case
from .students import Student

PACKAGE = Path(chainrule.__file__).resolve().parent
NOT_FOR_STUDENTS = ("exercises", "ledger", "figures", "playground", "session", "__main__.py")
# they hold no solution
CHECKERS = ("answers.py", "plain.py", "texts.py", "trials.py", "unsilenced.py", "watched.py")
DOOR = '''"""Where answers are handed in."""


def check(name, answer):
    from ..grading.inside.core import check

    return check(name, answer)
'''
ENTRY = "from chainrule.grading.inside.core import main; main()"
SAME = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"} | {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")
}
KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/urandom", "/proc/cpuinfo")
TOLD, LINE = 2**23, 2**21  # the most that a process may tell, in all and at once, in bytes
AT_MOST = 6  # times the limit of a statement: what a student has in all


@dataclass(frozen=True)
class Limits:
    """What a student's process may take.

    Attributes
    ----------
    seconds : int
        For a statement, or an answer. A student has six times that in all.
    memory : int
        In bytes.
    """

    seconds: int = 10
    memory: int = 2**31

    def __post_init__(self) -> None:
        if self.seconds < 1:
            raise ValueError(f"limit: expected at least 1 second, got {self.seconds}")
        if self.memory < 2**29:
            raise ValueError(f"memory: expected at least 0.5 GiB, got {self.memory / 2**30:.2g}")


@dataclass
class Told:
    """What a student's process told. It may be anything: the student's code may have told it.

    Attributes
    ----------
    answers : dict of str to list
        The answers to each exercise, as plain data, in the order given.
    troubles : list of (what, names of exercises)
        What was raised, or why something was not run, and the exercises that it would answer.
    asked : set of str
        The exercises that the files name.
    running : object
        What was begun last, and not ended.
    place : str
        Where that stands.
    names : list of str
        The exercises that it answers.
    over : str
        How the process ended.
    """

    answers: dict[str, list[Any]] = field(default_factory=dict)
    troubles: list[tuple[str, list[str]]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    running: Any = None
    place: str = ""
    names: list[str] = field(default_factory=list)
    over: str = ""

    def hear(self, line: list[Any]) -> None:
        """Take a line; one that makes no sense is dropped, with what is in it."""
        match line:
            case ["begin", int() | str() as what, str() as place, list() as names]:
                self.running, self.place, self.names = what, clean(place), _texts(names)
            case ["answer", str() as name, dict() as given]:
                self.answers.setdefault(clean(name), []).append(given)
            case ["trouble", str() as what, list() as names]:
                self.troubles.append((clean(what), _texts(names)))
            case ["asked", list() as names]:
                self.asked.update(_texts(names))
            case ["end"]:
                self.over = "end"


def _texts(names: list[Any]) -> list[str]:
    return [clean(name) for name in names if isinstance(name, str)]


class Rooms:
    """A folder in which students' processes find the package without its solutions.

    Parameters
    ----------
    exercises : dict of str to Exercise
        Those that are asked for.
    hidden : Path
        The folder of all students, which no process may read.
    limits : Limits
    """

    def __init__(self, exercises: dict[str, Exercise], hidden: Path, limits: Limits):
        self._temporary = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._folder, self._limits = Path(self._temporary.name).resolve(), limits
        self._package = self._folder / "package"
        _copy_the_package(self._package / "chainrule")
        cases = {
            name: [{"tuple": [plain_case(case) for case in exercise.tried()]}, exercise.cancels]
            for name, exercise in exercises.items()
            if exercise.kind == "function"
        }
        (self._package / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
        self._readable = [str(self._package), *_readable(PACKAGE, hidden.resolve())]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._temporary.cleanup()

    def holes(self, others: list[Path]) -> list[str]:
        """Say what the system cannot forbid, by trying it in such a process.

        Parameters
        ----------
        others : list of Path
            Files that are not to be read, besides the solutions.
        """
        hidden = [str(path) for path in (PACKAGE / "exercises" / "core.py", *others)]
        job = {"holes": [hidden, str(self._folder / "written")]}
        for line in self._process(Student(""), job):
            if line[0] == "holes":
                return line[1]
        raise RuntimeError("no process runs with these limits: give it more memory")

    def run(self, student: Student) -> Told:
        """Run a student's files; what ends the process is left out, and the rest is run again."""
        skip: list[Any] = []
        lost: list[tuple[str, list[str]]] = []
        end = time.monotonic() + AT_MOST * self._limits.seconds
        while True:
            told = Told()
            for line in self._process(student, {"skip": skip}, end):
                if line[0] == "over":
                    told.over = told.over or line[1]
                else:
                    told.hear(line)
            if told.over != "end":
                lost.append((f"{told.place or 'the files'}: {told.over}", told.names))
                if told.running is not None and told.running not in skip and time.monotonic() < end:
                    skip.append(told.running)
                    continue
                lost.append(("not run: an earlier part ended the process", sorted(told.asked)))
            told.troubles += lost
            return told

    def _process(
        self, student: Student, job: dict[str, Any], end: float = float("inf")
    ) -> Iterator[list[Any]]:
        """Run a process and yield what it tells, a list a line, and how it is over."""
        limit = self._limits.seconds
        with tempfile.TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as own:
            student.copy_to(Path(own))
            job = {
                "files": sorted(student.files),
                "readable": self._readable,
                "cases": str(self._package / "cases.json"),
                "seconds": AT_MOST * limit,
                "memory": self._limits.memory,
            } | job
            kept = {name: os.environ[name] for name in KEPT if name in os.environ}
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", ENTRY],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=own,
                env=kept | SAME | {"PYTHONPATH": str(self._package), "HOME": own},
                start_new_session=True,
            )
            lines: queue.SimpleQueue[bytes | str] = queue.SimpleQueue()
            given = json.dumps(job).encode()
            ear = threading.Thread(target=_listen, args=(process, given, lines), daemon=True)
            ear.start()
            try:
                late = time.monotonic() + limit + 10  # the start is not the student's time
                while True:
                    try:
                        text = lines.get(timeout=max(0, min(late, end) - time.monotonic()))
                    except queue.Empty:
                        yield ["over", f"stopped: it took longer than {limit} s"]
                        return
                    if isinstance(text, str):
                        yield ["over", text]
                        return
                    line = _line(text.replace(own.encode(), b"."))
                    if line[0] in ("begin", "answer"):
                        late = time.monotonic() + limit
                    yield line
            finally:
                _end(process)
                ear.join(1)  # not for ever: what could not be killed may still hold the pipe
                os.chmod(own, 0o700)


def _copy_the_package(copy: Path) -> None:
    """Copy what a student's code may import: chapters, but no solutions and no oracles."""

    def left_out(folder: str, names: list[str]) -> list[str]:
        if Path(folder) == PACKAGE:
            return [name for name in names if name in NOT_FOR_STUDENTS]
        return [name for name in names if Path(folder) == PACKAGE / "grading" and name != "inside"]

    shutil.copytree(PACKAGE, copy, ignore=left_out)
    (copy / "exercises").mkdir()
    for name in CHECKERS:
        shutil.copy2(PACKAGE / "exercises" / name, copy / "exercises")
    (copy / "exercises" / "__init__.py").write_text(DOOR, encoding="utf-8")
    (copy / "grading" / "__init__.py").touch()


def _readable(*hidden: Path) -> Iterator[str]:
    """Yield the files and folders that Python needs, and none that holds what is hidden."""
    waiting = [Path(sys.prefix), Path(sys.base_prefix), Path(site.getusersitepackages())]
    waiting += map(Path, SYSTEM)
    while waiting:
        path = waiting.pop().resolve()
        if not any(other.is_relative_to(path) for other in hidden):
            if not any(path.is_relative_to(other) for other in hidden):
                yield str(path)
        elif path not in hidden and path.is_dir():
            waiting += [inner for inner in path.iterdir() if not inner.is_symlink()]


def _listen(process: subprocess.Popen, job: bytes, lines: queue.SimpleQueue[bytes | str]) -> None:
    """Give a process its job, and put in a queue each line that it tells, and how it ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    rest, count, over = b"", 0, "it ended the process"
    with process.stdout as out:
        with suppress(OSError), process.stdin as given:  # it may end before it has read its job
            given.write(job)
        while piece := os.read(out.fileno(), 2**16):
            count += len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            if count > TOLD or len(rest) > LINE:
                over = "stopped: it told too much"
                break
            for line in whole:
                lines.put(line)
        lines.put(over)


def _line(text: bytes) -> list[Any]:
    """Read a line; what is none is an empty one."""
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        line = None
    return line if isinstance(line, list) and line and isinstance(line[0], str) else [""]


def _end(process: subprocess.Popen) -> None:
    """Kill a process, and what it has started, before its number can be another's."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except AttributeError:  # Windows has no groups
        process.kill()
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
