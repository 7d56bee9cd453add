"""What a card tells of a number, and that both come back from a chapter as they were, whatever they say."""

from __future__ import annotations

import json
import re
from math import floor
from pathlib import Path

import pytest
from page import read_page

from surveybook.core.errors import SurveybookError
from surveybook.disseminate.number_cards import (
    RANGES_EXPLAINED,
    Card,
    make_card,
    make_edition_card,
    make_printed_card,
)
from surveybook.disseminate.number_markup import card_html, link_html, number_html, read_number
from surveybook.disseminate.numbers import numbers_of

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
CLAIMS, CODEBOOK = "chapters/appendix/claims.html", "chapters/appendix/codebook.html"
PANEL = "application/vnd.surveybook.panel+json"
HOSTILE = {
    "a script": '"><script>alert(1)</script>',
    "the end of a script": "</script></span></div>",
    "quotes": "\"double\" 'single' “both”",
    "entities": "&lt;b&gt; &amp;amp; &quot; &#39; & <",
    "braces": "{name} {{ x }} {} {0} {% x %}",
    "lines": "one\ntwo\r\nthree\ttab",
    "controls": "a\x01b\x1fc\x7fd\u2028e\u202ef",
    "a backslash": r"\u003c \n \\",
    "an attribute": '" data-card="other',
    "letters": "æøå 漢 🦠 – −",
    "nothing": "",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_number_comes_back_from_a_chapter_as_it_was(text):
    card = Card((("Value", text), (text, "x")), ((text, f"chapters/x.html#{text}"), ("A link", "a.html")))
    assert read_number(number_html(text, "pinned", card)) == (text, "pinned", card)
    assert read_number(f" {number_html(text, 'published', card)}\n") == (text, "published", card)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_number_is_one_element_of_text_in_a_chapter(text):
    (number,) = read_page(number_html(text, "pinned", Card((("Value", text),), ((text, text),)))).inside
    assert (number.name, number.text, number.inside) == ("span", text, [])
    assert number.attributes.keys() == {"class", "data-status", "data-card"}
    assert json.loads(number.attributes["data-card"]) == [[["Value", text]], [[text, text]]]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_link_and_a_card_are_text_on_a_page(text):
    card = Card((("Value", text),), ((text, f"a.html#{text}"),))
    (link,) = read_page(link_html(text, "pinned", card, "card-1", "../")).inside
    assert (link.name, link.text, link.inside) == ("a", text, [])
    assert (link.attributes["href"], link.attributes["data-card"]) == (f"../a.html#{text}", "card-1")
    (about,) = read_page(card_html("card-1", text, [(text, text)], [(text, text)])).inside
    assert [one.name for one in about.every()] == ["div", "p", "p", "a", "dl", "dt", "dd"]
    assert about.find("p")[0].text == text
    assert [one.text for one in (*about.find("dt"), *about.find("dd"), *about.find("a"))] == [text] * 3
    assert about.find("a")[0].attributes["href"] == text


@pytest.mark.parametrize(
    "markup", ["", "54 percent", "<span>54</span>", '<span class="sb-number">54</span>', "<b>5</b>"]
)
def test_other_markup_is_no_number(markup):
    assert read_number(markup) is None


# What a card tells


def test_a_share_that_print_fixes_tells_value_interval_base_question_status_method_and_source(simulated):
    card = make_card(simulated.get("vive", "extent"), simulated.codebook)
    told = dict(card.rows)
    assert list(told) == ["Value", "Interval", "Of whom", "Question", "Rests on", "Method", "Source"]
    assert told["Value"] == "54 percent"
    alike, differ, bounds = told["Interval"].split("; ")
    assert re.fullmatch(
        r"\d+ to \d+ percent of everyone, if the silent are like those who answered \(95 percent interval\)", alike
    )
    assert re.fullmatch(r"\d+ to \d+ percent, if they differ by ten percentage points", differ)
    assert re.fullmatch(r"\d+ to \d+ percent, whatever they think\. Our range, not in the article\.", bounds)
    ends = [[int(end) for end in re.findall(r"\d+", one)[:2]] for one in (alike, differ, bounds)]
    assert ends[2][0] < ends[1][0] < ends[0][0] < 54 < ends[0][1] < ends[1][1] < ends[2][1]
    assert told["Of whom"] == "Base not published; we assume at least 160."
    assert told["Question"].startswith("As we guess it (the questionnaire is not public): To what extent have new")
    assert told["Rests on"].startswith("Fixed by print: ")
    assert told["Method"].startswith("The printed figure") and "interval by the method of Wilson" in told["Method"]
    assert told["Source"] == (
        "Figures as printed by Torfing, Bentzen and Jensen (2022), section on welfare innovations. "
        "Survey: VIVE's survey of municipal leaders, November 2020."
    )


def test_a_card_leads_to_claim_and_question(simulated):
    card = make_card(simulated.get("vive", "extent"), simulated.codebook)
    assert [address for _, address in card.links] == [f"{CLAIMS}#claim-vive-04", f"{CODEBOOK}#item-vive-extent"]


def test_a_published_share_says_why_there_is_no_interval(simulated):
    told = dict(make_card(simulated.get("komdir", "kept_collaboration"), simulated.codebook).rows)
    assert told["Value"] == "73 percent"
    assert told["Interval"] == "None: how many answered is not published."
    assert told["Rests on"].startswith("Published: ") and "interval" not in told["Method"]
    assert told["Question"] == "The wording of the question is not published."


def test_every_share_without_an_interval_says_why(simulated):
    rows = [
        row for row in simulated.rows if row.status.value != "illustrative" and row.estimate_pct == row.estimate_pct
    ]
    said = [dict(make_card(row, simulated.codebook).rows)["Interval"] for row in rows]
    none = [text for text in said if text.startswith("None")]
    assert none and len(none) < len(said)
    assert [text for text in none if not re.fullmatch(r"None: \S.+\.", text)] == []


def test_a_count_of_all_who_were_asked_has_no_question(simulated):
    row = simulated.get("vive", "response", "invited")
    card = numbers_of(row, simulated.codebook)["vive-response-invited-count"].card
    assert len(card.links) == 1
    assert dict(card.rows) == {
        "What it is": "A count of people.",
        "Rests on": "Fixed by print: a printed count, or a difference of printed counts.",
        "Source": "Figures as printed by Torfing, Bentzen and Jensen (2022), section on data sources and analysis. "
        "Survey: VIVE's survey of municipal leaders, November 2020.",
    }


def test_an_observed_share_has_one_decimal_and_says_how_it_was_counted(observed, project, read_records):
    given = [row["q01_omfang"] for row in read_records(project / "data" / "raw" / "vive" / "responses.csv")]
    base = [value for value in given if value in ("1", "2", "3", "4", "5", "6", "88")]
    share = floor(1000 * sum(value in ("1", "2") for value in base) / len(base) + 0.5) / 10
    told = dict(make_card(observed.get("vive", "extent"), observed.codebook).rows)
    assert told["Value"] == f"{share:.1f} percent"
    assert told["Of whom"] == f"Base {len(base)}."
    assert re.match(
        r"\d+\.\d to \d+\.\d percent of everyone, if the silent are like those who answered", told["Interval"]
    )
    assert told["Rests on"] == "Observed: worked out from real answers."
    method = told["Method"].partition("; interval by ")[0]
    assert method == "Counted from the answers; the share is the count, divided by the base"
    assert "simulated" not in str(told).lower()
    assert told["Source"] == "Survey: VIVE's survey of municipal leaders, November 2020."


def test_a_count_of_real_answers_says_so_and_speaks_of_no_share(observed):
    told = dict(make_card(observed.get("vive", "response", "open_answers"), observed.codebook).rows)
    assert told["Rests on"] == "Observed: worked out from real answers."
    assert list(told) == ["What it is", "Rests on", "Source"]


@pytest.mark.parametrize("option_set", ["top1", "top3", "option:1", "gap:no_answer"])
def test_a_share_that_only_real_answers_could_tell_has_no_card(simulated, option_set):
    with pytest.raises(SurveybookError, match="simulated rows alone"):
        make_card(simulated.get("vive", "extent", option_set), simulated.codebook)


def test_a_range_over_assumed_bases_is_said_to_be_ours_and_never_fixed_by_print(simulated):
    found = numbers_of(simulated.get("vive", "extent"), simulated.codebook)
    for way in ("alike", "differ", "bounds", "tipping"):
        number = found[f"vive-extent-top2-{way}"]
        told = dict(number.card.rows)
        assert number.status == "assumed" and "Fixed by print" not in str(number.card)
        assert told["Whose it is"].startswith("Our range: worked out by this edition. It is not in the article")
        assert told["Starts from"] == (
            "54 percent, printed by Torfing, Bentzen and Jensen (2022), section on welfare innovations."
        )
        assert told["Survey"] == "VIVE's survey of municipal leaders, November 2020."
        assert told["Of whom"] == "Base not published; we assume at least 160."
        assert "as printed by" not in str(number.card)
        texts = [text for text, _ in number.card.links]
        assert texts[:2] == ["How our ranges are worked out", "The claim of the printed figure"]
        if way != "tipping":
            assert told["What it is"].startswith("The range for everyone, ")
    assert dict(found["vive-extent-top2"].card.rows)["Value"] == "54 percent"


def test_a_range_says_where_perhaps_only_some_were_asked(simulated):
    cards = {
        item: numbers_of(simulated.get("vive", item), simulated.codebook)[f"vive-{item}-{named}-bounds"].card
        for item, named in (("extent", "top2"), ("permanent", "agree"))
    }
    assert "Beware" not in dict(cards["extent"].rows)
    assert dict(cards["permanent"].rows)["Beware"].startswith("If only some leaders were asked")


def test_a_figure_that_is_printed_of_innovations_says_so(simulated):
    told = dict(make_card(simulated.get("vive", "character"), simulated.codebook).rows)
    assert told["Of whom"].startswith("Printed of innovations; this book reads it as of leaders, which may be wrong;")
    told = dict(make_card(simulated.get("vive", "permanent"), simulated.codebook).rows)
    assert told["Of whom"].startswith("Base not published;")


def test_a_setting_of_the_edition_has_no_card(simulated):
    found = numbers_of(simulated.get("vive", "extent"), simulated.codebook)
    assert [found[f"vive-extent-top2-{name}"].card for name in ("level", "points")] == [None, None]


def test_a_printed_figure_says_that_it_was_printed_whatever_the_rows_give(observed):
    row = observed.get("vive", "extent")
    card = make_printed_card(row, observed.codebook)
    told = dict(card.rows)
    assert list(told) == ["What it is", "Question", "Rests on", "Source"]
    assert told["What it is"] == "The figure, or the word, that was printed."
    assert told["Rests on"] == (
        "Published: carried over as it was printed, whatever the real answers of this edition give."
    )
    assert told["Source"] == (
        "Figures as printed by Torfing, Bentzen and Jensen (2022), section on welfare innovations. "
        "Survey: VIVE's survey of municipal leaders, November 2020."
    )
    assert [address for _, address in card.links] == [f"{CLAIMS}#claim-vive-04", f"{CODEBOOK}#item-vive-extent"]
    printed = numbers_of(row, observed.codebook)["vive-extent-top2-printed"]
    assert (printed.text, printed.status, printed.card) == ("54 percent", "published", card)


def test_a_printed_figure_where_there_are_no_real_answers_speaks_of_none(simulated):
    told = dict(make_printed_card(simulated.get("vive", "extent"), simulated.codebook).rows)
    assert told["Rests on"] == "Published: carried over as it was printed."


def test_a_count_and_its_rest_say_what_they_are_and_speak_of_no_share(simulated):
    found = numbers_of(simulated.get("vive", "response", "municipalities"), simulated.codebook)
    count, others = (found[f"vive-response-municipalities-{name}"] for name in ("count", "others"))
    assert (count.text, others.text) == ("93", "5")
    assert count.card.rows[0] == ("What it is", "A count of people.")
    assert others.card.rows[0] == ("What it is", "A count of the rest: all, less those counted.")
    assert "share" not in str((count.card.rows, others.card.rows)).lower()


def test_a_setting_of_the_edition_says_so_and_rests_on_no_answer():
    card = make_edition_card("a setting", "chapters/method.html")
    assert card == Card((("What it is", "A setting."),), (("Where it is explained", "chapters/method.html"),))


# The committed chapters


@pytest.fixture(scope="module")
def committed_outputs():
    paths = sorted(CHAPTERS.rglob("*.ipynb"))
    cells = [cell for path in paths for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    return [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]


def test_every_card_of_the_committed_numbers_leads_to_a_row_that_is_there(committed_outputs):
    panels = [data[PANEL]["usermeta"]["surveybook"] for data in committed_outputs if PANEL in data]
    anchors = {name for about in panels for _, name in about.get("anchors", [])}
    anchors.add(RANGES_EXPLAINED.partition("#")[2])  # a heading, which the links of the built site are held against
    markup = [data.get("application/papermill.record/text/html") for data in committed_outputs]
    numbers = [read for one in markup if one and (read := read_number("".join(one)))]
    addresses = [address for _, _, card in numbers for _, address in card.links]
    assert len(numbers) > 100
    named = {anchor for address in addresses if (anchor := address.partition("#")[2])}
    assert named and named <= anchors
