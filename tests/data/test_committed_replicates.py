"""The committed table of replicates agrees with print in each, and moves in all that print leaves open."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from surveybook.analyse import load_estimates

REPLICATES = 40
VIVE_FIGURES = 26
# The only shares that no replicate moves though print says nothing of them, and why.
EXTENT_IS_ANSWERED = "all 296 answer the extent in every replicate, so there is no such gap"
UNMOVED = {
    ("extent", f"gap:{kind}", "all", "all"): EXTENT_IS_ANSWERED
    for kind in ("not_asked", "not_applicable", "refused", "no_answer")
}


@pytest.fixture(scope="module")
def counts(committed, read_records):
    """(count, base) in each replicate, by item, option set, domain and level."""
    rows = read_records(committed / "replicates" / "estimates.csv")
    assert {row["survey"] for row in rows} == {"vive"}
    made = {}
    for row in rows:
        key = (row["item"], row["option_set"], row["domain"], row["level"])
        assert key not in made
        made[key] = [tuple(int(n) for n in pair.split("/")) for pair in row["counts"].split()]
    return made


@pytest.fixture(scope="module")
def figures(committed, read_records):
    found = [row for row in read_records(committed / "published" / "figures.csv") if row["survey"] == "vive"]
    assert len(found) == VIVE_FIGURES
    return found


@pytest.fixture(scope="module")
def estimates():
    return [row for row in load_estimates().rows if row.survey == "vive"]


def share(count, base) -> Fraction | None:
    return Fraction(count, base) if base else None


def printed_as(figure, count, base) -> bool:
    """Whether counts give a figure as it was printed, in decimal numbers."""
    if figure["unit"] == "count":
        return str(count) == figure["value"]
    percent = Decimal(100 * count) / Decimal(base)
    if figure["low"]:
        return Decimal(figure["low"]) <= percent <= Decimal(figure["high"])
    return percent.quantize(Decimal(1), rounding=ROUND_HALF_UP) == Decimal(figure["value"])


def test_every_share_has_a_count_of_its_base_in_each_of_forty_replicates(counts):
    for key, pairs in counts.items():
        assert len(pairs) == REPLICATES, key
        assert all(0 <= count <= base <= 556 for count, base in pairs), key


def test_every_published_figure_holds_in_every_replicate(figures, counts):
    for figure in figures:
        pairs = counts[figure["item"], figure["option_set"], "all", "all"]
        for number, (count, base) in enumerate(pairs, 1):
            assert printed_as(figure, count, base), (figure["figure_id"], number, count, base)
            assert figure["base_n"] in ("", str(base)), (figure["figure_id"], number)


def test_a_figure_can_be_missed(figures):
    # 54 percent of 296 is 159, 160 or 161
    (extent, *_) = [row for row in figures if (row["item"], row["option_set"]) == ("extent", "top2")]
    assert [count for count in range(297) if printed_as(extent, count, 296)] == [159, 160, 161]
    # half, read as 48 to 52 percent, of 160
    (half,) = [row for row in figures if row["item"] == "faster_help"]
    assert [count for count in range(161) if printed_as(half, count, 160)] == list(range(77, 84))


def test_bases_of_160_255_and_296_all_occur_and_no_others(figures, counts, committed, read_records):
    assumed = [int(row["base_n"]) for row in read_records(committed / "replicates" / "assumptions.csv")]
    assert set(assumed) == {160, 255, 296}
    later = [row for row in figures if row["item"] not in ("response", "extent")]
    assert len(later) > 15
    for figure in later:
        assert [base for _, base in counts[figure["item"], figure["option_set"], "all", "all"]] == assumed
    for option_set in ("top2", "rest", "bottom"):
        assert {base for _, base in counts["extent", option_set, "all", "all"]} == {296}


def test_the_estimates_are_those_of_the_table(estimates, counts):
    cells = {(row.item, row.option_set, row.domain, row.level) for row in estimates}
    assert cells == set(counts)
    everyone = [key for key in counts if key[2] == "everyone"]
    assert len(everyone) == 15
    assert all(key[:2] in {(row.item, row.option_set) for row in estimates if row.figure_id} for key in everyone)


def test_every_illustrative_share_moves_but_those_with_a_reason(estimates, counts):
    illustrative = [row for row in estimates if row.status == "illustrative"]
    assert len(illustrative) > 400
    still = set()
    for row in illustrative:
        key = (row.item, row.option_set, row.domain, row.level)
        if len({share(*pair) for pair in counts[key]} - {None}) < 2:
            still.add(key)
    assert still == set(UNMOVED)


def test_the_shares_that_do_not_move_are_none(counts):
    for key in UNMOVED:
        assert set(counts[key]) == {(0, 296)}


def test_what_the_silent_would_say_moves_widely(counts):
    # print bounds nothing here: nobody asked them
    for key in [key for key in counts if key[2] == "everyone"]:
        shares = [share(*pair) for pair in counts[key]]
        assert max(shares) - min(shares) > Fraction(1, 4), key


def test_the_range_of_an_illustrative_share_spans_all_replicates(estimates, counts):
    for row in estimates:
        shares = [share(*pair) for pair in counts[row.item, row.option_set, row.domain, row.level]]
        known = [100 * one for one in shares if one is not None]
        assert (row.low_pct, row.high_pct) == pytest.approx((float(min(known)), float(max(known))), abs=1e-9)


def test_illustrative_estimates_have_no_value_of_their_own(estimates):
    for row in estimates:
        if row.status == "illustrative":
            assert row.count is None and row.base_n is None and row.estimate_pct != row.estimate_pct


def test_notes_say_what_is_special_to_each_replicate(committed, read_records):
    notes = [row["note"] for row in read_records(committed / "replicates" / "assumptions.csv")]
    assert len(notes) == REPLICATES
    assert all(note.strip() and not note.endswith(".") for note in notes)
