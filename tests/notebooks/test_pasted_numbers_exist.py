"""Every number that a page pastes was glued by the chapter that the page names."""

import re

import nbformat
import pytest

from surveybook.build.notebooks import toc_files
from surveybook.core.paths import Project

GLUE = re.compile(r"\{glue(?::\w+)?\}`([^`]+)`")


def glued(path) -> set[str]:
    outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])]
    return {output.metadata.scrapbook.name for output in outputs if "scrapbook" in output.metadata}


def prose(path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(
        cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"
    )


def pasted(path) -> list[tuple]:
    """The notebook and the key of each number that a page pastes."""
    found = []
    for reference in GLUE.findall(prose(path)):
        name, _, key = reference.rpartition("::")
        found.append(((path.parent / name).resolve() if name else path, key.partition(":")[0]))
    return found


@pytest.fixture(scope="module")
def pages(root):
    return [root / name for name in toc_files(Project(root))]


def test_every_pasted_number_was_glued(pages):
    keys = {path: glued(path) for path in pages if path.suffix == ".ipynb"}
    missing = [
        f"{page.name} pastes {key} of {notebook.name}"
        for page in pages
        for notebook, key in pasted(page)
        if key not in keys.get(notebook, ())
    ]
    assert missing == []


def test_every_page_with_findings_pastes_numbers(pages):
    assert [page.name for page in pages if not pasted(page)] == ["background.md"]


def test_a_number_glued_twice_is_the_same_number(pages):
    seen = {}
    for path in pages:
        if path.suffix == ".ipynb":
            outputs = [
                output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])
            ]
            for output in outputs:
                if "scrapbook" in output.metadata:
                    seen.setdefault(output.metadata.scrapbook.name, set()).add(tuple(output.data.items()))
    assert seen
    assert [key for key, values in seen.items() if len(values) > 1] == []


def test_every_page_of_the_chapters_folder_is_in_the_book(root, pages):
    files = {path for pattern in ("*.ipynb", "*.md") for path in (root / "chapters").glob(pattern)}
    assert files == {page for page in pages if page.parent.name == "chapters"}
