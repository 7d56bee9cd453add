"""Executed chapters, kept by what they were made from: code, parameters, modules, versions, and all they read.

Known beforehand are a chapter's code cells, its parameters, the modules of the package that it imports, and
the pinned versions. What it reads, data and words of the codebook, is known once it has run: it is kept
beside the result, which is found again while each of these reads would give the same content. So an
execution belongs to no edition: editions that give a chapter the same inputs share it. Prose is no input.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from surveybook.build.editions import Run
from surveybook.build.files import file_digest, read_notebook, write_whole
from surveybook.build.imports import PACKAGE, imported_files
from surveybook.build.notebooks import add_pictures, execute_chapter
from surveybook.core.errors import SurveybookError
from surveybook.core.kept import code_digest, oldest_first
from surveybook.core.paths import Project
from surveybook.core.reads import FILE, digest, read_notes, texts_of
from surveybook.process.codebook import STRUCTURE, codebook_structure, read_codebook
from surveybook.process.package import DATA, DESCRIPTION, DataPackage, unsigned_text

KEPT = 24  # executions of one chapter: some for each edition and variant, and a few steps back
VERSIONS = "requirements.txt"


@dataclass(frozen=True)
class Execution:
    """A chapter as it was executed; ``inputs`` maps the name of all that it was made from to its sha256."""

    notebook: Path
    inputs: Mapping[str, str]
    seconds: float
    why: tuple[str, ...] = ()  # what made it run; empty where it was found


class Executions:
    """The folder of executed chapters, looked into with the checkout and one data package as they are now."""

    def __init__(self, folder: Path, project: Project, package: DataPackage) -> None:
        self.folder, self.project = folder, project
        self._content = _contents(project, package)

    def find(self, run: Run) -> Execution | None:
        """Return an execution whose inputs are all as they are now; None if there is none."""
        known = known_inputs(self.project, run)
        for file in sorted(_folder(self.folder, run, known).glob("*.json")):
            record = _read_record(file)
            if record is None:
                continue
            reads = {name: sha for name, sha in record["inputs"].items() if name not in known}
            if all(self._content(name) == sha for name, sha in reads.items()):
                os.utime(file)  # the oldest are the first to go
                return Execution(file.with_suffix(".ipynb"), record["inputs"], record["seconds"])
        return None

    def reasons(self, run: Run, before: Mapping[str, str]) -> list[str]:
        """Say what differs between the inputs of an earlier execution, name to sha256, and the present ones."""
        if not before:
            return ["it was never executed here"]
        known = known_inputs(self.project, run)
        words = []
        for name in sorted({*before, *known}):
            now = known[name] if name in known else self._content(name)
            if before.get(name) != now:
                words.append(f"{name} {'is new' if name not in before else 'is gone' if now is None else 'changed'}")
        return words or ["what was executed is gone"]


def make_execution(folder: Path, project: Project, code: str, run: Run) -> Execution:
    """Execute a chapter and keep the result in a folder; it may run in any process that sees the book.

    Raises
    ------
    SurveybookError
        A cell failed; or this process does not see the book, or has loaded other ``code`` of the package.
    """
    _refuse_strange_process(project, code)
    known, start = known_inputs(project, run), time.perf_counter()
    target = _folder(folder, run, known)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="running-") as scratch:
        made, notes = Path(scratch) / run.notebook.name, Path(scratch) / "reads.txt"
        notes.touch()
        execute_chapter(run.notebook, made, run.parameters, notes)
        add_pictures(made)
        inputs = known | read_notes(notes)
        name = digest(json.dumps(inputs, sort_keys=True))[:16]
        execution = Execution(target / f"{name}.ipynb", inputs, time.perf_counter() - start)
        made.replace(execution.notebook)
    # Written last: without it the notebook is as if it were not there.
    record = json.dumps({"inputs": inputs, "seconds": round(execution.seconds, 2)}, indent=0)
    write_whole(execution.notebook.with_suffix(".json"), record)
    _forget_oldest(folder, run)
    return execution


LOADED_CODE = code_digest()  # the package's modules as they were when this process began to execute chapters


def _refuse_strange_process(project: Project, code: str) -> None:
    if not project.editions.is_file():
        raise SurveybookError(
            "a worker does not see the folder of the book",
            file=project.root,
            got=socket.gethostname(),
            expected="the same folder, under the same path, on each machine",
        )
    if code != LOADED_CODE:
        raise SurveybookError(
            "a worker has loaded other code than the build",
            got=socket.gethostname(),
            expected="the code of this checkout, as it is now",
            hint="start the worker again",
        )


def _folder(folder: Path, run: Run, known: Mapping[str, str]) -> Path:
    return folder / run.notebook.stem / digest(json.dumps(known, sort_keys=True))[:16]


def _forget_oldest(folder: Path, run: Run) -> None:
    for record in oldest_first(folder.glob(f"{run.notebook.stem}/*/*.json"))[:-KEPT]:
        record.unlink(missing_ok=True)
        record.with_suffix(".ipynb").unlink(missing_ok=True)


def known_inputs(project: Project, run: Run) -> dict[str, str]:
    """What is known of a run's inputs before it runs: name to sha256."""
    cells = [cell for cell in read_notebook(run.notebook).cells if cell.cell_type == "code"]
    code = [[cell.source, cell.metadata.get("tags", [])] for cell in cells]
    versions = f"{sys.version}\n{(project.root / VERSIONS).read_text(encoding='utf-8')}"
    modules = {
        f"module {file.relative_to(PACKAGE).as_posix()}": file_digest(file)
        for file in imported_files(cell.source for cell in cells)
    }
    return {
        "code cells": digest(json.dumps(code)),
        "parameters": digest(json.dumps(run.parameters, sort_keys=True)),
        "versions": digest(versions),
        **modules,
    }


def _contents(project: Project, package: DataPackage) -> Callable[[str], str | None]:
    """Say the sha256 that reading something would give now, by the name under which it is noted."""
    codebook = read_codebook(package)
    known = {DESCRIPTION: digest(unsigned_text(package.descriptor)), STRUCTURE: digest(codebook_structure(codebook))}
    for row in codebook.rows:
        known |= {name: digest(text) for name, text in texts_of(row).items()}

    def content(name: str) -> str | None:
        if name not in known:
            kind, _, rest = name.partition(" ")
            if kind == DATA and rest in package.resources:
                known[name] = digest(package.read_bytes(package.resource(rest)))
            elif kind == FILE and (project.root / rest).is_file():
                known[name] = digest((project.root / rest).read_bytes())
        return known.get(name)

    return content


def _read_record(file: Path) -> dict | None:
    """A record whose notebook is there; None for what a killed build or a full disk left behind."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return record if file.with_suffix(".ipynb").is_file() else None
