"""What is dear to make and always the same is made once: kept in a folder by what it was made from.

A build names the folder in the environment; where it does not, everything is made anew.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from surveybook.core.reads import PACKAGE, digest

KEPT = "SURVEYBOOK_KEPT"
MOST = 300  # files; the longest unused go first


def is_kept() -> bool:
    """Whether a folder is named."""
    return KEPT in os.environ


def keep(made_from: str, make: Callable[[], bytes]) -> bytes:
    """Return what was made from this before, or make it; ``made_from`` tells all that decides the result."""
    if not is_kept():
        return make()
    file = Path(os.environ[KEPT]) / digest(made_from)
    try:
        content = file.read_bytes()
        os.utime(file)
    except FileNotFoundError:
        content = make()
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix="making-", delete=False) as part:
            part.write(content)
        Path(part.name).replace(file)
    return content


@cache
def code_digest(*rooms: str) -> str:
    """The sha256 of the modules of some rooms, or of all, as this process could have loaded them."""
    files = sorted(file for room in rooms or ("",) for file in (PACKAGE / room).rglob("*.py"))
    return digest("".join(f"{digest(file.read_bytes())}  {file.relative_to(PACKAGE).as_posix()}\n" for file in files))


def forget_oldest(folder: Path, most: int = MOST) -> None:
    """Remove what was not used for the longest time."""
    for file in oldest_first(folder.glob("*"))[:-most]:
        file.unlink(missing_ok=True)


def oldest_first(paths: Iterable[Path]) -> list[Path]:
    """The files among some paths by the time of their last change, without one that another build just removed."""
    times = {}
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            about = path.stat()
            if stat.S_ISREG(about.st_mode):
                times[path] = about.st_mtime_ns
    return sorted(times, key=times.get)
