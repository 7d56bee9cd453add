"""Confidence intervals for a proportion, each by name and with its source."""

from __future__ import annotations

from math import inf, log, sqrt
from statistics import NormalDist

from scipy.special import expit, stdtrit

from surveybook.core.errors import SurveybookError, one_of


def normal_quantile(level: float) -> float:
    """The two-sided normal quantile of a confidence level, for example 1.96 at 0.95."""
    return NormalDist().inv_cdf((1 + level) / 2)


def t_quantile(level: float, df: float) -> float:
    """The two-sided quantile of Student's t; ``df`` are the design's degrees of freedom."""
    return float(stdtrit(df, (1 + level) / 2))


def wilson_interval(p: float, effective_n: float, level: float) -> tuple[float, float]:
    """Wilson's score interval with an effective sample size, in shares of 1.

    Solves |p - P| = z sqrt(P (1 - P) / n) for P (Wilson 1927, JASA 22: 209-212). A complex
    design, or a finite population, enters by n = p (1 - p) / v(p), the effective sample size
    (Korn and Graubard 1998, Survey Methodology 24: 193-201). A census has n infinite.
    """
    if effective_n == inf:
        return p, p
    z = normal_quantile(level)
    centre = (p + z * z / (2 * effective_n)) / (1 + z * z / effective_n)
    half = z / (1 + z * z / effective_n) * sqrt(p * (1 - p) / effective_n + z * z / (4 * effective_n**2))
    # At 0 and 1 the closed form is exact, but its floats may miss by one in the last place.
    return (0.0 if p == 0 else centre - half), (1.0 if p == 1 else centre + half)


def logit_interval(p: float, se: float, level: float, df: float) -> tuple[float, float] | None:
    """The interval that is symmetric on the logit scale, in shares of 1.

    logit(p) -/+ t se / (p (1 - p)), transformed back: R ``survey::svyciprop(method = "xlogit")``.
    None where p is 0 or 1, so that the logit does not exist, and where se is 0, which would claim certainty.
    """
    if p in (0, 1) or se == 0:
        return None
    half = t_quantile(level, df) * se / (p * (1 - p))
    centre = log(p / (1 - p))
    return float(expit(centre - half)), float(expit(centre + half))


METHODS = ("wilson", "logit")


def check_method(method: str) -> None:
    """Refuse an interval method that is not known by name."""
    if method not in METHODS:
        raise SurveybookError("unknown interval method", got=method, expected=one_of(METHODS))


def check_level(level: float) -> None:
    """Refuse a confidence level outside 0 to 1."""
    if not 0 < level < 1:
        raise SurveybookError(
            "the confidence level is not a share", got=level, expected="above 0 and below 1, for example 0.95"
        )
