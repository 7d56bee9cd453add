"""Raw rows become typed answers, found by column name, with one kind of gap per gap."""

import pickle
from datetime import date
from fractions import Fraction
from math import isnan

import pytest

from printed_figures import PRINTED, SOURCES
from surveybook.core.model import Cell, ItemType, RowKind, Sampling, Use
from surveybook.process import load_survey, load_surveys

GAPS = [
    ("88", "dont_know"),
    ("99", "refused"),
    ("-1", "not_asked"),
    ("-2", "not_applicable"),
    ("", "no_answer"),
]
SCALES = ("degree", "agree")


@pytest.fixture
def responses(project):
    return project / "data" / "raw" / "vive" / "responses.csv"


@pytest.fixture
def invitations(project):
    return project / "data" / "raw" / "vive" / "invitations.csv"


def answer_of(data, row, item):
    """The code and the kind of gap in a row, the header being row 1."""
    return data.responses.codes[item].iloc[row - 2], data.responses.missing[item].iloc[row - 2]


def test_every_survey_is_loaded_with_what_is_known_of_it(project):
    surveys = load_surveys()
    kinds = dict.fromkeys(SOURCES, RowKind.PUBLISHED) | {"vive": RowKind.SIMULATED}
    assert {name: data.kind for name, data in surveys.items()} == kinds
    assert {name for name, data in surveys.items() if data.responses is not None} == {"vive"}
    for name, data in surveys.items():
        printed = {figure.figure_id: figure.value for figure in PRINTED if figure.survey == name}
        assert {figure.figure_id: figure.value for figure in data.published} == printed
    assert [figure.value for figure in surveys["komdir"].published] == [73]
    assert len(surveys["vive"].published) == 26
    assert surveys["dlf_2"].published == ()  # counted by the article, of which nothing is printed


def test_rows_stand_in_the_order_of_the_raw_file(responses, read_records):
    raw = [row["q02_karakter"] for row in read_records(responses)]
    data = load_survey("vive")
    assert data.responses.codes["character"].tolist() == raw
    assert len(data.responses.frame) == 556


def test_background_comes_from_the_list_of_the_invited(responses, invitations, read_records):
    home = {row["respondent_id"]: row["kommune"] for row in read_records(invitations)}
    expected = [home[row["respondent_id"]] for row in read_records(responses)]
    assert load_survey("vive").responses.codes["municipality"].tolist() == expected


def test_columns_are_found_by_name_wherever_they_stand(responses, invitations, read_records, write_rows, sign):
    before = load_survey("vive").responses
    for file in (responses, invitations):
        rows = read_records(file)
        header = list(rows[0])[::-1]
        write_rows(file, [header, *([row[name] for name in header] for row in rows)])
        sign(file)
    after = load_survey("vive").responses
    assert after.codes.equals(before.codes)
    assert after.missing.equals(before.missing)
    assert after.frame.equals(before.frame)


def test_a_byte_order_mark_is_no_part_of_the_first_column(responses, sign):
    before = load_survey("vive").responses.codes
    responses.write_bytes(b"\xef\xbb\xbf" + responses.read_bytes())
    sign(responses)
    assert load_survey("vive").responses.codes.equals(before)


@pytest.mark.parametrize(("cell", "kind"), GAPS)
def test_each_gap_keeps_its_kind(responses, edit_cell, sign, cell, kind):
    edit_cell(responses, 4, "q02_karakter", cell)
    sign(responses)
    assert answer_of(load_survey("vive"), 4, "character") == (cell, kind)


def test_an_answer_is_no_gap(responses, edit_cell, sign):
    edit_cell(responses, 4, "q02_karakter", "1")
    sign(responses)
    assert answer_of(load_survey("vive"), 4, "character") == ("1", "")


@pytest.mark.parametrize(("cell", "kind"), GAPS[:-1])  # an empty cell is refused by the field's description
def test_a_gap_in_the_background_keeps_its_kind(responses, invitations, edit_cell, sign, read_records, cell, kind):
    invited = [row["respondent_id"] for row in read_records(invitations)]
    at = invited.index(read_records(responses)[2]["respondent_id"])
    edit_cell(invitations, at + 2, "rolle", cell)
    sign(invitations)
    assert answer_of(load_survey("vive"), 4, "role") == (cell, kind)


@pytest.mark.parametrize(("cell", "kind"), [("5", ""), ("1;8", ""), ("1;2;3;4;5;6;7;8;9", ""), *GAPS])
def test_a_cell_with_several_answers_holds_options_or_one_gap(responses, edit_cell, sign, cell, kind):
    edit_cell(responses, 4, "q05_maalgruppe", cell)
    sign(responses)
    assert answer_of(load_survey("vive"), 4, "target_group") == (cell, kind)


def test_the_text_of_an_open_answer_is_kept_nowhere(responses, edit_cell, sign):
    edit_cell(responses, 4, "q12_beskrivelse", "[simuleret] Fru Jensens hemmelighed")
    sign(responses)
    surveys = load_surveys()
    assert answer_of(surveys["vive"], 4, "open_answer") == ("answered", "")
    kept = pickle.dumps(surveys)
    assert b"q05_maalgruppe" in kept  # the search would find a text that is there
    assert b"hemmelighed" not in kept
    assert b"[simuleret]" not in kept


def test_a_missing_open_answer_keeps_its_kind(responses, edit_cell, sign):
    edit_cell(responses, 4, "q12_beskrivelse", "99")
    sign(responses)
    assert answer_of(load_survey("vive"), 4, "open_answer") == ("99", "refused")


def test_an_open_answer_may_hold_commas_quotes_and_line_breaks(responses, edit_cell, sign):
    edit_cell(responses, 4, "q12_beskrivelse", '[simuleret] Først,\nså "på skærm"')
    sign(responses)
    data = load_survey("vive")
    assert len(data.responses.codes) == 296
    assert answer_of(data, 4, "open_answer") == ("answered", "")


def test_a_package_may_lie_in_any_folder(project, tmp_path):
    elsewhere = tmp_path / "fortrolige data æøå"
    (project / "data").rename(elsewhere)
    assert load_survey("vive", str(elsewhere)).responses is not None
    assert load_survey("vive", "../fortrolige data æøå").responses is not None


def test_the_checkout_is_found_from_a_folder_inside_it(project, monkeypatch):
    monkeypatch.chdir(project / "chapters")
    assert load_survey("vive").survey.sample_size == 296


# The codebook


def test_items_carry_their_base_and_what_it_rests_on(project):
    codebook = load_survey("vive").codebook
    extent = codebook.item("vive", "extent")
    assert extent.column == "q01_omfang"
    assert extent.type == ItemType.SINGLE
    assert extent.base_rule == "answered_item"
    assert extent.base_status == "assumed"
    assert extent.assumed_bases == (160, 255, 296)
    assert codebook.item("vive", "open_answer").base_rule == "answered_survey"
    assert codebook.item("vive", "role").assumed_bases == ()


def test_an_item_that_may_not_have_been_asked_has_no_column_and_no_rows(project):
    data = load_survey("vive")
    assert data.codebook.item("vive", "competition").column is None
    assert "competition" not in data.responses.codes


def test_a_size_that_is_not_published_is_none(project):
    surveys = load_survey("vive").codebook.surveys
    sizes = {name: (one.population_size, one.invited_n, one.sample_size) for name, one in surveys.items()}
    assert sizes == {name: source[:3] for name, source in SOURCES.items()}
    assert (sizes["vive"], sizes["komdir"], sizes["dlf_2"]) == ((556, 556, 296), (98, None, None), (None,) * 3)


def test_dates_are_days_and_a_source_that_looks_back_to_none_has_none(project):
    surveys = load_survey("vive").codebook.surveys
    fh = surveys["fh"]
    assert (fh.field_start_date, fh.field_end_date) == (date(2020, 6, 17), date(2020, 7, 2))
    assert (fh.looks_back_to_date, surveys["interviews"].looks_back_to_date) == (date(2020, 3, 11), None)
    assert (fh.use, fh.sampling) == (Use.ARTICLE, Sampling.PANEL)


def test_options_stand_in_the_order_of_the_scale_whatever_their_row(project, sign):
    options = project / "data" / "codebook" / "options.csv"
    header, *rows = options.read_text(encoding="utf-8").splitlines()
    options.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    sign(options)
    degree = load_survey("vive").codebook.options["degree"]
    assert [option.value for option in degree] == ["1", "2", "3", "4", "5", "6"]
    assert degree[0].label_da == "i meget høj grad"


def test_option_sets_name_the_options_that_are_reported_together(project):
    codebook = load_survey("vive").codebook
    extent = codebook.item("vive", "extent")
    found = {name: codebook.option_set(extent, name).values for name in ("top2", "rest", "bottom")}
    assert found == {"top2": {"1", "2"}, "rest": {"3", "88"}, "bottom": {"4", "5", "6"}}


def test_an_option_set_may_be_another_cut_of_its_scale(project):
    codebook = load_survey("vive").codebook
    cuts = {item: {named.cut: named.values for named in codebook.option_sets[item] if named.cut} for item in SCALES}
    assert cuts == {"degree": {"stricter": {"1"}, "wider": {"1", "2", "3"}}, "agree": {"wider": {"1", "2"}}}


def test_a_simulated_survey_has_the_replicates_of_its_table(project, read_records):
    replicates = load_survey("vive").replicates
    folder = project / "data" / "replicates"
    assumed = read_records(folder / "assumptions.csv")
    assert replicates.numbers == tuple(range(1, 41))
    assert replicates.notes == tuple(row["note"] for row in assumed)
    table = read_records(folder / "estimates.csv")
    assert len(replicates.counts) == len(table)
    for number, row in enumerate(table, 2):
        cell = Cell(row["item"], row["option_set"], row["domain"], row["level"])
        assert replicates.rows[cell] == number
        assert ["{}/{}".format(*pair) for pair in replicates.counts[cell]] == row["counts"].split()
        shares = [Fraction(pair) if not pair.endswith("/0") else None for pair in row["counts"].split()]
        for got, share in zip(replicates.shares_pct(cell), shares, strict=True):
            assert isnan(got) if share is None else got == pytest.approx(float(100 * share), abs=1e-12)


def test_a_survey_of_which_no_rows_exist_has_no_replicates(project):
    assert load_survey("komdir").replicates is None


def test_a_verbal_figure_has_bounds_and_a_printed_number_is_its_own(project):
    figures = {figure.figure_id: figure for figure in load_survey("vive").published}
    assert figures["vive_14"].bounds == (87, 90)
    assert figures["vive_04"].bounds == (54, 54)
    assert figures["vive_04"].base_n is None
    assert figures["vive_05"].same_claim_as == "vive_04"
