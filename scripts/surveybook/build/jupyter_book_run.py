"""Run Jupyter Book on a staged book: every page is written, and read only if it changed since the last time.

As a program, a process that loads Sphinx and all its extensions at once and then waits for runs, one line of
JSON each on standard input; each is forked from it and so begins with all loaded, and nothing of one run is
seen by the next. It answers each with a line: the status of the run.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from jupyter_book.config import get_final_config
from jupyter_book.sphinx import build_sphinx
from sphinx.application import builtin_extensions

from surveybook.build.contents import TOC
from surveybook.disseminate.sphinx_site import FIRST_LOOK

CONFIG = "_config.yml"
# What the extensions load only when they run.
LATE = ("sphinx.builders.html", "pygments.lexers.python", "pybtex.database.input.bibtex", "sphinx.search.en")


def run(stage: Path, output: Path, only: Sequence[str] = ()) -> int:
    """Make the pages of a staged book; 0 if nothing failed and nothing warned.

    The log goes to standard output. With ``only``, the names of some files, their pages alone are written,
    and the site as a whole is not finished.
    """
    settings = {"external_toc_path": str(stage / TOC), "latex_individualpages": False}
    settings[FIRST_LOOK] = bool(only)
    done = build_sphinx(
        stage,
        output,
        noconfig=True,
        path_config=stage / CONFIG,
        confoverrides=settings,
        filenames=[str(stage / name) for name in only],
        warningiserror=True,
        keep_going=True,
        quiet=True,
        force_all=not only,  # to write; what is read again is decided page by page
    )
    return done if isinstance(done, int) else 2


def load(book: Path) -> None:
    """Import what a run of this book will import."""
    overrides = {"latex_individualpages": False}
    settings, _ = get_final_config(user_yaml=book / CONFIG, sourcedir=book, cli_config=overrides)
    for name in [*builtin_extensions, *settings["extensions"], *LATE]:
        importlib.import_module(name)


def run_apart(request: dict) -> int:
    """Run in a process of its own, with all output in the request's log; return its status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 2
    try:
        status = run_logged(request)
    finally:
        os._exit(status)  # without the parent's handlers of exit


def run_logged(request: dict) -> int:
    """Run here, with all that this process writes in the request's log; return the status."""
    sys.stdout.flush()
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    for stream in (1, 2):
        os.dup2(log, stream)
    try:
        return run(*(Path(request[name]) for name in ("stage", "output")), request["only"])
    except BaseException:
        traceback.print_exc()
        return 2
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def main() -> None:
    """Load, then run what standard input asks for, until it ends."""
    load(Path(sys.argv[1]))
    if not hasattr(os, "fork"):  # this process serves one run, and whoever asks again starts another
        answers = os.dup(1)
        os.write(answers, b"%d\n" % run_logged(json.loads(sys.stdin.readline())))
        return
    for line in sys.stdin:
        print(run_apart(json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
