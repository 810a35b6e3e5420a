"""The exercises as a page shows them: a table of all of them, and of how many each section has."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from ..exercises import Section
from .ledger import Table

_TITLE = re.compile(r":::\{exercise\} (.+)\n:label: (.+)")


def table(sections: Sequence[Section], book: str) -> Table:
    """Give the exercises as a table: where, with which title, how difficult, and what is asked for.

    The titles are in the pages of the folder `book`. An exercise whose page is not there is listed
    by its name: a notebook may be alone in its folder.
    """
    rows = []
    for section in sections:
        titles = _titles(Path(book, f"{section.page}.ipynb"))
        number, _, _ = section.title.partition(" ")
        for name, exercise in section.exercises.items():
            title = titles.get(name, name.replace("-", " "))
            link = f"[{number}](/book/{section.page})"
            rows.append([link, f"[{title}]({name})", str(exercise.difficulty), exercise.kind])
    return Table(["section", "exercise", "difficulty", "answer"], rows)


def _titles(page: Path) -> dict[str, str]:
    if not page.is_file():
        return {}
    cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
    found = _TITLE.findall("\n".join("".join(cell["source"]) for cell in cells))
    return {name: title for title, name in found}


def counts(sections: Sequence[Section]) -> Table:
    """Give how many exercises of each difficulty a section has, and how many in all.

    Examples
    --------
    >>> from chainrule.exercises import SECTIONS
    >>> print(counts([section for section in SECTIONS if section.page.endswith("cnn")]))
    | section | 1 | 2 | 3 | all |
    | --- | --- | --- | --- | --- |
    | [2.2 A convolutional network](/book/convolution/cnn) | 0 | 3 | 2 | 5 |
    | all | 0 | 3 | 2 | 5 |
    """
    rows = []
    for section in sections:
        grades = [exercise.difficulty for exercise in section.exercises.values()]
        numbers = [*(grades.count(grade) for grade in (1, 2, 3)), len(grades)]
        rows.append([f"[{section.title}](/book/{section.page})", *numbers])
    sums = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    return Table(
        ["section", "1", "2", "3", "all"],
        [[str(cell) for cell in row] for row in [*rows, ["all", *sums]]],
    )
