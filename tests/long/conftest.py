"""Whole books, built in folders of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    "data",
    "chapters",
    "_config.yml",
    "_toc.yml",
    "index.md",
    "pyproject.toml",
    "requirements.txt",
    ".gitignore",
)


@pytest.fixture(scope="session")
def root():
    """The checkout itself, only ever read."""
    return ROOT


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Copy the book to a folder of some name, in git as a real checkout is."""

    def copy(name: str) -> Path:
        folder = tmp_path_factory.mktemp("long") / name
        folder.mkdir()
        for part in COPIED:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
            else:
                shutil.copy2(ROOT / part, folder / part)
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        return folder

    return copy


@pytest.fixture(scope="session")
def surveybook():
    """Run a command of the program in a folder, and hold that it succeeds."""

    def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "surveybook", *arguments]
        done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def contents():
    """The bytes of each file in a folder, by name."""

    def read(folder: Path) -> dict[str, bytes]:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    return read
