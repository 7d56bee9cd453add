"""The rooms of the package import one way only, and each keeps to its work."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "scripts" / "surveybook"
ROOMS = ("core", "process", "analyse", "disseminate", "simulate", "build", "evaluate", "cli", "__main__")
IMAGINED = "analyse/power.py"  # draws a study that does not exist yet, by a stated seed, and no data
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(source: str) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{'.' * node.level}{node.module or ''}"]
    return names


def offences(room: str, source: str, path: str = "") -> list[str]:
    """Imports of rooms below, relative imports, and work that belongs to another room."""
    found = []
    for name in imports(source):
        parts = name.split(".")
        if name.startswith("."):
            found.append(f"relative import {name}")
        if parts[0] == "surveybook" and len(parts) > 1 and ROOMS.index(parts[1]) > ROOMS.index(room):
            found.append(f"imports the room below {parts[1]}")
        if parts[0] in ("subprocess", "multiprocessing") and room != "build":
            found.append("starts processes")
    if "default_rng" in source and room != "simulate" and path != IMAGINED:
        found.append("draws random numbers")
    if room == "disseminate" and "Responses" in source:
        found.append("sees responses")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_keeps_to_its_room(path):
    assert room_of(path) in ROOMS
    name = path.relative_to(PACKAGE).as_posix()
    assert offences(room_of(path), path.read_text(encoding="utf-8"), name) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("core", "from surveybook.process import load_survey"),
        ("disseminate", "from surveybook.simulate.generator import simulate_replicate"),
        ("disseminate", "from surveybook.process.survey_data import Responses"),
        ("analyse", "import subprocess"),
        ("analyse", "rng = np.random.default_rng(1)"),
        ("process", "from . import package"),
    ],
)
def test_the_guard_sees_an_offence(room, source):
    assert offences(room, source)
