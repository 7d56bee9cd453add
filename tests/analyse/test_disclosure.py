"""Small groups of observed rows are withheld, and cannot be worked out from what is shown."""

from dataclasses import replace
from itertools import groupby
from math import isnan

import pytest
from made_up import observed, only

from surveybook.analyse import estimate_surveys
from surveybook.analyse.disclosure import suppress_small
from surveybook.core.model import ALL, Cell

LEAST = 10
SHOWN = ("estimate_pct", "se_pct", "ci_low_pct", "ci_high_pct")


@pytest.fixture(scope="module")
def template(real):
    """A row of a domain, with all its values."""
    return real.get("vive", "extent", "top2", "role", "1")


def made_rows(template, bases: dict[str, int], **changes) -> list:
    """A row of each level, with its base; about half of each say yes."""
    return [
        replace(template, level=level, base_n=base, count=base // 2, **({"domain": "role"} | changes))
        for level, base in bases.items()
    ]


def withheld(rows) -> set[str]:
    return {row.level for row in suppress_small(rows) if row.suppressed}


@pytest.mark.parametrize(
    ("bases", "hidden"),
    [
        ({"1": 100, "2": 50, "3": 10}, ""),
        ({"1": 100, "2": 50, "3": 9}, "23"),
        ({"1": 9, "2": 200, "3": 10}, "13"),
        ({"1": 0, "2": 200, "3": 20}, "13"),
        ({"1": 9, "2": 9, "3": 200}, "12"),
        ({"1": 1, "2": 2, "3": 3}, "123"),
        ({"1": 5, "2": 291}, "12"),
        ({"1": 148, "2": 148}, ""),
        ({"1": 5}, "1"),
        ({"1": 50}, ""),
        ({"1": 40, "2": 30, "3": 60, "4": 3, "5": 30}, "24"),
        ({"5": 9, "4": 11, "3": 10, "2": 12, "1": 13}, "35"),
    ],
    ids=str,
)
def test_small_levels_are_withheld_and_one_more_where_one_alone_could_be_worked_out(template, bases, hidden):
    assert withheld(made_rows(template, bases)) == set(hidden)


def test_the_limit_is_ten_people(template):
    # The other level is the smallest, so it goes with the nine; ten are enough.
    assert withheld(made_rows(template, {"1": 9, "2": 60, "3": 70})) == {"1", "2"}
    assert withheld(made_rows(template, {"1": 10, "2": 60, "3": 70})) == set()


@pytest.mark.parametrize("count", [0, 1, 2, 38, 39, 40])
def test_a_level_in_which_fewer_than_three_say_so_or_do_not_is_withheld_with_another(template, count):
    rows = made_rows(template, {"1": 40, "2": 60, "3": 70})
    # The smallest of the others goes with it, or everyone less the others would tell.
    assert withheld([replace(rows[0], count=count), *rows[1:]]) == {"1", "2"}
    assert withheld([*rows[:2], replace(rows[2], count=min(count, 2))]) == {"1", "3"}


@pytest.mark.parametrize("count", [3, 4, 36, 37])
def test_three_of_either_answer_are_enough(template, count):
    rows = made_rows(template, {"1": 40, "2": 60, "3": 70})
    assert withheld([replace(rows[0], count=count), *rows[1:]]) == set()


def test_two_levels_with_few_of_an_answer_hide_each_other(template):
    rows = made_rows(template, {"1": 40, "2": 60, "3": 70})
    assert withheld([replace(rows[0], count=1), rows[1], replace(rows[2], count=69)]) == {"1", "3"}


def test_few_of_an_answer_among_everyone_are_shown(template):
    rows = made_rows(template, {"all": 296}, domain=ALL)
    assert withheld([replace(row, count=1) for row in rows]) == set()


@pytest.mark.parametrize(("yes", "hidden"), [(2, "12"), (3, ""), (93, ""), (94, "12"), (96, "12")])
def test_few_of_an_answer_are_withheld_in_rows_too(vive, yes, hidden):
    # Of 96 in the first role so many say yes, and half of the 100 in each of the others.
    extent = ["1"] * yes + ["4"] * (96 - yes) + ["1", "4"] * 100
    roles = ["1"] * 96 + ["2"] * 100 + ["3"] * 100
    made = estimate_surveys({"vive": observed(only(vive, "extent", "role"), role=roles, extent=extent)})
    levels = [made.get("vive", "extent", "top2", "role", level) for level in "123"]
    assert {row.level for row in levels if row.suppressed} == set(hidden)
    assert made.get("vive", "extent").count == yes + 100


@pytest.mark.parametrize("bases", [{"1": 9, "2": 60, "3": 70}, {"1": 3, "2": 4, "3": 70}, {"1": 70, "2": 2}], ids=str)
def test_a_withheld_row_keeps_no_value(template, bases):
    for row in suppress_small(made_rows(template, bases)):
        assert row.suppressed is (row.level in withheld(made_rows(template, bases)))
        if row.suppressed:
            assert row.base_n is None and row.count is None
            assert all(isnan(getattr(row, name)) for name in SHOWN)
            assert row.ci_method == "withheld: to protect small groups"


def test_a_row_that_is_shown_is_as_it_was(template):
    rows = made_rows(template, {"1": 30, "2": 60})
    assert suppress_small(rows) == [replace(row, suppressed=False) for row in rows]


def test_each_domain_and_item_is_looked_at_by_itself(template):
    roles = made_rows(template, {"1": 9, "2": 60, "3": 70})
    fields = made_rows(template, {"1": 40, "2": 60, "3": 70}, domain="field")
    others = made_rows(template, {"1": 40, "2": 60, "3": 70}, item="motivation", option_set="agree")
    kept = suppress_small([*roles, *fields, *others])
    assert [(row.item, row.domain, row.level) for row in kept if row.suppressed] == [
        ("extent", "role", "1"),
        ("extent", "role", "2"),
    ]
    assert len(kept) == 9


def test_all_options_of_a_withheld_level_are_withheld(template):
    rows = [
        row
        for level, base in {"1": 4, "2": 60, "3": 70}.items()
        for option in ("option:1", "option:2")
        for row in made_rows(template, {level: base}, option_set=option)
    ]
    hidden = [(row.level, row.option_set) for row in suppress_small(rows) if row.suppressed]
    assert hidden == [(level, option) for level in ("1", "2") for option in ("option:1", "option:2")]


def test_everyone_is_no_small_group(real):
    assert all(row.suppressed is False for row in real.rows if row.domain == ALL)


def test_simulated_rows_are_not_withheld(estimates):
    assert {row.suppressed for row in estimates.rows} == {None}


# From rows


def grouped(estimates):
    """The rows of each item and domain, all levels together, with the row of everyone."""
    mine = [row for row in estimates.rows if row.survey == "vive" and row.domain in ("role", "field", "region")]
    for (item, domain, option_set), rows in groupby(
        sorted(mine, key=lambda row: (row.item, row.domain, row.option_set, row.level)),
        key=lambda row: (row.item, row.domain, row.option_set),
    ):
        yield estimates.get("vive", item, option_set), list(rows), domain


def few_in(role: int, field: int) -> dict[str, list[str]]:
    """Backgrounds with so many in the first role, and in the first field."""
    return {
        "role": ["1"] * role + ["2"] * 100 + ["3"] * (196 - role),
        "field": (["1"] * field + ["2"] * 50 + ["3"] * 80 + ["4"] * 60 + ["5"] * (106 - field))[::-1],
    }


@pytest.fixture(scope="module", params=[(4, 9), (9, 30), (0, 1)], ids=str)
def small(request, vive):
    """Estimates of rows with few people in a role or a field."""
    return estimate_surveys({"vive": observed(vive, **few_in(*request.param))})


def test_no_level_with_fewer_than_ten_is_shown(small):
    shown = [row.base_n for row in small.rows if row.domain != ALL and not row.suppressed]
    assert len(shown) > 100 and min(shown) >= LEAST


def test_no_withheld_level_is_what_is_left_of_everyone(small):
    seen = 0
    for everyone, levels, _ in grouped(small):
        hidden = [row for row in levels if row.suppressed]
        left = everyone.base_n - sum(row.base_n for row in levels if not row.suppressed)
        assert len(hidden) != 1
        assert bool(hidden) == (left > 0)
        seen += bool(hidden)
    assert seen > 0


def test_a_withheld_row_is_the_same_whatever_its_few_answered(vive):
    backgrounds = few_in(4, 9)
    yes, no = (
        estimate_surveys(
            {
                "vive": observed(
                    only(vive, "extent", "role", "field"),
                    **backgrounds,
                    extent=[cell] * 4 + ["1"] * 150 + ["4"] * 142,
                )
            }
        )
        for cell in ("1", "4")
    )
    cell = Cell("extent", "top2", "role", "1")
    rows = [next(row for row in one.rows if row.cell == cell) for one in (yes, no)]
    assert repr(rows[0]) == repr(rows[1]) and rows[0].suppressed
    # everyone does differ, by these four
    assert yes.get("vive", "extent").count - no.get("vive", "extent").count == 4


def test_a_few_who_did_not_agree_are_not_what_is_left(vive):
    # All but five agree that employees were readier, so among who agree and among all tells of the five.
    ready = ["2"] * 5 + ["1"] * 291
    risks = ["1"] + ["2"] * 4 + ["1"] * 200 + ["2"] * 91
    real = estimate_surveys(
        {"vive": observed(only(vive, "readiness", "risk_taking"), readiness=ready, risk_taking=risks)}
    )
    everyone = real.get("vive", "risk_taking")
    among = real.get("vive", "risk_taking", "agree", "readiness", "agree")
    assert (everyone.count, everyone.base_n) == (201, 296)
    assert among.suppressed and among.base_n is None


def test_a_few_whose_background_is_not_known_are_not_what_is_left(vive):
    # Three leaders have no role: without another level withheld, they are everyone less the three roles.
    real = estimate_surveys(
        {"vive": observed(only(vive, "extent", "role"), role=["99"] * 3 + ["1"] * 93 + ["2"] * 100 + ["3"] * 100)}
    )
    levels = [real.get("vive", "extent", "top2", "role", level) for level in "123"]
    assert any(row.suppressed for row in levels)


def test_a_level_with_nobody_says_so_without_a_value(vive):
    real = estimate_surveys({"vive": observed(only(vive, "extent", "role"), role=["1"] * 150 + ["2"] * 146)})
    row = real.get("vive", "extent", "top2", "role", "3")
    assert row.suppressed or row.base_n == 0
    assert isnan(row.estimate_pct)
