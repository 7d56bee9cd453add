"""The built site, its pages as parsed, and the list of pages that the table of contents asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

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
VEGALITE, GLUED = "application/vnd.vegalite.v6+json", "application/papermill.record/text/html"
PAGES = [f"{name}.html" for name in _files(TOC)]


def _outputs(chapter: Path) -> list[dict]:
    """The data of each output of a committed chapter."""
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    return [output["data"] for cell in cells for output in cell.get("outputs", []) if "data" in output]


OUTPUTS = {f"chapters/{path.stem}.html": _outputs(path) for path in sorted((ROOT / "chapters").glob("*.ipynb"))}
# The names of the figures on each page, as its chapter has them among its outputs.
CHARTS = {
    page: [data[VEGALITE]["usermeta"]["surveybook"]["id"] for data in outputs if VEGALITE in data]
    for page, outputs in OUTPUTS.items()
}
CHARTS = {page: names for page, names in CHARTS.items() if names}
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


@pytest.fixture(params=CHARTS)
def page_with_charts(request) -> str:
    """Each page with figures, by its path in the site."""
    return request.param


@pytest.fixture(params=[name for names in CHARTS.values() for name in names])
def figure_name(request) -> str:
    """The name of each figure that a chapter shows."""
    return request.param


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
