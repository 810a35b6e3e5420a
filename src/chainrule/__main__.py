"""The commands of the book in a terminal: `verify`, `exercises`, `grade` and `judge`."""

import argparse
import os
import sys
from pathlib import Path

import numpy as np

from . import judging
from .device import to
from .exercises import WORDS as ANSWERS
from .exercises.progress import listing, report
from .grading import Limits, chosen, grade, points
from .grading.report import data, summary, table, write_letters
from .judging.reading import named
from .ledger import claims, verify, verify_on
from .ledger.about import about
from .ledger.core import WORDS
from .ledger.terminal import readable


def main(arguments: list[str] | None = None) -> int:
    """Carry out a command and print what it finds.

    ``verify`` holds the code to the equations asked for, by number or by words, as in "1.7",
    "losses" and "adam", or to all of them. ``exercises`` runs the files named, notebooks or Python,
    and tells which of their exercises are right; without a file it lists all exercises. ``grade``
    does that for a class, and writes tables and a file for each student. ``judge`` runs a file, and
    holds what it defines to the equations; without a file it lists what can be judged.

    Parameters
    ----------
    arguments : list of str, optional
        The command line's words; those of the process where left out.

    Returns
    -------
    int
        For ``verify``, 0 if every claim holds, 1 if one fails, 2 if none fails but an oracle was
        skipped. For ``exercises``, 0 if there are exercises in the files and all of them are right,
        or for the list; 1 if one is wrong or open. For ``grade``, 0. For
        ``judge``, 0 if it is right, or for the list; 1 if it is wrong, 2 if no claim could be
        asked. A command or file that cannot be used ends the process with 2.

    Examples
    --------
    >>> main(["verify", "1.1"]) # doctest: +ELLIPSIS
    ✓ (1.1)    the weighted input of a neuron
        ✓ loops in exact fractions...
    """
    parser = argparse.ArgumentParser(prog="python -m chainrule", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("verify", help="hold the code to the book's equations")
    command.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help='equations: "1.7", a page or a module, as in "losses", or what they are about, as in '
        '"adam"; all if left out',
    )
    command.add_argument("--device", help='on tensors there: "cpu", "cuda"; NumPy if left out')
    command.add_argument(
        "--dtype",
        default="float64",
        choices=("float64", "float32", "bfloat16"),
        help="of tensors, on the CPU if no device is named (float64)",
    )
    command = commands.add_parser("exercises", help="list the exercises, or check your answers")
    command.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        type=Path,
        help="your notebooks or Python files: they are run",
    )
    command.add_argument(
        "--limit", type=int, default=300, metavar="S", help="seconds a cell may take (300)"
    )
    _add_variant(command)
    _add_grade(commands)
    _add_judge(commands)
    options = parser.parse_args(arguments)
    if options.command == "verify":
        try:
            wanted = about(options.words, claims()) if options.words else claims()
        except ValueError as error:
            parser.error(str(error))
        device = options.device or ("cpu" if options.dtype != "float64" else None)
        if device:
            try:
                to(np.zeros(1), device, options.dtype)
            except (ImportError, RuntimeError, TypeError, AssertionError) as error:
                parser.error(f"--device: cannot compute on {device!r} ({error})")
        return _verify([claim.label for claim in wanted], device, options.dtype)
    if options.command == "grade":
        try:
            _grade(options)
        except (OSError, ValueError, RuntimeError) as error:
            parser.error(str(error))
        return 0
    if options.command == "judge":
        try:
            return _judge(options)
        except ValueError as error:
            parser.error(str(error))
    if not options.files:
        print(readable("\n".join(listing()), ANSWERS))
        return 0
    try:
        result = report(options.files, options.limit, options.variant)
    except (FileNotFoundError, ValueError, ModuleNotFoundError) as error:
        parser.error(str(error))
    print(readable("\n".join(result.lines()), ANSWERS))
    return 0 if result.complete else 1


def _add_grade(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("grade", help="grade the answers of a class")
    command.add_argument(
        "folder",
        metavar="FOLDER",
        type=Path,
        help="a subfolder for each student, or a notebook or Python file: they are run",
    )
    command.add_argument(
        "--section",
        action="append",
        default=[],
        metavar="N",
        help='the exercises of a section, "1.4" or "losses"; may be repeated; all if left out',
    )
    for option, text in (
        ("--points", "read from here, in TOML, what each exercise is worth (1)"),
        ("--csv", "write a table here, a row a student"),
        ("--json", "write everything here, the feedback too"),
    ):
        command.add_argument(option, metavar="FILE", type=Path, help=text)
    command.add_argument(
        "--feedback", metavar="FOLDER", type=Path, help="write a file for each student here"
    )
    command.add_argument(
        "--limit",
        type=int,
        default=10,
        metavar="S",
        help="seconds an answer may take (10); a student has six times that",
    )
    command.add_argument(
        "--memory", type=float, default=2, metavar="GIB", help="of a student's process (2)"
    )
    command.add_argument(
        "--at-once",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="students whose files run at a time (one a core)",
    )
    _add_variant(command)


def _add_variant(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--variant",
        type=int,
        metavar="N",
        help="with the numbers that make book-student VARIANT=N drew; the book's own if left out",
    )


def _add_judge(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("judge", help="hold an implementation of your own to the book")
    command.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        type=Path,
        help="your Python file: it is run; without it, what can be judged is listed",
    )
    command.add_argument("--as", dest="subject", metavar="NAME", help='as what: "Adam", "conv2d"')
    for option, text in (
        ("--name", "what it is called in the file (the same)"),
        ("--gradient", "the function there that gives its gradient"),
        ("--tensor", "what makes a tensor of your framework, there, of an array"),
    ):
        command.add_argument(option, metavar="NAME", help=text)


def _judge(options: argparse.Namespace) -> int:
    """Judge what a file defines, or list what can be judged."""
    if options.file is None:
        print(readable("\n".join(judging.listing()), WORDS))
        return 0
    if options.subject is None:
        raise ValueError("--as: say as what it is judged; without a file, all names are listed")
    known = judging.subject(options.subject)
    defined, where = judging.defined_in(options.file), options.file.name
    theirs = named(options.name or known.name, defined, where)
    more = {
        key: named(name, defined, where)
        for key in ("gradient", "tensor")
        if (name := getattr(options, key))
    }
    found = judging.judge(theirs, known.name, **more)
    print(readable("\n".join(found.lines()), WORDS))
    return {True: 0, False: 1, None: 2}[found.right]


def _grade(options: argparse.Namespace) -> None:
    """Grade a class and write what is asked for."""
    if options.at_once < 1:
        raise ValueError(f"at-once: expected at least 1, got {options.at_once}")
    worth = points(options.points, chosen(options.section))
    limits = Limits(seconds=options.limit, memory=int(options.memory * 2**30))
    grades = grade(
        options.folder,
        worth=worth,
        limits=limits,
        at_once=options.at_once,
        number=options.variant,
    )
    for path, text in ((options.csv, table), (options.json, data)):
        if path:
            path.write_bytes(text(grades).encode())
    if options.feedback:
        write_letters(grades, options.feedback)
    print(readable("\n".join(summary(grades)), ANSWERS))


def _verify(labels: list[str], device: str | None, dtype: str) -> int:
    from tqdm import tqdm

    statuses = []
    for label in tqdm(labels, unit="claim", leave=False, disable=not sys.stderr.isatty()):
        verdict = verify_on(label, device, dtype) if device else verify(label)
        statuses.append(verdict.status)
        tqdm.write(readable("\n".join(verdict.lines()), WORDS))
    counts = {word: statuses.count(word) for word in ("holds", "fails", "skipped")}
    tqdm.write(", ".join(f"{count} {word}" for word, count in counts.items() if count))
    return 1 if counts["fails"] else 2 if counts["skipped"] else 0


if __name__ == "__main__":
    sys.exit(main())
