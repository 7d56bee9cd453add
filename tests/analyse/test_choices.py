"""Other choices than print's: don't-knows in the base or not, and where a scale is cut."""

from dataclasses import replace
from math import isnan

import pytest
from made_up import observed, only, with_counts, with_item

from printed_figures import PRINTED
from surveybook.analyse import estimate_surveys, load_choices
from surveybook.analyse.choices import AS_PRINTED, CUT_POINTS, DONT_KNOW, check_choices, cut_scales, place_dont_knows
from surveybook.core.errors import SurveybookError
from surveybook.core.model import ALL, Cell, RowKind, Status
from surveybook.process import load_surveys

GAP_CELLS = {"99", "-1", "-2", ""}
DEGREES, AGREEING = {"top2": {"1", "2"}, "top1": {"1"}, "top3": {"1", "2", "3"}}, {"agree": {"1"}}
AGREEING["not_against"] = {"1", "2"}


@pytest.fixture(scope="module")
def columns(committed, read_records):
    """Of each item with an answer: its column, option list and headline, by the csv module alone."""
    rows = read_records(committed / "codebook" / "items.csv")
    return {row["item"]: (row["column"], row["option_list"], row["headline_set"]) for row in rows if row["column"]}


@pytest.fixture(scope="module")
def answers(committed, read_records):
    """The raw answers, by the csv module alone."""
    return read_records(committed / "raw" / "vive" / "responses.csv")


def others(choice: str) -> dict[str, str]:
    """The setting that a choice is of."""
    return {"dont_know": choice} if choice in DONT_KNOW else {"cut_point": choice}


# Names


def test_the_choices_have_these_names():
    assert set(DONT_KNOW) == {AS_PRINTED, "inside", "outside"}
    assert set(CUT_POINTS) == {AS_PRINTED, "stricter", "wider"}
    for dont_know in DONT_KNOW:
        for cut_point in CUT_POINTS:
            check_choices(dont_know, cut_point)


@pytest.mark.parametrize(
    ("setting", "what", "known"),
    [
        ({"dont_know": "wider"}, "unknown choice for don't-knows", "inside"),
        ({"dont_know": ""}, "unknown choice for don't-knows", "outside"),
        ({"cut_point": "inside"}, "unknown choice for the cut point", "stricter"),
        ({"cut_point": None}, "unknown choice for the cut point", "wider"),
    ],
    ids=str,
)
def test_an_unknown_choice_is_refused_and_the_known_ones_named(surveys, setting, what, known):
    with pytest.raises(SurveybookError) as caught:
        estimate_surveys(surveys, **setting)
    assert (caught.value.what, caught.value.got) == (what, next(iter(setting.values())))
    assert f"'{known}'" in caught.value.expected


# The codebook under another choice


@pytest.mark.parametrize(
    ("place", "rule"),
    [("inside", "answered_item"), ("outside", "answered_substantively"), (AS_PRINTED, "answered_item")],
)
def test_dont_knows_are_placed_by_the_base_rule(vive, place, rule):
    placed = place_dont_knows(vive.codebook, place)
    for key, item in vive.codebook.items.items():
        expected = "answered_survey" if item.base_rule == "answered_survey" else rule
        assert placed.items[key] == replace(item, base_rule=expected)


def test_dont_knows_come_back_inside(vive):
    out = place_dont_knows(vive.codebook, "outside")
    assert place_dont_knows(out, "inside").items == vive.codebook.items


def test_dont_knows_are_placed_for_the_items_that_are_picked(vive):
    placed = place_dont_knows(vive.codebook, "outside", lambda item: item.item != "extent")
    assert placed.items["vive", "extent"].base_rule == "answered_item"
    assert placed.items["vive", "motivation"].base_rule == "answered_substantively"


@pytest.mark.parametrize(
    ("cut_point", "degree", "agree"),
    [(AS_PRINTED, "top2", "agree"), ("stricter", "top1", "agree"), ("wider", "top3", "not_against")],
)
def test_a_scale_is_cut_where_it_has_such_a_cut(vive, cut_point, degree, agree):
    cut = cut_scales(vive.codebook, cut_point)
    for item in ("extent", "external", "internal"):
        assert cut.items["vive", item].headline_set == degree
    for item in ("motivation", "profitable", "readiness", "room"):
        assert cut.items["vive", item].headline_set == agree


@pytest.mark.parametrize("cut_point", ["stricter", "wider"])
def test_what_is_no_scale_keeps_its_headline(vive, cut_point):
    cut = cut_scales(vive.codebook, cut_point)
    kept = {"character": "smaller", "digital": "yes", "kind": None, "initiator": None, "backing": None}
    assert {item: cut.items["vive", item].headline_set for item in kept} == kept
    assert cut.items["komdir", "kept_collaboration"].headline_set == "reported"


# Observed rows, counted again by hand


@pytest.fixture(scope="module")
def recounted(vive):
    """Estimates of the committed rows as if they were real ones, under each choice."""
    data = {"vive": observed(vive)}
    return {choice: estimate_surveys(data, **others(choice)) for choice in ("inside", "outside", "stricter", "wider")}


@pytest.mark.parametrize("choice", ["inside", "outside"])
def test_observed_rows_are_counted_again_with_dont_knows_in_or_out(recounted, columns, answers, choice):
    checked = 0
    for row in recounted[choice].rows:
        if row.domain != ALL or row.item not in columns or row.option_set.startswith("gap:"):
            continue
        column, options, _ = columns[row.item]
        cells = [answer[column] for answer in answers]
        base = [cell for cell in cells if cell not in GAP_CELLS and (choice == "inside" or cell != "88")]
        assert row.base_n == len(base)
        if row.option_set.startswith("option:"):
            value = row.option_set.removeprefix("option:")
            assert row.count == sum(value in cell.split(";") for cell in base)
            checked += 1
        elif row.option_set in (values := {"degree": DEGREES, "agree": AGREEING}.get(options, {})):
            assert row.count == sum(cell in values[row.option_set] for cell in base)
            checked += 1
        assert row.status == Status.OBSERVED
        assert row.estimate_pct == pytest.approx(100 * row.count / row.base_n, abs=1e-9)
    assert checked > 100


def test_dont_knows_outside_the_base_are_not_silent(recounted, columns, answers):
    # 99 and a blank are silent, whatever becomes of 88.
    for item in ("extent", "motivation", "initiator"):
        silent = 260 + sum(answer[columns[item][0]] in ("99", "") for answer in answers)
        assert {recounted[choice].get("vive", item, "option:1").silent_n for choice in ("inside", "outside")} == {
            silent
        }


def test_dont_knows_matter_in_the_committed_rows(recounted, answers):
    unsure = sum(answer["q01_omfang"] == "88" for answer in answers)
    inside, outside = (recounted[choice].get("vive", "extent") for choice in ("inside", "outside"))
    assert unsure > 0
    assert (inside.base_n, outside.base_n) == (296, 296 - unsure)
    assert inside.count == outside.count == 161
    assert recounted["outside"].get("vive", "extent", "option:88").count == 0


def test_an_observed_item_whose_base_is_everyone_keeps_it(vive):
    data = with_item(observed(only(vive, "extent")), "extent", base_rule="answered_survey")
    row = estimate_surveys({"vive": data}, dont_know="outside").get("vive", "extent")
    assert (row.count, row.base_n) == (161, 296)


@pytest.mark.parametrize("choice", ["stricter", "wider"])
def test_an_observed_headline_is_cut_elsewhere(recounted, columns, answers, choice):
    cuts = {"stricter": {"degree": "top1"}, "wider": {"degree": "top3", "agree": "not_against"}}[choice]
    named = {"degree": DEGREES, "agree": AGREEING}
    checked = 0
    for item, (column, options, headline) in columns.items():
        if options not in named:
            continue
        option_set = cuts.get(options, headline)
        base = [answer[column] for answer in answers if answer[column] not in GAP_CELLS]
        row = recounted[choice].get("vive", item)
        assert (row.option_set, row.base_n) == (option_set, len(base))
        assert row.count == sum(cell in named[options][option_set] for cell in base)
        checked += 1
    assert checked == 13


@pytest.mark.parametrize("choice", ["stricter", "wider"])
def test_where_a_scale_is_cut_changes_no_other_observed_row(recounted, real, choice):
    as_printed = {row.cell: row for row in real.rows if row.domain == ALL}
    cut = {row.cell: row for row in recounted[choice].rows}
    assert cut.keys() == as_printed.keys()
    assert {cell: (row.count, row.base_n) for cell, row in cut.items()} == {
        cell: (row.count, row.base_n) for cell, row in as_printed.items()
    }


def test_declared_answers_follow_a_choice(project, declare_observed, read_records):
    declare_observed(project / "data")
    cells = [row["q07a_motivation"] for row in read_records(project / "data" / "raw" / "vive" / "responses.csv")]
    row = estimate_surveys(load_surveys(), dont_know="outside").get("vive", "motivation")
    assert (row.count, row.base_n) == (cells.count("1"), sum(cell in ("1", "2", "3") for cell in cells))
    assert row.base_n < sum(cell in ("1", "2", "3", "88") for cell in cells)


# Simulated rows


@pytest.fixture(scope="module")
def assumed(surveys):
    """Estimates of the committed surveys under each choice."""
    return {
        choice: estimate_surveys(surveys, **others(choice)) for choice in ("inside", "outside", "stricter", "wider")
    }


@pytest.mark.parametrize("choice", ["inside", "outside"])
def test_another_choice_for_dont_knows_leaves_nothing_fixed_by_print(assumed, choice):
    rows = [row for row in assumed[choice].rows if row.survey == "vive" and row.item != "response"]
    assert len(rows) > 100
    for row in rows:
        assert row.status == Status.ILLUSTRATIVE
        assert isnan(row.estimate_pct) and isnan(row.ci_low_pct) and row.count is None and row.base_n is None


@pytest.mark.parametrize("choice", ["inside", "outside"])
def test_another_choice_for_dont_knows_keeps_print_beside_the_range(assumed, choice):
    row = assumed[choice].get("vive", "motivation")
    assert (row.figure_id, row.printed_pct) == ("vive_15", 71)
    assert not isnan(row.low_pct)


@pytest.mark.parametrize("choice", ["inside", "outside", "stricter", "wider"])
def test_counts_of_people_and_other_surveys_know_no_choice(assumed, estimates, choice):
    def kept(some):
        return [repr(row) for row in some.rows if row.survey != "vive" or row.item == "response"]

    assert kept(assumed[choice]) == kept(estimates)
    # one row of each claim that is no share of VIVE's answers; its count and share who answered are one row
    claims = {(f.survey, f.item, f.option_set) for f in PRINTED if f.survey != "vive" or f.item == "response"}
    assert len(kept(estimates)) == len(claims) == 67


def test_the_range_over_the_replicates_follows_the_choice(committed, read_records, assumed):
    # Print's base may hold the don't-knows or not; a choice makes it the same in all replicates.
    counts = {
        row["option_set"]: [tuple(map(int, pair.split("/"))) for pair in row["counts"].split()]
        for row in read_records(committed / "replicates" / "estimates.csv")
        if (row["item"], row["domain"]) == ("motivation", "all")
    }
    together = zip(counts["agree"], counts["option:88"], counts["gap:dont_know"], strict=True)
    shares = {"inside": [], "outside": []}
    for (yes, base), (unsure, _), (all_unsure, _) in together:
        shares["outside"].append(100 * yes / (base - unsure))
        shares["inside"].append(100 * yes / (base - unsure + all_unsure))
    for choice, expected in shares.items():
        row = assumed[choice].get("vive", "motivation")
        assert (row.low_pct, row.high_pct) == pytest.approx((min(expected), max(expected)), abs=1e-9)
        assert row.high_pct - row.low_pct > 2


def test_a_range_is_that_of_the_planted_replicates(vive):
    cells = {Cell("motivation", "agree"): (71, 100), Cell("motivation", "option:88"): (20, 100)}
    data = replace(vive, replicates=with_counts(vive.replicates, cells))
    row = estimate_surveys({"vive": data}, dont_know="outside").get("vive", "motivation")
    assert row.low_pct == row.high_pct == pytest.approx(100 * 71 / 80, abs=1e-9)


@pytest.mark.parametrize("choice", ["stricter", "wider"])
def test_where_a_scale_is_cut_leaves_named_printed_sets_fixed(assumed, estimates, choice):
    def pinned(some):
        return {row.cell: repr(row) for row in some.rows if row.status == Status.PINNED}

    assert pinned(assumed[choice]) == pinned(estimates)
    assert assumed[choice].get("vive", "extent", "top2").estimate_pct == 54
    assert assumed[choice].get("vive", "motivation", "agree").status == Status.PINNED


@pytest.mark.parametrize(("choice", "option_set"), [("stricter", "top1"), ("wider", "top3")])
def test_a_headline_that_print_does_not_cut_so_is_illustrative(assumed, committed, read_records, choice, option_set):
    row = assumed[choice].get("vive", "extent")
    assert (row.option_set, row.status) == (option_set, Status.ILLUSTRATIVE)
    (counts,) = [
        known["counts"]
        for known in read_records(committed / "replicates" / "estimates.csv")
        if (known["item"], known["option_set"], known["domain"]) == ("extent", option_set, "all")
    ]
    shares = [100 * int(count) / int(base) for count, base in (pair.split("/") for pair in counts.split())]
    assert (row.low_pct, row.high_pct) == pytest.approx((min(shares), max(shares)), abs=1e-9)
    assert isnan(row.estimate_pct) and row.count is None


@pytest.mark.parametrize("choice", ["inside", "outside", "stricter", "wider"])
@pytest.mark.parametrize("kind", [RowKind.SIMULATED, RowKind.OBSERVED])
def test_domains_are_left_out_under_another_choice(assumed, recounted, kind, choice):
    rows = (assumed if kind == RowKind.SIMULATED else recounted)[choice].rows
    assert {row.domain for row in rows} == {ALL}


def test_domains_are_there_as_printed(estimates):
    assert {"role", "field", "risk_taking"} < {row.domain for row in estimates.rows}


def test_two_choices_at_once_are_both_made(vive, answers):
    both = estimate_surveys({"vive": observed(only(vive, "extent"))}, dont_know="outside", cut_point="stricter")
    row = both.get("vive", "extent")
    base = [answer["q01_omfang"] for answer in answers if answer["q01_omfang"] not in GAP_CELLS | {"88"}]
    assert (row.option_set, row.count, row.base_n) == ("top1", base.count("1"), len(base))


def test_choosing_what_print_chose_is_no_choice(surveys, estimates):
    same = estimate_surveys(surveys, dont_know=AS_PRINTED, cut_point=AS_PRINTED)
    assert [repr(row) for row in same.rows] == [repr(row) for row in estimates.rows]


# All choices side by side


def test_all_choices_are_print_s_and_one_other_at_a_time(estimates, assumed):
    made = load_choices()
    settings = [
        {},
        {"dont_know": "inside"},
        {"dont_know": "outside"},
        {"cut_point": "stricter"},
        {"cut_point": "wider"},
    ]
    assert len(made) == len(settings)
    expected = [estimates, *(assumed[next(iter(setting.values()))] for setting in settings[1:])]
    for got, one in zip(made.values(), expected, strict=True):
        assert [repr(row) for row in got.rows] == [repr(row) for row in one.rows]


def test_settings_reach_every_choice():
    for made in load_choices("data", 0.9, "logit", 5).values():
        row = made.get("vive", "extent", "top2")
        assert (row.confidence_level, row.differ_points) == (0.9, 5)
