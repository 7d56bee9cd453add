"""Whether anything changed since an edition was last built, told from its files alone.

Imported before all else, so it imports next to nothing: where nothing changed, the answer comes at once.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from surveybook.core.paths import Project
from surveybook.core.reads import digest

STATE = "state.json"
Stamp = list  # size in bytes, time of the last change in nanoseconds, sha256; empty where there is no file


def write_state(project: Project, edition: str, draft: bool, inputs: Iterable[Path], began: int) -> None:
    """Note all files that a finished build depended on, and those of the site that it left.

    Nothing is noted where one changed since the build began: it may have been read before.
    """
    folder, inputs = project.build(edition), sorted(set(inputs))
    if any(path.is_file() and max(path.stat().st_mtime_ns, path.stat().st_ctime_ns) >= began for path in inputs):
        return
    site = sorted(path for path in (folder / "site").rglob("*") if path.is_file())
    state = {
        "made by": _maker(draft),
        "inputs": {str(path): _stamp(path) for path in inputs},
        "site": {path.relative_to(folder).as_posix(): _stamp(path) for path in site},
    }
    (folder / STATE).write_text(json.dumps(state, indent=0), encoding="utf-8")


def forget_state(project: Project, edition: str) -> int:
    """Have the next build look closely, since this one is under way; return when it began, in nanoseconds."""
    (project.build(edition) / STATE).unlink(missing_ok=True)
    return time.time_ns()


def is_unchanged(project: Project, edition: str, draft: bool) -> bool:
    """Whether every input of the last build, and every file of its site, is as that build left it."""
    folder = project.build(edition)
    try:
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    site = {str(folder / name): stamp for name, stamp in state["site"].items()}
    present = {str(path) for path in (folder / "site").rglob("*") if path.is_file()}
    return (
        state["made by"] == _maker(draft)
        and present == set(site)
        and all(_is_as(Path(name), stamp) for name, stamp in {**state["inputs"], **site}.items())
    )


def _maker(draft: bool) -> list:
    return [sys.version, sys.prefix, draft]


def _stamp(path: Path) -> Stamp:
    if not path.is_file():
        return []
    about = path.stat()
    return [about.st_size, about.st_mtime_ns, digest(path.read_bytes())]


def _is_as(path: Path, stamp: Stamp) -> bool:
    """Whether a file is as it was; it is read only where its time is another."""
    try:
        about = path.stat()
    except FileNotFoundError:
        return not stamp
    if not stamp or about.st_size != stamp[0]:
        return False
    return about.st_mtime_ns == stamp[1] or digest(path.read_bytes()) == stamp[2]
