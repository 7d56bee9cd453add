"""Observed answers in a package outside the checkout move every number on the site, and only there.

What is said of print, as "according to the article, nearly nine of ten", stays as it was printed. The
findings of the book hold with these answers too; see the tests of findings that answers contradict.
"""

import hashlib
import json
import random
import re
import zipfile
from itertools import combinations
from math import ceil, floor
from string import Formatter

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from reading_pages import GROUPS, Call, Pasted, Read, calls_of, keys_of, read_figures, read_numbers, read_panels
from recount import (
    GAPS,
    STEPS,
    Recount,
    Rounded,
    Share,
    half_up,
    in_words,
    of_everyone,
    outward,
    rounded,
    rows_of,
    three_ways,
    tipping_point,
    wilson,
    withheld,
)

pytestmark = pytest.mark.long

OBSERVED = "Observed: worked out from real answers."
OPEN_ANSWERS = "vive-response-open_answers-count"
# Shares that other sources print, and figures that show no share at all: no answer of VIVE's survey is behind them.
OF_SOURCES = {"collaboration-printed", "two-themes-printed", "less-happy-figures"}
NO_SHARES = {"timeline", "power"}
# Of each question: which answers move, to which other one, and how many of them.
MOVED = {
    "q01_omfang": ("3456", "2", 0.45),
    "q02_karakter": ("2", "1", 0.5),
    "q04_digital": ("1", "2", 0.3),
    "q07a_motivation": ("1", "2", 0.1),
    "q07b_trivsel": ("1", "3", 0.3),
    "q07c_hurtig": ("1", "2", 0.3),
    "q08a_rentabel": ("1", "3", 0.3),
    "q08b_drift": ("1", "2", 0.25),
    "q08c_overfoer": ("1", "3", 0.6),
    "q09a_omstilling": ("1", "2", 0.3),
    "q09b_risiko": ("1", "3", 0.3),
    "q09c_regler": ("1", "2", 0.3),
    "q10a_ekstern": ("12", "3", 0.3),
    "q10b_intern": ("12", "4", 0.3),
    "q11_raaderum": ("1", "2", 0.3),
}
# Here some answers are taken away as well, so that not all questions have the same base.
SKIPPED = ("q07c_hurtig", "q08a_rentabel")


def move_answers(responses, write_rows) -> None:
    draw = random.Random(20201101)
    rows = rows_of(responses)
    for row in rows:
        for column, (given, other, share) in MOVED.items():
            # a blank cell is no answer, and is in no option
            if row[column] and row[column] in given and draw.random() < share:
                row[column] = other
        for column in SKIPPED:
            if row[column] not in GAPS and draw.random() < 0.1:
                row[column] = ""
    write_rows(responses, [list(rows[0]), *(list(row.values()) for row in rows)])


def move_people(package, write_rows) -> None:
    """Leave few in a role and in a field: twelve heads of operation, nine of whom have a view on permanence."""
    invitations = package / "raw" / "vive" / "invitations.csv"
    people = {row["respondent_id"]: row for row in rows_of(invitations)}
    seen = {"role": [0, 0], "field": 0}
    for row in rows_of(package / "raw" / "vive" / "responses.csv"):
        person, gap = people[row["respondent_id"]], row["q08b_drift"] in GAPS
        if person["rolle"] == "2":
            seen["role"][gap] += 1
            person["rolle"] = "2" if seen["role"][gap] <= (3 if gap else 9) else "3"
        if person["omraade"] == "5":
            seen["field"] += 1
            person["omraade"] = "5" if seen["field"] <= 6 else "1"
    assert seen["role"][0] > 9 and seen["role"][1] > 3 and seen["field"] > 6
    header = list(next(iter(people.values())))
    write_rows(invitations, [header, *(list(person.values()) for person in people.values())])


@pytest.fixture(scope="module")
def home(checkout, observe, surveybook, write_rows, sign, contents):
    """A checkout with the sites of two editions; the second edition's answers lie outside it."""
    folder = checkout("bog på dansk")
    package = observe(folder)
    move_answers(package / "raw" / "vive" / "responses.csv", write_rows)
    move_people(package, write_rows)
    for part in ("invitations", "responses"):
        sign(package / "raw" / "vive" / f"{part}.csv")
    surveybook("build", cwd=folder)
    before = contents(folder / "_build" / "default" / "site")
    surveybook("build", "--edition", "observed", cwd=folder)
    assert contents(folder / "_build" / "default" / "site") == before
    return folder


@pytest.fixture(scope="module")
def package(home):
    return home.parent / "ægte svar" / "pakke"


@pytest.fixture(scope="module")
def site(home):
    return home / "_build" / "observed" / "site"


@pytest.fixture(scope="module")
def default_site(home):
    return home / "_build" / "default" / "site"


@pytest.fixture(scope="module")
def answers(package):
    return Recount(package)


@pytest.fixture(scope="module")
def figures(site):
    return read_figures(site)


@pytest.fixture(scope="module")
def panels(site):
    return read_panels(site)


@pytest.fixture(scope="module")
def default_figures(default_site):
    return read_figures(default_site)


@pytest.fixture(scope="module")
def numbers(home, site):
    return read_numbers(site, keys_of(home, "observed"))


@pytest.fixture(scope="module")
def default_numbers(home, default_site):
    return read_numbers(default_site, keys_of(home, "simulated"))


@pytest.fixture(params=sorted(MOVED))
def item(request, answers):
    """One question whose answers moved."""
    (name,) = [name for name, row in answers.items.items() if row["column"] == request.param]
    return name


# What moved


def test_every_headline_moved(answers):
    assert {answers.items[item]["column"] for item in answers.headlines} == set(MOVED)


def test_the_new_answers_differ_from_print_everywhere(answers, item):
    printed = next(
        row
        for row in answers.figures
        if (row["item"], row["option_set"]) == (item, answers.items[item]["headline_set"])
    )
    low, high = (float(printed[end] or printed["value"]) for end in ("low", "high"))
    assert not low - 2 < answers.share(item).pct < high + 2


# Numbers in sentences


def expected_number(answers: Recount, key: str) -> tuple[str, int | None]:
    """The text of a pasted number, and its base; the latter None for what is said of print."""
    _, item, name, *form = key.split("-")
    (form,) = form or [""]
    if form == "printed":
        figure = next(row for row in answers.figures if (row["item"], row["option_set"]) == (item, name))
        return figure["word_en"] or f"{figure['value']} percent", None
    if item == "response":
        count = answers.people_counts()[name]
        base = {"municipalities": 98, "open_answers": 296}.get(name, 556)
        return {"": Share(count, base).text, "count": str(count), "others": str(base - count)}[form], base
    share, silent = answers.share(item, name), answers.silent(item)
    if form == "words":
        return in_words(share.pct), share.base
    if form == "tipping":
        return f"at least {outward(*[tipping_point(share, silent)] * 2)[0]} percentage points", share.base
    if form in ("alike", "differ", "bounds"):
        low, high = three_ways(share, silent)[form]
        return f"{low} to {high} percent", share.base
    return {"": share.text, "count": str(share.count), "others": str(share.base - share.count)}[form], share.base


def test_every_pasted_number_is_the_recounted_one(answers, numbers):
    vive = [pasted for pasted in numbers if pasted.key.startswith("vive-") and not pasted.of_edition]
    assert len(vive) > 40 and {"tipping", "alike", "printed"} <= {pasted.key.split("-")[-1] for pasted in vive}
    expected = [(pasted.page, pasted.key, expected_number(answers, pasted.key)[0]) for pasted in vive]
    assert [(pasted.page, pasted.key, pasted.text) for pasted in vive] == expected


def is_ours(pasted: Pasted) -> bool:
    """Whether a number is worked out from the answers, and not said of print, of others, or of the edition."""
    return pasted.key.startswith("vive-") and not pasted.of_edition and not pasted.key.endswith("-printed")


def test_every_pasted_number_says_that_it_is_observed_and_of_how_many(answers, numbers):
    for pasted in numbers:
        if pasted.of_edition:
            assert (pasted.status, set(pasted.card)) == ("edition", {"What it is"}), pasted
        elif is_ours(pasted):
            assert (pasted.status, pasted.card["Rests on"]) == ("observed", OBSERVED), pasted
            assert pasted.card["Method"].startswith("Counted from the answers"), pasted
            if pasted.key != OPEN_ANSWERS:
                assert pasted.card["Of whom"] == f"Base {expected_number(answers, pasted.key)[1]}.", pasted
        else:
            assert (pasted.status, pasted.card["Rests on"][:11]) == ("published", "Published: "), pasted
            assert "Observed" not in " ".join(pasted.card.values()), pasted


def test_the_card_of_a_number_gives_its_share_and_its_ranges(answers, numbers):
    named = set()
    for pasted in filter(is_ours, numbers):
        _, item, name, *form = pasted.key.split("-")
        if item == "response":
            continue
        share = answers.share(item, name)
        alike, differ, bounds = three_ways(share, answers.silent(item)).values()
        value = "Share" if set(form) & {"alike", "differ", "bounds", "tipping", "count", "others"} else "Value"
        assert pasted.card[value] == share.text, pasted
        assert ("What it is" in pasted.card) == (value == "Share"), pasted
        assert pasted.card["Interval"] == (
            f"{alike[0]} to {alike[1]} percent of everyone, if the silent are like those who answered (95 percent "
            f"interval); {differ[0]} to {differ[1]} percent, if they differ by ten percentage points; "
            f"{bounds[0]} to {bounds[1]} percent, whatever they think."
        ), pasted
        assert pasted.card["Source"].startswith("Survey: "), pasted
        named.add(item)
    assert len(named) > 12


def test_the_number_of_open_answers_says_of_how_many(numbers):
    cards = [pasted.card for pasted in numbers if pasted.key == OPEN_ANSWERS]
    assert cards and not any("Base observed" in " ".join(card.values()) for card in cards)


def test_a_pasted_number_of_a_question_gives_its_wording(answers, numbers, item):
    own = [p for p in numbers if is_ours(p) and re.fullmatch(rf"vive-{item}-[a-z0-9_]+", p.key)]
    assert own or item in ("profitable", "room")
    assert all(answers.items[item]["wording_en"] in pasted.card["Question"] for pasted in own)
    assert all("The question in the list of questions" in pasted.links for pasted in own)


def test_what_is_said_of_print_and_of_others_stays_and_all_else_moves(numbers, default_numbers):
    ours, theirs = (
        {(pasted.page, pasted.key): (pasted.text, pasted.status) for pasted in found if not pasted.of_edition}
        for found in (default_numbers, numbers)
    )
    assert set(theirs) < set(ours)  # lines on simulated answers alone paste some numbers too
    moved = 0
    for place, (text, status) in theirs.items():
        if status == "published":
            assert ours[place] == (text, status), place
        else:
            moved += ours[place][0] != text
            assert ours[place][1] in ("pinned", "assumed") and status == "observed", place
            # how many were invited and answered is not among the answers that moved
            assert ours[place][0] != text or place[1].startswith("vive-response-"), place
    assert moved > 30
    assert {"nearly nine of ten", "half", "14 percent"} <= {text for text, _ in theirs.values()}


def test_what_the_edition_sets_stays_and_its_counts_of_claims_move(numbers, default_numbers):
    ours, theirs = (
        {pasted.key: pasted.text for pasted in found if pasted.of_edition} for found in (default_numbers, numbers)
    )
    settings = {key for key in theirs if not key.startswith("claims-")}
    assert settings and {theirs[key] for key in settings} == {"95 percent", "ten percentage points"}
    assert {key: ours[key] for key in settings} == {key: theirs[key] for key in settings}
    # of what answers could contradict, while they are simulated nothing is counted
    assert {key for key in theirs if key not in ours} == {"claims-reproduced", "claims-differs"}
    assert {key for key in ours if key not in theirs} == {"claims-returned", "vive-replicates"}
    assert theirs["claims-total"] == ours["claims-total"]
    assert int(theirs["claims-differs"]) >= len(MOVED)


def test_a_range_is_ours_while_simulated_and_observed_afterwards(numbers, default_numbers):
    ends = ("-alike", "-differ", "-bounds", "-tipping")
    ranges, default_ranges = (
        [pasted for pasted in found if pasted.key.endswith(ends)] for found in (numbers, default_numbers)
    )
    assert len(ranges) == len(default_ranges) == 4
    assert {(pasted.status, pasted.card["Of whom"]) for pasted in ranges} == {("observed", "Base 296.")}
    assert not any("Our range" in " ".join(pasted.card.values()) for pasted in ranges)
    base = "Base not published; we assume at least 160."
    assert {(pasted.status, pasted.card["Of whom"]) for pasted in default_ranges} == {("assumed", base)}
    assert all(pasted.card["Whose it is"].startswith("Our range: ") for pasted in default_ranges)


# Figures of what is printed


def test_charts_tables_pictures_and_files_show_the_new_numbers(answers, figures, item):
    label, share = answers.items[item]["label_en"], answers.share(item)
    # the figure of choices has ranges, and a test of its own
    shown = [f for name, f in figures.items() if name != "choices" and label in [row[0] for row in f.table]]
    assert shown or item == "extent"
    for figure in shown:
        (datum,) = [datum for datum in figure.rows if datum["label"] == label]
        # the comparison's tooltip says what was printed too
        assert (datum["share"].partition("; printed: ")[0], datum["rests"]) == (share.text, "Observed"), figure.name
        assert datum["base"] == f"base {share.base}", figure.name
        assert datum["value"] == pytest.approx(float(share.pct), abs=1e-6), figure.name
        assert [row[1] for row in figure.table if row[0] == label] == [share.text], figure.name
        assert f"{half_up(share.pct)}%" in figure.picture, figure.name
        assert f"{label}: {share.text}" in figure.alt or f"{label}, {share.text}" in figure.alt, figure.name


def test_tables_and_charts_show_the_new_ranges(answers, figures, item):
    about, ways = answers.items[item], three_ways(answers.share(item), answers.silent(item))
    ranged = []
    for figure in figures.values():
        own = [row for row in figure.table if row[0] == about["label_en"] and len(row) == 5]
        if own:
            assert own == [
                [about["label_en"], answers.share(item).text, *("{}–{}%".format(*way) for way in ways.values())]
            ]
            (datum,) = [datum for datum in figure.rows if datum["label"] == about["label_en"]]
            ends = [datum[end] for end in ("low", "high", "differ_low", "differ_high", "bound_low", "bound_high")]
            assert ends == [float(end) for way in ways.values() for end in way], figure.name
            ranged.append(figure.name)
    # the extent and its scale have a chart of the three ways to themselves
    assert ranged or item == "extent"


@pytest.mark.parametrize(("name", "item"), [("extent-three-ways", "extent"), ("permanent-three-ways", "permanent")])
def test_the_three_ways_are_recounted(answers, figures, name, item):
    share = answers.share(item)
    ways = ["{} to {} percent".format(*way) for way in three_ways(share, answers.silent(item)).values()]
    figure = figures[name]
    assert [row[1] for row in figure.table[1:]] == [share.text, *ways]
    assert [datum["share"] for datum in figure.rows] == [share.text, *ways]
    assert {datum["rests"] for datum in figure.rows} == {"Observed"}


def test_a_figure_of_shares_is_sorted_by_the_new_ones(answers, figures, home):
    sorts = []
    for call in calls_of(home):
        if call.kind == "figure_shares" and set(call.items) <= set(answers.headlines):
            new = sorted(call.items, key=lambda item: -answers.share(item).pct)
            table = figures[call.words["figure_id"]].table
            assert [row[0] for row in table[1:]] == [answers.items[item]["label_en"] for item in new]
            sorts.append(new)
    # here the order is not that of print
    assert ["permanent", "profitable", "transferable"] in sorts


def test_every_title_is_filled_with_the_new_numbers(answers, figures, panels, home):
    filled = []
    for call in calls_of(home):
        if "figure_id" not in call.words or call.chapter == "organisational-innovations":
            continue
        if call.words["figure_id"] in panels:  # what has no chart pastes no number
            assert "{" not in call.words["title"]
            continue
        title = ""
        for text, field, form, _ in Formatter().parse(call.words["title"]):
            title += text
            if field:
                item, _, name = field.partition(".")
                assert (name, form) in (("", ""), ("", "words"), ("answered", "")), field
                share = Share(296, 556) if item == "response" else answers.share(item)
                value = in_words(share.pct) if form else share.text
                title += value if title else value[0].upper() + value[1:]
                filled.append(field)
        figure = figures[call.words["figure_id"]]
        assert figure.title == title
        assert figure.lines[0] == f"# {title}" + ("" if title.endswith("?") else ".")
        assert figure.alt.startswith(title)
        assert " ".join(figure.spec["title"]["text"]) == title
    assert len(filled) > 8


def test_a_caption_says_how_many_are_silent_of_each_question(answers, figures, home):
    said = {}
    for call in calls_of(home):
        items = [item for item in (*call.items, call.item) if item in answers.headlines]
        name = call.words.get("figure_id")
        if call.kind in ("figure_shares", "figure_three_ways", "figure_tipping") and items:
            silent = [answers.silent(item) for item in items]
            numbers = {int(number) for number in re.findall(r"\b\d+\b", figures[name].caption)}
            said[name] = {min(silent), max(silent)} <= numbers
    assert len(said) > 6
    assert [name for name, right in said.items() if not right] == []


def test_the_scale_shows_every_option(answers, figures):
    shares = {
        row["label_en"]: answers.share("extent", f"option:{row['value']}") for row in answers.answers_of("extent")
    }
    shares["don't know"] = answers.share("extent", "option:88")
    assert len(shares) == 7
    assert dict(figures["extent"].table[1:]) == {label: share.text for label, share in shares.items()}
    assert {datum["label"]: datum["share"] for datum in figures["extent"].rows} == {
        label: f"{half_up(share.pct)}%" for label, share in shares.items()
    }


# The silent, and pairs


def test_the_curve_of_the_silent_and_its_tipping_point_are_recounted(answers, figures):
    figure, share, silent = figures["extent-tipping-point"], answers.share("extent"), answers.silent("extent")
    tip = tipping_point(share, silent)
    # at the tipping point exactly half of everyone say so
    assert share.count + silent * (share.pct - tip) / 100 == (share.base + silent) / 2
    least = outward(tip, tip)[0]
    assert f"would have to be at least {least} percentage points lower before the majority of everyone falls" in (
        figure.caption
    )
    steps = {datum["points"]: datum for datum in figure.rows}
    assert sorted(steps) == list(range(-75, 76, 5))
    for points, datum in steps.items():
        of_all = of_everyone(share, silent, points)
        assert [datum["low"], datum["high"]] == pytest.approx([float(of_all)] * 2, abs=1e-6), points
        assert datum["share"] == f"{half_up(of_all)} percent", points
    table = [[steps[points]["label"], steps[points]["share"]] for points in range(-75, 76, 25)]
    assert figure.table[1:] == table
    (mark,) = [rows[0] for rows in figure.spec["datasets"].values() if "half" in rows[0] and "text" in rows[0]]
    assert mark["points"] == pytest.approx(-float(tip), abs=1e-6)
    assert mark["text"] == f"{least} points lower" and mark["text"] in figure.picture


def test_the_pairs_are_recounted(answers, figures, home):
    calls = [call for call in calls_of(home) if call.kind == "figure_pairs"]
    assert [call.item for call in calls] == ["condition", "effect"]
    verdicts = set()
    for call in calls:
        stem = [item for item in answers.headlines if answers.items[item]["stem"] == call.item]
        rows = []
        for pair in combinations(stem, 2):
            names = pair if sum(answers.pair(*pair)) > 0 else pair[::-1]
            low, high = answers.pair(*names)
            labels = [f"{answers.items[i]['label_en']} ({half_up(answers.share(i).pct)}%)" for i in names]
            step = min(step for step in STEPS if step * answers.pair_base(*pair) >= 200)
            # outward to steps of two people at least, and from a step to the next one
            ends = step * (ceil(low / step) - 1), step * (floor(high / step) + 1)
            verdict = "above" if ends[0] > 0 else "cannot tell"
            rows.append((-step * floor((low + high) / 2 / step), " above ".join(labels), ends, verdict))
        rows.sort(key=lambda row: row[0])
        figure = figures[call.words["figure_id"]]
        expected = [
            [label, "{} to {} percentage points".format(*ends).replace("-", "−"), verdict]
            for _, label, ends, verdict in rows
        ]
        assert figure.table[1:] == expected
        for datum, (_, label, ends, verdict) in zip(figure.rows, rows, strict=True):
            assert (datum["label"], datum["rests"]) == (label, "Observed")
            assert [datum["start"], datum["end"]] == [float(end) for end in ends]
            assert datum["text"].endswith(f" points: {verdict}")
            assert datum["text"] in figure.picture
            assert f"{label}: {datum['share']}" in figure.alt
        assert "widest" not in figure.caption + figure.picture + json.dumps(figure.spec)
        verdicts |= {row[3] for row in rows}
    assert "above" in verdicts


def test_a_sentence_on_what_print_cannot_tell_is_neither_judged_nor_shown(answers, pages, default_site):
    # its condition, that motivation is not clearly above wellbeing, is false of the new answers
    assert answers.pair("motivation", "wellbeing")[0] > 0
    sentence = "the printed figures cannot tell"
    assert sentence in (default_site / "chapters" / "effects.html").read_text(encoding="utf-8")
    assert sentence not in pages["chapters/effects.html"]


# Figures of what only real answers could tell


GAP_LABELS = {
    "not_asked": "Was not asked",
    "not_applicable": "Said that it does not apply",
    "dont_know": "Did not know",
    "refused": "Did not wish to answer",
    "no_answer": "Gave no answer",
}


def upper(text: str) -> str:
    return text[:1].upper() + text[1:]


SUPPRESSED = "suppressed"
DRAWN = ("value", "low", "high", "bound_low", "bound_high", "differ_low", "differ_high", "start", "end")
Told = Share | Rounded | str


def recounted(answers: Recount, call: Call) -> dict[str, Told]:
    """What an open figure tells by label: a share, a rounded one, or that it is suppressed."""
    by, show, option = (call.words.get(name, "") for name in ("by", "show", "option"))
    if show == "gaps":
        hidden = answers.hidden_gaps(call.item)
        return {
            label: SUPPRESSED if kind in hidden else answers.gaps(call.item, kind)
            for kind, label in GAP_LABELS.items()
        }
    if show == "options":
        options = {row["value"]: row["label_en"] for row in answers.answers_of(call.item)} | {"88": "don't know"}
        return {upper(label): answers.share(call.item, f"option:{value}") for value, label in options.items()}
    everyone = answers.share(call.item, option)
    told: dict[str, Told] = {"All who answered": everyone}
    if by == "everyone":  # real answers do not tell what the silent think
        return told
    if by not in GROUPS:
        few = answers.tells_of_a_few(call.item, by) or answers.tells_of_a_few(by, call.item)
        label = f"Of those who also say: {answers.items[by]['label_en']}"
        return told | {label: SUPPRESSED if few else rounded(answers.of_those_who(call.item, by))}
    levels = answers.levels(call.item, by, option)
    hidden = withheld(levels, everyone)
    return told | {upper(label): SUPPRESSED if label in hidden else rounded(share) for label, share in levels.items()}


def hold_shares(figure: Read, shares: dict[str, Told]) -> None:
    """Hold a plain figure of shares against a recount: its table, file, chart, picture and text."""
    expected = []
    for label, share in shares.items():
        base = share.base_text if isinstance(share, Rounded) else "" if share == SUPPRESSED else f"base {share.base}"
        expected.append([label, SUPPRESSED if share == SUPPRESSED else f"{share.text} ({base})"])
    assert figure.table[1:] == figure.downloaded[1:] == expected
    assert [datum["label"] for datum in figure.rows] == list(shares)
    for datum, (label, share) in zip(figure.rows, shares.items(), strict=True):
        if share == SUPPRESSED:
            assert (datum["share"], datum["rests"]) == (SUPPRESSED, "Observed")
            assert not {"base", "value", "low", "high"} & set(datum), label
            assert f"{label}: suppressed" in figure.alt
            continue
        plain = isinstance(share, Share)
        base = f"base {share.base}" if plain else share.base_text
        assert (datum["share"], datum["base"], datum["rests"]) == (share.text, base, "Observed")
        assert datum["value"] == pytest.approx(float(share.pct), abs=1e-6), label
        ends = outward(*wilson(share)) if plain else share.interval
        assert [datum["low"], datum["high"]] == [float(end) for end in ends], label
        assert not {"hatch_low", "draws"} & set(datum), label
        assert f"{half_up(share.pct) if plain else share.pct}%" in figure.picture, label
        assert f"{label}: {share.text}" in figure.alt
    assert figure.rests.startswith(OBSERVED)
    assert figure.lines[1] == f"# {OBSERVED}"


def test_each_figure_of_what_only_real_answers_could_tell_is_plain_and_recounted(answers, figures, home):
    calls = [call for call in calls_of(home) if call.kind == "figure_open"]
    assert {(call.words.get("by"), call.words.get("show")) for call in calls} >= {
        *((group, None) for group in GROUPS),
        (None, "options"),
        (None, "gaps"),
    }
    assert len(calls) > 9
    for call in calls:
        figure = figures[call.words["figure_id"]]
        hold_shares(figure, recounted(answers, call))
        assert figure.title.endswith("?")


def test_of_a_few_people_nothing_is_shown_but_that_it_is_suppressed(answers, figures, home):
    seen = {}
    for call in calls_of(home):
        if call.kind != "figure_open" or call.words.get("by") not in GROUPS:
            continue
        figure, told = figures[call.words["figure_id"]], recounted(answers, call)
        hidden = [label for label, share in told.items() if share == SUPPRESSED]
        seen[figure.name] = len(hidden)
        if not hidden:
            assert "Suppressed" not in figure.caption
            continue
        # what is left of everyone is of more than one group
        assert len(hidden) > 1
        note = re.search(r"Suppressed, since they would tell of fewer than 5 people[^:]*: (.*?)\. ", figure.caption)[
            1
        ]
        assert note == ", ".join(hidden)
        assert "bases are rounded to 5 people" in figure.caption or len(hidden) == len(told) - 1
    # six people in the fifth field, and twelve or fewer in the second role, answer one way or the other by a few
    few = {name: hidden for name, hidden in seen.items() if not name.endswith("-by-region")}
    assert len(few) > 5 and all(few.values())


def test_no_table_of_the_build_holds_what_is_suppressed(answers, home):
    values = ("base_n", "count", "estimate_pct", "se_pct", "ci_low_pct", "ci_high_pct")
    rows = {
        (row["item"], row["option_set"], row["domain"], row["level"]): row
        for row in rows_of(home / "_build" / "observed" / "estimates" / "estimates.csv")
    }
    hidden = 0
    for item in answers.headlines:
        for by in GROUPS:
            levels = answers.levels(item, by)
            small = withheld(levels, answers.share(item))
            hidden += len(small)
            for option in answers.answers_of(by):
                share = levels[option["label_en"]]
                row = rows[item, answers.items[item]["headline_set"], by, option["value"]]
                told = [row[name] for name in values]
                if option["label_en"] in small:
                    assert (row["suppressed"], told) == ("True", [""] * len(values)), (item, by, option)
                else:
                    shown = rounded(share)
                    assert (row["suppressed"], float(row["base_n"]), row["count"], row["se_pct"]) == (
                        "False",
                        shown.figure,
                        "",
                        "",
                    ), (item, by, option)
                    assert float(row["estimate_pct"]) == shown.pct, (item, by, option)
    assert hidden > 30


CHOICES = {
    "": ("as-printed", "as-printed", "counted as in print"),
    "-dont-knows-inside": ("inside", "as-printed", "with don't-knows counted"),
    "-dont-knows-outside": ("outside", "as-printed", "with don't-knows left out"),
    "-stricter-cut": ("as-printed", "stricter", "with only the strongest answers"),
    "-wider-cut": ("as-printed", "wider", "with the middle answers too"),
}


def chosen(answers: Recount, item: str, dont_know: str, cut: str) -> tuple[str, Share] | None:
    """The label and share of a headline under a choice; None where its scale has no such cut."""
    cut = "" if cut == "as-printed" else cut
    if cut and not answers.has_cut(item, cut):
        return None
    named = answers.headline(item, cut)
    label = f"{answers.items[item]['label_en']}: {named['label_en']}"
    return label, answers.share(item, named["option_set"], unsure=dont_know != "outside")


@pytest.mark.parametrize("variant", CHOICES)
def test_each_variant_is_recounted(answers, figures, home, variant):
    dont_know, cut, words = CHOICES[variant]
    (call,) = [call for call in calls_of(home) if call.chapter == "robustness"]
    rows = [row for item in call.items if (row := chosen(answers, item, dont_know, cut))]
    assert len(rows) == (3 if cut == "stricter" else 8)
    figure = figures[f"headlines-{dont_know}-{cut}"]
    assert (figure.page, figure.title) == (f"robustness{variant}.html", f"What are the headlines, {words}?")
    hold_shares(figure, dict(rows))


def test_the_choices_side_by_side_are_recounted(answers, figures, home):
    (call,) = [call for call in calls_of(home) if call.kind == "figure_choices"]
    figure = figures["choices"]
    assert [row[0] for row in figure.table[1:]] == [answers.items[item]["label_en"] for item in call.items]
    for item, row, datum in zip(call.items, figure.table[1:], figure.rows, strict=True):
        shares = [found[1].pct for about in CHOICES.values() if (found := chosen(answers, item, *about[:2]))]
        low, high = min(shares), max(shares)
        assert row[2] == f"{half_up(low)} to {half_up(high)} percent"
        assert datum["rests"] == "Observed" and datum["value"] == pytest.approx(
            float(answers.share(item).pct), abs=1e-6
        )
        assert [datum["start"], datum["end"]] == pytest.approx([float(low), float(high)], abs=1e-6)


def test_the_table_of_choices_tells_the_headlines_as_reported(answers, figures, home):
    (call,) = [call for call in calls_of(home) if call.kind == "figure_choices"]
    assert [row[1] for row in figures["choices"].table[1:]] == [answers.share(item).text for item in call.items]


def is_asked(about: dict[str, str]) -> bool:
    return bool(about["column"]) and about["type"] in ("single", "multiple")


def test_every_share_is_known_that_is_not_withheld(answers, figures, home):
    estimates = rows_of(home / "_build" / "observed" / "estimates" / "estimates.csv")
    kinds = {row[0]: [int(number) for number in row[1:]] for row in figures["what-is-known"].table[1:]}
    assert kinds["The headline of each question"] == [len(answers.headlines), 0]
    for by in GROUPS:
        hidden = [row["suppressed"] == "True" for row in estimates if row["domain"] == by]
        assert kinds[f"By {by}"] == [hidden.count(False), hidden.count(True)] and any(hidden), by
    parts = ("By ", "Why ", "How two ")
    assert {hidden for kind, (_, hidden) in kinds.items() if not kind.startswith(parts)} == {0}
    gaps = sum(len(answers.hidden_gaps(name)) for name, about in answers.items.items() if is_asked(about))
    assert kinds["Why an answer is missing"][1] == gaps > 0


# What the pages say of their answers


SPOKEN = re.compile(
    r"[^.>\n]*\b(?:simulat\w*|replicates?|made[ -]up|fixed by print|pinned|assumed (?:bases|\d)|hatched|draw again"
    r"|(?:only (?:the )?)?real answers (?:would|could)|does not have them|were made to agree|read it as)\b[^.<\n]*",
    re.IGNORECASE,
)
# True of any edition, since they are not on VIVE's answers: sentences, and how words of other sources are read.
READ = r"we read it as \d+–\d+ percent"
STUDY = r"Worked out by simulation with a stated|4000 simulated studies|its simulation error"
CHECKED = "A known simulated file cannot be passed off as a real one"
OF_OTHERS = {
    "chapters/drivers.html": "No figure on it is shown, and none is made up",
    "chapters/organisational-innovations.html": f"not published, and none are made up here|{READ}",
    "chapters/method.html": "Nothing is made up in their place|Read here as all on a list",
    "chapters/discussion.html": f"{STUDY}|{READ}",
    "chapters/appendix/notes.html": "Nothing of them is made up here",
    "chapters/appendix/codebook.html": READ,
    "chapters/appendix/data-quality.html": CHECKED,
    "_static/figures/sources.csv": "Read here as all on a list",
    "_static/figures/power.csv": STUDY,
    "receipt.json": r"scripts/surveybook/\w+/replicates",  # a module's name
}
PICTURES = ("svg", "plain.svg", "vl.json")
OF_OTHERS |= {f"_static/figures/power.{end}": STUDY for end in ("svg", "vl.json")}
OF_OTHERS |= {f"_static/figures/two-themes-printed.{end}": READ for end in ("csv", *PICTURES)}
OF_OTHERS |= {f"_static/figures/questions-{part}.csv": READ for part in ("vive", "fh", "leaders", "unions")}
OF_OTHERS["_static/figures/questions-context.csv"] = READ
OF_OTHERS["companion.pdf"] = "|".join(dict.fromkeys(OF_OTHERS.values()))
# The glossary explains the book's words, whichever edition uses them; its explanations do so too.
ON_WORDS = {"chapters/appendix/glossary.html"}


@pytest.fixture(scope="module")
def pages(site):
    return {page.relative_to(site).as_posix(): page.read_text(encoding="utf-8") for page in site.rglob("*.html")}


def words_of_pdf(pdf: PdfReader) -> str:
    """All words of the book to print, but for its chapter of words."""
    outline = [one for one in pdf.outline if not isinstance(one, list)]
    inner = [one for part in pdf.outline if isinstance(part, list) for one in part if not isinstance(one, list)]
    starts = sorted({(pdf.get_destination_page_number(one), one.title) for one in (*outline, *inner)})
    (words,) = [start for start, title in starts if title == "Words"]
    after = min(start for start, _ in starts if start > words)
    pages = [page.extract_text() for number, page in enumerate(pdf.pages) if not words <= number < after]
    # what is read may be broken over two lines
    return " ".join(" ".join(pages).replace("-\n", "-").split())


@pytest.fixture(scope="module")
def texts(pages, site):
    """All text of the site's pages, of its figures' files, of its receipt and of its PDF.

    Texts in heads, attributes, scripts and cards as well.
    """
    files = sorted(path for path in (site / "_static" / "figures").iterdir() if path.suffix != ".png")
    told = {f"_static/figures/{path.name}": path.read_text(encoding="utf-8") for path in files}
    told["receipt.json"] = (site / "receipt.json").read_text(encoding="utf-8")
    told["companion.pdf"] = words_of_pdf(PdfReader(site / "companion.pdf"))
    for name, page in pages.items():
        bare = BeautifulSoup(page, "html.parser")
        inside = [value for tag in bare.find_all(True) for value in tag.attrs.values() if isinstance(value, str)]
        scripts = [tag.string for tag in bare.select("script, style") if tag.string]
        told[name] = "\n".join([*inside, *scripts, " ".join(bare.get_text(" ").split())])
    return {name: re.sub(r"\s+([:,.])", r"\1", text) for name, text in told.items()}


def test_no_page_and_no_file_speaks_of_simulated_answers(texts, default_site):
    assert {*OF_OTHERS, *ON_WORDS} <= texts.keys()
    for name, text in texts.items():
        if name in ON_WORDS:
            continue
        if name in OF_OTHERS:
            text, times = re.subn(OF_OTHERS[name], " ", text, flags=re.IGNORECASE)
            assert times, name
        found = {said[0].strip() for said in SPOKEN.finditer(text)}
        assert found == set(), name
    # and the default site says all of these words
    said = "".join(path.read_text(encoding="utf-8") for path in default_site.rglob("*.html"))
    files = [path for path in (default_site / "_static" / "figures").iterdir() if path.suffix != ".png"]
    said += "".join(path.read_text(encoding="utf-8") for path in files)
    words = {
        "simulated",
        "replicate",
        "made up",
        "made-up",
        "fixed by print",
        "assumed bases",
        "hatched",
        "draw again",
    }
    words |= {"only real answers would", "does not have them", "were made to agree", "read it as"}
    assert {word for word in words if word not in said.lower()} == set()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("chapters/method.html", "what follows from such figures by arithmetic"),
        ("chapters/method.html", "a range that this edition works out from a printed figure"),
        ("chapters/in-one-minute.html", "How many leaders answered each question is not published"),
        ("companion.pdf", "How many leaders answered each question is not published"),
        ("companion.pdf", "framed with dashes"),
        ("chapters/how-far-print-carries.html", "How many answered each question: a table of bases"),
        ("chapters/how-far-print-carries.html", "the answers themselves, or tables made from them"),
        ("chapters/drivers.html", "whatever the joint answers were"),
        (
            "_static/figures/known-permanent-by-role.csv",
            "because few people are in the group",
        ),
    ],
)
def test_no_sentence_on_what_is_not_known_is_left_behind(texts, name, sentence):
    assert sentence not in texts[name]


APPENDIX = ("glossary", "data-quality")


def test_the_index_for_searching_knows_the_words_of_the_pages_alone(site, default_site):
    def pages_with(folder, stems: set[str]) -> set[str]:
        text = (folder / "searchindex.js").read_text(encoding="utf-8")
        index = json.loads(re.fullmatch(r"Search\.setIndex\((.*)\)\s*", text, re.DOTALL)[1])
        places = [index[part].get(stem, []) for part in ("terms", "titleterms") for stem in stems]
        numbers = [number for place in places for number in (place if isinstance(place, list) else [place])]
        return {index["docnames"][number] for number in numbers}

    stems = {"simul", "replic", "hatch"}
    # Of words, of a study that is not this one, and of what is checked.
    others = {f"chapters/{name}" for name in ("discussion", *(f"appendix/{a}" for a in APPENDIX))}
    assert pages_with(site, stems) <= others
    assert len(pages_with(default_site, stems) - others) > 2


def test_nothing_is_folded_stamped_or_drawn(pages, site, default_site, default_figures, figures, panels, home):
    for name, page in pages.items():
        bare = BeautifulSoup(page, "html.parser")
        folded = "details.sb-open, [data-script], .sb-open-mark, .sb-again, .sb-drawn, .sb-false"
        assert bare.select(folded) == [], name
        assert "MADE UP" not in page
    files = sorted((site / "_static" / "figures").iterdir())
    texts = [path for path in files if path.suffix != ".png"]
    assert [path.name for path in texts if "MADE UP" in path.read_text(encoding="utf-8")] == []
    charts = {f"{name}.{end}" for name in figures for end in ("csv", "svg", "plain.svg", "png", "vl.json")}
    assert {path.name for path in files} == charts | {f"{name}.csv" for name in panels}
    # while answers are simulated, all of it is there for each figure of what only real answers could tell
    kinds = ("figure_open", "figure_headlines", "figure_choices")
    opened = {
        call.words.get("figure_id")
        for call in calls_of(home)
        # places are broken down by real answers only
        if call.kind in kinds and call.words.get("by") != "region"
    } - {None}
    # print fixes all headlines as they are printed
    opened |= {name for name in figures if name.startswith("headlines-")} - {"headlines-as-printed-as-printed"}
    assert {path.stem for path in (default_site / "_static" / "figures").glob("*.js")} == opened
    assert {name for name, figure in default_figures.items() if "MADE UP" in figure.picture} == opened
    assert {name for name, figure in default_figures.items() if figure.page_chart is None} == opened
    assert [name for name, figure in figures.items() if figure.page_chart is None] == []


def test_readers_choose_among_the_breakdowns_of_a_chart_and_places_are_among_them(figures, default_figures, home):
    calls = [call for call in calls_of(home) if "stem" in call.words]
    expected = {
        call.words["figure_id"]: (call.words["stem"], call.words["by"], call.words["by"].capitalize())
        for call in calls
    }
    assert len(expected) == 3 * len({stem for stem, _, _ in expected.values()}) > 9
    assert {name: figure.view for name, figure in figures.items() if figure.view} == expected
    simulated = {name: view for name, view in expected.items() if view[1] != "region"}
    assert {name: figure.view for name, figure in default_figures.items() if figure.view} == simulated


def test_a_page_draws_what_the_whole_chart_of_the_file_draws(figures):
    for name, figure in figures.items():
        drawn, marks = figure.page_chart["spec"], figure.page_chart["marks"]
        assert set(figure.page_chart) == {"spec", "marks"}, name
        assert "title" not in drawn and "tooltip" not in json.dumps(drawn), name
        told = {text for mark in marks for _, text in mark}
        assert {datum["share"] for datum in figure.rows if "share" in datum} <= told, name
        here, whole = (
            {(row[key], key) for rows in spec["datasets"].values() for row in rows for key in DRAWN if key in row}
            for spec in (drawn, figure.spec)
        )
        assert here == whole, name
        assert name in NO_SHARES or here, name


def test_every_figure_says_that_it_is_observed(figures, default_figures):
    assert {name for name in figures if not name.endswith("-by-region")} == set(default_figures)
    carried_over = {name for name, figure in default_figures.items() if figure.rests.startswith("Published: ")}
    assert carried_over == OF_SOURCES
    # They are the same in both editions, to the last byte of their data.
    for name in OF_SOURCES | NO_SHARES:
        assert figures[name] == default_figures[name], name
    for name in set(figures) - carried_over - NO_SHARES - {"what-is-known"}:
        assert figures[name].rests.startswith(f"{OBSERVED} Base"), name
        assert figures[name].lines[1] == f"# {OBSERVED}", name
        assert name.endswith("-by-region") or OBSERVED not in default_figures[name].rests, name
        assert figures[name].spec["usermeta"]["rests"].startswith(OBSERVED), name
        assert " ".join(figures[name].spec["title"]["subtitle"]).startswith("Observed. Base"), name
        assert figures[name].table == figures[name].downloaded, name
        statuses = {datum["rests"] for datum in figures[name].rows if "rests" in datum}
        assert statuses == (set() if name == "extent-tipping-point" else {"Observed"}), name


def test_a_page_says_what_its_numbers_rest_on(pages, default_site):
    sentence = "The figures of this survey are worked out from the real answers that respondents gave."
    ranges = "Each range rests on the number of people who answered the question."
    assert [name for name in ("index.html", "chapters/method.html") if sentence not in pages[name]] == []
    assert ranges in pages["chapters/method.html"]
    assert "Beyond the headline" in pages["chapters/welfare-innovations.html"]
    default = "".join(path.read_text(encoding="utf-8") for path in default_site.rglob("*.html"))
    assert sentence not in default and ranges not in default and "Beyond the headline" not in default


# What stays as it was


def test_no_row_and_no_place_of_the_answers_reaches_the_site(home, answers, site, contents):
    ids = [row["respondent_id"] for row in answers.people]
    ends = (".html", ".csv", ".svg", ".json", ".js", ".css", ".bib", ".txt")
    text = b"\n".join(content for name, content in contents(site).items() if name.endswith(ends)).decode("utf-8")
    assert re.findall(rf"\b(?:{'|'.join(ids)})\b", text) == []
    assert "ægte svar" not in text
    assert str(home) not in text


def test_the_receipt_tells_no_fingerprint_of_the_answers(site, default_site, package, pages):
    told, default = (json.loads((one / "receipt.json").read_text(encoding="utf-8")) for one in (site, default_site))
    assert (told["edition"], default["edition"]) == ("observed", "default")
    secret = ["datapackage.json", "raw/vive/invitations.csv", "raw/vive/responses.csv"]
    assert sorted(told["withheld"]) == [f"data package/{name}" for name in secret]
    assert default["withheld"] == []
    assert {*told["shared"], *told["withheld"]} >= {f"data package/{name}" for name in secret}
    everything = b"".join(path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file())
    signatures = [hashlib.sha256((package / name).read_bytes()).hexdigest() for name in secret]
    assert [one for one in signatures if one[:12].encode() in everything] == []
    # each page shows the fingerprint that the receipt gives, with the day on which the answers came
    for name, about in told["pages"].items():
        groups = " ".join(re.findall("....", about["fingerprint"]))
        assert groups in pages[name], name
    assert "received 2021-03-12" in told["data"] and told["data"] in pages["index.html"]
    assert "simulated" in default["data"]


def test_the_book_to_take_along_holds_the_same_site(site, contents):
    with zipfile.ZipFile(site / "companion.zip") as archive:
        held = {name.removeprefix("companion/"): archive.read(name) for name in archive.namelist()}
    files = contents(site)
    assert {name: held[name] for name in held if name != "README.txt"} == {
        name: content for name, content in files.items() if name != "companion.zip"
    }


def test_a_social_card_shows_an_observed_figure(site, figures):
    drawn = [path.stem for path in (site / "_static" / "cards").iterdir()]
    assert drawn
    assert [name for name in drawn if not figures[name].rests.startswith((OBSERVED, "Published: "))] == []


def test_the_default_editions_site_has_other_bytes(default_site, site, contents):
    # A card is of a page's first chart that is not folded, which may be another one.
    default, observed = (
        {name: content for name, content in contents(one).items() if not name.startswith("_static/cards/")}
        for one in (default_site, site)
    )
    # what is folded has a script; places are broken down by real answers only
    folded = r"_static/figures/[a-z-]+\.js"
    assert all(re.fullmatch(folded, name) for name in set(default) - set(observed))
    assert all("-by-region." in name for name in set(observed) - set(default))
    marks = (b'data-status="pinned"', b"sb-open-mark", b"Fixed by print:")
    pages = {name for name in default if name.endswith(".html")}
    resting = {name for name in pages if any(mark in default[name] for mark in marks)}
    assert len(resting) >= 13
    assert {name for name in resting if default[name] == observed[name]} == set()


def test_neither_edition_is_built_again_for_the_others_sake(home, surveybook):
    for edition in ("default", "observed"):
        said = surveybook("build", "--edition", edition, cwd=home).stderr.splitlines()
        assert said == [f"Building the edition {edition} ...", "Nothing changed since the last build."]
