"""What the companion is called, who made it, and how it, a figure of it and the article are cited.

``CITATION.cff`` is the one place of these facts; everything else reads them from here.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from surveybook.core.errors import SurveybookError

CITATION = "CITATION.cff"
NEEDED = ("title", "authors", "version", "date-released", "references")
TEXT_LICENCE = "https://creativecommons.org/licenses/by/4.0/"  # of prose and figures; code has its own


@dataclass(frozen=True)
class Article:
    """The article that the companion stands beside: another work, by other people.

    ``authors`` are pairs of given names and family name.
    """

    title: str
    authors: tuple[tuple[str, str], ...]
    journal: str
    volume: str
    issue: str
    year: str
    address: str


@dataclass(frozen=True)
class Companion:
    """The facts of this companion; ``released`` is the date of its version, as 2026-11-23."""

    title: str
    makers: str
    version: str
    released: str
    article: Article

    @property
    def year(self) -> str:
        """The year of its version."""
        return self.released[:4]


def read_companion(file: Path) -> Companion:
    """Read ``CITATION.cff``.

    Raises
    ------
    SurveybookError
        The file is missing, is no YAML, or lacks a fact.
    """
    if not file.is_file():
        raise SurveybookError("a file of the book is missing", file=file, expected="title, makers, version and date")
    try:
        facts = yaml.safe_load(file.read_text(encoding="utf-8"))
        missing = [key for key in NEEDED if not facts.get(key)]
        if missing:
            raise SurveybookError("the citation lacks a fact", file=file, column=missing[0], expected="a value")
        work = facts["references"][0]
        return Companion(
            title=facts["title"],
            makers=", ".join(author["name"] for author in facts["authors"]),
            version=str(facts["version"]),
            released=datetime.date.fromisoformat(str(facts["date-released"])).isoformat(),
            article=Article(
                title=work["title"],
                authors=tuple((author["given-names"], author["family-names"]) for author in work["authors"]),
                journal=work["journal"],
                volume=str(work["volume"]),
                issue=str(work["issue"]),
                year=str(work["year"]),
                address=work["url"],
            ),
        )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise SurveybookError(
            "the citation cannot be read",
            file=file,
            got=f"{type(error).__name__}: {error}".splitlines()[0],
            expected="the Citation File Format 1.2.0, with the article as its first reference",
        ) from None


def checked_site_url(address: object) -> str:
    """Return the public address of the site, empty where it has none.

    Raises
    ------
    SurveybookError
        It is no https address that ends in a slash.
    """
    if address in ("", None):
        return ""
    if not isinstance(address, str) or not re.fullmatch(r"https://[^\s/?#\"'<>]+(/[^\s?#\"'<>]*)?/", address):
        raise SurveybookError(
            "the public address of the site is not one",
            file="_config.yml",
            column="site_url",
            got=address,
            expected="empty, or an address such as https://example.org/companion/",
        )
    return address


def cite_article(article: Article) -> str:
    """Cite the article in one line of text."""
    names = [f"{family}, {' '.join(f'{name[0]}.' for name in given.split())}" for given, family in article.authors]
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, and {names[-1]}"
    place = f"{article.journal}, {article.volume}({article.issue})"
    return f"{who} ({article.year}). {article.title}. {place}. {article.address}"


def cite_companion(companion: Companion, address: str = "") -> str:
    """Cite the companion in one line of text."""
    return f"{companion.makers} ({companion.year}). {companion.title}, version {companion.version}. {address}".strip()


def cite_text(about: Mapping, address: str, companion: Companion) -> str:
    """Cite a figure in one line of text, with what it rests on.

    ``about`` is what is said of the figure, ``address`` its page, public or as a path in the site.
    """
    inside = f"In: {companion.title}, version {companion.version}"
    where = f"{address}#figure-{about['id']}"
    # A made-up figure is cited as an example of what is not known, and so that nobody takes it for a finding.
    title = f"{about['title']} (made-up examples, not a finding)" if about.get("open") else about["title"]
    return f'{companion.makers} ({companion.year}). "{title}". {inside}. {where}. {about["rests"]}'


def bibtex_article(article: Article) -> str:
    """The article's record for a reference manager."""
    fields = {
        "author": " and ".join(f"{family}, {given}" for given, family in article.authors),
        "title": f"{{{_tex(article.title)}}}",
        "journal": _tex(article.journal),
        "volume": article.volume,
        "number": article.issue,
        "year": article.year,
        "url": article.address,
    }
    return _bibtex("article", f"{article.authors[0][1].lower()}{article.year}", fields)


def bibtex_companion(companion: Companion, address: str = "") -> str:
    """The companion's record for a reference manager, which sends whoever wants the findings to the article."""
    note = f"Independent companion; for the findings cite\n    {companion.article.address}"
    fields = {
        "author": f"{{{_tex(companion.makers)}}}",
        "title": f"{{{_tex(companion.title)}}}",
        "year": companion.year,
        "version": companion.version,
        "url": address,
        "note": note,
    }
    return _bibtex("misc", f"companion{companion.year}", fields)


def _bibtex(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text)
