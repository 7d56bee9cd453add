"""What a chapter reads, written down for the build that runs it, so that it knows when to run it again.

The build names a file in the environment; each line of it is a sha256 and a name. Noted are the files of the
data package and of the checkout, and, of what every chapter reads but few show, the parts: the words of the
codebook, row by row (``text item vive/extent label_en``). Nothing is written where no build asks.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from surveybook.core.paths import find_project

READS = "SURVEYBOOK_READS"  # the environment names the file to which a chapter's reads are added
FILE = "file"
PACKAGE = Path(__file__).resolve().parents[1]
APART = ("_build", ".venv", ".git")  # folders of a checkout that hold no sources
_noted: set[str] = set()
_hearers: list[dict[str, str]] = []
_depth = 0


def digest(content: bytes | str) -> str:
    """Return the sha256 of a content, in hexadecimal digits."""
    return hashlib.sha256(content.encode("utf-8") if isinstance(content, str) else content).hexdigest()


def note(name: str, content: Callable[[], bytes | str]) -> None:
    """Note that something was read; its content is asked for only where a build wants to know it."""
    if _depth or not (_hearers or (READS in os.environ and name not in _noted)):
        return
    note_known(name, digest(content()))


def note_known(name: str, sha256: str) -> None:
    """Note that something was read, whose content has this sha256."""
    for heard in _hearers:
        heard[name] = sha256
    target = os.environ.get(READS)
    if target is None or name in _noted:
        return
    _noted.add(name)
    line = f"{sha256}  {name}\n"
    with in_parts(), Path(target).open("a", encoding="utf-8") as lines:
        lines.write(line)


@contextlib.contextmanager
def hearing():
    """Gather all that is noted within, also what was noted before: name to sha256."""
    heard: dict[str, str] = {}
    _hearers.append(heard)
    try:
        yield heard
    finally:
        _hearers.remove(heard)


@contextlib.contextmanager
def in_parts():
    """Note nothing that is read within: who reads it notes the parts that matter, or does not use it."""
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1


def read_notes(target: Path) -> dict[str, str]:
    """Return what was noted in a file: name to sha256."""
    lines = target.read_text(encoding="utf-8").splitlines()
    return {name: sha256 for sha256, name in (line.split("  ", 1) for line in lines)}


class Text:
    """A field of a dataclass whose reading is noted: words that only those chapters depend on that show them.

    The class says by ``read_name`` whose words they are.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> str:
        if instance is None:  # a dataclass asks for a default: there is none
            raise AttributeError(self.name)
        text = instance.__dict__[self.name]
        note(f"text {_row(instance)} {self.name}", lambda: text)
        return text

    def __set__(self, instance: Any, value: str) -> None:
        instance.__dict__[self.name] = value


def texts_of(instance: Any) -> dict[str, str]:
    """All words of a row, by the names under which their reading is noted."""
    return {f"text {_row(instance)} {name}": instance.__dict__[name] for name in _text_fields(type(instance))}


def without_texts(instance: Any) -> str:
    """All of a row but its words, as text."""
    texts = _text_fields(type(instance))
    kept = {one.name: getattr(instance, one.name) for one in fields(instance) if one.name not in texts}
    # Sets have no order of their own.
    return ", ".join(f"{k}={sorted(v) if isinstance(v, frozenset) else v!r}" for k, v in kept.items())


def _row(instance: Any) -> str:
    return f"{type(instance).__name__.lower()} {instance.read_name}"


@cache
def _text_fields(owner: type) -> tuple[str, ...]:
    return tuple(name for name, value in vars(owner).items() if isinstance(value, Text))


def watch_files() -> None:
    """Note from now on every file of the checkout that this process opens to read, whoever opens it."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple) -> None:
    if event != "open" or _depth or READS not in os.environ:
        return
    path, mode, flags = arguments
    # The system's own call has flags and no mode.
    if isinstance(path, str) and ("r" in mode if mode else not flags & os.O_WRONLY):
        with in_parts():
            name = _name_in_checkout(os.path.realpath(path))
        if name:
            note(f"{FILE} {name}", lambda: _read_unheard(_root() / name))


def _read_unheard(file: Path) -> bytes:
    with in_parts():
        return file.read_bytes()


@cache
def _root() -> Path:
    return find_project().root


def _name_in_checkout(path: str) -> str:
    """A file's name in the checkout, of compiled code its source's; empty for what is noted elsewhere."""
    if not path.startswith(f"{_root()}{os.sep}"):
        return ""
    file = Path(path)
    if file.parent.name == "__pycache__":
        try:
            file = Path(importlib.util.source_from_cache(path))
        except ValueError:  # not named as Python names compiled code
            return ""
    name = file.relative_to(_root())
    # The package's own modules are known from what a chapter imports: a warm kernel has them all.
    if name.parts[0] in APART or (file.suffix == ".py" and file.is_relative_to(PACKAGE)) or not file.is_file():
        return ""
    return name.as_posix()
