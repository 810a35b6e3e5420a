"""Sealed exercises say what the whole ones say, and no solution can be read from them."""

import base64
import json
import math
import re
import runpy
import zlib
from pathlib import Path

import numpy as np
import pytest

from chainrule.exercises import EXERCISES, SECTIONS
from chainrule.exercises.core import Exercise
from chainrule.exercises.sealed import FORMS, _digest, cell, seal, unseal
from chainrule.exercises.verdicts import numbers

TESTS = Path(__file__).parent
ANSWERS = runpy.run_path(str(TESTS / "test_answers.py"))
SOLUTIONS = runpy.run_path(str(TESTS / "test_solutions.py"))
TYPED = runpy.run_path(str(TESTS / "wrong_answers.py"))
each = ANSWERS["each"]

DATA = seal({section.page: section.exercises for section in SECTIONS})
PLAIN = {
    name: one for page in json.loads(zlib.decompress(DATA)).values() for name, one in page.items()
}
SEALED = {name: one for page in unseal(DATA).values() for name, one in page.items()}


def said(exercise, answer):
    """Give what is said of an answer, but for the one thing that a sealed exercise cannot say."""
    feedback = exercise.check(answer)
    message = re.sub(r"^(\S+) is too (large|small)$", r"\1 is not right", feedback.message)
    return feedback.right, message


def alike(name, answers):
    assert answers
    wrong = [
        (answer, said(EXERCISES[name], answer), said(SEALED[name], answer))
        for answer in answers
        if said(EXERCISES[name], answer) != said(SEALED[name], answer)
    ]
    assert not wrong


def known(name):
    exercise = EXERCISES[name]
    return [exercise.solution, *(mistake for mistake, _ in exercise.mistakes)]


def test_all_exercises_are_sealed_in_their_order_and_with_what_lists_show_of_them():
    assert [*SEALED] == [*EXERCISES]
    for name, exercise in EXERCISES.items():
        one = SEALED[name]
        for what in ("kind", "difficulty", "unit"):
            assert getattr(one, what) == getattr(exercise, what)
        if exercise.kind == "choice":
            assert one.letters == exercise.letters


@each()
def test_a_sealed_exercise_says_the_same_of_anything(name):
    nearly = TYPED["NEARLY_RIGHT"].get(name, [])
    typed = [answer for answer, _ in TYPED["WRONG_ANSWERS"].get(name, [])]
    alike(name, [..., None, *known(name), *typed, *nearly, *ANSWERS["ANYTHING"]])


@each("choice")
def test_a_sealed_choice_says_the_same_of_every_letter(name):
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    alike(name, [form.format(x) for x in letters for form in ("{}", "({})", " {}. ", "{0}{0}")])


def at_the_edges(exercise):
    """Give the numbers on either side of each edge of a band, in both sizes."""
    for form in FORMS:
        for low, high, *_ in numbers(exercise, form)["bands"]:
            for edge in (low, high):
                beside = form(edge)
                yield beside
                for way in (-np.inf, np.inf):
                    yield np.nextafter(beside, form(way))


def near(number):
    """Give numbers at all distances from one, and what it may be rounded to."""
    for power in range(1, 17):
        yield from (number * (1 + 10.0**-power), number * (1 - 10.0**-power))
        yield from (number + 10.0**-power, float(f"{number:.{power}g}"))
    yield from (number, -number, 1 / number if number else 0.0, number * 1e3, number / 100)


@each("number")
def test_a_sealed_number_says_the_same_at_the_edges_and_near_by(name):
    answers = [number for value in known(name) for number in near(float(value))]
    answers += [*at_the_edges(EXERCISES[name]), *map(np.float32, answers), *map(repr, answers)]
    answers += [math.inf, -math.inf, math.nan, 0.0, -0.0, np.float32(0), 1e300, 5e-324, "5 %"]
    alike(name, answers)


def test_a_sealed_number_says_only_that_an_unknown_one_is_not_right():
    assert repr(SEALED["updates-per-epoch"].check(1e6)) == "✗ 1000000 is not right"
    assert repr(SEALED["updates-per-epoch"].check(-math.inf)) == "✗ -inf is not right"


@each("number")
def test_a_band_around_0_holds_no_other_float(name):
    """For a cell holds numbers of one sign, or 0."""
    for low, high, *_ in numbers(EXERCISES[name])["bands"]:
        assert low == high == 0 or low * high > 0


@each("function", "array")
def test_a_sealed_function_says_the_same_of_functions_that_fail(name):
    def result_as(form):
        def answer(*arguments):
            return form(np.asarray(solution(*arguments), float))

        return answer

    def spoils(*arguments):
        result = np.copy(solution(*arguments))
        for argument in arguments:
            ANSWERS["changed"](argument)
        return result

    solution = EXERCISES[name].solution
    answers = [*ANSWERS["BAD_FUNCTIONS"].values(), lambda *arguments: None, spoils]
    answers += [result_as(form) for form in ANSWERS["FORMS"].values()]
    answers += [result_as(lambda value: value + 0.125), result_as(lambda value: value[None])]
    answers += [result_as(lambda value: value * (1 + 1e-7)), lambda *a: np.zeros((7, 7))]
    if EXERCISES[name].kind == "array":
        answers = [form(solution) for form in ANSWERS["FORMS"].values()]
        answers += [solution + 1e-7, solution.T, solution[:2], (solution + 1e-7).astype("float32")]
    alike(name, answers)


# ---- what can be read ----------------------------------------------------------------------------


@each("choice", "number")
def test_of_a_choice_or_a_number_nothing_but_covered_entries_is_kept(name):
    one = PLAIN[name]
    assert one.keys() - {"letters"} == {"kind", "difficulty", "unit", "entries"}
    assert ("letters" in one) == (one["kind"] == "choice")
    assert [*one["entries"]] == sorted(one["entries"])
    assert all(re.fullmatch("[0-9a-f]{16}", digest) for digest in one["entries"])
    texts = [base64.b64decode(covered) for covered in one["entries"].values()]
    assert len({*map(len, texts)}) == 1  # the length tells nothing
    for text in texts:  # and it looks like noise
        with pytest.raises(zlib.error):
            zlib.decompressobj().decompress(text)
        assert b"right" not in text


@each("choice")
def test_what_is_said_of_a_choice_is_read_with_its_letter_alone(name):
    sealed = SEALED[name]
    one, other = sealed.letters[:2]
    entries = {**sealed.entries}
    digests = [_digest(name, letter) for letter in (one, other)]
    entries[digests[0]] = entries[digests[1]]
    with pytest.raises((zlib.error, ValueError)):
        type(sealed)(**{**vars(sealed), "entries": entries})._of_choice(one)


def test_no_line_of_a_solution_is_in_the_data():
    text = zlib.decompress(DATA).decode()
    lines = {
        line.strip()
        for name in EXERCISES
        if EXERCISES[name].kind in ("function", "array")
        for printed in SOLUTIONS["printed"](name)
        for line in printed.splitlines()
        if len(line.strip()) > 4
    }
    assert len(lines) > 80
    assert [line for line in lines if line in text] == []
    assert "lambda" not in text


def test_the_cells_are_about_a_hundredth_wide_and_in_order():
    grid = np.geomspace(1e-9, 1e9, 20_001)
    places = [cell(x)[1] for x in grid]
    assert places == sorted(places)
    widths = [grid[i + 1] / grid[i] for i in range(20_000) if places[i] != places[i + 1]]
    assert len(set(places)) == pytest.approx(64 * np.log2(1e18), abs=2)
    assert widths
    assert [cell(-x) for x in grid] == [(-1, place) for place in places]
    assert cell(0.0) == cell(-0.0) == (0, 0)


def test_an_exercise_whose_bands_touch_is_sealed_too():
    whole = Exercise(difficulty=1, solution=100.0, bound=0.1).wrong(105, "five more")
    again = unseal(seal({"page": {"x": whole}}))["page"]["x"]
    for number in np.linspace(85, 120, 1001):
        assert said(again, number) == said(whole, number)
