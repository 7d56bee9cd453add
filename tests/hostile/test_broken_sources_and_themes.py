"""Surveys, themes and claims that cannot be as they stand are refused by file, row, column, value and expectation."""

import pytest

from printed_figures import names
from surveybook.analyse import load_estimates
from surveybook.analyse.claims import load_claims
from surveybook.core.errors import SurveybookError
from surveybook.process import load_surveys
from surveybook.process.claims import load_word_claims
from surveybook.process.thematic import load_thematic

SURVEYS, FIGURES, CLAIMS = "codebook/surveys.csv", "published/figures.csv", "published/claims.csv"
THEMES, CODES, TOLD, LINKS = (f"thematic/{name}.csv" for name in ("themes", "codes", "told", "links"))
DAY = "a cell is not of type date"
ENUM = "a value is not one of those allowed"
DANGLING = "a name points to nothing in the codebook"
TWICE = "a name stands twice in the codebook"
UNIQUE = "a value stands twice in a column of unique values"
KIND = "the code {} is of a kind that its theme does not have"
INTEGER = ("a cell is not of type integer", "type integer")
ORDER = "the field period starts before it ends, and looks back to a date before its end"
DATES = "field_start_date, field_end_date, looks_back_to_date"
SAMPLINGS = "everyone, called representative, panel, not a sample, not representative, not published"
THEME_NAMES = [
    "collaboration",
    "trust",
    "autonomy",
    "self_determination",
    "flexibility",
    "accessibility",
    "diversity",
    "shadow_sides",
]
TELLERS = ["chief_executives", "institution_leaders", "employees", "no_group_named"]


@pytest.fixture
def data(project):
    return project / "data"


@pytest.fixture
def break_file(data, edit_text, sign):
    """Replace a text in a file of the package, sign the file, and return the row."""

    def replace(file, old, new):
        row = edit_text(data / file, old, new)
        sign(data / file)
        return row

    return replace


@pytest.fixture
def add_line(data, sign):
    """Add a line to a file of the package, sign the file, and return its row."""

    def add(file, line):
        content = (data / file).read_text(encoding="utf-8")
        (data / file).write_bytes(f"{content}{line}\n".encode())
        sign(data / file)
        return content.count("\n") + 1

    return add


def refused(load) -> SurveybookError:
    with pytest.raises(SurveybookError) as caught:
        load()
    return caught.value


def place(error: SurveybookError) -> tuple:
    return error.file, error.row, error.column, error.got


# Surveys


FH_DATES = ",2020-06-17,2020-07-02,day,2020-03-11,"


@pytest.mark.parametrize(
    ("old", "new", "column", "got", "what", "expected"),
    [
        (FH_DATES, ",2020-06-31,2020-07-02,day,2020-03-11,", "field_start_date", "2020-06-31", DAY, "type date"),
        (FH_DATES, ",2020-06-17,2020-13-02,day,2020-03-11,", "field_end_date", "2020-13-02", DAY, "type date"),
        (FH_DATES, ",2020-06-17,2. juli 2020,day,2020-03-11,", "field_end_date", "2. juli 2020", DAY, "type date"),
        (FH_DATES, ",2020-06-17,02-07-2020,day,2020-03-11,", "field_end_date", "02-07-2020", DAY, "type date"),
        (FH_DATES, ",20200617,2020-07-02,day,2020-03-11,", "field_start_date", "20200617", DAY, "type date"),
        (FH_DATES, ",2020-06-17,2020-07-02,day,2019-02-29,", "looks_back_to_date", "2019-02-29", DAY, "type date"),
        (FH_DATES, ",,2020-07-02,day,2020-03-11,", "field_start_date", "", "a required cell is empty", "a value"),
        (",article,panel,", ",article,a panel,", "sampling", "a panel", ENUM, SAMPLINGS),
        (",article,panel,", ",article,Panel,", "sampling", "Panel", ENUM, SAMPLINGS),
        (",article,panel,", ",article,,", "sampling", "", "a required cell is empty", "a value"),
        (",article,panel,", ",used,panel,", "use", "used", ENUM, "article, unnamed, context"),
        (",article,panel,", ",,panel,", "use", "", "a required cell is empty", "a value"),
        (
            ",2020-03-11,inferred,article,panel,",
            ",2020-03-11,guessed,article,panel,",
            "looks_back_status",
            "guessed",
            ENUM,
            "published, inferred",
        ),
        (",,,1708,", ',,,"1,708",', "sample_size", "1,708", *INTEGER),
        (",,,1708,", ",,,about 1700,", "sample_size", "about 1700", *INTEGER),
    ],
)
def test_a_cell_of_a_survey_that_cannot_be_is_refused(break_file, old, new, column, got, what, expected):
    row = break_file(SURVEYS, old, new)
    error = refused(load_surveys)
    assert place(error) == (f"data/{SURVEYS}", row, column, got)
    assert (error.what, error.expected) == (what, expected)


@pytest.mark.parametrize(
    ("dates", "got"),
    [
        (",2020-07-03,2020-07-02,day,2020-03-11,", "2020-07-03, 2020-07-02, 2020-03-11"),
        (",2021-06-17,2020-07-02,day,2020-03-11,", "2021-06-17, 2020-07-02, 2020-03-11"),
        (",2020-06-17,2020-07-02,day,2020-07-03,", "2020-06-17, 2020-07-02, 2020-07-03"),
    ],
    ids=["ends the day before it starts", "starts a year late", "looks back to a day after its end"],
)
def test_dates_of_a_survey_in_the_wrong_order_are_refused(break_file, dates, got):
    row = break_file(SURVEYS, FH_DATES, dates)
    error = refused(load_surveys)
    assert error.what == "the dates of the survey fh are in the wrong order"
    assert (*place(error), error.expected) == (f"data/{SURVEYS}", row, DATES, got, ORDER)


@pytest.mark.parametrize(
    "dates",
    [
        ",2020-07-02,2020-07-02,day,2020-03-11,",
        ",2020-06-17,2020-07-02,day,,",
        ",2020-06-17,2020-07-02,day,2020-07-02,",
    ],
)
def test_a_field_period_of_one_day_or_without_a_day_to_look_back_to_can_be(break_file, dates):
    break_file(SURVEYS, FH_DATES, dates)
    assert str(load_surveys()["fh"].survey.field_end_date) == "2020-07-02"


# Printed figures


@pytest.mark.parametrize(
    ("old", "new", "column", "got", "expected"),
    [
        (",more than,", ",over,", "precision", "over", "integer, verbal, exact, more than"),
        ("exact,,,printed,556,", "exact,,,said,556,", "kind", "said", "printed, computed, context"),
        (",54,percent,", ",54,pct,", "unit", "pct", "percent, count"),
    ],
)
def test_a_word_of_a_figure_that_is_not_known_is_refused(break_file, old, new, column, got, expected):
    row = break_file(FIGURES, old, new)
    error = refused(load_surveys)
    assert (*place(error), error.what, error.expected) == (f"data/{FIGURES}", row, column, got, ENUM, expected)


@pytest.mark.parametrize(
    ("old", "new", "got"),
    [
        ("41,percent,40,42", "44,percent,43,45", "43 to 45"),
        ("41,percent,40,42", "41,percent,40.5,42", "40.5 to 42"),
        ("fh_02,,fh,trust_from_above,more,47,", "fh_02,,fh,trust_from_above,more,46,", "40 to 42"),
    ],
)
def test_a_computed_figure_that_does_not_follow_is_refused(break_file, old, new, got):
    break_file(FIGURES, old, new)
    error = refused(load_estimates)
    assert (error.file, error.column, error.got) == (f"data/{FIGURES}", "fh_04, low and high", got)
    # 100 less two whole figures, each of which is half a point either way
    assert ("41 to 43" if ",46," in new else "40 to 42") in error.expected


def test_a_computed_share_of_people_that_does_not_follow_is_refused(break_file):
    # 900 of 2,300 is 39 percent
    break_file(FIGURES, "answered_share,39,percent,38,40", "answered_share,60,percent,59,61")
    error = refused(load_claims)
    assert error.file == f"data/{FIGURES}" and "mm_bikuben_03" in str(error)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("vive_08,,vive", "vive_08,vive_08,vive"),  # itself
        ("fh_05,,fh", "fh_05,fh_06,fh"),  # the opposite answer
        ("vive_11,,vive", "vive_11,vive_12,vive"),  # one that names it in turn
        ("komdir_01,,komdir", "komdir_01,socialstyrelsen_01,komdir"),  # one that is no claim of the article
    ],
    ids=["itself", "another answer", "in a circle", "a context figure"],
)
def test_a_figure_that_is_no_second_telling_of_another_is_refused(break_file, old, new):
    row = break_file(FIGURES, old, new)
    error = refused(load_claims)
    assert (error.file, error.row, error.column) == (f"data/{FIGURES}", row, "same_claim_as")


@pytest.mark.parametrize("address", ["http://bupl.dk", "bupl.dk/artikel", "javascript:alert(1)"])
def test_an_address_that_is_none_of_the_web_is_refused(break_file, address):
    known = ",https://bupl.dk/arbejdsvilkaar/vilkaar/\n"
    row = break_file(FIGURES, known, f",{address}\n")
    error = refused(load_claims)
    assert place(error) == (f"data/{FIGURES}", row, "url", address)


# The thematic codebook


@pytest.mark.parametrize(
    ("file", "old", "new", "column", "got", "what", "expected"),
    [
        (
            CODES,
            "\nfaster_contact,accessibility,",
            "\nfaster_contact,access,",
            "theme",
            "access",
            DANGLING,
            "one of " + names(THEME_NAMES),
        ),
        (
            CODES,
            "\ncontrol,autonomy,effect,",
            "\ncontrol,autonomy,sub_code,",
            "kind",
            "sub_code",
            KIND.format("control"),
            "effect",
        ),
        (
            CODES,
            "\ncommunity,collaboration,sub_code,",
            "\ncommunity,collaboration,effect,",
            "kind",
            "effect",
            KIND.format("community"),
            "sub_code or counter_pattern",
        ),
        (
            CODES,
            "\nlonely,shadow_sides,shadow_side,",
            "\nlonely,shadow_sides,counter_pattern,",
            "kind",
            "counter_pattern",
            KIND.format("lonely"),
            "shadow_side",
        ),
        (
            CODES,
            "\ncontrol,autonomy,effect,",
            "\ncontrol,autonomy,gain,",
            "kind",
            "gain",
            ENUM,
            "sub_code, counter_pattern, effect, shadow_side",
        ),
        (CODES, ",,told,\nknowledge,", ",,often,\nknowledge,", "basis", "often", ENUM, "printed, told, inferred"),
        (
            TOLD,
            "\ncloseness,institution_leaders,",
            "\nclosenes,institution_leaders,",
            "code",
            "closenes",
            DANGLING,
            None,
        ),
        (
            TOLD,
            "\ncloseness,institution_leaders,",
            "\ncloseness,mayors,",
            "teller",
            "mayors",
            DANGLING,
            "one of " + names(TELLERS),
        ),
        (
            TOLD,
            "closeness,institution_leaders,stressed",
            "closeness,institution_leaders,often",
            "emphasis",
            "often",
            ENUM,
            "stressed",
        ),
        (
            THEMES,
            "\ndiversity,effects,",
            "\ndiversity,effect,",
            "part",
            "effect",
            ENUM,
            "organisation, effects, shadow_sides",
        ),
        (THEMES, "\ntrust,", "\ncollaboration,", "theme", "collaboration", UNIQUE, "each value once"),
        (CODES, "\nknowledge,", "\ncommunity,", "code", "community", UNIQUE, "each value once"),
        (LINKS, "\nroom,article,", "\nroom,authors,", "voice", "authors", ENUM, "article, edition"),
        (LINKS, "\nroom,article,", "\nlearning,article,", "link", "learning", UNIQUE, "each value once"),
    ],
)
def test_a_thematic_table_that_does_not_fit_is_refused(
    data, break_file, read_records, file, old, new, column, got, what, expected
):
    if expected is None:
        expected = "one of " + names(row["code"] for row in read_records(data / CODES))
    row = break_file(file, old, new)
    error = refused(load_thematic)
    assert (*place(error), error.what, error.expected) == (f"data/{file}", row, column, got, what, expected)


def test_what_is_told_twice_by_one_group_is_refused(add_line):
    row = add_line(TOLD, "closeness,institution_leaders,,again")
    error = refused(load_thematic)
    assert (error.what, error.file, error.row, error.expected) == (TWICE, f"data/{TOLD}", row, "each name once")
    assert error.got == ("closeness", "institution_leaders")


@pytest.mark.parametrize("file", [THEMES, CODES, TOLD, LINKS, "thematic/tellers.csv"])
def test_a_thematic_file_that_was_changed_is_not_read_unsigned(data, edit_text, file):
    edit_text(data / file, "\n", " \n")
    error = refused(load_thematic)
    assert error.file == f"data/{file}" and "surveybook data accept" in str(error)


# Claims in words


VERDICTS = "a condition that it says the same as, or why it cannot be recomputed"


def test_a_claim_without_a_verdict_is_refused(break_file):
    row = break_file(CLAIMS, ",character > 50,,", ",,,")
    error = refused(load_word_claims)
    assert error.what == "the claim smaller_improvements would have no verdict"
    assert (*place(error), error.expected) == (f"data/{CLAIMS}", row, "holds, because", ["", ""], VERDICTS)


def test_a_claim_with_two_verdicts_is_refused(break_file):
    row = break_file(CLAIMS, ",character > 50,,", ",character > 50,nobody counted,")
    error = refused(load_word_claims)
    assert error.what == "the claim smaller_improvements would have two verdicts"
    got = ["character > 50", "nobody counted"]
    assert (*place(error), error.expected) == (f"data/{CLAIMS}", row, "holds, because", got, VERDICTS)


def test_a_claim_that_stands_twice_is_refused(break_file):
    row = break_file(CLAIMS, "\nworth_keeping,", "\nsmaller_improvements,")
    error = refused(load_word_claims)
    assert (*place(error), error.expected) == (
        *(f"data/{CLAIMS}", row, "claim", "smaller_improvements"),
        "each value once",
    )


def test_a_claim_of_an_unknown_kind_is_refused(break_file):
    row = break_file(CLAIMS, "smaller_improvements,descriptive,", "smaller_improvements,proven,")
    error = refused(load_word_claims)
    assert (*place(error), error.expected) == (
        *(f"data/{CLAIMS}", row, "kind", "proven"),
        "descriptive, causal, hypothesis",
    )


# a condition, its fault, and what the refusal has to name
CONDITIONS = {
    "does not hold": ("character > 80", "does not follow from the printed figures", "character is 72.5 to 73.5"),
    "does not hold over all that print allows": ("character > 73", "does not follow", "character is 72.5 to 73.5"),
    "cannot be read": ("character is most", "cannot be read", "character is most"),
    "names an unknown item": ("karakter > 50", "unknown item", "karakter"),
    "names an unknown option set": ("character.most > 50", "option set", "most"),
    "names nothing": ("60 > 50", "names no share", "60 > 50"),
    "names a share that only real answers could tell": (
        "extent.top1 > 10",
        "only real answers could tell",
        "extent.top1",
    ),
    "names two surveys at once": ("better_ratio > 50", "several surveys", "better_ratio"),
    "asks for a count without a share": ("vive.response.open_answers > 50", "not known", "open_answers"),
}


@pytest.mark.parametrize(("condition", "fault", "got"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_claim_whose_condition_is_no_good_is_refused(break_file, condition, fault, got):
    break_file(CLAIMS, ",character > 50,,", f",{condition},,")
    error = refused(load_claims)
    assert fault in error.what
    assert got in str(error.got)
    assert error.expected


@pytest.mark.parametrize("condition", [row[0] for row in CONDITIONS.values()], ids=CONDITIONS)
def test_the_refusal_of_a_condition_says_where_it_stands(break_file, condition):
    row = break_file(CLAIMS, ",character > 50,,", f",{condition},,")
    error = refused(load_claims)
    assert (error.file, error.row, error.column) == (f"data/{CLAIMS}", row, "holds")
