"""accept() shows what changed, signs what is valid, and leaves the package alone otherwise."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from repository import git, leave_others_alone
from surveybook.analyse import load_estimates
from surveybook.build.checks import refuse_disagreements
from surveybook.build.history import committed_bytes
from surveybook.cli import main
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RowKind, Status
from surveybook.process import load_survey, signing

NOT_IN_GIT = "vive-responses: the signed version is not in git, so its cells cannot be compared"


def accept(file: Path) -> list[str]:
    return signing.accept(file, committed_bytes)


@pytest.fixture(autouse=True)
def only_this_repository(tmp_path, monkeypatch):
    leave_others_alone(tmp_path, monkeypatch)


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


# Both files of real answers, one after the other, as the README says


ORIGIN = {"status": "observed", "supplier": "VIVE", "date": "2021-03-12", "terms": "for the authors only"}


@pytest.fixture
def received(project, tmp_path, edit_resource):
    """A copy of the data elsewhere, declared observed, whose two files are still signed as the simulated ones."""
    folder = tmp_path / "ægte svar"
    shutil.copytree(project / "data", folder)
    for part in ("invitations", "responses"):
        edit_resource(folder, f"vive-{part}", {**ORIGIN, "title": f"{part} of real people", "licenses": None})
    return folder


def put_real_answers(folder, part):
    """Other bytes than any simulated file has: no mark, and the people the other way round."""
    file = folder / "raw" / "vive" / f"{part}.csv"
    header, *rows = file.read_text(encoding="utf-8").replace("[simuleret]", "").splitlines()
    file.write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("order", [("invitations", "responses"), ("responses", "invitations")], ids="-".join)
def test_two_files_of_real_answers_are_accepted_one_after_the_other(received, order, capsys):
    files = {part: put_real_answers(received, part) for part in order}
    for part in order:
        assert main(["data", "accept", str(files[part])]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == signed_line(f"vive-{part}", files[part])
    data = load_survey("vive", str(received))
    assert data.kind == RowKind.OBSERVED
    assert (len(data.responses.frame), len(data.responses.codes)) == (556, 296)
    assert load_survey("vive").kind == RowKind.SIMULATED


@pytest.mark.parametrize("real", ["invitations", "responses"])
def test_one_file_of_real_answers_beside_a_simulated_one_is_refused(received, real):
    file = put_real_answers(received, real)
    before = (received / "datapackage.json").read_bytes()
    with pytest.raises(SurveybookError, match="is declared observed but is a simulated file"):
        accept(file)
    assert (received / "datapackage.json").read_bytes() == before


# Print changes before the rows that follow it


def test_a_changed_printed_figure_is_accepted_and_new_rows_follow_it(project, edit_cell, read_records):
    figures = project / "data" / "published" / "figures.csv"
    ids = [row["figure_id"] for row in read_records(figures)]
    for name in ("vive_11", "vive_12"):  # the same claim, printed twice
        assert edit_cell(figures, ids.index(name) + 2, "value", "84") == "85"
    assert main(["data", "accept", str(figures)]) == 0
    with pytest.raises(SurveybookError, match="disagree with print") as caught:
        load_estimates()
    assert "surveybook simulate" in caught.value.hint
    assert main(["simulate", "--replicates", "40"]) == 0
    estimates = load_estimates()
    for option_set in ("agree", "option:1"):
        row = estimates.get("vive", "permanent", option_set)
        assert (row.status, row.estimate_pct, row.figure_id) == (Status.PINNED, 84, "vive_11")
    answers = [row["q08b_drift"] for row in read_records(project / "data" / "raw" / "vive" / "responses.csv")]
    base = [answer for answer in answers if answer not in ("99", "-1", "-2", "")]
    assert 167 * len(base) <= 200 * base.count("1") < 169 * len(base)  # 83.5 to 84.5 percent


def test_changed_rows_are_held_against_print(responses, descriptor, edit_cell, read_records):
    # 161 of 296 is 54 percent, and 164 is 55.
    rows = [number for number, row in enumerate(read_records(responses), 2) if row["q01_omfang"] == "3"][:3]
    for row in rows:
        edit_cell(responses, row, "q01_omfang", "2")
    before = descriptor.read_bytes()
    with pytest.raises(SurveybookError, match="disagree with print") as caught:
        signing.accept(responses, committed_bytes, refuse_disagreements)
    assert caught.value.got == "164 of 296"
    assert descriptor.read_bytes() == before
