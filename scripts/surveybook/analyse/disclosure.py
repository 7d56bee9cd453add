"""Disclosure control of observed rows: what would tell of a few people is suppressed or rounded.

Protected are answer cells by domain (who of a level gave an answer, who did not, and the level
itself), and every number of people that is the difference of two published bases or a gap: each
where it is above zero and below the threshold. See ``small_groups`` for the levels of breakdowns,
``small_bases`` for bases and gaps, and ``rounded`` for what rounding leaves open.
Sources: Hundepool et al. 2012, Statistical Disclosure Control; Willenborg and de Waal 2001,
Elements of Statistical Disclosure Control.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import floor, inf, isinf, nan, sqrt

from surveybook.analyse.cells import GAP_PREFIX
from surveybook.analyse.design import Design
from surveybook.analyse.estimates import Estimate
from surveybook.analyse.intervals import logit_interval, wilson_interval
from surveybook.analyse.paired import Pair
from surveybook.analyse.printed import share_of_everyone, tipping_point
from surveybook.analyse.rounded import is_small, people_around, people_within, round_people, round_share, share_step
from surveybook.analyse.small_bases import STEP_PEOPLE, Protection, base_rounding, gap_step, protect_questions
from surveybook.analyse.small_groups import has_small_cell, levels_to_hide
from surveybook.core.model import ALL, RESPONSE, ItemType, Status
from surveybook.process.survey_data import SurveyData

SUPPRESSED = "suppressed: to protect small groups"
ROUNDED = "{method}, widest over what the rounded base and share leave open"
VALUES = (
    "estimate_pct",
    "se_pct",
    "ci_low_pct",
    "ci_high_pct",
    "differ_low_pct",
    "differ_high_pct",
    "bound_low_pct",
    "bound_high_pct",
    "tip_low_pct",
    "tip_high_pct",
    "fpc",
    "deff",
)


def protect_rows(
    rows: Sequence[Estimate],
    data: SurveyData,
    design: Design,
    threshold: int,
    *,
    published: Collection[int] = (),
    method: str = "wilson",
) -> list[Estimate]:
    """Suppress and round a survey's rows, so that none tells of fewer people than the threshold.

    Parameters
    ----------
    rows : sequence of Estimate
        All rows of one survey under one choice, with their bases and counts.
    published : collection of int
        Numbers of people that are published as they are.
    method : {"wilson", "logit"}
        Of the intervals of rounded shares.
    """
    questions = protect_questions(data, threshold, published)
    hidden = _hidden_levels(rows, data, questions, threshold)
    shown = []
    for row in rows:
        protection = questions.get(row.item)
        if row.item == RESPONSE or protection is None:
            shown.append(replace(row, suppressed=False))
        elif protection.withheld or row.option_set in (protection.hidden if row.domain == ALL else ()):
            shown.append(_suppress(row))
        elif row.domain != ALL:
            small = (row.item, row.domain, row.level) in hidden
            shown.append(_suppress(row) if small else _rounded_level(row, design, threshold, method))
        elif not protection.rounded:
            shown.append(replace(row, suppressed=False))
        elif row.option_set.startswith(GAP_PREFIX):
            shown.append(_rounded_gap(row, design, threshold, method))
        else:
            shown.append(_rounded_share(row, design, threshold, method))
    return shown


def protect_pair(pair: Pair) -> Pair | None:
    """Round the comparison of two shares of observed rows outward; None where too few are in both bases.

    Its exact difference and interval would tell how many said yes to both.
    """
    if pair.status != Status.OBSERVED:
        return pair
    step = share_step(pair.base_n, STEP_PEOPLE)
    if step is None:
        return None
    low, high, difference_low, difference_high = (
        (way * floor(round(way * end / step, 9))) * step
        for way, end in (
            (1, pair.low_pct),
            (-1, pair.high_pct),
            (1, pair.difference_low_pct),
            (-1, pair.difference_high_pct),
        )
    )
    return replace(
        pair,
        difference_low_pct=float(difference_low),
        difference_high_pct=float(difference_high),
        low_pct=float(low),
        high_pct=float(high),
        least_z=pair.least_z if isinf(pair.least_z) else float(floor(pair.least_z)),
        base_n=None,
    )


def _suppress(row: Estimate) -> Estimate:
    blank = dict.fromkeys(VALUES, nan)
    return replace(
        row,
        **blank,
        base_n=None,
        base_status="suppressed",
        count=None,
        silent_n=None,
        ci_method=SUPPRESSED,
        interval_status="",
        suppressed=True,
    )


# Levels of breakdowns


def _hidden_levels(
    rows: Sequence[Estimate], data: SurveyData, questions: Mapping[str, Protection], threshold: int
) -> set[tuple[str, str, str]]:
    """The levels that are withheld, by item, domain and level."""
    everyone = {(row.item, row.option_set): row for row in rows if row.domain == ALL}
    breakdowns: dict[tuple[str, str], dict[str, list[Estimate]]] = {}
    for row in rows:
        if row.domain != ALL:
            breakdowns.setdefault((row.item, row.domain), {}).setdefault(row.level, []).append(row)
    hidden: set[tuple[str, str, str]] = set()
    for (item, domain), levels in breakdowns.items():
        counts = {level: (mine[0].base_n, *(row.count for row in mine)) for level, mine in levels.items()}
        sets = [row.option_set for row in next(iter(levels.values()))]
        total = (everyone[item, sets[0]].base_n, *(everyone[item, name].count for name in sets))
        if data.codebook.item(data.survey.survey, domain).type == ItemType.BACKGROUND:
            most = _most_people(everyone[item, sets[0]].base_n, questions[item], data, threshold)
            hidden |= {(item, domain, level) for level in levels_to_hide(counts, total, threshold, most=most)}
            continue
        for level, group in counts.items():
            if _tells_of_a_few(group, total, everyone[domain, level].count, questions[domain].rounded, threshold):
                # The other question by this one has the same cell.
                hidden |= {(item, domain, level), *((domain, item, name) for name in sets)}
    return hidden


def _most_people(base: int, protection: Protection, data: SurveyData, threshold: int) -> int:
    """The largest base that what is published of all who answered allows."""
    if not protection.rounded:
        return base
    answered = len(data.responses.codes)
    return max(people_within(round_people(base, threshold, answered), threshold, answered), default=base)


def _tells_of_a_few(
    group: tuple[int, ...], total: tuple[int, ...], group_size: int, rounded: bool, threshold: int
) -> bool:
    """Whether those who gave another answer, the others, or who of them skipped the question, are a few."""
    others = tuple(whole - part for whole, part in zip(total, group, strict=True))
    skipped = is_small(group_size - group[0], threshold) and not rounded  # a rounded size tells nothing of them
    return has_small_cell(group, threshold) or has_small_cell(others, threshold) or skipped


# Rounding: every range is worked out from what is published, so it tells nothing more


def _rounded_level(row: Estimate, design: Design, threshold: int, method: str) -> Estimate:
    """A level of a breakdown: base and share rounded always, or two questions would tell who skipped one."""
    if not row.base_n:
        return replace(row, suppressed=False)
    figure = round_people(row.base_n, threshold)
    possible = people_within(figure, threshold)
    step = share_step(possible[0], 1)
    return _rounded(row, figure, (possible[0], possible[-1]), step, threshold, design, method)


def _rounded_share(row: Estimate, design: Design, threshold: int, method: str) -> Estimate:
    """A share of all who answered a question."""
    rounding = base_rounding(row.base_n, design.sample_size, threshold)
    if rounding is None:
        return _suppress(row)
    figure, step = rounding
    possible = people_within(figure, threshold, design.sample_size)
    ends = (possible[0], possible[-1])
    shown = _rounded(row, figure, ends, step, threshold, design, method)
    silent = round_people(row.silent_n, threshold)
    counts, population = shown.possible_counts, design.population_size
    ways = [
        (count, base, population - end)
        for count, base in counts
        for end in people_around(silent, threshold)
        if end < population
    ]
    differ = [
        [100 * share_of_everyone(*way, population, sign * row.differ_points) for way in ways] for sign in (-1, 1)
    ]
    bound = [
        [100 * (count + all_yes * (population - heard)) / (base + population - heard) for count, base, heard in ways]
        for all_yes in (0, 1)
    ]
    tips = [tipping_point(*way, population) for way in ways]
    return replace(
        shown,
        silent_n=silent,
        differ_low_pct=min(differ[0]),
        differ_high_pct=max(differ[1]),
        bound_low_pct=min(bound[0]),
        bound_high_pct=max(bound[1]),
        tip_low_pct=min(tips),
        tip_high_pct=max(tips),
    )


def _rounded_gap(row: Estimate, design: Design, threshold: int, method: str) -> Estimate:
    """A kind of gap, as a share of all who answered the survey, who are known exactly."""
    step = gap_step(row.base_n, threshold)
    if step is None:
        return _suppress(row)
    shown = _rounded(row, row.base_n, (row.base_n, row.base_n), step, threshold, design, method)
    return replace(shown, rounded_to=0, base_status=row.base_status, base_low_n=None, base_high_n=None)


def _rounded(
    row: Estimate, figure: int, ends: tuple[int, int], step: int, threshold: int, design: Design, method: str
) -> Estimate:
    shown = replace(
        row,
        base_n=figure,
        base_status=f"observed, rounded to {threshold}",
        count=None,
        estimate_pct=float(round_share(row.count, row.base_n, step)),
        se_pct=nan,
        deff=nan,
        suppressed=False,
        rounded_to=threshold,
        base_low_n=ends[0],
        base_high_n=ends[1],
        share_step_pct=float(step),
    )
    low, high, named = _widest_interval(shown.possible_counts, design, row.confidence_level, method)
    return replace(shown, ci_low_pct=low, ci_high_pct=high, ci_method=named)


def _widest_interval(
    counts: Sequence[tuple[int, int]], design: Design, level: float, method: str
) -> tuple[float, float, str]:
    """The interval over every count and base that is possible, in percent, and its name."""
    found = []
    for count, base in counts:
        p, effective_n = count / base, design.simple_effective_n(base)
        if method == "wilson" or effective_n == inf:
            found.append(wilson_interval(p, effective_n, level))
            continue
        found.append(logit_interval(p, sqrt(p * (1 - p) / effective_n), level, design.sample_size - 1))
    if any(ends is None for ends in found):
        return nan, nan, "none: the logit does not exist at 0 and 100 percent"
    lows, highs = zip(*found, strict=True)
    return 100 * min(lows), 100 * max(highs), ROUNDED.format(method=method)
