"""Print the slides of the built book, one a page.

python book/slides.py [--notes] [NAME ...]

makes ``_build/html/slides/NAME.pdf`` of each section, or of those named;
with --notes each slide has its notes below it.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from tqdm import tqdm

SLIDES = Path(__file__).parents[1] / "_build" / "html" / "slides"
NAMES = "chromium", "chromium-browser", "google-chrome"
MISSING = (
    "No Chromium found: install one (Debian: apt-get install chromium), or "
    "name its executable in the environment variable CHROMIUM."
)


def chromium() -> str:
    """Name the browser's executable."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), None
    )
    return found or sys.exit(MISSING)


def print_deck(browser: Browser, file: Path, to: Path, notes: bool) -> None:
    """Print a file of slides, with or without the notes."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(file.resolve().as_uri())
    page.wait_for_selector(".slide.now")
    if notes:
        page.keyboard.press("n")
    page.pdf(path=to, prefer_css_page_size=True, print_background=True)
    page.close()


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--notes", action="store_true")
    asked = parser.parse_args()
    files = {file.stem: file for file in sorted(SLIDES.glob("*.html"))}
    if not files:
        sys.exit(f"No slides in {SLIDES}: run make book first")
    if unknown := {*asked.names} - {*files}:
        sys.exit(
            f"No slides of {', '.join(unknown)}; there are {', '.join(files)}"
        )
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        for name in tqdm(asked.names or files, desc="printing slides"):
            to = files[name].with_suffix(".pdf")
            print_deck(browser, files[name], to, asked.notes)
        browser.close()


if __name__ == "__main__":
    main()
