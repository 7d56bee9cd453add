"""Which shares there are, against the codebook's own files, and their counts against the raw answers."""

from collections import Counter

import numpy as np
import pytest
from made_up import about, grid, observed, on_grid, with_item

from surveybook.analyse import estimate_surveys
from surveybook.analyse.cells import Tabulation, asked_items, breakdowns, option_values, survey_cells
from surveybook.core.model import ALL, Cell, MissingKind
from surveybook.process import load_surveys

KINDS = ("not_asked", "not_applicable", "dont_know", "refused", "no_answer")
GAP_CELLS = {"99": "refused", "-1": "not_asked", "-2": "not_applicable", "": "no_answer", "88": "dont_know"}
STEMS = (("motivation", "wellbeing", "faster_help"), ("profitable", "permanent", "transferable"))
STEMS += (("readiness", "risk_taking", "flexible_rules"),)


@pytest.fixture(scope="module")
def codebook_files(committed, read_records):
    """The codebook's tables as they stand in its files."""
    return {
        name: read_records(committed / "codebook" / f"{name}.csv") for name in ("items", "options", "option_sets")
    }


def expected_cells(files, *, places: bool) -> list[Cell]:
    """Every share, worked out from the files alone."""
    options = {row["option_list"]: [] for row in files["options"]}
    for row in files["options"]:
        options[row["option_list"]].append(row["value"])
    sets = {name: [] for name in options}
    for row in files["option_sets"]:
        sets[row["option_list"]].append(row["option_set"])
    wanted = []
    items = [row for row in files["items"] if row["survey"] == "vive" and row["type"] in ("single", "multiple")]
    for item in (row for row in items if row["column"]):
        name, answers = item["item"], options[item["option_list"]]
        wanted += [Cell(name, known) for known in sets.get(item["option_list"], [])]
        wanted += [Cell(name, f"option:{value}") for value in [*answers, "88"]]
        wanted += [Cell(name, f"gap:{kind}") for kind in KINDS]
        shown = [item["headline_set"]] if item["headline_set"] else [f"option:{value}" for value in answers]
        for background in ("role", "field", *(["region"] if places else [])):
            wanted += [Cell(name, known, background, level) for level in options[background] for known in shown]
        for stem in STEMS:
            if name in stem:
                wanted += [Cell(name, "agree", other, "agree") for other in stem if other != name]
    return wanted


@pytest.mark.parametrize("places", [True, False])
def test_every_share_of_the_codebook_is_there_once(vive, codebook_files, places):
    found = Counter(survey_cells(vive.codebook, "vive", places=places))
    assert found == Counter(expected_cells(codebook_files, places=places))
    assert len(found) > 400


def test_the_shares_come_item_by_item_in_the_codebooks_order(vive, codebook_files):
    found = list(dict.fromkeys(cell.item for cell in survey_cells(vive.codebook, "vive")))
    assert found == list(dict.fromkeys(cell.item for cell in expected_cells(codebook_files, places=False)))


def test_all_who_answered_come_before_the_domains_of_an_item(vive):
    cells = [cell for cell in survey_cells(vive.codebook, "vive") if cell.item == "readiness"]
    domains = list(dict.fromkeys(cell.domain for cell in cells))
    assert domains == [ALL, "role", "field", "risk_taking", "flexible_rules"]


def test_the_committed_table_has_every_share_of_simulated_rows(vive):
    missing = [cell for cell in survey_cells(vive.codebook, "vive") if cell not in vive.replicates.counts]
    assert missing == []
    extra = {cell.domain for cell in vive.replicates.counts} - {
        cell.domain for cell in survey_cells(vive.codebook, "vive")
    }
    assert extra == {"everyone"}


def test_a_simulated_map_is_not_made(vive, estimates):
    assert [item.item for item in breakdowns(vive.codebook, "vive", places=False)] == ["role", "field"]
    assert [item.item for item in breakdowns(vive.codebook, "vive", places=True)] == ["role", "field", "region"]
    assert not any(row.domain == "region" for row in estimates.rows)


def test_a_survey_without_columns_has_no_shares(vive):
    assert asked_items(vive.codebook, "komdir") == []
    assert list(survey_cells(vive.codebook, "komdir")) == []


def test_an_items_sets_are_named_ones_then_each_option_and_dont_know(vive):
    found = option_values(vive.codebook, vive.codebook.items["vive", "extent"])
    sets = {name: set(values) for name, values in found.items()}
    assert list(sets.items()) == [
        ("top2", {"1", "2"}),
        ("rest", {"3", "88"}),
        ("bottom", {"4", "5", "6"}),
        ("top1", {"1"}),
        ("top3", {"1", "2", "3"}),
        *((f"option:{value}", {value}) for value in ("1", "2", "3", "4", "5", "6", "88")),
    ]


def test_there_is_a_share_of_each_kind_of_gap():
    assert {kind.value for kind in MissingKind} == set(KINDS)


# Counts against the raw answers


@pytest.fixture(scope="module")
def people(committed, read_records):
    """The raw answers with each respondent's background, by the csv module alone."""
    folder = committed / "raw" / "vive"
    invited = {row["respondent_id"]: row for row in read_records(folder / "invitations.csv")}
    return [row | invited[row["respondent_id"]] for row in read_records(folder / "responses.csv")]


@pytest.fixture(scope="module")
def counted(vive, codebook_files, people):
    """A function that counts a share by hand."""
    columns = {row["item"]: row["column"] for row in codebook_files["items"] if row["survey"] == "vive"}
    lists = {row["item"]: row["option_list"] for row in codebook_files["items"] if row["survey"] == "vive"}
    values = {
        (row["option_list"], row["option_set"]): set(row["values"].split()) for row in codebook_files["option_sets"]
    }

    def chose(person, item: str, option_set: str) -> bool:
        wanted = values.get((lists[item], option_set), {option_set.removeprefix("option:")})
        return bool(wanted & set(person[columns[item]].split(";")))

    def count(cell: Cell) -> tuple[int, int]:
        base = [person for person in people if person[columns[cell.item]] not in ("99", "-1", "-2", "")]
        if cell.domain in ("role", "field", "region"):
            base = [person for person in base if person[columns[cell.domain]] == cell.level]
        elif cell.domain != ALL:
            base = [person for person in base if chose(person, cell.domain, cell.level)]
        if cell.option_set.startswith("gap:"):
            kind = cell.option_set.removeprefix("gap:")
            return sum(GAP_CELLS.get(person[columns[cell.item]]) == kind for person in people), len(people)
        return sum(chose(person, cell.item, cell.option_set) for person in base), len(base)

    return count


def test_every_count_is_that_of_the_raw_answers(vive, codebook_files, counted):
    tabulation = Tabulation(vive.responses, vive.codebook, "vive")
    cells = expected_cells(codebook_files, places=True)
    assert {cell: tabulation.count(cell) for cell in cells} == {cell: counted(cell) for cell in cells}


def test_observed_rows_of_domains_are_those_of_the_raw_answers(vive, counted):
    real = [
        row for row in estimate_surveys({"vive": observed(vive)}).rows if row.domain != ALL and not row.suppressed
    ]
    assert {row.domain for row in real} >= {"role", "field", "region", "risk_taking"}
    assert len(real) > 250
    for row in real:
        count, base = counted(row.cell)
        figure = about(base)
        # the odd threshold of five leaves two people either way
        step = grid(max(5, figure - 2))
        assert (row.count, row.base_n, row.base_low_n, row.base_high_n) == (
            None,
            figure,
            max(5, figure - 2),
            figure + 2,
        )
        assert (row.estimate_pct, row.share_step_pct) == (on_grid(count, base, step), step)
        assert row.ci_low_pct <= 100 * count / base <= row.ci_high_pct
        assert np.isnan(
            [row.se_pct, row.bound_low_pct, row.bound_high_pct, row.differ_low_pct, row.tip_low_pct]
        ).all()
        assert row.silent_n is None


def test_observed_gaps_are_shares_of_all_who_answered(real, vive, counted):
    rows = [row for row in real.rows if row.option_set.startswith("gap:")]
    assert len(rows) == 5 * len(asked_items(vive.codebook, "vive")) == 90
    assert {row.base_rule for row in rows} == {"answered_survey"}
    shown = [row for row in rows if not row.suppressed]
    for row in shown:
        assert (row.count, row.base_n) == counted(row.cell)
        assert row.base_n == 296
    assert sum(row.count for row in shown) > 0
    # who was not asked and to whom it does not apply add up, so a few of one hide the other
    pair = ("gap:not_asked", "gap:not_applicable")
    few = {row.item for row in rows if row.option_set in pair and 0 < counted(row.cell)[0] < 5}
    assert few and {(row.item, row.option_set) for row in rows if row.suppressed} == {
        (item, name) for item in few for name in pair
    }


def test_gaps_and_answers_make_up_everyone(real):
    for item in ("extent", "initiator"):
        gaps = {kind: real.get("vive", item, f"gap:{kind}").count for kind in KINDS}
        # don't know is a gap, and in the base all the same
        assert sum(gaps.values()) - gaps["dont_know"] + real.get("vive", item, "option:1").base_n == 296


def test_a_domain_of_another_answer_holds_who_is_in_both_bases(vive):
    # Six agree that employees were readier; of these one was not asked about risks, three agree, two do not.
    rest = 296 - 8
    ready = ["1"] * 6 + ["2", "88"] + ["99"] * rest
    risks = ["1", "1", "1", "2", "88", "-1", "1", "1"] + ["1"] * rest
    data = observed(vive, readiness=ready, risk_taking=risks)
    tabulation = Tabulation(data.responses, data.codebook, "vive")
    assert tabulation.count(Cell("risk_taking", "agree", "readiness", "agree")) == (3, 5)
    assert tabulation.count(Cell("readiness", "agree", "risk_taking", "agree")) == (3, 5)


def test_an_answer_outside_its_own_base_makes_no_domain(vive):
    # With don't-knows outside the base of the other item, who does not know is in none of its domains.
    data = with_item(observed(vive), "readiness", base_rule="answered_substantively")
    tabulation = Tabulation(data.responses, data.codebook, "vive")
    assert tabulation.count(Cell("risk_taking", "agree", "readiness", "option:88")) == (0, 0)


def test_declared_answers_have_places(project, declare_observed, read_records):
    declare_observed(project / "data")
    folder = project / "data" / "raw" / "vive"
    regions = {row["respondent_id"]: row["region"] for row in read_records(folder / "invitations.csv")}
    answers = read_records(folder / "responses.csv")
    here = [row["q01_omfang"] for row in answers if regions[row["respondent_id"]] == "1083"]
    row = estimate_surveys(load_surveys()).get("vive", "extent", "top2", "region", "1083")
    base = sum(cell not in ("99", "-1", "-2", "") for cell in here)
    assert row.base_n == about(base)
    step = grid(row.base_n - 2)
    assert row.estimate_pct == on_grid(sum(cell in ("1", "2") for cell in here), base, step)
