"""Write a new chapter that is as thin and as sound as the others, and its line in the table of contents."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

import nbformat

from surveybook.analyse.conditions import judge
from surveybook.analyse.estimates import Estimate, Estimates
from surveybook.build.checks import check_book
from surveybook.build.contents import TOC, toc_files
from surveybook.build.editions import DEFAULT
from surveybook.build.files import write_whole
from surveybook.build.notebooks import clean_notebook
from surveybook.build.progress import Say
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.paths import Project
from surveybook.disseminate.wording import require_showable

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
PARAMETERS = ("data_package", "confidence_level", "ci_method", "differ_points", "threshold")
# What a finding may say of one share, and its condition; the first that holds is written.
FINDINGS = {
    "more than half": "{share} > 50",
    "less than half": "{share} < 50",
    "about half": "{share} >= 45 and {share} <= 55",
}
LOADING = """\
from surveybook.analyse import load_estimates
from surveybook.disseminate import figure_shares, paste_numbers

estimates = load_estimates({parameters})"""
FIGURE = """\
figure_shares(
    estimates,
    {survey},
    [{item}],
    figure_id={figure_id},
    title={title},
    holds={holds},
)"""


def write_chapter(
    project: Project, name: str, *, title: str = "", after: str = "", survey: str, item: str, say: Say
) -> Path:
    """Write ``chapters/NAME.ipynb`` on one item, without outputs, and its line in ``_toc.yml``; return its path.

    Parameters
    ----------
    title : str
        The chapter's heading; without one, its name in words.
    after : str
        The page that it follows; without one, the last that lies in ``chapters`` itself.
    survey, item : str
        The item of the first figure and of the first pasted number.

    Raises
    ------
    SurveybookError
        The name is not fit or taken, a page, survey or item is unknown, the item has no number that may be
        shown, or the book does not pass its checks, before or with the new chapter. Then nothing is written.
    """
    target, toc = project.chapters / f"{name}.ipynb", project.root / TOC
    _check_name(project, name)
    checked = check_book(project, DEFAULT, say)
    estimate = find_headline(checked.estimates, survey, item)
    before = toc.read_bytes()
    contents, following = _with_line(project, before.decode("utf-8"), name, after)
    text = chapter_text(name, title, estimate, checked.estimates, checked.parameters, _way_on(project, following))
    write_whole(target, text)
    toc.write_bytes(contents.encode("utf-8"))
    try:
        check_book(project, DEFAULT, lambda line: None)
    except SurveybookError:
        target.unlink()
        toc.write_bytes(before)
        raise
    return target


def _check_name(project: Project, name: str) -> None:
    if not NAME.fullmatch(name):
        raise SurveybookError(
            "a chapter's name is not fit for an address",
            got=name,
            expected="small letters and digits, in words joined by hyphens, such as work-at-home",
        )
    taken = {path.stem: path for path in project.chapters.rglob("*") if path.suffix in (".ipynb", ".md")}
    if name in taken:
        raise SurveybookError(
            "a page of this name exists",
            file=taken[name],
            got=name,
            expected="a name that no page in chapters/ has",
        )


def find_headline(estimates: Estimates, survey: str, item: str) -> Estimate:
    """Return the share that a chapter on an item begins with: its headline option set's.

    Raises
    ------
    SurveybookError
        An unknown survey or item, or one of which no share is known that may be shown.
    """
    about = estimates.codebook
    about.survey(survey)
    known = {row.item for row in estimates.rows if row.survey == survey}
    usable = [one.item for one in about.survey_items(survey) if one.headline_set and one.item in known]
    if not about.item(survey, item).headline_set or item not in known:
        raise SurveybookError(
            "no share of this item is known",
            got=item,
            expected=one_of(usable) if usable else "an item of another survey: no share of this one is known",
            hint="an item needs a headline_set in data/codebook/items.csv, and a printed figure or answers",
        )
    return require_showable(estimates.get(survey, item))


def _with_line(project: Project, contents: str, name: str, after: str) -> tuple[str, str]:
    """The table of contents with the chapter's line, and the page to go on with: the next, or else the one before."""
    pages = toc_files(project)
    places = {page: Path(page).with_suffix("").as_posix() for page in pages}
    own = [page for page in pages if Path(page).parent.as_posix() == project.chapters.name]
    wanted = [page for page, place in places.items() if after in (page, place, place.partition("/")[2])]
    if after and not wanted:
        raise SurveybookError(
            "the table of contents names no such page", file=project.root / TOC, got=after, expected=one_of(own)
        )
    page = wanted[0] if after else own[-1] if own else pages[-1]
    lines = contents.splitlines(keepends=True)
    line_of = re.compile(rf"(?P<indent>\s*)-\s+file:\s*[\"']?{re.escape(places[page])}(\.\w+)?[\"']?\s*(#.*)?\s*")
    at = next((at for at, line in enumerate(lines) if line_of.fullmatch(line)), None)
    if at is None:
        raise SurveybookError(
            "the page has no line of its own in the table of contents",
            file=project.root / TOC,
            got=page,
            expected=f"a line - file: {places[page]}",
            hint="name another page by --after",
        )
    indent, end = line_of.fullmatch(lines[at])["indent"], "\r\n" if lines[at].endswith("\r\n") else "\n"
    below = at + 1  # what belongs to the page, such as its sections, stays with it
    while below < len(lines) and lines[below].strip() and _depth(lines[below]) > len(indent):
        below += 1
    lines[below - 1] = lines[below - 1].rstrip("\r\n") + end
    lines.insert(below, f"{indent}- file: {project.chapters.name}/{name}{end}")
    following = pages[pages.index(page) + 1 :]
    return "".join(lines), following[0] if following else page


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _way_on(project: Project, page: str) -> str:
    """A link to a page, called by its heading."""
    path = project.root / page
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    heading = re.search(r"^# +(.*?)\s*(?:<!--.*)?$", text, re.MULTILINE)
    address = Path(os.path.relpath(path, project.chapters)).as_posix()
    return f"[{heading[1] if heading else path.stem}]({address})"


def chapter_text(
    name: str, title: str, estimate: Estimate, estimates: Estimates, parameters: Mapping, way_on: str
) -> str:
    """Return a chapter on one share, without outputs, as the text of its file.

    ``parameters`` are those of the default edition, ``way_on`` a link to another page.

    Raises
    ------
    SurveybookError
        What is known of the share is too wide to be called more than half, less than half or about half.
    """
    survey, item, option_set = estimate.survey, estimate.item, estimate.option_set
    words, condition = _finding(estimate, estimates)
    about = estimates.codebook.item(survey, item)
    labels = f"“{about.label_en}” (“{estimates.codebook.option_set(about, option_set).label_en}”)"
    figure = FIGURE.format(
        survey=_quoted(survey),
        item=_quoted(item),
        figure_id=_quoted(f"{name}-{item.replace('_', '-')}"),
        title=_quoted(f"“{about.label_en}”: {{{item}}}"),  # between such marks a digit of a label is no typed number
        holds=_quoted(condition),
    )
    heading = title.strip() or name.replace("-", " ").capitalize()
    given = "\n".join(f"{key} = {_quoted(parameters[key])}" for key in PARAMETERS)
    hidden = ["remove-cell"]
    cells = [
        _text(
            f"# {heading}\n\n{{glue}}`{survey}-{item}-{option_set}` of those who answered, {words}, "
            f"are counted under {labels}. <!-- holds: {condition} -->"
        ),
        _code(given, ["parameters", *hidden]),
        _code(LOADING.format(parameters=", ".join(PARAMETERS)), hidden),
        _code(f"paste_numbers(estimates, {_quoted(survey)}, {_quoted(item)})", hidden),
        _code(figure, ["hide-input"]),
        _text(f"## What follows\n\nWhat follows from this is still to be written.\nGo on with {way_on}."),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    clean_notebook(notebook)
    return nbformat.writes(notebook) + "\n"


def _finding(estimate: Estimate, estimates: Estimates) -> tuple[str, str]:
    """What can be said of a share, and the condition that it holds by."""
    share = f"{estimate.survey}.{estimate.item}.{estimate.option_set}"
    for words, condition in FINDINGS.items():
        if judge(condition.format(share=share), estimates).holds:
            return words, condition.format(share=share)
    raise SurveybookError(
        "what is known of this item is too wide for a finding",
        got=estimate.item,
        expected="a share that is known to be above, below or near half",
        hint="begin with another item, by --item",
    )


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _text(source: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source)


def _code(source: str, tags: list[str]) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata={"tags": tags})
