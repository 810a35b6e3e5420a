"""The playground trains in the page, step by step or on, whole or broken."""

import re

import pytest

PAGE = "book/playground.html"


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def steps(page):
    return int(re.search(r"step (\d+)", page.locator(".clock").inner_text())[1])


def wait_for(page, said):
    page.locator(".clock", has_text=re.compile(said)).wait_for(timeout=60_000)


def test_it_starts_runs_pauses_and_steps(page, root):
    page.goto(root + PAGE)
    page.locator(".plane .caption", has_text="Step 400").wait_for()
    assert not [url for url in page.asked if "python-" in url]
    press(page, "Start")
    press(page, "Load and run")
    page.get_by_role("button", name="Pause").wait_for(timeout=60_000)
    page.wait_for_function(
        "Number(/step (\\d+)/.exec(document.querySelector('.clock').textContent)[1]) > 30"
    )
    press(page, "Pause")
    page.get_by_role("button", name="Run", exact=True).wait_for()
    before = steps(page)
    press(page, "Step")
    wait_for(page, f"step {before + 1},")
    press(page, "Reset")
    wait_for(page, "step 0,")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert all(url.startswith((root, "blob:", "data:")) for url in page.asked)


def test_a_mistake_is_judged_and_the_address_holds_the_setup(page, root):
    page.goto(root + PAGE)
    page.evaluate("localStorage.setItem('chainrule.python', 'yes')")
    page.locator("[name=broken]").select_option("no-slope")
    assert page.url.endswith("#broken=no-slope")
    press(page, "Start")
    page.locator(".verdict", has_text="4 of 4 oracles notice it").wait_for(timeout=60_000)
    assert page.locator(".rule-broken-no-slope").is_visible()
    page.reload()
    assert page.locator("[name=broken]").input_value() == "no-slope"


def test_the_keyboard_starts_it_and_an_impossible_setup_is_named(browser, roots):
    page = browser.new_page()
    page.goto(roots["file"] + PAGE)
    page.evaluate("localStorage.setItem('chainrule.python', 'yes')")
    page.locator("[name=data]").select_option("own")
    page.get_by_label("two numbers and a class").fill("1, 2, red")
    page.get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    error = page.locator(".play-error", has_text="own: expected at least 10 lines of data, got 1")
    error.wait_for(timeout=60_000)
    own = "\n".join(f"{i % 5}, {i % 3}, {'red' if i % 2 else 'blue'}" for i in range(30))
    page.get_by_label("two numbers and a class").fill(own)
    page.get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "Number(/step (\\d+)/.exec(document.querySelector('.clock').textContent)[1]) > 10"
    )
    assert error.is_hidden()
    page.close()


@pytest.mark.parametrize(
    "setup", ["data=circles", "data=spirals&depth=4", "data=digits", "optimizer=SGD&loss=MSE"]
)
def test_other_setups_train(browser, roots, setup):
    page = browser.new_page()
    page.goto(f"{roots['file']}{PAGE}#{setup}")
    page.evaluate("localStorage.setItem('chainrule.python', 'yes')")
    press(page, "Start")
    page.get_by_role("button", name="Pause").wait_for(timeout=60_000)
    page.wait_for_function("/^step [1-9]/.test(document.querySelector('.clock').textContent)")
    page.close()
