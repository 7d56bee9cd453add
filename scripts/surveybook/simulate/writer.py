"""Write a replicate as a survey tool exports it, and sign it as simulated."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from surveybook.core.errors import SurveybookError
from surveybook.core.model import RowKind
from surveybook.process.codebook import read_codebook, read_published
from surveybook.process.package import FINGERPRINTS, PARTS, load_package, sha256_hex
from surveybook.process.signing import sign
from surveybook.simulate.assumptions import read_assumptions
from surveybook.simulate.generator import simulate_replicate

COMMITTED_REPLICATE = 1


def replicate_files(folder: Path, survey: str, replicate: int) -> dict[str, bytes]:
    """Draw a replicate of a survey of the package in ``folder``: part to bytes of its CSV file."""
    package = load_package(folder)
    codebook = read_codebook(package)
    codebook.survey(survey)
    published = read_published(package, codebook)
    tables = simulate_replicate(codebook, published, survey, read_assumptions(package, replicate))
    return {part: csv_bytes(table) for part, table in zip(PARTS, tables, strict=True)}


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Write a text table as UTF-8 CSV with line feeds: the same bytes on every system."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.itertuples(index=False))
    return out.getvalue().encode()


def write_replicate(folder: Path, survey: str, replicate: int, out: Path | None = None) -> list[Path]:
    """Write a replicate's files and return their paths.

    Replicate 1 goes into the package and is signed there; any other needs ``out``, a folder.

    Raises
    ------
    SurveybookError
        Another replicate without ``out``, or a package whose rows are observed.
    """
    files = replicate_files(folder, survey, replicate)
    if out is not None:
        if out.resolve().is_relative_to(folder.resolve()):
            raise SurveybookError(
                "simulated files are not written into a data package by hand",
                file=out,
                expected="a folder outside the package",
                hint=f"without --out, replicate {COMMITTED_REPLICATE} takes its place there and is signed",
            )
        out.mkdir(parents=True, exist_ok=True)
        paths = [out / f"{part}.csv" for part in PARTS]
        for path, content in zip(paths, files.values(), strict=True):
            path.write_bytes(content)
        return paths
    if replicate != COMMITTED_REPLICATE:
        raise SurveybookError(
            f"only replicate {COMMITTED_REPLICATE} belongs in the data package",
            got=replicate,
            hint=f"surveybook simulate --replicate {replicate} --out FOLDER",
        )
    package = load_package(folder)
    resources = {part: package.part(survey, part) for part in PARTS}
    for resource in resources.values():
        if resource["status"] != RowKind.SIMULATED:
            raise SurveybookError(
                "the package's rows are observed; simulated rows never take their place",
                file=package.path(resource),
                got=resource["status"],
                expected=RowKind.SIMULATED.value,
            )
    fingerprints = package.resource(FINGERPRINTS)
    contents = {resources[part]["name"]: content for part, content in files.items()}
    known = package.read(fingerprints)
    known = known[~known["resource"].isin(contents)]
    new = [[str(replicate), name, sha256_hex(content)] for name, content in contents.items()]
    table = pd.concat([known, pd.DataFrame(new, columns=known.columns)])
    contents[fingerprints["name"]] = csv_bytes(table)
    paths = []
    for name, content in contents.items():
        path = package.path(package.resource(name))
        path.write_bytes(content)
        paths.append(path)
    sign(package, contents)
    return paths
