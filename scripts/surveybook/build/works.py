"""The records of cited works: read, and held against what pages cite, before anything runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from pybtex.database import Entry
from pybtex.database.input.bibtex import Parser
from pybtex.exceptions import PybtexError
from pybtex.scanner import PrematureEOF

from surveybook.build.contents import toc_files
from surveybook.build.editions import read_yaml
from surveybook.build.files import remembered
from surveybook.build.prose import Sentence
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.paths import Project, shown_path
from surveybook.disseminate.bibliography import NOT_IDENTIFIED, STATUSES, WorksStyle, cited_as

CONFIG, SETTING = "_config.yml", "bibtex_bibfiles"
RECORD = re.compile(r"^[ \t]*@(?!(?:comment|string|preamble)\b)\w+\s*[{(]\s*(?P<key>[^\s,{}()]+)", re.I | re.M)
CITED = re.compile(r"\{cite(?::\w+)?\}(?:`(?P<keys>[^`]*)`)?")
LISTED = re.compile(r"^\s*(?:`{3,}|:{3,})\{bibliography\}", re.M)
NEEDED = ("title", "year", "keywords", "annotation")
FORMS = {
    "year": (re.compile(r"\d{4}[a-z]?"), "a year, with a letter where one author has two works of it"),
    "doi": (re.compile(r"10\.\d{4,9}/\S+"), "a DOI such as 10.1080/14719037.2020.1820272, without its host"),
    "url": (re.compile(r"https?://\S+"), "an address that begins with https://"),
}
ANNOTATE = "annotation says what was checked, against what"


def bibliography_files(project: Project) -> list[Path]:
    """The files of records that ``_config.yml`` names under ``bibtex_bibfiles``.

    Raises
    ------
    SurveybookError
        A named file does not exist, or lies outside the book.
    """
    names = read_yaml(project.root / CONFIG).get(SETTING) or []
    files = []
    for name in [names] if isinstance(names, str) else names:
        path = Path(str(name))
        if path.is_absolute() or ".." in path.parts or not (project.root / path).is_file():
            raise SurveybookError(
                "a file of cited works is not in the book",
                file=project.root / CONFIG,
                column=SETTING,
                got=str(name),
                expected="the path of a .bib file, from the folder of this file",
            )
        files.append(project.root / path)
    return files


def read_works(project: Project) -> dict[str, Entry]:
    """Read every record of the book's works, by key, and check that each says how far it was checked.

    Raises
    ------
    SurveybookError
        A file that is no BibTeX, two records with one key or name, or a record that lacks something.
    """
    works: dict[str, Entry] = {}
    seen: dict[str, str] = {}  # what only one work may have, and where
    for file in bibliography_files(project):
        text = _text(file)
        for found in RECORD.finditer(text):  # a parser would name no row
            _only_one(
                "key", found["key"], f"{shown_path(file)} row {_row(text, found)}", seen, file, _row(text, found)
            )
        for key, (entry, row) in _records(file).items():
            _only_one("author and year", cited_as(entry), key, seen, file, row)
            works[key] = entry
    return works


@remembered
def _records(file: Path) -> dict[str, tuple[Entry, int]]:
    """The records of one file by key, each checked, with its row."""
    text = _text(file)
    rows = {found["key"]: _row(text, found) for found in RECORD.finditer(text)}
    records = {key: (entry, rows.get(key, 1)) for key, entry in _parsed(text, file).items()}
    for key, (entry, row) in records.items():
        _check_record(entry, _Fault(file, text, row, key))
    return records


def _row(text: str, found: re.Match) -> int:
    return text.count("\n", 0, found.start("key")) + 1


def refuse_unknown_works(project: Project, sentences: Iterable[Sentence], works: Mapping[str, Entry]) -> None:
    """Refuse the first citation of a work that has no record.

    Raises
    ------
    SurveybookError
        It names the sentence's place, the key, and the keys that are nearest to it.
    """
    pages = [name for name in toc_files(project) if not name.endswith(".ipynb")]
    listed = any(LISTED.search((project.root / name).read_text(encoding="utf-8")) for name in pages)
    for sentence in sentences:
        for found in CITED.finditer(sentence.text):
            if not (found["keys"] or "").strip():
                raise sentence.fault(
                    "a citation names no work on its line",
                    got=found[0],
                    expected="{cite}`key`, several keys with commas between them",
                    hint=f"the sentence: {sentence.text}",
                )
            for key in re.sub(r"\{[^{}]*\}", "", found["keys"]).split(","):
                _check_key(key.strip(), sentence, works)
            if not listed:
                raise sentence.fault(
                    "a work is cited, and no page lists the works",
                    got=found[0],
                    expected="a page in _toc.yml with the directive {bibliography}",
                    hint="chapters/appendix/bibliography.md is such a page",
                )


def _check_key(key: str, sentence: Sentence, works: Mapping[str, Entry]) -> None:
    if key in works:
        return
    folded = {other.casefold(): other for other in works}
    near = [folded[one] for one in get_close_matches(key.casefold(), folded, n=4, cutoff=0.6)]
    raise sentence.fault(
        "a cited work has no record",
        got=key,
        expected=one_of(near) if near else "the key of a record",
        hint=f"records stand in the files that {CONFIG} names under {SETTING}; the sentence: {sentence.text}",
    )


class _Fault:
    """Where a record is, for errors about it."""

    def __init__(self, file: Path, text: str, row: int, key: str):
        self.file, self.row, self.key = file, row, key
        self.lines = text.split("\n")[row - 1 :]

    def __call__(self, what: str, field: str | None, *, got: str | None, expected: str) -> SurveybookError:
        row, hint = self.row, None
        for after, line in enumerate(self.lines):
            if after and RECORD.match(line):
                break
            if field and re.match(rf"\s*{field}\s*=", line, re.I):
                row += after
                hint = None if got else "if it is there, a brace above it ends the record too early"
                break
        column = self.key if field is None else f"{self.key}, {field}"
        return SurveybookError(what, file=self.file, row=row, column=column, got=got, expected=expected, hint=hint)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SurveybookError(
            "the file is not UTF-8 text", file=file, got=error.reason, expected="UTF-8", hint="save it again as UTF-8"
        ) from None


def _parsed(text: str, file: Path) -> Mapping[str, Entry]:
    for row, line in enumerate(text.split("\n"), 1):
        if line.strip() and line[0] not in "@%})" and not line[0].isspace():  # the parser would pass over it
            raise SurveybookError(
                "a line stands outside every record",
                file=file,
                row=row,
                got=line,
                expected="a record begins with @, its fields are indented, and a comment begins with %",
            )
    try:
        return Parser().parse_string(text).entries
    except PybtexError as error:
        row, parser = getattr(error, "lineno", None), getattr(error, "parser", None)
        began = text.count("\n", 0, parser.command_start) + 1 if parser else None
        raise SurveybookError(
            "the records cannot be read",
            file=file,
            row=began if isinstance(error, PrematureEOF) else row,
            got=str(error),
            expected="BibTeX: @article{key, field = {value}, ...}, with every brace closed",
            hint=None if began is None else f"the record begins at row {began}",
        ) from None


def _only_one(what: str, value: str, place: str, seen: dict[str, str], file: Path, row: int) -> None:
    name = f"{what} {value.casefold()}"
    if name in seen:
        raise SurveybookError(
            f"two records have one {what}",
            file=file,
            row=row,
            got=value,
            expected=f"a {what} that no other record has",
            hint=f"the other one: {seen[name]}"
            + ("; add a letter to the year, as in 2011a" if what == "author and year" else ""),
        )
    seen[name] = place


def _check_record(entry: Entry, fault: _Fault) -> None:
    fields = entry.fields
    if not (entry.persons.get("author") or entry.persons.get("editor")):
        raise fault("a record names nobody", "author", got=None, expected="author or editor")
    for name in NEEDED:
        if not fields.get(name, "").strip():
            expected = {"keywords": one_of(STATUSES), "annotation": ANNOTATE}.get(name, f"a field {name} = {{...}}")
            raise fault("a record lacks a field", name, got=None, expected=expected)
    if fields["keywords"] not in STATUSES:
        raise fault(
            "a record does not say how far it was checked",
            "keywords",
            got=fields["keywords"],
            expected=f"{one_of(STATUSES)}; {ANNOTATE}",
        )
    if (fields["title"] == NOT_IDENTIFIED) != (fields["keywords"] == "unknown"):
        raise fault(
            "title and status of a record contradict each other",
            "title",
            got=fields["title"],
            expected=f"the title {NOT_IDENTIFIED} with the status unknown, and with no other",
        )
    for name, (form, expected) in FORMS.items():
        if name in fields and not form.fullmatch(fields[name]):
            raise fault("a field of a record has another form", name, got=fields[name], expected=expected)
    try:
        WorksStyle().format_entry("", entry)
    except PybtexError as error:
        raise fault(
            "a record cannot be written out", None, got=str(error), expected="sound LaTeX in its fields"
        ) from None
