"""What the companion, its pages and its figures' data are, in the words of schema.org, for machines."""

from __future__ import annotations

from collections.abc import Mapping

from surveybook.disseminate.citing import TEXT_LICENCE, Companion
from surveybook.disseminate.figure_markup import FIGURES, script_json

SIMULATED = "Simulated, not observed."


def book_data(companion: Companion, address: str) -> dict:
    """The companion as structured data, based on the article, which stands in it as a work of its own."""
    return {
        "@type": ["WebSite", "Book"],
        "@id": address,
        "name": companion.title,
        "author": {"@type": "Thing", "name": companion.makers},
        "license": TEXT_LICENCE,
        "version": companion.version,
        "datePublished": companion.released,
        "isAccessibleForFree": True,
        "isBasedOn": article_data(companion),
    }


def article_data(companion: Companion) -> dict:
    """The article as structured data, with its own authors."""
    article = companion.article
    volume = {
        "@type": "PublicationVolume",
        "volumeNumber": article.volume,
        "isPartOf": {"@type": "Periodical", "name": article.journal},
    }
    return {
        "@type": "ScholarlyArticle",
        "@id": article.address,
        "url": article.address,
        "name": article.title,
        "author": [
            {"@type": "Person", "givenName": given, "familyName": family} for given, family in article.authors
        ],
        "datePublished": article.year,
        "isPartOf": {"@type": "PublicationIssue", "issueNumber": article.issue, "isPartOf": volume},
    }


def page_data(companion: Companion, home: str, address: str, title: str) -> dict:
    """A page of the companion as structured data."""
    return {
        "@type": "Chapter",
        "@id": address,
        "name": title,
        "license": TEXT_LICENCE,
        "isAccessibleForFree": True,
        "isPartOf": {"@type": "Book", "@id": home, "name": companion.title},
    }


def dataset_data(companion: Companion, name: str, figure: Mapping, to_root: str, address: str = "") -> dict:
    """A figure's data as structured data: what they rest on, and their file; never a simulated number."""
    # The base of an open figure tells what the replicates give.
    said = [SIMULATED, figure["rests"]] if figure["open"] else [figure["rests"], figure["base"]]
    # What was made up is based on nothing, and observed answers are their givers'.
    of_article = not figure["open"] and f"as printed by {companion.article.authors[0][1]}" in figure["caption"]
    return {
        "@type": "Dataset",
        "@id": f"{address}#figure-{name}",
        "name": figure["title"],
        "description": " ".join(part for part in said if part),
        "isAccessibleForFree": True,
        "publisher": {"@type": "Thing", "name": companion.makers},
        **({"isBasedOn": companion.article.address} if of_article else {}),
        "distribution": {
            "@type": "DataDownload",
            "encodingFormat": "text/csv",
            "contentUrl": f"{to_root}{FIGURES}/{name}.csv",
        },
    }


def script_of(content: dict) -> str:
    """The element that holds it: JSON that cannot end its script element or open another."""
    return f'<script type="application/ld+json">{script_json(content)}</script>'
