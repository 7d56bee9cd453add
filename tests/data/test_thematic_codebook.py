"""The thematic codebook tells what the article tells, and of each thing by whom."""

import pytest

# themes of each part, each with its codes by kind, in the article's order
ORGANISATION = {
    "collaboration": {
        "sub_code": ["community", "knowledge", "coordination", "joint_solving"],
        "counter_pattern": ["fixed_teams"],
    },
    "trust": {
        "sub_code": ["less_rules", "fast_decisions", "closeness"],
        "counter_pattern": ["national_rules"],
    },
}
EFFECTS = {
    "autonomy": ["control", "less_intimidating", "equal_ground"],
    "self_determination": ["independent", "does_oneself", "own_home"],
    "flexibility": ["easier_meetings", "time_saved", "opening_hours"],
    "accessibility": ["faster_contact", "frequent_contact", "more_reached", "own_picture"],
    "diversity": ["walking", "mental_illness"],
}
SHADOW_SIDES = ["physical_help", "prefer_meeting", "lonely", "structure", "effort"]
TELLERS = ["chief_executives", "institution_leaders", "employees", "no_group_named"]
# Cell by cell: what the article says of who tells each pattern. "-" is not told.
WHO = """
                 chief_executives  institution_leaders  employees  no_group_named
community        told              told                 told       -
knowledge        -                 -                    -          told
coordination     -                 -                    -          told
joint_solving    told              told                 -          -
fixed_teams      -                 -                    -          told
less_rules       -                 -                    -          told
fast_decisions   stressed          stressed               -          -
closeness        -                 stressed             -          -
national_rules   -                 -                    -          told
"""
GRID = [line.split() for line in WHO.strip().splitlines()[1:]]
CELLS = [(code, teller, how) for code, *row in GRID for teller, how in zip(TELLERS, row, strict=True)]
# What only a figure prints for certain: its first box, two bullets under it, and one bullet elsewhere.
PRINTED = {"autonomy", "control", "less_intimidating", "faster_contact"}
# Who is named with each effect; with the other effects nobody is.
GROUPS = {
    "control": ["anxiety", "mental illness"],
    "less_intimidating": ["rehabilitation", "bathing"],
    "independent": ["support in own home", "home help", "home care", "contact person"],
    "does_oneself": ["support in own home"],
    "own_home": ["STU"],
    "opening_hours": ["home training", "special care", "sport", "job search"],
    "frequent_contact": ["residents of institutions", "relatives"],
    "more_reached": ["do not want visits"],
    "walking": ["walk with difficulty"],
    "mental_illness": ["mental illness"],
}
LINKS = {  # of the article's hypothesis: from what, through what
    "learning": ("joint work", "mutual learning"),
    "room": ("fewer rules", "room to try"),
    "speed": ("faster decisions", "fewer obstacles"),
    "trust": ("closeness", "trust that dares"),
}


@pytest.fixture(scope="module")
def table(committed, read_records):
    """Read a table of the thematic codebook, by the csv module alone."""
    return lambda name: read_records(committed / "thematic" / f"{name}.csv")


def codes_of(table, theme: str, kind: str) -> list[str]:
    return [row["code"] for row in table("codes") if (row["theme"], row["kind"]) == (theme, kind)]


def test_the_parts_have_these_themes(table):
    parts = {}
    for row in table("themes"):
        parts.setdefault(row["part"], []).append(row["theme"])
    assert parts == {
        "organisation": list(ORGANISATION),
        "effects": list(EFFECTS),
        "shadow_sides": ["shadow_sides"],
    }


@pytest.mark.parametrize("theme", ORGANISATION)
def test_patterns_and_counter_patterns_are_those_that_the_article_reports(table, theme):
    for kind, codes in ORGANISATION[theme].items():
        assert codes_of(table, theme, kind) == codes


@pytest.mark.parametrize("theme", EFFECTS)
def test_each_theme_of_the_effects_has_what_the_text_tells_under_it(table, theme):
    assert codes_of(table, theme, "effect") == EFFECTS[theme]


def test_the_shadow_sides_are_told_too(table):
    assert codes_of(table, "shadow_sides", "shadow_side") == SHADOW_SIDES


def test_nothing_else_is_coded(table):
    organisation = [code for kinds in ORGANISATION.values() for codes in kinds.values() for code in codes]
    effects = [code for codes in EFFECTS.values() for code in codes]
    assert sorted(row["code"] for row in table("codes")) == sorted([*organisation, *effects, *SHADOW_SIDES])
    assert (len(organisation), len(effects), len(SHADOW_SIDES)) == (9, 15, 5)


@pytest.mark.parametrize(("code", "teller", "how"), CELLS)
def test_who_tells_what_cell_by_cell(table, code, teller, how):
    found = [row for row in table("told") if (row["code"], row["teller"]) == (code, teller)]
    assert [row["emphasis"] or "told" for row in found] == ([] if how == "-" else [how])


def test_nothing_is_told_outside_the_grid(table):
    assert len(CELLS) == 36
    assert len(table("told")) == sum(how != "-" for _, _, how in CELLS) == 13
    assert [row["teller"] for row in table("tellers")] == TELLERS


def test_a_group_that_is_told_only_in_part_says_so(table):
    notes = {(row["code"], row["teller"]): row["note_en"] for row in table("told") if row["note_en"]}
    assert notes.keys() == {
        ("community", "employees"),
        ("fixed_teams", "no_group_named"),
        ("fast_decisions", "chief_executives"),
        ("fast_decisions", "institution_leaders"),
    }
    assert "fixed teams" in notes["community", "employees"]
    assert notes["fixed_teams", "no_group_named"].startswith("of some employees")
    assert notes["fast_decisions", "institution_leaders"].startswith("many of them")


def test_printed_is_only_what_the_figure_prints_for_certain(table):
    rows = {row["theme"]: row["basis"] for row in table("themes")} | {
        row["code"]: row["basis"] for row in table("codes")
    }
    assert {name for name, basis in rows.items() if basis == "printed"} == PRINTED
    # that four more themes of the text are boxes of the figure is a reading
    assert {name for name, basis in rows.items() if basis == "inferred"} == set(EFFECTS) - {"autonomy"}


def test_where_faster_contact_stands_is_marked_as_a_reading(table):
    notes = {row["code"]: row["note_en"] for row in table("codes") if row["note_en"]}
    assert notes.keys() == PRINTED - {"autonomy"}
    assert "our reading" in notes.pop("faster_contact")
    assert not any("our reading" in note for note in notes.values())


def test_groups_are_those_that_the_text_names(table):
    named = {row["code"]: row["groups_en"] for row in table("codes") if row["groups_en"] and row["kind"] == "effect"}
    assert named.keys() == GROUPS.keys()
    for code, words in GROUPS.items():
        assert [word for word in words if word not in named[code]] == [], code
    others = {row["code"] for row in table("codes") if row["groups_en"]} - GROUPS.keys()
    assert others == {"fixed_teams"}


def test_the_four_proposed_links_are_the_article_s_and_the_rivals_this_edition_s(table):
    links = {row["link"]: row for row in table("links")}
    assert [name for name, row in links.items() if row["voice"] == "article"] == list(LINKS)
    for name, (start, through) in LINKS.items():
        row = links[name]
        assert start in row["from_en"].lower() and through in row["through_en"]
        assert row["to_en"] == "New services"
    assert {row["voice"] for row in links.values()} == {"article", "edition"}
    assert len(links) == 4 + 5


def test_no_text_counts_who_told(table):
    # how many told each thing is not published
    texts = [text for name in ("themes", "codes", "told", "links") for row in table(name) for text in row.values()]
    assert [text for text in texts if any(letter.isdigit() for letter in text) and text != "figure 1"] == [
        "The bullet is printed in figure 1.",
        "The bullet is printed in figure 1.",
        "The bullet is printed in figure 1; that it stands under this theme is our reading.",
    ]


@pytest.mark.parametrize("name", ["themes", "codes", "tellers"])
def test_labels_of_themes_and_codes_stand_in_both_languages(table, name):
    for row in table(name):
        assert row["label_en"].strip() and row["label_da"].strip(), row
