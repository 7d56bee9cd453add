"""Tables of the claims: as many rows as are counted, plain verdicts, links that lead somewhere, print alone."""

from __future__ import annotations

import csv
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
from surveybook.disseminate.sphinx_figures import panel_html
from surveybook.process import load_surveys
from surveybook.process.claims import WordClaim

HOSTILE = """</td></table><script>alert(1)</script> & "quoted" it's <b>bold</b> {0}"""
PARTS = ("article", "sources", "words")
# Counted by hand: the article and VIVE's page print 23 claims of VIVE, and 73, 14 and 77 of others.
ROWS = {"article": 23 + 3, "sources": 44, "words": 20}
COUNTS = {
    "Reproduced": 0,
    "Differs": 0,
    "Derived": 9,
    "Returned": 20,
    "Carried": 45,
    "Cannot be recomputed": 16,
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
    assert set(figures.values()) == {1}
    printed = {f.figure_id for f in PRINTED if f.kind != "context"} - SAME_CLAIM_AS.keys()
    assert {claim.figure.figure_id for claim in claims.rows if claim.figure} == printed
    assert ROWS["article"] + ROWS["sources"] == len(printed) == 70


def test_only_what_is_worked_out_is_said_to_test(claims):
    tests = {row[0]: row[3] for row in made(claims, "counts").table[1:]}
    assert tests == {
        **dict.fromkeys(("Reproduced", "Differs", "Derived"), "yes"),
        **dict.fromkeys(("Returned", "Carried", "Cannot be recomputed"), "no"),
        "All": "",
    }


def test_counts_are_pasted_as_they_stand_in_the_table(claims, pasted):
    paste_claims(claims)
    assert pasted == {
        "claims-total": "90",
        "claims-tested": "9",
        "claims-reproduced": "0",
        "claims-differs": "0",
        "claims-derived": "9",
        "claims-returned": "20",
        "claims-carried": "45",
        "claims-cannot-be-recomputed": "16",
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
        "FH's panel of public leaders": 19,
        "the teachers' union's first survey (DLF)": 2,
        "the teachers' union's survey on the reopening (DLF)": 1,
        "the survey by Bikubenfonden and Mandag Morgen": 7,
        "the pedagogues' union's first survey (BUPL)": 4,
        "the pedagogues' union's second survey (BUPL)": 4,
        "BUPL's survey of leaders, spring": 7,
    }


def test_a_claim_in_words_gives_its_condition_or_why_there_is_none(claims):
    _, *rows = made(claims, "words").table
    derived = [row for row in rows if row[3] == "Derived"]
    assert [row[4] for row in derived] == [
        "Condition: character > 50",
        "Condition: permanent > 50 and transferable > 50",
        "Condition: motivation > 50 and wellbeing > 50",
        "Condition: readiness > 50",
    ]
    others = [row for row in rows if row not in derived]
    assert all(re.fullmatch("Cannot be recomputed, because .+", row[3]) for row in others)
    assert Counter(row[1] for row in rows) == {"descriptive": 13, "causal": 4, "hypothesis": 3}


@pytest.mark.parametrize("part", ["", "Article", "figures", "vive"])
def test_a_part_that_there_is_not_is_refused(claims, part):
    with pytest.raises(SurveybookError) as caught:
        figure_claims(claims, part, figure_id="claims", title="x")
    assert (caught.value.got, caught.value.expected) == (part, "one of 'article', 'sources', 'words'")


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
    assert head[1] == "# A verdict tests something only where it says reproduced, differs or derived."
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
            inside = re.fullmatch(re.escape(to_root) + r"chapters/[a-z/-]+\.html(#item-[a-z0-9-]+)?", address)
            assert inside or re.fullmatch(r"https://[a-z0-9.-]+(/[^\s\"<>]*)?", address), address


def test_what_is_linked_is_where_it_is_stated_and_the_evidence(claims):
    links = made(claims, "article").links
    assert {column for _, column in links} == {2, 4}
    figures = [claim.figure for claim in claims.rows if claim.figure and module._part(claims, claim) == "article"]
    for row, figure in enumerate(figures, 1):
        page = f"item-{figure.survey}-{figure.item}".replace("_", "-")
        evidence = None if figure.item == "response" else f"chapters/appendix/codebook.html#{page}"
        assert links.get((row, 4)) == evidence
        assert links[row, 2] == figure.url


def test_a_claim_in_words_leads_to_a_chapter_that_there_is(claims):
    figure = made(claims, "words")
    assert figure.links.keys() == {(row, 4) for row in range(1, 21)}
    pages = {address.removesuffix(".html") for address in figure.links.values()}
    assert [page for page in pages if not any((ROOT / f"{page}.{kind}").is_file() for kind in ("ipynb", "md"))] == []


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
    for part in PARTS:
        html = html_of(made(planted, part))
        page = read_page(html)
        assert page.find("script") == page.find("b") == []
        assert "<b>" not in html and "<script" not in html
        rows = table_rows(page)[1:]
        assert len(rows) == ROWS[part]
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
    assert made(claims, "words").table[1][3] == "Reproduced"
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
