"""The simulated rows agree with print, counted by the csv module alone."""

import re
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

DONT_KNOW, REFUSED, NOT_ASKED, NOT_APPLICABLE, NO_ANSWER = "88", "99", "-1", "-2", ""
OUTSIDE = {REFUSED, NOT_ASKED, NOT_APPLICABLE, NO_ANSWER}  # a don't know is inside the base
INTEGERS = [
    ("q01_omfang", {"1", "2"}, 54),
    ("q01_omfang", {"4", "5", "6"}, 14),
    ("q02_karakter", {"1"}, 73),
    ("q02_karakter", {"2", DONT_KNOW}, 27),
    ("q08a_rentabel", {"1"}, 65),
    ("q08b_drift", {"1"}, 85),
    ("q08c_overfoer", {"1"}, 78),
    ("q07a_motivation", {"1"}, 71),
    ("q07b_trivsel", {"1"}, 67),
    ("q09a_omstilling", {"1"}, 95),
    ("q09b_risiko", {"1"}, 74),
    ("q09c_regler", {"1"}, 44),
    ("q10a_ekstern", {"1", "2"}, 61),
    ("q10b_intern", {"1", "2"}, 46),
    ("q11_raaderum", {"1"}, 52),
]
RANGES = [
    ("q01_omfang", {"3", DONT_KNOW}, 31, 33),
    ("q04_digital", {"1"}, 87, 90),
    ("q07c_hurtig", {"1"}, 48, 52),
]
ALIKE = [
    "q07a_motivation",
    "q07b_trivsel",
    "q07c_hurtig",
    "q08a_rentabel",
    "q08b_drift",
    "q08c_overfoer",
    "q09b_risiko",
    "q09c_regler",
    "q11_raaderum",
]
CITIES = [
    "København",
    "Aarhus",
    "Århus",
    "Odense",
    "Aalborg",
    "Ålborg",
    "Esbjerg",
    "Randers",
    "Kolding",
    "Horsens",
    "Vejle",
    "Roskilde",
    "Herning",
    "Silkeborg",
    "Frederiksberg",
    "Gentofte",
    "Gladsaxe",
    "Helsingør",
    "Viborg",
    "Svendborg",
    "Læsø",
    "Bornholm",
    "Samsø",
]
SHUFFLES = 999


@pytest.fixture(scope="module")
def invited(committed, read_records):
    return read_records(committed / "raw" / "vive" / "invitations.csv")


@pytest.fixture(scope="module")
def answers(committed, read_records):
    return read_records(committed / "raw" / "vive" / "responses.csv")


def share(answers, column, values) -> Decimal:
    base = [row[column] for row in answers if row[column] not in OUTSIDE]
    return Decimal(100 * sum(cell in values for cell in base)) / Decimal(len(base))


def half_up(percent: Decimal) -> int:
    return int(percent.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def test_556_were_invited_and_296_of_them_answered_once(invited, answers):
    ids, answered = ([row["respondent_id"] for row in rows] for rows in (invited, answers))
    assert (len(ids), len(answered)) == (556, 296)
    assert (len(set(ids)), len(set(answered))) == (556, 296)
    assert set(answered) < set(ids)
    assert half_up(Decimal(100 * 296) / 556) == 53


def test_93_of_98_municipalities_took_part(invited, answers):
    home = {row["respondent_id"]: row["kommune"] for row in invited}
    assert len(set(home.values())) == 98
    assert len({home[row["respondent_id"]] for row in answers}) == 93


def test_160_wrote_an_open_answer(answers):
    assert sum(row["q12_beskrivelse"] not in OUTSIDE for row in answers) == 160


@pytest.mark.parametrize(("column", "values", "printed"), INTEGERS)
def test_printed_percentages_hold_in_the_rows(answers, column, values, printed):
    assert half_up(share(answers, column, values)) == printed


@pytest.mark.parametrize(("column", "values", "low", "high"), RANGES)
def test_printed_ranges_hold_in_the_rows(answers, column, values, low, high):
    assert low <= share(answers, column, values) <= high


def test_a_dont_know_is_inside_the_base_so_leaving_it_out_would_miss_print(answers):
    without = [row for row in answers if row["q01_omfang"] != DONT_KNOW]
    assert len(without) < len(answers)
    assert half_up(share(without, "q01_omfang", {"1", "2"})) != 54


@pytest.mark.parametrize("gap", [DONT_KNOW, REFUSED, NOT_ASKED, NOT_APPLICABLE, NO_ANSWER])
def test_every_kind_of_gap_occurs(answers, gap):
    assert any(gap in row.values() for row in answers)


def test_every_open_answer_says_that_it_is_simulated(answers):
    texts = [row["q12_beskrivelse"] for row in answers if row["q12_beskrivelse"] not in OUTSIDE]
    assert texts
    assert [text for text in texts if not text.startswith("[simuleret] ")] == []


def test_municipalities_are_pseudonyms(invited):
    assert [row["kommune"] for row in invited if not re.fullmatch(r"K\d{3}", row["kommune"])] == []


@pytest.mark.parametrize("part", ["invitations", "responses"])
def test_no_municipality_is_named(committed, part):
    text = (committed / "raw" / "vive" / f"{part}.csv").read_text(encoding="utf-8").lower()
    assert [city for city in CITIES if city.lower() in text] == []


# How answers hang together. An agreement is 1, anything else in the base 0, a gap is left out.


@pytest.fixture(scope="module")
def agreement(answers):
    cells = [[np.nan if row[name] in OUTSIDE else float(row[name] == "1") for name in ALIKE] for row in answers]
    scores = np.array(cells)
    asked = ~np.isnan(scores).all(axis=1)
    ids = np.array([row["respondent_id"] for row in answers])
    return ids[asked], (scores - np.nanmean(scores, axis=0))[asked]


def spread_between(scores, labels) -> float:
    """Sum of squares of the group means around the common mean."""
    _, groups = np.unique(labels, return_inverse=True)
    sizes = np.bincount(groups)
    means = np.bincount(groups, scores) / sizes
    return float((sizes * (means - scores.mean()) ** 2).sum())


def test_leaders_of_one_municipality_are_more_alike_than_chance(invited, agreement):
    ids, scores = agreement
    home = {row["respondent_id"]: row["kommune"] for row in invited}
    labels = np.array([home[name] for name in ids])
    leaders = np.nanmean(scores, axis=1)
    rng = np.random.default_rng(54)
    by_chance = [spread_between(rng.permutation(leaders), labels) for _ in range(SHUFFLES)]
    assert spread_between(leaders, labels) > np.quantile(by_chance, 0.95)


def test_one_leaders_answers_hang_together(agreement):
    _, scores = agreement
    rng = np.random.default_rng(54)
    by_chance = []
    for _ in range(100):
        shuffled = scores.copy()
        for column in shuffled.T:
            given = ~np.isnan(column)
            column[given] = rng.permutation(column[given])
        by_chance.append(np.nanmean(shuffled, axis=1).var())
    assert np.nanmean(scores, axis=1).var() > 1.5 * max(by_chance)
