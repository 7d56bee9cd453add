"""Executed chapters are kept with a record of what they were made from, and found by it; half of one is none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest

from surveybook.build import executions
from surveybook.build.editions import Run
from surveybook.build.executions import LOADED_CODE, Execution, Executions, make_execution
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import find_project
from surveybook.process.package import load_package


@pytest.fixture
def chapter(book):
    """A short chapter that reads one file beside it."""
    (book / "chapters" / "tal.txt").write_text("41\n", encoding="utf-8")
    cells = [
        nbformat.v4.new_markdown_cell("# A chapter"),
        nbformat.v4.new_code_cell("add = 1", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("print(int(open('tal.txt').read()) + add)"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = book / "chapters" / "prøve.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture
def store(chapter):
    """Look into the store as a build does that begins now."""

    def look() -> Executions:
        project = find_project()
        return Executions(project.executions, project, load_package(project.data_package("data")))

    return look


def make(store: Executions, run: Run) -> Execution:
    return make_execution(store.folder, store.project, LOADED_CODE, run)


def printed(execution: Execution) -> str:
    (output,) = nbformat.read(execution.notebook, as_version=4).cells[-1].outputs
    return output.text


def test_what_was_executed_is_found_until_what_it_read_changes_and_again_when_that_is_taken_back(chapter, store):
    run, file = Run(chapter, {"add": 1}), chapter.parent / "tal.txt"
    assert store().find(run) is None
    made = make(store(), run)
    assert printed(made) == "42\n"
    assert "file chapters/tal.txt" in made.inputs
    assert store().find(run).notebook == made.notebook
    file.write_text("9\n", encoding="utf-8")
    assert store().find(run) is None
    assert store().reasons(run, made.inputs) == ["file chapters/tal.txt changed"]
    assert printed(make(store(), run)) == "10\n"
    file.write_text("41\n", encoding="utf-8")
    assert printed(store().find(run)) == "42\n"
    file.unlink()
    assert store().find(run) is None
    assert store().reasons(run, made.inputs) == ["file chapters/tal.txt is gone"]


def test_other_parameters_are_another_execution_and_the_same_ones_are_shared(chapter, store):
    one, other = (make(store(), Run(chapter, {"add": add})) for add in (1, 2))
    assert (printed(one), printed(other)) == ("42\n", "43\n")
    # a run of another edition or variant that gives the same parameters
    assert store().find(Run(chapter, {"add": 1}, "variant", "A label")).notebook == one.notebook
    assert store().find(Run(chapter, {"add": 3})) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda notebook, record: notebook.unlink(),
        lambda notebook, record: record.unlink(),
        lambda notebook, record: record.write_text(record.read_text()[:40]),
        lambda notebook, record: record.write_text(""),
        lambda notebook, record: record.write_bytes(b"\xff\xfe"),
    ],
    ids=["no notebook", "no record", "half a record", "an empty record", "no text"],
)
def test_half_of_an_execution_is_none_and_is_made_again(chapter, store, spoil):
    run = Run(chapter, {})
    made = make(store(), run)
    spoil(made.notebook, made.notebook.with_suffix(".json"))
    assert store().find(run) is None
    assert store().reasons(run, made.inputs) == ["what was executed is gone"]
    assert printed(make(store(), run)) == "42\n"
    assert store().find(run).notebook == made.notebook


def test_the_least_recently_used_are_forgotten_and_nothing_of_them_stays(chapter, store, monkeypatch):
    monkeypatch.setattr(executions, "KEPT", 2)
    runs = [Run(chapter, {"add": add}) for add in (1, 2, 3)]
    first, second = (make(store(), run) for run in runs[:2])
    for age, execution in ((2, first), (1, second)):
        os.utime(execution.notebook.with_suffix(".json"), ns=(age, age))
    store().find(runs[0])  # it was used again, so the other is the oldest
    make(store(), runs[2])
    found = [store().find(run) is not None for run in runs]
    assert found == [True, False, True]
    folder = find_project().executions
    assert len([*folder.rglob("*.ipynb")]) == len([*folder.rglob("*.json")]) == 2


def test_a_chapter_that_fails_leaves_nothing(chapter, store):
    (chapter.parent / "tal.txt").write_text("none\n", encoding="utf-8")
    with pytest.raises(SurveybookError, match="a chapter failed"):
        make(store(), Run(chapter, {}))
    files = [path for path in find_project().executions.rglob("*") if path.is_file()]
    assert files == []


def test_a_record_tells_all_inputs_and_no_folder_of_this_machine(chapter, store, book):
    made = make(store(), Run(chapter, {}))
    record = made.notebook.with_suffix(".json").read_text(encoding="utf-8")
    assert set(json.loads(record)["inputs"]) == {"code cells", "parameters", "versions", "file chapters/tal.txt"}
    assert str(book) not in record and str(Path.home()) not in record
