"""An edition from check to site: only what its inputs changed is done again."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import nbformat
from filelock import FileLock, Timeout

from surveybook.build.checks import Checked, check_book
from surveybook.build.contents import TOC, chapter_notebooks, toc_files
from surveybook.build.editions import DEFAULT, Run, quiet_papermill, read_edition
from surveybook.build.executions import LOADED_CODE, VERSIONS, Execution, Executions, make_execution
from surveybook.build.files import stamp, write_if_new, write_whole
from surveybook.build.imports import PACKAGE
from surveybook.build.jupyter_book import JupyterBook
from surveybook.build.notebooks import joined, without_pictures
from surveybook.build.offline import ARCHIVE, PDF, add_pdf, write_archive
from surveybook.build.progress import Progress, in_short
from surveybook.build.receipt import make_receipt, staged_receipt, write_receipt
from surveybook.build.references import check_references
from surveybook.build.site import CONFIG, copy_pages, make_pages, mended, stage_book, swap_site
from surveybook.build.state import forget_state, write_state
from surveybook.build.workers import LocalWorkers, Workers
from surveybook.build.works import bibliography_files
from surveybook.core.errors import SurveybookError, refuse_all
from surveybook.core.kept import KEPT, forget_oldest
from surveybook.core.paths import Project
from surveybook.core.reads import FILE, digest
from surveybook.disseminate.citing import CITATION
from surveybook.disseminate.sphinx_head import RECEIPTS
from surveybook.process.package import load_package

MANIFEST = "site.json"
RECORD = "record.json"  # of an edition's last build: from what each chapter and the site were made
NOTEBOOKS = "notebooks"
LOOKS = (".css", ".js", ".html", ".typ")  # code that pages are written with, and not read with
CODE = ("scripts/surveybook/disseminate/", "scripts/surveybook/core/", "requirements.txt")  # inputs that make pages


@dataclass(frozen=True)
class Result:
    """How a build ended: what was made now, and what was found as it was."""

    site: Path
    ran: tuple[str, ...]
    unchanged: tuple[str, ...]


def build_edition(
    project: Project, edition: str, progress: Progress, *, draft: bool = False, workers: Workers | None = None
) -> Result:
    """Build an edition's site; what its inputs did not change is not run again.

    In a draft, findings that do not hold are marked on their page instead of stopping the build.

    Raises
    ------
    SurveybookError
        A check failed, a chapter or the site, or another build of the edition is running. The old site stays.
    """
    folder = project.build(edition)
    os.environ[KEPT] = str(project.kept)
    with build_lock(project, edition), mended(folder / "site"), quiet_papermill(), JupyterBook(project) as book:
        began = forget_state(project, edition)
        with progress.stage("check"):
            checked = check_book(project, edition, progress.say, draft=draft)
            table = checked.estimates.table().to_csv(index=False, lineterminator="\n")
            write_if_new(folder / "estimates" / "estimates.csv", table)  # for whoever wants to look at them
        record = _read_record(folder)
        with progress.stage("chapters"):
            chapters = lay_chapters(project, checked, folder, record, workers or LocalWorkers(), progress)
        with progress.stage("pages"):
            site, is_new = _lay_site(book, project, checked, folder, record, progress)
        inputs = {name: dict(one.inputs) for name, one in chapters.items()}
        why = record.get("why", {}) | {name: one.why for name, one in chapters.items() if one.why}
        write_whole(folder / RECORD, json.dumps({"chapters": inputs, "why": why, "site": site}, indent=0))
        forget_oldest(project.kept)
        write_state(project, edition, draft, _inputs(project, checked, inputs), began)
    made = {f"chapter {name}": bool(one.why) for name, one in chapters.items()} | {"site": is_new}
    ran = tuple(name for name, is_new in made.items() if is_new)
    return Result(folder / "site", ran, tuple(name for name in made if name not in ran))


def last_reasons(project: Project, edition: str, name: str) -> list[str]:
    """Why a chapter was last executed for an edition; empty if it was not, or found as another had left it."""
    return _read_record(project.build(edition)).get("why", {}).get(name, [])


def plan_edition(project: Project, edition: str, progress: Progress) -> dict[str, list[str]]:
    """Say what a build would execute: each run's name and the reasons; none where it would be found."""
    checked = check_book(project, edition, progress.say, draft=True)
    package = load_package(project.data_package(checked.parameters["data_package"]))
    executions, record = Executions(project.executions, project, package), _read_record(project.build(edition))
    return {
        run.name: []
        if executions.find(run)
        else executions.reasons(run, record.get("chapters", {}).get(run.name, {}))
        for run in checked.runs
    }


@contextlib.contextmanager
def build_lock(project: Project, edition: str) -> Iterator[None]:
    """Hold the one lock of an edition's build.

    Raises
    ------
    SurveybookError
        Another build of the edition holds it.
    """
    folder = project.build(edition)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(folder / "build.lock").acquire(timeout=0)
    except Timeout:
        raise SurveybookError(
            "another build of this edition is running",
            file=folder,
            got=edition,
            hint="wait until it has ended",
        ) from None
    with lock:
        yield


def fresh_chapters(
    project: Project, progress: Progress, workers: Workers | None = None
) -> Iterator[tuple[Path, str]]:
    """Execute each committed chapter with its own defaults; yield its path and the text that it should have.

    Raises
    ------
    SurveybookError
        Chapters failed; the others were yielded.
    """
    package = load_package(project.data_package(read_edition(project, DEFAULT)["data_package"]))
    executions = Executions(project.executions, project, package)
    runs = [Run(notebook, {}) for notebook in chapter_notebooks(project)]
    os.environ[KEPT] = str(project.kept)
    with build_lock(project, DEFAULT), quiet_papermill():
        for run, execution in _executed(executions, runs, {}, workers or LocalWorkers(), progress):
            notebook, executed = (nbformat.read(path, as_version=4) for path in (run.notebook, execution.notebook))
            yield run.notebook, nbformat.writes(without_pictures(joined(notebook, executed))) + "\n"


def _executed(
    executions: Executions, runs: Sequence[Run], before: Mapping[str, Mapping], workers: Workers, progress: Progress
) -> Iterator[tuple[Run, Execution]]:
    """Yield each run with its execution, found or made; what failed is told together, when all others are done.

    ``before`` has the inputs of earlier executions by the name of the run, to say what made one run again.
    """
    found = {run.name: executions.find(run) for run in runs}
    missing = [run for run in runs if not found[run.name]]
    reasons = {run.name: executions.reasons(run, before.get(run.name, {})) for run in missing}
    for run in missing:
        progress.plan(_task(run), in_short(reasons[run.name]))
    yield from ((run, found[run.name]) for run in runs if found[run.name])

    make = partial(make_execution, executions.folder, executions.project, LOADED_CODE)
    errors: list[BaseException] = []
    for run, execution, error in workers.run(make, missing, lambda run: progress.begin(_task(run))):
        if error is None:
            progress.done(_task(run), execution.seconds)
            yield run, replace(execution, why=tuple(reasons[run.name]))
        else:
            progress.failed(_task(run))
            errors.append(error)
    refuse_all(errors)


def _task(run: Run) -> str:
    return f"chapter {run.name}"


def lay_chapters(
    project: Project, checked: Checked, folder: Path, record: Mapping, workers: Workers, progress: Progress
) -> dict[str, Execution]:
    """Lay every executed chapter into the edition's folder; return each execution by its run's name."""
    package = load_package(project.data_package(checked.parameters["data_package"]))
    executions, before = Executions(project.executions, project, package), record.get("chapters", {})
    laid: dict[str, Execution] = {}
    for run, execution in _executed(executions, checked.runs, before, workers, progress):
        target = folder / NOTEBOOKS / f"{run.name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_file() or stamp(target) != stamp(execution.notebook):
            shutil.copy2(execution.notebook, target)  # with its time, by which it is known again
        laid[run.name] = execution
    return laid


def _lay_site(
    book: JupyterBook, project: Project, checked: Checked, folder: Path, record: Mapping, progress: Progress
) -> tuple[str, bool]:
    """Make the site unless it is there, whole and of the same inputs; return their fingerprint, and if it is new."""
    stage, executed = folder / "stage", folder / NOTEBOOKS
    receipt = make_receipt(project, checked.edition, checked.parameters, checked.runs)
    check_references(project, checked.runs, executed)
    more = staged_receipt(receipt, project)
    stage_book(project, checked.runs, executed, stage, doubts=checked.doubts, kinds=checked.kinds, more=more)
    made_from = digest(_listed(stage))
    manifest = folder / MANIFEST
    if made_from == record.get("site") and _is_whole(manifest, folder / "site"):
        return made_from, False
    pages = len(toc_files(project)) + sum(bool(run.variant) for run in checked.runs)
    with progress.doing(f"site: {pages} pages"):
        work = folder / "made"
        html = make_pages(book, stage, work, read_with(stage, receipt))
        made = copy_pages(html, work / "pages")
    with progress.doing(f"to take along: {PDF}"):
        add_pdf(stage, made)
    write_receipt(made, receipt)
    with progress.doing(f"to take along: {ARCHIVE}"):
        write_archive(made)
    swap_site(made, folder / "site")
    write_whole(manifest, _listed(folder / "site"))
    return made_from, True


def _inputs(project: Project, checked: Checked, chapters: Mapping[str, Mapping]) -> list[Path]:
    """Every file that a build may depend on; of each page also the file that would take its place."""
    package = load_package(project.data_package(checked.parameters["data_package"]))
    read = {name.removeprefix(f"{FILE} ") for inputs in chapters.values() for name in inputs if name.startswith(FILE)}
    pages = [project.root / name for name in toc_files(project)]
    return [
        *(project.root / name for name in (CONFIG, TOC, CITATION, VERSIONS, *read)),
        *(page.with_suffix(end) for page in pages for end in (".md", ".ipynb")),
        *bibliography_files(project),
        *(path for path in project.chapters.rglob("*.yml") if path.is_file()),
        *(package.path(resource) for resource in package.descriptor["resources"]),
        *(package.file, project.fingerprints),
        *(path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts),
    ]


def read_with(stage: Path, receipt: Mapping) -> str:
    """What every page is read with beside its own text: settings, contents, records of works, and code."""
    pages = {Path(name).with_suffix("") for name in receipt["pages"]}
    files = [path for path in sorted(stage.rglob("*")) if path.is_file() and path.name != RECEIPTS]
    own = [path for path in files if path.relative_to(stage).with_suffix("") not in pages]
    code = {
        name: sha256
        for name, sha256 in receipt["shared"].items()
        if name.startswith(CODE) and not name.endswith(LOOKS)
    }
    listed = {path.relative_to(stage).as_posix(): digest(path.read_bytes()) for path in own}
    return json.dumps({**listed, **code, "python": sys.version}, indent=0)


def _listed(folder: Path) -> str:
    """The files of a folder and their sha256, as JSON."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    contents = {path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in files}
    return json.dumps(contents, indent=1) + "\n"


def _is_whole(manifest: Path, site: Path) -> bool:
    return manifest.is_file() and manifest.read_text(encoding="utf-8") == _listed(site)


def _read_record(folder: Path) -> dict:
    """The record of an edition's last build; empty where there is none that can be read."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
