"""The slides of the built book: all of a page is on them, nothing is cut, keys turn them."""

import re
import runpy
from collections import Counter
from functools import cache
from pathlib import Path

import axe_playwright_python
import pytest
from bs4 import BeautifulSoup

from chainrule.pages import PAGES

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RUN = """() => axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`)))"""
SCRIPT = Path(__file__).parents[2] / "book" / "slides.py"
LEFT_OUT = "form, .reading-time, .solution, .draw, .tag_hide-cell, .cell > details"
# what sticks out of its slide, or is not there; and how large the words are
CUT = """() => [...document.querySelectorAll(".slide")].flatMap((slide, i) => {
  show(i);
  const of = (name) => slide.querySelector(name).getBoundingClientRect();
  const frame = of(".frame");
  const wrong = [];
  for (const el of slide.querySelectorAll(".board > *, .board :is(pre, .katex-html, figcaption)")) {
    const { top, right, bottom, left, width } = el.getBoundingClientRect();
    if (!width || el.closest(".panel")) continue;
    const over = [frame.top - top, right - frame.right, bottom - frame.bottom, frame.left - left];
    const out = Math.max(...over);
    if (out > 6) wrong.push(`${i + 1}: ${out} px of ${el.outerHTML.slice(0, 100)}`);
  }
  const { left, top, width, height } = of(".canvas");
  if (left || top || Math.round(width) !== 1280 || Math.round(height) !== 720) wrong.push("canvas");
  if (of("footer").bottom > 720 || of("header").bottom > frame.top + 1) wrong.push("parts");
  if (!slide.querySelector(".board").innerText.trim()) wrong.push(`${i + 1} is empty`);
  return wrong;
})"""
TURNED = r"/^#\d+$/.test(location.hash)"
SIZES = """() => [...document.querySelectorAll(".slide")].map((slide) =>
  16 * 1.6 * slide.querySelector(".board").style.zoom)"""


@pytest.fixture(params=PAGES, ids=lambda page: page.name)
def path(request):
    return request.param.path


@cache
def parsed(file):
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def deck_of(path):
    return f"slides/{path.rpartition('/')[2]}.html"


def opened(browser, roots, path, **settings):
    page = browser.new_page(viewport={"width": 1280, "height": 720}, **settings)
    page.goto(roots["file"] + deck_of(path))
    page.wait_for_selector(".slide.now")
    return page


def words(element):
    return " ".join(element.get_text().split())


def test_all_that_a_page_states_is_on_one_slide_and_all_its_text_in_the_notes(book, path):
    page = parsed(book / f"book/{path}.html").find("article")
    deck = parsed(book / deck_of(path))
    for out in [*page.select(LEFT_OUT), *page.select(".headerlink")]:
        out.extract()
    for kind in (".eqno", "figcaption", ".slider", "table.table", ".theorem", "div.exercise p"):
        there, here = (
            Counter(map(words, place.select(f"{kind}:not(.admonition-title)")))
            for place in (page, deck)
        )
        assert here == there, kind
    headings = Counter(words(h) for h in deck.select("header > *"))
    assert {words(h) for h in page.select("h1, h2, h3, h4")} <= {*headings}
    shown = words(deck.find("main"))
    for text in page.select("p, li > p, details > div"):
        assert words(text) in shown
    boards = " ".join(map(words, deck.select(".board")))
    answers = [words(answer) for answer in page.select("details.sd-dropdown > div")]
    assert len(answers) > 4
    assert not [answer for answer in answers if answer in boards]


def test_no_slide_has_a_solution_and_nothing_is_fetched_from_elsewhere(book, path):
    page = parsed(book / f"book/{path}.html")
    deck = parsed(book / deck_of(path))
    shown = words(deck.find("main"))
    for solution in page.select(".solution"):
        assert words(solution) not in shown
    assert not deck.select("form.ask, .solution")
    sources = [tag.get("src") or tag.get("href") for tag in deck(["script", "link", "img"])]
    assert not [source for source in sources if source and re.match(r"\w+:|//", source)]
    for link in deck.select("a[href]"):
        address, _, place = link["href"].partition("#")
        if re.match(r"\w+:", address):
            continue
        file = (book / "slides" / address).resolve() if address else book / deck_of(path)
        assert file.is_file(), address
        assert not place or parsed(file).find(id=place) or parsed(file).find(attrs={"name": place})


def test_nothing_on_a_slide_is_cut_off_or_small(browser, roots, path):
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(roots["file"] + deck_of(path))
    page.wait_for_selector(".slide.now")
    wrong, sizes = page.evaluate(CUT), page.evaluate(SIZES)
    page.close()
    assert not wrong + errors, "\n".join(map(str, wrong + errors))
    assert not [url for url in asked if not url.startswith((roots["file"], "data:"))]
    assert min(sizes) >= 16
    assert sum(size >= 24 for size in sizes) > 0.85 * len(sizes)


def state(page):
    """Give the number of the slide that is seen, by the address and by what is visible."""
    return page.evaluate("""() => [Number(location.hash.slice(1)),
      [...document.querySelectorAll(".slide")].findIndex((el) => el.checkVisibility(
        { visibilityProperty: true })) + 1]""")


def test_keys_turn_the_slides(browser, roots):
    page = opened(browser, roots, "neural-network/losses")
    last = page.locator(".slide").count()
    assert last > 30
    for keys, number in (
        ("ArrowRight", 2),
        ("Space", 3),
        ("PageDown", 4),
        ("ArrowLeft", 3),
        ("PageUp", 2),
        ("End", last),
        ("ArrowRight", last),
        ("Home", 1),
        ("ArrowLeft", 1),
    ):
        page.keyboard.press(keys)
        assert state(page) == [number, number], keys
    page.click("nav [data-do=next]")
    page.keyboard.press("Space")  # is the button's now
    assert state(page) == [3, 3]
    page.reload()
    page.wait_for_selector(".slide.now")
    assert state(page) == [3, 3]
    page.close()


def test_notes_overview_and_help_come_and_go(browser, roots):
    page = opened(browser, roots, "neural-network/losses")
    notes, dialog = page.locator(".slide.now .notes"), page.locator("dialog")
    assert not notes.is_visible()
    page.keyboard.press("n")
    assert notes.is_visible()
    box, canvas = notes.bounding_box(), page.locator(".slide.now .canvas").bounding_box()
    assert canvas["y"] + canvas["height"] <= box["y"] + 1
    assert box["y"] + box["height"] <= 720
    page.keyboard.press("n")
    assert not notes.is_visible()
    page.keyboard.press("?")
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.keyboard.press("o")
    page.click(".slide >> nth=4")
    assert state(page) == [5, 5]
    assert page.locator(".slide:visible").count() == 1
    page.keyboard.press("o")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert state(page) == [6, 6]
    page.close()


def test_a_link_to_an_equation_turns_to_its_slide_and_its_tick_opens(browser, roots):
    page = opened(browser, roots, "neural-network/losses")
    page.evaluate("location.hash = 'mean-absolute-error'")
    page.wait_for_function(TURNED)
    page.click(".slide.now .board a[href='#eq-1-4c'] >> nth=0")
    page.wait_for_function(TURNED)
    assert page.locator(".slide.now #eq-1-4c").is_visible()
    page.evaluate("location.hash = 'eq-1-28'")
    page.wait_for_function(TURNED)
    tick = page.locator(".slide.now #eq-1-28 .tick")
    assert tick.is_visible()
    tick.locator("summary").click()
    panel = tick.locator(".panel")
    assert panel.is_visible()
    box = panel.bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= 1280
    assert box["y"] + box["height"] <= 720
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    page.close()


@pytest.mark.parametrize(
    ("path", "figure"),
    [("neural-network/losses", "#slider-huber"), ("convolution/convolution", "#slider-windows")],
)
def test_live_pictures_move_and_keep_their_keys(browser, roots, path, figure):
    page = opened(browser, roots, path)
    page.evaluate("id => (location.hash = id)", figure)
    page.wait_for_function(TURNED)
    here, slider = state(page), page.locator(figure)
    control, shown = slider.locator("[type=range]"), slider.locator("output")
    before = shown.inner_text(), slider.inner_html()
    slider.locator(".next").click()
    assert shown.inner_text() != before[0]
    assert slider.inner_html() != before[1]
    control.focus()
    page.keyboard.press("ArrowLeft")
    assert shown.inner_text() == before[0]
    assert state(page) == here
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert state(page) == [here[0] + 1] * 2
    page.close()


def test_a_swipe_turns_a_slide(browser, roots):
    page = opened(browser, roots, "neural-network/training", has_touch=True)
    touch = page.context.new_cdp_session(page)
    for x, number in ((-300, 2), (300, 1)):
        start = {"x": 640, "y": 300}
        end = {"x": 640 + x, "y": 310}
        for kind, points in (("Start", [start]), ("Move", [end]), ("End", [])):
            touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
            page.wait_for_timeout(50)
        page.wait_for_function("n => location.hash === `#${n}`", arg=number)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_slides_are_accessible(browser, roots, scheme):
    page = opened(browser, roots, "neural-network/losses", color_scheme=scheme)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    page.evaluate(AXE)
    page.keyboard.press("n")
    found = []
    count = page.locator(".slide").count()
    for number in (0, 4, 5, 10, 15, 16, count - 20, count - 1):
        page.evaluate(f"show({number})")
        found += [f"{number + 1}: {what}" for what in page.evaluate(RUN)]
    page.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("notes", [False, True])
def test_slides_are_printed_one_a_page(browser, book, roots, tmp_path, notes):
    page = opened(browser, roots, "neural-network/training")
    count = page.locator(".slide").count()
    page.close()
    pdf = tmp_path / "training.pdf"
    deck = book / deck_of("neural-network/training")
    runpy.run_path(str(SCRIPT))["print_deck"](browser, deck, pdf, notes)
    pages = len(re.findall(rb"/Type /Page\b", pdf.read_bytes()))
    [box] = {*re.findall(rb"/MediaBox \[0 0 ([\d. ]+)\]", pdf.read_bytes())}
    width, height = map(float, box.split())
    assert width / height == pytest.approx(0.8 if notes else 16 / 9, rel=0.01)
    assert (pages >= count) if notes else (pages == count)
