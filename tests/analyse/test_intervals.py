"""Interval formulas against published tables, their own equations, and R.

Values marked R come from ``Rscript tests/analyse/expected.R``; these tests do not need R.
"""

from decimal import Decimal
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveybook.analyse.intervals import (
    METHODS,
    check_level,
    check_method,
    logit_interval,
    normal_quantile,
    t_quantile,
    wilson_interval,
)
from surveybook.core.errors import SurveybookError

# Newcombe (1998), Statistics in Medicine 17: 857-872, table I, method 3 (score, no correction).
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)]

# Published to 30 digits.
Z = {
    0.9: Decimal("1.644853626951472714863848907992"),
    0.95: Decimal("1.959963984540054235524594430521"),
    0.99: Decimal("2.575829303548900760966110211049"),
}

# R: qnorm((1 + level) / 2)
R_NORMAL = {
    0.5: 0.67448975019608171,
    0.8: 1.2815515655446008,
    0.9: 1.6448536269514715,
    0.95: 1.9599639845400536,
    0.99: 2.5758293035488999,
}

# R: qt((1 + level) / 2, df)
R_T = {
    (0.9, 1): 6.3137515146750376,
    (0.9, 2): 2.9199855803537238,
    (0.9, 5): 2.0150483733330224,
    (0.9, 23): 1.7138715277470475,
    (0.9, 295): 1.6500353039261182,
    (0.95, 1): 12.706204736174694,
    (0.95, 2): 4.3026527297494619,
    (0.95, 5): 2.5705818356363137,
    (0.95, 23): 2.0686576104190482,
    (0.95, 295): 1.9680381148904691,
    (0.99, 1): 63.656741162871526,
    (0.99, 2): 9.9248432009182892,
    (0.99, 5): 4.0321429835552287,
    (0.99, 23): 2.8073356837699985,
    (0.99, 295): 2.59259756105675,
}

# R: plogis(qlogis(p) + c(-1, 1) * qt((1 + level) / 2, df) * se / (p * (1 - p)))
R_LOGIT = [
    (0.54, 0.02, 0.95, 295, 0.50047136860116281, 0.57903173253626594),
    (0.01, 0.006, 0.95, 295, 0.0030551394567248161, 0.03222149468964472),
    (0.99, 0.006, 0.95, 295, 0.96777850531035525, 0.99694486054327525),
    (0.25, 0.1, 0.9, 5, 0.10217347609547238, 0.49402032938431883),
    (0.5, 0.3, 0.95, 1, 2.3884622019391967e-07, 0.99999976115377986),
    (0.7, 0.05, 0.99, 23, 0.5446022756812372, 0.81990605252102344),
    (0.5, 0.35, 0.999, 1, 0, 1),  # far out on the logit scale, where a bare exp() overflows
]

steady = settings(deadline=None, derandomize=True)  # the same examples on every machine
counts = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.floats(0.01, 0.999)


def score_roots(p: Decimal, n: Decimal, z: Decimal) -> tuple[float, float]:
    """Solve (p - P)^2 = z^2 P (1 - P) / n for P, in decimal numbers."""
    q = z * z / n
    a, b = 1 + q, 2 * p + q
    root = (b * b - 4 * a * p * p).sqrt()
    return float((b - root) / (2 * a)), float((b + root) / (2 * a))


@pytest.mark.parametrize(("count", "n", "low", "high"), NEWCOMBE)
def test_wilson_in_a_published_table(count, n, low, high):
    got = wilson_interval(count / n, n, 0.95)
    assert [round(end, 4) for end in got] == [low, high]


@pytest.mark.parametrize("level", Z)
@pytest.mark.parametrize(("count", "n"), [(0, 5), (1, 5), (5, 5), (7, 160), (160, 296), (295, 296), (1, 10**6)])
def test_wilson_solves_its_equation(count, n, level):
    expected = score_roots(Decimal(count) / n, Decimal(n), Z[level])
    assert wilson_interval(count / n, n, level) == pytest.approx(expected, abs=1e-12, rel=0)


def test_wilson_with_an_effective_size_that_is_no_whole_number():
    # 160 of 296 in a population of 556: n = 295 / (1 - 296/556).
    n = 295 / (1 - Decimal(296) / 556)
    expected = score_roots(Decimal(160) / 296, n, Z[0.95])
    assert wilson_interval(160 / 296, float(n), 0.95) == pytest.approx(expected, abs=1e-12, rel=0)


@steady
@given(counts, levels)
def test_wilson_holds_the_share_and_stays_a_share(pair, level):
    count, n = pair
    low, high = wilson_interval(count / n, n, level)
    assert 0 <= low <= count / n <= high <= 1
    assert low < high


@steady
@given(counts, levels)
def test_wilson_mirrors(pair, level):
    count, n = pair
    low, high = wilson_interval(count / n, n, level)
    assert wilson_interval(1 - count / n, n, level) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@steady
@given(counts, st.tuples(levels, levels).filter(lambda pair: pair[1] - pair[0] > 0.001))
def test_a_higher_level_gives_a_wider_wilson_interval(pair, two):
    count, n = pair
    inner, outer = (wilson_interval(count / n, n, level) for level in two)
    assert outer[1] - outer[0] > inner[1] - inner[0]
    assert outer[0] <= inner[0] and inner[1] <= outer[1]


@steady
@given(counts)
def test_twice_the_answers_give_a_narrower_wilson_interval(pair):
    count, n = pair
    wide, narrow = wilson_interval(count / n, n, 0.95), wilson_interval(count / n, 2 * n, 0.95)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


@pytest.mark.parametrize("n", [1, 2, 3, 20, 296, 556, 10**6])
def test_wilson_touches_0_and_1_exactly(n):
    assert wilson_interval(0.0, n, 0.95)[0] == 0
    assert wilson_interval(1.0, n, 0.95)[1] == 1


@pytest.mark.parametrize("p", [0, 0.25, 0.54, 1])
def test_wilson_of_a_census_is_the_share(p):
    assert wilson_interval(p, inf, 0.95) == (p, p)


@pytest.mark.parametrize("level", R_NORMAL)
def test_normal_quantiles(level):
    assert normal_quantile(level) == pytest.approx(R_NORMAL[level], abs=1e-12, rel=0)


@pytest.mark.parametrize(("level", "df"), R_T)
def test_t_quantiles(level, df):
    assert t_quantile(level, df) == pytest.approx(R_T[level, df], rel=1e-11)


@pytest.mark.parametrize(("p", "se", "level", "df", "low", "high"), R_LOGIT)
def test_logit(p, se, level, df, low, high):
    assert logit_interval(p, se, level, df) == pytest.approx((low, high), abs=1e-11, rel=0)


@steady
@given(st.floats(0.001, 0.999), st.floats(1e-6, 0.05), st.sampled_from([0.8, 0.9, 0.95]), st.integers(5, 500))
def test_logit_holds_the_share_stays_a_share_and_mirrors(p, se, level, df):
    low, high = logit_interval(p, se, level, df)
    assert 0 <= low < p < high <= 1
    assert logit_interval(1 - p, se, level, df) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize("p", [0, 1, 0.0, 1.0])
def test_logit_does_not_exist_at_0_and_1(p):
    assert logit_interval(p, 0.0, 0.95, 10) is None


@pytest.mark.parametrize("method", METHODS)
def test_known_methods_pass(method):
    assert check_method(method) is None


@pytest.mark.parametrize("method", ["wald", "Wilson", "", None])
def test_an_unknown_method_is_refused(method):
    with pytest.raises(SurveybookError) as caught:
        check_method(method)
    assert caught.value.what == "unknown interval method"
    assert caught.value.expected == "one of 'logit', 'wilson'"
    assert caught.value.got == method


@pytest.mark.parametrize("level", [1e-9, 0.5, 0.95, 0.999])
def test_possible_levels_pass(level):
    assert check_level(level) is None


@pytest.mark.parametrize("level", [0, 1, -0.95, 1.5, 95, float("nan"), inf, True, False])
def test_an_impossible_level_is_refused(level):
    with pytest.raises(SurveybookError) as caught:
        check_level(level)
    assert caught.value.what == "the confidence level is not a share"
    assert caught.value.expected == "above 0 and below 1, for example 0.95"
    assert caught.value.got is level
