"""accept() shows what changed, signs what is valid, and leaves the package alone otherwise."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from surveybook.build.history import committed_bytes
from surveybook.core.errors import SurveybookError
from surveybook.process import load_survey, signing

NOT_IN_GIT = "vive-responses: the signed version is not in git, so its cells cannot be compared"


def accept(file: Path) -> list[str]:
    return signing.accept(file, committed_bytes)


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


@pytest.fixture
def change(responses, edit_cell, read_records):
    """Give the first respondent another valid answer; return their id, the old answer and the new."""

    def first_answer():
        row = read_records(responses)[0]
        new = "2" if row["q01_omfang"] != "2" else "3"
        edit_cell(responses, 2, "q01_omfang", new)
        return row["respondent_id"], row["q01_omfang"], new

    return first_answer


def signed_line(name, file):
    return f"{name}: signed, sha256 {hashlib.sha256(file.read_bytes()).hexdigest()[:12]}..."


# What is shown and signed


def test_a_changed_cell_is_shown_and_signed(repository, responses, change):
    who, old, new = change()
    assert accept(responses) == [
        f"row 2 ({who}), column q01_omfang: '{old}' -> '{new}'",
        signed_line("vive-responses", responses),
    ]
    assert load_survey("vive").responses.codes["extent"].iloc[0] == new


def test_only_the_signature_and_size_of_that_file_change(repository, responses, descriptor, edit_cell):
    expected = json.loads(descriptor.read_text(encoding="utf-8"))
    edit_cell(responses, 2, "q12_beskrivelse", "[simuleret] et svar, som ikke stod der før")
    accept(responses)
    content = responses.read_bytes()
    (resource,) = [resource for resource in expected["resources"] if resource["name"] == "vive-responses"]
    assert resource["bytes"] != len(content)
    resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    resource["bytes"] = len(content)
    assert json.loads(descriptor.read_text(encoding="utf-8")) == expected


def test_signing_keeps_the_look_of_the_descriptor(responses, descriptor, change, edit_cell):
    before = descriptor.read_bytes()
    _, old, _ = change()
    accept(responses)
    assert descriptor.read_bytes() != before
    edit_cell(responses, 2, "q01_omfang", old)
    accept(responses)
    assert descriptor.read_bytes() == before
    assert {file.name for file in descriptor.parent.glob("datapackage*")} == {"datapackage.json"}


def test_a_path_from_the_working_directory_will_do(repository, responses, change, monkeypatch):
    change()
    monkeypatch.chdir(responses.parent)
    assert accept(Path("responses.csv"))[-1] == signed_line("vive-responses", responses)


def test_an_unchanged_file_is_left_alone(repository, responses, descriptor):
    before = descriptor.read_bytes()
    assert accept(responses) == ["vive-responses: nothing changed since it was signed"]
    assert descriptor.read_bytes() == before


def test_rows_that_moved_are_no_change_of_cells(repository, responses):
    header, first, *rest = responses.read_text(encoding="utf-8").splitlines()
    responses.write_text("\n".join([header, *rest, first]) + "\n", encoding="utf-8")
    assert accept(responses) == [signed_line("vive-responses", responses)]


def test_removed_and_added_rows_are_named(repository, responses, edit_cell, read_records):
    answered = {row["respondent_id"] for row in read_records(responses)}
    invited = read_records(repository / "data" / "raw" / "vive" / "invitations.csv")
    silent = next(row["respondent_id"] for row in invited if row["respondent_id"] not in answered)
    left = edit_cell(responses, 2, "respondent_id", silent)
    assert accept(responses) == [
        f"{left}: row removed",
        f"{silent}: row added",
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
    assert lines[0] == "row 2, column label_en: 'head of field' -> 'head of department'"


# Without the signed bytes in git


def without_cells(responses, signed_size):
    return [
        NOT_IN_GIT,
        f"vive-responses: now 296 rows, {responses.stat().st_size} bytes; signed: {signed_size} bytes",
        signed_line("vive-responses", responses),
    ]


def test_without_history_it_says_so_and_signs(project, responses, edit_cell):
    signed_size = responses.stat().st_size
    edit_cell(responses, 2, "q12_beskrivelse", "[simuleret] et svar, som ikke stod der før")
    assert accept(responses) == without_cells(responses, signed_size)
    assert load_survey("vive").responses.codes["open_answer"].iloc[0] == "answered"


def test_a_history_that_holds_other_bytes_is_not_compared(repository, responses, change, edit_cell, sign):
    change()
    sign(responses)
    signed_size = responses.stat().st_size
    edit_cell(responses, 2, "q12_beskrivelse", "[simuleret] et svar, som ikke stod der før")
    assert accept(responses) == without_cells(responses, signed_size)


def test_a_machine_without_git_can_accept(repository, responses, change, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    signed_size = responses.stat().st_size
    change()
    assert accept(responses) == without_cells(responses, signed_size)


def test_a_first_signature_can_be_given(repository, responses, edit_resource):
    # the error on a file without a signature tells the author to run exactly this
    edit_resource(repository / "data", "vive-responses", {"hash": None, "bytes": None})
    assert accept(responses)[-1] == signed_line("vive-responses", responses)
    assert load_survey("vive").responses is not None


# What is refused


@pytest.fixture
def refusal(descriptor):
    """Accept a file that must be refused; return the error, the descriptor being as before."""

    def refused(file):
        before = descriptor.read_bytes()
        with pytest.raises(SurveybookError) as caught:
            accept(file)
        assert descriptor.read_bytes() == before
        return caught.value

    return refused


BROKEN_CELLS = {
    "unknown answer": ("q01_omfang", "7", "an unknown answer"),
    "stranger": ("respondent_id", "L999", "an answer comes from someone who was not invited"),
    "id of another shape": ("respondent_id", "544", "a cell does not follow its pattern"),
}


@pytest.mark.parametrize(("column", "value", "what"), BROKEN_CELLS.values(), ids=BROKEN_CELLS)
def test_a_broken_answer_is_refused_and_stays_unsigned(responses, refusal, edit_cell, column, value, what):
    edit_cell(responses, 2, column, value)
    error = refusal(responses)
    assert (error.what, error.file) == (what, "data/raw/vive/responses.csv")
    assert (error.row, error.column, error.got) == (2, column, value)


BROKEN_LINES = {
    "ragged row": (3, lambda line: line + ",", "a row has the wrong number of cells"),
    "renamed column": (1, lambda line: line.replace("q01_omfang", "q01"), "a column is missing"),
    "doubled row": (
        3,
        lambda line: f"{line}\n{line}",
        "a value stands twice in a column of unique values",
    ),
}


@pytest.mark.parametrize(("row", "break_line", "what"), BROKEN_LINES.values(), ids=BROKEN_LINES)
def test_a_broken_line_is_refused_and_stays_unsigned(responses, refusal, edit_line, row, break_line, what):
    edit_line(responses, row, break_line)
    assert refusal(responses).what == what


def test_a_list_without_someone_who_answered_is_refused(project, responses, refusal, edit_text, read_records):
    invitations = project / "data" / "raw" / "vive" / "invitations.csv"
    who = read_records(responses)[0]["respondent_id"]
    edit_text(invitations, f"\n{who},", "\nL999,")
    error = refusal(invitations)
    assert error.what == "an answer comes from someone who was not invited"
    assert (error.file, error.row, error.got) == ("data/raw/vive/responses.csv", 2, who)


DANGLING = {
    "unknown option list": ("codebook/items.csv", "digital,yes_no,yes", "digital,maybe,yes"),
    "unknown option in a set": ("codebook/option_sets.csv", "top2,1 2", "top2,1 7"),
    "figure of an unknown item": ("published/figures.csv", "kept_collaboration", "kept"),
}


@pytest.mark.parametrize(("file", "old", "new"), DANGLING.values(), ids=DANGLING)
def test_a_name_that_points_to_nothing_is_refused_and_stays_unsigned(project, refusal, edit_text, file, old, new):
    edit_text(project / "data" / file, old, new)
    error = refusal(project / "data" / file)
    assert (error.what, error.file) == ("a name points to nothing in the codebook", f"data/{file}")


def test_simulated_bytes_in_place_of_observed_ones_are_refused(project, committed, refusal, declare_observed):
    declare_observed(project / "data")
    invitations = project / "data" / "raw" / "vive" / "invitations.csv"
    invitations.write_bytes((committed / "raw" / "vive" / "invitations.csv").read_bytes())
    assert "is declared observed but is a simulated file" in refusal(invitations).what


def test_simulated_answers_in_an_observed_file_are_refused(project, responses, refusal, declare_observed, edit_cell):
    declare_observed(project / "data")
    edit_cell(responses, 4, "q12_beskrivelse", "[simuleret] Vi gik en tur")
    error = refusal(responses)
    assert (error.what, error.row) == ("a file declared observed holds simulated answers", 4)


def test_a_file_that_the_package_does_not_name_is_refused(project, refusal):
    stray = project / "data" / "raw" / "vive" / "notes.csv"
    stray.write_text("a\n1\n", encoding="utf-8")
    error = refusal(stray)
    assert error.what == "the data package does not name this file"
    assert error.file == "data/raw/vive/notes.csv"
    assert "'raw/vive/responses.csv'" in error.expected


def test_a_file_in_no_package_is_refused(project, refusal):
    assert str(refusal(project / "chapters" / "editions.yml")) == (
        "error: this file belongs to no data package\n"
        "  file:     chapters/editions.yml\n"
        "  expected: a datapackage.json in a folder above"
    )
