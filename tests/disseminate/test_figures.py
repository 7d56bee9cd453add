"""A figure says the same in every medium, and holds aggregates alone."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.disseminate import (
    figure_comparison,
    figure_counts,
    figure_scale,
    figure_shares,
    figure_three_ways,
    paste_numbers,
)
from surveybook.disseminate.figure import USERMETA, VEGALITE_MIME, csv_text
from surveybook.disseminate.numbers import numbers_of

KINDS = {
    "shares": lambda e: figure_shares(e, "vive", ["motivation", "faster_help"], figure_id="f", title="{motivation}"),
    "three-ways": lambda e: figure_three_ways(e, "vive", "extent", figure_id="f", title="{extent}"),
    "scale": lambda e: figure_scale(e, "vive", "extent", figure_id="f", title="{extent}"),
    "counts": lambda e: figure_counts(e, "vive", figure_id="f", title="{response.answered}"),
    "comparison": lambda e: figure_comparison(e, "vive", ["extent", "digital"], figure_id="f", title="{extent}"),
    "published": lambda e: figure_shares(
        e, "komdir", ["kept_collaboration"], figure_id="f", title="{kept_collaboration}"
    ),
}
RESTS = {
    "published": "Published: a printed figure",
    # A figure of our ranges does not begin with what print fixes.
    "three-ways": "Our calculation from one printed figure, not in the article; only the dot is fixed by print.",
}
PINNED = "Fixed by print: the printed figure, or what follows from it."


def about(figure) -> dict:
    return figure._repr_mimebundle_()[VEGALITE_MIME]["usermeta"][USERMETA]


def data_of(figure) -> list[dict]:
    """The rows of a chart: the one of its datasets whose rows have a label."""
    (rows,) = [values for values in figure.spec["datasets"].values() if "label" in values[0]]
    return rows


@pytest.mark.parametrize("kind", KINDS)
def test_every_medium_says_what_the_numbers_rest_on(simulated, kind):
    figure = KINDS[kind](simulated)
    bundle = figure._repr_mimebundle_()
    words = RESTS.get(kind, PINNED)
    picture = re.sub(r"(<[^>]+>|\s)+", " ", bundle["image/svg+xml"].split("</desc>")[1])
    # The picture says it in a word, and what stands below it in a sentence.
    short = f"{words.split(':')[0].removesuffix('.')}."
    assert short in picture
    assert " ".join(bundle[VEGALITE_MIME]["title"]["subtitle"]).startswith(short)
    assert words.split(",")[0] in bundle["text/plain"]
    assert csv_text(about(figure)).splitlines()[1].startswith("# " + words.split(",")[0])
    assert figure.title in bundle["text/plain"] and figure.alt in bundle["text/plain"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_made_twice_is_the_same(simulated, kind):
    first, second = (KINDS[kind](simulated)._repr_mimebundle_() for _ in range(2))
    assert json.dumps(first) == json.dumps(second)


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_holds_a_handful_of_aggregates(simulated, kind):
    figure = KINDS[kind](simulated)
    spec = json.dumps(figure.spec)
    assert len(spec) < 12000 and len(data_of(figure)) == len(figure.table) - 1 <= 4
    assert not re.search(r"\b[LK]\d{3}\b|simuleret", spec)


def test_a_verbal_figure_is_drawn_as_its_range_without_the_simulated_value(simulated):
    row = next(row for row in data_of(KINDS["comparison"](simulated)) if row["text"] == "nearly nine of ten")
    assert (row["start"], row["end"]) == (87, 90)
    assert "value" not in row and "printed" not in row


def test_while_simulated_the_scale_shows_the_printed_groups_alone(simulated):
    figure = KINDS["scale"](simulated)
    assert [row[1] for row in figure.table[1:]] == ["54 percent", "31–33 percent", "14 percent"]
    assert "middle" in figure.table[2][0]


def test_an_observed_scale_shows_each_option_and_adds_to_100(observed):
    figure = KINDS["scale"](observed)
    names = [row[0] for row in figure.table[1:]]
    assert names[:2] == ["to a very high extent", "to a high extent"]
    assert {"to some extent", "don't know", "not at all"} <= set(names)
    shares = [float(row[1].removesuffix(" percent")) for row in figure.table[1:]]
    assert sum(shares) == pytest.approx(100, abs=0.05 * len(shares))
    values = data_of(figure)
    assert values[-1]["end"] - values[0]["start"] == pytest.approx(100)
    assert figure.rests.startswith("Observed")


def test_shares_are_sorted_and_carry_their_interval(simulated):
    figure = figure_shares(
        simulated, "vive", ["flexible_rules", "readiness", "risk_taking"], figure_id="f", title="Drivers"
    )
    assert [row[1] for row in figure.table[1:]] == ["95 percent", "74 percent", "44 percent"]
    for row in figure.table[1:]:
        low, high = (int(part) for part in row[2].removesuffix("%").split("–"))
        assert low < int(row[1].removesuffix(" percent")) < high


def test_a_published_figure_has_no_interval_and_says_why(simulated):
    figure = KINDS["published"](simulated)
    assert "No range: how many answered is not published" in figure.caption
    assert len(figure.table[0]) == 2
    assert not any("low" in row for row in data_of(figure))


def test_three_ways_stand_together(simulated):
    figure = KINDS["three-ways"](simulated)
    assert [row[0].split(",")[0] for row in figure.table[1:]] == ["Those who answered"] + ["Everyone"] * 3
    assert figure.table[1][1] == "54 percent"


def test_counts_are_counts(simulated):
    assert [row[1] for row in KINDS["counts"](simulated).table[1:]] == ["556", "296", "160"]


def test_the_comparison_admits_that_it_tests_nothing_while_simulated(simulated, observed):
    assert "tests nothing in the article" in KINDS["comparison"](simulated).caption
    assert "tests nothing in the article" not in KINDS["comparison"](observed).caption


def test_a_data_file_can_be_read_by_machines(simulated):
    lines = csv_text(about(KINDS["shares"](simulated))).splitlines()
    rows = list(csv.reader(io.StringIO("\n".join(line for line in lines if not line.startswith("#")))))
    assert rows[0][:2] == ["Item", "Share"] and rows[1][1] == "71 percent"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda e: figure_shares(e, "vive", ["motivation"], figure_id="f", title="{mood}"), "unknown item"),
        (lambda e: figure_shares(e, "vive", ["motivation"], figure_id="f", title="{extent.top9}"), "option set"),
        (lambda e: figure_shares(e, "vive", ["motivation"], figure_id="F 1", title="x"), "address"),
        (lambda e: figure_shares(e, "vive", ["kind"], figure_id="f", title="x"), "no estimate"),
        (lambda e: figure_scale(e, "vive", "motivation", figure_id="f", title="x"), "simulated rows alone"),
        (lambda e: figure_shares(e, "vive", ["extent"], figure_id="f", title="{motivation.disagree}"), "rows alone"),
        (lambda e: figure_shares(e, "vive", ["competition"], figure_id="f", title="x"), "asked"),
        (lambda e: paste_numbers(e, "vive", "competition"), "asked"),
    ],
)
def test_a_figure_that_cannot_be_made_says_why(simulated, make, words):
    with pytest.raises(SurveybookError, match=words):
        make(simulated)


def test_a_pasted_number_prints_its_words_and_knows_its_rest(simulated):
    number = numbers_of(simulated.get("vive", "extent"), simulated.codebook)["vive-extent-top2"]
    bundle = number._repr_mimebundle_()
    assert str(number) == "54 percent"
    assert 'data-status="pinned"' in bundle["text/html"] and ">54 percent</span>" in bundle["text/html"]
    assert "Fixed by print" in bundle["text/plain"] and "base not published" in bundle["text/plain"].lower()


def test_an_illustrative_number_cannot_be_pasted(simulated):
    with pytest.raises(SurveybookError, match="simulated rows alone"):
        numbers_of(simulated.get("vive", "extent", "option:1"), simulated.codebook)
