"""The share of a base that chose an option, with its variance and interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np
import pandas as pd

from surveybook.analyse.bases import in_base
from surveybook.analyse.design import Design
from surveybook.analyse.intervals import check_level, check_method, logit_interval, wilson_interval
from surveybook.core.errors import SurveybookError
from surveybook.core.model import Item, ItemType
from surveybook.process.survey_data import SEPARATOR, Responses

# A variance below this, in shares of 1 squared, is what rounding leaves of a variance of 0.
NO_VARIANCE = 1e-20
ALIKE = "none: all clusters or strata answered alike, so how answers vary is not known"


@dataclass(frozen=True)
class Proportion:
    """An estimated share. ``*_pct`` are percent, ``se_pct`` percentage points; no interval is nan."""

    base_n: int
    count: int
    estimate_pct: float
    se_pct: float
    ci_low_pct: float
    ci_high_pct: float
    ci_method: str
    fpc: float
    deff: float


def estimate_proportion(
    responses: Responses,
    item: Item,
    values: frozenset[str],
    base_rule: str,
    design: Design,
    *,
    level: float = 0.95,
    method: str = "wilson",
    domain: np.ndarray | None = None,
) -> Proportion:
    """Estimate the share of a base that chose one of some options.

    Parameters
    ----------
    responses : Responses, n rows
    item : Item
    values : frozenset of str
        Raw values that count, as in an option set.
    base_rule : str
        Who is in the denominator; see ``bases.BASE_RULES``.
    design : Design
        With ``sample_size`` n. A base smaller than n is a domain, as R's ``subset`` of a design.
    level : float, 0 < level < 1
    method : {"wilson", "logit"}
    domain : array of bool, shape (n,), optional
        A further restriction of the base.

    Raises
    ------
    SurveybookError
        An empty base, a single respondent, or answers of other people than the design's.
    """
    chosen = chose(responses, item, values)
    base = in_base(responses.missing[item.item], base_rule)
    if domain is not None:
        base = base & domain
    return proportion_of(chosen, base, design, level=level, method=method, what=f"the item {item.item}")


def chose(responses: Responses, item: Item, values: frozenset[str]) -> np.ndarray:
    """Tell for each respondent whether they chose one of some options: array of bool, shape (n,)."""
    cells = responses.codes[item.item]
    if item.type == ItemType.MULTIPLE:
        return cells.map(lambda cell: bool(values & set(cell.split(SEPARATOR)))).to_numpy(dtype=bool)
    return cells.isin(values).to_numpy()


def proportion_of(
    chosen: np.ndarray,
    base: np.ndarray,
    design: Design,
    *,
    level: float = 0.95,
    method: str = "wilson",
    what: str = "the base",
) -> Proportion:
    """Estimate a share from two arrays of bool of shape (n,); see ``estimate_proportion``.

    Notes
    -----
    p = sum w d y / sum w d. Its variance is that of the linearised total of
    z_i = w_i d_i (y_i - p) / sum w d, with respondents or clusters as units:
    v = sum over strata of (1 - n_h / N_h) m_h / (m_h - 1) sum_c (z_hc - mean z_h)^2,
    n_h respondents and m_h units in stratum h (Särndal, Swensson and Wretman 1992, ch. 5;
    R ``survey::svymean`` on a ``subset``). Without strata, clusters and weights and with
    base n_d this is (1 - n / N) n / (n - 1) p (1 - p) / n_d.
    """
    check_method(method)
    check_level(level)
    if len(chosen) != design.sample_size or len(base) != design.sample_size:
        raise SurveybookError(
            f"{what} does not fit the design",
            got=f"{len(chosen)} answers, {len(base)} in or out of the base",
            expected=f"{design.sample_size} respondents",
        )
    if not base.any():
        raise SurveybookError(
            f"{what} has an empty base",
            got=0,
            expected="at least one respondent",
            hint="check the base rule and the gaps",
        )
    weights = design.respondent_weights() * base
    p = float((weights * chosen).sum() / weights.sum())
    base_n, count = int(base.sum()), int((chosen & base).sum())
    variance, df = _variance(weights * (chosen - p) / weights.sum(), design, what)
    low, high, named = _interval(p, variance, df, base_n, design, level, method)
    deff = 1.0 if design.is_simple else _design_effect(p, variance, base_n, design)
    return Proportion(
        base_n=base_n,
        count=count,
        estimate_pct=100 * p,
        se_pct=100 * sqrt(variance),
        ci_low_pct=100 * low,
        ci_high_pct=100 * high,
        ci_method=named,
        fpc=design.fpc,
        deff=deff,
    )


def _variance(z: np.ndarray, design: Design, what: str) -> tuple[float, int]:
    """The variance of the sum of z, and the degrees of freedom (units less strata)."""
    strata = design.stratum_labels()
    units = np.arange(design.sample_size) if design.cluster is None else design.cluster.to_numpy()
    frame = pd.DataFrame({"stratum": strata, "unit": units, "z": z})
    variance, unit_count, stratum_count = 0.0, 0, 0
    for stratum, rows in frame.groupby("stratum", sort=True):
        fpc = design.stratum_fpc(stratum, len(rows))
        # Without clusters each respondent is a unit, in the order of the rows.
        by_unit = rows["z"] if design.cluster is None else rows.groupby("unit", sort=True)["z"].sum()
        totals = by_unit.to_numpy()
        unit_count, stratum_count = unit_count + len(totals), stratum_count + 1
        if fpc == 0:
            continue  # a census of the stratum has no sampling error
        if len(totals) < 2:
            raise SurveybookError(
                f"{what} has no interval: only one respondent, or one cluster",
                got=len(totals),
                expected="at least two in each stratum",
                hint="one answer says nothing of how answers vary; show the count, or merge strata",
            )
        variance += fpc * len(totals) / (len(totals) - 1) * float(((totals - totals.mean()) ** 2).sum())
    return (variance if variance > NO_VARIANCE else 0.0), unit_count - stratum_count


def _interval(p, variance, df, base_n, design, level, method) -> tuple[float, float, str]:
    if design.fpc == 0:
        return p, p, method
    if method == "logit":
        bounds = logit_interval(p, sqrt(variance), level, df)
        reason = "none: the logit does not exist at 0 and 100 percent" if p in (0, 1) else ALIKE
        return (*bounds, method) if bounds else (nan, nan, reason)
    if design.is_simple:
        return (*wilson_interval(p, design.simple_effective_n(base_n), level), method)
    if variance == 0:
        return nan, nan, ALIKE
    return (*wilson_interval(p, p * (1 - p) / variance, level), method)


def _design_effect(p: float, variance: float, base_n: int, design: Design) -> float:
    """The variance against that of a simple sample of the same size, without replacement."""
    effective_n = design.simple_effective_n(base_n)
    return variance / (p * (1 - p) / effective_n) if 0 < p < 1 and effective_n != inf else nan
