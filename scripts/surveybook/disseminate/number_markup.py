"""A number's markup: as a chapter keeps it, and as a page shows it, with its card beside the text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape, unescape

from surveybook.disseminate.number_cards import Card

NUMBER = re.compile(r'<span class="sb-number" data-status="([\w-]+)" data-card="([^"]*)">([^<]*)</span>')


def number_html(text: str, status: str, card: Card) -> str:
    """Write a number as a chapter keeps it: any page may paste it, so its card is within."""
    kept = json.dumps([card.rows, card.links], ensure_ascii=False, separators=(",", ":"))
    return f'<span class="sb-number" data-status="{status}" data-card="{escape(kept)}">{escape(text)}</span>'


def read_number(markup: str) -> tuple[str, str, Card] | None:
    """Read a number as a chapter keeps it: text, status, card; None for other markup."""
    found = NUMBER.fullmatch(markup.strip())
    if found is None:
        return None
    status, kept, text = found.groups()
    rows, links = json.loads(unescape(kept))
    return unescape(text), status, Card(tuple(map(tuple, rows)), tuple(map(tuple, links)))


def link_html(text: str, status: str, card: Card, name: str, to_root: str) -> str:
    """Write a number as a page shows it: a link to its claim, which a script makes open its card."""
    address = escape(to_root + card.links[0][1])
    return f'<a class="sb-number" data-status="{status}" href="{address}" data-card="{name}">{escape(text)}</a>'


def card_html(name: str, heading: str, rows: Sequence[tuple[str, str]], links: Sequence[tuple[str, str]]) -> str:
    """Write a card; it is hidden until a script opens it. ``links`` are texts and addresses from the page."""
    told = "".join(f"<dt>{escape(key)}</dt><dd>{escape(text)}</dd>" for key, text in rows)
    led = "".join(f'<a href="{escape(address)}">{escape(text)}</a> ' for text, address in links)
    return (
        f'<div class="sb-about" id="{name}" popover role="dialog" aria-labelledby="{name}-of" tabindex="-1">'
        f'<p class="sb-about-value" id="{name}-of">{escape(heading)}</p>'
        f'<p class="sb-about-links">{led.rstrip()}</p><dl>{told}</dl></div>'
    )
