"""The estimates table: what each number rests on, who is in the base, and what is refused."""

from dataclasses import replace
from decimal import Decimal
from math import exp, inf, isnan, log, nan, sqrt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from made_up import made_figure, observed, only, with_counts, with_figure, with_item

import printed_figures
from surveybook.analyse import Estimates, estimate_surveys, load_estimates
from surveybook.analyse.agreement import check_agreement, refuse_disagreement
from surveybook.analyse.bases import BASE_RULES, in_base
from surveybook.analyse.design import Design
from surveybook.analyse.estimates import ESTIMATE_COLUMNS
from surveybook.analyse.proportions import estimate_proportion
from surveybook.core.errors import SurveybookError
from surveybook.core.model import (
    Cell,
    ItemType,
    MissingKind,
    OptionSet,
    Precision,
    RowKind,
    Status,
)
from surveybook.process.survey_data import Responses

# What print says, item by item: whoever changes a committed figure has to change it here too.
PRINTED = {
    ("extent", "top2"): 54,
    ("extent", "rest"): 32,
    ("extent", "bottom"): 14,
    ("character", "smaller"): 73,
    ("character", "other"): 27,
    ("profitable", "agree"): 65,
    ("permanent", "agree"): 85,
    ("transferable", "agree"): 78,
    ("digital", "yes"): 90,
    ("motivation", "agree"): 71,
    ("wellbeing", "agree"): 67,
    ("faster_help", "agree"): 50,
    ("readiness", "agree"): 95,
    ("risk_taking", "agree"): 74,
    ("flexible_rules", "agree"): 44,
    ("external", "top2"): 61,
    ("internal", "top2"): 46,
    ("room", "agree"): 52,
}
# A single option with the same answers as a printed set says the same: "agree" is option 1 of its list.
SAME = {
    (item, "option:1"): (item, option_set)
    for item, option_set in PRINTED
    if option_set in ("agree", "yes", "smaller")
}
OTHERS = tuple(figure for figure in printed_figures.PRINTED if figure.survey != "vive")  # carried over from print
RANGES = ("ci", "differ", "bound")
ENDS = ("low", "high")
# What words, and arithmetic on rounded figures, leave open.
EXTENT = Cell("extent", "top2")
WORDS = {("digital", "yes"): (87, 90), ("faster_help", "agree"): (48, 52)}
COMPUTED = {("extent", "rest"): (31, 33), ("character", "other"): (26.5, 27.5)}


@pytest.fixture(scope="module")
def cells(committed, read_records):
    """The raw cells of an item's column, by the csv module alone."""
    columns = {
        row["item"]: row["column"] for row in read_records(committed / "codebook" / "items.csv") if row["column"]
    }
    answers = read_records(committed / "raw" / "vive" / "responses.csv")
    return lambda item: [row[columns[item]] for row in answers]


def rows_of(estimates: Estimates, status: Status, item: str | None = None) -> list:
    return [row for row in estimates.rows if row.status == status and item in (None, row.item)]


# Pinned rows


def test_the_pinned_shares_are_the_printed_ones_exactly(estimates):
    pinned = [row for row in rows_of(estimates, Status.PINNED) if row.item != "response"]
    assert {(row.item, row.option_set): row.estimate_pct for row in pinned if ":" not in row.option_set} == PRINTED
    single = {(row.item, row.option_set): row.estimate_pct for row in pinned if ":" in row.option_set}
    assert single == {key: PRINTED[same] for key, same in SAME.items()}
    assert len(single) == 12


@pytest.mark.parametrize("key", SAME, ids="-".join)
def test_a_single_option_with_the_answers_of_a_printed_set_is_the_same_row(estimates, key):
    option, named = (estimates.get("vive", *names) for names in (key, SAME[key]))
    assert option.status == named.status == Status.PINNED
    assert repr(replace(option, option_set=named.option_set)) == repr(named)


def test_a_figure_goes_with_the_answers_it_names_and_with_no_others(vive):
    # If print spoke of "disagree", which is option 3 alone, that option would carry it, and no other would.
    data = observed(only(vive, "motivation"))
    data = replace(data, published=(made_figure(10, "motivation", "disagree"),))
    rows = estimate_surveys({"vive": data}).option_sets("vive", "motivation")
    assert {row.option_set for row in rows if row.figure_id} == {"disagree", "option:3"}


def test_a_pinned_share_has_no_count_base_or_standard_error(estimates):
    for row in rows_of(estimates, Status.PINNED):
        if row.item != "response":
            assert row.count is None and row.base_n is None
            assert isnan(row.se_pct) and isnan(row.deff)
            assert row.base_status == "not published; assumed 160 to 296"
            assert row.interval_status == "assumed bases"


def test_a_pinned_share_lies_inside_its_ranges(estimates):
    for row in rows_of(estimates, Status.PINNED):
        if row.item != "response":
            for way in RANGES:
                low, high = getattr(row, f"{way}_low_pct"), getattr(row, f"{way}_high_pct")
                assert 0 <= low < row.estimate_pct < high <= 100
            assert row.bound_low_pct <= row.differ_low_pct <= row.ci_low_pct
            assert row.ci_high_pct <= row.differ_high_pct <= row.bound_high_pct


def test_the_widest_bounds_of_the_headline_by_hand(estimates):
    # 54 percent of 160 is 86 or 87; if the other 136 answerers were asked as well, 396 are silent.
    row = estimates.get("vive", "extent")
    assert row.bound_low_pct == pytest.approx(100 * 86 / 556, abs=1e-12)
    assert row.bound_high_pct == pytest.approx(100 * (87 + 396) / 556, abs=1e-12)


def print_allows(key: tuple[str, str], count: int, base: int) -> bool:
    """Whether a count of a base could have been printed so, in whole numbers alone."""
    if key in WORDS or key in COMPUTED:
        low, high = (WORDS | COMPUTED)[key]
        return 2 * low * base <= 200 * count <= 2 * high * base
    return (2 * PRINTED[key] - 1) * base <= 200 * count < (2 * PRINTED[key] + 1) * base


@pytest.mark.parametrize("key", PRINTED, ids="-".join)
def test_ranges_are_the_widest_over_every_base_from_160_to_296(estimates, key):
    z2 = float(Decimal("1.959963984540054235524594430521") ** 2)
    ends = []
    for base in range(160, 297):
        for count in (count for count in range(base + 1) if print_allows(key, count, base)):
            # the other answerers were not asked, or were asked and are silent
            for answered in (296, base):
                silent, p = 556 - answered, count / base
                q = z2 * answered * silent / (556 * base * (answered - 1))  # z squared / effective n
                root = sqrt((2 * p + q) ** 2 - 4 * (1 + q) * p * p)
                alike = [(2 * p + q + sign * root) / (2 * (1 + q)) for sign in (-1, 1)]
                differ = [(count + silent * min(max(p + sign * 0.1, 0), 1)) / (base + silent) for sign in (-1, 1)]
                bound = [count / (base + silent), (count + silent) / (base + silent)]
                ends.append([*alike, *differ, *bound])
    row = estimates.get("vive", *key)
    for number, way in enumerate(RANGES):
        low, high = (100 * pick(end[2 * number + at] for end in ends) for at, pick in enumerate((min, max)))
        assert getattr(row, f"{way}_low_pct") == pytest.approx(low, abs=1e-9)
        assert getattr(row, f"{way}_high_pct") == pytest.approx(high, abs=1e-9)


@pytest.mark.parametrize("key", PRINTED, ids="-".join)
def test_tipping_points_are_the_outermost_over_every_base_from_160_to_296(estimates, key):
    tips = []
    for base in range(160, 297):
        for count in (count for count in range(base + 1) if print_allows(key, count, base)):
            for silent in (260, 556 - base):
                # who of the silent says yes where everyone is split in halves
                among = ((base + silent) / 2 - count) / silent
                tips.append(100 * abs(count / base - among) if -1e-12 <= among <= 1 + 1e-12 else inf)
    row = estimates.get("vive", *key)
    assert (row.tip_low_pct, row.tip_high_pct) == pytest.approx((min(tips), max(tips)), abs=1e-9)


def test_the_cases_tip_late_early_and_never(estimates):
    tips = {
        key: (estimates.get("vive", *key).tip_low_pct, estimates.get("vive", *key).tip_high_pct) for key in PRINTED
    }
    assert tips["faster_help", "agree"][0] == 0
    assert 4 < tips["extent", "top2"][0] < 9 < tips["extent", "top2"][1] < 10
    assert tips["readiness", "agree"][1] == inf


def test_a_base_between_the_assumed_ones_can_be_the_widest(vive):
    # 63 percent of 8 is 5 and of 24 is 15, both 62.5 exactly; 12 of 19 is 63.2.
    figure = made_figure(63, "extent", "top2")
    item = replace(vive.codebook.items["vive", "extent"], assumed_bases=(8, 24))
    codes = vive.responses.codes.assign(extent=["1"] * 185 + ["4"] * 111)
    missing = vive.responses.missing.assign(extent="")
    known = replace(
        vive,
        published=(figure,),
        codebook=replace(vive.codebook, items={**vive.codebook.items, ("vive", "extent"): item}),
        responses=replace(vive.responses, codes=codes, missing=missing),
        replicates=with_counts(vive.replicates, {EXTENT: (185, 296)}),
    )
    row = estimate_surveys({"vive": known}).get("vive", "extent")
    feasible = [
        (count, base) for base in range(8, 25) for count in range(base + 1) if 125 * base <= 200 * count < 127 * base
    ]
    highest = {base: 100 * (c + (556 - base) * (c / base + 0.1)) / 556 for c, base in feasible}
    assert row.differ_high_pct == pytest.approx(max(highest.values()), abs=1e-9)
    assert max(highest[8], highest[24]) < row.differ_high_pct - 0.4
    assert (row.estimate_pct, row.base_status) == (63, "not published; assumed 8 to 24")


def test_the_counts_that_print_gives_are_kept(estimates):
    kept = {
        row.option_set: (row.count, row.base_n) for row in rows_of(estimates, Status.PINNED) if row.item == "response"
    }
    assert kept == {
        "invited": (556, 556),
        "answered": (296, 556),
        "municipalities": (93, 98),
        "open_answers": (160, None),
    }


def test_the_response_rate_is_the_printed_one_and_not_53_2(estimates):
    assert estimates.get("vive", "response", "answered").estimate_pct == 53


def test_counts_of_all_have_no_interval_and_say_why(estimates):
    for row in estimates.option_sets("vive", "response"):
        assert all(isnan(getattr(row, f"{way}_{end}_pct")) for way in RANGES for end in ("low", "high"))
        assert row.ci_method == "none: a count of all, not a sample"


def test_a_repeated_claim_gives_one_row(estimates):
    # 54, 85 and 67 percent are printed twice; the first print carries the claim.
    assert estimates.get("vive", "extent").figure_id == "vive_04"
    assert [row.figure_id for row in estimates.option_sets("vive", "permanent", "agree")] == ["vive_11"]
    keys = [(row.survey, row.item, row.option_set, row.domain, row.level) for row in estimates.rows]
    assert len(set(keys)) == len(keys)


def test_the_first_print_carries_the_claim_in_any_order(vive, estimates):
    turned = estimate_surveys({"vive": replace(vive, published=vive.published[::-1])})
    for item in ("extent", "permanent", "wellbeing"):
        assert turned.get("vive", item).figure_id == estimates.get("vive", item).figure_id


@pytest.mark.parametrize(
    ("item", "option_set", "low", "high", "word"),
    [
        ("digital", "yes", 87, 90, "nearly nine of ten"),
        ("faster_help", "agree", 48, 52, "half"),
        ("extent", "rest", 31, 33, ""),
        ("character", "other", 26.5, 27.5, ""),
    ],
)
def test_words_and_computed_figures_are_ranges(estimates, item, option_set, low, high, word):
    row = estimates.get("vive", item, option_set)
    assert (row.printed_low_pct, row.printed_high_pct, row.printed_word_en) == (low, high, word)
    assert row.is_range


def test_a_printed_word_is_kept_in_both_languages(estimates):
    words = {
        (row.survey, row.item, row.option_set): (row.printed_word_en, row.printed_word_da)
        for row in estimates.rows
        if row.printed_word_en
    }
    printed = {
        (f.survey, f.item, f.option_set): printed_figures.WORDS.get(f.figure_id) for f in printed_figures.PRINTED
    }
    assert words == {key: word for key, word in printed.items() if word} | {
        ("vive", "digital", "option:1"): ("nearly nine of ten", "næsten ni ud af ti"),
        ("vive", "faster_help", "option:1"): ("half", "halvdelen"),
    }
    assert all(row.printed_word_da == "" for row in estimates.rows if not row.printed_word_en)


def test_no_other_row_is_a_range(estimates):
    ranges = {(row.survey, row.item, row.option_set) for row in estimates.rows if row.is_range}
    here = {*WORDS, *COMPUTED, ("digital", "option:1"), ("faster_help", "option:1")}
    elsewhere = {(f.survey, f.item, f.option_set) for f in OTHERS if f.low is not None}
    assert len(elsewhere) == 14
    assert ranges == {*(("vive", *key) for key in here), *elsewhere}


def test_a_printed_base_is_kept(surveys, vive):
    known = with_figure(vive, "vive_04", base_n=296)
    row = estimate_surveys({"vive": known}).get("vive", "extent", "top2")
    assert (row.status, row.estimate_pct, row.base_n) == (Status.PINNED, 54, 296)
    # 54 percent of 296 is 159 to 161: with the base known, no other base widens the range.
    assert row.bound_low_pct == pytest.approx(100 * 159 / 556, abs=1e-12)
    assert row.bound_high_pct == pytest.approx(100 * 421 / 556, abs=1e-12)


def test_a_pinned_percentage_is_worked_out_from_the_rows(vive):
    # Print would allow 53 to 55 and says 55; the rows hold 161 of 296, which is 54.39.
    known = with_figure(vive, "vive_04", value=55, low=53, high=55)
    row = estimate_surveys({"vive": known}).get("vive", "extent")
    assert (row.estimate_pct, row.printed_pct) == (54, 55)


def test_a_pinned_percentage_is_rounded_half_up(vive):
    # 185 of 296 is 62.5 percent; rounding to even would give 62.
    codes = vive.responses.codes.assign(extent=["1"] * 185 + ["4"] * 111)
    responses = replace(vive.responses, codes=codes, missing=vive.responses.missing.assign(extent=""))
    table = with_counts(vive.replicates, {EXTENT: (185, 296)})
    known = replace(vive, responses=responses, published=(made_figure(63, "extent", "top2"),), replicates=table)
    row = estimate_surveys({"vive": known}).get("vive", "extent")
    assert row.estimate_pct == 63 and isinstance(row.estimate_pct, float)


@pytest.mark.parametrize("key", [*WORDS, *COMPUTED], ids="-".join)
def test_a_range_keeps_nothing_of_what_the_rows_say_in_it(vive, estimates, key):
    item, option_set = key
    row = estimates.get("vive", item, option_set)
    (check,) = [c for c in check_agreement(vive) if (c.figure.item, c.figure.option_set) == key]
    # the rows hold a count that print does not fix, and no column repeats it
    share = 100 * check.count / check.base
    assert share != row.estimate_pct
    values = [value for value in vars(row).values() if isinstance(value, float)]
    assert all(abs(value - share) > 1e-6 for value in values if not isnan(value))


def test_a_printed_count_is_a_count_and_no_percentage(vive):
    known = replace(
        vive,
        published=(
            *(figure for figure in vive.published if figure.item != "extent"),
            made_figure(161, "extent", "top2", unit="count", precision=Precision.EXACT, base_n=296),
        ),
        replicates=with_counts(vive.replicates, {EXTENT: (161, 296)}),
    )
    row = estimate_surveys({"vive": known}).get("vive", "extent", "top2")
    assert (row.status, row.count, row.base_n) == (Status.PINNED, 161, 296)
    assert row.estimate_pct == pytest.approx(100 * 161 / 296, abs=1e-9)


def test_nothing_is_pinned_that_is_not_printed(vive):
    bare = estimate_surveys({"vive": replace(vive, published=())})
    assert [(row.item, row.option_set) for row in bare.rows if row.status == Status.PINNED] == []


def test_a_setting_reaches_the_pinned_ranges(surveys, estimates):
    other = estimate_surveys(surveys, confidence_level=0.99, differ_points=25)
    before, after = estimates.get("vive", "extent"), other.get("vive", "extent")
    assert (after.confidence_level, after.differ_points) == (0.99, 25)
    assert after.ci_low_pct < before.ci_low_pct and after.ci_high_pct > before.ci_high_pct
    assert after.differ_low_pct < before.differ_low_pct and after.differ_high_pct > before.differ_high_pct
    assert after.bound_low_pct == before.bound_low_pct
    assert after.estimate_pct == 54


# Illustrative and observed rows


def test_every_other_row_of_a_simulated_survey_is_illustrative(estimates):
    for row in estimates.rows:
        if row.survey == "vive" and row.item != "response":
            pinned = row.domain == "all" and (row.item, row.option_set) in {*PRINTED, *SAME}
            assert row.status == (Status.PINNED if pinned else Status.ILLUSTRATIVE)
            assert (row.figure_id == "") != pinned


def test_illustrative_rows_say_so_and_hold_no_value_but_their_span(estimates):
    rows = rows_of(estimates, Status.ILLUSTRATIVE)
    assert len(rows) > 400
    kept = {"survey", "item", "option_set", "domain", "level", "base_rule", "status", "low_pct", "high_pct"}
    kept |= {"rounded_to", "share_step_pct"}  # nothing is rounded
    kept |= {"confidence_level", "differ_points", "population_size"}  # settings, and what is known anyhow
    said = {"base_status": "not published", "ci_method": "none: only the real answers could tell"}
    for row in rows:
        about = vars(row)
        assert {name: about[name] for name in said} == said
        for name in set(about) - kept - set(said):
            value = about[name]
            assert value is None or value == "" or isnan(value), name
    assert {row.population_size for row in rows} == {556}


def test_rows_of_a_simulated_survey_span_the_replicates_of_the_table(estimates, committed, read_records):
    table = {}
    for row in read_records(committed / "replicates" / "estimates.csv"):
        pairs = [tuple(map(int, pair.split("/"))) for pair in row["counts"].split()]
        shares = [100 * count / base for count, base in pairs if base]
        table[Cell(row["item"], row["option_set"], row["domain"], row["level"])] = (min(shares), max(shares))
    rows = [row for row in estimates.rows if row.survey == "vive"]
    assert {row.cell for row in rows} == set(table)
    for row in rows:
        assert (row.low_pct, row.high_pct) == pytest.approx(table[row.cell], abs=1e-9)
    moving = [row for row in rows if row.status == Status.ILLUSTRATIVE and row.high_pct - row.low_pct > 5]
    assert len(moving) > 300


def test_what_everyone_would_say_is_illustrative_and_of_replicates_alone(estimates, real):
    rows = [row for row in estimates.rows if row.domain == "everyone"]
    # all printed shares of later items and of the extent that are a headline
    assert {(row.item, row.option_set) for row in rows} == {
        key for key in PRINTED if key not in (("extent", "rest"), ("extent", "bottom"), ("character", "other"))
    }
    assert {(row.level, row.status) for row in rows} == {("everyone", Status.ILLUSTRATIVE)}
    assert all(row.low_pct < row.high_pct for row in rows)
    assert [row for row in real.rows if row.domain == "everyone"] == []


def test_only_simulated_rows_span_replicates(estimates, real):
    others = [row for row in estimates.rows if row.survey != "vive"]
    assert len(others) == len(OTHERS) == 63
    assert all(isnan(row.low_pct) and isnan(row.high_pct) for row in [*others, *real.rows])
    assert real.replicates == {} and set(estimates.replicates) == {"vive"}


def test_a_replicate_in_which_nobody_was_asked_is_left_out_of_the_span(vive):
    # In replicate 4 nobody is in the base; the others have 60 of 296, and one 90.
    cell = Cell("extent", "top1")
    table = with_counts(with_counts(vive.replicates, {cell: (60, 296)}), {cell: (0, 0)}, only=4)
    table = with_counts(table, {cell: (90, 296)}, only=5)
    row = estimate_surveys({"vive": replace(vive, replicates=table)}).get("vive", "extent", "top1")
    assert (row.low_pct, row.high_pct) == pytest.approx((100 * 60 / 296, 100 * 90 / 296), abs=1e-9)


def test_an_illustrative_row_is_the_same_whatever_the_simulated_rows_say(estimates, vive):
    others = vive.responses.codes.assign(initiator=vive.responses.codes["initiator"].to_numpy()[::-1])
    others["initiator"] = others["initiator"].where(others["initiator"] != "1", "2")
    data = replace(vive, responses=replace(vive.responses, codes=others))
    before, after = (
        estimate.table().set_index(["item", "option_set"]).loc["initiator"]
        for estimate in (estimates, estimate_surveys({"vive": data}))
    )
    pd.testing.assert_frame_equal(before, after, check_dtype=False)


def test_a_count_of_a_simulated_survey_without_print_is_illustrative(vive):
    known = replace(vive, published=tuple(f for f in vive.published if f.figure_id != "vive_03"))
    row = estimate_surveys({"vive": known}).get("vive", "response", "open_answers")
    assert (row.status, row.count, row.base_n) == (Status.ILLUSTRATIVE, None, None)


def test_a_count_by_hand(real, cells):
    base = [cell for cell in cells("initiator") if cell not in ("99", "-1", "-2", "")]
    row = real.get("vive", "initiator", "option:1")
    assert (row.count, row.base_n) == (base.count("1"), len(base))


def test_a_multiple_answer_counts_in_each_of_its_options(real, cells):
    given = [cell.split(";") for cell in cells("kind") if cell not in ("99", "-1", "-2", "")]
    both = sum(cell == ["1", "2"] for cell in given)
    first, second = (real.get("vive", "kind", f"option:{option}") for option in "12")
    assert both > 0
    assert first.base_n == second.base_n == len(given)
    assert first.count == sum("1" in cell for cell in given)
    assert first.count + second.count - both == len(given) - given.count(["88"])


def test_named_sets_come_before_single_options(estimates):
    names = [row.option_set for row in estimates.option_sets("vive", "extent")]
    single = [f"option:{value}" for value in (1, 2, 3, 4, 5, 6, 88)]  # 88 is don't know
    assert names == ["top2", "rest", "bottom", "top1", "top3", *single]
    assert [row.option_set for row in estimates.option_sets("vive", "extent", "option:")] == single


def test_single_options_share_out_the_whole_base(real):
    rows = real.option_sets("vive", "extent", "option:")
    assert sum(row.count for row in rows) == rows[0].base_n == 296


def test_only_items_that_were_asked_and_have_options_are_estimated(estimates):
    items = {row.item for row in estimates.rows if row.survey == "vive"}
    assert not items & {"backing", "competition", "open_answer", "municipality", "role", "field", "region"}


def test_observed_rows_are_observed_and_keep_print_beside_them(real):
    assert {row.status for row in real.rows} == {Status.OBSERVED}
    row = real.get("vive", "extent")
    assert (row.count, row.base_n, row.figure_id, row.printed_pct) == (161, 296, "vive_04", 54)
    assert row.base_status == row.interval_status == "observed"
    assert row.estimate_pct == pytest.approx(100 * 161 / 296, abs=1e-9)
    assert not any(row.is_range for row in real.rows)
    rate = real.get("vive", "response", "answered")
    assert rate.estimate_pct == pytest.approx(100 * 296 / 556, abs=1e-9)


def test_every_observed_row_speaks_of_everyone_by_hand(real, cells):
    rows = [row for row in real.rows if row.item != "response" and row.domain == "all"]
    rows = [row for row in rows if not row.option_set.startswith("gap:")]
    assert len(rows) > 120
    for row in rows:
        # 99 is refused and a blank no answer: silent, as the 260 are; -1 and -2 were not asked.
        skipped = sum(cell in ("99", "") for cell in cells(row.item))
        assert row.base_n == sum(cell not in ("99", "", "-1", "-2") for cell in cells(row.item))
        assert row.silent_n == 260 + skipped
        share, everyone = row.count / row.base_n, row.base_n + row.silent_n
        assert row.estimate_pct == pytest.approx(100 * share, abs=1e-9)
        assert row.bound_low_pct == pytest.approx(100 * row.count / everyone, abs=1e-9)
        assert row.bound_high_pct == pytest.approx(100 * (row.count + row.silent_n) / everyone, abs=1e-9)
        for sign, differ in ((-0.1, row.differ_low_pct), (0.1, row.differ_high_pct)):
            silent = min(max(share + sign, 0), 1)
            assert differ == pytest.approx(100 * (row.count + row.silent_n * silent) / everyone, abs=1e-9)
        tip = 100 * abs(share - 0.5) * everyone / row.silent_n
        enough = tip <= 100 * max(share, 1 - share) + 1e-9
        assert row.tip_low_pct == row.tip_high_pct == (pytest.approx(tip, abs=1e-9) if enough else inf)
        assert row.ci_method == "wilson"
        assert row.ci_low_pct <= row.estimate_pct <= row.ci_high_pct


def test_an_observed_gap_is_a_share_of_those_who_answered_alone(real, cells):
    for kind, cell in (("refused", "99"), ("no_answer", ""), ("dont_know", "88"), ("not_asked", "-1")):
        row = real.get("vive", "initiator", f"gap:{kind}")
        assert (row.count, row.base_n, row.silent_n) == (cells("initiator").count(cell), 296, None)
        assert row.status == Status.OBSERVED and row.figure_id == ""
        assert row.estimate_pct == pytest.approx(100 * row.count / 296, abs=1e-9)
        assert row.ci_low_pct <= row.estimate_pct <= row.ci_high_pct
        # how the silent would have answered says nothing of a gap
        assert all(isnan(getattr(row, f"{way}_{end}_pct")) for way in ("differ", "bound", "tip") for end in ENDS)


def test_an_observed_domain_speaks_of_itself_and_not_of_the_silent(real):
    rows = [row for row in real.rows if row.domain != "all"]
    assert len(rows) > 200
    for row in rows:
        assert row.silent_n is None and isnan(row.tip_low_pct) and isnan(row.tip_high_pct)
        assert all(isnan(getattr(row, f"{way}_{end}_pct")) for way in ("differ", "bound") for end in ("low", "high"))
        assert (row.figure_id, row.status) == ("", Status.OBSERVED)
        assert row.suppressed or row.ci_low_pct <= row.estimate_pct <= row.ci_high_pct


def test_who_skips_a_question_is_silent_and_who_was_not_asked_is_not(vive):
    # Of 296: 100 yes, 50 no, 20 don't know, 30 refused, 40 without an answer, 26 not asked, 30 not applicable.
    kinds = {"": 150, "dont_know": 20, "refused": 30, "no_answer": 40, "not_asked": 26, "not_applicable": 30}
    codes = ["1"] * 100 + ["2"] * 50 + ["88"] * 20 + ["99"] * 30 + [""] * 40 + ["-1"] * 26 + ["-2"] * 30
    responses = replace(
        vive.responses,
        codes=vive.responses.codes.assign(digital=codes),
        missing=vive.responses.missing.assign(digital=[kind for kind, n in kinds.items() for _ in range(n)]),
    )
    row = estimate_surveys({"vive": replace(observed(only(vive, "digital")), responses=responses)}).get(
        "vive", "digital"
    )
    assert (row.count, row.base_n, row.silent_n) == (100, 170, 330)
    assert row.bound_low_pct == pytest.approx(100 * 100 / 500, abs=1e-12)
    assert row.bound_high_pct == pytest.approx(100 * 430 / 500, abs=1e-12)
    assert row.differ_low_pct == pytest.approx(100 * (100 + 330 * (100 / 170 - 0.1)) / 500, abs=1e-12)
    assert row.differ_high_pct == pytest.approx(100 * (100 + 330 * (100 / 170 + 0.1)) / 500, abs=1e-12)


@pytest.mark.parametrize("rule", sorted(BASE_RULES))
def test_nobody_is_both_in_the_base_and_silent(vive, rule):
    # ten of the 296 skipped the question
    missing = vive.responses.missing.assign(extent=["refused"] * 10 + [""] * 286)
    codes = vive.responses.codes.assign(extent=["99"] * 10 + ["1"] * 100 + ["4"] * 186)
    data = replace(
        with_item(observed(only(vive, "extent")), "extent", base_rule=rule),
        responses=replace(vive.responses, codes=codes, missing=missing),
    )
    row = estimate_surveys({"vive": data}).get("vive", "extent")
    assert row.base_n + row.silent_n <= 556
    assert row.bound_high_pct == pytest.approx(100 * (100 + row.silent_n) / 556, abs=1e-9)


def test_how_many_are_silent_is_known_where_a_range_is(estimates):
    for row in estimates.rows:
        pinned = row.status == Status.PINNED and row.item != "response"
        assert row.silent_n == (260 if pinned else None)


@pytest.mark.parametrize("rows", ["estimates", "real"])
def test_source_and_place_of_print_are_kept(rows, request, committed, read_records):
    table = request.getfixturevalue(rows)
    figures = {row["figure_id"]: row for row in read_records(committed / "published" / "figures.csv")}
    named = [row for row in table.rows if row.figure_id]
    assert len(named) > 20
    # a count has a source too, and where a claim stands twice, the first print is named
    assert {"vive_04", "vive_06", "vive_25"} <= {row.figure_id for row in named}
    for row in named:
        figure = figures[row.figure_id]
        assert figure["source"] and figure["place"]
        assert (row.printed_source, row.printed_place) == (figure["source"], figure["place"])
    row = table.get("vive", "initiator", "option:1")
    assert (row.figure_id, row.printed_source, row.printed_place) == ("", "", "")


def test_the_method_reaches_the_rows(vive):
    logit = estimate_surveys({"vive": observed(only(vive, "extent"))}, ci_method="logit")
    row = logit.get("vive", "extent")
    assert row.ci_method == "logit"
    # 161 of 296 by the formula, with R's qt(0.975, 295).
    p, t = 161 / 296, 1.9680381148904691
    half = t * sqrt((1 - 296 / 556) * p * (1 - p) / 295) / (p * (1 - p))
    ends = [100 / (1 + exp(-(log(p / (1 - p)) + sign * half))) for sign in (-1, 1)]
    assert [row.ci_low_pct, row.ci_high_pct] == pytest.approx(ends, abs=1e-9)


# Published rows


def test_published_rows_have_the_printed_value_and_nothing_more(estimates):
    rows = rows_of(estimates, Status.PUBLISHED)
    assert len(rows) == len(OTHERS)
    for figure in OTHERS:
        row = estimates.get(figure.survey, figure.item, figure.option_set)
        assert (row.status, row.figure_id, row.base_n) == (Status.PUBLISHED, figure.figure_id, None)
        shown = (row.count, row.estimate_pct) if figure.unit == "count" else (row.estimate_pct, row.count)
        assert shown[0] == figure.value
        assert shown[1] is None or isnan(shown[1])
        assert row.base_status.startswith("not published")
        assert isnan(row.se_pct) and isnan(row.fpc) and isnan(row.deff) and row.silent_n is None
        for way in ("differ", "bound", "tip"):  # of the silent of these surveys nothing is known
            assert all(isnan(getattr(row, f"{way}_{end}_pct")) for end in ENDS)


def test_a_published_sample_size_is_not_enough_for_an_interval(surveys):
    komdir = surveys["komdir"]
    known = with_figure(replace(komdir, survey=replace(komdir.survey, sample_size=90)), "komdir_01", base_n=90)
    row = estimate_surveys({"komdir": known}).get("komdir", "kept_collaboration")
    assert row.ci_method == "none: how the sample was drawn is not published"
    assert (row.base_n, row.base_status, row.population_size) == (90, "published", 98)
    assert isnan(row.ci_low_pct)


def test_a_published_count_of_answers_is_told(surveys):
    # read_published accepts such a figure for any survey, so the table has to hold it.
    komdir = surveys["komdir"]
    figure = replace(made_figure(90, "response", "answered", unit="count", base_n=98), survey="komdir")
    known = replace(komdir, published=(*komdir.published, figure))
    row = estimate_surveys({"komdir": known}).get("komdir", "response", "answered")
    assert row.status == Status.PUBLISHED


# Agreement with print


def test_the_committed_rows_return_every_printed_figure(vive):
    checks = check_agreement(vive)
    assert len(checks) == len(vive.published) == 26
    assert [check.figure.figure_id for check in checks if not check.agrees] == []


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [({"value": 56}, "56 percent"), ({"low": 57, "high": 60}, "57 to 60 percent"), ({"base_n": 295}, "54 percent")],
)
def test_simulated_rows_that_miss_print_are_refused(vive, changes, allowed):
    with pytest.raises(SurveybookError) as caught:
        estimate_surveys({"vive": with_figure(vive, "vive_04", **changes)})
    error = caught.value
    assert error.what == "the simulated answers of the survey vive disagree with print"
    assert (error.column, error.got) == ("item extent, option set top2", "161 of 296")
    assert error.expected == f"{allowed}, as printed (vive_04)"


def test_simulated_counts_that_miss_print_are_refused(vive):
    with pytest.raises(SurveybookError, match="297 count, as printed") as caught:
        refuse_disagreement(with_figure(vive, "vive_26", value=297))
    assert caught.value.got == "296 of 556"


def test_observed_rows_may_differ_from_print(vive):
    data = replace(with_figure(vive, "vive_04", value=80), kind=RowKind.OBSERVED)
    assert refuse_disagreement(data) is None
    assert [check.figure.figure_id for check in check_agreement(data) if not check.agrees] == ["vive_04"]


def test_a_printed_figure_of_a_multiple_answer_is_counted_option_by_option(vive):
    # "1;2" names option 1 too, in the check as in the estimate.
    sets = {**vive.codebook.option_sets, "kind": (OptionSet("kind", "new", frozenset("1"), "new", "nye", 1, ""),)}
    data = replace(
        vive,
        codebook=replace(vive.codebook, option_sets=sets),
        published=(made_figure(85, "kind", "new"),),
    )
    cells = vive.responses.codes["kind"]
    assert check_agreement(data)[0].count == sum("1" in cell.split(";") for cell in cells)


# Who is in the base

GAPS = list(MissingKind)
ALL_KINDS = pd.Series(["", *(kind.value for kind in GAPS)])


def test_there_is_a_test_of_each_base_rule_and_kind_of_gap():
    assert set(BASE_RULES) == {"answered_survey", "answered_item", "answered_substantively"}
    assert {kind.value for kind in GAPS} == {
        "not_asked",
        "not_applicable",
        "dont_know",
        "refused",
        "no_answer",
    }


@pytest.mark.parametrize(
    ("rule", "inside"),
    [
        ("answered_survey", {"", "not_asked", "not_applicable", "dont_know", "refused", "no_answer"}),
        ("answered_item", {"", "dont_know"}),
        ("answered_substantively", {""}),
    ],
)
@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind or "answered")
def test_each_kind_of_gap_by_each_rule(rule, inside, kind):
    assert in_base(pd.Series([kind, kind]), rule).tolist() == [kind in inside] * 2


def test_the_base_is_one_bool_per_respondent_whatever_their_labels():
    missing = ALL_KINDS.set_axis(list("fedcba"))
    got = in_base(missing, "answered_item")
    assert got.dtype == bool and got.tolist() == [True, False, False, True, False, False]


@pytest.mark.parametrize("rule", ["", "everyone", "Answered_item", None])
def test_an_unknown_base_rule_is_refused(rule):
    with pytest.raises(SurveybookError) as caught:
        in_base(ALL_KINDS, rule)
    assert caught.value.what == "unknown base rule"
    assert caught.value.expected == "one of 'answered_item', 'answered_substantively', 'answered_survey'"


# From answers to shares, on six respondents with one of each kind of gap

SIX = ["1", "-1", "-2", "88", "99", ""]


def answers(cells: list[str], kinds: list[str]) -> Responses:
    """Responses with one item, named question."""
    return Responses(pd.DataFrame({"question": cells}), pd.DataFrame({"question": kinds}), pd.DataFrame())


def question(kind: ItemType = ItemType.SINGLE):
    """An item as far as an estimate asks of it."""
    return SimpleNamespace(item="question", type=kind)


@pytest.mark.parametrize(
    ("rule", "values", "count", "base"),
    [
        ("answered_survey", {"1"}, 1, 6),
        ("answered_item", {"1"}, 1, 2),
        ("answered_substantively", {"1"}, 1, 1),
        ("answered_survey", {"88"}, 1, 6),
        ("answered_item", {"88"}, 1, 2),
        ("answered_substantively", {"88"}, 0, 1),
        ("answered_item", {"1", "88"}, 2, 2),
    ],
)
def test_share_by_base_rule(rule, values, count, base):
    responses = answers(SIX, ALL_KINDS.tolist())
    got = estimate_proportion(responses, question(), frozenset(values), rule, Design(20, 6))
    assert (got.count, got.base_n) == (count, base)
    assert got.estimate_pct == pytest.approx(100 * count / base, abs=1e-12)


def test_a_domain_restricts_the_base_and_not_the_sample():
    responses = answers(["1", "2", "1", "2", "1", "1"], [""] * 6)
    women = np.array([True, True, True, False, False, False])
    got = estimate_proportion(responses, question(), frozenset("1"), "answered_item", Design(20, 6), domain=women)
    # (1 - 6/20) * 6/5 * p (1 - p) / 3, with p = 2/3
    assert (got.count, got.base_n) == (2, 3)
    assert got.se_pct == pytest.approx(100 * (0.7 * 1.2 * (2 / 9) / 3) ** 0.5, abs=1e-9)


def test_two_digit_options_of_a_multiple_answer_are_not_mixed_up():
    responses = answers(["1;12", "12", "2;11", "1"], [""] * 4)
    counted = [
        estimate_proportion(
            responses, question(ItemType.MULTIPLE), frozenset(values), "answered_item", Design(20, 4)
        ).count
        for values in (["1"], ["2"], ["11"], ["12"], ["1", "2"])
    ]
    assert counted == [2, 1, 1, 2, 3]


def test_a_multiple_answer_with_two_of_the_values_counts_once():
    responses = answers(["1;2", "3", "2"], [""] * 3)
    got = estimate_proportion(responses, question(ItemType.MULTIPLE), frozenset("12"), "answered_item", Design(20, 3))
    assert (got.count, got.base_n) == (2, 3)


def test_an_item_that_nobody_answered_is_refused_by_name():
    responses = answers(["", ""], ["no_answer"] * 2)
    with pytest.raises(SurveybookError, match="the item question has an empty base"):
        estimate_proportion(responses, question(), frozenset("1"), "answered_item", Design(20, 2))


def test_an_empty_domain_is_refused():
    with pytest.raises(SurveybookError, match="empty base"):
        estimate_proportion(
            answers(["1", "2"], ["", ""]),
            question(),
            frozenset("1"),
            "answered_item",
            Design(20, 2),
            domain=np.array([False, False]),
        )


# Names and settings


def test_an_unknown_survey_is_refused(estimates):
    with pytest.raises(SurveybookError) as caught:
        estimates.get("viv", "extent")
    assert (caught.value.what, caught.value.got) == ("unknown survey", "viv")
    assert caught.value.expected == f"one of {printed_figures.names(printed_figures.SOURCES)}"


def test_an_unknown_item_is_refused_and_the_known_ones_named(estimates):
    with pytest.raises(SurveybookError) as caught:
        estimates.get("vive", "extend")
    assert caught.value.what == "unknown item of the survey vive"
    assert caught.value.got == "extend" and "'extent'" in caught.value.expected


def test_an_item_of_another_survey_is_refused(estimates):
    with pytest.raises(SurveybookError, match="unknown item of the survey komdir"):
        estimates.get("komdir", "extent")


def test_an_unknown_item_with_an_option_set_is_refused(estimates):
    with pytest.raises(SurveybookError, match="extend"):
        estimates.get("vive", "extend", "top2")


def test_an_unknown_option_set_is_refused_and_the_known_ones_named(estimates):
    with pytest.raises(SurveybookError) as caught:
        estimates.get("vive", "extent", "top9")
    assert caught.value.what == "there is no estimate of the item extent with this option set"
    assert caught.value.got == "top9"
    assert all(f"'{name}'" in caught.value.expected for name in ("top2", "rest", "bottom", "option:1"))


def test_an_item_without_headline_asks_for_an_option_set(estimates):
    with pytest.raises(SurveybookError, match="'option:1', 'option:2'"):
        estimates.get("vive", "kind")


def test_an_item_that_was_not_asked_is_refused(estimates):
    with pytest.raises(SurveybookError, match="an item that was asked"):
        estimates.get("vive", "backing", "agree")


def test_an_unknown_domain_is_refused_and_the_known_ones_named(estimates):
    for domain, level in (("role", "9"), ("region", "1084"), ("rolle", "1")):
        with pytest.raises(SurveybookError) as caught:
            estimates.get("vive", "extent", "top2", domain, level)
        assert caught.value.what == "there is no estimate of the item extent in this domain"
        assert caught.value.got == f"{domain} {level}"
        assert "'all all'" in caught.value.expected and "'role 1'" in caught.value.expected


def test_a_domain_is_asked_for_by_its_name_and_level(estimates):
    row = estimates.get("vive", "extent", "top2", "role", "1")
    assert (row.domain, row.level, row.cell) == ("role", "1", Cell("extent", "top2", "role", "1"))


def test_option_sets_are_those_of_everyone_without_gaps(estimates):
    rows = estimates.option_sets("vive", "readiness")
    assert {row.domain for row in rows} == {"all"}
    named = ["agree", "neither", "disagree", "not_against", "option:1", "option:2", "option:3", "option:88"]
    assert [row.option_set for row in rows] == named


def test_the_headline_is_the_default(estimates):
    assert estimates.get("vive", "extent") is estimates.get("vive", "extent", "top2")


@pytest.mark.parametrize(
    ("setting", "what", "expected"),
    [
        ({"confidence_level": 95}, "the confidence level is not a share", "above 0 and below 1, for example 0.95"),
        ({"confidence_level": 0}, "the confidence level is not a share", "above 0 and below 1, for example 0.95"),
        ({"ci_method": "wald"}, "unknown interval method", "one of 'logit', 'wilson'"),
        ({"differ_points": -1}, "points by which the silent differ", "0 to 100"),
        ({"differ_points": 100.5}, "points by which the silent differ", "0 to 100"),
        ({"differ_points": nan}, "points by which the silent differ", "0 to 100"),
    ],
    ids=str,
)
def test_an_impossible_setting_is_refused(surveys, setting, what, expected):
    with pytest.raises(SurveybookError) as caught:
        estimate_surveys(surveys, **setting)
    assert (caught.value.what, caught.value.expected) == (what, expected)
    assert caught.value.got == pytest.approx(next(iter(setting.values())), nan_ok=True)


def test_no_survey_at_all_is_refused():
    with pytest.raises(SurveybookError):
        estimate_surveys({})


# What a chapter begins with


def test_loading_estimates_is_loading_and_estimating(surveys):
    loaded = load_estimates("data", confidence_level=0.99, ci_method="logit", differ_points=25)
    expected = estimate_surveys(surveys, confidence_level=0.99, ci_method="logit", differ_points=25)
    pd.testing.assert_frame_equal(loaded.table(), expected.table())


def test_loading_estimates_has_the_settings_of_the_default_edition(estimates):
    pd.testing.assert_frame_equal(load_estimates().table(), estimates.table())
    row = load_estimates().get("vive", "extent")
    assert (row.confidence_level, row.differ_points) == (0.95, 10)


def test_loading_estimates_takes_its_settings_in_the_editions_order():
    row = load_estimates("data", 0.9, "logit", 5).get("vive", "extent")
    assert (row.confidence_level, row.differ_points) == (0.9, 5)


def test_loading_estimates_works_in_the_folder_of_the_chapters(project, monkeypatch, estimates):
    monkeypatch.chdir(project / "chapters")
    pd.testing.assert_frame_equal(load_estimates("data").table(), estimates.table())


def test_loading_the_estimates_of_no_package_is_refused(project):
    with pytest.raises(SurveybookError, match="there is no data package here"):
        load_estimates("dta")


def test_estimates_never_show_a_row_of_the_answers(vive):
    assert not hasattr(load_estimates(), "responses")
    ids = set(vive.responses.frame["respondent_id"])
    shown = repr(load_estimates())
    assert [respondent for respondent in ids if respondent in shown] == []


# The table


def test_the_table_has_one_row_per_estimate_and_the_named_columns(estimates):
    table = estimates.table()
    assert tuple(table.columns) == ESTIMATE_COLUMNS
    assert len(table) == len(estimates.rows)
    row = table[(table["item"] == "extent") & (table["option_set"] == "top2")].iloc[0]
    assert (row["estimate_pct"], row["status"], row["figure_id"]) == (54, "pinned", "vive_04")


def test_no_respondent_is_in_the_table(estimates, vive):
    ids = set(vive.responses.frame["respondent_id"])
    assert not ids & set(estimates.table().astype(str).to_numpy().ravel())


def test_the_same_data_give_the_same_table(surveys, estimates):
    pd.testing.assert_frame_equal(estimate_surveys(surveys).table(), estimates.table())


def test_values_are_plain_ones(estimates, real):
    kinds = {type(value) for row in [*estimates.rows, *real.rows] for value in vars(row).values()}
    assert kinds <= {str, int, float, bool, type(None), Status}


def test_the_columns_of_the_tipping_point_the_span_and_the_danish_word_are_there():
    assert {"tip_low_pct", "tip_high_pct", "low_pct", "high_pct", "suppressed", "printed_word_da"} < set(
        ESTIMATE_COLUMNS
    )
    assert len(set(ESTIMATE_COLUMNS)) == len(ESTIMATE_COLUMNS)
