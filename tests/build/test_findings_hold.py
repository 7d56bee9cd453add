"""A finding that does not hold stops check and build, and the error names all that is needed to mend it."""

import json
import re
from dataclasses import replace

import pytest

from printed_figures import SOURCES
from surveybook.build.checks import Checked, check_book
from surveybook.build.editions import read_yaml
from surveybook.build.findings import false_findings, refuse_false
from surveybook.build.prose import book_sentences
from surveybook.core.errors import SurveybookError
from surveybook.core.model import RowKind
from surveybook.core.paths import Project, find_project
from surveybook.disseminate import (
    figure_comparison,
    figure_counts,
    figure_pairs,
    figure_scale,
    figure_shares,
    figure_three_ways,
    figure_tipping,
)
from surveybook.disseminate.figure_markup import chart_html
from surveybook.disseminate.page_chart import make_page_chart

DRAFT = "correct the sentence or its condition; surveybook build --draft builds all the same, and marks it"
PLANTED = "More than that saw it."
EXTENT = "extent is 53.5 to 54.5"
NOT_60 = f"{EXTENT}; in replicate 1: SHARE and 60.0"  # as ``plain`` writes it
SURVEYS = dict.fromkeys(SOURCES, "published") | {"vive": "simulated"}
FIGURE = "application/vnd.vegalite.v6+json"


def plain(text: str) -> str:
    """An error's text without the share of a replicate, which print does not tell."""
    return re.sub(r"(in replicate \d+: )\d+\.\d and", r"\1SHARE and", text)


def false(sentences, estimates, kinds) -> list[tuple[str, str]]:
    return [(one.text, plain(values)) for one, values in false_findings(sentences, estimates, kinds)]


def refusal(sentences, estimates, kinds) -> SurveybookError:
    with pytest.raises(SurveybookError) as caught:
        false_findings(sentences, estimates, kinds)
    return caught.value


# What is false


def test_only_what_does_not_hold_is_told_with_its_values(page, estimates, kinds):
    found = page(
        "Said of nothing.\n"
        "True. <!-- holds: extent > 50 -->\n"
        "False. <!-- holds: extent > 60 -->\n"
        "- True too. <!-- holds: readiness clearly above risk_taking -->\n"
        "- False too. <!-- holds: extent > 50 and readiness < risk_taking -->\n"
    )
    first, second = false(found, estimates, kinds)
    assert first == ("False.", NOT_60)
    assert second[0] == "False too." and second[1].startswith(f"{EXTENT}; readiness is 94.5 to 95.5; risk_taking is ")


@pytest.mark.parametrize(("condition", "count"), [("extent >= 53.5", 0), ("extent > 53.5", 1), ("extent > 54", 1)])
def test_a_printed_figure_is_held_at_the_end_that_is_hardest_on_it(page, estimates, kinds, condition, count):
    assert len(false(page(f"Said. <!-- holds: {condition} -->"), estimates, kinds)) == count


UNREADABLE = {
    "an unknown item": ("extant > 50", "a condition names an unknown item", "extant", "extent"),
    "an unknown option set": (
        "extent.top9 > 50",
        "there is no estimate of the item extent with this option set",
        "top9",
        "top2",
    ),
    "no comparison": ("extent", "a condition cannot be read", "extent", "extent > 50"),
    "no blanks": ("extent>50", "a condition cannot be read", "extent>50", "extent > 50"),
    "an equation": ("extent == 54", "a condition cannot be read", "extent == 54", "extent > 50"),
    "a word": ("extent > fifty", "a condition names an unknown item", "fifty", "extent"),
    "no end": ("extent > 50 and", "a condition cannot be read", "", "extent > 50"),
    "nothing": ("", "a condition cannot be read", "", "extent > 50"),
    "no share": ("60 > 50", "a condition names no share", "60 > 50", "extent > 50"),
    "an unknown way": ("extent:like > 40", "a condition asks for an unknown range", "like", "alike"),
    "no pair": (
        "extent clearly above readiness",
        "a condition compares two items that are no pair",
        "extent clearly above readiness",
        "readiness clearly above risk_taking",
    ),
}


@pytest.mark.parametrize(("condition", "what", "got", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_condition_that_cannot_be_judged_names_the_place_and_what_is_right(
    page, estimates, kinds, condition, what, got, expected
):
    error = refusal(page(f"# A page\n\nThey saw it. <!-- holds: {condition} -->"), estimates, kinds)
    assert (error.what, error.file, error.row, error.got) == (what, "index.md", 3, got)
    assert expected in error.expected
    assert error.hint.startswith("the sentence: They saw it.")


def test_a_condition_on_what_print_does_not_fix_says_so_and_what_to_do(page, estimates, kinds):
    error = refusal(page("They saw it. <!-- holds: extent.top1 > 1 -->"), estimates, kinds)
    assert (error.what, error.file, error.row) == (
        "a finding rests on a share that only real answers could tell",
        "index.md",
        1,
    )
    assert error.got.startswith("extent.top1: ") and error.got.endswith(" percent over the replicates")
    assert error.expected == "shares that are observed, published or fixed by print"
    assert error.hint == (
        "the sentence: They saw it.; leave the finding out, or ask it as a question where real answers would show it"
    )


def test_a_condition_of_a_title_names_cell_and_title(cells, estimates, kinds):
    found = cells(("markdown", "# A chapter"), ("code", '\nfigure(title="Some saw it", holds="extant > 50")'))
    error = refusal(found, estimates, kinds)
    assert (error.file, error.row, error.column) == ("prøve.ipynb", 2, "cell 2, a figure's title")
    assert error.hint == "the sentence: Some saw it; see data/codebook/items.csv"


def test_a_condition_that_is_no_text_is_refused(cells, estimates, kinds):
    with pytest.raises(SurveybookError):
        false_findings(cells(("code", 'figure(title="Most saw it", holds=50)')), estimates, kinds)


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- hold: readiness < risk_taking -->",
        "<!-- Holds: readiness < risk_taking -->",
        "<!-- holds readiness < risk_taking -->",
        "<!-- while vive simulated -->",
        "<!-- while: vive is simulated -->",
    ],
)
def test_a_misspelt_comment_is_told(page, estimates, kinds, comment):
    with pytest.raises(SurveybookError):
        false_findings(page(f"Readiness comes last. {comment}"), estimates, kinds)


# Which data a sentence is about


@pytest.mark.parametrize(
    "about", ["viv simulated", "vive simulatd", "vive Simulated", "simulated vive", "extent observed"]
)
def test_data_of_an_unknown_kind_are_named_with_the_place(page, estimates, kinds, about):
    error = refusal(page(f"# A page\n- They are made up. <!-- while: {about} -->"), estimates, kinds)
    assert str(error) == (
        "error: a sentence is about data of an unknown kind\n"
        "  file:     index.md\n"
        "  row:      2\n"
        f"  value:    'while: {about}'\n"
        f"  expected: a survey, one of {', '.join(repr(name) for name in sorted(SOURCES))}, "
        "and one of 'observed', 'published', 'simulated'\n"
        "  hint:     the sentence: They are made up."
    )


@pytest.mark.parametrize(("about", "is_judged"), [("observed", False), ("simulated", True), ("published", False)])
def test_a_finding_is_judged_only_beside_the_data_that_it_is_about(page, estimates, kinds, about, is_judged):
    assert kinds == SURVEYS
    found = page(f"Said. <!-- holds: extent > 60 --> <!-- while: vive {about} -->")
    assert bool(false(found, estimates, kinds)) is is_judged
    other = {**kinds, "vive": about}
    assert len(false(found, estimates, other)) == 1


def test_what_only_answers_tell_may_be_said_of_them(page, estimates, kinds):
    assert false(page("Said. <!-- holds: extent.top1 > 1 --> <!-- while: vive observed -->"), estimates, kinds) == []


# How it is told


def test_nothing_false_is_refused_by_nothing():
    refuse_false([])


@pytest.mark.parametrize(
    ("count", "more"),
    [(1, ""), (2, "; 1 more finding does not hold"), (4, "; 3 more findings do not hold")],
)
def test_the_first_is_named_and_the_others_are_counted(page, estimates, kinds, count, more):
    lines = "\n".join(f"Number {'x' * n}. <!-- holds: extent > 6{n} -->" for n in range(count))
    with pytest.raises(SurveybookError) as caught:
        refuse_false(false_findings(page(lines), estimates, kinds))
    assert plain(str(caught.value)) == (
        "error: a finding does not hold: Number .\n"
        "  file:     index.md\n"
        "  row:      1\n"
        f"  value:    '{NOT_60}'\n"
        "  expected: extent > 60\n"
        f"  hint:     {DRAFT}{more}"
    )


@pytest.fixture
def spoilt(project, edit_text):
    """A copy of the book with a false finding on its first page; the row where it stands."""
    return edit_text(
        project / "index.md", "The article describes", f"{PLANTED} <!-- holds: extent > 60 -->\nThe article describes"
    )


def told(row: int) -> list[str]:
    return [
        f"error: a finding does not hold: {PLANTED}",
        "  file:     index.md",
        f"  row:      {row}",
        f"  value:    '{NOT_60}'",
        "  expected: extent > 60",
        f"  hint:     {DRAFT}",
    ]


def test_a_false_finding_turns_the_check_red(project, surveybook, spoilt):
    done = surveybook("check", cwd=project)
    assert (done.returncode, done.stdout, plain(done.stderr).splitlines()) == (1, "", told(spoilt))


@pytest.mark.parametrize("command", ["build", "notebooks"])
def test_a_false_finding_stops_before_anything_runs_or_is_written(book, surveybook, contents, spoilt, command):
    site = book / "_build" / "default" / "site"
    site.mkdir(parents=True)
    (site / "index.html").write_text("the old site", encoding="utf-8")
    before = contents(book)
    done = surveybook(command, cwd=book)
    assert (done.returncode, done.stdout) == (1, "")
    assert plain(done.stderr).splitlines()[-6:] == told(spoilt)
    # a lock, and what was worked out once from the data, are no part of an edition
    own = ("_build/default/build.lock", "_build/kept/")
    assert {name: found for name, found in contents(book).items() if not name.startswith(own)} == before


def test_a_false_title_is_named_with_its_cell(project, edit_text, place_of):
    chapter = project / "chapters" / "drivers.ipynb"
    edit_text(
        chapter,
        'holds=\\"readiness clearly above',
        'holds=\\"risk_taking clearly above readiness and readiness clearly above',
    )
    cell, _ = place_of(chapter, "risk_taking clearly above readiness")
    with pytest.raises(SurveybookError, match="a finding does not hold: ") as caught:
        check_book(find_project(), "default", print)
    error = caught.value
    assert (error.file, error.row, error.column) == ("chapters/drivers.ipynb", 1, f"cell {cell}, a figure's title")
    assert error.expected.startswith("risk_taking clearly above readiness")
    assert error.got.startswith("readiness less risk_taking is ")


def test_a_finding_in_a_chapter_that_is_turned_round_is_named(project, edit_text, place_of):
    chapter = project / "chapters" / "welfare-innovations.ipynb"
    edit_text(chapter, "<!-- holds: extent > 50 -->", "<!-- holds: extent < 50 -->")
    cell, row = place_of(chapter, "<!-- holds: extent < 50 -->")
    with pytest.raises(SurveybookError) as caught:
        check_book(find_project(), "default", print)
    error = caught.value
    assert (error.file, error.row, error.column) == ("chapters/welfare-innovations.ipynb", row, f"cell {cell}")
    assert plain(error.got) == f"{EXTENT}; in replicate 1: SHARE and 50.0"
    assert error.expected == "extent < 50"


# Drafts


def test_a_sound_book_has_no_doubts(project, kinds):
    said = []
    checked = check_book(find_project(), "default", said.append, draft=True)
    assert isinstance(checked, Checked) and said == []
    assert (checked.edition, checked.doubts, checked.kinds) == ("default", {}, kinds)
    assert checked.parameters == read_yaml(project / "chapters" / "editions.yml")["editions"]["default"]
    names = {path.stem for path in (project / "chapters").rglob("*.ipynb")}
    assert {run.name for run in checked.runs} == names and len(checked.runs) == len(names)


def test_a_draft_goes_on_and_tells_every_doubt(project, spoilt, edit_text, place_of):
    chapter = project / "chapters" / "welfare-innovations.ipynb"
    edit_text(chapter, 'holds=\\"character > 50\\"', 'holds=\\"character > 90\\"')
    said = []
    doubts = check_book(find_project(), "default", said.append, draft=True).doubts
    assert list(doubts) == ["extent > 60", "character > 90"]
    assert plain(doubts["extent > 60"]) == NOT_60
    assert doubts["character > 90"].startswith("character is ")
    first, second = said
    assert first == f"does not hold, index.md row {spoilt}: {PLANTED} (extent > 60; {doubts['extent > 60']})"
    cell, _ = place_of(chapter, "character > 90")
    assert second.startswith(f"does not hold, chapters/welfare-innovations.ipynb cell {cell} row 1: ")
    assert second.endswith(f"(character > 90; {doubts['character > 90']})")


def test_a_draft_tells_the_cell_of_a_doubt(project, edit_text, place_of):
    chapter = project / "chapters" / "welfare-innovations.ipynb"
    edit_text(chapter, "<!-- holds: extent > 50 -->", "<!-- holds: extent < 50 -->")
    said = []
    check_book(find_project(), "default", said.append, draft=True)
    assert len(said) == 1 and f"cell {place_of(chapter, 'extent < 50')[0]}" in said[0]


@pytest.mark.parametrize(
    "text", ["Most saw it.", "54 percent saw it.", "Said. <!-- holds: extant > 50 -->", "Said. <!-- while: viv x -->"]
)
def test_a_draft_goes_on_for_what_is_false_alone(project, text):
    with (project / "index.md").open("a", encoding="utf-8") as page:
        page.write(f"\n{text}\n")
    with pytest.raises(SurveybookError):
        check_book(find_project(), "default", print, draft=True)


# Real answers


@pytest.fixture
def observed(project, declare_observed):
    """A copy of the book whose answers pass for real ones."""
    declare_observed(project / "data")
    return project


def test_the_committed_findings_hold_of_answers_that_agree_with_print(observed):
    checked = check_book(find_project(), "default", lambda _: None)
    assert checked.kinds == {**SURVEYS, "vive": "observed"}


@pytest.fixture
def contradicting(observed, read_records, write_rows, sign):
    """Such a copy, in which nobody saw new services to a high extent."""
    answers = observed / "data" / "raw" / "vive" / "responses.csv"
    records = read_records(answers)
    for record in records:
        record["q01_omfang"] = {"1": "4", "2": "5"}.get(record["q01_omfang"], record["q01_omfang"])
    write_rows(answers, [list(records[0]), *(list(record.values()) for record in records)])
    sign(answers)
    return observed


def test_answers_that_contradict_a_finding_stop_the_book(contradicting):
    (contradicting / "_toc.yml").write_text(
        "format: jb-book\nroot: chapters/conclusion\nchapters:\n  - file: chapters/robustness\n", encoding="utf-8"
    )
    (contradicting / "chapters" / "conclusion.md").write_text(
        "# A page\n\nThey saw it. <!-- holds: extent < 99 -->\nMost saw it. <!-- holds: extent > 50 -->\n",
        encoding="utf-8",
    )
    with pytest.raises(SurveybookError) as caught:
        check_book(find_project(), "default", lambda _: None)
    assert str(caught.value) == (
        "error: a finding does not hold: Most saw it.\n"
        "  file:     chapters/conclusion.md\n"
        "  row:      4\n"
        "  value:    'extent is 0.0'\n"
        "  expected: extent > 50\n"
        f"  hint:     {DRAFT}"
    )


def test_answers_that_contradict_the_committed_findings_stop_the_book(contradicting):
    with pytest.raises(SurveybookError, match="a finding does not hold") as caught:
        check_book(find_project(), "default", lambda _: None)
    assert caught.value.got == "extent is 0.0" and caught.value.expected.startswith("extent > ")


# The figure itself


FIGURES = {
    "shares": (figure_shares, "vive", ["character", "digital"]),
    "scale": (figure_scale, "vive", "extent"),
    "three ways": (figure_three_ways, "vive", "extent"),
    "tipping point": (figure_tipping, "vive", "extent"),
    "counts": (figure_counts, "vive"),
    "comparison": (figure_comparison, "vive", ["motivation", "wellbeing"]),
    "pairs": (figure_pairs, "vive", "effect"),
}


def figure_of(kind: str, estimates, **said):
    make, *what = FIGURES[kind]
    return make(estimates, *what, figure_id="made-up", title="A title", **said)


def html_of(figure, about: dict) -> str:
    return chart_html(about, make_page_chart(figure.spec), '<svg width="440" height="100">', "")


@pytest.mark.parametrize("kind", FIGURES)
def test_a_figure_whose_title_is_false_says_so_in_its_text_and_on_its_page(estimates, kind):
    figure = figure_of(kind, estimates, holds="extent > 60")
    assert (figure.holds, plain(figure.doubt)) == ("extent > 60", NOT_60)
    title, doubt = plain(figure.text()).splitlines()[:2]
    assert title.startswith("A title")
    assert doubt == f"This title does not hold: extent > 60; {NOT_60}"
    bundle = figure._repr_mimebundle_()
    assert bundle["text/plain"] == figure.text()
    about = bundle[FIGURE]["usermeta"]["surveybook"]
    assert (about["holds"], about["doubt"]) == ("extent > 60", figure.doubt)
    mark = '<p class="sb-false"><strong>Draft: this title does not hold. extent &gt; 60; extent is 53.5 to 54.5'
    assert html_of(figure, about).count(mark) == 1


@pytest.mark.parametrize("kind", FIGURES)
@pytest.mark.parametrize("said", [{}, {"holds": "extent > 50"}], ids=["unbound", "true"])
def test_a_figure_whose_title_holds_says_nothing_of_it(estimates, kind, said):
    figure = figure_of(kind, estimates, **said)
    assert (figure.holds, figure.doubt) == (said.get("holds", ""), "")
    assert "does not hold" not in figure.text()
    bundle = figure._repr_mimebundle_()
    about = bundle[FIGURE]["usermeta"]["surveybook"]
    assert "doubt" not in about and about.get("holds", "") == said.get("holds", "")
    assert "sb-false" not in html_of(figure, about)


def test_a_condition_of_a_figure_that_cannot_be_judged_is_refused(estimates):
    with pytest.raises(SurveybookError, match="a condition names an unknown item"):
        figure_scale(estimates, "vive", "extent", figure_id="made-up", title="A title", holds="extant > 50")


# The committed book


def test_every_committed_finding_holds(committed, estimates, kinds):
    sentences = book_sentences(Project(committed.parent))
    assert len([one for one in sentences if one.holds]) >= 5
    assert {one.only[1] for one in sentences if one.only} == {RowKind.SIMULATED, RowKind.OBSERVED}
    assert false(sentences, estimates, kinds) == []


def test_a_committed_finding_would_be_false_if_its_signs_were_turned_round(committed, estimates, kinds):
    turned = str.maketrans("<>", "><")
    sentences = [one for one in book_sentences(Project(committed.parent)) if one.holds and one.only is None]
    with_signs = [replace(one, holds=one.holds.translate(turned)) for one in sentences if "clearly" not in one.holds]
    assert with_signs
    assert len(false(with_signs, estimates, kinds)) == len(with_signs)


def test_the_conditions_that_the_readme_shows_hold(committed, page, estimates, kinds):
    code = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", (committed.parent / "README.md").read_text(encoding="utf-8"))
    lines = [text for text in code if "<!-- holds:" in text]
    lines += [
        f"Said. <!-- {text.replace('=', ': ')} -->".replace('"', "") for text in code if text.startswith("holds=")
    ]
    lines += [
        f"Said. <!-- holds: {text} -->" for text in code if re.fullmatch(r"[a-z_:]+ (>|<|clearly above) \w+", text)
    ]
    assert len(lines) >= 4
    found = page("\n".join(lines))
    assert all(one.holds for one in found)
    assert false(found, estimates, kinds) == []


def test_the_lines_about_one_kind_of_data_that_the_readme_shows_can_be_read(committed, page, estimates, kinds):
    code = re.findall(r"`(<!-- while: [^`]+)`", (committed.parent / "README.md").read_text(encoding="utf-8"))
    found = page("\n".join(f"Said. {text}" for text in code))
    assert code and all(one.only for one in found)
    assert false(found, estimates, kinds) == []


def test_a_chapters_bound_title_is_read_as_the_cell_that_runs(committed):
    bound = 0
    for path in sorted((committed.parent / "chapters").rglob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            bound += cell["cell_type"] == "code" and "holds=" in "".join(cell["source"])
    titles = [one for one in book_sentences(Project(committed.parent)) if one.is_title and one.holds]
    assert bound == len(titles) > 2
