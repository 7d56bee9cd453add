"""The sentences of the book as authors write them, each with its place and the condition bound to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from surveybook.build.contents import toc_files
from surveybook.build.files import read_notebook
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project

# HTML comments, so that neither a page nor an editor for notebooks shows them.
HOLDS = re.compile(r"\s*<!--\s*holds:\s*(?P<condition>.*?)\s*-->")
WHILE = re.compile(r"\s*<!--\s*while:\s*(?P<survey>\S+)\s+(?P<kind>\S+)\s*-->")
MEANT = re.compile(r"<!--\s*(?:holds?|while)\b.*?(?:-->|$)", re.IGNORECASE)
FENCE = re.compile(r"(?P<marks>`{3,}|:{3,}|~{3,})[ \t]*(?P<directive>\{[\w:-]+\})?[ \t]*(?P<argument>.*)")
CODE = ("{code-block}", "{code-cell}", "{code}", "{literalinclude}", "{math}", "{mermaid}", "{raw}")
OPTION = re.compile(r":[\w-]+:.*")
# What stands before the words of a line and makes it what it is.
LINE_MARK = re.compile(r"\s*(?:(?:[-*+]|\d+[.)])\s+|>\s*|#+\s+|(?:`{3,}|:{3,}|~{3,})\{[\w:-]+\}\s*)*")
LIST_MARK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")


@dataclass(frozen=True)
class Sentence:
    """A line of prose, or a figure's title. ``row`` counts in its file, or in its cell; from 1.

    ``holds`` is the condition of a finding; ``only`` the survey and the kind of its rows (simulated,
    observed) that the line is about, and without which it is left out.
    """

    file: str
    cell: int | None
    row: int | None
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
        for number, cell in enumerate(read_notebook(path).cells, 1):
            if cell.cell_type == "markdown":
                found += _prose(name, number, cell.source)
            elif cell.cell_type == "code":
                found += _titles(name, number, cell.source)
    return found


def _prose(file: str, cell: int | None, text: str) -> Iterator[Sentence]:
    for row, line in prose_lines(text):
        rest = WHILE.sub("", HOLDS.sub("", line))
        holds, only = HOLDS.findall(line), WHILE.findall(line)
        sentence = Sentence(
            file, cell, row, rest.strip(), holds[0] if holds else None, tuple(only[0]) if only else None
        )
        if MEANT.search(rest) or len(holds) > 1 or len(only) > 1:
            raise sentence.fault(
                "a comment beside a sentence cannot be read as a condition",
                got=MEANT.search(line)[0],
                expected="at most one <!-- holds: extent > 50 --> and one <!-- while: vive simulated -->",
                hint="join conditions by: and",
            )
        yield sentence


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are read as prose, with their number: no code, no options of directives."""
    blocks: list[tuple[str, bool]] = []  # of each open fence its marks, and whether it holds code
    for row, line in enumerate(text.split("\n"), 1):
        fence = FENCE.fullmatch(line.strip())
        inside_code = bool(blocks) and blocks[-1][1]
        if blocks and _closes(line, blocks[-1][0]):
            blocks.pop()
        elif inside_code:
            continue
        elif fence:
            code = fence["directive"] in CODE or (not fence["directive"] and fence["marks"][0] != ":")
            blocks.append((fence["marks"], code))
            if fence["argument"] and fence["directive"] and not code:
                yield row, fence["argument"]
        elif line.strip() and not OPTION.fullmatch(line.strip()):
            yield row, LIST_MARK.sub("", line)


def _closes(line: str, marks: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(marks) and set(bare) == {marks[0]}


def _titles(file: str, cell: int, source: str) -> Iterator[Sentence]:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # said where the chapter runs
        return
    for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
        words = {word.arg: word.value for word in call.keywords if word.arg in ("title", "holds")}
        texts = {
            name: value.value
            for name, value in words.items()
            if isinstance(value, ast.Constant) and isinstance(value.value, str)
        }
        if "holds" in words and not {"holds", "title"} <= set(texts):
            raise SurveybookError(
                "a title that is bound to a condition is not written out",
                file=file,
                row=call.lineno,
                column=f"cell {cell}",
                got=ast.unparse(words["holds"]),
                expected="title and condition as text in quotes, so that they can be checked before anything runs",
            )
        if "title" in words:
            text = texts.get("title") or _typed_parts(words["title"])
            yield Sentence(file, cell, call.lineno, text, texts.get("holds"), is_title=True)


def _typed_parts(title: ast.expr) -> str:
    """What is typed of a title that is put together."""
    parts = [node.value for node in ast.walk(title) if isinstance(node, ast.Constant)]
    return " ".join(part for part in parts if isinstance(part, str))


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
        if line is None:  # in a block that was left out
            continue
        only = WHILE.search(line)
        if only and kinds.get(only["survey"]) != only["kind"]:
            _leave_out(lines, row - 1)
            continue
        line = lines[row - 1] = WHILE.sub("", line)
        found = HOLDS.search(line)
        if found is not None:
            lines[row - 1] = _marked_line(HOLDS.sub("", line), found["condition"], doubts)
    return "\n".join(line for line in lines if line is not None)


def _leave_out(lines: list[str | None], at: int) -> None:
    """Leave out a line; with the opening of a block, the whole block."""
    fence = FENCE.fullmatch(lines[at].strip())
    lines[at] = None
    while fence and at + 1 < len(lines):
        at += 1
        closes = _closes(lines[at], fence["marks"])
        lines[at] = None
        if closes:
            return


def _marked_line(line: str, condition: str, doubts: Mapping[str, str]) -> str:
    start = len(LINE_MARK.match(line)[0])
    sentence, quoted = line[start:], escape(condition)
    note = f" <strong>[Draft: this does not hold. {quoted}; {escape(doubts.get(condition, ''))}]</strong>"
    if sentence.startswith("|"):  # a row of a table stays one
        return line.rstrip().removesuffix("|") + f"{note} |" if condition in doubts else line
    if condition in doubts:
        return f'{line[:start]}<span class="sb-false" data-holds="{quoted}">{sentence}{note}</span>'
    return f'{line[:start]}<span class="sb-finding" data-holds="{quoted}">{sentence}</span>'
