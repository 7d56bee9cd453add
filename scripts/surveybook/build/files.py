"""Write files so that no one sees half of one, and no one takes an unchanged one for new; read them once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar

import nbformat

from surveybook.core.reads import digest

Read = TypeVar("Read")
Stamp = tuple[int, int]


def stamp(path: Path) -> Stamp:
    """When a file was last changed, in nanoseconds, and its size in bytes."""
    about = path.stat()
    return about.st_mtime_ns, about.st_size


def remembered(read: Callable[[Path], Read]) -> Callable[[Path], Read]:
    """Have a function of a file read it again only if it changed; whoever gets the result may not change it."""
    known: dict[Path, tuple[Stamp, Read]] = {}

    @wraps(read)
    def recall(path: Path) -> Read:
        now = stamp(path)
        if path not in known or known[path][0] != now:
            known[path] = now, read(path)
        return known[path][1]

    return recall


@remembered
def file_digest(path: Path) -> str:
    """The sha256 of a file, in hexadecimal digits."""
    return digest(path.read_bytes())


@remembered
def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook of any version as one of version 4."""
    return nbformat.read(path, as_version=4)


def write_whole(target: Path, text: str) -> None:
    """Write a file that is at any time the old or the new one, whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(target)


def write_if_new(target: Path, text: str) -> bool:
    """Write a file unless it holds this text already; return whether it was written."""
    if target.is_file() and target.read_bytes() == text.encode("utf-8"):
        return False
    write_whole(target, text)
    return True
