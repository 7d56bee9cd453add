"""The pages of the built site as they lie on disk: links, figures, numbers, and what must not be there.

The tables below are what the book holds at least, and exactly so. Figures and numbers that an
author adds are tested too, for all that must hold of any.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zipfile
import zlib
from itertools import pairwise, takewhile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from reading import (
    TIMELINE,
    caption_of,
    card_of,
    data_of,
    figures_of,
    is_open,
    name_of,
    page_chart_of,
    spec_of,
    table_of,
    words_of,
)

from printed_figures import PRINTED, SOURCES, WORDS

ARTICLE = "https://tidsskrift.dk/politica/article/view/133919"
AUTUMN = "November 2020"
FIXED, PUBLISHED = "Fixed by print", "Published"
VERBAL = {"nearly nine of ten": (87, 90), "half": (48, 52)}
GUESSED = "Question, as we guess it (the questionnaire is not public): "
AS_GUESSED = "As we guess it (the questionnaire is not public): "  # where a name says that it is the question
UNWORDED = "The wording of the question is not published"
OUR_RANGE = "Our range, not in the article"
BY_READING = " (by our reading)"
LANDING = {"landing-extent", "landing-effects"}
THREE_WAYS_REST = "Our calculation from one printed figure, not in the article; only the dot is fixed by print."
OURS, OUR_INTERVAL = (
    "The ranges are this edition's calculation, not the source's.",
    "The intervals are this edition's calculation (95 percent), not the source's.",
)
STATUSES = {FIXED, PUBLISHED}
# What the page may weigh, at most: a specification of one item, each further row, and each replicate's draw of a row.
SPECIFICATION_BYTES, ROW_BYTES, DRAW_BYTES = 2304, 400, 6
PAGE_KIB = 40  # a chapter's own HTML, compressed as by a host
# The kinds of figures, by what the first two columns of their tables are called.
KINDS = {
    ("Step", "Leaders"): "counts",
    ("Answer", "Share"): "scale",
    ("Of whom", "Share"): "three ways",
    ("Item", "Share"): "shares",
    ("Item", "From answers made to agree"): "comparison",
    ("Who", "Share"): "headlines",
    ("Who", "Fixed by print, or not known (made up)"): "headlines",
    ("Difference", "Percentage points"): "pairs",
    ("The silent", "Share of everyone"): "tipping point",
    ("Kind of share", "Known"): "what is known",
    ("Item", "As printed"): "choices",
    ("True correlation", "3 leaders"): "power",
    ("What", "Source"): "printed",
    TIMELINE: "timeline",
}


# Kinds that are worked out, and show no share as it was printed or observed.
WORKED_OUT = ("pairs", "tipping point", "what is known", "power")
# And what tells of days alone.
NO_SHARES = (*WORKED_OUT, "timeline")


class Shown(NamedTuple):
    """What a figure must show: a word of each row's label, and the row's share as printed or worked out."""

    page: str
    status: str
    field_period: str
    base: str
    rows: tuple[tuple[str, str], ...]
    in_title: tuple[str, ...]


ASSUMED = "Base not published; we assume at least 160"
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
        ("Just over half",),
    ),
    "extent-three-ways": Shown(
        "chapters/welfare-innovations.html",
        FIXED,
        AUTUMN,
        ASSUMED,
        # The last two by hand: 54 percent of 160 is 86 or 87 people, and the other 396 of 556 may all be silent.
        (
            ("Those who answered", "54 percent"),
            ("are like", "47 to 61 percent"),
            ("differ", "46 to 62 percent"),
            ("whatever", "15 to 87 percent"),
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
        ("85 percent", "65 percent"),
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
        (),
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
        "chapters/drivers.html", FIXED, AUTUMN, ASSUMED, (("room", "52 percent"),), ("Just over half",)
    ),
    "permanent-three-ways": Shown(
        "chapters/discussion.html",
        FIXED,
        AUTUMN,
        ASSUMED,
        # By hand: 85 percent of 160 is 136 people, and the other 396 of 556 may all be silent.
        (
            ("Those who answered", "85 percent"),
            ("are like", "79 to 90 percent"),
            ("differ", "77 to 93 percent"),
            ("whatever", "24 to 96 percent"),
        ),
        ("More than eight of ten",),
    ),
}


class Carried(NamedTuple):
    """One row of a figure of several sources: the printed figure, and a word of its label."""

    figure_id: str
    word: str


# Figures of what the sources themselves print, row by row, with a word or a number of the title.
OF_SOURCES = {
    "collaboration-printed": (
        "chapters/organisational-innovations.html",
        (Carried("komdir_01", "keep"), Carried("institution_leaders_01", "necessary")),
        (),
    ),
    "two-themes-printed": (
        "chapters/organisational-innovations.html",
        (
            Carried("mm_bikuben_06", "outside partners"),
            Carried("fh_02", "more trust"),
            Carried("fh_03", "less trust"),
            Carried("fh_01", "contact with employees"),
        ),
        ("47 percent", "12 percent"),
    ),
    "less-happy-figures": (
        "chapters/effects.html",
        (
            Carried("fh_01", "contact with employees"),
            Carried("fh_10", "more work"),
            Carried("fh_18", "more stressed"),
            Carried("dlf_01", "pupils who do not take part"),
        ),
        (),
    ),
}
# What each source is called, as the table of the sources has it.
NAMES = {
    "vive": "VIVE's survey of municipal leaders",
    "komdir": "the survey of municipal chief executives (KOMDIR)",
    "institution_leaders": "a survey of institution leaders (the article does not say which)",
    "interviews": "the interviews",
    "fh": "FH's panel of public leaders",
    "dlf_1": "the teachers' union's first survey (DLF)",
    "dlf_2": "another survey by the teachers' union (DLF)",
    "dlf_3": "the teachers' union's survey on the reopening (DLF)",
    "mm_bikuben": "the survey by Bikubenfonden and Mandag Morgen",
    "bupl_1": "the pedagogues' union's first survey (BUPL)",
    "bupl_2": "the pedagogues' union's second survey (BUPL)",
    "bupl_leaders": "BUPL's survey of leaders, spring",
    "bupl_leaders_august": "BUPL's survey of leaders, August",
    "socialstyrelsen": "The national board of social services' survey",
    "vive_nursery": "VIVE's survey of nursery-school leaders",
}
# Which of these sources print how many answered them, beside those whose number SOURCES has.
ALSO_ANSWERED = {"mm_bikuben": "more than 900 of more than 2,300 answered"}
# Half the width of a 95 percent interval by hand, of 58 percent of 2,035, once 58 may be 57.5 to 58.5: outward.
INTERVALS = {"dlf_01": (55, 61)}
NO_INTERVAL = {
    "panel": "a panel, and how its members were chosen is not published",
    "not published": "how many answered is not published",
}
PRINTED_BY_ID = {figure.figure_id: figure for figure in PRINTED}
# The pages of other choices, and the figure of each.
VARIANTS = {
    "chapters/robustness-dont-knows-inside.html": "headlines-inside-as-printed",
    "chapters/robustness-dont-knows-outside.html": "headlines-outside-as-printed",
    "chapters/robustness-stricter-cut.html": "headlines-as-printed-stricter",
    "chapters/robustness-wider-cut.html": "headlines-as-printed-wider",
}
# A count of people on a list answers no question, so it has no wording.
WITHOUT_QUESTION = ("respondents",)
COMPARING = "computed-and-printed"
THREE_WAYS = ("extent-three-ways", "permanent-three-ways")
OF_KIND = {"respondents": "counts", COMPARING: "comparison", "extent": "scale"}
OF_KIND |= dict.fromkeys(THREE_WAYS, "three ways")
WITH_RANGES = {
    *("character", "prospects", "effects"),
    *("drivers-conditions", "drivers-collaboration", "drivers-room"),
}

# A printed number, and a word that its sentence must say of it.
HEADLINES = [
    ("index.html", "296", "of"),
    ("index.html", "556", "leaders answered"),
    ("index.html", "260", "did not"),
    ("index.html", "54 percent", "new and innovative ways"),
    ("index.html", "73 percent", "smaller, ongoing improvements"),
    ("index.html", "nearly nine of ten", "digital"),
    ("index.html", "85 percent", "permanent operation"),
    ("index.html", "71 percent", "motivation"),
    ("index.html", "67 percent", "wellbeing"),
    ("index.html", "95 percent", "ready to change"),
    ("index.html", "73 percent", "more collaboration"),
    ("chapters/in-one-minute.html", "54 percent", "new and innovative ways"),
    ("chapters/in-one-minute.html", "556", "leaders in November"),
    ("chapters/in-one-minute.html", "296", "of them answered"),
    ("chapters/in-one-minute.html", "73 percent", "smaller, ongoing improvements"),
    ("chapters/in-one-minute.html", "nearly nine of ten", "digital"),
    ("chapters/in-one-minute.html", "85 percent", "permanent operation"),
    ("chapters/in-one-minute.html", "71 percent", "motivation"),
    ("chapters/in-one-minute.html", "67 percent", "wellbeing"),
    ("chapters/in-one-minute.html", "95 percent", "ready to change"),
    ("chapters/in-one-minute.html", "44 percent", "flexible laws"),
    ("chapters/in-one-minute.html", "73 percent", "more collaboration"),
    ("chapters/method.html", "556", "leaders invited"),
    ("chapters/method.html", "296", "answered"),
    ("chapters/method.html", "53 percent", "The other"),
    ("chapters/method.html", "260", "did not"),
    ("chapters/method.html", "93", "municipalities"),
    ("chapters/method.html", "160", "leaders did so"),
    ("chapters/welfare-innovations.html", "54 percent", "new ways to deliver services"),
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
    ("chapters/organisational-innovations.html", "47 percent", "more trust from the top"),
    ("chapters/organisational-innovations.html", "12 percent", "of less"),
    ("chapters/method.html", "14", "interviews and eight surveys"),
    ("chapters/how-far-print-carries.html", "54 percent", "is in the article"),
    ("chapters/discussion.html", "85 percent", "permanent operation"),
    ("chapters/discussion.html", "78 percent", "elsewhere"),
    ("chapters/conclusion.html", "nearly nine of ten", "digital"),
    ("chapters/discussion.html", "eight of ten", "social organisations"),
    ("chapters/conclusion.html", "58 percent", "of the teachers"),
    ("chapters/conclusion.html", "74 percent", "risks"),
    ("chapters/conclusion.html", "61 percent", "with citizens"),
]
# What follows from print and assumed bases: the three ways of speaking of everyone.
DERIVED = {
    # Half of everyone say so where the silent differ by (c / b - 1 / 2) (1 + b / m) points: b who answered,
    # c for it, m silent. By hand 5.1 at the least, of a small base, which leaves many silent.
    ("chapters/welfare-innovations.html", "at least 5 percentage points"),
    ("chapters/welfare-innovations.html", "47 to 61 percent"),
    ("chapters/welfare-innovations.html", "46 to 62 percent"),
    ("chapters/welfare-innovations.html", "15 to 87 percent"),
}
# Their level and their points are choices of this edition.
CHOSEN = [
    ("chapters/method.html", "95 percent", "a 95 percent interval"),
    ("chapters/method.html", "ten percentage points", "If the silent differ by ten percentage points"),
    ("chapters/welfare-innovations.html", "95 percent", "with 95 percent confidence"),
    ("chapters/welfare-innovations.html", "ten percentage points", "were ten percentage points higher or lower"),
]
# A printed number told as someone's words, whatever the rows say, and what its sentence says before it.
ATTRIBUTED = {
    ("chapters/welfare-innovations.html", "14 percent"): "VIVE’s page prints the",
    ("chapters/welfare-innovations.html", "nearly nine of ten"): "It says that",
    ("chapters/effects.html", "half"): "The article prints the third only as the word",
    ("chapters/drivers.html", "52 percent"): "It is unclear whether the printed",
    ("chapters/conclusion.html", "nearly nine of ten"): "According to the article,",
}
# A printed number that ends its sentence, and how the sentence begins.
AT_THE_END = {("chapters/conclusion.html", "54 percent"): "More than half of the leaders who answered saw new ways"}
# The figures of the spring, on the pages that tell them.
CARRIED_OVER = {
    ("index.html", "73 percent", "more collaboration"),
    ("chapters/in-one-minute.html", "73 percent", "more collaboration"),
    ("chapters/organisational-innovations.html", "73 percent", "chief executives"),
    ("chapters/organisational-innovations.html", "77 percent", "institution leaders"),
    ("chapters/organisational-innovations.html", "47 percent", "more trust from the top"),
    ("chapters/organisational-innovations.html", "12 percent", "of less"),
    ("chapters/method.html", "14", "interviews and eight surveys"),
    ("chapters/discussion.html", "eight of ten", "social organisations"),
    ("chapters/conclusion.html", "58 percent", "of the teachers"),
}
# Headlines that are told as someone's words.
IN_SOMEONES_WORDS = {
    ("chapters/welfare-innovations.html", "nearly nine of ten", "digital"),
    ("chapters/conclusion.html", "nearly nine of ten", "digital"),
}

PLACES = {"top", "label_y", "value_y", "mark_y", "bottom"}
VALUES = {
    *("value", "low", "high", "differ_low", "differ_high", "bound_low", "bound_high"),
    *("start", "end", "printed", "anchor"),
}
SCALE_FIELDS = {"row", "key", "middle", "inside", "colour", "ink"}
TOLD_FIELDS = {"label", "share", "range", "base", "question", "rests"}  # what a mark says
FIELDS = PLACES | VALUES | SCALE_FIELDS | TOLD_FIELDS | {"lines", "text", "align"}
TICK_FIELDS = {"at", "text"}
TICKS = [(0, "0%"), (25, "25%"), (50, "50%"), (75, "75%"), (100, "100%")]
ROW_MARKS = ["sb-bound", "sb-differ", "sb-bar", "sb-band", "sb-interval", "sb-printed", "sb-dot"]
KEY_OF_SHARES = {"sb-dot": "those who answered", "sb-band": "printed in words; the range is our reading"}
KEY_OF_SOURCES = {
    "sb-dot": "those who answered",
    "sb-band": "printed in words, as the range we read it as",
    "sb-interval": "everyone; the table says on what terms",
}
KEY_OF_COMPARING = {
    "sb-dot": "from answers made to agree",
    "sb-printed": "printed",
    "sb-band": "printed in words, as the range we read it as",
}
TIP = {
    "label": "Item",
    "share": "Share",
    "range": "Everyone",
    "base": "Base",
    "question": "Question",
    "rests": "Rests on",
}
RAW = (".ipynb", ".parquet", ".xlsx", ".yml", ".py")
FILES = ("csv", "svg", "plain.svg", "png", "vl.json")
# Counts whose cards tell them as a share: of 556 leaders who were invited, and of 98 municipalities.
# And of the others: of 556 invited 296 answered, and of 98 municipalities 93 have an answer.
RESTS_OF_COUNTS = {"53 percent": ["296", "260"], "93": ["5"]}
# What a number's card tells, in this order.
AS_PRINTED = "The figure, or the word, that was printed."
TOLD_AS_PRINTED = ["What it is", "Question", "Rests on", "Source"]
TOLD_OF_A_COUNT = ["What it is", "Rests on", "Source"]
TOLD_OF_A_NUMBER = ["Value", "Interval", "Of whom", "Question", "Rests on", "Method", "Source"]
METHODS = {
    FIXED: "The printed figure, which the simulated answers were made to give",
    PUBLISHED: "Carried over as it was printed; nothing was worked out",
}
ANSWER_MARKS = re.compile(r"\b[LK]\d{3}\b|\[simuleret\]", re.IGNORECASE)
# An English sentence may begin with the word that an empty value prints as: these do.
NONE_SAID = "None (?:of the printed figures |of them )?could be |None of these links was|None: (?:a|how many) "
LEFTOVERS = re.compile(rf"\b(?:nan|NaN|(?!{NONE_SAID})None|undefined)\b|\bnp\.|\{{glue")
FIELD_LEFT_OPEN = re.compile(r"\{[a-z_.]+\}")
ELSEWHERE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
ELSEWHERE_INLINE = re.compile(r"https?://|[\"'`(]//\w", re.IGNORECASE)
CSS_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", re.IGNORECASE)
ADDRESSES = ("href", "src", "srcset", "action", "data", "poster")


def data_name_of(layer, spec):
    """The name of the dataset that a layer draws, its own or that of all layers."""
    data = layer.get("data", spec.get("data"))
    assert data.keys() == {"name"}
    return data["name"]


def layers_of(figure, kind):
    """The layers that draw the rows, the axis or the key."""
    spec = spec_of(figure)
    is_kind = {
        "rows": lambda data: "label" in data[0],
        "axis": lambda data: "at" in data[0],
        "key": lambda data: data == [{}],
    }[kind]
    names = {name for name, data in spec["datasets"].items() if is_kind(data)}
    return [layer for layer in spec["layer"] if data_name_of(layer, spec) in names]


def style_of(layer):
    return layer["mark"].get("style")


def read_as(share):
    """A share as it is told: one printed in words is followed by how it is read here."""
    if share not in VERBAL:
        return share
    low, high = VERBAL[share]
    return f"{share} (printed as a word; we read it as {low}–{high} percent)"


def carried(figure_id):
    """A share as a figure of several sources tells it."""
    figure = PRINTED_BY_ID[figure_id]
    if figure_id not in WORDS:
        return f"{figure.value:g} percent"
    return f"{WORDS[figure_id][0]} (printed as a word; we read it as {figure.low:g}–{figure.high:g} percent)"


def base_of(survey):
    """What a source's share is a share of, as far as it is published."""
    answered = SOURCES[survey].sample_size
    told = ALSO_ANSWERED.get(survey) or (answered and f"{answered:,} answered the survey")
    return f"base not published; {told}" if told else "base not published"


def kind_of(figure):
    return KINDS[tuple(table_of(figure)[0][:2])]


def is_ranged(figure):
    """Whether its rows have ranges of everyone."""
    return any("low" in row or "bound_low" in row for row in data_of(figure))


def statuses_of(figure):
    """What the rows of a figure rest on, ranges aside."""
    return {row["rests"].removesuffix(BY_READING) for row in data_of(figure)} - {OUR_RANGE}


def begins_with(figure, status):
    """How what a figure rests on begins: one of three ways is our calculation, and its dot alone is print's."""
    return THREE_WAYS_REST if kind_of(figure) == "three ways" else f"{status}: "


def in_table(name, share):
    """A share as the second column of a figure's table tells it."""
    if name == COMPARING and share in VERBAL:
        return "within the range"
    return read_as(share)


def file_of(site, figure, ending):
    return site / "_static" / "figures" / f"{name_of(figure)}.{ending}"


def svg_words(file: Path) -> str:
    texts = ElementTree.parse(file).iter("{http://www.w3.org/2000/svg}text")
    return " ".join(" ".join(part for text in texts for part in text.itertext()).split())


def is_page(file: Path) -> bool:
    """The theme leaves templates among its assets, which are no pages."""
    return "_static" not in file.parts


@pytest.fixture(scope="module")
def all_pages(site):
    """Every page of the site, those that the generator adds too."""
    return [name.as_posix() for file in sorted(site.rglob("*.html")) if is_page(name := file.relative_to(site))]


@pytest.fixture(scope="module")
def page_of(read_page, all_pages):
    """The page of each figure of the site, by the figure's name."""
    return {name_of(figure): name for name in all_pages for figure in figures_of(read_page(name))}


@pytest.fixture(scope="module")
def figures(read_page, page_of):
    """Every figure of the site, by its name."""
    return {name_of(figure): figure for page in set(page_of.values()) for figure in figures_of(read_page(page))}


@pytest.fixture
def figure(figures, figure_name):
    """The page element of each figure that shows known shares, or counts, of answers."""
    assert figure_name in figures, f"the figure {figure_name} is on no page"
    return figures[figure_name]


@pytest.fixture
def any_figure(figures, any_name):
    """The page element of each figure of the site."""
    assert any_name in figures, f"the figure {any_name} is on no page"
    return figures[any_name]


@pytest.fixture(params=FIGURES)
def shown(request):
    """What each listed figure must show."""
    return FIGURES[request.param]


@pytest.fixture
def listed(figures, shown):
    """Each listed figure's page element."""
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
    headings = page.select("h1")
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
    assert "An independent edition. It was made from public texts" in words_of(footer)
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


def test_a_changed_stylesheet_has_another_address(site, page, page_name):
    links = [link["href"] for link in page.select('link[rel="stylesheet"]')]
    assert len(links) >= 4 and all(re.search(r"\?v=[0-9a-f]{8}$", link) for link in links)
    (theme,) = [link for link in links if "theme.css" in link]
    file, _, version = theme.partition("?v=")
    assert version == f"{zlib.crc32(((site / page_name).parent / file).read_bytes()):08x}"


def test_pictures_take_nothing_from_another_host(site, any_figure):
    for element in ElementTree.parse(file_of(site, any_figure, "svg")).iter():
        assert not element.tag.endswith(("}image", "}script", "}style", "}foreignObject"))
        assert not any(ELSEWHERE.match(value) or "url(" in value for value in element.attrib.values())


# Figures


def test_the_figures_are_those_of_the_chapters_each_once_on_its_page(read_page, all_pages, charts):
    found = [(name_of(figure), name) for name in all_pages for figure in figures_of(read_page(name))]
    assert sorted(found) == sorted((figure, name) for name, inside in charts.items() for figure in inside)


def test_a_variant_has_as_many_figures_as_its_chapter(charts, variant_pages):
    assert variant_pages.keys() >= VARIANTS.keys()
    assert [len(charts[page]) for page in variant_pages] == [len(charts[own]) for own in variant_pages.values()]
    assert {page: charts[page] for page in VARIANTS} == {page: [name] for page, name in VARIANTS.items()}


def test_every_listed_figure_is_there_on_its_page_and_of_its_kind(figures, page_of):
    expected = [(name, shown.page, OF_KIND.get(name, "shares")) for name, shown in FIGURES.items()]
    found = [(name, page_of[name], kind_of(figures[name])) for name in FIGURES if name in figures]
    assert found == expected


def test_no_file_of_a_figure_is_left_over(site, figures, open_names, panels):
    found = {file.name for file in (site / "_static" / "figures").iterdir()}
    expected = {f"{name}.{ending}" for name in figures for ending in FILES}
    assert found == expected | {f"{name}.js" for name in open_names} | {f"{name}.csv" for name in panels}


def test_a_figure_without_a_chart_is_on_its_page_with_its_whole_table(site, read_page, panels):
    assert panels
    for name, page in panels.items():
        (panel,) = read_page(page).select(f"#figure-{name}")
        lines = (site / "_static" / "figures" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        table = list(csv.reader(line for line in lines if not line.startswith("# ")))
        assert [[words_of(cell) for cell in row.select("th, td")] for row in panel.select("table tr")] == [
            [" ".join(cell.split()) for cell in row] for row in table
        ]


def test_a_figure_has_a_picture_with_a_text_alternative(site, any_figure, page_of):
    picture = any_figure.select_one(".sb-chart > img")
    folder = (site / page_of[name_of(any_figure)]).parent
    assert folder.joinpath(picture["src"]).resolve() == file_of(site, any_figure, "plain.svg").resolve()
    assert int(picture["width"]) >= 300
    assert int(picture["height"]) >= 80
    for _, told, *_ in table_of(any_figure)[1:]:
        # Where a table says the base behind each share, the words beside the picture leave it out.
        told = told.partition(" (base ")[0]
        assert told in picture["alt"] or told.replace(" percent", "%") in picture["alt"]


def test_a_text_alternative_tells_each_listed_share(listed, shown):
    for _, share in shown.rows:
        told = in_table(name_of(listed), share)
        assert told in listed.img["alt"] or told.replace(" percent", "%") in listed.img["alt"]


def test_a_figure_offers_its_picture_and_its_data(any_figure):
    links = [link["href"].rsplit("/", 1)[1] for link in any_figure.select("a[download]")]
    assert links == [f"{name_of(any_figure)}.{ending}" for ending in ("csv", "svg", "png", "vl.json")]


def test_a_caption_says_what_the_figure_rests_on_its_base_wording_and_dates(listed, shown):
    caption = caption_of(listed)
    assert caption.startswith(begins_with(listed, shown.status))
    assert f"{shown.base}." in caption
    assert re.search(rf"Figures as printed by [^.]+, [^.]+\. Survey: [^.]+, {shown.field_period}\.", caption)
    asks = name_of(listed) not in WITHOUT_QUESTION
    guessed = asks and shown.status == FIXED
    assert bool(re.search(rf"{re.escape(GUESSED)}\w[^/]+", caption)) == guessed
    assert (f"{UNWORDED}." in caption) == (asks and not guessed)


def test_a_caption_says_of_every_row_what_it_rests_on_its_base_and_its_question(figure):
    caption = caption_of(figure)
    assert statuses_of(figure)
    assert statuses_of(figure) <= STATUSES
    assert all(begins_with(figure, status) in caption for status in statuses_of(figure))
    # The address of a web page has dots of its own.
    printed = caption.replace("fondenesvidenscenter.dk", "")
    assert re.search(r"Figures as printed by [^.]+, [^.]+\. Surveys?: [^.]+, [^.]*\d{4}\.", printed)
    in_table = "The base of each share stands in the table." in caption
    assert in_table == (kind_of(figure) == "printed" and len({row["base"] for row in data_of(figure)}) > 1)
    for row, line in zip(data_of(figure), table_of(figure)[1:], strict=True):
        where = f"base {line[4]}" if in_table else caption
        assert row.get("base", "").lower() in where.lower()
        # Several questions stand behind each other, and who words them is said once.
        question = row.get("question", "").removeprefix(AS_GUESSED)
        if question == UNWORDED and len(data_of(figure)) > 1:
            question = "The wording of the questions is not published."
        assert question in caption
    assert (GUESSED in caption) == any(AS_GUESSED in row.get("question", "") for row in data_of(figure))


def test_a_caption_says_that_ranges_are_ours_exactly_where_there_are_some(figure):
    ranged = is_ranged(figure) or any(row["rests"] == OUR_RANGE for row in data_of(figure))
    caption = caption_of(figure)
    of_sources = kind_of(figure) == "printed"
    assert (OURS in caption, OUR_INTERVAL in caption) == (ranged and not of_sources, ranged and of_sources)
    whose = (
        "Our calculation from" if kind_of(figure) == "three ways" else "The ranges are our calculation, not printed."
    )
    assert (whose in caption) or not ranged


def test_a_caption_says_whose_the_ranges_are_or_why_there_are_none(listed, shown):
    caption = caption_of(listed)
    ranged = name_of(listed) in WITH_RANGES or name_of(listed) in THREE_WAYS
    assert (OURS in caption) == ranged
    # 556 less the 296 to 160 who may have answered the question
    assert ("and 260 to 396 silent who did not answer it or the survey" in caption) == ranged
    assumed = "we assume at least 160 and at most 296, and each range is the widest over these numbers."
    assert (assumed in caption) == ranged
    assert "No range" not in caption


def test_a_figure_of_simulated_rows_says_so(figure):
    said = "The stored answers are made up to match it, and prove nothing." in caption_of(figure)
    assert said == (FIXED in statuses_of(figure) and kind_of(figure) != "three ways")


def test_a_table_tells_the_rows_of_the_chart(figure):
    assert figure.details["class"] == ["sb-table"]
    assert words_of(figure.details.summary) == "Show as table"
    header, *lines = table_of(figure)
    rows = data_of(figure)
    assert all(len(line) == len(header) for line in lines)
    if kind_of(figure) == "comparison":
        told = [(line[0], f"; printed: {line[2]}") for line in lines]
        assert all(row["share"].endswith(printed) for row, (_, printed) in zip(rows, told, strict=True))
        assert [line[1] for line in lines] == [in_table(COMPARING, line[2]) for line in lines]
    else:
        shares = [row["share"].replace("%", " percent") for row in rows]
        if kind_of(figure) == "headlines":
            shares = [f"{share} ({row['base']})" for share, row in zip(shares, rows, strict=True)]
        assert shares == [line[2 if kind_of(figure) == "printed" else 1] for line in lines]
    labels = [row["label"] for row in rows]
    as_label = {"counts": "{1} {0}", "printed": "{0}\n{1}"}.get(kind_of(figure), "{0}")
    assert labels == [as_label.format(*line) for line in lines]


def test_a_table_shows_the_printed_shares_in_order(listed, shown):
    assert listed.details["class"] == ["sb-table"]
    assert words_of(listed.details.summary) == "Show as table"
    header, *rows = table_of(listed)
    assert [row[1] for row in rows] == [in_table(name_of(listed), share) for _, share in shown.rows]
    assert all(word.lower() in row[0].lower() for row, (word, _) in zip(rows, shown.rows, strict=True))
    assert all(len(row) == len(header) for row in rows)


def test_a_title_stands_above_the_figure_and_its_table_and_in_what_is_downloaded(site, any_figure):
    title = any_figure.select_one("figcaption > .sb-title")
    assert any_figure["aria-labelledby"] == title["id"] == f"title-{name_of(any_figure)}"
    assert words_of(title) == words_of(any_figure.details.caption) == " ".join(spec_of(any_figure)["title"]["text"])
    # Above the table it is there for those who cannot see the page, and only for them.
    assert [(part.name, part["class"]) for part in any_figure.details.caption.children] == [("span", ["sb-hidden"])]
    assert words_of(title) in svg_words(file_of(site, any_figure, "svg"))
    assert words_of(title) not in svg_words(file_of(site, any_figure, "plain.svg"))


def test_a_title_pastes_the_printed_numbers(listed, shown):
    title = words_of(listed.details.caption)
    assert [text for text in shown.in_title if text not in title] == []
    allowed = {number for text in shown.in_title for number in re.findall(r"\d+", text)}
    assert set(re.findall(r"\d+", title)) == allowed


def test_the_code_of_a_figure_is_folded_away_under_a_plain_name(any_figure, page_of):
    if page_of[name_of(any_figure)] == "index.html":  # it was made in a chapter
        assert not any_figure.find_parent("div", class_="cell")
        return
    folded = any_figure.find_parent("div", class_="cell").select_one("details.hide")
    assert not folded.has_attr("open")
    assert words_of(folded.select_one("summary .collapsed")) == "Show the code of this figure"


def test_the_picture_carries_its_status_and_text_alternative(site, figure):
    picture = file_of(site, figure, "svg")
    statuses = [THREE_WAYS_REST] if kind_of(figure) == "three ways" else [f"{one}." for one in statuses_of(figure)]
    assert all(status in svg_words(picture) for status in statuses)
    description = ElementTree.parse(picture).find("{http://www.w3.org/2000/svg}desc")
    assert description.text == figure.img["alt"]


def test_the_data_file_carries_its_status_and_the_table(site, figure):
    lines = file_of(site, figure, "csv").read_text(encoding="utf-8").splitlines()
    notes = [line for line in lines if line.startswith("# ")]
    assert all(any(begins_with(figure, status) in line for line in notes) for status in statuses_of(figure))
    in_table = kind_of(figure) == "printed" and "# The base of each share stands in the table." in notes
    assert in_table or any(line.startswith(("# Base ", "# Bases ")) for line in notes)
    assert notes[0].rstrip(".") == f"# {words_of(figure.details.caption)}".rstrip(".")
    assert notes[-1].startswith("# From an independent companion, not approved by the authors")
    assert notes[-1].endswith(f" {ARTICLE}.")
    assert [list(row) for row in csv.reader(lines[len(notes) :])] == table_of(figure)


def test_the_data_file_of_a_listed_figure_carries_its_status_and_base(site, listed, shown):
    notes = file_of(site, listed, "csv").read_text(encoding="utf-8").splitlines()
    assert any(f"{line} ".startswith(f"# {begins_with(listed, shown.status)}") for line in notes)
    assert any(line.startswith(f"# {shown.base}.") for line in notes)
    assert statuses_of(listed) == {shown.status}


def test_the_table_of_computed_and_printed_agrees_with_itself(figures):
    _, *rows = table_of(figures[COMPARING])
    assert [row[1] for row in rows] == [in_table(COMPARING, row[2]) for row in rows]
    assert [row[2] for row in rows] == [share for _, share in FIGURES[COMPARING].rows]


# Chart data


def test_a_specification_is_small(any_figure):
    rows = data_of(any_figure)
    draws = sum(len(row.get("draws", [])) for row in rows)
    size = len(json.dumps(page_chart_of(any_figure)["spec"], ensure_ascii=False, separators=(",", ":")).encode())
    assert size <= SPECIFICATION_BYTES + ROW_BYTES * (len(rows) - 1) + DRAW_BYTES * draws


def test_a_page_is_small(site, page_name):
    assert len(gzip.compress((site / page_name).read_bytes(), 9)) <= PAGE_KIB * 1024


def test_the_page_draws_what_the_downloaded_chart_draws_and_no_more(any_figure):
    chart, whole = page_chart_of(any_figure), spec_of(any_figure)
    spec = chart["spec"]
    assert spec.keys().isdisjoint({"title", "config", "usermeta", "$schema", "autosize"})
    written = json.dumps(spec)
    assert "tooltip" not in written
    assert '"sb-key"' not in written
    own = [layer for layer in whole["layer"] if whole["datasets"][data_name_of(layer, whole)] != [{}]]
    assert [style_of(layer) for layer in spec["layer"]] == [style_of(layer) for layer in own]
    assert {data_name_of(layer, spec) for layer in spec["layer"]} == spec["datasets"].keys()
    for layer, before in zip(spec["layer"], own, strict=True):
        rows, all_rows = spec["datasets"][data_name_of(layer, spec)], whole["datasets"][data_name_of(before, whole)]
        for row, full in zip(rows, all_rows, strict=True):
            assert {key: full.get(key) for key in row} == row
            assert row.keys().isdisjoint(TOLD_FIELDS)
            drawn = {place["field"] for channel, place in layer["encoding"].items() if "field" in place}
            assert drawn & full.keys() <= row.keys(), "what is drawn is not there"


def test_each_mark_says_what_the_tooltip_of_the_downloaded_chart_says(any_figure):
    spec, told = spec_of(any_figure), []
    for layer in spec["layer"]:
        for row in spec["datasets"][data_name_of(layer, spec)] if "tooltip" in layer["encoding"] else []:
            parts = layer["encoding"]["tooltip"]
            told.append([[one["title"], str(row[one["field"]])] for one in parts if row.get(one["field"])])
    assert told
    assert page_chart_of(any_figure)["marks"] == told


def test_a_key_stands_on_the_page_as_text_in_the_order_of_the_chart(any_figure):
    words = [words_of(line) for line in any_figure.select(".sb-keys > li")]
    drawn = [layer for layer in layers_of(any_figure, "key") if style_of(layer) == "sb-key"]
    assert words == [layer["encoding"]["text"]["value"] for layer in drawn]
    # What a mark looks like is no word.
    assert [one for one in any_figure.select(".sb-keys svg") if one.get("aria-hidden") != "true"] == []


def test_chart_data_has_one_row_for_each_row_of_the_table_and_stands_in_one_place(figure):
    spec, rows = spec_of(figure), data_of(figure)
    assert len(rows) == len(table_of(figure)) - 1
    # Nothing else can ride along: the rows, the ticks of the axis and the empty datum of a key are all data.
    others = [dataset for dataset in spec["datasets"].values() if dataset != rows and dataset != [{}]]
    assert all(tick.keys() == TICK_FIELDS for dataset in others for tick in dataset)
    has_axis = kind_of(figure) not in ("counts", "scale")
    assert [[(tick["at"], tick["text"]) for tick in dataset] for dataset in others] == [TICKS] * has_axis
    # Each layer draws one of them, by its name.
    assert '"values"' not in json.dumps(spec)
    assert {data_name_of(layer, spec) for layer in spec["layer"]} == spec["datasets"].keys()


def test_rows_lie_below_each_other_and_the_axis_below_them(figure):
    if kind_of(figure) == "scale":
        return  # one bar
    counted = kind_of(figure) == "counts"
    spec, rows, top = spec_of(figure), data_of(figure), 0
    valued = "text" in rows[0]
    for row in rows:
        assert row["top"] == top
        heights = [row[place] for place in ("top", "label_y", "value_y", "mark_y", "bottom")]
        assert heights == sorted(heights)
        assert len(set(heights)) == (5 if valued else 4)
        assert all(0 <= row[field] <= (rows[0]["end"] if counted else 100) for field in VALUES & row.keys())
        top = row["bottom"]
    if counted:
        assert layers_of(figure, "axis") == []
    else:
        lines, words = (layer["encoding"] for layer in layers_of(figure, "axis"))
        assert (lines["y"], lines["y2"]) == ({"value": 0}, {"value": top})
        assert top < words["y"]["value"] < spec["height"]
    assert top <= spec["height"]


def test_each_mark_of_the_rows_is_drawn_and_told_of_in_the_key(figure):
    kind, ranged = kind_of(figure), is_ranged(figure)
    drawn = [style for layer in layers_of(figure, "rows") if (style := style_of(layer)) in ROW_MARKS]
    assert drawn == sorted(set(drawn), key=ROW_MARKS.index)
    fields = {"sb-bound": "bound_low", "sb-differ": "differ_low", "sb-interval": "low", "sb-printed": "printed"}
    fields |= {"sb-dot": "value", ("sb-bar" if kind == "counts" else "sb-band"): "start"}
    has = set().union(*data_of(figure))
    expected = {style for style, field in fields.items() if field in has and kind != "scale"}
    assert set(drawn) == expected
    key = layers_of(figure, "key")
    marks, words = key[::2], key[1::2]
    assert [style_of(layer) for layer in words] == ["sb-key"] * len(marks)
    told = {style_of(mark): word["encoding"]["text"]["value"] for mark, word in zip(marks, words, strict=True)}
    assert len(told) == len(marks)
    if ranged or kind == "comparison" or (kind == "printed" and len(expected) > 1):
        assert told.keys() == expected
    else:
        assert told == {}
    if ranged and kind not in ("headlines", "printed"):
        header = table_of(figure)[0]
        ranges = [told[style] for style in ("sb-interval", "sb-differ", "sb-bound") if style in expected]
        # A key has less room than a header.
        ranges = [text.replace("are alike", "are like those who answered") for text in ranges]
        assert [f"{text.capitalize()} (our range)" for text in ranges] == header[2:]
    words = {"comparison": KEY_OF_COMPARING, "printed": KEY_OF_SOURCES}.get(kind, KEY_OF_SHARES)
    assert [style for style in told.keys() & words.keys() if told[style] != words[style]] == []


def test_the_zones_lie_on_top_and_their_tooltip_has_the_fields_that_all_rows_have(figure):
    layers, rows = layers_of(figure, "rows"), data_of(figure)
    assert [style_of(layer) == "sb-zone" for layer in layers] == [False] * (len(layers) - 1) + [True]
    told = [layer for layer in spec_of(figure)["layer"] if "tooltip" in layer["encoding"]]
    assert told == [layers[-1]]
    fields = {part["field"]: part["title"] for part in layers[-1]["encoding"]["tooltip"]}
    assert [*fields.items()] == [(key, title) for key, title in TIP.items() if all(row.get(key) for row in rows)]
    expected = {"label", "share", "rests"}
    expected |= {"base", "question"} if kind_of(figure) != "counts" else set()
    # An interval that one source of several allows is told in the table, with its terms.
    expected |= {"range"} if is_ranged(figure) and kind_of(figure) != "printed" else set()
    assert fields.keys() == expected


def test_chart_data_has_no_field_of_an_answer(figure):
    assert set().union(*data_of(figure)) <= FIELDS
    if kind_of(figure) != "scale":
        assert set().union(*data_of(figure)).isdisjoint(SCALE_FIELDS)


def test_chart_data_is_in_whole_numbers(figure):
    for row in data_of(figure):
        numbers = {key: value for key, value in row.items() if isinstance(value, int | float)}
        # A value's words stand over the middle of what was printed, which may be a half.
        where = numbers.pop("anchor", None)
        assert where in (None, row.get("value"), (row.get("start", 0) + row.get("end", 0)) / 2)
        assert len(numbers.keys() - PLACES) >= 1
        assert {key: value for key, value in numbers.items() if value != int(value)} == {}


def test_chart_data_carries_only_what_was_printed(listed, shown):
    for row, (_, share) in zip(data_of(listed), shown.rows, strict=True):
        # The figure that compares says both: what is computed, and what was printed.
        told = row["share"].replace("%", " percent") if name_of(listed) == "extent" else row["share"]
        assert told == read_as(share) + (f"; printed: {share}" if name_of(listed) == COMPARING else "")
        value, printed = row.get("value"), row.get("printed")
        span = (row.get("start"), row.get("end"))
        if share in VERBAL:
            assert (value, printed, span) == (None, None, VERBAL[share])
        elif name_of(listed) == "extent":
            # Parts of one bar: their widths are the numbers, and the range is drawn by what is left of 100.
            assert span[1] - span[0] == (32 if share == "31–33 percent" else int(share.split()[0]))
            assert (value, printed) == (None, None)
        elif " to " in share:
            assert (value, printed, span) == (None, None, tuple(map(int, re.findall(r"\d+", share))))
        elif name_of(listed) == "respondents":
            assert (value, printed, span) == (None, None, (0, int(share)))
        else:
            number = int(share.removesuffix(" percent"))
            assert (value, span) == (number, (None, None))
            assert printed == (number if name_of(listed) == COMPARING else None)


def test_ranges_of_chart_data_lie_around_the_printed_and_are_those_of_the_table(figure):
    header, *lines = table_of(figure)
    if kind_of(figure) == "printed":
        return  # its one kind of interval is looked at row by row, below
    for row, line in zip(data_of(figure), lines, strict=True):
        if "low" not in row:
            continue
        ranges = [(row[f"{way}low"], row[f"{way}high"]) for way in ("", "differ_", "bound_")]
        if kind_of(figure) != "headlines":
            assert line[2:] == [f"{low:g}–{high:g}%" for low, high in ranges]
        texts = [f"{low:g} to {high:g} percent" for low, high in ranges]
        assert re.findall(r"\d+ to \d+ percent", row["range"]) == texts
        assert row["range"].endswith(f" ({OUR_RANGE.lower()})")
        # The less is assumed of the silent, the wider the range; the printed lies within all.
        lows, highs = zip(*ranges, strict=True)
        assert [*lows] == sorted(lows, reverse=True)
        assert [*highs] == sorted(highs)
        assert lows[0] < row.get("value", row.get("start")) <= row.get("value", row.get("end")) < highs[0]
    # Headlines stand for a choice, so their table tells shares and bases alone.
    in_the_table = is_ranged(figure) and kind_of(figure) != "headlines"
    columns = 3 if name_of(figure) in LANDING else 5
    assert in_the_table == (len(header) == columns)
    if in_the_table:
        ours = re.compile(r"Everyone, .* the silent .* \(our range\)")
        assert [name for name in header[2:] if not ours.fullmatch(name)] == []


def test_shares_of_the_survey_have_ranges_and_those_carried_over_have_none(figures):
    assert {name for name in FIGURES if is_ranged(figures[name])} == WITH_RANGES
    for figure in figures.values():
        if is_open(figure) or kind_of(figure) in (*NO_SHARES, "printed"):
            continue
        is_of_survey = kind_of(figure) in ("shares", "headlines") and statuses_of(figure) == {FIXED}
        # The landing page draws the widest range alone.
        range_of = "bound_low" if name_of(figure) in LANDING else "low"
        assert [range_of in row for row in data_of(figure)] == [is_of_survey] * len(data_of(figure))


def test_every_value_of_chart_data_was_printed(figure, committed, read_records):
    printed = {float(row["value"]) for row in read_records(committed / "published" / "figures.csv")}
    told = {row[key] for row in data_of(figure) for key in ("value", "printed") if key in row}
    assert told <= printed


def test_every_row_of_chart_data_says_what_it_rests_on_and_its_question(figure):
    for row in data_of(figure):
        is_range_of_all = " to " in row["share"]
        assert row["rests"].removesuffix(BY_READING) in ({OUR_RANGE} if is_range_of_all else STATUSES)
        if kind_of(figure) == "counts":
            assert "question" not in row
        else:
            assert row["base"].startswith("base ")
            assert row["question"] == UNWORDED or re.fullmatch(rf"{re.escape(AS_GUESSED)}\w.+", row["question"])


def test_every_row_of_chart_data_says_its_base_its_question_and_what_it_rests_on(listed, shown):
    for row, (_, share) in zip(data_of(listed), shown.rows, strict=True):
        is_range_of_all = " to " in share
        assert row["rests"].removesuffix(BY_READING) == (OUR_RANGE if is_range_of_all else shown.status)
        # What the 160 who wrote in their own words are counted among is not published.
        based = (name_of(listed), share) != ("respondents", "160")
        assert row.get("base") == (f"{shown.base[0].lower()}{shown.base[1:]}" if based else None)
        if name_of(listed) in WITHOUT_QUESTION:
            assert "question" not in row
        elif shown.status == FIXED:
            assert re.fullmatch(rf"{re.escape(AS_GUESSED)}\w[^/]+", row["question"])
        else:
            assert row["question"] == UNWORDED


# Figures of what several sources print


@pytest.fixture(params=OF_SOURCES)
def of_sources(request, figures, page_of):
    """Each such figure with its rows, each as the printed figure and as the line of the table."""
    page, rows, in_title = OF_SOURCES[request.param]
    figure = figures[request.param]
    assert (page_of[request.param], kind_of(figure)) == (page, "printed")
    return figure, rows, in_title


def test_the_listed_figures_of_sources_are_all_there_are(figures):
    assert {name for name, figure in figures.items() if kind_of(figure) == "printed"} == OF_SOURCES.keys()


def test_a_row_says_what_its_source_printed_when_and_of_how_many(of_sources):
    figure, rows, _ = of_sources
    header, *lines = table_of(figure)
    assert header == ["What", "Source", "Share", "When", "Of how many", "Interval, or why there is none"]
    for row, (figure_id, word), line in zip(data_of(figure), rows, lines, strict=True):
        printed = PRINTED_BY_ID[figure_id]
        base = base_of(printed.survey)
        assert word in line[0].lower()
        assert line[1].lower() == NAMES[printed.survey].lower()
        assert line[2] == row["share"] == carried(figure_id)
        assert line[3] == SOURCES[printed.survey].period
        assert f"base {line[4]}".lower() == row["base"] == base
        low, high = INTERVALS.get(figure_id, (None, None))
        assert (row.get("low"), row.get("high")) == (low, high)
        if low is None:
            sampling = "panel" if SOURCES[printed.survey].sampling == "panel" else "not published"
            assert line[5] == f"No interval: {NO_INTERVAL[sampling]}"
        else:
            assert line[5] == f"{low}–{high}% of everyone, if chance chose those who answered"
        assert (row["rests"], row["question"]) == (PUBLISHED, UNWORDED)


def test_a_row_is_drawn_where_its_source_put_it(of_sources):
    figure, rows, _ = of_sources
    for row, (figure_id, _) in zip(data_of(figure), rows, strict=True):
        printed = PRINTED_BY_ID[figure_id]
        drawn = (row.get("value"), row.get("start"), row.get("end"))
        assert drawn == ((None, printed.low, printed.high) if printed.low else (printed.value, None, None))
        assert VALUES & row.keys() <= {"value", "start", "end", "low", "high", "anchor"}


def test_its_caption_names_every_source_and_warns_of_comparing_them(of_sources):
    figure, rows, in_title = of_sources
    caption = caption_of(figure)
    surveys = dict.fromkeys(PRINTED_BY_ID[figure_id].survey for figure_id, _ in rows)
    named = "; ".join(f"{NAMES[survey]}, {SOURCES[survey].period}" for survey in surveys)
    assert f"Surveys: {named}." in caption
    assert caption.startswith("Published: a printed figure, carried over. There are no answers behind it here. ")
    assert "The wording of the questions is not published." in caption
    assert "different questions, put to different people, so they cannot be compared as on one scale" in caption
    in_words = "printed in words is drawn as the range that we read it as"
    assert (in_words in caption) == any(figure_id in WORDS for figure_id, _ in rows)
    title = words_of(figure.details.caption)
    assert {number for text in in_title for number in re.findall(r"\d+", text)} == set(re.findall(r"\d+", title))
    assert [text for text in in_title if text not in title] == []


# The timeline


# By hand, from public texts: what happened when, in the order of the table.
EVENTS = {
    "First known case in Denmark": "27 February 2020 (sources differ)",
    "Lockdown announced": "11 March 2020",
    "Schools and child care closed; public employees in non-critical jobs at home": "13 March 2020",
    "Borders closed": "14 March 2020",
    "Reopening, phase 1: day care, grades 0 to 5": "15 April 2020",
    "Reopening, phase 2: grades 6 to 10, restaurants": "18 May 2020",
    "Partial lockdown of 38 municipalities": "9 December 2020",
    "Lockdown of all 98 municipalities": "16 December 2020",
}
OF_THE_ARTICLE = [survey for survey, source in SOURCES.items() if source.use == "article"]


@pytest.fixture
def timeline(figures):
    (found,) = [figure for figure in figures.values() if kind_of(figure) == "timeline"]
    return found


def test_the_timeline_tells_each_event_and_when_each_source_of_the_article_asked(timeline):
    header, *lines = table_of(timeline)
    assert header == ["Date", "What", "Kind", "Remark"]
    asked = {line[1].lower(): line[0].lower() for line in lines if line[2] == "data collection"}
    assert asked == {NAMES[survey].lower(): SOURCES[survey].period.lower() for survey in OF_THE_ARTICLE}
    happened = {line[1]: line[0] for line in lines if line[2] != "data collection"}
    assert {what: happened.get(what) for what in EVENTS} == EVENTS
    assert {line[2] for line in lines} == {"case", "restriction", "reopening", "data collection"}


def test_each_line_of_the_timeline_is_drawn_once(timeline):
    _, *lines = table_of(timeline)
    rows = {row["label"].lower(): row for row in data_of(timeline)}
    assert len(rows) == len(lines) == len(data_of(timeline))
    for when, what, kind, remark in lines:
        row = rows[(f"{what}: {when}" if kind == "data collection" else what).lower()]
        assert (row["date"].lower(), row["note"]) == (when.lower(), remark)


def test_the_timeline_shows_no_share_and_says_what_it_rests_on_and_leaves_open(site, timeline):
    written = json.dumps(spec_of(timeline), ensure_ascii=False)
    assert not re.search(r"\d\s*(?:%|percent)", written)
    fields = set().union(*data_of(timeline))
    assert fields.isdisjoint({"share", "value", "base", "question", "rests", "low", "high"})
    notes = file_of(site, timeline, "csv").read_text(encoding="utf-8")
    for text in (caption_of(timeline), notes):
        assert "Dates from the article and public sources; no figures, no answers." in text
        assert "The order of data collection is not shown to be the order of events." in text
        assert "How far back the questions look is inferred from the questions by this edition." in text


def test_the_files_of_the_timeline_hold_its_words_and_its_table(site, timeline):
    picture = file_of(site, timeline, "svg")
    description = ElementTree.parse(picture).find("{http://www.w3.org/2000/svg}desc")
    assert description.text == timeline.img["alt"]
    assert [what for what in EVENTS if what not in timeline.img["alt"]] == []
    lines = file_of(site, timeline, "csv").read_text(encoding="utf-8").splitlines()
    assert [*csv.reader(line for line in lines if not line.startswith("# "))] == table_of(timeline)


# Numbers in prose


def pasted(page):
    return page.select(".sb-number")


def said_of(number):
    """The words of a paragraph from a number on to the next one."""
    block = number.find_parent(["p", "li"])
    after = [text for text in number.find_all_next(string=True) if text.find_parent(["p", "li"]) is block]
    own = takewhile(lambda text: text.parent is number or "sb-number" not in text.parent.get("class", []), after)
    return " ".join("".join(own).split())


def status_of(number):
    """The status that a number says, and whether it is told as someone's words, though print fixes it."""
    status = number["data-status"]
    return status, status == "published" and card_of(number).told.get("What it is") == AS_PRINTED


@pytest.mark.parametrize(("name", "text", "word"), HEADLINES)
def test_a_headline_is_the_printed_number(read_page, name, text, word):
    attributed, carried = (name, text, word) in IN_SOMEONES_WORDS, (name, text, word) in CARRIED_OVER
    expected = ("published" if attributed or carried else "pinned", attributed)
    numbers = [number for number in pasted(read_page(name)) if words_of(number) == text]
    assert expected in [status_of(number) for number in numbers if word in said_of(number)]


def test_the_tables_of_headlines_fit_together():
    assert {*CARRIED_OVER, *IN_SOMEONES_WORDS} <= {*HEADLINES}
    assert {(name, text) for name, text, _ in IN_SOMEONES_WORDS} <= ATTRIBUTED.keys()


def kept(markup):
    """A number as a chapter keeps it: its words, its status, what its card tells, and where that leads."""
    number = BeautifulSoup(markup, "html.parser").select_one(".sb-number")
    if number is None:
        return None  # plain words
    told, links = json.loads(number["data-card"])
    return words_of(number), number["data-status"], dict(told), dict(links)


def test_every_pasted_number_is_one_that_a_chapter_made_ready(page, page_name, glued):
    ready = [number for markup in glued if (number := kept(markup))]
    assert ready
    to_root = "../" * page_name.count("/")
    for number in pasted(page):
        card = card_of(number)
        assert all(address.startswith(to_root) for address in card.links.values())
        links = {text: address.removeprefix(to_root) for text, address in card.links.items()}
        assert (words_of(number), number["data-status"], card.told, links) in ready


def test_every_card_belongs_to_a_number_or_a_term_and_says_each_thing_once(page):
    cards = page.select("div.sb-about")
    openers = page.select("a.sb-number, a.sb-term")
    assert {card["id"] for card in cards} == {opener["data-card"] for opener in openers}
    inner = ["".join(map(str, card.find_all(recursive=False))).replace(card["id"], "") for card in cards]
    assert len(set(inner)) == len(inner)
    for card in cards:  # hidden until a script opens it, named by its heading, at the end of the page
        assert (card.has_attr("popover"), card["role"]) == (True, "dialog")
        assert words_of(card.find(id=card["aria-labelledby"]))
        assert card.parent["class"] == ["sb-about-cards"]
        assert card.select("[href^='http'], script, img, [style]") == []
    for opener in openers:
        assert not opener.has_attr("title")
        if "sb-number" in opener["class"]:  # a term may stand in another form than in the list of words
            assert card_of(opener).heading == words_of(opener)


def place_of(site, page_name, address, read_page):
    """The element that an address of a page leads to, with the path of its page."""
    file, _, name = address.partition("#")
    target = ((site / page_name).parent / file).resolve().relative_to(site.resolve()).as_posix()
    return target, read_page(target).find(id=name) if name else None


def test_every_numbers_card_is_complete(page, page_name, site, read_page):
    for number in pasted(page):
        card = card_of(number)
        assert all(card.told.values())
        if number["data-status"] == "edition":
            continue
        links = [*card.links.items()]
        if number["data-status"] == "assumed":
            # Ours, and so said to be: it leads first to how it is worked out.
            assert "Rests on" not in card.told and card.told["Whose it is"].startswith("Our range: ")
            (told, where), (claim, _), *question = links
            assert (told, claim) == ("How our ranges are worked out", "The claim of the printed figure")
            assert number["href"] == where and len(question) == 1
            continue
        claim, *question = links
        asks = "Question" in card.told
        attributed = status_of(number)[1]
        value_told = "Share" if "What it is" in card.told else "Value"
        expected = [*(["What it is", "Share"] if value_told == "Share" else ["Value"]), *TOLD_OF_A_NUMBER[1:]]
        is_count = card.told.get("What it is", "").startswith("A count of")
        expected = TOLD_AS_PRINTED if attributed else TOLD_OF_A_COUNT if is_count else expected
        assert [*card.told] == [name for name in expected if asks or name != "Question"]
        assert claim[0] == "The claim and its verdict"
        assert number["href"] == claim[1]
        where, row = place_of(site, page_name, claim[1], read_page)
        assert (where, row.name) == ("chapters/appendix/claims.html", "tr")
        printed = PRINTED_BY_ID[row["id"].removeprefix("claim-").replace("-", "_")]
        value = carried(printed.figure_id) if printed.unit == "percent" else f"{printed.value:,.0f}"
        if is_count:
            assert words_of(number) in (value, *RESTS_OF_COUNTS.get(value, ()))
            assert "share" not in " ".join(card.told.values()).lower()
            assert re.match(r"Figures as printed by [^.]+, ", card.told["Source"])
            continue
        if attributed:
            assert words_of(number) in value
        elif value_told == "Share":
            assert card.told["Share"] == value
        else:
            assert card.told["Value"] == value
            if re.fullmatch(r"\d+ percent", words_of(number)):
                assert words_of(number) == card.told["Value"]
        # The count of those who answered asks nothing; all else leads to the question.
        assert len(question) == asks
        for text, address in question:
            assert text == "The question in the list of questions"
            where, row = place_of(site, page_name, address, read_page)
            assert (where, row.name) == ("chapters/appendix/codebook.html", "tr")
            assert card.told["Question"].removeprefix(AS_GUESSED).rstrip(".") in words_of(row) or (
                card.told["Question"] == f"{UNWORDED}."
            )
        assert re.match(r"Figures as printed by [^.]+, ", card.told["Source"])
        if attributed:
            assert card.told["Rests on"] == "Published: carried over as it was printed."
            continue
        counts = re.fullmatch(r"[\d,]+|53 percent", words_of(number))
        assert asks or counts, "only a count of leaders, and its share of those invited, answer no question"
        assert re.match(r"None: \w|[^;]*\d+ to \d+ percent of everyone", card.told["Interval"])
        assert re.match(r"Base |Printed of \w+; this book reads it as of leaders", card.told["Of whom"])
        assert card.told["Method"].startswith(METHODS[card.told["Rests on"].partition(":")[0]])
        ranged = "Our range" in card.told["Interval"]
        assert ("; interval by the method of " in card.told["Method"]) == ranged
        assert re.match(r"Figures as printed by [^.]+, ", card.told["Source"])


def test_every_terms_card_says_the_first_sentence_of_its_entry(page, page_name, site, read_page):
    for term in page.select("a.sb-term"):
        card = card_of(term)
        assert card.links == {"In the list of words": term["href"]}
        where, entry = place_of(site, page_name, term["href"], read_page)
        assert (where, entry.name) == ("chapters/appendix/glossary.html", "dt")
        assert words_of(entry).startswith(card.heading)
        assert [*card.told] == ["Meaning"]
        told, definition = (
            re.sub(r"\s", "", text) for text in (card.told["Meaning"], entry.find_next("dd").get_text())
        )
        assert told and definition.startswith(told)


def test_some_terms_and_numbers_have_cards(read_page, all_pages):
    for kind in ("sb-term", "sb-number"):
        assert len({name for name in all_pages if read_page(name).select(f"a.{kind}")}) >= 5


def test_a_count_or_a_setting_of_this_edition_says_so_and_rests_on_no_answer(page, page_name, site, read_page):
    for number in with_status(page, "edition"):
        card = card_of(number)
        assert card.told.keys() == {"What it is"}
        assert re.match(r"A count of |Counted from ", card.told["What it is"])
        assert [*card.links] == ["Where it is explained"]
        where, _ = place_of(site, page_name, card.links["Where it is explained"], read_page)
        assert (site / where).is_file()


def test_every_pasted_number_says_what_it_rests_on(page, committed, read_records):
    figures = read_records(committed / "published" / "figures.csv")
    surveys = {name: survey for survey, name in NAMES.items()}
    for number in pasted(page):
        status, told = number["data-status"], card_of(number).told
        assert status in {"pinned", "published", "assumed", "edition"}
        if status == "edition":
            continue
        if status == "assumed":
            assert told["Of whom"] == f"{ASSUMED}."
            assert "as printed by" not in " ".join(told.values())
            continue
        printed, _, survey = told["Source"].removesuffix(".").partition(". Survey: ")
        name = next(name for name in surveys if survey.startswith(f"{name}, "))
        assert survey == f"{name}, {SOURCES[surveys[name]].period}"
        of = {f"{one['source']}, {one['place']}" for one in figures if one["survey"] == surveys[name]}
        assert printed.removeprefix("Figures as printed by ") in of
        # The survey whose answers are simulated is fixed by print; every other figure is carried over.
        if status_of(number)[1]:
            continue
        is_vive = surveys[name] == "vive"
        assert told["Rests on"].startswith(f"{FIXED if is_vive else PUBLISHED}: ")
        assert is_vive or status == "published"
        if not is_vive and "Of whom" in told:
            base = base_of(surveys[name])
            assert told["Of whom"] == f"{base[0].upper()}{base[1:]}."
            assert words_of(number) in told_by(surveys[name])
            is_count = not words_of(number).endswith("percent") and words_of(number).isdigit()
            assert told.get("Question") == (None if is_count else f"{UNWORDED}.")


def told_by(survey):
    """The numbers that a source prints, as prose may paste them."""
    own = [figure for figure in PRINTED if figure.survey == survey]
    shares = {carried(figure.figure_id).partition(" (printed")[0] for figure in own if figure.unit == "percent"}
    return shares | {f"{figure.value:,.0f}" for figure in own if figure.unit == "count"}


def with_status(page, status):
    return [number for number in pasted(page) if number["data-status"] == status]


def test_only_ranges_rest_on_assumed_bases_and_the_listed_ones_are_there(page, page_name):
    found = [words_of(number) for number in with_status(page, "assumed")]
    assert {text for name, text in DERIVED if name == page_name} <= {*found}
    ours = re.compile(r"\d+ to \d+ percent|at least \d+ percentage points")
    assert [text for text in found if not ours.fullmatch(text)] == []
    assert [number for number in pasted(page) if ours.fullmatch(words_of(number))] == with_status(page, "assumed")


@pytest.mark.parametrize(("name", "text"), ATTRIBUTED)
def test_an_attributed_number_stands_in_a_sentence_that_says_whose_it_is(read_page, name, text):
    numbers = [number for number in with_status(read_page(name), "published") if words_of(number) == text]
    said = []
    for number in numbers:
        block = number.find_parent(["p", "li"])
        before = [part for part in number.find_all_previous(string=True) if part.find_parent(["p", "li"]) is block]
        said.append((status_of(number)[1], " ".join("".join(reversed(before)).split())))
    assert [True for attributed, words in said if attributed and words.endswith(ATTRIBUTED[name, text])] == [True]


@pytest.mark.parametrize(("name", "text"), AT_THE_END)
def test_a_number_at_the_end_of_its_sentence_stands_behind_what_it_says(read_page, name, text):
    numbers = [number for number in with_status(read_page(name), "pinned") if words_of(number) == text]
    said = re.compile(rf"{re.escape(AT_THE_END[name, text])}[^.]*: {text}\.")
    blocks = [number.find_parent(["p", "li"]).get_text() for number in numbers]
    assert len([block for block in blocks if said.search(block)]) == 1


@pytest.mark.parametrize(("name", "text", "words"), CHOSEN)
def test_a_choice_of_this_edition_stands_in_its_sentence_and_is_not_marked_as_a_finding(read_page, name, text, words):
    assert text in words
    page = read_page(name)
    assert [True for block in page.select("article :is(p, li)") if words in words_of(block)]
    assert [number for number in page.select("a.sb-number") if words_of(number) == text] == []


# What must not be there


@pytest.fixture(scope="module")
def own_files(site, all_pages):
    """The text of every file that the book itself fills: pages, search index, figures."""
    found = [site / name for name in all_pages]
    found += [site / "searchindex.js", *site.glob("_static/*.js"), *site.glob("_static/*.css")]
    found += sorted(file for file in (site / "_static" / "figures").iterdir() if file.suffix != ".png")
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
    files = [file for file in site.rglob("*") if file.is_file() and "_static" not in file.parts]
    taken_along = {site / name for name in ("receipt.json", "companion.pdf", "companion.zip")}
    assert {file.suffix for file in files if file not in taken_along} == {".html", ".js"}
    with zipfile.ZipFile(site / "companion.zip") as packed:
        assert [name for name in packed.namelist() if Path(name).suffix in RAW] == []
    strays = [file.name for file in site.rglob("*") if file.suffix in RAW]
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


def test_no_leftover_of_code_is_in_a_figures_files(site, any_figure):
    for text in (
        svg_words(file_of(site, any_figure, "svg")),
        file_of(site, any_figure, "csv").read_text(encoding="utf-8"),
    ):
        assert not LEFTOVERS.search(text)
        assert not FIELD_LEFT_OPEN.search(text)
    written = json.dumps(spec_of(any_figure)["datasets"])
    assert not LEFTOVERS.search(written)
    assert "null" not in written
