"""Slides of a small page: what stands on the board, what in the notes, and where links lead."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from chainrule.pages import PAGES

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "book" / "slides.py"


@pytest.fixture(scope="module")
def slides():
    path = [*sys.path]
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    found = runpy.run_path(str(ROOT / "book" / "_ext" / "slides.py"))
    sys.path[:] = path
    return found


def formula(label):
    return (
        f'<div class="math notranslate" id="eq-{label}"><span class="katex">x</span>'
        f'<span class="eqno">({label})<details class="tick"><summary>✓</summary></details></span>'
        "</div>"
    )


PRINTED = "\n".join(f"line {k}" for k in range(20)) + "\n✓ it holds\n  for 3\nend\n"
LISTING = "def f(x):\n    return x\n\ndef g(x):\n" + "    x = x\n" * 14
PAGE = f"""<html><nav>elsewhere</nav><article class="bd-article">
<section id="loss"><h1>1 Loss<a class="headerlink" href="#loss">#</a></h1>
<p class="reading-time">About 2 minutes.</p>
<p>A loss is one number. It is small.</p>
<div class="admonition"><p class="admonition-title">You can</p><ul><li><p>prove</p></li></ul></div>
<p>Only said.</p>
<section id="squares"><h2>1.1 Squares<a class="headerlink" href="#squares">#</a></h2>
<p id="first">Why squares? They are smooth. Nobody asks. Here, by <a href="#eq-1">(1)</a> and
<a href="other.html#eq-7">(7)</a>,<sup class="erratum"><a href="#e1">E1</a></sup></p>
{formula("1")}
<p>where x is small. And so on.</p>
<p>Its best value is the <strong>mean</strong>. More of it. See <a href="#nowhere">there</a>.</p>
<span id="target"></span>
<div class="cell"><div class="cell_input"><pre>draw()</pre></div><div class="cell_output">
<figure id="fig"><svg role="img" viewBox="0 0 300 100"></svg>
<figcaption>Figure 1.</figcaption></figure>
</div></div>
<div class="cell"><div class="cell_input"><pre>print(1)</pre></div><div class="cell_output">
<div class="output stream"><pre>1</pre></div></div></div>
<div class="cell"><div class="cell_output"><div class="output stream"><pre>{PRINTED}</pre></div>
</div></div>
<div class="cell tag_hide-cell"><details><summary>How (1) was checked</summary></details></div>
<section id="rule"><h3>Its rule</h3><p>It is short. Two lines. Three.</p>
<div class="highlight-python"><pre>{LISTING}</pre></div>
<div class="proof theorem admonition" id="thm"><p class="admonition-title">Theorem 1</p>
<section id="proof-content" style="--letters: 3"><p>It holds.</p></section></div>
<div class="proof admonition"><p>Proof. By hand.</p></div></section>
</section>
<section id="five-questions"><h2>Five questions</h2>
<p><strong>1.</strong> Why? Or not?</p><details><summary>Answer</summary><p>because</p></details>
<p><strong>2.</strong> Which?</p><details><summary>Answer</summary><p>this</p></details></section>
<section id="exercises"><h2>Exercises</h2>
<div class="exercise admonition" id="one"><p class="admonition-title">Exercise 1 (One)</p>
<section id="exercise-content"><p>What is it?</p></section></div>
<details><summary>Hint</summary><p>look</p></details><form class="ask"><button>a</button></form>
<div class="solution admonition" id="s"><p class="admonition-title">Solution</p><p>secret</p></div>
</section>
<script>places()</script></section></article></html>"""


@pytest.fixture(scope="module")
def deck(slides):
    return BeautifulSoup(slides["deck"](PAGE, "book/part/loss.html"), "html.parser")


def said(element):
    return " ".join(element.get_text(" ").split())


def boards(deck):
    """Give for each slide its heading, what is on it and its notes."""
    parts = ("header", ".board", ".notes")
    return [tuple(said(s.select_one(part)) for part in parts) for s in deck.select(".slide")]


def test_statements_stand_on_the_board_and_the_text_in_the_notes(deck):
    assert boards(deck) == [
        ("1 Loss", "A loss is one number.", "A loss is one number. It is small."),
        ("You can", "prove", "Only said."),
        (
            "1.1 Squares",
            "Why squares? They are smooth. Here, by (1) and (7) , x (1) ✓ where x is small.",
            "Why squares? They are smooth. Nobody asks. Here, by (1) and (7) , E1"
            " where x is small. And so on.",
        ),
        (
            "1.1 Squares",
            "Its best value is the mean . Figure 1.",
            "Its best value is the mean . More of it. See there . draw()",
        ),
        ("1.1 Squares", "print(1) 1", ""),
        ("1.1 Squares", "✓ it holds for 3", " ".join(PRINTED.split())),
        (
            "1.1 Squares Its rule",
            "It is short. def f(x): return x",
            "It is short. Two lines. Three.",
        ),
        ("1.1 Squares Its rule", " ".join(LISTING.split()[4:]), ""),
        ("1.1 Squares Its rule", "Theorem 1 It holds.", "Proof. By hand."),
        ("Five questions", "1. Why? Or not?", "Answer because"),
        ("Five questions", "2. Which?", "Answer this"),
        ("Exercises Exercise 1 (One)", "What is it?", "Hint look"),
    ]


def test_no_slide_has_a_solution_a_checker_or_what_stands_beside_the_page(deck):
    for word in ("secret", "Solution", "elsewhere", "How (1)", "places()"):
        assert word not in str(deck)
    assert not deck.select("form.ask, section[id], .headerlink, main script")


def test_what_is_linked_to_stands_on_one_slide_and_links_lead_to_it_or_to_the_page(deck):
    ids = [tag["id"] for tag in deck.select("main [id]")]
    wanted = "loss squares first eq-1 target fig rule thm five-questions exercises one"
    assert {*wanted.split()} <= {*ids}
    assert len({*ids}) == len(ids)
    links = {said(a): a["href"] for a in deck.select(".slide .notes a")}
    assert links == {
        "(1)": "#eq-1",
        "(7)": "../book/part/other.html#eq-7",
        "E1": "../book/part/loss.html#e1",
        "there": "../book/part/loss.html#nowhere",
    }


def test_a_picture_has_its_words_below_it_or_beside_it(slides):
    for shape, kind in (("300 100", "below"), ("150 100", "beside"), ("100 100", "tall")):
        html = f'<figure class="a"><svg role="img" viewbox="0 0 {shape}"></svg></figure>'
        figure = BeautifulSoup(html, "html.parser").figure
        slides["shape"](figure)
        assert figure["class"] == ["a", kind]
    photo = BeautifulSoup(
        '<figure class="a"><a><img width="30" height="10"></a></figure>', "html.parser"
    )
    slides["shape"](photo.figure)
    assert photo.figure["class"] == ["a", "below"]
    assert photo.figure["style"] == "--ratio: 3.000"
    assert not photo.a


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("About 3.5 of it, e.g. Adam. No", ["About 3.5 of it, e.g. Adam.", "No"]),
        ("As in vol. of it. (An aside.) End.", ["As in vol. of it.", "(An aside.)", "End."]),
        ("By <span>x = 1.</span> Then <b>y.</b> Z.", ["By x = 1.", "Then y.", "Z."]),
    ],
)
def test_a_paragraph_is_divided_into_sentences(slides, text, expected):
    paragraph = BeautifulSoup(f"<p>{text}</p>", "html.parser").p
    divide = slides["key"].__globals__["sentences"]
    assert [said(part).replace(" .", ".") for part in divide(paragraph)] == expected
    assert str(paragraph) == f"<p>{text}</p>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two. Three.", []),
        ("One. A <strong>name</strong> is two. Three.", ["A name is two."]),
        ("<strong>Groups.</strong> They are few. More.", ["Groups.", "They are few."]),
        ("One. These are:", ["These are:"]),
    ],
)
def test_sentences_in_the_middle_of_a_section(slides, text, expected):
    paragraph, other = BeautifulSoup(f"<p>{text}</p><ul></ul>", "html.parser")
    assert [said(part) for part in slides["key"](paragraph, other, other)] == expected


def test_the_list_of_all_slides_leads_to_each(slides):
    here = SimpleNamespace(env=SimpleNamespace(docname="book/lecturers"))
    [raw] = slides["Slides"].run(here)
    links = re.findall(r'href="\.\./slides/([\w-]+)\.html">([^<]+)<', raw.astext())
    assert [title for _, title in links] == [page.title for page in PAGES]
    assert len({name for name, _ in links}) == len(PAGES)
    assert raw["format"] == "html"


def test_printing_says_what_it_lacks(tmp_path):
    script = tmp_path / "book" / "slides.py"
    script.parent.mkdir()
    script.write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")

    def message(*arguments):
        done = subprocess.run(
            [sys.executable, script, *arguments],
            capture_output=True,
            encoding="utf-8",
            env={k: v for k, v in os.environ.items() if k != "CHROMIUM"} | {"PATH": ""},
        )
        assert done.returncode == 1
        return done.stderr

    assert "run make book first" in message()
    folder = tmp_path / "_build" / "html" / "slides"
    folder.mkdir(parents=True)
    (folder / "losses.html").write_text("", encoding="utf-8")
    assert "No slides of loses; there are losses" in message("loses")
    assert "No Chromium found" in message("losses")
