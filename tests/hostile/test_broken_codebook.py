"""A codebook or a table of printed figures that does not fit together is refused by row and name."""

import pytest

from printed_figures import SOURCES, names
from surveybook.core.errors import SurveybookError
from surveybook.process import load_survey, load_surveys

ITEMS, OPTIONS = "codebook/items.csv", "codebook/options.csv"
SETS, FIGURES = "codebook/option_sets.csv", "published/figures.csv"
SURVEYS = names(SOURCES)
DEGREES = "'1', '2', '3', '4', '5', '6', '88'"
COUNTS = "'answered', 'answered_share', 'answered_two_waves', 'invited', 'municipalities', 'open_answers'"


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


def refused(load=load_surveys) -> SurveybookError:
    with pytest.raises(SurveybookError) as caught:
        load()
    return caught.value


# file, old text, new text, column, the unknown name, the known ones (None: all lists of options)
NAMES = {
    "an item of an unknown survey": (ITEMS, "\nkomdir,", "\nkommdir,", "survey", "kommdir", SURVEYS),
    "an unknown list of options": (
        ITEMS,
        "digital,yes_no,yes",
        "digital,yesno,yes",
        "option_list",
        "yesno",
        None,
    ),
    "an unknown headline": (
        ITEMS,
        "digital,yes_no,yes",
        "digital,yes_no,maybe",
        "headline_set",
        "maybe",
        "'yes'",
    ),
    "an unknown option in a set": (SETS, "degree,top2,1 2,", "degree,top2,1 7,", "values", "7", DEGREES),
    "a gap in a set": (SETS, "degree,rest,3 88,", "degree,rest,3 99,", "values", "99", DEGREES),
    "a set of an unknown list": (
        SETS,
        "agree,neither,2,",
        "agre,neither,88,",
        "option_list",
        "agre",
        None,
    ),
    "a figure of an unknown survey": (
        FIGURES,
        "komdir_01,,komdir,",
        "komdir_01,,kommdir,",
        "survey",
        "kommdir",
        SURVEYS,
    ),
    "a figure of an unknown item": (
        FIGURES,
        "komdir,kept_collaboration,",
        "komdir,kept,",
        "item",
        "kept",
        "'kept_collaboration'",
    ),
    "a figure of an unknown option set": (
        FIGURES,
        "vive,extent,top2,",
        "vive,extent,top9,",
        "option_set",
        "top9",
        "'bottom', 'rest', 'top1', 'top2', 'top3'",
    ),
    "a count that is not known": (
        FIGURES,
        "vive,response,invited,",
        "vive,response,asked,",
        "option_set",
        "asked",
        COUNTS,
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "column", "name", "known"), NAMES.values(), ids=NAMES)
def test_a_name_that_points_to_nothing_is_refused(data, damage, read_records, file, old, new, column, name, known):
    if known is None:
        lists = {row["option_list"] for row in read_records(data / OPTIONS)}
        known = ", ".join(f"'{option_list}'" for option_list in sorted(lists))
    row = damage(file, old, new)
    assert str(refused()) == (
        "error: a name points to nothing in the codebook\n"
        f"  file:     data/{file}\n"
        f"  row:      {row}\n"
        f"  column:   {column}\n"
        f"  value:    '{name}'\n"
        f"  expected: one of {known}"
    )


def test_a_figure_that_repeats_an_unknown_one_is_refused(damage):
    row = damage(FIGURES, "vive_05,vive_04,", "vive_05,vive_44,")
    error = refused()
    assert (error.file, error.row, error.column) == (f"data/{FIGURES}", row, "same_claim_as")
    assert error.got == "vive_44"


# Of each table, the last row is repeated.
DOUBLED = {"an item": ITEMS, "an option": OPTIONS, "an option set": SETS}


@pytest.mark.parametrize("file", DOUBLED.values(), ids=DOUBLED)
def test_a_name_that_stands_twice_in_the_codebook_is_refused(data, sign, file):
    lines = (data / file).read_text(encoding="utf-8").splitlines()
    (data / file).write_text("\n".join([*lines, lines[-1]]) + "\n", encoding="utf-8")
    sign(data / file)
    error = refused()
    assert (error.what, error.file) == ("a name stands twice in the codebook", f"data/{file}")
    assert (error.row, error.expected) == (len(lines) + 1, "each name once")


def test_a_survey_that_stands_twice_is_refused(damage):
    row = damage("codebook/surveys.csv", "\ninstitution_leaders,", "\nkomdir,")
    assert str(refused()) == (
        "error: a value stands twice in a column of unique values\n"
        "  file:     data/codebook/surveys.csv\n"
        f"  row:      {row}\n"
        "  column:   survey\n"
        "  value:    'komdir'\n"
        "  expected: each value once"
    )


def test_an_item_that_is_answered_needs_a_base_rule(damage):
    row = damage(ITEMS, ",answered_item,", ",,")
    error = refused()
    assert (error.file, error.row, error.column) == (f"data/{ITEMS}", row, "base_rule")


def test_a_base_rule_that_is_not_known_is_refused(damage):
    row = damage(ITEMS, ",answered_item,", ",answered,")
    assert str(refused()) == (
        "error: a value is not one of those allowed\n"
        f"  file:     data/{ITEMS}\n"
        f"  row:      {row}\n"
        "  column:   base_rule\n"
        "  value:    'answered'\n"
        "  expected: answered_survey, answered_item, answered_substantively"
    )


def test_a_codebook_that_names_another_column_is_refused(damage):
    damage(ITEMS, "extent,q01_omfang,", "extent,q01_grad,")
    assert str(refused()) == (
        "error: the column of the item extent is missing\n"
        "  file:     data/raw/vive/responses.csv\n"
        "  row:      1\n"
        "  column:   q01_grad\n"
        "  hint:     correct the header, or the column's name in codebook/items.csv"
    )


@pytest.mark.parametrize("label", ["label_en", "label_da"])
@pytest.mark.parametrize("file", [ITEMS, OPTIONS, SETS])
def test_a_missing_label_is_refused(data, edit_cell, sign, file, label):
    edit_cell(data / file, 3, label, "")
    sign(data / file)
    assert str(refused()) == (
        "error: a required cell is empty\n"
        f"  file:     data/{file}\n"
        "  row:      3\n"
        f"  column:   {label}\n"
        "  value:    ''\n"
        "  expected: a value"
    )


def test_a_figure_that_is_no_number_is_refused(damage):
    row = damage(FIGURES, "vive,extent,top2,54,", 'vive,extent,top2,"53,5",')
    assert str(refused()) == (
        "error: a cell is not of type number\n"
        f"  file:     data/{FIGURES}\n"
        f"  row:      {row}\n"
        "  column:   value\n"
        "  value:    '53,5'\n"
        "  expected: type number"
    )


def test_an_unknown_survey_is_refused_by_name(project):
    assert str(refused(lambda: load_survey("viive"))) == (
        "error: unknown survey\n"
        "  value:    'viive'\n"
        f"  expected: one of {SURVEYS}\n"
        "  hint:     see data/codebook/surveys.csv"
    )
