"""A reader asks in the page: exercises, cells, the ledger; at a desk, on a phone, from a file."""

import ast
import gzip
import json
import re
import runpy
import time
from base64 import b64encode
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from chainrule.exercises import EXERCISES, SECTIONS
from chainrule.exercises.progress import report
from chainrule.ledger import claims

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
SOLUTIONS = runpy.run_path(str(Path(__file__).parents[1] / "test_solutions.py"))
TRAINING = "book/neural-network/training.html"
FIRST, LATER = 15, 0.5  # seconds that an answer may take, with nothing loaded and with all

DESCENT = "def descent_step(w, gradient, lr):\nreturn w {} lr * gradient"


@pytest.fixture
def wide(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def form(page, name):
    return page.locator(f'form[data-exercise="{name}"]')


def said(form, begins=""):
    output = form.locator("output", has_text=re.compile(f"^{begins}.", re.S))
    output.wait_for(timeout=60_000)
    return output.inner_text()


def type_in(form, text):
    """Put a text into an editor in the place of what is there."""
    form.locator("textarea, .cm-content").first.click()
    form.locator(".cm-content").wait_for()
    form.page.keyboard.press("Control+a")
    form.page.keyboard.type(text)


def agree(page):
    page.evaluate("localStorage.setItem('chainrule.python', 'yes')")


def start(page, url):
    """Open a page and start its Python, as one who has agreed to that before."""
    page.goto(url)
    agree(page)
    page.evaluate(
        """async () => {
          const root = document.documentElement.dataset.content_root;
          for (const name of ["main", "cells"]) await new Promise((loaded) => {
            const script = document.createElement("script");
            script.src = `${root}_static/ask/${name}.js`;
            script.onload = loaded;
            document.head.append(script);
          });
          await chainruleAsk.engine.start();
        }"""
    )


def ask(page, wish, *given, limit=60):
    """Ask the page's Python something."""
    return page.evaluate(
        """async ([wish, given, limit]) => {
          let told = "";
          const tell = (text) => (told += text);
          return { ...(await chainruleAsk.engine.ask(wish, given, { limit, tell })), told };
        }""",
        [wish, given, limit],
    )


# ---- exercises -----------------------------------------------------------------------------------


def test_a_choice_and_a_number_answer_without_python(page, root):
    page.goto(root + TRAINING)
    order = form(page, "steps-order")
    order.get_by_role("button", name="b").click()
    assert said(order).startswith("✗ the loss reads the answers a")
    order.get_by_role("button", name="c").click()
    assert said(order, "✓") == "✓ right"
    assert order.get_by_role("button", name="c").get_attribute("aria-pressed") == "true"
    epoch = form(page, "updates-per-epoch")
    epoch.get_by_label("Your answer").fill("31")
    page.keyboard.press("Enter")
    assert said(epoch).startswith("✗ you counted fewer than 34 updates")
    epoch.get_by_label("Your answer").fill("60/2")
    epoch.get_by_role("button", name="Check").click()
    assert said(epoch, "✓") == "✓ right"
    assert not [url for url in page.asked if "python-" in url]


def first_answer(page, root):
    """Give the form of an exercise in code that has been answered once, and in how many seconds."""
    page.asked.clear()
    page.goto(root + TRAINING)
    step = form(page, "descent-step")
    type_in(step, DESCENT.format("+"))
    step.get_by_role("button", name="Check").click()
    load = step.get_by_role("button", name="Load and run")
    load.wait_for()
    assert re.search(r"loads Python and NumPy, \d\.\d MB", step.inner_text())
    assert not [url for url in page.asked if "python-" in url]
    began = time.perf_counter()
    load.click()
    step.locator("progress").wait_for()
    assert said(step).startswith("✗ this climbs")
    return step, time.perf_counter() - began


def test_the_first_answer_in_code_comes_soon_and_later_ones_at_once(page, root):
    step, seconds = first_answer(page, root)
    if seconds >= FIRST:  # once more: other work on the machine makes it longer, nothing shorter
        page.evaluate("localStorage.clear()")
        step, seconds = first_answer(page, root)
    assert seconds < FIRST
    type_in(step, DESCENT.format("-"))
    began = time.perf_counter()
    step.get_by_role("button", name="Check").click()
    assert said(step, "✓").startswith("✓ right: agrees with its oracle")
    assert time.perf_counter() - began < LATER
    assert all(url.startswith((root, "blob:", "data:")) for url in page.asked)


def test_where_a_page_has_no_table_python_answers(wide, roots):
    """As in the students' book, whose package holds choices and numbers sealed."""
    empty = b64encode(gzip.compress(b"{}")).decode()
    wide.route(
        "**/verdicts.js",
        lambda route: route.fulfill(
            body=f'chainruleVerdicts="{empty}"', content_type="text/javascript"
        ),
    )
    start(wide, roots["server"] + TRAINING)
    order, epoch = form(wide, "steps-order"), form(wide, "updates-per-epoch")
    for letter, told in (("b", "✗ the loss reads the answers a"), ("c", "✓ right")):
        order.get_by_role("button", name=letter, exact=True).click()
        assert said(order, told[0]).startswith(told)
    for text, told in (("31", "✗ you counted fewer"), ("60/2", "✓ right"), ("it's", "✗ expected")):
        epoch.get_by_label("Your answer").fill(text)
        wide.keyboard.press("Enter")
        assert said(epoch, told[0]).startswith(told)
    epoch.get_by_label("Your answer").fill(" ")
    wide.keyboard.press("Enter")
    assert said(epoch, "○") == "○ no answer yet"
    wide.reload()
    assert said(order) == "✓ right"
    assert said(epoch) == '✗ expected a number, got "it\'s"'


def test_answers_are_kept_listed_saved_and_read_again(wide, browser, roots, tmp_path):
    page, root = wide, roots["server"]
    start(page, root + TRAINING)
    form(page, "steps-order").get_by_role("button", name="c").click()
    said(form(page, "steps-order"))
    epoch = form(page, "updates-per-epoch")
    epoch.get_by_label("Your answer").fill("29")
    page.keyboard.press("Enter")
    said(epoch)
    step = form(page, "descent-step")
    type_in(step, DESCENT.format("-"))
    step.get_by_role("button", name="Check").click()
    said(step, "✓")
    page.reload()
    assert said(form(page, "steps-order")) == "✓ right"
    assert epoch.get_by_label("Your answer").input_value() == "29"
    assert "w - lr" in step.locator("textarea").input_value()

    page.goto(root + "book/reference/exercises.html")
    here = page.locator("#answers output")
    here.wait_for()
    text = f"Your answers in this browser: 2 right, 1 wrong, of {len(EXERCISES)}."
    assert here.inner_text().startswith(text)
    assert page.locator("table .mark").count() == 3
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save my answers").click()
    file = tmp_path / "answers.ipynb"
    saved.value.save_as(file)
    found = report([file]).found
    assert {name: one.right for name, one in found.items()} == {
        "steps-order": True,
        "updates-per-epoch": False,
        "descent-step": True,
    }
    assert found["updates-per-epoch"].message == EXERCISES["updates-per-epoch"].check(29).message

    other = browser.new_context().new_page()
    other.goto(root + "book/reference/exercises.html")
    other.locator("#answers input").set_input_files(file)
    other.locator("#answers output", has_text="3 were read").wait_for()
    assert other.locator("table .mark").count() == 3
    (tmp_path / "else.ipynb").write_text("{}", encoding="utf-8")
    other.locator("#answers input").set_input_files(tmp_path / "else.ipynb")
    other.locator("#answers output", has_text="no notebook with answers").wait_for()
    other.on("dialog", lambda dialog: dialog.accept())
    other.get_by_role("button", name="Forget them").click()
    other.locator("#answers output", has_text="0 right, 0 wrong").wait_for()
    assert other.locator("table .mark").count() == 0
    other.context.close()


def test_the_editor_is_left_by_keyboard(wide, roots):
    wide.goto(roots["file"] + TRAINING)
    step = form(wide, "descent-step")
    step.locator("textarea").focus()
    step.locator(".cm-content").wait_for()
    wide.keyboard.press("Control+End")
    wide.keyboard.press("Tab")
    assert step.locator(".cm-content").evaluate("(el) => el.contains(document.activeElement)")
    wide.keyboard.press("Escape")
    wide.keyboard.press("Tab")
    assert step.get_by_role("button", name="Check").evaluate(
        "(el) => el === document.activeElement"
    )
    wide.keyboard.press("Enter")
    step.get_by_role("button", name="Load and run").wait_for()
    wide.keyboard.press("Enter")  # it has the focus
    assert said(step).startswith("○ no answer yet")


def test_an_answer_that_does_not_run_shows_its_line(wide, roots):
    start(wide, roots["file"] + TRAINING)
    step = form(wide, "descent-step")
    for text, error in (
        ("def descent_step(w, gradient, lr):\nreturn w -", "SyntaxError: invalid syntax"),
        (
            "def descent_step(w, gradient, lr):\nreturn v",
            "raised NameError: name 'v' is not defined",
        ),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ):
        type_in(step, text)
        step.get_by_role("button", name="Check").click()
        step.locator("output", has_text=error).wait_for()
        marks = step.locator(".fault").count()
        assert marks == (0 if "raised" in error else 1)


def test_every_solution_is_accepted_and_every_mistake_named_as_in_a_notebook(wide, roots):
    """All function exercises, in one page."""
    start(wide, roots["file"] + TRAINING)
    cells = wide.evaluate("chainruleCells")
    told = """
from chainrule.exercises import EXERCISES
import json
one = EXERCISES[{!r}]
answers = [one.solution, *(mistake for mistake, _ in one.mistakes)]
json.dumps([repr(one.check(answer)) for answer in answers])
"""
    tried = 0
    for section in SECTIONS:
        page = cells[f"book/{section.page}"]
        ask(wide, "run", "\n".join(cell["code"] for cell in page if cell["imports"]), "imports")
        for cell in page:
            asked = cell.get("exercise", {"kind": ""})
            if asked["kind"] not in ("function", "array"):
                continue
            name = asked["name"]
            exercise = EXERCISES[name]
            answers = [exercise.solution, *(mistake for mistake, _ in exercise.mistakes)]
            here = ask(wide, "run", told.format(name), "mistakes")["shown"]
            expected = [repr(exercise.check(answer)) for answer in answers]
            assert json.loads(ast.literal_eval(here)) == expected
            for printed in SOLUTIONS["printed"](name):
                before, _ = SOLUTIONS["typed"](name, printed)
                outcome = ask(wide, "check", name, before, asked["answer"])
                assert outcome["right"] is True, (name, outcome)
                tried += 1
    assert tried >= sum(exercise.kind in ("function", "array") for exercise in EXERCISES.values())


# ---- cells ---------------------------------------------------------------------------------------


def test_a_cell_runs_is_changed_and_put_back(page, root):
    start(page, root + TRAINING)
    cell = page.locator(".cell.tag_cell-2")
    cell.get_by_role("button", name="Run", exact=True).click()
    cell.locator(".now", has_text="done; nothing to show").wait_for()
    cell.get_by_role("button", name="Edit").click()
    cell.locator(".cm-content").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type("y = 1\nprint(y + 1)\ny + 'a'")
    page.keyboard.press("Control+Enter")
    cell.locator(".now .error", has_text="unsupported operand").wait_for()
    assert cell.locator(".now .printed").inner_text() == "2\n"
    assert cell.locator(".fault").inner_text() == "y + 'a'"
    cell.get_by_role("button", name="As it was").click()
    assert "rng.uniform(-1, 1, 100)" in cell.locator(".cell_input pre").inner_text()
    assert not cell.locator(".now").inner_text()


def test_run_all_above_brings_what_a_cell_needs(wide, roots):
    start(wide, roots["file"] + TRAINING)
    cell = wide.locator(".cell.tag_cell-3")
    cell.get_by_role("button", name="Run", exact=True).click()
    cell.locator(".now .error", has_text="NameError").wait_for()
    cell.get_by_role("button", name="Run all above").click()
    cell.locator(".now .error").wait_for(state="detached")
    cell.locator(".now .printed", has_text="after 100 steps: w = 3.01, b = 0.95").wait_for()
    built = wide.locator(".cell.tag_cell-5 .cell_output").inner_text()
    check = wide.locator(".cell.tag_cell-5")
    check.locator("summary").click()
    assert check.locator(".cell_output").is_visible()
    check.get_by_role("button", name="Run", exact=True).click()
    # its lines come one after the other
    expect(check.locator(".now .printed")).to_have_text(built, use_inner_text=True)
    assert not check.locator(".cell_output").inner_text()


def test_an_endless_loop_is_stopped_and_the_page_lives(wide, roots):
    start(wide, roots["file"] + TRAINING)
    step = form(wide, "descent-step")
    type_in(step, "while True:\npass")
    step.get_by_role("button", name="Check").click()
    step.get_by_role("button", name="Stop").click()
    assert said(step).startswith("✗ stopped. Python starts afresh")
    type_in(step, DESCENT.format("-"))
    step.get_by_role("button", name="Check").click()
    assert said(step, "✓").startswith("✓ right")


def test_a_start_is_stopped_and_another_one_answers(wide, roots):
    wide.goto(roots["server"] + TRAINING)
    agree(wide)
    step = form(wide, "descent-step")
    type_in(step, DESCENT.format("-"))
    wide.route("**/python-*-05.js", lambda route: None)  # it does not come
    for phase in ("Loading Python", "Starting Python"):
        step.get_by_role("button", name="Check").click()
        step.locator(".working", has_text=phase).wait_for()
        step.get_by_role("button", name="Stop").click()
        assert said(step, "✗").startswith("✗ stopped")
        assert not wide.evaluate("localStorage['chainrule.answers']")  # a stop is no verdict
        wide.unroute_all()
    step.get_by_role("button", name="Check").click()
    assert said(step, "✓").startswith("✓ right")


def test_what_takes_too_long_is_stopped(wide, roots):
    start(wide, roots["file"] + TRAINING)
    late = wide.evaluate(
        """chainruleAsk.engine.ask("run", ["while True: pass"], { limit: 1 })
          .catch((error) => error.message)"""
    )
    assert late == "stopped: it took longer than 1 seconds"
    assert not wide.evaluate("chainruleAsk.engine.running()")


def test_an_answer_too_large_to_print_is_cut(wide, roots):
    start(wide, roots["file"] + TRAINING)
    for source in ("print('x' * 10**7)", "[*range(10**6)]"):
        outcome = ask(wide, "run", source, "cell")
        assert len(outcome["told"] + outcome["shown"]) < 21_000
    assert "limit" in ask(wide, "run", "10**10**4", "cell")["error"]


def test_two_tabs_answer_at_once(browser, roots):
    context = browser.new_context()
    tabs = [context.new_page() for _ in range(2)]
    for tab in tabs:
        start(tab, roots["server"] + TRAINING)
    for tab, number in zip(tabs, (1, 2), strict=True):
        ask(tab, "run", f"x = {number}", "cell")
    assert [ask(tab, "run", "x", "cell")["shown"] for tab in tabs] == ["1", "2"]
    context.close()


def test_a_cell_that_needs_another_library_says_so(wide, roots):
    wide.goto(roots["file"] + "book/neural-network/tape.html")
    note = wide.locator(".cell[class*='tag_needs-'] .asks:visible").first
    assert note.text_content() == "Needs PyTorch, and runs on Colab, Binder or your own machine."
    note.get_by_role("link").click()
    assert wide.title().startswith("Run it yourself")


def test_a_picture_that_the_package_writes_is_drawn_anew(wide, roots):
    start(wide, roots["file"] + "book/neural-network/activations.html")
    for cell in wide.evaluate("chainruleCells['book/neural-network/activations']"):
        if cell["imports"]:
            ask(wide, "run", cell["code"], "imports")
    assert "<svg" in ask(wide, "run", "draw.elu_slider()", "cell")["html"]
    skipped = ask(wide, "run", "draw.curves(ELU())", "cell")["skipped"]
    assert skipped == ["draw.curves(ELU()): Matplotlib is not in the page"]


# ---- the ledger ----------------------------------------------------------------------------------


def test_the_ledger_holds_in_the_page(wide, roots):
    start(wide, roots["file"] + "book/reference/equations.html")
    wide.get_by_role("button", name="Check the ledger in this page").click()
    output = wide.locator("#verify output", has_text="Oracles not asked here")
    output.wait_for(timeout=120_000)
    text = output.inner_text()
    assert text.startswith(f"✓ none fails. {len(claims())} claims were held to ")
    assert re.search(r"by Python 3\.\d+\.\d+, NumPy 2\.\d+\.\d+ on wasm32", text)
    for library in ("torch", "sympy", "scipy", "sklearn"):
        assert f"({library} is not installed)" in text
    assert wide.locator("#claim-1-7 .here").count() == 1


# ---- for all -------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_a_reader_asks(browser, roots, scheme):
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    start(page, roots["file"] + TRAINING)
    step = form(page, "descent-step")
    type_in(step, "def descent_step(w, gradient, lr):\nreturn w -")
    step.get_by_role("button", name="Check").click()
    step.locator(".fault").wait_for()
    cell = page.locator(".cell.tag_cell-3")
    cell.get_by_role("button", name="Edit").click()
    cell.get_by_role("button", name="Run", exact=True).click()
    cell.locator(".now .error").wait_for()
    # by the keyboard: a pointer misses a button that moves because an output has just come in above
    form(page, "steps-order").get_by_role("button", name="b").press("Enter")
    said(form(page, "steps-order"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.add_style_tag(content="main section { content-visibility: visible !important }")
    page.wait_for_function("[...document.querySelectorAll('pre')].some((el) => el.tabIndex === 0)")
    page.evaluate(AXE)
    found = page.evaluate(
        """axe.run("main", { resultTypes: ["violations"] }).then(({ violations }) =>
          violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]))"""
    )
    assert found == []
    context.close()


def test_a_page_that_nobody_asks_loads_nothing_for_it(wide, roots):
    asked = []
    wide.on("request", lambda request: asked.append(request.url))
    wide.goto(roots["server"] + TRAINING)
    wide.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/ask/" in url]


@pytest.mark.seldom
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.page)
def test_every_cell_that_the_page_offers_runs(wide, roots, section):
    """In order, from a fresh start; what Matplotlib would draw is skipped, and nothing else."""
    start(wide, f"{roots['file']}book/{section.page}.html")
    ran = 0
    for number, cell in enumerate(wide.evaluate(f"chainruleCells['book/{section.page}']")):
        if cell["runs"] and "exercise" not in cell:
            outcome = ask(wide, "run", cell["code"], f"cell {number}", limit=300)
            assert not outcome["error"]
            needs = {skipped.rpartition(": ")[2] for skipped in outcome["skipped"]}
            needs -= {f"{library} is not in the page" for library in cell["needs"]}
            assert needs <= {"Matplotlib is not in the page"}
            ran += 1
    assert ran > 3
