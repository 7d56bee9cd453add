"""Refuse to commit answers of real people."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from surveybook.build.editions import read_edition, read_yaml
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RowKind
from surveybook.core.paths import Project
from surveybook.process.codebook import read_codebook
from surveybook.process.csv_table import parse_text_table
from surveybook.process.package import DESCRIPTOR, DataPackage, load_package, sha256_hex
from surveybook.process.survey_data import ID

CLOSED = {".sav", ".dta", ".sas7bdat", ".rds", ".rdata", ".xls", ".xlsx", ".ods", ".parquet", ".feather"}
FEW = 3  # so many names of raw columns in a first line make it a header of answers
MOVE = "keep real answers outside the folder of the book, and name theirs in chapters/editions.yml"


def check_staged(project: Project) -> int:
    """Refuse staged files that hold answers of real people, or may; return how many files were looked into.

    Refused are a description that declares rows observed, a file with the bytes of an observed one of any
    edition, a table with the columns of raw rows that is no known simulated file, and a file of a format
    that cannot be looked into.

    Raises
    ------
    SurveybookError
        It names the file and what was found; or there is no git repository here.
    """
    packages = _packages(project)
    observed, simulated = _signatures(packages, RowKind.OBSERVED), _signatures(packages, RowKind.SIMULATED)
    if project.fingerprints.is_file():
        simulated |= set(parse_text_table(project.fingerprints.read_bytes(), project.fingerprints)["sha256"])
    columns = {ID} | {item.column for one in packages for item in read_codebook(one).items.values() if item.column}
    names = _git(project, "diff", "--cached", "--name-only", "--diff-filter=ACMRT", "-z").decode("utf-8").split("\0")
    staged = [name for name in names if name]
    for name in staged:
        content = _git(project, "show", f":{name}")
        _check(Path(name), content, observed, simulated, columns)
    return len(staged)


def _check(path: Path, content: bytes, observed: set[str], simulated: set[str], columns: set[str]) -> None:
    if path.name == DESCRIPTOR and _declares_observed(content):
        raise SurveybookError(
            "a staged data package declares its rows observed", file=path, expected="simulated rows alone", hint=MOVE
        )
    if sha256_hex(content) in observed:
        raise SurveybookError(
            "a staged file holds observed rows", file=path, got="the bytes of a file declared observed", hint=MOVE
        )
    if path.suffix.lower() in CLOSED:
        raise SurveybookError(
            "a staged file cannot be looked into, and may hold answers",
            file=path,
            got=path.suffix,
            expected="text, such as CSV",
            hint=MOVE,
        )
    first = content.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 1)[0].decode("utf-8", errors="replace")
    found = columns & set(re.findall(r"\w+", first))
    if (ID in found or len(found) >= FEW) and sha256_hex(content) not in simulated:
        raise SurveybookError(
            "a staged file has the columns of raw rows, and is no known simulated file",
            file=path,
            row=1,
            got=", ".join(sorted(found)),
            expected="a file that datapackage.json declares simulated, or replicates/fingerprints.csv lists",
            hint=MOVE,
        )


def _packages(project: Project) -> list[DataPackage]:
    """The data package of each edition; one that is not on this machine cannot be known."""
    names = [read_edition(project, edition)["data_package"] for edition in read_yaml(project.editions)["editions"]]
    folders = {project.data_package(name) for name in names}
    return [load_package(folder) for folder in sorted(folders) if (folder / DESCRIPTOR).is_file()]


def _signatures(packages: list[DataPackage], kind: RowKind) -> set[str]:
    resources = [resource for package in packages for resource in package.descriptor["resources"]]
    return {one["hash"].removeprefix("sha256:") for one in resources if one["status"] == kind}


def _declares_observed(content: bytes) -> bool:
    try:
        resources = json.loads(content).get("resources", [])
        return any(one.get("status") == RowKind.OBSERVED for one in resources)
    except (ValueError, AttributeError, TypeError):  # the check of the data tells what is wrong with it
        return b'"observed"' in content


def _git(project: Project, *words: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(project.root), *words], capture_output=True, check=False)
    except FileNotFoundError:
        raise SurveybookError("git was not found", hint="install git, or check without --staged") from None
    if done.returncode:
        raise SurveybookError(
            "git cannot say which files are staged",
            file=project.root,
            got=done.stderr.decode("utf-8", errors="replace").strip(),
            expected="a git repository",
        )
    return done.stdout
