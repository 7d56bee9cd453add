"""A figure: one displayed object for the page, the notebook, the code host and the terminal."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import Formatter

from surveybook.analyse.conditions import judge
from surveybook.analyse.estimates import ASSUMPTIONS, Estimate, Estimates
from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.model import RESPONSE, Codebook
from surveybook.disseminate import charts
from surveybook.disseminate.picture import draw_svg
from surveybook.disseminate.wording import (
    LONG_STATUS,
    PERHAPS_ASKED,
    PICTURE_STATUS,
    RANGES_TEXT,
    READ_TEXT,
    asked_texts,
    bases_text,
    perhaps_asked,
    questions_text,
    rounding_text,
    sentence,
    sources_text,
    status_texts,
    value_text,
    words_text,
)

VEGALITE_MIME = "application/vnd.vegalite.v6+json"
PANEL_MIME = "application/vnd.surveybook.panel+json"  # of a figure that is drawn as page elements, not as a chart
USERMETA = "surveybook"
GLUED = "application/papermill.record/"  # begins the type of an output that is kept to be pasted
# How a text begins that a spreadsheet might run, and where one might begin within a text or a note.
FORMULA = re.compile(r"\s*[=+@-]|[\t\n]")
INNER_FORMULA = re.compile(r"([;\t\n]\s*)(?=[=+@-])")
SIGNED_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
NOTE_CELL = re.compile(r"([,;]) *(?=[\"=+@-])")
MADE_UP = (
    "Made up by an independent companion: apart from what is said to be fixed by print, nothing here is a finding "
    "of the article, of VIVE or of any survey; do not cite it as one"
)
INDEPENDENT = (
    "From an independent companion, not approved by the authors, the journal, VIVE or the survey owners. "
    "For the findings cite Torfing, Bentzen and Jensen (2022), https://tidsskrift.dk/politica/article/view/133919"
)


@dataclass(frozen=True)
class Figure:
    """A figure and everything that is said of it.

    ``table`` is a header and rows of text: what the chart shows, in words. ``rests`` says what
    the numbers rest on; it stands inside the picture, in the table and in the data file.
    ``holds`` is the condition of a title that states a finding, ``doubt`` the values against
    which it is false. ``is_open`` marks a figure of what only real answers could tell, which
    readers open themselves; ``draws`` says what each replicate is that it can draw.
    ``questions`` are those that the caption gives, so that a page can list them.

    A figure has either a chart, ``spec``, or ``markup``: page elements whose every text was
    escaped. With neither, its table is the figure. ``links`` maps cells of the table, by row
    (the header is 0) and column, to addresses; ``anchors`` maps rows to names that can be linked to;
    ``entries`` has a table's rows read one by one, at any width. ``view`` makes a figure one of
    several that readers choose among: the name of all, its own name, and how it is called.
    """

    figure_id: str
    title: str
    alt: str
    caption: str
    rests: str
    base: str
    table: tuple[tuple[str, ...], ...]
    spec: dict | None = None
    markup: str = ""
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    anchors: dict[int, str] = field(default_factory=dict)
    holds: str = ""
    doubt: str = ""
    is_open: bool = False
    draws: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    view: tuple[str, str, str] | None = None
    entries: bool = False

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        about = {
            "id": self.figure_id,
            "title": self.title,
            "alt": self.alt,
            "caption": self.caption,
            "rests": self.rests,
            "base": self.base,
            "table": [list(row) for row in self.table],
        }
        about |= {key: getattr(self, key) for key in ("holds", "doubt") if getattr(self, key)}
        if self.is_open:
            about |= {"open": True, "draws": list(self.draws)}
        if len(self.questions) > 1:
            about["questions"] = list(self.questions)
        if self.view:
            about["view"] = list(self.view)
        if self.entries:
            about["entries"] = True
        if self.links:
            about["links"] = [[row, column, address] for (row, column), address in self.links.items()]
        if self.anchors:
            about["anchors"] = [[row, name] for row, name in self.anchors.items()]
        if self.spec is None:
            return {PANEL_MIME: {"markup": self.markup, "usermeta": {USERMETA: about}}, "text/plain": self.text()}
        return {
            VEGALITE_MIME: {**self.spec, "usermeta": {USERMETA: about}},
            "image/svg+xml": draw_svg(self.spec, self.alt),
            "text/plain": self.text(),
        }

    def text(self) -> str:
        """The figure for a terminal and a diff: title, table, and what stands below it."""
        widths = [max(len(row[k]) for row in self.table) for k in range(len(self.table[0]))]
        cells = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in self.table]
        doubt = [f"This title does not hold: {self.holds}; {self.doubt}"] if self.doubt else []
        base = [sentence(self.base)] if self.base else []
        lines = [self.title, *doubt, self.rests, *base, "", *cells, "", self.caption, self.alt]
        return "\n".join(line.rstrip() for line in lines)


def csv_text(about: dict) -> str:
    """Write a figure's table as CSV, with a header that says what it is and what it rests on."""
    out = io.StringIO()
    whose = MADE_UP if about.get("open") else INDEPENDENT
    for text in (*(about[key] for key in ("title", "rests", "base", "caption") if about[key]), whose):
        # A note is one line, and no part of it can begin a cell of its own that is quoted or a formula.
        note = NOTE_CELL.sub(r"\1 '", " ".join(sentence(text).split()))
        out.write(f"# {note}\n")
    csv.writer(out, lineterminator="\n").writerows([spreadsheet_cell(cell) for cell in row] for row in about["table"])
    return out.getvalue()


def spreadsheet_cell(text: str) -> str:
    """Write a cell so that no spreadsheet runs it; what is a number stays one.

    A spreadsheet takes a text that begins with = + - @, a tab or a line end for a formula, but not one behind
    an apostrophe (OWASP, CSV injection). Where semicolons part its cells, such a beginning may stand within.
    """
    if SIGNED_NUMBER.fullmatch(text):
        return text
    parted = INNER_FORMULA.sub(r"\1'", re.sub(r"\r\n?", "\n", text))  # a lone return would end the row
    return f"'{parted}" if FORMULA.match(parted) else parted


def make_panel(
    figure_id: str,
    title: str,
    *,
    table: Sequence[Sequence[str]],
    rests: str,
    caption: str,
    base: str = "",
    seen: str = "",
    markup: str = "",
    links: dict[tuple[int, int], str] | None = None,
    anchors: dict[int, str] | None = None,
    entries: bool = False,
) -> Figure:
    """Put together a figure without a chart: page elements beside their table, or a table alone.

    ``seen`` says what is seen in ``markup``; a table says it by itself.
    """
    return Figure(
        figure_id=checked_id(figure_id),
        title=title,
        alt=f"{sentence(title)} {seen}".strip(),
        caption=" ".join(sentence(part) for part in [caption] if part),
        rests=rests,
        base=base,
        table=tuple(tuple(row) for row in table),
        markup=markup,
        links=links or {},
        anchors=anchors or {},
        entries=entries,
    )


def about_of(data: dict) -> dict | None:
    """What is said of a figure in an output's bundle; None for an output that is not a figure of ours."""
    for mime in (VEGALITE_MIME, PANEL_MIME):
        content = data.get(mime, data.get(GLUED + mime))
        if isinstance(content, dict) and USERMETA in content.get("usermeta", {}):
            return content["usermeta"][USERMETA]
    return None


def make_figure(
    estimates: Estimates,
    found: list[Estimate],
    figure_id: str,
    title: str,
    *,
    chart,
    table: tuple[tuple[str, ...], ...],
    notes: list[str],
    seen: str,
    holds: str = "",
    base: str = "",
    ranges: str = RANGES_TEXT,
    worked_out: str = "",
) -> Figure:
    """Put a figure together from its chart and words; ``title`` may paste, ``holds`` binds it to a condition.

    ``base`` says where the bases stand, where there are too many to say each. ``ranges`` says whose the
    ranges are that the figure shows, if any. ``worked_out`` stands in place of what the numbers rest on
    where a figure shows what this edition works out over assumed bases, and hardly a printed number.
    """
    title = pasted_title(title, estimates, found[0].survey)
    ours = any(e.interval_status in ASSUMPTIONS for e in found)
    if ours and worked_out:
        rests = short = worked_out
    else:
        added = f" {ranges}" if ours and ranges else ""
        read = f" {READ_TEXT}" if any(e.is_range and e.printed_word_en for e in found) else ""
        rests, short = (status_texts(found, words) + added + read for words in (LONG_STATUS, PICTURE_STATUS))
    if ours and (ranges or worked_out) and perhaps_asked(found, estimates.codebook):
        rests, short = (f"{text} {PERHAPS_ASKED}" for text in (rests, short))
    known = [e for e in found if e.item != RESPONSE or e.base_n is not None]
    base = sentence(base or bases_text(known))
    items = [
        estimates.codebook.item(e.survey, e.item) for e in {e.item: e for e in found}.values() if e.item != RESPONSE
    ]
    parts = [
        questions_text(items) if items else "",
        sources_text(found, estimates.codebook),
        *notes,
        rounding_text(found, estimates.threshold),
    ]
    caption = " ".join(sentence(part) for part in parts if part)
    return Figure(
        figure_id=checked_id(figure_id),
        title=title,
        alt=f"{sentence(title)} {seen}",
        caption=caption,
        rests=rests,
        base=base,
        table=table,
        spec=charts.finish(chart, title, f"{short} {base}"),
        questions=tuple(asked_texts(items)),
        holds=holds,
        doubt=doubt_of(holds, estimates),
    )


def checked_id(figure_id: str) -> str:
    """Refuse a figure's name that is not fit for an address."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", figure_id):
        raise SurveybookError(
            "a figure's id is not fit for an address",
            got=figure_id,
            expected="small letters, digits and hyphens",
        )
    return figure_id


def doubt_of(holds: str, estimates: Estimates) -> str:
    """The values against which a title's condition is false; empty where it holds, or there is none."""
    if not holds:
        return ""
    verdict = judge(holds, estimates)
    return "" if verdict.holds else verdict.values


def pasted_title(title: str, estimates: Estimates, survey: str) -> str:
    """Fill the fields of a title with values: ``{item}``, ``{item.option_set}``, or ``{item:words}``.

    An item of another survey than the figure's own has that survey's name before it: ``{fh.more_digital}``,
    ``{fh.trust_from_above.less}``.
    """
    filled = ""
    try:
        parts = list(Formatter().parse(title))
    except ValueError as error:
        raise SurveybookError("a title has an unclosed field", got=title, expected=str(error)) from None
    for text, name, form, _ in parts:
        filled += text
        if name is not None:
            owner, item, option_set = share_parts(name, estimates.codebook, survey)
            if not item:
                raise SurveybookError(
                    "a title has an empty field", got=title, expected=one_of(e.item for e in estimates.rows)
                )
            if form not in ("", "words"):
                raise SurveybookError("a title has a field of an unknown form", got=form, expected=one_of(["words"]))
            estimate = estimates.get(owner, item, option_set)
            value = words_text(estimate) if form else value_text(estimate)
            filled += value if filled else value[:1].upper() + value[1:]
    return filled


def as_title(text: str) -> str:
    """Write a text so that a title pastes nothing where the text has braces."""
    return text.replace("{", "{{").replace("}", "}}")


def share_parts(name: str, codebook: Codebook, survey: str = "") -> tuple[str, str, str | None]:
    """Read ``[survey.]item[.option_set]`` as survey, item and option set (None for the headline).

    Without a survey's name it is an item of ``survey``.
    """
    first, dot, rest = name.partition(".")
    if dot and first in codebook.surveys:
        survey, name = first, rest
    item, _, option_set = name.partition(".")
    return survey, item, option_set or None
