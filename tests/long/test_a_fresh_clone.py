"""A newcomer clones the book into a folder with an odd name, and `make book` is all it takes."""

import os
import shutil
import subprocess

import pytest

from surveybook.build.contents import toc_files
from surveybook.core.paths import Project

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def clone(root, tmp_path_factory):
    """A clone of what is committed, without anything else of this folder."""
    if not (root / ".git").exists() or not shutil.which("make"):
        pytest.skip("this is no git checkout, or there is no make")
    folder = tmp_path_factory.mktemp("clone") / "ny bog ø"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", root, folder], check=True)
    return folder


def test_make_book_makes_the_site_from_a_fresh_clone(clone):
    # the environment of the test's own Python, and of a make above it, must not reach the newcomer's
    foreign = ("VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    own = {name: value for name, value in os.environ.items() if name not in foreign}
    made = subprocess.run(
        ["make", "book"], cwd=clone, env=own, capture_output=True, encoding="utf-8", timeout=600, check=False
    )
    assert made.returncode == 0, made.stderr
    assert (clone / ".venv" / "bin" / "python").is_file()
    page = (clone / "_build" / "default" / "site" / "index.html").resolve()
    assert made.stdout.splitlines()[-1] == f"Open it in a browser: {page.as_uri()}"
    names = [name.rpartition(".")[0] for name in toc_files(Project(clone))]
    names += ["chapters/robustness-dont-knows-inside", "chapters/robustness-stricter-cut"]
    assert len(names) > 10
    assert [name for name in names if not (page.parent / f"{name}.html").is_file()] == []
    changed = subprocess.run(
        ["git", "status", "--short"], cwd=clone, capture_output=True, encoding="utf-8", check=True
    )
    assert changed.stdout == ""
