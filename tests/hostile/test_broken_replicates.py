"""A table of replicates that is gone, broken or at odds with print is refused by row and by what to do."""

import json

import pytest

from surveybook.analyse import load_estimates
from surveybook.core.errors import SurveybookError
from surveybook.process import load_surveys

FILE = "data/replicates/estimates.csv"
MAKE = "make the table again: surveybook simulate --replicates 40"
PATTERN = r"the pattern \d+/\d+( \d+/\d+)*"
SEVENTH = 6  # where replicate 7 stands among the counts


@pytest.fixture
def data(project):
    return project / "data"


@pytest.fixture
def file(data):
    return data / "replicates" / "estimates.csv"


@pytest.fixture
def row_of(file, read_records):
    """The row of a share in the table, the header being row 1."""

    def find(item, option_set, domain="all", level="all"):
        cells = [list(row.values())[:5] for row in read_records(file)]
        return cells.index(["vive", item, option_set, domain, level]) + 2

    return find


@pytest.fixture
def change(file, row_of, read_records, edit_cell, sign):
    """Change the counts of a share by a function of their list, sign the table, and return the row."""

    def apply(cell, new, *, signed=True):
        row = row_of(*cell)
        counts = read_records(file)[row - 2]["counts"].split()
        edit_cell(file, row, "counts", " ".join(new(counts)))
        if signed:
            sign(file)
        return row

    return apply


def put(number, pair):
    return lambda counts: [*counts[:number], pair, *counts[number + 1 :]]


def refused(load=load_surveys) -> SurveybookError:
    with pytest.raises(SurveybookError) as caught:
        load()
    return caught.value


def row_that_cannot_be(row, what, value, expected) -> str:
    return (
        f"error: the table of replicates cannot be: {what}\n"
        f"  file:     {FILE}\n"
        f"  row:      {row}\n"
        "  column:   counts\n"
        f"  value:    {value!r}\n"
        f"  expected: {expected}\n"
        f"  hint:     {MAKE}"
    )


def not_of_every(row, value, expected="40 replicates") -> str:
    return row_that_cannot_be(row, "a share is not of every replicate", value, expected)


# Rows that cannot be


@pytest.mark.parametrize("pair", ["256/255", "300/255", "1/0"])
@pytest.mark.parametrize("number", [0, 17, 39])
def test_a_count_above_its_base_is_refused(change, number, pair):
    row = change(("motivation", "neither"), put(number, pair))
    what = f"more people in replicate {number + 1} than its base"
    assert str(refused()) == row_that_cannot_be(row, what, pair, "a count of its base")


SIZES = {
    "too few": (lambda counts: counts[:-1], "39 replicates"),
    "too many": (lambda counts: [*counts, "1/2"], "41 replicates"),
    "one": (lambda counts: counts[:1], "1 replicates"),
}


@pytest.mark.parametrize(("new", "value"), SIZES.values(), ids=SIZES)
@pytest.mark.parametrize(
    "cell", [("motivation", "neither"), ("response", "answered"), ("room", "agree", "role", "3")]
)
def test_a_row_of_fewer_or_more_replicates_than_the_others_is_refused(change, cell, new, value):
    row = change(cell, new)
    assert str(refused()) == not_of_every(row, value)


def test_a_first_row_of_fewer_replicates_than_the_others_is_refused(change):
    row = change(("response", "invited"), lambda counts: counts[:-1])
    assert row == 2
    assert str(refused()) == not_of_every(row, "39 replicates")


def test_a_table_of_more_replicates_than_assumptions_is_refused(file, read_records, write_rows, sign):
    rows = [[*list(row.values())[:5], row["counts"] + " 1/2"] for row in read_records(file)]
    write_rows(file, [list(read_records(file)[0]), *rows])
    sign(file)
    expected = "2 to 40, the rows of the table of assumptions"
    assert str(refused()) == not_of_every(2, "41 replicates", expected)


def repeat(file, read_records, write_rows, sign, at):
    records = read_records(file)
    rows = [list(row.values()) for row in records]
    rows.insert(at, rows[9])
    write_rows(file, [list(records[0]), *rows])
    sign(file)


@pytest.mark.parametrize("at", [10, 200, 519])
def test_a_share_that_stands_twice_is_refused_in_the_row_that_repeats_it(file, read_records, write_rows, sign, at):
    repeat(file, read_records, write_rows, sign, at)
    error = refused()
    assert error.what == "the table of replicates cannot be: a share stands twice"
    assert (error.file, error.row, error.hint) == (FILE, at + 2, MAKE)
    assert error.expected == "each share once; it stands in row 11 too"


def test_a_share_that_stands_twice_is_shown_by_its_name(file, read_records, write_rows, sign):
    repeat(file, read_records, write_rows, sign, 519)
    name = read_records(file)[9]
    assert name["item"] in refused().got and name["option_set"] in refused().got


@pytest.mark.parametrize("pair", ["-1/255", "1.5/255", "1:255", "1/", "one/255", "1 / 255"])
def test_counts_that_are_none_are_refused(change, pair):
    row = change(("motivation", "neither"), put(3, pair))
    error = refused()
    assert (error.what, error.file, error.row) == ("a cell does not follow its pattern", FILE, row)
    assert (error.column, error.expected) == ("counts", PATTERN)
    assert pair in error.got


def test_an_empty_cell_of_counts_is_refused(change):
    row = change(("motivation", "neither"), lambda counts: [])
    error = refused()
    assert (error.what, error.file, error.row, error.column) == ("a required cell is empty", FILE, row, "counts")


# A table that is not there, or not whole


def test_a_missing_file_is_refused(file):
    file.unlink()
    assert str(refused()) == (
        "error: a data file is missing\n"
        f"  file:     {FILE}\n"
        "  expected: the file that the resource replicate-estimates names\n"
        "  hint:     put the file back, or name another package in chapters/editions.yml"
    )


def test_simulated_answers_without_a_table_in_the_package_are_refused(data, file):
    descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    kept = [resource for resource in descriptor["resources"] if resource["name"] != "replicate-estimates"]
    assert len(kept) == len(descriptor["resources"]) - 1
    (data / "datapackage.json").write_text(json.dumps(descriptor | {"resources": kept}), encoding="utf-8")
    file.unlink()
    assert str(refused()) == (
        "error: the answers of the survey vive are simulated, and their replicates are missing\n"
        "  file:     data/datapackage.json\n"
        "  expected: a resource named replicate-estimates\n"
        "  hint:     copy its description from the committed package, and run: surveybook simulate --replicates 40"
    )


def test_a_table_of_another_survey_alone_is_refused(file, sign):
    file.write_bytes(b"survey,item,option_set,domain,level,counts\nkomdir,a,b,all,all,1/2 1/2\n")
    sign(file)
    assert str(refused()) == (
        f"error: the table of replicates holds nothing of the survey vive\n  file:     {FILE}\n  hint:     {MAKE}"
    )


@pytest.mark.parametrize(
    "cell",
    [
        ("extent", "top2", "all", "all"),
        ("response", "municipalities", "all", "all"),
        ("motivation", "disagree", "all", "all"),
        ("kind", "option:2", "all", "all"),
        ("room", "gap:refused", "all", "all"),
        ("motivation", "agree", "role", "1"),
        ("digital", "yes", "field", "5"),
        ("motivation", "agree", "wellbeing", "agree"),
    ],
    ids=" ".join,
)
def test_a_table_without_a_share_of_the_codebook_is_refused(file, row_of, sign, cell):
    lines = file.read_bytes().splitlines(keepends=True)
    del lines[row_of(*cell) - 1]
    file.write_bytes(b"".join(lines))
    sign(file)
    assert str(refused(load_estimates)) == (
        "error: the table of replicates does not have an estimate of the codebook\n"
        f"  file:     {FILE}\n"
        f"  value:    {', '.join(cell)!r}\n"
        f"  hint:     {MAKE}"
    )


def test_a_table_that_was_changed_and_not_signed_is_refused(change, signature_of, file):
    before = signature_of(file)
    change(("motivation", "neither"), put(3, "1/255"), signed=False)
    for load in (load_surveys, load_estimates):
        assert str(refused(load)) == (
            "error: a data file was changed after it was signed\n"
            f"  file:     {FILE}\n"
            f"  value:    'sha256 {signature_of(file)[:12]}...'\n"
            f"  expected: sha256 {before[:12]}...\n"
            f"  hint:     if the change is meant: surveybook data accept {FILE}; if not, restore the file"
        )


# A replicate that misses print

# share, counts of replicate 7, what is expected of them
MISSED = {
    "one too few": (("extent", "top2"), "158/296", "54 percent, as printed (vive_04)"),
    "one too many": (("extent", "top2"), "162/296", "54 percent, as printed (vive_04)"),
    "nobody in the base": (("extent", "top2"), "0/0", "54 percent, as printed (vive_04)"),
    "outside a range": (("faster_help", "agree"), "84/160", "48 to 52 percent, as printed (vive_18)"),
    "below a range": (("digital", "yes"), "139/160", "87 to 90 percent, as printed (vive_14)"),
    "outside what follows": (("extent", "rest"), "98/296", "31 to 33 percent, as printed (vive_07)"),
    "a later item": (("room", "agree"), "84/160", "52 percent, as printed (vive_24)"),
    "a count": (("response", "municipalities"), "92/98", "93 of 98, as printed (vive_02)"),
    "a base": (("response", "answered"), "296/557", "296 of 556, as printed (vive_26)"),
    "a count without a base": (("response", "open_answers"), "159/296", "160, as printed (vive_03)"),
}


@pytest.mark.parametrize(("cell", "pair", "expected"), MISSED.values(), ids=MISSED)
def test_a_replicate_that_misses_print_is_named_with_row_figure_and_remedy(change, cell, pair, expected):
    row = change(cell, put(SEVENTH, pair))
    assert str(refused(load_estimates)) == (
        "error: replicate 7 of the survey vive misses a published figure\n"
        f"  file:     {FILE}\n"
        f"  row:      {row}\n"
        "  column:   counts\n"
        f"  value:    {pair!r}\n"
        f"  expected: {expected}\n"
        f"  hint:     {MAKE}"
    )


@pytest.mark.parametrize("pair", ["159/296", "160/296", "161/296"])
def test_every_count_that_rounds_to_print_passes(change, pair):
    change(("extent", "top2"), put(SEVENTH, pair))
    estimates = load_estimates()
    assert estimates.replicates["vive"].shares_pct(estimates.get("vive", "extent").cell)[SEVENTH] == pytest.approx(
        100 * int(pair[:3]) / 296
    )


def test_a_share_that_print_leaves_open_may_move_anywhere(change):
    change(("motivation", "disagree"), put(SEVENTH, "160/160"))
    assert load_estimates().get("vive", "motivation", "disagree").high_pct == 100
