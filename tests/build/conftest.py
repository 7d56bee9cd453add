"""Checkouts to build in, and the command line as a person runs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "surveybook", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", timeout=120, check=False)


def _contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


@pytest.fixture(scope="session")
def surveybook():
    """Run a command of the program in a folder, and return its status and what it wrote."""
    return _run


@pytest.fixture(scope="session")
def contents():
    """The bytes and the time of each file in a folder, by name."""
    return _contents


@pytest.fixture
def book(project):
    """A copy of the checkout with all that a build reads."""
    shutil.copy2(ROOT / "requirements.txt", project)
    return project


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """A checkout of one page and one chapter, in git as a real one is; the tests of a module share it."""
    folder = tmp_path_factory.mktemp("books") / "lille bog på dansk"
    folder.mkdir()
    for name in ("data", "chapters"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name in ("_config.yml", "requirements.txt", "pyproject.toml", ".gitignore"):
        shutil.copy2(ROOT / name, folder / name)
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: chapters/discussion\n"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    page = "# A small book\n\nIt has [one chapter](chapters/discussion.ipynb).\n"
    (folder / "index.md").write_text(page, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder
