"""Disclosure control: what observed rows say of a few people is withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from math import nan

from surveybook.analyse.estimates import Estimate
from surveybook.core.model import ALL

LEAST_BASE = 10  # fewer people than this in a group are not reported
WITHHELD = "withheld: few people are in this group"
VALUES = (
    "estimate_pct",
    "se_pct",
    "ci_low_pct",
    "ci_high_pct",
)


def suppress_small(rows: Sequence[Estimate]) -> list[Estimate]:
    """Withhold shares of groups of fewer than ``LEAST_BASE``, and of one more group where that gives one away.

    A single withheld level of a domain could be worked out from all and the other levels, so the
    smallest of these is withheld too (complementary suppression; Willenborg and de Waal 2001, ch. 1).
    """
    kept = []
    for _, group in groupby(rows, key=lambda row: (row.survey, row.item, row.domain)):
        levels = list(group)
        small = _withheld({row.level: row.base_n for row in levels}) if levels[0].domain != ALL else set()
        kept += [_withhold(row) if row.level in small else replace(row, suppressed=False) for row in levels]
    return kept


def _withheld(bases: dict[str, int]) -> set[str]:
    small = {level for level, base in bases.items() if base < LEAST_BASE}
    others = sorted((level for level in bases if level not in small), key=lambda level: bases[level])
    return small | set(others[:1]) if len(small) == 1 else small


def _withhold(row: Estimate) -> Estimate:
    blank = dict.fromkeys(VALUES, nan)
    return replace(row, **blank, base_n=None, count=None, ci_method=WITHHELD, suppressed=True)
