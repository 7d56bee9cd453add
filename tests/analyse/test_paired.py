"""Two shares of the same people: every joint table by brute force, the widest by linear programs, errors by R.

The R calls, ``pair`` in expected.R, take the mean of 1 (who said the first alone), -1 (the second
alone) and 0, by ``svymean`` on the base as a subset of a design with a finite population.
``Rscript tests/analyse/expected.R`` prints them again; these tests themselves do not need R.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor, inf, isnan, sqrt
from statistics import mean, variance

import pytest
from made_up import first_answers, made_figure, observed, rounded, with_figure, with_item
from scipy.optimize import linprog

from surveybook.analyse import estimate_surveys
from surveybook.analyse.design import Design
from surveybook.analyse.paired import compare_pairs, joint_counts, paired_variance, widest_pair
from surveybook.core.errors import SurveybookError
from surveybook.core.model import Precision, Status
from surveybook.process import load_surveys

Z = {0.95: 1.959963984540054, 0.99: 2.5758293035489004}
EVERYONE, ANSWERED = 556, 296


@dataclass(frozen=True)
class Case:
    """One call of ``pair`` in expected.R, and what R printed for it."""

    name: str
    sample: int
    base: int
    first: int
    second: int
    both: int
    difference: float
    se: float
    low: float
    high: float
    level: float = 0.95
    population: int = EVERYONE

    @property
    def effective_n(self) -> float:
        """The base, its correction as that of a proportion: b (n - 1) / (n (1 - n / N))."""
        return float(self.base * (self.sample - 1) / (self.sample * (1 - Fraction(self.sample, self.population))))


CASES = [
    Case(
        "all in the base",
        *(296, 296, 210, 198, 150),
        0.040540540540540536,
        0.023995176126521123,
        -0.0064891404701361774,
        0.087570221551217242,
    ),
    Case(
        "fewest in both",
        *(296, 296, 210, 198, 112),
        0.040540540540540536,
        0.031349198356515146,
        -0.020902759182431389,
        0.10198384026351245,
    ),
    Case(
        "most in both",
        *(296, 296, 210, 198, 198),
        0.040540540540540536,
        0.0078522903914181111,
        0.025150334177211117,
        0.055930746903869955,
    ),
    Case(
        "a domain of 255",
        *(296, 255, 181, 171, 130),
        0.039215686274509803,
        0.025710485301716542,
        -0.011175938941901033,
        0.089607311490920633,
    ),
    Case(
        "a domain of 255, fewest in both",
        *(296, 255, 242, 189, 176),
        0.20784313725490194,
        0.022148703238214044,
        0.16443247660373675,
        0.25125379790606711,
    ),
    Case(
        "a domain of 255, turned",
        *(296, 255, 171, 181, 97),
        -0.039215686274509803,
        0.033723516815441675,
        -0.10531256466480637,
        0.026881192115786767,
    ),
    Case(
        "a domain of 160",
        *(296, 160, 114, 107, 61),
        0.043750000000000004,
        0.042531330464419301,
        -0.039609875924833012,
        0.12710987592483303,
    ),
    Case(
        "160, the others silent",
        *(160, 160, 114, 107, 61),
        0.043750000000000004,
        0.052564975838275879,
        -0.059275459491238837,
        0.14677545949123885,
    ),
    Case(
        "no difference",
        *(296, 255, 120, 120, 60),
        0,
        0.029426226148906172,
        -0.05767434345278686,
        0.05767434345278686,
    ),
    Case(
        "all differ",
        *(296, 160, 100, 60, 0),
        0.25,
        0.052433611585969354,
        0.14723200971213798,
        0.35276799028786199,
    ),
    Case("all say the first alone", *(296, 160, 160, 0, 0), 1, 0, 1, 1),
    Case(
        "99 percent",
        *(296, 255, 181, 171, 130),
        0.039215686274509803,
        0.025710485301716542,
        -0.027010135174114949,
        0.10544150772313456,
        level=0.99,
    ),
    Case(
        "another population",
        *(40, 23, 15, 11, 6),
        0.17391304347826086,
        0.11970999118245022,
        -0.060714227828948947,
        0.4085403147854707,
        population=90,
    ),
]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@each_case
def test_the_standard_error_is_rs(case):
    counts = (case.first, case.second, case.both, case.base)
    assert sqrt(paired_variance(*counts, case.effective_n)) == pytest.approx(case.se, abs=1e-12)


@each_case
def test_the_designs_own_effective_size_gives_rs_standard_error(case):
    effective_n = Design(case.population, case.sample).simple_effective_n(case.base)
    counts = (case.first, case.second, case.both, case.base)
    assert sqrt(paired_variance(*counts, effective_n)) == pytest.approx(case.se, abs=1e-12)


def joint_cells(case: Case) -> tuple[list[str], list[str]]:
    """The answers of a sample to two items; who is not in the base has a gap in one of them, or in both."""
    tables = [("1", "1", case.both), ("1", "2", case.first - case.both), ("2", "1", case.second - case.both)]
    tables.append(("2", "88", case.base - case.first - case.second + case.both))  # don't know is in the base
    out = case.sample - case.base
    tables += [("", "1", out // 3), ("1", "99", out // 3), ("-1", "-1", out - 2 * (out // 3))]
    rows = [(a, b) for a, b, size in tables for _ in range(size)]
    return tuple([row[side] for row in rows] for side in (0, 1))


def observed_case(data, case: Case):
    """The survey with a case's joint table in two items of one stem."""
    first, second = joint_cells(case)
    return observed(first_answers(data, case.sample), readiness=first, risk_taking=second)


def pair_of(pairs, *items: str):
    (found,) = [pair for pair in pairs if {pair.higher, pair.lower} == set(items)]
    return found


@pytest.mark.parametrize("case", [case for case in CASES if case.population == EVERYONE], ids=lambda case: case.name)
def test_observed_answers_have_rs_interval(vive, case):
    pair = pair_of(compare_pairs(observed_case(vive, case), case.level), "readiness", "risk_taking")
    turned = case.first < case.second
    assert (pair.higher, pair.lower) == (("risk_taking", "readiness") if turned else ("readiness", "risk_taking"))
    ends = sorted(-100 * end for end in (case.low, case.high)) if turned else [100 * case.low, 100 * case.high]
    assert [pair.low_pct, pair.high_pct] == pytest.approx(ends, abs=1e-9)
    assert pair.difference_low_pct == pair.difference_high_pct == pytest.approx(100 * abs(case.difference), abs=1e-9)
    z = abs(case.difference) / case.se if case.se else inf
    assert pair.least_z == (inf if z == inf else pytest.approx(z, abs=1e-9))
    assert (pair.survey, pair.stem, pair.level, pair.status) == ("vive", "condition", case.level, Status.OBSERVED)
    assert pair.certain == (ends[0] > 0)


# Joint tables

MARGINS = [
    *((50, 30, 100), (60, 70, 100), (100, 100, 100), (0, 0, 10), (10, 0, 10), (0, 7, 10), (1, 1, 1), (5, 5, 10)),
    *((114, 107, 160), (181, 171, 255), (210, 198, 296), (152, 118, 160), (242, 189, 255), (281, 219, 296)),
    *((80, 77, 160), (130, 130, 255), (296, 74, 296), (150, 149, 296), (3, 290, 296), (148, 148, 296), (12, 9, 17)),
    *((33, 66, 99), (34, 66, 99)),
]


@pytest.mark.parametrize(("first", "second", "base"), MARGINS)
def test_who_may_have_said_yes_to_both_is_every_table_that_can_be(first, second, base):
    possible = [
        both for both in range(base + 1) if min(both, first - both, second - both, base - first - second + both) >= 0
    ]
    assert list(joint_counts(first, second, base)) == possible != []


@pytest.mark.parametrize(("first", "second", "base"), MARGINS)
def test_the_largest_variance_is_that_of_the_linear_program(first, second, base):
    # The variance of the difference grows with the discordant alone, as the difference itself is given.
    discordant = linprog([0, -1, -1, 0], A_eq=[[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1]], b_eq=[first, second, base])
    difference = (first - second) / base
    most = (-discordant.fun / base - difference**2) / base
    variances = [paired_variance(first, second, both, base, base) for both in joint_counts(first, second, base)]
    assert variances[0] == pytest.approx(max(variances), abs=1e-15) == pytest.approx(most, abs=1e-9)


@pytest.mark.parametrize(("first", "second", "base"), MARGINS)
def test_the_least_variance_is_that_of_the_linear_program(first, second, base):
    discordant = linprog([0, 1, 1, 0], A_eq=[[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1]], b_eq=[first, second, base])
    difference = (first - second) / base
    variances = [paired_variance(first, second, both, base, base) for both in joint_counts(first, second, base)]
    assert variances[-1] == pytest.approx((discordant.fun / base - difference**2) / base, abs=1e-9)
    assert all(more >= less for more, less in pairwise(variances))


@pytest.mark.parametrize(("first", "second", "base"), [margins for margins in MARGINS if margins[2] < 300])
def test_the_variance_is_that_of_ones_and_minus_ones(first, second, base):
    for both in joint_counts(first, second, base):
        ones = [1] * (first - both) + [-1] * (second - both)
        values = ones + [0] * (base - len(ones))
        spread = sum((Fraction(value) - Fraction(sum(values), base)) ** 2 for value in values) / base
        assert paired_variance(first, second, both, base, 7.5) == pytest.approx(float(spread) / 7.5, abs=1e-12)


# The widest over bases, counts and tables


def feasible(figure, base: int) -> list[int]:
    """Counts that print allows, in whole numbers: words as their range, integers as they are rounded."""
    if figure.precision == Precision.VERBAL:
        return [count for count in range(base + 1) if figure.low * base <= 100 * count <= figure.high * base]
    return [count for count in range(base + 1) if rounded(count, base) == figure.value]


def by_brute_force(figures, bases, level: float = 0.95) -> list[float]:
    """The outermost differences, ends and z over every base, count, joint table and number of answerers."""
    differences, lows, highs, ratios = [], [], [], []
    for base in bases:
        for first, second in product(*(feasible(figure, base) for figure in figures)):
            difference = (first - second) / base
            for both, n in product(range(min(first, second) + 1), (base, ANSWERED)):
                if base - first - second + both < 0:
                    continue
                spread = (first + second - 2 * both) / base - difference**2
                se = sqrt(max(spread, 0) * (1 - n / EVERYONE) * n / (n - 1) / base)
                differences.append(difference)
                lows.append(difference - Z[level] * se)
                highs.append(difference + Z[level] * se)
                ratios.append(abs(difference) / se if se > 1e-12 else inf)
    return [*(100 * end for end in (min(differences), max(differences), min(lows), max(highs))), min(ratios)]


WORD = made_figure(50, low=48, high=52, precision=Precision.VERBAL)
PAIRS = {
    "95 and 74": (made_figure(95), made_figure(74)),
    "71 and 67": (made_figure(71), made_figure(67)),
    "71 and half": (made_figure(71), WORD),
    "half and half": (WORD, WORD),
    "61 and 61": (made_figure(61), made_figure(61)),
    "52 and 44": (made_figure(52), made_figure(44)),
    "67 and 71": (made_figure(67), made_figure(71)),
    "100 and 0": (made_figure(100), made_figure(0)),
}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("level", Z)
def test_the_widest_pair_of_a_few_bases_is_that_of_every_table(name, level):
    bases = [160, 203, 255, 296]
    got = widest_pair(PAIRS[name], bases, EVERYONE, ANSWERED, level)
    assert got == pytest.approx(by_brute_force(PAIRS[name], bases, level), abs=1e-9)


@pytest.mark.parametrize("name", ["95 and 74", "71 and 67"])
def test_the_widest_pair_over_every_base_is_that_of_every_table(name):
    got = widest_pair(PAIRS[name], range(160, 297), EVERYONE, ANSWERED, 0.95)
    assert got == pytest.approx(by_brute_force(PAIRS[name], range(160, 297)), abs=1e-9)


def test_readiness_is_certain_above_risk_taking_whatever_print_leaves_open():
    low, high, lowest, highest, z = widest_pair(PAIRS["95 and 74"], range(160, 297), EVERYONE, ANSWERED, 0.95)
    assert 20 < low < 21 < high < 22
    assert 13 < lowest < 14 and 28 < highest < 29
    assert z > 5.8


def test_motivation_is_not_certain_above_wellbeing():
    # On 160, 255 and 296 the weakest table has z = 0.71; a base between them has a weaker one.
    *_, lowest, highest, z = widest_pair(PAIRS["71 and 67"], [160, 255, 296], EVERYONE, ANSWERED, 0.95)
    assert lowest < 0 < highest
    assert z == pytest.approx(0.71, abs=0.005)
    assert widest_pair(PAIRS["71 and 67"], range(160, 297), EVERYONE, ANSWERED, 0.95)[4] < z


def test_the_weakest_z_on_one_base_by_hand():
    # 71 percent of 160 is 113 or 114 and 67 percent is 107: 113 and 107 are nearest, at least 60 in both.
    # If the other 136 who answered were asked too, they are silent, and the sample is 160.
    assert [rounded(count, 160) for count in (113, 107)] == [71, 67]
    difference, discordant = Fraction(113 - 107, 160), Fraction(113 + 107 - 2 * 60, 160)
    effective_n = 159 / (1 - Fraction(160, 556))
    z = float(difference) / sqrt((discordant - difference**2) / effective_n)
    assert widest_pair(PAIRS["71 and 67"], [160], EVERYONE, ANSWERED, 0.95)[4] == pytest.approx(z, abs=1e-9)


def test_a_pair_that_no_base_can_print_is_refused():
    # 71 percent of 2 is no count, nor is 67.
    with pytest.raises(SurveybookError, match="no base lets both printed figures be rounded to") as caught:
        widest_pair(PAIRS["71 and 67"], [2], EVERYONE, ANSWERED, 0.95)
    assert caught.value.expected == "a base from 2 to 2"


def test_a_base_that_gives_only_one_of_the_figures_is_left_out():
    # A third of 3 is 33 percent, and 71 percent of 3 is no count.
    figures = (made_figure(71), made_figure(33))
    alone = widest_pair(figures, [255], EVERYONE, ANSWERED, 0.95)
    assert widest_pair(figures, [3, 255], EVERYONE, ANSWERED, 0.95) == alone


# Which items are compared

STEMS = {
    "effect": ["motivation", "wellbeing", "faster_help"],
    "prospect": ["permanent", "transferable", "profitable"],
    "condition": ["readiness", "risk_taking", "flexible_rules"],
}


def test_the_printed_headlines_of_each_stem_are_compared_the_higher_first(vive):
    pairs = compare_pairs(vive, 0.95)
    expected = {
        (stem, higher, lower)
        for stem, items in STEMS.items()
        for at, higher in enumerate(items)
        for lower in items[at + 1 :]
    }
    assert {(pair.stem, pair.higher, pair.lower) for pair in pairs} == expected
    assert len(pairs) == 9 and {pair.status for pair in pairs} == {Status.PINNED}


def test_the_pairs_of_print_that_are_certain(vive):
    uncertain = {("motivation", "wellbeing"), ("permanent", "transferable")}
    for pair in compare_pairs(vive, 0.95):
        assert pair.certain == ((pair.higher, pair.lower) not in uncertain)


def test_the_pairs_of_print_are_those_of_every_table(vive, estimates):
    half = replace(WORD, item="faster_help")
    printed = {"motivation": made_figure(71), "wellbeing": made_figure(67), "faster_help": half}
    pairs = [pair for pair in estimates.pairs if pair.stem == "effect"]
    assert len(pairs) == 3
    for pair in pairs:
        ends = [pair.difference_low_pct, pair.difference_high_pct, pair.low_pct, pair.high_pct, pair.least_z]
        figures = (printed[pair.higher], printed[pair.lower])
        assert ends == pytest.approx(by_brute_force(figures, range(160, 297)), abs=1e-9)


def test_simulated_rows_say_nothing_of_how_answers_hang_together(vive):
    turned = {name: vive.responses.codes[name].to_numpy()[::-1] for name in ("readiness", "risk_taking")}
    responses = replace(vive.responses, codes=vive.responses.codes.assign(**turned))
    assert compare_pairs(replace(vive, responses=responses), 0.95) == compare_pairs(vive, 0.95)


def test_an_item_without_a_printed_headline_is_not_compared(vive):
    bare = replace(vive, published=tuple(known for known in vive.published if known.item != "readiness"))
    assert all("readiness" not in (pair.higher, pair.lower) for pair in compare_pairs(bare, 0.95))
    assert len(compare_pairs(bare, 0.95)) == 7


def test_a_survey_without_rows_has_no_pairs(surveys):
    assert compare_pairs(surveys["komdir"], 0.95) == []


def test_a_printed_base_is_the_only_one_of_a_pair(vive):
    known = with_figure(with_figure(vive, "vive_15", base_n=296), "vive_16", base_n=296)
    pair = pair_of(compare_pairs(known, 0.95), "motivation", "wellbeing")
    expected = by_brute_force((made_figure(71), made_figure(67)), [296])
    assert [pair.low_pct, pair.high_pct] == pytest.approx(expected[2:4], abs=1e-9)


def test_a_pair_takes_every_base_that_both_items_may_have(vive):
    # 150 to 200 and 180 to 220: whoever compares the two has a base of 180 to 200.
    data = with_item(with_item(vive, "motivation", assumed_bases=(150, 200)), "wellbeing", assumed_bases=(180, 220))
    pair = pair_of(compare_pairs(data, 0.95), "motivation", "wellbeing")
    expected = by_brute_force((made_figure(71), made_figure(67)), range(180, 201))
    assert [pair.low_pct, pair.high_pct] == pytest.approx(expected[2:4], abs=1e-9)


def test_a_pair_of_items_with_no_base_in_common_is_no_crash(vive):
    data = with_item(with_item(vive, "motivation", assumed_bases=(160,)), "wellbeing", assumed_bases=(296,))
    try:
        pairs = compare_pairs(data, 0.95)
    except SurveybookError as error:
        assert "base" in str(error)
    else:
        assert all({pair.higher, pair.lower} != {"motivation", "wellbeing"} for pair in pairs)


# Observed answers


def test_an_observed_pair_by_hand(vive):
    # Ten answered both: three agree to both, four to the first alone and one to the second alone.
    first = ["1", "1", "1", "1", "1", "1", "1", "2", "3", "88"]
    second = ["1", "1", "1", "2", "3", "88", "2", "1", "2", "2"]
    ones = [(a == "1") - (b == "1") for a, b in zip(first, second, strict=True)]
    assert ones == [0, 0, 0, 1, 1, 1, 1, -1, 0, 0]
    data = observed(first_answers(vive, 10), readiness=first, risk_taking=second)
    pair = pair_of(compare_pairs(data, 0.95), "readiness", "risk_taking")
    se = sqrt((1 - 10 / 556) * variance(ones) / 10)
    assert pair.difference_low_pct == pytest.approx(100 * mean(ones), abs=1e-9) == 30
    assert [pair.low_pct, pair.high_pct] == pytest.approx(
        [100 * (0.3 - Z[0.95] * se), 100 * (0.3 + Z[0.95] * se)], abs=1e-9
    )
    assert pair.least_z == pytest.approx(0.3 / se, abs=1e-9)
    assert not pair.certain


def test_only_who_is_in_both_bases_is_compared(vive):
    # The first four answered both; the others agree to one and left the other out.
    first, second = ["1", "1", "2", "1", "1", "1", "", "99"], ["1", "2", "2", "2", "", "-1", "1", "1"]
    data = observed(first_answers(vive, 8), readiness=first, risk_taking=second)
    pair = pair_of(compare_pairs(data, 0.95), "readiness", "risk_taking")
    assert (pair.higher, pair.difference_low_pct) == ("readiness", 50)


def test_answers_of_nobody_in_common_make_no_pair(vive):
    data = observed(first_answers(vive, 4), readiness=["1", "2", "", ""], risk_taking=["", "", "1", "2"])
    pairs = compare_pairs(data, 0.95)
    assert all({pair.higher, pair.lower} != {"readiness", "risk_taking"} for pair in pairs)
    assert len(pairs) > 0


def test_all_alike_is_no_difference_and_no_certainty(vive):
    data = observed(first_answers(vive, 6), readiness=["1"] * 6, risk_taking=["1"] * 6)
    pair = pair_of(compare_pairs(data, 0.95), "readiness", "risk_taking")
    assert (pair.low_pct, pair.high_pct, pair.least_z, pair.certain) == (0, 0, 0, False)


def test_declared_answers_are_compared_by_their_own_joint_table(project, declare_observed, read_records):
    declare_observed(project / "data")
    rows = read_records(project / "data" / "raw" / "vive" / "responses.csv")
    asked = [(row["q09a_omstilling"], row["q09c_regler"]) for row in rows]
    ones = [(a == "1") - (b == "1") for a, b in asked if {a, b} <= {"1", "2", "3", "88"}]
    surveys = load_surveys()
    pair = pair_of(compare_pairs(surveys["vive"], 0.95), "readiness", "flexible_rules")
    n, base = len(rows), len(ones)
    spread = sum((one - mean(ones)) ** 2 for one in ones) / base
    se = sqrt((1 - n / 556) * n / (n - 1) * spread / base)
    assert 0 < base < n == 296
    assert pair.difference_low_pct == pytest.approx(100 * mean(ones), abs=1e-9)
    assert [pair.low_pct, pair.high_pct] == pytest.approx(
        [100 * (mean(ones) + sign * Z[0.95] * se) for sign in (-1, 1)], abs=1e-9
    )
    assert pair.certain and pair.status == Status.OBSERVED
    # What is published is rounded outward to whole points, and tells no base.
    shown = pair_of(estimate_surveys(surveys).pairs, "readiness", "flexible_rules")
    assert (shown.low_pct, shown.high_pct) == (floor(pair.low_pct), ceil(pair.high_pct))
    difference = 100 * mean(ones)
    assert (shown.difference_low_pct, shown.difference_high_pct) == (floor(difference), ceil(difference))
    assert (shown.base_n, shown.certain) == (None, True) and isnan(shown.least_z)
