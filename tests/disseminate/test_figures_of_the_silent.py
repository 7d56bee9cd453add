"""What shares say of everyone for any difference of the silent, and how shares of the same people differ."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil, floor

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.disseminate import figure_pairs, figure_tipping
from surveybook.disseminate.numbers import numbers_of

INVITED, ANSWERED = 556, 296
BASES = range(160, 297)


def tipping(estimates, item="extent", **more):
    return figure_tipping(estimates, "vive", item, figure_id="f", title="How far?", **more)


def pairs(estimates, *stems):
    return figure_pairs(estimates, "vive", *stems, figure_id="f", title="Which differ?")


def rows_of(figure) -> list[dict]:
    (rows,) = [values for values in figure.spec["datasets"].values() if "label" in values[0]]
    return rows


def of_everyone(count, base, silent, points) -> Fraction:
    """(c + m q) / (b + m), in percent, where m are silent and a share q of them says so."""
    among_silent = min(max(Fraction(count, base) + Fraction(points, 100), Fraction(0)), Fraction(1))
    return 100 * (count + silent * among_silent) / (base + silent)


def as_printed(percent: int) -> list[tuple[int, int]]:
    """Every count and base that is rounded, halves up, to a printed percentage."""
    pairs = [(count, base) for base in BASES for count in range(base + 1)]
    return [(count, base) for count, base in pairs if (200 * count + base) // (2 * base) == percent]


@pytest.mark.parametrize(("item", "percent"), [("extent", 54), ("permanent", 85), ("flexible_rules", 44)])
@pytest.mark.parametrize("points", [-75, -40, -5, 0, 5, 25, 75])
def test_the_curve_spans_every_count_and_base_that_print_allows(simulated, item, percent, points):
    counted = as_printed(percent)
    silent = [(count, base, INVITED - answered) for count, base in counted for answered in (base, ANSWERED)]
    shares = [of_everyone(*row, points) for row in silent]
    (step,) = [row for row in rows_of(tipping(simulated, item)) if row["points"] == points]
    assert (step["low"], step["high"]) == (floor(min(shares)), ceil(max(shares)))
    assert step["share"] == f"{floor(min(shares))} to {ceil(max(shares))} percent"


def test_the_curve_goes_from_75_points_lower_to_75_higher_and_its_table_tells_each_25(simulated):
    figure = tipping(simulated)
    steps = rows_of(figure)
    assert [step["points"] for step in steps] == [*range(-75, 76, 5)]
    assert [row[0] for row in figure.table[1:]] == [
        "75 points lower",
        "50 points lower",
        "25 points lower",
        "are like those who answered",
        "25 points higher",
        "50 points higher",
        "75 points higher",
    ]
    told = {step["label"]: step["share"] for step in steps}
    assert dict(figure.table[1:]) == {label: told[label] for label, _ in figure.table[1:]}
    assert figure.table[4] == ("are like those who answered", "53 to 55 percent")
    assert "Those who answered: 54 percent." in figure.alt
    assert not figure.is_open


def test_the_silent_who_are_all_against_or_all_for_end_the_curve(simulated):
    # 85 percent and 75 points more is everyone, 54 percent and 75 points less is nobody.
    least, most = rows_of(tipping(simulated))[0], rows_of(tipping(simulated, "permanent"))[-1]
    assert least["low"] == floor(Fraction(100 * 86, 86 + 74 + 396))
    assert most["high"] == ceil(Fraction(100 * (136 + 396), 556))


@pytest.mark.parametrize(("item", "percent", "way"), [("extent", 54, "no longer has"), ("flexible_rules", 44, "has")])
def test_the_caption_says_how_far_the_silent_must_differ_before_half_of_everyone(simulated, item, percent, way):
    # Half of everyone: q = (b + m - 2c) / 2m among the silent, so c / b - q points.
    tips = []
    for count, base in as_printed(percent):
        for answered in (base, ANSWERED):
            silent = INVITED - answered
            tips.append(abs(100 * (Fraction(count, base) - Fraction(base + silent - 2 * count, 2 * silent))))
    row = simulated.get("vive", item)
    assert (row.tip_low_pct, row.tip_high_pct) == pytest.approx((float(min(tips)), float(max(tips))))
    # With fewer of the silent in the base it would be more, so only the least is told.
    words = f"at least {floor(min(tips))} percentage points"
    caption = tipping(simulated, item).caption
    assert re.search(rf"would have to be {words} \w+ before \D*\b{way}\b", caption)
    assert str(numbers_of(row, simulated.codebook)[f"vive-{item}-{row.option_set}-tipping"]) == words


def test_an_observed_curve_is_a_line_of_one_decimal(observed, project, read_records):
    rows = read_records(project / "data" / "raw" / "vive" / "responses.csv")
    given = [row["q01_omfang"] for row in rows if row["q01_omfang"] in ("1", "2", "3", "4", "5", "6", "88")]
    count, base = sum(answer in ("1", "2") for answer in given), len(given)
    assert base == ANSWERED  # whoever skips a question would be silent too
    share = of_everyone(count, base, INVITED - base, 20)
    (step,) = [row for row in rows_of(tipping(observed)) if row["points"] == 20]
    assert (step["low"], step["high"]) == pytest.approx((share, share), abs=1e-5)
    assert step["share"] == f"{floor(10 * share + 0.5) / 10:.1f} percent"


def test_a_share_that_says_nothing_of_everyone_has_no_curve(simulated):
    with pytest.raises(SurveybookError, match="says nothing of everyone"):
        figure_tipping(simulated, "komdir", "kept_collaboration", figure_id="f", title="How far?")


# Differences

LABELS = {
    "condition": [
        ("Employees more ready to change (95%)", "More flexible laws and guidelines (44%)", 51),
        ("Management more willing to take risks (74%)", "More flexible laws and guidelines (44%)", 30),
        ("Employees more ready to change (95%)", "Management more willing to take risks (74%)", 21),
    ],
    "effect": [
        ("Positive for employees' motivation (71%)", "Faster help and advice (half)", 21),
        ("Increases citizens' wellbeing (67%)", "Faster help and advice (half)", 17),
        ("Positive for employees' motivation (71%)", "Increases citizens' wellbeing (67%)", 4),
    ],
}


@pytest.mark.parametrize("stem", LABELS)
def test_differences_name_the_higher_share_first_and_the_largest_difference_on_top(simulated, stem):
    figure = pairs(simulated, stem)
    assert [row[0] for row in figure.table[1:]] == [f"{first} above {second}" for first, second, _ in LABELS[stem]]
    assert [row["label"] for row in rows_of(figure)] == [row[0] for row in figure.table[1:]]


@pytest.mark.parametrize("stem", LABELS)
def test_a_band_of_whole_points_lies_around_the_difference_and_is_told(simulated, stem):
    figure = pairs(simulated, stem)
    for row, told, (*_, difference) in zip(rows_of(figure), figure.table[1:], LABELS[stem], strict=True):
        low, high = row["start"], row["end"]
        assert low == int(low) < difference < high == int(high)
        ends = f"{low:g} to {high:g}".replace("-", "−")
        assert told[1] == f"{ends} percentage points" == row["share"]
        assert row["text"].startswith(ends)
        # Each band is as wide as chance alone would make it, and more.
        assert high - low > 2 * 1.96 * 100 * ((0.04 / 296) ** 0.5) * (260 / 555) ** 0.5


@pytest.mark.parametrize("stem", LABELS)
def test_a_verdict_says_whether_the_band_leaves_out_zero(simulated, stem):
    figure = pairs(simulated, stem)
    verdicts = [row[2] for row in figure.table[1:]]
    assert verdicts == ["above" if row["start"] > 0 else "cannot tell" for row in rows_of(figure)]
    # 71 and 67 percent of the same people are too near to each other; the others are not.
    assert verdicts == ["above", "above", "above" if stem == "condition" else "cannot tell"]
    assert [row["text"].rsplit(": ", 1)[1] for row in rows_of(figure)] == verdicts
    assert all(f"{row[0]}: {row[1]}, {row[2]}" in figure.alt for row in figure.table[1:])


def test_items_of_two_stems_stand_in_one_figure_but_are_not_compared(simulated):
    figure = pairs(simulated, "effect", "condition")
    assert len(figure.table) == 1 + 6
    labels = [label for label, *_ in figure.table[1:]]
    assert [label for label in labels if "motivation" in label and "ready to change" in label] == []


def test_an_unknown_stem_is_refused_and_the_known_ones_are_named(simulated):
    with pytest.raises(SurveybookError, match="no items of this stem") as caught:
        pairs(simulated, "effect", "mood")
    assert "mood" in str(caught.value) and "condition" in str(caught.value)


def test_an_observed_difference_is_in_whole_points_and_of_one_joint_table(observed, project, read_records):
    rows = read_records(project / "data" / "raw" / "vive" / "responses.csv")
    given = [(row["q09a_omstilling"], row["q09b_risiko"]) for row in rows]
    given = [pair for pair in given if all(answer in ("1", "2", "3", "88") for answer in pair)]
    first, second = (sum(pair[k] == "1" for pair in given) for k in (0, 1))
    difference = 100 * (first - second) / len(given)
    figure = pairs(observed, "condition")
    (told,) = [row for row in figure.table[1:] if row[0].startswith("Employees") and "Management" in row[0]]
    low, high = map(float, re.fullmatch(r"(\d+) to (\d+) percentage points", told[1]).groups())
    # The interval is even around the difference, and rounded outward at both ends.
    assert (low + high) / 2 == pytest.approx(difference, abs=1)
    assert "replicate" not in figure.caption and "published" not in figure.caption
