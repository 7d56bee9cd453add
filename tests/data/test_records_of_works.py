"""The committed records of cited works, read without the book's own code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "chapters" / "references.bib").read_text(encoding="utf-8")
RECORDS = {
    key: dict(re.findall(r"^  (\w+) = \{(.*)\},$", body, re.MULTILINE))
    for key, body in re.findall(r"^@\w+\{(\w+),\n(.*?)^\}$", TEXT, re.MULTILINE | re.DOTALL)
}
# Those that were held against a public page; three of them only in part.
CHECKED = {
    *("albury2005", "albury2011", "andersenjakobsen2018", "ansell2020", "anselltorfing2014", "anselltorfing2021"),
    *("bala2020", "bentzentorfing2023", "hjelmar2021vive", "jakobsen2013", "torfing2022"),
}
IN_PART = {"bala2020", "hjelmar2021vive", "jakobsen2013"}
UNKNOWN = {
    *("bentzen2020a", "bentzen2020b", "ejersbo2017", "hartley2012", "hjelmarjakobsen2021", "holler2018"),
    *("peters2016", "torfingetal2020"),
}


def of(status: str) -> set[str]:
    return {key for key, fields in RECORDS.items() if fields["keywords"] == status}


def cited() -> list[str]:
    """The keys that any page cites."""
    texts = [path.read_text(encoding="utf-8") for path in [ROOT / "index.md", *(ROOT / "chapters").rglob("*.md")]]
    for path in (ROOT / "chapters").rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return [
        key.strip()
        for text in texts
        for keys in re.findall(r"\{cite[\w:]*\}`([^`]*)`", text)
        for key in keys.split(",")
    ]


def test_there_are_sixty_records_and_eleven_were_checked():
    assert (len(RECORDS), TEXT.count("\n@")) == (60, 60)
    assert (len(CHECKED), len(UNKNOWN)) == (11, 8)
    assert of("checked") == CHECKED - IN_PART
    assert of("checked in part") == IN_PART
    assert of("unknown") == UNKNOWN
    assert of("unchecked") == set(RECORDS) - CHECKED - UNKNOWN


def test_what_was_not_identified_has_no_title_and_nothing_but_the_citation():
    for key in UNKNOWN:
        assert RECORDS[key]["title"] == "[not identified]"
        assert set(RECORDS[key]) == {"author", "title", "year", "keywords", "annotation"}
    assert {key for key, fields in RECORDS.items() if "not identified" in fields["title"]} == UNKNOWN


@pytest.mark.parametrize("key", RECORDS)
def test_a_record_says_what_was_checked(key):
    annotation = RECORDS[key]["annotation"]
    if key in CHECKED:
        assert re.search(r"\bpages?\b", annotation)
    elif key in UNKNOWN:
        assert annotation.startswith("the article cites ")
    else:
        assert annotation.startswith("author and year match the article; the rest was not held against the work")


def test_doubts_about_checked_records_are_told():
    assert "Not checked: the end of the title" in RECORDS["bala2020"]["annotation"]
    assert "inference" in RECORDS["jakobsen2013"]["annotation"]
    assert "inferred" in RECORDS["hjelmar2021vive"]["annotation"]
    assert "does not cite it" in RECORDS["bentzentorfing2023"]["annotation"]
    assert "pages and DOI were not found" in RECORDS["torfing2022"]["annotation"]


def test_only_what_was_found_has_an_address():
    found = {(key, name) for key, fields in RECORDS.items() for name in ("doi", "url") if name in fields}
    assert found == {("ansell2020", "doi"), ("torfing2022", "url")}


def test_every_cited_work_has_a_record():
    keys = cited()
    assert len(keys) > 40 and set(keys) <= set(RECORDS)


def test_the_background_numbers_the_expectations_and_cites_for_them():
    text = (ROOT / "chapters" / "background.md").read_text(encoding="utf-8")
    assert re.findall(r"^(\d)\. \(expectation-(\d)\)=$", text, re.MULTILINE) == [(n, n) for n in "1234"]
    assert "which the article does not cite {cite}`bentzentorfing2023`" in text
