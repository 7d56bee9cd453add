"""A description that is broken, or says what cannot be, is refused by name and place."""

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.process import load_surveys

DESCRIPTOR = "data/datapackage.json"
RESPONSES = "raw/vive/responses.csv"


@pytest.fixture
def data(project):
    return project / "data"


def refused(load=load_surveys) -> SurveybookError:
    with pytest.raises(SurveybookError) as caught:
        load()
    return caught.value


def test_a_folder_without_a_package_is_named(project):
    assert str(refused(lambda: load_surveys("chapters"))) == (
        "error: there is no data package here\n"
        "  file:     chapters/datapackage.json\n"
        "  expected: a folder with datapackage.json\n"
        "  hint:     check data_package in chapters/editions.yml"
    )


def test_broken_json_is_named_by_its_line(data, edit_text):
    row = edit_text(data / "datapackage.json", '"profile": "tabular-data-package",', '"profile": "tabular",,')
    assert str(refused()) == (
        "error: the data package's description is not valid JSON\n"
        f"  file:     {DESCRIPTOR}\n"
        f"  row:      {row}\n"
        "  value:    'Expecting property name enclosed in double quotes'\n"
        "  expected: JSON"
    )


SHAPES = {
    "not UTF-8": b'{"title": "bog p\xe5 dansk"}',
    "a list": b"[]",
    "a text": b'"data"',
    "no resources": b"{}",
    "resources that are no list": b'{"resources": {}}',
    "a resource that is no object": b'{"resources": ["items"]}',
}


@pytest.mark.parametrize("content", SHAPES.values(), ids=SHAPES)
def test_a_description_of_another_shape_is_refused(data, content):
    (data / "datapackage.json").write_bytes(content)
    assert refused().file == DESCRIPTOR


@pytest.mark.parametrize("field", ["name", "path", "schema", "survey", "part"])
def test_a_resource_that_lacks_what_it_needs_is_refused(data, edit_resource, field):
    edit_resource(data, "vive-responses", {field: None})
    error = refused()
    assert error.file == DESCRIPTOR
    assert field in str(error)


def test_rows_of_a_survey_that_the_codebook_does_not_know_are_refused(data, edit_resource):
    # else a slip of the pen would drop all answers without a word
    for part in ("invitations", "responses"):
        edit_resource(data, f"vive-{part}", {"survey": "vvie"})
    assert "'vvie'" in str(refused())


def test_a_type_of_field_that_is_not_known_is_refused(data, edit_text):
    edit_text(data / "datapackage.json", '"type": "integer"', '"type": "geopoint"')
    assert "'geopoint'" in str(refused())


def test_a_field_of_another_type_than_its_cells_is_refused(data, edit_text):
    edit_text(data / "datapackage.json", '"type": "integer"', '"type": "date"')
    error = refused()
    assert (error.what, error.column, error.got) == ("a cell is not of type date", "population_size", "556")


@pytest.mark.parametrize("path", ["../x.csv", "raw/../../x.csv", "/x.csv"])
def test_a_resource_outside_the_package_is_refused(data, edit_resource, path):
    (data.parent / "x.csv").write_bytes((data / RESPONSES).read_bytes())
    edit_resource(data, "vive-responses", {"path": path})
    assert str(refused()) == (
        "error: a resource lies outside its data package\n"
        f"  file:     {DESCRIPTOR}\n"
        f"  value:    '{path}'\n"
        "  expected: a path below the package's folder"
    )


def test_a_link_that_leads_outside_the_package_is_refused(data):
    outside = data.parent / "x.csv"
    (data / RESPONSES).rename(outside)
    (data / RESPONSES).symlink_to(outside)
    assert refused().what == "a resource lies outside its data package"


@pytest.mark.parametrize("status", ["real", "Observed", ""])
def test_an_unknown_status_is_refused(data, edit_resource, status):
    edit_resource(data, "vive-responses", {"status": status})
    assert str(refused()) == (
        "error: the resource vive-responses does not say what its rows are\n"
        f"  file:     {DESCRIPTOR}\n"
        "  column:   status\n"
        f"  value:    '{status}'\n"
        "  expected: one of 'editorial', 'observed', 'published', 'simulated'"
    )


@pytest.mark.parametrize("status", ["published", "editorial"])
@pytest.mark.parametrize("left", [{}, {"part": None}, {"survey": None}], ids=["both", "a survey", "a part"])
def test_answers_that_are_neither_simulated_nor_observed_are_refused(data, edit_resource, status, left):
    # else the answers would be dropped without a word, or pass by the checks of simulated ones
    edit_resource(data, "vive-responses", {"status": status, **left})
    assert str(refused()) == (
        "error: the resource vive-responses holds answers but does not say whether they are real\n"
        f"  file:     {DESCRIPTOR}\n"
        "  column:   status\n"
        f"  value:    '{status}'\n"
        "  expected: one of 'observed', 'simulated'"
    )


@pytest.mark.parametrize("signature", ["", "sha256:", "md5:" + "0" * 32, "sha256:" + "F" * 64])
def test_a_file_without_a_signature_is_refused(data, edit_resource, signature):
    edit_resource(data, "vive-responses", {"hash": signature})
    assert str(refused()) == (
        "error: the resource vive-responses is not signed\n"
        f"  file:     {DESCRIPTOR}\n"
        "  column:   hash\n"
        f"  value:    '{signature}'\n"
        "  expected: sha256: and 64 hexadecimal digits\n"
        "  hint:     surveybook data accept data/raw/vive/responses.csv"
    )


def test_two_files_for_the_same_rows_are_refused(data, edit_resource):
    edit_resource(data, "vive-invitations", {"part": "responses"})
    assert str(refused()) == (
        "error: two resources hold the responses of the survey vive\n"
        f"  file:     {DESCRIPTOR}\n"
        "  value:    ['vive-invitations', 'vive-responses']\n"
        "  expected: one"
    )


def test_answers_without_a_list_of_the_invited_are_refused(data, edit_resource):
    edit_resource(data, "vive-invitations", {"survey": "komdir"})
    assert str(refused()) == (
        "error: the invitations and the responses of the survey vive are not of one kind\n"
        f"  file:     {DESCRIPTOR}\n"
        "  column:   status\n"
        "  value:    [None, 'simulated']\n"
        "  expected: both simulated, or both observed"
    )
