"""The built site, its pages as parsed, and the list of pages that the table of contents asks for."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from bs4 import BeautifulSoup

from browser import find_browser

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "default" / "site"


def _files(part: object) -> Iterator[str]:
    """The files that a part of the table of contents names, however deep."""
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key in ("root", "file"))
        for value in part.values():
            yield from _files(value)
    elif isinstance(part, list):
        for entry in part:
            yield from _files(entry)


TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
RECORD = "application/papermill.record/"
VEGALITE, GLUED = "application/vnd.vegalite.v6+json", f"{RECORD}text/html"
# Further runs of a chapter with other parameters; each is a page beside the chapter's own.
VARIANTS = yaml.safe_load((ROOT / "chapters" / "editions.yml").read_text(encoding="utf-8")).get("variants") or {}
VARIANT_PAGES = {f"chapters/{chapter}-{name}.html": chapter for chapter, names in VARIANTS.items() for name in names}
PAGES = [*(f"{name}.html" for name in _files(TOC)), *VARIANT_PAGES]


def _outputs(chapter: Path) -> list[dict]:
    """The data of each output of a committed chapter."""
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    return [output["data"] for cell in cells for output in cell.get("outputs", []) if "data" in output]


CHAPTERS = sorted((ROOT / "chapters").rglob("*.ipynb"))
OUTPUTS = {path.relative_to(ROOT).with_suffix(".html").as_posix(): _outputs(path) for path in CHAPTERS}
ABOUT = {
    page: [data[VEGALITE]["usermeta"]["surveybook"] for data in outputs if VEGALITE in data]
    for page, outputs in OUTPUTS.items()
}
# A chart that a chapter makes for another page, by that page.
PASTED = re.compile(r"\{paste-figure\} (\S+)\.ipynb::(\S+)")
for name in _files(TOC):
    source = ROOT / f"{name}.md"
    for chapter, pasted in PASTED.findall(source.read_text(encoding="utf-8")) if source.is_file() else []:
        specs = [data[f"{RECORD}{VEGALITE}"] for data in OUTPUTS[f"{chapter}.html"] if f"{RECORD}{VEGALITE}" in data]
        told = [spec["usermeta"]["surveybook"] for spec in specs]
        ABOUT.setdefault(f"{name}.html", []).extend(about for about in told if about["id"] == pasted)
# The names of the figures that have no chart, but page elements or a table alone.
PANEL = "application/vnd.surveybook.panel+json"
PANELS = {
    data[PANEL]["usermeta"]["surveybook"]["id"]: page
    for page, outputs in OUTPUTS.items()
    for data in outputs
    if PANEL in data
}
# The names of the charts on each page, as a chapter has them among its outputs.
CHARTS = {page: [about["id"] for about in figures] for page, figures in ABOUT.items() if figures}
# The table's first column of figures that are worked out or tell of days: no share as it was printed or observed.
CALCULATED = ("Difference", "The silent", "Kind of share", "True correlation", "Date")
# What only real answers could tell, and what shows shares of answers; the rest is worked out.
OPEN = [about["id"] for figures in ABOUT.values() for about in figures if about.get("open")]
SHARES = [
    about["id"]
    for figures in ABOUT.values()
    for about in figures
    if not about.get("open") and about["table"][0][0] not in CALCULATED
]


def _built(page: str, pattern: str) -> list[str]:
    """What a built page has of a pattern: a variant is not committed, so only the site knows its figures."""
    file = SITE / page
    return re.findall(pattern, file.read_text(encoding="utf-8")) if file.is_file() else []


for variant in VARIANT_PAGES:
    CHARTS[variant] = _built(variant, r'<figure class="sb-figure" id="figure-([^"]+)"')
    OPEN += _built(variant, r'<details class="sb-open" data-figure="([^"]+)"')
TOLD = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Where there is no site the first test fails, and the others say nothing more."""
    if (SITE / "index.html").is_file():
        return
    if not item.session.stash.get(TOLD, False):
        item.session.stash[TOLD] = True
        pytest.fail("the site is not built: run `make book`", pytrace=False)
    pytest.skip("the site is not built")


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    return SITE


@pytest.fixture(params=PAGES)
def page_name(request) -> str:
    """Each page of the table of contents, by its path in the site."""
    return request.param


@pytest.fixture(scope="session")
def charts() -> dict[str, list[str]]:
    """The names of the figures on each page that has some."""
    return CHARTS


@pytest.fixture(scope="session")
def panels() -> dict[str, str]:
    """The page of each figure that has no chart, by its name."""
    return PANELS


@pytest.fixture(params=CHARTS)
def page_with_charts(request) -> str:
    """Each page with figures, by its path in the site."""
    return request.param


@pytest.fixture(params=[name for names in CHARTS.values() for name in names])
def any_name(request) -> str:
    """The name of each figure of the site."""
    return request.param


@pytest.fixture(params=OPEN)
def open_name(request) -> str:
    """The name of each figure of what only real answers could tell."""
    return request.param


@pytest.fixture(params=SHARES)
def figure_name(request) -> str:
    """The name of each figure that shows shares, or counts, of answers that are known."""
    return request.param


@pytest.fixture(scope="session")
def known_figures() -> list[str]:
    """The names of all figures that show shares, or counts, of answers that are known."""
    return SHARES


@pytest.fixture(scope="session")
def open_names() -> list[str]:
    """The names of all figures of what only real answers could tell."""
    return OPEN


@pytest.fixture(scope="session")
def variant_pages() -> dict[str, str]:
    """The pages of further runs of a chapter, each with the chapter's page."""
    return {page: f"chapters/{chapter}.html" for page, chapter in VARIANT_PAGES.items()}


@pytest.fixture(scope="session")
def glued() -> list[str]:
    """The markup of each number that a chapter makes ready to be pasted."""
    texts = [data[GLUED] for outputs in OUTPUTS.values() for data in outputs if GLUED in data]
    return ["".join(text) for text in texts]


@pytest.fixture(scope="session")
def read_page(site) -> Callable[[str], BeautifulSoup]:
    """Parse a page of the site, once."""

    @lru_cache
    def read(name: str) -> BeautifulSoup:
        return BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")

    return read


@pytest.fixture
def page(read_page, page_name) -> BeautifulSoup:
    """Each page of the table of contents, parsed."""
    return read_page(page_name)


# The site in a browser; its tests are skipped as a whole where there is none.


@pytest.fixture(scope="module")
def chromium():
    """One browser for all tests; root may not use its sandbox."""
    arguments = ["--disable-gpu", "--disable-background-networking"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, site):
    """Open a page of the site in a fresh context, from its file or from an address."""
    from visiting import LOCAL, WIDE, Visit

    contexts = []

    def open_page(name, *, width=WIDE, theme="light", root=None, **settings):
        context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=theme, **settings)
        contexts.append(context)
        root = root or site.as_uri()
        allowed = LOCAL if root.startswith("file:") else re.compile(rf"{re.escape(root)}|data:|blob:")
        visit = Visit(context.new_page(), allowed)
        visit.watch()
        visit.page.goto(f"{root}/{name}")
        return visit

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def served(site, tmp_path):
    """The address of the site below a path with a space, as a host of many books might have it."""
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "sub path").symlink_to(site, target_is_directory=True)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/some/sub%20path"
        server.shutdown()
