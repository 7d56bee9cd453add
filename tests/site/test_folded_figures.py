"""What only real answers could tell stays folded, out of the page's own words, and in a script of its own."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from reading import (
    data_of,
    figures_of,
    is_open,
    name_of,
    page_chart_of,
    script_of,
    spec_of,
    table_of,
    words_of,
)

PAGES = {
    "chapters/how-far-print-carries.html": {"known-extent-answers", "known-permanent-by-role", "choices"},
    "chapters/welfare-innovations.html": {
        *("extent-each-answer", "extent-by-role", "extent-by-field", "methods-by-field", "digital-by-field"),
    },
    "chapters/effects.html": {"wellbeing-by-motivation", "wellbeing-missing-answers"},
    "chapters/drivers.html": {"flexible-rules-by-field", "rules-by-risk-taking"},
    "chapters/robustness-dont-knows-inside.html": {"headlines-inside-as-printed"},
    "chapters/robustness-dont-knows-outside.html": {"headlines-outside-as-printed"},
    "chapters/robustness-stricter-cut.html": {"headlines-as-printed-stricter"},
    "chapters/robustness-wider-cut.html": {"headlines-as-printed-wider"},
}
MARK, MARK_END = "Not known:", " (made-up examples)"
STORED = "The stored answers are made up to match it, and prove nothing."
MADE_UP = "Made up, not observed: "
SPAN = re.compile(r"not known; our made-up examples run from \d+ to \d+ percent")
FIXED = re.compile(r".* (?:\(fixed by print\)|by print)")
# Figures that show no single replicate: each span is over choices too.
WITHOUT_DRAWS = ("choices",)
# Of its files these hold the draws: what opening loads, and the chart that a reader downloads.
ENDS = ("js", "vl.json")


@pytest.fixture(scope="module")
def all_figures(site, read_page):
    """Every figure of the site with its page, by name."""
    names = [file.relative_to(site).as_posix() for file in site.rglob("*.html") if "_static" not in file.parts]
    return {name_of(figure): (name, figure) for name in names for figure in figures_of(read_page(name))}


@pytest.fixture
def opened(all_figures, open_name):
    """Each open figure's name, its page's name, and its page element."""
    return open_name, *all_figures[open_name]


@pytest.fixture(scope="module")
def texts(site):
    """The text of every page, script, picture and data file that the book fills."""
    files = [file for file in site.rglob("*.html") if "_static" not in file.parts]
    figures = [file for file in (site / "_static" / "figures").iterdir() if file.suffix != ".png"]
    files += [site / "searchindex.js", *figures]
    return {file.relative_to(site).as_posix(): file.read_text(encoding="utf-8") for file in files}


def test_the_open_figures_are_those_that_print_does_not_fix_each_on_its_page(all_figures, open_names):
    found = {(page, name) for name, (page, figure) in all_figures.items() if is_open(figure)}
    assert {name for _, name in found} == {*open_names}
    assert found >= {(page, name) for page, names in PAGES.items() for name in names}


def test_the_pages_of_print_alone_have_no_open_figure(read_page):
    for name in ("index", "chapters/method", "chapters/robustness", "chapters/discussion", "chapters/conclusion"):
        assert read_page(f"{name}.html").select("details.sb-open") == []


def test_everything_of_an_open_figure_is_in_a_closed_details_element(read_page, opened):
    name, page, figure = opened
    folded = figure.find_parent("details")
    assert folded["class"] == ["sb-open"]
    assert folded["data-figure"] == name
    assert not folded.has_attr("open")
    assert [child.name for child in folded.find_all(recursive=False)] == ["summary", "figure"]
    ours = [
        element
        for element in read_page(page).find_all(True)
        for value in element.attrs.values()
        if isinstance(value, str) and re.search(rf"(?<![\w-]){name}(?![\w-])", value)
    ]
    assert len(ours) >= 5
    assert [element for element in ours if element is not folded and folded not in element.parents] == []


def test_its_summary_asks_a_question_and_says_what_would_answer_it(opened):
    _, _, figure = opened
    summary = words_of(figure.find_parent("details").select_one("summary"))
    assert summary == f"{MARK} {words_of(figure.select_one('.sb-table caption'))}{MARK_END}"
    assert summary.endswith(f"?{MARK_END}")


def test_views_of_one_question_stand_beside_each_other_and_differ_by_their_groups_alone(read_page):
    seen = 0
    for page in PAGES:
        views = read_page(page).select("details.sb-open[data-of]")
        for of in {view["data-of"] for view in views}:
            own = [view for view in views if view["data-of"] == of]
            assert (
                len({view["data-view"] for view in own}) == len({view["data-label"] for view in own}) == len(own) >= 2
            )
            asked = set()
            for view in own:
                assert view["data-figure"] == f"{of}-by-{view['data-view']}"
                question, by, group = words_of(view.summary).removesuffix(f"?{MARK_END}").rpartition(", by ")
                assert (by, group) == (", by ", view["data-label"].lower())
                asked.add(question)
                seen += 1
            assert len(asked) == 1
    assert seen >= 4


def test_the_page_has_no_specification_of_it_and_no_script_that_loads_it(read_page, opened, texts):
    _, page, figure = opened
    assert figure.find_parent("details").select("script, link, object, iframe") == []
    scripts = read_page(page).select("script[src], link[href]")
    assert [one for one in scripts if "figures/" in one.get("src", one.get("href"))] == []
    plain = [one for one in figures_of(read_page(page)) if not is_open(one)]
    assert len(read_page(page).select("script.sb-spec")) == len(plain)
    assert '"draws"' not in texts[page]


def test_its_script_is_the_one_that_opening_loads(site, opened):
    name, page, figure = opened
    address = figure.find_parent("details")["data-script"]
    assert ((site / page).parent / address).resolve() == (site / f"_static/figures/{name}.js").resolve()
    content = script_of(name)
    assert content.keys() == {"spec", "marks", "draws"}
    assert figure.img["loading"] == "lazy"


def test_what_replicates_give_is_in_scripts_of_figures_alone(texts, committed, read_records, open_names):
    notes = [row["note"] for row in read_records(committed / "replicates" / "assumptions.csv") if row["note"]]
    assert len(notes) > 10
    holders = {name for name, text in texts.items() for note in notes if json.dumps(note)[1:-1] in text}
    assert holders
    assert [name for name in holders if not re.fullmatch(r"_static/figures/[\w-]+\.js", name)] == []
    drawn = {name for name, text in texts.items() if re.search(r'"draws":\s*\[[^\]]', text)}
    assert drawn == {
        f"_static/figures/{name}.{end}" for name in open_names for end in ENDS if name not in WITHOUT_DRAWS
    }


def drawn_words(file):
    picture = file.read_text(encoding="utf-8")
    return " ".join(re.sub(r"<[^>]+>", " ", picture.split("</desc>")[-1]).split())


def test_it_says_in_every_medium_that_it_is_simulated(site, opened):
    name, _, figure = opened
    assert words_of(figure.select_one(".sb-rests")).startswith(MADE_UP)
    assert MADE_UP in figure.img["alt"]
    drawn = drawn_words(site / f"_static/figures/{name}.svg")
    assert "Made up (simulated), not observed." in drawn
    whole = spec_of(figure)
    assert whole["title"]["subtitle"][0].startswith("Made up (simulated), not observed.")
    # No copy of it passes for a result.
    assert "MADE UP" in drawn
    assert "MADE UP" in drawn_words(site / f"_static/figures/{name}.plain.svg")
    for spec in (whole, script_of(name)["spec"]):
        assert "MADE UP" in [layer["encoding"].get("text", {}).get("value") for layer in spec["layer"]]
    lines = (site / f"_static/figures/{name}.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith(f"# {MADE_UP}")
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    assert rows == table_of(figure)


def test_each_share_of_it_is_a_span_or_fixed_by_print(opened):
    name, _, figure = opened
    _, *rows = table_of(figure)
    for _, *shares in rows:
        assert [one for one in shares if not SPAN.fullmatch(one) and not FIXED.fullmatch(one)] == []
    assert any(SPAN.fullmatch(one) for _, *shares in rows for one in shares)
    for row, (label, *shares) in zip(data_of(figure), rows, strict=True):
        assert row["label"] == label
        spanned = SPAN.fullmatch(shares[-1]) is not None
        assert ("hatch_low" in row, "made up" in row["rests"].lower()) == (spanned, spanned)
        assert ("draws" in row) == (spanned and name not in WITHOUT_DRAWS)


def test_a_span_reaches_from_the_least_to_the_most_of_its_draws(opened, committed, read_records):
    name, _, figure = opened
    number = len(read_records(committed / "replicates" / "assumptions.csv"))
    assert len(script_of(name)["draws"]) == (0 if name in WITHOUT_DRAWS else number)
    for row in data_of(figure):
        if "draws" in row:
            assert len(row["draws"]) == number
            drawn = [share for share in row["draws"] if share is not None]
            # Draws are whole numbers.
            assert abs(min(drawn) - row["hatch_low"]) <= 0.5 + 1e-6
            assert abs(max(drawn) - row["hatch_high"]) <= 0.5 + 1e-6


def test_a_figure_that_is_not_open_draws_no_replicate(site, all_figures, open_names):
    plain = {name: figure for name, (_, figure) in all_figures.items() if name not in open_names}
    assert len(plain) >= 18
    for name, figure in plain.items():
        endings = ("svg", "plain.svg", "csv", "vl.json")
        files = [(site / f"_static/figures/{name}.{ending}").read_text(encoding="utf-8") for ending in endings]
        for text in (str(figure).replace(STORED, ""), *(file.replace(STORED, "") for file in files)):
            assert "replicate" not in text.lower(), name
            assert "made up" not in text.lower(), name
        for spec in (spec_of(figure), page_chart_of(figure)["spec"]):
            assert "params" not in spec
            assert [row for rows in spec["datasets"].values() for row in rows if "draws" in row] == []
        assert not (site / f"_static/figures/{name}.js").exists()


def test_no_figure_is_of_regions(committed, read_records, all_figures, texts, panels):
    options = read_records(committed / "codebook" / "options.csv")
    regions = [option["label_en"] for option in options if option["option_list"] == "region"]
    assert len(regions) == 5
    shown = {name: str(figure) for name, (_, figure) in all_figures.items()}
    # A table of the codebook names the regions among its answers.
    of_charts = [name for name in texts if Path(name).parent.name == "figures" and Path(name).stem not in panels]
    shown |= {name: texts[name] for name in of_charts}
    assert len(shown) > 100
    for name, text in shown.items():
        assert [region for region in regions if region in text] == [], name
        assert not re.search(r"\bregion\b(?!\")", text, re.IGNORECASE), name
