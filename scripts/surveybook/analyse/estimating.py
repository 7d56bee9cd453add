"""Work out every estimate of a data package, and what each rests on."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isnan, nan

import numpy
import pandas
import scipy

from surveybook.analyse.agreement import refuse_disagreement, response_counts
from surveybook.analyse.bases import SKIPPED, in_base
from surveybook.analyse.cells import EVERYONE, GAP_PREFIX, Tabulation, option_values, survey_cells
from surveybook.analyse.choices import AS_PRINTED, CHOICES, check_choices, cut_scales, place_dont_knows
from surveybook.analyse.design import Design
from surveybook.analyse.disclosure import protect
from surveybook.analyse.estimates import ASSUMED, ASSUMED_SAMPLE, Estimate, Estimates
from surveybook.analyse.implied import refuse_unfounded
from surveybook.analyse.intervals import check_level, check_method, wilson_interval
from surveybook.analyse.paired import Pair, compare_pairs
from surveybook.analyse.printed import envelope, feasible_counts, possible_bases, three_ways, tipping_point
from surveybook.analyse.proportions import Proportion, proportion_of
from surveybook.analyse.replicates import chosen_shares_pct, refuse_missed_figures, refuse_moving_pins, span
from surveybook.analyse.rounded import THRESHOLD, check_threshold
from surveybook.core.errors import SurveybookError
from surveybook.core.kept import code_digest, is_kept, keep
from surveybook.core.model import (
    ALL,
    RESPONSE,
    Cell,
    FigureKind,
    Precision,
    PublishedFigure,
    RowKind,
    Sampling,
    Status,
    Survey,
)
from surveybook.core.paths import find_project
from surveybook.core.reads import hearing, note_known
from surveybook.core.rounding import percent_half_up
from surveybook.process import SurveyData
from surveybook.process.package import DataPackage, load_package
from surveybook.process.survey_data import read_surveys

INVITED = "invited"  # the base rule of the counts of people


def load_estimates(
    data_package: str = "data",
    confidence_level: float = 0.95,
    ci_method: str = "wilson",
    differ_points: float = 10,
    threshold: int = THRESHOLD,
    dont_know: str = AS_PRINTED,
    cut_point: str = AS_PRINTED,
) -> Estimates:
    """Load a data package and estimate all its surveys: what a chapter begins with.

    The rows stay here; a chapter sees estimates alone. See ``load_surveys`` and ``estimate_surveys``.
    """
    return estimate_package(
        _package(data_package),
        confidence_level=confidence_level,
        ci_method=ci_method,
        differ_points=differ_points,
        dont_know=dont_know,
        cut_point=cut_point,
        threshold=threshold,
    )


def load_choices(
    data_package: str = "data",
    confidence_level: float = 0.95,
    ci_method: str = "wilson",
    differ_points: float = 10,
    threshold: int = THRESHOLD,
) -> dict[str, Estimates]:
    """Load a data package and estimate it under each choice that another analyst might make, by its name.

    The first is the choice of print; each of the others differs from it in one respect.
    """
    package = _package(data_package)
    settings = {
        "confidence_level": confidence_level,
        "ci_method": ci_method,
        "differ_points": differ_points,
        "threshold": threshold,
    }
    return {name: estimate_package(package, **settings, **choice) for name, choice in CHOICES.items()}


def estimate_package(package: DataPackage, **settings) -> Estimates:
    """Estimate all surveys of a data package, once for each content of its files; see ``estimate_surveys``."""
    if not is_kept():
        return estimate_surveys(read_surveys(package), **settings)

    def make() -> bytes:
        with hearing() as reads:
            estimates = estimate_surveys(read_surveys(package), **settings)
        return pickle.dumps((reads, estimates))

    versions = [sys.version, *(library.__version__ for library in (numpy, pandas, scipy))]
    made_from = [code_digest("core", "process", "analyse"), versions, package.content_digest(), settings]
    reads, estimates = pickle.loads(keep(json.dumps(made_from, sort_keys=True), make))
    for name, sha256 in reads.items():
        note_known(name, sha256)
    return estimates


def _package(name: str) -> DataPackage:
    return load_package(find_project().data_package(name))


def estimate_surveys(
    surveys: Mapping[str, SurveyData],
    *,
    confidence_level: float = 0.95,
    ci_method: str = "wilson",
    differ_points: float = 10,
    dont_know: str = AS_PRINTED,
    cut_point: str = AS_PRINTED,
    threshold: int = THRESHOLD,
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
    dont_know, cut_point : str
        Other choices than those of print; see ``choices``. Then domains are left out.
    threshold : int, 3 to 50
        Of observed rows, no cell of fewer people is told, nor can be had by subtraction; see ``disclosure``.

    Raises
    ------
    SurveybookError
        A setting is impossible; simulated rows, or a replicate, disagree with print; or an
        estimate called fixed by print moves between the replicates.
    """
    check_level(confidence_level)
    check_method(ci_method)
    check_choices(dont_know, cut_point)
    check_threshold(threshold)
    if not 0 <= differ_points <= 100:
        raise SurveybookError("points by which the silent differ", got=differ_points, expected="0 to 100")
    if not surveys:
        raise SurveybookError("there is no survey to estimate", expected="at least one in codebook/surveys.csv")
    settings = _Settings(confidence_level, ci_method, differ_points, dont_know, threshold)
    rows: list[Estimate] = []
    pairs: list[Pair] = []
    for data in surveys.values():
        refuse_disagreement(data)
        refuse_missed_figures(data)
        for item in data.items:
            stated = {f.option_set: f for f in data.published if f.item == item.item and f.unit == "percent"}
            refuse_unfounded(data.codebook, item, stated)
        chosen = _chosen(data, dont_know, cut_point)
        as_printed = (dont_know, cut_point) == (AS_PRINTED, AS_PRINTED)
        mine = _survey_rows(chosen, settings, domains=as_printed)
        compared = compare_pairs(chosen, confidence_level)
        if data.kind == RowKind.OBSERVED and data.responses is not None:
            people = {count for name, (count, _) in response_counts(data).items() if name != "municipalities"}
            # Comparisons under several choices would tell who did not know.
            compared = compared if as_printed else []
            mine, compared = protect(mine, compared, chosen, threshold, published=people, method=ci_method)
        rows += mine
        pairs += compared
    codebook = cut_scales(place_dont_knows(next(iter(surveys.values())).codebook, dont_know), cut_point)
    replicates = {name: data.replicates for name, data in surveys.items() if data.replicates}
    figures = {figure.figure_id: figure for data in surveys.values() for figure in data.published}
    refuse_moving_pins(rows, replicates, figures)
    kinds = {name: data.kind for name, data in surveys.items()}
    return Estimates(tuple(rows), codebook, tuple(pairs), figures, replicates, dont_know, cut_point, threshold, kinds)


def _chosen(data: SurveyData, dont_know: str, cut_point: str) -> SurveyData:
    """A survey under other choices; a printed share without rows knows no other."""
    if data.responses is None:
        return data
    return replace(data, codebook=cut_scales(place_dont_knows(data.codebook, dont_know), cut_point))


@dataclass(frozen=True)
class _Settings:
    level: float
    method: str
    points: float
    dont_know: str
    threshold: int


def _survey_rows(data: SurveyData, settings: _Settings, *, domains: bool) -> list[Estimate]:
    figures = _first_printed(data)
    if data.responses is None:
        return [_published(data, figure, settings) for figure in figures.values()]
    design = Design(len(data.responses.frame), len(data.responses.codes))
    observed = data.kind == RowKind.OBSERVED
    tabulation = Tabulation(data.responses, data.codebook, data.survey.survey)
    rows = _response_rows(data, figures, settings)
    cells = [*survey_cells(data.codebook, data.survey.survey, places=observed)]
    if data.replicates:
        cells += [cell for cell in data.replicates.counts if cell.domain == EVERYONE]
    for cell in cells:
        figure = _figure_of(data, cell, figures)
        if cell.domain != ALL and not domains:
            continue
        if observed:
            rows.append(_observed(data, tabulation, cell, figure, design, settings))
        elif figure is None or settings.dont_know != AS_PRINTED or (figure.unit == "count" and not figure.base_n):
            rows.append(_illustrative(data, tabulation, cell, figure, settings))
        else:
            rows.append(_pinned(data, tabulation, cell, figure, design, settings))
    return rows


def _figure_of(data: SurveyData, cell: Cell, figures: Mapping) -> PublishedFigure | None:
    """The printed figure of a share: of its option set, or of a set with the same answers."""
    if cell.domain != ALL or cell.option_set.startswith(GAP_PREFIX):
        return None
    item = data.codebook.item(data.survey.survey, cell.item)
    values = option_values(data.codebook, item)
    same = [name for name, answers in values.items() if answers == values[cell.option_set]]
    return next((figures[cell.item, name] for name in same if (cell.item, name) in figures), None)


def _first_printed(data: SurveyData) -> dict[tuple[str, str], PublishedFigure]:
    """The figure that carries each claim, by item and option set; a percentage goes before a count."""
    figures: dict[tuple[str, str], PublishedFigure] = {}
    for figure in sorted(data.published, key=lambda figure: figure.unit != "percent"):
        if figure.same_claim_as is None:
            figures.setdefault((figure.item, figure.option_set), figure)
    return figures


def _printed_fields(figure: PublishedFigure | None) -> dict:
    if figure is None or figure.unit != "percent":
        return {
            "figure_id": figure.figure_id if figure else "",
            "printed_pct": nan,
            "printed_low_pct": nan,
            "printed_high_pct": nan,
            "printed_word_en": figure.word_en if figure else "",
            "printed_word_da": figure.word_da if figure else "",
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
        "printed_word_da": figure.word_da,
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
    "tip_low_pct": nan,
    "tip_high_pct": nan,
    "fpc": nan,
    "deff": nan,
    "silent_n": None,
}


def _identity(
    data: SurveyData, cell: Cell, base_rule: str, figure: PublishedFigure | None, settings: _Settings
) -> dict:
    """The fields that name an estimate, with its settings, its printed figure and its replicates' span."""
    low, high = nan, nan
    if data.replicates:
        low, high = span(chosen_shares_pct(data.replicates, data.codebook, cell, settings.dont_know))
    return {
        "survey": data.survey.survey,
        **vars(cell),
        "low_pct": low,
        "high_pct": high,
        "base_rule": base_rule,
        "confidence_level": settings.level,
        "differ_points": settings.points,
        **_printed_fields(figure),
    }


def _published(data: SurveyData, figure: PublishedFigure, settings: _Settings) -> Estimate:
    """A printed figure without rows behind it; an interval only where n and the sampling allow one."""
    known = data.codebook.items.get((figure.survey, figure.item))  # none for the counts of people
    base_rule = known.base_rule if known else INVITED
    count = figure.unit == "count"
    interval, method, status = (nan, nan), "none: a count of all, not a sample", ""
    if known:
        interval, method = _published_interval(data.survey, figure, settings.level)
        status = "" if isnan(interval[0]) else ASSUMED_SAMPLE
    return Estimate(
        **_identity(data, Cell(figure.item, figure.option_set), base_rule, figure, settings),
        **NO_INTERVAL | {"ci_low_pct": interval[0], "ci_high_pct": interval[1], "interval_status": status},
        base_n=figure.base_n,
        base_status="published" if figure.base_n else _unknown_base(data.survey),
        count=int(figure.value) if count else None,
        estimate_pct=nan if count else figure.value,
        ci_method=method,
        population_size=data.survey.population_size,
        status=Status.PUBLISHED,
    )


def _unknown_base(survey: Survey) -> str:
    """What is known of a base that is not printed with its figure."""
    answered = f"{survey.sample_size:,} answered the survey" if survey.sample_size else survey.response_note
    return f"not published; {answered}" if answered else "not published"


WITHOUT_INTERVAL = {
    Sampling.PANEL: "none: a panel, and how its members were chosen is not published",
    Sampling.NO_SAMPLE: "none: these are interviews, not a sample",
    Sampling.NOT_REPRESENTATIVE: "none: the source says that it is not representative",
    Sampling.NOT_PUBLISHED: "none: how the sample was drawn is not published",
    Sampling.EVERYONE: "none: everyone was asked, and who did not answer is not known",
}


def _published_interval(survey: Survey, figure: PublishedFigure, level: float) -> tuple[tuple[float, float], str]:
    """The widest Wilson interval over every share that a printed figure allows, and its method; or why there is none.

    Of a sample that is called representative and whose size is printed, taken as a simple random one of a
    large population in which everyone answered the question.
    """
    base = figure.base_n or survey.sample_size
    if base is None:
        return (nan, nan), "none: how many answered is not published"
    if survey.sampling != Sampling.REPRESENTATIVE:
        return (nan, nan), WITHOUT_INTERVAL[survey.sampling]
    counts = feasible_counts(figure, base)
    low = wilson_interval(counts[0] / base, base, level)[0]
    high = wilson_interval(counts[-1] / base, base, level)[1]
    method = "wilson, widest over every count that rounds to print, as of a simple random sample"
    return (100 * low, 100 * high), method


def _response_rows(data: SurveyData, figures: Mapping, settings: _Settings) -> list[Estimate]:
    """Counts of people and municipalities: no sample, so no interval."""
    rows = []
    for name, (count, base) in response_counts(data).items():
        figure = figures.get((RESPONSE, name))
        observed = data.kind == RowKind.OBSERVED
        status = Status.OBSERVED if observed else Status.PINNED if figure else Status.ILLUSTRATIVE
        known = status != Status.ILLUSTRATIVE
        identity = _identity(data, Cell(RESPONSE, name), INVITED, figure, settings)
        percent = 100 * count / base if base and known else nan
        rows.append(
            Estimate(
                **identity,
                **NO_INTERVAL,
                # Of how many the open answers are is not printed; rows tell.
                base_n=base if base and known else len(data.responses.codes) if observed else None,
                base_status="observed" if observed else "published" if base and known else "not published",
                count=count if known else None,
                estimate_pct=percent if observed or isnan(identity["printed_pct"]) else identity["printed_pct"],
                ci_method="none: a count of all, not a sample",
                population_size=len(data.responses.frame),
                status=status,
            )
        )
    return rows


def _illustrative(
    data: SurveyData, tabulation: Tabulation, cell: Cell, figure: PublishedFigure | None, settings: _Settings
) -> Estimate:
    """A share that only real answers could tell: it has no value, only its span over the replicates."""
    return Estimate(
        **_identity(data, cell, tabulation.base_rule(cell), figure, settings),
        **NO_INTERVAL,
        base_n=None,
        base_status="not published",
        count=None,
        estimate_pct=nan,
        ci_method="none: only the real answers could tell",
        population_size=len(data.responses.frame),
        status=Status.ILLUSTRATIVE,
    )


def _estimated(tabulation: Tabulation, cell: Cell, design: Design, settings: _Settings) -> Proportion:
    chosen, base = tabulation.masks(cell)
    what = f"the item {cell.item}" + ("" if cell.domain == ALL else f" in the domain {cell.domain} {cell.level}")
    return proportion_of(chosen, base, design, level=settings.level, method=settings.method, what=what)


def _observed(
    data: SurveyData,
    tabulation: Tabulation,
    cell: Cell,
    figure: PublishedFigure | None,
    design: Design,
    settings: _Settings,
) -> Estimate:
    identity = _identity(data, cell, tabulation.base_rule(cell), figure, settings)
    if cell.domain != ALL and not tabulation.count(cell)[1]:
        return _empty(identity, design)
    got = _estimated(tabulation, cell, design, settings)
    return Estimate(
        **identity,
        **_from_counts(data, tabulation, cell, got, design, settings),
        base_status="observed",
        interval_status=Status.OBSERVED.value,
        status=Status.OBSERVED,
    )


def _empty(identity: dict, design: Design) -> Estimate:
    """Nobody is in this level of a domain."""
    return Estimate(
        **identity,
        **NO_INTERVAL,
        base_n=0,
        base_status="observed",
        count=0,
        estimate_pct=nan,
        ci_method="none: nobody is in this group",
        population_size=design.population_size,
        status=Status.OBSERVED,
    )


def _from_counts(
    data: SurveyData, tabulation: Tabulation, cell: Cell, got: Proportion, design: Design, settings: _Settings
) -> dict:
    """What rows say of a share whose base is known; a domain speaks of itself, not of the silent."""
    differ = bound = (nan, nan)
    tip, silent = nan, None
    if cell.domain == ALL and not cell.option_set.startswith(GAP_PREFIX):
        # Those who skipped the item are silent as well; those who were not asked it are not.
        missing = data.responses.missing[cell.item]
        skipped = int((missing.isin(SKIPPED).to_numpy() & ~in_base(missing, tabulation.base_rule(cell))).sum())
        silent = design.population_size - design.sample_size + skipped
        counts = (got.count, got.base_n, design.population_size - silent, design.population_size)
        ways = three_ways(*counts, settings.level, settings.points)
        differ, bound, tip = ways[2:4], ways[4:6], tipping_point(*counts)
    return {
        "base_n": got.base_n,
        "count": got.count,
        "estimate_pct": got.estimate_pct,
        "se_pct": got.se_pct,
        "ci_low_pct": got.ci_low_pct,
        "ci_high_pct": got.ci_high_pct,
        "ci_method": got.ci_method,
        "differ_low_pct": differ[0],
        "differ_high_pct": differ[1],
        "bound_low_pct": bound[0],
        "bound_high_pct": bound[1],
        "tip_low_pct": tip,
        "tip_high_pct": tip,
        "fpc": got.fpc,
        "deff": got.deff,
        "population_size": design.population_size,
        "silent_n": silent,
    }


def _pinned(
    data: SurveyData,
    tabulation: Tabulation,
    cell: Cell,
    figure: PublishedFigure,
    design: Design,
    settings: _Settings,
) -> Estimate:
    """A printed figure, recomputed from simulated rows and kept at its printed precision."""
    identity = _identity(data, cell, tabulation.base_rule(cell), figure, settings)
    got = _estimated(tabulation, cell, design, settings)
    if figure.unit == "count":
        return Estimate(
            **identity,
            **_from_counts(data, tabulation, cell, got, design, settings),
            base_status="published",
            interval_status=Status.PINNED.value,
            status=Status.PINNED,
        )
    bases = possible_bases(data.codebook.item(data.survey.survey, cell.item), figure)
    around = envelope(figure, bases, design.population_size, design.sample_size, settings.level, settings.points)
    whole = figure.precision == Precision.INTEGER and figure.kind != FigureKind.COMPUTED
    return Estimate(
        **identity,
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
        tip_low_pct=around.tip_low_pct,
        tip_high_pct=around.tip_high_pct,
        fpc=design.fpc,
        deff=nan,
        population_size=design.population_size,
        silent_n=design.population_size - design.sample_size,
        status=Status.PINNED,
    )
