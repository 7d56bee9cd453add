"""Innovations as cards and map, and the timeline: everything is told everywhere, and text stays text."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import date
from math import dist

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.disseminate import figure_innovations, figure_timeline
from surveybook.disseminate.figure import PANEL_MIME, VEGALITE_MIME, about_of, csv_text
from surveybook.disseminate.figure_markup import panel_html
from surveybook.disseminate.municipality_map import GAP, RADIUS, place_marks
from surveybook.process import load_context, load_surveys
from surveybook.process.context import DatePrecision, EventKind

HOSTILE = "</script><script>alert(1)</script> & \"quoted\" <b>bold</b> 'single'"
WORDS_IN_A_SENTENCE = 25
PHONE_MAP = 328  # CSS pixels: the map's width on a page of 360
LEAST_TARGET = 24
TITLE = "Eight types of new service"


@pytest.fixture(scope="module")
def context(committed):
    return load_context(str(committed), project_folder=committed)


@pytest.fixture(scope="module")
def codebook(committed):
    return load_surveys(str(committed), project_folder=committed)["vive"].codebook


@pytest.fixture(scope="module")
def panel(context):
    return figure_innovations(context, figure_id="types", title=TITLE)


@pytest.fixture(scope="module")
def timeline(context, codebook):
    return figure_timeline(context, codebook, figure_id="timeline", title="When it happened")


def parsed(figure) -> ElementTree.Element:
    """A panel's page element, as XML: what is well-formed for XML is read alike by an HTML parser."""
    bundle = figure._repr_mimebundle_()
    html = panel_html(about_of(bundle), bundle[PANEL_MIME]["markup"], "")
    return ElementTree.fromstring("<main>" + html.replace(" download>", ' download="">') + "</main>")


def text_of(element: ElementTree.Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext()))


def marks(root: ElementTree.Element) -> list[ElementTree.Element]:
    return root.findall(".//svg/a")


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!]) (?=[A-Z])", text) if part]


# The cards and the map.


def test_every_example_is_in_its_card_on_the_map_and_in_the_table(context, panel):
    root = parsed(panel)
    cards = root.findall(".//li[@class='sb-card']")
    assert len(cards) == len(context.types) == 8
    names = [mark.get("aria-label") for mark in marks(root)]
    rows = list(panel.table[1:])
    for example in context.innovations:
        kind, place = context.types[example.type], context.municipalities[example.municipality]
        told = text_of(cards[example.type - 1])
        assert kind.label_en in told and kind.text_en in told
        assert place.name in told and example.text_en in told and example.note in told
        assert f"{example.example_id}, {place.name}: {kind.label_en}" in names
        assert (
            kind.label_en,
            kind.text_en,
            place.name,
            place.region,
            example.text_en,
            example.note or "none",
        ) in rows
    assert len(names) == len(rows) == 16


def test_a_mark_has_the_name_of_its_place_and_service(panel):
    names = [mark.get("aria-label") for mark in marks(parsed(panel))]
    assert names[0] == "1a, Slagelse: Digital follow-up talks in job centres"


def test_ids_are_unique_and_begin_with_the_figures_name(panel):
    ids = [element.get("id") for element in parsed(panel).iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    own = [one for one in ids if one not in ("figure-types", "title-types", "caption-types")]
    assert len(own) == 32 and all(one.startswith("types-") for one in own)


def test_two_panels_on_a_page_share_no_id(context, panel):
    other = figure_innovations(context, figure_id="again", title=TITLE)
    ids = [{element.get("id") for element in parsed(figure).iter()} - {None} for figure in (panel, other)]
    assert not ids[0] & ids[1]


def test_links_lead_both_ways_between_a_mark_and_its_example(context, panel):
    root = parsed(panel)
    by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
    for mark, example in zip(marks(root), context.innovations, strict=True):
        item = by_id[mark.get("href").removeprefix("#")]
        assert example.text_en in text_of(item)
        back = item.find("a")
        assert by_id[back.get("href").removeprefix("#")] is mark
        assert example.example_id in text_of(back) and example.example_id in text_of(mark.find("g/text"))


def test_every_link_of_the_page_element_leads_somewhere(panel):
    root = parsed(panel)
    ids = {element.get("id") for element in root.iter()}
    inner = [href for element in root.iter("a") if (href := element.get("href")).startswith("#")]
    # there and back for each of the sixteen examples, and the figure's own address
    assert len(inner) == 2 * 16 + 1 and inner.count("#figure-types") == 1
    assert all(href.removeprefix("#") in ids for href in inner)


def test_the_map_has_all_outlines_and_marks_by_more_than_colour(context, panel):
    svg = parsed(panel).find(".//svg")
    paths = [path.get("d") for path in svg.iter("path") if path.get("class") != "sb-map-leader"]
    assert sorted(paths) == sorted(one.outline.path for one in context.municipalities.values())
    assert svg.get("role") == "group" and svg.get("aria-label")
    for mark in marks(parsed(panel)):
        assert mark.find("g").get("aria-hidden") == "true"
        assert mark.find("g/circle") is not None and mark.find("g/text").text


def test_nothing_is_styled_or_scripted_in_the_markup(panel):
    for element in parsed(panel).iter():
        assert element.tag not in ("script", "style")
        assert not [name for name in element.keys() if name == "style" or name.startswith("on")]  # noqa: SIM118


def test_marks_are_large_enough_on_a_phone_and_do_not_overlap(panel):
    svg = parsed(panel).find(".//svg")
    left, top, width, height = map(int, svg.get("viewBox").split())
    circles = [(int(c.get("cx")), int(c.get("cy")), int(c.get("r"))) for c in svg.iter("circle")]
    assert len(circles) == 16
    for number, (x, y, r) in enumerate(circles):
        assert 2 * r * PHONE_MAP / width >= LEAST_TARGET
        assert left <= x - r and x + r <= left + width and top <= y - r and y + r <= top + height
        assert all(dist((x, y), other[:2]) > 2 * r for other in circles[:number])


def test_marks_of_neighbours_and_of_one_place_stand_apart(context):
    # all the small municipalities around København, and one of them twice
    codes = ["0101", "0147", "0159", "0163", "0175", "0153", "0167", "0185", "0101"]
    places = [place for _, place in place_marks(context.municipalities, codes)]
    for number, place in enumerate(places):
        assert all(dist(place, other) >= 2 * RADIUS + GAP - 1e-9 for other in places[:number])


def test_it_says_that_examples_are_not_counts_and_that_the_rest_is_not_known(panel):
    told = text_of(parsed(panel))
    assert "Examples are not counts." in told
    assert "Where a municipality is not marked, nothing is known." in told
    assert panel.rests == "Told in the article; no figures, no answers."
    assert "Martin Polley, MIT licence" in panel.caption
    assert "does not say where they come from" in panel.caption
    assert "Examples are not counts." in csv_text(about_of(panel._repr_mimebundle_()))


def test_remarks_are_this_editions(context, panel):
    told = text_of(parsed(panel))
    for example in context.innovations:
        assert not example.note or f"Note by this edition: {example.note}" in told
    assert panel.table[0][-1] == "Note by this edition"


@pytest.fixture
def hostile(context):
    """A context whose every text could end an element, or open one."""
    towns = {code: replace(one, name=HOSTILE + code, region=HOSTILE) for code, one in context.municipalities.items()}
    types = {number: replace(one, label_en=HOSTILE, text_en=HOSTILE) for number, one in context.types.items()}
    innovations = tuple(replace(one, text_en=HOSTILE, note=HOSTILE) for one in context.innovations)
    events = tuple(replace(one, label_en=HOSTILE, note=HOSTILE) for one in context.events)
    return replace(context, municipalities=towns, types=types, innovations=innovations, events=events)


def test_text_of_the_data_stays_text(hostile, panel):
    figure = figure_innovations(hostile, figure_id="types", title=HOSTILE)
    root = parsed(figure)
    plain = parsed(panel)
    tags = [element.tag for element in root.iter()]
    assert "script" not in tags and "b" not in tags
    assert HOSTILE in text_of(root)
    assert {name for element in root.iter() for name in element.keys()} == {  # noqa: SIM118
        name
        for element in plain.iter()
        for name in element.keys()  # noqa: SIM118
    }


def test_an_id_that_is_not_fit_for_an_address_is_refused(context, codebook):
    for make in (
        lambda: figure_innovations(context, figure_id='a"b', title=TITLE),
        lambda: figure_timeline(context, codebook, figure_id="a b", title=TITLE),
    ):
        with pytest.raises(SurveybookError, match="not fit for an address"):
            make()


def test_captions_are_plain(panel, timeline):
    for figure in (panel, timeline):
        for one in sentences(figure.caption):
            # a list of names after a colon is read name by name
            for part in (one.partition(": ")[0], *one.partition(": ")[2].split("; ")):
                assert len(part.split()) <= WORDS_IN_A_SENTENCE, one
            assert one.endswith(".")


# The timeline.


def data_of(figure) -> list[dict]:
    return [row for rows in figure.spec["datasets"].values() for row in rows]


def test_the_timeline_has_every_event_and_every_source_of_the_article(context, codebook, timeline):
    rows = timeline.table[1:]
    told = [what for _, what, *_ in rows]
    sources = [survey for survey in codebook.surveys.values() if survey.use == "article"]
    assert len(rows) == len(context.events) + len(sources) == 14 + 10
    for event in context.events:
        assert event.label_en in told
    labels = {row["label"] for row in data_of(timeline) if "sure" in row}
    assert len(labels) == 10
    assert "VIVE's survey of municipal leaders: November 2020" in labels
    assert not any("nursery" in label for label in labels)


def test_events_and_field_periods_stand_by_date(timeline):
    dates = [when for when, *_ in timeline.table[1:]]
    assert dates[:6] == [
        "27 February 2020 (sources differ)",
        "11 March 2020",
        "13 March 2020",
        "14 March 2020",
        "18 March 2020",
        "April to July 2020",
    ]
    assert dates[-4:] == [
        "Between 1 and 10 November 2020",
        "November 2020",
        "9 December 2020",
        "16 December 2020",
    ]


def test_bars_lie_on_the_days_of_the_field_periods(timeline):
    # days from 1 February 2020, a leap year; the last day is inside the bar
    found = {row["label"]: (row["start"], row["end"], row.get("back")) for row in data_of(timeline) if "sure" in row}
    assert found["FH's panel of public leaders: 17 June to 2 July 2020"] == (137, 153, 39)
    assert found["VIVE's survey of municipal leaders: November 2020"] == (274, 304, 39)
    assert found["The interviews: April to July 2020"] == (60, 182, None)
    starts = [row["start"] for row in data_of(timeline) if "sure" in row]
    assert starts == sorted(starts)
    # only VIVE and FH asked from 11 March on
    assert {label.split(":")[0] for label, (_, _, back) in found.items() if back is not None} == {
        "FH's panel of public leaders",
        "VIVE's survey of municipal leaders",
    }


def test_only_periods_known_to_the_day_have_a_thick_bar(timeline):
    sure = {row["label"].split(":")[0] for row in data_of(timeline) if row.get("sure")}
    assert sure == {
        "FH's panel of public leaders",
        "The teachers' union's first survey (DLF)",
        "The survey by Bikubenfonden and Mandag Morgen",
        "The pedagogues' union's first survey (BUPL)",
        "The pedagogues' union's second survey (BUPL)",
    }


@pytest.mark.parametrize(("precision", "sure"), [("day", True), ("month", False), ("season", False)])
def test_the_codebook_says_whether_the_days_are_known(context, codebook, precision, sure):
    surveys = {name: replace(one, field_precision=precision) for name, one in codebook.surveys.items()}
    figure = figure_timeline(context, replace(codebook, surveys=surveys), figure_id="t", title="When")
    assert [row["sure"] for row in data_of(figure) if "sure" in row] == [sure] * 10
    assert ("in the field, known to the day" in json.dumps(figure.spec["layer"])) == sure


def test_what_is_not_sure_is_said(timeline):
    assert (
        "known to the day, except: First known case in Denmark; Lockdown of seven municipalities in North Jutland."
        in timeline.caption
    )
    assert "is inferred from the questions by this edition." in timeline.caption
    (silent,) = [one for one in sentences(timeline.caption) if one.startswith("For some sources it cannot be said: ")]
    assert sorted(silent.partition(": ")[2].removesuffix(".").split("; ")) == [
        "another survey by the teachers' union (DLF)",
        "the interviews",
        "the pedagogues' union's first survey (BUPL)",
        "the pedagogues' union's second survey (BUPL)",
        "the survey by Bikubenfonden and Mandag Morgen",
        "the survey of municipal chief executives (KOMDIR)",
        "the teachers' union's first survey (DLF)",
        "the teachers' union's survey on the reopening (DLF)",
    ]
    assert "The order of data collection is not shown to be the order of events." in timeline.caption
    remarks = {what: remark for _, what, _, remark in timeline.table[1:]}
    assert remarks["VIVE's survey of municipal leaders"] == "Looks back to 11 March 2020 (inferred)."
    assert remarks["FH's panel of public leaders"] == "Looks back to 11 March 2020 (inferred)."
    assert list(remarks.values()).count("How far back it looks cannot be said.") == 8
    assert remarks["The interviews"] == "How far back it looks cannot be said."
    assert remarks["First known case in Denmark"].startswith("Sources differ")


def test_lines_back_are_dashed_as_the_key_says(timeline):
    dashed = [layer for layer in timeline.spec["layer"] if "strokeDash" in layer["mark"]]
    assert len(dashed) == 2  # the lines, and the key's
    assert {tuple(layer["mark"]["strokeDash"]) for layer in dashed} == {(3, 3)}
    key = json.dumps(timeline.spec["layer"])
    assert "looks back to here: inferred, not printed" in key


def test_each_kind_of_event_has_a_mark_of_its_own_shape(timeline):
    marks = {layer["mark"]["style"]: layer["mark"] for layer in timeline.spec["layer"] if "transform" in layer}
    assert marks["sb-dot"]["filled"] and not marks["sb-drawn"]["filled"]
    assert marks["sb-printed"]["shape"] == "diamond"
    kinds = {row["label"]: row["style"] for row in data_of(timeline) if "style" in row}
    assert kinds["Reopening, phase 3"] == "sb-drawn"
    assert kinds["Borders closed"] == "sb-dot"
    assert kinds["First known case in Denmark"] == "sb-printed"


def test_the_timeline_is_a_whole_figure(timeline):
    bundle = timeline._repr_mimebundle_()
    assert set(bundle) == {VEGALITE_MIME, "image/svg+xml", "text/plain"}
    assert len(json.dumps(timeline.spec, separators=(",", ":"))) < 20_000
    for text in ("Lockdown announced", "Looks back to 11 March 2020 (inferred).", timeline.caption, timeline.rests):
        assert text in bundle["text/plain"]


def test_texts_stay_inside_the_narrowest_chart(timeline):
    for row in data_of(timeline):
        if "side" in row:
            room = (335 - row["edge"] if row["side"] == "right" else row["edge"]) / 335 * 290
            assert max(map(len, row["lines"])) * 6 + 12 <= room + 1e-9, row["label"]


def test_a_timeline_over_new_year_has_months_of_two_years(context, codebook):
    late = replace(context.events[1], event_id="late", date=date(2021, 2, 3), label_en="Later")
    figure = figure_timeline(
        replace(context, events=(*context.events, late)), codebook, figure_id="t", title="When it happened"
    )
    months = [row["text"] for row in data_of(figure) if row.keys() == {"at", "text"} and row["text"]]
    assert months == ["Feb", "Apr", "Jun", "Aug", "Oct", "Dec", "Feb"]
    assert figure.table[-1][0] == "3 February 2021"


def test_a_sure_timeline_has_no_word_of_doubt(context, codebook):
    events = tuple(
        replace(event, precision=DatePrecision.DAY, end_date=None, kind=EventKind.REOPENING)
        for event in context.events
    )
    surveys = {
        name: replace(one, looks_back_status="published", looks_back_to_date=date(2020, 3, 11))
        for name, one in codebook.surveys.items()
    }
    figure = figure_timeline(
        replace(context, events=events), replace(codebook, surveys=surveys), figure_id="t", title="When"
    )
    assert "inferred" not in figure.text() and "except" not in figure.caption
    drawn = json.dumps(figure.spec["layer"])
    assert "not printed" not in drawn and "strokeDash" not in drawn
    assert "looks back to here" in drawn


def test_hostile_texts_do_not_break_the_chart(hostile, codebook):
    figure = figure_timeline(hostile, codebook, figure_id="t", title="When it happened")
    assert "<b>" not in figure._repr_mimebundle_()["image/svg+xml"]
