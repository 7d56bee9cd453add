"""Pages become a printed book: every text as itself, every link a place in the book, nothing left out."""

import io

import pytest
from pypdf import PdfReader

from surveybook.core.errors import SurveybookError
from surveybook.disseminate.typeset import Page, literal, make_pdf, typeset_book

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="440" height="{height}" viewBox="0 0 440 {height}">'
    '<text x="10" y="40" font-size="20" font-family="Liberation Sans, sans-serif">{text}</text></svg>'
)
NUMBER = '<a class="sb-number" data-status="pinned" href="two.html#c" data-card="card-{card}">{value}</a>'
CARD = (
    '<div class="sb-about" id="card-{card}" popover><p class="sb-about-value">{value}</p>'
    "<dl><dt>Value</dt><dd>{value}</dd><dt>Rests on</dt><dd>Fixed by print</dd>"
    "<dt>Base</dt><dd>Not published.</dd></dl>"
    '<p class="sb-about-links"><a href="two.html">The claim</a></p></div>'
)
FIGURE = (
    '<figure class="sb-figure" id="figure-one"><figcaption><p class="sb-title">A title</p>'
    '<p class="sb-rests">Fixed by print.</p></figcaption>'
    '<div class="sb-chart"><img src="one.svg" width="440" height="200" alt="What it shows"></div>'
    '<ul class="sb-keys"><li><svg class="sb-swatch sb-swatch-dot" viewBox="0 0 24 14" aria-hidden="true">'
    '<circle cx="12" cy="7" r="5"/></svg> those who answered</li></ul>'
    '<div class="sb-caption"><p>The wording.</p></div>'
    '<details class="sb-table"><summary>Show as table</summary><table><thead><tr><th>Who</th><th>Share</th></tr>'
    "</thead><tbody><tr><th>Leaders</th><td>71 percent</td></tr></tbody></table></details></figure>"
)


@pytest.fixture
def book(tmp_path):
    """Typeset pages, each a path and the markup below its heading, and read the PDF."""

    def make(pages, depths=None):
        for path, (title, body) in pages.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            heading = f'<section id="top"><h1>{title}<a class="headerlink" href="#top">#</a></h1>'
            text = f'<html><body><article class="bd-article">{heading}{body}</section></article></body></html>'
            file.write_text(text, encoding="utf-8")
        listed = [Page(path, *(depths or {}).get(path, ())) for path in pages]
        files = typeset_book(tmp_path, listed, author="Somebody", language="en")
        return PdfReader(io.BytesIO(make_pdf(files)))

    return make


def words(reader):
    """All text of a PDF, its line ends as spaces."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def addresses(reader):
    links = [link.get_object() for page in reader.pages for link in page.get("/Annots", [])]
    return [link["/A"]["/URI"] for link in links if "/A" in link and "/URI" in link["/A"]]


def targets(reader):
    """How many links lead to each page of a PDF, from 1."""
    found = {}
    numbers = {page.indirect_reference.idnum: at for at, page in enumerate(reader.pages, 1)}
    for page in reader.pages:
        for link in (link.get_object() for link in page.get("/Annots", [])):
            place = link.get("/Dest") or link.get("/A", {}).get("/D")
            if isinstance(place, str):
                place = reader.named_destinations[place].dest_array
            if place is not None:
                found[numbers[place[0].idnum]] = found.get(numbers[place[0].idnum], 0) + 1
    return found


@pytest.mark.parametrize(
    "text",
    [
        '#panic("no")',
        "$x^2$ *bold* _slanted_ `raw`",
        'a "quote" and a back\\slash\\',
        '"); panic("no',
        "[a] {b} <c> @d ~ -- --- ... // not a comment /* nor this */",
        "= no heading",
        "- no list",
        "\\u{41} \\n",
        "Ærø, 54 pct., “ja” – 1 ≤ 2",
    ],
)
def test_a_text_of_data_shows_as_itself(book, text):
    shown = text.replace("&", "&amp;").replace("<", "&lt;")
    reader = book({"index.html": (shown, f"<p>{shown}</p><ul><li><p><strong>{shown}</strong></p></li></ul>")})
    assert words(reader).count(text) >= 4  # the title page, the contents, the heading and twice below it


def test_markup_in_a_text_is_text_and_a_script_is_left_out(book):
    reader = book({"index.html": ("T", "<p>a &lt;script&gt;alert(1)&lt;/script&gt; b</p><script>alert(2)</script>")})
    assert "a <script>alert(1)</script> b" in words(reader)
    assert "alert(2)" not in words(reader)


def test_a_character_without_a_shape_is_marked():
    assert literal("a\x07b\u202ec") == '"a\ufffdb\ufffdc"'
    assert literal('say "#a" \\ and\nmore') == '"say \\"#a\\" \\\\ and\\nmore"'
    assert literal("54\u00a0percent") == '"54\u00a0percent"'


def test_white_space_is_as_in_a_browser(book):
    body = "<p>\n  one\n  <em>two</em>\n  <strong>three</strong>,\tfour </p>\n\n<p>five</p>"
    assert "one two three, four five" in words(book({"index.html": ("T", body)}))


def test_lists_in_lists_are_whole_and_in_order(book):
    inner = "<ol><li><p>first</p></li><li>second<ul><li>inner</li></ul></li></ol>"
    text = words(book({"index.html": ("T", f"<ul><li><p>outer</p>{inner}</li><li>last</li></ul>")}))
    places = [text.index(word) for word in ("outer", "first", "second", "inner", "last")]
    assert places == sorted(places)
    assert "1. first" in text and "2. second" in text


def test_a_long_table_goes_on_over_pages_with_its_header_and_every_row(book):
    rows = "".join(f"<tr><th>row {at}</th><td>cell {at}</td><td></td></tr>" for at in range(1, 121))
    body = f"<table><thead><tr><th>Name</th><th>What</th><th>Empty</th></tr></thead><tbody>{rows}</tbody></table>"
    reader = book({"index.html": ("T", body)})
    text = words(reader)
    assert [at for at in range(1, 121) if f"row {at} cell {at} " not in f"{text} "] == []
    assert sum("Name" in page.extract_text() for page in reader.pages) >= 3


@pytest.mark.parametrize(("columns", "entries"), [(7, False), (8, True)])
def test_a_table_of_many_columns_is_printed_as_entries(book, columns, entries):
    head = "".join(f"<th>head {at}</th>" for at in range(columns))
    rows = "".join("<tr>" + "".join(f"<td>r{row}c{at}</td>" for at in range(columns)) + "</tr>" for row in (1, 2))
    text = words(book({"index.html": ("T", f"<table><thead><tr>{head}</tr></thead>{rows}</table>")}))
    assert [f"r{row}c{at}" in text for row in (1, 2) for at in range(columns)] == [True] * 2 * columns
    assert text.count("head 3") == (2 if entries else 1)


def test_links_lead_to_places_in_the_book_or_keep_their_address(book):
    body = (
        '<p><a href="chapters/two.html">whole page</a> <a href="chapters/two.html#part">part</a> '
        '<a href="chapters/two.html#nowhere">nowhere</a> <a href="companion.zip">a file</a> '
        '<a href="https://example.org/a?b=1&amp;c=2">outside</a></p>'
    )
    two = '<section id="part"><h2>Part</h2><p>Back to <a href="../index.html#top">one</a>.</p></section>'
    reader = book({"index.html": ("One", body), "chapters/two.html": ("Two", two)})
    pages = {page.extract_text().split("\n")[0]: at for at, page in enumerate(reader.pages, 1)}
    # the contents lead to each heading too, one of the first page and two of the second; a footnote and its mark
    # lead to each other; and a place that is not there is no link
    assert targets(reader) == {pages["One"]: 2 + 2, pages["Two"]: 2 + 2}
    assert set(addresses(reader)) == {"https://example.org/a?b=1&c=2"}
    assert "example.org/a?b=1&c=2" in words(reader)  # on paper too
    assert "nowhere a file" in words(reader)


def test_a_link_to_what_is_not_printed_leads_to_its_page(book):
    one = '<p><a href="two.html#place">on the map</a></p>'
    two = '<svg class="sb-map" viewbox="0 0 9 9" width="9" height="9" aria-label="Map"><g id="place"></g></svg>'
    two += '<details class="sb-table"><p id="row">row</p></details><p><a href="#row">a row</a></p>'
    reader = book({"index.html": ("One", one), "two.html": ("Two", two)})
    assert "on the map" in words(reader) and "a row" in words(reader)


def test_a_number_has_a_note_and_the_same_number_the_same_one(book):
    one, other = (NUMBER.format(value=value, card=card) for value, card in (("71 percent", 1), ("160", 2)))
    cards = CARD.format(value="71 percent", card=1) + CARD.format(value="160", card=2)
    reader = book({"index.html": ("T", f'<p>{one} and {other}, again {one}.</p><div class="sb-cards">{cards}</div>')})
    text = words(reader)
    assert "71 percent[1] and 160[2], again 71 percent[1]." in text
    notes = text.split("Notes to the numbers")[1]
    assert "1 71 percent. Rests on: Fixed by print. Base: Not published. 2 160. Rests on:" in notes
    assert text.count("Fixed by print") == 2  # the value, which heads the note, is not told again
    assert "3 " not in notes and "The claim" not in notes


def test_a_chart_is_a_picture_with_its_words_and_its_table(book, tmp_path):
    (tmp_path / "one.svg").write_text(SVG.format(height=200, text="drawn with title"), encoding="utf-8")
    assert "drawn with title" in words(book({"index.html": ("T", FIGURE)}))
    (tmp_path / "one.plain.svg").write_text(SVG.format(height=200, text="drawn plain"), encoding="utf-8")
    reader = book({"index.html": ("T", FIGURE)})
    text = words(reader)
    assert "drawn plain" in text and "drawn with title" not in text
    for part in ("A title Fixed by print.", "those who answered", "The wording.", "Who Share Leaders 71 percent"):
        assert part in text
    kinds = [reader.get_object(at) for at in range(1, reader.trailer["/Size"])]
    assert "What it shows" in [kind.get("/Alt") for kind in kinds if isinstance(kind, dict)]


def test_what_is_made_up_says_so_and_has_no_table(book, tmp_path):
    (tmp_path / "one.svg").write_text(SVG.format(height=200, text="MADE UP"), encoding="utf-8")
    mark = '<span class="sb-open-mark">Not known here; what real answers would show:</span>'
    body = f'<details class="sb-open"><summary>{mark} A question?</summary>{FIGURE}</details>'
    text = words(book({"index.html": ("T", body)}))
    assert "Not known here; what real answers would show A title" in text
    assert "Leaders" not in text
    assert "What is framed with dashes is made up" in text


def test_a_book_without_anything_made_up_does_not_speak_of_it(book):
    assert "made up" not in words(book({"index.html": ("T", f"<p>It begins.</p>{FIGURE}")}))


def test_the_landing_page_makes_the_title_page(book):
    notice = '<div class="important admonition"><p class="admonition-title">Independent</p><p>Not approved.</p></div>'
    reader = book({"index.html": ("A book", f"<p><em>A subtitle</em></p>{notice}<p>It begins.</p>")})
    first = " ".join(reader.pages[0].extract_text().split())
    assert first == "A book A subtitle Somebody Independent Not approved."
    assert words(reader).count("Not approved.") == 1
    assert (reader.metadata.title, reader.metadata.author) == ("A book", "Somebody")
    assert (reader.trailer["/Root"]["/Lang"], reader.trailer["/Root"]["/MarkInfo"]["/Marked"]) == ("en", True)


def test_the_outline_has_parts_pages_and_sections(book):
    pages = {"index.html": ("One", ""), "two.html": ("Two", "<section id='s'><h2>S</h2></section>")}
    pages |= {"three.html": ("Three", ""), "four.html": ("Four", "")}
    depths = {"three.html": (2,), "four.html": (1, "Appendix")}

    def titles(entries):
        return [titles(entry) if isinstance(entry, list) else entry.title for entry in entries]

    found = titles(book(pages, depths).outline)
    assert found == ["One", "Two", ["S", "Three"], "Appendix", ["Four"]]


def test_the_same_pages_make_the_same_bytes(book, tmp_path):
    book({"index.html": ("T", "<p>a</p>")})
    made = [make_pdf(typeset_book(tmp_path, [Page("index.html")], author="A", language="en")) for _ in range(2)]
    assert made[0] == made[1]


def test_what_cannot_be_typeset_is_an_error_of_ours():
    with pytest.raises(SurveybookError, match="could not be typeset"):
        make_pdf({"main.typ": b"#nowhere()"})


def test_a_page_without_an_article_is_refused(tmp_path):
    (tmp_path / "index.html").write_text("<p>nothing</p>", encoding="utf-8")
    with pytest.raises(SurveybookError, match="a page has no article"):
        typeset_book(tmp_path, [Page("index.html")], author="A", language="en")
