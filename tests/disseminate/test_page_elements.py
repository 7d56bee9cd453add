"""What comes from data is text on the page, never markup; a figure without a chart is whole on every screen."""

from __future__ import annotations

import csv
import json
import re

import pytest
from page import ids_of, links_of, read_page, table_rows

from surveybook.core.errors import SurveybookError
from surveybook.disseminate.charts import Key
from surveybook.disseminate.figure import INDEPENDENT, PANEL_MIME, USERMETA, about_of, csv_text, make_panel
from surveybook.disseminate.figure_markup import chart_html, open_script, panel_html, script_json
from surveybook.disseminate.page_chart import PageChart

HOSTILE = '</script><script>alert(1)</script> & "quoted" <b>bold</b> {role}`x`'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="440" height="219.6" viewBox="0 0 440 220"></svg>'
NARROW = (("Of whom", "Share"), ("Those who answered", "54 percent"), ("Everyone", "29 to 79 percent"))
WIDE = (
    ("Claim", "Where it is stated", "Evidence here"),
    ("Most saw new services", "page 3", "in its chapter"),
    ("Few did not", "page 4", "in its chapter"),
)


def panel(table=WIDE, **more):
    fields = {"rests": "Told.", "caption": "From the article", "table": table} | more
    return make_panel("made-up", "Who says what?", **fields)


def about(figure) -> dict:
    return figure._repr_mimebundle_()[PANEL_MIME]["usermeta"][USERMETA]


def html_of(figure, to_root: str = "../") -> str:
    return panel_html(about(figure), figure.markup, to_root)


# Charts


def test_hostile_labels_show_as_themselves():
    about = dict.fromkeys(("title", "alt", "caption", "rests", "base"), HOSTILE)
    page = PageChart({"t": HOSTILE}, (((HOSTILE, HOSTILE),),), ())
    html = chart_html({**about, "id": "f", "table": [[HOSTILE, "b"], [HOSTILE, HOSTILE]]}, page, SVG, "../", HOSTILE)
    assert html.count("<script") == 1 and html.count("</script>") == 1
    assert "<b>" not in html
    spec = re.search(r'class="sb-spec">(.*?)</script>', html, re.DOTALL).group(1)
    assert json.loads(spec) == {"spec": {"t": HOSTILE}, "marks": [[[HOSTILE, HOSTILE]]]}


def test_the_picture_has_its_size_so_that_nothing_jumps():
    about = dict.fromkeys(("title", "alt", "caption", "rests", "base"), "x")
    html = chart_html({**about, "id": "f", "table": [["a"], ["b"]]}, PageChart({}, (), ()), SVG, "")
    assert 'src="_static/figures/f.plain.svg" width="440" height="220"' in html
    assert 'style="min-height:220px"' in html


def test_figures_that_readers_choose_among_say_so_folded_or_not():
    about = dict.fromkeys(("title", "alt", "caption", "rests", "base"), "x")
    about |= {"id": "f", "table": [["a"], ["b"]], "view": ["group", "field", HOSTILE]}
    page = PageChart({}, (), ())
    for opened, tag in ((True, "details"), (False, "figure")):
        html = chart_html({**about, "open": opened, "draws": []}, page, SVG, "")
        (element,) = re.findall(r"<[^>]*data-of=[^>]*>", html)
        assert element.startswith(f"<{tag} ")
        assert 'data-of="group"' in element and 'data-view="field"' in element
        assert "<b>" not in html


def test_an_open_figure_is_folded_and_all_that_is_said_of_it_is_text():
    said = dict.fromkeys(("title", "alt", "caption", "rests", "base"), HOSTILE)
    table = [[HOSTILE, HOSTILE, "b"], [HOSTILE, "2", HOSTILE]]
    said |= {"id": "f", "table": table, "open": True, "draws": [HOSTILE], "view": [HOSTILE] * 3}
    said["links"] = [[1, 2, f"a.html#{HOSTILE}"]]
    chart = PageChart(
        {"t": HOSTILE}, (((HOSTILE, HOSTILE),),), (Key("sb-dot", HOSTILE), Key("sb-half", HOSTILE, (2, 4)))
    )
    page = read_page(chart_html(said, chart, SVG, "../", HOSTILE))
    (folded,) = page.inside
    assert folded.attributes == {
        "class": "sb-open",
        "data-figure": "f",
        "data-script": "../_static/figures/f.js",
        **{f"data-{key}": HOSTILE for key in ("of", "view", "label")},
    }
    (summary,) = [one for one in folded.inside if one.name == "summary"]
    assert summary.text == f"Not known: {HOSTILE} (made-up examples)"
    assert page.find("script") == page.find("b") == []  # its chart is in a file
    assert page.find("p", class_="sb-title")[0].text == HOSTILE
    assert [line.text.strip() for line in page.find("li")] == [HOSTILE] * 2
    assert [[cell.text for cell in row.inside] for row in page.find("tr")] == table
    assert f"../a.html#{HOSTILE}" in links_of(page)
    (image,) = page.find("img")
    assert (image.attributes["alt"], image.attributes["loading"]) == (HOSTILE, "lazy")
    assert page.find("p", class_="sb-cite")[0].text == f"To cite this figure: {HOSTILE}"


@pytest.mark.parametrize("text", [HOSTILE, "<!--", "]]>", "</SCRIPT >", "\u2028", "\\u003c", '"'])
def test_data_in_a_script_cannot_end_it_and_come_back_as_they_were(text):
    about = {"id": "f", "draws": [text]}
    written = script_json({"a": text, text: [text]})
    assert not set("<>&") & set(written) and json.loads(written) == {"a": text, text: [text]}
    script = open_script(about, PageChart({"t": text}, (((text, text),),), ()))
    begin, _, content = script.partition(" = ")
    assert begin == '(window.surveybookOpen ??= {})["f"]' and not set("<>&") & set(script)
    assert json.loads(content.removesuffix(";\n")) == {
        "spec": {"t": text},
        "marks": [[[text, text]]],
        "draws": [text],
    }


# Figures without a chart


@pytest.mark.parametrize("table", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("markup", ["", '<div class="sb-boxes"><p id="made-up-box">Box</p></div>'])
def test_a_panel_is_well_formed_named_and_has_its_table_once(table, markup):
    page = read_page(html_of(panel(table, markup=markup)))
    (figure,) = page.find("figure")
    assert figure.attributes["id"] == "figure-made-up"
    (heading,) = page.find("p", id=figure.attributes["aria-labelledby"])
    assert heading.text == "Who says what?"
    assert len(ids_of(page)) == len(set(ids_of(page)))
    assert table_rows(page) == [list(row) for row in table]
    # beside its page elements the table is folded; alone it is the figure
    folded = [one for one in page.find("details") if one.attributes["class"] == "sb-table"]
    assert len(folded) == bool(markup)
    assert bool(folded and folded[0].find("table")) == bool(markup)
    assert [p.text for p in page.find("figcaption")[0].find("p")] == ["Who says what?", "Told."]
    (caption,) = page.find("div", id="caption-made-up")
    assert caption.text == "From the article."


def test_what_data_says_is_text_in_every_part_of_a_panel():
    figure = make_panel(
        "made-up",
        HOSTILE,
        table=((HOSTILE, f"2 {HOSTILE}", f"3 {HOSTILE}"), (HOSTILE, HOSTILE, HOSTILE)),
        rests=HOSTILE,
        caption=HOSTILE,
        base=HOSTILE,
        links={(1, 2): 'https://example.org/?a=1&b="2"<b>'},
    )
    html = html_of(figure)
    page = read_page(html)
    assert page.find("script") == page.find("b") == []
    assert "<b>" not in html and "&amp;" in html
    assert table_rows(page)[1] == [HOSTILE] * 3
    assert [cell.attributes["data-label"] for cell in page.find("td")] == [f"2 {HOSTILE}", f"3 {HOSTILE}"]
    assert page.find("p", class_="sb-title")[0].text == HOSTILE
    assert links_of(page)[0] == 'https://example.org/?a=1&b="2"<b>'


@pytest.mark.parametrize(("table", "stacked"), [(NARROW, False), (WIDE, True)], ids=["two columns", "three columns"])
def test_a_table_whose_rows_are_stacked_says_its_roles(table, stacked):
    page = read_page(html_of(panel(table)))
    (found,) = page.find("table")
    assert (found.attributes.get("class") == "sb-stacked") == stacked
    header, *rows = table
    roles = {
        "table": [found],
        "row": page.find("tr"),
        "columnheader": page.find("th", scope="col"),
        "rowheader": page.find("th", scope="row"),
        "cell": page.find("td"),
    }
    counts = {"table": 1, "row": len(table), "columnheader": len(header), "rowheader": len(rows)}
    assert {name: len(found) for name, found in roles.items()} == counts | {"cell": len(rows) * (len(header) - 1)}
    for role, elements in roles.items():
        assert {element.attributes.get("role") for element in elements} == {role if stacked else None}
    labels = [cell.attributes.get("data-label") for cell in page.find("td")]
    assert labels == [*header[1:]] * len(rows) if stacked else labels == [None] * len(rows)


def test_a_table_can_be_scrolled_by_the_keyboard_and_has_a_name():
    page = read_page(html_of(panel()))
    (region,) = page.find("div", role="region")
    assert (region.attributes["tabindex"], region.attributes["aria-label"]) == ("0", "Table: Who says what?")
    assert page.find("caption")[0].text == "Who says what?"


@pytest.mark.parametrize("to_root", ["", "../", "../../"])
def test_links_lead_from_the_root_of_the_site_or_to_another(to_root):
    links = {
        (1, 1): "https://tidsskrift.dk/politica/article/view/133919",
        (1, 2): "chapters/effects.html",
        (2, 0): "#made-up-box",
        (2, 2): "chapters/appendix/codebook.html#item-vive-extent",
    }
    page = read_page(html_of(panel(links=links), to_root))
    (table,) = page.find("table")
    assert links_of(table) == [
        "https://tidsskrift.dk/politica/article/view/133919",
        f"{to_root}chapters/effects.html",
        "#made-up-box",
        f"{to_root}chapters/appendix/codebook.html#item-vive-extent",
    ]
    (row,) = [row for row in table.find("tr") if row.text.startswith("Few")]
    assert [cell.find("a") != [] for cell in row.inside] == [True, False, True]
    assert [link.text for link in table.find("a")] == ["page 3", "in its chapter", "Few did not", "in its chapter"]


def test_the_header_of_a_table_is_not_linked():
    page = read_page(html_of(panel(links={(1, 0): "#a"})))
    assert [th.find("a") for th in page.find("th", scope="col")] == [[], [], []]


@pytest.mark.parametrize("to_root", ["", "../../"])
def test_a_panel_offers_its_data_and_no_picture(to_root):
    page = read_page(html_of(panel(), to_root))
    (files,) = page.find("p", class_="sb-files")
    assert [(a.attributes["href"], a.text) for a in files.find("a")] == [
        (f"{to_root}_static/figures/made-up.csv", "Data (CSV)")
    ]
    assert page.find("img") == []


def test_the_data_of_a_panel_has_its_header_lines_and_its_rows():
    table = (("a", "b, c", "d"), ('"x"', "y\nz", "æøå — “5”"))
    lines = csv_text(about(panel(table, base="of everyone"))).splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    assert head == [
        "# Who says what?\n",
        "# Told.\n",
        "# Of everyone.\n",
        "# From the article.\n",
        f"# {INDEPENDENT}.\n",
    ]
    assert list(csv.reader(lines[len(head) :])) == [list(row) for row in table]


def test_a_panel_without_a_base_has_no_empty_line_in_its_data():
    assert "# .\n" not in csv_text(about(panel()))
    assert csv_text(about(panel())).count("\n# ") == 3


def test_the_notebook_the_terminal_and_the_page_say_the_same():
    figure = panel(markup="<p>Box</p>", seen="Two boxes.")
    bundle = figure._repr_mimebundle_()
    assert bundle.keys() == {PANEL_MIME, "text/plain"}
    assert about_of(bundle) == about(figure)
    assert bundle[PANEL_MIME]["markup"] == "<p>Box</p>"
    assert json.loads(json.dumps(bundle)) == bundle
    for text in ("Who says what?", "Told.", "From the article.", "Two boxes.", *WIDE[1]):
        assert text in bundle["text/plain"]


def test_an_output_of_something_else_is_no_figure():
    assert about_of({"text/plain": "5"}) is None
    assert about_of({PANEL_MIME: "text"}) is None
    assert about_of({PANEL_MIME: {"markup": ""}}) is None


@pytest.mark.parametrize(
    "figure_id", ["", "Made-up", "made up", "made_up", "-made", "made-", 'a"b', "<b>", "a.b", "å"]
)
def test_a_name_that_is_no_address_is_refused(figure_id):
    with pytest.raises(SurveybookError, match="not fit for an address") as caught:
        make_panel(figure_id, "x", table=NARROW, rests="x", caption="x")
    assert caught.value.got == figure_id
