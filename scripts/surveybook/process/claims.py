"""Claims in words that the article makes, as this edition words them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from surveybook.core.errors import SurveybookError
from surveybook.core.paths import find_project
from surveybook.process.codebook import unique_rows
from surveybook.process.csv_table import FIRST_DATA_ROW
from surveybook.process.package import DataPackage, load_package


@dataclass(frozen=True)
class WordClaim:
    """A claim in words: descriptive, causal or hypothesis.

    Either ``holds`` is a condition on printed figures that it says the same as, or ``because``
    says why it cannot be recomputed. ``page`` is where the book tells it, ``file`` and ``row``
    where the claim stands, for errors.
    """

    claim: str
    kind: str
    text_en: str
    holds: str
    because: str
    source: str
    place: str
    page: str
    file: Path = Path()
    row: int = 0


def load_word_claims(data_package: str = "data", *, project_folder: Path | None = None) -> tuple[WordClaim, ...]:
    """Load the claims in words of a data package, checked.

    Raises
    ------
    SurveybookError
        The file is missing, changed or broken, or a claim has neither a condition nor a reason, or both.
    """
    return read_word_claims(load_package(find_project(project_folder).data_package(data_package)))


def has_claims(package: DataPackage) -> bool:
    """Whether a package has claims in words; one of answers alone need not."""
    return "claims" in package.resources


def read_word_claims(package: DataPackage) -> tuple[WordClaim, ...]:
    """Read the claims in words of a package; see ``load_word_claims``."""
    path = package.path(package.resource("claims"))
    rows = unique_rows(package, "claims", lambda row: WordClaim(**row), lambda row: row["claim"]).values()
    claims = tuple(replace(claim, file=path, row=number) for number, claim in enumerate(rows, FIRST_DATA_ROW))
    for claim in claims:
        if bool(claim.holds) == bool(claim.because):
            raise SurveybookError(
                f"the claim {claim.claim} would have " + ("two verdicts" if claim.holds else "no verdict"),
                file=path,
                row=claim.row,
                column="holds, because",
                got=[claim.holds, claim.because],
                expected="a condition that it says the same as, or why it cannot be recomputed",
            )
    return claims
