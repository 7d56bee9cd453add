"""What a row of assumptions says is so in the rows that are drawn by it, exactly or nearly."""

import csv
from fractions import Fraction
from math import sqrt
from statistics import mean

import pytest

from surveybook.simulate.writer import replicate_files, write_table

CORRELATIONS = ("leader_correlation", "municipality_correlation", "field_correlation", "role_correlation")
ALONE = dict.fromkeys(CORRELATIONS, 0)
EVERYONE = {"base_n": 296, "outside_base": "nobody", "item_dont_know_pct": 0}
AGREE = [
    "motivation",
    "wellbeing",
    "faster_help",
    "profitable",
    "permanent",
    "transferable",
    "risk_taking",
    "flexible_rules",
    "room",
]
DEGREE = ("external", "internal")
HALF = Fraction(1, 2)
NO_GAPS = {"99", "-1", "-2", ""}


def of_assumed(rows, name) -> Fraction:
    return Fraction(rows.assumed[name])


def undisturbed(drawn):
    """Replicates in which no don't-know took the place of another answer."""
    some = [
        rows
        for rows in drawn.values()
        if rows.assumed["dont_know"] == "outside" or not of_assumed(rows, "item_dont_know_pct")
    ]
    assert len(some) > 10
    return some


# Shares of answers, over the forty committed replicates


def test_very_high_is_the_assumed_percentage_of_the_favourable_side(drawn):
    for rows in drawn.values():
        for item in ("extent", *DEGREE):
            very, yes = rows.count(item, "option:1")[0], rows.count(item, "top2")[0]
            assert abs(very - of_assumed(rows, "very_pct") * yes / 100) <= HALF
    assert len({rows.assumed["very_pct"] for rows in drawn.values()}) > 5


def test_the_middle_is_the_assumed_percentage_of_those_who_are_not_for_it(drawn):
    for rows in undisturbed(drawn):
        for item in AGREE:
            (yes, base), (middle, _) = rows.count(item, "agree"), rows.count(item, "neither")
            assert abs(middle - of_assumed(rows, "middle_pct") * (base - yes) / 100) <= HALF
        for item in DEGREE:
            (yes, base), (middle, _) = rows.count(item, "top2"), rows.count(item, "option:3")
            assert abs(middle - of_assumed(rows, "middle_pct") * (base - yes) / 100) <= HALF
    assert {"0", "100"} < {rows.assumed["middle_pct"] for rows in undisturbed(drawn)}


def test_not_at_all_is_the_assumed_percentage_of_those_who_see_a_low_extent(drawn):
    for rows in drawn.values():
        none, low = rows.count("extent", "option:6")[0], rows.count("extent", "bottom")[0]
        assert abs(none - of_assumed(rows, "not_at_all_pct") * low / 100) <= HALF
    assert {"0", "100"} < {rows.assumed["not_at_all_pct"] for rows in drawn.values()}


def test_as_many_as_assumed_do_not_know_the_extent(drawn):
    for rows in drawn.values():
        assert rows.column("extent").count("88") == of_assumed(rows, "extent_dont_know_n")


def test_as_many_dont_knows_as_assumed_lie_inside_the_base_as_far_as_print_leaves_room(drawn):
    full = short = 0
    for rows in drawn.values():
        for item in AGREE if rows.assumed["dont_know"] == "inside" else []:
            (unsure, base), (yes, _) = rows.count(item, "option:88"), rows.count(item, "agree")
            wanted = of_assumed(rows, "item_dont_know_pct") * base / 100
            if unsure == base - yes:
                assert unsure <= wanted + HALF
                short += wanted > unsure + HALF
            else:
                assert abs(unsure - wanted) <= HALF
                full += wanted > 1
    assert full > 20 and short > 5


def test_as_many_dont_knows_as_assumed_lie_outside_the_base_as_far_as_there_are_gaps(drawn):
    full = short = 0
    for rows in drawn.values():
        for item in AGREE if rows.assumed["dont_know"] == "outside" else []:
            cells = rows.column(item)
            unsure, gaps = cells.count("88"), sum(cell in {"99", "-2", ""} for cell in cells)
            wanted = of_assumed(rows, "item_dont_know_pct") * (296 - cells.count("-1")) / 100
            assert unsure <= wanted + HALF
            assert gaps == 0 or abs(unsure - wanted) <= HALF
            full += bool(gaps) and wanted > 1
            short += not gaps
            assert rows.count(item, "option:88")[0] == 0
    assert full > 20 and short > 5


def test_leaders_tick_as_many_options_as_assumed_on_average(drawn):
    for rows in undisturbed(drawn):
        for item, options in (("target_group", 9), ("kind", 2)):
            ticks = [len(cell.split(";")) for cell in rows.column(item) if cell not in {*NO_GAPS, "88"}]
            assert len(ticks) == int(rows.assumed["base_n"])
            wanted = min(of_assumed(rows, "ticks_mean"), options) * len(ticks)
            assert abs(sum(ticks) - wanted) <= HALF, (rows.assumed["replicate"], item)
    assert len({rows.assumed["ticks_mean"] for rows in undisturbed(drawn)}) > 3


@pytest.mark.parametrize("ticks", ["1.0", "3"])
def test_everyone_ticks_one_option_or_several_as_assumed(draw, ticks):
    cells = draw(**EVERYONE, ticks_mean=ticks).column("target_group")
    assert mean(cell.count(";") + 1 for cell in cells) == float(ticks)
    assert {len(set(cell.split(";"))) == cell.count(";") + 1 for cell in cells} == {True}


def test_employees_began_the_assumed_percentage_of_innovations(drawn):
    for rows in undisturbed(drawn):
        employees, base = rows.count("initiator", "option:1")
        assert abs(employees - of_assumed(rows, "initiator_employees_pct") * base / 100) <= HALF
    assert len({rows.assumed["initiator_employees_pct"] for rows in undisturbed(drawn)}) > 3


def who_began(rows) -> list[int]:
    return [rows.count("initiator", f"option:{option}")[0] for option in range(1, 6)]


def test_employees_dominate_wherever_anyone_knows_who_began_it(drawn):
    known = [began for began in map(who_began, drawn.values()) if sum(began)]
    assert len(known) > 38
    for employees, *others in known:
        assert employees > max(others)


def test_in_every_replicate_someone_knows_who_began_it(drawn):
    assert [number for number, rows in drawn.items() if not sum(who_began(rows))] == []


def test_refusals_are_the_assumed_percentage_of_the_gaps(drawn, names):
    later = [name for name, row in names.items.items() if row["type"] in ("single", "multiple") and row["column"]]
    all_refused = none_refused = 0
    for rows in drawn.values():
        gaps = [cell for item in later for cell in rows.column(item) if cell in {"99", "-2", ""}]
        refused, p = gaps.count("99"), float(rows.assumed["refused_pct"]) / 100
        assert abs(refused - p * len(gaps)) <= 4 * sqrt(p * (1 - p) * len(gaps)) + 1e-9
        all_refused += len(gaps) > 100 and refused == len(gaps)
        none_refused += len(gaps) > 100 and refused == 0
    assert (all_refused, none_refused) == (1, 1)


@pytest.mark.parametrize(("item", "options"), [("role", 3), ("field", 5)])
def test_the_invited_are_spread_over_roles_and_fields_as_assumed(drawn, names, item, options):
    column = names.items[item]["column"]
    for rows in drawn.values():
        cells = [row[column] for row in rows.invited]
        shares = [float(part) / 100 for part in rows.assumed[f"{item}_shares"].split()]
        assert set(cells) == {str(option) for option in range(1, options + 1)} and len(shares) == options
        for option, p in enumerate(shares, 1):
            assert abs(cells.count(str(option)) - 556 * p) <= 4 * sqrt(556 * p * (1 - p))
    assert len({rows.assumed[f"{item}_shares"] for rows in drawn.values()}) > 4


# How answers hang together: one assumption against the other, all else alike


def phi(rows, one, other) -> float:
    """The correlation of two agreements, of those in both bases."""
    pairs = [
        (x, y)
        for x, y, a, b in zip(
            rows.chose(one, "agree"), rows.chose(other, "agree"), rows.in_base(one), rows.in_base(other), strict=True
        )
        if a and b
    ]
    x, y, both = (mean(values) for values in zip(*((x, y, x and y) for x, y in pairs), strict=True))
    return (both - x * y) / sqrt(x * (1 - x) * y * (1 - y))


def spread(rows, item) -> float:
    """How far apart the groups of a background item are, in points: the mean range over the items."""
    ranges = []
    for asked in AGREE:
        counts = [rows.count(asked, "agree", item, level) for level in sorted(set(rows.column(item)))]
        shares = [100 * count / base for count, base in counts if base >= 20]
        ranges.append(max(shares) - min(shares))
    return mean(ranges)


def test_two_answers_of_a_leader_hang_together_only_where_they_are_assumed_to(draw):
    pairs = [("motivation", "wellbeing"), ("risk_taking", "profitable"), ("room", "flexible_rules")]
    loose = draw(**EVERYONE, **ALONE)
    assert [pair for pair in pairs if abs(phi(loose, *pair)) > 0.2] == []
    close = draw(**EVERYONE, **ALONE | {"leader_correlation": 0.8})
    assert [pair for pair in pairs if phi(close, *pair) < 0.35] == []


@pytest.mark.parametrize("item", ["field", "role"])
def test_groups_differ_much_more_where_they_are_assumed_to(draw, item):
    shares = {"role_shares": "33 33 34", "field_shares": "20 20 20 20 20"}
    alike = spread(draw(**EVERYONE, **ALONE, **shares), item)
    apart = spread(draw(**EVERYONE, **shares, **ALONE | {f"{item}_correlation": 0.5}), item)
    assert alike < 25
    assert apart > max(35, 2 * alike)


@pytest.mark.parametrize(("item", "other"), [("field", "role"), ("role", "field")])
def test_one_background_that_sets_leaders_apart_leaves_the_other_alone(draw, item, other):
    shares = {"role_shares": "33 33 34", "field_shares": "20 20 20 20 20"}
    rows = draw(**EVERYONE, **shares, **ALONE | {f"{item}_correlation": 0.5})
    assert spread(rows, other) < 30 < spread(rows, item)


def test_committed_replicates_hang_together_as_their_notes_say(drawn):
    pairs = [("motivation", "wellbeing"), ("risk_taking", "profitable"), ("permanent", "transferable")]
    together = {number: mean(phi(drawn[number], *pair) for pair in pairs) for number in (13, 14)}
    assert abs(together[13]) < 0.15
    assert together[14] > 0.35
    assert spread(drawn[15], "field") > spread(drawn[14], "field") + 15
    assert spread(drawn[16], "role") > spread(drawn[14], "role") + 10


# The silent


def table_by_domain(data):
    with (data / "replicates" / "estimates.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {(row["item"], row["option_set"], row["domain"], row["level"]): row["counts"] for row in rows}


def test_what_the_silent_think_moves_everyone_and_nothing_else(project, assume):
    data = project / "data"
    tables, rows = [], []
    for points in (0, 30):
        assume({"silent_points": points}, {"replicate": 2, "silent_points": points})
        write_table(data, "vive", 2, lambda line: None)
        tables.append(table_by_domain(data))
        rows.append(replicate_files(data, "vive", 2))
    assert rows[0] == rows[1]
    moved = {cell for cell in tables[0] if tables[0][cell] != tables[1][cell]}
    assert moved == {cell for cell in tables[0] if cell[2] == "everyone"}
    assert len(moved) == 15
