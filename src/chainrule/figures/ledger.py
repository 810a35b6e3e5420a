"""The ledger as a page shows it: totals, a line that opens for each claim, a picture of errors."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from ..ledger import Oracle, Verdict
from ..pages import PAGES
from .kit.drawing import number
from .kit.moving import escaped
from .kit.picture import BLUE, GREY, Axes, plot

__all__ = ["Markdown", "Table", "by_page", "errors", "totals"]


_NUMBERED = re.compile(r"\(eq-[\w-]+\)=\n\$\$\n(.*?)\\tag\{([^}]+)\}\n\$\$", re.DOTALL)
_REFUSED = {"fails": "refused", "holds": "not refused", "skipped": "skipped"}
_KINDS = {  # the first that an oracle's name, or that of its library, contains
    "PyTorch": "torch",
    "SymPy": "sympy",
    "numerical derivatives": "central differences|complex step",
    "formulas that Rocq proved": "rocq",
    "NumPy, SciPy, scikit-learn": "numpy|scipy|sklearn",
    "the definition in plain code, or by counting": "",
}


class Markdown:
    """A text that a notebook shows as Markdown.

    Examples
    --------
    >>> Markdown("*so*")
    *so*
    """

    def __init__(self, markdown: str):
        self.markdown = markdown

    def __repr__(self) -> str:
        return self.markdown

    def _repr_markdown_(self) -> str:
        return self.markdown


class Table(Markdown):
    """A Markdown table of texts and numbers."""

    def __init__(self, head: Sequence[str], rows: Iterable[Sequence[Any]]):
        lines = [head, ["---"] * len(head), *rows]
        # a stroke within a cell would end it
        escaped = ([str(cell).replace("|", r"\|") for cell in cells] for cells in lines)
        super().__init__("\n".join(f"| {' | '.join(cells)} |" for cells in escaped))


def source(book: str, page: str) -> str:
    """Give what a page's cells say, nothing if it is not there: a notebook may be alone."""
    path = Path(book, f"{page}.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []
    return "\n".join("".join(cell["source"]) for cell in cells)


def formulas(book: str) -> dict[str, str]:
    """Give the LaTeX of every numbered equation of the book's notebooks, without its full stop."""
    found = {}
    for formula, label in _NUMBERED.findall("\n".join(source(book, page.path) for page in PAGES)):
        formula = " ".join(formula.split()).rstrip(" .,")
        formula = re.sub(r" ?[.,] \\end\{aligned\}$", r" \\end{aligned}", formula)
        if "aligned" not in formula:  # each of some side by side is a line of its own
            formula = formula.replace(r" \qquad ", "$ $")
        found[label] = formula
    return found


def _kind(oracle: Oracle) -> str:
    about = f"{oracle.needs} {oracle.name}"
    return next(kind for kind, word in _KINDS.items() if re.search(word, about, re.IGNORECASE))


def totals(verdicts: Sequence[Verdict], sabotaged: Sequence[Verdict]) -> Markdown:
    """Give how many claims hold, how many oracles of each kind said so, and what they refused.

    The sabotaged verdicts are those on the saboteurs of the same claims.

    Examples
    --------
    >>> from chainrule.ledger import claim, verify
    >>> refused = verify("1.9", implementation=claim("1.9").saboteur)
    >>> totals([verify("1.9")], [refused])
    - **1** claims that hold
    - **1** wrong forms refused
    - **6** checks by oracles
    - **1** by PyTorch
    - **2** by SymPy
    - **2** by numerical derivatives
    - **1** by formulas that Rocq proved
    """
    asked = [f.oracle for verdict in verdicts for f in verdict.findings if not f.reason]
    kinds = Counter(map(_kind, asked))
    rows = [
        (sum(verdict.status == "holds" for verdict in verdicts), "claims that hold"),
        (sum(verdict.status == "fails" for verdict in sabotaged), "wrong forms refused"),
        (len(asked), "checks by oracles"),
        *((kinds[kind], f"by {kind}") for kind in _KINDS if kind in kinds),
    ]
    return Markdown("\n".join(f"- **{how_many}** {what}" for how_many, what in rows))


def by_page(verdicts: Sequence[Verdict], sabotaged: Sequence[Verdict], book: str) -> Markdown:
    """Give the ledger page by page, each claim on a line that opens.

    Behind it are the formula, the code, the oracles with their bounds, and what became of the wrong
    form in the sabotaged verdicts. The formulas are in the pages of the folder `book`; one whose
    page is not there is left out.

    Examples
    --------
    >>> from chainrule.ledger import claim, verify
    >>> refused = verify("1.8", implementation=claim("1.8").saboteur)
    >>> page = by_page([verify("1.8")], [refused], "book").markdown
    >>> print(page) # doctest: +ELLIPSIS
    ## [1.1.1–1.1.2 Forward pass...](book/neural-network/network.ipynb)
    ...
    <summary>✓ (1.8) the gradient of a bias</summary>
    ...
    """
    equations, titles = formulas(book), {page.path: page.title for page in PAGES}
    pairs = sorted(zip(verdicts, sabotaged, strict=True), key=lambda pair: _place(pair[0]))
    blocks = []
    for page, rows in groupby(pairs, key=lambda pair: pair[0].claim.page):
        blocks.append(f"## [{titles[page]}]({book}/{page}.ipynb)")
        blocks += [_row(*pair, equations.get(pair[0].claim.label)) for pair in rows]
    return Markdown("\n\n".join(blocks))


def _place(verdict: Verdict) -> tuple[int, list[int], str]:
    """Give what to sort by: the page, then the number, 1.2 before 1.10 and 1.2.1a between them."""
    paths, label = [page.path for page in PAGES], verdict.claim.label
    return paths.index(verdict.claim.page), [int(n) for n in re.findall(r"\d+", label)], label


def _row(verdict: Verdict, saboteur: Verdict, formula: str | None) -> str:
    claim, oracles = verdict.claim, [finding.oracle for finding in verdict.findings]
    slug = claim.label.replace(".", "-")  # what a link to the row ends with
    kinds = "; ".join(kind for kind in _KINDS if kind in map(_kind, oracles))
    said, *_ = verdict.summary().splitlines()
    bounds = (
        f"{f.oracle.name} ({f.status if f.reason else number(f.oracle.bound)})"
        for f in verdict.findings
    )
    lines = [
        f'<details class="claim" id="claim-{slug}" data-oracles="{kinds}">\n'
        f"<summary>{escaped(said)}</summary>",
        f"${formula}$" if formula else "",
        f"Equation [({claim.label})](eq-{slug}), carried out by `{claim.code}`",
        f"Oracles: {'; '.join(bounds)}",
        f"Wrong form {_REFUSED[saboteur.status]}: {claim.mistake}",
        "</details>",
    ]
    return "\n\n".join(filter(None, lines))


@plot(height=lambda verdicts: 1.7 + 0.26 * len(verdicts), xscale="log")
def errors(axes: Axes, verdicts: Sequence[Verdict]) -> None:
    """Draw the largest error that each oracle found, and the bound that it has to stay under.

    A line leads from each error to its own bound.
    """
    verdicts = sorted(verdicts, key=_place)
    for row, verdict in enumerate(verdicts):
        apart = min(0.25, 0.75 / len(verdict.findings))
        for k, finding in enumerate(verdict.findings):
            y = row + apart * (k - (len(verdict.findings) - 1) / 2)
            if finding.error is not None:
                error = max(finding.error, 1e-17)
                axes.plot([error, finding.oracle.bound], [y, y], color=GREY, lw=0.8)
                axes.plot(error, y, "o", color=BLUE, ms=4)
            axes.plot(finding.oracle.bound, y, "|", color=GREY, ms=5, mew=1.6)
    axes.plot([], [], "o", color=BLUE, ms=4, label="largest error found")
    axes.plot([], [], "|", color=GREY, ms=5, mew=1.6, label="its bound")
    axes.figure.legend(loc="outside upper center", ncols=2)
    name = "error (errors of 0 are drawn at $10^{-17}$)"
    axes.set(
        title=name,
        xlabel=name,
        yticks=np.arange(len(verdicts)),
        yticklabels=[f"({verdict.claim.label})" for verdict in verdicts],
    )
    axes.set_ylim(len(verdicts), -1)
    axes.tick_params(axis="x", top=True, labeltop=True)  # the picture is longer than a screen
