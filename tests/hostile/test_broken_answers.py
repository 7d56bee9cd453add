"""Every broken raw file is refused by an error that says what, where, what was found and what would be right."""

import shutil

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.process import load_surveys

RESPONSES = "raw/vive/responses.csv"
INVITATIONS = "raw/vive/invitations.csv"
DEGREES = "one of '', '-1', '-2', '1', '2', '3', '4', '5', '6', '88', '99'"
TWO_OPTIONS = "one of '', '-1', '-2', '1', '2', '88', '99'"
THREE_OPTIONS = "one of '', '-1', '-2', '1', '2', '3', '88', '99'"
UNKNOWN = "an unknown answer"
ADD_OPTION = "correct the cell, or add the option to codebook/options.csv"
PATTERN = "a cell does not follow its pattern"
COUNT_COMMAS = "look for a missing or extra comma, or an unclosed quote"


@pytest.fixture
def data(project):
    return project / "data"


@pytest.fixture
def columns(data, read_records):
    """The columns of the responses, as an error lists them."""
    return "the columns " + ", ".join(read_records(data / RESPONSES)[0])


def refusal(load=load_surveys) -> str:
    with pytest.raises(SurveybookError) as caught:
        load()
    return str(caught.value)


def error(what, **parts) -> str:
    """The text of an error: each part that is there on a line of its own, in the order given."""
    lines = [f"  {name + ':':<10}{value}" for name, value in parts.items() if value is not None]
    return "\n".join([f"error: {what}", *lines])


# One wrong cell in row 4: file, column, cell, what, expected, hint

CELLS = {
    "an option that is not known": (RESPONSES, "q01_omfang", "7", UNKNOWN, DEGREES, ADD_OPTION),
    "a blank after an option": (RESPONSES, "q01_omfang", "1 ", UNKNOWN, DEGREES, ADD_OPTION),
    "a decimal": (RESPONSES, "q01_omfang", "1.0", UNKNOWN, DEGREES, ADD_OPTION),
    "the label, not the value": (RESPONSES, "q01_omfang", "i høj grad", UNKNOWN, DEGREES, ADD_OPTION),
    "an unknown option among several": (RESPONSES, "q03_slags", "1;3", UNKNOWN, TWO_OPTIONS, ADD_OPTION),
    "an option and a gap": (RESPONSES, "q03_slags", "1;88", UNKNOWN, TWO_OPTIONS, ADD_OPTION),
    "a separator and no more": (RESPONSES, "q03_slags", "1;", UNKNOWN, TWO_OPTIONS, ADD_OPTION),
    "two answers to an item for one": (RESPONSES, "q02_karakter", "1;2", UNKNOWN, TWO_OPTIONS, ADD_OPTION),
    "an unknown role": (INVITATIONS, "rolle", "9", UNKNOWN, THREE_OPTIONS, ADD_OPTION),
    "a stranger": (
        RESPONSES,
        "respondent_id",
        "L999",
        "an answer comes from someone who was not invited",
        "an id from invitations.csv",
        None,
    ),
    "an id of another shape": (RESPONSES, "respondent_id", "122", PATTERN, r"the pattern L\d{3}", None),
    "a municipality by name": (INVITATIONS, "kommune", "Odense", PATTERN, r"the pattern K\d{3}", None),
    "an empty cell that is required": (
        INVITATIONS,
        "kommune",
        "",
        "a required cell is empty",
        "a value",
        None,
    ),
}


@pytest.mark.parametrize(("file", "column", "cell", "what", "expected", "hint"), CELLS.values(), ids=CELLS)
def test_a_wrong_cell_is_named(data, edit_cell, sign, file, column, cell, what, expected, hint):
    edit_cell(data / file, 4, column, cell)
    sign(data / file)
    assert refusal() == error(
        what, file=f"data/{file}", row=4, column=column, value=repr(cell), expected=expected, hint=hint
    )


def test_more_faults_of_one_kind_are_counted(data, edit_cell, sign):
    for row in (3, 5, 9):
        edit_cell(data / INVITATIONS, row, "kommune", "Odense")
    sign(data / INVITATIONS)
    assert refusal() == error(
        PATTERN,
        file=f"data/{INVITATIONS}",
        row=3,
        column="kommune",
        value="'Odense'",
        expected=r"the pattern K\d{3}",
        hint="2 more like it in this column",
    )


@pytest.mark.parametrize("file", [RESPONSES, INVITATIONS])
def test_a_person_who_stands_twice_is_refused(data, edit_cell, sign, read_records, file):
    first = read_records(data / file)[0]["respondent_id"]
    edit_cell(data / file, 4, "respondent_id", first)
    sign(data / file)
    assert refusal() == error(
        "a value stands twice in a column of unique values",
        file=f"data/{file}",
        row=4,
        column="respondent_id",
        value=repr(first),
        expected="each value once",
    )


@pytest.mark.parametrize("file", [RESPONSES, INVITATIONS])
def test_a_person_who_stands_twice_is_refused_even_if_no_field_is_unique(data, edit_cell, sign, read_records, file):
    # the description of a real export may leave "unique" out
    description = (data / "datapackage.json").read_text(encoding="utf-8")
    assert '"unique": true' in description
    (data / "datapackage.json").write_text(description.replace('"unique": true', '"unique": false'), encoding="utf-8")
    first = read_records(data / file)[0]["respondent_id"]
    edit_cell(data / file, 4, "respondent_id", first)
    sign(data / file)
    assert refusal() == error(
        "a respondent stands twice",
        file=f"data/{file}",
        row=4,
        column="respondent_id",
        value=repr(first),
        expected="each respondent once",
        hint="the same id stands in row 2; remove one of the two",
    )


# One wrong line


LENGTHS = {
    "a cell too many": (lambda line: line + ",", 21),
    "a cell too few": (lambda line: line.rsplit(",", 1)[0], 19),
    "a blank line before it": (lambda line: "\n" + line, 0),
}


@pytest.mark.parametrize(("break_line", "size"), LENGTHS.values(), ids=LENGTHS)
def test_a_ragged_row_is_named(data, edit_line, sign, break_line, size):
    edit_line(data / RESPONSES, 4, break_line)
    sign(data / RESPONSES)
    assert refusal() == error(
        "a row has the wrong number of cells",
        file=f"data/{RESPONSES}",
        row=4,
        value=size,
        expected="20 cells, one for each column",
        hint=COUNT_COMMAS,
    )


def test_a_row_is_counted_as_a_spreadsheet_does_where_an_answer_has_two_lines(data, edit_cell, sign):
    edit_cell(data / RESPONSES, 2, "q12_beskrivelse", "[simuleret] to\nlinjer")
    edit_cell(data / RESPONSES, 4, "q01_omfang", "7")
    sign(data / RESPONSES)
    assert "\n  row:      4\n" in refusal()


def test_a_quote_that_is_closed_too_early_is_named(data, edit_line, sign):
    edit_line(data / RESPONSES, 4, lambda line: f'"{line[:4]}"x{line[4:]}')
    sign(data / RESPONSES)
    assert refusal() == error(
        "the file is not well-formed CSV",
        file=f"data/{RESPONSES}",
        row=4,
        value=repr("""',' expected after '"'"""),
        hint="mend the quotes",
    )


def test_a_quote_that_is_never_closed_is_named_where_it_opens(data, edit_line, sign):
    edit_line(data / RESPONSES, 4, lambda line: f'"{line}')
    sign(data / RESPONSES)
    text = refusal()
    assert text.startswith(error("the file is not well-formed CSV", file=f"data/{RESPONSES}", row=4) + "\n")
    assert text.endswith("mend the quotes")


# The header


def test_a_column_name_that_stands_twice_is_refused(data, edit_text, sign):
    edit_text(data / RESPONSES, "q02_karakter", "q01_omfang")
    sign(data / RESPONSES)
    assert refusal() == error(
        "a column name stands twice",
        file=f"data/{RESPONSES}",
        row=1,
        column="q01_omfang",
        expected="each name once",
    )


def test_a_missing_column_is_refused(data, columns, edit_text, sign):
    edit_text(data / RESPONSES, "q02_karakter", "q02_karaktr")
    sign(data / RESPONSES)
    assert refusal() == error(
        "a column is missing", file=f"data/{RESPONSES}", row=1, column="q02_karakter", expected=columns
    )


def test_an_unknown_column_is_refused(data, columns, read_records, write_rows, sign):
    rows = read_records(data / RESPONSES)
    write_rows(data / RESPONSES, [[*rows[0], "vaegt"], *([*row.values(), "1"] for row in rows)])
    sign(data / RESPONSES)
    assert refusal() == error(
        "an unknown column",
        file=f"data/{RESPONSES}",
        row=1,
        column="vaegt",
        expected=columns,
        hint="correct its name, or describe the field in datapackage.json",
    )


def test_semicolons_in_place_of_commas_are_refused(data, sign):
    text = (data / RESPONSES).read_text(encoding="utf-8")
    (data / RESPONSES).write_text(text.replace(";", "+").replace(",", ";"), encoding="utf-8")
    sign(data / RESPONSES)
    assert refusal().startswith(error("a column is missing", file=f"data/{RESPONSES}", row=1))


# The whole file


MISSING = {
    RESPONSES: "vive-responses",
    INVITATIONS: "vive-invitations",
    "codebook/items.csv": "items",
    "published/figures.csv": "published-figures",
}


@pytest.mark.parametrize(("file", "resource"), MISSING.items())
def test_a_missing_file_is_named(data, file, resource):
    (data / file).unlink()
    assert refusal() == error(
        "a data file is missing",
        file=f"data/{file}",
        expected=f"the file that the resource {resource} names",
        hint="put the file back, or name another package in chapters/editions.yml",
    )


@pytest.mark.parametrize("file", [RESPONSES, INVITATIONS, "codebook/options.csv", "published/figures.csv"])
def test_a_changed_file_is_refused_until_it_is_accepted(data, file):
    # the shortest change there is
    (data / file).write_bytes((data / file).read_bytes().removesuffix(b"\n"))
    with pytest.raises(SurveybookError) as caught:
        load_surveys()
    found = caught.value
    assert found.what == "a data file was changed after it was signed"
    assert found.file == f"data/{file}"
    assert found.hint == (f"if the change is meant: surveybook data accept data/{file}; if not, restore the file")


def test_a_changed_file_is_shown_with_both_signatures(data, committed, edit_cell, signature_of):
    edit_cell(data / RESPONSES, 2, "q01_omfang", "7")
    text = refusal()
    assert f"\n  value:    'sha256 {signature_of(data / RESPONSES)[:12]}...'\n" in text
    assert f"\n  expected: sha256 {signature_of(committed / RESPONSES)[:12]}...\n" in text


def test_the_hint_names_a_file_that_is_there_from_the_working_directory(project, data, edit_cell):
    nested = project / "egne data" / "pakke"
    nested.parent.mkdir()
    shutil.move(data, nested)
    edit_cell(nested / RESPONSES, 2, "q01_omfang", "7")
    text = refusal(lambda: load_surveys("egne data/pakke"))
    assert "surveybook data accept 'egne data/pakke/raw/vive/responses.csv'" in text


def test_a_file_in_another_encoding_is_refused(data, sign):
    lines = (data / RESPONSES).read_text(encoding="utf-8").splitlines()
    # only row 4 may hold a letter that is not ASCII, so that it is the one to be found
    lines = [line.encode("ascii", "replace").decode() for line in lines]
    lines[3] += " på afstand"
    (data / RESPONSES).write_bytes(("\n".join(lines) + "\n").encode("latin-1"))
    sign(data / RESPONSES)
    assert refusal() == error(
        "the file is not UTF-8 text",
        file=f"data/{RESPONSES}",
        row=4,
        value=r"b'\xe5'",
        expected="UTF-8",
        hint="save the file again as UTF-8",
    )


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"], ids=["no byte", "a byte order mark"])
def test_an_empty_file_is_refused(data, sign, content):
    (data / RESPONSES).write_bytes(content)
    sign(data / RESPONSES)
    assert refusal() == error("the file is empty", file=f"data/{RESPONSES}", expected="a header row and data rows")
