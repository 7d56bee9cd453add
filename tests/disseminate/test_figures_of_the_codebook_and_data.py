"""The codebook's questions each in a row with an address, and the data files each with its signature."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.disseminate import figure_codebook, figure_data_files, figure_quality
from surveybook.disseminate.figure import PANEL_MIME
from surveybook.disseminate.sphinx_figures import panel_html

APPENDIX = "chapters/appendix/codebook.ipynb"


def about(figure) -> dict:
    return figure._repr_mimebundle_()[PANEL_MIME]["usermeta"]["surveybook"]


def cell(figure, label: str, name: str) -> str:
    (row,) = [row for row in figure.table if row[0].startswith(f"{label} (")]
    return row[figure.table[0].index(name)]


@pytest.fixture(scope="module")
def vive(simulated):
    return figure_codebook(simulated, "vive", figure_id="f", title="What?")


def test_each_item_of_a_survey_has_a_row_with_its_address(vive, committed, read_records):
    items = [row["item"] for row in read_records(committed / "codebook" / "items.csv") if row["survey"] == "vive"]
    assert list(vive.anchors.values()) == [f"item-vive-{item}" for item in items]
    html = panel_html(about(vive), "", "")
    assert [html.count(f'<tr id="item-vive-{item}"') for item in items] == [1] * len(items)


def test_a_guess_is_called_a_guess_and_print_stands_with_its_place(vive):
    label = "New and innovative ways to deliver services"
    assert cell(vive, label, "Wording") == (
        "Our guess: To what extent have new and innovative ways to deliver services arisen in your field "
        "during the COVID-19 crisis?"
    )
    guesses = [row[1] for row in vive.table[1:] if "ur guess" in row[1]]
    assert guesses and all(text.startswith("Our guess: ") and not set(text) & set('“”"') for text in guesses)
    assert "54 percent: to a high or very high extent (Torfing" in cell(vive, label, "In print")
    assert "By arithmetic 31–33 percent" in cell(vive, label, "In print")
    assert "160 to 296" in cell(vive, label, "Assumed")
    assert "87–90 percent" in cell(vive, "Concerns more digital service", "In print")
    assert cell(vive, "Competition as a driver", "Assumed").startswith("Nothing: whether it was asked")


def test_among_several_surveys_each_item_names_its_own(simulated):
    figure = figure_codebook(simulated, ["bupl_1", "bupl_2"], figure_id="f", title="What?")
    labels = [row[0] for row in figure.table[1:]]
    assert len({*labels}) == len(labels) and all("union's" in label for label in labels)
    assert cell(figure, "Better chances for pedagogical work than usual", "Wording") == "Wording not published"


@pytest.mark.parametrize(("survey", "message"), [("interviews", "nothing to show"), ("nobody", "unknown survey")])
def test_a_survey_without_items_is_refused(simulated, survey, message):
    with pytest.raises(SurveybookError, match=message):
        figure_codebook(simulated, survey, figure_id="f", title="What?")


def test_the_committed_chapter_shows_every_item_once(committed, read_records):
    cells = json.loads((committed.parent / APPENDIX).read_text(encoding="utf-8"))["cells"]
    shown = [
        name
        for one in cells
        for output in one.get("outputs", [])
        for _, name in output["data"][PANEL_MIME]["usermeta"]["surveybook"]["anchors"]
    ]
    items = [f"item-{row['survey']}-{row['item']}" for row in read_records(committed / "codebook" / "items.csv")]
    assert sorted(shown) == sorted(items)


def test_what_comes_from_a_name_is_escaped(vive):
    hostile = {**about(vive), "anchors": [[1, 'x" onload="y']]}
    assert 'onload="' not in panel_html(hostile, "", "")


def test_every_file_of_the_package_is_listed_with_its_rows_and_signature(committed, signature_of, read_records):
    figure = figure_data_files(str(committed), figure_id="f", title="Which?")
    files = sorted(path for path in committed.rglob("*.csv"))
    assert sorted(row[0] for row in figure.table[1:]) == [path.relative_to(committed).as_posix() for path in files]
    for row in figure.table[1:]:
        file = committed / row[0]
        assert row[-1] == signature_of(file)[:12]
        assert row[3] == f"{len(read_records(file)):,}"
    kinds = {row[0]: row[2] for row in figure.table[1:]}
    assert kinds["raw/vive/responses.csv"] == "Simulated" and kinds["published/figures.csv"] == "Published"


def test_no_row_of_a_data_file_is_in_the_figure(committed, read_records):
    text = figure_data_files(str(committed), figure_id="f", title="Which?").text()
    ids = [row["respondent_id"] for row in read_records(committed / "raw/vive/responses.csv")]
    assert ids and not any(name in text for name in ids)
    assert "simuleret" not in text


def test_real_files_say_who_gave_them_on_which_terms(project, declare_observed):
    declare_observed(project / "data")
    # Real answers lie outside the checkout.
    folder = (project / "data").rename(project.parent / "real")
    figure = figure_data_files(str(folder), figure_id="f", title="Which?")
    (row,) = [row for row in figure.table if row[0] == "raw/vive/responses.csv"]
    assert (row[2], row[4]) == ("Observed", "none; terms: for the authors only")
    assert "VIVE, 2021-03-12" in figure.caption
    # A short fingerprint of answers would tell whether a guess of them is right.
    assert row[-1] == "not told"
    assert "that of real answers is told to nobody" in figure.caption
    signature = hashlib.sha256((folder / "raw/vive/responses.csv").read_bytes()).hexdigest()
    assert signature[:12] not in figure.text()


def test_written_files_are_worked_out_from_simulated_answers_only_beside_replicates(project):
    assert "or worked out from simulated answers" in figure_data_files("data", figure_id="f", title="Which?").rests
    descriptor = project / "data" / "datapackage.json"
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    package["resources"] = [one for one in package["resources"] if not one["path"].startswith("replicates/")]
    descriptor.write_text(json.dumps(package), encoding="utf-8")
    shutil.rmtree(project / "data" / "replicates")
    assert "Editorial: written by this edition." in figure_data_files("data", figure_id="f", title="Which?").rests


def test_gaps_of_simulated_answers_are_not_told_and_those_of_real_ones_are(simulated, observed):
    made_up, real = (figure_quality(e, figure_id="f", title="x").table[1] for e in (simulated, observed))
    assert made_up[1] == "Printed figures, and simulated answers that match them"
    assert made_up[-1].startswith("Not known: the stored answers are simulated")
    # 0 left out q01 and 21 of 296 left out q08b: 7.1 percent, and a whole one more
    assert real[1] == "Real answers"
    assert real[-1] == "0 to 8 percent gave no answer, over the questions where it may be told"
    assert (made_up[3], real[3]) == ("Not published for any share", "Told by the answers")
