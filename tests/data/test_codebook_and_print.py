"""The item codebook and the printed figures hold what the public texts say."""

import pytest

# item, option set, value, unit, low, high, precision, kind: as printed by the article and VIVE's page
PRINTED = [
    ("response", "invited", "556", "count", "", "", "exact", "printed"),
    ("response", "answered", "296", "count", "", "", "exact", "printed"),
    ("response", "answered", "53", "percent", "", "", "integer", "printed"),
    ("response", "municipalities", "93", "count", "", "", "exact", "printed"),
    ("response", "open_answers", "160", "count", "", "", "exact", "printed"),
    ("extent", "top2", "54", "percent", "", "", "integer", "printed"),
    ("extent", "top2", "54", "percent", "", "", "integer", "printed"),
    ("extent", "bottom", "14", "percent", "", "", "integer", "printed"),
    ("extent", "rest", "32", "percent", "31", "33", "integer", "computed"),
    ("character", "smaller", "73", "percent", "", "", "integer", "printed"),
    ("profitable", "agree", "65", "percent", "", "", "integer", "printed"),
    ("permanent", "agree", "85", "percent", "", "", "integer", "printed"),
    ("permanent", "agree", "85", "percent", "", "", "integer", "printed"),
    ("transferable", "agree", "78", "percent", "", "", "integer", "printed"),
    ("digital", "yes", "90", "percent", "87", "90", "verbal", "printed"),
    ("motivation", "agree", "71", "percent", "", "", "integer", "printed"),
    ("wellbeing", "agree", "67", "percent", "", "", "integer", "printed"),
    ("wellbeing", "agree", "67", "percent", "", "", "integer", "printed"),
    ("faster_help", "agree", "50", "percent", "48", "52", "verbal", "printed"),
    ("readiness", "agree", "95", "percent", "", "", "integer", "printed"),
    ("risk_taking", "agree", "74", "percent", "", "", "integer", "printed"),
    ("flexible_rules", "agree", "44", "percent", "", "", "integer", "printed"),
    ("external", "top2", "61", "percent", "", "", "integer", "printed"),
    ("internal", "top2", "46", "percent", "", "", "integer", "printed"),
    ("room", "agree", "52", "percent", "", "", "integer", "printed"),
]
COLUMNS = ("item", "option_set", "value", "unit", "low", "high", "precision", "kind")
BACKGROUND = ["municipality", "role", "field", "region"]
ASKED = [
    "extent",
    "character",
    "kind",
    "digital",
    "target_group",
    "initiator",
    "motivation",
    "wellbeing",
    "faster_help",
    "profitable",
    "permanent",
    "transferable",
    "readiness",
    "risk_taking",
    "flexible_rules",
    "external",
    "internal",
    "room",
    "open_answer",
]
NOT_KNOWN_TO_BE_ASKED = ["backing", "competition"]
COUNT_BASES = {"invited": "556", "answered": "556", "municipalities": "98", "open_answers": ""}


@pytest.fixture(scope="module")
def figures(committed, read_records):
    return read_records(committed / "published" / "figures.csv")


@pytest.fixture(scope="module")
def items(committed, read_records):
    return read_records(committed / "codebook" / "items.csv")


def test_figures_of_vive_are_those_printed_and_no_others(figures):
    # what is left of 100 after a printed figure is our own sum, so its range is ours to set
    own_sums = [("character", "other")]
    found = [
        tuple(row[column] for column in COLUMNS)
        for row in figures
        if row["survey"] == "vive" and (row["item"], row["option_set"]) not in own_sums
    ]
    assert sorted(found) == sorted(PRINTED)


def test_the_rest_of_the_character_item_is_what_is_left_of_100(figures):
    (rest,) = [row for row in figures if (row["item"], row["option_set"]) == ("character", "other")]
    assert (rest["value"], rest["kind"]) == ("27", "computed")


def test_the_two_figures_of_other_surveys_are_not_mixed_up(figures):
    others = {(row["survey"], row["item"]): row["value"] for row in figures if row["survey"] != "vive"}
    assert others == {
        ("komdir", "kept_collaboration"): "73",
        ("institution_leaders", "needed_collaboration"): "77",
    }


def test_a_claim_told_by_two_sources_points_to_the_first(figures):
    by_id = {row["figure_id"]: row for row in figures}
    repeated = {row["figure_id"]: row["same_claim_as"] for row in figures if row["same_claim_as"]}
    assert repeated == {"vive_05": "vive_04", "vive_12": "vive_11", "vive_17": "vive_16"}
    for second, first in repeated.items():
        for column in ("survey", "item", "option_set", "value"):
            assert by_id[second][column] == by_id[first][column]
        assert by_id[second]["source"] != by_id[first]["source"]


def test_only_counts_have_a_published_base(figures):
    for row in figures:
        expected = COUNT_BASES[row["option_set"]] if row["item"] == "response" else ""
        assert row["base_n"] == expected, row["figure_id"]


def test_every_figure_names_source_and_place(figures):
    assert [row["figure_id"] for row in figures if not (row["source"] and row["place"])] == []


def test_verbal_figures_keep_their_words_in_both_languages(figures):
    words = {row["item"]: (row["word_en"], row["word_da"]) for row in figures if row["precision"] == "verbal"}
    assert words == {
        "digital": ("nearly nine of ten", "næsten ni ud af ti"),
        "faster_help": ("half", "halvdelen"),
    }


def test_every_item_that_is_known_of_has_a_row(items):
    names = [row["item"] for row in items if row["survey"] == "vive"]
    assert sorted(names) == sorted([*BACKGROUND, *ASKED, *NOT_KNOWN_TO_BE_ASKED])


def test_items_that_may_never_have_been_asked_have_no_raw_column(committed, items, read_records):
    unknown = [row for row in items if row["asked"] == "unknown"]
    assert sorted(row["item"] for row in unknown) == NOT_KNOWN_TO_BE_ASKED
    assert [row["column"] for row in unknown] == ["", ""]
    for part in ("invitations", "responses"):
        header = " ".join(read_records(committed / "raw" / "vive" / f"{part}.csv")[0])
        assert not any(word in header for word in ("konkurrence", "opbakning"))


def test_raw_columns_are_those_of_the_codebook(committed, items, read_records):
    columns = {row["item"]: row["column"] for row in items if row["survey"] == "vive" and row["column"]}
    invitations, responses = (
        set(read_records(committed / "raw" / "vive" / f"{part}.csv")[0]) - {"respondent_id"}
        for part in ("invitations", "responses")
    )
    assert invitations == {columns[item] for item in BACKGROUND}
    assert responses == {columns[item] for item in ASKED}


@pytest.mark.parametrize("table", ["surveys", "items", "options", "option_sets"])
def test_labels_stand_in_both_languages(committed, read_records, table):
    rows = read_records(committed / "codebook" / f"{table}.csv")
    assert rows
    for row in rows:
        for column in ("label_en", "label_da", "wording_en", "wording_da"):
            assert row.get(column, "-").strip(), (table, row)


def test_population_and_field_period_stand_in_both_languages(committed, read_records):
    for row in read_records(committed / "codebook" / "surveys.csv"):
        for column in ("population_en", "population_da", "field_period_en", "field_period_da", "citation"):
            assert row[column].strip(), (row["survey"], column)


def test_no_base_is_called_published_and_the_assumed_ones_are_160_255_296(items):
    assert {row["base_status"] for row in items} == {"assumed"}
    with_figure = [row for row in items if row["survey"] == "vive" and row["column"] and row["headline_set"]]
    assert {row["assumed_bases"] for row in with_figure} == {"160 255 296"}


def test_the_two_questions_on_collaboration_have_stems_of_their_own(items):
    # "important" and "decisive" are not one question, so their answers are not compared
    stems = [row["stem"] for row in items if row["item"] in ("external", "internal")]
    assert len(set(stems)) == 2
    assert [sum(row["stem"] == stem for row in items) for stem in stems] == [1, 1]


def test_scales_can_be_cut_one_option_nearer_the_end_and_one_nearer_the_middle(committed, read_records):
    rows = read_records(committed / "codebook" / "option_sets.csv")
    cuts = {(row["option_list"], row["cut"]): row["values"].split() for row in rows if row["cut"]}
    assert cuts == {
        ("degree", "stricter"): ["1"],
        ("degree", "wider"): ["1", "2", "3"],
        ("agree", "wider"): ["1", "2"],
    }
    assert [row["option_set"] for row in rows if row["cut"] and row["side"]] == []
