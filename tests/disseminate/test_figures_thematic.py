"""Figures of the qualitative half show what the article tells, as text, and count nothing."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import pytest
from page import ids_of, links_of, read_page, table_rows

from surveybook.core.errors import SurveybookError
from surveybook.disseminate import figure_links, figure_patterns, figure_told
from surveybook.disseminate.figure import PANEL_MIME, USERMETA, csv_text
from surveybook.disseminate.sphinx_figures import panel_html
from surveybook.process.package import load_package
from surveybook.process.thematic import Thematic, read_thematic

HOSTILE = """</li></section><script>alert(1)</script> & "quoted" it's <b>bold</b> {0} {x}"""
KINDS = {
    "organisation": lambda t: figure_patterns(t, "organisation", figure_id="patterns", title="Two patterns"),
    "effects": lambda t: figure_patterns(t, "effects", figure_id="effects", title="Effects"),
    "shadow sides": lambda t: figure_patterns(t, "shadow_sides", figure_id="shadows", title="Shadow sides"),
    "told": lambda t: figure_told(t, figure_id="told", title="Who tells what?"),
    "links": lambda t: figure_links(t, figure_id="links", title="Four links"),
}
BOXES = {
    "organisation": ["More collaboration across borders", "More management by trust"],
    "effects": ["Autonomy", "Self-determination", "Flexibility", "Accessibility", "Diversity"],
    "shadow sides": ["Shadow sides"],
}
# how many patterns, counter-patterns, effects and shadow sides, by hand from the article
ROWS = {"organisation": 7 + 2, "effects": 15, "shadow sides": 5, "told": 9, "links": 4 + 5}
NOT_PUBLISHED = (
    "How many people sorted the texts, how far they agreed, and how often each thing was told: not published."
)


@pytest.fixture(scope="module")
def thematic(committed) -> Thematic:
    """The committed thematic codebook."""
    return read_thematic(load_package(committed))


def about(figure) -> dict:
    return figure._repr_mimebundle_()[PANEL_MIME]["usermeta"][USERMETA]


def html_of(figure) -> str:
    return panel_html(about(figure), figure.markup, "../")


def planted(thematic: Thematic) -> Thematic:
    """The codebook with a hostile text in every field that is shown."""

    def spoiled(named, *fields):
        return {
            key: replace(one, **{name: f"{getattr(one, name)} {HOSTILE}" for name in fields if getattr(one, name)})
            for key, one in named.items()
        }

    return Thematic(
        themes=spoiled(thematic.themes, "label_en", "text_en", "place"),
        codes=spoiled(thematic.codes, "label_en", "text_en", "groups_en", "note_en"),
        tellers=spoiled(thematic.tellers, "label_en"),
        told=spoiled(thematic.told, "note_en"),
        links=spoiled(thematic.links, "from_en", "through_en", "to_en"),
    )


# Every kind


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_codebook_says_is_text(thematic, kind):
    figure = KINDS[kind](planted(thematic))
    html = html_of(figure)
    page = read_page(html)
    assert page.find("script") == page.find("b") == []
    assert "<script" not in html and "<b>" not in html and "&lt;b&gt;" in html
    assert HOSTILE in page.text
    assert len(table_rows(page)) == 1 + ROWS[kind]
    # the same elements as without the hostile text, so that nothing in it was read as one
    calm = read_page(html_of(KINDS[kind](thematic)))
    assert [one.name for one in page.every()] == [one.name for one in calm.every()]


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_unique_and_links_within_the_page_lead_to_one(thematic, kind):
    page = read_page(html_of(KINDS[kind](thematic)))
    ids = ids_of(page)
    assert len(ids) == len(set(ids))
    assert [id_ for id_ in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id_)] == []
    inner = [address for address in links_of(page) if address.startswith("#")]
    assert [address for address in inner if address[1:] not in ids] == []


def test_ids_of_all_figures_on_one_page_are_unique(thematic):
    ids = ids_of(read_page("".join(html_of(make(thematic)) for make in KINDS.values())))
    assert len(ids) == len(set(ids))


def test_a_theme_and_a_code_of_one_name_have_ids_of_their_own(thematic):
    codes = {code.code: code for code in thematic.codes.values()}
    codes["autonomy"] = replace(codes.pop("control"), code="autonomy")
    ids = ids_of(read_page(html_of(KINDS["effects"](replace(thematic, codes=codes)))))
    assert len(ids) == len(set(ids))
    assert {"effects-theme-autonomy", "effects-code-autonomy"} <= {*ids}


@pytest.mark.parametrize("kind", BOXES)
def test_ids_say_whether_they_are_a_theme_s_or_a_code_s(thematic, kind):
    figure = KINDS[kind](thematic)
    page = read_page(html_of(figure))
    boxes = page.find("section", class_="sb-box")
    themes = [box.attributes["id"] for box in boxes]
    assert all(one.startswith(f"{figure.figure_id}-theme-") for one in themes) and len(themes) == len(BOXES[kind])
    codes = [item.attributes["id"] for box in boxes for item in box.find("li")]
    assert all(one.startswith(f"{figure.figure_id}-code-") for one in codes) and len(codes) == ROWS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_data_holds_what_the_figure_shows(thematic, kind):
    figure = KINDS[kind](thematic)
    lines = csv_text(about(figure)).splitlines()
    head = [line for line in lines if line.startswith("# ")]
    assert lines[: len(head)] == head and len(head) == 4
    assert head[0].startswith(f"# {figure.title}") and head[1] == f"# {figure.rests}"
    rows = list(csv.reader(lines[len(head) :]))
    assert rows == [list(row) for row in figure.table] == table_rows(read_page(html_of(figure)))
    assert len(rows) == 1 + ROWS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_counted_and_no_answers_are_claimed(thematic, kind):
    figure = KINDS[kind](thematic)
    numbers = re.findall(r"\d+", " ".join(cell for row in figure.table for cell in row))
    assert set(numbers) <= {"1"}  # figure 1
    assert "percent" not in html_of(figure)
    if kind == "links":
        assert figure.rests == "Proposed, not shown. None of these links was tested, by the article or here."
    else:
        assert "No figures and no answers stand behind it" in figure.rests
        assert NOT_PUBLISHED in figure.caption


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_made_twice_is_the_same(thematic, kind):
    assert KINDS[kind](thematic)._repr_mimebundle_() == KINDS[kind](thematic)._repr_mimebundle_()


# Boxes


@pytest.mark.parametrize("kind", BOXES)
def test_each_theme_has_its_box_with_its_codes(thematic, kind):
    page = read_page(html_of(KINDS[kind](thematic)))
    boxes = page.find("section", class_="sb-box")
    assert [box.find("p", class_="sb-box-title")[0].text for box in boxes] == BOXES[kind]
    assert sum(len(box.find("li")) for box in boxes) == ROWS[kind]
    table = table_rows(page)[1:]
    for box, theme in zip(boxes, BOXES[kind], strict=True):
        told = [item.find("strong")[0].text.removesuffix(".") for item in box.find("li")]
        assert sorted(told) == sorted(row[2] for row in table if row[0] == theme)


def test_counter_patterns_stand_apart_in_their_box(thematic):
    page = read_page(html_of(KINDS["organisation"](thematic)))
    apart = [
        [item.find("strong")[0].text for item in part.find("li")] for part in page.find("ul", class_="sb-counter")
    ]
    assert apart == [["Fixed teams."], ["National health guidelines."]]
    assert [p.text for p in page.find("p", class_="sb-counter")] == ["Told against it"] * 2
    assert [row[1] for row in table_rows(page)[1:]] == [
        *(["Pattern"] * 4 + ["Counter-pattern"]),
        *(["Pattern"] * 3 + ["Counter-pattern"]),
    ]


@pytest.mark.parametrize("kind", ["effects", "shadow sides"])
def test_other_boxes_have_no_counter_patterns(thematic, kind):
    assert read_page(html_of(KINDS[kind](thematic))).find("p", class_="sb-counter") == []


def test_effects_say_what_is_printed_and_what_is_our_reading(thematic):
    page = read_page(html_of(KINDS["effects"](thematic)))
    marks = [box.find("p", class_="sb-mark")[0].text for box in page.find("section", class_="sb-box")]
    reading = "told in the text; that it is a box of figure 1 is our reading"
    assert marks == ["printed in figure 1", *[reading] * 4]
    where = {row[2]: row[5] for row in table_rows(page)[1:]}
    printed = {what for what, text in where.items() if "The bullet is printed in figure 1" in text}
    assert printed == {"A greater feeling of control", "Less intimidating", "Faster contact"}
    assert where["Faster contact"].endswith("that it stands under this theme is our reading.")
    assert where["More equal ground"] == "The theme is printed in figure 1. Told in the text."


def test_the_organisation_s_boxes_speak_of_no_figure(thematic):
    figure = KINDS["organisation"](thematic)
    assert "figure 1" not in html_of(figure)
    assert figure.table[0] == ("Theme", "Kind", "What", "In our words", "People named")


def test_effects_can_be_found_from_the_side_of_the_people(thematic):
    page = read_page(html_of(KINDS["effects"](thematic)))
    (groups,) = page.find("ul", class_="sb-groups")
    listed = {item.text.split(": ")[0]: links_of(item) for item in groups.find("li")}
    assert listed["Citizens who walk with difficulty"] == ["#effects-code-walking"]
    assert listed["Citizens in rehabilitation"] == ["#effects-code-less-intimidating"]
    assert listed["Citizens who get help with bathing"] == ["#effects-code-less-intimidating"]
    assert len(listed) == 11
    # a link is named as what it leads to
    by_id = {one.attributes["id"]: one for one in page.find("li") if "id" in one.attributes}
    for link in groups.find("a"):
        target = by_id[link.attributes["href"][1:]]
        assert target.find("strong")[0].text.lower() == f"{link.text}."


def test_a_group_that_is_named_twice_stands_once_with_both_links(thematic):
    same = replace(thematic.codes["mental_illness"], groups_en="citizens who walk with difficulty")
    page = read_page(html_of(KINDS["effects"](replace(thematic, codes={**thematic.codes, "mental_illness": same}))))
    (item,) = [one for one in page.find("li") if one.text.startswith("Citizens who walk with difficulty:")]
    assert links_of(item) == ["#effects-code-walking", "#effects-code-mental-illness"]


def test_a_part_that_there_is_not_is_refused(thematic):
    with pytest.raises(SurveybookError) as caught:
        figure_patterns(thematic, "gains", figure_id="gains", title="Gains")
    assert caught.value.got == "gains"


# Who tells what


def test_who_tells_what_stands_cell_by_cell(thematic):
    header, *rows = table_rows(read_page(html_of(KINDS["told"](thematic))))
    assert header == [
        *("What is told", "Chief executives", "Institution leaders", "Employees"),
        "Said without naming a group",
    ]
    told, stressed, no = "told in the article", "told in the article, and stressed", "not told"
    nobody_named = [no, no, no, told]
    assert {row[0].split(" (")[0]: row[1:] for row in rows} == {
        "A feeling of community": [told, told, f"{told} (those in fixed teams)", no],
        "Sharing of information and knowledge": nobody_named,
        "Coordination of activities": nobody_named,
        "Joint solving of problems and tasks": [told, told, no, no],
        "Fixed teams": [no, no, no, f"{told} (of some employees, in day care, schools and care homes)"],
        "Less steering by rules, documentation and control": nobody_named,
        "Faster and less formal decisions": [
            f"{stressed} (the speed of decisions)",
            f"{stressed} (many of them: short ways of deciding)",
            *(no, no),
        ],
        "Closeness, dialogue, support and motivation": [no, stressed, no, no],
        "National health guidelines": nobody_named,
    }


def test_not_told_is_not_said_to_have_not_happened(thematic):
    assert "not that it did not happen" in KINDS["told"](thematic).caption


# Links


def test_links_of_the_article_and_rivals_stand_apart(thematic):
    page = read_page(html_of(KINDS["links"](thematic)))
    lists = page.find("section", class_="sb-links")
    assert [part.find("p")[0].text for part in lists] == [
        "The article's hypothesis",
        "Rival explanations, added by this edition",
    ]
    assert [len(part.find("li")) for part in lists] == [4, 5]
    for part, whose in zip(
        lists, ("The article's hypothesis", "Rival explanations, added by this edition"), strict=True
    ):
        steps = [tuple(step.text for step in item.inside) for item in part.find("li")]
        assert steps == [
            (row[1], f"→ proposed to give {row[2]}", f"→ and so {row[3]}")
            for row in table_rows(page)[1:]
            if row[0] == whose
        ]
        for item in part.find("li"):
            assert [step.attributes["class"] for step in item.inside] == ["sb-end", "sb-through", "sb-end"]


def test_an_arrow_is_read_aloud_as_proposed_and_not_as_a_sign(thematic):
    page = read_page(html_of(KINDS["links"](thematic)))
    arrows = page.find("span", **{"aria-hidden": "true"})
    assert [arrow.text for arrow in arrows] == ["→ "] * (2 * 9)
    (boxes,) = page.find("div", class_="sb-boxes")
    assert boxes.text.count("→") == len(arrows)
    spoken = [one.text for one in boxes.find("span", class_="sb-hidden")]
    assert spoken == ["proposed to give ", "and so "] * 9
