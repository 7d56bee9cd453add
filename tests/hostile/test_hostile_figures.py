"""Figures of a package whose every text is code for something: markup, data and drawings hold it as text."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hostile_labels import PAYLOADS, UNSEEN, make_hostile
from pypdf import PdfReader

from surveybook.analyse import estimate_surveys
from surveybook.analyse.claims import load_claims
from surveybook.disseminate import (
    figure_claims,
    figure_codebook,
    figure_innovations,
    figure_links,
    figure_patterns,
    figure_scale,
    figure_shares,
    figure_timeline,
    figure_told,
    show_breakdowns,
)
from surveybook.disseminate.figure import PANEL_MIME, VEGALITE_MIME, about_of, csv_text
from surveybook.disseminate.figure_markup import chart_html, open_script, panel_html
from surveybook.disseminate.number_markup import card_html, read_number
from surveybook.disseminate.numbers import numbers_of
from surveybook.disseminate.page_chart import make_page_chart
from surveybook.disseminate.typeset import make_pdf
from surveybook.process import load_surveys
from surveybook.process.context import load_context
from surveybook.process.package import load_package
from surveybook.process.thematic import load_thematic

SIZED = '<svg width="400" height="200"></svg>'
OURS = {"a", "br", "caption", "circle", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "g", "img", "li"}
OURS |= {"ol", "p", "path", "rect", "script", "section", "span", "strong", "summary", "svg", "table", "tbody", "td"}
OURS |= {"text", "th", "thead", "title", "tr", "ul"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, committed):
    """A hostile copy of the committed package, inside a project, and its texts."""
    folder = tmp_path_factory.mktemp("hostile") / "bog"
    shutil.copytree(committed, folder / "data")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy2(committed.parent / name, folder / name)
    shutil.copytree(committed.parent / "chapters", folder / "chapters", ignore=shutil.ignore_patterns("*.ipynb"))
    return folder, make_hostile(folder / "data")


@pytest.fixture(scope="module")
def figures(hostile):
    """Figures of each kind, by their ids; those of a breakdown are shown, not returned."""
    folder, _ = hostile
    estimates = estimate_surveys(load_surveys(project_folder=folder))
    context, thematic = load_context(project_folder=folder), load_thematic(project_folder=folder)
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("surveybook.disseminate.figures_open.display", shown.append)
        show_breakdowns(
            estimates, "vive", "permanent", figure_id="parts", title="Do some say so more often, by {by}?"
        )
    made = [
        figure_shares(estimates, "vive", ["motivation", "room"], figure_id="shares", title="Shares"),
        figure_scale(estimates, "vive", "character", figure_id="scale", title="A scale"),
        figure_codebook(estimates, "vive", figure_id="codebook", title="Questions"),
        figure_timeline(context, estimates.codebook, figure_id="timeline", title="A timeline"),
        figure_innovations(context, figure_id="innovations", title="Innovations"),
        figure_patterns(thematic, "organisation", figure_id="patterns", title="Patterns"),
        figure_patterns(thematic, "effects", figure_id="effects", title="Effects"),
        figure_told(thematic, figure_id="told", title="Who tells what"),
        figure_links(thematic, figure_id="links", title="Links"),
        *(
            figure_claims(load_claims(str(folder / "data")), part, figure_id=f"claims-{part}", title="Claims")
            for part in ("article", "sources", "words")
        ),
    ]
    assert shown
    return {figure.figure_id: figure for figure in [*shown, *made]}, estimates


def page_of(figure) -> str:
    """A figure's element on a page, made from what a notebook keeps of it."""
    bundle = json.loads(json.dumps(figure._repr_mimebundle_()))
    about = about_of(bundle)
    if PANEL_MIME in bundle:
        return panel_html(about, bundle[PANEL_MIME]["markup"], "../", "A citation")
    return chart_html(about, make_page_chart(bundle[VEGALITE_MIME]), SIZED, "../", "A citation")


def squeezed(text: str) -> str:
    return " ".join("".join("\ufffd" if char in UNSEEN else char for char in text).split()).casefold()


def test_no_text_becomes_markup(figures):
    seen = ""
    for figure in figures[0].values():
        html = page_of(figure)
        page = BeautifulSoup(html, "html.parser")
        assert {element.name for element in page.find_all(True)} <= OURS, figure.figure_id
        assert not [key for element in page.find_all(True) for key in element.attrs if key.startswith("on")]
        for script in page.find_all("script"):
            assert script["type"] == "application/json"
            json.loads(script.string)
            script.decompose()
        seen += squeezed(page.get_text()) + "\n"
    assert [payload for payload in PAYLOADS if squeezed(payload) not in seen] == []


def test_what_a_title_takes_from_data_pastes_nothing(hostile, figures):
    labels = {row[1] for row in csv.reader((hostile[0] / "data/codebook/items.csv").open(newline="")) if row}
    assert {"role", "field"} <= labels
    titles = [figure.title for name, figure in figures[0].items() if name.startswith("parts-by-")]
    assert len(titles) == 2
    texts = hostile[1]["codebook/items.csv", "label_en"]
    for title in titles:
        assert any(squeezed(text) in squeezed(title) for text in texts), title


def test_a_script_of_a_folded_figure_holds_data_alone(figures):
    for name, figure in figures[0].items():
        if name.startswith("parts-by-"):
            bundle = figure._repr_mimebundle_()
            script = open_script(about_of(bundle), make_page_chart(bundle[VEGALITE_MIME]))
            head, _, body = script.partition(" = ")
            assert re.fullmatch(r'\(window\.surveybookOpen \?\?= \{\}\)\["[a-z-]+"\]', head)
            assert json.loads(body.rstrip(";\n"))["marks"]
            assert not set("<>&") & set(script)


def test_cards_of_numbers_hold_texts(figures):
    estimates = figures[1]
    row = estimates.get("vive", "extent", None)
    for number in numbers_of(row, estimates.codebook).values():
        markup = number._repr_mimebundle_()["text/html"]
        read = read_number(markup)
        if read is None:
            continue
        text, _, card = read
        shown = BeautifulSoup(card_html("card-1", text, card.rows, card.links), "html.parser")
        assert {element.name for element in shown.find_all(True)} == {"div", "p", "dl", "dt", "dd", "a"}
        assert [said.get_text() for said in shown.select("dd")] == [said for _, said in card.rows]


def test_a_drawing_holds_texts(figures):
    for figure in figures[0].values():
        drawn = figure._repr_mimebundle_().get("image/svg+xml")
        if drawn:
            names = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(drawn).iter()}
            assert names <= {"svg", "desc", "defs", "clipPath", "g", "path", "rect", "line", "text", "tspan", "style"}


def test_no_cell_of_a_data_file_is_a_formula(figures):
    marked = 0
    for figure in figures[0].values():
        text = csv_text(about_of(figure._repr_mimebundle_()))
        for delimiter in ",;\t":
            for cells in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
                assert [cell for cell in cells if re.match(r"\s*[=+@-]|[\t\r\n]", cell)] == [], delimiter
                marked += sum(cell.startswith("'") for cell in cells)
    assert marked


def test_characters_without_a_shape_are_shown_by_a_sign(hostile):
    """Such a character would end the drawing of a chart, or turn around all that stands behind it."""
    folder, told = hostile
    package = load_package(folder / "data")
    read = package.read(package.resource("items"))["label_en"]
    written = told["codebook/items.csv", "label_en"]
    assert any(set(UNSEEN) & set(text) for text in written)
    assert list(read) == ["".join("\ufffd" if char in UNSEEN else char for char in text) for text in written]


def about(*rows: tuple[str, ...], **texts: str) -> dict:
    said = {"title": "A title", "rests": "Published", "base": "", "caption": ""}
    return {**said, **texts, "table": [["Who", "Share"], *map(list, rows)]}


RUN_BY_SPREADSHEETS = {
    '=HYPERLINK("http://x")': '\'=HYPERLINK("http://x")',
    "+1+cmd|' /C calc'!A0": "'+1+cmd|' /C calc'!A0",
    "@SUM(1)": "'@SUM(1)",
    "-2+3": "'-2+3",
    "- a remark": "'- a remark",
    "\t=1+1": "'\t'=1+1",
    "\r=1+1": "'\n'=1+1",
    "\r\n=1+1": "'\n'=1+1",
    "two\rrows": "two\nrows",
    " =1+1": "' =1+1",
    "a;=1+1": "a;'=1+1",
    "a; +1+1": "a; '+1+1",
}
ORDINARY = [
    "−2 points",
    "31–33 percent",
    "71%",
    "-2",
    "+3",
    "-0.25",
    "3.5",
    "a = b",
    "a-b",
    "e-mail@x",
    "",
    "'x'",
    "“=”",
]


@pytest.mark.parametrize(("text", "kept"), RUN_BY_SPREADSHEETS.items(), ids=repr)
def test_a_text_that_a_spreadsheet_would_run_stands_behind_an_apostrophe(text, kept):
    out = rows_of(csv_text(about(("Leaders", text), (text, "71 percent"))))
    assert out[1:] == [["Leaders", kept], [kept, "71 percent"]]


def rows_of(text: str) -> list[list[str]]:
    notes = text[: text.index("Who,Share")]
    assert all(line.startswith("# ") for line in notes.splitlines())
    return list(csv.reader(io.StringIO(text[len(notes) :], newline="")))


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_cells_stay_as_they_are(text):
    assert rows_of(csv_text(about(("Leaders", text))))[1:] == [["Leaders", text]]


@pytest.mark.parametrize(
    ("title", "note"),
    [
        ('a,"=1+1', "# A, '\"=1+1."),
        ("a,=1+1", "# A, '=1+1."),
        ("a;@SUM(1)", "# A; '@SUM(1)."),
        ("a\n=1+1", "# A =1+1."),
        ("Leaders, -3 points", "# Leaders, '-3 points."),
        ("One, two; three – and “four”", "# One, two; three – and “four”."),
    ],
)
def test_a_note_is_one_line_of_which_no_part_is_a_quoted_cell_or_a_formula(title, note):
    assert csv_text(about(("Leaders", "1"), title=title)).splitlines()[0] == note


def test_a_character_that_the_print_has_no_font_for_becomes_a_sign():
    source = '#set document(title: "A")\n#set text(font: "Libertinus Serif", lang: "en")\n= A\n#"Støtte 🦠 漢 x"\n'
    book = PdfReader(io.BytesIO(make_pdf({"main.typ": source.encode()})))
    assert "Støtte \ufffd \ufffd x" in book.pages[0].extract_text()
