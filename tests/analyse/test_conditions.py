"""Conditions of findings: how they read, what has to hold, and which are refused."""

from dataclasses import replace

import pytest
from made_up import first_answers, observed, only, with_counts

from printed_figures import names
from surveybook.analyse import Estimates, estimate_surveys
from surveybook.analyse.conditions import judge
from surveybook.core.errors import SurveybookError
from surveybook.core.model import Cell
from surveybook.process import load_surveys

EXTENT = Cell("extent", "top2")
READINESS, RISK = Cell("readiness", "agree"), Cell("risk_taking", "agree")


def with_row(estimates: Estimates, cell: Cell, **changes) -> Estimates:
    """The estimates with one row changed."""
    rows = tuple(replace(row, **changes) if row.cell == cell else row for row in estimates.rows)
    return replace(estimates, rows=rows)


def planted(estimates: Estimates, counts, only: int | None = None) -> Estimates:
    """The estimates with counts planted in the replicates, unseen by the rows."""
    return replace(estimates, replicates={"vive": with_counts(estimates.replicates["vive"], counts, only)})


# What has to hold


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        # 54 in print is 53.5 to 54.5, and a clause has to hold at the end that is hardest on it.
        ("extent > 50", True),
        ("extent > 53.5", False),
        ("extent >= 53.5", True),
        ("extent > 53.4", True),
        ("extent > 54", False),
        ("extent < 54", False),
        ("extent >= 54", False),
        ("extent <= 54", False),
        ("extent < 55", True),
        ("extent <= 54.5", True),
        ("extent < 54.5", False),
        ("50 < extent", True),
        ("53.5 < extent", False),
        ("55 > extent", True),
        ("54 > extent", False),
        ("54.5 >= extent", True),
        # Half is read as 48 to 52, nearly nine of ten as 87 to 90, with nothing added.
        ("faster_help >= 48", True),
        ("faster_help > 48", False),
        ("faster_help <= 52", True),
        ("faster_help < 52", False),
        ("faster_help > 50", False),
        ("faster_help < 50", False),
        ("faster_help > 47.9 and faster_help < 52.1", True),
        ("digital >= 87", True),
        ("digital <= 90", True),
        ("digital < 90", False),
        # What is left of 100 after rounded figures, again with nothing added.
        ("extent.rest >= 31", True),
        ("extent.rest > 31", False),
        ("extent.rest <= 33", True),
        ("character.other >= 26.5 and character.other <= 27.5", True),
        ("character.other >= 26.6", False),
        # Two ranges: the low end of the one against the high end of the other.
        ("readiness > risk_taking", True),
        ("risk_taking > readiness", False),
        ("risk_taking < readiness", True),
        ("motivation > wellbeing", True),
        ("internal > flexible_rules", True),
        ("room > faster_help", False),
        ("faster_help > room", False),
        ("faster_help < room", False),
        ("extent.top2 > extent.rest", True),
        ("extent.rest > extent.bottom", True),
        ("extent >= extent", False),
        # Published elsewhere: 73 and 77 percent.
        ("kept_collaboration >= 72.5", True),
        ("kept_collaboration > 72.5", False),
        ("needed_collaboration > kept_collaboration", True),
        ("kept_collaboration > extent", True),
        # Counts are known: 296 of 556 is 53.24, 93 of 98 is 94.9.
        ("vive.response.answered > 53.2", True),
        ("vive.response.answered > 53.3", False),
        ("vive.response.answered < 53.24", True),
        ("vive.response.municipalities > 94.8 and vive.response.municipalities < 94.9", True),
    ],
)
def test_a_clause_holds_over_all_that_print_allows(estimates, condition, holds):
    assert judge(condition, estimates).holds is holds


@pytest.mark.parametrize("name", ["extent", "extent.top2", "vive.extent", "vive.extent.top2"])
def test_a_share_may_be_named_in_short_and_in_full(estimates, name):
    assert judge(f"{name} > 53", estimates).holds
    assert not judge(f"{name} > 54", estimates).holds
    assert judge(f"{name} > 53", estimates).values == f"{name} is 53.5 to 54.5"


def test_a_survey_is_named_by_its_prefix(estimates):
    assert judge("vive.response.answered > 53", estimates).holds
    assert judge("komdir.kept_collaboration.reported < 74", estimates).holds


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("extent > 50 and readiness > risk_taking", True),
        ("extent > 50 and readiness < risk_taking", False),
        ("extent < 50 and readiness > risk_taking", False),
        ("extent > 50 and extent < 55 and digital > 80", True),
        ("extent > 50 and extent < 54 and digital > 80", False),
        ("  extent   >  50 \n and\n readiness\t> 90  ", True),
        ("readiness clearly above risk_taking and extent > 50", True),
        ("readiness clearly above risk_taking and extent > 60", False),
        ("extent > 50 and motivation clearly above wellbeing", False),
    ],
)
def test_every_clause_has_to_hold(estimates, condition, holds):
    assert judge(condition, estimates).holds is holds


def test_the_values_of_all_clauses_are_told_once_each(estimates):
    told = judge("extent > 50 and extent < 60 and faster_help < readiness", estimates).values
    assert told == "extent is 53.5 to 54.5; faster_help is 48.0 to 52.0; readiness is 94.5 to 95.5"


MADE_UP = {
    "ci_low_pct": 47.25,
    "ci_high_pct": 60.5,
    "differ_low_pct": 41.0,
    "differ_high_pct": 66.0,
    "bound_low_pct": 15.0,
    "bound_high_pct": 87.0,
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("extent:alike > 47.2", True),
        ("extent:alike > 47.25", False),
        ("extent:alike >= 47.25", True),
        ("extent:alike < 60.6", True),
        ("extent:alike < 60.5", False),
        ("extent.top2:differ > 40", True),
        ("extent:differ > 41", False),
        ("extent:differ <= 66", True),
        ("extent:differ < 66", False),
        ("vive.extent.top2:bounds >= 15", True),
        ("extent:bounds > 15", False),
        ("extent:bounds <= 87", True),
        ("extent:bounds < 87", False),
        ("extent > extent:bounds", False),
        ("readiness > extent:bounds", True),
        ("extent:alike > vive.response.answered", False),
        ("47 < extent:alike", True),
    ],
)
def test_what_a_share_says_of_everyone_has_three_ranges(estimates, condition, holds):
    assert judge(condition, with_row(estimates, EXTENT, **MADE_UP)).holds is holds


def test_the_widest_bounds_of_the_headline(estimates):
    # 86 of 556 is 15.47 percent, and 483 of 556 is 86.87.
    assert judge("extent:bounds > 15.4 and extent:bounds < 86.9", estimates).holds
    assert not judge("extent:bounds > 15.5", estimates).holds
    assert not judge("extent:bounds < 86.8", estimates).holds


# Clearly above


def test_a_pair_is_clear_where_no_joint_table_lets_it_be_even(estimates):
    clear = judge("readiness clearly above risk_taking", estimates)
    assert clear.holds
    assert clear.values == "readiness less risk_taking is 13.4 to 28.2 percentage points over every joint table"


@pytest.mark.parametrize(
    "condition",
    [
        "risk_taking clearly above readiness",
        "motivation clearly above wellbeing",
        "wellbeing clearly above motivation",
        "permanent clearly above transferable",
    ],
)
def test_a_pair_that_may_be_even_or_is_turned_is_not_clear(estimates, condition):
    assert not judge(condition, estimates).holds


@pytest.mark.parametrize(("both", "clear"), [(198, True), (112, False)])
def test_observed_answers_are_clear_by_their_own_joint_table(vive, both, clear):
    # 210 and 198 of 296 each time. R's interval is 2.5 to 5.6 points, or -2.1 to 10.2.
    rows = [("1", "1")] * both + [("1", "2")] * (210 - both) + [("2", "1")] * (198 - both)
    rows += [("2", "2")] * (296 - len(rows))
    first, second = ([row[side] for row in rows] for side in (0, 1))
    real = estimate_surveys(
        {"vive": observed(only(vive, "readiness", "risk_taking"), readiness=first, risk_taking=second)}
    )
    assert judge("readiness clearly above risk_taking", real).holds is clear
    assert judge("readiness > risk_taking", real).holds
    assert not judge("risk_taking clearly above readiness", real).holds


@pytest.mark.parametrize(
    "condition",
    [
        "readiness clearly above extent",
        "readiness clearly above motivation",
        "extent clearly above extent",
        "kept_collaboration clearly above needed_collaboration",
    ],
)
def test_only_items_of_one_stem_are_a_pair(estimates, condition):
    with pytest.raises(SurveybookError) as caught:
        judge(condition, estimates)
    error = caught.value
    assert (error.what, error.got) == ("a condition compares two items that are no pair", condition)
    assert "'readiness clearly above risk_taking'" in error.expected


@pytest.mark.parametrize(
    "condition",
    [
        "readiness.disagree clearly above risk_taking",
        "readiness clearly above risk_taking.neither",
        "readiness.disagree clearly above risk_taking.disagree",
    ],
)
def test_a_pair_of_other_answers_than_the_headlines_is_refused(estimates, condition):
    # The pair compares those who agree; of those who disagree print says nothing.
    with pytest.raises(SurveybookError):
        judge(condition, estimates)


def test_the_headlines_of_a_pair_may_be_named_in_full(estimates):
    assert judge("vive.readiness.agree clearly above risk_taking.agree", estimates).holds


# What is refused


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "extent",
        "extent>50",
        "extent > ",
        "> 50",
        "extent = 54",
        "extent == 54",
        "extent is above 50",
        "extent > 50 and",
        "and extent > 50",
        "extent > 50 or readiness > 90",
        "extent > 50 > 40",
        "extent > -5",
        "extent > 50%",
        "Extent > 50",
        "extent.option:1 > 10",
        "extent above risk_taking",
        "readiness clearly below risk_taking",
        "a.b.c.d > 50",
        "extent: > 50",
        "(extent > 50)",
    ],
)
def test_a_condition_that_cannot_be_read_is_refused_with_an_example(estimates, condition):
    with pytest.raises(SurveybookError) as caught:
        judge(condition, estimates)
    assert caught.value.what == "a condition cannot be read"
    assert caught.value.got in condition
    assert "extent > 50" in caught.value.expected


@pytest.mark.parametrize(
    "condition", ["extend > 50", "50 < extend", "extent > extend", "extend clearly above extent"]
)
def test_an_unknown_item_is_refused_and_the_known_ones_named(estimates, condition):
    with pytest.raises(SurveybookError) as caught:
        judge(condition, estimates)
    assert (caught.value.what, caught.value.got) == ("a condition names an unknown item", "extend")
    assert "'extent'" in caught.value.expected and "'kept_collaboration'" in caught.value.expected


def test_an_unknown_item_of_a_named_survey_is_refused(estimates):
    with pytest.raises(SurveybookError, match="unknown item of the survey komdir"):
        judge("komdir.extent > 50", estimates)


def test_an_unknown_option_set_is_refused_and_the_known_ones_named(estimates):
    with pytest.raises(SurveybookError) as caught:
        judge("extent.top9 > 50", estimates)
    assert caught.value.got == "top9" and "'top2'" in caught.value.expected


def test_counts_of_people_need_an_option_set(estimates):
    with pytest.raises(SurveybookError, match="'answered', 'invited', 'municipalities', 'open_answers'"):
        judge("vive.response > 50", estimates)


@pytest.mark.parametrize("name", ["response", "response.answered", "better_ratio"])
def test_a_name_that_several_surveys_have_needs_its_survey(estimates, name):
    with pytest.raises(SurveybookError) as caught:
        judge(f"{name} > 50", estimates)
    error = caught.value
    assert (error.what, error.got) == ("a condition names an item of several surveys", name)
    surveys = ("bupl_1", "bupl_2") if name == "better_ratio" else ("bupl_2", "interviews", "mm_bikuben", "vive")
    assert error.expected == "one of " + names(f"{survey}.{name.split('.')[0]}" for survey in surveys)


def test_the_same_item_of_two_surveys_is_told_apart_by_its_survey(estimates):
    # three of four in the first survey, four of ten in the second
    assert judge("bupl_1.better_ratio >= 73 and bupl_2.better_ratio <= 42", estimates).holds
    assert judge("bupl_1.better_ratio > bupl_2.better_ratio", estimates).holds


def test_a_name_with_a_part_too_many_is_refused(estimates):
    with pytest.raises(SurveybookError):
        judge("extent.top2.nonsense > 50", estimates)


def test_an_unknown_range_is_refused_and_the_known_ones_named(estimates):
    with pytest.raises(SurveybookError) as caught:
        judge("extent:sometimes > 50", estimates)
    error = caught.value
    assert (error.what, error.got) == ("a condition asks for an unknown range", "sometimes")
    assert error.expected == "one of 'alike', 'bounds', 'differ'"


@pytest.mark.parametrize("name", ["vive.response.answered", "kept_collaboration"])
@pytest.mark.parametrize("way", ["alike", "differ", "bounds"])
def test_a_range_that_there_is_not_is_refused_with_the_reason(estimates, name, way):
    with pytest.raises(SurveybookError) as caught:
        judge(f"{name}:{way} > 10", estimates)
    assert caught.value.what == "a condition asks for a range that there is not"
    assert caught.value.got == f"{name}:{way}"
    assert caught.value.expected.startswith("none: ")


@pytest.mark.parametrize(
    "condition", ["extent.top1 > 1", "90 > extent.top1", "digital > extent.top1", "extent.top1:alike > 1"]
)
def test_a_share_that_only_real_answers_could_tell_is_refused(estimates, committed, read_records, condition):
    (row,) = [
        row
        for row in read_records(committed / "replicates" / "estimates.csv")
        if (row["item"], row["option_set"], row["domain"]) == ("extent", "top1", "all")
    ]
    shares = [100 * int(count) / int(base) for count, base in (pair.split("/") for pair in row["counts"].split())]
    with pytest.raises(SurveybookError) as caught:
        judge(condition, estimates)
    assert caught.value.what == "a finding rests on a share that only real answers could tell"
    assert f"{min(shares):.0f} to {max(shares):.0f} percent over the replicates" in caught.value.got
    assert caught.value.got.startswith("extent.top1")


def test_an_item_of_several_surveys_needs_its_survey(estimates):
    (row,) = [row for row in estimates.rows if row.item == "kept_collaboration"]
    twice = replace(estimates, rows=(*estimates.rows, replace(row, survey="institution_leaders", estimate_pct=40.0)))
    with pytest.raises(SurveybookError) as caught:
        judge("kept_collaboration > 50", twice)
    error = caught.value
    assert (error.what, error.got) == ("a condition names an item of several surveys", "kept_collaboration")
    assert error.expected == "one of 'institution_leaders.kept_collaboration', 'komdir.kept_collaboration'"
    assert judge("komdir.kept_collaboration > 50", twice).holds
    assert not judge("institution_leaders.kept_collaboration.reported > 50", twice).holds


def test_a_count_without_a_base_is_no_share(estimates):
    with pytest.raises(SurveybookError, match="a share that is not known"):
        judge("vive.response.open_answers > 10", estimates)


def test_a_clause_that_is_refused_is_not_hidden_by_a_false_one(estimates):
    with pytest.raises(SurveybookError, match="unknown item"):
        judge("extent > 90 and extend > 50", estimates)


# Observed answers


def test_observed_shares_are_what_was_counted(vive):
    # 161 of 296 is 54.39 percent, which is not held to be 53.5 to 54.5 any more.
    cells = ["1"] * 100 + ["2"] * 61 + ["4"] * 135
    real = estimate_surveys({"vive": observed(only(vive, "extent"), extent=cells)})
    assert judge("extent > 54.39", real) == judge("54.39 < extent", real)
    assert judge("extent > 54.39", real).holds and judge("extent < 54.4", real).holds
    assert not judge("extent > 54.4", real).holds
    assert judge("extent > 54", real).values == "extent is 54.4"
    assert judge("extent.top1 > 33 and extent.top1 < 34 and extent.top1 <= extent", real).holds


def test_an_observed_share_is_not_rounded_to_print(vive):
    # 159 of 296 is 53.72; 28 of 40 is 70 exactly.
    real = estimate_surveys({"vive": observed(only(vive, "digital"), digital=["1"] * 28 + ["2"] * 12 + ["-1"] * 256)})
    assert judge("digital >= 70 and digital <= 70", real).holds
    assert not judge("digital > 70", real).holds
    # nearly nine of ten, as printed, says nothing any more
    assert not judge("digital >= 87", real).holds


def test_observed_ranges_of_everyone_are_those_of_the_rows(vive):
    # 28 of 40, and 260 silent, all of whom may be in the base: 28 / 300 to 288 / 300.
    real = estimate_surveys({"vive": observed(only(vive, "digital"), digital=["1"] * 28 + ["2"] * 12 + ["-1"] * 256)})
    assert judge("digital:bounds > 9.3 and digital:bounds <= 96", real).holds
    assert not judge("digital:bounds > 9.34", real).holds
    assert not judge("digital:bounds < 96", real).holds


def test_the_same_condition_follows_the_answers(vive):
    few, many = (
        estimate_surveys({"vive": observed(only(vive, "extent"), extent=["1"] * yes + ["4"] * (296 - yes))})
        for yes in (148, 149)
    )
    assert not judge("extent > 50", few).holds
    assert judge("extent > 50", many).holds


def test_a_declared_package_is_judged_by_its_rows(project, declare_observed, read_records):
    declare_observed(project / "data")
    cells = [row["q07c_hurtig"] for row in read_records(project / "data" / "raw" / "vive" / "responses.csv")]
    share = 100 * cells.count("1") / sum(cell in ("1", "2", "3", "88") for cell in cells)
    real = estimate_surveys(load_surveys())
    assert judge(f"faster_help > {share - 0.001:.6f} and faster_help < {share + 0.001:.6f}", real).holds
    assert not judge(f"faster_help > {share + 0.001:.6f}", real).holds


def test_a_few_answers_are_judged_as_they_are(vive):
    real = estimate_surveys(
        {"vive": observed(first_answers(only(vive, "extent"), 40), extent=["1"] * 21 + ["4"] * 19)}
    )
    assert judge("extent > 52.4 and extent < 52.6", real).holds


# Replicates


def test_a_condition_that_is_false_in_one_replicate_is_false(estimates):
    false = planted(estimates, {EXTENT: (140, 296)}, only=7)
    assert judge("extent > 50", estimates).holds
    verdict = judge("extent > 50", false)
    assert not verdict.holds
    assert verdict.values == "extent is 53.5 to 54.5; in replicate 7: 47.3 and 50.0"


@pytest.mark.parametrize("number", [1, 23, 40])
def test_every_replicate_is_asked_whichever_it_is(estimates, number):
    assert not judge("extent > 50", planted(estimates, {EXTENT: (140, 296)}, only=number)).holds
    assert not judge("50 < extent", planted(estimates, {EXTENT: (140, 296)}, only=number)).holds


def test_two_shares_are_compared_replicate_by_replicate(estimates):
    condition = "readiness > risk_taking"
    assert not judge(condition, planted(estimates, {READINESS: (100, 200), RISK: (150, 200)}, only=3)).holds
    # each share has been 40 and 60 percent, but never in the wrong order
    apart = planted(planted(estimates, {READINESS: (120, 200), RISK: (80, 200)}, 3), {READINESS: (199, 200)}, 4)
    assert judge(condition, apart).holds


def test_a_replicate_in_which_nobody_was_asked_holds_nothing_true(estimates):
    assert not judge("extent > 50", planted(estimates, {EXTENT: (0, 0)}, only=5)).holds
    assert not judge("extent < 60", planted(estimates, {EXTENT: (0, 0)}, only=5)).holds


def test_a_replicate_that_agrees_does_not_rescue_what_print_leaves_open(estimates):
    # All replicates say 54.4 percent; print allows 53.5.
    same = planted(estimates, {EXTENT: (161, 296)})
    assert not judge("extent > 54", same).holds


def test_a_replicate_is_held_against_a_share_that_is_printed_elsewhere(estimates):
    # In replicate 7 it would be 90 percent, which is above the 73 of another survey.
    assert not judge("kept_collaboration > extent", planted(estimates, {EXTENT: (266, 296)}, only=7)).holds


def test_a_replicate_is_named_by_its_number(estimates):
    table = with_counts(estimates.replicates["vive"], {EXTENT: (140, 296)}, only=7)
    renumbered = replace(table, numbers=tuple(number + 100 for number in table.numbers))
    verdict = judge("extent > 50", replace(estimates, replicates={"vive": renumbered}))
    assert "in replicate 107: 47.3 and 50.0" in verdict.values
