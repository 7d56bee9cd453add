"""accept() shows what changed, signs what is valid, and leaves the package alone otherwise."""

import hashlib
import json
import os
import subprocess

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.process import load_survey
from surveybook.process.signing import accept

WITHOUT_GIT = [
    "vive-responses: the signed version is not in git, so its cells cannot be compared",
    "vive-responses: now 296 rows, 26900 bytes (signed: 26901 bytes)",
]


def git(folder, *words):
    settings = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "core.autocrlf=false"]
    subprocess.run(["git", "-C", folder, *settings, *words], check=True, capture_output=True)


@pytest.fixture(autouse=True)
def only_this_repository(tmp_path, monkeypatch):
    # neither a repository above the folder of tests nor the settings of the person who runs them
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def repository(project):
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "as received")
    return project


@pytest.fixture
def responses(project):
    return project / "data" / "raw" / "vive" / "responses.csv"


@pytest.fixture
def descriptor(project):
    return project / "data" / "datapackage.json"


def signed_line(name, file):
    return f"{name}: signed, sha256 {hashlib.sha256(file.read_bytes()).hexdigest()[:12]}..."


def test_a_changed_cell_is_shown_and_signed(repository, responses, edit_cell):
    edit_cell(responses, 2, "q01_omfang", "2")
    assert accept(responses) == [
        "row 2 (L544), column q01_omfang: '88' -> '2'",
        signed_line("vive-responses", responses),
    ]
    assert load_survey("vive").responses.codes["extent"].iloc[0] == "2"


def test_only_the_signature_and_size_of_that_file_change(repository, responses, descriptor, edit_cell):
    before = json.loads(descriptor.read_text(encoding="utf-8"))
    edit_cell(responses, 2, "q01_omfang", "2")
    accept(responses)
    after = json.loads(descriptor.read_text(encoding="utf-8"))
    content = responses.read_bytes()
    (resource,) = [resource for resource in before["resources"] if resource["name"] == "vive-responses"]
    resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    resource["bytes"] = len(content)
    assert after == before


def test_signing_keeps_the_look_of_the_descriptor(responses, descriptor, edit_cell):
    before = descriptor.read_bytes()
    value = edit_cell(responses, 2, "q01_omfang", "2")
    accept(responses)
    assert descriptor.read_bytes() != before
    edit_cell(responses, 2, "q01_omfang", value)
    accept(responses)
    assert descriptor.read_bytes() == before
    assert not descriptor.with_suffix(".json.new").exists()


def test_a_path_from_the_working_directory_will_do(repository, responses, edit_cell, monkeypatch):
    edit_cell(responses, 2, "q01_omfang", "2")
    monkeypatch.chdir(responses.parent)
    assert accept(type(responses)("responses.csv"))[-1] == signed_line("vive-responses", responses)


def test_an_unchanged_file_is_left_alone(repository, responses, descriptor):
    before = descriptor.read_bytes()
    assert accept(responses) == ["vive-responses: nothing changed since it was signed"]
    assert descriptor.read_bytes() == before


def test_rows_that_moved_are_no_change_of_cells(repository, responses):
    header, first, *rest = responses.read_text(encoding="utf-8").splitlines()
    responses.write_text("\n".join([header, *rest, first]) + "\n", encoding="utf-8")
    assert accept(responses) == [signed_line("vive-responses", responses)]


def test_removed_and_added_rows_are_named(repository, responses, read_records):
    answered = {row["respondent_id"] for row in read_records(responses)}
    assert "L001" not in answered
    text = responses.read_text(encoding="utf-8").replace("L544,", "L001,", 1)
    responses.write_text(text, encoding="utf-8")
    assert accept(responses) == [
        "L544: row removed",
        "L001: row added",
        signed_line("vive-responses", responses),
    ]


def test_at_most_twenty_changes_are_shown(repository, responses, edit_cell, read_records):
    rows = [number for number, row in enumerate(read_records(responses), 2) if row["q01_omfang"] == "3"][:25]
    for row in rows:
        edit_cell(responses, row, "q01_omfang", "88")
    lines = accept(responses)
    assert len(lines) == 22
    assert lines[0].startswith(f"row {rows[0]} (")
    assert lines[20] == "... and 5 more changes"


def test_the_codebook_is_shown_by_row(repository, edit_cell):
    options = repository / "data" / "codebook" / "options.csv"
    edit_cell(options, 2, "label_en", "head of department")
    lines = accept(options)
    assert len(lines) == 2
    assert lines[0].startswith("row 2 (")
    assert lines[0].endswith("), column label_en: 'head of field' -> 'head of department'")


def test_without_history_it_says_so_and_signs(project, responses, edit_cell):
    edit_cell(responses, 2, "q01_omfang", "2")
    assert accept(responses) == [*WITHOUT_GIT, signed_line("vive-responses", responses)]
    assert load_survey("vive").responses.codes["extent"].iloc[0] == "2"


def test_a_history_that_holds_other_bytes_is_not_compared(repository, responses, edit_cell, sign):
    edit_cell(responses, 2, "q01_omfang", "3")
    sign(responses)
    edit_cell(responses, 2, "q01_omfang", "88")
    edit_cell(responses, 3, "q01_omfang", "2")
    lines = accept(responses)
    assert lines[0] == WITHOUT_GIT[0]
    assert lines[-1] == signed_line("vive-responses", responses)


def test_a_machine_without_git_can_accept(repository, responses, edit_cell, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    edit_cell(responses, 2, "q01_omfang", "2")
    assert accept(responses) == [*WITHOUT_GIT, signed_line("vive-responses", responses)]


INVALID = {
    "unknown answer": ("raw/vive/responses.csv", "\nL544,88,", "\nL544,7,", "an unknown answer"),
    "ragged row": (
        "raw/vive/responses.csv",
        "\nL544,88,",
        "\nL544,88,,",
        "a row has the wrong number of cells",
    ),
    "renamed column": ("raw/vive/responses.csv", "q01_omfang", "q01", "a column is missing"),
    "doubled respondent": (
        "raw/vive/responses.csv",
        "\nL140,",
        "\nL544,",
        "a value stands twice in a column of unique values",
    ),
    "stranger": (
        "raw/vive/responses.csv",
        "\nL544,",
        "\nL999,",
        "an answer comes from someone who was not invited",
    ),
    "unknown option list": (
        "codebook/items.csv",
        "digital,yes_no,yes",
        "digital,maybe,yes",
        "a name points to nothing in the codebook",
    ),
    "unknown option in a set": (
        "codebook/option_sets.csv",
        "top2,1 2",
        "top2,1 7",
        "a name points to nothing in the codebook",
    ),
    "figure of an unknown item": (
        "published/figures.csv",
        "kept_collaboration",
        "kept",
        "a name points to nothing in the codebook",
    ),
}


def test_a_list_without_someone_who_answered_is_refused(repository, descriptor, edit_text):
    before = descriptor.read_bytes()
    invitations = repository / "data" / "raw" / "vive" / "invitations.csv"
    edit_text(invitations, "\nL544,", "\nL999,")
    with pytest.raises(SurveybookError) as caught:
        accept(invitations)
    assert caught.value.what == "an answer comes from someone who was not invited"
    assert (caught.value.file, caught.value.row) == ("data/raw/vive/responses.csv", 2)
    assert caught.value.got == "L544"
    assert descriptor.read_bytes() == before


@pytest.mark.parametrize(("file", "old", "new", "what"), INVALID.values(), ids=INVALID)
def test_an_invalid_file_is_refused_and_stays_unsigned(
    repository, descriptor, edit_text, file, old, new, what
):
    before = descriptor.read_bytes()
    edit_text(repository / "data" / file, old, new)
    with pytest.raises(SurveybookError) as caught:
        accept(repository / "data" / file)
    assert caught.value.what == what
    assert caught.value.file == f"data/{file}"
    assert descriptor.read_bytes() == before


def test_a_first_signature_can_be_given(repository, responses, edit_resource):
    # the error on a file without a signature tells the author to run exactly this
    edit_resource(repository / "data", "vive-responses", {"hash": None, "bytes": None})
    assert accept(responses)[-1] == signed_line("vive-responses", responses)
    assert load_survey("vive").responses is not None


def test_simulated_bytes_in_place_of_observed_ones_are_refused(
    project, committed, descriptor, declare_observed
):
    declare_observed(project / "data")
    before = descriptor.read_bytes()
    invitations = project / "data" / "raw" / "vive" / "invitations.csv"
    invitations.write_bytes((committed / "raw" / "vive" / "invitations.csv").read_bytes())
    with pytest.raises(SurveybookError, match="declared observed but is a simulated file"):
        accept(invitations)
    assert descriptor.read_bytes() == before


def test_simulated_answers_in_an_observed_file_are_refused(
    project, responses, descriptor, declare_observed, edit_cell
):
    declare_observed(project / "data")
    before = descriptor.read_bytes()
    edit_cell(responses, 4, "q12_beskrivelse", "[simuleret] Vi gik en tur")
    with pytest.raises(SurveybookError, match="a file declared observed holds simulated answers"):
        accept(responses)
    assert descriptor.read_bytes() == before


def test_a_file_that_the_package_does_not_name_is_refused(project):
    stray = project / "data" / "raw" / "vive" / "notes.csv"
    stray.write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(SurveybookError) as caught:
        accept(stray)
    assert caught.value.what == "the data package does not name this file"
    assert caught.value.file == "data/raw/vive/notes.csv"
    assert "'raw/vive/responses.csv'" in caught.value.expected


def test_a_file_in_no_package_is_refused(project):
    with pytest.raises(SurveybookError) as caught:
        accept(project / "chapters" / "editions.yml")
    assert str(caught.value) == (
        "error: this file belongs to no data package\n"
        "  file:     chapters/editions.yml\n"
        "  expected: a datapackage.json in a folder above"
    )
