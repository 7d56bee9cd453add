"""What a printed percentage allows: counts by brute force, ranges by closed forms."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from surveybook.analyse.intervals import wilson_interval
from surveybook.analyse.printed import agrees, envelope, feasible_counts, three_ways, tipping_point
from surveybook.core.errors import SurveybookError
from surveybook.core.model import Precision, PublishedFigure

steady = settings(deadline=None, derandomize=True)  # the same examples on every machine
WAYS = ("alike_low", "alike_high", "differ_low", "differ_high", "bound_low", "bound_high")
NEARLY_ALL = {"low": 87, "high": 90, "precision": Precision.VERBAL}
HALF = {"low": 48, "high": 52, "precision": Precision.VERBAL}


def printed(value: float, low=None, high=None, precision=Precision.INTEGER, kind="printed") -> PublishedFigure:
    """A printed percentage of an item that does not matter here."""
    return PublishedFigure(
        figure_id="figure",
        same_claim_as=None,
        survey="vive",
        item="extent",
        option_set="top2",
        value=value,
        unit="percent",
        low=low,
        high=high,
        precision=precision,
        word_en="",
        word_da="",
        kind=kind,
        base_n=None,
        source="",
        place="",
    )


def rounded(count: int, base: int) -> int:
    """The percentage as print rounds it, by the school's rule, in decimal numbers."""
    return int((Decimal(100 * count) / Decimal(base)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("figure", "base", "counts"),
    [
        (printed(54), 296, range(159, 162)),
        (printed(14), 296, range(40, 43)),
        (printed(0), 296, range(0, 2)),
        (printed(100), 296, range(295, 297)),
        (printed(73), 160, range(116, 118)),
        (printed(73), 255, range(185, 188)),
        (printed(50), 1, range(0)),
        (printed(100), 1, range(1, 2)),
        # 12.5 percent is rounded up, to 13; rounding to even would give 12.
        (printed(13), 8, range(1, 2)),
        (printed(12), 8, range(0)),
        # 0.5 percent is 1 in print.
        (printed(1), 200, range(1, 3)),
        # A figure that was printed as 31 to 33 is anything that rounds to one of them.
        (printed(32, 31, 33), 296, range(91, 100)),
        # 32 is what is left of 100 after 54 and 14, each rounded by half a point at most: 31 to 33 itself.
        (printed(32, 31, 33, kind="computed"), 296, range(92, 98)),
        # 27 is what is left of 100 after 73: 26.5 to 27.5, which is 78.44 to 81.4 of 296.
        (printed(27, 26.5, 27.5, kind="computed"), 296, range(79, 82)),
        (printed(27, 26.5, 27.5, kind="computed"), 160, range(43, 45)),
        # 26.5 and 27.5 percent are inside; rounding half up would leave the second out.
        (printed(27, 26.5, 27.5, kind="computed"), 200, range(53, 56)),
        # Words allow the range itself, without rounding: 48 to 52 percent.
        (printed(50, **HALF), 296, range(143, 154)),
        (printed(50, **HALF), 160, range(77, 84)),
        (printed(50, **HALF), 100, range(48, 53)),
        (printed(90, **NEARLY_ALL), 296, range(258, 267)),
        (printed(90, **NEARLY_ALL), 160, range(140, 145)),
    ],
)
def test_known_counts(figure, base, counts):
    assert feasible_counts(figure, base) == list(counts)


@steady
@given(st.integers(0, 100), st.integers(1, 1200))
def test_counts_are_those_that_round_to_print(value, base):
    expected = [count for count in range(base + 1) if rounded(count, base) == value]
    assert feasible_counts(printed(value), base) == expected


@steady
@given(st.integers(0, 100), st.integers(0, 5), st.integers(0, 5), st.integers(1, 600))
def test_counts_of_a_printed_range_round_into_it(value, below, above, base):
    low, high = value - below, value + above
    expected = [count for count in range(base + 1) if low <= rounded(count, base) <= high]
    assert feasible_counts(printed(value, low, high), base) == expected


@steady
@given(st.integers(0, 100), st.integers(0, 20), st.integers(0, 20), st.integers(1, 600))
def test_counts_of_words_and_of_computed_figures_lie_in_the_range_itself(value, below, above, base):
    low, high = value - below / 2, value + above / 2  # halves are exact as floats
    expected = [count for count in range(base + 1) if low <= Fraction(100 * count, base) <= high]
    assert feasible_counts(printed(value, low, high, Precision.VERBAL), base) == expected
    assert feasible_counts(printed(value, low, high, kind="computed"), base) == expected


@steady
@given(st.integers(100, 600), st.data())
def test_what_is_left_of_a_printed_figure_is_held_by_the_computed_one(base, data):
    # Whoever did not say yes, where 73 percent of some base did, is 27 percent by the computed figure.
    yes = data.draw(st.sampled_from([count for count in range(base + 1) if rounded(count, base) == 73]))
    assert agrees(printed(27, 26.5, 27.5, kind="computed"), base - yes, base)


@steady
@given(st.integers(1, 1200).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_every_count_agrees_with_its_own_percentage_only(pair):
    count, base = pair
    own = rounded(count, base)
    assert agrees(printed(own), count, base)
    assert not agrees(printed(own + 1), count, base) and not agrees(printed(own - 1), count, base)


def test_from_a_base_of_100_each_percentage_is_possible():
    # Below 100 some are not: 1 percent of 49 is no count.
    assert all(feasible_counts(printed(value), 100) == [value] for value in range(101))
    assert feasible_counts(printed(1), 49) == []


def test_bounds_by_hand():
    # 160 of 296 said yes; the other 260 of 556 all say no, or all yes.
    _, _, _, _, low, high = three_ways(160, 296, 296, 556, 0.95, 10)
    assert (low, high) == pytest.approx((100 * 160 / 556, 100 * 420 / 556), abs=1e-12)


def test_differing_by_ten_points_by_hand():
    _, _, low, high, _, _ = three_ways(160, 296, 296, 556, 0.95, 10)
    expected = [
        100 * (160 + 260 * (Fraction(160, 296) + points)) / 556 for points in (-Fraction(1, 10), Fraction(1, 10))
    ]
    assert [low, high] == pytest.approx([float(value) for value in expected], abs=1e-12)


def wilson_by_hand(count: int, base: int, effective_n: Fraction) -> list[float]:
    """The roots of Wilson's equation, in percent, from exact fractions and a square root in decimals."""
    z = Decimal("1.959963984540054235524594430521")
    p, q = Decimal(count) / base, z * z * effective_n.denominator / effective_n.numerator
    root = ((2 * p + q) ** 2 - 4 * (1 + q) * p * p).sqrt()
    return [float(100 * (2 * p + q + sign * root) / (2 * (1 + q))) for sign in (-1, 1)]


@pytest.mark.parametrize(
    ("count", "base", "answered", "effective_n"),
    [
        # all who answered are in the base: (296 - 1) / (1 - 296 / 556)
        (160, 296, 296, Fraction(295 * 556, 260)),
        # 160 of 296 were asked: 160 / 296 of that
        (86, 160, 296, Fraction(160 * 295 * 556, 296 * 260)),
        # the other 136 were asked and are silent: (160 - 1) / (1 - 160 / 556)
        (86, 160, 160, Fraction(159 * 556, 396)),
        # two answered of twenty, and both were asked: 1 / (1 - 2 / 20)
        (1, 2, 2, Fraction(20, 18)),
    ],
)
def test_alike_by_hand(count, base, answered, effective_n):
    population = 20 if answered == 2 else 556
    low, high, *_ = three_ways(count, base, answered, population, 0.95, 10)
    assert [low, high] == pytest.approx(wilson_by_hand(count, base, effective_n), abs=1e-10)


def test_a_domain_of_the_sample_by_hand():
    # 80 of 160 in the base; all 260 silent may belong to it.
    _, _, differ_low, differ_high, low, high = three_ways(80, 160, 296, 556, 0.95, 20)
    assert (low, high) == pytest.approx((100 * 80 / 420, 100 * 340 / 420), abs=1e-12)
    assert (differ_low, differ_high) == pytest.approx(
        (100 * (80 + 260 * 0.3) / 420, 100 * (80 + 260 * 0.7) / 420), abs=1e-12
    )


def test_others_who_skipped_the_question_are_silent_too():
    # 80 of 160, and nobody else of the 556 said anything: all 396 may belong to the base.
    _, _, differ_low, differ_high, low, high = three_ways(80, 160, 160, 556, 0.95, 20)
    assert (low, high) == pytest.approx((100 * 80 / 556, 100 * 476 / 556), abs=1e-12)
    assert (differ_low, differ_high) == pytest.approx(
        (100 * (80 + 396 * 0.3) / 556, 100 * (80 + 396 * 0.7) / 556), abs=1e-12
    )


def test_fewer_silent_in_the_base_are_inside_the_bounds():
    # Of the 260 silent any number may be in the base, so all of them give the extremes.
    _, _, differ_low, differ_high, low, high = three_ways(80, 160, 296, 556, 0.95, 20)
    for silent in range(261):
        assert low <= 100 * 80 / (160 + silent) + 1e-9
        assert 100 * (80 + silent) / (160 + silent) <= high + 1e-9
        assert differ_low <= 100 * (80 + silent * 0.3) / (160 + silent) + 1e-9
        assert 100 * (80 + silent * 0.7) / (160 + silent) <= differ_high + 1e-9


def test_the_silent_cannot_be_below_0_or_above_100_percent():
    # 281 of 296 is 95 percent: 10 points more would be 105, so all 260 silent say yes.
    _, _, _, high, _, bound = three_ways(281, 296, 296, 556, 0.95, 10)
    assert high == bound == pytest.approx(100 * 541 / 556, abs=1e-12)
    _, _, low, _, bound, _ = three_ways(15, 296, 296, 556, 0.95, 10)
    assert low == bound == pytest.approx(100 * 15 / 556, abs=1e-12)


@steady
@given(st.integers(0, 296))
def test_no_points_leave_the_share_as_it_is_and_a_hundred_give_the_bounds(count):
    _, _, low, high, _, _ = three_ways(count, 296, 296, 556, 0.95, 0)
    assert (low, high) == pytest.approx((100 * count / 296,) * 2, abs=1e-10)
    _, _, *differ, low, high = three_ways(count, 296, 296, 556, 0.95, 100)
    assert differ == pytest.approx([low, high], abs=1e-10)


def test_a_census_leaves_nothing_open():
    assert three_ways(3, 5, 5, 5, 0.95, 10) == pytest.approx((60,) * 6, abs=1e-12)


def test_one_respondent_is_refused():
    with pytest.raises(SurveybookError, match="one respondent gives no interval"):
        three_ways(1, 1, 1, 556, 0.95, 10)


samples = st.integers(2, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n), st.integers(n, 2 * n + 50)))


@steady
@given(samples, st.data(), st.floats(0, 100), st.floats(0, 100))
def test_ranges_hold_the_share_and_lie_in_each_other(sample, data, some, more):
    n, base, population = sample
    count = data.draw(st.integers(0, base))
    few, many = sorted([some, more])
    alike_low, alike_high, low, high, bound_low, bound_high = three_ways(count, base, n, population, 0.95, few)
    _, _, wider_low, wider_high, *_ = three_ways(count, base, n, population, 0.95, many)
    share, slack = 100 * count / base, 1e-9
    ordered = [0, bound_low, wider_low, low, share, high, wider_high, bound_high, 100]
    assert all(left <= right + slack for left, right in pairwise(ordered))
    assert -slack <= alike_low <= share + slack and share - slack <= alike_high <= 100 + slack


@steady
@given(samples, st.data(), st.floats(0, 100))
def test_one_more_yes_raises_every_end(sample, data, points):
    n, base, population = sample
    count = data.draw(st.integers(0, base - 1))
    fewer = three_ways(count, base, n, population, 0.95, points)
    more = three_ways(count + 1, base, n, population, 0.95, points)
    assert all(left < right + 1e-9 for left, right in zip(fewer, more, strict=True))
    assert fewer[4] < more[4] and fewer[5] < more[5]


@steady
@given(st.integers(0, 100), st.sets(st.integers(100, 296), min_size=1, max_size=4), st.floats(0, 100))
def test_the_envelope_holds_every_member_and_touches_one(value, bases, points):
    figure = printed(value)
    around = envelope(figure, bases, 556, 296, 0.95, points)
    # The other answerers were not asked, or were asked and are silent too: which is not known.
    members = [
        three_ways(count, base, answered, 556, 0.95, points)
        for base in bases
        for count in range(base + 1)
        if rounded(count, base) == value
        for answered in (base, 296)
    ]
    for number, way in enumerate(WAYS):
        ends = [member[number] for member in members]
        outermost = min(ends) if way.endswith("low") else max(ends)
        assert getattr(around, f"{way}_pct") == outermost


def test_the_envelope_of_one_base_by_hand():
    # 54 percent of 296 is 159, 160 or 161.
    around = envelope(printed(54), [296], 556, 296, 0.95, 10)
    n = 295 * 556 / 260
    assert around.bound_low_pct == pytest.approx(100 * 159 / 556, abs=1e-12)
    assert around.bound_high_pct == pytest.approx(100 * (161 + 260) / 556, abs=1e-12)
    assert around.differ_low_pct == pytest.approx(100 * (159 + 260 * (159 / 296 - 0.1)) / 556, abs=1e-12)
    assert around.differ_high_pct == pytest.approx(100 * (161 + 260 * (161 / 296 + 0.1)) / 556, abs=1e-12)
    assert around.alike_low_pct == pytest.approx(100 * wilson_interval(159 / 296, n, 0.95)[0], abs=1e-9)
    assert around.alike_high_pct == pytest.approx(100 * wilson_interval(161 / 296, n, 0.95)[1], abs=1e-9)


def test_the_envelope_of_a_smaller_base_by_hand():
    # 54 percent of 160 is 86 or 87. If the other 136 answerers were asked too, 396 are silent, which is widest.
    around = envelope(printed(54), [160], 556, 296, 0.95, 10)
    n = Fraction(159 * 556, 396)
    assert around.bound_low_pct == pytest.approx(100 * 86 / 556, abs=1e-12)
    assert around.bound_high_pct == pytest.approx(100 * (87 + 396) / 556, abs=1e-12)
    assert around.differ_low_pct == pytest.approx(100 * (86 + 396 * (86 / 160 - 0.1)) / 556, abs=1e-12)
    assert around.differ_high_pct == pytest.approx(100 * (87 + 396 * (87 / 160 + 0.1)) / 556, abs=1e-12)
    assert around.alike_low_pct == pytest.approx(wilson_by_hand(86, 160, n)[0], abs=1e-10)
    assert around.alike_high_pct == pytest.approx(wilson_by_hand(87, 160, n)[1], abs=1e-10)


@steady
@given(st.integers(2, 296).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))), st.floats(0, 100))
def test_the_more_are_silent_the_wider_is_every_range(pair, points):
    count, base = pair
    asked = three_ways(count, base, base, 556, 0.95, points)
    not_asked = three_ways(count, base, 296, 556, 0.95, points)
    for wide, narrow, way in zip(asked, not_asked, WAYS, strict=True):
        assert wide <= narrow + 1e-9 if way.endswith("low") else wide >= narrow - 1e-9


@steady
@given(st.integers(0, 100), st.sets(st.integers(100, 296), min_size=2, max_size=4))
def test_more_assumed_bases_never_narrow_the_envelope(value, bases):
    one, all_of_them = (envelope(printed(value), some, 556, 296, 0.95, 10) for some in ({min(bases)}, bases))
    for way in WAYS:
        inner, outer = getattr(one, f"{way}_pct"), getattr(all_of_them, f"{way}_pct")
        assert outer <= inner if way.endswith("low") else outer >= inner


def test_words_widen_the_envelope():
    exact = envelope(printed(50), [296], 556, 296, 0.95, 10)
    words = envelope(printed(50, **HALF), [296], 556, 296, 0.95, 10)
    assert words.bound_low_pct < exact.bound_low_pct and words.bound_high_pct > exact.bound_high_pct


def test_a_base_that_cannot_give_the_figure_is_left_out():
    # 1 percent of 49 is no count; of 296 it is.
    assert envelope(printed(1), [49, 296], 556, 296, 0.95, 10) == envelope(printed(1), [296], 556, 296, 0.95, 10)


@pytest.mark.parametrize("bases", [[49], []], ids=["no base gives it", "no base"])
def test_a_figure_that_no_base_can_give_is_refused(bases):
    with pytest.raises(SurveybookError):
        envelope(printed(1), bases, 556, 296, 0.95, 10)


# How far the silent would have to differ before everyone is split in halves


def by_linear_program(count: int, base: int, silent: int) -> float:
    """The least distance of a share among the silent from the answerers', in points, that gives one half."""
    share = count / base
    # q, the share among the silent, and t, which is at least its distance from the answerers' share
    solved = linprog(
        [0, 1],
        A_ub=[[1, -1], [-1, -1]],
        b_ub=[share, -share],
        A_eq=[[silent / (base + silent), 0]],
        b_eq=[0.5 - count / (base + silent)],
        bounds=[(0, 1), (0, None)],
    )
    return 100 * solved.fun if solved.success else inf


TIPPING = [
    *((160, 296, 296), (150, 296, 296), (147, 296, 296), (281, 296, 296), (15, 296, 296), (41, 296, 296)),
    *((219, 296, 296), (77, 296, 296), (0, 296, 296), (296, 296, 296), (86, 160, 160), (86, 160, 296)),
    *((152, 160, 160), (152, 160, 296), (8, 160, 160), (8, 160, 296), (133, 255, 255), (133, 255, 296)),
    *((242, 255, 255), (242, 255, 296), (1, 3, 3), (2, 3, 296), (207, 296, 296), (198, 296, 296), (100, 160, 296)),
]


@pytest.mark.parametrize(("count", "base", "answered"), TIPPING)
def test_the_tipping_point_is_that_of_the_linear_program(count, base, answered):
    expected = by_linear_program(count, base, 556 - answered)
    assert tipping_point(count, base, answered, 556) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("count", "base", "answered"), TIPPING)
def test_the_tipping_point_by_exact_fractions(count, base, answered):
    share, silent = Fraction(count, base), 556 - answered
    among_the_silent = (Fraction(base + silent, 2) - count) / silent  # who makes it exactly one half
    possible = 0 <= among_the_silent <= 1
    expected = float(100 * abs(share - among_the_silent)) if possible else inf
    assert tipping_point(count, base, answered, 556) == pytest.approx(expected, abs=1e-9)


def test_the_cases_hold_both_kinds_of_tipping_point():
    found = [by_linear_program(count, base, 556 - answered) for count, base, answered in TIPPING]
    assert sum(tip == inf for tip in found) >= 4
    assert sum(0 < tip < 100 for tip in found) >= 12


def test_the_headlines_tipping_point_by_hand():
    # 160 of 296 is 54.05; |160 / 296 - 1 / 2| * 556 / 260 is 8.67 points.
    expected = float(100 * (Fraction(160, 296) - Fraction(1, 2)) * Fraction(556, 260))
    assert tipping_point(160, 296, 296, 556) == pytest.approx(expected, abs=1e-12)
    assert expected == pytest.approx(8.67, abs=0.005)


@pytest.mark.parametrize(("count", "base"), [(148, 296), (80, 160), (1, 2)])
def test_exactly_half_tips_at_once(count, base):
    assert tipping_point(count, base, 296, 556) == 0
    assert tipping_point(count, base, 556, 556) == 0


def test_no_difference_is_enough_where_the_silent_are_too_few():
    # 281 of 296 said yes, and 281 of 556 is more than half already; 278 of 556 is half.
    assert tipping_point(281, 296, 296, 556) == inf
    assert tipping_point(279, 296, 296, 556) == inf
    assert tipping_point(278, 296, 296, 556) == pytest.approx(100 * 278 / 296, abs=1e-9)
    assert tipping_point(15, 296, 296, 556) == inf
    assert tipping_point(18, 296, 296, 556) == pytest.approx(100 * 278 / 296, abs=1e-9)


@pytest.mark.parametrize("count", [0, 3, 5])
def test_a_census_never_tips(count):
    assert tipping_point(count, 5, 5, 5) == inf


@steady
@given(st.integers(1, 296).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_yes_and_no_tip_at_the_same_point(pair):
    count, base = pair
    assert tipping_point(count, base, 296, 556) == pytest.approx(
        tipping_point(base - count, base, 296, 556), abs=1e-9
    )


@steady
@given(st.integers(2, 296).flatmap(lambda base: st.tuples(st.integers(0, base - 1), st.just(base))))
def test_the_further_from_half_the_more_it_takes(pair):
    count, base = pair
    near, far = sorted((count, count + 1), key=lambda yes: abs(2 * yes - base))
    tips = [tipping_point(yes, base, 296, 556) for yes in (near, far)]
    # one more yes, from just below half to just above it, is as far on the other side
    assert (
        tips[0] == pytest.approx(tips[1], abs=1e-9)
        if abs(2 * near - base) == abs(2 * far - base)
        else (tips[0] < tips[1] or tips[0] == tips[1] == inf)
    )


@steady
@given(
    st.integers(1, 296).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))),
    st.integers(0, 259),
)
def test_the_more_are_silent_the_less_it_takes(pair, silent):
    count, base = pair
    few, more = (tipping_point(count, base, 556 - some, 556) for some in (silent, silent + 1))
    assert more <= few


@steady
@given(samples, st.data())
def test_at_the_tipping_point_everyone_is_split_in_halves(sample, data):
    n, base, population = sample
    count = data.draw(st.integers(0, base))
    tip = tipping_point(count, base, n, population)
    if tip != inf:
        # three_ways moves the silent by as many points, which gives one half at one of its ends
        _, _, low, high, _, _ = three_ways(count, base, n, population, 0.95, min(tip, 100))
        assert min(abs(low - 50), abs(high - 50)) < 1e-7


@steady
@given(st.integers(0, 100), st.sets(st.integers(100, 296), min_size=1, max_size=4))
def test_the_envelope_holds_every_tipping_point(value, bases):
    around = envelope(printed(value), bases, 556, 296, 0.95, 10)
    tips = []
    for base in bases:
        for count in (count for count in range(base + 1) if rounded(count, base) == value):
            for silent in (260, 556 - base):
                among_the_silent = (Fraction(base + silent, 2) - count) / silent
                possible = 0 <= among_the_silent <= 1
                tips.append(float(100 * abs(Fraction(count, base) - among_the_silent)) if possible else inf)
    assert (around.tip_low_pct, around.tip_high_pct) == pytest.approx((min(tips), max(tips)), abs=1e-9)


def test_the_tipping_points_of_an_envelope_by_hand():
    # 54 percent of 296 is 159 to 161.
    around = envelope(printed(54), [296], 556, 296, 0.95, 10)
    ends = [100 * abs(count / 296 - 0.5) * 556 / 260 for count in (159, 161)]
    assert [around.tip_low_pct, around.tip_high_pct] == pytest.approx(ends, abs=1e-9)
    # 50 percent of 296 may be half itself.
    around = envelope(printed(50), [296], 556, 296, 0.95, 10)
    assert around.tip_low_pct == 0 < around.tip_high_pct
    # 95 percent of 296 is more than half of 556 whatever the silent say; of 160 it is not.
    around = envelope(printed(95), [160, 296], 556, 296, 0.95, 10)
    assert 0 < around.tip_low_pct < 100 and around.tip_high_pct == inf
    around = envelope(printed(95), [296], 556, 296, 0.95, 10)
    assert around.tip_low_pct == around.tip_high_pct == inf
