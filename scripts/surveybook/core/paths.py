"""Every path of the project, in one place.

papermill runs a notebook in the caller's folder and nbval in the notebook's own,
so nothing else may build a path from the working directory.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

MARKER = Path("chapters") / "editions.yml"


@dataclass(frozen=True)
class Project:
    """A checkout of the book; ``root`` is the folder that holds ``_config.yml``."""

    root: Path

    @property
    def chapters(self) -> Path:
        """The folder of the chapters."""
        return self.root / "chapters"

    @property
    def editions(self) -> Path:
        """The table of editions and their parameters."""
        return self.root / MARKER

    def data_package(self, name: str) -> Path:
        """Return the folder of a data package: relative to the root, or absolute."""
        return (self.root / name).resolve()

    @property
    def fingerprints(self) -> Path:
        """The table of signatures of simulated files that this checkout knows."""
        return self.root / "data" / "replicates" / "fingerprints.csv"

    @property
    def executions(self) -> Path:
        """The folder of executed chapters, which all editions share."""
        return self.root / "_build" / "executions"

    @property
    def kept(self) -> Path:
        """The folder of pictures and scripts that are drawn or packed once for all editions."""
        return self.root / "_build" / "kept"

    def build(self, edition: str) -> Path:
        """Return the folder of generated files of one edition."""
        return self.root / "_build" / edition


def find_project(start: Path | None = None) -> Project:
    """Find the checkout that holds ``start`` (the working directory by default).

    Raises
    ------
    FileNotFoundError
        No folder above ``start`` is a checkout of the book.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file():
            return Project(folder)
    raise FileNotFoundError(f"{start} is not inside a checkout of the book (no {MARKER.as_posix()} above it)")


def command() -> str:
    """How the book's command is typed: from the environment where it is not on the path."""
    local = Path(".venv") / "bin" / "surveybook"
    return local.as_posix() if shutil.which("surveybook") is None and local.is_file() else "surveybook"


def shown_path(path: Path | str) -> str:
    """Write a path as people type it: relative to the checkout where it lies inside."""
    path = Path(path)
    if not path.is_absolute():
        return path.as_posix()
    try:
        return path.resolve().relative_to(find_project().root).as_posix()
    except (ValueError, FileNotFoundError):
        return str(path)
