"""The data package is a valid one for tools that know nothing of this project."""

import hashlib
import json
import shutil

import frictionless
import pytest


@pytest.fixture(scope="module")
def descriptor(committed):
    return json.loads((committed / "datapackage.json").read_text(encoding="utf-8"))


def test_frictionless_accepts_the_package_and_every_resource(committed, descriptor):
    report = frictionless.Package(str(committed / "datapackage.json")).validate()
    assert report.flatten(["name", "rowNumber", "fieldName", "type", "note"]) == []
    assert report.valid
    assert report.stats["tasks"] == len(descriptor["resources"])


def test_frictionless_would_refuse_a_broken_file(committed, tmp_path, edit_text):
    # a validation that cannot refuse says nothing
    shutil.copytree(committed, tmp_path / "data")
    edit_text(tmp_path / "data" / "raw" / "vive" / "invitations.csv", "L001,K053", "L001,Odense")
    report = frictionless.Package(str(tmp_path / "data" / "datapackage.json")).validate()
    kinds = {kind for _, kind in report.flatten(["name", "type"])}
    assert "constraint-error" in kinds


def test_signatures_and_sizes_are_those_of_the_files(committed, descriptor):
    for resource in descriptor["resources"]:
        content = (committed / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", resource["name"]
        assert resource["bytes"] == len(content), resource["name"]


def test_every_csv_file_is_named_by_the_package(committed, descriptor):
    files = {file.relative_to(committed).as_posix() for file in committed.rglob("*.csv")}
    assert files == {resource["path"] for resource in descriptor["resources"]}


def test_fields_stand_in_the_order_of_the_columns(committed, descriptor, read_records):
    for resource in descriptor["resources"]:
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert list(read_records(committed / resource["path"])[0]) == fields, resource["name"]


def test_every_resource_says_what_its_rows_are_and_names_licence_and_source(descriptor):
    status = {resource["name"]: resource["status"] for resource in descriptor["resources"]}
    assert status["vive-invitations"] == status["vive-responses"] == "simulated"
    assert status["published-figures"] == "published"
    assert "observed" not in status.values()
    for resource in descriptor["resources"]:
        assert resource["licenses"], resource["name"]
        assert resource["sources"], resource["name"]


def test_the_package_says_that_its_answers_are_simulated(descriptor):
    assert "SIMULATED" in descriptor["description"]


def test_the_first_fingerprints_are_those_of_the_raw_files(committed, read_records):
    rows = read_records(committed / "replicates" / "fingerprints.csv")
    for row, part in zip(rows, ("invitations", "responses"), strict=False):
        content = (committed / "raw" / "vive" / f"{part}.csv").read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        assert row == {"replicate": "1", "resource": f"vive-{part}", "sha256": sha256}


def test_each_of_forty_replicates_has_two_fingerprints_of_its_own(committed, read_records):
    rows = read_records(committed / "replicates" / "fingerprints.csv")
    assert [(row["replicate"], row["resource"]) for row in rows] == [
        (str(number), f"vive-{part}") for number in range(1, 41) for part in ("invitations", "responses")
    ]
    assert len({row["sha256"] for row in rows}) == 80


def test_the_tables_of_replicates_hold_no_rows(committed, descriptor):
    tables = [resource for resource in descriptor["resources"] if resource["path"].startswith("replicates/")]
    assert len(tables) == 3
    for resource in tables:
        assert resource["status"] == "editorial" and "survey" not in resource and "part" not in resource
        assert "L001" not in (committed / resource["path"]).read_text(encoding="utf-8")
