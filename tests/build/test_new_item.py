"""A new item is written whole and signed, says no more than is known, and passes every check."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from surveybook.build.new_item import NewItem, write_item
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project
from surveybook.process import load_survey

pytestmark = pytest.mark.long  # each test asks the whole program, or a browser

ROOT = Path(__file__).resolve().parents[2]
LABELS = {"label_en": "Work at home", "label_da": 'Hjemmearbejde, "helt" nyt'}
WORDING = {"wording_en": "Was there more work at home?", "wording_da": "Var der mere hjemmearbejde?"}
LIST = {
    "options": [("1", "yes", "ja"), ("2", "no, never", "nej, aldrig")],
    "option_sets": [("yes", "1", "yes", "ja")],
    "headline_set": "yes",
}


def write(folder: Path, survey: str = "vive", item: str = "work_at_home", **words) -> list[str]:
    return write_item(Project(folder), NewItem(survey, item, **{**LABELS, **words}), print)


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / "data" / "codebook" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def written(folder: Path, item: str = "work_at_home") -> dict[str, str]:
    (row,) = [row for row in rows(folder, "items") if row["item"] == item]
    return row


def listed(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def added(before: bytes, after: bytes) -> list[bytes]:
    """The lines that came; every other stays as it was, in its order."""
    old, new = before.splitlines(), after.splitlines()
    came = [line for line in new if line not in old]
    assert [line for line in new if line not in came] == old
    return came


# What is written


def test_an_item_like_another_has_its_type_options_and_universe_and_nothing_that_is_not_known(project):
    like = written(project, "motivation")
    write(project, like="motivation", **WORDING)
    row = written(project)
    same = ("type", "option_list", "headline_set", "universe")
    assert [row[key] for key in same] == [like[key] for key in same]
    assert {key: row[key] for key in (*LABELS, *WORDING)} == {**LABELS, **WORDING}
    # the printed statuses of the other are not its own, and nor are its column, its bases and its block
    assert (row["wording_status"], row["options_status"], row["base_status"]) == ("assumed", "assumed", "assumed")
    assert (row["column"], row["asked"], row["assumed_bases"], row["stem"]) == ("", "unknown", "", "work_at_home")


def test_without_a_wording_it_is_not_published(project):
    write(project, like="motivation")
    row = written(project)
    other = written(project, "backing")["wording_status"]
    assert (row["wording_status"], other) == ("not published", "not published")
    assert (row["wording_en"], row["wording_da"]) == ("(wording not published)", "(ordlyd ikke offentliggjort)")


def test_a_status_that_is_said_is_written(project):
    write(project, "fh", like="stress", **WORDING, wording_status="published", options_status="published")
    row = written(project)
    assert (row["wording_status"], row["options_status"], row["survey"]) == ("published", "published", "fh")


def test_it_stands_behind_its_survey_and_all_else_stays_byte_for_byte(project):
    before = listed(project)
    write(project, like="motivation")
    after = listed(project)
    assert {name for name in after if after[name] != before.get(name)} == {
        "data/codebook/items.csv",
        "data/datapackage.json",
    }
    assert len(added(*(files["data/codebook/items.csv"] for files in (before, after)))) == 1
    names = [row["item"] for row in rows(project, "items") if row["survey"] == "vive"]
    at = [row["item"] for row in rows(project, "items")].index("work_at_home")
    assert names[-1] == "work_at_home" and rows(project, "items")[at + 1]["survey"] != "vive"


def test_the_first_item_of_a_survey_stands_at_the_end(project):
    write(project, "interviews", like="vive.extent")
    assert rows(project, "items")[-1]["item"] == "work_at_home"


def test_a_table_that_does_not_end_as_a_line_gets_its_row_too(project, sign):
    items = project / "data" / "codebook" / "items.csv"
    items.write_bytes(items.read_bytes().rstrip(b"\n"))
    sign(items)
    write(project, "interviews", like="vive.extent")
    assert rows(project, "items")[-1]["item"] == "work_at_home"
    assert items.read_bytes().endswith(b"\n")


def test_options_of_its_own_make_a_new_list(project):
    before = listed(project)
    write(project, type="single", **LIST)
    after = listed(project)
    tables = {
        name: added(before[name], after[name]) for name in before if name.endswith(("options.csv", "_sets.csv"))
    }
    assert tables == {
        "data/codebook/options.csv": [b"work_at_home,1,yes,ja,1,", b'work_at_home,2,"no, never","nej, aldrig",2,'],
        "data/codebook/option_sets.csv": [b"work_at_home,yes,1,yes,ja,1,,"],
    }
    assert (written(project)["option_list"], written(project)["headline_set"]) == ("work_at_home", "yes")


def test_a_list_of_its_own_can_have_another_name_and_several_answers(project):
    write(project, type="multiple", option_list="places", **LIST)
    assert {row["value"] for row in rows(project, "options") if row["option_list"] == "places"} == {"1", "2"}
    assert (written(project)["type"], written(project)["option_list"]) == ("multiple", "places")


def test_a_question_in_own_words_has_no_options(project):
    write(project, type="text")
    assert (written(project)["option_list"], written(project)["headline_set"]) == ("", "")


def test_what_was_written_is_signed_and_read_again(project):
    write(project, type="single", **LIST)
    descriptor = json.loads((project / "data" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        content = (project / "data" / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", resource["name"]
        assert resource["bytes"] == len(content)
    item = load_survey("vive").codebook.item("vive", "work_at_home")
    assert (item.column, item.label_da) == (None, LABELS["label_da"])


def test_it_says_what_a_person_does_next(project):
    said = "\n".join(write(project, like="motivation"))
    assert said.startswith("written and signed: data/codebook/items.csv\n")
    for words in ("not published", "data accept", "figures.csv", "notebooks"):
        assert words in said


# What is refused


REFUSED = {
    "an item that is there": ("vive", "extent", {"like": "motivation"}, "the codebook has this item", "extent"),
    "an unknown survey": ("viva", "new", {"like": "motivation"}, "unknown survey", "viva"),
    "an unknown item to be like": ("vive", "new", {"like": "motive"}, "unknown item of the survey vive", "motive"),
    "no type": ("vive", "new", {}, "a new item has no type", "new"),
    "no label": ("vive", "new", {"like": "motivation", "label_da": " "}, "a new item has no label_da", "new"),
    "no options": ("vive", "new", {"type": "single"}, "a new item has no options to choose from", "new"),
    "a wording in one language": (
        "vive",
        "new",
        {"like": "motivation", "wording_en": "What?"},
        "a wording stands in one language",
        "new",
    ),
    "an option list that is there": (
        "vive",
        "new",
        {"type": "single", "option_list": "agree", **LIST},
        "the codebook has this option list",
        "agree",
    ),
    "option sets without options": (
        "vive",
        "new",
        {"like": "extent", "option_sets": LIST["option_sets"]},
        "option sets are asked for without options",
        "new",
    ),
    # these the checks of the book find in what was written, and it is taken back
    "a name that is none": ("vive", "New", {"like": "motivation"}, "a cell does not follow its pattern", "New"),
    "an unknown type": ("vive", "new", {"type": "odd"}, "a value is not one of those allowed", "odd"),
    "an unknown status": (
        "vive",
        "new",
        {"like": "motivation", "wording_status": "guessed"},
        "a value is not one of those allowed",
        "guessed",
    ),
    "an unknown option list": (
        "vive",
        "new",
        {"type": "single", "option_list": "agreed"},
        "a name points to nothing in the codebook",
        "agreed",
    ),
    "a headline that the options do not have": (
        "vive",
        "new",
        {"type": "single", **LIST, "headline_set": "no"},
        "a name points to nothing in the codebook",
        "no",
    ),
    "a set of an unknown option": (
        "vive",
        "new",
        {"type": "single", **LIST, "option_sets": [("yes", "1 7", "yes", "ja")]},
        "a name points to nothing in the codebook",
        "7",
    ),
    "a column that the rows do not have": (
        "vive",
        "new",
        {"like": "motivation", "column": "q99"},
        "the column of the item new is missing",
        None,
    ),
}


@pytest.mark.parametrize(("survey", "item", "words", "what", "got"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_and_nothing_stays(project, survey, item, words, what, got):
    before = listed(project)
    with pytest.raises(SurveybookError) as caught:
        write(project, survey, item, **words)
    assert (caught.value.what, caught.value.got) == (what, got)
    assert listed(project) == before


def test_a_table_that_was_changed_and_not_signed_is_not_signed_on_the_way(project, edit_cell):
    edit_cell(project / "data" / "codebook" / "items.csv", 2, "label_en", "Another")
    before = listed(project)
    with pytest.raises(SurveybookError, match="a data file was changed after it was signed"):
        write(project, like="motivation")
    assert listed(project) == before


# The checks of this repository, on a copy with new items


def test_new_items_pass_the_check_and_the_tests_of_data(project, surveybook):
    shutil.copytree(ROOT / "tests", project / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "pyproject.toml", project)
    labels = ("--label-en", "Work at home", "--label-da", "Hjemmearbejde")
    one = surveybook("new", "item", "vive", "work_at_home", "--like", "motivation", *labels, cwd=project)
    own = ("--option", "1", "yes", "ja", "--option", "2", "no", "nej", "--option-set", "yes", "1", "yes", "ja")
    words = ("--type", "single", "--headline-set", "yes", "--wording-en", "Was there?", "--wording-da", "Var der?")
    other = surveybook("new", "item", "fh", "home_days", *words, *own, *labels, cwd=project)
    for done in (one, other, surveybook("check", cwd=project)):
        assert (done.returncode, done.stderr) == (0, "")
    command = [sys.executable, "-m", "pytest", "tests/data", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=project, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stdout
