"""What a replicate assumes about all that print leaves open: one row of a readable table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import fsum

from surveybook.core.errors import SurveybookError, one_of
from surveybook.process.csv_table import FIRST_DATA_ROW
from surveybook.process.package import DataPackage
from surveybook.process.replicates import ASSUMPTIONS

OUTSIDE_BASE = ("by_extent", "mixed_gaps", "item_gaps", "nobody")
DONT_KNOW = ("inside", "outside")
PERCENTAGES = (
    "item_dont_know_pct",
    "very_pct",
    "middle_pct",
    "not_at_all_pct",
    "refused_pct",
    "initiator_employees_pct",
)
CORRELATIONS = ("leader_correlation", "municipality_correlation", "field_correlation", "role_correlation")
SHARES = ("role_shares", "field_shares")


@dataclass(frozen=True)
class Assumptions:
    """One replicate's assumptions.

    Parameters
    ----------
    replicate, seed : int
        The replicate's number, and the seed of its random numbers.
    base_n : int
        Leaders in the base of the items on innovations: the denominator of the printed figures.
    outside_base : {"by_extent", "mixed_gaps", "item_gaps", "nobody"}
        Who is outside: those the extent item routes past; those who saw nothing new, refusals
        and silence; refusals and silence only; or nobody.
    dont_know : {"inside", "outside"}
        Whether the printed figures count don't-knows in that base. Of extent they always do.
    extent_dont_know_n : int
        Leaders of the 296 who do not know the extent.
    item_dont_know_pct : float
        Percent of a base who answer don't know, as far as the printed figure, or what is outside
        the base, leaves room for them.
    very_pct, middle_pct, not_at_all_pct : float
        Percent of those on the favourable side of a scale who say very high; of the others who
        stand next to them, in the middle (of those with a low answer, the highest of these); of
        those who see a low extent or less who see none.
    refused_pct : float
        Percent of the gaps that are refusals; of the others a few say that it does not apply.
    ticks_mean : float
        Options that a leader ticks on average where several can be ticked, as far as there are such.
    initiator_employees_pct : float
        Percent of innovations that employees started; print says only that they dominate.
    leader_correlation, municipality_correlation, field_correlation, role_correlation : float
        Shares of an answer's latent variance that are common to one leader's answers, to the
        leaders of a municipality, of a field and of a role; together below 1.
    role_shares, field_shares : tuple of float
        How the invited are spread over roles and fields, in percent.
    silent_points : float
        Percentage points by which those who did not answer the survey would have differed.
    note : str
        What is special to this replicate.
    """

    replicate: int
    seed: int
    base_n: int
    outside_base: str
    dont_know: str
    extent_dont_know_n: int
    item_dont_know_pct: float
    very_pct: float
    middle_pct: float
    not_at_all_pct: float
    refused_pct: float
    ticks_mean: float
    initiator_employees_pct: float
    leader_correlation: float
    municipality_correlation: float
    field_correlation: float
    role_correlation: float
    role_shares: tuple[float, ...]
    field_shares: tuple[float, ...]
    silent_points: float
    note: str = ""

    def __post_init__(self):
        for name, known in (("outside_base", OUTSIDE_BASE), ("dont_know", DONT_KNOW)):
            if getattr(self, name) not in known:
                raise SurveybookError(
                    f"unknown value of a replicate's {name}",
                    column=name,
                    got=getattr(self, name),
                    expected=one_of(known),
                )
        for name, low, high in (
            ("replicate", 1, None),
            ("seed", 0, None),
            ("base_n", 1, None),
            ("extent_dont_know_n", 0, None),
            ("ticks_mean", 1, None),
            ("silent_points", -100, 100),
            *((name, 0, 100) for name in PERCENTAGES),
        ):
            value = getattr(self, name)
            if value < low or (high is not None and value > high):
                raise SurveybookError(
                    f"a replicate's {name} cannot be",
                    column=name,
                    got=value,
                    expected=f"at least {low}" + ("" if high is None else f" and at most {high}"),
                )
        correlations = [getattr(self, name) for name in CORRELATIONS]
        if min(correlations) < 0 or fsum(correlations) >= 1:
            raise SurveybookError(
                "the correlations of a replicate cannot be",
                column=_worst_correlation(self),
                got=correlations,
                expected="each at least 0, together below 1",
            )
        for name in SHARES:
            shares = getattr(self, name)
            if not shares or min(shares) <= 0 or abs(sum(shares) - 100) > 1e-9:
                raise SurveybookError(
                    f"a replicate's {name} cannot be",
                    column=name,
                    got=" ".join(f"{share:g}" for share in shares),
                    expected="percentages above 0 that sum to 100",
                )


def _worst_correlation(assumptions: Assumptions) -> str:
    """The one that is negative, or else the largest of those that sum to too much."""
    values = {name: getattr(assumptions, name) for name in CORRELATIONS}
    lowest, highest = min(values, key=values.get), max(values, key=values.get)
    return lowest if values[lowest] < 0 else highest


def read_assumptions(package: DataPackage) -> dict[int, Assumptions]:
    """Read the table of assumptions, by replicate, in its order.

    Raises
    ------
    SurveybookError
        A row cannot be.
    """
    resource = package.resource(ASSUMPTIONS)
    table = package.read(resource)
    kinds = {"int": int, "float": float, "str": str, "tuple[float, ...]": _numbers}
    made = {}
    for row, cells in enumerate(table.to_dict("records"), FIRST_DATA_ROW):
        try:
            one = Assumptions(**{field.name: kinds[field.type](cells[field.name]) for field in fields(Assumptions)})
        except SurveybookError as error:
            raise SurveybookError(
                error.what,
                file=package.path(resource),
                row=row,
                column=error.column,
                got=error.got,
                expected=error.expected,
            ) from None
        made[one.replicate] = one
    return made


def assumptions_of(package: DataPackage, replicate: int) -> Assumptions:
    """Read one replicate's assumptions, or say which replicates there are."""
    made = read_assumptions(package)
    if replicate not in made:
        raise SurveybookError(
            "there is no such replicate",
            file=package.path(package.resource(ASSUMPTIONS)),
            got=replicate,
            expected=one_of(made),
            hint="add a row to the table of assumptions",
        )
    return made[replicate]


def _numbers(cell: str) -> tuple[float, ...]:
    return tuple(float(part) for part in cell.split())
