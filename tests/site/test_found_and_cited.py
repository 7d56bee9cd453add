"""How pages are found and cited: their heads, cards, structured data and receipts, as they were built."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import tomllib
from copy import copy
from pathlib import Path

import pytest
import yaml
from reading import is_open, name_of, words_of

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = "https://tidsskrift.dk/politica/article/view/133919"
OF_ARTICLE = ("Torfing", "Bentzen", "Jensen", "Politica", "10.7146")
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))


def tags_of(page) -> dict[str, str]:
    found = [(tag.get("name") or tag.get("property"), tag["content"]) for tag in page.select("head meta[content]")]
    return {name: content for name, content in found if name}


def data_of(page) -> list[dict]:
    (script,) = page.select('head script[type="application/ld+json"]')
    return json.loads(script.string)["@graph"]


@pytest.fixture
def tags(page) -> dict[str, str]:
    return tags_of(page)


@pytest.fixture(scope="module")
def receipt(site) -> dict:
    return json.loads((site / "receipt.json").read_text(encoding="utf-8"))


# Heads


def test_a_page_says_once_what_it_finds_in_its_own_words(page, tags):
    assert len(page.select('head meta[name="description"]')) == 1
    described = tags["description"].removesuffix("…")
    assert 20 < len(described) <= 200
    shown = copy(page.select_one("article.bd-article"))
    for explanation in shown.select(".sb-explained"):
        explanation.extract()
    assert described[:60] in " ".join(shown.get_text().split())


def test_a_page_has_its_card(site, page_name, tags):
    assert tags["og:type"] == ("website" if page_name == "index.html" else "article")
    assert tags["og:site_name"] == CITATION["title"]
    assert tags["twitter:card"] == "summary_large_image"
    assert tags["og:title"] and tags["og:image:alt"]
    picture = (site / page_name).parent / tags["og:image"]
    assert picture.resolve().parent == (site / "_static" / "cards").resolve()
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (1200, 630)


def test_a_card_is_of_a_figure_that_is_not_open_and_none_is_left_over(site, read_page, open_names):
    pages = [file.relative_to(site).as_posix() for file in site.rglob("*.html") if "_static" not in file.parts]
    pictures = [tags_of(read_page(name)).get("og:image") for name in pages]
    used = {Path(picture).stem for picture in pictures if picture}
    assert used and not used & set(open_names)
    assert used == {file.stem for file in (site / "_static" / "cards").iterdir()}


def test_a_page_of_no_address_names_none(site, page, tags):
    assert CONFIG["sphinx"]["config"]["site_url"] == ""
    assert page.select('link[rel="canonical"]') == [] and "og:url" not in tags
    assert not (site / "sitemap.xml").exists() and not (site / "robots.txt").exists()


def test_reference_managers_find_this_edition_alone_and_on_its_landing_page(page_name, tags):
    cited = {name: text for name, text in tags.items() if name.startswith("citation_")}
    assert bool(cited) == (page_name == "index.html")
    assert not [text for text in cited.values() if any(word in text for word in OF_ARTICLE)]
    if cited:
        assert cited["citation_author"] == CITATION["authors"][0]["name"]
        assert cited["citation_publication_date"] == str(CITATION["date-released"]).replace("-", "/")


# Structured data


def test_every_figure_of_a_page_is_a_set_of_data_with_its_file(site, page_name, page):
    said, *data = data_of(page)
    figures = {name_of(figure): figure for figure in page.select("figure.sb-figure")}
    assert {one["@id"].removeprefix("#figure-") for one in data} == set(figures)
    for one in data:
        name = one["@id"].removeprefix("#figure-")
        assert one["@type"] == "Dataset" and one["distribution"]["encodingFormat"] == "text/csv"
        file = ((site / page_name).parent / one["distribution"]["contentUrl"]).resolve()
        assert file == (site / "_static" / "figures" / f"{name}.csv").resolve() and file.is_file()
        if is_open(figures[name]):
            assert one["description"].startswith("Simulated, not observed. ")
            assert not re.search(r"\d", one["description"])
    assert said["@type"] == (["WebSite", "Book"] if page_name == "index.html" else "Chapter")


def test_the_landing_page_is_based_on_the_article_which_is_another_work(read_page):
    book = data_of(read_page("index.html"))[0]
    assert (book["version"], book["author"]["name"]) == (CITATION["version"], CITATION["authors"][0]["name"])
    assert book["isBasedOn"]["@id"] == ARTICLE
    assert [author["familyName"] for author in book["isBasedOn"]["author"]] == ["Torfing", "Bentzen", "Jensen"]
    assert "dateModified" not in book


# One place for the facts


def test_version_title_makers_and_year_are_the_same_everywhere(read_page):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert CITATION["version"] == project["version"]
    assert CITATION["authors"] == project["authors"] == [{"name": CONFIG["author"]}]
    assert CITATION["title"] == CONFIG["title"]
    assert str(CITATION["date-released"])[:4] == CONFIG["copyright"]
    assert f"Version: {CITATION['version']}." in words_of(read_page("index.html").select_one(".sb-receipt"))
    assert f"## {CITATION['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


# Receipts


def test_every_page_shows_its_receipt_once(page_name, page, receipt):
    (shown,) = page.select("footer .sb-receipt, .bd-footer-content .sb-receipt")
    text = words_of(shown)
    assert text.startswith("Edition: default. Version: ")
    assert "Answers: simulated; no date. Printed figures: 2022." in text
    fingerprint = shown.select_one("code.sb-fingerprint").get_text()
    assert re.fullmatch("[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}", fingerprint)
    assert fingerprint.replace(" ", "") == receipt["pages"][page_name]["fingerprint"]


def test_the_page_of_the_search_shows_its_own_too(read_page, receipt):
    shown = read_page("search.html").select_one("code.sb-fingerprint").get_text()
    assert shown.replace(" ", "") == receipt["pages"]["search.html"]["fingerprint"]


def test_the_receipt_is_of_these_files_and_names_no_folder_of_a_machine(site, receipt):
    names = [*receipt["shared"], *(name for page in receipt["pages"].values() for name in page["inputs"])]
    assert not [name for name in names if name.startswith(("/", "~", "..")) or ":" in name or "\\" in name]
    assert str(ROOT) not in (site / "receipt.json").read_text(encoding="utf-8")
    left_out = ("receipt.json", "companion.zip")  # the archive holds the receipt
    files = [path for path in site.rglob("*") if path.is_file() and path.name not in left_out]
    assert receipt["files"] == {
        file.relative_to(site).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files
    }


def test_a_page_of_the_receipt_is_worked_out_again_from_the_checkout(page_name, receipt):
    page = receipt["pages"][page_name]
    inputs = receipt["shared"] | page["inputs"]
    for name, sha256 in inputs.items():
        if name != "parameters":
            file = ROOT / name.replace("data package/", "data/", 1)
            assert hashlib.sha256(file.read_bytes()).hexdigest() == sha256, name
    lines = "".join(f"{inputs[name]}  {name}\n" for name in sorted(inputs))
    assert hashlib.sha256(lines.encode()).hexdigest()[:12] == page["fingerprint"]
