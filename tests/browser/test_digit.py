"""A reader draws a digit on page 2.2, with a mouse and by keyboard, and the network reads it."""

import re

import pytest

PAGE = "book/convolution/cnn.html"


@pytest.fixture(params=["file", "server"])
def drawing(request, browser, roots):
    context = browser.new_context(viewport={"width": 390, "height": 900})
    page = context.new_page()
    errors, asked = [], []
    page.on("pageerror", lambda error: errors.append(error))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(roots[request.param] + PAGE)
    page.evaluate("localStorage.setItem('chainrule.python', 'yes')")
    box = page.locator(".draw")
    assert not [url for url in asked if "/ask/" in url]
    box.get_by_role("button", name="Draw a digit").click()
    box.get_by_label("Drawing field").wait_for(timeout=60_000)
    yield box
    assert not errors
    assert all(url.startswith((roots[request.param], "blob:", "data:")) for url in asked)
    context.close()


def likely(box, said):
    box.locator(".draw-likely", has_text=re.compile(said)).wait_for()
    return box.locator(".draw-likely").inner_text()


def probabilities(box):
    return [float(text) for text in re.findall(r"\d\.\d\d", box.locator(".draw-bars").inner_text())]


def test_a_stroke_is_read_and_cleared(drawing):
    likely(drawing, "nothing drawn, and still most likely")
    empty = probabilities(drawing)
    assert len(empty) == 10
    assert sum(empty) == pytest.approx(1, abs=0.06)
    area = drawing.get_by_label("Drawing field").bounding_box()
    mouse = drawing.page.mouse
    mouse.move(area["x"] + area["width"] / 2, area["y"] + 4)
    mouse.down()
    mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] - 4, steps=12)
    mouse.up()
    likely(drawing, "^most likely")
    assert probabilities(drawing) != empty
    drawing.get_by_role("button", name="Clear").click()
    likely(drawing, "nothing drawn")
    assert probabilities(drawing) == empty


def test_a_digit_of_the_test_part_is_read_as_what_it_is(drawing):
    for digit in (8, 1):
        drawing.get_by_role("button", name=str(digit), exact=True).click()
        likely(drawing, f"^most likely an? {digit}: [01]")
    assert drawing.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_draws(drawing):
    likely(drawing, "nothing drawn")
    drawing.get_by_label("Drawing field").focus()
    keyboard = drawing.page.keyboard
    keyboard.press("Space")
    for _ in range(8):
        keyboard.press("ArrowDown")
    keyboard.press("Space")
    likely(drawing, "^most likely")
