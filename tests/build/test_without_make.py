"""What the page for authors says to do without make is what make does, and can be done."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGE = (ROOT / "chapters" / "using" / "authors.md").read_text(encoding="utf-8")
TABLE = dict(re.findall(r"^\| `make ([a-z-]+)` \| (.*) \|$", PAGE, re.MULTILINE))
VARIABLES = {"$(PYTHON)": "python", ' --edition "$(EDITION)"': "", "$(WORKERS)": "2"}


def recipe(target: str) -> list[str]:
    """The commands of a target, as they are typed with a Python on the path."""
    body = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)[1]
    lines = [line.strip().lstrip("@") for line in body.splitlines()]
    for old, new in VARIABLES.items():
        lines = [line.replace(old, new) for line in lines]
    return lines


def told(target: str) -> list[str]:
    """The commands that the page gives for a target; one that names another target stands for its commands."""
    found = re.findall(r"`([^`]+)`", TABLE[target])
    return [line for one in found for line in (told(one.removeprefix("make ")) if one.startswith("make ") else [one])]


def test_every_target_has_its_row():
    targets = set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.MULTILINE))
    assert targets - {"help"} == set(TABLE)


@pytest.mark.parametrize("target", sorted(set(TABLE) - {"clean"}))
def test_a_row_has_the_commands_of_its_target(target):
    assert told(target) == recipe(target)


def test_to_clean_is_to_delete_what_was_generated():
    assert told("clean") == ["_build"] and "rm -rf _build" in recipe("clean")[0]


@pytest.mark.parametrize("words", sorted({line for target in TABLE for line in told(target) if " " in line}))
def test_a_command_is_there(words):
    python, *rest = words.split()
    assert python == "python"
    if rest[0] != "-m":
        assert (ROOT / rest[0]).is_file()
        return
    done = subprocess.run(
        [sys.executable, *rest[: 3 if rest[1] in ("surveybook", "ruff") else 2], "--help"], capture_output=True
    )
    assert done.returncode == 0
