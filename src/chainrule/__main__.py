"""The command ``python -m chainrule verify``: the ledger in a terminal."""

import argparse
import sys

from tqdm import tqdm

from .ledger import claims, verify, verify_on
from .ledger.core import MARKS, Finding


def main(arguments: list[str] | None = None) -> int:
    """Verify the equations named, or all of them, and print what each oracle found.

    Parameters
    ----------
    arguments : list of str, optional
        The command line's words; those of the process where left out.

    Returns
    -------
    int
        0 if every claim holds, 1 if one fails, 2 if none fails but an oracle was skipped.

    Examples
    --------
    >>> main(["verify", "1.1"]) # doctest: +ELLIPSIS
    ✓ (1.1)    the weighted input of a neuron
        ✓ loops in exact fractions...
    """
    parser = argparse.ArgumentParser(prog="python -m chainrule", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("verify", help="hold the code to the book's equations")
    command.add_argument("labels", nargs="*", metavar="1.7", help="equations; all if left out")
    command.add_argument("--device", help='on tensors there: "cpu", "cuda"; NumPy if left out')
    command.add_argument("--dtype", default="float64", choices=("float64", "float32", "bfloat16"))
    options = parser.parse_args(arguments)
    labels = options.labels or [claim.label for claim in claims()]
    unknown = sorted(set(labels) - {claim.label for claim in claims()})
    if unknown:
        parser.error(f"no equation {', '.join(unknown)} in the ledger")
    device = options.device or ("cpu" if options.dtype != "float64" else None)

    statuses = []
    for label in tqdm(labels, unit="claim", leave=False, disable=not sys.stderr.isatty()):
        verdict = verify_on(label, device, options.dtype) if device else verify(label)
        statuses.append(verdict.status)
        tqdm.write(f"{MARKS[verdict.status]} {f'({label})':<10}{verdict.claim.title}")
        for finding in verdict.findings:
            tqdm.write(f"    {_line(finding)}")
    counts = {word: statuses.count(word) for word in ("holds", "fails", "skipped")}
    tqdm.write(", ".join(f"{count} {word}" for word, count in counts.items() if count))
    return 1 if counts["fails"] else 2 if counts["skipped"] else 0


def _line(finding: Finding) -> str:
    head = f"{MARKS[finding.status]} {finding.oracle.name:<40}"
    if finding.error is None:
        return f"{head}skipped: {finding.oracle.needs} is not installed"
    return f"{head}largest error {finding.error:.1e}, bound {finding.oracle.bound:.0e}"


if __name__ == "__main__":
    sys.exit(main())
