"""What a replicate assumes about all that print leaves open: one row of a readable table."""

from __future__ import annotations

from dataclasses import dataclass, fields

from surveybook.core.errors import SurveybookError, one_of
from surveybook.process.csv_table import FIRST_DATA_ROW
from surveybook.process.package import DataPackage

RESOURCE = "simulation-assumptions"
OUTSIDE_BASE = ("by_extent", "mixed_gaps", "nobody")


@dataclass(frozen=True)
class Assumptions:
    """One replicate's assumptions.

    Parameters
    ----------
    replicate, seed : int
        The replicate's number, and the seed of its random numbers.
    base_n : int
        Leaders in the base of the items on innovations, don't-knows included.
    outside_base : {"by_extent", "mixed_gaps", "nobody"}
        Who is outside: those the extent item routes past, a mixture of gaps, or nobody.
    extent_dont_know_n : int
        Leaders of the 296 who do not know the extent.
    item_dont_know_pct : float
        Percent of a base who answer don't know, as far as the printed figure leaves room for them.
    leader_correlation, municipality_correlation, field_correlation : float
        Shares of an answer's latent variance that are common to one leader's answers, to the
        leaders of a municipality, and to those of a field; together below 1.
    """

    replicate: int
    seed: int
    base_n: int
    outside_base: str
    extent_dont_know_n: int
    item_dont_know_pct: float
    leader_correlation: float
    municipality_correlation: float
    field_correlation: float

    def __post_init__(self):
        if self.outside_base not in OUTSIDE_BASE:
            raise SurveybookError(
                "unknown way to be outside the base", got=self.outside_base, expected=one_of(OUTSIDE_BASE)
            )
        for name, low, high in (
            ("replicate", 1, None),
            ("seed", 0, None),
            ("base_n", 1, None),
            ("extent_dont_know_n", 0, None),
            ("item_dont_know_pct", 0, 100),
        ):
            value = getattr(self, name)
            if value < low or (high is not None and value > high):
                raise SurveybookError(
                    f"a replicate's {name} cannot be",
                    column=name,
                    got=value,
                    expected=f"at least {low}" + ("" if high is None else f" and at most {high}"),
                )
        shares = (self.leader_correlation, self.municipality_correlation, self.field_correlation)
        if min(shares) < 0 or sum(shares) >= 1:
            raise SurveybookError(
                "the correlations of a replicate cannot be",
                got=shares,
                expected="each at least 0, together below 1",
            )


def read_assumptions(package: DataPackage, replicate: int) -> Assumptions:
    """Read one replicate's row of the table of assumptions.

    Raises
    ------
    SurveybookError
        There is no such replicate, or its row cannot be.
    """
    resource = package.resource(RESOURCE)
    table = package.read(resource)
    rows = table[table["replicate"] == str(replicate)]
    if rows.empty:
        raise SurveybookError(
            "there is no such replicate",
            file=package.path(resource),
            got=replicate,
            expected=one_of(table["replicate"]),
        )
    row = rows.iloc[0]
    kinds = {"int": int, "float": float, "str": str}
    try:
        return Assumptions(**{field.name: kinds[field.type](row[field.name]) for field in fields(Assumptions)})
    except SurveybookError as error:
        raise SurveybookError(
            error.what,
            file=package.path(resource),
            row=int(rows.index[0]) + FIRST_DATA_ROW,
            column=error.column,
            got=error.got,
            expected=error.expected,
        ) from None
