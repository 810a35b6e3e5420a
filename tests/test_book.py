"""The book as a book: its equations, exercises, errata and notebooks against the package."""

import ast
import json
import re
import runpy
import tomllib
from collections import Counter
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml
from docutils import nodes
from pybtex.database import parse_file
from sphinx.errors import ExtensionError

import chainrule
from chainrule import ledger
from chainrule.exercises import EXERCISES, SECTIONS
from chainrule.figures.kit.slider import Curve, Slider
from chainrule.ledger import claims
from chainrule.ledger.sabotage import FORMS

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "book"
NOTEBOOKS = sorted(BOOK.rglob("*.ipynb"))
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
RUN = runpy.run_path(str(BOOK / "run.py"))
PAGES = sorted([*NOTEBOOKS, *BOOK.rglob("*.md")])


def cells(notebook, kind=None):
    found = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if kind in (None, cell["cell_type"])]


def name(page):
    return page.relative_to(BOOK).with_suffix("").as_posix()


def text(page):
    """Give the Markdown of a page."""
    if page.suffix == ".md":
        return page.read_text(encoding="utf-8")
    return "\n\n".join("".join(cell["source"]) for cell in cells(page, "markdown"))


TEXTS = {name(page): text(page) for page in PAGES}
NUMBERED = re.compile(r"\((eq-[\w-]+)\)=\n\$\$\n(.*?)\\tag\{([^}]+)\}\n\$\$", re.DOTALL)
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
EQUATIONS = {
    tag: (page, label, equation)
    for page, source in TEXTS.items()
    for label, equation, tag in NUMBERED.findall(source)
}


def test_every_tag_follows_the_recipe():
    """A tag without a target before its block could be neither linked to nor found here."""
    tags = [tag for source in TEXTS.values() for tag in re.findall(r"\\tag\{([^}]+)\}", source)]
    assert sorted(tags) == sorted(EQUATIONS)


def test_every_numbered_equation_has_a_claim_and_every_claim_an_equation():
    assert sorted(EQUATIONS) == sorted(claim.label for claim in claims())


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim.label)
def test_a_claim_stands_on_its_page(claim):
    page, label, _ = EQUATIONS[claim.label]
    assert page == claim.page
    assert label == "eq-" + claim.label.replace(".", "-")


def test_claims_are_in_the_order_of_their_pages():
    by_number = {"2.1f"}  # it stands before (2.1e), and the ledger counts on
    for page in TEXTS:
        labels = [claim.label for claim in claims() if claim.page == page]
        tags = [tag for tag, (on, *_) in EQUATIONS.items() if on == page]
        assert [x for x in labels if x not in by_number] == [x for x in tags if x not in by_number]


def test_every_claim_is_confirmed_on_its_page():
    for claim in claims():
        page = BOOK / f"{claim.page}.ipynb"
        code = "".join("".join(cell["source"]) for cell in cells(page, "code"))
        confirmed = re.findall(r"confirm\((.*?)\)", code, re.DOTALL)
        assert f'"{claim.label}"' in "".join(confirmed), claim.label


def test_every_exercise_stands_in_the_book_with_hint_check_and_solution():
    book = "\n".join("".join(cell["source"]) for notebook in NOTEBOOKS for cell in cells(notebook))
    asked = re.findall(r":::\{exercise\}[^\n]*\n:label: ([\w-]+)", book)
    assert sorted(asked) == sorted(EXERCISES)
    for exercise in asked:
        _, after = book.split(f":label: {exercise}\n")
        own = after.split(":::{exercise}")[0]
        assert ":::{dropdown} Hint" in own, exercise
        assert f'check("{exercise}"' in own, exercise
        assert f":::{{solution}} {exercise}\n:class: dropdown" in own, exercise


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.page)
def test_a_section_has_the_title_and_the_exercises_of_its_page(section):
    page = TEXTS[section.page]
    assert re.search(r"^# (.+)", page, re.MULTILINE)[1] == section.title
    assert re.findall(r":::\{exercise\}[^\n]*\n:label: ([\w-]+)", page) == [*section.exercises]


def test_the_page_of_all_exercises_lists_them_as_they_are_titled():
    listed = "".join(
        "".join(output["data"]["text/markdown"])
        for cell in cells(BOOK / "reference/exercises.ipynb", "code")
        for output in cell["outputs"]
    )
    for section in SECTIONS:
        titles = re.findall(r":::\{exercise\} (.+)\n:label: (.+)", TEXTS[section.page])
        for title, name in titles:
            exercise = EXERCISES[name]
            assert f"| [{title}]({name}) | {exercise.difficulty} | {exercise.kind} |" in listed


def test_an_exercise_on_its_page_waits_for_an_answer():
    waiting = []
    for section in SECTIONS:
        for cell in cells(BOOK / f"{section.page}.ipynb", "code"):
            asked = re.findall(r'check\("([\w-]+)"', "".join(cell["source"]))
            if asked:
                assert "".join(cell["outputs"][-1]["data"]["text/plain"]).startswith("○"), asked
            waiting += asked
    assert waiting == [*EXERCISES]


CHAPTER_PAGES = [page for page, source in TEXTS.items() if ":::{exercise}" in source]


@pytest.mark.parametrize("page", CHAPTER_PAGES)
def test_a_page_says_what_it_teaches_and_what_it_takes_for_granted(page):
    """Before its first section: three to five goals, then what the reader should bring."""
    opening = TEXTS[page].split("\n## ")[0]
    [box] = re.findall(
        r":::\{admonition\} After this section you can\n(.*?)\n:::", opening, re.DOTALL
    )
    goals, needs = box.split("\n\n")
    assert 3 <= len(re.findall(r"^- ", goals, re.MULTILINE)) <= 5
    assert needs.startswith("It takes for granted: ")
    assert "](" in needs, "no link to where it can be learned"


@pytest.mark.parametrize("page", CHAPTER_PAGES)
def test_a_page_closes_in_short_with_five_questions_and_exercises(page):
    headings = re.findall(r"^## (.*)", TEXTS[page], re.MULTILINE)
    assert headings[-3:] == ["In short", "Five questions", "Exercises"]


@pytest.mark.parametrize("page", CHAPTER_PAGES)
def test_each_point_in_short_leads_to_where_it_was_derived(page):
    short = TEXTS[page].split("\n## In short\n")[1].split("\n## ")[0]
    points = re.split(r"^- ", short, flags=re.MULTILINE)[1:]
    points = points or short.strip().splitlines()[2:]  # or it is a table
    assert 5 <= len(points) <= 8
    assert all("](" in point for point in points), points


@pytest.mark.parametrize("page", CHAPTER_PAGES)
def test_five_questions_have_an_answer_each(page):
    part = TEXTS[page].split("\n## Five questions\n")[1].split("\n## ")[0]
    shape = r"\*\*(\d)\.\*\* (.+?)\n\n:::\{dropdown\} Answer\n(.+?)\n:::"
    questions = re.findall(shape, part, re.DOTALL)
    assert [number for number, _, _ in questions] == list("12345")
    for number, question, answer in questions:
        assert "?" in question, number
        assert 40 < len(answer) < 600, f"question {number}: {len(answer)} characters"
    assert not re.sub(shape, "", part, flags=re.DOTALL).strip(), "something stands between"


def test_every_erratum_that_is_mentioned_has_its_entry():
    errata = TEXTS["reference/errata"]
    mathematics = set(re.findall(r"\(erratum-(e\d+)\)=\n### E", errata))
    rows = {
        row.lower()
        for row in re.findall(r"^\| <span id=\"erratum-e\d+\"></span>(E\d+) \|", errata, re.M)
    }
    marked = set()
    for page, source in TEXTS.items():
        marks = {number.lower() for number in re.findall(r"\{erratum\}`(E\d+)`", source)}
        links = set(re.findall(r"\(erratum-(e\d+)\)(?!=)", source))
        assert marks <= mathematics | rows, page
        assert links <= mathematics, page
        if page != "reference/errata":
            marked |= marks | links
    assert mathematics <= marked


def test_an_erratum_in_mathematics_has_a_cell_that_shows_it():
    sections = 0
    kinds = [
        "code" if cell["cell_type"] == "code" else "".join(cell["source"])
        for cell in cells(BOOK / "reference/errata.ipynb")
    ]
    for cell, following in pairwise(kinds):
        if "\n### E" in cell:
            sections += 1
            assert following == "code", cell[:60]
    assert sections == TEXTS["reference/errata"].count("\n### E")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_a_notebook_was_run_from_top_to_bottom(notebook):
    """What nbval would compare with nothing: a cell that never ran."""
    code = cells(notebook, "code")
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        assert not any(output["output_type"] == "error" for output in cell["outputs"])
        tags = cell["metadata"].get("tags", [])
        assert "nbval-skip" not in tags
        assert "execution" not in cell["metadata"], "a time stamp changes on every run"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_a_picture_has_a_description_and_a_caption(notebook):
    for cell in cells(notebook, "code"):
        kinds = {kind for output in cell["outputs"] for kind in output.get("data", {})}
        if kinds & {"image/png", "image/svg+xml"}:
            page = cell["metadata"]["mystnb"]
            assert len(page["image"]["alt"]) > 40
            assert len(page["figure"]["caption"]) > 20


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_every_colour_of_a_drawing_has_one_by_night(notebook):
    """Those of some digits, neither dark nor as light as the text, need none."""
    style = (BOOK / "_static/page.css").read_text(encoding="utf-8")
    by_night = {*re.findall(r"--(c-\w{6}):", style), "c-e69f00", "c-8db600", "c-f08cc0", "c-8c8c8c"}
    inlined = extension("pictures")["inlined"]
    file = f"{'0' * 64}.svg"
    for cell in cells(notebook, "code"):
        for output in cell["outputs"]:
            svg = "".join(output.get("data", {}).get("image/svg+xml", ""))
            shown = SimpleNamespace(read_text=lambda svg=svg, **_: svg)
            page = inlined(f'<img src="{file}">', {file: shown})
            assert set(re.findall(r"var\(--(c-\w+)", page)) <= by_night


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_a_moving_figure_is_small_and_named_once(notebook):
    found = [
        "".join(output["data"]["text/html"])
        for cell in cells(notebook, "code")
        for output in cell["outputs"]
        if "slider" in "".join(output.get("data", {}).get("text/html", ""))
    ]
    names = [re.search(r'<figure class="checked slider" id="([\w-]+)">', html)[1] for html in found]
    assert len(set(names)) == len(names)
    for figure, html in zip(names, found, strict=True):
        assert len(html.encode()) < 60_000, figure


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_what_is_printed_is_printed_in_one_piece(notebook):
    """Of several arguments the page may make several lines: they can arrive one by one."""
    _, *code = cells(notebook, "code")  # the first may hold a %pip, which is no Python
    for cell in code:
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
                assert len(node.args) == 1, ast.unparse(node)


def test_rounding_decides_the_pictures_of_a_long_training_and_of_rounding_errors_alone():
    code = [cell for notebook in NOTEBOOKS for cell in cells(notebook, "code")]
    loose = [c for c in code if "rounding-decides" in c["metadata"].get("tags", [])]
    drawn = {"".join(cell["source"]).partition("(")[0] for cell in loose}
    assert len(loose) == 3
    trainings, errors = {"embeddings"}, {"losses_side_by_side", "errors"}
    assert drawn == {f"draw.{name}" for name in trainings | errors}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_only_progress_bars_times_and_devices_are_left_uncompared(notebook):
    for cell in cells(notebook, "code"):
        if "nbval-ignore-output" in cell["metadata"].get("tags", []):
            source = "".join(cell["source"])
            measures = "seconds(" in source or "accelerator(" in source
            assert measures or all(output.get("name") == "stderr" for output in cell["outputs"])


def test_every_page_is_in_the_table_of_contents():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))

    def files(entry):
        if isinstance(entry, list):
            return [file for part in entry for file in files(part)]
        below = [entry.get(key, []) for key in ("parts", "chapters", "sections")]
        return [
            *([entry["file"]] if "file" in entry else []),
            *files(below[0] + below[1] + below[2]),
        ]

    assert sorted([toc["root"], *files(toc)]) == sorted(f"book/{page}" for page in TEXTS)


def test_the_reference_has_every_public_module():
    source = ROOT / "src" / "chainrule"
    modules = {
        ".".join(("chainrule", *path.relative_to(source).with_suffix("").parts))
        for folder in (source, source / "figures", source / "figures" / "kit")
        for path in folder.glob("*.py")
        if not path.name.startswith("__")
    }
    # what figures and ledger are made of, they show themselves
    kit = ("canvas", "picture")
    inner = {*(f"chainrule.figures.kit.{name}" for name in kit), "chainrule.figures.source"}
    packages = {
        ".".join(("chainrule", *path.relative_to(source).parent.parts))
        for path in [*source.glob("*/__init__.py"), *source.glob("figures/*/__init__.py")]
    }
    pages = "".join(text for page, text in TEXTS.items() if page.startswith("reference/api/"))
    listed = re.findall(r"automodule:: ([\w.]+)", pages)
    assert sorted(listed) == sorted(modules - inner | packages)


def test_the_readme_names_only_targets_that_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"book", "test"} <= named <= targets


def test_collecting_the_book_runs_nothing(monkeypatch):
    """Pytest imports every module below book/ when it looks there for doctests."""
    before = {notebook: notebook.read_bytes() for notebook in NOTEBOOKS}
    for script in BOOK.rglob("*.py"):
        monkeypatch.syspath_prepend(script.parent)  # as pytest and Sphinx do
        runpy.run_path(str(script), run_name="collected")
    assert {notebook: notebook.read_bytes() for notebook in NOTEBOOKS} == before


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_a_notebook_begins_by_looking_for_the_package(notebook):
    """The same cell in all of them, with the address of the settings, and not on the page."""
    first = cells(notebook, "code")[0]
    assert "".join(first["source"]) == RUN["first_cell"](CONFIG["repository"]["url"])
    assert first["metadata"]["tags"] == ["remove-cell"]
    assert not first["outputs"]


def test_the_first_cell_installs_the_package_or_says_how(monkeypatch):
    address = "https://github.com/somebody/book"
    assert f'%pip install -q "{RUN["PACKAGE"]} @ git+{address}"' in RUN["first_cell"](address)
    exec(RUN["first_cell"](""), {})  # silent where the package is
    with monkeypatch.context() as blind:
        blind.setattr("importlib.util.find_spec", lambda name: None)
        with pytest.raises(ImportError, match=r'pip install "\.\[torch,sympy\]"'):
            exec(RUN["first_cell"](""), {})


def extension(name):
    return runpy.run_path(str(BOOK / "_ext" / f"{name}.py"))


def test_paper_has_a_moving_figure_as_it_stands_with_all_its_series(tmp_path, monkeypatch):
    commands, paper = [], extension("paper")
    monkeypatch.setattr("subprocess.run", lambda command, check: commands.append(command))
    x = np.array([0.0, 1.0])
    curves = [Curve("*f*", [x, x]), Curve("g", [x, 1 - x])]
    look = {"axes": ("*x*", "y"), "caption": "Two *lines*.", "front": [0]}
    slider = Slider("two", "A cross.", "*a*", (1, 2), x, curves, (0.0, 1.0), start=1, **look)
    transform = SimpleNamespace(app=SimpleNamespace(outdir=tmp_path))
    figure = paper["Figures"].figure(transform, slider._repr_html_())
    assert figure.children[-1].astext() == "Two lines. Shown here: a = 2."
    assert figure.children[0]["alt"] == "A cross."
    assert [Path(part).name for part in commands[0][-2:]] == ["slider-two.pdf", "slider-two.svg"]
    drawn = ElementTree.parse(tmp_path / "slider-two.svg").getroot()
    texts = ["".join(each.itertext()) for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[-2:] == ["f", "g"]  # the legend
    svg = (tmp_path / "slider-two.svg").read_text(encoding="utf-8")
    style = svg.partition("</style>")[0]
    assert "behind" not in svg.partition("</style>")[2]
    assert ".curve" in style
    assert not re.search("var\\(--pst|@media|dark|calc", style)


def test_the_address_alone_turns_on_the_buttons_that_need_it():
    buttons = extension("launch")["add_buttons"]
    branch = {"repository_branch": CONFIG["repository"]["branch"], "path_to_docs": ""}
    without, with_address = (SimpleNamespace(html_theme_options=dict(branch)) for _ in range(2))
    without.html_theme_options["repository_url"] = ""
    with_address.html_theme_options["repository_url"] = "https://github.com/somebody/book"
    buttons(None, without)
    buttons(None, with_address)
    assert "launch_buttons" not in without.html_theme_options
    assert {"colab_url", "binderhub_url"} < set(with_address.html_theme_options["launch_buttons"])
    assert with_address.html_theme_options["use_repository_button"]


def test_an_address_that_a_page_once_had_leads_to_the_page(tmp_path):
    moved, docs = CONFIG["sphinx"]["config"]["moved"], {f"book/{page}" for page in TEXTS}
    builder = SimpleNamespace(
        format="html", get_relative_uri=lambda old, new: new.rpartition("/")[2] + ".html"
    )
    app = SimpleNamespace(
        builder=builder,
        outdir=tmp_path,
        config=SimpleNamespace(moved=moved),
        env=SimpleNamespace(found_docs=docs),
    )
    lead_on = extension("moved")["lead_on"]
    lead_on(app, None)
    for old, new in moved.items():
        there = (tmp_path / f"{old}.html").read_text(encoding="utf-8")
        link = f"{new.rpartition('/')[2]}.html"
        assert f'<a href="{link}">' in there
        assert f'content="0; url={link}"' in there
    assert not {(tmp_path / f"{page}.html").exists() for page in docs} - {False}
    app.config.moved = {"book/preface": "book/notation"}
    with pytest.raises(ValueError, match="moved: book/preface"):
        lead_on(app, None)


def test_a_figure_has_a_number_of_its_own():
    numbered, counts = extension("pictures")["numbered"], Counter()
    captions = [("Figure 1.1. A loop.", "1.1"), ("A line.", "1.1"), ("A dot.", "1.1")]
    captions += [("A bar.", "Benchmarks"), ("A bar.", "Benchmarks"), ("A bar.", "Errata")]
    assert [" ".join(numbered(*each, counts)) for each in captions] == [
        "Figure 1.1. A loop.",
        "Figure 1.1a. A line.",
        "Figure 1.1b. A dot.",
        "Figure 1 of “Benchmarks”. A bar.",
        "Figure 2 of “Benchmarks”. A bar.",
        "Figure 1 of “Errata”. A bar.",
    ]


def test_a_label_of_the_bibliography_is_a_few_letters_and_a_year():
    entries = parse_file(BOOK / "references.bib", "bibtex")
    style = extension("labels")["Labelled"]()
    labels = [entry.label for entry in style.format_bibliography(entries)]
    assert {"LBOM98", "Lla24", "MKAO18", "NVI22"} < set(labels)
    assert len(labels) == len(set(labels))
    assert all(re.fullmatch(r"[A-Z][A-Za-z]{0,4}\+?\d\d", label) for label in labels)


def test_no_tick_stands_at_an_equation_that_fails_or_whose_wrong_form_holds():
    judged, right = extension("ticks")["judged"], ledger.claim("1.9")
    assert [verdict.status for verdict in judged(right)] == ["holds", "fails"]
    for wrong in (
        replace(right, implementation=right.saboteur),
        replace(right, saboteur=right.implementation),
    ):
        with pytest.raises(ExtensionError, match=r"\(1\.9\)"):
            judged(wrong)


def test_a_tick_leads_to_the_exercises_about_its_equation():
    leads = extension("ticks")["exercises"]()
    assert "balanced-weight" in leads["1-30"]
    assert {name for names in leads.values() for name in names} <= set(EXERCISES)


def test_a_form_to_sabotage_with_is_what_it_says():
    tab, (right, *wrong) = extension("front")["tab"], FORMS
    assert "✓ All" in tab(right)
    assert all("✗" in tab(form) for form in wrong)
    with pytest.raises(ExtensionError, match="a wrong one"):
        tab(replace(right, name="a wrong one", implementation=ledger.claim("1.7").implementation))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_folding_loses_nothing(notebook):
    folded = extension("folded")
    for cell in cells(notebook, "code"):
        parts = folded["split"](cell)
        printed = [
            "".join("".join(o["text"]) for o in part["outputs"] if o.get("name") == "stdout")
            for part in (cell, *parts)
        ]
        assert printed[0] == "".join(printed[1:])
        code = ["".join(part["source"]).split() for part in (cell, *parts)]
        assert code[0] == [*chain(*code[1:])]


def test_what_is_code_of_the_page_is_not_folded():
    folds = extension("folded")["folds"]
    assert folds("import numpy as np")
    assert folds("x = 1\nexpect('one', x == 1)")
    assert folds("draw.curves(f)")
    assert not folds("x = 1\nprint(x)")
    assert not folds('check("balanced-weight", ...)')


def test_binder_has_the_python_and_the_torch_of_the_book():
    wanted = (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8")
    pins = dict(
        re.findall(
            r"^([\w-]+)==(\S+)$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M
        )
    )
    assert f"torch=={pins['torch']}+cpu\n" in wanted
    assert "-e .[sympy]\n" in wanted
    assert (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8") == "python-3.11\n"


def test_the_time_to_read_counts_words_formulas_and_lines_but_no_exercises():
    minutes = extension("reading_time")["minutes"]
    page = nodes.section("", nodes.title("", "Words"))
    page += nodes.paragraph("", "", nodes.Text("word " * 198), nodes.math("", "a b c"))
    page += nodes.math_block("", "a = b")
    page += nodes.literal_block("", "\n".join(["x = 1"] * 20))
    page += nodes.section("", nodes.title("", "Exercises"), nodes.Text("word " * 1000))
    assert minutes(page) == pytest.approx(1 + 20 / 60 + 1)


def test_a_formula_keeps_the_punctuation_beside_it():
    text, math, strong = nodes.Text, nodes.math, nodes.strong
    paragraph = nodes.paragraph()
    paragraph += [text("so ("), math("", "a"), text("), the "), math("", "k"), text("-th of ")]
    paragraph += [math("", "n"), text(" is "), math("", "b"), strong("", "", text(". Here"))]
    paragraph += [text(", "), strong("", "", text("c")), text(", "), math("", "d"), text(", ")]
    page = nodes.section("", paragraph)
    keep = extension("punctuation")["keep"]
    keep(SimpleNamespace(builder=SimpleNamespace(format="latex")), page, "page")
    assert not list(page.findall(nodes.inline))
    keep(SimpleNamespace(builder=SimpleNamespace(format="html")), page, "page")
    kept = [element.astext() for element in page.findall(nodes.inline)]
    assert kept == ["(a),", "k-th", "b.", "d,"]
    assert page.astext() == "so (a), the k-th of n is b. Here, c, d, "


def test_sizes_and_numbers_stay_on_one_line():
    said = "3 × 3 of 10 000 are 90 %, in 2024 all, or n = 5 in (0, ∞), 1–2, 5e-08, 2026-11-28, X's"
    block, inline = nodes.literal_block("", "n = 5"), nodes.literal("", "n = 5")
    page = nodes.section("", nodes.paragraph("", said), nodes.paragraph("", "", inline), block)
    extension("punctuation")["keep"](
        SimpleNamespace(builder=SimpleNamespace(format="html")), page, "page"
    )
    kept = "3_×_3 of 10_000 are 90_%, in 2024 all, or n_=_5 in (0,_∞), 1–|2, 5e-|08, "
    kept += "2026-|11-|28, X’s"
    assert page[0].astext().replace("\u00a0", "_").replace("\u2060", "|") == kept
    assert inline.astext() == block.astext() == "n = 5"


def test_the_space_before_a_link_is_not_part_of_it():
    link = nodes.reference("", " Exercise 1")
    page = nodes.section("", nodes.paragraph("", "", nodes.Text("Solution to"), link))
    extension("punctuation")["keep"](
        SimpleNamespace(builder=SimpleNamespace(format="html")), page, "page"
    )
    assert [page.astext(), link.astext()] == ["Solution to Exercise 1", "Exercise 1"]


def test_the_citation_is_that_of_the_preface_and_of_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    preferred = citation["preferred-citation"]
    assert {
        key: citation[key] for key in ("title", "authors", "version")
    }.items() < preferred.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["version"] == project["version"] == chainrule.__version__
    cited = f"> *{citation['title']}*, version {citation['version']}, {preferred['year']}."
    assert cited in TEXTS["preface"]
    assert citation["authors"][0]["name"] in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert project["license"] in citation["license"]


def test_the_citation_has_the_date_of_the_last_release_in_the_changelog_if_there_is_one():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    released = re.findall(r"^## (\d\S*) \((.+)\)$", CHANGELOG, re.MULTILINE)
    dated = (citation["version"], str(citation.get("date-released")))
    assert dated in released or (released == [] and "date-released" not in citation)


def test_what_the_changelog_promises_to_keep_is_there():
    kept = {"Equations": "", "Exercises": ""}
    for kind, names in re.findall(
        r"^- (\w+) that stay: (.+?)\.$", CHANGELOG, re.MULTILINE | re.DOTALL
    ):
        kept[kind] += names
    equations = {f"1.{n}" for n in range(1, 34)}  # 1.1–1.33
    for stem, first, last in re.findall(r"([\d.]+)([a-z])(?:–([a-z]))?", kept["Equations"]):
        equations |= {f"{stem}{chr(n)}" for n in range(ord(first), ord(last or first) + 1)}
    exercises = set(re.findall(r"`([\w-]+)`", kept["Exercises"]))
    assert len(equations) > 100
    assert len(exercises) > 100
    assert equations - EQUATIONS.keys() == exercises - EXERCISES.keys() == set()


def test_the_glossary_is_in_order_and_every_term_says_where_it_is_explained():
    body = TEXTS["reference/glossary"].split(":::{glossary}\n")[1].split(":::")[0]
    entries = [entry.split("\n", 1) for entry in body.strip().split("\n\n")]
    terms = [term for term, _ in entries]
    assert len(terms) > 50
    assert terms == sorted(terms, key=str.casefold)
    unlinked = {term for term, said in entries if "](" not in said and "{term}" not in said}
    assert not unlinked
