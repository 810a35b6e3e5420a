"""What TeX says of the book: nothing sticks out, nothing is missing, nothing leads nowhere."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]

OUT = 2.0  # points, 0.7 mm: less than the eye sees at the edge of a box
SMALLEST = 0.7  # how much smaller a formula may get to fit its line


def test_nothing_sticks_out_of_its_line(log):
    found = re.findall(r"^(Overfull \\hbox \(([\d.]+)pt too wide\).*)\n(.*)", log, re.MULTILINE)
    wide = [f"{what}: {text}" for what, width, text in found if float(width) > OUT]
    assert not wide, "\n".join(wide)


def test_no_formula_is_made_too_small(log):
    found = re.findall(r"^Formula of ([\d.]+)pt made to fit ([\d.]+)pt", log, re.MULTILINE)
    small = [
        f"{own} pt into {room} pt" for own, room in found if float(room) < SMALLEST * float(own)
    ]
    assert not small, "\n".join(small)


def test_no_character_is_missing(log):
    assert not re.findall(r"^Missing character: .*", log, re.MULTILINE)


def test_every_reference_resolves(log):
    wrong = re.findall(r".*(?:undefined|multiply defined).*", log)
    assert not wrong, "\n".join(wrong)


def test_every_picture_is_there(log):
    assert not re.findall(r".*File `.*' not found.*", log)


def test_every_numbered_equation_is_there_and_leads_to_the_ledger(built):
    """Sphinx may print a formula without its number, and TeX would not know."""
    source = built.with_suffix(".tex").read_text(encoding="utf-8")
    notebooks = [*ROOT.glob("book/**/*.ipynb"), *ROOT.glob("book/**/*.md")]
    tags = {
        tag
        for page in notebooks
        for tag in re.findall(r"\\\\?tag\{([^}]+)\}", page.read_text(encoding="utf-8"))
    }
    assert tags == set(re.findall(r"\\tag\{([^}]+)\}", source))
    rows = re.findall(r"\\checked\{\\detokenize\{[\w/]+:claim-([\w-]+)\}\}", source)
    assert {tag.replace(".", "-") for tag in tags} == set(rows)
