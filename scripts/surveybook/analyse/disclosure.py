"""Disclosure control: what observed rows say of a few people is withheld."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from math import nan

from surveybook.analyse.estimates import Estimate
from surveybook.core.model import ALL

LEAST_BASE = 10  # fewer people than this in a group are not reported
LEAST_COUNT = 3  # nor are groups of whom fewer than this answered one way, or the other
WITHHELD = "withheld: to protect small groups"
VALUES = (
    "estimate_pct",
    "se_pct",
    "ci_low_pct",
    "ci_high_pct",
)


def suppress_small(rows: Sequence[Estimate]) -> list[Estimate]:
    """Withhold shares of small groups and of a few people in a group, and of more groups where these give them away.

    What is withheld of a domain, and who is in none of its levels, could be worked out from all
    who answered and the levels that are shown. So the smallest of these are withheld too, until
    at least two groups and ``LEAST_BASE`` people are hidden together (complementary suppression;
    Willenborg and de Waal 2001, Elements of Statistical Disclosure Control, ch. 1).
    """
    totals = {(row.survey, row.item, row.option_set): row.base_n for row in rows if row.domain == ALL}
    kept = []
    for _, group in groupby(rows, key=lambda row: (row.survey, row.item, row.domain)):
        levels = list(group)
        first = levels[0]
        total = totals.get((first.survey, first.item, first.option_set))
        bases = {row.level: row.base_n for row in levels}
        few = {row.level for row in levels if row.count is not None and row.base_n and _few(row.count, row.base_n)}
        small = _withheld(bases, total, few) if first.domain != ALL else set()
        kept += [_withhold(row) if row.level in small else replace(row, suppressed=False) for row in levels]
    return kept


def _few(count: int, base: int) -> bool:
    return min(count, base - count) < LEAST_COUNT


def _withheld(bases: Mapping[str, int], total: int | None, few: Collection[str] = ()) -> set[str]:
    """The levels to withhold, by the people in each, and the people in none of them."""
    small = {level for level, base in bases.items() if base < LEAST_BASE or level in few}
    left_over = (total or 0) - sum(bases.values())
    hidden = [bases[level] for level in small] + ([left_over] if 0 < left_over < LEAST_BASE else [])
    for level in sorted((level for level in bases if level not in small), key=lambda level: bases[level]):
        if not hidden or (len(hidden) > 1 and sum(hidden) >= LEAST_BASE):
            break
        small.add(level)
        hidden.append(bases[level])
    return small


def _withhold(row: Estimate) -> Estimate:
    blank = dict.fromkeys(VALUES, nan)
    return replace(row, **blank, base_n=None, count=None, ci_method=WITHHELD, suppressed=True)
