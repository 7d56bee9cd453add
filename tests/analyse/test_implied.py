"""What printed figures imply, against an independent linear program over the shares of single answers."""

from dataclasses import replace
from random import Random

import pytest
from made_up import made_figure, observed, with_figure
from scipy.optimize import linprog

from surveybook.analyse import estimate_surveys
from surveybook.analyse.implied import implied_bounds, printed_bounds, refuse_unfounded
from surveybook.core.errors import SurveybookError
from surveybook.core.model import OptionSet, Precision

COMPUTED = {"kind": "computed"}


def linear_program(target, everything, printed) -> tuple[float, float]:
    """The least and the most of the target: shares of single answers of at least 0 that add up to 100."""
    answers = sorted(everything)

    def inside(some) -> list[float]:
        return [float(answer in some) for answer in answers]

    limits = [(inside(name), high) for name, (_, high) in printed.items()]
    limits += [([-one for one in inside(name)], -low) for name, (low, _) in printed.items()]
    ends = []
    for sign in (1, -1):
        solved = linprog(
            [sign * one for one in inside(target)],
            A_ub=[row for row, _ in limits] or None,
            b_ub=[limit for _, limit in limits] or None,
            A_eq=[[1.0] * len(answers)],
            b_eq=[100],
            bounds=(0, 100),
        )
        assert solved.success, solved.message
        ends.append(sign * solved.fun)
    return tuple(ends)


def shares_of(random: Random, answers) -> dict[str, float]:
    """Shares that somebody could have: whole percentages, some of them 0, that add up to 100."""
    cuts = sorted(random.choices(range(101), k=len(answers) - 1))
    return {answer: b - a for answer, a, b in zip(answers, [0, *cuts], [*cuts, 100], strict=True)}


def around(random: Random, share: float) -> tuple[float, float]:
    """Bounds that hold a share: of a rounded figure, of a word, or nearly none."""
    below, above = random.choice([(0.5, 0.5), (0, 0), (3, 0), (1.5, 6), (20, 30)])
    return share - below, share + above


def made_case(number: int, *, disjoint: bool):
    """A case with three to seven answers, up to four printed sets, and any target."""
    random = Random(number)
    answers = list("abcdefg"[: random.randint(3, 7)])
    shares = shares_of(random, answers)
    random.shuffle(answers)
    if disjoint:
        groups = [frozenset()] * random.randint(1, 4)
        for answer in answers[random.randint(0, 2) :]:
            at = random.randrange(len(groups))
            groups[at] = groups[at] | {answer}
        groups = [group for group in groups if group]
    else:
        groups = [frozenset(random.sample(answers, random.randint(1, len(answers) - 1))) for _ in range(4)]
    printed = {group: around(random, sum(shares[one] for one in group)) for group in groups}
    target = frozenset(random.sample(answers, random.randint(1, len(answers))))
    return target, frozenset(answers), printed, sum(shares[one] for one in target)


@pytest.mark.parametrize("number", range(60))
def test_disjoint_sets_give_the_bounds_of_the_linear_program(number):
    target, everything, printed, _ = made_case(number, disjoint=True)
    assert implied_bounds(target, everything, printed) == pytest.approx(
        linear_program(target, everything, printed), abs=1e-6
    )


@pytest.mark.parametrize("number", range(60))
def test_overlapping_sets_give_bounds_that_are_never_narrower_than_the_linear_program(number):
    target, everything, printed, share = made_case(number, disjoint=False)
    low, high = implied_bounds(target, everything, printed)
    least, most = linear_program(target, everything, printed)
    assert 0 <= low <= least + 1e-6 and most - 1e-6 <= high <= 100
    assert low - 1e-9 <= share <= high + 1e-9


def test_the_generated_cases_are_not_all_trivial():
    # Bounds of 0 to 100 say nothing: enough cases have others, at either end, and some are known exactly.
    cases = [made_case(number, disjoint=disjoint)[:3] for disjoint in (True, False) for number in range(60)]
    exact = [linear_program(*case) for case in cases]
    assert sum(low > 0 for low, _ in exact) > 40
    assert sum(high < 100 for _, high in exact) > 40
    assert sum(low > 0 and high < 100 for low, high in exact) > 30


@pytest.mark.parametrize(
    ("target", "printed", "bounds"),
    [
        # 54 and 14, each rounded by half a point at most, leave 31 to 33.
        ("c", {"ab": (53.5, 54.5), "d": (13.5, 14.5)}, (31, 33)),
        # Nothing is printed: nothing is known, but of all answers together.
        ("a", {}, (0, 100)),
        ("abcd", {}, (100, 100)),
        # A part is no more than the whole, and what is inside no less than its parts.
        ("a", {"ab": (30, 40)}, (0, 40)),
        ("ab", {"a": (30, 40)}, (30, 100)),
        # What is left of 100 after a set that takes it all is nothing.
        ("b", {"a": (99.5, 100.5)}, (0, 0.5)),
        # 0 in print is up to half a percent, never below 0.
        ("a", {"a": (-0.5, 0.5)}, (0, 0.5)),
        ("abc", {"a": (-0.5, 0.5), "bc": (40, 50)}, (40, 50.5)),
        # The printed set itself, told from the outside more closely than from the inside.
        ("ab", {"ab": (50, 60), "cd": (41, 60)}, (50, 59)),
        # Overlapping sets: of ab and bc the larger counts, not their sum.
        ("abc", {"ab": (30, 40), "bc": (35, 45)}, (35, 85)),
        # Three that cover each other: the cheapest cover is taken.
        ("abc", {"ab": (30, 40), "bc": (35, 45), "c": (1, 2)}, (35, 42)),
        # Nobody chose nothing.
        ("", {"a": (10, 20)}, (0, 0)),
    ],
)
def test_bounds_by_hand(target, printed, bounds):
    named = {frozenset(name): ends for name, ends in printed.items()}
    assert implied_bounds(frozenset(target), frozenset("abcd"), named) == pytest.approx(bounds, abs=1e-9)


@pytest.mark.parametrize(
    ("figure", "bounds"),
    [
        (made_figure(54), (53.5, 54.5)),
        (made_figure(0), (-0.5, 0.5)),
        (made_figure(32, low=31, high=33), (30.5, 33.5)),
        (made_figure(32, low=31, high=33, **COMPUTED), (31, 33)),
        (made_figure(90, low=87, high=90, precision=Precision.VERBAL), (87, 90)),
        (made_figure(54.1, precision=Precision.EXACT), (54.1, 54.1)),
    ],
    ids=["integer", "nothing", "printed range", "computed", "word", "exact"],
)
def test_what_a_printed_figure_allows_before_rounding(figure, bounds):
    assert printed_bounds(figure) == bounds


# Figures that are called computed


def figures_of(data, item: str) -> dict:
    return {known.option_set: known for known in data.published if known.item == item and known.unit == "percent"}


def refuse(data, item: str, figures) -> None:
    refuse_unfounded(data.codebook, data.codebook.item("vive", item), figures)


def test_the_committed_computed_figures_follow_from_print(vive):
    computed = [known.item for known in vive.published if known.kind == "computed"]
    assert computed == ["extent", "character"]
    for item in computed:
        refuse(vive, item, figures_of(vive, item))


@pytest.mark.parametrize(("low", "high"), [(31, 33), (30, 34), (0, 100)])
def test_a_computed_figure_may_say_less_than_print_allows(vive, low, high):
    figures = figures_of(vive, "extent")
    refuse(vive, "extent", figures | {"rest": replace(figures["rest"], low=low, high=high)})


@pytest.mark.parametrize(
    ("changes", "got"),
    [
        ({"low": 31.5, "high": 32.5}, "31.5 to 32.5"),
        ({"low": 31.1, "high": 33}, "31.1 to 33"),
        ({"low": 31, "high": 32.9}, "31 to 32.9"),
        ({"low": None, "high": None}, "32 to 32"),
        ({"low": 40, "high": 50, "value": 45}, "40 to 50"),
    ],
    ids=str,
)
def test_a_computed_figure_that_says_more_than_print_is_refused_by_name(vive, changes, got):
    figures = figures_of(vive, "extent")
    with pytest.raises(SurveybookError) as caught:
        refuse(vive, "extent", figures | {"rest": replace(figures["rest"], **changes)})
    error = caught.value
    assert error.what == "a computed figure does not follow from the printed ones"
    assert (error.file, error.column, error.got) == ("data/published/figures.csv", "vive_07, low and high", got)
    assert error.expected == "a range that holds 31 to 33, which print allows"


def test_a_printed_figure_is_not_asked_to_follow_from_others(vive):
    figures = figures_of(vive, "extent")
    refuse(vive, "extent", figures | {"rest": replace(figures["rest"], kind="printed", low=31.5, high=32.5)})


def test_a_computed_figure_is_no_ground_for_another(vive):
    # Without the printed 54, all that is known of the rest is that it leaves out 13.5 percent at least.
    figures = figures_of(vive, "extent")
    with pytest.raises(SurveybookError, match=r"holds 0 to 86\.5, which print allows"):
        refuse(vive, "extent", figures | {"top2": replace(figures["top2"], **COMPUTED)})


def test_a_word_is_a_ground_over_the_range_that_it_is_read_as(vive):
    word = made_figure(70, "character", "smaller", low=68, high=73, precision=Precision.VERBAL)
    left = made_figure(30, "character", "other", low=27, high=32, **COMPUTED)
    refuse(vive, "character", {"smaller": word, "other": left})
    with pytest.raises(SurveybookError, match="holds 27 to 32"):
        refuse(vive, "character", {"smaller": word, "other": replace(left, high=31.5)})


def test_who_may_tick_several_answers_leaves_no_rest_to_compute(vive):
    # 85 percent ticked the first kind. Whoever did may have ticked the second as well: 0 to 100 percent.
    sets = (
        OptionSet("kind", "new", frozenset("1"), "new", "nye", 1, ""),
        OptionSet("kind", "methods", frozenset("2"), "methods", "metoder", 2, ""),
    )
    codebook = replace(vive.codebook, option_sets={**vive.codebook.option_sets, "kind": sets})
    figures = {
        "new": made_figure(85, "kind", "new"),
        "methods": made_figure(15, "kind", "methods", low=0, high=15.5, **COMPUTED),
    }
    with pytest.raises(SurveybookError, match="a computed figure does not follow"):
        refuse_unfounded(codebook, codebook.item("vive", "kind"), figures)


def test_estimating_refuses_a_computed_figure_that_does_not_follow(vive):
    with pytest.raises(SurveybookError, match="vive_09, low and high"):
        estimate_surveys({"vive": with_figure(observed(vive), "vive_09", low=26.9, high=27.1)})
