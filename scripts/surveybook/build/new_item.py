"""Write a new item into the codebook, sign what was written, and say what a person must do next."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from surveybook.build.checks import check_book
from surveybook.build.editions import DEFAULT, read_edition
from surveybook.build.progress import Say
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import Codebook, ItemType
from surveybook.core.paths import Project, command, shown_path
from surveybook.process.codebook import read_codebook
from surveybook.process.csv_table import parse_text_table
from surveybook.process.package import DataPackage, accept_command, load_package
from surveybook.process.replicates import MAKE
from surveybook.process.signing import sign
from surveybook.process.survey_data import read_surveys

TABLES = ("items", "options", "option-sets")
CHOSEN = (ItemType.SINGLE, ItemType.MULTIPLE)  # answered by choosing from options
NO_WORDING = {"wording_en": "(wording not published)", "wording_da": "(ordlyd ikke offentliggjort)"}


@dataclass(frozen=True)
class NewItem:
    """A row of ``items.csv`` as it is asked for; an empty text is what the item it is like has, or nothing.

    ``options`` and ``option_sets`` make a new option list: each option is a value and its two labels, each
    set a name, its values and its two labels. What is not said is not known: no column, never published.
    """

    survey: str
    item: str
    type: str = ""
    column: str = ""
    stem: str = ""
    option_list: str = ""
    headline_set: str = ""
    label_en: str = ""
    label_da: str = ""
    wording_en: str = ""
    wording_da: str = ""
    wording_status: str = ""
    universe: str = ""
    options_status: str = ""
    asked: str = ""
    like: str = ""
    options: Sequence[tuple[str, str, str]] = field(default_factory=tuple)
    option_sets: Sequence[tuple[str, str, str, str]] = field(default_factory=tuple)


def write_item(project: Project, wanted: NewItem, say: Say) -> list[str]:
    """Add an item to the default edition's codebook and sign it; return what was done and what follows, in lines.

    Raises
    ------
    SurveybookError
        The survey, or the item that it is like, is unknown, the item is there already, something is not said
        that must be, or the book does not pass its checks, before or with the item. Then nothing is written.
    """
    package = load_package(project.data_package(read_edition(project, DEFAULT)["data_package"]))
    read_surveys(package)  # so that nothing is signed but what is written here
    codebook = read_codebook(package)
    row = _row(wanted, codebook)
    files = {name: package.path(package.resource(name)) for name in TABLES}
    before = {path: path.read_bytes() for path in [*files.values(), package.file]}
    added = {
        "items": _with_row(before[files["items"]], files["items"], row),
        "options": _with_options(before[files["options"]], files["options"], row["option_list"], wanted),
        "option-sets": _with_sets(before[files["option-sets"]], files["option-sets"], row["option_list"], wanted),
    }
    changed = {name: content for name, content in added.items() if content != before[files[name]]}
    try:
        for name, content in changed.items():
            files[name].write_bytes(content)
        sign(package, changed)
        check_book(project, DEFAULT, say)
    except SurveybookError:
        for path, content in before.items():
            path.write_bytes(content)
        raise
    return [*(f"written and signed: {shown_path(files[name])}" for name in changed), *_next_steps(package, row)]


def _row(wanted: NewItem, codebook: Codebook) -> dict[str, str]:
    """The item's row, whole: what was said, else what the item has that it is like, else what is not known."""
    codebook.survey(wanted.survey)
    items = Path("data") / "codebook" / "items.csv"
    if (wanted.survey, wanted.item) in codebook.items:
        raise SurveybookError(
            "the codebook has this item", file=items, got=wanted.item, expected="a name that the survey does not have"
        )
    row = {key: value for key, value in asdict(wanted).items() if key not in ("like", "options", "option_sets")}
    like = codebook.item(*_like(wanted)) if wanted.like else None
    if like:
        for key in ("type", "universe", *([] if wanted.options else ["option_list", "headline_set"])):
            row[key] = row[key] or str(getattr(like, key) or "")
    if wanted.options and not row["option_list"]:
        row["option_list"] = wanted.item
    for key in ("type", "label_en", "label_da"):
        if not row[key].strip():
            hint = "--like EXISTING_ITEM gives type, options and universe; labels stand beside a chart's rows"
            raise SurveybookError(
                f"a new item has no {key}", got=wanted.item, expected=f"--{key.replace('_', '-')}", hint=hint
            )
    if row["type"] in CHOSEN and not row["option_list"]:
        raise SurveybookError(
            "a new item has no options to choose from",
            got=wanted.item,
            expected=one_of(codebook.options),
            hint="--option-list NAME, or --option VALUE ENGLISH DANISH once for each option of a new list",
        )
    if bool(row["wording_en"]) != bool(row["wording_da"]):
        raise SurveybookError(
            "a wording stands in one language", got=wanted.item, expected="--wording-en and --wording-da, or neither"
        )
    if wanted.options and row["option_list"] in codebook.options:
        raise SurveybookError(
            "the codebook has this option list", got=row["option_list"], expected="a new name, by --option-list"
        )
    if wanted.option_sets and not wanted.options:
        raise SurveybookError(
            "option sets are asked for without options", got=wanted.item, expected="--option for each option of them"
        )
    row["wording_status"] = row["wording_status"] or ("assumed" if row["wording_en"] else "not published")
    row |= {} if row["wording_en"] else NO_WORDING
    # Items of one stem are compared with each other, so a new one stands alone until someone says otherwise.
    row["stem"] = row["stem"] or wanted.item
    row["options_status"] = row["options_status"] or "assumed"
    row["asked"] = row["asked"] or ("inferred" if row["column"] else "unknown")
    bases = " ".join(map(str, like.assumed_bases)) if like and row["column"] else ""
    return row | {"base_rule": "answered_item", "base_status": "assumed", "assumed_bases": bases}


def _like(wanted: NewItem) -> tuple[str, str]:
    """The survey and the name of the item that the new one is like: ``extent``, or ``vive.extent``."""
    survey, _, item = wanted.like.rpartition(".")
    return survey or wanted.survey, item


def _with_row(content: bytes, path: Path, row: dict[str, str]) -> bytes:
    """The table of items with a row more, behind the last one of its survey."""
    table = parse_text_table(content, path)
    own = table.index[table["survey"] == row["survey"]]
    after = int(own[-1]) if len(own) else len(table) - 1
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    for _ in range(after + 2):  # the header, and the rows up to that one; a cell may hold line ends
        next(reader)
    lines = content.splitlines(keepends=True)
    new = _line([row[name] for name in table.columns])
    return b"".join(_ended(lines[: reader.line_num])) + new + b"".join(lines[reader.line_num :])


def _with_options(content: bytes, path: Path, option_list: str, wanted: NewItem) -> bytes:
    rows = [
        {"option_list": option_list, "value": value, "label_en": english, "label_da": danish, "order": str(order)}
        for order, (value, english, danish) in enumerate(wanted.options, 1)
    ]
    return _appended(content, path, rows)


def _with_sets(content: bytes, path: Path, option_list: str, wanted: NewItem) -> bytes:
    rows = [
        {
            "option_list": option_list,
            "option_set": name,
            "values": values,
            "label_en": english,
            "label_da": danish,
            "order": str(order),
        }
        for order, (name, values, english, danish) in enumerate(wanted.option_sets, 1)
    ]
    return _appended(content, path, rows)


def _appended(content: bytes, path: Path, rows: list[dict[str, str]]) -> bytes:
    columns = parse_text_table(content, path).columns
    lines = content.splitlines(keepends=True)
    return b"".join([*_ended(lines), *(_line([row.get(name, "") for name in columns]) for row in rows)])


def _ended(lines: list[bytes]) -> list[bytes]:
    """Lines of which the last ends as a line."""
    return [*lines[:-1], lines[-1].rstrip(b"\r\n") + b"\n"]


def _line(cells: list[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue().encode("utf-8")


def _next_steps(package: DataPackage, row: dict[str, str]) -> list[str]:
    items = shown_path(package.path(package.resource("items")))
    steps = [f"Read the row in {items}: the wording is {row['wording_status']}, the options {row['options_status']}."]
    if row["column"]:
        steps.append(f"While the answers are simulated, the table of replicates is older: {MAKE}")
    else:
        steps.append(f"It has no column, so it counts as {row['asked']} to have been asked, and no answer is read.")
        accept = accept_command(package.path(package.resource("items")))
        steps.append(f"Once the answers have it, write the name of their column there, and sign: {accept}")
    steps.append("A printed figure of it is a row of data/published/figures.csv; without one it shows no number.")
    return [*steps, f"Then run {command()} notebooks, so that the list of questions shows it, and build."]
