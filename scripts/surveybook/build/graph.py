"""An edition from check to site: only what its inputs changed is done again."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from filelock import FileLock, Timeout

from surveybook.build.checks import Checked, check_book
from surveybook.build.contents import TOC, chapter_notebooks, toc_files
from surveybook.build.editions import DEFAULT, Run, quiet_papermill, read_edition
from surveybook.build.executions import VERSIONS, Execution, Executions
from surveybook.build.files import write_if_new, write_whole
from surveybook.build.imports import PACKAGE
from surveybook.build.jupyter_book import JupyterBook
from surveybook.build.notebooks import joined
from surveybook.build.offline import ARCHIVE, PDF, add_pdf, write_archive
from surveybook.build.progress import Say, timed
from surveybook.build.receipt import make_receipt, staged_receipt, write_receipt
from surveybook.build.references import check_references
from surveybook.build.site import CONFIG, make_site, mend_swap, stage_book, swap_site
from surveybook.build.state import forget_state, write_state
from surveybook.build.workers import LocalWorkers, Workers
from surveybook.build.works import bibliography_files
from surveybook.core.errors import SurveybookError, refuse_all
from surveybook.core.paths import Project
from surveybook.core.reads import FILE, digest
from surveybook.disseminate.citing import CITATION
from surveybook.disseminate.sphinx_head import RECEIPTS
from surveybook.process.package import DataPackage, load_package

MANIFEST = "site.json"
RECORD = "record.json"  # of an edition's last build: from what each chapter and the site were made
NOTEBOOKS = "notebooks"
CODE = ("scripts/surveybook/disseminate/", "scripts/surveybook/core/", "requirements.txt")  # inputs that make pages


@dataclass(frozen=True)
class Result:
    """How a build ended: names of the tasks that ran and of those whose inputs had not changed."""

    site: Path
    ran: tuple[str, ...]
    unchanged: tuple[str, ...]


def build_edition(
    project: Project, edition: str, say: Say, *, draft: bool = False, workers: Workers | None = None
) -> Result:
    """Build an edition's site; what its inputs did not change is not run again.

    In a draft, findings that do not hold are marked on their page instead of stopping the build.

    Raises
    ------
    SurveybookError
        A check failed, a chapter or the site, or another build of the edition is running. The old site stays.
    """
    folder = project.build(edition)
    with build_lock(project, edition), quiet_papermill(), JupyterBook(project) as book:
        forget_state(project, edition)
        mend_swap(folder / "site")
        checked = check_book(project, edition, say, draft=draft)
        record = _read_record(folder)
        table = checked.estimates.table().to_csv(index=False, lineterminator="\n")
        write_if_new(folder / "estimates" / "estimates.csv", table)  # for whoever wants to look at them
        before = record.get("chapters", {})
        chapters = _lay_chapters(project, checked, folder, workers or LocalWorkers(), say)
        site = _lay_site(book, project, checked, folder, record, say)
        write_whole(folder / RECORD, json.dumps({"chapters": chapters, "site": site}, indent=0))
        write_state(project, edition, draft, _inputs(project, checked, chapters))
    states = {f"chapter-{name}": inputs == before.get(name) for name, inputs in chapters.items()}
    states["site"] = site == record.get("site")
    same = tuple(name for name, is_same in states.items() if is_same)
    return Result(folder / "site", tuple(name for name in states if name not in same), same)


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


def fresh_chapters(project: Project, say: Say, workers: Workers | None = None) -> Iterator[tuple[Path, str]]:
    """Execute each committed chapter with its own defaults; yield its path and the text that it should have.

    Raises
    ------
    SurveybookError
        Chapters failed; the others were yielded.
    """
    package = load_package(project.data_package(read_edition(project, DEFAULT)["data_package"]))
    runs = [Run(notebook, {}) for notebook in chapter_notebooks(project)]
    with build_lock(project, DEFAULT), quiet_papermill():
        for run, execution in _executed(project, package, runs, workers or LocalWorkers(), say):
            notebook = nbformat.read(run.notebook, as_version=4)
            yield (
                run.notebook,
                nbformat.writes(joined(notebook, nbformat.read(execution.notebook, as_version=4))) + "\n",
            )


def refresh_chapters(project: Project, say: Say, workers: Workers | None = None) -> list[Path]:
    """Save each committed chapter with its outputs; return those whose bytes changed. See ``fresh_chapters``."""
    return sorted(path for path, text in fresh_chapters(project, say, workers) if write_if_new(path, text))


def _executed(
    project: Project, package: DataPackage, runs: Sequence[Run], workers: Workers, say: Say
) -> Iterator[tuple[Run, Execution]]:
    """Yield each run with its execution, found or made; what failed is said together, when all others are done."""
    executions = Executions(project.executions, project, package)
    found = {run.name: executions.find(run) for run in runs}
    for run in runs:
        if found[run.name]:
            yield run, found[run.name]
    missing = [run for run in runs if not found[run.name]]
    errors: list[BaseException] = []
    for number, (run, execution, error) in enumerate(workers.run(executions.make, missing), 1):
        if error is not None:
            say(f"chapter {number} of {len(missing)}: {run.name} failed")
            errors.append(error)
        else:
            say(f"chapter {number} of {len(missing)}: {run.name} ({execution.seconds:.1f} s)")
            yield run, execution
    refuse_all(errors)


def _lay_chapters(project: Project, checked: Checked, folder: Path, workers: Workers, say: Say) -> dict[str, dict]:
    """Lay every executed chapter into the edition's folder; return the inputs of each, by its run's name."""
    package = load_package(project.data_package(checked.parameters["data_package"]))
    inputs: dict[str, dict] = {}
    for run, execution in _executed(project, package, checked.runs, workers, say):
        target = folder / NOTEBOOKS / f"{run.name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(execution.notebook, target)
        inputs[run.name] = dict(execution.inputs)
    return inputs


def _lay_site(book: JupyterBook, project: Project, checked: Checked, folder: Path, record: Mapping, say: Say) -> str:
    """Make the site unless it is there, whole and of the same inputs; return the fingerprint of these."""
    stage, executed = folder / "stage", folder / NOTEBOOKS
    receipt = make_receipt(project, checked.edition, checked.parameters, checked.runs)
    check_references(project, checked.runs, executed)
    more = staged_receipt(receipt, project)
    stage_book(project, checked.runs, executed, stage, doubts=checked.doubts, kinds=checked.kinds, more=more)
    made_from = digest(_listed(stage))
    manifest = folder / MANIFEST
    if made_from == record.get("site") and _is_whole(manifest, folder / "site"):
        return made_from
    pages = len(toc_files(project)) + sum(bool(run.variant) for run in checked.runs)
    with timed(say, f"site: {pages} pages"):
        made = make_site(book, stage, folder / "made", _kept(project, receipt), _read_with(stage, receipt))
        with timed(say, f"to take along: {PDF}"):
            add_pdf(stage, made)
        write_receipt(made, receipt)
        with timed(say, f"to take along: {ARCHIVE}"):
            write_archive(made)
        swap_site(made, folder / "site")
        write_whole(manifest, _listed(folder / "site"))
    return made_from


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


def _kept(project: Project, receipt: Mapping) -> Path:
    """The folder of what the present code and versions make once; those of other code are forgotten."""
    code = digest(json.dumps({name: sha for name, sha in receipt["shared"].items() if name.startswith(CODE)}))[:16]
    for other in project.kept.glob("*"):
        if other.name != code:
            shutil.rmtree(other, ignore_errors=True)
    return project.kept / code


def _read_with(stage: Path, receipt: Mapping) -> str:
    """What every page is read with beside its own text: settings, contents, records of works, and code."""
    pages = {Path(name).with_suffix("") for name in receipt["pages"]}
    files = [path for path in sorted(stage.rglob("*")) if path.is_file() and path.name != RECEIPTS]
    own = [path for path in files if path.relative_to(stage).with_suffix("") not in pages]
    code = {name: sha256 for name, sha256 in receipt["shared"].items() if name.startswith(CODE)}
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
