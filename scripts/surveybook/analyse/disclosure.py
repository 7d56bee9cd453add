"""Disclosure control of observed rows: what would tell of a few people is suppressed or rounded.

Protected are answer cells by domain (who of a level gave an answer, who did not, and the level
itself), and every number of people that is the difference of two published bases or a gap: each
where it is above zero and below the threshold. See ``small_groups`` for the levels of breakdowns,
``small_bases`` for bases and gaps, and ``rounded`` for what rounding leaves open.
Sources: Hundepool et al. 2012, Statistical Disclosure Control; Willenborg and de Waal 2001,
Elements of Statistical Disclosure Control.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import inf, nan, sqrt

import pandas as pd

from surveybook.analyse.bases import in_base as in_base_of
from surveybook.analyse.cells import GAP_PREFIX, option_values
from surveybook.analyse.design import Design
from surveybook.analyse.estimates import Estimate
from surveybook.analyse.intervals import logit_interval, wilson_interval
from surveybook.analyse.neighbours import Breakdown, Neighbours, OtherQuestion, Shown
from surveybook.analyse.paired import Pair
from surveybook.analyse.printed import share_of_everyone, tipping_point
from surveybook.analyse.rounded import is_small, people_around, people_within, round_people, round_share, share_step
from surveybook.analyse.small_bases import (
    Protection,
    answers_of,
    base_rounding,
    gap_step,
    protect_questions,
    rounded_moves,
)
from surveybook.analyse.small_groups import has_small_cell, levels_to_hide
from surveybook.analyse.small_joints import NO, OUT, YES, Comparison, hides, round_pair
from surveybook.core.model import ALL, RESPONSE, ItemType, MissingKind
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


def protect(
    rows: Sequence[Estimate],
    pairs: Sequence[Pair],
    data: SurveyData,
    threshold: int,
    *,
    published: Collection[int] = (),
    method: str = "wilson",
) -> tuple[list[Estimate], list[Pair]]:
    """Suppress and round a survey's rows and comparisons, so that none tells of fewer people than the threshold.

    Parameters
    ----------
    rows, pairs : sequences
        All rows of one survey under one choice, with their bases and counts, and its comparisons.
    published : collection of int
        Numbers of people that are published as they are.
    method : {"wilson", "logit"}
        Of the intervals of rounded shares.

    Notes
    -----
    Comparisons and breakdowns are published of print's choice alone: those of several choices would
    tell how many did not know.
    """
    design = Design(len(data.responses.frame), len(data.responses.codes))
    writers = _few_writers(rows, threshold)
    questions = protect_questions(data, threshold, {*published} - {row.count for row in writers})
    hidden = _hidden_levels(rows, data, questions, threshold)
    if any(row.domain != ALL for row in rows):
        broken_down = _Tables(rows, pairs, data, questions, hidden, threshold)
        broken_down.withhold(published)
        hidden, pairs = broken_down.hidden, broken_down.pairs
    shown = []
    for row in rows:
        protection = questions.get(row.item)
        if row in writers:
            shown.append(_suppress(row))
        elif row.item == RESPONSE or protection is None:
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
    return shown, [rounded for pair in pairs if (rounded := round_pair(pair))]


def _few_writers(rows: Sequence[Estimate], threshold: int) -> list[Estimate]:
    """The count of open answers, where few wrote one, or all but a few."""
    counts = {row.option_set: row for row in rows if row.item == RESPONSE}
    wrote, answered = counts.get("open_answers"), counts.get("answered")
    if wrote is None or answered is None:
        return []
    small = is_small(wrote.count, threshold) or is_small(answered.count - wrote.count, threshold)
    return [wrote] if small else []


class _Tables:
    """The breakdowns and comparisons of a survey, of which more are withheld where they tell of a few together."""

    def __init__(
        self,
        rows: Sequence[Estimate],
        pairs: Sequence[Pair],
        data: SurveyData,
        questions: Mapping[str, Protection],
        hidden: set[tuple[str, str, str]],
        threshold: int,
    ):
        self.data, self.questions, self.hidden, self.threshold = data, questions, set(hidden), threshold
        self.pairs = [pair for pair in pairs if not any(questions[i].withheld for i in (pair.higher, pair.lower))]
        self.survey = data.survey.survey
        self.levels: dict[tuple[str, str], dict[str, None]] = {}
        self.sets: dict[str, dict[str, None]] = {}
        for row in rows:
            if row.domain != ALL:
                self.levels.setdefault((row.item, row.domain), {})[row.level] = None
                self.sets.setdefault(row.item, {})[row.option_set] = None
        self.comparisons = {frozenset((pair.higher, pair.lower)): self._comparison(pair) for pair in pairs}

    def withhold(self, published: Collection[int]) -> None:
        """Withhold what would tell of a few: first of two questions together, then of rounded bases."""
        for items, comparison in self.comparisons.items():
            joint = self._joint(*comparison.items)
            rows, pair = self._rows_shown(*comparison.items), self._pair_shown(items)
            if not hides(comparison, joint, self.threshold, rows=rows, pair=pair):
                self._hide_rows(*comparison.items)
                if not hides(comparison, joint, self.threshold, rows=False, pair=pair):
                    self._hide_pair(items)
        for name, protection in self.questions.items():
            if protection.rounded and not protection.withheld and name in self.sets:
                moves, protected = rounded_moves(self.data, name, protection.hidden, self.threshold, published)
                for other in self._neighbours(name).to_withhold(moves, protected):
                    self._withhold_breakdown(name, other)

    def _withhold_breakdown(self, item: str, domain: str) -> None:
        if frozenset((item, domain)) in self.comparisons:
            self._hide_rows(item, domain)
            self._hide_pair(frozenset((item, domain)))
        self.hidden |= {(item, domain, level) for level in self.levels.get((item, domain), ())}

    def _hide_rows(self, first: str, second: str) -> None:
        for item, domain in ((first, second), (second, first)):
            self.hidden |= {(item, domain, level) for level in self.levels.get((item, domain), ())}

    def _hide_pair(self, items: frozenset[str]) -> None:
        self.pairs = [pair for pair in self.pairs if {pair.higher, pair.lower} != items]

    def _rows_shown(self, first: str, second: str) -> bool:
        keys = [(i, d, level) for i, d in ((first, second), (second, first)) for level in self.levels.get((i, d), ())]
        return any(key not in self.hidden for key in keys)

    def _pair_shown(self, items: frozenset[str]) -> bool:
        return any({pair.higher, pair.lower} == items for pair in self.pairs)

    def _comparison(self, pair: Pair) -> Comparison:
        design = Design(len(self.data.responses.frame), len(self.data.responses.codes))
        return Comparison((pair.higher, pair.lower), pair, design.simple_effective_n(1))

    def _shown(self, name: str, sets: Collection[str]) -> Shown:
        item = self.data.codebook.item(self.survey, name)
        values = option_values(self.data.codebook, item)
        kinds = ["", *(kind.value for kind in MissingKind)]
        in_base = [
            kind for kind, inside in zip(kinds, in_base_of(pd.Series(kinds), item.base_rule), strict=True) if inside
        ]
        return Shown({one: values[one] for one in sets}, in_base, item.type == ItemType.MULTIPLE)

    def _said(self, name: str) -> list[str]:
        """What each respondent said to a question: the headline answer, another one, or nothing in the base."""
        item = self.data.codebook.item(self.survey, name)
        shown = self._shown(name, [item.headline_set])
        words = {(0, 0): OUT, (1, 0): NO, (1, 1): YES}
        return [words[shown.group(place)] for place in answers_of(self.data, item)]

    def _joint(self, first: str, second: str) -> Counter:
        return Counter(zip(self._said(first), self._said(second), strict=True))

    def _neighbours(self, name: str) -> Neighbours:
        item = self.data.codebook.item(self.survey, name)
        breakdowns, others = [], []
        for one, domain in self.levels:
            if one != name or frozenset((name, domain)) in self.comparisons:
                continue
            known = self.levels[name, domain]
            levels = [code if code in known else None for code in self.data.responses.codes[domain]]
            small = [level for level in known if (name, domain, level) in self.hidden]
            breakdowns.append(Breakdown(domain, levels, small))
        for items, comparison in self.comparisons.items():
            if name in items:
                (other,) = items - {name}
                shown = {"rows": self._rows_shown(name, other), "pair": self._pair_shown(items)}
                comparison = replace(comparison, items=(name, other))
                others.append(OtherQuestion(other, self._said(other), comparison, **shown))
        shown = self._shown(name, list(self.sets[name]))
        return Neighbours(answers_of(self.data, item), shown, breakdowns, others, self.threshold)


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
