"""Read a page element as a browser would, by the standard library's parser alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = ("img", "br", "hr", "input", "meta", "link")


@dataclass
class Element:
    """One element: its name, attributes, and all text in it."""

    name: str
    attributes: dict[str, str | None]
    text: str = ""
    inside: list[Element] = field(default_factory=list)

    def find(self, name: str, **attributes: str) -> list[Element]:
        """All elements of a name, and of some attributes, in this one."""
        found = [] if self.name != name else [self] if self._has(attributes) else []
        return [*found, *(one for child in self.inside for one in child.find(name, **attributes))]

    def every(self) -> list[Element]:
        """This element and all in it."""
        return [self, *(one for child in self.inside for one in child.every())]

    def _has(self, attributes: dict[str, str]) -> bool:
        return all(self.attributes.get(key.rstrip("_")) == value for key, value in attributes.items())


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Element("page", {})]

    def handle_starttag(self, tag, attrs):
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute stands twice in {tag}"
        element = Element(tag, dict(attrs))
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open[-1].name == tag, f"{tag} closes {self.open[-1].name}"
        self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element.text += data


def read_page(html: str) -> Element:
    """Read page elements; whatever is not closed, or closed crosswise, fails."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    (page,) = reader.open
    return page


def ids_of(page: Element) -> list[str]:
    """All ids, in order."""
    return [one.attributes["id"] for one in page.every() if "id" in one.attributes]


def links_of(page: Element) -> list[str]:
    """All addresses of links, in order."""
    return [one.attributes["href"] for one in page.find("a")]


def table_rows(page: Element) -> list[list[str]]:
    """The cells of a page's one table, header first."""
    (table,) = page.find("table")
    return [[cell.text for cell in row.inside] for row in table.find("tr")]
