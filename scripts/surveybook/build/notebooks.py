"""Execute chapters by papermill, and keep only what is the same at every run."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from surveybook.build.contents import chapter_notebooks
from surveybook.build.editions import quiet_papermill
from surveybook.build.prose import marked
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project
from surveybook.disseminate.figure import GLUED, VEGALITE_MIME, about_of
from surveybook.disseminate.picture import draw_pictures
from surveybook.disseminate.sphinx_figures import PICTURES

# A kernel on this machine's own loopback warns that its messages are not encrypted.
QUIET_KERNEL = ["--IPKernelApp.log_level=CRITICAL"]
CELL_NAMES = {"markdown": "text", "code": "code", "raw": "raw"}
INJECTED_TAG = "injected-parameters"
NONE: Mapping[str, str] = MappingProxyType({})


def execute_chapter(source: Path, target: Path, parameters: dict) -> None:
    """Execute a chapter with some parameters in a kernel of its own, and write the result.

    Raises
    ------
    SurveybookError
        A cell failed; the chapter, the cell and the reason are named.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_suffix(".running.ipynb")
    try:
        with contextlib.redirect_stderr(io.StringIO()), quiet_papermill():
            papermill.execute_notebook(
                str(source),
                str(staged),
                parameters=parameters,
                cwd=str(source.parent),
                progress_bar=False,
                log_output=False,
                extra_arguments=QUIET_KERNEL,
            )
        notebook = nbformat.read(staged, as_version=4)
    except PapermillExecutionError as error:
        raise SurveybookError(
            "a chapter failed",
            file=source,
            # papermill puts the edition's parameters in a cell of their own, which the author has not.
            column=f"code cell {error.exec_count - bool(parameters)}",
            got=f"{error.ename}: {error.evalue}" if error.ename != "SurveybookError" else None,
            hint=f"\n{error.evalue}" if error.ename == "SurveybookError" else "open the chapter and run this cell",
        ) from None
    finally:
        staged.unlink(missing_ok=True)
    clean_notebook(notebook)
    nbformat.write(notebook, target)


def clean_notebook(notebook: nbformat.NotebookNode) -> None:
    """Drop all that differs between two runs or editors: times, ids, versions of Python."""
    notebook.metadata.pop("papermill", None)
    language = notebook.metadata.get("language_info", {}).get("name", "python")
    notebook.metadata["language_info"] = {"name": language}
    numbers = {"markdown": itertools.count(1), "code": itertools.count(1), "raw": itertools.count(1)}
    for cell in notebook.cells:
        # Editors draw ids at random; a name by kind and place is the same whoever added the cell.
        cell["id"] = f"{CELL_NAMES[cell.cell_type]}-{next(numbers[cell.cell_type]):02d}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if cell.metadata.get("tags") == []:
            del cell.metadata["tags"]


def add_pictures(executed: Path) -> None:
    """Draw the pictures of an executed chapter's figures once, and keep them beside each figure."""
    notebook = nbformat.read(executed, as_version=4)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        data = output.get("data", {})
        begin = next((begin for begin in ("", GLUED) if begin + VEGALITE_MIME in data), None)
        if begin is not None and (about := about_of(data)):
            spec = {key: value for key, value in data[begin + VEGALITE_MIME].items() if key != "usermeta"}
            svg = "".join(data.get(begin + "image/svg+xml", ""))
            output.metadata[PICTURES] = draw_pictures(spec, about["alt"], svg)
    nbformat.write(notebook, executed)


def stage_notebook(
    source: Path,
    target: Path,
    *,
    heading: str = "",
    doubts: Mapping[str, str] = NONE,
    kinds: Mapping[str, str] = NONE,
) -> None:
    """Write an executed chapter for the site: no injected cell, and of each figure what the page needs.

    ``heading`` takes the place of the chapter's own, on a variant's page; ``doubts`` and ``kinds``
    say which sentences are marked or left out (``prose.marked``).
    """
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if heading and cell.source.startswith("# "):
                cell.source = "\n".join([f"# {heading}", *cell.source.split("\n")[1:]])
                heading = ""
            cell.source = marked(cell.source, doubts, kinds)
        if INJECTED_TAG in cell.metadata.get("tags", []):
            cell.metadata["tags"] = [*cell.metadata["tags"], "remove-cell"]
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if about_of(data):
                for mime in ("image/svg+xml", "text/plain"):
                    data.pop(mime, None)
                    data.pop(GLUED + mime, None)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)


def refresh_chapters(project: Project, say) -> list[Path]:
    """Execute each committed chapter with its own defaults and save it with its outputs.

    Returns the chapters whose bytes changed.
    """
    changed = []
    for notebook in chapter_notebooks(project):
        before = notebook.read_bytes()
        scratch = project.build("default") / "refreshed" / notebook.name
        execute_chapter(notebook, scratch, {})
        after = scratch.read_bytes()
        if after != before:
            notebook.write_bytes(after)
            changed.append(notebook)
        say(f"{notebook.name}: {'outputs changed' if after != before else 'unchanged'}")
    return changed
