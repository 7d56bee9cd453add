"""The context is read whole, and refused by file, row and column where it does not fit together."""

from __future__ import annotations

import json
from datetime import date

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.process import load_context, load_surveys
from surveybook.process.context import DatePrecision, EventKind

MUNICIPALITIES, OUTLINES = "context/municipalities.csv", "context/outlines.csv"
TYPES, INNOVATIONS, TIMELINE = "context/innovation_types.csv", "context/innovations.csv", "context/timeline.csv"


@pytest.fixture(scope="module")
def context(committed):
    return load_context(str(committed), project_folder=committed)


@pytest.fixture
def data(project):
    return project / "data"


@pytest.fixture
def damage(data, edit_text, sign):
    """Replace a text in a file of the package, sign the file, and return the row."""

    def replace(file, old, new):
        row = edit_text(data / file, old, new)
        sign(data / file)
        return row

    return replace


@pytest.fixture
def set_cell(data, edit_cell, sign):
    """Set one cell of a file of the package, and sign the file."""

    def change(file, row, column, value):
        edit_cell(data / file, row, column, value)
        sign(data / file)

    return change


def refused(load=load_context) -> SurveybookError:
    with pytest.raises(SurveybookError) as caught:
        load()
    return caught.value


def place(error: SurveybookError) -> tuple:
    return error.file, error.row, error.column


def test_municipalities_and_their_outlines_are_read(context):
    aeroe = context.municipalities["0492"]
    assert (aeroe.name, aeroe.region, aeroe.region_code, aeroe.iso_3166_2) == ("Ærø", "Syddanmark", "1083", "DK-83")
    assert aeroe.outline.box == (470, 534, 1068, 1118)
    assert aeroe.outline.path.startswith("M") and len(aeroe.outline.rings) == 1
    assert len(context.municipalities["0825"].outline.rings) == 2


def test_steps_of_a_path_add_up(context):
    for municipality in context.municipalities.values():
        ring, text = municipality.outline.rings[0], municipality.outline.path
        start, first, *_ = text[1:].replace("l", " ").split(" ")
        assert ring[0] == tuple(map(int, start.split(",")))
        step = tuple(map(int, first.rstrip("z").split(",")))
        assert ring[1] == (ring[0][0] + step[0], ring[0][1] + step[1])


def test_types_and_their_examples_are_read(context):
    assert context.types[8].label_en == "Outdoor activities"
    assert [example.municipality for example in context.examples(8)] == ["0479", "0260"]
    assert context.examples(9) == []


def test_events_are_read(context):
    event = next(event for event in context.events if event.event_id == "north_jutland")
    assert (event.date, event.end_date) == (date(2020, 11, 1), date(2020, 11, 10))
    assert (event.precision, event.kind) == (DatePrecision.PART_OF_MONTH, EventKind.RESTRICTION)
    assert context.events[1].end_date is None


def test_a_municipality_that_there_is_not_is_refused(damage):
    row = damage(INNOVATIONS, "1a,1,0330,", "1a,1,0411,")
    error = refused()
    assert (error.what, error.got) == ("a name points to nothing in the context", "0411")
    assert place(error) == (f"data/{INNOVATIONS}", row, "municipality")
    assert error.expected.startswith("one of '0101', '0147', ")


def test_a_type_that_there_is_not_is_refused(damage):
    row = damage(INNOVATIONS, "1a,1,0330,", "1a,9,0330,")
    error = refused()
    assert (error.what, error.got) == ("a name points to nothing in the context", 9)
    assert place(error) == (f"data/{INNOVATIONS}", row, "type")
    assert error.expected == "one of '1', '2', '3', '4', '5', '6', '7', '8'"


def test_an_outline_of_no_municipality_is_refused(damage):
    row = damage(OUTLINES, "\n0101,", "\n0102,")
    error = refused()
    assert (place(error), error.got) == ((f"data/{OUTLINES}", row, "code"), "0102")


def test_a_municipality_without_outline_is_refused(data, sign):
    lines = (data / OUTLINES).read_text(encoding="utf-8").splitlines(keepends=True)
    (data / OUTLINES).write_text("".join(line for line in lines if not line.startswith("0563,")), encoding="utf-8")
    sign(data / OUTLINES)
    error = refused()
    assert error.what == "the municipality Fanø has no outline"
    assert (error.file, error.column, error.got) == (f"data/{MUNICIPALITIES}", "code", "0563")
    assert _lines(data / MUNICIPALITIES)[error.row - 1].startswith("0563,Fanø,")


def _lines(file):
    return file.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    "path",
    [
        "M0,0l10,0 0,10z onload=alert(1)",
        '"M0,0l10,0 0,10z""><script>"',
        "M0,0L10,0 0,10z",
        "M0,0l10,0z",
        "M0.5,0l10,0 0,10z",
        "M0,0l10,0 0,10",
        "M0,0l10,0 0,10zz",
    ],
)
def test_a_path_of_another_form_is_refused(data, sign, path):
    lines = _lines(data / OUTLINES)
    lines[1] = f'0101,"{path}"' if not path.startswith('"') else f"0101,{path}"
    (data / OUTLINES).write_text("\n".join(lines) + "\n", encoding="utf-8")
    sign(data / OUTLINES)
    error = refused()
    assert error.what == "a cell does not follow its pattern"
    assert place(error) == (f"data/{OUTLINES}", 2, "path")


@pytest.mark.parametrize(
    "path",
    [
        "M0,0l10,0 -10,0z",  # there and back again: two corners
        "M0,0l10,0 0,0 0,0z",
        "M0,0l10,0 0,-1z",  # above the map
        "M990,1200l20,0 0,10z",  # beside it
        "M0,0l10,0 0,1300z",  # below it
        "M0,0l10,0 0,10zM5,5l1,1 -1,-1z",  # a second ring that is none
    ],
)
def test_an_outline_that_encloses_nothing_or_leaves_the_map_is_refused(set_cell, path):
    set_cell(OUTLINES, 2, "path", path)
    error = refused()
    assert (error.what, error.got) == ("an outline is none", path)
    assert place(error) == (f"data/{OUTLINES}", 2, "path")


def test_a_long_broken_outline_is_shown_short(set_cell):
    set_cell(OUTLINES, 2, "path", "M999,0l" + " ".join(["1,1"] * 500) + "z")
    assert len(refused().got) < 70


def test_an_event_that_ends_before_it_starts_is_refused(set_cell):
    set_cell(TIMELINE, 13, "end_date", "2020-10-31")
    error = refused()
    assert (error.what, error.got) == ("the event north_jutland ends before it starts", "2020-10-31")
    assert place(error) == (f"data/{TIMELINE}", 13, "end_date")
    assert error.expected == "2020-11-01 or later"


@pytest.mark.parametrize(("row", "end"), [(13, ""), (3, "2020-03-12")])
def test_an_end_date_belongs_to_a_date_that_is_a_part_of_a_month(set_cell, row, end):
    set_cell(TIMELINE, row, "end_date", end)
    error = refused()
    assert "do not fit together" in error.what
    assert place(error) == (f"data/{TIMELINE}", row, "end_date")


def test_a_date_that_is_not_sure_needs_a_note(set_cell):
    set_cell(TIMELINE, 2, "note", "")
    error = refused()
    assert "first_case" in error.what
    assert place(error) == (f"data/{TIMELINE}", 2, "note")


# file, row, column, broken value, what is wrong
CELLS = {
    "a code of three digits": (MUNICIPALITIES, 2, "code", "101", "a cell does not follow its pattern"),
    "an unknown region": (MUNICIPALITIES, 2, "region", "Fyn", "a value is not one of those allowed"),
    "a name that stands twice": (MUNICIPALITIES, 3, "name", "København", "a value stands twice"),
    "a type that is no number": (INNOVATIONS, 2, "type", "one", "a cell is not of type integer"),
    "an example without text": (INNOVATIONS, 2, "text_en", "", "a required cell is empty"),
    "an example that stands twice": (INNOVATIONS, 3, "example_id", "1a", "a value stands twice"),
    "a type that stands twice": (TYPES, 3, "number", "1", "a value stands twice"),
    "a type without a Danish label": (TYPES, 3, "label_da", "", "a required cell is empty"),
    "a day that no month has": (TIMELINE, 2, "date", "2020-02-30", "a cell is not of type date"),
    "an event of no date": (TIMELINE, 2, "date", "", "a required cell is empty"),
    "an unknown kind": (TIMELINE, 2, "kind", "rumour", "a value is not one of those allowed"),
    "an unknown precision": (TIMELINE, 2, "precision", "week", "a value is not one of those allowed"),
}


@pytest.mark.parametrize(("file", "row", "column", "value", "what"), CELLS.values(), ids=CELLS)
def test_a_broken_cell_is_refused_by_its_place(set_cell, file, row, column, value, what):
    set_cell(file, row, column, value)
    error = refused()
    assert error.what.startswith(what)
    assert place(error) == (f"data/{file}", row, column)


@pytest.mark.parametrize("file", [MUNICIPALITIES, OUTLINES, TYPES, INNOVATIONS, TIMELINE])
def test_a_file_that_was_changed_after_it_was_signed_is_refused(data, file):
    with (data / file).open("a", encoding="utf-8") as out:
        out.write("\n")
    error = refused()
    assert error.what == "a data file was changed after it was signed"
    assert error.file == f"data/{file}"


def test_a_missing_file_is_refused(data):
    (data / TIMELINE).unlink()
    error = refused()
    assert (error.what, error.file) == ("a data file is missing", f"data/{TIMELINE}")


def test_a_package_without_a_context_says_so_when_it_is_asked_for(data, without):
    without("municipalities", "outlines", "innovation-types", "innovations", "timeline")
    assert refused().what == "the data package has no such resource"
    assert load_surveys()  # the surveys need none


def test_half_a_context_is_refused_with_the_surveys_too(data, without):
    without("timeline")
    error = refused(load_surveys)
    assert (error.what, error.got) == ("the data package has no such resource", "timeline")


@pytest.fixture
def without(data):
    """Take resources out of the package's description."""

    def remove(*names):
        file = data / "datapackage.json"
        descriptor = json.loads(file.read_text(encoding="utf-8"))
        descriptor["resources"] = [one for one in descriptor["resources"] if one["name"] not in names]
        file.write_text(json.dumps(descriptor), encoding="utf-8")

    return remove


def test_a_broken_context_stops_the_surveys_too(damage):
    damage(INNOVATIONS, "1a,1,0330,", "1a,1,0411,")
    assert refused(load_surveys).got == "0411"
