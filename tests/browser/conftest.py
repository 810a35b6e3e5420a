"""A browser, the built book, and a local server that serves it."""

import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    # a browser that calls nobody on its own account
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium():
    """Name the browser's executable, or give None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def pytest_addoption(parser):
    built = Path(__file__).parents[2] / "_build" / "html"
    parser.addoption("--book", type=Path, default=built, help="the folder of the built book")


def pytest_sessionstart(session):
    if not (session.config.getoption("--book") / "search.html").is_file():
        pytest.exit("The book has not been built: run `make book` first.", returncode=1)
    if chromium() is None:
        pytest.exit(
            "No Chromium found: install one (Debian: apt install chromium), "
            "or name its executable in the environment variable CHROMIUM.",
            returncode=1,
        )


def pytest_generate_tests(metafunc):
    """Give a test that asks for a `name` every page of the book, one by one."""
    if "name" in metafunc.fixturenames:
        book = metafunc.config.getoption("--book")
        pages = (path.relative_to(book) for path in book.rglob("*.html"))
        # index.html only leads on to the first page
        names = sorted(
            str(page) for page in pages if page.parts[0] not in ("_static", "index.html")
        )
        metafunc.parametrize("name", names)


@pytest.fixture(scope="session")
def book(request):
    """Give the folder of the built book."""
    return request.config.getoption("--book").resolve()


class Quiet(SimpleHTTPRequestHandler):
    # what a browser shows instead of saving it
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".ipynb": "text/plain"}

    def log_message(self, *args):
        """Keep the requests out of the tests' output."""


@pytest.fixture(scope="session")
def roots(book):
    """Give the addresses the book is read from: its folder, and a server on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=book))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield {"file": f"{book.as_uri()}/", "server": f"http://127.0.0.1:{server.server_port}/"}
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()
