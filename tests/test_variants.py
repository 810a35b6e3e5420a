"""Exercises that are drawn: text, solution and feedback are of the same numbers, with any seed.

What is right is found anew here, from the numbers that the page's text has then.
"""

import json
import math
import re
from inspect import signature
from itertools import combinations, product
from pathlib import Path

import pytest

from chainrule.exercises import DRAWN, EXERCISES, SECTIONS, variant
from chainrule.exercises.sealed import seal, unseal

BOOK = Path(__file__).parents[1] / "book"
each = pytest.mark.parametrize("name", DRAWN)


def question(name):
    """Give the text of an exercise and its hint, as its page has them."""
    [page] = [section.page for section in SECTIONS if name in section.exercises]
    cells = json.loads((BOOK / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    [found] = re.findall(
        rf"^:::{{exercise}}[^\n]*\n:label: {name}\n.+?(?=^:::{{solution}})", text, re.M | re.S
    )
    return found


def updates(n):
    """Train epoch by epoch until the update is made."""
    samples, batch, _, update = n
    made = epoch = 0
    while made < update:
        made += math.ceil(samples / batch)
        epoch += 1
    return epoch


def widest(n):
    inputs, outputs, most = n
    return max(k for k in range(999) if (inputs + 1) * k + (k + 1) * outputs <= most)


def largest_batch(n):
    samples, least = n
    return max(b for b in range(1, int(samples)) if 5 * math.ceil(samples / b) >= least)


def adagrad(n):
    first, later, alpha, step = n
    s = first**2 + sum(later**2 for _ in range(int(step) - 1))
    return alpha * later / math.sqrt(s)


def mean_after(n):
    gradient, _, beta, *_ = n
    m = 0.0
    for _ in range(5):
        m = beta * m + (1 - beta) * gradient
    return m


def adam_alone(n):
    w, _, alpha, rho, *_ = n
    gradient = rho * w
    return w - alpha * gradient / math.sqrt(gradient**2)


def clipped(n):
    a, b, c, length, *_ = n
    return a * length / math.hypot(a, b, c)


def temperature(n):
    gap, probability = n[0], n[4]
    return round(gap / math.log(probability / (1 - probability)), 2)


def dead(n):
    return -max(sum(map(math.prod, zip(n[:3], x, strict=True))) for x in product((0, 1), repeat=3))


def back(n):
    """Differentiate (u + x)² + x with u = x y by central differences."""
    x, y = n

    def cost(x):
        return (x * y + x) ** 2 + x

    return round((cost(x + 1e-5) - cost(x - 1e-5)) / 2e-5, 6)


def softmax_slope(n):
    """Raise both logits, and see what becomes of the third probability."""
    z, h = [math.log(a) for a in n[:3]], 1e-6

    def third(h):
        e = [math.exp(z[0] + h), math.exp(z[1] + h), math.exp(z[2])]
        return e[2] / sum(e)

    return round((third(h) - third(-h)) / (2 * h), 8)


def focal_share(n):
    easy, hard = (
        count * (1 - p) ** 2 * math.log(p) for count, p in zip(n[0:3:2], n[1:4:2], strict=True)
    )
    return easy / (easy + hard)


def batches(n):
    return sum(0 in batch for batch in combinations(range(int(n[0])), 3))


def first_step(n):
    beta, t = n[0], 1
    while 1 - beta**t <= 0.99:
        t += 1
    return t


def multiplications(n):
    a, b, c, d, batch = n
    return batch * ((b * c + c * d) * 2 + a * b)


def differences(n):
    _, hidden, _ = n
    runs = 2 * (2 * hidden + hidden + hidden + 1)
    return runs * (2 * hidden + hidden)


def bytes_moved(n):
    _, channels, side, _, kernels, k, *_ = n
    x, y, columns = channels * side**2, kernels * side**2, channels * k * k * side**2
    return 4 * (x + y + 2 * columns + kernels * channels * k * k)


def scaling(n):
    overhead, a, power, w = n
    work = a * w**power
    return power * work / (overhead + work)


# by exercise: what is right, by the numbers of its question, in their order
RIGHT = {
    "updates-per-epoch": updates,
    "parameter-count": widest,
    "ten-sigmoids": lambda n: 0.25**10 * n[1] ** 9,
    "he-start": lambda n: math.sqrt(2 / n[0]),
    "updates-in-five-epochs": largest_batch,
    "noise-to-a-third": lambda n: n[0] / (1 / 3) ** 2,
    "largest-rate": lambda n: 2 / (2 * n[0]),
    "final-velocity": lambda n: sum(n[0] ** k for k in range(5000)),
    "adagrad-tires": adagrad,
    "bias-by-hand": mean_after,
    "decay-alone": adam_alone,
    "clip-by-hand": clipped,
    "state-of-adam": lambda n: n[0] / 4 / 4 if n[0] == n[1] else None,
    "temperature": temperature,
    "dead-neuron": dead,
    "likelihood-of-rain": lambda n: -sum(map(math.log, (n[0], n[1], 1 - n[2]))) / 3,
    "outlier-pull": lambda n: 2 * n[1] / (2 * n[0]),
    "huber-join": lambda n: n[0] * n[0] - n[0] ** 2 / 2 if n[0] == n[1] else None,
    "balanced-weight": lambda n: sum(n[1:4]) / (3 * n[3]),
    "focal-factor": focal_share,
    "jacobian-entry": softmax_slope,
    "curvature-of-two": lambda n: 1 / 4 / (n[4] * n[5]),
    "batches-with-sample": batches,
    "weights-add-up": first_step,
    "map-of-nesterov": lambda n: -n[3] / n[5],
    "bound-of-three": lambda n: 0.25**3 * n[4] ** 2,
    "backward-count": multiplications,
    "price-of-differences": differences,
    "used-three-times": back,
    "forward-passes": lambda n: n[0],
    "after-two-backwards": lambda n: 2 * (2 * n[0]),
    "bytes-moved": bytes_moved,
    "slope-of-a-step": scaling,
}


def found_anew(name, text):
    """Give what is right, by the numbers in a text."""
    for number, word in enumerate(("seven", "eight", "nine", "ten"), 7):
        text = text.replace(f" {word} samples", f" {number} samples")
    return RIGHT[name]([float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text)])


def settings(name):
    """Give all numbers that an exercise may be drawn with, not those of some seeds alone."""
    choices = DRAWN[name].choices
    return [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]


@each
def test_what_is_found_anew_by_the_page_is_the_pages_solution(name):
    assert found_anew(name, question(name)) == pytest.approx(EXERCISES[name].solution, rel=1e-9)


@each
def test_the_text_and_the_solution_are_of_the_same_numbers(name):
    for numbers in settings(name):
        text = DRAWN[name].rewritten(question(name), numbers)
        exercise = DRAWN[name].exercise(numbers)
        assert found_anew(name, text) == pytest.approx(exercise.solution, rel=1e-9)
        assert exercise.solution != pytest.approx(EXERCISES[name].solution, rel=1e-2)


@each
def test_every_known_mistake_is_told_what_it_is(name):
    for numbers in settings(name):
        exercise = DRAWN[name].exercise(numbers)
        assert exercise.check(exercise.solution).right is True
        assert exercise.check(EXERCISES[name].solution).right is False
        assert len(exercise.mistakes) == len(EXERCISES[name].mistakes)
        for mistake, message in exercise.mistakes:
            feedback = exercise.check(mistake)
            assert (feedback.right, feedback.message) == (False, message), numbers
        assert exercise.difficulty == EXERCISES[name].difficulty
        assert exercise.unit == EXERCISES[name].unit


@each
def test_each_number_is_another_than_the_pages_and_stands_in_the_text(name):
    one = DRAWN[name]
    assert {*one.choices} == {*signature(one.make).parameters}
    for key, some in one.choices.items():
        assert one.own[key] not in some
        assert len({*some}) == len(some) >= 2
        for value in some:
            assert one.rewritten(question(name), one.own | {key: value}) != question(name)
    assert one.rewritten(question(name), one.own) == question(name)


def raised(text):
    return int("".join(str("⁰¹²³⁴⁵⁶⁷⁸⁹".index(digit)) for digit in text))


# what messages say with numbers, and whether it is so
CLAIMS = {
    r"2 · ([\d.]+) = ([\d.]+)": lambda a, b: float(b) == pytest.approx(2 * float(a)),
    r"(\d+) neurons have (\d+) parameters": lambda n, p: 75 * int(n) + 10 == int(p),
    r"as (\d+)² = (\d+)": lambda a, b: int(a) ** 2 == int(b),
    r"½ · (\d)² = ([\d.]+), the line begins at (\d+)": lambda a, b, c: (
        int(a) ** 2 == 2 * float(b) == int(c)
    ),
    r"σ\((\d)\) ≈ ([\d.]+)": lambda z, p: abs(1 / (1 + math.exp(-int(z))) - float(p)) < 0.005,
    r"is ([\d.]+) at the second place, not ([\d.]+)": lambda a, b: (
        math.sqrt(float(b)) * (1 - math.sqrt(float(b))) == pytest.approx(float(a))
    ),
    r"brings (\d+) y = (\d+)": lambda a, b: (
        int(b) % int(a) == 0 and int(a) == 2 * (int(b) // int(a) + 1)
    ),
    r"of the (\d+) microseconds (\d+) do not": lambda a, b: int(a) == int(b) + 500,
    r"1 − (0\.\d+)([⁰¹²³⁴⁵⁶⁷⁸⁹]+) is ([\d.]+): not yet": lambda a, k, b: (
        round(1 - float(a) ** raised(k), 5) == float(b) < 0.99
    ),
    r"19 batches of at most (\d+) hold (\d+) samples": lambda a, b: 19 * int(a) >= int(b),
    r"takes (\d+) samples: the last of an epoch takes (\d+)": lambda a, b: 1077 % int(a) == int(b),
    r"13 long, more than ([\d.]+): none": lambda a: 5 < float(a) < 13,  # (3, 4) is 5 long
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_what_a_message_says_with_numbers_is_so(claim):
    made = [DRAWN[name].exercise(numbers) for name in DRAWN for numbers in settings(name)]
    messages = {message for one in [*EXERCISES.values(), *made] for _, message in one.mistakes}
    found = {groups for message in messages for groups in re.findall(claim, message)}
    assert len(found) >= 3
    for groups in found:
        assert CLAIMS[claim](*([groups] if isinstance(groups, str) else groups)), groups


# ---- how they are drawn --------------------------------------------------------------------------


def test_a_seed_draws_the_same_for_all():
    for number in (1, 7, 50):
        one, again = variant(number), variant(number)
        assert [*one] == [*EXERCISES]
        assert [one[name] for name in DRAWN] == [again[name] for name in DRAWN]
        assert all(one[name] is EXERCISES[name] for name in EXERCISES if name not in DRAWN)


def test_what_is_drawn_is_written_down():
    """Another draw with the same seed would give a group's later students other numbers."""
    drawn = {
        name: [*DRAWN[name].numbers(name, 7).values()] for name in ("he-start", "clip-by-hand")
    }
    assert drawn == {"he-start": [512, 60], "clip-by-hand": [9.1]}


def test_exercises_are_drawn_apart():
    """Two with as many choices do not go together."""
    places = {
        name: [one.choices[key].index(one.numbers(name, n)[key]) for n in range(1, 51)]
        for name, one in DRAWN.items()
        for key in [min(one.choices)]
    }
    assert len({*map(tuple, places.values())}) == len(places)


@each
def test_all_that_may_be_drawn_is_drawn(name):
    found = {tuple(DRAWN[name].numbers(name, number).values()) for number in range(1, 501)}
    assert found == {tuple(numbers.values()) for numbers in settings(name)}


def test_without_a_seed_they_are_the_pages_own():
    assert variant(None) is EXERCISES


@pytest.mark.parametrize("number", [0, -3])
def test_a_seed_is_from_1_on(number):
    with pytest.raises(ValueError, match=f"variant: .* from 1 on, got {number}"):
        variant(number)


def test_a_piece_that_the_page_does_not_say_is_an_error():
    name = "he-start"
    with pytest.raises(ValueError, match="the page does not say 'reads 200 neurons"):
        DRAWN[name].rewritten("reads 201 neurons", DRAWN[name].numbers(name, 1))


def test_they_are_in_many_sections():
    assert len(DRAWN) >= 20
    assert sum(bool(DRAWN.keys() & section.exercises.keys()) for section in SECTIONS) >= 10


@each
def test_they_can_be_sealed(name):
    made = {str(numbers): DRAWN[name].exercise(numbers) for numbers in settings(name)}
    sealed = unseal(seal({"page": made}))["page"]
    for key, exercise in made.items():
        for answer in (exercise.solution, *(mistake for mistake, _ in exercise.mistakes)):
            assert sealed[key].check(answer) == exercise.check(answer)
        assert sealed[key].check(EXERCISES[name].solution).right is False
