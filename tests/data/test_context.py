"""The committed context against what the article and the public record say, typed by hand."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

# code, name, type of Table 1
EXAMPLES = [
    ("0330", "Slagelse", 1),
    ("0751", "Aarhus", 1),
    ("0810", "Brønderslev", 2),
    ("0573", "Varde", 2),
    ("0101", "København", 3),
    ("0159", "Gladsaxe", 3),
    ("0615", "Horsens", 4),
    ("0849", "Jammerbugt", 4),
    ("0492", "Ærø", 5),
    ("0710", "Favrskov", 5),
    ("0756", "Ikast-Brande", 6),
    ("0259", "Køge", 6),
    ("0210", "Fredensborg", 7),
    ("0480", "Nordfyns", 7),
    ("0479", "Svendborg", 8),
    ("0260", "Halsnæs", 8),
]
# date, kind, a word of its label
EVENTS = [
    ("2020-02-27", "case", "First known case"),
    ("2020-03-11", "restriction", "Lockdown announced"),
    ("2020-03-13", "restriction", "Schools and child care closed"),
    ("2020-03-14", "restriction", "Borders closed"),
    ("2020-03-18", "restriction", "more than 10"),
    ("2020-04-15", "reopening", "phase 1"),
    ("2020-05-18", "reopening", "phase 2"),
    ("2020-06-08", "reopening", "phase 3"),
    ("2020-09-19", "restriction", "restaurants closed from 10 pm"),
    ("2020-10-26", "restriction", "at most 10"),
    ("2020-10-29", "restriction", "indoor public places"),
    ("2020-11-01", "restriction", "seven municipalities in North Jutland"),
    ("2020-12-09", "restriction", "38 municipalities"),
    ("2020-12-16", "restriction", "all 98"),
]
# Boxes in the outlines as first published, 10116 units wide: left, right, top, bottom.
SOURCE_BOXES = {
    "0492": (4756, 5400, 10808, 11310),
    "0563": (577, 844, 8828, 9282),
    "0741": (5294, 5638, 6760, 7642),
    "0825": (6055, 6714, 1651, 2130),
    "0147": (9700, 9830, 7889, 7978),
    "0400": (8694, 9798, 579, 1815),
}
SHRUNK = 1000 / 10116
WIDTH, HEIGHT = 1000, 1215


@pytest.fixture(scope="module")
def table(committed, read_records):
    return lambda name: read_records(committed / "context" / f"{name}.csv")


@pytest.fixture(scope="module")
def resources(committed):
    return json.loads((committed / "datapackage.json").read_text(encoding="utf-8"))["resources"]


@pytest.fixture(scope="module")
def corners(table):
    """Each municipality's corner points, read from its path without the code under test."""
    found = {}
    for row in table("outlines"):
        points = []
        for ring in re.findall(r"M([^z]+)z", row["path"]):
            start, steps = ring.split("l")
            x, y = map(int, start.split(","))
            points.append((x, y))
            for step in steps.split(" "):
                dx, dy = map(int, step.split(","))
                x, y = x + dx, y + dy
                points.append((x, y))
        found[row["code"]] = points
    return found


def test_there_are_98_municipalities_in_five_regions(table):
    rows = table("municipalities")
    assert len(rows) == len({row["code"] for row in rows}) == len({row["name"] for row in rows}) == 98
    assert "0411" not in {row["code"] for row in rows}  # Christiansø is not a municipality
    regions = Counter((row["region"], row["region_code"], row["iso_3166_2"]) for row in rows)
    assert regions == {
        ("Hovedstaden", "1084", "DK-84"): 29,
        ("Sjælland", "1085", "DK-85"): 17,
        ("Syddanmark", "1083", "DK-83"): 22,
        ("Midtjylland", "1082", "DK-82"): 19,
        ("Nordjylland", "1081", "DK-81"): 11,
    }


def test_the_examples_are_those_of_table_1(table):
    names = {row["code"]: row["name"] for row in table("municipalities")}
    rows = table("innovations")
    assert [(row["municipality"], names[row["municipality"]], int(row["type"])) for row in rows] == EXAMPLES
    assert [row["example_id"] for row in rows] == [f"{number}{letter}" for number in range(1, 9) for letter in "ab"]


def test_only_broenderslev_and_varde_have_a_remark(table):
    noted = {row["municipality"]: row["note"] for row in table("innovations") if row["note"]}
    assert set(noted) == {"0810", "0573"}
    assert "home help" in noted["0810"] and "relatives" in noted["0810"]
    assert "young people with special needs" in noted["0573"]


def test_the_types_are_numbered_from_one_to_eight(table):
    assert [int(row["number"]) for row in table("innovation_types")] == list(range(1, 9))


def test_the_events_have_the_dates_of_the_public_record(table):
    rows = table("timeline")
    assert len(rows) == len(EVENTS)
    for row, (date, kind, label) in zip(rows, EVENTS, strict=True):
        assert (row["date"], row["kind"]) == (date, kind), row["event_id"]
        assert label in row["label_en"]


def test_what_is_not_sure_of_a_date_is_said(table):
    rows = {row["event_id"]: row for row in table("timeline")}
    unsure = {name for name, row in rows.items() if row["precision"] != "day"}
    assert unsure == {"first_case", "north_jutland"}
    assert rows["first_case"]["precision"] == "sources differ"
    assert rows["first_case"]["note"] == "Sources differ: 26, 27 or 28 February; the article says 28."
    assert (rows["north_jutland"]["precision"], rows["north_jutland"]["end_date"]) == ("part of month", "2020-11-10")
    assert "69" in rows["partial_lockdown"]["note"]
    assert [name for name, row in rows.items() if row["end_date"]] == ["north_jutland"]


def test_every_municipality_has_one_outline_inside_the_view_box(table, corners):
    assert list(corners) == sorted(row["code"] for row in table("municipalities"))
    for code, points in corners.items():
        assert len(points) >= 3, code
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points), code


@pytest.mark.parametrize("code", SOURCE_BOXES)
def test_a_simplified_outline_lies_where_the_first_one_lay(corners, code):
    across, down = zip(*corners[code], strict=True)
    box = (min(across), max(across), min(down), max(down))
    assert box == pytest.approx([SHRUNK * end for end in SOURCE_BOXES[code]], abs=1.1)


def test_the_map_as_a_whole_fills_its_view_box(corners):
    across, down = zip(*(point for points in corners.values() for point in points), strict=True)
    assert (min(across), max(across), min(down), max(down)) == (0, 1000, 0, 1215)


def test_small_islands_are_kept(table):
    rings = sum(row["path"].count("M") for row in table("outlines"))
    assert rings == 119  # as many as there were
    assert {row["code"]: row["path"].count("M") for row in table("outlines")}["0825"] == 2


def test_the_outlines_are_small_enough_to_stand_in_a_page(committed):
    assert (committed / "context" / "outlines.csv").stat().st_size <= 40_000


def test_the_licence_of_the_outlines_is_named_and_kept(committed, resources):
    outlines = next(one for one in resources if one["name"] == "outlines")
    assert outlines["status"] == "editorial"
    assert [licence["name"] for licence in outlines["licenses"]] == ["MIT"]
    text = (committed / outlines["licenses"][0]["path"]).read_text(encoding="utf-8")
    assert "MIT License" in text and "Copyright (c) 2022 Martin Polley" in text
    assert "does not say where the outlines come from" in outlines["description"]


def test_the_other_tables_are_this_editions_own(resources):
    own = [one for one in resources if one["path"].startswith("context/")]
    assert len(own) == 5
    for resource in own:
        assert resource["status"] == "editorial"
        assert resource["name"] == "outlines" or resource["licenses"][0]["name"] == "CC-BY-4.0"
