"""Which modules some code depends on, on a small made-up package, and against what chapters really load."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from surveybook.build import imports, warm_kernels
from surveybook.build.imports import imported_files
from surveybook.build.notebooks import execute_chapter

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(path for path in (ROOT / "chapters").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
FILES = {
    "__init__.py": "",
    "core/__init__.py": "",
    "core/units.py": "import math\nHALF = 0.5\n",
    "core/rounding.py": "from surveybook.core.units import HALF\n\ndef half_up(x): return int(x + HALF)\n",
    "core/alone.py": "",
    "analyse/__init__.py": "from surveybook.analyse.shares import share\n"
    "from surveybook.analyse.late import late as later\n"
    "from surveybook.analyse.deep import deepest\n\nOWN = 1\n",
    "analyse/shares.py": "from surveybook.core.rounding import half_up\n\ndef share(): return half_up(1)\n",
    "analyse/late.py": "def late():\n    from surveybook.core import alone\n    return alone\n",
    "analyse/deep/__init__.py": "from surveybook.analyse.deep.bottom import deepest\n",
    "analyse/deep/bottom.py": "deepest = 1\n",
    "analyse/ring.py": "import surveybook.analyse.ring_too\n",
    "analyse/ring_too.py": "import surveybook.analyse.ring\n",
    "analyse/broken.py": "from surveybook.core import units\ndef (\n",
}
SHARE = {"analyse/shares.py", "core/rounding.py", "core/units.py"}
ALL_OF_ANALYSE = {"analyse/__init__.py", *SHARE, "analyse/late.py", "core/alone.py", "analyse/deep/bottom.py"}


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "surveybook"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(imports, "PACKAGE", folder)
    return folder


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from surveybook.analyse import share", SHARE),
        ("from surveybook.analyse.shares import share", SHARE),
        ("from surveybook.analyse import shares", SHARE),
        ("import surveybook.analyse.shares as own", SHARE),
        ("def f():\n    if True:\n        from surveybook.analyse import share", SHARE),
        ("from surveybook.core.rounding import half_up as up", {"core/rounding.py", "core/units.py"}),
        ("from surveybook.analyse import deepest", {"analyse/deep/bottom.py"}),
        ("from surveybook.analyse import OWN", ALL_OF_ANALYSE),
        ("from surveybook.analyse import later", ALL_OF_ANALYSE),
        ("from surveybook.analyse.late import late", {"analyse/late.py", "core/alone.py"}),
        ("import surveybook.analyse.ring", {"analyse/ring.py", "analyse/ring_too.py"}),
        ("import pandas, math\nfrom . import core\nfrom surveybooks.analyse import share", set()),
        ("from surveybook.analyse import share\ndef (", set()),
        ("", set()),
        ("import surveybook.analyse.broken", {"analyse/broken.py"}),
    ],
)
def test_code_depends_on_the_modules_that_define_what_it_imports(package, code, expected):
    found = {path.relative_to(package).as_posix() for path in imported_files([code])}
    assert found == expected


@pytest.mark.parametrize("code", ["from surveybook.analyse import *", "import surveybook.analyse"])
def test_who_takes_a_room_as_a_whole_depends_on_all_that_it_passes_on(package, code):
    found = {path.relative_to(package).as_posix() for path in imported_files([code])}
    assert found >= ALL_OF_ANALYSE
    assert "analyse/ring.py" not in found


def test_several_cells_are_read_together_and_a_changed_module_is_read_again(package):
    cells = ["from surveybook.core import alone", "from surveybook.core.rounding import half_up"]
    names = [path.name for path in imported_files(cells)]
    assert sorted(names) == ["alone.py", "rounding.py", "units.py"]
    file = package / "core" / "units.py"
    file.write_text("import surveybook.analyse.ring\n", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert {path.name for path in imported_files(cells)} == {*names, "ring.py", "ring_too.py"}


# Against what really happens


def code_of(chapter: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(chapter, as_version=4).cells if cell.cell_type == "code"]


def test_every_module_that_chapters_depend_on_is_really_loaded_by_their_imports():
    known = {
        path.relative_to(imports.PACKAGE).as_posix() for one in CHAPTERS for path in imported_files(code_of(one))
    }
    program = "import json, sys\nimport surveybook.process, surveybook.analyse, surveybook.disseminate\n"
    program += "print(json.dumps([m.__file__ for n, m in sys.modules.items() if n.startswith('surveybook')]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {Path(file).relative_to(imports.PACKAGE).as_posix() for file in json.loads(done.stdout)}
    assert len(known) > 30
    assert known <= loaded


def without(text: str, kept: set[str]) -> str:
    """A room's list of names, without those of modules that are not kept."""
    tree = ast.parse(text)
    tree.body = [n for n in tree.body if not (isinstance(n, ast.ImportFrom) and n.module not in kept)]
    tree.body = [n for n in tree.body if getattr(getattr(n, "targets", [None])[0], "id", "") != "__all__"]
    return ast.unparse(tree)


@pytest.mark.long
@pytest.mark.parametrize("chapter", CHAPTERS, ids=[path.stem for path in CHAPTERS])
def test_a_chapter_gives_the_same_bytes_where_all_other_modules_are_gone(chapter, tmp_path, monkeypatch):
    needed = {path.relative_to(imports.PACKAGE).as_posix() for path in imported_files(code_of(chapter))}
    copy = shutil.copytree(imports.PACKAGE, tmp_path / "scripts" / "surveybook")
    modules = {f"surveybook.{name.removesuffix('.py').replace('/', '.')}" for name in needed}
    for file in copy.rglob("*.py"):
        name = file.relative_to(copy).as_posix()
        if file.name == "__init__.py":
            file.write_text(without(file.read_text(encoding="utf-8"), modules), encoding="utf-8")
        elif name not in needed | {"core/reads.py"}:
            file.unlink()
    assert not (copy / "build" / "imports.py").exists()
    assert len([*copy.rglob("*.py")]) < len([*imports.PACKAGE.rglob("*.py")]) - 40
    monkeypatch.setenv("PYTHONPATH", str(copy.parent))
    monkeypatch.setattr(warm_kernels, "find_obstacle", lambda *asked: "the kernel is to load what it needs itself")
    execute_chapter(chapter, tmp_path / "again.ipynb", {}, tmp_path / "reads.txt")
    assert (tmp_path / "again.ipynb").read_bytes() == chapter.read_bytes()
