"""A small book in Sphinx: numbers and terms with their cards, and figures, one of them pasted on another page."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from surveybook.disseminate import figure_open, figure_shares
from surveybook.disseminate.figure import make_panel
from surveybook.disseminate.number_cards import Card
from surveybook.disseminate.numbers import Number

ROOT = Path(__file__).resolve().parents[2]
EXTENSIONS = ["myst_nb", *(f"surveybook.disseminate.sphinx_{name}" for name in ("figures", "cards", "search"))]
RECORD = "application/papermill.record/"
HOSTILE = "\"><script>alert(1)</script> '&lt;' {name} {{ x }} <b>"
SAID = Card(
    (("Value", "71 percent"), ("Question", f"A line\nand {HOSTILE}")),
    (("The claim and its verdict", "chapters/claims.html#claim-vive-01"), ("The question", "chapters/codebook.html")),
)
NUMBERS = {
    "plain": Number("71 percent", "about", "pinned", SAID),
    "words": Number("most of them", "about", "pinned", SAID),
    "hostile": Number(HOSTILE, "about", "published", SAID),
}
INDEX = """# Start

It is {glue}`chapters/made.ipynb::plain`, again {glue}`chapters/made.ipynb::plain`.
In words it is {glue}`chapters/made.ipynb::words`.
A {term}`base`, two {term}`bases <base>`, and a {term}`kommune`; see [words](folder/words.md).

```{paste-figure} chapters/made.ipynb::kept
```

```{toctree}
folder/words
folder/other
folder/plain
chapters/made
```
"""
PAGES = {
    "index.md": INDEX,
    "folder/words.md": """# Words

```{glossary}
base
  Those <b>whom</b> a share is "of". A second sentence.

kommune
  A municipality: {name} seldom moves
```

A {term}`kommune` has a page.
""",
    "folder/other.md": """# Other

It is {glue}`../chapters/made.ipynb::plain`, or {glue}`../chapters/made.ipynb::hostile`.
""",
    "folder/plain.md": "# Plain\n\nNo number, no term.\n",
}


def output(bundle: dict, glued: str = ""):
    """An output of a chapter: shown or, with a name, kept to be pasted."""
    if not glued:
        return nbformat.v4.new_output("execute_result", bundle, execution_count=1)
    scrap = {"scrapbook": {"name": glued, "mime_prefix": RECORD}}
    return nbformat.v4.new_output(
        "display_data", {RECORD + key: value for key, value in bundle.items()}, metadata=scrap
    )


def write_book(folder: Path, simulated) -> dict:
    """Write the book's pages and its chapter; its figures by name."""
    figures = {
        "shown": figure_shares(simulated, "vive", ["motivation"], figure_id="shown", title="Shown"),
        "kept": figure_shares(simulated, "vive", ["room"], figure_id="kept", title="Kept for another page"),
        "open": figure_open(simulated, "vive", "extent", by="role", figure_id="open", title="Who would know?"),
        "panel": make_panel("panel", "A panel", table=(("a",), ("b",)), rests="x", caption=""),
    }
    outputs = [output(number._repr_mimebundle_(), key) for key, number in NUMBERS.items()]
    outputs += [
        output(figure._repr_mimebundle_(), "kept" if key == "kept" else "") for key, figure in figures.items()
    ]
    cells = [nbformat.v4.new_markdown_cell("# Made\n\nHere it is {glue}`plain`.")]
    for one in outputs:
        cell = nbformat.v4.new_code_cell("made", execution_count=1)
        cell.outputs = [one]
        cells.append(cell)
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "chapters").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "chapters" / "made.ipynb")
    shutil.copy2(ROOT / "CITATION.cff", folder)
    return figures


def build(source: Path, out: Path) -> None:
    settings = {"extensions": EXTENSIONS, "nb_execution_mode": "off", "language": "en", "nb_ipywidgets_js": {}}
    # Sphinx adds to this mapping: its own would be that of other tests' books too.
    settings["source_suffix"] = {".rst": "restructuredtext"}
    Sphinx(source, None, out, out.with_name("trees") / "t", "html", settings, status=None, warning=None).build()


@pytest.fixture(scope="module")
def book(tmp_path_factory, simulated):
    """The built site, and the figures in it."""
    folder = tmp_path_factory.mktemp("books")
    figures = write_book(folder / "source", simulated)
    build(folder / "source", folder / "site")
    return folder / "site", figures


@pytest.fixture(scope="module")
def read(book):
    def page(name: str) -> BeautifulSoup:
        return BeautifulSoup((book[0] / f"{name}.html").read_text(encoding="utf-8"), "html.parser")

    return page


@pytest.fixture(scope="module")
def found(book):
    """The pages that a search for a word, by its stem, leads to."""
    index = (book[0] / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(index[index.index("{") : index.rindex("}") + 1])

    def pages(stem: str) -> set[str]:
        places = index["terms"].get(stem, [])
        return {index["docnames"][place] for place in (places if isinstance(places, list) else [places])}

    return pages


def card_of(page: BeautifulSoup, link) -> BeautifulSoup:
    (card,) = page.select(f'[id="{link["data-card"]}"]')
    return card


def told(card) -> dict[str, str]:
    return {key.get_text(): said.get_text() for key, said in zip(card.select("dt"), card.select("dd"), strict=True)}


# Numbers


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("index", "chapters/claims.html"),
        ("folder/other", "../chapters/claims.html"),
        ("chapters/made", "../chapters/claims.html"),
    ],
)
def test_a_number_is_a_link_to_its_claim_wherever_it_is_pasted(read, name, address):
    link = read(name).select("a.sb-number")[0]
    assert (link.get_text(), link["data-status"]) == ("71 percent", "pinned")
    assert link["href"] == f"{address}#claim-vive-01"


def test_the_same_number_has_one_card_on_its_page_and_other_words_another(read):
    page = read("index")
    first, again, words = page.select("a.sb-number")
    assert first["data-card"] == again["data-card"] != words["data-card"]
    assert [card_of(page, one).select_one(".sb-about-value").get_text() for one in (first, words)] == [
        "71 percent",
        "most of them",
    ]


@pytest.mark.parametrize(
    ("name", "cards"), [("index", 4), ("folder/other", 2), ("folder/words", 1), ("folder/plain", 0)]
)
def test_each_card_of_a_page_is_opened_by_something_and_stands_once(read, name, cards):
    page = read(name)
    ids = [card["id"] for card in page.select(".sb-about")]
    assert len(ids) == len(set(ids)) == cards
    assert {link["data-card"] for link in page.select("[data-card]")} == set(ids)
    assert len(page.select(".sb-about-cards")) == bool(cards)


def test_a_card_tells_what_the_number_knows_and_leads_on_from_its_page(read):
    page = read("folder/other")
    card = card_of(page, page.select("a.sb-number")[0])
    assert told(card) == dict(SAID.rows)
    assert [(link.get_text(), link["href"]) for link in card.select("a")] == [
        ("The claim and its verdict", "../chapters/claims.html#claim-vive-01"),
        ("The question", "../chapters/codebook.html"),
    ]


def test_hostile_words_of_a_number_and_its_card_are_text(read):
    page = read("folder/other")
    _, link = page.select("a.sb-number")
    assert link.get_text() == HOSTILE
    card = card_of(page, link)
    assert card.select_one(".sb-about-value").get_text() == HOSTILE
    assert told(card)["Question"] == SAID.rows[1][1]
    assert card.select("script, b") == page.select("body main script, body b") == []


# Cards


def test_cards_are_hidden_without_a_script_and_named(read):
    for card in read("index").select(".sb-about"):
        # the browser shows no popover that nothing opened
        assert card.has_attr("popover") and card["role"] == "dialog"
        assert card.select_one(f'[id="{card["aria-labelledby"]}"]').get_text()


def test_cards_stand_behind_all_text_and_the_search_does_not_read_them(found, read):
    page = read("index")
    (cards,) = page.select(".sb-about-cards")
    (main,) = page.select("[role=main]")
    assert main.select("h1") and main.select("figure")
    behind = [one for one in cards.find_all_next(True) if main in one.parents and cards not in one.parents]
    assert behind == []
    assert found("seldom") == {"folder/words"}  # the glossary, and no card
    assert found("verdict") == set()


# Terms


def test_a_term_is_a_link_to_the_glossary_with_a_card_of_its_first_sentence(read):
    page = read("index")
    links = page.select("a.sb-term")
    assert [link.get_text() for link in links] == ["base", "bases", "kommune"]
    assert [link["href"] for link in links] == [
        "folder/words.html#term-base",
        "folder/words.html#term-base",
        "folder/words.html#term-kommune",
    ]
    assert links[0]["data-card"] == links[1]["data-card"]
    cards = [card_of(page, link) for link in links]
    assert [card.select_one(".sb-about-value").get_text() for card in cards] == ["base", "base", "kommune"]
    assert [told(card) for card in cards[::2]] == [
        {"Meaning": "Those whom a share is “of”."},
        {"Meaning": "A municipality: {name} seldom moves"},
    ]
    assert [card.select_one("a")["href"] for card in cards] == [link["href"] for link in links]


def test_a_term_on_the_glossarys_own_page_leads_within_it(read):
    page = read("folder/words")
    (link,) = page.select("a.sb-term")
    assert link["href"] == "#term-kommune" and page.select("#term-kommune")
    assert card_of(page, link).select_one("a")["href"] == "#term-kommune"


# Figures


@pytest.mark.parametrize(("name", "up"), [("index", ""), ("chapters/made", "../")])
def test_every_file_that_a_figure_links_is_there(book, read, name, up):
    page = read(name)
    addresses = [one["href"] for one in page.select(".sb-files a")] + [
        one["src"] for one in page.select("figure img")
    ]
    addresses += [one["data-script"] for one in page.select(".sb-open")]
    assert len(addresses) == {"index": 5, "chapters/made": 5 + 5 + 1 + 1}[name]
    place = (book[0] / name).parent
    for address in addresses:
        assert address.startswith(f"{up}_static/figures/") and (place / address).is_file(), address


def test_the_files_of_figures_are_those_and_no_others(book):
    charts = {
        f"{name}.{end}" for name in ("shown", "kept", "open") for end in ("csv", "svg", "plain.svg", "png", "vl.json")
    }
    found = {path.name for path in (book[0] / "_static" / "figures").iterdir()}
    assert found == charts | {"open.js", "panel.csv"}


def test_the_files_hold_the_whole_chart(book):
    folder, figures = book[0] / "_static" / "figures", book[1]
    for name in ("shown", "kept", "open"):
        spec = json.loads((folder / f"{name}.vl.json").read_text(encoding="utf-8"))
        assert spec.pop("usermeta") == {"rests": figures[name].rests}
        assert spec == json.loads(json.dumps(figures[name].spec))
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        whole, plain = ((folder / f"{name}{end}").read_text(encoding="utf-8") for end in (".svg", ".plain.svg"))
        words = [set(re.findall(r">([^<>]+)</(?:text|tspan)>", picture)) for picture in (whole, plain)]
        assert [figures[name].title in found for found in words] == [True, False]


def test_a_kept_figure_shows_where_it_is_pasted_and_not_in_its_chapter(read):
    index, chapter = read("index"), read("chapters/made")
    assert [one["id"] for one in index.select("figure")] == ["figure-kept"]
    assert index.select_one("#title-kept").get_text() == "Kept for another page"
    assert [one["id"] for one in chapter.select("figure")] == ["figure-shown", "figure-open", "figure-panel"]
    assert len(index.select("figure table")) == 1 and "paste-figure" not in index.get_text()


def test_an_open_figure_is_folded_its_chart_is_in_its_script_and_no_search_finds_it(book, read, found):
    page = read("chapters/made")
    (folded,) = page.select("details.sb-open")
    assert folded["data-figure"] == "open" and not folded.has_attr("open")
    assert folded.select(".sb-spec") == [] and len(page.select(".sb-spec")) == 1
    script = (book[0] / "_static" / "figures" / "open.js").read_text(encoding="utf-8")
    kept = json.loads(script.partition(" = ")[2].rstrip(";\n"))
    assert kept["draws"] == list(book[1]["open"].draws) and len(kept["marks"]) == 4
    assert "replicates" in folded.get_text() and found("replic") == set()
    assert found("kept") == {"index"} and found("shown") == {"chapters/made"}  # the titles of the other figures


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("chapters/made.ipynb::plain", "pastes a figure that chapters/made has not: 'plain'"),
        ("chapters/made.ipynb::missing", "pastes a figure that chapters/made has not: 'missing'"),
        ("chapters/made.ipynb::kept", "two figures are named 'kept': in index and in more"),
    ],
    ids=["a number", "nothing", "once more"],
)
def test_a_figure_that_is_not_there_or_is_there_already_stops_the_site(book, tmp_path, pasted, said):
    shutil.copytree(book[0].with_name("source"), tmp_path / "source")
    (tmp_path / "source" / "more.md").write_text(f"# More\n\n```{{paste-figure}} {pasted}\n```\n", encoding="utf-8")
    with pytest.raises(ExtensionError, match=re.escape(said)):
        build(tmp_path / "source", tmp_path / "site")
