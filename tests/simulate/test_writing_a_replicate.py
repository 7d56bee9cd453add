"""Replicate 1 goes into the package and is signed; nothing simulated takes the place of real answers."""

import hashlib

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.process import load_surveys
from surveybook.simulate.writer import replicate_files, write_replicate, write_table


@pytest.fixture
def data(project):
    return project / "data"


def all_bytes(folder):
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_writing_replicate_one_again_changes_not_a_byte(data):
    before = all_bytes(data)
    write_replicate(data, "vive", 1)
    assert all_bytes(data) == before


def test_writing_mends_broken_raw_files(data):
    before = all_bytes(data)
    (data / "raw" / "vive" / "responses.csv").unlink()
    (data / "raw" / "vive" / "invitations.csv").write_text("broken", encoding="utf-8")
    paths = write_replicate(data, "vive", 1)
    assert {path.relative_to(data).as_posix() for path in paths} == {
        "raw/vive/invitations.csv",
        "raw/vive/responses.csv",
        "replicates/fingerprints.csv",
    }
    assert all_bytes(data) == before
    load_surveys()


def test_new_assumptions_are_signed_and_their_fingerprints_kept(data, edit_cell, sign, read_records):
    before = read_records(data / "replicates" / "fingerprints.csv")
    edit_cell(data / "replicates" / "assumptions.csv", 2, "seed", "20201102")
    sign(data / "replicates" / "assumptions.csv")
    write_replicate(data, "vive", 1)
    after = read_records(data / "replicates" / "fingerprints.csv")
    for part, row in zip(("invitations", "responses"), after[:2], strict=True):
        content = (data / "raw" / "vive" / f"{part}.csv").read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        assert row == {"replicate": "1", "resource": f"vive-{part}", "sha256": sha256}
        assert sha256 not in {known["sha256"] for known in before}
    assert after[2:] == before[2:]
    assert load_surveys()["vive"].responses is not None


def test_another_replicate_needs_a_folder_of_its_own(data):
    before = all_bytes(data)
    with pytest.raises(SurveybookError) as caught:
        write_replicate(data, "vive", 2)
    assert str(caught.value) == (
        "error: only replicate 1 belongs in the data package\n"
        "  value:    2\n"
        "  hint:     surveybook simulate --replicate 2 --out FOLDER"
    )
    assert all_bytes(data) == before


def test_another_replicate_is_written_outside_the_package(data, tmp_path):
    before = all_bytes(data)
    out = tmp_path / "en ny mappe" / "gentagelse 2"
    paths = write_replicate(data, "vive", 2, out)
    assert paths == [out / "invitations.csv", out / "responses.csv"]
    assert [path.read_bytes() for path in paths] == list(replicate_files(data, "vive", 2).values())
    assert all_bytes(data) == before


def test_observed_rows_are_never_overwritten(data, declare_observed):
    declare_observed(data)
    before = all_bytes(data)
    with pytest.raises(SurveybookError) as caught:
        write_replicate(data, "vive", 1)
    assert str(caught.value) == (
        "error: the package's rows are not simulated; simulated rows never take their place\n"
        "  file:     data/raw/vive/invitations.csv\n"
        "  column:   invitations\n"
        "  value:    'observed'\n"
        "  expected: simulated"
    )
    assert all_bytes(data) == before


def test_one_observed_file_is_enough_to_refuse(data, declare_observed, edit_resource):
    declare_observed(data)
    edit_resource(data, "vive-invitations", {"status": "simulated"})
    before = all_bytes(data)
    with pytest.raises(SurveybookError, match="simulated rows never take their place"):
        write_replicate(data, "vive", 1)
    assert all_bytes(data) == before


def test_observed_rows_are_not_overwritten_by_naming_their_folder(data, declare_observed):
    declare_observed(data)
    before = all_bytes(data)
    with pytest.raises(SurveybookError):
        write_replicate(data, "vive", 1, data / "raw" / "vive")
    assert all_bytes(data) == before


# The table of all replicates


def no_line(line):
    pass


def test_a_shorter_table_holds_the_first_replicates_and_the_package_loads(data, read_records):
    before = read_records(data / "replicates" / "estimates.csv")
    fingerprints = (data / "replicates" / "fingerprints.csv").read_bytes()
    write_table(data, "vive", 3, no_line)
    after = read_records(data / "replicates" / "estimates.csv")
    assert after == [row | {"counts": " ".join(row["counts"].split()[:3])} for row in before]
    # what once could be taken for real answers stays known
    assert (data / "replicates" / "fingerprints.csv").read_bytes() == fingerprints
    assert len(load_surveys()["vive"].replicates.numbers) == 3


def test_rows_of_another_survey_stay_in_the_table(data, read_records, write_rows, sign):
    file = data / "replicates" / "estimates.csv"
    other = ["komdir", "kept_collaboration", "reported", "all", "all", "1/2 2/2"]
    rows = [list(row.values()) for row in read_records(file)]
    write_rows(file, [list(read_records(file)[0]), *rows[:5], other, *rows[5:]])
    sign(file)
    write_table(data, "vive", 2, no_line)
    after = [list(row.values()) for row in read_records(file)]
    assert after[0] == other
    assert [row[:5] for row in after[1:]] == [row[:5] for row in rows]


def test_each_replicate_is_told_as_it_is_drawn(data, read_records):
    said = []
    write_table(data, "vive", 2, said.append)
    notes = [row["note"] for row in read_records(data / "replicates" / "assumptions.csv")[:2]]
    assert said == [f"replicate {number} of 2: {note}" for number, note in enumerate(notes, 1)]


def test_no_table_is_written_over_that_of_observed_rows(data, declare_observed):
    declare_observed(data)
    before = all_bytes(data)
    with pytest.raises(SurveybookError, match="simulated rows never take their place"):
        write_table(data, "vive", 2, no_line)
    assert all_bytes(data) == before


def test_the_table_is_refused_where_rows_are_observed(data, declare_observed):
    declare_observed(data)
    with pytest.raises(SurveybookError, match="simulated rows never take their place"):
        write_table(data, "vive", 2, no_line)


@pytest.mark.parametrize("broken", [None, b"broken"], ids=["missing", "not the signed one"])
def test_the_remedy_that_errors_name_makes_a_table_that_is_gone_again(data, broken):
    before = all_bytes(data)
    file = data / "replicates" / "estimates.csv"
    file.unlink() if broken is None else file.write_bytes(broken)
    write_table(data, "vive", 40, no_line)
    assert all_bytes(data) == before
