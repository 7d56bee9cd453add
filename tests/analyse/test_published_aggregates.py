"""Printed figures without rows: which has an interval, why the others have none, and the day the rows arrive."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from math import inf, isnan, sqrt

import pytest
from made_up import with_figure

from printed_figures import PRINTED
from surveybook.analyse import estimate_surveys, load_estimates
from surveybook.analyse.claims import Verdict, load_claims
from surveybook.analyse.estimates import Estimates
from surveybook.core.model import Sampling, Status
from surveybook.disseminate.figures import figure_shares
from surveybook.disseminate.numbers import numbers_of

Z = 1.9599639845400536  # R: qnorm(0.975)
ENDS = ("low", "high")
COUNTED = "none: a count of all, not a sample"
SIZE = "none: how many answered is not published"
DRAWN = "none: how the sample was drawn is not published"
PANEL = "none: a panel, and how its members were chosen is not published"
# Of each survey without rows, why its shares have no interval; its counts of people are no sample at all.
REASONS = {
    "komdir": SIZE,
    "institution_leaders": SIZE,
    "fh": PANEL,
    "dlf_3": SIZE,
    "mm_bikuben": SIZE,  # "more than 900" is no number to reckon with
    "bupl_1": DRAWN,  # 10,054 answered
    "bupl_2": SIZE,
    "bupl_leaders": SIZE,
    "bupl_leaders_august": SIZE,
    "socialstyrelsen": SIZE,
    "vive_nursery": SIZE,
}
CARRIED = [figure for figure in PRINTED if figure.survey != "vive"]


def wilson(count: int, n: int, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval in percent, by the closed form (Wilson 1927), on counts."""
    middle = (count + z * z / 2) / (n + z * z)
    half = z * sqrt(count * (n - count) / n + z * z / 4) / (n + z * z)
    return 100 * (middle - half), 100 * (middle + half)


# An interval where n and the sampling allow one


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (1171, 55.383244602137, 59.6743263861229),
        (1190, 56.3217113817854, 60.5996631815685),
        (1303, 61.9197368955632, 66.0863641933502),
        (1404, 66.9488652905877, 70.9648232238257),
    ],
)
def test_wilson_s_closed_form_is_r_s(count, low, high):
    # R: 100 * prop.test(count, 2035, correct = FALSE)$conf.int, which is the score interval
    assert wilson(count, 2035) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize(
    ("item", "fewest", "most"),
    [
        # 57.5 percent of 2,035 is 1,170.1 and 58.5 percent 1,190.5
        ("pupils_absent", 1171, 1190),
        # about two thirds is read as 64 to 69 percent: 1,302.4 to 1,404.2
        ("vulnerable_homes", 1303, 1404),
    ],
)
def test_the_random_sample_has_the_widest_interval_over_every_count_that_rounds_to_print(
    estimates, item, fewest, most
):
    row = estimates.get("dlf_1", item)
    every = [wilson(count, 2035) for count in range(fewest, most + 1)]
    widest = min(low for low, _ in every), max(high for _, high in every)
    assert (row.ci_low_pct, row.ci_high_pct) == pytest.approx(widest, abs=1e-9)
    assert widest == pytest.approx((wilson(fewest, 2035)[0], wilson(most, 2035)[1]), abs=1e-12)
    assert row.ci_method == "wilson, widest over every count that rounds to print, as of a simple random sample"
    assert row.interval_status == "assumed simple random sample"
    # the value, and the base, are known no better for it
    assert (row.status, row.base_n, row.count) == (Status.PUBLISHED, None, None)
    assert row.base_status == "not published; 2,035 answered the survey"
    assert isnan(row.se_pct) and isnan(row.fpc)


@pytest.mark.parametrize(("level", "z"), [(0.9, 1.6448536269514715), (0.99, 2.5758293035488999)])  # R: qnorm
def test_the_level_reaches_a_printed_share(surveys, level, z):
    row = estimate_surveys({"dlf_1": surveys["dlf_1"]}, confidence_level=level).get("dlf_1", "pupils_absent")
    expected = wilson(1171, 2035, z)[0], wilson(1190, 2035, z)[1]
    assert (row.ci_low_pct, row.ci_high_pct) == pytest.approx(expected, abs=1e-9)


def test_a_printed_base_goes_before_the_size_of_the_survey(surveys):
    # 58 percent of 100 is 58 alone
    row = estimate_surveys({"dlf_1": with_figure(surveys["dlf_1"], "dlf_01", base_n=100)}).get(
        "dlf_1", "pupils_absent"
    )
    assert (row.ci_low_pct, row.ci_high_pct) == pytest.approx(wilson(58, 100), abs=1e-9)
    assert (row.base_n, row.base_status) == (100, "published")


# None anywhere else, and why


@pytest.mark.parametrize("figure", [f for f in CARRIED if f.survey != "dlf_1"], ids=lambda figure: figure.figure_id)
def test_every_other_printed_figure_has_no_interval_and_says_why(estimates, figure):
    row = estimates.get(figure.survey, figure.item, figure.option_set)
    assert all(isnan(getattr(row, f"ci_{end}_pct")) for end in ENDS)
    assert row.interval_status == ""
    assert row.ci_method == (COUNTED if figure.item == "response" else REASONS[figure.survey])


def test_each_reason_stands_by_hand():
    assert REASONS.keys() == {f.survey for f in CARRIED if f.item != "response"} - {"dlf_1"}


@pytest.mark.parametrize(
    ("sampling", "reason"),
    [
        (Sampling.PANEL, PANEL),
        (Sampling.NOT_PUBLISHED, DRAWN),
        (Sampling.NOT_REPRESENTATIVE, "none: the source says that it is not representative"),
        (Sampling.NO_SAMPLE, "none: these are interviews, not a sample"),
        (Sampling.EVERYONE, "none: everyone was asked, and who did not answer is not known"),
    ],
)
def test_a_size_is_not_enough_where_chance_did_not_choose(surveys, sampling, reason):
    data = surveys["dlf_1"]
    other = replace(data, survey=replace(data.survey, sampling=sampling))
    row = estimate_surveys({"dlf_1": other}).get("dlf_1", "pupils_absent")
    assert row.ci_method == reason
    assert isnan(row.ci_low_pct) and row.interval_status == ""


def test_chance_is_not_enough_where_the_size_is_not_known(surveys):
    data = surveys["dlf_3"]
    drawn = replace(data, survey=replace(data.survey, sampling=Sampling.REPRESENTATIVE))
    row = estimate_surveys({"dlf_3": drawn}).get("dlf_3", "small_groups")
    assert row.ci_method == SIZE and isnan(row.ci_low_pct)


@pytest.mark.parametrize(
    ("survey", "item", "status"),
    [
        ("komdir", "kept_collaboration", "not published"),
        ("fh", "more_digital", "not published; 1,708 answered the survey"),
        ("bupl_1", "better_work", "not published; 10,054 answered the survey"),
        ("mm_bikuben", "innovated", "not published; more than 900 of more than 2,300 answered"),
        ("dlf_3", "small_groups", "not published"),
    ],
)
def test_what_is_known_of_a_base_is_told_and_is_no_base(estimates, survey, item, status):
    row = estimates.get(survey, item)
    assert (row.base_n, row.base_status) == (None, status)


# The day the rows arrive


NEW_LIST = "komdir_yes_no"  # an option list that has the option set "reported", so that no key changes


def _rows(file) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _write(file, rows) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


@pytest.fixture
def arrived(project, tmp_path, sign):
    """A package outside the checkout in which the chief executives' answers are real: 58 yes of 80, of 98 invited."""
    folder = tmp_path / "fortroligt"
    (project / "data").rename(folder)
    codebook = folder / "codebook"
    items = _rows(codebook / "items.csv")
    blank = dict.fromkeys(items[0], "")
    for row in items:
        if row["survey"] == "komdir":
            row.update(column="samarbejde", option_list=NEW_LIST)
    home = next(row for row in items if (row["survey"], row["item"]) == ("vive", "municipality"))
    _write(codebook / "items.csv", [*items, {**blank, **home, "survey": "komdir"}])
    for name, label in (("options", "value"), ("option_sets", "option_set")):
        rows = _rows(codebook / f"{name}.csv")
        blank = dict.fromkeys(rows[0], "")
        new = (
            [("reported", "yes", "ja", "1")]
            if name == "option_sets"
            else [("1", "yes", "ja", 1), ("2", "no", "nej", 2)]
        )
        for key, english, danish, order in new:
            more = {"values": "1"} if name == "option_sets" else {}
            words = {"option_list": NEW_LIST, label: key, "label_en": english, "label_da": danish, "order": order}
            rows.append({**blank, **words, **more})
        _write(codebook / f"{name}.csv", rows)
    people = [{"respondent_id": f"D{k:03}", "kommune": f"K{k:03}"} for k in range(1, 99)]
    answers = [{"respondent_id": f"D{k:03}", "samarbejde": "1" if k <= 58 else "2"} for k in range(1, 81)]
    (folder / "raw" / "komdir").mkdir()
    _write(folder / "raw" / "komdir" / "invitations.csv", people)
    _write(folder / "raw" / "komdir" / "responses.csv", answers)
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for part, rows in (("invitations", people), ("responses", answers)):
        about = {"supplier": "made up for a test", "date": "2026-11-01", "terms": "none", "title": f"Made-up {part}"}
        fields = {"fields": [{"name": name, "type": "string"} for name in rows[0]]}
        path = f"raw/komdir/{part}.csv"
        descriptor["resources"].append(
            {"name": f"komdir-{part}", "path": path, "status": "observed", "survey": "komdir", "part": part}
            | {"schema": fields, **about}
        )
    (folder / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")
    for path in ("codebook/items.csv", "codebook/options.csv", "codebook/option_sets.csv"):
        sign(folder / path)
    for part in ("invitations", "responses"):
        sign(folder / "raw" / "komdir" / f"{part}.csv")
    return folder


@pytest.fixture
def after(arrived) -> Estimates:
    return load_estimates(str(arrived))


def test_rows_that_arrive_are_estimated_as_observed_ones_by_hand(after):
    row = after.get("komdir", "kept_collaboration")
    assert (row.status, row.option_set, row.interval_status) == (Status.OBSERVED, "reported", "observed")
    assert (row.count, row.base_n, row.population_size, row.silent_n) == (58, 80, 98, 18)
    assert row.estimate_pct == pytest.approx(72.5, abs=1e-12)
    # Wilson's interval with n = p (1 - p) / v, v = (1 - 80/98) p (1 - p) / 79: n = 79 * 98 / 18
    assert (row.ci_low_pct, row.ci_high_pct) == pytest.approx(wilson(0.725 * 79 * 98 / 18, 79 * 98 / 18), abs=1e-9)
    assert row.se_pct == pytest.approx(100 * sqrt(18 / 98 * 0.725 * 0.275 / 79), abs=1e-9)
    # R survey: SE(svymean(~y, svydesign(~1, data = data.frame(y = rep(c(1, 0), c(58, 22)), N = 98), fpc = ~N)))
    assert row.se_pct == pytest.approx(2.1530049051072, abs=1e-9)
    # 18 of 98 are silent: none of them, or all; ten points less or more
    assert (row.bound_low_pct, row.bound_high_pct) == pytest.approx((100 * 58 / 98, 100 * 76 / 98), abs=1e-12)
    differ = [100 * (58 + 18 * (0.725 + points)) / 98 for points in (-0.1, 0.1)]
    assert (row.differ_low_pct, row.differ_high_pct) == pytest.approx(differ, abs=1e-12)
    # even if all 18 said no, 59 percent of everyone would still say yes
    assert row.tip_low_pct == row.tip_high_pct == inf
    # what is printed stands beside it
    assert (row.figure_id, row.printed_pct) == ("komdir_01", 73)


def test_people_who_arrive_are_counted(after):
    counts = {row.option_set: (row.count, row.base_n) for row in after.option_sets("komdir", "response")}
    assert counts == {"invited": (98, 98), "answered": (80, 98), "municipalities": (80, 98)}


def test_the_claim_is_reproduced_when_its_rows_arrive(arrived):
    # 72.5 percent is printed as 73
    found = {claim.claim_id: claim for claim in load_claims(str(arrived)).rows}
    assert found["komdir_01"].verdict == Verdict.REPRODUCED
    others = {name: claim.verdict for name, claim in found.items() if name != "komdir_01"}
    assert set(others.values()) == {Verdict.DERIVED, Verdict.RETURNED, Verdict.CARRIED, Verdict.NOT_RECOMPUTED}


def test_the_claim_differs_when_one_answer_is_another(arrived, edit_cell, sign):
    # 57 of 80 is 71.25
    file = arrived / "raw" / "komdir" / "responses.csv"
    assert edit_cell(file, 2, "samarbejde", "2") == "1"
    sign(file)
    claims = load_claims(str(arrived))
    found = {claim.claim_id: claim.verdict for claim in claims.rows}
    assert found["komdir_01"] == Verdict.DIFFERS
    assert claims.estimates.get("komdir", "kept_collaboration").estimate_pct == pytest.approx(71.25, abs=1e-12)


def test_the_keys_that_chapters_paste_stay_and_more_come(estimates, after):
    def keys(some):
        return set(numbers_of(some.get("komdir", "kept_collaboration"), some.codebook))

    stem = "komdir-kept_collaboration-reported"
    assert keys(estimates) == {stem, f"{stem}-words", f"{stem}-printed"}
    more = ("count", "others", "alike", "differ", "bounds", "tipping", "level", "points")
    assert keys(after) == keys(estimates) | {f"{stem}-{way}" for way in more}


def test_a_figure_of_a_chapter_is_made_by_the_same_words(estimates, after):
    def made(some):
        return figure_shares(some, "komdir", ["kept_collaboration"], figure_id="f", title="{kept_collaboration}")

    assert made(estimates).title == "73 percent"
    assert made(after).title == "72.5 percent"
    assert made(estimates).rests.startswith("Published:") and made(after).rests.startswith("Observed:")
    assert made(estimates).table[0] == ("Item", "Share")
    assert len(made(after).table[0]) == 5  # item, share, and three ways of speaking of everyone


def test_no_other_survey_is_moved(estimates, after):
    def others(some):
        return [repr(row) for row in some.rows if row.survey != "komdir"]

    assert others(after) == others(estimates)
