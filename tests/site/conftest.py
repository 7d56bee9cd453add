"""The built site, its pages as parsed, and the list of pages that the table of contents asks for."""

from __future__ import annotations

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
PAGES = [f"{name}.html" for name in _files(TOC)]
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
