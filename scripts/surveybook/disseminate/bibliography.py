"""How a record of a cited work reads: who, when, what, where, and in words how far it was checked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from pybtex.database import Entry, Person
from pybtex.richtext import HRef, Tag, Text
from pybtex.style import FormattedEntry
from pybtex.style.formatting import BaseStyle
from pybtex.style.labels.number import LabelStyle
from pybtex.style.names.plain import NameStyle
from pybtex.style.sorting.none import SortingStyle

# How far a record was checked, as its ``keywords`` say, and the words for it on the page.
STATUSES = {
    "checked": "Checked",
    "checked in part": "Checked in part",
    "unchecked": "Not checked",
    "unknown": "Not identified",
}
DANISH = "danish"  # what a record's ``langid`` says where its title is Danish, and the mark of such a title
NOT_IDENTIFIED = "[not identified]"


class WorksStyle(BaseStyle):
    """A style of pybtex: author and year first, and the record's status behind it."""

    # By name, each would be looked for among all installed packages, for every record.
    default_label_style, default_name_style, default_sorting_style = LabelStyle, NameStyle, SortingStyle

    def __init__(self, **options):
        super().__init__(**options)
        self.sort = lambda entries: sorted(entries, key=_place)
        self.format_labels = lambda entries: [cited_as(entry) for entry in entries]

    def format_entry(self, label: str, entry: Entry, bib_data=None) -> FormattedEntry:
        """Return the record as it stands in the list of works."""
        status = Tag("strong", STATUSES[entry.fields["keywords"]], ":")
        return FormattedEntry(
            entry.key, Text(_record(entry), " ", status, " ", _field(entry, "annotation").add_period()), label
        )


def cited_as(entry: Entry) -> str:
    """How a work is called in a sentence, as in "Kingdon 1995"."""
    names = [_last(person) for person in _people(entry)]
    who = " and ".join(names) if len(names) < 3 else f"{names[0]} and others"
    return f"{who} {entry.fields['year']}"


def count_works(entries: Iterable[Entry], status: str) -> int:
    """How many records have a status; "checked" counts those that were checked in part too."""
    if status != "all" and status not in STATUSES:
        raise ValueError(status)
    return sum(status == "all" or entry.fields["keywords"].startswith(status) for entry in entries)


def _place(entry: Entry) -> tuple[str, str]:
    """Where a work stands in the list: letters with marks beside those without, as English does."""
    names = " ".join(_last(person) for person in _people(entry)).casefold()
    plain = unicodedata.normalize("NFKD", names.replace("ø", "o").replace("æ", "ae"))
    return "".join(letter for letter in plain if letter.isalpha() or letter == " "), entry.fields["year"]


def _record(entry: Entry) -> Text:
    title, inside = _field(entry, "title"), "journal" in entry.fields or "booktitle" in entry.fields
    if entry.fields.get("langid") == DANISH:
        title = Tag(DANISH, title)
    if not inside and title != Text(NOT_IDENTIFIED):
        title = Tag("em", title)
    if "edition" in entry.fields:
        title = Text(title, " (", _field(entry, "edition"), " edition)")
    who = _listed(_people(entry)) if "author" in entry.persons else _editors(_people(entry))
    parts = [Text(f"{who} ({entry.fields['year']})"), title, _outlet(entry)]
    if "note" in entry.fields:
        parts.append(_field(entry, "note"))
    if "doi" in entry.fields:
        parts.append(Text(HRef(f"https://doi.org/{entry.fields['doi']}", f"DOI {entry.fields['doi']}"), "."))
    if "url" in entry.fields:
        parts.append(Text(HRef(entry.fields["url"], "Public page"), "."))
    return Text(" ").join(part.add_period() for part in parts if part)


def _outlet(entry: Entry) -> Text:
    fields = entry.fields
    if "journal" in fields:
        number = f"({fields['number']})" if "number" in fields else ""
        pages = f": {fields['pages'].replace('--', '–')}" if "pages" in fields else ""
        volume = f" {fields['volume']}" if "volume" in fields else ""
        return Text(Tag("em", _field(entry, "journal")), f"{volume}{number}{pages}")
    where = [_field(entry, name) for name in ("address", "publisher", "institution") if name in fields]
    place = Text(": ").join(where)
    if "month" in fields:
        place = Text(place, ", ", _field(entry, "month"), f" {fields['year']}")
    if "booktitle" not in fields:
        return place
    by = f"{_editors(entry.persons['editor'])}, " if "editor" in entry.persons else ""
    book = Text("In ", by, Tag("em", _field(entry, "booktitle"))).add_period()
    return Text(book, " ", place) if where else book


def _people(entry: Entry) -> list[Person]:
    return entry.persons.get("author") or entry.persons.get("editor") or []


def _listed(people: list[Person]) -> str:
    return "; ".join("and others" if _last(person) == "others" else _full(person) for person in people)


def _editors(people: list[Person]) -> str:
    return f"{_listed(people)}, {'editor' if len(people) == 1 else 'editors'}"


def _last(person: Person) -> str:
    return _plain(" ".join([*person.prelast_names, *person.last_names]))


def _full(person: Person) -> str:
    first = " ".join([*person.first_names, *person.middle_names])
    return f"{_last(person)}, {_plain(first)}" if first else _last(person)


def _field(entry: Entry, name: str) -> Text:
    return Text.from_latex(entry.fields[name])


def _plain(latex: str) -> str:
    return str(Text.from_latex(latex))
