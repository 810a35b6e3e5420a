"""The built book as a reader's browser meets it: offline, light and dark, on desk and phone."""

import re
from functools import cache
from inspect import isclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import urlopen

import axe_playwright_python
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from chainrule import activations, losses, optimizers
from chainrule.figures.kit.picture import SMALLEST, WIDTH
from chainrule.ledger import claims
from chainrule.pages import PAGES

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = {
    # off by default in axe: what a button shows must be part of what it is called
    1280: {"label-content-name-mismatch": {"enabled": True}},
    # colours do not depend on the width, and measuring them takes most of the time
    390: {"color-contrast": {"enabled": False}},
}
RUN = """([scope, options]) => axe.run(scope, { ...options, resultTypes: ["violations"] })
  .then((found) => found.violations)"""

BIBTEX = """@misc{deep-learning-checked,
  title  = {Deep Learning, Checked: an executable textbook},
  author = {{The authors of Deep Learning, Checked}},
  year   = {2026},
  note   = {Version 0.1.0},
}"""

OUTSIDE = re.compile(r"https://([\w-]+\.)+[a-z]+(/[^\s\"<>`{}|\\^]*)?(?<![.,;)])")

# words in pictures that are too small; those in a PNG are not if it fills a phone's column
SMALL = """([width, smallest]) => {
  const scale = ({ a, b }) => Math.hypot(a, b); // of turned words, too
  return [...document.querySelectorAll("main svg text, main .cell_output img")].filter((el) =>
    el.tagName === "IMG" ? el.clientWidth < width
    : parseFloat(getComputedStyle(el).fontSize) * scale(el.getScreenCTM()) < smallest - 0.01
  ).map((el) => el.alt ?? el.textContent);
}"""

# what scrolls in its own box, and whether it fades at the right, at its beginning and at its end
WIDE = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const frames = () => frame().then(frame).then(frame);
  const fades = (el) => getComputedStyle(el).maskImage !== "none";
  const wide = [...document.querySelectorAll("main *")].filter((el) => el.clientWidth
    && /auto|scroll/.test(getComputedStyle(el).overflowX) && el.scrollWidth > el.clientWidth + 3);
  await frames();
  const first = wide.map(fades);
  wide.forEach((el) => el.scrollTo({ left: el.scrollWidth, behavior: "instant" }));
  await frames();
  return wide.map((el, i) => [el.tagName, el.textContent.slice(0, 80), first[i], fades(el)]);
}"""

# what is folded away must be as good as the rest, once it has faded in
UNFOLD = """() => {
  document.querySelectorAll("main .toggle-button").forEach((el) => el.click());
  document.querySelectorAll("main details").forEach((el) => (el.open = true));
  return Promise.all(document.getAnimations().map((fading) => fading.finished)).then(() => null);
}"""


# a far section is laid out when a reader comes near; three frames later its boxes are measured
LAID_OUT = "main section { content-visibility: visible !important }"
FRAMES = """async () => {
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
}"""


def settle(page, url):
    """Open a page as one who has read it finds it: all is laid out, and its fonts are there."""
    page.goto(url, wait_until="load")
    page.add_style_tag(content=LAID_OUT)
    page.evaluate("document.fonts.ready.then(() => null)")
    page.evaluate(FRAMES)


def watch(page, root):
    """Give a list that fills with whatever goes wrong while pages are open."""
    wrong = []

    def request(sent):
        if not sent.url.startswith((root, "data:", "blob:")):
            wrong.append(f"request to another place: {sent.url}")

    def response(got):
        if got.status >= 400:
            wrong.append(f"{got.status}: {got.url}")

    def console(message):
        if message.type == "error":
            wrong.append(f"console error: {message.text}")

    page.on("request", request)
    page.on("response", response)
    page.on("requestfailed", lambda sent: wrong.append(f"failed: {sent.url}"))
    page.on("console", console)
    page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
    return wrong


@pytest.mark.parametrize("source", ["file", "server"])
def test_page_is_complete_without_a_network(browser, roots, source, name):
    page = browser.new_page()
    wrong = watch(page, roots[source])
    settle(page, roots[source] + name)
    wrong += page.evaluate(r"""() => {
      const all = (selector) => [...document.querySelectorAll(selector)];
      const formulas = all(".math");
      const fonts = [...document.fonts];
      const words = document.querySelector("main").cloneNode(true);
      words.querySelectorAll("pre, code, script, .math").forEach((el) => el.remove());
      return [
        ...(words.textContent.match(/(\\[([]|\\begin\{|\$\$).*/g) ?? [])
          .map((text) => `TeX left as text: ${text}`),
        ...formulas.filter((el) => !el.querySelector(".katex-html .katex-base"))
          .map((el) => `not typeset: ${el.textContent}`),
        ...formulas.filter((el) => !el.querySelector(".katex-mathml math annotation"))
          .map((el) => `nothing for screen readers: ${el.outerHTML.slice(0, 200)}`),
        ...all(".katex-error").map((el) => `error in a formula: ${el.textContent}`),
        ...fonts.filter((font) => font.status === "error").map((font) => `font: ${font.family}`),
        ...(formulas.length && !fonts.some((f) => /KaTeX/.test(f.family) && f.status === "loaded")
          ? ["no font for the mathematics"] : []),
      ];
    }""")
    page.close()
    assert not wrong, f"{name}:\n" + "\n".join(wrong)


def violations(page, rules, scope="html"):
    """List what axe finds in a part of the page; by night, what it finds of the colours."""
    page.evaluate(AXE)
    runs = {"light": {"rules": rules}}
    if rules.get("color-contrast", {"enabled": True})["enabled"]:
        runs["dark"] = {"runOnly": ["color-contrast"]}
    wrong = []
    for mode, options in runs.items():
        page.evaluate("mode => document.documentElement.dataset.theme = mode", mode)
        for rule in page.evaluate(RUN, [scope, options]):
            wrong += [f"{mode}, {rule['id']}: {node['html']}" for node in rule["nodes"][:5]]
    return wrong


@pytest.mark.parametrize("width", RULES)
def test_page_fits_and_is_accessible(browser, roots, width, name):
    # colours that are still fading from one mode to the other would be measured halfway
    page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    settle(page, roots["server"] + name)
    page.evaluate(UNFOLD)
    needed = page.evaluate("document.documentElement.scrollWidth")
    small = page.evaluate(SMALL, [WIDTH, SMALLEST])
    wrong = violations(page, RULES[width])
    page.close()
    assert needed <= width, f"{name} is {needed} px wide on a screen of {width}"
    assert not small, f"{name} at {width} px has words too small to read: {small}"
    assert not wrong, f"{name} at {width} px:\n" + "\n".join(wrong)


# letters in drawings, and how they stand out from the page
PALE = """() => {
  const light = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + [0.2126, 0.7152, 0.0722][i] * c, 0.05);
  const ground = light(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll("svg.picture text, .slider text")].filter((el) => {
    const own = light(getComputedStyle(el).fill);
    // what has the page's own colour stands on another
    return own !== ground && Math.max(own, ground) < 4.5 * Math.min(own, ground);
  }).map((el) => `${el.textContent}: ${getComputedStyle(el).fill}`);
}"""


def test_letters_in_drawings_stand_out(browser, roots, book, name):
    if not parsed(book / name).select("svg text"):
        return
    page = browser.new_page(reduced_motion="reduce")
    settle(page, roots["file"] + name)
    pale = {}
    for mode in ("light", "dark"):
        page.evaluate("mode => document.documentElement.dataset.theme = mode", mode)
        pale[mode] = page.evaluate(PALE)
    page.close()
    assert pale == {"light": [], "dark": []}


# the icons that rules put before and after what a page holds
ICONS = r"""() => [...document.querySelectorAll("*")].flatMap((el) =>
  ["::before", "::after"].flatMap((part) => {
    const { content, fontFamily } = getComputedStyle(el, part);
    return /Awesome/.test(fontFamily) ? (content.match(/[\ue000-\uf8ff]/g) ?? []) : [];
  }))"""


def test_the_fonts_have_every_icon_that_a_page_shows(browser, roots, book, name):
    page = browser.new_page()
    settle(page, roots["file"] + name)
    shown = {*page.evaluate(ICONS)}
    page.close()
    fonts = (book / "_static/vendor").rglob("*.woff2")
    assert shown <= {chr(code) for font in fonts for code in TTFont(font).getBestCmap() or ()}


@pytest.mark.parametrize("width", RULES)
def test_a_listing_fits_its_column_and_what_is_wider_fades(browser, roots, width, name):
    page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    settle(page, roots["server"] + name)
    page.evaluate(UNFOLD)
    wide = page.evaluate(WIDE)
    page.close()
    listings = [what for tag, what, *_ in wide if tag == "PRE" and width == 1280]
    assert not listings, f"{name}: wider than the column: {listings}"
    wrong = [what for _, what, *fades in wide if fades != [True, False]]
    assert not wrong, f"{name}: no fading edge, or one at the end: {wrong}"


def test_no_formula_is_hard_to_read_on_a_phone(browser, roots, name):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    settle(page, roots["server"] + name)
    formulas = page.locator(".bd-article div.math:visible .katex-display")
    hard = formulas.evaluate_all(
        """(all) => all.filter((el) => {
          const size = Number(el.querySelector(".katex").style.zoom || 1);
          return size < 0.85 || el.scrollWidth > el.clientWidth + 3;
        }).map((el) => el.querySelector("annotation").textContent)"""
    )
    page.close()
    assert not hard, f"{name}: scrolls, or is smaller than 85 %: {hard}"


def test_a_printed_sentence_is_broken_by_the_width_alone_on_a_phone(browser, roots):
    for width in RULES:
        page = browser.new_page(viewport={"width": width, "height": 900})
        settle(page, roots["server"] + "book/neural-network/races.html")
        said = page.locator(".said:has(.goes-on)").all_inner_texts()
        page.close()
        assert said
        assert {"\n" in sentence.strip() for sentence in said} == {width != 390}


def test_cells_below_each_other_say_what_they_are(browser, roots):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    settle(page, roots["server"] + "book/reference/benchmarks.html")
    cell = page.locator(".tag_stacked td").first
    before = cell.evaluate("(el) => getComputedStyle(el, '::before').content")
    heading = page.locator(".tag_stacked th").first.text_content()
    overflow = page.locator(".tag_stacked .pst-scrollable-table-container").evaluate_all(
        "(all) => Math.max(...all.map((el) => el.scrollWidth - el.clientWidth))"
    )
    page.close()
    assert before == f'"{heading}: "'
    assert overflow <= 0


@pytest.mark.parametrize("where", ["reference/benchmarks", "scaling/growth"])
def test_a_short_cell_stays_on_a_line(browser, roots, where):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    settle(page, f"{roots['server']}book/{where}.html")
    broken = page.locator("td").evaluate_all(
        """(all) => all.filter((el) => el.textContent.length < 18
          && el.firstElementChild?.clientHeight > 1.5 * parseFloat(getComputedStyle(el).lineHeight)
        ).map((el) => el.textContent)"""
    )
    page.close()
    assert not broken


READ = [
    ("neural-network/network", "#id5", "By hand"),
    ("neural-network/network", "#in-short", "In short"),
    ("reference/api/losses", "#chainrule.losses.MSE.slope", "MSE.slope()"),
    ("reference/api/figures", "#module-chainrule.figures.kit.grids", "figures.kit.grids"),
]


def test_the_section_that_is_read_is_marked(browser, roots):
    for width in RULES:
        page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
        for where, anchor, name in READ:
            page.goto(f"{roots['file']}book/{where}.html{anchor}")
            page.wait_for_function("scrollY > 1000")
            page.evaluate("new Promise(requestAnimationFrame).then(() => null)")
            marked = page.locator("#pst-page-toc-nav a.active").last
            bar = page.locator(".section-name")
            assert marked.get_attribute("href") == anchor
            if width == 1280:
                box = marked.bounding_box()
                assert 0 <= box["y"] <= 900 - box["height"]
            assert (bar.inner_text(), bar.is_visible()) == (name, width == 390)
        page.close()


@pytest.mark.parametrize("width", RULES)
def test_a_section_is_laid_out_when_one_comes_near(browser, roots, width):
    page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page.goto(roots["file"] + "book/neural-network/proofs.html")
    page.wait_for_timeout(500)
    last = page.locator("#exercises > h2")
    there = "(el) => el.checkVisibility({ contentVisibilityAuto: true })"
    high = "document.documentElement.scrollHeight"
    assert not last.evaluate(there)
    taken = page.evaluate(high)
    page.evaluate("location.hash = '#exercises'")  # the browser finds it all the same
    page.wait_for_timeout(500)
    assert last.evaluate(there)
    assert 0 <= last.evaluate("(el) => el.getBoundingClientRect().top") < 150
    page.add_style_tag(content=LAID_OUT)
    assert 0.6 < taken / page.evaluate(high) < 1.6  # the scroll bar tells where one is
    page.close()


@pytest.mark.parametrize("source", ["file", "server"])
def test_how_to_cite_the_book_can_be_copied_from_every_page(browser, roots, source, name):
    page = browser.new_page()
    settle(page, roots[source] + name)
    page.click(".bd-footer-content summary")
    page.evaluate(
        "document.addEventListener('copy', () => window.copied = document.activeElement.value)"
    )
    page.hover(".bd-footer-content .highlight")
    page.click(".bd-footer-content .copybtn")
    copied = page.evaluate("window.copied")
    page.close()
    assert copied == BIBTEX


def test_what_only_a_phone_shows_is_accessible(browser, roots):
    """The bar at the top and the two menus that it opens, with their colours."""
    page = browser.new_page(viewport={"width": 390, "height": 900}, reduced_motion="reduce")
    settle(page, roots["server"] + "book/preface.html")
    wrong = violations(page, {}, ".bd-header-article")
    for side in ("primary", "secondary"):
        page.click(f".{side}-toggle:visible")
        page.wait_for_selector(f"#pst-{side}-sidebar-modal[open]")
        wrong += violations(page, {}, f"#pst-{side}-sidebar-modal")
        page.keyboard.press("Escape")
    page.close()
    assert not wrong, "\n".join(wrong)


PLACES = [
    "neural-network/races.html#eq-1-2-6a",
    "neural-network/network.html#weighted-input",
    "neural-network/losses.html#why-is-my-loss-nan",
    "neural-network/optimizers.html#exercises",
    "neural-network/proofs.html#eq-1-5-3b",
    "convolution/convolution.html#eq-2-1-1p",
    "reference/errata.html#erratum-e50",
]
# how far a place is from the top of the window, or from where the end of the page lets it be
TOP = """(() => {
  const { scrollHeight } = document.documentElement;
  const { top } = document.querySelector(":target").getBoundingClientRect();
  return top - Math.max(0, top + scrollY + innerHeight - 64 - scrollHeight);
})()"""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("width", RULES)
def test_a_link_leads_to_its_place(browser, roots, width, place):
    """From another page, after a reload, and from the page itself."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{roots['server']}book/{place}")
    page.wait_for_timeout(600)
    assert 0 <= page.evaluate(TOP) < 150
    page.reload()
    page.wait_for_timeout(600)
    assert 0 <= page.evaluate(TOP) < 450
    page.goto(f"{roots['server']}book/{place.partition('#')[0]}?again")
    page.evaluate(
        "(hash) => document.querySelector('main p').insertAdjacentHTML('afterbegin',"
        " `<a id='there' href='${hash}'>there</a>`)",
        "#" + place.partition("#")[2],
    )
    page.click("#there")
    page.wait_for_timeout(600)
    assert 0 <= page.evaluate(TOP) < 150
    page.close()


@pytest.mark.parametrize("width", RULES)
def test_what_a_tick_opens_is_seen(browser, roots, width):
    page = browser.new_page(viewport={"width": width, "height": 700}, reduced_motion="reduce")
    page.goto(roots["file"] + "book/neural-network/network.html#eq-1-7")
    tick = page.locator("div.math:has-text('(1.7)') .tick").first
    tick.evaluate("(el) => scrollBy(0, el.getBoundingClientRect().top - innerHeight + 60)")
    tick.locator("summary").click()
    page.wait_for_timeout(300)
    panel = tick.locator(".panel").bounding_box()
    assert panel["y"] + panel["height"] < 701  # it ends between two pixels
    page.close()


def test_a_row_of_the_ledger_is_not_under_the_filter(browser, roots):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(roots["file"] + "book/reference/equations.html#claim-1-14")
    page.wait_for_timeout(500)
    filtered = page.locator(".filter").bounding_box()
    row = page.locator("#claim-1-14").bounding_box()
    assert filtered["y"] + filtered["height"] <= row["y"] < 450
    page.fill(".filter [name=words]", "no such words")
    assert page.inner_text(".filter output") == "none has all of these"
    page.close()


def test_the_contents_close_when_one_is_chosen(browser, roots):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(roots["server"] + "book/neural-network/network.html")
    page.click(".secondary-toggle:visible")
    page.click("#pst-secondary-sidebar-modal a[href='#exercises']")
    page.wait_for_timeout(600)
    assert not page.is_visible("#pst-secondary-sidebar-modal")
    assert 0 <= page.evaluate(TOP) < 150
    page.close()


def test_search_results_are_accessible(browser, roots):
    page = browser.new_page(reduced_motion="reduce")
    page.goto(roots["server"] + "search.html?q=backpropagation")
    page.wait_for_selector("#search-results li p.context")
    wrong = violations(page, RULES[1280])
    page.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("words", ["optimizers", "softmax", "gradient"])
def test_search_results_fit_a_phone(browser, roots, words):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(roots["server"] + f"search.html?q={words}")
    page.wait_for_selector("#search-results li p.context")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


@pytest.mark.parametrize("source", ["file", "server"])
def test_search_finds_backpropagation(browser, roots, source):
    page = browser.new_page()
    wrong = watch(page, roots[source])
    settle(page, roots[source] + "search.html?q=backpropagation")
    page.wait_for_selector("#search-results li a", timeout=10_000)
    page.wait_for_load_state("networkidle")
    page.close()
    assert not wrong, "\n".join(wrong)


def test_search_leads_to_the_section_of_every_activation_loss_and_optimizer(browser, roots, book):
    page = browser.new_page()
    settle(page, roots["file"] + "search.html")
    find = "name => Search._performSearch(...Search._parseQuery(name)).at(-1)"
    wrong = []
    for module, names in {
        activations: {"activations"},
        losses: {"losses", "overlap"},
        optimizers: {"optimizers", "adaptive"},
    }.items():
        chapters = {f"book/neural-network/{name}" for name in names}
        classes = {name for name in module.__all__ if isclass(getattr(module, name))}
        for name in classes - {"Elementwise", "Loss", "Optimizer"}:  # what they have in common
            where, _, anchor, *_ = page.evaluate(find, name)
            if where not in chapters or anchor[1:] not in anchors(book / f"{where}.html"):
                wrong.append(f"{name} leads to {where}{anchor}")
    page.close()
    assert not wrong, "\n".join(wrong)


ASKED = {
    "softmax gradient": "activations.html#softmax",
    "cross entropy": "losses.html#cross-entropy",
    "overfitting": "training.html#overfitting",
    "why is my loss nan": "losses.html#why-is-my-loss-nan",
    "vanishing gradient": "network.html#vanishing-gradients",
    "learning rate too high": "optimizers.html#how-large-a-step",
    "he init": "network.html#how-to-start-xavier-and-he",
    # in another order, half typed, and by number
    "nan loss": "losses.html#why-is-my-loss-nan",
    "gradient softm": "activations.html#softmax",
    "Adam": "adaptive.html#adam",
    "1.21": "activations.html#eq-1-21",
}
SEARCH = "#pst-search-dialog"


def first_hit(page, query):
    """Type into the search and give where its first hit leads, once it has one."""
    page.fill(f"{SEARCH} input", query)
    page.wait_for_function("document.querySelector('.hits [role=status]').textContent")
    return page.get_attribute(".hits a >> nth=0", "href")


@pytest.mark.parametrize("source", ["file", "server"])
def test_what_is_typed_into_the_search_leads_to_the_passage_that_answers(source, browser, roots):
    page = browser.new_page()
    wrong = watch(page, roots[source])
    settle(page, roots[source] + "book/running.html")
    assert not page.query_selector("script[src*=searchindex]")  # nobody asked yet
    page.keyboard.press("Control+k")
    found = {query: first_hit(page, query) for query in ASKED}
    page.close()
    assert not wrong, "\n".join(wrong)
    assert found == {query: f"../book/neural-network/{place}" for query, place in ASKED.items()}


def test_hits_are_reached_and_left_by_keyboard(browser, roots):
    page = browser.new_page()
    settle(page, roots["file"] + "book/running.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("vanishing gradient", delay=5)  # while the index is being loaded
    page.wait_for_selector(".hits a")
    assert page.input_value(f"{SEARCH} input") == "vanishing gradient"
    assert re.fullmatch(r"\d+ hits, .*", page.text_content(".hits [role=status]"))
    focused = "document.activeElement.tagName + (document.activeElement.hash ?? '')"
    for key, where in (
        ("ArrowUp", "INPUT"),
        ("ArrowDown", "A#vanishing-gradients"),
        ("ArrowUp", "INPUT"),
        ("ArrowDown", "A#vanishing-gradients"),
    ):
        page.keyboard.press(key)
        assert page.evaluate(focused) == where
    page.keyboard.press("Escape")
    page.wait_for_selector(SEARCH, state="hidden")
    page.keyboard.press("Control+k")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/network.html#vanishing-gradients")
    assert not page.query_selector("main .highlighted")
    page.keyboard.press("Control+k")
    page.keyboard.type("qqq")
    page.wait_for_function("document.querySelector('.hits [role=status]').textContent == 'No hits'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=qqq")
    page.close()


@pytest.mark.parametrize("width", RULES)
def test_hits_fit_and_are_accessible(width, browser, roots):
    page = browser.new_page(viewport={"width": width, "height": 700}, reduced_motion="reduce")
    settle(page, roots["server"] + "book/running.html")
    page.keyboard.press("Control+k")
    first_hit(page, "cross entropy")
    box = page.query_selector(".hits").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= 700
    wrong = violations(page, RULES[width], SEARCH)
    page.close()
    assert not wrong, "\n".join(wrong)


def shown(page):
    """Give the claims that the ledger shows, and what it says of their number."""
    claims = [c.get_attribute("id") for c in page.query_selector_all(".claim") if c.is_visible()]
    return claims, page.text_content(".filter output")


def in_order():
    """Give the claims as the ledger's page has them: page by page, in the order of the numbers."""
    paths = [page.path for page in PAGES]

    def place(claim):
        return (
            paths.index(claim.page),
            [int(n) for n in re.findall(r"\d+", claim.label)],
            claim.label,
        )

    return sorted(claims(), key=place)


@pytest.mark.parametrize("source", ["file", "server"])
def test_the_ledger_shows_the_claims_that_are_asked_for(source, browser, roots):
    page = browser.new_page()
    settle(page, roots[source] + "book/reference/equations.html")
    labels = [f"claim-{claim.label.replace('.', '-')}" for claim in in_order()]
    all_shown = labels, f"{len(labels)} of {len(labels)} shown"
    assert shown(page) == all_shown
    page.get_by_label("Number, name or words").focus()
    page.keyboard.type("Cross-Entropy log-sum-exp")
    assert shown(page) == (["claim-1-4-4c"], f"1 of {len(labels)} shown")
    assert len([h for h in page.query_selector_all(".tag_ledger h2") if h.is_visible()]) == 1
    page.keyboard.press("Enter")  # there is nothing to send
    page.fill(".filter input", "")
    page.select_option(".filter [name=section]", index=1)
    page.select_option(".filter [name=oracle]", "SymPy")
    own = [c for c in in_order() if c.page.endswith("/network")]
    by_sympy = [c for c in own if any(o.needs == "sympy" for o in c.oracles)]
    assert 0 < len(by_sympy) < len(own)
    assert shown(page)[0] == [f"claim-{c.label.replace('.', '-')}" for c in by_sympy]
    page.evaluate("location.hash = '#claim-1-14'")  # one that was filtered away
    page.wait_for_selector("#claim-1-14[open]")
    assert shown(page) == all_shown
    page.close()


def test_a_link_to_a_claim_opens_it(browser, roots):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    settle(page, roots["file"] + "book/reference/equations.html#claim-1-7")
    page.wait_for_timeout(300)
    assert page.evaluate("[...document.querySelectorAll('.claim[open]')].map((el) => el.id)") == [
        "claim-1-7"
    ]
    assert 0 <= page.query_selector("#claim-1-7").bounding_box()["y"] < 450
    page.close()


def test_the_code_of_every_claim_is_linked(book):
    page = parsed(book / "book/reference/equations.html")
    codes = page.select(".claim p > a > code")
    assert [code.text for code in codes] == [claim.code for claim in in_order()]


def test_front_door_leads_to_the_first_page(browser, roots):
    page = browser.new_page()
    page.goto(roots["file"] + "index.html")
    page.wait_for_url("**/book/preface.html", timeout=10_000)
    page.close()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("backprop-proofs.html#exercises", "proofs.html#exercises"),
        ("optimizers.html#eq-1-2-5a", "adaptive.html#eq-1-2-5a"),
        ("optimizers.html#clip-by-hand", "races.html#clip-by-hand"),
        ("losses.html#dice-loss", "overlap.html#dice-loss"),
        *(
            (f"../reference/api.html#{place}", f"../reference/api/{page}.html#{place}")
            for place, page in (
                ("chainrule.activations.ReLU", "activations"),
                ("chainrule.optimizers.Adam.step", "optimizers"),
                ("chainrule.layers.Linear", "network"),
                ("module-chainrule.oracles", "ledger"),
                ("convolution-chapter-2", "convolution"),
                ("oracles", "ledger"),
                ("figures-kit-moving", "figures"),
            )
        ),
    ],
)
def test_an_address_that_a_place_once_had_leads_to_it(old, new, browser, roots):
    page = browser.new_page()
    page.goto(roots["file"] + f"book/neural-network/{old}")
    page.wait_for_url(urljoin(f"{roots['file']}book/neural-network/", new), timeout=10_000)
    page.close()


@cache
def parsed(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(path):
    return {tag.get("id") or tag.get("name") for tag in parsed(path)(["a", True])}


def test_a_signature_says_nothing_of_the_inside_of_python(book, name):
    shown = [entry.text for entry in parsed(book / name).select("dt.sig")]
    assert [text for text in shown if re.search("[<\u2060]|lambda", text)] == []


def test_every_picture_is_described(book, name):
    for image in parsed(book / name)("img"):
        alt = image.get("alt", "").strip()
        assert alt, f"{name}: no alt text: {image}"
        assert not re.search(r"\.\w{3,4}$|/", alt), f"{name}: a file name as alt text: {image}"
    for drawing in parsed(book / name)("svg", class_="picture"):
        assert len(drawing.get("aria-label", "")) > 40


def test_every_figure_has_a_number_of_its_own_and_a_caption(book, name):
    figures = parsed(book / name).find("main")("figure")
    captions = [" ".join(figure.find("figcaption").get_text().split()) for figure in figures]
    found = [
        re.match(r"Figures? (\w[\w.]*)( to [\d.]+\d| of “[^”]+”)?\. \S", caption)
        for caption in captions
    ]
    assert all(found), captions
    assert len({number[1] for number in found}) == len(found), captions


def test_every_internal_link_resolves(book, name):
    here = book / name
    wrong = []
    for tag in parsed(here)(["a", "img", "link", "script"]):
        target = tag.get("href") or tag.get("src") or ""
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or target in ("", "#"):
            continue
        file = (here.parent / unquote(parts.path)).resolve() if parts.path else here
        if not file.is_file():
            wrong.append(f"no such file: {target}")
        elif parts.fragment and unquote(parts.fragment) not in anchors(file):
            wrong.append(f"no such anchor: {target}")
    assert not wrong, f"{name}:\n" + "\n".join(wrong)


def test_every_outside_link_is_well_formed(book, name):
    links = [tag["href"] for tag in parsed(book / name)("a", href=re.compile(r"^\w+:|^//"))]
    assert [link for link in links if not OUTSIDE.fullmatch(link)] == []


def transferred(url):
    """Give how many bytes a browser gets for an address of the compressing server."""
    with urlopen(url) as response:
        return len(response.read())


def test_page_is_light(book, roots, name):
    """What a page brings beside the assets that all pages share: itself and its pictures."""
    page = roots["server"] + name
    pictures = {urljoin(page, image["src"]) for image in parsed(book / name)("img")}
    assert sum(map(transferred, [page, *pictures])) < 4e5


def test_shared_assets_are_light(book, roots):
    """All that pages share, even what few of them ask for, and the index that the search reads.

    What a reader asks for weighs more: Python most, of which the page says how much beforehand.
    """
    files = [book / "searchindex.js", *(book / "_static").rglob("*")]
    weights = {
        file: transferred(roots["server"] + file.relative_to(book).as_posix())
        for file in files
        if file.is_file()
    }
    asked = {file.name: weights.pop(file) for file in [*weights] if file.parent.name == "ask"}
    assert sum(weights.values()) < 1.2e6
    python = sum(weight for name, weight in asked.items() if name.startswith("python-"))
    assert 8e6 < python < 9e6
    assert sum(asked.values()) - python < 0.25e6


def test_every_slider_moves_its_picture_by_keyboard(browser, roots, book, name):
    if not parsed(book / name).select(".slider"):
        return
    page = browser.new_page()
    settle(page, roots["file"] + name)
    for slider in page.query_selector_all(".slider"):
        control, shown = slider.query_selector("[type=range]"), slider.query_selector("output")
        before = slider.inner_html(), shown.inner_text()
        control.focus()
        page.keyboard.press("ArrowRight")
        assert shown.inner_text() != before[1], f"{name}: the number stays {before[1]}"
        assert control.get_attribute("aria-valuetext") == shown.inner_text()
        assert slider.inner_html() != before[0], f"{name}: the picture stands still"
    page.close()


def test_every_live_picture_has_its_control_in_reach_of_a_thumb(browser, roots, book, name):
    if not parsed(book / name).select(".slider"):
        return
    page = browser.new_page(viewport={"width": 390, "height": 900})
    settle(page, roots["file"] + name)
    wrong = page.evaluate("""() => [...document.querySelectorAll(".slider")].flatMap((figure) => {
      const height = (el) => parseFloat(getComputedStyle(el).fontSize) * el.getScreenCTM().a;
      const box = (selector) => figure.querySelector(selector).getBoundingClientRect();
      const parts = [...figure.querySelectorAll(".steps > *, fieldset label")];
      const words = [...figure.querySelectorAll("text")];
      return [
        ...parts.filter((el) => el.getBoundingClientRect().height < 44).map(() => "too low"),
        ...parts.filter((el) => el.getBoundingClientRect().width < 44).map(() => "too narrow"),
        ...parts.filter((el) => !(el.ariaLabel || el.innerText)).map(() => "no name"),
        ...(figure.querySelector("figcaption").innerText.length < 40 ? ["no caption"] : []),
        ...(box(".controls").top - box("[role=img]").bottom > 20 ? ["control away"] : []),
        ...words.filter((el) => height(el) < 12).map((el) => `small: ${el.textContent}`),
      ].map((what) => `${figure.id}: ${what}`);
    })""")
    for slider in page.query_selector_all(".slider"):
        control = slider.query_selector("[type=range]")
        before = control.input_value()
        for button, step in (("next", 1), ("previous", -1)):
            value = int(control.input_value())
            slider.query_selector(f"button.{button}").click()
            assert int(control.input_value()) == value + step
        assert control.input_value() == before
    page.close()
    assert not wrong, f"{name}:\n" + "\n".join(wrong)


MOMENTUM = "book/neural-network/optimizers.html", "#slider-momentum"
RAVINE, SADDLE = "#slider-race-ravine", "#slider-race-saddle"


def test_a_live_picture_plays_when_asked_and_stops_at_the_end(browser, roots):
    page = browser.new_page()
    page.clock.install(time=0)
    settle(page, roots["file"] + MOMENTUM[0])
    page.clock.pause_at(60_000)
    figure = page.locator(MOMENTUM[1])
    control, play = figure.locator("[type=range]"), figure.locator(".play")
    page.clock.run_for(60_000)
    assert control.input_value() == "3"
    play.click()
    assert play.get_attribute("aria-label") == "pause"
    assert figure.locator("output").get_attribute("aria-live") == "off"
    page.clock.run_for(760)
    assert control.input_value() == "4"
    play.click()
    page.clock.run_for(60_000)
    assert control.input_value() == "4"
    play.focus()
    page.keyboard.press("Space")
    page.clock.run_for(60_000)
    assert control.input_value() == control.get_attribute("max") == "7"
    assert play.get_attribute("aria-label") == "play"
    assert figure.locator("output").inner_text() == "0.95"
    play.click()
    assert control.input_value() == "0"
    figure.locator(".next").click()
    page.clock.run_for(60_000)
    assert control.input_value() == "1"
    page.close()


def test_less_motion_is_slower(browser, roots):
    page = browser.new_page(reduced_motion="reduce")
    page.clock.install(time=0)
    settle(page, roots["file"] + "book/neural-network/races.html")
    page.clock.pause_at(60_000)  # it goes on by itself otherwise
    page.click(f"{RAVINE} .play")
    page.clock.run_for(990)
    assert page.input_value(f"{RAVINE} [type=range]") == "8"
    page.clock.run_for(20)
    assert page.input_value(f"{RAVINE} [type=range]") == "9"
    page.close()


@pytest.mark.parametrize(("across", "up"), [(0, -200), (150, 0)], ids=["over", "along"])
def test_a_swipe_over_a_slider_scrolls_and_one_along_it_moves(browser, roots, across, up):
    phone = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
    page = browser.new_page(**phone)
    settle(page, roots["file"] + MOMENTUM[0])
    control = page.locator(f"{MOMENTUM[1]} [type=range]")
    control.evaluate("el => el.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.wait_for_timeout(500)  # formulas are fitted to the page, which moves what is below them
    box = control.bounding_box()
    x, y = box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2
    before = page.evaluate("scrollY"), control.input_value()
    touch = page.context.new_cdp_session(page)
    for kind, share in (("Start", 0), *(("Move", k / 10) for k in range(1, 11))):
        at = [{"x": x + share * across, "y": y + share * up}]
        touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": at})
        page.wait_for_timeout(20)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(500)
    assert (page.evaluate("scrollY") > before[0] + 100) == bool(up)
    assert (control.input_value() != before[1]) == bool(across)
    page.close()


LAST = """el => [...el.querySelectorAll("g.series")].at(-1).dataset.series"""


def test_a_press_brings_a_series_to_the_front_and_another_puts_it_back(browser, roots):
    page = browser.new_page()
    settle(page, roots["file"] + "book/neural-network/races.html")
    figure = page.locator(RAVINE)
    front = (
        """el => [...el.querySelectorAll("g.series:not(.behind)")].map((g) => g.dataset.series)"""
    )
    adam, everything = figure.locator("button[data-series='5']"), figure.locator("button[data-all]")
    assert figure.evaluate(front) == ["0"]
    assert adam.inner_text().strip() == "Adam"
    adam.focus()
    page.keyboard.press("Enter")
    assert figure.evaluate(front) == ["0", "5"]
    assert figure.evaluate(LAST) == "5"
    assert adam.get_attribute("aria-pressed") == "true"
    adam.click()
    assert figure.evaluate(front) == ["0"]
    assert figure.evaluate(LAST) == "0"
    assert adam.get_attribute("aria-pressed") == "false"
    everything.click()
    assert len(figure.evaluate(front)) == 8
    assert everything.get_attribute("aria-pressed") == "true"
    everything.click()
    assert figure.evaluate(front) == ["0"]
    assert everything.get_attribute("aria-pressed") == "false"
    page.close()


def test_a_drawn_curve_comes_to_the_front_when_its_name_is_pressed(browser, roots):
    page = browser.new_page()
    settle(page, roots["file"] + "book/neural-network/races.html")
    figure = page.locator("figure#fig-search")
    behind = """el => [...el.querySelectorAll("g.series.behind")].map((g) => g.dataset.series)"""
    names = figure.locator("button[data-series]").all_inner_texts()
    assert [name.strip() for name in names][:2] == ["SGD", "momentum"]
    assert figure.evaluate(behind) == ["1", "2", "3", "6", "7", "8"]
    assert figure.evaluate(LAST) == "5"
    figure.locator("button[data-series='1']").click()
    assert figure.evaluate(behind) == ["2", "3", "6", "7", "8"]
    page.close()


def test_a_race_begins_where_its_reader_says(browser, roots):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    settle(page, roots["file"] + "book/neural-network/races.html")

    def state(figure):
        return page.locator(figure).evaluate("""el => [
          el.querySelector("[type=radio]:checked").parentElement.innerText.trim(),
          [...el.querySelectorAll(".series [data-choice]:not(.later)")].map((path) =>
            Number(path.dataset.choice) + 1).join(""),
          el.querySelector(".series .dots").getAttribute("d"),
        ]""")

    number, trails, dot = state(RAVINE)
    assert (number, trails) == ("1", 8 * "1")
    page.focus(f"{RAVINE} [type=radio]:checked")
    page.keyboard.press("ArrowRight")
    assert state(RAVINE)[:2] == ["2", 8 * "2"]
    assert state(RAVINE)[2] != dot
    page.click(f"{RAVINE} .reach >> nth=4")
    assert state(RAVINE)[:2] == ["5", 8 * "5"]
    page.click(f"{RAVINE} .reach >> nth=0")
    assert state(RAVINE) == ["1", 8 * "1", dot]
    for number in ("2", "3", "2"):  # two starts that lie on each other
        page.click(f"{SADDLE} .reach >> nth=1")
        assert state(SADDLE)[:2] == [number, 8 * number]
    page.close()


def test_a_live_picture_is_there_without_scripts(browser, roots):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(roots["file"] + "book/neural-network/races.html")
    for part, seen in (("[role=img]", True), ("figcaption", True), (".controls", False)):
        assert page.is_visible(f"{RAVINE} > {part}") == seen
    context.close()


def test_a_live_picture_brings_its_script_and_style_into_a_notebook(browser, roots, book):
    """There are none of the book's there."""
    figure = parsed(book / "book/neural-network/races.html").select_one(RAVINE)
    page = browser.new_page()
    page.set_content(f"<main>{figure}</main>")
    page.click(".next")
    assert page.input_value("[type=range]") == "9"
    page.click("button[data-series='5']")
    fill = "el => getComputedStyle(el).fill"
    assert page.locator("g[data-series='5'] .still").first.evaluate(fill) == "none"
    opacity = "el => getComputedStyle(el).opacity"
    assert [page.locator(f"g[data-series='{k}']").evaluate(opacity) for k in (5, 6)] == ["1", "0.4"]
    page.close()


def test_four_races_from_five_starts_are_light(roots):
    assert transferred(roots["server"] + "book/neural-network/races.html") < 400e3


def test_a_notebook_is_saved_from_its_page(browser, roots, book):
    page = browser.new_page()
    settle(page, roots["server"] + "book/neural-network/training.html")
    page.click(".dropdown-download-buttons > button")
    with page.expect_download() as download:
        page.click(".btn-download-source-button")
    assert download.value.suggested_filename == "training.ipynb"
    source = book / "_sources" / "book" / "neural-network" / "training.ipynb"
    assert download.value.path().read_bytes() == source.read_bytes()
    page.close()
