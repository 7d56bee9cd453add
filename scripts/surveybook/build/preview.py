"""Build an edition again and again in one loaded process, changed pages first: the working half of the preview.

It reads a line for each build from standard input and answers with lines of JSON: ``pages`` (paths in the
preview that changed), ``error`` (what an author can mend, as text) and ``done``. It keeps its own folder, so
that a preview and a build do not meet; what goes into the site alone (PDF, archive, receipt) is not made.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from surveybook.build.checks import check_book
from surveybook.build.editions import quiet_papermill
from surveybook.build.graph import NOTEBOOKS, build_lock, lay_chapters, read_with
from surveybook.build.jupyter_book import JupyterBook
from surveybook.build.progress import Progress
from surveybook.build.receipt import make_receipt, staged_receipt
from surveybook.build.references import check_references
from surveybook.build.site import LEFTOVERS, forget_reading, make_pages, stage_book
from surveybook.build.workers import LocalWorkers
from surveybook.core.errors import SurveybookError
from surveybook.core.kept import KEPT
from surveybook.core.paths import Project, find_project

PAGES = "pages"  # what the server shows: the last good version of each page
Tell = Callable[[dict], None]


def preview_once(project: Project, edition: str, book: JupyterBook, tell: Tell) -> None:
    """Bring the preview up to date: each changed page as soon as it is made, then all that depend on it.

    Raises
    ------
    SurveybookError
        A fault that the author can mend; the pages stay as they were.
    """
    folder = preview_folder(project, edition)
    progress = Progress(lambda line: tell({"line": line}))
    checked = check_book(project, edition, progress.say, draft=True)
    lay_chapters(project, checked, folder, {}, LocalWorkers(), progress)
    check_references(project, checked.runs, folder / NOTEBOOKS)
    receipt = make_receipt(project, edition, checked.parameters, checked.runs)
    stage, made = folder / "stage", folder / "made"
    more, shown = staged_receipt(receipt, project), {"doubts": checked.doubts, "kinds": checked.kinds}
    changed = stage_book(project, checked.runs, folder / NOTEBOOKS, stage, **shown, more=more)
    shared = read_with(stage, receipt)
    first = [name for name in changed if f"{Path(name).with_suffix('')}.html" in receipt["pages"]]
    try:
        if first and (made / "html" / "index.html").is_file():
            make_pages(book, stage, made, shared, only=first)
            quick = [f"{Path(name).with_suffix('')}.html" for name in first]
            tell({"pages": _show(made / "html", folder / PAGES, [*quick, "_static/figures"])})
        make_pages(book, stage, made, shared)
    except BaseException:
        forget_reading(made)  # a page that warned would be silent the next time
        raise
    tell({"pages": _show(made / "html", folder / PAGES, ["."])})


def preview_folder(project: Project, edition: str) -> Path:
    """The folder of an edition's preview."""
    return project.build(f"{edition}/preview")


def _show(html: Path, pages: Path, names: Iterable[str]) -> list[str]:
    """Copy what differs of some files and folders to where it is shown, and return their paths."""
    copied = []
    for source in sorted(file for name in names for file in _files(html / name)):
        name = source.relative_to(html).as_posix()
        if name.split("/")[0] in LEFTOVERS:
            continue
        target = pages / name
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f"{target.name}.part")
            shutil.copyfile(source, part)
            part.replace(target)
            copied.append(name)
    return copied


def _files(path: Path) -> Iterable[Path]:
    return [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]


def main() -> None:
    """Build at once, then at each line of standard input, until it ends."""
    project, edition = find_project(), sys.argv[1]

    def tell(message: dict) -> None:
        print(json.dumps(message), flush=True)

    os.environ[KEPT] = str(project.kept)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that what it started ends with it
    with quiet_papermill(), JupyterBook(project) as book, build_lock(project, f"{edition}/preview"):
        while True:
            try:
                preview_once(project, edition, book, tell)
                tell({"done": True})
            except SurveybookError as error:
                tell({"error": str(error)})
            except Exception:  # a fault of ours: the author sees it all, and the preview goes on
                tell({"error": traceback.format_exc()})
            if not sys.stdin.readline():
                return


if __name__ == "__main__":
    main()
