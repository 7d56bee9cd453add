"""The pages of the built site as they lie on disk: links, figures, numbers, and what must not be there."""

from __future__ import annotations

import csv
import json
import re
from itertools import pairwise, takewhile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest

ARTICLE = "https://tidsskrift.dk/politica/article/view/133919"
AUTUMN, SPRING = "November 2020", "April to July 2020"
FIXED, PUBLISHED = "Fixed by print", "Published"
VERBAL = {"nearly nine of ten": (87, 90), "half": (48, 52)}
SPECIFICATION_BYTES = 6 * 1024


class Shown(NamedTuple):
    """What a figure must show: a word of each row's label, and the row's share as printed."""

    page: str
    status: str
    field_period: str
    base: str
    rows: tuple[tuple[str, str], ...]
    in_title: tuple[str, ...]


ASSUMED = "Base not published; assumed 160 to 296"
FIGURES = {
    "respondents": Shown(
        "chapters/method.html",
        FIXED,
        AUTUMN,
        "Base 556",
        (("invited", "556"), ("answered", "296"), ("own words", "160")),
        ("53 percent",),
    ),
    "computed-and-printed": Shown(
        "chapters/method.html",
        FIXED,
        AUTUMN,
        ASSUMED,
        (
            ("digital", "nearly nine of ten"),
            ("permanent", "85 percent"),
            ("other municipalities", "78 percent"),
            ("Smaller", "73 percent"),
            ("profitable", "65 percent"),
            ("New", "54 percent"),
        ),
        (),
    ),
    "extent": Shown(
        "chapters/welfare-innovations.html",
        FIXED,
        AUTUMN,
        ASSUMED,
        (("high", "54 percent"), ("middle", "31–33 percent"), ("low", "14 percent")),
        ("54 percent",),
    ),
    "extent-three-ways": Shown(
        "chapters/welfare-innovations.html",
        FIXED,
        AUTUMN,
        ASSUMED,
        # The last two by hand: 54 percent of 160 is 86 or 87 people, and 260 were silent.
        (
            ("Those who answered", "54 percent"),
            ("are like", "48 to 60 percent"),
            ("differ", "47 to 61 percent"),
            ("whatever", "20 to 83 percent"),
        ),
        ("54 percent",),
    ),
    "character": Shown(
        "chapters/welfare-innovations.html",
        FIXED,
        AUTUMN,
        ASSUMED,
        (("digital", "nearly nine of ten"), ("Smaller", "73 percent")),
        ("73 percent", "nearly nine of ten"),
    ),
    "prospects": Shown(
        "chapters/welfare-innovations.html",
        FIXED,
        AUTUMN,
        ASSUMED,
        (("permanent", "85 percent"), ("other municipalities", "78 percent"), ("profitable", "65 percent")),
        ("85 percent", "78 percent", "65 percent"),
    ),
    "effects": Shown(
        "chapters/effects.html",
        FIXED,
        AUTUMN,
        ASSUMED,
        (("motivation", "71 percent"), ("wellbeing", "67 percent"), ("help", "half")),
        ("71 percent", "67 percent", "half"),
    ),
    "drivers-conditions": Shown(
        "chapters/drivers.html",
        FIXED,
        AUTUMN,
        ASSUMED,
        (("ready to change", "95 percent"), ("risks", "74 percent"), ("flexible", "44 percent")),
        ("95 percent", "74 percent", "44 percent"),
    ),
    "drivers-collaboration": Shown(
        "chapters/drivers.html",
        FIXED,
        AUTUMN,
        ASSUMED,
        (("with citizens", "61 percent"), ("inside", "46 percent")),
        ("61 percent", "46 percent"),
    ),
    "drivers-room": Shown(
        "chapters/drivers.html", FIXED, AUTUMN, ASSUMED, (("room", "52 percent"),), ("52 percent",)
    ),
    "chief-executives-collaboration": Shown(
        "chapters/organisational-innovations.html",
        PUBLISHED,
        SPRING,
        "Base not published",
        (("keep", "73 percent"),),
        ("73 percent",),
    ),
    "institution-leaders-collaboration": Shown(
        "chapters/organisational-innovations.html",
        PUBLISHED,
        SPRING,
        "Base not published",
        (("necessary", "77 percent"),),
        ("77 percent",),
    ),
    "permanent-three-ways": Shown(
        "chapters/discussion.html",
        FIXED,
        AUTUMN,
        ASSUMED,
        # By hand: 85 percent of 160 is 136 people, and 260 were silent.
        (
            ("Those who answered", "85 percent"),
            ("are like", "80 to 89 percent"),
            ("differ", "78 to 92 percent"),
            ("whatever", "32 to 95 percent"),
        ),
        ("85 percent",),
    ),
}
# A count of people on a list answers no question, so it has no wording.
WITHOUT_QUESTION = ("respondents",)

# A printed number, and a word that its sentence must say of it.
HEADLINES = [
    ("index.html", "296", "of"),
    ("index.html", "556", "leaders answered"),
    ("index.html", "54 percent", "new and innovative ways"),
    ("index.html", "73 percent", "smaller, ongoing improvements"),
    ("index.html", "nearly nine of ten", "digital"),
    ("index.html", "85 percent", "permanent operation"),
    ("index.html", "71 percent", "motivation"),
    ("index.html", "67 percent", "wellbeing"),
    ("index.html", "95 percent", "ready to change"),
    ("index.html", "73 percent", "more collaboration"),
    ("chapters/method.html", "556", "leaders invited"),
    ("chapters/method.html", "296", "answered"),
    ("chapters/method.html", "53 percent", "They came from"),
    ("chapters/method.html", "93", "municipalities"),
    ("chapters/method.html", "160", "answers"),
    ("chapters/method.html", "14 percent", "little or none"),
    ("chapters/welfare-innovations.html", "54 percent", "new and innovative ways"),
    ("chapters/welfare-innovations.html", "14 percent", "low extent or not at all"),
    ("chapters/welfare-innovations.html", "73 percent", "smaller, ongoing improvements"),
    ("chapters/welfare-innovations.html", "nearly nine of ten", "digital"),
    ("chapters/welfare-innovations.html", "85 percent", "permanent operation"),
    ("chapters/welfare-innovations.html", "78 percent", "other municipalities"),
    ("chapters/welfare-innovations.html", "65 percent", "profitable"),
    ("chapters/effects.html", "71 percent", "motivation"),
    ("chapters/effects.html", "67 percent", "wellbeing"),
    ("chapters/effects.html", "half", "faster help"),
    ("chapters/drivers.html", "95 percent", "ready to change"),
    ("chapters/drivers.html", "74 percent", "risks"),
    ("chapters/drivers.html", "44 percent", "flexible laws"),
    ("chapters/drivers.html", "61 percent", "with citizens"),
    ("chapters/drivers.html", "46 percent", "decisive"),
    ("chapters/drivers.html", "52 percent", "room for manoeuvre"),
    ("chapters/organisational-innovations.html", "73 percent", "chief executives"),
    ("chapters/organisational-innovations.html", "77 percent", "institution leaders"),
    ("chapters/discussion.html", "85 percent", "permanent operation"),
    ("chapters/discussion.html", "78 percent", "elsewhere"),
    ("chapters/conclusion.html", "54 percent", "new ways"),
    ("chapters/conclusion.html", "nearly nine of ten", "digital"),
    ("chapters/conclusion.html", "74 percent", "risks"),
    ("chapters/conclusion.html", "61 percent", "with citizens"),
]
# What follows from print: the three ways of speaking of everyone, their level and their points.
DERIVED = {
    ("chapters/method.html", "95 percent"),
    ("chapters/method.html", "ten percentage points"),
    ("chapters/welfare-innovations.html", "48 to 60 percent"),
    ("chapters/welfare-innovations.html", "ten percentage points"),
    ("chapters/welfare-innovations.html", "47 to 61 percent"),
    ("chapters/welfare-innovations.html", "20 to 83 percent"),
}

FIELDS = {
    *("row", "label", "lines", "text", "share", "range", "base", "question", "rests"),
    *("value", "low", "high", "differ_low", "differ_high", "bound_low", "bound_high"),
    *("start", "end", "printed", "anchor", "zero", "most"),
    *("key", "order", "middle", "inside", "colour", "ink"),
}
ANSWER_MARKS = re.compile(r"\b[LK]\d{3}\b|\[simuleret\]", re.IGNORECASE)
LEFTOVERS = re.compile(r"\b(?:nan|NaN|None|undefined)\b|\bnp\.|\{glue")
FIELD_LEFT_OPEN = re.compile(r"\{[a-z_.]+\}")
ELSEWHERE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
ELSEWHERE_INLINE = re.compile(r"https?://|[\"'`(]//\w", re.IGNORECASE)
CSS_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", re.IGNORECASE)
ADDRESSES = ("href", "src", "srcset", "action", "data", "poster")


def figures_of(page):
    return page.select("figure.sb-figure")


def name_of(figure):
    return figure["id"].removeprefix("figure-")


def words_of(element):
    return " ".join(element.get_text(" ").split())


def spec_of(figure):
    def refuse(constant):
        raise AssertionError(f"{constant} is not a number of a chart")

    return json.loads(figure.select_one("script.sb-spec").string, parse_constant=refuse)


def data_of(figure):
    return spec_of(figure)["data"]["values"]


def table_of(figure):
    rows = figure.select("details.sb-table table tr")
    return [[words_of(cell) for cell in row.select("th, td")] for row in rows]


def file_of(site, figure, ending):
    return site / "_static" / "figures" / f"{name_of(figure)}.{ending}"


def svg_words(file: Path) -> str:
    texts = ElementTree.parse(file).iter("{http://www.w3.org/2000/svg}text")
    return " ".join(" ".join("".join(text.itertext()) for text in texts).split())


def is_page(file: Path) -> bool:
    """The theme leaves templates among its assets, which are no pages."""
    return "_static" not in file.parts


@pytest.fixture(scope="module")
def all_pages(site):
    """Every page of the site, those that the generator adds too."""
    return [name.as_posix() for file in sorted(site.rglob("*.html")) if is_page(name := file.relative_to(site))]


@pytest.fixture(scope="module")
def figures(read_page):
    """Every figure of the site, by its name."""
    pages = sorted({shown.page for shown in FIGURES.values()})
    return {name_of(figure): figure for page in pages for figure in figures_of(read_page(page))}


@pytest.fixture(params=FIGURES)
def shown(request):
    """What each figure must show."""
    return FIGURES[request.param]


@pytest.fixture
def figure(figures, shown):
    """Each figure's page element."""
    name = next(name for name, expected in FIGURES.items() if expected is shown)
    assert name in figures, f"the figure {name} is on no page"
    return figures[name]


# Pages


def test_every_file_of_the_contents_has_its_page(site, page_name):
    assert (site / page_name).is_file()


def test_the_landing_page_leads_to_every_chapter(read_page, page_name):
    links = {link["href"] for link in read_page("index.html").select("nav a[href]")}
    assert page_name in links or page_name == "index.html"


def test_a_page_has_language_title_and_one_heading_of_the_first_rank(page):
    assert page.html["lang"] == "en"
    # The theme repeats the heading in a part for print, which the screen never shows.
    headings = [heading for heading in page.select("h1") if not heading.find_parent(class_="onlyprint")]
    assert len(headings) == 1
    heading = "".join(headings[0].find_all(string=True, recursive=False)).strip()
    assert heading
    assert page.title.string.startswith(heading)


def test_headings_do_not_skip_a_rank(page):
    ranks = [int(heading.name[1]) for heading in page.select("article.bd-article :is(h1, h2, h3, h4, h5, h6)")]
    assert ranks[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(ranks))


def test_a_page_says_that_this_is_an_independent_edition(page):
    footer = page.select_one(".extra_footer")
    assert "An independent edition, made from public texts" in words_of(footer)
    assert "have not taken part, given data or approved it" in words_of(footer)
    assert ARTICLE in [link["href"] for link in footer.select("a")]


def test_a_page_uses_an_id_once(page):
    ids = [element["id"] for element in page.select("[id]")]
    assert sorted(ids) == sorted(set(ids))


# Links and hosts


def broken(site, name, address, read_page):
    """Why an address of a page leads nowhere; None if it leads somewhere."""
    parts = urlsplit(address)
    if parts.scheme in ("http", "https", "mailto", "data"):
        return None
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        return f"{address} holds only on one host"
    target = (site / name).parent / unquote(parts.path) if parts.path else site / name
    target = target.resolve()
    if not target.is_file() or not target.is_relative_to(site.resolve()):
        return f"{address} is no file of the site"
    if parts.fragment and target.suffix == ".html":
        page = read_page(target.relative_to(site.resolve()).as_posix())
        if not page.find(attrs={"id": unquote(parts.fragment)}):
            return f"{address} is no place on its page"
    return None


def test_no_link_is_broken(site, all_pages, read_page):
    faults = []
    for name in all_pages:
        for key in ADDRESSES:
            addresses = {element[key] for element in read_page(name).select(f"[{key}]")}
            faults += [(name, why) for address in addresses if (why := broken(site, name, address, read_page))]
    assert faults == []


def test_pages_take_nothing_from_another_host(all_pages, read_page):
    faults = []
    for name in all_pages:
        for element in read_page(name).find_all(True):
            for key, value in element.attrs.items():
                leaves = key != "xmlns" and isinstance(value, str) and ELSEWHERE.match(value)
                if leaves and (element.name, key) != ("a", "href"):
                    faults.append((name, element.name, key, value))
            inline = element.name == "style" or (element.name == "script" and not element.get("type"))
            if inline and ELSEWHERE_INLINE.search(element.string or ""):
                faults.append((name, element.name, element.string))
    assert faults == []


def test_stylesheets_take_nothing_from_another_host_and_miss_no_file(site):
    sheets = sorted(site.rglob("*.css"))
    assert sheets
    faults = []
    for sheet in sheets:
        for found in CSS_ADDRESS.findall(sheet.read_text(encoding="utf-8")):
            address = next(filter(None, found))
            if address.startswith(("data:", "#", "%23")):
                continue
            if ELSEWHERE.match(address) or not (sheet.parent / unquote(urlsplit(address).path)).is_file():
                faults.append((sheet.name, address))
    assert faults == []


def test_pictures_take_nothing_from_another_host(site, figure):
    for element in ElementTree.parse(file_of(site, figure, "svg")).iter():
        assert not element.tag.endswith(("}image", "}script", "}style", "}foreignObject"))
        assert not any(ELSEWHERE.match(value) or "url(" in value for value in element.attrib.values())


# Figures


def test_the_figures_are_those_expected_each_on_its_page(site, read_page, all_pages):
    found = [(name_of(figure), name) for name in all_pages for figure in figures_of(read_page(name))]
    assert sorted(found) == sorted((name, shown.page) for name, shown in FIGURES.items())


def test_no_file_of_a_figure_is_left_over(site):
    found = {file.name for file in (site / "_static" / "figures").iterdir()}
    assert found == {f"{name}.{ending}" for name in FIGURES for ending in ("svg", "csv")}


def test_a_figure_has_a_picture_with_a_text_alternative(site, figure, shown):
    picture = figure.select_one(".sb-chart > img")
    assert (site / shown.page).parent.joinpath(picture["src"]).resolve() == file_of(site, figure, "svg").resolve()
    assert int(picture["width"]) >= 300
    assert int(picture["height"]) >= 80
    for _, share in shown.rows:
        assert share.replace(" percent", "") in picture["alt"]


def test_a_figure_offers_its_picture_and_its_data(figure):
    links = [link["href"].rsplit("/", 1)[1] for link in figure.select("a[download]")]
    assert links == [f"{name_of(figure)}.svg", f"{name_of(figure)}.csv"]


def test_a_caption_says_what_the_figure_rests_on_its_base_wording_and_dates(figure, shown):
    caption = words_of(figure.figcaption)
    assert figure.figcaption["id"] == figure["aria-labelledby"]
    assert caption.startswith(f"{shown.status}: ")
    assert f"{shown.base}." in caption
    assert re.search(rf"Source: [^.]+, {shown.field_period}\.", caption)
    asked = re.search(r"Question: (?:“[^”]+”|the wording is not published)", caption)
    assert bool(asked) != (name_of(figure) in WITHOUT_QUESTION)
    if asked and "“" in asked[0]:
        assert re.search(r"our reconstructions?; the questionnaire is not public", caption)


def test_a_figure_of_simulated_rows_says_so(figure, shown):
    said = "The rows behind it are simulated, not real answers" in words_of(figure.figcaption)
    assert said == (shown.status == FIXED)


def test_a_table_shows_the_printed_shares_in_order(figure, shown):
    assert figure.details["class"] == ["sb-table"]
    assert words_of(figure.details.summary) == "Show as table"
    header, *rows = table_of(figure)
    assert [row[1] for row in rows] == [share for _, share in shown.rows]
    assert all(word.lower() in row[0].lower() for row, (word, _) in zip(rows, shown.rows, strict=True))
    assert all(len(row) == len(header) for row in rows)


def test_a_title_pastes_the_printed_numbers(figure, shown):
    title = words_of(figure.details.caption)
    drawn = " ".join(spec_of(figure)["title"]["text"])
    assert drawn == title
    assert [text for text in shown.in_title if text not in title] == []
    allowed = {number for text in shown.in_title for number in re.findall(r"\d+", text)}
    assert set(re.findall(r"\d+", title)) == allowed


def test_the_picture_carries_its_status_and_text_alternative(site, figure, shown):
    picture = file_of(site, figure, "svg")
    assert f"{shown.status}:" in svg_words(picture)
    description = ElementTree.parse(picture).find("{http://www.w3.org/2000/svg}desc")
    assert description.text == figure.img["alt"]


def test_the_data_file_carries_its_status_and_the_table(site, figure, shown):
    lines = file_of(site, figure, "csv").read_text(encoding="utf-8").splitlines()
    notes = [line for line in lines if line.startswith("# ")]
    assert any(line.startswith(f"# {shown.status}:") for line in notes)
    assert any(line.startswith(f"# {shown.base}.") for line in notes)
    assert [list(row) for row in csv.reader(lines[len(notes) :])] == table_of(figure)


def test_the_table_of_computed_and_printed_agrees_with_itself(figures):
    _, *rows = table_of(figures["computed-and-printed"])
    assert [row[2] for row in rows] == [row[1] for row in rows]


# Chart data


def test_a_specification_is_small(figure):
    size = len(figure.select_one("script.sb-spec").string.encode())
    assert size < SPECIFICATION_BYTES


def test_chart_data_has_one_row_for_each_row_of_the_table_and_stands_in_one_place(figure, shown):
    assert len(data_of(figure)) == len(shown.rows)
    # Nothing else can ride along in another layer.
    assert json.dumps(spec_of(figure)).count('"values": [{') == 1
    assert "datasets" not in spec_of(figure)


def test_chart_data_has_no_field_of_an_answer(figure):
    assert set().union(*data_of(figure)) <= FIELDS


def test_chart_data_is_in_whole_numbers(figure):
    for row in data_of(figure):
        numbers = {key: value for key, value in row.items() if isinstance(value, int | float)}
        # A value's words stand over the middle of what was printed, which may be a half.
        where = numbers.pop("anchor", None)
        assert where in (None, row.get("value"), (row.get("start", 0) + row.get("end", 0)) / 2)
        assert len(numbers) >= 3
        assert {key: value for key, value in numbers.items() if value != int(value)} == {}


def test_chart_data_carries_only_what_was_printed(figure, shown):
    for row, (_, share) in zip(data_of(figure), shown.rows, strict=True):
        # The figure that compares says both: what is computed, and what was printed.
        assert set(row["share"].replace("%", " percent").split("; printed: ")) == {share}
        value, printed = row.get("value"), row.get("printed")
        span = (row.get("start"), row.get("end"))
        if share in VERBAL:
            assert (value, printed, span) == (None, None, VERBAL[share])
        elif name_of(figure) == "extent":
            # Parts of one bar: their widths are the numbers, and the range is drawn by what is left of 100.
            assert span[1] - span[0] == (32 if share == "31–33 percent" else int(share.split()[0]))
            assert (value, printed) == (None, None)
        elif " to " in share:
            assert (value, printed, span) == (None, None, tuple(map(int, re.findall(r"\d+", share))))
        elif name_of(figure) == "respondents":
            assert (value, printed, span) == (None, None, (0, int(share)))
        else:
            number = int(share.removesuffix(" percent"))
            assert (value, span) == (number, (None, None))
            assert printed == (number if name_of(figure) == "computed-and-printed" else None)


def test_ranges_of_chart_data_lie_around_the_printed_and_are_those_of_the_table(figure):
    header, *lines = table_of(figure)
    for row, line in zip(data_of(figure), lines, strict=True):
        if "low" not in row:
            continue
        ranges = [(row[f"{way}low"], row[f"{way}high"]) for way in ("", "differ_", "bound_")]
        texts = [f"{low:g} to {high:g} percent" for low, high in ranges]
        assert line[2:] == texts
        assert re.findall(r"\d+ to \d+ percent", row["range"]) == texts
        # The less is assumed of the silent, the wider the range; the printed lies within all.
        lows, highs = zip(*ranges, strict=True)
        assert [*lows] == sorted(lows, reverse=True)
        assert [*highs] == sorted(highs)
        assert lows[0] < row.get("value", row.get("start")) <= row.get("value", row.get("end")) < highs[0]
    assert any("low" in row for row in data_of(figure)) == (len(header) == 5)


def test_shares_of_the_survey_have_ranges_and_those_carried_over_have_none(figures):
    with_ranges = {name for name, figure in figures.items() if any("low" in row for row in data_of(figure))}
    drivers = {"drivers-conditions", "drivers-collaboration", "drivers-room"}
    assert with_ranges == {"character", "prospects", "effects", *drivers}


def test_every_row_of_chart_data_says_its_base_its_question_and_what_it_rests_on(figure, shown):
    for row, (_, share) in zip(data_of(figure), shown.rows, strict=True):
        is_range_of_all = " to " in share
        assert row["rests"] == ("Assumed bases" if is_range_of_all else shown.status)
        assert row.get("base", "").startswith("base ")
        assert ("question" in row) != (name_of(figure) in WITHOUT_QUESTION)


# Numbers in prose


def pasted(page):
    return page.select(".sb-number")


def said_of(number):
    """The words of a paragraph from a number on to the next one."""
    block = number.find_parent(["p", "li"])
    after = [text for text in number.find_all_next(string=True) if text.find_parent(["p", "li"]) is block]
    own = takewhile(lambda text: text.parent is number or "sb-number" not in text.parent.get("class", []), after)
    return " ".join("".join(own).split())


@pytest.mark.parametrize(("name", "text", "word"), HEADLINES)
def test_a_headline_is_the_printed_number(read_page, name, text, word):
    assert any(words_of(number) == text and word in said_of(number) for number in pasted(read_page(name)))


def test_no_page_pastes_a_number_that_is_not_expected_there(page, page_name):
    expected = {text for name, text, _ in HEADLINES if name == page_name}
    expected |= {text for name, text in DERIVED if name == page_name}
    assert {words_of(number) for number in pasted(page)} == expected


def test_every_pasted_number_says_what_it_rests_on(page):
    words = {"pinned": FIXED, "published": PUBLISHED}
    for number in pasted(page):
        assert number["data-status"] in words
        assert number["title"].startswith(f"{words[number['data-status']]}. Base ")
        assert number["title"].endswith((f"{AUTUMN}.", f"{SPRING}."))


def test_only_the_two_figures_of_the_spring_are_carried_over(read_page):
    names = sorted({name for name, _, _ in HEADLINES})
    carried = [
        (name, words_of(number))
        for name in names
        for number in pasted(read_page(name))
        if number["data-status"] == "published"
    ]
    spring = "chapters/organisational-innovations.html"
    assert sorted(carried) == [(spring, "73 percent"), (spring, "77 percent"), ("index.html", "73 percent")]


# What must not be there


@pytest.fixture(scope="module")
def own_files(site, all_pages):
    """The text of every file that the book itself fills: pages, search index, figures."""
    found = [site / name for name in all_pages]
    found += [site / "searchindex.js", *site.glob("_static/surveybook.*")]
    found += sorted((site / "_static" / "figures").iterdir())
    texts = {file.relative_to(site).as_posix(): file.read_text(encoding="utf-8") for file in found}
    # Outlines of shapes are letters and numbers too.
    return {name: re.sub(r'\sd="[^"]*"', "", text) for name, text in texts.items()}


def test_no_trace_of_single_answers(own_files):
    traces = {name: found for name, text in own_files.items() if (found := ANSWER_MARKS.findall(text))}
    assert traces == {}


def test_no_open_answer_is_on_the_site(own_files, committed, read_records):
    rows = read_records(committed / "raw" / "vive" / "responses.csv")
    answers = [row["q12_beskrivelse"].removeprefix("[simuleret]").strip() for row in rows]
    answers = [answer for answer in answers if " " in answer]
    assert len(answers) == 160
    assert [answer for answer in answers if any(answer in text for text in own_files.values())] == []


def test_no_raw_file_is_on_the_site(site):
    endings = {file.suffix for file in site.rglob("*") if file.is_file() and "_static" not in file.parts}
    assert endings == {".html", ".js"}
    strays = [file.name for file in site.rglob("*") if file.suffix in (".ipynb", ".parquet", ".xlsx", ".yml", ".py")]
    assert strays == []
    assert {file.parent.name for file in site.rglob("*.csv")} == {"figures"}


def test_no_leftover_of_code_is_visible(read_page, all_pages):
    for name in all_pages:
        page = read_page(name)
        hidden = page.select("script, style, noscript")
        texts = [text for text in page.find_all(string=True) if not any(part in hidden for part in text.parents)]
        texts += [element[key] for key in ("alt", "title", "aria-label") for element in page.select(f"[{key}]")]
        assert [text for text in texts if LEFTOVERS.search(text)] == [], name
        prose = [text for text in texts if not (hasattr(text, "find_parent") and text.find_parent("pre"))]
        assert [text for text in prose if FIELD_LEFT_OPEN.search(text)] == [], name


def test_no_leftover_of_code_is_in_a_figures_files(site, figure):
    for text in (svg_words(file_of(site, figure, "svg")), file_of(site, figure, "csv").read_text(encoding="utf-8")):
        assert not LEFTOVERS.search(text)
        assert not FIELD_LEFT_OPEN.search(text)
    written = json.dumps(data_of(figure))
    assert not LEFTOVERS.search(written)
    assert "null" not in written
