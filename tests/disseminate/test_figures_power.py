"""The figure of a proposed study's power: its lines, its words, and that nothing of it is a finding."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest

from surveybook.analyse.power import LinkedWaves, simulate_power
from surveybook.core.errors import SurveybookError
from surveybook.disseminate import figure_power
from surveybook.disseminate.charts import Line, finish, line_chart
from surveybook.disseminate.figure import VEGALITE_MIME, csv_text

QUESTION = "How strong must the connection be?"
FEW = {"draws": 300, "seed": 7}
HEADER = ("True correlation", "3 leaders", "6 leaders", "20 leaders", "no error")


def power(**more):
    return figure_power(**{"figure_id": "f", "title": QUESTION, **FEW, **more})


@pytest.fixture(scope="module")
def figure():
    """The figure as a chapter asks for it, with all its own assumptions."""
    return figure_power(figure_id="power", title=QUESTION)


def datasets(spec, fields) -> list[dict]:
    """The rows of all datasets that have some fields and no other."""
    found = [rows for rows in spec["datasets"].values() if rows[0].keys() == set(fields)]
    return [row for rows in found for row in rows]


LINES = ("at", "label", "line0", "line1", "line2", "line3")
ENDS = ("at", "height", "text")


def test_the_table_has_a_row_for_each_correlation_and_a_column_for_each_design(figure):
    assert figure.table[0] == HEADER
    assert [row[0] for row in figure.table[1:]] == [f"{number / 10:g}" for number in range(11)]
    assert all(re.fullmatch(r"\d{1,3}%", cell) for row in figure.table[1:] for cell in row[1:])


def test_each_cell_is_its_designs_power_in_whole_percent():
    table = power(municipalities=60, leaders=[4], icc=0.2, significance=0.1).table
    designs = {"4 leaders": LinkedWaves(60, 4, 0.2, 0, 0.1), "no error": LinkedWaves(60, 1, 1, 0, 0.1)}
    assert table[0][1:] == tuple(designs)
    for row in (table[1], table[4], table[8]):
        for cell, design in zip(row[1:], designs.values(), strict=True):
            got = simulate_power(replace(design, correlation=float(row[0])), **FEW).power_pct
            assert abs(int(cell.removesuffix("%")) - got) <= 0.5


def test_the_chart_draws_the_numbers_of_the_table_and_those_between(figure):
    rows = datasets(figure.spec, LINES)
    assert [row["at"] for row in rows] == [number / 20 for number in range(21)]
    told = [(row["label"], *(f"{row[f'line{k}']:g}%" for k in range(4))) for row in rows[::2]]
    assert told == list(figure.table[1:])
    assert all(value == int(value) for row in rows for key, value in row.items() if key.startswith("line"))


def test_each_line_has_its_label_at_its_end_and_no_label_covers_another(figure):
    ends = datasets(figure.spec, ENDS)
    assert [end["text"] for end in ends] == list(HEADER[1:])
    assert {end["at"] for end in ends} == {1}
    assert "legend" not in json.dumps(figure.spec)
    heights = sorted(end["height"] for end in ends)
    assert all(above - below >= 6 for below, above in pairwise(heights))
    assert heights[0] >= 0 and heights[-1] <= 100


def test_lines_differ_by_their_dashes_and_not_by_colour_alone(figure):
    marks = [layer["mark"] for layer in figure.spec["layer"] if layer["mark"]["type"] == "line"]
    assert len({(str(mark["strokeDash"]), mark["style"]) for mark in marks}) == len(marks) == 4


def test_colours_are_those_of_the_chart_style_which_a_dark_page_changes(figure):
    layers = json.dumps(figure.spec["layer"])
    assert not re.search(r"#[0-9a-f]{3}|color", layers)


def test_the_scale_goes_from_0_to_100_percent_with_a_rule_at_80(figure):
    first = figure.spec["layer"][0]["encoding"]
    assert first["y"]["scale"]["domain"] == [0, 100]
    assert first["x"]["scale"]["domain"] == [0, 1]
    assert datasets(figure.spec, ("at", "end", "height", "text")) == [
        {"at": 0, "end": 1, "height": 80, "text": "aim"}
    ]


def test_labels_that_end_together_are_moved_apart_and_stay_inside():
    for ends in ([100] * 4, [0] * 4, [99, 100, 50, 52], [0, 3, 2, 98]):
        lines = [Line(f"line {k}", (0.0, float(end))) for k, end in enumerate(ends)]
        spec = finish(line_chart((0, 1), lines, x_title="x", y_title="y"), "x", "y")
        labels = datasets(spec, ENDS)
        heights = sorted(label["height"] for label in labels)
        assert heights[0] >= 0 and heights[-1] <= 100
        assert all(above - below >= 6 for below, above in pairwise(heights))
        by_end = sorted(labels, key=lambda label: (ends[int(label["text"][-1])], label["height"]))
        assert [label["height"] for label in by_end] == heights


def test_the_figure_says_what_it_rests_on_and_its_base_in_every_medium(figure):
    rests = "Worked out by simulation with a stated seed. No survey answers are used."
    assert (figure.rests, figure.base) == (rests, "Base: at most 98 municipalities.")
    assert rests in figure.text()
    assert rests in " ".join(figure.spec["title"]["subtitle"])
    bundle = figure._repr_mimebundle_()
    assert bundle[VEGALITE_MIME]["usermeta"]["surveybook"]["rests"] == rests
    assert "no error" in bundle["image/svg+xml"] and "<desc>" in bundle["image/svg+xml"]
    assert csv_text(bundle[VEGALITE_MIME]["usermeta"]["surveybook"]).startswith(f"# {QUESTION}\n# {rests}\n")


def test_the_caption_states_every_assumption():
    caption = power(municipalities=60, leaders=[4], icc=0.25, significance=0.1).caption
    assert "10 of 100 such studies would still report one." in caption
    assert "a share of 0.25 of the variance in single leaders' answers lies between municipalities." in caption
    # 300 draws: the error is at most 100 * sqrt(0.25 / 300) = 2.89, rounded up.
    assert "300 simulated studies, with the seed 7; its simulation error is at most 2.9 of 100." in caption
    assert "each wave asks other leaders" in caption
    assert "A line stands for so many leaders in each municipality and each wave." in caption


def test_the_caption_says_nothing_of_where_the_aim_is_from_nor_of_a_sample(figure):
    assert "Cohen" not in figure.caption and "sample" not in figure.caption
    assert "A common aim is 80 of 100." in figure.caption


def test_the_caption_says_that_these_are_no_findings_and_would_not_show_a_cause(figure):
    assert figure.caption.startswith("This is a proposed study: its numbers are assumptions, and not findings.")
    assert "it would not by itself show a cause." in figure.caption


def test_a_caption_is_of_short_sentences_and_has_no_percentage(figure):
    # The scan of built pages takes a percentage in a caption for a share of answers.
    sentences = re.split(r"(?<=[.?])\s+(?=[A-Z])", figure.caption)
    assert [text for text in sentences if len(text.split()) > 25] == []
    assert not re.search(r"\d\s*(%|percent)", figure.caption)


def test_the_caption_tells_from_where_each_line_reaches_the_aim(figure):
    reached = dict(re.findall(r"(?:about|,) ([\d.]+) with (\d+ leaders|no error)", figure.caption))
    reached = {label: float(at) for at, label in reached.items()}
    for k, label in enumerate(HEADER[1:]):
        at = [row["at"] for row in datasets(figure.spec, LINES) if row[f"line{k}"] >= 80]
        assert reached.get(label) == (at[0] if at else None)
    assert "With 3 leaders, not even a perfect correlation gives 80 of 100." in figure.caption


def test_the_text_alternative_tells_the_table(figure):
    correlations, *columns = zip(*figure.table[1:], strict=True)
    told = "; ".join(f"{name}: {', '.join(column)}" for name, column in zip(HEADER[1:], columns, strict=True))
    assert figure.alt.startswith(f"{QUESTION} Power at true correlations of {', '.join(correlations)}. {told[0]}")
    assert figure.alt.endswith(f"{told}.")


def test_a_title_may_paste_what_a_design_reaches():
    figure = power(title="In {municipalities} municipalities: {reach_20}")
    assert re.fullmatch(r"In 98 municipalities: about 0\.\d+ with 20 leaders", figure.title)
    at = figure.title.split(" ")[4]
    assert f"{at} with 20 leaders" in figure.caption


@pytest.mark.parametrize("field", ["reach_3", "reach_5", "extent", ""])
def test_a_title_cannot_paste_what_is_never_reached_or_unknown(field):
    with pytest.raises(SurveybookError, match="unknown field") as caught:
        power(title=f"Only {{{field}}}")
    assert "'reach_20'" in caught.value.expected
    assert (caught.value.hint is not None) == (field == "reach_3")


def test_a_title_with_an_open_brace_is_refused():
    with pytest.raises(SurveybookError, match="unclosed field"):
        power(title="Only {reach_20")


@pytest.mark.parametrize("leaders", [[], [1, 2, 3, 4], [6, 6]])
def test_too_many_lines_or_none_are_refused(leaders):
    with pytest.raises(SurveybookError, match="numbers of leaders") as caught:
        power(leaders=leaders)
    assert (caught.value.got, caught.value.expected) == (leaders, "one to 3 numbers, each once")


def test_lines_stand_in_the_order_of_leaders_and_one_leader_is_one():
    assert power(leaders=[6, 1]).table[0] == ("True correlation", "1 leader", "6 leaders", "no error")


def test_a_name_that_is_not_fit_for_an_address_is_refused():
    with pytest.raises(SurveybookError, match="not fit for an address"):
        power(figure_id="Power!")


def test_the_same_call_gives_the_same_figure_and_it_is_small(figure):
    assert figure_power(figure_id="power", title=QUESTION) == figure
    assert len(json.dumps(figure.spec, separators=(",", ":"))) < 8000
