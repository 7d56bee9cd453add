"""The power of a study that does not exist yet: two linked waves of leaders' answers.

The study matches municipalities. In the first wave some leaders of each are asked of one thing,
in the second wave others are asked of another. The test is of the correlation between the
municipalities' means in the two waves. No survey answers are used here: each result rests on
what the design assumes, and on a stated seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from numbers import Integral, Real

import numpy as np
from scipy.special import nctdtr, ndtri, stdtrit

from surveybook.core.errors import SurveybookError


@dataclass(frozen=True)
class LinkedWaves:
    """A design of two linked waves and what is assumed of it, refused where it cannot be.

    A municipality has a true score in each wave, and a leader's answer is that score and an
    error of its own; both are normal. Errors are independent, since each wave asks other leaders.

    Parameters
    ----------
    municipalities : int
        k, municipalities that answer in both waves.
    leaders : int
        m, leaders who answer in each municipality and wave.
    icc : float
        The intraclass correlation: the share of the variance of one leader's answer that lies
        between municipalities, the same in both waves. 1 means scores without error.
    correlation : float
        rho, the correlation between the municipalities' true scores in the two waves.
    significance : float, optional
        The level of the two-sided test.
    """

    municipalities: int
    leaders: int
    icc: float
    correlation: float
    significance: float = 0.05

    def __post_init__(self):
        _check_whole("the number of municipalities", self.municipalities, 3, "the test has k - 2 degrees of freedom")
        _check_whole("the number of leaders", self.leaders, 1, "give leaders per municipality and wave")
        _check_number(
            "the icc",
            self.icc,
            lambda value: 0 < value <= 1,
            "above 0 and at most 1",
            "give a share, not a percentage",
        )
        _check_number("the correlation", self.correlation, lambda value: -1 <= value <= 1, "from -1 to 1")
        _check_number(
            "the significance level",
            self.significance,
            lambda value: 0 < value < 1,
            "between 0 and 1",
            "give a share such as 0.05, not a percentage",
        )

    @property
    def reliability(self) -> float:
        """The reliability m icc / (1 + (m - 1) icc) of a mean of m answers (Spearman 1910; Brown 1910)."""
        return self.leaders * self.icc / (1 + (self.leaders - 1) * self.icc)

    @property
    def attenuated_correlation(self) -> float:
        """The correlation between the means: rho sqrt(r1 r2), here with r1 = r2 (Spearman 1904)."""
        return self.correlation * self.reliability

    @property
    def critical_correlation(self) -> float:
        """The least correlation of the means, in size, that the test calls significant.

        It is t / sqrt(t^2 + k - 2), from t = r sqrt((k - 2) / (1 - r^2)).
        """
        df = self.municipalities - 2
        t = stdtrit(df, 1 - self.significance / 2)
        return float(t / sqrt(t * t + df))


@dataclass(frozen=True)
class Power:
    """Of all studies drawn, the percentage that find a correlation, and its simulation error."""

    power_pct: float
    se_pct: float


def simulate_power(design: LinkedWaves, *, draws: int, seed: int, fixed_first: bool = False) -> Power:
    """Draw a study many times, and count how often its test finds a correlation.

    The mean of m answers is drawn at once: the true score, of variance 1, and an error of
    variance (1 - icc) / (icc m). The simulation error is sqrt(p (1 - p) / draws). One seed
    gives the same scores whatever the design assumes of them, so designs differ by less than
    their errors say.

    Parameters
    ----------
    draws : int
        Studies to draw.
    seed : int
        The seed of numpy's ``default_rng``.
    fixed_first : bool, optional
        Take the true scores of the first wave as the same in every study, as
        ``power_without_error_pct`` does, and not as drawn anew in each.
    """
    _check_whole("the number of draws", draws, 1, "a few thousand are enough for whole percentages")
    _check_whole("the seed", seed, 0, "any whole number, stated beside the result")
    rng = np.random.default_rng(seed)
    shape = (draws, design.municipalities)
    first, other = rng.standard_normal(shape), rng.standard_normal(shape)
    if fixed_first:
        first = np.broadcast_to(_even_scores(design.municipalities), shape)
    second = design.correlation * first + sqrt(1 - design.correlation**2) * other
    if design.icc < 1:
        error = sqrt((1 - design.icc) / (design.icc * design.leaders))
        first = first + error * rng.standard_normal(shape)
        second = second + error * rng.standard_normal(shape)
    share = float(np.mean(np.abs(_correlations(first, second)) > design.critical_correlation))
    return Power(100 * share, 100 * sqrt(share * (1 - share) / draws))


def power_without_error_pct(design: LinkedWaves) -> float:
    """The power where scores have no error and those of the first wave are fixed, in closed form.

    The statistic of the slope has then a noncentral t distribution with k - 2 degrees of freedom
    and noncentrality rho sqrt(k / (1 - rho^2)), as the k fixed scores have mean 0 and mean square 1.
    Its square is the noncentrality f^2 (u + v + 1), f^2 = rho^2 / (1 - rho^2), u = 1, v = k - 2, of
    Cohen (1988, chapter 9).
    """
    if design.icc != 1:
        raise SurveybookError(
            "the closed form is for scores without error",
            got=f"icc = {design.icc}",
            expected="icc = 1",
            hint="use simulate_power",
        )
    df, rho = design.municipalities - 2, design.correlation
    if abs(rho) == 1:
        return 100.0
    t = stdtrit(df, 1 - design.significance / 2)
    noncentrality = rho * sqrt(design.municipalities / (1 - rho * rho))
    return 100 * float(nctdtr(df, noncentrality, -t) + nctdtr(df, -noncentrality, -t))


def _even_scores(count: int) -> np.ndarray:
    """Scores at evenly spaced quantiles of the normal distribution, of mean 0 and mean square 1."""
    scores = ndtri((np.arange(count) + 0.5) / count)
    return scores / sqrt(np.mean(scores**2))


def _correlations(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The correlation within each row of two tables."""
    first = first - first.mean(axis=1, keepdims=True)
    second = second - second.mean(axis=1, keepdims=True)
    products = [np.einsum("ij,ij->i", one, two) for one, two in ((first, second), (first, first), (second, second))]
    return products[0] / np.sqrt(products[1] * products[2])


def _check_whole(what: str, value: object, least: int, hint: str) -> None:
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise SurveybookError(
            f"{what} cannot be", got=value, expected=f"a whole number of at least {least}", hint=hint
        )


def _check_number(what: str, value: object, fits, expected: str, hint: str | None = None) -> None:
    if not isinstance(value, Real) or isinstance(value, bool) or not fits(value):
        raise SurveybookError(f"{what} cannot be", got=value, expected=f"a number {expected}", hint=hint)
