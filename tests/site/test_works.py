"""The list of works as a reader sees it: every record with its status in words, every citation a way to it."""

from __future__ import annotations

import re

import pytest

PAGE = "chapters/appendix/bibliography.html"
STATUSES = ("Checked:", "Checked in part:", "Not checked:", "Not identified:")
# By hand: those that were held against a public page.
CHECKED = {
    *("albury2005", "albury2011", "andersenjakobsen2018", "ansell2020", "anselltorfing2014", "anselltorfing2021"),
    *("bala2020", "bentzentorfing2023", "hjelmar2021vive", "jakobsen2013", "torfing2022"),
}


@pytest.fixture
def records(read_page) -> dict:
    return {one["id"].removeprefix("work-"): one for one in read_page(PAGE).select(".citation")}


def test_every_record_says_in_words_how_far_it_was_checked(records):
    said = {key: record.select_one(".sb-status strong").get_text() for key, record in records.items()}
    assert len(said) == 60 and set(said.values()) == set(STATUSES)
    assert {key for key, words in said.items() if words.startswith("Checked")} == CHECKED
    for key, record in records.items():  # and no other word of a record says so
        outside = re.sub(r"Not checked:.*", "", record.get_text(" ", strip=True))
        assert key in CHECKED or "Checked" not in outside


def test_what_is_not_identified_shows_no_title(records):
    unknown = {key for key, record in records.items() if "Not identified:" in record.get_text()}
    assert len(unknown) == 8
    for key in unknown:
        assert re.fullmatch(r".+ \(\d{4}[ab]?\)\. \[not identified\]\.", records[key].p.get_text().strip())
        assert not records[key].find("em")


def test_the_counts_are_those_of_the_list(read_page, records):
    text = read_page(PAGE).select_one("article").get_text(" ", strip=True)
    for words in ("holds 60 records", ": 11 records", "3 of them only in part", ": 41 records", "for 8 records"):
        assert words in text


def test_every_citation_of_the_book_leads_to_a_record(read_page, records, site):
    seen = 0
    for path in sorted(site.rglob("*.html")):
        for link in read_page(path.relative_to(site).as_posix()).select(".bibtex-citation a"):
            page, _, name = link["href"].partition("#")
            assert (path.parent / page).resolve() == (site / PAGE).resolve() and name.removeprefix("work-") in records
            seen += 1
    assert seen > 40


def test_a_record_is_marked_up_as_one_of_a_list(records):
    assert {record["role"] for record in records.values()} == {"listitem"}
    assert {record.parent["role"] for record in records.values()} == {"list"}


def test_a_danish_title_is_marked_as_danish(records):
    found = {key: [one.get_text() for one in record.select("[lang]")] for key, record in records.items()}
    assert {key: titles for key, titles in found.items() if titles} == {
        "hjelmar2021vive": ["Kommunale nyskabelser under covid-19-krisen"],
        "jakobsen2013": ["Bureaukrati: ven eller fjende af (offentlig sektor) innovation?"],
        "larsenandersen2004": ["Magten på Borgen"],
        "sorensentorfing2011b": ["Samarbejdsdrevet innovation i den offentlige sektor"],
    }
    assert {one["lang"] for record in records.values() for one in record.select("[lang]")} == {"da"}
