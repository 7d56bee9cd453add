"""The graph of an edition's tasks, run by pytask: only what its inputs changed."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytask
from filelock import FileLock, Timeout

from surveybook.analyse import estimate_surveys
from surveybook.analyse.agreement import check_agreement, refuse_disagreement
from surveybook.build.editions import DEFAULT, chapter_parameters, read_edition
from surveybook.build.notebooks import TOC, chapter_notebooks, execute_chapter, toc_files
from surveybook.build.references import check_references
from surveybook.build.site import CONFIG, make_site, mend_swap, stage_book, swap_site
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RowKind
from surveybook.core.paths import Project
from surveybook.process import SurveyData, load_surveys
from surveybook.process.package import load_package, sha256_hex

MANIFEST = "site.json"
ROOMS_OF_CHAPTERS = ("core", "process", "analyse", "disseminate")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """How a build ended: names of the tasks that ran and of those whose inputs had not changed."""

    site: Path
    ran: tuple[str, ...]
    unchanged: tuple[str, ...]


def refuse_disagreements(surveys: Mapping[str, SurveyData]) -> None:
    """Refuse simulated rows that disagree with print, in any survey."""
    for data in surveys.values():
        refuse_disagreement(data)


def _report_differences(surveys: Mapping[str, SurveyData], say: Say) -> None:
    """Say where real answers differ from print: no fault, but worth knowing before the pages show it."""
    for data in surveys.values():
        if data.kind != RowKind.OBSERVED:
            continue
        for check in check_agreement(data):
            if not check.agrees and check.figure.same_claim_as is None:
                figure, of = check.figure, f" of {check.base}" if check.base else ""
                say(
                    f"differs from print: {figure.item} {figure.option_set}, {check.count}{of}; "
                    f"printed {figure.value:g} {figure.unit} ({figure.figure_id})"
                )


def check_book(project: Project, edition: str, say: Say) -> tuple[dict, dict[Path, dict]]:
    """Check data and parameters of an edition without running anything.

    Returns the edition's parameters, and those that each chapter takes, by its notebook.
    Says where real answers differ from print.

    Raises
    ------
    SurveybookError
        The first fault of the data package, the edition, a chapter's parameters or the contents.
    """
    parameters, default = read_edition(project, edition), read_edition(project, DEFAULT)
    surveys = load_surveys(parameters["data_package"], project_folder=project.root)
    taken = {notebook: chapter_parameters(notebook, parameters, default) for notebook in chapter_notebooks(project)}
    _report_differences(surveys, say)
    _estimate(surveys, parameters)
    return parameters, taken


def build_edition(project: Project, edition: str, say: Say) -> Result:
    """Build an edition's site; what its inputs did not change is not run again.

    Raises
    ------
    SurveybookError
        A check or a task failed, or another build of the edition is running. The old site stays.
    """
    parameters, taken = check_book(project, edition, say)
    folder = project.build(edition)
    with build_lock(project, edition):
        mend_swap(folder / "site")
        return _run(project, edition, parameters, taken, folder, say)


@contextlib.contextmanager
def build_lock(project: Project, edition: str):
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


def _estimate(surveys, parameters: dict):
    return estimate_surveys(
        surveys,
        confidence_level=parameters["confidence_level"],
        ci_method=parameters["ci_method"],
        differ_points=parameters["differ_points"],
    )


def _run(project: Project, edition: str, parameters: dict, taken: dict[Path, dict], folder: Path, say: Say) -> Result:
    tasks = _tasks(project, edition, parameters, taken, folder, say)
    _forget_broken_site(folder)
    # Without a configuration of its own, pytask would keep its records at the root of the checkout.
    configuration = folder / "pytask.toml"
    configuration.write_text("[tool.pytask.ini_options]\n", encoding="utf-8")
    # pytask writes its own report to the terminal; the build has a shorter one.
    with contextlib.redirect_stdout(io.StringIO()):
        session = pytask.build(
            tasks=tasks,
            config=configuration,
            paths=[folder],
            database_url=f"sqlite:///{(folder / 'pytask.sqlite3').as_posix()}",
            capture="no",
            show_traceback=False,
            verbose=0,
        )
    failed = [r for r in session.execution_reports if r.outcome == pytask.TaskOutcome.FAIL]
    for report in failed:
        cause = report.exc_info[1]
        if isinstance(cause, SurveybookError):
            raise cause
    if failed:
        raise failed[0].exc_info[1]
    if session.exit_code != pytask.ExitCode.OK:
        raise SurveybookError("the graph of tasks could not be made", got=session.exit_code.name)
    ran = tuple(_name(r) for r in session.execution_reports if r.outcome == pytask.TaskOutcome.SUCCESS)
    same = tuple(_name(r) for r in session.execution_reports if r.outcome != pytask.TaskOutcome.SUCCESS)
    return Result(folder / "site", ran, same)


def _name(report) -> str:
    return report.task.name.split("::")[-1]


def _tasks(project: Project, edition: str, parameters: dict, taken: dict[Path, dict], folder: Path, say: Say) -> list:
    package = load_package(project.data_package(parameters["data_package"]))
    data = [package.file, *(package.path(resource) for resource in package.descriptor["resources"])]
    rooms = Path(__file__).parents[1]
    code = sorted(path for room in ROOMS_OF_CHAPTERS for path in (rooms / room).rglob("*") if path.is_file())
    code = [path for path in code if path.suffix in (".py", ".js", ".css")]
    shared = [*data, *code, project.root / "requirements.txt"]
    executed = folder / "notebooks"

    def validate(sources, settings, produces) -> None:
        with _timed(say, "data: validated"):
            surveys = load_surveys(parameters["data_package"], project_folder=project.root)
            report = {name: _validation(data) for name, data in surveys.items()}
            produces.parent.mkdir(parents=True, exist_ok=True)
            produces.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")

    def estimate(sources, settings, produces) -> None:
        with _timed(say, "data: estimated"):
            surveys = load_surveys(parameters["data_package"], project_folder=project.root)
            produces.parent.mkdir(parents=True, exist_ok=True)
            _estimate(surveys, parameters).table().to_csv(produces, index=False, lineterminator="\n")

    counter = itertools.count(1)

    def chapter(notebook: Path):
        def run(sources, settings, produces) -> None:
            with _timed(say, f"chapter {next(counter)} of at most {len(taken)}: {notebook.stem}"):
                execute_chapter(notebook, produces, taken[notebook])

        return run

    def site(sources, settings, produces) -> None:
        with _timed(say, f"site: {len(toc_files(project))} pages"):
            check_references(project, executed)
            stage_book(project, executed, folder / "stage")
            swap_site(make_site(folder / "stage", folder / "made"), folder / "site")
            produces.write_text(_listed(folder / "site"), encoding="utf-8")

    def task(name: str, function, sources: list[Path], product: Path, settings: dict):
        kwargs = {"sources": dict(enumerate(sources)), "settings": json.dumps(settings), "produces": product}
        return pytask.task(name=name, kwargs=kwargs)(function)

    validated, estimated = folder / "validation.json", folder / "estimates" / "estimates.csv"
    tasks = [
        task("validate", validate, [*data, *code], validated, {}),
        task("estimate", estimate, [validated, *shared], estimated, parameters),
    ]
    for notebook, settings in taken.items():
        sources = [notebook, estimated, *shared]
        target = executed / notebook.name
        tasks.append(task(f"chapter-{notebook.stem}", chapter(notebook), sources, target, settings))
    pages = [project.root / name for name in toc_files(project) if not name.endswith(".ipynb")]
    builders = sorted((rooms / "build").glob("*.py"))
    sources = [project.root / CONFIG, project.root / TOC, *pages, *(executed / notebook.name for notebook in taken)]
    sources += [*code, *builders, project.root / "requirements.txt"]
    tasks.append(task("site", site, sources, folder / MANIFEST, {"edition": edition}))
    return tasks


def _listed(site: Path) -> str:
    """The files of a site and their sha256, as JSON."""
    files = sorted(path for path in site.rglob("*") if path.is_file())
    contents = {path.relative_to(site).as_posix(): sha256_hex(path.read_bytes()) for path in files}
    return json.dumps(contents, indent=1) + "\n"


def _forget_broken_site(folder: Path) -> None:
    """Have the site made again if a file of it was changed or is missing."""
    manifest = folder / MANIFEST
    if manifest.is_file() and manifest.read_text(encoding="utf-8") != _listed(folder / "site"):
        manifest.unlink()


def _validation(data) -> dict:
    """Counts of a survey's rows and gaps: what was validated, without a row."""
    about = {"kind": data.kind.value}
    if data.responses is not None:
        missing = data.responses.missing
        about |= {
            "invited_n": len(data.responses.frame),
            "answered_n": len(missing),
            "gaps": {item: missing[item][missing[item] != ""].value_counts().to_dict() for item in missing},
        }
    return about


@contextlib.contextmanager
def _timed(say: Say, what: str):
    start = time.perf_counter()
    yield
    say(f"{what} ({time.perf_counter() - start:.1f} s)")
