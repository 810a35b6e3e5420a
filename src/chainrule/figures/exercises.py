"""The exercises as a page shows them: a table of all of them, and of how many each section has."""

import re
from collections.abc import Sequence

from ..exercises import Section
from .ledger import Table, source

_TITLE = re.compile(r":::\{exercise\} (.+)\n:label: (.+)")


def table(sections: Sequence[Section], book: str) -> Table:
    """Give the exercises as a table: where, with which title, how difficult, and what is asked for.

    The titles are in the pages of the folder `book`. An exercise whose page is not there is listed
    by its name.
    """
    rows = []
    for section in sections:
        titles = {name: title for title, name in _TITLE.findall(source(book, section.page))}
        number, _, _ = section.title.partition(" ")
        for name, exercise in section.exercises.items():
            title = titles.get(name, name.replace("-", " "))
            link = f"[{number}](/book/{section.page})"
            rows.append([link, f"[{title}]({name})", exercise.difficulty, exercise.kind])
    return Table(["section", "exercise", "difficulty", "answer"], rows)


def counts(sections: Sequence[Section]) -> Table:
    """Give how many exercises of each difficulty a section has, and how many in all.

    Examples
    --------
    >>> from chainrule.exercises import SECTIONS
    >>> cnn = [one for one in SECTIONS if one.page.endswith("cnn")]
    >>> print(counts(cnn))
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
    return Table(["section", "1", "2", "3", "all"], [*rows, ["all", *sums]])
