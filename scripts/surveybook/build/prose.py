"""The sentences of the book as authors write them, each with its place and the condition bound to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import nbformat

from surveybook.build.contents import toc_files
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project

# HTML comments, so that neither a page nor an editor for notebooks shows them.
HOLDS = re.compile(r"\s*<!--\s*holds:\s*(?P<condition>.*?)\s*-->")
WHILE = re.compile(r"\s*<!--\s*while:\s*(?P<survey>\S+)\s+(?P<kind>\S+)\s*-->")
FENCE = re.compile(r"(?P<marks>`{3,}|:{3,}|~{3,})\s*(?P<directive>\{[\w:-]+\})?(?P<argument>.*)")
OPTION = re.compile(r":[\w-]+:.*")
LIST_MARK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")


@dataclass(frozen=True)
class Sentence:
    """A line of prose, or a figure's title. ``row`` counts in its file, or in its cell; from 1.

    ``holds`` is the condition of a finding; ``only`` the survey and the kind of its rows (simulated,
    observed) that the line is about, and without which it is left out.
    """

    file: str
    cell: int | None
    row: int
    text: str
    holds: str | None
    only: tuple[str, str] | None = None
    is_title: bool = False

    def fault(self, what: str, *, got: str, expected: str, hint: str) -> SurveybookError:
        """An error that names the sentence's place."""
        column = None if self.cell is None else f"cell {self.cell}" + (", a figure's title" if self.is_title else "")
        return SurveybookError(
            what, file=self.file, row=self.row, column=column, got=got, expected=expected, hint=hint
        )


def book_sentences(project: Project) -> list[Sentence]:
    """Every line of prose and every figure's title of the pages in ``_toc.yml``, in their order.

    Raises
    ------
    SurveybookError
        A figure's condition is not written out as text.
    """
    found: list[Sentence] = []
    for name in toc_files(project):
        path = project.root / name
        if path.suffix != ".ipynb":
            found += _prose(name, None, path.read_text(encoding="utf-8"))
            continue
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells, 1):
            if cell.cell_type == "markdown":
                found += _prose(name, number, cell.source)
            elif cell.cell_type == "code":
                found += _titles(name, number, cell.source)
    return found


def _prose(file: str, cell: int | None, text: str) -> Iterator[Sentence]:
    for row, line in prose_lines(text):
        holds, only = HOLDS.search(line), WHILE.search(line)
        text = WHILE.sub("", HOLDS.sub("", line)).strip()
        yield Sentence(
            file,
            cell,
            row,
            text,
            holds["condition"] if holds else None,
            (only["survey"], only["kind"]) if only else None,
        )


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are read as prose, with their number: no code, no options of directives."""
    code = ""
    for row, line in enumerate(text.splitlines(), 1):
        fence = FENCE.fullmatch(line.strip())
        if code:
            code = "" if fence and line.strip() == code else code
        elif fence:
            if fence["directive"]:
                yield row, fence["argument"]
            elif not fence["marks"].startswith(":") and fence["argument"]:
                code = fence["marks"]
        elif line.strip() and not OPTION.fullmatch(line.strip()):
            yield row, LIST_MARK.sub("", line)


def _titles(file: str, cell: int, source: str) -> Iterator[Sentence]:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # said where the chapter runs
        return
    for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
        words = {word.arg: word.value for word in call.keywords if word.arg in ("title", "holds")}
        texts = {name: value.value for name, value in words.items() if isinstance(value, ast.Constant)}
        if "holds" in words and not {"holds", "title"} <= set(texts):
            raise SurveybookError(
                "a title that is bound to a condition is not written out",
                file=file,
                row=call.lineno,
                column=f"cell {cell}",
                got=ast.unparse(words["holds"]),
                expected="title and condition as text in quotes, so that they can be checked before anything runs",
            )
        if "title" in texts:
            yield Sentence(file, cell, call.lineno, str(texts["title"]), texts.get("holds"), is_title=True)


def marked(text: str, doubts: Mapping[str, str], kinds: Mapping[str, str]) -> str:
    """Mark the sentences of a page that are bound to a condition, and leave out those of other data.

    Parameters
    ----------
    doubts : mapping of condition to text
        The conditions that are false in a draft, each with the values against which it is.
    kinds : mapping of survey to the kind of its rows
    """
    lines: list[str | None] = text.split("\n")
    for row, _ in prose_lines(text):
        line = lines[row - 1]
        only = WHILE.search(line)
        if only and kinds.get(only["survey"]) != only["kind"]:
            lines[row - 1] = None
            continue
        line = lines[row - 1] = WHILE.sub("", line)
        found = HOLDS.search(line)
        if found is None:
            continue
        condition = found["condition"]
        start = len(LIST_MARK.match(line)[0]) if LIST_MARK.match(line) else len(re.match(r"\s*#*\s*", line)[0])
        sentence = HOLDS.sub("", line)[start:]
        quoted = condition.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if condition in doubts:
            values = doubts[condition].replace("<", "&lt;")
            note = f" <strong>[Draft: this does not hold. {quoted}; {values}]</strong>"
            sentence = f'<span class="sb-false" data-holds="{quoted}">{sentence}{note}</span>'
        else:
            sentence = f'<span class="sb-finding" data-holds="{quoted}">{sentence}</span>'
        lines[row - 1] = line[:start] + sentence
    return "\n".join(line for line in lines if line is not None)
