"""A browser, the built book, and a local server that serves it."""

import gzip
import io
import json
import os
import shutil
import subprocess
import threading
from functools import cache, partial
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

    if shutil.which("npx") is None:
        pytest.exit(
            "No npx found, which fetches and runs Lighthouse: "
            "install Node.js 18.20 or newer with npm (Debian: apt install nodejs npm).",
            returncode=1,
        )


def pytest_generate_tests(metafunc):
    """Give a test that asks for a `name` every page of the book, one by one."""
    if "name" in metafunc.fixturenames:
        book = metafunc.config.getoption("--book")
        pages = sorted(book.rglob("*.html"), key=lambda path: path.stat().st_size, reverse=True)
        # the largest first, lest one is left alone at the end; what only leads on is no page
        texts = {path: path.read_text(encoding="utf-8").lower() for path in pages}
        pages = [path for path, text in texts.items() if 'http-equiv="refresh"' not in text]
        names = [path.relative_to(book).as_posix() for path in pages]
        names = [name for name in names if name.partition("/")[0] not in ("_static", "slides")]
        metafunc.parametrize("name", names)


@pytest.fixture(scope="session")
def book(request):
    """Give the folder of the built book."""
    return request.config.getoption("--book").resolve()


@cache
def compressed(path):
    return gzip.compress(path.read_bytes())


class Handler(SimpleHTTPRequestHandler):
    """Serves as public servers do: text compressed, on connections that stay open, to be kept."""

    protocol_version = "HTTP/1.1"
    # what a browser shows instead of saving it
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".ipynb": "text/plain"}

    def log_message(self, *args):
        """Keep the requests out of the tests' output."""

    def send_head(self):
        path = Path(self.translate_path(self.path))
        if path.suffix not in {".html", ".css", ".js", ".svg"} or not path.is_file():
            return super().send_head()
        body = compressed(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()


@pytest.fixture(scope="session")
def roots(book):
    """Give the addresses the book is read from: its folder, and a server on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=book))
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


@pytest.fixture(params=["file", "server"])
def root(request, roots):
    """Give one of the addresses."""
    return roots[request.param]


@pytest.fixture(params=[1280, 390])
def page(request, browser):
    """Give a page that notes in `asked` what it asks for, and fails on an error of a script."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    page = context.new_page()
    page.asked, errors = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(error))
    yield page
    assert not errors
    context.close()


@pytest.fixture
def lighthouse(roots, tmp_path):
    """Give a function that has Lighthouse audit a page and gives the report."""

    def audit(name, *options):
        report = tmp_path / "report.json"
        command = ["npx", "--yes", "lighthouse@12.8.2", roots["server"] + name, *options]
        command += ["--quiet", "--output=json", f"--output-path={report}"]
        command += [f"--chrome-flags={' '.join(FLAGS)}"]
        subprocess.run(command, env=os.environ | {"CHROME_PATH": chromium()}, check=True)
        return json.loads(report.read_text(encoding="utf-8"))

    return audit
