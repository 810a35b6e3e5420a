"""The numbers of the text: a page prints them, works them out, or is worked out after here."""

import json
import math
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from chainrule.activations import Tanh
from chainrule.datasets import digits
from chainrule.exercises import EXERCISES
from chainrule.figures.activations import digits_network
from chainrule.figures.benchmarks import RECORDS

BOOK = runpy.run_path(str(Path(__file__).with_name("test_book.py")))
NOTEBOOKS, cells, name = BOOK["NOTEBOOKS"], BOOK["cells"], BOOK["name"]
WRITTEN = r"\d+(?:[\u00a0\u2009\u202f]\d{3})*(?:\.\d+)?"
NUMBER = re.compile(rf"(?<![\w.^/-]){WRITTEN}(?:\s?%)?")
MATH = re.compile(r"\$\$(.*?)\$\$|\$([^$]+)\$", re.DOTALL)


def number(written):
    return re.sub(r"[^\d.]", "", written)


def texts(notebook):
    return ["".join(cell["source"]) for cell in cells(notebook, "markdown")]


def bold(answer):
    """Give an answer in bold that ends a formula as the formula's last part."""
    return re.sub(rf"\$\s*\*\*([−-]?{WRITTEN})(?:\s?%)?\*\*", r" \1$", answer)


# ---- sums that are done on the page --------------------------------------------------------------

ARITHMETIC = re.compile(r"(?=.*\d)(?:[\d.+\-*/() ]|log|sqrt|exp|e)+")
RELATION = re.compile(
    r"(=|\\approx|\\[lg]e(?![a-z])|[<>]|\\ll|\\gg|,(?!\d)|\\quad|\\text\{[^}]*\}|&|\\\\)"
)
REPLACED = [
    (r"\\[,: ](?=\d{3})|[\u00a0\u2009\u202f]", ""),
    (r"\\(?:left|right|[bB]igg?[lr]?)(?![a-z])|\\[,;:! ]|\\quad|~", " "),
    (r"\\[td]?frac\s*(\d)", r"\\frac{\1}"),
    (r"(\\frac\{\d+\})\s*(\d)", r"\1{\2}"),
    *[(r"\^\{([^{}]*)\}", r"**(\1)"), (r"\\sqrt\s*\{([^{}]*)\}", r"sqrt(\1)")] * 2,
    *[(r"\\[td]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"((\1)/(\2))")] * 3,
    (r"\\sqrt\s*(\d+)", r"sqrt(\1)"),
    (r"\\log\s*(\d[\d.]*)", r"log(\1)"),
    (r"\\(log|exp)", r"\1"),
    (r"\^(\d)", r"**\1"),
    (r"\\cdot|\\times|[·×]", "*"),
    (r"\\%", "*0.01"),
    ("−", "-"),
    (r"\[", "("),
    (r"\]", ")"),
    (r"([\d)])\s*(?=\(|log|sqrt|exp|e\b)", r"\1*"),
]


def value(tex):
    """Give the number that a formula without letters is, or None of another."""
    for pattern, by in REPLACED:
        tex = re.sub(pattern, by, tex)
    tex = tex.strip().rstrip(".,;")
    if not ARITHMETIC.fullmatch(tex):
        return None
    names = {name: getattr(math, name) for name in ("log", "sqrt", "exp", "e")}
    try:
        return float(eval(tex, names))
    except (SyntaxError, TypeError):  # a piece of a formula: "(3" or "2 3"
        return None


def unit(tex):
    """Give the unit of the last decimal that a number shows."""
    decimals = re.search(r"\.(\d+)(?!.*\d)", tex)
    return 10.0 ** -len(decimals[1]) if decimals else 1.0


def sums(text):
    """Yield what a text says to be equal, or nearly: both numbers as written, and the sign."""
    for found in MATH.finditer(bold(text)):
        parts = RELATION.split(found[1] or found[2])
        for left, relation, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
            if relation in ("=", r"\approx") and None not in (value(left), value(right)):
                yield left, relation, right


def holds(left, relation, right):
    one, other = value(left), value(right)
    if relation == "=":
        return math.isclose(one, other, rel_tol=1e-12)
    return abs(one - other) <= 0.5001 * unit(right)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_the_sums_that_a_page_does_come_out(notebook):
    wrong = [each for text in texts(notebook) for each in sums(text) if not holds(*each)]
    assert not wrong


def test_sums_are_found_and_wrong_ones_too():
    found = [each for notebook in NOTEBOOKS for text in texts(notebook) for each in sums(text)]
    assert len(found) > 100
    line = r"$-\frac13 \log (0.8 \cdot 0.5 \cdot 0.9) \approx$ **0.341**, $2^{10} = 1\,024$"
    assert [holds(*each) for each in sums(line)] == [True, True]
    wrong = r"$\sqrt{2} \approx 1.42$, $2/9 = 0.22$, $x = 3$"
    assert [holds(*each) for each in sums(wrong)] == [False, False]


# ---- numbers in the text -------------------------------------------------------------------------


def record(name):
    return json.loads((RECORDS / f"{name}.json").read_text(encoding="utf-8"))


def focal(p):
    return -((1 - p) ** 2) * math.log10(p)


def blind(rates, runs):
    """Give the largest rate at which no seed finds a nine without weights."""
    found = zip(*(run["no weights"]["report"] for run in runs), strict=True)
    return max(
        rate for rate, seeds in zip(rates, found, strict=True) if not any(s[0] for s in seeds)
    )


def focal_factor(p):
    """Give by what (1.4.6a) multiplies the slope of cross-entropy, for γ = 2."""
    return (1 - p) ** 2 - 2 * p * (1 - p) * math.log(p)


NINES = record("imbalance")
COMPILED = record("gpu")["eager over compiled"]["GELU of 16.8 million numbers"]
SPLIT, RACES = digits(), record("races")
MADE = 64 * 512 + 512 + 512 * 10 + 10  # the parameters of the digits' network
BEGUN = digits_network(Tanh(), np.random.default_rng(0))
EASY, HARD = -1000 * math.log(0.9), -10 * math.log(0.4)

FOUND_BY = {
    "convolution/cnn": {
        "2736": lambda: 12 * 10 + 24 * (12 * 9 + 1),
        "38\u00a0410": lambda: MADE,
        "1077": lambda: len(SPLIT.train.x),
        "5760": lambda: 10 * 16 * 6 * 6,
    },
    "convolution/convolution": {
        "8.4": lambda: 32 * 16 * 64**2 * 4 / 1e6,
        "73\u00a0856": lambda: 128 * (64 * 9 + 1),
    },
    "neural-network/activations": {
        "0.03": lambda: min(record("activations")["search"]["sigmoid"]["rates"]),
        "0.7": lambda: Tanh().derivative(BEGUN.layers[0](SPLIT.train.x)).mean(),
    },
    "neural-network/adaptive": {
        "2.5": lambda: 0.1 / math.sqrt(0.001 / (1 - 0.999**1000)),
    },
    "neural-network/losses": {
        "2500": lambda: (10 / 0.2) ** 2,
        "0.06": lambda: blind(NINES["rates"]["nines"], NINES["nines"]),
    },
    "neural-network/network": {"38\u00a0410": lambda: MADE},
    "neural-network/overlap": {
        "22.5 %": lambda: 100 * (max(focal_factor(k / 1000) for k in range(1, 500)) - 1),
        "0.36": lambda: (1 - 0.4) ** 2,
        "3650": lambda: 3400 + 250,
        "0.920": lambda: EASY / (EASY + HARD),
    },
    "neural-network/proofs": {"4603": lambda: math.ceil(math.log(0.01) / math.log(0.999))},
    "neural-network/races": {
        "0.0003": lambda: min(RACES["rates"]),
        "0.40": lambda: ((math.sqrt(20) - 1) / (math.sqrt(20) + 1)) ** 2,
        "3330": lambda: len(RACES["seeds"]) * sum(map(len, RACES["validation loss"].values())),
    },
    "neural-network/training": {
        "19 %": lambda: 100 * math.exp(-1.66),
        "1797": lambda: sum(map(len, (SPLIT.train.x, SPLIT.validation.x, SPLIT.test.x))),
        "1020": lambda: 30 * 34,
        "0.8": lambda: 100 * math.sqrt(0.975 * 0.025 / 360),
        "1.2": lambda: 100 * math.sqrt(2 * 0.975 * 0.025 / 360),
    },
    "reference/errata": {"0.1433": lambda: focal(0.4), "0.36": lambda: (1 - 0.4) ** 2},
    "scaling/data-parallel": {"38\u00a0410": lambda: MADE},
    "scaling/growth": {
        "1077": lambda: len(SPLIT.train.x),
        "92 %": lambda: 100 * record("growth")["data"]["target"],
        "1500": lambda: record("growth")["data"]["limit"],
    },
    "scaling/device": {
        "129.5": lambda: 259 / 2,
        "150.35": lambda: 300.7 / 2,
        "6.5": lambda: 13 / 2,
        "0.90": lambda: COMPILED["low"],
    },
}

# what is chosen or quoted, not found
GIVEN = {
    "neural-network/activations": ["100\u00a0000"],
    "neural-network/races": ["10\u00a0000", "0.0001"],
    "reference/benchmarks": ["1000", "10\u00a0000", "100\u00a0000", "1\u00a0000\u00a0000"],
    "reference/errata": ["36\u00a0000"],
    "scaling/data-parallel": ["16\u00a0384"],
    "scaling/device": ["4096"],
}


def shown(notebook):
    """Give the numbers that a page's cells print or contain, and those of its formulas."""
    parts = [found[0] for text in texts(notebook) for found in MATH.finditer(text)]
    parts += [found for text in texts(notebook) for found in re.findall("`[^`]*`", text)]
    for cell in cells(notebook, "code"):
        parts += cell["source"]
        for output in cell["outputs"]:
            parts.append("".join(output.get("text", "")))
            data = output.get("data", {})
            parts += ["".join(data[kind]) for kind in data if kind.startswith("text")]
    together = re.sub(r"\\[,: ](?=\d{3})|[\u00a0\u2009\u202f,{}](?=\d{3})", "", "\n".join(parts))
    return {*re.findall(r"\d+(?:\.\d+)?", together)}


def prose(text):
    """Give a text without what is no statement: code, formulas, links, questions, exercises."""
    for pattern in (
        r":::\{exercise\}.*?:::",
        r"^\*\*\d\.\*\*.*?(?=\n\n)",
        r"```.*?```",
        r"\$\$.*?\$\$",
        r"\$[^$]*\$",
        r"\{[\w:-]+\}`[^`]*`",
        r"`[^`]*`",
        r"\[\([\d.]+[a-z]?\)\]\([^)]*\)",
        r"\(\d\.\d+[a-z]?\)",
        r"\]\([^)]*\)",
        r"says:\*\*.*?\*\*Correction",
        r"^[#:].*?$",
        r"([Ss]ections?|[Ff]igures?|[Ll]isting|[Aa]fter|fig\.|and|to|,) \[?\d\.\d+",
    ):
        text = re.sub(pattern, " ", text, flags=re.DOTALL | re.MULTILINE)
    return text


def stated(notebook):
    """Yield the numbers of a page's text, but for whole ones below 1000, years and answers."""
    for text in texts(notebook):
        answer = re.match(r":::\{solution\} ([\w-]+)", text)
        right = EXERCISES[answer[1]].solution if answer else None
        for found in NUMBER.finditer(prose(text)):
            written = found[0]
            if re.fullmatch(r"\d{1,3}|(19|20)\d\d", written):
                continue
            if isinstance(right, (int, float)):
                own = abs(right) * (100 if "%" in written else 1)
                if abs(own - float(number(written))) <= 0.5001 * unit(written):
                    continue
            yield written


def unsupported(notebook):
    page = name(notebook)
    known = {*FOUND_BY.get(page, ()), *GIVEN.get(page, ())}
    printed = shown(notebook)
    return [each for each in stated(notebook) if each not in known and number(each) not in printed]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_a_number_in_the_text_is_printed_or_worked_out(notebook):
    assert unsupported(notebook) == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_what_is_worked_out_here_is_what_the_text_says(notebook):
    said, found_by = {*stated(notebook)}, FOUND_BY.get(name(notebook), {})
    assert {*found_by, *GIVEN.get(name(notebook), ())} <= said
    for written, find in found_by.items():
        assert abs(find() - float(number(written))) <= 0.5001 * unit(written), written


# ---- numbers beside pictures ---------------------------------------------------------------------


def leaves(found):
    """Yield the numbers of a record, and those in its names."""
    if isinstance(found, (dict, list)):
        for part in found.values() if isinstance(found, dict) else found:
            yield from leaves(part)
        yield from map(
            float, re.findall(r"\d+", " ".join(found)) if isinstance(found, dict) else ()
        )
    elif isinstance(found, (int, float)):
        yield found


def drawn(call, found):
    """Give the numbers of a record that a picture shows."""
    if call == "ratios":
        return {each: ratio["median"] for each, ratio in found["ratios"].items()}
    if call not in ("memory", "roofline"):
        return found
    ways = "chainrule, tiled", "chainrule, im2col"
    layers, most = found["layers"].values(), found["machine"]["operations_per_second"]
    if call == "memory":
        return {"dashed at 16": [each["memory"]["forward"][way] for each in layers for way in ways]}
    rates = (each["one thread"]["operations_per_second"][ways[0]] for each in layers)
    return [100 * rate / most for rate in rates]


def described(notebook):
    """Yield the captions and descriptions of the pictures that show numbers of a record."""
    read = []
    for cell in cells(notebook, "code"):
        source = "".join(cell["source"])
        read += re.findall(r'read\("(\w+)"\)', source)
        settings = cell["metadata"].get("mystnb", {})
        words = " ".join(settings.get(kind, {}).get(word, "") for kind, word in DESCRIBING)
        call = re.search(r"(\w+)\(record[^()]*\)\s*$", source)
        if read and call and words.strip():
            numbers = drawn(call[1], record(read[-1]))
            yield pytest.param(numbers, words, id=f"{name(notebook)}, {call[1]} of {read[-1]}")


DESCRIBING = [("image", "alt"), ("figure", "caption")]
OF_RECORDS = [each for notebook in NOTEBOOKS for each in described(notebook)]


@pytest.mark.parametrize(("numbers", "words"), OF_RECORDS)
def test_a_picture_is_described_by_the_numbers_of_its_record(numbers, words):
    known = [*leaves(numbers)]
    for found in NUMBER.findall(words):
        near = 0.5001 * unit(found)
        assert any(abs(each - float(number(found))) <= near for each in known), found
