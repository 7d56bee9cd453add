"""Observed answers in a package outside the checkout move every number on the site, and only there.

What is said of print, as "according to the article, nearly nine of ten", stays as it was printed.
"""

import csv
import io
import json
import random
import re
import shutil
from fractions import Fraction
from html import escape, unescape
from math import ceil, floor, sqrt

import pytest

pytestmark = pytest.mark.long

GAPS = {"99", "-1", "-2", ""}
SILENT = {"99", ""}  # who was asked and gave no answer; -1 and -2 were not asked
Z2 = 1.959963984540054**2
OBSERVED = "Observed: worked out from real answers."
NUMBER = re.compile(r'<span class="sb-number" data-status="(\w+)" title="([^"]*)">([^<]*)</span>')
FIGURE = re.compile(r'<figure class="sb-figure" id="figure-([a-z0-9-]+)".*?</figure>', re.DOTALL)
SPEC = re.compile(r'<script type="application/json" class="sb-spec">(.*?)</script>', re.DOTALL)
# From one answer to another that the question allows too: fewer favourable answers everywhere.
MOVED = {
    "q01_omfang": ("12", "3"),
    "q02_karakter": ("1", "2"),
    "q04_digital": ("1", "2"),
    "q07a_motivation": ("1", "2"),
    "q07b_trivsel": ("1", "3"),
    "q07c_hurtig": ("1", "2"),
    "q08a_rentabel": ("1", "3"),
    "q08b_drift": ("1", "2"),
    "q08c_overfoer": ("1", "3"),
    "q09a_omstilling": ("1", "2"),
    "q09b_risiko": ("1", "3"),
    "q09c_regler": ("1", "2"),
    "q10a_ekstern": ("12", "3"),
    "q10b_intern": ("12", "4"),
    "q11_raaderum": ("1", "2"),
}
# Here some answers are taken away as well, so that not all questions have the same base.
SKIPPED = ("q07c_hurtig", "q08a_rentabel")


def rows_of(file) -> list[dict]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def move_answers(responses, write_rows) -> None:
    draw = random.Random(20201101)
    rows = rows_of(responses)
    for row in rows:
        for column, (favourable, other) in MOVED.items():
            # a blank cell is no answer, and is in no option
            if row[column] and row[column] in favourable and draw.random() < 0.3:
                row[column] = other
        for column in SKIPPED:
            if row[column] not in GAPS and draw.random() < 0.1:
                row[column] = ""
    write_rows(responses, [list(rows[0]), *(list(row.values()) for row in rows)])


def ranges_of(count: int, base: int, silent: int) -> dict[str, str]:
    """What a share says of everyone, three ways, rounded outward: the text of a table's cell."""
    share, everyone = Fraction(count, base), base + silent
    # Wilson: the base a part of the 296 who answered, of 556
    p, q = count / base, Z2 * 296 * 260 / (556 * 295 * base)
    root = sqrt((2 * p + q) ** 2 - 4 * (1 + q) * p * p)
    ranges = {
        "if the silent are like those who answered": [(2 * p + q + sign * root) / (2 * (1 + q)) for sign in (-1, 1)],
        "if the silent differ by ten points": [
            (count + silent * min(max(share + Fraction(sign, 10), 0), 1)) / everyone for sign in (-1, 1)
        ],
        "whatever the silent think": [Fraction(count, everyone), Fraction(count + silent, everyone)],
    }
    return {
        f"Everyone, {way} (our range)": f"{floor(1000 * low) / 10:.1f}–{ceil(1000 * high) / 10:.1f}%"
        for way, (low, high) in ranges.items()
    }


def rows_with_labels(html: str) -> list[dict]:
    """The rows of a chart: the one of its datasets whose rows have a label."""
    (rows,) = [rows for rows in json.loads(SPEC.search(html)[1])["datasets"].values() if "label" in rows[0]]
    return rows


def count_again(package) -> dict[str, dict]:
    """Count each item's headline share from the files alone, by the csv module."""
    sets = {
        (row["option_list"], row["option_set"]): row["values"].split()
        for row in rows_of(package / "codebook/option_sets.csv")
    }
    printed = {}
    for row in rows_of(package / "published" / "figures.csv"):
        printed.setdefault((row["item"], row["option_set"]), row)
    answers = rows_of(package / "raw" / "vive" / "responses.csv")
    counted = {}
    for item in rows_of(package / "codebook" / "items.csv"):
        if item["column"] in MOVED:
            assert item["base_rule"] == "answered_item"
            given = [row[item["column"]] for row in answers if row[item["column"]] not in GAPS]
            silent = 556 - len(answers) + sum(row[item["column"]] in SILENT for row in answers)
            values = sets[item["option_list"], item["headline_set"]]
            count = sum(answer in values for answer in given)
            share = Fraction(100 * count, len(given))
            counted[item["item"]] = {
                "label": item["label_en"],
                "wording": item["wording_en"],
                "base": len(given),
                "pct": share,
                "text": f"{floor(share * 10 + Fraction(1, 2)) / 10:.1f}",
                "silent": silent,
                "ranges": ranges_of(count, len(given), silent),
                "printed": printed[item["item"], item["headline_set"]],
            }
    return counted


@pytest.fixture(scope="module")
def home(checkout, surveybook, declare_observed, write_rows, sign, contents):
    """A checkout with the sites of two editions; the second edition's answers lie outside it."""
    folder = checkout("bog på dansk")
    package = folder.parent / "ægte svar" / "pakke"
    shutil.copytree(folder / "data", package)
    declare_observed(package)
    move_answers(package / "raw" / "vive" / "responses.csv", write_rows)
    sign(package / "raw" / "vive" / "responses.csv")
    with (folder / "chapters" / "editions.yml").open("a", encoding="utf-8") as editions:
        editions.write(f"  observed:\n    data_package: {json.dumps(str(package))}\n    confidence_level: 0.95\n")
        editions.write("    ci_method: wilson\n    differ_points: 10\n")
    surveybook("build", cwd=folder)
    before = contents(folder / "_build" / "default" / "site")
    surveybook("build", "--edition", "observed", cwd=folder)
    assert contents(folder / "_build" / "default" / "site") == before
    return folder


@pytest.fixture(scope="module")
def site(home):
    return home / "_build" / "observed" / "site"


@pytest.fixture(scope="module")
def pages(site):
    return {page.name: page.read_text(encoding="utf-8") for page in site.rglob("*.html")}


@pytest.fixture(scope="module")
def figures(pages):
    found = [match for page in pages.values() for match in FIGURE.finditer(page)]
    assert found
    return {match[1]: match[0] for match in found}


@pytest.fixture(scope="module")
def counted(home):
    return count_again(home.parent / "ægte svar" / "pakke")


@pytest.fixture(params=sorted(MOVED))
def item(request, home, counted):
    """What an independent count says of one question."""
    names = {row["column"]: row["item"] for row in rows_of(home / "data" / "codebook" / "items.csv")}
    return counted[names[request.param]]


def test_the_new_answers_differ_from_print_everywhere(item):
    low, high = (float(item["printed"][end] or item["printed"]["value"]) for end in ("low", "high"))
    assert not low - 2 < item["pct"] < high + 2


def test_numbers_in_sentences_are_the_new_ones(pages, item):
    found = [
        m.groups() for page in pages.values() for m in NUMBER.finditer(page) if item["wording"] in unescape(m[2])
    ]
    assert f"{item['text']} percent" in {text for _, _, text in found}
    assert {status for status, _, _ in found} == {"observed"}
    assert all(about.startswith(f"Observed. Base {item['base']}.") for _, about, _ in found)
    printed = item["printed"]["word_en"] or f"{item['printed']['value']} percent"
    assert printed not in {text for _, _, text in found}


def test_charts_tables_pictures_and_files_show_the_new_numbers(site, figures, item):
    label, text = item["label"], f"{item['text']} percent"
    found = [name for name, html in figures.items() if f'<th scope="row">{escape(label)}</th>' in html]
    assert found
    for name in found:
        html = figures[name]
        (datum,) = [datum for datum in rows_with_labels(html) if datum["label"] == label]
        # the comparison's tooltip says what was printed too
        assert (datum["share"].partition("; printed: ")[0], datum["rests"]) == (text, "Observed"), name
        assert datum["value"] == pytest.approx(float(item["pct"]), abs=1e-6), name
        assert f'<th scope="row">{escape(label)}</th><td>{text}</td>' in html, name
        assert f"{item['text']}%" in (site / "_static" / "figures" / f"{name}.svg").read_text(encoding="utf-8"), name
        lines = (site / "_static" / "figures" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        table = list(csv.reader(io.StringIO("\n".join(line for line in lines if not line.startswith("# ")))))
        assert [row[1] for row in table if row[0] == label] == [text], name


def test_tables_and_files_show_the_new_ranges(site, figures, item):
    ranged = []
    for name, html in figures.items():
        lines = (site / "_static" / "figures" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        header, *rows = csv.reader(io.StringIO("\n".join(line for line in lines if not line.startswith("# "))))
        own = [dict(zip(header, row, strict=True)) for row in rows if row[0] == item["label"]]
        if own and header[-1].endswith("(our range)"):
            assert [{key: row[key] for key in header[2:]} for row in own] == [item["ranges"]], name
            cells = "".join(f"<td>{text}</td>" for text in item["ranges"].values())
            assert f'<th scope="row">{escape(item["label"])}</th><td>{item["text"]} percent</td>{cells}' in html, name
            ranged.append(name)
    # the extent and its scale have a chart of the three ways to themselves
    assert ranged or item["label"] == "New and innovative ways to deliver services"


def test_a_caption_says_how_many_are_silent_of_each_question(figures, counted):
    said = {}
    for name, html in figures.items():
        silent = [
            about["silent"] for about in counted.values() if f'<th scope="row">{escape(about["label"])}' in html
        ]
        if silent and "(our range)" in html:
            caption = re.search(r"<figcaption.*?</figcaption>", html, re.DOTALL)[0]
            numbers = {int(number) for number in re.findall(r"\b\d+\b", caption)}
            said[name] = {min(silent), max(silent)} <= numbers
    assert len(said) > 3
    assert [name for name, right in said.items() if not right] == []


@pytest.fixture(scope="module")
def pairs(home):
    """Each pasted number of the default edition beside that of the observed one, by page and order."""
    found = []
    for page in sorted((home / "_build" / "default" / "site").rglob("*.html")):
        other = home / "_build" / "observed" / "site" / page.relative_to(home / "_build" / "default" / "site")
        ours, theirs = (
            [m.groups() for m in NUMBER.finditer(path.read_text(encoding="utf-8"))] for path in (page, other)
        )
        assert len(ours) == len(theirs), page.name
        found += zip(ours, theirs, strict=True)
    return found


def test_what_is_said_of_print_stays_as_it_was_printed(pairs):
    kept = [(ours, theirs) for ours, theirs in pairs if "published" in (ours[0], theirs[0])]
    assert {"nearly nine of ten", "half", "14 percent"} <= {text for (_, _, text), _ in kept}
    assert [(ours, theirs) for ours, theirs in kept if ours != theirs] == []
    assert all(unescape(about).startswith("Published") for (_, about, _), _ in kept)


def test_every_other_pasted_number_is_observed_and_moves(pairs):
    others = [(ours, theirs) for ours, theirs in pairs if theirs[0] != "published"]
    assert len(others) > 30
    assert {status for (status, *_), _ in others} == {"pinned", "assumed"}
    assert {status for _, (status, *_) in others} == {"observed"}
    # the counts of who was invited and who answered are not among the answers that moved
    counts = re.compile(r"\d+|53 percent")
    still = [ours for ours, theirs in others if ours[2] == theirs[2]]
    assert [text for _, _, text in still if not counts.fullmatch(text)] == []
    assert {about for _, about, _ in still if "Question" in about} == set()


def test_a_range_is_ours_while_simulated_and_observed_afterwards(pairs):
    ranges = [(ours, theirs) for ours, theirs in pairs if " to " in ours[2]]
    assert len(ranges) == 3
    for (status, about, _), (other_status, other_about, _) in ranges:
        assert (status, other_status) == ("assumed", "observed")
        assert about == "Our range over assumed bases. Base not published; assumed 160 to 296."
        assert other_about == "Observed. Base 296."


def test_the_scale_shows_every_option(home, figures):
    package = home.parent / "ægte svar" / "pakke"
    answers = [row["q01_omfang"] for row in rows_of(package / "raw" / "vive" / "responses.csv")]
    given = [answer for answer in answers if answer not in GAPS]
    options = [row for row in rows_of(package / "codebook" / "options.csv") if row["option_list"] == "degree"]
    assert len(options) == 6
    for option in options:
        share = Fraction(100 * given.count(option["value"]), len(given))
        text = f"{floor(share * 10 + Fraction(1, 2)) / 10:.1f} percent"
        assert f'<th scope="row">{escape(option["label_en"])}</th><td>{text}</td>' in figures["extent"]


def test_every_figure_says_that_it_is_observed(home, site, figures):
    default = {
        path.name: path.read_text(encoding="utf-8")
        for path in (home / "_build" / "default" / "site" / "_static" / "figures").glob("*.csv")
    }
    assert set(default) == {f"{name}.csv" for name in figures}
    carried_over = {name for name, text in default.items() if "# Published:" in text}
    assert len(carried_over) < len(default) / 2
    for name, html in figures.items():
        lines = (site / "_static" / "figures" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        if f"{name}.csv" not in carried_over:
            assert f'<p class="sb-rests">{OBSERVED} ' in html, name
            assert lines[1] == f"# {OBSERVED}", name
            assert OBSERVED not in default[f"{name}.csv"], name


def test_nothing_on_the_site_still_rests_on_simulated_answers(home, pages, site):
    texts = dict(pages)
    texts |= {path.name: path.read_text(encoding="utf-8") for path in (site / "_static" / "figures").iterdir()}
    left = {
        'data-status="pinned"',
        'data-status="assumed"',
        "this book does not have them",
        "were made to agree",
        "Our range over assumed bases",
        "not published; assumed",
        "read here as",
    }
    assert [(name, words) for name, text in texts.items() for words in left if words in text] == []
    # the page on method explains every status, in any edition
    method = texts.pop("method.html")
    assert method.count("simulated to match") == 1
    assert [name for name, text in texts.items() if "simulated to match" in text] == []
    # and none of these words is one that no site says
    default = home / "_build" / "default" / "site"
    said = "".join(path.read_text(encoding="utf-8") for path in default.rglob("*.html"))
    assert {words for words in left if words not in said} == set()


def test_no_row_and_no_place_of_the_answers_reaches_the_site(home, site, contents):
    ids = [
        row["respondent_id"]
        for row in rows_of(home.parent / "ægte svar" / "pakke" / "raw" / "vive" / "responses.csv")
    ]
    own = {name: content for name, content in contents(site).items() if name.endswith((".html", ".csv", ".svg"))}
    text = b"\n".join(own.values()).decode("utf-8")
    assert re.findall(rf"\b(?:{'|'.join(ids)})\b", text) == []
    assert "ægte svar" not in text
    assert str(home) not in text


def test_the_default_editions_site_has_other_bytes(home, site, contents):
    default, observed = contents(home / "_build" / "default" / "site"), contents(site)
    assert set(default) == set(observed)
    pages = {name for name in default if b'data-status="pinned"' in default[name]}
    assert len(pages) >= 7
    assert {name for name in pages if default[name] == observed[name]} == set()


def test_neither_edition_is_built_again_for_the_others_sake(home, surveybook):
    for edition in ("default", "observed"):
        first, *differences, last = surveybook("build", "--edition", edition, cwd=home).stderr.splitlines()
        assert first == f"Building the edition {edition} ..."
        assert last == "Nothing changed since the last build."
        assert all(line.startswith("differs from print: ") for line in differences)
        assert bool(differences) == (edition == "observed")
