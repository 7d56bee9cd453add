"""The estimates table: the one contract between analysis and display."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from math import nan

import pandas as pd

from surveybook.analyse.cells import GAP_PREFIX
from surveybook.analyse.choices import AS_PRINTED
from surveybook.analyse.paired import Pair
from surveybook.analyse.rounded import THRESHOLD, counts_within, people_around
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import ALL, Cell, Codebook, PublishedFigure, RowKind, Status
from surveybook.process.replicates import Replicates


@dataclass(frozen=True)
class Estimate:
    """One row of the estimates table: survey x item x option set x domain.

    ``*_pct`` are percent (``se_pct`` percentage points), ``*_n`` and ``count`` people; nan or
    None where it is not known. A pinned or published value has its printed precision, and
    neither count nor base, unless print gives them; an illustrative row has no values at all.
    ``ci_*`` say what holds of everyone if the ``silent_n`` are like those who answered,
    ``differ_*`` if they differ by ``differ_points``, ``bound_*`` whatever they think.
    ``tip_*`` are the points by which the silent would have to differ before everyone is split in
    halves, over the bases if all of the silent are in them (more if fewer are), and infinite
    where no difference is enough. ``low_pct`` and ``high_pct`` span the
    replicates, where rows are simulated; ``suppressed`` marks a small cell of observed rows, whose
    values are withheld. Where ``rounded_to`` is not 0, ``base_n`` and ``silent_n`` are multiples of
    so many people and the base may be ``base_low_n`` to ``base_high_n``; where ``share_step_pct`` is
    not 0, the share is rounded to so many points, there is no count, and every range is the widest
    over all that the rounding leaves open. ``printed_low_pct`` and ``printed_high_pct`` are the range of a figure
    that was printed in words or follows from rounded ones.
    """

    survey: str
    item: str
    option_set: str
    domain: str
    level: str
    base_rule: str
    base_n: int | None
    base_status: str
    count: int | None
    estimate_pct: float
    se_pct: float
    ci_low_pct: float
    ci_high_pct: float
    ci_method: str
    confidence_level: float
    interval_status: str
    differ_points: float
    differ_low_pct: float
    differ_high_pct: float
    bound_low_pct: float
    bound_high_pct: float
    tip_low_pct: float
    tip_high_pct: float
    fpc: float
    deff: float
    population_size: int | None
    silent_n: int | None
    status: Status
    figure_id: str
    printed_pct: float
    printed_low_pct: float
    printed_high_pct: float
    printed_word_en: str
    printed_word_da: str
    printed_source: str
    printed_place: str
    low_pct: float = nan
    high_pct: float = nan
    suppressed: bool | None = None
    rounded_to: int = 0
    base_low_n: int | None = None
    base_high_n: int | None = None
    share_step_pct: float = 0

    @property
    def possible_counts(self) -> list[tuple[int, int]]:
        """Every (count, base) that a rounded share of a rounded base allows; the one there is if not rounded."""
        if not self.share_step_pct:
            return [] if self.count is None or self.base_n is None else [(self.count, self.base_n)]
        low = self.base_n if self.base_low_n is None else self.base_low_n
        high = self.base_n if self.base_high_n is None else self.base_high_n
        return [
            (count, base)
            for base in range(low, high + 1)
            for count in counts_within(self.estimate_pct, int(self.share_step_pct), base)
        ]

    @property
    def possible_silent(self) -> tuple[int, int]:
        """The fewest and the most silent that ``silent_n`` allows."""
        return people_around(self.silent_n, self.rounded_to) if self.rounded_to else (self.silent_n, self.silent_n)

    @property
    def cell(self) -> Cell:
        """Which share of its survey this is."""
        return Cell(self.item, self.option_set, self.domain, self.level)

    @property
    def printed_is_range(self) -> bool:
        """Whether print gives a range only: a figure in words, or one that follows from rounded ones."""
        return self.printed_low_pct < self.printed_high_pct

    @property
    def is_range(self) -> bool:
        """Whether the value is known as a range only."""
        return self.status != Status.OBSERVED and self.printed_is_range


ESTIMATE_COLUMNS = tuple(field.name for field in fields(Estimate))
ASSUMED = "assumed bases"
ASSUMED_SAMPLE = "assumed simple random sample"
ASSUMPTIONS = (ASSUMED, ASSUMED_SAMPLE)  # what an interval rests on that print does not give


@dataclass(frozen=True)
class Estimates:
    """All estimates of some surveys, with the codebook that names them; never a respondent's row.

    ``pairs`` compares the headlines of items of one stem; ``figures`` are the printed figures by
    id; ``replicates`` has the counts of each replicate for the surveys whose rows are simulated;
    ``dont_know`` and ``cut_point`` are the choices under which all was estimated; of observed rows,
    nothing tells of fewer people than ``threshold``; ``kinds`` says what each survey's rows are.
    """

    rows: tuple[Estimate, ...] = field(repr=False)
    codebook: Codebook = field(repr=False)
    pairs: tuple[Pair, ...] = field(default=(), repr=False)
    figures: Mapping[str, PublishedFigure] = field(default_factory=dict, repr=False)
    replicates: Mapping[str, Replicates] = field(default_factory=dict, repr=False)
    dont_know: str = AS_PRINTED
    cut_point: str = AS_PRINTED
    threshold: int = THRESHOLD
    kinds: Mapping[str, RowKind] = field(default_factory=dict)

    @cached_property
    def _by_cell(self) -> dict[tuple[str, Cell], Estimate]:
        return {(row.survey, row.cell): row for row in self.rows}

    def table(self) -> pd.DataFrame:
        """The long table, one row per estimate, columns as ``ESTIMATE_COLUMNS``."""
        return pd.DataFrame([vars(row) for row in self.rows], columns=list(ESTIMATE_COLUMNS))

    def find(self, survey: str, cell: Cell) -> Estimate | None:
        """Return the estimate of a share, or None where there is none."""
        return self._by_cell.get((survey, cell))

    def get(
        self, survey: str, item: str, option_set: str | None = None, domain: str = ALL, level: str = ALL
    ) -> Estimate:
        """Return one estimate; by default of the item's headline option set, over all respondents.

        Raises
        ------
        SurveybookError
            No such survey, item, option set, domain or estimate.
        """
        self.codebook.survey(survey)
        if option_set is None:
            option_set = self.codebook.item(survey, item).headline_set
        found = self.find(survey, Cell(item, option_set or "", domain, level))
        if found is not None:
            return found
        mine = [row for row in self.rows if (row.survey, row.item) == (survey, item)]
        sets = {row.option_set for row in mine}
        if option_set not in sets:
            raise SurveybookError(
                f"there is no estimate of the item {item} with this option set",
                got=option_set,
                expected=one_of(sets) if sets else "an item that was asked",
                hint="see data/codebook/option_sets.csv",
            )
        levels = {f"{row.domain} {row.level}" for row in mine if row.option_set == option_set}
        raise SurveybookError(
            f"there is no estimate of the item {item} in this domain",
            got=f"{domain} {level}",
            expected=one_of(levels),
        )

    def option_sets(self, survey: str, item: str, prefix: str = "") -> list[Estimate]:
        """Return the estimates of one item over all respondents, in the codebook's order, without its gaps."""
        return [
            row
            for row in self.rows
            if (row.survey, row.item, row.domain) == (survey, item, ALL)
            and row.option_set.startswith(prefix)
            and not row.option_set.startswith(GAP_PREFIX)
        ]
