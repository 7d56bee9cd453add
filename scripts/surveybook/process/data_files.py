"""What a data package says of its files, and how many rows each has; never a row itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from surveybook.core.model import RowKind
from surveybook.core.paths import find_project
from surveybook.process.csv_table import show_unseen
from surveybook.process.package import load_package

SHOWN_DIGITS = 12  # of a signature


@dataclass(frozen=True)
class DataFile:
    """One file of a data package.

    ``kind`` is simulated, published, observed or editorial, ``licence`` a licence's name, or the
    terms on which observed rows were given; ``signature`` is the first digits of the sha256, and empty
    for observed rows: who knows all answers but one could try every answer of the last against it.
    """

    name: str
    path: str
    title: str
    kind: str
    rows_n: int
    licence: str
    sources: tuple[str, ...]
    signature: str


def load_files(data_package: str = "data", *, project_folder: Path | None = None) -> list[DataFile]:
    """Describe every file of a data package, in its order, after checking signature and fields.

    Raises
    ------
    SurveybookError
        A file is missing, was changed since it was signed, or does not fit its fields.
    """
    package = load_package(find_project(project_folder).data_package(data_package))
    return [
        DataFile(
            name=resource["name"],
            path=resource["path"],
            title=show_unseen(resource.get("title", "")),
            kind=str(resource["status"]),
            rows_n=len(package.read(resource)),
            licence=show_unseen(_licence(resource)),
            sources=tuple(map(show_unseen, _sources(resource))),
            signature=_signature(resource),
        )
        for resource in package.descriptor["resources"]
    ]


def _signature(resource) -> str:
    return "" if resource["status"] == RowKind.OBSERVED else resource["hash"].removeprefix("sha256:")[:SHOWN_DIGITS]


def _licence(resource) -> str:
    if resource["status"] == RowKind.OBSERVED:
        return f"none; terms: {resource['terms']}"
    return ", ".join(licence["name"] for licence in resource.get("licenses", [])) or "none"


def _sources(resource) -> tuple[str, ...]:
    if resource["status"] == RowKind.OBSERVED:
        return (f"{resource['supplier']}, {resource['date']}",)
    return tuple(source["title"] for source in resource.get("sources", []))
