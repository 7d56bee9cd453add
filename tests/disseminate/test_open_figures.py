"""What only real answers could tell is asked, spanned and drawn as such; real answers make it plain."""

from __future__ import annotations

import json
import re
from collections import Counter
from math import floor

import pytest

from surveybook.analyse import estimate_surveys, load_choices
from surveybook.core.errors import SurveybookError
from surveybook.disseminate import figure_choices, figure_headlines, figure_known, figure_open, show_breakdowns
from surveybook.disseminate.figure import USERMETA, VEGALITE_MIME
from surveybook.process import load_surveys

ASKED = "Who would know?"
KINDS = {
    "role": {"item": "extent", "by": "role"},
    "field": {"item": "flexible_rules", "by": "field"},
    "other item": {"item": "wellbeing", "by": "motivation"},
    "options": {"item": "extent", "show": "options"},
    "gaps": {"item": "wellbeing", "show": "gaps"},
    "one option": {"item": "kind", "by": "field", "option": "option:2"},
}
HEADLINES = ["extent", "permanent", "motivation", "external"]
SPAN = re.compile(r"not known; our made-up examples run from (\d+) to (\d+) percent")


def made(estimates, *, item, **more):
    return figure_open(estimates, "vive", item, figure_id="f", title=ASKED, **more)


def rows_of(figure) -> list[dict]:
    """The rows of a chart, without its axis and key."""
    (rows,) = [values for values in figure.spec["datasets"].values() if "label" in values[0]]
    return rows


def nearest(value: float) -> int:
    """A whole number, halves up."""
    return floor(value + 0.5)


@pytest.fixture(scope="module")
def counts(committed, read_records):
    """The (count, base) of each share in each replicate, from the committed file."""
    return {
        (row["item"], row["option_set"], row["domain"], row["level"]): [
            tuple(map(int, pair.split("/"))) for pair in row["counts"].split()
        ]
        for row in read_records(committed / "replicates" / "estimates.csv")
        if row["survey"] == "vive"
    }


@pytest.fixture(scope="module")
def options(committed, read_records):
    """The values of an option list, in their order."""

    def of(name):
        rows = read_records(committed / "codebook" / "options.csv")
        return [row["value"] for row in rows if row["option_list"] == name]

    return of


@pytest.fixture(scope="module")
def shown_cells(options):
    """The shares of each kind of figure that print does not fix, in their order, as the file names them."""
    gaps = ("not_asked", "not_applicable", "dont_know", "refused", "no_answer")
    return {
        "role": [("extent", "top2", "role", level) for level in options("role")],
        "field": [("flexible_rules", "agree", "field", level) for level in options("field")],
        "other item": [("wellbeing", "agree", "motivation", "agree")],
        "options": [("extent", f"option:{value}", "all", "all") for value in [*options("degree"), "88"]],
        "gaps": [("wellbeing", f"gap:{kind}", "all", "all") for kind in gaps],
        "one option": [
            ("kind", "option:2", "all", "all"),
            *(("kind", "option:2", "field", level) for level in options("field")),
        ],
    }


@pytest.mark.parametrize("title", ["Heads of field see more that is new", "Who would know", "Who? Nobody.", ""])
def test_a_title_that_is_no_question_is_refused(simulated, title):
    with pytest.raises(SurveybookError, match="no question"):
        figure_open(simulated, "vive", "extent", figure_id="f", title=title, by="role")
    with pytest.raises(SurveybookError, match="no question"):
        figure_headlines(simulated, "vive", HEADLINES, figure_id="f", title=title)
    with pytest.raises(SurveybookError, match="no question"):
        figure_choices({"as printed": simulated}, "vive", HEADLINES, figure_id="f", title=title)


def test_an_answer_as_a_title_is_refused_when_answers_are_observed_too(observed):
    with pytest.raises(SurveybookError, match="no question"):
        figure_open(observed, "vive", "extent", figure_id="f", title="Heads of field see more", by="role")


def test_an_unknown_breakdown_is_refused_and_the_known_ones_are_named(simulated):
    with pytest.raises(SurveybookError, match="no such breakdown") as caught:
        made(simulated, item="extent", by="shoe_size")
    assert "field" in str(caught.value) and "role" in str(caught.value)


def test_places_are_broken_down_by_real_answers_only(simulated, observed):
    with pytest.raises(SurveybookError, match="broken down by real answers only"):
        made(simulated, item="extent", by="region")
    labels = [label for label, _ in made(observed, item="extent", by="region").table[1:]]
    assert "Nordjylland" in labels


@pytest.mark.parametrize("more", [{}, {"show": "means"}])
def test_a_figure_that_does_not_say_what_it_shows_is_refused(simulated, more):
    with pytest.raises(SurveybookError, match="does not say what it shows"):
        made(simulated, item="extent", **more)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_open_while_rows_are_simulated(simulated, kind):
    figure = made(simulated, **KINDS[kind])
    bundle = figure._repr_mimebundle_()
    about = bundle[VEGALITE_MIME]["usermeta"][USERMETA]
    assert (figure.is_open, about["open"]) == (True, True)
    picture = re.sub(r"<desc>.*?</desc>", "", bundle["image/svg+xml"])
    for text in (figure.rests, figure.alt, figure.text(), re.sub(r"(<[^>]+>|\s)+", " ", picture)):
        assert "not observed" in text and "simulated" in text.lower()


@pytest.mark.parametrize("kind", KINDS)
def test_spans_reach_from_the_lowest_to_the_highest_share_of_the_table_of_replicates(
    simulated, kind, counts, shown_cells
):
    figure = made(simulated, **KINDS[kind])
    spans = [(row, cells) for row, cells in zip(rows_of(figure), figure.table[1:], strict=True) if "hatch_low" in row]
    assert len(spans) == len(shown_cells[kind])
    for (row, (label, told)), cell in zip(spans, shown_cells[kind], strict=True):
        shares = [100 * count / base for count, base in counts[cell] if base]
        assert row["label"] == label
        assert (row["hatch_low"], row["hatch_high"]) == pytest.approx((min(shares), max(shares)), abs=1e-6)
        assert SPAN.fullmatch(told).groups() == (str(nearest(min(shares))), str(nearest(max(shares))))


@pytest.mark.parametrize("kind", KINDS)
def test_each_draw_is_the_share_of_that_replicate(simulated, kind, counts, shown_cells, committed, read_records):
    figure = made(simulated, **KINDS[kind])
    drawn = [row["draws"] for row in rows_of(figure) if "draws" in row]
    assert len(drawn) == len(shown_cells[kind])
    for draws, cell in zip(drawn, shown_cells[kind], strict=True):
        for share, (count, base) in zip(draws, counts[cell], strict=True):
            assert share == (nearest(100 * count / base) if base else None)
    known = read_records(committed / "replicates" / "assumptions.csv")
    assert len(figure.draws) == len(known)
    for text, row in zip(figure.draws, known, strict=True):
        assert re.search(rf"\breplicate {row['replicate']}\b", text, re.IGNORECASE)
        assert row["note"] in text


@pytest.mark.parametrize("kind", ["role", "field", "other item", "options"])
def test_what_print_fixes_stands_still(simulated, kind):
    figure = made(simulated, **KINDS[kind])
    fixed = [
        (row, cells[1]) for row, cells in zip(rows_of(figure), figure.table[1:], strict=True) if "draws" not in row
    ]
    expected = {
        "role": ["54 percent"],
        "field": ["44 percent"],
        "other item": ["67 percent"],
        "options": ["54 percent", "31–33 percent", "14 percent"],
    }
    assert [told for _, told in fixed] == [f"{share} (fixed by print)" for share in expected[kind]]
    values = [row["value"] for row, _ in fixed if "value" in row]
    assert values == [float(share.split()[0]) for share in expected[kind] if "–" not in share]
    assert [(row["start"], row["end"]) for row, _ in fixed if "start" in row] == (
        [(31, 33)] if kind == "options" else []
    )
    assert [row for row, _ in fixed if "hatch_low" in row or row["rests"] != "Fixed by print"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_plain_where_answers_are_observed(observed, kind):
    figure = made(observed, **KINDS[kind])
    bundle = figure._repr_mimebundle_()
    assert not figure.is_open and figure.draws == ()
    assert "open" not in bundle[VEGALITE_MIME]["usermeta"][USERMETA]
    text = json.dumps(bundle, ensure_ascii=False).lower()
    assert "simulated" not in text and "replicate" not in text and "draws" not in text and "hatch_low" not in text
    assert figure.rests.startswith("Observed")
    # of all who answered plainly, of a part of them rounded, and of a few people not at all
    plain = r"\d+\.\d percent \(base \d+\)"
    forms = [plain, r"\d+ percent \(base about \d*[05]\)", "suppressed"]
    told = [next(form for form in forms if re.fullmatch(form, text)) for _, text in figure.table[1:]]
    assert told[0] == plain or kind == "gaps"
    assert ("bases are rounded to 5 people" in figure.caption) == (forms[1] in told)
    assert ("Suppressed, since they would tell of fewer than 5 people" in figure.caption) == ("suppressed" in told)


def test_observed_shares_are_those_of_the_answers(observed, project, read_records):
    rows = read_records(project / "data" / "raw" / "vive" / "responses.csv")
    given = [row["q01_omfang"] for row in rows if row["q01_omfang"] in ("1", "2", "3", "4", "5", "6", "88")]
    each = Counter(given)
    told = dict(made(observed, item="extent", show="options").table[1:])
    names = ["a very high", "a high", "some", "a low", "a very low"]
    labels = {f"To {name} extent": str(value) for value, name in enumerate(names, 1)}
    labels |= {"Not at all": "6", "Don't know": "88"}
    assert told.keys() == labels.keys()
    for label, value in labels.items():
        share = floor(1000 * each[value] / len(given) + 0.5) / 10
        assert told[label] == f"{share:.1f} percent (base {len(given)})"


def test_small_groups_are_withheld_with_their_names(project, declare_observed, sign, read_records, write_rows):
    declare_observed(project / "data")
    file = project / "data" / "raw" / "vive" / "invitations.csv"
    answers = read_records(file.with_name("responses.csv"))
    answered = {row["respondent_id"] for row in answers if row["q01_omfang"] in ("1", "2", "3", "4", "5", "6", "88")}
    invited = read_records(file)
    rows = [row for row in invited if row["respondent_id"] in answered]
    # Four people are left in the fifth field, and twelve in the second, which is the smallest of the others.
    for field, left in (("5", 4), ("2", 12)):
        for row in [row for row in rows if row["omraade"] == field][left:]:
            row["omraade"] = "1"
    write_rows(file, [list(invited[0]), *([*row.values()] for row in invited)])
    sign(file)
    figure = made(estimate_surveys(load_surveys()), item="extent", by="field")
    hidden = ["Employment", "Psychiatry and substance abuse"]
    told = dict(figure.table[1:])
    assert [label for label, text in told.items() if text == "suppressed"] == hidden
    assert list(told) == [
        "All who answered",
        "Social services and disability",
        "Employment",
        "Elder care and health",
        "Children, young people and families",
        "Psychiatry and substance abuse",
    ]
    assert [row["label"] for row in rows_of(figure)] == list(told)
    reason = "Suppressed, since they would tell of fewer than 5 people or let them be worked out"
    assert f"{reason}: {', '.join(hidden)}." in figure.caption
    for row in rows_of(figure):
        if row["label"] in hidden:
            assert (row["share"], row["text"]) == ("suppressed", "suppressed") and "base" not in row
            assert not {"value", "low", "high"} & set(row)
    assert all(f"{label}: suppressed" in figure.alt for label in hidden)


# Headlines and choices


@pytest.fixture(scope="module")
def choices(committed):
    """The committed package under each choice."""
    return load_choices(str(committed))


def test_headlines_as_printed_are_plain_and_those_of_another_cut_are_open(choices):
    printed = figure_headlines(choices["as printed"], "vive", HEADLINES, figure_id="f", title=ASKED)
    assert not printed.is_open
    assert [row[1].split(" (")[0] for row in printed.table[1:]] == [
        "54 percent",
        "85 percent",
        "71 percent",
        "61 percent",
    ]
    stricter = figure_headlines(choices["a stricter cut"], "vive", HEADLINES, figure_id="f", title=ASKED)
    assert stricter.is_open
    # The others are not on the scale that has a stricter cut.
    assert [row[0] for row in stricter.table[1:]] == [
        "New and innovative ways to deliver services: to a very high extent",
        "Collaboration with citizens was important: to a very high extent",
    ]
    assert [row[1] for row in stricter.table[1:] if not SPAN.fullmatch(row[1])] == []


def test_a_stricter_cut_spans_the_strictest_answers_of_the_replicates(choices, counts):
    figure = figure_headlines(choices["a stricter cut"], "vive", ["extent"], figure_id="f", title=ASKED)
    shares = [100 * count / base for count, base in counts["extent", "option:1", "all", "all"]]
    (row,) = rows_of(figure)
    assert (row["hatch_low"], row["hatch_high"]) == pytest.approx((min(shares), max(shares)), abs=1e-6)
    assert list(row["draws"]) == [nearest(share) for share in shares]


def test_draws_without_dont_knows_are_of_the_others(choices, counts):
    figure = figure_headlines(choices["don't-knows left out"], "vive", ["extent"], figure_id="f", title=ASKED)
    (row,) = rows_of(figure)
    top2, unsure = (counts["extent", option_set, "all", "all"] for option_set in ("top2", "option:88"))
    shares = [100 * count / (base - out) for (count, base), (out, _) in zip(top2, unsure, strict=True)]
    assert list(row["draws"]) == [nearest(share) for share in shares]
    assert (row["hatch_low"], row["hatch_high"]) == pytest.approx((min(shares), max(shares)), abs=1e-6)


def test_choices_give_each_headline_one_line_with_its_widest_span(choices, counts):
    figure = figure_choices(choices, "vive", HEADLINES, figure_id="f", title=ASKED)
    assert figure.is_open and figure.draws == ()
    header, *lines = figure.table
    assert header == ("Item", "As printed", "Over the choices: not known (made up)")
    assert [line[1] for line in lines] == [f"{share} percent (fixed by print)" for share in (54, 85, 71, 61)]
    # Of the extent, by hand: the strictest answers alone, those to some extent too, and with don't-knows left out.
    degree = [
        [counts["extent", f"option:{value}", "all", "all"] for value in values] for values in ("1", "12", "123")
    ]
    dont_know = [count for count, _ in counts["extent", "option:88", "all", "all"]]
    shares = []
    for sets in degree:
        for number, unsure in enumerate(dont_know):
            count, base = sum(one[number][0] for one in sets), sets[0][number][1]
            shares += [100 * count / base]
            if len(sets) == 2:
                shares += [100 * count / (base - unsure)]
    low, high = SPAN.fullmatch(lines[0][2]).groups()
    assert (int(low), int(high)) == (nearest(min(shares)), nearest(max(shares)))


def test_choices_are_plain_where_answers_are_observed(project, declare_observed, read_records):
    declare_observed(project / "data")
    figure = figure_choices(load_choices(), "vive", ["extent"], figure_id="f", title=ASKED)
    assert not figure.is_open
    text = json.dumps(figure._repr_mimebundle_()).lower()
    assert "simulated" not in text and "replicate" not in text
    rows = read_records(project / "data" / "raw" / "vive" / "responses.csv")
    each = Counter(row["q01_omfang"] for row in rows)
    base = sum(each[value] for value in ("1", "2", "3", "4", "5", "6", "88"))
    top1, top2, top3 = (sum(each[value] for value in values) for values in ("1", "12", "123"))
    shares = [100 * count / base for count in (top1, top2, top3)] + [100 * top2 / (base - each["88"])]
    low, high = (f"{floor(10 * share + 0.5) / 10:.1f}" for share in (min(shares), max(shares)))
    assert figure.table[1][2] == f"{low} to {high} percent"


# What is known


def test_what_is_known_is_counted_as_by_hand_from_the_codebook(simulated, committed, read_records):
    records = {
        name: read_records(committed / "codebook" / f"{name}.csv") for name in ("items", "options", "option_sets")
    }
    asked = [
        item
        for item in records["items"]
        if item["survey"] == "vive" and item["column"] and item["type"] in ("single", "multiple")
    ]
    heads = [item for item in asked if item["headline_set"]]
    options, sets = (Counter(row["option_list"] for row in records[name]) for name in ("options", "option_sets"))
    printed = {
        (row["item"], row["option_set"])
        for row in read_records(committed / "published" / "figures.csv")
        if row["survey"] == "vive" and row["unit"] == "percent"
    }
    headlines = {(item["item"], item["headline_set"]) for item in heads}
    groups = {
        (item["item"], row["option_set"])
        for item in asked
        for row in records["option_sets"]
        if row["option_list"] == item["option_list"]
    } - headlines
    values = {(row["option_list"], row["option_set"]): row["values"].split() for row in records["option_sets"]}
    # An answer that is a printed set by itself is known with it.
    alone = [item for item in heads if len(values[item["option_list"], item["headline_set"]]) == 1]
    single = sum(options[item["option_list"]] + 1 for item in asked)  # each answer, and don't know
    broken_down = sum(1 if item["headline_set"] else options[item["option_list"]] for item in asked)
    stems = Counter(item["stem"] for item in heads)
    together = sum(size * (size - 1) for size in stems.values())
    expected = {
        "The headline of each question": (len(headlines & printed), len(headlines - printed)),
        "Other groups of answers": (len(groups & printed), len(groups - printed)),
        "Each single answer": (len(alone), single - len(alone)),
        "Why an answer is missing": (0, 5 * len(asked)),
        "By role": (0, 3 * broken_down),
        "By field": (0, 5 * broken_down),
        "How two answers hang together": (0, together),
        "What everyone would say, the silent included": (0, len(heads)),
    }
    assert sets["degree"] == 5
    figure = figure_known(simulated, "vive", figure_id="f", title="Which shares are known?")
    assert {kind: (int(known), int(unknown)) for kind, known, unknown in figure.table[1:]} == expected
    assert not figure.is_open


def test_a_bar_is_as_long_as_the_share_that_is_known(simulated):
    figure = figure_known(simulated, "vive", figure_id="f", title="Which shares are known?")
    for row, (kind, known, unknown) in zip(rows_of(figure), figure.table[1:], strict=True):
        share = 100 * int(known) / (int(known) + int(unknown))
        assert row["label"] == kind
        assert (row["start"], row["hatch_high"]) == (0, 100)
        assert row["end"] == row["hatch_low"] == pytest.approx(share, abs=1e-6)


def test_of_observed_answers_everything_is_known(observed):
    figure = figure_known(observed, "vive", figure_id="f", title="Which shares are known?")
    withheld = Counter(row.domain for row in observed.rows if row.suppressed)
    assert withheld  # small groups stay unknown
    parts = ("By ", "How two ", "Why ")
    assert [unknown for kind, _, unknown in figure.table[1:] if not kind.startswith(parts)] == ["0"] * 3
    assert sum(int(unknown) for _, _, unknown in figure.table[1:]) == sum(withheld.values())
    assert "By region" in [row[0] for row in figure.table]


# Breakdowns to choose among


@pytest.fixture
def shown(monkeypatch):
    """What a cell displays."""
    found = []
    monkeypatch.setattr("surveybook.disseminate.figures_open.display", found.append)
    return found


def test_breakdowns_of_simulated_answers_are_open_and_leave_places_out(simulated, shown):
    show_breakdowns(simulated, "vive", "extent", figure_id="who", title="Who saw it, by {by}?")
    assert [figure.figure_id for figure in shown] == ["who-by-role", "who-by-field"]
    assert [figure.view for figure in shown] == [("who", "role", "Role"), ("who", "field", "Field")]
    assert [figure.title for figure in shown] == ["Who saw it, by role?", "Who saw it, by field?"]
    for figure, by in zip(shown, ("role", "field"), strict=True):
        about = figure._repr_mimebundle_()[VEGALITE_MIME]["usermeta"][USERMETA]
        assert about["open"] and about["view"] == ["who", by, by.capitalize()]
        assert figure.table == made(simulated, item="extent", by=by).table


def test_breakdowns_of_real_answers_are_plain_and_name_places(observed, shown):
    show_breakdowns(observed, "vive", "extent", figure_id="who", title="Who saw it, by {by}?")
    assert [figure.view for figure in shown] == [
        ("who", "role", "Role"),
        ("who", "field", "Field"),
        ("who", "region", "Region"),
    ]
    for figure in shown:
        about = figure._repr_mimebundle_()[VEGALITE_MIME]["usermeta"][USERMETA]
        assert "open" not in about and about["view"] == list(figure.view)
        assert "simulated" not in figure.text().lower()


def test_an_option_can_be_broken_down_of_an_item_without_a_headline(simulated, shown):
    show_breakdowns(simulated, "vive", "kind", figure_id="k", title="Who, by {by}?", option="option:2")
    assert [figure.view[1] for figure in shown] == ["role", "field"]
    assert shown[1].table == made(simulated, item="kind", by="field", option="option:2").table


@pytest.mark.parametrize("title", ["Heads see more, by {by}", "{by}"])
def test_breakdowns_are_asked_for_by_a_question(simulated, shown, title):
    with pytest.raises(SurveybookError, match="no question"):
        show_breakdowns(simulated, "vive", "extent", figure_id="who", title=title)
    assert shown == []
