"""Power of two linked waves: against R, a closed form, single answers drawn one by one, and itself."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from surveybook.analyse.power import LinkedWaves, Power, power_without_error_pct, simulate_power
from surveybook.core.errors import SurveybookError

DRAWS, SEED = 4000, 11
EXACT = LinkedWaves(98, 1, icc=1, correlation=0.3)
USUAL = LinkedWaves(98, 6, icc=0.1, correlation=0.5)


class Expected(NamedTuple):
    """A design of scores without error, the call in expected.R, and the power that R gives."""

    r: str
    design: LinkedWaves
    power: float

    @property
    def error_pct(self) -> float:
        """The simulation error that the power of R implies; the drawn one is 0 where all draws agree."""
        return 100 * sqrt(self.power * (1 - self.power) / DRAWS)


def error_free(k: int, rho: float, level: float = 0.05) -> LinkedWaves:
    return LinkedWaves(k, 1, icc=1, correlation=rho, significance=level)


FIXED = [
    Expected("slope(98, 0.1)", error_free(98, 0.1), 0.1664055269310748),
    Expected("slope(98, 0.2)", error_free(98, 0.2), 0.51620050473027335),
    Expected("slope(98, 0.3)", error_free(98, 0.3), 0.86906729883138312),
    Expected("slope(98, -0.3)", error_free(98, -0.3), 0.86906729883138312),
    Expected("slope(98, 0.5)", error_free(98, 0.5), 0.99989116121605137),
    Expected("slope(98, 0.3, level = 0.01)", error_free(98, 0.3, 0.01), 0.68564011007337333),
    Expected("slope(40, 0.3)", error_free(40, 0.3), 0.49153227092594298),
    Expected("slope(40, 0)", error_free(40, 0), 0.050000000000000017),
    Expected("slope(10, 0.6)", error_free(10, 0.6), 0.54938559776264262),
    Expected("slope(3, 0.9)", error_free(3, 0.9), 0.22097925452776279),
]
ANEW = [
    Expected("anew(98, 0.2)", error_free(98, 0.2), 0.50997332305932508),
    Expected("anew(98, 0.3)", error_free(98, 0.3), 0.85830649125972514),
    Expected("anew(40, 0.3)", error_free(40, 0.3), 0.47741833930001187),
    Expected("anew(40, 0.5, level = 0.01)", error_free(40, 0.5, 0.01), 0.7855374900924299),
    Expected("anew(10, 0.6)", error_free(10, 0.6), 0.48583450191652411),
]
by_call = {"ids": lambda case: case.r}


def simulated(design: LinkedWaves, *, draws: int = DRAWS, **more) -> Power:
    return simulate_power(design, draws=draws, seed=SEED, **more)


def test_the_r_script_holds_each_call_and_no_other():
    script = (Path(__file__).parent / "expected.R").read_text(encoding="utf-8").splitlines()
    assert [case.r for case in (*FIXED, *ANEW)] == [line for line in script if line.startswith(("slope(", "anew("))]


@pytest.mark.parametrize("case", FIXED, **by_call)
def test_the_closed_form_is_that_of_r(case):
    assert power_without_error_pct(case.design) == pytest.approx(100 * case.power, abs=1e-8, rel=0)


@pytest.mark.parametrize("case", FIXED, **by_call)
def test_the_simulation_with_fixed_scores_is_within_its_error_of_the_closed_form(case):
    got = simulated(case.design, fixed_first=True)
    assert got.power_pct == pytest.approx(power_without_error_pct(case.design), abs=4 * case.error_pct, rel=0)


@pytest.mark.parametrize("case", ANEW, **by_call)
def test_the_simulation_with_scores_drawn_anew_is_within_its_error_of_r(case):
    assert simulated(case.design).power_pct == pytest.approx(100 * case.power, abs=4 * case.error_pct, rel=0)


def test_a_perfect_correlation_without_error_is_always_found():
    for rho in (-1, 1):
        assert power_without_error_pct(error_free(98, rho)) == simulated(error_free(98, rho)).power_pct == 100


@pytest.mark.parametrize("level", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("leaders", [1, 20])
def test_without_a_correlation_the_test_rejects_as_often_as_its_level(leaders, level):
    got = simulated(LinkedWaves(98, leaders, icc=0.1, correlation=0, significance=level))
    assert got.power_pct == pytest.approx(100 * level, abs=400 * sqrt(level * (1 - level) / DRAWS), rel=0)


def test_the_simulation_error_is_that_of_a_share_of_the_draws():
    got = simulated(USUAL)
    share = got.power_pct / 100
    assert got.se_pct == pytest.approx(100 * sqrt(share * (1 - share) / DRAWS))
    assert got.power_pct * DRAWS / 100 == pytest.approx(round(got.power_pct * DRAWS / 100))


def test_other_seeds_scatter_as_the_simulation_error_says():
    powers = [simulate_power(USUAL, draws=400, seed=seed) for seed in range(200)]
    spread = np.std([power.power_pct for power in powers])
    # The standard deviation of 200 seeds is itself within a fifth of its expectation, at four errors.
    assert spread == pytest.approx(np.mean([power.se_pct for power in powers]), rel=0.2)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("leaders", [1, 2, 3, 6, 12, 20, 50]),
        ("municipalities", [5, 10, 20, 40, 60, 80, 98]),
        ("correlation", [0, 0.1, 0.2, 0.4, 0.6, 0.8, 1]),
        ("icc", [0.05, 0.1, 0.2, 0.4, 0.7, 1]),
        ("significance", [0.001, 0.01, 0.05, 0.1]),
    ],
)
def test_more_of_anything_never_gives_less_power(field, values):
    powers = [simulated(replace(USUAL, **{field: value})) for value in values]
    for less, more in pairwise(powers):
        assert more.power_pct >= less.power_pct - 4 * sqrt(less.se_pct**2 + more.se_pct**2)
    assert powers[-1].power_pct > powers[0].power_pct + 20


def test_the_sign_of_the_correlation_does_not_matter():
    up, down = (simulated(replace(USUAL, correlation=rho)) for rho in (0.5, -0.5))
    assert up.power_pct == pytest.approx(down.power_pct, abs=4 * sqrt(2) * up.se_pct)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others():
    assert simulated(USUAL) == simulated(USUAL)
    assert simulated(USUAL) != simulate_power(USUAL, draws=DRAWS, seed=SEED + 1)


def test_results_are_plain_numbers():
    assert {type(value) for value in vars(simulated(USUAL)).values()} == {float}
    assert type(power_without_error_pct(EXACT)) is float


# Errors of measurement


@pytest.mark.parametrize(("leaders", "icc", "rho"), [(1, 0.3, 0.8), (3, 0.1, 0.9), (6, 0.5, -0.6), (20, 0.1, 0.4)])
def test_means_of_single_answers_correlate_as_the_attenuation_formula_says(leaders, icc, rho):
    # Each leader is drawn here: a score of variance icc, and an error of variance 1 - icc.
    rng, many = np.random.default_rng(5), 60_000
    scores = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=many) * sqrt(icc)
    errors = rng.standard_normal((many, 2, leaders)) * sqrt(1 - icc)
    means = (scores[:, :, None] + errors).mean(axis=2)
    found = np.corrcoef(means.T)[0, 1]
    told = LinkedWaves(98, leaders, icc, rho).attenuated_correlation
    assert found == pytest.approx(told, abs=4 * (1 - told**2) / sqrt(many))


def test_single_answers_drawn_one_by_one_give_the_power_of_their_means():
    rng, draws, k, m = np.random.default_rng(6), 2000, 40, 3
    first, other = rng.standard_normal((2, draws, k))
    waves = [first, 0.7 * first + sqrt(1 - 0.49) * other]
    # An icc of 0.25: errors of three times the variance of the scores.
    means = [wave + sqrt(3) * rng.standard_normal((draws, k, m)).mean(axis=2) for wave in waves]
    r = np.array([np.corrcoef(one, two)[0, 1] for one, two in zip(*means, strict=True)])
    t = r * np.sqrt((k - 2) / (1 - r * r))
    share = np.mean(np.abs(t) > 2.0243941639119702)  # R: qt(0.975, 38)
    got = simulated(LinkedWaves(k, m, icc=0.25, correlation=0.7))
    assert got.power_pct == pytest.approx(100 * share, abs=4 * sqrt(2500 / draws + got.se_pct**2))


def test_errors_of_measurement_act_as_a_weaker_correlation():
    # Means of normal scores and errors are normal too, so only their correlation counts.
    with_error = simulated(USUAL)
    without = simulated(error_free(98, USUAL.attenuated_correlation))
    assert with_error.power_pct == pytest.approx(without.power_pct, abs=4 * sqrt(2) * without.se_pct)


def test_the_reliability_of_a_mean_has_its_textbook_values():
    # Spearman and Brown: twice a test of reliability 0.5 has 2/3, and 9 answers of icc 0.1 have a half.
    assert LinkedWaves(98, 2, 0.5, 0).reliability == pytest.approx(2 / 3)
    assert LinkedWaves(98, 9, 0.1, 0).reliability == pytest.approx(0.5)
    assert LinkedWaves(98, 1, 0.3, 0).reliability == pytest.approx(0.3)
    assert LinkedWaves(98, 20, 1, 0).reliability == 1


def test_the_critical_correlation_is_that_of_printed_tables():
    # As printed in tables of critical values of Pearson's r, two-sided: 10 pairs, and 100 pairs at 0.01.
    assert error_free(10, 0).critical_correlation == pytest.approx(0.632, abs=5e-4)
    assert error_free(102, 0, 0.01).critical_correlation == pytest.approx(0.254, abs=5e-4)


# What is refused

GOOD = {"municipalities": 98, "leaders": 6, "icc": 0.1, "correlation": 0.5, "significance": 0.05}


@pytest.mark.parametrize(
    ("field", "value", "what", "expected"),
    [
        ("municipalities", 2, "the number of municipalities", "a whole number of at least 3"),
        ("municipalities", 98.0, "the number of municipalities", "a whole number of at least 3"),
        ("municipalities", "98", "the number of municipalities", "a whole number of at least 3"),
        ("leaders", 0, "the number of leaders", "a whole number of at least 1"),
        ("leaders", True, "the number of leaders", "a whole number of at least 1"),
        ("icc", 0, "the icc", "a number above 0 and at most 1"),
        ("icc", 10, "the icc", "a number above 0 and at most 1"),
        ("icc", float("nan"), "the icc", "a number above 0 and at most 1"),
        ("correlation", 1.01, "the correlation", "a number from -1 to 1"),
        ("correlation", float("-inf"), "the correlation", "a number from -1 to 1"),
        ("correlation", None, "the correlation", "a number from -1 to 1"),
        ("significance", 0, "the significance level", "a number between 0 and 1"),
        ("significance", 5, "the significance level", "a number between 0 and 1"),
    ],
)
def test_an_impossible_design_is_refused(field, value, what, expected):
    with pytest.raises(SurveybookError) as caught:
        LinkedWaves(**{**GOOD, field: value})
    assert caught.value.what == f"{what} cannot be"
    assert caught.value.expected == expected
    assert caught.value.got is value


@pytest.mark.parametrize(
    ("setting", "what"), [({"draws": 0}, "draws"), ({"draws": 1e4}, "draws"), ({"seed": -1}, "seed")]
)
def test_an_impossible_simulation_is_refused(setting, what):
    with pytest.raises(SurveybookError, match=what) as caught:
        simulate_power(USUAL, **{"draws": 10, "seed": 1, **setting})
    assert caught.value.expected.startswith("a whole number of at least")


def test_the_closed_form_of_scores_with_error_is_refused():
    with pytest.raises(SurveybookError, match="scores without error") as caught:
        power_without_error_pct(USUAL)
    assert (caught.value.got, caught.value.expected) == ("icc = 0.1", "icc = 1")
