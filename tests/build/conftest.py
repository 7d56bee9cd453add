"""Checkouts to build in, and the command line as a person runs it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from surveybook.analyse import estimate_surveys
from surveybook.build.prose import book_sentences
from surveybook.core.paths import Project
from surveybook.process import load_surveys

ROOT = Path(__file__).resolve().parents[2]
# The tests' own file of editions: authors add editions to the committed one.
EDITIONS = """\
# The editions of these tests.

parameters:
  data_package:
    type: string
    meaning: The folder of the data package.
  confidence_level:
    type: number
    least: 0.5
    most: 0.999
    meaning: The confidence level of every interval, as a share of 1.
  ci_method:
    type: string
    one_of: [wilson, logit]
    meaning: The interval method for observed rows.
  differ_points:
    type: number
    least: 0
    most: 100
    meaning: By how many percentage points the silent are taken to differ.
  threshold:
    type: integer
    least: 3
    most: 50
    meaning: How few people are too few to tell of.
  dont_know:
    type: string
    one_of: [as-printed, inside, outside]
    meaning: Whether don't-knows are in the base of a share.
  cut_point:
    type: string
    one_of: [as-printed, stricter, wider]
    meaning: Where a scale is cut.

editions:
  default:
    data_package: data
    confidence_level: 0.95
    ci_method: wilson
    differ_points: 10
    threshold: 5
    dont_know: as-printed
    cut_point: as-printed
"""


def _run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "surveybook", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", timeout=120, check=False)


def _contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


@pytest.fixture(scope="session")
def surveybook():
    """Run a command of the program in a folder, and return its status and what it wrote."""
    return _run


def _edit_code(chapter: Path, old: str, new: str) -> None:
    """Replace a text in the code cells of a chapter, whose outputs stay as they were."""
    notebook = json.loads(chapter.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and old in "".join(cell["source"])]
    assert cells, f"{old!r} is in no code cell of {chapter.name}"
    for cell in cells:
        cell["source"] = "".join(cell["source"]).replace(old, new)
    chapter.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


@pytest.fixture(scope="session")
def edit_code():
    """Replace a text in the code cells of a chapter."""
    return _edit_code


@pytest.fixture(scope="session")
def contents():
    """The bytes and the time of each file in a folder, by name."""
    return _contents


@pytest.fixture
def project(project):
    """A copy of the checkout whose only edition is the default one."""
    (project / "chapters" / "editions.yml").write_text(EDITIONS, encoding="utf-8")
    return project


@pytest.fixture
def book(project):
    """A copy of the checkout with all that a build reads."""
    shutil.copy2(ROOT / "requirements.txt", project)
    return project


def _alone(chapter: Path) -> None:
    """Make a chapter stand alone: without citations, terms, and what other chapters give."""
    notebook = json.loads(chapter.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = re.sub(r" ?\{cite\}`[^`]*`", "", "".join(cell["source"]))
            text = re.sub(r"\{glue\}`[^`]*\.ipynb::[^`]*`", "so many", text)
            text = re.sub(r"\{term\}`([^`<]*?)(?: <[^`]*)?`", r"\1", text)
            cell["source"] = re.sub(r"\[([^\]]*)\]\((?!https:)[^)]*\)", r"\1", text)
    chapter.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


@pytest.fixture(scope="session")
def alone():
    """Make a chapter stand alone in a small book."""
    return _alone


@pytest.fixture(scope="session")
def editions():
    """The text of the tests' own table of editions."""
    return EDITIONS


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """A checkout of one page and one chapter, in git as a real one is; the tests of a module share it."""
    folder = tmp_path_factory.mktemp("books") / "lille bog på dansk"
    folder.mkdir()
    for name in ("data", "chapters"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    _alone(folder / "chapters" / "discussion.ipynb")
    (folder / "chapters" / "editions.yml").write_text(EDITIONS, encoding="utf-8")
    for name in ("_config.yml", "requirements.txt", "pyproject.toml", "CITATION.cff", ".gitignore"):
        shutil.copy2(ROOT / name, folder / name)
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: chapters/discussion\n"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    page = "# A small book\n\nIt has [one chapter](chapters/discussion.ipynb).\n"
    (folder / "index.md").write_text(page, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def built(small_book, surveybook):
    """The small book with its site made; a module that needs another book has a fixture of its own."""
    done = surveybook("build", cwd=small_book)
    assert done.returncode == 0, done.stderr
    return small_book


@pytest.fixture(scope="session")
def surveys(committed):
    """The surveys of the committed package, whose rows are simulated."""
    return load_surveys(str(committed), project_folder=committed)


@pytest.fixture(scope="session")
def estimates(surveys):
    """The estimates of the committed package: made once, only ever read."""
    return estimate_surveys(surveys)


@pytest.fixture(scope="session")
def kinds(surveys):
    """The kind of each survey's rows."""
    return {name: data.kind.value for name, data in surveys.items()}


@pytest.fixture
def page(tmp_path):
    """Read a text as the one page of a book: its sentences."""

    def read(text: str) -> list:
        (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
        (tmp_path / "index.md").write_text(text, encoding="utf-8")
        return book_sentences(Project(tmp_path))

    return read


@pytest.fixture
def cells(tmp_path):
    """Read cells, each a kind and its source, as the one chapter of a book: its sentences."""

    def read(*made: tuple[str, str]) -> list:
        new = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
        new["raw"] = nbformat.v4.new_raw_cell
        (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: prøve\n", encoding="utf-8")
        notebook = nbformat.v4.new_notebook(cells=[new[kind](source) for kind, source in made])
        nbformat.write(notebook, tmp_path / "prøve.ipynb")
        return book_sentences(Project(tmp_path))

    return read


@pytest.fixture(scope="session")
def place_of():
    """Where a text stands in a notebook: the cell and the row in it, both from 1, by the file alone."""

    def find(path: Path, text: str) -> tuple[int, int]:
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
            for row, line in enumerate("".join(cell["source"]).split("\n"), 1):
                if text in line:
                    return number, row
        raise AssertionError(f"{text!r} is not in {path.name}")

    return find
