"""The head of a page: it tells machines text, an address only where there is one, and nothing simulated."""

from __future__ import annotations

import json
import re
import struct
from html import escape
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

from surveybook.core.errors import SurveybookError
from surveybook.disseminate import sphinx_head
from surveybook.disseminate.card import draw_card, is_fit, short_rests
from surveybook.disseminate.citing import (
    Companion,
    bibtex_article,
    bibtex_companion,
    checked_site_url,
    cite_article,
    cite_companion,
    cite_text,
    read_companion,
)
from surveybook.disseminate.linked_data import dataset_data, script_of
from surveybook.disseminate.sphinx_head import cut, in_groups

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = "https://tidsskrift.dk/politica/article/view/133919"
AUTHORS = ("Torfing", "Bentzen", "Jensen")
HOSTILE = '</script><script>alert(1)</script> "quoted" & <b>bold</b>'
PINNED = (
    "Fixed by print: the printed figure, or arithmetic on it. "
    "The stored answers are made up to match it, and prove nothing."
)
SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "height": 60,
    "data": {"name": "rows"},
    "datasets": {"rows": [{"share": 71, "label": "motivation", "rests": "Fixed by print"}]},
    "mark": "bar",
    "encoding": {"x": {"field": "share", "type": "quantitative"}, "y": {"field": "label", "type": "nominal"}},
}
INDEX = """# Start

*A subtitle*

```{admonition} Not this
A sentence of a note.
```

71 percent saw *gains*. A second sentence, with a `word` & a < sign. <!-- holds: extent > 50 -->
The third: one that is much longer than all of the sentences before, so that with it the description of this \
small page would be far above its two hundred characters.

```{toctree}
folder/page
simulated
```

```{cite-this}
```
"""
PAGES = {
    "index.md": INDEX,
    "folder/page.md": f"# {escape(HOSTILE)}\n\nA page of {escape(HOSTILE)}.\n",
    "simulated.md": '# Simulated\n\nIt is {raw-html}`<a class="sb-number" data-status="illustrative">99 '
    'percent</a>`.\n\nIt is {raw-html}`<a class="sb-number" data-status="pinned">71 percent</a>`.\n',
}
RAW_ROLE = """
from docutils import nodes
def setup(app):
    app.add_role("raw-html", lambda n, raw, text, line, inliner, options=None, content=None:
        ([nodes.raw(text, text, format="html")], []))
"""


def figure(docname: str, **more) -> dict:
    about = {"docname": docname, "title": "71 percent saw gains", "rests": PINNED, "base": "Base 296.", "open": False}
    return about | {"caption": "Figures as printed by Torfing, Bentzen and Jensen (2022).", "alt": "A bar."} | more


OPEN = {
    "open": True,
    "title": "Did some see more?",
    "rests": "Made up, not observed.",
    "base": "Base not published (in the replicates 29 to 96).",
    "alt": "From 38 to 99 percent",
}


def build(folder: Path, figures: dict | None = None, **settings) -> Path:
    """The small book's site; figures are put where the extension of figures puts them."""
    source, out = folder / "book", folder / "site"
    for name, text in PAGES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    (source / "CITATION.cff").write_bytes((ROOT / "CITATION.cff").read_bytes())
    (source / "conf.py").write_text(RAW_ROLE, encoding="utf-8")
    extensions = ["myst_parser", "surveybook.disseminate.sphinx_head"]
    settings = {"extensions": extensions, "language": "en", **settings}
    app = Sphinx(source, source, out, out / ".doctrees", "html", settings, status=None, warning=None)
    app.env.surveybook_figures = figures or {}
    app.build()
    assert app.statuscode == 0
    return out


FIGURES = {
    "open": figure("folder/page", spec=SPEC, **OPEN),
    "panel": figure("folder/page", title=HOSTILE),
    "gains": figure("folder/page", spec=SPEC),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return build(tmp_path_factory.mktemp("without"), FIGURES)


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    address = "https://example.org/a book/".replace(" ", "-")
    return build(tmp_path_factory.mktemp("public"), FIGURES, site_url=address, site_pdf="book.pdf")


def test_the_citation_is_read_once_in_a_build(tmp_path, monkeypatch):
    files = []
    monkeypatch.setattr(sphinx_head, "read_companion", lambda file: files.append(file) or read_companion(file))
    build(tmp_path, FIGURES)
    assert len(files) == 1


def read(site: Path, page: str) -> BeautifulSoup:
    return BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")


def tags(page: BeautifulSoup) -> dict[str, str]:
    found = {(tag.get("name") or tag.get("property")): tag["content"] for tag in page.select("head meta[content]")}
    return {name: content for name, content in found.items() if name and name != "viewport"}


def linked_data(page: BeautifulSoup) -> list[dict]:
    (script,) = page.select('head script[type="application/ld+json"]')
    data = json.loads(script.string)
    assert data.pop("@context") == "https://schema.org" and list(data) == ["@graph"]
    return data["@graph"]


@pytest.fixture(scope="module")
def companion() -> Companion:
    return read_companion(ROOT / "CITATION.cff")


# The description


def test_a_page_is_described_by_its_first_sentences_as_plain_text(site):
    page = tags(read(site, "index.html"))
    assert page["description"] == "71 percent saw gains. A second sentence, with a word & a < sign."
    assert page["og:description"] == page["twitter:description"] == page["description"]


def test_a_sentence_with_a_simulated_number_describes_nothing(site):
    assert tags(read(site, "simulated.html"))["description"] == "It is 71 percent."


def test_a_long_text_is_cut_at_a_word():
    assert cut("one two three", 13) == "one two three"
    assert cut("one two three", 12) == "one two…"


def test_hostile_words_stay_text_in_every_tag(site):
    page = read(site, "folder/page.html")
    assert not [script for script in page.select("script") if (script.string or "").startswith("alert")]
    assert page.select_one("head b") is None
    assert "alert(1)" in tags(page)["og:title"]
    data = linked_data(page)
    assert "alert(1)" in data[0]["name"] and HOSTILE in [one["name"] for one in data]
    written = (site / "folder" / "page.html").read_text(encoding="utf-8")
    inside = re.search(r'application/ld\+json">(.*?)</script>', written, re.DOTALL)[1]
    assert not set("<>&") & set(inside)


def test_a_script_cannot_be_ended_by_what_it_holds():
    script = script_of({"name": "</script><!--"})
    assert script.count("<") == 2 and json.loads(re.search(r">(.*)<", script)[1]) == {"name": "</script><!--"}


# The public address


def test_without_an_address_nothing_names_one(site):
    for name in ("index.html", "folder/page.html"):
        page = read(site, name)
        assert page.select('link[rel="canonical"]') == []
        assert {"og:url", "citation_pdf_url"} & set(tags(page)) == set()
        assert "example.org" not in str(page)
    assert not (site / "sitemap.xml").exists() and not (site / "robots.txt").exists()
    assert tags(read(site, "folder/page.html"))["og:image"] == "../_static/cards/gains.png"


def test_with_an_address_pages_say_it_and_are_listed(public):
    root = "https://example.org/a-book/"
    page = read(public, "folder/page.html")
    assert page.select_one('link[rel="canonical"]')["href"] == f"{root}folder/page.html"
    said = tags(page)
    assert said["og:url"] == f"{root}folder/page.html"
    assert said["og:image"] == said["twitter:image"] == f"{root}_static/cards/gains.png"
    assert tags(read(public, "index.html"))["citation_pdf_url"] == f"{root}book.pdf"
    listed = re.findall("<loc>(.*?)</loc>", (public / "sitemap.xml").read_text(encoding="utf-8"))
    assert listed == [f"{root}{name}.html" for name in ("folder/page", "index", "simulated")]
    assert f"Sitemap: {root}sitemap.xml" in (public / "robots.txt").read_text(encoding="utf-8").splitlines()
    chapter, *_ = linked_data(page)
    assert (chapter["@id"], chapter["isPartOf"]["@id"]) == (f"{root}folder/page.html", f"{root}index.html")


@pytest.mark.parametrize(
    "address",
    ["http://example.org/", "https://example.org", "https://", "example.org/", "https://example.org/?a=/", 1],
)
def test_an_address_that_is_none_is_refused(tmp_path, address):
    with pytest.raises(SurveybookError) as caught:
        checked_site_url(address)
    assert (caught.value.file, caught.value.column) == ("_config.yml", "site_url")
    if isinstance(address, str):
        with pytest.raises(ConfigError, match="public address"):
            build(tmp_path, site_url=address)


@pytest.mark.parametrize("address", ["https://example.org/", "https://example.org/a/b-c/", ""])
def test_an_address_that_is_one_is_taken(address):
    assert checked_site_url(address) == address


# Pictures


def test_a_page_shows_its_first_chart_that_is_not_open(site):
    page = tags(read(site, "folder/page.html"))
    assert (page["og:image"], page["og:image:alt"]) == ("../_static/cards/gains.png", "A bar.")
    assert page["twitter:card"] == "summary_large_image"
    assert [file.name for file in (site / "_static" / "cards").iterdir()] == ["gains.png"]
    assert tags(read(site, "index.html"))["og:image"] == "_static/cards/gains.png"


def test_a_card_is_a_picture_of_the_size_that_is_asked_for():
    png = draw_card(figure("x", spec=SPEC), "A site")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (1200, 630)
    assert png == draw_card(figure("x", spec=SPEC), "A site")


def test_hostile_words_can_be_drawn():
    assert draw_card(figure("x", spec=SPEC, title=HOSTILE, rests=f"{PINNED} {HOSTILE}"), HOSTILE)[:4] == b"\x89PNG"


def test_a_card_says_what_the_figure_rests_on():
    assert short_rests(figure("x")) == "Fixed by print. Base 296."


def with_rows(**row) -> dict:
    return SPEC | {"datasets": {"rows": [*SPEC["datasets"]["rows"], row]}}


@pytest.mark.parametrize(
    "about",
    [
        figure("x", spec=SPEC, open=True),
        figure("x"),
        figure("x", spec=SPEC, rests="Made up, not observed."),
        figure("x", spec=SPEC, rests="Dates from the article and public sources; no figures, no answers."),
        figure("x", spec=with_rows(share=99, label="x", rests="Simulated")),
        figure("x", spec={**SPEC, "height": 2000}),
    ],
    ids=["open", "no chart", "made up", "dates", "a simulated row", "too tall"],
)
def test_what_may_not_stand_on_a_card(about):
    assert is_fit(figure("x", spec=SPEC))
    assert not is_fit(about)


def test_a_book_without_a_chart_has_no_picture(tmp_path):
    page = tags(read(build(tmp_path), "index.html"))
    assert page["twitter:card"] == "summary" and "og:image" not in page


# Whose it is


def test_only_the_landing_page_is_cited_and_as_what_it_is(site):
    cited = {name: text for name, text in tags(read(site, "index.html")).items() if name.startswith("citation")}
    assert cited == {
        "citation_title": "New services in a crisis: a living companion",
        "citation_author": "The companion's contributors",
        "citation_publication_date": "2026/11/24",
        "citation_language": "en",
    }
    assert not [name for name in tags(read(site, "folder/page.html")) if name.startswith("citation")]


def test_the_book_in_the_words_of_schema_org(site):
    (book,) = linked_data(read(site, "index.html"))
    person = [("Jacob", "Torfing"), ("Tina Øllgaard", "Bentzen"), ("Didde Cramer", "Jensen")]
    assert book == {
        "@type": ["WebSite", "Book"],
        "@id": "",
        "name": "New services in a crisis: a living companion",
        "author": {"@type": "Thing", "name": "The companion's contributors"},
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "version": "0.1.0",
        "datePublished": "2026-11-24",
        "isAccessibleForFree": True,
        "isBasedOn": {
            "@type": "ScholarlyArticle",
            "@id": ARTICLE,
            "url": ARTICLE,
            "name": "COVID-19 som kriseinduceret styringslaboratorium",
            "author": [{"@type": "Person", "givenName": one, "familyName": two} for one, two in person],
            "datePublished": "2022",
            "isPartOf": {
                "@type": "PublicationIssue",
                "issueNumber": "3",
                "isPartOf": {
                    "@type": "PublicationVolume",
                    "volumeNumber": "54",
                    "isPartOf": {"@type": "Periodical", "name": "Politica"},
                },
            },
        },
        "description": "71 percent saw gains. A second sentence, with a word & a < sign.",
        "inLanguage": "en",
    }


def test_a_page_and_its_data_in_the_words_of_schema_org(site):
    page, *data = linked_data(read(site, "folder/page.html"))
    assert (page["@type"], page["@id"]) == ("Chapter", "")
    assert page["isPartOf"] == {
        "@type": "Book",
        "@id": "../index.html",
        "name": "New services in a crisis: a living companion",
    }
    assert [one["@id"] for one in data] == ["#figure-open", "#figure-panel", "#figure-gains"]
    assert data[2] == {
        "@type": "Dataset",
        "@id": "#figure-gains",
        "name": "71 percent saw gains",
        "description": f"{PINNED} Base 296.",
        "isAccessibleForFree": True,
        "publisher": {"@type": "Thing", "name": "The companion's contributors"},
        "isBasedOn": ARTICLE,
        "distribution": {
            "@type": "DataDownload",
            "encodingFormat": "text/csv",
            "contentUrl": "../_static/figures/gains.csv",
        },
    }


def test_simulated_data_say_so_and_tell_no_number(companion):
    data = dataset_data(companion, "open", figure("x", **OPEN), "")
    assert data["description"] == "Simulated, not observed. Made up, not observed."
    assert "isBasedOn" not in data  # although its caption names the article
    assert "license" not in data
    assert not re.search(r"29|96|38|99", json.dumps(data).replace("https://tidsskrift.dk", "").replace("133919", ""))


def test_data_of_other_sources_are_not_called_the_articles(companion):
    data = dataset_data(companion, "fh", figure("x", caption="Figures as printed by FH (2020)."), "")
    assert "isBasedOn" not in data


# How to cite


def test_the_article_is_cited_first_then_the_companion(site):
    box = read(site, "index.html").select_one(".sb-cite-this")
    records = [one.get_text() for one in box.select("pre")]
    assert [record.split("{")[0] for record in records] == ["@article", "@misc"]
    text = " ".join(box.get_text(" ").split())
    assert text.startswith("For the findings, cite the article:")
    assert [link["href"] for link in box.select("a")] == [ARTICLE]


def test_citations_as_text(companion):
    assert cite_article(companion.article) == (
        "Torfing, J., Bentzen, T. Ø., and Jensen, D. C. (2022). COVID-19 som kriseinduceret styringslaboratorium. "
        f"Politica, 54(3). {ARTICLE}"
    )
    assert cite_companion(companion) == (
        "The companion's contributors (2026). New services in a crisis: a living companion, version 0.1.0."
    )
    about = {"id": "effects", "title": "71 percent", "rests": "Fixed by print."}
    assert cite_text(about, "chapters/effects.html", companion) == (
        'The companion\'s contributors (2026). "71 percent". In: New services in a crisis: a living companion, '
        "version 0.1.0. chapters/effects.html#figure-effects. Fixed by print."
    )


def test_records_for_reference_managers(companion):
    assert bibtex_article(companion.article).splitlines() == [
        "@article{torfing2022,",
        "  author = {Torfing, Jacob and Bentzen, Tina Øllgaard and Jensen, Didde Cramer},",
        "  title = {{COVID-19 som kriseinduceret styringslaboratorium}},",
        "  journal = {Politica},",
        "  volume = {54},",
        "  number = {3},",
        "  year = {2022},",
        f"  url = {{{ARTICLE}}},",
        "}",
    ]
    record = bibtex_companion(companion, "https://example.org/")
    assert "  url = {https://example.org/}," in record and "url" not in bibtex_companion(companion)
    assert "  author = {{The companion's contributors}}," in record
    assert not any(name in record for name in (*AUTHORS, "Politica"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version: 0.1.0\n", "", "lacks a fact"),
        ("date-released: 2026-11-24", "date-released: soon", "cannot be read"),
        ("    journal: Politica\n", "", "cannot be read"),
        ("title: ", "title: [", "cannot be read"),
    ],
)
def test_a_broken_citation_is_refused(tmp_path, old, new, said):
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "CITATION.cff"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SurveybookError, match=said) as caught:
        read_companion(file)
    assert caught.value.file.endswith("CITATION.cff")


def test_no_citation_is_told(tmp_path):
    with pytest.raises(SurveybookError, match="is missing"):
        read_companion(tmp_path / "CITATION.cff")


def test_the_citation_has_the_form_of_its_standard():
    """The Citation File Format 1.2.0: its required keys, and the kinds of those that are there."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    known = {"title": str, "message": str, "abstract": str, "version": str, "authors": list, "references": list}
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert set(citation) <= {*known, "cff-version", "type", "date-released", "license", "url"}
    assert citation["cff-version"] == "1.2.0" and citation["type"] in ("software", "dataset")
    assert all(isinstance(citation[key], kind) for key, kind in known.items())
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(citation["date-released"]))
    assert all(set(author) == {"name"} for author in citation["authors"])
    (article,) = citation["references"]
    assert {"type", "title", "authors"} <= set(article) and article["type"] == "article"
    assert all(set(author) == {"family-names", "given-names"} for author in article["authors"])
    assert all(isinstance(article[key], int) for key in ("year", "volume", "issue"))
    assert all(re.fullmatch("[a-z]{2,3}", language) for language in article["languages"])
    assert "Another work" in article["notes"]


def test_a_fingerprint_is_shown_in_groups():
    assert in_groups("1a2b3c4d5e6f") == "1a2b 3c4d 5e6f"
