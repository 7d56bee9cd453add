"""Few people of observed rows: suppressed or rounded, and the rest so that they cannot be worked out.

Expected values are worked out by hand; ``test_adversary`` attacks all tables at once.
"""

from __future__ import annotations

from dataclasses import replace
from math import isnan

import pytest
from made_up import about, grid, observed, on_grid, only

from surveybook.analyse import estimate_surveys
from surveybook.analyse.rounded import (
    check_threshold,
    counts_within,
    people_within,
    round_people,
    round_share,
    share_step,
)
from surveybook.analyse.silent import everyone_if
from surveybook.analyse.small_groups import levels_to_hide
from surveybook.core.errors import SurveybookError
from surveybook.core.model import ALL, Status

BLANK = ("estimate_pct", "se_pct", "ci_low_pct", "ci_high_pct", "bound_low_pct", "differ_low_pct", "tip_low_pct")


# Rounding


@pytest.mark.parametrize(
    ("people", "threshold", "figure"),
    [(12, 5, 10), (13, 5, 15), (17, 5, 15), (18, 5, 20), (4, 3, 3), (5, 3, 6), (15, 10, 20), (14, 10, 10)],
)
def test_people_are_rounded_to_the_nearest_multiple(people, threshold, figure):
    assert round_people(people, threshold) == figure == about(people, threshold)


@pytest.mark.parametrize("short", range(5))
@pytest.mark.parametrize("most", range(20, 31))
def test_whoever_is_nearly_all_is_in_one_figure_below_all(most, short):
    # 296 is the greatest multiple below 299 for 295 to 299 alike, so which of them it is stays open.
    figure = round_people(most - short, 5, most)
    assert figure == max(k for k in range(0, most, 5)) < most
    assert {most - k for k in range(5)} <= set(people_within(figure, 5, most))


@pytest.mark.parametrize("threshold", [3, 5, 10, 12])
@pytest.mark.parametrize("most", [None, 40, 41, 59])
def test_a_rounded_base_may_be_two_numbers_at_least(threshold, most):
    for people in range(threshold, (most or 60) + 1):
        figure = round_people(people, threshold, most)
        possible = people_within(figure, threshold, most)
        assert people in possible and (len(possible) > 1 or figure == 0)


@pytest.mark.parametrize(("base", "people", "step"), [(100, 1, 1), (99, 1, 2), (50, 1, 2), (19, 1, 10), (199, 2, 2)])
def test_a_share_is_rounded_to_what_so_many_people_make(base, people, step):
    assert share_step(base, people) == step == grid(base, people)


def test_a_rounded_share_fits_every_base_that_its_rounded_base_may_be():
    for base in range(5, 160):
        possible = people_within(about(base), 5)
        step = share_step(possible[0], 1)
        for count in range(base + 1):
            share = round_share(count, base, step)
            assert share == on_grid(count, base, step)
            assert all(counts_within(share, step, other) for other in possible)
            assert count in counts_within(share, step, base)


@pytest.mark.parametrize("threshold", [2, 51, 5.0, True, "5", None])
def test_a_threshold_that_cannot_be_is_refused(threshold, vive):
    with pytest.raises(SurveybookError) as caught:
        check_threshold(threshold)
    assert "3 to 50" in str(caught.value)
    with pytest.raises(SurveybookError):
        estimate_surveys({"vive": vive}, threshold=threshold)


# Levels of breakdowns: base and yes in each


@pytest.mark.parametrize(
    ("levels", "total", "hidden"),
    [
        ({"1": (100, 50), "2": (50, 20), "3": (20, 10)}, (170, 80), ""),
        ({"1": (100, 50), "2": (50, 20), "3": (4, 0)}, (154, 70), "23"),  # four people
        ({"1": (100, 50), "2": (50, 20), "3": (20, 4)}, (170, 74), "23"),  # four said yes
        ({"1": (100, 50), "2": (50, 46), "3": (60, 30)}, (210, 126), "23"),  # four did not
        ({"1": (100, 50), "2": (50, 20), "3": (20, 0)}, (170, 70), ""),  # nobody is no few
        ({"1": (100, 50), "2": (50, 20), "3": (20, 20)}, (170, 90), ""),
        ({"1": (4, 2), "2": (4, 2), "3": (200, 90)}, (208, 94), "123"),  # together four yes and four no
        ({"1": (4, 1), "2": (40, 20), "3": (200, 90)}, (244, 111), "12"),
        ({"1": (0, 0), "2": (3, 1), "3": (200, 90)}, (203, 91), "23"),  # somebody hides, not nobody
        ({"1": (0, 0), "2": (60, 3)}, (60, 3), "12"),  # unless there is nobody else
        ({"1": (50, 20), "2": (60, 30), "3": (70, 30)}, (183, 81), "1"),  # three in none of the levels
        ({"1": (50, 20), "2": (60, 30)}, (120, 52), "1"),  # ten in none of them, of whom two say yes
        ({"1": (50, 20), "2": (60, 30)}, (120, 50), ""),  # ten in none of them, who all do not
    ],
    ids=str,
)
def test_small_cells_and_what_would_tell_of_them_are_hidden(levels, total, hidden):
    assert levels_to_hide(levels, total, 5) == set(hidden)


def test_levels_whose_rounded_bases_leave_no_choice_are_hidden():
    # 13 and 18 are rounded to 15 and 20, which may be 13 and 18 at the least: together 31, all there are.
    assert levels_to_hide({"1": (13, 6), "2": (18, 9)}, (31, 15), 5) == {"1", "2"}
    assert levels_to_hide({"1": (14, 6), "2": (18, 9)}, (32, 15), 5) == set()


@pytest.mark.parametrize("threshold", [3, 5, 10])
def test_the_threshold_is_a_setting(vive, threshold):
    # Of 96 in the first role six say yes, and half of the 100 in each of the others.
    data = roles_and_extent(vive, 6)
    made = estimate_surveys({"vive": data}, threshold=threshold)
    hidden = {level for level in "123" if made.get("vive", "extent", "top2", "role", level).suppressed}
    assert hidden == (set("12") if threshold == 10 else set())
    assert made.threshold == threshold


def roles_and_extent(vive, yes: int):
    extent = ["1"] * yes + ["4"] * (96 - yes) + ["1", "4"] * 100
    return observed(only(vive, "extent", "role"), role=["1"] * 96 + ["2"] * 100 + ["3"] * 100, extent=extent)


@pytest.mark.parametrize(("yes", "hidden"), [(4, "12"), (5, ""), (91, ""), (92, "12"), (95, "12"), (0, ""), (96, "")])
def test_few_of_an_answer_are_suppressed_in_rows_too(vive, yes, hidden):
    made = estimate_surveys({"vive": roles_and_extent(vive, yes)})
    levels = [made.get("vive", "extent", "top2", "role", level) for level in "123"]
    assert {row.level for row in levels if row.suppressed} == set(hidden)
    assert made.get("vive", "extent").count == yes + 100


def test_a_suppressed_row_keeps_no_value_and_is_the_same_whatever_its_few_answered(vive):
    rows = [
        estimate_surveys({"vive": roles_and_extent(vive, yes)}).get("vive", "extent", "top2", "role", "1")
        for yes in (1, 3)
    ]
    assert repr(rows[0]) == repr(rows[1])
    assert all(isnan(getattr(rows[0], name)) for name in BLANK)
    assert (rows[0].base_n, rows[0].count, rows[0].base_status) == (None, None, "suppressed")
    assert rows[0].ci_method == "suppressed: to protect small groups"


def test_a_shown_level_is_the_same_whatever_its_rounding_hides(vive):
    # 94 to 95 of 296 in the first role, of whom 47 or 48 say yes: 95 and 50 percent, to two points.
    rows = []
    for size, yes in ((94, 47), (95, 47), (96, 48)):
        extent = ["1"] * yes + ["4"] * (size - yes) + ["1", "4"] * 100 + ["1"] * (96 - size)
        data = observed(
            only(vive, "extent", "role"), role=["1"] * size + ["2"] * 100 + ["3"] * (196 - size), extent=extent
        )
        rows.append(estimate_surveys({"vive": data}).get("vive", "extent", "top2", "role", "1"))
    assert {repr(row) for row in rows} == {repr(rows[0])}
    assert (rows[0].base_n, rows[0].base_low_n, rows[0].base_high_n) == (95, 93, 97)
    assert (rows[0].estimate_pct, rows[0].share_step_pct, rows[0].count) == (50, 2, None)


def test_a_level_with_nobody_says_so_without_a_value(vive):
    real = estimate_surveys({"vive": observed(only(vive, "extent", "role"), role=["1"] * 150 + ["2"] * 146)})
    row = real.get("vive", "extent", "top2", "role", "3")
    assert row.suppressed or row.base_n == 0
    assert isnan(row.estimate_pct)


def test_a_few_who_did_not_agree_are_not_what_is_left(vive):
    # All but four agree that employees were readier, so among who agree and among all tells of the four.
    ready = ["2"] * 4 + ["1"] * 292
    risks = ["1"] + ["2"] * 3 + ["1"] * 200 + ["2"] * 92
    real = estimate_surveys(
        {"vive": observed(only(vive, "readiness", "risk_taking"), readiness=ready, risk_taking=risks)}
    )
    everyone = real.get("vive", "risk_taking")
    assert (everyone.count, everyone.base_n) == (201, 296)
    assert real.get("vive", "risk_taking", "agree", "readiness", "agree").suppressed
    assert real.get("vive", "readiness", "agree", "risk_taking", "agree").suppressed


def test_simulated_rows_are_neither_suppressed_nor_rounded(estimates):
    assert {(row.suppressed, row.rounded_to, row.share_step_pct) for row in estimates.rows} == {(None, 0, 0)}


# Bases and gaps


def asked(vive, gaps: dict[str, int], **more: dict[str, int]):
    """Estimates where of 296 so many have each gap in a question, and the rest agree and disagree in turns."""
    names = {"refused": "99", "no_answer": "", "not_asked": "-1", "not_applicable": "-2", "dont_know": "88"}
    columns = {}
    for name, few in {"motivation": gaps, **more}.items():
        cells = [names[kind] for kind, people in few.items() for _ in range(people)]
        columns[name] = (cells + ["1", "3"] * 148)[:296]
    data = observed(only(vive, *columns), **columns)
    return {
        choice: estimate_surveys({"vive": data}, dont_know=choice) for choice in ("as-printed", "inside", "outside")
    }


@pytest.mark.parametrize("kind", ["refused", "no_answer", "not_asked", "not_applicable"])
@pytest.mark.parametrize("people", [0, 1, 4, 5, 40])
def test_a_base_a_few_short_of_all_who_answered_is_rounded(vive, kind, people):
    row = asked(vive, {kind: people})["as-printed"].get("vive", "motivation")
    if 0 < people < 5:
        assert (row.base_n, row.base_status, row.count) == (295, "observed, rounded to 5", None)
        assert (row.base_low_n, row.base_high_n, row.share_step_pct) == (292, 296, 1)
        assert row.silent_n in (260, 265) and row.estimate_pct == 50
    else:
        assert (row.base_n, row.base_status, row.rounded_to) == (296 - people, "observed", 0)
        assert row.count is not None


@pytest.mark.parametrize("people", [1, 4, 5])
def test_a_few_who_did_not_know_are_not_the_difference_of_two_choices(vive, people):
    made = asked(vive, {"dont_know": people, "refused": 50})
    rows = {choice: one.get("vive", "motivation") for choice, one in made.items()}
    if people == 5:
        assert (rows["inside"].base_n, rows["outside"].base_n) == (246, 241)
        return
    assert {row.rounded_to for row in rows.values()} == {5}
    assert rows["inside"].base_n == about(246) and rows["outside"].base_n == about(246 - people)
    for one in made.values():
        for name in ("option:88", "gap:dont_know"):
            assert one.get("vive", "motivation", name).suppressed


def test_bases_of_two_questions_that_differ_by_a_few_are_both_rounded(vive):
    made = asked(vive, {"refused": 40}, wellbeing={"refused": 42}, digital={"refused": 60})["as-printed"]
    assert [made.get("vive", name).base_n for name in ("motivation", "wellbeing", "digital")] == [255, 255, 236]
    assert [made.get("vive", name).rounded_to for name in ("motivation", "wellbeing", "digital")] == [5, 5, 0]


def test_a_question_that_everyone_answered_keeps_its_base_beside_one_that_a_few_left_out(vive):
    # 296 are published anyhow; that 293 answered the other question is told by neither.
    made = asked(vive, {"refused": 3}, digital={})["as-printed"]
    assert [made.get("vive", name).base_n for name in ("motivation", "digital")] == [295, 296]
    assert made.get("vive", "digital").count == 148


def test_a_small_gap_is_suppressed_with_the_other_that_adds_up_with_it(vive):
    # Not asked and not applicable add up to what is left of all, refused and no answer to the silent.
    made = asked(vive, {"not_asked": 30, "not_applicable": 2, "refused": 10, "no_answer": 7})["as-printed"]
    assert made.get("vive", "motivation").base_n == 247
    hidden = {row.option_set for row in made.rows if row.option_set.startswith("gap:") and row.suppressed}
    assert hidden == {"gap:not_asked", "gap:not_applicable"}
    assert made.get("vive", "motivation", "gap:refused").count == 10


def test_of_a_rounded_base_every_range_is_the_widest_that_the_rounding_leaves(vive):
    made = asked(vive, {"refused": 3})["as-printed"]
    row = made.get("vive", "motivation")
    # 292 to 296 answered, and counts that make 50 percent of them; 263 to 267 are silent, of 556.
    counts = [(c, b) for b in range(292, 297) for c in range(b + 1) if on_grid(c, b, 1) == 50]
    assert row.possible_counts == counts and row.silent_n == 265
    ends = [100 * c / (b + m) for c, b in counts for m in range(263, 268)]
    assert row.bound_low_pct == pytest.approx(min(ends), abs=1e-9)
    ends = [100 * (c + m) / (b + m) for c, b in counts for m in range(263, 268)]
    assert row.bound_high_pct == pytest.approx(max(ends), abs=1e-9)
    shares = [100 * c / b for c, b in counts]
    assert row.ci_low_pct < min(shares) and max(shares) < row.ci_high_pct
    assert everyone_if(made, row, 0) == pytest.approx((min(shares), max(shares)), abs=1e-9)


def test_counts_of_people_stay(vive):
    made = asked(vive, {"refused": 3})["as-printed"]
    assert [made.get("vive", "response", name).count for name in ("invited", "answered")] == [556, 296]


def test_comparisons_are_of_whole_steps_and_of_prints_choice_alone(vive):
    made = asked(vive, {"refused": 3}, wellbeing={"no_answer": 2})
    (pair,) = made["as-printed"].pairs
    assert pair.status == Status.OBSERVED and pair.base_n is None and isnan(pair.least_z)
    ends = (pair.low_pct, pair.high_pct, pair.difference_low_pct, pair.difference_high_pct)
    assert all(end == int(end) for end in ends)
    assert made["inside"].pairs == made["outside"].pairs == ()


def test_no_level_of_a_breakdown_tells_its_count(real):
    rows = [row for row in real.rows if row.domain != ALL and not row.suppressed]
    assert len(rows) > 100
    assert {row.count for row in rows} == {None}
    assert all(row.base_n % 5 == 0 and row.base_n >= 5 for row in rows)


def test_a_row_that_is_not_small_is_as_it_was(real):
    row = real.get("vive", "extent")
    assert (row.count, row.base_n, row.silent_n, row.rounded_to) == (161, 296, 260, 0)
    assert replace(row, suppressed=None).suppressed is None and row.suppressed is False
