"""Every number that a page pastes was glued by the chapter that the page names."""

import json
import re

import nbformat
import pytest

from surveybook.build.contents import toc_files
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
    # the one has no findings of this edition, the other shows them in figures alone, the other parts explain
    without = {page.name for page in pages if not pasted(page) and page.parent.name not in ("appendix", "using")}
    assert without <= {"background.md", "robustness.ipynb"}


def test_a_number_glued_twice_is_the_same_number(pages):
    seen = {}
    for path in pages:
        if path.suffix == ".ipynb":
            outputs = [
                output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])
            ]
            for output in outputs:
                if "scrapbook" in output.metadata:
                    data = json.dumps(output.data, sort_keys=True)
                    seen.setdefault(output.metadata.scrapbook.name, set()).add(data)
    assert seen
    assert [key for key, values in seen.items() if len(values) > 1] == []


def test_a_pasted_figure_holds_all_that_print_allows(pages, root, read_records):
    # A range that is cut at one end would say more than print does.
    bounds = {}
    for row in read_records(root / "data" / "published" / "figures.csv"):
        if row["unit"] == "percent" and not row["word_en"]:
            ends = [float(row[end] or row["value"]) for end in ("low", "high")]
            bounds[f"{row['survey']}-{row['item']}-{row['option_set']}"] = ends
    seen, wrong = set(), set()
    for path in pages:
        outputs = nbformat.read(path, as_version=4).cells if path.suffix == ".ipynb" else []
        for output in [
            output for cell in outputs for output in cell.get("outputs", []) if "scrapbook" in output.metadata
        ]:
            key = output.metadata.scrapbook.name
            if key.removesuffix("-printed") in bounds:
                text = output.data["application/papermill.record/text/plain"].partition(" [")[0]
                numbers = [float(number) for number in re.findall(r"[\d.]+", text.removesuffix(" percent"))]
                low, high = bounds[key.removesuffix("-printed")]
                seen.add(key)
                one = len(numbers) == 1 and low <= numbers[0] <= high
                if not one and not (numbers[0] <= low and high <= numbers[-1]):
                    wrong.add(f"{key}: {text}, and print allows {low:g} to {high:g}")
    assert len(seen) > 20
    assert sorted(wrong) == []


def test_every_page_of_the_chapters_folder_is_in_the_book(root, pages):
    files = {path for pattern in ("*.ipynb", "*.md") for path in (root / "chapters").rglob(pattern)}
    assert {path for path in files if ".ipynb_checkpoints" not in path.parts} == {*pages} - {root / "index.md"}
