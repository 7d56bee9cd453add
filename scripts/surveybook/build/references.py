"""Check that what pages paste and what figures are called fits together, before the site is made."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat

from surveybook.build.contents import toc_files
from surveybook.build.editions import Run
from surveybook.build.files import read_notebook
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.paths import Project
from surveybook.disseminate.figure import about_of

PASTED = re.compile(r"\{glue(?::\w+)?\}`([^`]+)`|^ *[`:]{3,}\{paste-figure\} *(\S+)", re.MULTILINE)


def check_references(project: Project, runs: Sequence[Run], executed: Path) -> None:
    """Check every pasted key and every figure's id of the book.

    Parameters
    ----------
    runs : sequence of Run
        Every execution of a chapter; a variant's page stands beside its chapter's.
    executed : Path
        The folder of the executed chapters.

    Raises
    ------
    SurveybookError
        A page pastes a number that its chapter does not make ready, or two figures share an id.
    """
    texts: dict[str, list[str]] = {}
    keys: dict[str, set[str]] = {}
    owners: dict[str, str] = {}
    for name in toc_files(project):
        if not name.endswith(".ipynb"):
            texts[name] = [(project.root / name).read_text(encoding="utf-8")]
    for run in runs:
        name = run.notebook.with_name(f"{run.name}.ipynb").relative_to(project.root).as_posix()
        notebook = read_notebook(executed / Path(name).name)
        cells = read_notebook(run.notebook).cells  # prose is the author's of now, whenever it was run
        texts[name] = [cell.source for cell in cells if cell.cell_type == "markdown"]
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        keys[name] = {o.metadata["scrapbook"]["name"] for o in outputs if "scrapbook" in o.get("metadata", {})}
        for output in outputs:
            _claim(output, name, owners)
    for name, parts in texts.items():
        for number, figure in PASTED.findall("\n".join(parts)):
            _check_pasted(name, number or figure, keys)


def _claim(output: nbformat.NotebookNode, name: str, owners: dict[str, str]) -> None:
    about = about_of(output.get("data", {}))
    if about is None:
        return
    if about["id"] in owners:
        raise SurveybookError(
            "two figures have one id",
            file=name,
            got=about["id"],
            expected="an id that no other figure has",
            hint=f"the same figure_id stands in {owners[about['id']]}",
        )
    owners[about["id"]] = name


def _check_pasted(name: str, reference: str, keys: dict[str, set[str]]) -> None:
    path, _, key = reference.rpartition("::")
    chapter = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    key = key.partition(":")[0]
    known = keys.get(chapter, set())
    if key in known:
        return
    item = "-".join(key.split("-")[:2])
    near = {other for other in known if other.startswith(item)}
    raise SurveybookError(
        "a page pastes what is not there",
        file=name,
        got=reference,
        expected=one_of(near) if near else f"a key that {chapter} makes ready",
        hint=f"name the item in paste_numbers in {chapter} (key: survey-item-option_set), or paste_figure it",
    )
