"""Which modules of the package some code depends on, read from its text: running it is not needed.

A room's ``__init__`` only passes names on, so who imports a name from it depends on the module that
defines the name, and not on the room's other modules.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from surveybook.core.reads import PACKAGE

NAME = PACKAGE.name


def imported_files(sources: Iterable[str]) -> list[Path]:
    """Return the files of the package that some code imports, and all that those import, sorted.

    Code that cannot be parsed imports nothing here: it fails where it is run.
    """
    found: set[Path] = set()
    waiting = [file for source in sources for file in _direct(_imports(source))]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += _direct(_imports_of_file(file, file.stat().st_mtime_ns))
    return sorted(found)


@cache
def _imports_of_file(file: Path, changed: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return _imports(file.read_text(encoding="utf-8"))


def _imports(source: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every import of the package anywhere in some code: the module, and the names taken from it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ()
    found: list[tuple[str, tuple[str, ...]]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(name.name, ()) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append((node.module, tuple(name.name for name in node.names)))
    return tuple((module, names) for module, names in found if module.split(".")[0] == NAME)


def _direct(imports: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Path]:
    for module, names in imports:
        folder = PACKAGE.joinpath(*module.split(".")[1:])
        if folder.with_suffix(".py").is_file():
            yield folder.with_suffix(".py")
        elif names and "*" not in names:
            for name in names:
                yield from _passed_on(folder, module, name)
        else:  # the room as a whole
            yield folder / "__init__.py"


def _passed_on(folder: Path, module: str, name: str) -> Iterator[Path]:
    """The module from which a room takes a name; the room's own file where it defines it itself."""
    if folder.joinpath(f"{name}.py").is_file() or folder.joinpath(name, "__init__.py").is_file():
        yield from _direct([(f"{module}.{name}", ())])
        return
    init = folder / "__init__.py"
    takes = [of for of, names in _imports_of_file(init, init.stat().st_mtime_ns) if name in names]
    if takes:
        yield from _direct([(of, (name,)) for of in takes])
    else:
        yield init
