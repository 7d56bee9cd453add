"""Run Jupyter Book on a staged book: every page is written, and read only if it changed since the last time."""

from __future__ import annotations

import sys
from pathlib import Path

from jupyter_book.sphinx import build_sphinx

from surveybook.build.contents import TOC
from surveybook.disseminate.kept import FOLDER


def run(stage: Path, output: Path, kept: Path) -> int:
    """Make the pages of a staged book; 0 if nothing failed and nothing warned.

    The log goes to standard output; ``kept`` is a folder for what is made once for all builds.
    """
    done = build_sphinx(
        stage,
        output,
        noconfig=True,
        path_config=stage / "_config.yml",
        confoverrides={"external_toc_path": str(stage / TOC), "latex_individualpages": False, FOLDER: str(kept)},
        warningiserror=True,
        keep_going=True,
        quiet=True,
        force_all=True,  # to write; what is read again is decided page by page
    )
    return done if isinstance(done, int) else 2


if __name__ == "__main__":
    raise SystemExit(run(*map(Path, sys.argv[1:])))
