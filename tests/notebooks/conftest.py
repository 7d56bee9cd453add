"""The committed chapters, read once, and whole copies of the checkout to change."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(path for path in (ROOT / "chapters").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
CHANGED = "welfare-innovations"
COPIED = (
    "data",
    "chapters",
    "_config.yml",
    "_toc.yml",
    "index.md",
    "CITATION.cff",
    "pyproject.toml",
    "requirements.txt",
)


def pytest_generate_tests(metafunc):
    """Run a test that asks for a chapter on every committed one."""
    if "chapter" in metafunc.fixturenames:
        metafunc.parametrize("chapter", CHAPTERS, ids=[path.stem for path in CHAPTERS], indirect=True)


@pytest.fixture(scope="session")
def chapter(request):
    """A committed chapter, as a notebook."""
    return nbformat.read(request.param, as_version=4)


@pytest.fixture(scope="session")
def code_cells(chapter):
    """The code cells of a committed chapter."""
    return [cell for cell in chapter.cells if cell.cell_type == "code"]


@pytest.fixture(scope="session")
def root():
    """The checkout itself, only ever read."""
    return ROOT


@pytest.fixture(scope="module")
def copy_checkout(tmp_path_factory):
    """Copy the checkout to a fresh folder with a space and a Danish letter."""

    def copy() -> Path:
        folder = tmp_path_factory.mktemp("copies") / "bog på dansk"
        folder.mkdir()
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
            else:
                shutil.copy2(ROOT / name, folder / name)
        return folder

    return copy


@pytest.fixture(scope="session")
def nbval():
    """Compare a chapter of a checkout with its committed outputs, as a reviewer does."""

    def run(folder: Path, stem: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "pytest", "--nbval", f"chapters/{stem}.ipynb"]
        command += ["-p", "no:cacheprovider", "--color=no", "-vv"]  # a difference in full
        return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=120, check=False)

    return run
