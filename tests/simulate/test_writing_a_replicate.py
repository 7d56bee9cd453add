"""Replicate 1 goes into the package and is signed; nothing simulated takes the place of real answers."""

import hashlib

import pytest

from surveybook.core.errors import SurveybookError
from surveybook.process import load_surveys
from surveybook.simulate.writer import replicate_files, write_replicate


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
    edit_cell(data / "replicates" / "assumptions.csv", 2, "seed", "20201102")
    sign(data / "replicates" / "assumptions.csv")
    write_replicate(data, "vive", 1)
    kept = {row["resource"]: row for row in read_records(data / "replicates" / "fingerprints.csv")}
    for part in ("invitations", "responses"):
        content = (data / "raw" / "vive" / f"{part}.csv").read_bytes()
        assert kept[f"vive-{part}"]["sha256"] == hashlib.sha256(content).hexdigest()
        assert kept[f"vive-{part}"]["replicate"] == "1"
    assert load_surveys()["vive"].responses is not None


def add_replicate_two(data, sign):
    file = data / "replicates" / "assumptions.csv"
    header, first = file.read_text(encoding="utf-8").splitlines()
    file.write_text(f"{header}\n{first}\n2{first[1:]}\n", encoding="utf-8")
    sign(file)


def test_another_replicate_needs_a_folder_of_its_own(data, sign):
    add_replicate_two(data, sign)
    before = all_bytes(data)
    with pytest.raises(SurveybookError) as caught:
        write_replicate(data, "vive", 2)
    assert str(caught.value) == (
        "error: only replicate 1 belongs in the data package\n"
        "  value:    2\n"
        "  hint:     surveybook simulate --replicate 2 --out FOLDER"
    )
    assert all_bytes(data) == before


def test_another_replicate_is_written_outside_the_package(data, sign, tmp_path):
    add_replicate_two(data, sign)
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
        "error: the package's rows are observed; simulated rows never take their place\n"
        "  file:     data/raw/vive/invitations.csv\n"
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
