"""Write a replicate as a survey tool exports it, and sign it as simulated."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from surveybook.core.errors import SurveybookError
from surveybook.core.model import Codebook, PublishedFigure, RowKind
from surveybook.process.codebook import read_codebook, read_published
from surveybook.process.csv_table import FIRST_DATA_ROW, parse_text_table
from surveybook.process.package import FINGERPRINTS, PARTS, DataPackage, load_package, sha256_hex
from surveybook.process.replicates import ASSUMPTIONS, ESTIMATES
from surveybook.process.signing import sign
from surveybook.simulate.assumptions import Assumptions, assumptions_of, read_assumptions
from surveybook.simulate.generator import simulate_replicate
from surveybook.simulate.table import count_replicate, table_of_counts

COMMITTED_REPLICATE = 1


def replicate_files(folder: Path, survey: str, replicate: int) -> dict[str, bytes]:
    """Draw a replicate of a survey of the package in ``folder``: part to bytes of its CSV file."""
    package = load_package(folder)
    codebook = read_codebook(package)
    codebook.survey(survey)
    return _files(
        _draw(package, codebook, read_published(package, codebook), survey, assumptions_of(package, replicate))
    )


def _draw(
    package: DataPackage,
    codebook: Codebook,
    published: tuple[PublishedFigure, ...],
    survey: str,
    assumptions: Assumptions,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw a replicate; where it cannot be drawn, say which row of the table of assumptions is at fault."""
    try:
        return simulate_replicate(codebook, published, survey, assumptions)
    except SurveybookError as error:
        row = list(read_assumptions(package)).index(assumptions.replicate) + FIRST_DATA_ROW
        raise SurveybookError(
            error.what,
            file=package.path(package.resource(ASSUMPTIONS)),
            row=row,
            column=error.column,
            got=error.got,
            expected=error.expected,
            hint="correct the row, and sign the file: surveybook data accept",
        ) from None


def _files(tables: tuple[pd.DataFrame, pd.DataFrame]) -> dict[str, bytes]:
    return {part: csv_bytes(table) for part, table in zip(PARTS, tables, strict=True)}


def write_table(folder: Path, survey: str, count: int, say: Callable[[str], None]) -> list[Path]:
    """Draw the first ``count`` replicates, and write and sign what they count and their fingerprints.

    Their rows are not kept; replicate 1 takes its place in the package, as ``write_replicate`` does.

    Raises
    ------
    SurveybookError
        Fewer assumptions than asked for, assumptions that cannot be, or a replicate that misses print.
    """
    package = load_package(folder)
    _simulated_parts(package, survey)
    codebook = read_codebook(package)
    codebook.survey(survey)
    published = read_published(package, codebook)
    assumed = read_assumptions(package)
    if not 2 <= count <= len(assumed):
        raise SurveybookError(
            "so many replicates cannot be drawn",
            file=package.path(package.resource(ASSUMPTIONS)),
            got=count,
            expected=f"2 to {len(assumed)}, the rows of the table of assumptions",
            hint="add rows there, and sign the file: surveybook data accept",
        )
    drawn, fingerprints = [], []
    for number in list(assumed)[:count]:
        tables = _draw(package, codebook, published, survey, assumed[number])
        drawn.append(count_replicate(tables, codebook, published, survey, assumed[number]))
        names = {part: package.part(survey, part)["name"] for part in PARTS}
        fingerprints += [[str(number), names[part], sha256_hex(data)] for part, data in _files(tables).items()]
        say(f"replicate {number} of {count}: {assumed[number].note}")
    table = pd.concat([_of_others(package, survey), table_of_counts(survey, drawn)])
    contents = {ESTIMATES: csv_bytes(table), FINGERPRINTS: _fingerprints(package, fingerprints)}
    return [*_write(package, contents), *write_replicate(folder, survey, COMMITTED_REPLICATE)]


def _of_others(package: DataPackage, survey: str) -> pd.DataFrame | None:
    """Other surveys' rows of the signed table; of a table that is missing or was changed nothing is kept."""
    resource = package.resource(ESTIMATES)
    path = package.path(resource)
    if not path.is_file() or resource.get("hash") != f"sha256:{sha256_hex(path.read_bytes())}":
        return None
    known = parse_text_table(path.read_bytes(), path)
    return known[known["survey"] != survey]


def _simulated_parts(package: DataPackage, survey: str) -> dict[str, Mapping]:
    """The resources that a replicate's files go into; observed rows never make way for simulated ones."""
    resources = {part: package.part(survey, part) for part in PARTS}
    for part, resource in resources.items():
        if resource is None or resource["status"] != RowKind.SIMULATED:
            raise SurveybookError(
                "the package's rows are not simulated; simulated rows never take their place",
                file=package.file if resource is None else package.path(resource),
                column=part,
                got=resource and resource["status"],
                expected=RowKind.SIMULATED.value,
            )
    return resources


def _fingerprints(package: DataPackage, new: list[list[str]]) -> bytes:
    """The table of fingerprints with new rows in the place of those of the same replicate and file."""
    known = package.read(package.resource(FINGERPRINTS))
    replaced = {(replicate, name) for replicate, name, _ in new}
    keep = [(row.replicate, row.resource) not in replaced for row in known.itertuples()]
    table = pd.concat([known[keep], pd.DataFrame(new, columns=known.columns)])
    order = table["replicate"].astype(int)
    return csv_bytes(table.assign(order=order).sort_values(["order", "resource"]).drop(columns="order"))


def _write(package: DataPackage, contents: dict[str, bytes]) -> list[Path]:
    """Write some resources' files, and sign them."""
    paths = []
    for name, content in contents.items():
        path = package.path(package.resource(name))
        path.write_bytes(content)
        paths.append(path)
    sign(package, contents)
    return paths


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
    resources = _simulated_parts(package, survey)
    contents = {resources[part]["name"]: content for part, content in files.items()}
    new = [[str(replicate), name, sha256_hex(content)] for name, content in contents.items()]
    return _write(package, contents | {FINGERPRINTS: _fingerprints(package, new)})
