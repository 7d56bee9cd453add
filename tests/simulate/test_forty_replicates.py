"""Each of the forty replicates agrees with print, differs in the rest, and is what the table counts."""

import hashlib
from fractions import Fraction

import pytest

from surveybook.simulate.writer import write_table

LATER_TYPES = ("single", "multiple")
OUTSIDE = {"99", "-1", "-2", ""}
AGREE = [
    "motivation",
    "wellbeing",
    "faster_help",
    "profitable",
    "permanent",
    "transferable",
    "readiness",
    "risk_taking",
    "flexible_rules",
    "room",
]
TABLES = ("replicates/estimates.csv", "replicates/fingerprints.csv", "datapackage.json")


@pytest.fixture(scope="module")
def later(names):
    """The items on innovations, which not everyone may have been asked."""
    found = [name for name, row in names.items.items() if row["column"] and row["type"] in LATER_TYPES]
    assert len(found) == 18
    return [name for name in found if name != "extent"]


@pytest.fixture(scope="module")
def table(committed, read_records):
    return read_records(committed / "replicates" / "estimates.csv")


# The committed table


def test_the_committed_table_and_fingerprints_are_remade_byte_for_byte(project, committed, edit_text, sign):
    data = project / "data"
    write_table(data, "vive", 2, lambda line: None)
    fingerprints = data / "replicates" / "fingerprints.csv"
    edit_text(
        fingerprints, hashlib.sha256((data / "raw" / "vive" / "responses.csv").read_bytes()).hexdigest(), "0" * 64
    )
    sign(fingerprints)
    assert [name for name in TABLES if (data / name).read_bytes() == (committed / name).read_bytes()] == []
    said = []
    paths = write_table(data, "vive", 40, said.append)
    assert {path.relative_to(data).as_posix() for path in paths} == {
        "replicates/estimates.csv",
        "replicates/fingerprints.csv",
        "raw/vive/invitations.csv",
        "raw/vive/responses.csv",
    }
    for name in (*TABLES, "raw/vive/invitations.csv", "raw/vive/responses.csv"):
        assert (data / name).read_bytes() == (committed / name).read_bytes(), name
    assert len(said) == 40
    assert said[6] == (
        "replicate 7 of 40: Each later question is answered by 160; don't-knows are many, and are not counted"
    )


def test_the_fingerprints_are_those_of_the_drawn_files(committed, read_records, drawn_files):
    known = read_records(committed / "replicates" / "fingerprints.csv")
    expected = [
        (str(number), f"vive-{part}", hashlib.sha256(files[part]).hexdigest())
        for number, files in drawn_files.items()
        for part in ("invitations", "responses")
    ]
    assert [tuple(row.values()) for row in known] == expected
    assert len({sha256 for _, _, sha256 in expected}) == 80


def test_every_count_of_the_table_is_a_recount_of_the_drawn_rows(table, drawn):
    counted = [row for row in table if row["domain"] != "everyone"]
    assert len(counted) == 504
    for row in counted:
        cell = [row[name] for name in ("item", "option_set", "domain", "level")]
        expected = ["{}/{}".format(*rows.count(*cell)) for rows in drawn.values()]
        assert row["counts"].split() == expected, cell


def test_the_table_counts_the_silent_as_far_from_the_answerers_as_assumed(table, drawn, assumptions):
    everyone = [row for row in table if row["domain"] == "everyone"]
    assert len(everyone) == 15
    for row in everyone:
        for number, pair in enumerate(row["counts"].split(), 1):
            count, base = drawn[number].count(row["item"], row["option_set"])
            all_count, all_base = (int(n) for n in pair.split("/"))
            silent_yes, silent = all_count - count, all_base - base
            assert abs(silent - Fraction(260 * base, 296)) <= Fraction(1, 2)
            said = Fraction(count, base) + Fraction(assumptions[number]["silent_points"]) / 100
            said = min(max(said, Fraction(0)), Fraction(1))
            assert abs(silent_yes - said * silent) <= Fraction(1, 2), (row["item"], number)


# Print


def test_every_published_figure_holds_in_the_rows_of_every_replicate(drawn):
    assert {number: rows.misses() for number, rows in drawn.items() if rows.misses()} == {}


def test_print_is_missed_where_dont_knows_are_counted_on_the_wrong_side(drawn):
    # a recount that agrees whatever the base would say nothing
    outside = [n for n, rows in drawn.items() if rows.assumed["dont_know"] == "outside"]
    unsure = [n for n in outside if "88" in drawn[n].column("motivation")]
    assert len(unsure) > 4
    for number in unsure:
        assert len(drawn[number].misses(unsure=True)) > 2, number
    inside = [n for n, rows in drawn.items() if rows.assumed["dont_know"] == "inside"]
    many = [n for n in inside if int(drawn[n].assumed["item_dont_know_pct"]) >= 8]
    assert len(many) > 4
    for number in many:
        assert len(drawn[number].misses(unsure=False)) > 2, number


def test_the_recount_names_the_figures_that_rows_miss(drawn_files, assumptions, read_rows):
    # at most 266 of 296 say yes, and 90 percent at most is "nearly nine of ten"; ten fewer are below 87
    yes, base = read_rows(drawn_files[3], assumptions[3]).count("digital", "yes")
    lines = drawn_files[3]["responses"].decode().split("\n")
    for at in [at for at, line in enumerate(lines) if line.split(",")[4:5] == ["1"]][:10]:
        cells = lines[at].split(",")
        lines[at] = ",".join([*cells[:4], "2", *cells[5:]])
    changed = read_rows(drawn_files[3] | {"responses": "\n".join(lines).encode()}, assumptions[3])
    assert changed.misses() == [("vive_14", yes - 10, base)]
    fewer = read_rows(drawn_files[3] | {"responses": "\n".join(lines[:-2]).encode()}, assumptions[3])
    assert ("vive_26", 295, 556) in fewer.misses()


# What the replicates span


def test_every_later_item_has_the_assumed_base_and_160_255_and_296_all_occur(drawn, later):
    found = set()
    for number, rows in drawn.items():
        bases = {item: sum(rows.in_base(item)) for item in later}
        assert bases == dict.fromkeys(later, int(rows.assumed["base_n"])), number
        found |= set(bases.values())
    assert found == {160, 255, 296}


def test_each_base_has_replicates_of_every_way_to_be_outside(drawn):
    ways = {(rows.assumed["base_n"], rows.assumed["outside_base"]) for rows in drawn.values()}
    smaller = {(base, way) for base in ("160", "255") for way in ("by_extent", "mixed_gaps", "item_gaps")}
    assert ways == {*smaller, ("296", "nobody")}


def test_everyone_answers_the_extent(drawn):
    for number, rows in drawn.items():
        cells = rows.column("extent")
        assert len(cells) == 296 and OUTSIDE.isdisjoint(cells), number


def test_nobody_is_outside_where_everyone_is_in_the_base(drawn, later):
    full = [rows for rows in drawn.values() if rows.assumed["base_n"] == "296"]
    assert len(full) > 3
    for rows in full:
        assert [item for item in later if not OUTSIDE.isdisjoint(rows.column(item))] == []


def test_the_extent_is_160_95_and_41_where_it_routes_the_rest(drawn, later):
    routed = {number: rows for number, rows in drawn.items() if rows.assumed["outside_base"] == "by_extent"}
    assert {rows.assumed["base_n"] for rows in routed.values()} == {"160", "255"}
    for number, rows in routed.items():
        groups = [rows.count("extent", name) for name in ("top2", "rest", "bottom")]
        assert groups == [(160, 296), (95, 296), (41, 296)], number
        asked = rows.chose("extent", "top2")
        if rows.assumed["base_n"] == "255":
            asked = [not low for low in rows.chose("extent", "bottom")]
        for item in later:
            assert [cell != "-1" for cell in rows.column(item)] == asked, (number, item)
            assert {"99", "-2", ""}.isdisjoint(rows.column(item)), (number, item)


def test_only_who_saw_nothing_new_is_not_asked_where_gaps_are_mixed(drawn, later):
    mixed = {number: rows for number, rows in drawn.items() if rows.assumed["outside_base"] == "mixed_gaps"}
    for number, rows in mixed.items():
        none = [cell == "6" for cell in rows.column("extent")]
        for item in later:
            assert all(saw for saw, cell in zip(none, rows.column(item), strict=True) if cell == "-1"), number
    assert any("-1" in rows.column("motivation") for rows in mixed.values())
    assert any({"99", ""} & set(rows.column("motivation")) for rows in mixed.values())


def test_everyone_is_asked_where_all_gaps_are_of_single_items(drawn, later):
    gaps = {number: rows for number, rows in drawn.items() if rows.assumed["outside_base"] == "item_gaps"}
    assert len(gaps) > 5
    for number, rows in gaps.items():
        assert [item for item in later if "-1" in rows.column(item)] == [], number
        assert len({tuple(rows.in_base(item)) for item in later}) == len(later), number


@pytest.mark.parametrize("place", ["inside", "outside"])
def test_dont_knows_lie_inside_the_base_in_some_replicates_and_outside_in_others(drawn, place):
    found = [rows for rows in drawn.values() if rows.assumed["dont_know"] == place and "88" in rows.column("room")]
    assert len(found) > 4
    for rows in found:
        base = sum(cell not in OUTSIDE for cell in rows.column("room"))
        assert (base == int(rows.assumed["base_n"])) == (place == "inside")


def test_in_some_replicate_all_of_the_silent_say_yes_and_in_another_none(table):
    cells = {(row["item"], row["option_set"], row["domain"]): row["counts"].split() for row in table}
    for item in AGREE:
        sides = [[pair.split("/") for pair in cells[item, "agree", domain]] for domain in ("everyone", "all")]
        silent = [(int(a[0]) - int(b[0]), int(a[1]) - int(b[1])) for a, b in zip(*sides, strict=True)]
        assert any(yes == of for yes, of in silent), item
        assert any(yes == 0 for yes, _ in silent), item


def test_in_some_replicate_the_middle_is_empty_and_in_another_all_others_stand_there(drawn):
    found = set()
    for rows in drawn.values():
        answers = {cell for item in AGREE for cell in rows.column(item)} - OUTSIDE - {"88"}
        found.add(frozenset(answers))
    assert {frozenset("12"), frozenset("13"), frozenset("123")} <= found


def test_the_ends_of_the_extent_are_empty_in_some_replicate_and_full_in_another(drawn):
    cells = [set(rows.column("extent")) for rows in drawn.values()]
    assert {frozenset(found & {"1", "2"}) for found in cells} == {frozenset("1"), frozenset("2"), frozenset("12")}
    # of the low answers, the highest or the middle one may be empty too, where nobody or all stand in the middle
    low = {"6", "45", "46", "56", "456"}
    assert {frozenset(found & set("456")) for found in cells} == {frozenset(answers) for answers in low}


def test_the_highest_of_the_low_answers_is_the_assumed_percentage_of_those_with_one(drawn):
    for rows in drawn.values():
        fourth, fifth = (rows.count("extent", f"option:{option}")[0] for option in (4, 5))
        assert abs(fourth - Fraction(rows.assumed["middle_pct"]) * (fourth + fifth) / 100) <= Fraction(1, 2)
    # in replicate 9 all others are in the middle, in replicate 10 none
    assert [drawn[9].count("extent", f"option:{option}")[0] > 0 for option in (4, 5)] == [True, False]
    assert [drawn[10].count("extent", f"option:{option}")[0] > 0 for option in (4, 5)] == [False, True]


def test_correlations_are_none_in_some_replicates_and_high_in_others(assumptions):
    for name in ("leader", "municipality", "field", "role"):
        found = {Fraction(row[f"{name}_correlation"]) for row in assumptions.values()}
        assert min(found) == 0 and max(found) >= Fraction("0.4"), name
    together = [
        sum(Fraction(row[f"{name}_correlation"]) for name in ("leader", "municipality", "field", "role"))
        for row in assumptions.values()
    ]
    assert min(together) == 0 and max(together) < 1


def test_no_two_replicates_have_the_same_rows(drawn_files):
    assert len({files["responses"] for files in drawn_files.values()}) == 40
