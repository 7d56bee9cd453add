"""Cited works: records are sound, say how far they were checked, and each citation has one."""

from __future__ import annotations

import re
import shutil

import pytest
from bs4 import BeautifulSoup
from pybtex.database import parse_string

from surveybook.build.checks import check_book
from surveybook.build.prose import book_sentences
from surveybook.build.site import stage_book
from surveybook.build.works import bibliography_files, read_works, refuse_unknown_works
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project, find_project
from surveybook.disseminate.bibliography import WorksStyle, cited_as, count_works

RECORDS = """\
% Two works.

@book{kingdon1995,
  author = {Kingdon, John W.},
  title = {Agendas},
  edition = {2nd},
  publisher = {HarperCollins},
  address = {New York},
  year = {1995},
  keywords = {unchecked},
  annotation = {author and year match},
}

@article{sorensen2020,
  author = {Sørensen, Eva and van der Vleuten, Cees and Torfing, Jacob},
  title = {Why {COVID-19}?},
  journal = {Policy \\& Politics},
  volume = {8},
  number = {2},
  pages = {17--21},
  year = {2020},
  doi = {10.1000/182},
  keywords = {checked},
  annotation = {a public page prints it},
}
"""
UNKNOWN = """
@misc{holler2018,
  author = {Holler},
  title = {[not identified]},
  year = {2018},
  keywords = {unknown},
  annotation = {which work is meant is not known},
}
"""
FILE = "works.bib"
LIST = "# Works\n\n```{bibliography}\n:all:\n```\n"


@pytest.fixture
def book_of(tmp_path):
    """A book of these records, of a page with this text, and of a page that lists the works."""

    def make(records: str | bytes = RECORDS, text: str = "# A page\n", listed: str = LIST) -> Project:
        (tmp_path / "_config.yml").write_text(f"title: Prøve\nbibtex_bibfiles: [{FILE}]\n", encoding="utf-8")
        toc = "format: jb-book\nroot: index\nparts:\n- chapters:\n  - file: works\n"
        (tmp_path / "_toc.yml").write_text(toc, encoding="utf-8")
        (tmp_path / "index.md").write_text(text, encoding="utf-8")
        (tmp_path / "works.md").write_text(listed, encoding="utf-8")
        (tmp_path / FILE).write_bytes(records if isinstance(records, bytes) else records.encode())
        return Project(tmp_path)

    return make


def cite(project: Project) -> None:
    refuse_unknown_works(project, book_sentences(project), read_works(project))


def lines(caught) -> list[str]:
    return [re.sub(r"^  (file:\s+)/.*/", r"  \1", line) for line in str(caught.value).splitlines()]


# Records


def test_sound_records_are_read_by_their_keys(book_of):
    works = read_works(book_of("\ufeff" + RECORDS + UNKNOWN))
    assert list(works) == ["kingdon1995", "sorensen2020", "holler2018"]
    assert [count_works(works.values(), name) for name in ("all", "checked", "unchecked", "unknown")] == [3, 1, 1, 1]


BROKEN = [
    # what a parser would pass over, or say without a row
    ("@book{kingdon1995,", "book{kingdon1995,", 3, "a line stands outside every record"),
    ("@article{sorensen2020,", "@article{kingdon1995,", 14, "two records have one key"),
    ("@article{sorensen2020,", "@article{Kingdon1995,", 14, "two records have one key"),
    # BibTeX that is none
    ("  title = {Agendas},", "  title = {Agendas,", 14, "the records cannot be read"),
    ("  title = {Agendas},", "  title = Agendas},", 5, "the records cannot be read"),
    ("  title = {Agendas},", "  title = {Agendas}", 6, "the records cannot be read"),
    ("  title = {Agendas},", "  title {Agendas},", 5, "the records cannot be read"),
    ("  title = {Agendas},", "  title = {Agendas},\n  title = {Other},", None, "the records cannot be read"),
    ("@book{kingdon1995,", "@book{,", 3, "the records cannot be read"),
    ("{a public page prints it}", "{a public page prints it", 14, "the records cannot be read"),
    # a record that ends too early lacks what stood behind its end
    ("  title = {Agendas},", "  title = {Agendas}},", 9, "a record lacks a field"),
    # fields
    ("  author = {Kingdon, John W.},\n", "", 3, "a record names nobody"),
    ("  title = {Agendas},\n", "", 3, "a record lacks a field"),
    ("  year = {1995},\n", "", 3, "a record lacks a field"),
    ("  keywords = {unchecked},\n", "", 3, "a record lacks a field"),
    ("  annotation = {author and year match},", "  annotation = { },", 11, "a record lacks a field"),
    ("{unchecked}", "{verified}", 10, "a record does not say how far it was checked"),
    ("{unchecked}", "{Checked}", 10, "a record does not say how far it was checked"),
    ("{unchecked}", "{unknown}", 5, "title and status of a record contradict each other"),
    ("{Agendas}", "{[not identified]}", 5, "title and status of a record contradict each other"),
    ("{1995}", "{about 1995}", 9, "a field of a record has another form"),
    ("{10.1000/182}", "{https://doi.org/10.1000/182}", 22, "a field of a record has another form"),
    ("  doi = {10.1000/182},", "  url = {javascript:alert(1)},", 22, "a field of a record has another form"),
    ("{Kingdon, John W.}", "{Kingdon, John, W., III, IV}", None, "the records cannot be read"),
]


@pytest.mark.parametrize(("old", "new", "row", "what"), BROKEN)
def test_a_broken_record_is_named_with_its_row(book_of, old, new, row, what):
    assert old in RECORDS
    with pytest.raises(SurveybookError) as caught:
        read_works(book_of(RECORDS.replace(old, new, 1)))
    assert (caught.value.what, caught.value.row) == (what, row)
    assert lines(caught)[1] == f"  file:     {FILE}"


def test_an_error_says_what_would_be_right(book_of):
    with pytest.raises(SurveybookError) as caught:
        read_works(book_of(RECORDS.replace("{unchecked}", "{verified}")))
    assert lines(caught) == [
        "error: a record does not say how far it was checked",
        f"  file:     {FILE}",
        "  row:      10",
        "  column:   kingdon1995, keywords",
        "  value:    'verified'",
        "  expected: one of 'checked', 'checked in part', 'unchecked', 'unknown'; "
        "annotation says what was checked, against what",
    ]


def test_two_works_that_would_be_cited_alike_are_refused(book_of):
    other = UNKNOWN.replace("holler2018", "kingdon1995b").replace("Holler", "Kingdon, Paul").replace("2018", "1995")
    with pytest.raises(SurveybookError) as caught:
        read_works(book_of(RECORDS + other))
    assert (caught.value.what, caught.value.got) == ("two records have one author and year", "Kingdon 1995")
    assert "kingdon1995; add a letter to the year" in caught.value.hint
    read_works(book_of(RECORDS + other.replace("year = {1995}", "year = {1995b}")))


def test_a_file_of_another_encoding_is_refused(book_of):
    with pytest.raises(SurveybookError, match="not UTF-8"):
        read_works(book_of(RECORDS.encode("latin-1")))


@pytest.mark.parametrize("name", ["chapters/nothing.bib", "../works.bib", "/etc/hostname"])
def test_a_file_of_records_that_is_not_in_the_book_is_refused(project, name):
    (project.parent / "works.bib").write_text(RECORDS, encoding="utf-8")
    config = project / "_config.yml"
    text = config.read_text(encoding="utf-8").replace("[chapters/references.bib]", name)
    config.write_text(text, encoding="utf-8")
    with pytest.raises(SurveybookError) as caught:
        bibliography_files(Project(project))
    assert (caught.value.file, caught.value.column, caught.value.got) == ("_config.yml", "bibtex_bibfiles", name)


# Citations


@pytest.mark.parametrize(
    "text",
    [
        "So it is said {cite}`kingdon1995`.",
        "As {cite:t}`kingdon1995` says {cite}`sorensen2020,kingdon1995`.",
        "So {cite}`{see}kingdon1995{page 3}, sorensen2020`.",
        "```text\n{cite}`nobody1900`\n```",
    ],
)
def test_citations_of_works_with_a_record_are_sound(book_of, text):
    cite(book_of(text=f"# A page\n\n{text}\n"))


def test_a_cited_work_without_a_record_is_named_with_its_place_and_the_nearest_keys(book_of):
    with pytest.raises(SurveybookError) as caught:
        cite(book_of(text="# A page\n\nFirst.\nSo it is said {cite}`sorensen2020,kingdom1995`.\n"))
    assert lines(caught) == [
        "error: a cited work has no record",
        "  file:     index.md",
        "  row:      4",
        "  value:    'kingdom1995'",
        "  expected: one of 'kingdon1995'",
        "  hint:     records stand in the files that _config.yml names under bibtex_bibfiles; "
        "the sentence: So it is said {cite}`sorensen2020,kingdom1995`.",
    ]


@pytest.mark.parametrize(
    ("text", "got", "what"),
    [
        ("{cite}`Kingdon1995`", "Kingdon1995", "a cited work has no record"),
        ("{cite:t}`zzz`", "zzz", "a cited work has no record"),
        ("{cite}`kingdon1995,`", "", "a cited work has no record"),
        ("{cite}` `", "{cite}` `", "a citation names no work on its line"),
        ("{cite}`kingdon1995,\nsorensen2020`", "{cite}", "a citation names no work on its line"),
    ],
)
def test_other_faulty_citations_are_refused(book_of, text, got, what):
    with pytest.raises(SurveybookError) as caught:
        cite(book_of(text=f"# A page\n\n{text}\n"))
    assert (caught.value.what, caught.value.got, caught.value.row) == (what, got, 3)


def test_a_citation_needs_a_page_that_lists_the_works(book_of):
    cite(book_of(listed="# Nothing\n"))  # nothing is cited
    with pytest.raises(SurveybookError, match="no page lists the works"):
        cite(book_of(text="# A page\n\n{cite}`kingdon1995`\n", listed="# Nothing\n"))


def test_the_check_of_the_book_sees_a_chapters_citations(project, edit_text, place_of):
    chapter = project / "chapters" / "discussion.ipynb"
    edit_text(chapter, "It also warns.", "It also warns {cite}`wang208`.")
    cell, row = place_of(chapter, "wang208")
    with pytest.raises(SurveybookError, match="a cited work has no record") as caught:
        check_book(find_project(), "default", print)
    assert (caught.value.file, caught.value.row, caught.value.column) == (
        "chapters/discussion.ipynb",
        row,
        f"cell {cell}",
    )
    assert "'wang2008'" in caught.value.expected


def test_the_check_of_the_book_sees_a_broken_record(project, edit_text):
    row = edit_text(project / "chapters" / "references.bib", "keywords = {unchecked}", "keywords = {sure}")
    with pytest.raises(SurveybookError) as caught:
        check_book(find_project(), "default", print)
    assert (caught.value.file, caught.value.row, caught.value.got) == ("chapters/references.bib", row, "sure")


# How records read


def shown(records: str) -> dict[str, str]:
    entries = parse_string(records, "bibtex").entries
    style = WorksStyle()
    order = style.sort(entries.values())
    return {entry.key: style.format_entry("", entry).text.render_as("text") for entry in order}


def test_a_record_reads_author_and_year_first_and_its_status_last():
    assert list(shown(RECORDS + UNKNOWN).items()) == [
        ("holler2018", "Holler (2018). [not identified]. Not identified: which work is meant is not known."),
        (
            "kingdon1995",
            "Kingdon, John W. (1995). Agendas (2nd edition). New York: HarperCollins. "
            "Not checked: author and year match.",
        ),
        (
            "sorensen2020",
            "Sørensen, Eva; van der Vleuten, Cees; Torfing, Jacob (2020). Why COVID-19? "
            "Policy & Politics 8(2): 17–21. DOI 10.1000/182. Checked: a public page prints it.",
        ),
    ]


def test_what_stands_inside_another_book_names_it():
    records = (
        "@incollection{true2019, author = {True, James}, title = {Theory}, editor = {Sabatier}, "
        "booktitle = {Theories}, publisher = {Routledge}, year = {2019}, "
        "keywords = {checked in part}, annotation = {a}}"
    )
    assert shown(records)["true2019"] == (
        "True, James (2019). Theory. In Sabatier, editor, Theories. Routledge. Checked in part: a."
    )


@pytest.mark.parametrize(
    ("people", "read"),
    [
        ("author = {True, James}", "True 2000"),
        ("author = {True, James and Hall, Ann}", "True and Hall 2000"),
        ("editor = {True, James and Hall, Ann and 't Hart, Paul}", "True and others 2000"),
        ("author = {Birkmann, Jörn and others}", "Birkmann and others 2000"),
        ("author = {van der Vleuten, Cees}", "van der Vleuten 2000"),
    ],
)
def test_a_work_is_cited_by_its_people_and_year(people, read):
    (entry,) = parse_string(f"@misc{{a, {people}, year = {{2000}}}}", "bibtex").entries.values()
    assert cited_as(entry) == read


def test_letters_with_marks_stand_beside_those_without():
    names = ["Torfing", "Sørensen", "Streeck", "Sellnow", "Åse", "Ansell"]
    rest = "title = {T}, year = {2000}, keywords = {checked}, annotation = {a}"
    records = "".join(f"@misc{{k{at}, author = {{{name}}}, {rest}}}\n" for at, name in enumerate(names))
    assert [text.split()[0] for text in shown(records).values()] == [
        "Ansell",
        "Åse",
        "Sellnow",
        "Sørensen",
        "Streeck",
        "Torfing",
    ]


def test_a_status_that_is_none_is_not_counted():
    with pytest.raises(ValueError, match="certain"):
        count_works([], "certain")


# The staged and the built book


def test_the_records_are_staged_as_they_are(project):
    stage_book(find_project(), [], project / "chapters", project / "stage", doubts={}, kinds={})
    name = "chapters/references.bib"
    assert (project / "stage" / name).read_bytes() == (project / name).read_bytes()


@pytest.fixture(scope="module")
def built(small_book, surveybook):
    """The small book with one citation and the list of works, built once."""
    toc = "format: jb-book\nroot: index\nparts:\n- chapters:\n  - file: chapters/discussion\n"
    toc += "- caption: Appendix\n  chapters:\n  - file: chapters/appendix/bibliography\n"
    (small_book / "_toc.yml").write_text(toc, encoding="utf-8")
    page = "# A small book\n\nIt is said {cite}`torfing2016,kingdon1995`, as by {cite:t}`ansell2020`.\n"
    (small_book / "index.md").write_text(page, encoding="utf-8")
    shutil.copy(small_book / "chapters" / "references.bib", small_book / "kept.bib")
    works = small_book / "chapters" / "appendix" / "bibliography.md"
    text = works.read_text(encoding="utf-8")
    works.write_text(text.replace("[background](../background.md)", "background"), encoding="utf-8")  # not in it
    done = surveybook("build", cwd=small_book)
    assert done.returncode == 0, done.stderr
    return small_book


def read(built, page: str) -> BeautifulSoup:
    return BeautifulSoup((built / "_build/default/site" / page).read_text(encoding="utf-8"), "html.parser")


def test_a_citation_reads_author_and_year_and_leads_to_its_record(built):
    index, works = read(built, "index.html"), read(built, "chapters/appendix/bibliography.html")
    citations = index.select(".bibtex-citation")
    assert [one.get_text() for one in citations] == ["(Kingdon 1995; Torfing 2016)", "Ansell and others (2020)"]
    for link in index.select(".bibtex-citation a"):
        page, _, name = link["href"].partition("#")
        assert page == "chapters/appendix/bibliography.html"
        assert works.find(id=name)["role"] == "listitem"


def test_a_changed_record_makes_the_site_again_and_nothing_else(built, surveybook, edit_text):
    again = surveybook("build", cwd=built)
    assert again.stderr.splitlines()[-1] == "Nothing changed since the last build."
    records = built / "chapters" / "references.bib"
    edit_text(records, "{HarperCollins}", "{Harper and Collins}")
    try:
        done = surveybook("build", cwd=built)
        assert done.returncode == 0, done.stderr
        assert "site: " in done.stderr and "chapter " not in done.stderr.split("Unchanged")[0]
        record = read(built, "chapters/appendix/bibliography.html").find(id="work-kingdon1995")
        assert "Harper and Collins" in record.get_text()
    finally:
        shutil.copy(built / "kept.bib", records)


def test_an_unknown_work_stops_the_build_before_anything_runs(built, surveybook, contents):
    index, site = built / "index.md", built / "_build" / "default" / "site"
    before, text = contents(site), index.read_text(encoding="utf-8")
    index.write_text(text.replace("kingdon1995", "kingdon1996"), encoding="utf-8")
    try:
        done = surveybook("build", cwd=built)
    finally:
        index.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    assert done.stderr.splitlines()[1:5] == [
        "error: a cited work has no record",
        "  file:     index.md",
        "  row:      3",
        "  value:    'kingdon1996'",
    ]
    assert contents(site) == before


def test_a_count_of_no_status_stops_the_build(built, surveybook):
    index = built / "index.md"
    text = index.read_text(encoding="utf-8")
    index.write_text(text + "\nThere are {works}`certain`.\n", encoding="utf-8")
    try:
        done = surveybook("build", cwd=built)
    finally:
        index.write_text(text, encoding="utf-8")
    assert done.returncode == 1 and "no status of works: certain" in done.stderr
