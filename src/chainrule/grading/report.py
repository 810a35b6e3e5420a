"""What is written of a graded class: a table, all of it as data, a file a student, a summary."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from ..exercises import SECTIONS, Feedback
from .core import WORDS, Grades, Row

SUMMED_UP = 3  # mistakes that are named in the summary


def table(grades: Grades) -> str:
    """Give the grades as CSV, a row a student.

    The names of the columns are those of nbgrader's export: `student_id`, `score`, `max_score`; a
    column for each exercise says "right", "wrong" or "missing".
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student_id", "score", "max_score", *grades.worth])
    for row in grades.rows:
        verdicts = (WORDS[row.feedback[name].right] for name in grades.worth)
        # a spreadsheet would compute what begins with one of these
        name = f"'{row.student}" if row.student[0] in "=+-@" else row.student
        writer.writerow([name, number(row.score(grades.worth)), number(most(grades)), *verdicts])
    return out.getvalue()


def data(grades: Grades) -> str:
    """Give everything as JSON: students with their feedback, exercises with their mistakes."""
    exercises = {
        name: {"points": worth}
        | {word: grades.count(name, right) for right, word in WORDS.items()}
        | {"mistakes": dict(grades.mistakes(name))}
        for name, worth in grades.worth.items()
    }
    everybody = {
        row.student: {
            "score": row.score(grades.worth),
            "exercises": {
                name: {"verdict": WORDS[one.right], "feedback": one.message}
                for name, one in row.feedback.items()
            },
            "notes": row.notes,
        }
        for row in grades.rows
    }
    whole = {
        "max_score": most(grades),
        "not_forbidden": grades.holes,
        "exercises": exercises,
        "students": everybody,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def letter(row: Row, grades: Grades) -> str:
    """Give what a student is told, as Markdown."""
    lines = [f"# {row.student}", "", f"{number(row.score(grades.worth))} of {number(most(grades))}"]
    for section in SECTIONS:
        here = [name for name in section.exercises if name in row.feedback]
        if here:
            lines += ["", f"## {section.title}", ""]
            lines += [_told(name, row.feedback[name], grades.worth[name]) for name in here]
    if row.notes:
        lines += ["", "## Remarks", "", *(f"- {_one_line(note)}" for note in row.notes)]
    return "\n".join(lines) + "\n"


def _told(name: str, one: Feedback, worth: float) -> str:
    got = number(worth) if one.right else "0"
    return (
        f"- {_one_line(repr(one))[0]} `{name}`, {got} of {number(worth)}: {_one_line(one.message)}"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def write_letters(grades: Grades, folder: Path) -> None:
    """Write a file for each student: its name, and ``.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    for row in grades.rows:
        name = row.student.encode()[:240].decode(errors="ignore")  # a file's name has an end
        (folder / f"{name}.md").write_text(letter(row, grades), encoding="utf-8")


def summary(grades: Grades) -> Iterator[str]:
    """Yield what a lecturer wants to know before the next hour, a line each."""
    for section in SECTIONS:
        here = [name for name in section.exercises if name in grades.worth]
        if here:
            yield section.title
        for name in here:
            counts = {word: grades.count(name, right) for right, word in WORDS.items()}
            share = counts["right"] / len(grades.rows)
            said = ", ".join(f"{count} {word}" for word, count in counts.items())
            yield f"  {name:<26}{share:>4.0%} right: {said}"
            for message, count in grades.mistakes(name)[:SUMMED_UP]:
                yield f"    {count:>3} times: {_one_line(message)}"
    for row in grades.rows:
        for note in row.notes:
            yield f"{row.student}: {_one_line(note)}"
    scores = sorted(row.score(grades.worth) for row in grades.rows)
    middle = (scores[(len(scores) - 1) // 2] + scores[len(scores) // 2]) / 2
    yield (
        f"{len(scores)} graded; half of them have {number(middle)} or more of "
        f"{number(most(grades))} points"
    )
    for hole in grades.holes:
        yield f"not forbidden on this system: {hole}"


def most(grades: Grades) -> float:
    """Give the points for everything right."""
    return sum(grades.worth.values())


def number(value: float) -> str:
    """Write points: 2 and not 2.0, and no more digits than they have.

    Examples
    --------
    >>> number(2.0), number(0.1 + 0.2)
    ('2', '0.3')
    """
    return f"{value:.12g}"
