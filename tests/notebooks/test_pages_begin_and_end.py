"""A page begins with what it finds, and ends with what follows and where to go on."""

from __future__ import annotations

import re

import nbformat
import pytest

from surveybook.build.contents import toc_files
from surveybook.core.paths import Project

LAST = "## What follows"
FENCED = re.compile(r"^(`{3,}|:{3,}).*?^\1", re.MULTILINE | re.DOTALL)
OTHER_PAGE = re.compile(r"\]\((?!https?:)([\w./-]+\.(?:md|ipynb))\)")
# These paste numbers, yet have no finding of their own to begin with.
WITHOUT_FINDING = {"notes.md"}


def cells_of(path) -> list[tuple[str, str]]:
    """The kind and the source of each cell; a page of text is one."""
    if path.suffix == ".md":
        return [("markdown", path.read_text(encoding="utf-8"))]
    return [(cell.cell_type, cell.source) for cell in nbformat.read(path, as_version=4).cells]


@pytest.fixture(scope="module")
def pages(root):
    """Every page but the landing page, which is all beginning."""
    _, *names = toc_files(Project(root))
    return {name: cells_of(root / name) for name in names}


def test_a_page_begins_with_its_heading_and_a_paragraph(pages):
    for name, cells in pages.items():
        kind, text = cells[0]
        heading, _, rest = text.partition("\n\n")
        paragraph = rest.partition("\n\n")[0]
        assert kind == "markdown" and re.fullmatch(r"# .+", heading), name
        assert re.match(r"[A-Z{]", paragraph) and re.search(r"[.?]( <!--.*-->)?$", paragraph), name
        assert len(paragraph.splitlines()) <= 10, name


def test_a_page_with_findings_begins_with_a_number(pages):
    begun = set()
    for name, cells in pages.items():
        prose = [text for kind, text in cells if kind == "markdown"]
        if "{glue}" in "".join(prose) and not name.endswith(tuple(WITHOUT_FINDING)):
            assert "{glue}" in prose[0].split("\n\n")[1], name
            begun.add(name)
    assert len(begun) > 8


def test_a_page_ends_with_what_follows_and_a_way_on(pages, root):
    for name, cells in pages.items():
        kind, text = cells[-1]
        assert kind == "markdown", name
        headings = re.findall(r"^#+ .*", FENCED.sub("", text), re.MULTILINE)
        assert headings and headings[-1] == LAST, name
        end = text.rpartition(LAST)[2]
        ways = OTHER_PAGE.findall(end)
        folder = (root / name).parent
        others = {(folder / way).resolve() for way in ways} - {root / name}
        assert others and all(other.is_file() for other in others), name
        assert len(end.strip().splitlines()) <= 4, name


def test_no_page_says_twice_what_follows(pages):
    for name, cells in pages.items():
        text = "\n".join(text for kind, text in cells if kind == "markdown")
        assert text.count(LAST) == 1, name
