"""A replicate is the same every time, follows its assumptions, and agrees with print."""

import numpy as np
import pytest

from surveybook.analyse import estimate_surveys
from surveybook.analyse.agreement import check_agreement, refuse_disagreement
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RowKind
from surveybook.process import load_survey, load_surveys
from surveybook.simulate.writer import replicate_files

CORRELATIONS = ("leader_correlation", "municipality_correlation", "field_correlation", "role_correlation")
NONE = dict.fromkeys(CORRELATIONS, 0)
HIGH = dict(zip(CORRELATIONS, (0.6, 0.15, 0.1, 0.1), strict=True))
WAYS = {
    "the top two go on": {"base_n": 160, "outside_base": "by_extent"},
    "all but the bottom go on": {"base_n": 255, "outside_base": "by_extent"},
    "a mixture of gaps": {"base_n": 255, "outside_base": "mixed_gaps"},
    "gaps of single items": {"base_n": 160, "outside_base": "item_gaps"},
    "don't-knows outside": {"base_n": 255, "outside_base": "item_gaps", "dont_know": "outside"},
    "everyone": {"base_n": 296, "outside_base": "nobody"},
}
OUTSIDE = {"99", "-1", "-2", ""}
LATER_COLUMNS = [
    "q02_karakter",
    "q04_digital",
    "q07a_motivation",
    "q07b_trivsel",
    "q07c_hurtig",
    "q08a_rentabel",
    "q08b_drift",
    "q08c_overfoer",
    "q09a_omstilling",
    "q09b_risiko",
    "q09c_regler",
    "q10a_ekstern",
    "q10b_intern",
    "q11_raaderum",
    "q03_slags",
    "q05_maalgruppe",
]
AGREE_COLUMNS = [column for column in LATER_COLUMNS if column.startswith(("q07", "q08", "q09", "q11"))]
VIVE_FIGURES = 26


@pytest.fixture
def put(project, sign):
    """Put a replicate's files into the package, signed."""

    def write(files):
        for part, content in files.items():
            file = project / "data" / "raw" / "vive" / f"{part}.csv"
            file.write_bytes(content)
            sign(file)

    return write


def files_of(project, replicate=1):
    return replicate_files(project / "data", "vive", replicate)


def disagreeing(data):
    checks = check_agreement(data)
    assert len(checks) == VIVE_FIGURES
    return [(check.figure.figure_id, check.count, check.base) for check in checks if not check.agrees]


def test_the_same_replicate_has_the_same_bytes(project):
    assert files_of(project) == files_of(project)


def test_the_committed_files_are_replicate_one(project, committed):
    for part, content in files_of(project).items():
        assert content == (committed / "raw" / "vive" / f"{part}.csv").read_bytes(), part


def test_raw_files_are_utf8_with_line_feeds(project):
    for content in files_of(project).values():
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")
        assert content.decode("utf-8").endswith("\n")


def test_replicates_with_the_same_assumptions_differ(project, assume):
    assume({"replicate": 1}, {"replicate": 2})
    one, two = files_of(project, 1), files_of(project, 2)
    assert one["responses"] != two["responses"]
    assert one["invitations"] != two["invitations"]


def test_another_seed_makes_another_replicate(project, assume, committed):
    assume({"seed": 20201102})
    assert files_of(project)["responses"] != (committed / "raw" / "vive" / "responses.csv").read_bytes()


@pytest.mark.parametrize("correlations", [NONE, HIGH], ids=["alone", "together"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_other_assumptions_agree_with_print_on_the_assumed_base(project, assume, read_rows, way, correlations):
    assumed = assume({**way, **correlations})[1]
    rows = read_rows(files_of(project), assumed)
    assert rows.misses() == []
    outside = OUTSIDE | ({"88"} if assumed["dont_know"] == "outside" else set())
    bases = {name: sum(row[name] not in outside for row in rows.answers) for name in LATER_COLUMNS}
    assert bases == dict.fromkeys(LATER_COLUMNS, way["base_n"])
    assert sum(row["q01_omfang"] in OUTSIDE for row in rows.answers) == 0


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_seed_agrees_with_print(project, assume, read_rows, way):
    made = assume(*[{"replicate": number, "seed": 7 * number, **way} for number in range(1, 9)])
    for number in range(1, 9):
        assert read_rows(files_of(project, number), made[number]).misses() == [], f"replicate {number}"


@pytest.mark.parametrize("way", [way for way in WAYS.values() if "dont_know" not in way], ids=str)
def test_a_drawn_replicate_is_valid_in_the_package_and_agrees_with_print_there(project, assume, put, way):
    assume(way)
    put(files_of(project))
    assert disagreeing(load_survey("vive")) == []


def test_only_the_top_two_are_asked_on_where_the_extent_routes(draw):
    rows = draw(**WAYS["the top two go on"]).answers
    assert sum(row["q02_karakter"] == "-1" for row in rows) == 136
    for row in rows:
        assert (row["q02_karakter"] == "-1") == (row["q01_omfang"] not in {"1", "2"})


def test_the_assumed_dont_knows_are_there(draw):
    rows = draw(extent_dont_know_n=20, item_dont_know_pct=10, base_n=296, outside_base="nobody")
    assert rows.column("extent").count("88") == 20
    assert rows.column("character").count("88") == 30  # 10 percent of 296, rounded
    assert rows.misses() == []


# How answers hang together, without the code under test


def scores_of(rows):
    cells = [[np.nan if row[name] in OUTSIDE else float(row[name] == "1") for name in AGREE_COLUMNS] for row in rows]
    scores = np.array(cells)
    return scores - np.nanmean(scores, axis=0)


def hang_together(rows) -> float:
    """The variance of leaders' mean answers, over what independent answers would give."""
    scores = scores_of(rows)
    return float(np.var(scores.mean(axis=1)) / (scores.var(axis=0).sum() / scores.shape[1] ** 2))


def municipalities_alike(rows, home) -> float:
    """The mean square between municipalities over the one within: near 1 where they are no unit."""
    leaders = scores_of(rows).mean(axis=1)
    _, groups = np.unique([home[row["respondent_id"]] for row in rows], return_inverse=True)
    sizes = np.bincount(groups)
    means = np.bincount(groups, leaders) / sizes
    between = (sizes * (means - leaders.mean()) ** 2).sum() / (len(sizes) - 1)
    within = ((leaders - means[groups]) ** 2).sum() / (len(rows) - len(sizes))
    return float(between / within)


@pytest.mark.parametrize(
    ("correlations", "leader_low", "leader_high", "municipality_low", "municipality_high"),
    [
        (NONE, 0.75, 1.25, 0.5, 2),
        ({**NONE, "leader_correlation": 0.6}, 2.5, 11, 0.5, 2),
        ({**NONE, "municipality_correlation": 0.6}, 2.5, 11, 5, 50),
    ],
    ids=["nothing", "leaders", "municipalities"],
)
def test_answers_hang_together_as_assumed(
    project,
    assume,
    put,
    read_records,
    correlations,
    leader_low,
    leader_high,
    municipality_low,
    municipality_high,
):
    assume({"base_n": 296, "outside_base": "nobody", **correlations})
    put(files_of(project))
    raw = project / "data" / "raw" / "vive"
    rows = read_records(raw / "responses.csv")
    home = {row["respondent_id"]: row["kommune"] for row in read_records(raw / "invitations.csv")}
    assert leader_low < hang_together(rows) < leader_high
    assert municipality_low < municipalities_alike(rows, home) < municipality_high


# What cannot be drawn


def test_an_unknown_replicate_is_refused(project, assume):
    assume({"replicate": 1}, {"replicate": 2}, alone=True)
    with pytest.raises(SurveybookError) as caught:
        files_of(project, 3)
    assert str(caught.value) == (
        "error: there is no such replicate\n"
        "  file:     data/replicates/assumptions.csv\n"
        "  value:    3\n"
        "  expected: one of '1', '2'\n"
        "  hint:     add a row to the table of assumptions"
    )


@pytest.mark.parametrize("survey", ["komdir", "nosuch"])
def test_a_survey_without_a_list_of_invited_is_refused(project, survey):
    with pytest.raises(SurveybookError):
        replicate_files(project / "data", survey, 1)


# Simulated rows that miss print


@pytest.fixture
def missing_print(project, read_records, edit_cell, sign):
    """One answer fewer says "smaller improvements" than the lowest count that rounds to 73 percent."""
    file = project / "data" / "raw" / "vive" / "responses.csv"
    answers = [row["q02_karakter"] for row in read_records(file)]
    base = sum(answer not in OUTSIDE for answer in answers)
    too_few = max(count for count in range(base) if 1000 * count < 725 * base)
    smaller = [number for number, answer in enumerate(answers, 2) if answer == "1"]
    assert len(smaller) > too_few
    for number in smaller[too_few:]:
        edit_cell(file, number, "q02_karakter", "2")
    sign(file)
    return too_few, base


def test_simulated_rows_that_miss_print_are_refused(missing_print):
    count, base = missing_print
    with pytest.raises(SurveybookError) as caught:
        refuse_disagreement(load_survey("vive"))
    assert str(caught.value) == (
        "error: the simulated answers of the survey vive disagree with print\n"
        "  column:   item character, option set smaller\n"
        f"  value:    '{count} of {base}'\n"
        "  expected: 73 percent, as printed (vive_08)\n"
        "  hint:     make the simulated rows again: surveybook simulate"
    )


def test_no_estimate_is_made_from_simulated_rows_that_miss_print(missing_print):
    with pytest.raises(SurveybookError, match="disagree with print"):
        estimate_surveys(load_surveys())


def test_observed_rows_may_differ_from_print(project, missing_print, declare_observed):
    declare_observed(project / "data")
    data = load_survey("vive")
    assert data.kind == RowKind.OBSERVED
    assert ("vive_08", *missing_print) in disagreeing(data)
    refuse_disagreement(data)


def test_a_missing_respondent_misses_print(project, sign):
    file = project / "data" / "raw" / "vive" / "responses.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:-1]), encoding="utf-8")
    sign(file)
    assert ("vive_26", 295, 556) in disagreeing(load_survey("vive"))
