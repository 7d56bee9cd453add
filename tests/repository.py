"""git in the tests' own repositories, whoever runs them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


def git(folder: Path, *words: str) -> None:
    settings = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "core.autocrlf=false"]
    subprocess.run(["git", "-C", folder, *settings, *words], check=True, capture_output=True)


def leave_others_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a repository above the folder of tests nor the settings of the person who runs them."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):  # set while a commit runs the tests
        monkeypatch.delenv(name, raising=False)
