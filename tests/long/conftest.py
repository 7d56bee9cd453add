"""Whole books, built in folders of their own."""

from __future__ import annotations

import json
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
    "CITATION.cff",
    "index.md",
    "pyproject.toml",
    "requirements.txt",
    ".gitignore",
)
REPLICATES = {"simulation-assumptions", "replicate-estimates", "simulated-fingerprints"}
EDITION = """\
  observed:
    data_package: {package}
    confidence_level: 0.95
    ci_method: wilson
    differ_points: 10
    threshold: 5
    dont_know: as-printed
    cut_point: as-printed
"""


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
    """Run a command of the program in a folder, and hold that it succeeds, or else ends as it should."""

    def run(
        *arguments: str, cwd: Path, status: int = 0, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "surveybook", *arguments]
        done = subprocess.run(
            command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", timeout=300, check=False
        )
        assert done.returncode == status, done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def observe(declare_observed):
    """Put answers that pass for real ones beside a checkout, as its edition ``observed``; return their package.

    Nothing of the replicates is in the package, so none can be asked.
    """

    def put(folder: Path) -> Path:
        package = folder.parent / "ægte svar" / "pakke"
        shutil.copytree(folder / "data", package)
        declare_observed(package)
        shutil.rmtree(package / "replicates")
        file = package / "datapackage.json"
        descriptor = json.loads(file.read_text(encoding="utf-8"))
        kept = [about for about in descriptor["resources"] if not about["path"].startswith("replicates/")]
        assert {about["name"] for about in descriptor["resources"] if about not in kept} == REPLICATES
        file.write_text(json.dumps(descriptor | {"resources": kept}, ensure_ascii=False), encoding="utf-8")
        with (folder / "chapters" / "editions.yml").open("a", encoding="utf-8") as editions:
            editions.write(EDITION.format(package=json.dumps(str(package))))
        return package

    return put


@pytest.fixture(scope="session")
def contents():
    """The bytes of each file in a folder, by name."""

    def read(folder: Path) -> dict[str, bytes]:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    return read
