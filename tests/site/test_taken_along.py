"""The book in one PDF and in one archive: whole, linked, legible, and the same bytes each time."""

import io
import re
import zipfile
from pathlib import Path

import pytest
import yaml
from pypdf import PdfReader

from surveybook.build.offline import ARCHIVE, PDF, README, book_pages, write_archive
from surveybook.disseminate.typeset import make_pdf, typeset_book

ROOT = Path(__file__).resolve().parents[2]
MILLIMETRE = 72 / 25.4
MARGIN, WIDTH = 24 * MILLIMETRE, 210 * MILLIMETRE  # a little less than the margin, and the width of A4
HEAD, FOOT = 285 * MILLIMETRE, 10 * MILLIMETRE


@pytest.fixture(scope="module")
def pdf(site):
    return PdfReader(site / PDF)


@pytest.fixture(scope="module")
def pages():
    """The pages of the table of contents that the site was made with, in its order."""
    return book_pages(ROOT / "_build" / "default" / "stage" / "_toc.yml")


@pytest.fixture(scope="module")
def text(pdf):
    """All text of the PDF without white space, since lines end elsewhere than on the page."""
    return squeezed("".join(page.extract_text() for page in pdf.pages))


def squeezed(text):
    return re.sub(r"[\s\u200b]", "", text)


def titles(outline):
    return [title for entry in outline for title in (titles(entry) if isinstance(entry, list) else [entry.title])]


def test_the_book_has_each_page_of_the_contents_once(pages, page_name):
    assert [page.path for page in pages].count(page_name) == 1


def test_every_page_of_the_contents_is_in_the_outline_of_the_pdf(pdf, pages, read_page):
    headings = [" ".join(read_page(page.path).h1.find(string=True, recursive=False).split()) for page in pages]
    outline = titles(pdf.outline)
    assert [heading for heading in headings if heading not in outline] == []
    assert [outline.index(heading) for heading in headings] == sorted(outline.index(heading) for heading in headings)


def test_every_figure_is_in_the_pdf_with_its_title_and_what_it_rests_on(read_page, page_name, text):
    for figure in read_page(page_name).select("figure.sb-figure"):
        for element in figure.select(".sb-title, .sb-rests"):
            assert squeezed(element.get_text()) in text, figure["id"]


def test_every_paragraph_of_the_pages_is_in_the_pdf(read_page, page_name, text):
    """Of a paragraph with numbers or links, the first words: a mark of its note stands in the rest."""
    found = 0
    for paragraph in read_page(page_name).select("article section > p"):
        # What a reader does on a screen is not told on paper.
        told = [one for one in paragraph.find_all(string=True) if not one.find_parent(class_="sb-screen")]
        start = squeezed(next((one for one in told if one.strip()), ""))[:40]
        assert start in text, paragraph
        found += bool(start)
    assert found


def test_what_is_made_up_is_marked_in_the_pdf(read_page, open_names, text):
    marks = text.count("Notknown")
    assert marks >= len(open_names) > 0
    assert text.count("Madeup,notobserved:") >= len(open_names)


def test_the_title_page_says_that_the_edition_is_independent(pdf, read_page):
    notice = read_page("index.html").select_one(".admonition.important").select("p")[-1].get_text()
    first = squeezed(pdf.pages[0].extract_text())
    # a footnote's mark follows the link, after which the text goes on
    before, after = squeezed(notice).split(",Politica")
    assert before in first
    assert after[:80] in first
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert pdf.metadata.author == config["author"]
    assert pdf.metadata.title and config["title"].startswith(pdf.metadata.title)
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True


def test_every_font_is_in_the_pdf(pdf):
    objects = [pdf.get_object(number) for number in range(1, pdf.trailer["/Size"])]
    fonts = [one for one in objects if isinstance(one, dict) and one.get("/Type") == "/FontDescriptor"]
    assert fonts
    assert [font["/FontName"] for font in fonts if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(font)] == []


def test_no_text_begins_outside_of_the_page_s_margins(pdf):
    """Text in a picture's own frame, such as its watermark, has other coordinates and is left out."""
    outside, seen = [], 0
    for number, page in enumerate(pdf.pages, 1):
        page["/Resources"].pop("/XObject", None)

        def look(text, matrix, text_matrix, font, size, number=number):
            nonlocal seen
            if not text.strip():
                return
            seen += 1
            x, y = text_matrix[4:6]
            x, y = x * matrix[0] + y * matrix[2] + matrix[4], x * matrix[1] + y * matrix[3] + matrix[5]
            if not (MARGIN <= x <= WIDTH - MARGIN and FOOT <= y <= HEAD):
                outside.append((number, round(x), round(y), text))

        page.extract_text(visitor_text=look)
    assert seen > 1000
    assert outside == []


def test_no_page_is_empty(pdf):
    sparse = [number for number, page in enumerate(pdf.pages, 1) if len(squeezed(page.extract_text())) < 10]
    assert sparse == []


def test_links_to_other_hosts_keep_their_address(pdf, pages, read_page):
    links = [link.get_object() for page in pdf.pages for link in page.get("/Annots", [])]
    kept = {link["/A"]["/URI"] for link in links if "/A" in link and "/URI" in link["/A"]}
    wanted = {a["href"] for page in pages for a in read_page(page.path).select("article a[href^='https:']")}
    assert wanted and wanted - kept == set()


def test_the_pdf_names_no_folder_and_no_time(site):
    content = (site / PDF).read_bytes()
    assert str(Path.home()).encode() not in content and str(ROOT).encode() not in content
    assert b"/CreationDate" not in content and b"/ModDate" not in content


def test_the_same_pages_make_the_same_pdf(site, pages):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert make_pdf(typeset_book(site, pages, author=config["author"], language="en")) == (site / PDF).read_bytes()


def test_the_archive_holds_the_site_and_nothing_else(site):
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    with zipfile.ZipFile(site / ARCHIVE) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert set(names) == {f"companion/{name}" for name in files - {ARCHIVE} | {"README.txt"}}
        assert len(names) == len(set(names))
        assert names[0] == "companion/README.txt"
        assert names[1:] == sorted(names[1:])
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_DEFLATED}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        different = [
            name for name in files - {ARCHIVE} if archive.read(f"companion/{name}") != (site / name).read_bytes()
        ]
        assert different == []
        assert archive.read("companion/README.txt").decode() == README
    assert "index.html" in README and "companion.pdf" in files


def test_the_same_site_makes_the_same_archive(site, tmp_path):
    for path in (path for path in site.rglob("*") if path.is_file() and path.name != ARCHIVE):
        copy = tmp_path / path.relative_to(site)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    write_archive(tmp_path)
    assert (tmp_path / ARCHIVE).read_bytes() == (site / ARCHIVE).read_bytes()


def test_the_archive_opens_from_its_folder(site, tmp_path):
    with zipfile.ZipFile(io.BytesIO((site / ARCHIVE).read_bytes())) as archive:
        archive.extractall(tmp_path)
    page = (tmp_path / "companion" / "index.html").read_text(encoding="utf-8")
    assert page == (site / "index.html").read_text(encoding="utf-8")
    styles = re.findall(r'href="([^"?]+\.css)', page)
    assert styles and all((tmp_path / "companion" / name).is_file() for name in styles)
