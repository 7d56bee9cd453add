"""A new chapter is thin, sound and honest as it is written, or nothing is written."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from surveybook.analyse.conditions import judge
from surveybook.build.new_chapter import PARAMETERS, chapter_text, find_headline, write_chapter
from surveybook.build.notebooks import execute_chapter
from surveybook.build.prose import book_sentences
from surveybook.build.typed import refuse_typed
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project
from surveybook.disseminate import figure_shares

pytestmark = pytest.mark.long  # each test asks the whole program, or a browser

ROOT = Path(__file__).resolve().parents[2]
NAME = "work-at-home"
LONGEST_LINE = 118


def write(folder: Path, name: str = NAME, **words) -> Path:
    return write_chapter(Project(folder), name, **{"survey": "vive", "item": "extent", "say": print, **words})


def listed(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def sources(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]]


# What is written


def test_only_the_chapter_and_its_line_are_written(project):
    before = listed(project)
    assert write(project, after="effects") == project / "chapters" / f"{NAME}.ipynb"
    after = listed(project)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"_toc.yml", f"chapters/{NAME}.ipynb"}
    old, new = (files["_toc.yml"].decode() for files in (before, after))
    assert new == old.replace(
        "  - file: chapters/effects\n", f"  - file: chapters/effects\n  - file: chapters/{NAME}\n"
    )


def test_a_chapter_has_what_the_others_have(project):
    first, parameters, loading, pasting, figure, last = sources(write(project, after="effects"))
    assert first.startswith("# Work at home\n\n{glue}`vive-extent-top2` of those who answered, more than half,")
    assert first.endswith("<!-- holds: vive.extent.top2 > 50 -->")
    effects = sources(project / "chapters" / "effects.ipynb")
    assert parameters in effects and loading.splitlines()[-1] in "\n".join(effects)
    assert pasting == 'paste_numbers(estimates, "vive", "extent")'
    assert 'title="“New and innovative ways to deliver services”: {extent}"' in figure
    assert 'holds="vive.extent.top2 > 50"' in figure
    assert last.startswith("## What follows\n\n")
    assert last.endswith("[What the leaders say drove innovation](drivers.ipynb).")


def test_a_title_and_an_item_of_another_survey_can_be_asked_for(project):
    first, *_ = sources(write(project, title="Digital work", survey="fh", item="more_digital"))
    assert first.startswith("# Digital work\n\n{glue}`fh-more_digital-reported` of those who answered")


def test_without_a_place_it_follows_the_last_page_of_the_chapters_themselves(project):
    write(project)
    assert f"  - file: chapters/robustness\n  - file: chapters/{NAME}\n" in (project / "_toc.yml").read_text("utf-8")


@pytest.mark.parametrize("after", ["drivers", "chapters/drivers", "chapters/drivers.ipynb"])
def test_comments_sections_and_line_ends_of_the_contents_stay(project, after):
    lines = [
        "format: jb-book",
        "root: index",
        "# the order of reading",
        "chapters:",
        '- file: "chapters/drivers.ipynb"  # first',
        "  sections:",
        "    - file: chapters/effects",
        "- file: chapters/appendix/bibliography",
    ]
    (project / "_toc.yml").write_bytes("\r\n".join(lines).encode())
    (project / "index.md").write_text("# A book\n\nIt has chapters.\n", encoding="utf-8")
    write(project, after=after)
    lines.insert(7, f"- file: chapters/{NAME}")
    assert (project / "_toc.yml").read_bytes() == "\r\n".join(lines).encode()


def test_a_line_at_the_end_of_the_contents_is_ended(project):
    (project / "_toc.yml").write_bytes(
        b"format: jb-book\nroot: index\nchapters:\n- file: chapters/appendix/bibliography\n- file: chapters/effects"
    )
    (project / "index.md").write_text("# A book\n\nIt has chapters.\n", encoding="utf-8")
    last = sources(write(project))[-1]
    assert (project / "_toc.yml").read_text("utf-8").endswith(f"effects\n- file: chapters/{NAME}\n")
    assert last.endswith("[Effects that the leaders saw](effects.ipynb).")  # no page follows: back


# On any item


def shares_with_a_number(estimates) -> list[tuple[str, str]]:
    book = estimates.codebook
    known = {(row.survey, row.item) for row in estimates.rows}
    return [key for key, item in book.items.items() if item.headline_set and key in known]


def test_a_chapter_on_any_item_with_a_number_is_true_and_types_none(estimates, tmp_path):
    given = {key: 0.95 if key == "confidence_level" else "data" for key in PARAMETERS}
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: page\n", encoding="utf-8")
    items = shares_with_a_number(estimates)
    said = set()
    for survey, item in items:
        text = chapter_text("page", "", find_headline(estimates, survey, item), estimates, given, "[On](on.md)")
        (tmp_path / "page.ipynb").write_text(text, encoding="utf-8")
        assert max(map(len, "\n".join(sources(tmp_path / "page.ipynb")[1:]).splitlines())) <= LONGEST_LINE
        sentences = book_sentences(Project(tmp_path))
        refuse_typed(sentences, [])
        bound = [sentence for sentence in sentences if sentence.holds]
        assert len(bound) == 2 and all(judge(one.holds, estimates).holds for one in bound), (survey, item)
        figure = figure_shares(estimates, survey, [item], figure_id="page", title=bound[1].text, holds=bound[1].holds)
        assert not figure.doubt
        said.add(re.search(r"answered, ([a-z ]+), are", bound[0].text)[1])
    assert len(items) > 30
    assert said == {"more than half", "less than half", "about half"}


# What is refused


@pytest.mark.parametrize(
    ("name", "words", "what", "got"),
    [
        ("Work at home", {}, "a chapter's name is not fit for an address", "Work at home"),
        ("work_at_home", {}, "a chapter's name is not fit for an address", "work_at_home"),
        ("../work", {}, "a chapter's name is not fit for an address", "../work"),
        ("work-", {}, "a chapter's name is not fit for an address", "work-"),
        ("", {}, "a chapter's name is not fit for an address", ""),
        ("effects", {}, "a page of this name exists", "effects"),
        ("glossary", {}, "a page of this name exists", "glossary"),
        (NAME, {"survey": "viva"}, "unknown survey", "viva"),
        (NAME, {"item": "extend"}, "unknown item of the survey vive", "extend"),
        (NAME, {"item": "competition"}, "no share of this item is known", "competition"),
        (NAME, {"item": "role"}, "no share of this item is known", "role"),
        (NAME, {"after": "divers"}, "the table of contents names no such page", "divers"),
        (NAME, {"after": "index.md"}, "the page has no line of its own in the table of contents", "index.md"),
        (NAME, {"title": "What 54 percent saw"}, "a number is typed by hand", "54 percent"),
        (NAME, {"title": "What most saw"}, "a finding has no condition", "most"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(project, name, words, what, got):
    before = listed(project)
    with pytest.raises(SurveybookError) as caught:
        write(project, name, **words)
    assert (caught.value.what, caught.value.got) == (what, got)
    assert listed(project) == before


def test_a_book_that_is_not_sound_gets_no_new_chapter(project, edit_text):
    edit_text(project / "index.md", "The article describes", "54 percent saw it.\nThe article describes")
    before = listed(project)
    with pytest.raises(SurveybookError, match="a number is typed by hand"):
        write(project)
    assert listed(project) == before


def test_the_command_says_what_is_next(project, surveybook):
    done = surveybook("new", "chapter", NAME, cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == f"written: chapters/{NAME}.ipynb, and its line in _toc.yml"
    assert "notebooks" in done.stdout.splitlines()[1]
    again = surveybook("new", "chapter", NAME, cwd=project)
    assert again.returncode == 1 and again.stderr.startswith("error: a page of this name exists\n")


# The checks of this repository, on a copy with a new chapter


@pytest.fixture
def whole(book):
    """A copy of the checkout with its tests."""
    shutil.copytree(ROOT / "tests", book / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", book)
    shutil.copy2(ROOT / "chapters" / "editions.yml", book / "chapters")
    return book


def run(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_chapter_passes_the_tests_of_chapters(whole):
    path = write(whole, after="effects")
    (whole / "notes.txt").touch()
    execute_chapter(path, whole / "again.ipynb", {}, whole / "notes.txt")
    (whole / "again.ipynb").replace(path)
    quiet = ("-q", "-p", "no:cacheprovider")
    passed = run(whole, "pytest", "tests/notebooks", *quiet, "-k", f"{NAME} or pages or pasted or page_")
    # both modules that look at each chapter had the new one among theirs
    assert int(re.search(r"(\d+) passed", passed)[1]) > 30
    run(whole, "pytest", "--nbval", f"chapters/{NAME}.ipynb", *quiet)
    run(whole, "ruff", "check", "chapters")
    run(whole, "ruff", "format", "--check", "chapters")
    run(whole, "surveybook", "check")


def test_a_book_with_a_new_chapter_is_built(whole):
    write(whole, after="effects")
    shutil.copy2(ROOT / ".gitignore", whole)
    subprocess.run(["git", "init", "--quiet", whole], check=True)
    told = run(whole, "surveybook", "notebooks")
    assert f"{NAME}: first outputs: " in told and told.splitlines()[-1] == f"Changed: {NAME}.ipynb."
    assert run(whole, "surveybook", "notebooks", "--check") == "No chapter changed.\n"
    run(whole, "surveybook", "build")
    page = (whole / "_build" / "default" / "site" / "chapters" / f"{NAME}.html").read_text(encoding="utf-8")
    assert "<h1>Work at home" in page and f'id="figure-{NAME}-extent"' in page
    notebook = nbformat.read(whole / "chapters" / f"{NAME}.ipynb", as_version=4)
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == [1, 2, 3, 4]
