"""The estimates table: the one contract between analysis and display."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import isnan, nan

import pandas as pd

from surveybook.analyse.agreement import refuse_disagreement, response_counts
from surveybook.analyse.bases import in_base
from surveybook.analyse.design import Design
from surveybook.analyse.intervals import check_level, check_method
from surveybook.analyse.printed import COMPUTED, envelope, three_ways
from surveybook.analyse.proportions import Proportion, estimate_proportion
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import (
    RESPONSE,
    Codebook,
    Item,
    ItemType,
    MissingKind,
    OptionSet,
    Precision,
    PublishedFigure,
    RowKind,
    Status,
)
from surveybook.core.rounding import percent_half_up
from surveybook.process import SurveyData, load_surveys

ALL = "all"
INVITED = "invited"  # the base rule of the counts of people
OPTION_PREFIX = "option:"


@dataclass(frozen=True)
class Estimate:
    """One row of the estimates table: survey x item x option set x domain.

    ``*_pct`` are percent (``se_pct`` percentage points), ``*_n`` and ``count`` people; nan or
    None where it is not known. A pinned or published value has its printed precision, and
    neither count nor base, unless print gives them; an illustrative row has no values at all.
    ``ci_*`` say what holds of everyone if the ``silent_n`` are like those who answered,
    ``differ_*`` if they differ by ``differ_points``, ``bound_*`` whatever they think.
    ``low_pct`` and ``high_pct`` span the replicates, and ``suppressed`` marks small cells: both
    are empty until replicates and observed rows ask for them. ``printed_low_pct`` and
    ``printed_high_pct`` are the range of a figure that was printed in words or follows from
    rounded ones.
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
    printed_source: str
    printed_place: str
    low_pct: float = nan
    high_pct: float = nan
    suppressed: bool | None = None

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
SKIPPED = (MissingKind.REFUSED.value, MissingKind.NO_ANSWER.value)


@dataclass(frozen=True)
class Estimates:
    """All estimates of some surveys, with the codebook that names them; never a respondent's row."""

    rows: tuple[Estimate, ...] = field(repr=False)
    codebook: Codebook = field(repr=False)

    def table(self) -> pd.DataFrame:
        """The long table, one row per estimate, columns as ``ESTIMATE_COLUMNS``."""
        return pd.DataFrame([vars(row) for row in self.rows], columns=list(ESTIMATE_COLUMNS))

    def get(self, survey: str, item: str, option_set: str | None = None) -> Estimate:
        """Return one estimate over all respondents; by default of the item's headline option set.

        Raises
        ------
        SurveybookError
            No such survey, item, option set or estimate.
        """
        self.codebook.survey(survey)
        if option_set is None:
            option_set = self.codebook.item(survey, item).headline_set
        found = {row.option_set: row for row in self.option_sets(survey, item)}
        if option_set not in found:
            raise SurveybookError(
                f"there is no estimate of the item {item} with this option set",
                got=option_set,
                expected=one_of(found) if found else "an item that was asked",
                hint="see data/codebook/option_sets.csv",
            )
        return found[option_set]

    def option_sets(self, survey: str, item: str, prefix: str = "") -> list[Estimate]:
        """Return the estimates of one item, in the codebook's order."""
        return [
            row for row in self.rows if (row.survey, row.item) == (survey, item) and row.option_set.startswith(prefix)
        ]


def load_estimates(
    data_package: str = "data",
    confidence_level: float = 0.95,
    ci_method: str = "wilson",
    differ_points: float = 10,
) -> Estimates:
    """Load a data package and estimate all its surveys: what a chapter begins with.

    The rows stay here; a chapter sees estimates alone. See ``load_surveys`` and ``estimate_surveys``.
    """
    return estimate_surveys(
        load_surveys(data_package),
        confidence_level=confidence_level,
        ci_method=ci_method,
        differ_points=differ_points,
    )


def estimate_surveys(
    surveys: Mapping[str, SurveyData],
    *,
    confidence_level: float = 0.95,
    ci_method: str = "wilson",
    differ_points: float = 10,
) -> Estimates:
    """Estimate every item of every survey, and work out what each number rests on.

    Parameters
    ----------
    surveys : mapping of name to SurveyData
    confidence_level : float, 0 < level < 1
    ci_method : {"wilson", "logit"}
        For observed rows; the envelope of a printed figure is Wilson's.
    differ_points : float, 0 to 100
        Percentage points by which the silent are taken to differ.

    Raises
    ------
    SurveybookError
        A setting is impossible, or simulated rows disagree with print.
    """
    check_level(confidence_level)
    check_method(ci_method)
    if not 0 <= differ_points <= 100:
        raise SurveybookError("points by which the silent differ", got=differ_points, expected="0 to 100")
    if not surveys:
        raise SurveybookError("there is no survey to estimate", expected="at least one in codebook/surveys.csv")
    settings = _Settings(confidence_level, ci_method, differ_points)
    rows: list[Estimate] = []
    for data in surveys.values():
        figures = _first_printed(data)
        if data.responses is None:
            rows += [_published(data, figure, settings) for figure in figures.values()]
            continue
        refuse_disagreement(data)
        rows += _response_rows(data, figures, settings)
        design = Design(len(data.responses.frame), len(data.responses.codes))
        for item in data.items:
            if item.column and item.type in (ItemType.SINGLE, ItemType.MULTIPLE):
                rows += [
                    _from_rows(data, item, named, figures.get((item.item, named.option_set)), design, settings)
                    for named in _sets(data.codebook, item)
                ]
    return Estimates(tuple(rows), next(iter(surveys.values())).codebook)


@dataclass(frozen=True)
class _Settings:
    level: float
    method: str
    points: float


def _first_printed(data: SurveyData) -> dict[tuple[str, str], PublishedFigure]:
    """The figure that carries each claim, by item and option set; a percentage goes before a count."""
    figures: dict[tuple[str, str], PublishedFigure] = {}
    for figure in sorted(data.published, key=lambda figure: figure.unit != "percent"):
        if figure.same_claim_as is None:
            figures.setdefault((figure.item, figure.option_set), figure)
    return figures


def _sets(codebook: Codebook, item: Item) -> list[OptionSet]:
    """The named option sets of an item, then each option and don't know by itself."""
    named = list(codebook.option_sets.get(item.option_list, ()))
    single = [
        OptionSet(OPTION_PREFIX + option.value, frozenset([option.value]), option.label_en, option.label_da, 0, "")
        for option in codebook.answers(item)
    ]
    return named + single


def _printed_fields(figure: PublishedFigure | None) -> dict:
    if figure is None or figure.unit != "percent":
        return {
            "figure_id": figure.figure_id if figure else "",
            "printed_pct": nan,
            "printed_low_pct": nan,
            "printed_high_pct": nan,
            "printed_word_en": "",
            "printed_source": figure.source if figure else "",
            "printed_place": figure.place if figure else "",
        }
    low, high = figure.bounds
    return {
        "figure_id": figure.figure_id,
        "printed_pct": figure.value,
        "printed_low_pct": low,
        "printed_high_pct": high,
        "printed_word_en": figure.word_en,
        "printed_source": figure.source,
        "printed_place": figure.place,
    }


NO_INTERVAL = {
    "se_pct": nan,
    "ci_low_pct": nan,
    "ci_high_pct": nan,
    "interval_status": "",
    "differ_low_pct": nan,
    "differ_high_pct": nan,
    "bound_low_pct": nan,
    "bound_high_pct": nan,
    "fpc": nan,
    "deff": nan,
    "silent_n": None,
}


def _identity(
    survey: str, item: str, option_set: str, base_rule: str, figure: PublishedFigure | None, settings: _Settings
) -> dict:
    """The fields that name an estimate over all respondents, with its settings and its printed figure."""
    return {
        "survey": survey,
        "item": item,
        "option_set": option_set,
        "domain": ALL,
        "level": ALL,
        "base_rule": base_rule,
        "confidence_level": settings.level,
        "differ_points": settings.points,
        **_printed_fields(figure),
    }


def _published(data: SurveyData, figure: PublishedFigure, settings: _Settings) -> Estimate:
    known = data.codebook.items.get((figure.survey, figure.item))  # none for the counts of people
    base_rule = known.base_rule if known else INVITED
    return Estimate(
        **_identity(figure.survey, figure.item, figure.option_set, base_rule, figure, settings),
        **NO_INTERVAL,
        base_n=figure.base_n,
        base_status="published" if figure.base_n else "not published",
        count=None if figure.unit == "percent" else int(figure.value),
        estimate_pct=figure.value if figure.unit == "percent" else nan,
        ci_method="none: how many answered is not published"
        if data.survey.sample_size is None
        else "none: how the sample was drawn is not published",
        population_size=data.survey.population_size,
        status=Status.PUBLISHED,
    )


def _response_rows(data: SurveyData, figures: Mapping, settings: _Settings) -> list[Estimate]:
    """Counts of people and municipalities: no sample, so no interval."""
    rows = []
    for name, (count, base) in response_counts(data).items():
        figure = figures.get((RESPONSE, name))
        observed = data.kind == RowKind.OBSERVED
        status = Status.OBSERVED if observed else Status.PINNED if figure else Status.ILLUSTRATIVE
        known = status != Status.ILLUSTRATIVE
        identity = _identity(data.survey.survey, RESPONSE, name, INVITED, figure, settings)
        percent = 100 * count / base if base and known else nan
        rows.append(
            Estimate(
                **identity,
                **NO_INTERVAL,
                base_n=base if known else None,
                base_status="observed" if observed else "published" if base and known else "not published",
                count=count if known else None,
                estimate_pct=percent if observed or isnan(identity["printed_pct"]) else identity["printed_pct"],
                ci_method="none: a count of all, not a sample",
                population_size=len(data.responses.frame),
                status=status,
            )
        )
    return rows


def _from_rows(
    data: SurveyData,
    item: Item,
    named: OptionSet,
    figure: PublishedFigure | None,
    design: Design,
    settings: _Settings,
) -> Estimate:
    """Estimate one option set, and keep of it what its status allows."""
    common = {
        **_identity(data.survey.survey, item.item, named.option_set, item.base_rule, figure, settings),
        "population_size": design.population_size,
    }
    unprinted = figure is None or (figure.unit == "count" and figure.base_n is None)
    if data.kind == RowKind.SIMULATED and unprinted:
        return Estimate(
            **common,
            **NO_INTERVAL,
            base_n=None,
            base_status="not published",
            count=None,
            estimate_pct=nan,
            ci_method="none: only the real answers could tell",
            status=Status.ILLUSTRATIVE,
        )
    got = estimate_proportion(
        data.responses, item, named.values, item.base_rule, design, level=settings.level, method=settings.method
    )
    if data.kind == RowKind.SIMULATED and figure.unit == "percent":
        return _pinned(item, figure, got, design, settings, common)
    # Those who skipped the item are silent as well; those who were not asked it are not.
    missing = data.responses.missing[item.item]
    skipped = int((missing.isin(SKIPPED).to_numpy() & ~in_base(missing, item.base_rule)).sum())
    answered = design.sample_size - skipped
    ways = three_ways(got.count, got.base_n, answered, design.population_size, settings.level, settings.points)
    status = Status.OBSERVED if data.kind == RowKind.OBSERVED else Status.PINNED
    return Estimate(
        **common,
        base_n=got.base_n,
        base_status="observed" if status == Status.OBSERVED else "published",
        count=got.count,
        estimate_pct=got.estimate_pct,
        se_pct=got.se_pct,
        ci_low_pct=got.ci_low_pct,
        ci_high_pct=got.ci_high_pct,
        ci_method=got.ci_method,
        interval_status=status.value,
        differ_low_pct=ways[2],
        differ_high_pct=ways[3],
        bound_low_pct=ways[4],
        bound_high_pct=ways[5],
        fpc=got.fpc,
        deff=got.deff,
        silent_n=design.population_size - answered,
        status=status,
    )


def _pinned(
    item: Item, figure: PublishedFigure, got: Proportion, design: Design, settings: _Settings, common: dict
) -> Estimate:
    """A printed percentage, recomputed from simulated rows and kept at its printed precision."""
    bases = (figure.base_n,) if figure.base_n else range(min(item.assumed_bases), max(item.assumed_bases) + 1)
    around = envelope(figure, bases, design.population_size, design.sample_size, settings.level, settings.points)
    whole = figure.precision == Precision.INTEGER and figure.kind != COMPUTED
    return Estimate(
        **common,
        base_n=figure.base_n,
        base_status="published" if figure.base_n else f"not published; assumed {bases[0]} to {bases[-1]}",
        count=None,
        # A figure known as a range keeps none of what the simulated rows would say within it.
        estimate_pct=float(percent_half_up(got.count, got.base_n)) if whole else figure.value,
        se_pct=nan,
        ci_low_pct=around.alike_low_pct,
        ci_high_pct=around.alike_high_pct,
        ci_method="wilson, widest over the bases and every count that rounds to print",
        interval_status=Status.PINNED.value if figure.base_n else ASSUMED,
        differ_low_pct=around.differ_low_pct,
        differ_high_pct=around.differ_high_pct,
        bound_low_pct=around.bound_low_pct,
        bound_high_pct=around.bound_high_pct,
        fpc=design.fpc,
        deff=nan,
        silent_n=design.population_size - design.sample_size,
        status=Status.PINNED,
    )
