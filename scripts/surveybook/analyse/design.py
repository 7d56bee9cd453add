"""How the answers came about: population, sample, strata, clusters, weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from numbers import Integral

import numpy as np
import pandas as pd

from surveybook.core.errors import SurveybookError


def _check_count(what: str, value: object) -> None:
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise SurveybookError(
            f"{what} is not a count of people",
            got=value,
            expected="a whole number of at least 1",
            hint="give the number of people, not a share",
        )


@dataclass(frozen=True)
class Design:
    """A survey design, refused where it cannot be.

    Parameters
    ----------
    population_size : int
        N, people in the population.
    sample_size : int
        n, people who answered the survey; a smaller base is a domain of these.
    strata : Series of length n, optional
        The stratum of each respondent; needs ``stratum_sizes``.
    stratum_sizes : mapping of stratum to int, optional
        People in the population of each stratum; they sum to N.
    cluster : Series of length n, optional
        The cluster of each respondent (their municipality).
    weights : Series of length n, optional
        Positive weights; by default each respondent stands for N / n people of the stratum.
    """

    population_size: int
    sample_size: int
    strata: pd.Series | None = None
    stratum_sizes: Mapping | None = None
    cluster: pd.Series | None = None
    weights: pd.Series | None = None

    def __post_init__(self):
        for name in ("population_size", "sample_size"):
            _check_count(f"the design's {name}", getattr(self, name))
        if self.sample_size > self.population_size:
            raise SurveybookError(
                "the design has more respondents than people",
                got=f"n = {self.sample_size}, N = {self.population_size}",
                expected="n at most N",
            )
        for name in ("strata", "cluster", "weights"):
            self._check_series(name)
        if self.weights is not None:
            wrong = self.weights[~((self.weights > 0) & np.isfinite(self.weights))]
            if len(wrong):
                raise SurveybookError("a weight is not positive", got=float(wrong.iloc[0]), expected="above 0")
        self._check_strata()

    def _check_series(self, name: str) -> None:
        series = getattr(self, name)
        if series is None:
            return
        if len(series) != self.sample_size:
            raise SurveybookError(
                f"the design's {name} does not fit the sample",
                got=len(series),
                expected=f"{self.sample_size} values",
            )
        if series.isna().any():
            raise SurveybookError(f"the design's {name} has a gap", expected="a value for each respondent")

    def _check_strata(self) -> None:
        if (self.strata is None) != (self.stratum_sizes is None):
            raise SurveybookError(
                "strata and their population sizes come together",
                expected="both strata and stratum_sizes, or neither",
            )
        if self.strata is None:
            return
        for stratum, size in self.stratum_sizes.items():
            _check_count(f"the size of the stratum {stratum}", size)
        counts = self.strata.value_counts()
        if set(counts.index) - set(self.stratum_sizes):
            raise SurveybookError(
                "a stratum has no population size",
                got=sorted(set(counts.index) - set(self.stratum_sizes), key=str),
                expected="a size for each stratum",
            )
        if sum(self.stratum_sizes.values()) != self.population_size:
            raise SurveybookError(
                "the strata do not add up to the population",
                got=sum(self.stratum_sizes.values()),
                expected=str(self.population_size),
            )
        unheard = sorted(set(self.stratum_sizes) - set(counts.index), key=str)
        if unheard:
            raise SurveybookError(
                "nobody of a stratum answered", got=unheard, expected="a respondent in each", hint="merge strata"
            )
        for stratum, count in counts.items():
            if count > self.stratum_sizes[stratum]:
                raise SurveybookError(
                    f"the stratum {stratum} has more respondents than people",
                    got=int(count),
                    expected=f"at most {self.stratum_sizes[stratum]}",
                )

    @property
    def fpc(self) -> float:
        """The finite population correction (N - n) / N, a multiplier of the variance."""
        return (self.population_size - self.sample_size) / self.population_size

    def stratum_labels(self) -> np.ndarray:
        """The stratum of each respondent; one stratum where there is none."""
        return np.zeros(self.sample_size, dtype=int) if self.strata is None else self.strata.to_numpy()

    def stratum_fpc(self, stratum: object, count: int) -> float:
        """The correction (N_h - n_h) / N_h of one stratum."""
        size = self.population_size if self.strata is None else self.stratum_sizes[stratum]
        return (size - count) / size

    def respondent_weights(self) -> np.ndarray:
        """The weight of each respondent: given, or N_h / n_h."""
        if self.weights is not None:
            return self.weights.to_numpy(dtype=float)
        if self.strata is None:
            return np.full(self.sample_size, self.population_size / self.sample_size)
        counts = self.strata.value_counts()
        return self.strata.map(lambda stratum: self.stratum_sizes[stratum] / counts[stratum]).to_numpy(dtype=float)

    @property
    def is_simple(self) -> bool:
        """Whether everyone counts alike: no strata, clusters or weights."""
        return self.strata is None and self.cluster is None and self.weights is None

    def simple_effective_n(self, base_n: int) -> float:
        """The effective size n_d (n - 1) / (n (1 - n / N)) of a base of a simple design.

        It is p (1 - p) / v(p), and the same for every p, so it serves at 0 and 1 too.
        """
        if self.fpc == 0:
            return inf
        if self.sample_size < 2:
            raise SurveybookError(
                "one respondent gives no interval",
                got=1,
                expected="at least two",
                hint="show the count instead",
            )
        return base_n * (self.sample_size - 1) / (self.sample_size * self.fpc)
