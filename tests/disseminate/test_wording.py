"""Numbers become words in one place, and never a number that print does not fix."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.core.rounding import half_up, outward, percent_half_up
from surveybook.disseminate.wording import base_text, points_text, range_text, value_pct, value_text


@pytest.mark.parametrize(
    ("item", "option_set", "words"),
    [
        ("extent", "top2", "54 percent"),
        ("extent", "rest", "31–33 percent"),
        ("extent", "bottom", "14 percent"),
        ("digital", "yes", "nearly nine of ten"),
        ("faster_help", "agree", "half"),
        ("readiness", "agree", "95 percent"),
        ("response", "answered", "53 percent"),
    ],
)
def test_a_value_is_worded_as_it_was_printed(simulated, item, option_set, words):
    assert value_text(simulated.get("vive", item, option_set)) == words


def test_an_observed_value_has_one_decimal_and_no_printed_word(observed, project, read_records):
    answers = [row["q07c_hurtig"] for row in read_records(project / "data" / "raw" / "vive" / "responses.csv")]
    count, base = answers.count("1"), sum(answer in ("1", "2", "3", "88") for answer in answers)
    percent = (Decimal(100 * count) / base).quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert value_text(observed.get("vive", "faster_help")) == f"{percent} percent"
    assert base_text(observed.get("vive", "faster_help")) == f"base {base}"


def test_a_pinned_value_leaves_the_book_at_its_printed_precision(simulated):
    assert value_pct(simulated.get("vive", "extent")) == 54


def test_ranges_are_rounded_outward(simulated):
    # 160 / 556 = 28.8 and 420 / 556 = 75.5 on a base of 296; assumed bases widen both.
    low, high = (int(part) for part in range_text(simulated.get("vive", "extent"), "bound", unit="").split(" to "))
    assert low <= 28 and high >= 76


def test_an_unpublished_base_says_so(simulated):
    assert base_text(simulated.get("vive", "extent")) == "base not published; we assume at least 160"


def test_points_are_words_where_people_write_words(simulated):
    assert points_text(simulated.get("vive", "extent")) == "ten percentage points"


@pytest.mark.parametrize("way", ["ci", "differ", "bound"])
def test_what_print_does_not_fix_is_refused_in_words(simulated, way):
    illustrative = simulated.get("vive", "extent", "option:1")
    for say in (value_text, value_pct, lambda estimate: range_text(estimate, way)):
        with pytest.raises(SurveybookError, match="simulated rows alone"):
            say(illustrative)


@pytest.mark.parametrize(
    ("count", "base", "percent"), [(1, 8, 13), (3, 8, 38), (160, 296, 54), (1, 200, 1), (1, 201, 0), (0, 5, 0)]
)
def test_percentages_round_half_up_from_whole_counts(count, base, percent):
    assert percent_half_up(count, base) == percent


@pytest.mark.parametrize(("value", "rounded"), [(0.5, 1), (1.5, 2), (2.5, 3), (2.4999999999999996, 3), (2.49, 2)])
def test_floats_round_half_up(value, rounded):
    assert half_up(value) == rounded


@pytest.mark.parametrize(
    ("low", "high", "places", "range_"),
    [(48.2, 59.1, 0, (48, 60)), (48, 60, 0, (48, 60)), (1.01, 1.01, 1, (1.0, 1.1))],
)
def test_outward_never_narrows(low, high, places, range_):
    assert outward(low, high, places) == range_
