"""Tables of the claims: as many rows as are counted, plain verdicts, links that lead somewhere, print alone."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from page import links_of, read_page, table_rows

from printed_figures import PRINTED, SAME_CLAIM_AS, WORDS
from surveybook.analyse import estimate_surveys
from surveybook.analyse.claims import Verdict, judge_claims, load_claims
from surveybook.core.errors import SurveybookError
from surveybook.core.model import Status
from surveybook.disseminate import figure_claim_counts, figure_claims, paste_claims
from surveybook.disseminate import figures_claims as module
from surveybook.disseminate.figure import PANEL_MIME, USERMETA, csv_text
from surveybook.disseminate.figure_markup import panel_html
from surveybook.process import load_surveys
from surveybook.process.claims import WordClaim

HOSTILE = """</td></table><script>alert(1)</script> & "quoted" it's <b>bold</b> {0}"""
PARTS = ("article", "sources", "sums", "words")
# Counted by hand: the article and VIVE's page print 21 claims of VIVE, and 73, 14 and 77 of others.
ROWS = {"article": 21 + 3, "sources": 42, "sums": 4, "words": 20}
SUMS = {"vive_07", "vive_09", "fh_04", "mm_bikuben_03"}
ADDRESS = "https://tidsskrift.dk/politica/article/view/133919"
# Printed on pages whose address is not known: VIVE's page, FH's report, BUPL's article of May, a press release.
NO_ADDRESS = {
    *("vive_06", "fh_01", "bupl_01", "bupl_02", "bupl_03", "bupl_04"),
    *("mm_bikuben_04", "mm_bikuben_05"),
}
COUNTS = {
    "Reproduced": 0,
    "Differs": 0,
    "Derived": 8,
    "Returned": 20,
    "Carried": 45,
    "Cannot be recomputed": 17,
    "All": 90,
}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def claims(committed):
    return load_claims(str(committed))


@pytest.fixture
def pasted(monkeypatch):
    """What is made ready to be pasted, by key."""
    found = {}
    monkeypatch.setattr(module, "glue", lambda key, value, display: found.update({key: value.text}))
    return found


def made(claims, part: str):
    if part == "counts":
        return figure_claim_counts(claims, figure_id="counts", title="How many?")
    return figure_claims(claims, part, figure_id=f"claims-{part}", title="Which?")


def about(figure) -> dict:
    return figure._repr_mimebundle_()[PANEL_MIME]["usermeta"][USERMETA]


def html_of(figure, to_root: str = "../../") -> str:
    return panel_html(about(figure), figure.markup, to_root)


def anchors_of(page: str) -> set[str]:
    """What of a chapter can be linked to, by its source: its headings and its figures."""
    cells = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    source = "\n".join("".join(cell["source"]) for cell in cells)
    headings = (re.sub("<!--.*?-->", "", one).lower() for one in re.findall("^#+ (.+)$", source, re.MULTILINE))
    slugs = {re.sub(r"[^a-z0-9]+", "-", one).strip("-") for one in headings}
    return slugs | {f"figure-{one}" for one in re.findall('figure_id="([^"]+)"', source)}


def verdict_of(cell: str) -> str:
    return cell.split(", because ")[0]


# Counts


def test_the_counts_are_those_counted_by_hand(claims):
    _, *rows = made(claims, "counts").table
    assert {row[0]: int(row[1]) for row in rows} == COUNTS
    assert [row[0] for row in rows] == list(COUNTS)


def test_the_counts_at_the_top_are_the_rows_of_the_tables(claims):
    tables = {part: made(claims, part).table[1:] for part in PARTS}
    assert {part: len(rows) for part, rows in tables.items()} == ROWS
    found = Counter(verdict_of(row[3]) for rows in tables.values() for row in rows)
    assert {name: found[name] for name in COUNTS if name != "All"} == {k: v for k, v in COUNTS.items() if k != "All"}
    assert sum(found.values()) == COUNTS["All"]


def test_every_claim_stands_in_one_table(claims):
    figures = Counter()
    for part in PARTS:
        for claim in claims.rows:
            figures[claim.claim_id] += module._part(claims, claim) == part
    assert set(figures.values()) == {1} and len(figures) == COUNTS["All"]
    printed = {f.figure_id for f in PRINTED if f.kind != "context"} - SAME_CLAIM_AS.keys()
    assert {claim.figure.figure_id for claim in claims.rows if claim.figure} == printed
    assert ROWS["article"] + ROWS["sources"] + ROWS["sums"] == len(printed) == 70
    assert {c.claim_id for c in claims.rows if module._part(claims, c) == "sums"} == SUMS
    assert {f.figure_id for f in PRINTED if f.kind == "computed"} == SUMS


def test_only_what_is_worked_out_is_said_to_test(claims):
    tests = {row[0]: row[3] for row in made(claims, "counts").table[1:]}
    assert tests == {
        **dict.fromkeys(("Reproduced", "Differs"), "yes"),
        "Derived": "a little",
        **dict.fromkeys(("Returned", "Carried", "Cannot be recomputed"), "no"),
        "All": "",
    }


def test_counts_are_pasted_as_they_stand_in_the_table(claims, pasted):
    paste_claims(claims)
    assert pasted == {
        "claims-total": "90",
        "claims-tested": "8",
        "claims-reproduced": "0",
        "claims-differs": "0",
        "claims-derived": "8",
        "claims-returned": "20",
        "claims-carried": "45",
        "claims-cannot-be-recomputed": "17",
    }


def test_counts_follow_the_claims(claims, pasted):
    few = replace(claims, rows=tuple(row for row in claims.rows if row.claim_id in ("vive_01", "fh_01", "catalyst")))
    paste_claims(few)
    assert (pasted["claims-total"], pasted["claims-tested"], pasted["claims-carried"]) == ("3", "1", "1")
    assert {row[0]: row[1] for row in made(few, "counts").table[1:]}["All"] == "3"


# Tables


@pytest.mark.parametrize("part", PARTS)
def test_every_row_is_full(claims, part):
    header, *rows = made(claims, part).table
    assert header == (
        "Claim",
        "Kind" if part == "words" else "Printed",
        "Where it is stated",
        "Verdict",
        "Evidence here",
    )
    assert [row for row in rows if len(row) != 5 or not all(cell.strip() for cell in row)] == []
    assert len(set(rows)) == len(rows)


def test_what_is_printed_stands_as_it_was_printed(claims):
    shown = {}
    for part in ("article", "sources"):
        chosen = [claim for claim in claims.rows if claim.figure and module._part(claims, claim) == part]
        for claim, row in zip(chosen, made(claims, part).table[1:], strict=True):
            shown[claim.claim_id] = row[1]
    assert len(shown) == 24 + 42 and not shown.keys() & SUMS
    for figure in PRINTED:
        if figure.figure_id in shown:
            unit = " percent" if figure.unit == "percent" else ""
            plain = f"{figure.value}{unit}" if figure.low is None else f"{figure.low}–{figure.high}{unit}"
            assert shown[figure.figure_id] == WORDS.get(figure.figure_id, (plain,))[0]


def test_a_claim_told_twice_names_both_places(claims):
    _, *rows = made(claims, "article").table
    twice = [row[2] for row in rows if "; also " in row[2]]
    assert len(twice) == 3
    for places in twice:
        first, second = places.split("; also ")
        assert first.startswith("Torfing, Bentzen and Jensen (2022), ") and second.startswith(
            "VIVE, publication page"
        )


def test_a_figure_of_another_source_names_its_survey(claims):
    _, *rows = made(claims, "sources").table
    assert [row[0] for row in rows if not row[0].endswith(")")] == []
    named = Counter(re.search(r" \(((?:[^()]|\([^()]*\))*)\)$", row[0]).group(1) for row in rows)
    assert named == {
        "FH's panel of public leaders": 18,
        "the teachers' union's first survey (DLF)": 2,
        "the teachers' union's survey on the reopening (DLF)": 1,
        "the survey by Bikubenfonden and Mandag Morgen": 6,
        "the pedagogues' union's first survey (BUPL)": 4,
        "the pedagogues' union's second survey (BUPL)": 4,
        "BUPL's survey of leaders, spring": 7,
    }


def test_a_sum_of_our_own_says_so_and_from_what_it_is_worked_out(claims):
    figure = made(claims, "sums")
    panel, survey = "FH's panel of public leaders", "the survey by Bikubenfonden and Mandag Morgen"
    more_than = "Cannot be recomputed, because the counts are printed only as “more than”"
    assert list(figure.table[1:]) == [
        (
            "New and innovative ways to deliver services: the rest: in the middle, or don't know",
            "not printed; our sum gives 31–33 percent",
            "worked out here: what is left of 100 after 54 and 14",
            "Derived",
            "31–33 percent",
        ),
        (
            "Smaller, ongoing improvements: all other answers",
            "not printed; our sum gives 26.5–27.5 percent",
            "worked out here: what is left of 100 after 73",
            "Derived",
            "26.5–27.5 percent",
        ),
        (
            f"Trust from the top manager or employer: the rest: as before, or don't know ({panel})",
            "not printed; our sum gives 40–42 percent",
            "worked out here: what is left of 100 after 47 and 12",
            "Derived",
            "40–42 percent",
        ),
        (
            f"Share who answered ({survey})",
            "not printed; our sum gives about 39 percent",
            "worked out here: 900 of 2,300; both are rounded and printed as “more than”",
            more_than,
            "about 39 percent",
        ),
    ]
    # nobody printed it, so no page is linked, although three of these figures have their parts' address
    assert sum(bool(c.figure.url) for c in claims.rows if c.claim_id in SUMS) == 3
    codebook = "chapters/appendix/codebook.html#item-"
    assert figure.links == {
        (1, 4): f"{codebook}vive-extent",
        (2, 4): f"{codebook}vive-character",
        (3, 4): f"{codebook}fh-trust_from_above",
    }


def test_only_sums_are_said_to_be_not_printed(claims):
    for part in ("article", "sources", "words"):
        text = " ".join(cell for row in made(claims, part).table for cell in row)
        assert "not printed" not in text.replace("the scale is not printed", "") and "worked out here" not in text


def test_a_claim_in_words_gives_the_shares_it_rests_on_or_why_there_are_none(claims):
    _, *rows = made(claims, "words").table
    derived = [row for row in rows if row[3] == "Derived"]
    assert [row[4] for row in derived] == [
        "Says the same as: Smaller, ongoing improvements, 73 percent",
        "Says the same as: Relevant for permanent operation, 85 percent; "
        "Usable in normal times and by other municipalities, 78 percent",
        "Says the same as: Positive for employees' motivation, 71 percent; Increases citizens' wellbeing, 67 percent",
        "Says the same as: Employees more ready to change, 95 percent",
    ]
    others = [row for row in rows if row not in derived]
    assert all(re.fullmatch("Cannot be recomputed, because .+", row[3]) for row in others)
    assert Counter(row[4] for row in others) == {
        "Told in the chapter welfare innovations": 3,
        "Told in the chapter effects": 1,
        "Told in the chapter drivers": 2,
        "Told in the chapter organisational innovations": 3,
        "Told in the chapter method": 1,
        "Told in the chapter discussion": 5,
        "Told in the chapter conclusion": 1,
    }
    assert Counter(row[1] for row in rows) == {"descriptive": 13, "causal": 4, "hypothesis": 3}


@pytest.mark.parametrize("part", ["", "Article", "figures", "vive"])
def test_a_part_that_there_is_not_is_refused(claims, part):
    with pytest.raises(SurveybookError) as caught:
        figure_claims(claims, part, figure_id="claims", title="x")
    assert (caught.value.got, caught.value.expected) == (part, "one of 'article', 'sources', 'sums', 'words'")


# On the page


@pytest.mark.parametrize("part", ["counts", *PARTS])
def test_a_table_is_whole_in_page_and_data(claims, part):
    figure = made(claims, part)
    page = read_page(html_of(figure))
    assert table_rows(page) == [list(row) for row in figure.table]
    (table,) = page.find("table")
    assert (table.attributes["class"], table.attributes["role"]) == ("sb-stacked", "table")
    lines = csv_text(about(figure)).splitlines()
    head = [line for line in lines if line.startswith("# ")]
    assert head[1] == (
        "# A verdict tests something only where it says reproduced or differs, and a little where it says derived."
    )
    assert list(csv.reader(lines[len(head) :])) == [list(row) for row in figure.table]
    assert len(head) == 4


@pytest.mark.parametrize("part", ["counts", *PARTS])
def test_no_verdict_has_a_tick_or_a_colour(claims, part):
    html = html_of(made(claims, part))
    page = read_page(html)
    assert not re.search("[✓✔✅☑✗✘✕❌☒⚠●🟢🔴]", html)
    assert [one.name for one in page.every() if "style" in one.attributes] == []
    classes = {one.attributes["class"] for one in page.every() if "class" in one.attributes}
    assert classes == {
        "sb-figure sb-wide",
        "sb-title",
        "sb-scroll",
        "sb-stacked",
        "sb-hidden",
        "sb-rests",
        "sb-caption",
        "sb-get",
        "sb-files",
    }
    # a cell with a verdict has what every other cell has
    cells = {frozenset(cell.attributes) for cell in page.find("td")}
    assert cells == {frozenset({"role", "data-label"})}
    assert {cell.attributes["data-label"] for cell in page.find("td")} == set(made(claims, part).table[0][1:])


def test_the_style_sheet_knows_no_verdict():
    css = (Path(module.__file__).parent / "assets" / "surveybook.css").read_text(encoding="utf-8").lower()
    assert [verdict for verdict in Verdict if verdict in css] == []
    assert "data-label=" not in css and "verdict" not in css


@pytest.mark.parametrize("to_root", ["", "../", "../../"])
def test_links_lead_to_the_web_or_from_the_root_of_the_site(claims, to_root):
    for part in PARTS:
        (table,) = read_page(html_of(made(claims, part), to_root)).find("table")
        assert links_of(table)
        for address in links_of(table):
            inside = r"chapters/(appendix/codebook\.html#item-[a-z0-9_]+-[a-z0-9_]+|[a-z-]+\.html(#[a-z0-9-]+)?)"
            outside = r"https://[a-z0-9.-]+(/[^\s\"<>]*)?"
            assert re.fullmatch(f"{re.escape(to_root)}{inside}|{outside}", address), address


@pytest.mark.parametrize("part", ["article", "sources"])
def test_what_is_linked_is_where_it_is_stated_and_the_evidence(claims, part):
    links = made(claims, part).links
    assert {column for _, column in links} == {2, 4}
    figures = [claim.figure for claim in claims.rows if claim.figure and module._part(claims, claim) == part]
    for row, figure in enumerate(figures, 1):
        page = f"item-{figure.survey}-{figure.item}"
        evidence = None if figure.item == "response" else f"chapters/appendix/codebook.html#{page}"
        assert links.get((row, 4)) == evidence
        assert ((row, 2) not in links) == (figure.figure_id in NO_ADDRESS)
        assert links.get((row, 2), "") == figure.url
    stated = {address for (_, column), address in links.items() if column == 2}
    assert (stated == {ADDRESS}) if part == "article" else ADDRESS not in stated


def test_the_evidence_is_a_row_that_the_codebook_has(claims, committed, read_records):
    rows = {f"item-{one['survey']}-{one['item']}" for one in read_records(committed / "codebook" / "items.csv")}
    for part in ("article", "sources", "sums"):
        found = [address for (_, column), address in made(claims, part).links.items() if column == 4]
        assert found and {address.partition("#")[2] for address in found} <= rows


def test_a_claim_in_words_leads_to_a_chapter_that_there_is(claims):
    figure = made(claims, "words")
    assert figure.links.keys() == {(row, 4) for row in range(1, 21)}
    for address in figure.links.values():
        page, _, anchor = address.partition("#")
        assert not anchor or anchor in anchors_of(page.removesuffix(".html")), address
    assert [address for address in figure.links.values() if "#" not in address] == ["chapters/conclusion.html"]
    assert figure.links[1, 4] == "chapters/welfare-innovations.html#figure-character"
    assert figure.links[18, 4] == "chapters/discussion.html#a-hypothesis-not-a-result"


def test_whatever_a_claim_says_is_text(claims):
    codebook = claims.estimates.codebook
    spoiled = replace(
        codebook,
        surveys={k: replace(v, label_en=f"{v.label_en} {HOSTILE}") for k, v in codebook.surveys.items()},
        items={k: replace(v, label_en=f"{v.label_en} {HOSTILE}") for k, v in codebook.items.items()},
    )

    def hostile(claim):
        if claim.words:
            texts = ("text_en", "source", "place")
            words = replace(claim.words, **{name: f"{getattr(claim.words, name)} {HOSTILE}" for name in texts})
            because = f"{claim.because} {HOSTILE}" if claim.because else ""
            return replace(claim, words=words, because=because)
        figure = replace(claim.figure, source=f"{claim.figure.source} {HOSTILE}", place=HOSTILE)
        return replace(claim, figure=figure)

    planted = replace(
        claims,
        rows=tuple(hostile(claim) for claim in claims.rows),
        estimates=replace(claims.estimates, codebook=spoiled),
    )
    # a source of another name is not the article: its three figures of other surveys change tables
    counts = {**ROWS, "article": ROWS["article"] - 3, "sources": ROWS["sources"] + 3}
    for part in PARTS:
        html = html_of(made(planted, part))
        page = read_page(html)
        assert page.find("script") == page.find("b") == []
        assert "<b>" not in html and "<script" not in html
        rows = table_rows(page)[1:]
        assert len(rows) == counts[part]
        assert all(HOSTILE in row[2] for row in rows)


def test_an_address_cannot_leave_its_attribute(claims):
    rows = tuple(
        replace(claim, figure=replace(claim.figure, url='https://example.org/"onclick="x')) if claim.figure else claim
        for claim in claims.rows
    )
    page = read_page(html_of(made(replace(claims, rows=rows), "article")))
    linked = [one for one in page.find("a") if one.attributes["href"].startswith("https://")]
    assert len(linked) == ROWS["article"]
    assert {frozenset(one.attributes) for one in linked} == {frozenset({"href"})}
    sums = read_page(html_of(made(replace(claims, rows=rows), "sums")))
    assert [address for address in links_of(sums) if address.startswith("https://")] == []


# What it rests on


def test_nothing_illustrative_appears(claims):
    shown = [claim.estimate for claim in claims.rows if claim.estimate]
    assert {estimate.status for estimate in shown} == {Status.PINNED, Status.PUBLISHED}
    spans = {
        f"{value:.{places}f}"
        for row in claims.estimates.rows
        if row.status == Status.ILLUSTRATIVE
        for value in (row.low_pct, row.high_pct)
        for places in (1, 2, 6)
    }
    for part in ("counts", *PARTS):
        figure = made(claims, part)
        text = " ".join(cell for row in figure.table for cell in row)
        assert not spans & set(re.findall(r"\d+\.\d+", text)) - {"26.5", "27.5"}
        assert "illustrative" not in html_of(figure).lower() and "sb-open" not in html_of(figure)


def test_what_stands_here_beside_print_is_print_while_there_are_no_real_answers(claims):
    for part in ("article", "sources"):
        for row in made(claims, part).table[1:]:
            assert row[4] == row[1], row
    for row in made(claims, "sums").table[1:]:
        assert row[1] == f"not printed; our sum gives {row[4]}"


def test_a_share_that_a_choice_makes_illustrative_is_not_shown(committed):
    surveys = load_surveys(str(committed), project_folder=committed)
    outside = judge_claims(estimate_surveys(surveys, dont_know="outside"), ())
    with pytest.raises(SurveybookError, match="simulated rows alone"):
        made(outside, "article")


def test_real_answers_stand_beside_print(observed):
    claims = judge_claims(observed, (WordClaim("w", "descriptive", "Most.", "extent > 50", "", "s", "p", "c.html"),))
    rows = {row[0]: row for row in made(claims, "article").table[1:]}
    extent = rows["New and innovative ways to deliver services: to a high or very high extent"]
    # 161 of 296 say so in the committed rows
    assert (extent[1], extent[3], extent[4]) == ("54 percent", "Reproduced", "54.4 percent")
    assert rows["People invited"][1:5:3] == ("556", "556")
    (word,) = made(claims, "words").table[1:]
    assert word[3:] == (
        "Reproduced",
        "Says the same as: New and innovative ways to deliver services: to a high or very high extent, 54.4 percent",
    )
    # 79 in the middle and 15 who do not know, of 296
    assert made(claims, "sums").table[1][3:] == ("Reproduced", "31.8 percent")
    assert {row[0]: row[1] for row in made(claims, "counts").table[1:]}["Reproduced"] == "24"


def test_a_withheld_share_is_called_so_and_not_shown(claims):
    rows = tuple(
        replace(claim, estimate=replace(claim.estimate, suppressed=True, estimate_pct=float("nan"), count=None))
        if claim.claim_id == "vive_14"
        else claim
        for claim in claims.rows
    )
    _, *table = made(replace(claims, rows=rows), "article").table
    (row,) = [row for row in table if row[0] == "Concerns more digital service"]
    assert row[4] == "suppressed"
