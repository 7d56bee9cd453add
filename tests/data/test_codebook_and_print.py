"""The item codebook and the printed figures hold what the public texts say."""

import pytest

from printed_figures import PRINTED, SAME_CLAIM_AS, SOURCES, WORDS

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
# The only bases that are printed: of the counts of VIVE's survey. A survey's size is not an item's base.
BASES = {"vive_01": "556", "vive_02": "98", "vive_25": "556", "vive_26": "556"}


@pytest.fixture(scope="module")
def figures(committed, read_records):
    return read_records(committed / "published" / "figures.csv")


@pytest.fixture(scope="module")
def items(committed, read_records):
    return read_records(committed / "codebook" / "items.csv")


def cell(value) -> str:
    """A value as it stands in a file: nothing where there is none."""
    return "" if value is None else f"{value}"


@pytest.mark.parametrize("printed", PRINTED, ids=lambda printed: printed.figure_id)
def test_every_printed_figure_stands_as_it_was_printed(figures, printed):
    (row,) = [row for row in figures if row["figure_id"] == printed.figure_id]
    assert {name: row[name] for name in printed._fields} == {
        name: cell(value) for name, value in printed._asdict().items()
    }


def test_there_are_89_figures_and_no_others(figures):
    assert len(PRINTED) == 89
    assert sorted(row["figure_id"] for row in figures) == sorted(printed.figure_id for printed in PRINTED)


def test_four_different_figures_are_73(figures):
    same = {(row["survey"], row["item"]) for row in figures if row["value"] == "73"}
    assert same == {
        ("vive", "character"),
        ("komdir", "kept_collaboration"),
        ("fh", "digital_kept"),
        ("bupl_leaders", "children_school"),
    }


def test_the_article_prints_two_figures_of_other_surveys_and_the_number_of_interviews(figures):
    others = {
        (row["survey"], row["item"]): row["value"]
        for row in figures
        if row["survey"] != "vive" and row["source"].startswith("Torfing, Bentzen and Jensen")
    }
    assert others == {
        ("komdir", "kept_collaboration"): "73",
        ("institution_leaders", "needed_collaboration"): "77",
        ("interviews", "response"): "14",
    }


def test_a_claim_told_by_two_sources_points_to_the_first(figures):
    by_id = {row["figure_id"]: row for row in figures}
    repeated = {row["figure_id"]: row["same_claim_as"] for row in figures if row["same_claim_as"]}
    assert repeated == SAME_CLAIM_AS
    for second, first in repeated.items():
        for column in ("survey", "item", "option_set", "value"):
            assert by_id[second][column] == by_id[first][column]
        assert by_id[second]["source"] != by_id[first]["source"]


def test_only_counts_of_vive_have_a_published_base(figures):
    assert {row["figure_id"]: row["base_n"] for row in figures if row["base_n"]} == BASES


def test_every_figure_names_source_and_place(figures):
    assert [row["figure_id"] for row in figures if not (row["source"] and row["place"])] == []


def test_verbal_figures_keep_their_words_in_both_languages(figures):
    words = {
        row["figure_id"]: (row["word_en"], row["word_da"]) for row in figures if row["word_en"] or row["word_da"]
    }
    assert words == WORDS
    in_words = {row["figure_id"] for row in figures if row["precision"] in ("verbal", "more than")}
    assert in_words == WORDS.keys()


def test_an_address_is_one_of_the_web_or_none(figures):
    assert [row["figure_id"] for row in figures if row["url"] and not row["url"].startswith("https://")] == []
    assert [row["figure_id"] for row in figures if " " in row["url"]] == []


# The sources


@pytest.fixture(scope="module")
def sources(committed, read_records):
    return {row["survey"]: row for row in read_records(committed / "codebook" / "surveys.csv")}


def test_there_are_these_sources_and_no_others(sources):
    assert sorted(sources) == sorted(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_stands_as_the_public_texts_tell_of_it(sources, name):
    row, known = sources[name], SOURCES[name]
    for column in ("population_size", "invited_n", "sample_size"):
        assert row[column] == cell(getattr(known, column)), column
    assert (row["field_start_date"], row["field_end_date"]) == (known.start, known.end)
    assert row["field_period_en"] == known.period
    assert (row["use"], row["sampling"]) == (known.use, known.sampling)


def test_ten_sources_are_those_of_the_article(sources):
    named = {name for name, row in sources.items() if row["use"] == "article"}
    assert named == {
        *("vive", "komdir", "interviews", "fh", "mm_bikuben"),
        *("dlf_1", "dlf_2", "dlf_3"),
        *("bupl_1", "bupl_2"),
    }
    assert [name for name, row in sources.items() if row["use"] == "unnamed"] == ["institution_leaders"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vive", "vulnerable positions"),
        ("komdir", "chief executives of the 98 municipalities"),
        ("interviews", "not said"),  # the article does not say with whom
        ("fh", "leaders organised in the unions of FH"),
        ("dlf_1", "teachers in the folkeskole"),
        ("dlf_2", "teachers in the folkeskole"),
        ("dlf_3", "teachers in the folkeskole"),
        ("mm_bikuben", "leaders of voluntary social associations and social offers"),
        ("bupl_1", "pedagogues in day care"),
        ("bupl_2", "pedagogues, in the second phase of the reopening"),
        ("institution_leaders", "leaders of institutions"),
    ],
)
def test_who_was_asked_is_who_the_texts_name(sources, name, words):
    assert words in sources[name]["population_en"]


def test_sizes_known_only_roughly_are_told_and_never_counted(sources):
    assert "more than 900 of more than 2,300" in sources["mm_bikuben"]["response_note"]
    assert "more than 19,000" in sources["bupl_2"]["response_note"]
    assert {name for name, row in sources.items() if row["response_note"] == "not representative"} == {"vive_nursery"}


def test_questions_look_back_to_the_lockdown_by_inference_alone(sources):
    assert {(row["looks_back_to_date"], row["looks_back_status"]) for row in sources.values()} == {
        ("2020-03-11", "inferred"),
        ("", ""),
    }
    # November's answers look back to March, and FH asks of the time from the lockdown to July.
    assert [name for name, row in sources.items() if row["looks_back_to_date"]] == ["vive", "fh"]


def test_every_item_that_is_known_of_has_a_row(items):
    names = {row["item"] for row in items if row["survey"] == "vive"}
    assert {*BACKGROUND, *ASKED, *NOT_KNOWN_TO_BE_ASKED} <= names


def test_items_that_may_never_have_been_asked_have_no_raw_column(committed, items, read_records):
    unknown = [row for row in items if row["asked"] == "unknown"]
    assert {*NOT_KNOWN_TO_BE_ASKED} <= {row["item"] for row in unknown}
    assert {row["column"] for row in unknown} == {""}
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
