"""Stage the book, let Jupyter Book make the site, and swap it into place when it is whole."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from surveybook.build.contents import TOC, toc_files
from surveybook.build.editions import Run, read_yaml
from surveybook.build.files import write_if_new
from surveybook.build.jupyter_book import JupyterBook
from surveybook.build.notebooks import NONE, staged_notebook
from surveybook.build.prose import marked
from surveybook.build.works import bibliography_files
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project

CONFIG = "_config.yml"
SHOWN_LOG_LINES = 25
READ_WITH = "read-with.txt"
LEFTOVERS = (".buildinfo", ".nojekyll", "_sources", "objects.inv")


def stage_book(
    project: Project,
    runs: Sequence[Run],
    executed: Path,
    stage: Path,
    *,
    doubts: Mapping[str, str],
    kinds: Mapping[str, str],
    more: Mapping[str, str] = NONE,
) -> list[str]:
    """Lay configuration, records of works, pages and executed chapters into a folder, and nothing else.

    Returns the names of the files that are new or changed.

    ``doubts`` and ``kinds`` say which sentences are marked or left out; see ``prose.marked``. ``more`` holds
    the text of other files by name.
    """
    config = read_yaml(project.root / CONFIG)
    footer = config.get("html", {}).get("extra_footer", "")
    if footer:
        config["html"]["extra_footer"] = marked(footer, doubts, kinds)
    toc = _with_variants(read_yaml(project.root / TOC), runs, project)
    texts = {
        **more,
        CONFIG: yaml.safe_dump(config, sort_keys=False, allow_unicode=True),
        TOC: yaml.safe_dump(toc, sort_keys=False),
    }
    for file in bibliography_files(project):
        texts[file.relative_to(project.root).as_posix()] = file.read_text(encoding="utf-8")
    for name in toc_files(project):
        if not name.endswith(".ipynb"):
            texts[name] = marked((project.root / name).read_text(encoding="utf-8"), doubts, kinds)
    for run in runs:
        name = run.notebook.relative_to(project.root).with_name(f"{run.name}.ipynb").as_posix()
        done = executed / f"{run.name}.ipynb"
        texts[name] = staged_notebook(run.notebook, done, heading=run.label, doubts=doubts, kinds=kinds)
    changed = [name for name, text in texts.items() if write_if_new(stage / name, text)]
    for left in [path for path in stage.rglob("*") if path.is_file()]:
        if left.relative_to(stage).as_posix() not in texts:
            left.unlink()
    return changed


def _with_variants(toc: object, runs: Sequence[Run], project: Project) -> object:
    """The table of contents with each chapter's variants as sections below it."""
    if isinstance(toc, list):
        return [_with_variants(entry, runs, project) for entry in toc]
    if not isinstance(toc, dict):
        return toc
    entry = {key: _with_variants(value, runs, project) for key, value in toc.items()}
    here = [
        {"file": (Path(str(entry["file"])).parent / run.name).as_posix()}
        for run in runs
        if run.variant and "file" in entry and run.notebook.stem == Path(str(entry["file"])).stem
    ]
    return entry | {"sections": [*entry.get("sections", []), *here]} if here else entry


def make_pages(book: JupyterBook, stage: Path, made: Path, shared: str, *, only: Sequence[str] = ()) -> Path:
    """Run Jupyter Book on a staged book, warnings as errors, and return the folder of its output.

    What it read of a page is kept in ``made`` for the next time, and all pages are written each time: so no
    page shows what another said before. ``shared`` stands
    for all that pages are read with beside their own text; when it is another than the last time, or the last
    time failed, everything is read again. With ``only``, the names of some staged files, their pages alone
    are written, as a first look: what depends on them comes with the next run.

    Raises
    ------
    SurveybookError
        Jupyter Book failed or warned; the last lines of its log stand in the error.
    """
    known = made / READ_WITH
    if not known.is_file() or known.read_text(encoding="utf-8") != shared:
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        only = ()
    forget_reading(made)  # until it is known that no page warns
    if not only:  # Sphinx adds to the index of the last time, and words that stand nowhere any more would stay in it
        (made / "html" / "searchindex.js").unlink(missing_ok=True)
    log = made / "log.txt"
    failed = book.run(stage=stage, output=made / "html", log=log, only=only)
    if failed or not (made / "html" / "index.html").is_file():
        tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-SHOWN_LOG_LINES:]
        raise SurveybookError(
            "Jupyter Book could not make the site",
            file=log,
            expected="no errors and no warnings",
            hint="the last site stays; the log ends:\n" + "\n".join(f"    {line}" for line in tail),
        )
    known.write_text(shared, encoding="utf-8")
    return made / "html"


def forget_reading(made: Path) -> None:
    """Have every page read again at the next run."""
    (made / READ_WITH).unlink(missing_ok=True)


def copy_pages(html: Path, pages: Path) -> Path:
    """Copy the output of Jupyter Book to a new folder, without what only it needs, and return that."""
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(html, pages, ignore=shutil.ignore_patterns(*LEFTOVERS))
    return pages


def mend_swap(site: Path) -> None:
    """Bring the old site back if a build was killed between the two steps of a swap."""
    old = _old(site)
    if old.exists() and not site.exists():
        old.rename(site)
    shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def mended(site: Path) -> Iterator[None]:
    """Have a site whole before and after a build, also one that was killed or is interrupted in a swap."""
    mend_swap(site)
    try:
        yield
    finally:
        mend_swap(site)


def swap_site(new: Path, site: Path) -> None:
    """Put a whole new site in the place of the old one."""
    mend_swap(site)
    site.parent.mkdir(parents=True, exist_ok=True)
    if site.exists():
        site.rename(_old(site))
    new.rename(site)
    shutil.rmtree(_old(site), ignore_errors=True)


def _old(site: Path) -> Path:
    return site.with_name(site.name + ".old")
