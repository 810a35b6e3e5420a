"""Every checker accepts the solution, and says of each known mistake what is wrong with it.

That the solution is right, test_solutions.py shows by what the pages print.
"""

import json
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from chainrule.__main__ import main
from chainrule.exercises import EXERCISES, SECTIONS, Exercise, Feedback, check, variant
from chainrule.exercises.progress import report

TYPED = runpy.run_path(str(Path(__file__).with_name("wrong_answers.py")))
WRONG_ANSWERS = TYPED["WRONG_ANSWERS"]


@pytest.mark.parametrize("name", EXERCISES)
def test_every_known_mistake_is_named_when_a_reader_makes_it(name):
    mistakes = EXERCISES[name].mistakes
    messages = [message for _, message in mistakes]
    given = []
    # a number or a choice may be typed as the exercise has it; a function is written anew
    typed = {} if EXERCISES[name].kind == "function" else {name: mistakes}
    for wrong, words in (typed | WRONG_ANSWERS)[name]:
        feedback = check(name, wrong)
        assert feedback.right is False
        assert [message for message in messages if words in message] == [feedback.message]
        given.append(feedback.message)
    assert sorted(given) == sorted(messages)


@pytest.mark.parametrize("name", TYPED["NEARLY_RIGHT"])
def test_an_answer_that_is_right_but_where_it_is_hard_is_wrong(name):
    for wrong in TYPED["NEARLY_RIGHT"][name]:
        assert check(name, wrong).right is False


@pytest.mark.parametrize("name", EXERCISES)
def test_there_are_three_mistakes_at_least_with_feedback_of_their_own(name):
    messages = {message for _, message in EXERCISES[name].mistakes}
    assert len(messages) == len(EXERCISES[name].mistakes) >= 3


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("nothing", [..., None])
def test_no_answer_is_not_a_wrong_answer(name, nothing):
    assert check(name, nothing).right is None


@pytest.mark.parametrize("name", [name for name, e in EXERCISES.items() if callable(e.solution)])
class TestAFunction:
    def test_that_returns_nothing_is_no_answer(self, name):
        assert check(name, lambda *arguments: None).right is None

    def test_that_raises_is_told_so(self, name):
        def broken(*arguments):
            raise RuntimeError("boom")

        feedback = check(name, broken)
        assert feedback.right is False
        assert "RuntimeError: boom" in feedback.message

    def test_of_another_shape_is_told_the_shape(self, name):
        feedback = check(name, lambda *arguments: np.zeros((7, 7)))
        assert feedback.right is False
        assert "shape" in feedback.message
        assert "(7, 7)" in feedback.message

    def test_that_is_wrong_in_an_unknown_way_is_shown_where(self, name):
        def off(*arguments):
            return np.asarray(EXERCISES[name].solution(*arguments)) + 0.125

        feedback = check(name, off)
        assert feedback.right is False
        assert "expected" in feedback.message

    def test_cannot_change_the_case_it_is_judged_by(self, name):
        def spoils(*arguments):
            for argument in arguments:
                np.multiply(argument, 0, out=argument)
            return np.asarray(EXERCISES[name].solution(*arguments))

        assert check(name, spoils).right is False

    def test_must_be_a_function(self, name):
        assert "expected a function" in check(name, 3).message


@pytest.mark.parametrize("wrong", [np.inf, -np.inf, np.nan])
def test_the_case_that_is_shown_is_one_that_is_wrong(wrong):
    """The first of the cases is, here, and by an infinite error."""
    seen = []

    def answer(w, g, lr):
        seen.append(w)
        return w - lr * g if len(seen) > 1 else w * wrong

    message = check("descent-step", answer).message
    assert str(np.asarray(seen[0]).tolist()) in message
    assert str(np.abs(wrong)) in message.partition("got")[2]


def test_an_infinite_number_is_none_of_the_mistakes():
    assert check("he-start", np.inf).message == "inf is too large"
    assert check("he-start", -np.inf).message == "-inf is too small"
    assert check("he-start", np.nan) == Feedback(False, "expected a number, got NaN")


def test_numbers_are_shown_with_four_digits_unless_more_are_needed_to_tell_them_apart():
    message = check("descent-step", lambda w, g, lr: w + 1.23456789).message
    found = re.findall(r"\d\.(\d+)", message.partition("expected")[2])
    assert max(map(len, found)) <= 4
    message = check("descent-step", lambda w, g, lr: (w - lr * g) * (1 + 1e-7)).message
    expected, _, got = message.partition("expected ")[2].partition(", got ")
    assert expected != got


def test_a_number_in_no_known_way_wrong_is_told_its_direction():
    assert "too large" in check("parameter-count", 10**9).message
    assert "too small" in check("parameter-count", 3).message
    assert "expected a number" in check("parameter-count", "many").message


@pytest.mark.parametrize("name", [name for name, e in EXERCISES.items() if e.kind == "number"])
def test_a_number_beside_the_right_one_is_wrong(name):
    """A whole number has to be met; of another a tenth more or less is too far away."""
    right = EXERCISES[name].solution
    step = 1 if right == int(right) else right / 10
    for beside in (right - step, right + step):
        assert check(name, beside).right is False


@pytest.mark.parametrize(
    ("name", "rounded"),
    [
        ("ten-sigmoids", 0.000488),
        ("least-smoothed", 0.5),
        ("adagrad-tires", 0.0354),
        ("bias-by-hand", 0.819),
        ("memory-of-columns", 210),
    ],
)
def test_a_right_number_may_be_rounded(name, rounded):
    assert check(name, rounded).right is True


def test_a_choice_is_read_as_it_is_typed():
    assert check("steps-order", " C ").right is True
    assert "'a', 'b', 'c', 'd'" in check("steps-order", "e").message


@pytest.mark.parametrize("name", EXERCISES)
def test_a_mistyped_exercise_is_an_error_that_names_the_one_that_was_meant(name):
    for typed in (name[1:], name[:-1], name + "s"):
        with pytest.raises(ValueError, match=rf"'{typed}'; did you mean '{name}'\?"):
            check(typed, 1)


@pytest.mark.parametrize("unknown", ["nonsense", 3, [], None])
def test_another_name_is_an_error_that_says_where_all_are_listed(unknown):
    with pytest.raises(ValueError, match="python -m chainrule exercises"):
        check(unknown, 1)


@pytest.mark.parametrize("name", EXERCISES)
def test_a_difficulty_is_one_of_three(name):
    assert EXERCISES[name].difficulty in (1, 2, 3)


def test_the_kind_of_an_answer_is_told_from_the_solution():
    kinds = {name: exercise.kind for name, exercise in EXERCISES.items()}
    assert kinds["descent-step"] == "function"
    assert kinds["steps-order"] == "choice"
    assert kinds["he-start"] == "number"
    assert kinds["edge-kernel"] == "array"
    assert len(set(kinds.values())) == 4


def test_no_exercise_is_in_two_sections():
    assert sum(len(section.exercises) for section in SECTIONS) == len(EXERCISES)


# ---- the report on a reader's own file -----------------------------------------------------------

IMPORT = "from chainrule.exercises import check\n"


@pytest.fixture
def write(tmp_path):
    """Write a notebook of these cells, or a Python file."""

    def write(name, *cells):
        path = tmp_path / name
        if path.suffix == ".ipynb":
            cells = [{"cell_type": "code", "source": [cell]} for cell in (IMPORT, *cells)]
            text = json.dumps({"cells": [{"cell_type": "markdown", "source": "# x"}, *cells]})
        else:
            text = "\n".join([IMPORT, *cells])
        path.write_text(text, encoding="utf-8")
        return path

    return write


RIGHT = 'check("steps-order", "c")'


@pytest.mark.slow
class TestReport:
    def test_on_right_wrong_and_open_answers(self, write):
        result = report(
            [write("a.ipynb", RIGHT, 'check("he-start", 200)', 'check("temperature", ...)')]
        )
        assert result.found == {
            "steps-order": check("steps-order", "c"),
            "he-start": check("he-start", 200),
            "temperature": check("temperature", ...),
        }
        assert not result.complete
        assert result.notes == []
        lines = list(result.lines())
        assert lines[:2] == [
            "1.1 Training: the loop and its five steps: 1 of 4 right",
            "  ✓ steps-order: right",
        ]
        assert "  ✗ he-start: 200 is too large" in lines
        assert "  ○ temperature: no answer yet" in lines
        assert "  ○ which-part: not in the file" in lines
        assert (
            f"1.2 Optimizers: descent and momentum: 0 of {len(SECTIONS[2].exercises)} right"
            in lines
        )
        assert not any("adam-steps" in line for line in lines)
        all_ = len(EXERCISES)
        assert lines[-1] == f"1 right, 1 wrong, 1 open; {all_ - 3} of {all_} not in the file"

    def test_on_functions_that_later_cells_use(self, write):
        cells = [
            "def minus(w, step):\n    return w - step",
            "def step(w, gradient, lr):\n    return minus(w, lr * gradient)",
            'feedback = check("descent-step", step); print(feedback)',
        ]
        for name in ("a.ipynb", "a.py"):
            result = report([write(name, *cells)])
            assert result.found["descent-step"].right
            assert result.complete

    def test_on_a_variant(self, write, capsys):
        right = variant(7)["he-start"].solution
        file = write("a.py", f'check("he-start", {right!r})')
        assert main(["exercises", str(file), "--variant", "7"]) == 0
        assert main(["exercises", str(file)]) == 1
        assert "  ✓ he-start: right" in capsys.readouterr().out

    def test_on_a_cell_that_raises(self, write):
        result = report([write("a.ipynb", "1 / 0", 'check("he-start", sigma)', RIGHT)])
        assert result.found["steps-order"].right
        assert result.found["he-start"].right is False
        assert "name 'sigma' is not defined" in result.found["he-start"].message
        assert [note.partition(", ")[2] for note in result.notes] == [
            "code cell 2: ZeroDivisionError: division by zero",
            "code cell 3: NameError: name 'sigma' is not defined",
        ]
        assert not result.complete

    def test_on_an_endless_cell(self, write):
        endless = 'while True:\n    pass\ncheck("he-start", 0.1)'
        result = report([write("a.ipynb", endless, RIGHT)], limit=1)
        assert result.found["he-start"].message == "stopped: it took longer than 1 s"
        assert result.found["steps-order"].right

    def test_on_a_cell_that_does_not_let_itself_be_stopped(self, write):
        deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
        result = report([write("a.ipynb", deaf, RIGHT)], limit=1)
        assert result.notes[0].endswith("could not be stopped: what follows was not run")
        assert result.found["steps-order"].right is None

    def test_on_a_kernel_that_dies(self, write):
        result = report(
            [write("a.ipynb", RIGHT, "import os; os._exit(1)", 'check("he-start", 0.1)')]
        )
        assert result.found["steps-order"].right
        assert result.found["he-start"] == Feedback(None, "not run")
        assert result.notes[0].endswith("code cell 3: the kernel died: what follows was not run")

    def test_on_a_python_file(self, write):
        path = write("a.py", "raise ValueError('so')", "@print\ndef f(): ...", RIGHT)
        result = report([path])
        assert result.found["steps-order"].right
        assert result.notes == [f"{path}, line 3: ValueError: so"]

    def test_on_a_name_that_no_exercise_has(self, write):
        result = report([write("a.py", 'check("nonsense", 1)', RIGHT)])
        assert "  ✗ nonsense: no exercise has this name" in list(result.lines())
        assert not result.complete

    def test_takes_the_last_of_several_answers(self, write):
        first = write("a.py", 'check("steps-order", "a")', RIGHT, 'check("he-start", 0.1)')
        second = write("b.py", 'check("he-start", ...)')
        result = report([first, second])
        assert result.found["steps-order"].right
        assert result.found["he-start"].right is None

    def test_does_not_take_a_comment_for_a_call(self, write):
        cells = '# check("he-start", 0.1)', 'if 0: check("temperature", 2)'
        result = report([write("a.ipynb", *cells)])
        assert result.found == {"temperature": Feedback(None, "not run")}

    def test_on_a_file_without_exercises_is_not_complete(self, write):
        assert not report([write("a.py", "# nothing")]).complete

    @pytest.mark.parametrize(
        ("name", "encoding", "end"),
        [
            ("A.PY", "utf-8-sig", "\r\n"),
            ("A.IPYNB", "utf-8-sig", "\r\n"),
            ("a.ipynb", "utf-16", "\n"),
            ("a.py", "latin-1", "\r\n"),
        ],
    )
    def test_reads_what_windows_editors_write(self, write, name, encoding, end):
        naming = f"# -*- coding: {encoding} -*-\n" if encoding == "latin-1" else ""
        path = write(name.lower(), 'check("he-start", "é")', RIGHT)
        text = naming + path.read_text(encoding="utf-8")
        path = path.with_name(name)
        path.write_bytes(text.replace("\n", end).encode(encoding))
        result = report([path])
        assert result.found["steps-order"].right
        assert result.found["he-start"].message == "expected a number, got 'é'"
        assert result.notes == []

    def test_runs_a_file_where_it_stands_and_leaves_it_as_it_is(self, write, tmp_path):
        (tmp_path / "own.py").write_text("order = 'c'", encoding="utf-8")
        path = write("a.ipynb", "from own import order", 'check("steps-order", order)')
        before = path.read_bytes()
        assert report([path]).complete
        assert path.read_bytes() == before


@pytest.mark.slow
def test_a_page_of_the_book_is_a_file_like_others():
    page = Path(__file__).parents[1] / "book" / "neural-network" / "training.ipynb"
    result = report([page])
    assert {name: f.right for name, f in result.found.items()} == dict.fromkeys(
        SECTIONS[0].exercises
    )
    assert result.notes == []


class TestCommand:
    def test_lists_all_exercises_without_a_file(self, capsys):
        assert main(["exercises"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == len(SECTIONS) + len(EXERCISES)
        assert lines[0] == SECTIONS[0].title
        assert lines[3].split() == ["descent-step", "difficulty", "1", "of", "3", "function"]

    @pytest.mark.slow
    def test_ends_with_0_if_all_in_the_file_is_right(self, write, capsys):
        assert main(["exercises", str(write("a.py", RIGHT))]) == 0
        assert "✓ steps-order" in capsys.readouterr().out

    @pytest.mark.slow
    def test_ends_with_1_if_something_is_wrong_or_open(self, write, capsys):
        assert main(["exercises", str(write("a.py", RIGHT, 'check("he-start", ...)'))]) == 1

    @pytest.mark.parametrize(
        ("name", "text", "message"),
        [
            ("none.py", None, "no such file"),
            ("a.txt", "", "expected a notebook (.ipynb) or a Python file (.py)"),
            ("a.ipynb", "no JSON", "not a notebook"),
            ("a.ipynb", "[1, 2]", "not a notebook"),
            ("a.ipynb", "{}", "not a notebook"),
            ("a.py", "def f(:", "line 1: invalid syntax"),
            ("a.py", "# \xe9".encode("latin-1"), "not a Python file in UTF-8"),
            ("a.py", "\n\n\n# \xe9".encode("latin-1"), "not a Python file in UTF-8"),
            ("a.py", "# coding: nonsense", "not a Python file in UTF-8"),
            ("a.py", "check()".encode("utf-16"), "not a Python file in UTF-8"),
        ],
    )
    def test_ends_with_2_if_a_file_is_of_no_use(self, tmp_path, capsys, name, text, message):
        if text is not None:
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(SystemExit) as ended:
            main(["exercises", str(tmp_path / name)])
        assert ended.value.code == 2
        assert message in capsys.readouterr().err

    def test_ends_with_2_if_the_limit_is_none(self, write, capsys):
        with pytest.raises(SystemExit) as ended:
            main(["exercises", str(write("a.py", RIGHT)), "--limit", "0"])
        assert ended.value.code == 2
        assert "limit: expected at least 1 second, got 0" in capsys.readouterr().err


@pytest.mark.parametrize(("off", "right"), [(0.9e-9, True), (1.5e-9, False)])
def test_an_answer_is_right_to_nine_digits_if_nothing_is_said(off, right):
    exercise = Exercise(difficulty=1, solution=1.0, mistakes=())
    assert exercise.check(1.0 + off).right is right
