"""Assumptions that cannot be are refused, each by file, row, column and value, and with what could be."""

import pytest

from surveybook.cli import main
from surveybook.core.errors import SurveybookError
from surveybook.simulate.writer import replicate_files, write_table

FILE = "data/replicates/assumptions.csv"
ROW = 3  # of the second replicate; the header is row 1
PERCENTAGES = (
    "item_dont_know_pct",
    "very_pct",
    "middle_pct",
    "not_at_all_pct",
    "refused_pct",
    "initiator_employees_pct",
)
CORRELATIONS = ("leader_correlation", "municipality_correlation", "field_correlation", "role_correlation")
WAYS = "by_extent, mixed_gaps, item_gaps, nobody"
SUM = "percentages above 0 that sum to 100"
PATTERN = r"the pattern \d+(\.\d+)?( \d+(\.\d+)?)*"

# column, value, other changes, the value as it is shown, what is expected
BY_TABLE = [
    ("replicate", "0", {}, 0, "at least 1"),
    ("replicate", "two", {}, "two", "type integer"),
    ("seed", "-1", {}, -1, "at least 0"),
    ("seed", "1.5", {}, "1.5", "type integer"),
    ("base_n", "0", {}, 0, "at least 1"),
    ("base_n", "", {}, "", "a value"),
    ("outside_base", "someone", {}, "someone", WAYS),
    ("dont_know", "perhaps", {}, "perhaps", "inside, outside"),
    ("dont_know", "", {}, "", "a value"),
    ("extent_dont_know_n", "-1", {}, -1, "at least 0"),
    ("extent_dont_know_n", "2.5", {}, "2.5", "type integer"),
    *((name, "-4", {}, -4, "at least 0 and at most 100") for name in PERCENTAGES),
    *((name, "100.5", {}, 100.5, "at least 0 and at most 100") for name in PERCENTAGES),
    *((name, "many", {}, "many", "type number") for name in PERCENTAGES),
    ("ticks_mean", "0.9", {}, 0.9, "at least 1"),
    *((name, "x", {}, "x", "type number") for name in CORRELATIONS),
    ("role_shares", "35 25 41", {}, "35 25 41", SUM),
    ("role_shares", "0 60 40", {}, "0 60 40", SUM),
    ("role_shares", "-10 70 40", {}, "-10 70 40", PATTERN),
    ("role_shares", "35, 25, 40", {}, "35, 25, 40", PATTERN),
    ("field_shares", "26 20 22 20 13", {}, "26 20 22 20 13", SUM),
    ("field_shares", "26 20 22 20", {}, "26 20 22 20", SUM),
    ("silent_points", "100.5", {}, 100.5, "at least -100 and at most 100"),
    ("silent_points", "-101", {}, -101, "at least -100 and at most 100"),
    ("note", "", {}, "", "a value"),
]
BY_DRAWING = [
    ("base_n", "200", {"outside_base": "by_extent"}, 200, "160, who saw much, or 255, all who saw more"),
    ("base_n", "159", {"outside_base": "by_extent"}, 159, "160 to 296"),
    ("base_n", "7", {}, 7, "160 to 296"),
    ("base_n", "297", {}, 297, "160 to 296"),
    ("base_n", "255", {"outside_base": "nobody"}, 255, "296, since nobody is outside"),
    ("extent_dont_know_n", "150", {}, 150, "at most 9"),
    ("role_shares", "50 50", {}, 2, "3 percentages, one for each option of role"),
    ("role_shares", "25 25 25 25", {}, 4, "3 percentages, one for each option of role"),
    ("field_shares", "50 50", {}, 2, "5 percentages, one for each option of field"),
]
BY_CORRELATION = [
    *((name, "-0.1", {}, -0.1, "each at least 0, together below 1") for name in CORRELATIONS),
    *((name, "0.9", {}, 0.9, "each at least 0, together below 1") for name in CORRELATIONS),
    ("leader_correlation", "0.75", {}, 0.75, "each at least 0, together below 1"),  # together exactly 1
]
CASES = [*BY_TABLE, *BY_DRAWING, *BY_CORRELATION]


def name_of(case) -> str:
    return f"{case[0]} {case[1] or 'empty'}"


@pytest.fixture
def refusal(project, assume):
    """Draw the table of two replicates, the second as given; return the error."""

    def refused(column, value, others) -> SurveybookError:
        before = (project / "data" / "datapackage.json").read_bytes()
        assume({"replicate": 1}, {"replicate": 2, **others, column: value})
        signed = (project / "data" / "datapackage.json").read_bytes()
        assert signed != before
        with pytest.raises(SurveybookError) as caught:
            write_table(project / "data", "vive", 2, lambda line: None)
        assert (project / "data" / "datapackage.json").read_bytes() == signed
        return caught.value

    return refused


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_an_assumption_that_cannot_be_is_refused_with_its_value_and_what_could_be(refusal, case):
    column, value, others, got, expected = case
    error = refusal(column, value, others)
    assert got in error.got if column in CORRELATIONS and isinstance(got, float) else error.got == got
    assert expected in error.expected


@pytest.mark.parametrize(
    "case",
    [
        *(pytest.param(case, id=name_of(case)) for case in BY_TABLE),
        *(pytest.param(case, id=name_of(case)) for case in BY_DRAWING),
        *(pytest.param(case, id=name_of(case)) for case in BY_CORRELATION),
    ],
)
def test_an_assumption_that_cannot_be_is_named_by_file_row_and_column(refusal, case):
    column, value, others, _, _ = case
    error = refusal(column, value, others)
    assert (error.file, error.row, error.column) == (FILE, ROW, column)


def test_a_refusal_reads_as_a_person_needs_it(refusal):
    assert str(refusal("silent_points", "101", {})) == (
        "error: a replicate's silent_points cannot be\n"
        f"  file:     {FILE}\n"
        f"  row:      {ROW}\n"
        "  column:   silent_points\n"
        "  value:    101.0\n"
        "  expected: at least -100 and at most 100"
    )


def test_a_replicate_that_stands_twice_is_refused_in_the_row_that_repeats_it(project, assume):
    assume({"replicate": 1}, {"replicate": 1}, alone=True)
    with pytest.raises(SurveybookError) as caught:
        replicate_files(project / "data", "vive", 1)
    error = caught.value
    assert (error.file, error.row, error.column, error.got) == (FILE, ROW, "replicate", "1")
    assert error.expected == "each value once"


def test_every_column_of_the_table_of_assumptions_is_tried(assumptions):
    assert {case[0] for case in CASES} == set(assumptions[1])


def test_the_ends_of_what_can_be_are_accepted(project, assume, read_rows):
    least = dict.fromkeys([*PERCENTAGES, *CORRELATIONS, "seed", "extent_dont_know_n"], 0)
    most = dict.fromkeys(PERCENTAGES, 100) | {"role_correlation": 0.49, "silent_points": 100}
    made = assume(
        {**least, "replicate": 1, "ticks_mean": 1, "silent_points": -100, "base_n": 160},
        {**most, "replicate": 2, "ticks_mean": 9, "base_n": 296, "outside_base": "nobody", "extent_dont_know_n": 93},
    )
    write_table(project / "data", "vive", 2, lambda line: None)
    for number, assumed in made.items():
        assert read_rows(replicate_files(project / "data", "vive", number), assumed).misses() == []


# How many replicates


def all_bytes(folder):
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("count", ["41", "1", "0", "-2"])
def test_more_replicates_than_rows_or_fewer_than_two_are_refused(project, capsys, count):
    before = all_bytes(project / "data")
    assert main(["simulate", f"--replicates={count}"]) == 1
    assert capsys.readouterr().err == (
        "error: so many replicates cannot be drawn\n"
        f"  file:     {FILE}\n"
        f"  value:    {count}\n"
        "  expected: 2 to 40, the rows of the table of assumptions\n"
        "  hint:     add rows there, and sign the file: surveybook data accept\n"
    )
    assert all_bytes(project / "data") == before


def test_the_command_says_what_it_draws_and_what_it_has_written(project, capsys):
    assert main(["simulate", "--replicates", "2"]) == 0
    shown = capsys.readouterr()
    assert shown.err.startswith("replicate 1 of 2: Each later question is answered by 255;")
    assert shown.out.splitlines() == [
        "written: data/replicates/estimates.csv",
        "written: data/replicates/fingerprints.csv",
        "written: data/raw/vive/invitations.csv",
        "written: data/raw/vive/responses.csv",
    ]


@pytest.mark.parametrize("survey", ["komdir", "institution_leaders"])
def test_a_survey_of_which_no_rows_exist_has_no_table(project, capsys, survey):
    before = all_bytes(project / "data")
    assert main(["simulate", "--survey", survey, "--replicates", "2"]) == 1
    assert "error: the package's rows are not simulated" in capsys.readouterr().err
    assert all_bytes(project / "data") == before
