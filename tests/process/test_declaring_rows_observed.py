"""Real answers need an origin, and simulated ones can never pass for them."""

import json
import shutil
from math import isnan

import pytest

from surveybook.analyse import load_estimates
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RowKind
from surveybook.process import load_survey, load_surveys
from surveybook.simulate.writer import replicate_files


@pytest.fixture
def data(project):
    return project / "data"


@pytest.fixture
def observed(data, declare_observed):
    declare_observed(data)
    return data


def test_rows_with_an_origin_are_observed(observed):
    survey = load_survey("vive")
    assert survey.kind == RowKind.OBSERVED
    assert (len(survey.responses.frame), len(survey.responses.codes)) == (556, 296)


@pytest.mark.parametrize("need", ["supplier", "date", "terms"])
@pytest.mark.parametrize("value", [None, "", "  "])
@pytest.mark.parametrize("part", ["invitations", "responses"])
def test_each_part_of_the_origin_is_needed(observed, edit_resource, need, value, part):
    edit_resource(observed, f"vive-{part}", {need: value})
    with pytest.raises(SurveybookError) as caught:
        load_surveys()
    assert str(caught.value) == (
        f"error: the observed resource vive-{part} does not name its {need}\n"
        "  file:     data/datapackage.json\n"
        f"  column:   {need}\n"
        "  expected: the fields supplier, date, terms\n"
        "  hint:     write who gave the file, when, and under which terms"
    )


def test_the_mark_of_simulated_answers_is_refused(observed, edit_cell, sign):
    edit_cell(observed / "raw" / "vive" / "responses.csv", 5, "q12_beskrivelse", "Som sagt [simuleret] her")
    sign(observed / "raw" / "vive" / "responses.csv")
    with pytest.raises(SurveybookError) as caught:
        load_surveys()
    assert str(caught.value) == (
        "error: a file declared observed holds simulated answers\n"
        "  file:     data/raw/vive/responses.csv\n"
        "  row:      5\n"
        "  value:    '[simuleret]'\n"
        "  expected: answers of real respondents\n"
        "  hint:     declare the resource simulated in datapackage.json"
    )


def test_the_row_of_the_mark_counts_rows_as_every_other_error_does(observed, edit_cell, sign):
    responses = observed / "raw" / "vive" / "responses.csv"
    edit_cell(responses, 2, "q12_beskrivelse", "to\nlinjer")
    edit_cell(responses, 5, "q12_beskrivelse", "[simuleret] her")
    sign(responses)
    with pytest.raises(SurveybookError) as marked:
        load_surveys()
    edit_cell(responses, 5, "q12_beskrivelse", "her")
    edit_cell(responses, 5, "q01_omfang", "7")
    sign(responses)
    with pytest.raises(SurveybookError) as unknown:
        load_surveys()
    assert marked.value.row == unknown.value.row


@pytest.mark.parametrize("part", ["invitations", "responses"])
def test_the_bytes_of_a_simulated_file_are_refused(observed, committed, sign, part):
    file = observed / "raw" / "vive" / f"{part}.csv"
    shutil.copy(committed / "raw" / "vive" / f"{part}.csv", file)
    sign(file)
    with pytest.raises(SurveybookError) as caught:
        load_surveys()
    assert str(caught.value) == (
        f"error: the resource vive-{part} is declared observed but is a simulated file\n"
        f"  file:     data/raw/vive/{part}.csv\n"
        "  value:    'the same bytes as replicate 1 of this checkout'\n"
        "  expected: a file of real answers\n"
        "  hint:     declare it simulated in datapackage.json"
    )


@pytest.fixture
def elsewhere(observed, edit_resource, tmp_path):
    """A package outside the checkout that passes for observed and knows nothing of replicates."""
    package = tmp_path / "ægte svar"
    shutil.copytree(observed, package)
    shutil.rmtree(package / "replicates")
    descriptor = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    kept = [resource for resource in descriptor["resources"] if not resource["path"].startswith("replicates/")]
    assert len(kept) < len(descriptor["resources"])
    descriptor["resources"] = kept
    (package / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")
    return package


def test_a_package_elsewhere_needs_no_replicates(elsewhere):
    assert load_survey("vive", str(elsewhere)).kind == RowKind.OBSERVED


# Replicates are of simulated rows: of real answers none is asked


@pytest.fixture
def without_table(observed):
    """A package that passes for observed, whose table of replicates is gone from disk and description."""
    (observed / "replicates" / "estimates.csv").unlink()
    descriptor = json.loads((observed / "datapackage.json").read_text(encoding="utf-8"))
    kept = [resource for resource in descriptor["resources"] if resource["name"] != "replicate-estimates"]
    assert len(kept) == len(descriptor["resources"]) - 1
    (observed / "datapackage.json").write_text(json.dumps(descriptor | {"resources": kept}), encoding="utf-8")
    return observed


@pytest.mark.parametrize("package", ["without_table", "elsewhere"])
def test_real_answers_are_estimated_without_a_table_of_replicates(request, package, read_records):
    folder = request.getfixturevalue(package)
    assert load_survey("vive", str(folder)).replicates is None
    estimates = load_estimates(str(folder))
    assert estimates.replicates == {}
    rows = [row for row in estimates.rows if row.survey == "vive"]
    assert {row.status for row in rows} == {"observed"}
    assert all(isnan(row.low_pct) and isnan(row.high_pct) for row in rows)
    answers = [row["q01_omfang"] for row in read_records(folder / "raw" / "vive" / "responses.csv")]
    top = estimates.get("vive", "extent", "top2")
    assert (top.count, top.base_n) == (answers.count("1") + answers.count("2"), 296)
    assert top.estimate_pct == pytest.approx(100 * top.count / 296, abs=1e-12)


def test_simulated_answers_need_the_table_that_real_ones_do_not(without_table, edit_resource):
    for part in ("invitations", "responses"):
        edit_resource(without_table, f"vive-{part}", {"status": "simulated"})
    with pytest.raises(SurveybookError, match="their replicates are missing"):
        load_survey("vive")


def test_a_table_that_misses_print_says_nothing_of_real_answers(observed, edit_cell, sign, read_records):
    table = observed / "replicates" / "estimates.csv"
    for row, record in enumerate(read_records(table), 2):
        if record["option_set"] == "top2":
            edit_cell(table, row, "counts", "0/296 297/296")
    sign(table)
    assert load_estimates().get("vive", "extent").status == "observed"


@pytest.mark.parametrize("number", [7, 40])
@pytest.mark.parametrize("part", ["invitations", "responses"])
@pytest.mark.parametrize("package", ["observed", "elsewhere"])
def test_the_rows_of_every_replicate_are_refused_as_real_ones(request, committed, sign, package, number, part):
    folder = request.getfixturevalue(package)
    file = folder / "raw" / "vive" / f"{part}.csv"
    file.write_bytes(replicate_files(committed, "vive", number)[part])
    sign(file)
    with pytest.raises(SurveybookError) as caught:
        load_surveys(str(folder))
    error = caught.value
    assert error.what == f"the resource vive-{part} is declared observed but is a simulated file"
    assert error.got == f"the same bytes as replicate {number} of this checkout"
    assert error.hint == "declare it simulated in datapackage.json"


@pytest.mark.parametrize("part", ["invitations", "responses"])
def test_the_bytes_of_this_checkouts_simulated_files_are_refused_elsewhere(elsewhere, committed, sign, part):
    file = elsewhere / "raw" / "vive" / f"{part}.csv"
    shutil.copy(committed / "raw" / "vive" / f"{part}.csv", file)
    sign(file)
    with pytest.raises(SurveybookError) as caught:
        load_survey("vive", str(elsewhere))
    error = caught.value
    assert error.what == f"the resource vive-{part} is declared observed but is a simulated file"
    assert error.got == "the same bytes as replicate 1 of this checkout"


def test_observed_answers_need_an_observed_list_of_invitations(observed, edit_resource):
    edit_resource(observed, "vive-invitations", {"status": "simulated"})
    with pytest.raises(SurveybookError) as caught:
        load_surveys()
    assert str(caught.value) == (
        "error: the invitations and the responses of the survey vive are not of one kind\n"
        "  file:     data/datapackage.json\n"
        "  column:   status\n"
        "  value:    ['simulated', 'observed']\n"
        "  expected: both simulated, or both observed"
    )


def test_a_simulated_file_needs_no_origin(data):
    assert load_survey("vive").kind == RowKind.SIMULATED


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("date", "soon", "has no date"),
        ("title", "Simulated answers: leaders who answered", "still calls itself simulated"),
        ("licenses", [{"name": "CC0-1.0"}], "has a licence"),
    ],
)
def test_what_a_copied_description_leaves_behind_is_refused(
    data, declare_observed, edit_resource, field, value, words
):
    declare_observed(data)
    edit_resource(data, "vive-responses", {field: value})
    with pytest.raises(SurveybookError, match=words):
        load_surveys()


def test_real_answers_inside_the_repository_are_refused(project, data, declare_observed):
    declare_observed(data)
    (project / ".git").mkdir()
    with pytest.raises(SurveybookError, match="lies inside the repository"):
        load_surveys()
