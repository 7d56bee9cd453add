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

from surveybook.analyse import Estimates, estimate_surveys
from surveybook.analyse.agreement import refuse_disagreement
from surveybook.analyse.claims import Claims, Verdict, judge_claims
from surveybook.build.contents import TOC, chapter_notebooks, toc_files
from surveybook.build.editions import DEFAULT, Run, edition_runs, read_edition, read_yaml
from surveybook.build.findings import false_findings, refuse_false
from surveybook.build.notebooks import NONE, add_pictures, execute_chapter
from surveybook.build.offline import ARCHIVE, PDF, add_pdf, write_archive
from surveybook.build.prose import Sentence, book_sentences
from surveybook.build.receipt import make_receipt, stage_receipt, write_receipt
from surveybook.build.references import check_references
from surveybook.build.site import CONFIG, make_site, mend_swap, stage_book, swap_site
from surveybook.build.typed import read_allowed, refuse_typed
from surveybook.build.works import bibliography_files, read_works, refuse_unknown_works
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project, shown_path
from surveybook.disseminate.citing import checked_site_url
from surveybook.disseminate.figures_claims import claim_text
from surveybook.process import SurveyData, load_surveys
from surveybook.process.claims import has_claims, read_word_claims
from surveybook.process.package import load_package, sha256_hex
from surveybook.process.survey_data import read_surveys

MANIFEST = "site.json"
LOOKS = (".js", ".css", ".typ", ".html")  # of the package: what pages look like, and no chapter reads
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


def _report_differences(claims: Claims, say: Say) -> None:
    """Say where real answers differ from print: no fault, but worth knowing before the pages show it.

    Told from the claims, so that a message says no more of a few people than the pages do.
    """
    for claim in claims.rows:
        if claim.verdict == Verdict.DIFFERS and claim.figure:
            figure = claim.figure
            printed = f"{figure.value:g}{' percent' if figure.unit == 'percent' else ''}"
            say(
                f"differs from print: {figure.item} {figure.option_set}, {claim_text(claim)}; "
                f"printed {printed} ({figure.figure_id})"
            )


@dataclass(frozen=True)
class Checked:
    """What a sound edition is: its parameters, every execution of a chapter, and false findings of a draft.

    ``doubts`` maps the condition of each finding that does not hold to the values against which it is
    false, ``kinds`` each survey to the kind of its rows.
    """

    edition: str
    parameters: dict
    runs: tuple[Run, ...]
    doubts: dict[str, str]
    kinds: dict[str, str]


def check_book(project: Project, edition: str, say: Say, *, draft: bool = False) -> Checked:
    """Check data, parameters and prose of an edition without running anything.

    Says where real answers differ from print and, in a draft, which findings do not hold.

    Raises
    ------
    SurveybookError
        The first fault of the site's address, the data package, the edition, a chapter's parameters, the contents or
        the prose: a number typed by hand, a cited work without a record, or a finding without
        a condition or, unless in a draft, against it.
    """
    settings = (read_yaml(project.root / CONFIG).get("sphinx") or {}).get("config") or {}
    checked_site_url(settings.get("site_url", ""))
    parameters, default = read_edition(project, edition), read_edition(project, DEFAULT)
    package = load_package(project.data_package(parameters["data_package"]))
    surveys = read_surveys(package)
    runs = edition_runs(project, parameters, default, chapter_notebooks(project))
    estimates = _estimate(surveys, parameters)
    words = read_word_claims(package) if has_claims(package) else ()
    _report_differences(judge_claims(estimates, words), say)
    labels = [Sentence(shown_path(project.editions), None, None, run.label, None) for run in runs if run.label]
    sentences = [*book_sentences(project), *labels]
    refuse_typed(sentences, read_allowed(project))
    refuse_unknown_works(project, sentences, read_works(project))
    kinds = {name: data.kind.value for name, data in surveys.items()}
    false = false_findings(sentences, estimates, kinds)
    for run in runs:
        bound = [one for one in sentences if one.holds and one.file == shown_path(run.notebook)]
        if run.variant and bound:  # they stand on the variant's page too
            known = {sentence for sentence, _ in false}
            varied = _estimate(surveys, parameters | run.parameters, run.parameters)
            false += [found for found in false_findings(bound, varied, kinds) if found[0] not in known]
    if not draft:
        refuse_false(false)
    for sentence, values in false:
        cell = "" if sentence.cell is None else f" cell {sentence.cell}"
        say(f"does not hold, {sentence.file}{cell} row {sentence.row}: {sentence.text} ({sentence.holds}; {values})")
    doubts = {sentence.holds: values for sentence, values in false}
    return Checked(edition, parameters, tuple(runs), doubts, kinds)


def build_edition(project: Project, edition: str, say: Say, *, draft: bool = False) -> Result:
    """Build an edition's site; what its inputs did not change is not run again.

    In a draft, findings that do not hold are marked on their page instead of stopping the build.

    Raises
    ------
    SurveybookError
        A check or a task failed, or another build of the edition is running. The old site stays.
    """
    checked = check_book(project, edition, say, draft=draft)
    folder = project.build(edition)
    with build_lock(project, edition):
        mend_swap(folder / "site")
        return _run(project, checked, folder, say)


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


def _estimate(surveys: Mapping[str, SurveyData], parameters: dict, choices: Mapping = NONE) -> Estimates:
    """Estimate as a chapter does that takes the parameters, and the choices where it has such."""
    return estimate_surveys(
        surveys,
        confidence_level=parameters["confidence_level"],
        ci_method=parameters["ci_method"],
        differ_points=parameters["differ_points"],
        threshold=parameters["threshold"],
        **{key: choices[key] for key in ("dont_know", "cut_point") if key in choices},
    )


def _run(project: Project, checked: Checked, folder: Path, say: Say) -> Result:
    tasks = _tasks(project, checked, folder, say)
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


def _tasks(project: Project, checked: Checked, folder: Path, say: Say) -> list:
    parameters, runs = checked.parameters, checked.runs
    package = load_package(project.data_package(parameters["data_package"]))
    data = [package.file, *(package.path(resource) for resource in package.descriptor["resources"])]
    rooms = Path(__file__).parents[1]
    code = sorted(path for room in ROOMS_OF_CHAPTERS for path in (rooms / room).rglob("*") if path.is_file())
    looks = [path for path in code if path.suffix in LOOKS]
    code = [path for path in code if path.suffix == ".py"]
    shared = [*data, *code, project.root / "requirements.txt"]
    executed = folder / "notebooks"
    receipt = make_receipt(project, checked.edition, parameters, runs)

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

    def chapter(run: Run):
        def execute(sources, settings, produces) -> None:
            with _timed(say, f"chapter {next(counter)} of at most {len(runs)}: {run.name}"):
                execute_chapter(run.notebook, produces, run.parameters)
                add_pictures(produces)

        return execute

    def site(sources, settings, produces) -> None:
        with _timed(say, f"site: {len(toc_files(project)) + sum(bool(run.variant) for run in runs)} pages"):
            check_references(project, runs, executed)
            stage_book(project, runs, executed, folder / "stage", doubts=checked.doubts, kinds=checked.kinds)
            stage_receipt(receipt, folder / "stage", project)
            made = make_site(folder / "stage", folder / "made")
            with _timed(say, f"to take along: {PDF}"):
                add_pdf(folder / "stage", made)
            write_receipt(made, receipt)
            with _timed(say, f"to take along: {ARCHIVE}"):
                write_archive(made)
            swap_site(made, folder / "site")
            produces.write_text(_listed(folder / "site"), encoding="utf-8")

    def task(name: str, function, sources: list[Path], product: Path, settings: dict):
        # Only a hashed node is compared with the last build; the names tell of a source that is gone.
        known = json.dumps({**settings, "sources": [shown_path(path) for path in sources]}, sort_keys=True)
        node = pytask.PythonNode(value=known, hash=True)
        kwargs = {"sources": dict(enumerate(sources)), "settings": node, "produces": product}
        return pytask.task(name=name, kwargs=kwargs)(function)

    validated, estimated = folder / "validation.json", folder / "estimates" / "estimates.csv"
    tasks = [
        task("validate", validate, [*data, *code], validated, {}),
        task("estimate", estimate, [validated, *shared], estimated, parameters),
    ]
    for run in runs:
        sources = [run.notebook, estimated, *shared]
        target = executed / f"{run.name}.ipynb"
        tasks.append(task(f"chapter-{run.name}", chapter(run), sources, target, run.parameters))
    pages = [project.root / name for name in toc_files(project) if not name.endswith(".ipynb")]
    builders = sorted((rooms / "build").glob("*.py"))
    sources = [project.root / CONFIG, project.root / TOC, *pages, *(executed / f"{run.name}.ipynb" for run in runs)]
    sources += [*bibliography_files(project), *code, *looks, *builders, project.root / "requirements.txt"]
    settings = {"edition": checked.edition, "doubts": checked.doubts, "kinds": checked.kinds}
    settings |= {"labels": [run.label for run in runs], "receipt": receipt}
    tasks.append(task("site", site, sources, folder / MANIFEST, settings))
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
    """How many a survey's rows are: what was validated, without a row or a count of a few."""
    about = {"kind": data.kind.value}
    if data.responses is not None:
        about |= {
            "invited_n": len(data.responses.frame),
            "answered_n": len(data.responses.codes),
        }
    return about


@contextlib.contextmanager
def _timed(say: Say, what: str):
    start = time.perf_counter()
    yield
    say(f"{what} ({time.perf_counter() - start:.1f} s)")
