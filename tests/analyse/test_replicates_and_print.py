"""The replicates against print: whoever misses it is named, and what is called fixed may not move."""

from dataclasses import replace
from math import isnan, nan

import pytest
from made_up import made_figure, observed, with_counts, with_figure, with_item

from surveybook.analyse import estimate_surveys, load_estimates
from surveybook.analyse.choices import AS_PRINTED
from surveybook.analyse.replicates import (
    chosen_counts,
    chosen_shares_pct,
    refuse_missed_figures,
    refuse_moving_pins,
    span,
)
from surveybook.core.errors import SurveybookError
from surveybook.core.model import Cell, Status
from surveybook.process.codebook import read_codebook, read_published
from surveybook.process.package import load_package
from surveybook.process.replicates import Replicates
from surveybook.simulate.assumptions import assumptions_of
from surveybook.simulate.generator import simulate_replicate

EXTENT, VERY = Cell("extent", "top2"), Cell("extent", "top1")
TABLE = "replicates/estimates.csv"


@pytest.fixture(scope="module")
def row_of(committed, read_records):
    """Where a share stands in the committed table, the header being row 1, and its pairs of counts."""
    rows = read_records(committed / TABLE)

    def find(cell: Cell) -> tuple[int, list[tuple[int, int]]]:
        ((number, row),) = [
            (number, row)
            for number, row in enumerate(rows, 2)
            if row["survey"] == "vive" and Cell(row["item"], row["option_set"], row["domain"], row["level"]) == cell
        ]
        return number, [tuple(map(int, pair.split("/"))) for pair in row["counts"].split()]

    return find


def planted(data, counts, only=None):
    """The survey with counts planted in its replicates."""
    return replace(data, replicates=with_counts(data.replicates, counts, only))


# The span of shares


@pytest.mark.parametrize(
    ("shares", "ends"),
    [([3.0, 1.0, 2.0], (1, 3)), ([5.0], (5, 5)), ([nan, 4.0, nan, 7.0], (4, 7)), ([0.0, 100.0], (0, 100))],
)
def test_the_span_is_the_lowest_and_the_highest_share(shares, ends):
    assert span(shares) == ends


@pytest.mark.parametrize("shares", [[], [nan], [nan, nan]], ids=str)
def test_shares_that_nobody_has_span_nothing(shares):
    assert all(isnan(end) for end in span(shares))


# A replicate that misses print


def test_the_committed_replicates_return_every_printed_figure(vive):
    assert refuse_missed_figures(vive) is None


@pytest.mark.parametrize(
    ("cell", "pair", "got", "expected"),
    [
        (EXTENT, (150, 296), "150/296", "54 percent, as printed (vive_04)"),
        (EXTENT, (162, 296), "162/296", "54 percent, as printed (vive_04)"),
        (EXTENT, (0, 0), "0/0", "54 percent, as printed (vive_04)"),
        (Cell("extent", "rest"), (90, 296), "90/296", "31 to 33 percent, as printed (vive_07)"),
        (Cell("digital", "yes"), (231, 255), "231/255", "87 to 90 percent, as printed (vive_14)"),
        (Cell("faster_help", "agree"), (121, 255), "121/255", "48 to 52 percent, as printed (vive_18)"),
        (Cell("response", "answered"), (295, 556), "295/556", "296 of 556, as printed (vive_26)"),
        (Cell("response", "municipalities"), (93, 97), "93/97", "93 of 98, as printed (vive_02)"),
        (Cell("response", "open_answers"), (161, 296), "161/296", "160, as printed (vive_03)"),
    ],
    ids=str,
)
@pytest.mark.parametrize("number", [1, 12, 40])
def test_a_replicate_that_misses_print_is_named_with_its_row_and_figure(
    vive, row_of, number, cell, pair, got, expected
):
    with pytest.raises(SurveybookError) as caught:
        refuse_missed_figures(planted(vive, {cell: pair}, only=number))
    error = caught.value
    assert error.what == f"replicate {number} of the survey vive misses a published figure"
    assert error.file.endswith(f"data/{TABLE}") and error.row == row_of(cell)[0]
    assert (error.column, error.got, error.expected) == ("counts", got, expected)
    assert "surveybook simulate" in error.hint


@pytest.mark.parametrize(
    ("pair", "good"),
    [
        ((107, 200), True),  # 53.5 rounds half up, to 54
        ((109, 200), False),  # 54.5 rounds to 55
        ((106, 200), False),
        ((108, 200), True),
        ((27, 50), True),
    ],
)
def test_print_is_missed_where_rounding_half_up_misses_it(vive, pair, good):
    data = planted(vive, {EXTENT: pair}, only=3)
    if good:
        refuse_missed_figures(data)
    else:
        with pytest.raises(SurveybookError, match="vive_04"):
            refuse_missed_figures(data)


def test_a_printed_base_has_to_be_met_too(vive):
    known = with_figure(vive, "vive_04", base_n=296)
    refuse_missed_figures(known)
    with pytest.raises(SurveybookError) as caught:
        refuse_missed_figures(planted(known, {EXTENT: (54, 100)}, only=2))
    assert (caught.value.got, caught.value.expected) == ("54/100", "54 percent of 296, as printed (vive_04)")


def test_a_repeated_claim_is_held_against_the_replicates_too(vive):
    with pytest.raises(SurveybookError, match="vive_05"):
        refuse_missed_figures(with_figure(vive, "vive_05", value=56))


def test_a_table_that_lacks_a_printed_share_is_refused(vive):
    counts = {cell: pairs for cell, pairs in vive.replicates.counts.items() if cell != EXTENT}
    with pytest.raises(SurveybookError, match="does not have an estimate of the codebook") as caught:
        refuse_missed_figures(replace(vive, replicates=replace(vive.replicates, counts=counts)))
    assert caught.value.got == "extent, top2, all, all"


def test_a_figure_of_an_item_that_was_not_asked_is_passed_over(vive):
    refuse_missed_figures(replace(vive, published=(made_figure(60, "backing", "agree"),)))


def test_a_survey_without_replicates_has_nothing_to_miss(surveys, vive):
    assert refuse_missed_figures(surveys["komdir"]) is None
    assert refuse_missed_figures(observed(with_figure(vive, "vive_04", value=99))) is None


def test_a_changed_count_in_the_file_stops_the_estimates(project, row_of, edit_cell, sign):
    number, pairs = row_of(Cell("motivation", "agree"))
    count, base = pairs[8]
    pairs[8] = (count - 20, base)
    file = project / "data" / TABLE
    edit_cell(file, number, "counts", " ".join(f"{count}/{base}" for count, base in pairs))
    sign(file)
    with pytest.raises(SurveybookError) as caught:
        load_estimates()
    error = caught.value
    assert error.what == "replicate 9 of the survey vive misses a published figure"
    assert (error.file, error.row, error.got) == (f"data/{TABLE}", number, f"{count - 20}/{base}")
    assert error.expected == "71 percent, as printed (vive_15)"


# A pin that moves


def pin(estimates, cell: Cell, **changes):
    """A row of the estimates that is called fixed by print."""
    (row,) = [row for row in estimates.rows if (row.survey, row.cell) == ("vive", cell)]
    return replace(row, **({"status": Status.PINNED} | changes))


def test_the_committed_pins_do_not_move(estimates):
    assert sum(row.status == Status.PINNED for row in estimates.rows) == 34  # 4 counts, 18 sets, 12 options
    assert refuse_moving_pins(estimates.rows, estimates.replicates) is None


def test_a_planted_pin_that_moves_is_caught_with_its_file_and_row(estimates, row_of):
    row, pairs = row_of(VERY)
    count, base = pairs[0]
    whole = (200 * count + base) // (2 * base)
    first = next(n for n, (c, b) in enumerate(pairs, 1) if (200 * c + b) // (2 * b) != whole)
    with pytest.raises(SurveybookError) as caught:
        refuse_moving_pins([pin(estimates, VERY, estimate_pct=float(whole))], estimates.replicates)
    error = caught.value
    assert error.what == "an estimate that is called fixed by print moves between the replicates"
    assert error.file.endswith(f"data/{TABLE}") and (error.row, error.column) == (row, "counts")
    assert error.got == "{}/{} in replicate {}".format(*pairs[first - 1], first)
    assert error.expected == f"{whole}, as in all others (item extent, option set top1)"


def test_a_domain_that_is_called_fixed_is_caught_too(estimates, row_of):
    cell = Cell("extent", "top2", "role", "1")
    with pytest.raises(SurveybookError) as caught:
        refuse_moving_pins([pin(estimates, cell, estimate_pct=54.0)], estimates.replicates)
    assert caught.value.row == row_of(cell)[0]


@pytest.mark.parametrize("number", [1, 17, 40])
@pytest.mark.parametrize(
    ("cell", "pair"),
    [
        (EXTENT, (150, 296)),
        (EXTENT, (0, 0)),
        (Cell("faster_help", "agree"), (140, 296)),
        (Cell("digital", "yes"), (267, 296)),
        (Cell("extent", "rest"), (91, 296)),
        (Cell("response", "answered"), (295, 556)),
        (Cell("response", "open_answers"), (159, 296)),
    ],
    ids=str,
)
def test_a_replicate_in_which_a_printed_value_moves_is_named(estimates, cell, pair, number):
    moved = {"vive": with_counts(estimates.replicates["vive"], {cell: pair}, only=number)}
    with pytest.raises(SurveybookError, match="moves between the replicates") as caught:
        refuse_moving_pins(estimates.rows, moved)
    assert caught.value.got == f"{pair[0]}/{pair[1]} in replicate {number}"
    assert f"(item {cell.item}, option set {cell.option_set})" in caught.value.expected


@pytest.mark.parametrize(
    ("cell", "pair"),
    [
        (EXTENT, (159, 296)),
        (EXTENT, (107, 200)),
        (Cell("faster_help", "agree"), (48, 100)),
        (Cell("faster_help", "agree"), (52, 100)),
        (Cell("digital", "yes"), (87, 100)),
        (Cell("character", "other"), (53, 200)),
    ],
    ids=str,
)
def test_a_replicate_within_print_leaves_a_pin_where_it_is(estimates, cell, pair):
    moved = {"vive": with_counts(estimates.replicates["vive"], {cell: pair}, only=6)}
    assert refuse_moving_pins(estimates.rows, moved) is None


@pytest.mark.parametrize("status", [Status.ILLUSTRATIVE, Status.OBSERVED, Status.PUBLISHED])
def test_only_what_is_called_fixed_by_print_may_not_move(estimates, status):
    row = pin(estimates, VERY, estimate_pct=99.0, status=status)
    assert refuse_moving_pins([row], estimates.replicates) is None


def test_a_pin_of_a_survey_without_replicates_is_not_asked(estimates):
    assert refuse_moving_pins([pin(estimates, VERY, estimate_pct=99.0)], {}) is None


def test_replicates_that_all_agree_grant_no_pin(vive, estimates):
    # What the generator happens not to vary is not thereby known.
    same = planted(vive, {VERY: (60, 296)})
    row = estimate_surveys({"vive": same}).get("vive", "extent", "top1")
    assert row.status == Status.ILLUSTRATIVE and isnan(row.estimate_pct)
    assert row.low_pct == row.high_pct == pytest.approx(100 * 60 / 296, abs=1e-9)


def test_estimating_refuses_a_pin_that_print_does_not_fix(vive):
    # Without the printed 296, the printed 53 percent of 556 allows 295 as well: the count is not fixed.
    rounded_only = replace(vive, published=tuple(known for known in vive.published if known.figure_id != "vive_26"))
    assert estimate_surveys({"vive": rounded_only}).get("vive", "response", "answered").count == 296
    data = planted(rounded_only, {Cell("response", "answered"): (295, 556)}, only=8)
    with pytest.raises(SurveybookError, match="moves between the replicates") as caught:
        estimate_surveys({"vive": data})
    assert caught.value.got == "295/556 in replicate 8"
    assert caught.value.expected == "296, as in all others (item response, option set answered)"


def test_a_printed_count_of_exactly_half_a_percent_stands(estimates):
    # 185 of 296 is 62.5 percent, in the row as in every replicate.
    row = pin(estimates, EXTENT, count=185, base_n=296, estimate_pct=62.5)
    table = with_counts(estimates.replicates["vive"], {EXTENT: (185, 296)})
    assert refuse_moving_pins([row], {"vive": table}) is None


def test_a_printed_range_of_whole_percentages_stands_where_print_is_met(vive):
    # 163 of 296 is 55.07, which rounds to the 55 of a printed 53 to 55.
    known = with_figure(with_figure(vive, "vive_04", low=53, high=55), "vive_05", low=53, high=55)
    known = with_figure(known, "vive_07", low=30, high=34)
    data = planted(known, {EXTENT: (163, 296)}, only=9)
    assert refuse_missed_figures(data) is None
    assert estimate_surveys({"vive": data}).get("vive", "extent").status == Status.PINNED


# Shares under another choice for don't-knows, by hand


@pytest.mark.parametrize(
    ("option_set", "choice", "expected"),
    [
        ("agree", "as-printed", (100, 200)),
        ("agree", "inside", (100, 210)),
        ("agree", "outside", (100, 190)),
        ("option:88", "as-printed", (10, 200)),
        ("option:88", "inside", (20, 210)),
        ("option:88", "outside", (0, 190)),
        ("gap:dont_know", "inside", (20, 296)),
    ],
)
def test_counts_under_another_choice_for_dont_knows(vive, option_set, choice, expected):
    # Of 20 who do not know, 10 are in the base of 200.
    counts = {"agree": (100, 200), "option:88": (10, 200), "gap:dont_know": (20, 296)}
    table = with_counts(vive.replicates, {Cell("motivation", name): pair for name, pair in counts.items()})
    found = chosen_counts(table, vive.codebook, Cell("motivation", option_set), choice)
    assert found == [expected] * 40
    shares = chosen_shares_pct(table, vive.codebook, Cell("motivation", option_set), choice)
    assert shares == pytest.approx([100 * expected[0] / expected[1]] * 40, abs=1e-9)


@pytest.mark.parametrize(
    "cell", [Cell("motivation", "agree", "role", "1"), Cell("motivation", "agree", *["everyone"] * 2)]
)
def test_counts_of_a_domain_are_not_known_under_another_choice(vive, cell):
    assert chosen_counts(vive.replicates, vive.codebook, cell, "inside") == []
    assert all(isnan(share) for share in chosen_shares_pct(vive.replicates, vive.codebook, cell, "inside"))
    assert chosen_counts(vive.replicates, vive.codebook, cell, AS_PRINTED) == list(vive.replicates.counts[cell])


# Against the replicates' own rows

SETS = {
    ("extent", "top2"): {"1", "2"},
    ("extent", "rest"): {"3", "88"},
    ("extent", "option:88"): {"88"},
    ("extent", "option:6"): {"6"},
    ("motivation", "agree"): {"1"},
    ("motivation", "neither"): {"2"},
    ("character", "other"): {"2", "88"},
    ("digital", "yes"): {"1"},
    ("initiator", "option:88"): {"88"},
    ("external", "top1"): {"1"},
}
GAP_CELLS = {"99", "-1", "-2", ""}


DRAWN = (2, 6, 8, 15)


@pytest.fixture(scope="module", params=DRAWN)
def drawn(request, committed):
    """A replicate's number, and its answers drawn again: those that the table keeps the counts of."""
    package = load_package(committed)
    codebook = read_codebook(package)
    assumed = assumptions_of(package, request.param)
    _, responses = simulate_replicate(codebook, read_published(package, codebook), "vive", assumed)
    return request.param, responses, assumed.dont_know


@pytest.mark.parametrize("key", SETS, ids="-".join)
@pytest.mark.parametrize("choice", ["inside", "outside"])
def test_another_choice_for_dont_knows_is_the_recount_of_the_replicates_rows(vive, drawn, key, choice):
    number, responses, _ = drawn
    item, option_set = key
    cells = list(responses[vive.codebook.items["vive", item].column])
    base = [cell for cell in cells if cell not in GAP_CELLS and (choice == "inside" or cell != "88")]
    # in replicate 6 everyone is unsure who started it, and outside the base there is nobody left
    expected = 100 * sum(cell in SETS[key] for cell in base) / len(base) if base else nan
    shares = chosen_shares_pct(vive.replicates, vive.codebook, Cell(item, option_set), choice)
    assert shares[number - 1] == pytest.approx(expected, abs=1e-9, nan_ok=True)
    assert len(shares) == 40


@pytest.mark.parametrize("key", SETS, ids="-".join)
def test_the_choice_as_printed_is_the_replicates_own(vive, drawn, key):
    number, responses, assumed = drawn
    item, option_set = key
    cells = list(responses[vive.codebook.items["vive", item].column])
    kept = {"88"} if assumed == "inside" or item == "extent" else set()
    base = [cell for cell in cells if cell not in GAP_CELLS and (cell != "88" or cell in kept)]
    shares = chosen_shares_pct(vive.replicates, vive.codebook, Cell(item, option_set), AS_PRINTED)
    assert shares[number - 1] == pytest.approx(100 * sum(cell in SETS[key] for cell in base) / len(base), abs=1e-9)


def test_the_drawn_replicates_have_dont_knows_inside_and_outside(committed, read_records):
    assumed = {
        row["replicate"]: row["dont_know"] for row in read_records(committed / "replicates" / "assumptions.csv")
    }
    assert [assumed[str(number)] for number in DRAWN] == ["inside", "inside", "outside", "outside"]


@pytest.mark.parametrize("choice", ["inside", "outside"])
@pytest.mark.parametrize("cell", [Cell("extent", "gap:dont_know"), Cell("response", "answered")], ids=str)
def test_gaps_and_counts_of_people_know_no_such_choice(vive, row_of, cell, choice):
    _, pairs = row_of(cell)
    expected = [100 * count / base for count, base in pairs]
    assert chosen_shares_pct(vive.replicates, vive.codebook, cell, choice) == pytest.approx(expected, abs=1e-12)


def test_a_domain_is_not_known_under_another_choice(vive):
    shares = chosen_shares_pct(vive.replicates, vive.codebook, Cell("extent", "top2", "role", "1"), "outside")
    assert len(shares) == 40 and all(isnan(share) for share in shares)


def tiny(counts) -> Replicates:
    """One replicate, in which 40 of 100 agree, 10 of the 100 do not know, and so do 15 of all."""
    pairs = {
        Cell("motivation", "agree"): (40, 100),
        Cell("motivation", "option:88"): (10, 100),
        Cell("motivation", "gap:dont_know"): (15, 296),
    } | counts
    return Replicates("vive", (1,), ("",), {cell: (pair,) for cell, pair in pairs.items()}, dict.fromkeys(pairs, 2))


@pytest.mark.parametrize(
    ("choice", "share"), [(AS_PRINTED, 40), ("outside", 100 * 40 / 90), ("inside", 100 * 40 / 105)]
)
def test_a_choice_by_hand(vive, choice, share):
    assert chosen_shares_pct(tiny({}), vive.codebook, Cell("motivation", "agree"), choice) == pytest.approx([share])


@pytest.mark.parametrize(("choice", "share"), [(AS_PRINTED, 10), ("outside", 0), ("inside", 100 * 15 / 105)])
def test_a_choice_for_dont_knows_themselves_by_hand(vive, choice, share):
    assert chosen_shares_pct(tiny({}), vive.codebook, Cell("motivation", "option:88"), choice) == pytest.approx(
        [share]
    )


def test_nobody_left_is_no_share(vive):
    only_unsure = tiny({Cell("motivation", "agree"): (0, 10), Cell("motivation", "option:88"): (10, 10)})
    (share,) = chosen_shares_pct(only_unsure, vive.codebook, Cell("motivation", "agree"), "outside")
    assert isnan(share)


def test_an_item_whose_base_is_everyone_keeps_it_in_the_replicates_too(vive):
    codebook = with_item(vive, "motivation", base_rule="answered_survey").codebook
    shares = chosen_shares_pct(tiny({}), codebook, Cell("motivation", "agree"), "outside")
    assert shares == pytest.approx([40])


def test_an_item_of_the_same_name_in_another_survey_is_not_mixed_up(vive, estimates):
    other = replace(vive.codebook.items["vive", "motivation"], survey="komdir", option_list="degree")
    codebook = replace(vive.codebook, items={("komdir", "motivation"): other, **vive.codebook.items})
    got, expected = (
        estimate_surveys({"vive": data}, dont_know="outside").get("vive", "motivation", "agree")
        for data in (replace(vive, codebook=codebook), vive)
    )
    assert (got.low_pct, got.high_pct) == (expected.low_pct, expected.high_pct)
