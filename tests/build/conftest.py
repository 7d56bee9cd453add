"""Checkouts to build in, and the command line as a person runs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The tests' own file of editions: authors add editions to the committed one.
EDITIONS = """\
# The editions of these tests.

parameters:
  data_package:
    type: string
    meaning: The folder of the data package.
  confidence_level:
    type: number
    least: 0.5
    most: 0.999
    meaning: The confidence level of every interval, as a share of 1.
  ci_method:
    type: string
    one_of: [wilson, logit]
    meaning: The interval method for observed rows.
  differ_points:
    type: number
    least: 0
    most: 100
    meaning: By how many percentage points the silent are taken to differ.

editions:
  default:
    data_package: data
    confidence_level: 0.95
    ci_method: wilson
    differ_points: 10
"""


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
def project(project):
    """A copy of the checkout whose only edition is the default one."""
    (project / "chapters" / "editions.yml").write_text(EDITIONS, encoding="utf-8")
    return project


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
    (folder / "chapters" / "editions.yml").write_text(EDITIONS, encoding="utf-8")
    for name in ("_config.yml", "requirements.txt", "pyproject.toml", ".gitignore"):
        shutil.copy2(ROOT / name, folder / name)
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: chapters/discussion\n"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    page = "# A small book\n\nIt has [one chapter](chapters/discussion.ipynb).\n"
    (folder / "index.md").write_text(page, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder
