"""The table of what a change makes run: each edit runs the chapters that depend on it, and no other.

However a site came about, it is to the byte the one that the same checkout gives where nothing was built before.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import changing_book as book
import pytest
from changing_book import RUNS

from surveybook.build import executions, imports
from surveybook.build.contents import chapter_notebooks
from surveybook.build.editions import edition_runs, read_edition
from surveybook.build.executions import Executions
from surveybook.core.paths import Project
from surveybook.process.package import load_package

HEADLINES = {"robustness", "robustness-stricter"}


class Edit(NamedTuple):
    """A change of the checkout, by its folder and the function that signs a file; which chapters it makes run."""

    what: str
    change: Callable[[Path, Callable], None]
    runs: set[str]


def tag(folder: Path, _) -> None:
    def fold(cell: dict) -> None:
        cell["metadata"]["tags"] = ["hide-cell"]

    book.edit_cells(folder / "chapters/discussion.ipynb", "code", fold, which="figure_links(")


def other_default(folder: Path, _) -> None:
    book.replace(folder / "chapters/editions.yml", "    dont_know: as-printed", "    dont_know: outside")
    book.reword(folder / "chapters/robustness.ipynb", "code", 'dont_know = "as-printed"', 'dont_know = "outside"')


def label_of_an_item(folder: Path, sign) -> None:
    row = {"survey": "vive", "item": "wellbeing"}
    book.edit_row(folder / "data/codebook/items.csv", row, "label_en", "Happier employees", sign)


def label_of_an_option_set(folder: Path, sign) -> None:
    row = {"option_list": "degree", "option_set": "top1"}
    book.edit_row(folder / "data/codebook/option_sets.csv", row, "label_en", "to the highest extent", sign)


def universe(folder: Path, sign) -> None:
    row = {"survey": "vive", "item": "wellbeing"}
    book.edit_row(folder / "data/codebook/items.csv", row, "universe", "everyone who was asked", sign)


def description(folder: Path, _) -> None:
    file = folder / "data/datapackage.json"
    about = json.loads(file.read_text(encoding="utf-8"))
    about["resources"][0]["title"] = "Another title"
    book.write(file, json.dumps(about, ensure_ascii=False))


def event(folder: Path, sign) -> None:
    row = {"event_id": "borders"}
    book.edit_row(folder / "data/context/timeline.csv", row, "label_en", "No one may enter", sign)


def answers(folder: Path, sign) -> None:
    book.swap_answers(folder / "data/raw/vive/responses.csv", "q01_omfang", sign)


def printed(folder: Path, sign) -> None:
    row = {"survey": "fh", "item": "digital_kept"}
    book.edit_row(folder / "data/published/figures.csv", row, "value", "74", sign)


def without_a_figure(folder: Path, _) -> None:
    chapter = folder / "chapters/discussion.ipynb"
    notebook = json.loads(chapter.read_text(encoding="utf-8"))
    notebook["cells"] = [cell for cell in notebook["cells"] if "figure_power(" not in "".join(cell["source"])]
    book.write(chapter, json.dumps(notebook))


def text(file: str, old: str, new: str) -> Callable:
    return lambda folder, _: book.replace(folder / file, old, new)


def cell(chapter: str, kind: str, old: str, new: str) -> Callable:
    return lambda folder, _: book.reword(folder / f"chapters/{chapter}.ipynb", kind, old, new)


PACKAGE = "scripts/surveybook"
# What pages say and figures show. What is read of unchanged pages is kept from one build to the next.
WORDS = [
    Edit("a sentence of a page", text("index.md", "It has [one", "Here is [one"), set()),
    Edit("a sentence of a notebook", cell("discussion", "markdown", "It also warns", "It warns as well"), set()),
    Edit("a title of a chapter", cell("method", "markdown", "# ", "# On "), set()),
    Edit("the glossary", text("chapters/words.md", "whom a share", "that a share"), set()),
    Edit("a code cell", cell("discussion", "code", "How strong must", "Just how strong must"), {"discussion"}),
    Edit("a tag of a cell", tag, {"discussion"}),
    Edit("a chapter's default", other_default, HEADLINES),
    Edit("a label that one chapter shows", label_of_an_item, {"robustness"}),
    Edit("a label that one variant shows", label_of_an_option_set, {"robustness-stricter"}),
    Edit("a data file that one chapter reads", event, {"method"}),
    Edit("what is no word of the codebook", universe, RUNS),
    Edit("the description of the data", description, RUNS),
    Edit("two answers", answers, RUNS),
    Edit("a printed figure that two pages paste", printed, RUNS),
    Edit("the authors' own module", text("chapters/own.py", "own", "quite our own"), {"discussion"}),
]
# What all pages are read with, and what no chapter knows of.
SETTINGS = [
    Edit("a word of a record", text("chapters/references.bib", "Agendas", "Agenda"), set()),
    Edit("the version", text("CITATION.cff", "version: 0.1.0", "version: 0.2.0"), set()),
    Edit("the footer", text("_config.yml", "Errors are ours.", "All errors are ours."), set()),
    Edit("a style", text(f"{PACKAGE}/disseminate/assets/site.css", "{", "{ /* same */"), set()),
    Edit("a module of one chapter", text(f"{PACKAGE}/analyse/power.py", '"""', '"""Of one: '), {"discussion"}),
    Edit("a module of all", text(f"{PACKAGE}/core/rounding.py", '"""', '"""Of all: '), RUNS),
    Edit("a module of no chapter", text(f"{PACKAGE}/build/offline.py", '"""', '"""Of none: '), set()),
    Edit("the pinned versions", text("requirements.txt", "#", "# pinned:\n#"), RUNS),
    Edit("a figure that is taken out", without_a_figure, {"discussion"}),
]
TABLE = [Edit("nothing", lambda folder, _: None, set()), *WORDS, *SETTINGS]
BREDE = "  brede:\n    data_package: data\n    confidence_level: 0.95\n    ci_method: wilson\n    differ_points: 10\n"
BREDE += "    threshold: 5\n    dont_know: outside\n    cut_point: as-printed\n"


def sources(folder: Path) -> dict[Path, bytes]:
    """All files of the checkout but what is generated."""
    files = [path for path in folder.rglob("*") if path.is_file() and "_build" not in path.relative_to(folder).parts]
    return {path: path.read_bytes() for path in files if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def home(tmp_path_factory, editions, alone):
    """The book, built once."""
    folder = book.make(tmp_path_factory.mktemp("home") / "bog på dansk", editions, alone)
    assert book.build(folder) == RUNS
    return folder


@pytest.fixture(scope="module")
def first(home):
    """Its sources and its site as they were first."""
    return sources(home), book.site_of(home)


@pytest.fixture
def restored(home, first):
    """Take every edit back after a test."""
    yield
    take_back(home, first[0])


def take_back(folder: Path, before: dict[Path, bytes]) -> None:
    now = sources(folder)
    for path in set(now) - set(before):
        path.unlink()
    for path, content in before.items():
        if now.get(path) != content:
            path.write_bytes(content)


@pytest.fixture
def not_found(home, monkeypatch):
    """The chapters for which the book has no execution, by the store alone."""
    for module in (executions, imports):
        monkeypatch.setattr(module, "PACKAGE", home / PACKAGE)

    def ask(edition: str = "default") -> set[str]:
        project = Project(home)
        parameters = read_edition(project, edition)
        runs = edition_runs(project, parameters, read_edition(project, "default"), chapter_notebooks(project))
        store = Executions(project.executions, project, load_package(project.data_package("data")))
        return {run.name for run in runs if store.find(run) is None}

    return ask


# What would run


@pytest.mark.parametrize("edit", TABLE, ids=lambda edit: edit.what)
def test_an_edit_makes_run_what_depends_on_it_alone(home, first, restored, not_found, sign, edit):
    edit.change(home, sign)
    assert not_found() == edit.runs
    take_back(home, first[0])
    assert not_found() == set(), "the executions of before are found again"


def test_an_edition_runs_what_its_parameters_change_and_shares_all_else(home, restored, not_found):
    with (home / "chapters/editions.yml").open("r+", encoding="utf-8") as file:
        whole = file.read()
        file.seek(0)
        file.write(whole.replace("editions:\n  default:", f"editions:\n{BREDE}  default:"))
    assert not_found("brede") == HEADLINES
    assert not_found() == set()


# What runs, and what the site is then


def edit_all(folder: Path, edits: list[Edit], sign) -> set[str]:
    for edit in edits:
        edit.change(folder, sign)
    return set().union(*(edit.runs for edit in edits))


NO_DATA = [edit for edit in WORDS if edit.runs != RUNS]


@pytest.mark.parametrize(
    "edits",
    [pytest.param(NO_DATA, marks=pytest.mark.long), TABLE],
    ids=["words and figures", "everything"],
)
def test_edits_together_give_the_site_of_a_clean_build_and_taken_back_the_first_one(
    home, first, restored, sign, tmp_path, edits
):
    assert book.build(home) == set()
    expected = edit_all(home, edits, sign)
    assert book.build(home) == expected
    site = book.site_of(home)
    assert book.differing(site, book.clean_site(home, tmp_path / "another book")) == []
    changed = book.differing(site, first[1])
    assert {"index.html", "chapters/method.html", "chapters/words.html"} <= set(changed)
    power = {f"_static/figures/power.{end}" for end in ("svg", "plain.svg", "png", "csv", "vl.json")}
    assert power <= set(first[1])
    assert (power & set(site) == set()) == (edits is TABLE), "what is taken out of a chapter is gone from the site"
    if edits is TABLE:
        for page in ("index.html", "chapters/method.html"):
            assert book.pasted(first[1][page], "fh_08") == ["73 percent"]
            assert book.pasted(site[page], "fh_08") == ["74 percent"], "no page keeps the number of before"
    take_back(home, first[0])
    assert book.build(home) == set()
    assert book.differing(book.site_of(home), first[1]) == []


@pytest.mark.long
@pytest.mark.parametrize("edit", TABLE, ids=lambda edit: edit.what)
def test_each_edit_alone_gives_the_site_of_a_clean_build(home, first, restored, sign, tmp_path, edit):
    book.build(home)
    edit.change(home, sign)
    assert book.build(home) == edit.runs
    assert book.differing(book.site_of(home), book.clean_site(home, tmp_path / "another book")) == []


@pytest.mark.long
def test_all_edits_one_after_another_give_the_site_of_a_clean_build(home, first, restored, sign, tmp_path):
    for edit in TABLE:
        edit.change(home, sign)
        book.build(home)
        site = book.clean_site(home, tmp_path / "another book")
        assert book.differing(book.site_of(home), site) == [], edit.what
