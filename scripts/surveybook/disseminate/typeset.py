"""Turn the pages of the built site into the source of a printed book, and that into a PDF.

The source is Typst code that holds every text as a string literal, so that nothing that comes from
data can be markup or code. How things look is said in ``assets/book.typ`` alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import typst
from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

from surveybook.core.errors import SurveybookError
from surveybook.disseminate.chart_style import ACCENT, BAND, INK, LAND, PAPER, QUIET, RANGE, SHORE

LAYOUT = Path(__file__).parent / "assets" / "book.typ"
FONT = "Libertinus Serif"  # of the fonts that the typesetter brings, the one for text; so for pictures too
SPACES = "\n\u00a0\u2009\u200b\u202f"  # what Python does not call printable, and a page may hold
UNDRAWN = re.compile(r'the text `"(.*?)"` could not be displayed')
LAST_LATIN = 0x17F  # all fonts have the letters up to here
TEXT_FILES = (".typ", ".svg")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = {"address", "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "hr", "li", "ol", "p"}
BLOCKS |= {"pre", "section", "summary", "table", "ul", "article", "svg", *HEADINGS}
# Code, what only the screen needs, and what stands elsewhere in the print.
LEFT_OUT = (
    ".headerlink, script, style, button, caption, .cell_input, details.hide, .toctree-wrapper, "
    ".sb-hidden, .sb-screen, .sb-files, .sb-get, details.sb-table, .sb-about, div.sb-about-cards"
)
CALLS = {"em": "emph", "i": "emph", "strong": "strong", "b": "strong", "sup": "super", "sub": "sub"}
CALLS |= {"blockquote": "quoted", "pre": "listing"}
CLASS_CALLS = {
    "sb-false": "doubtful",
    "sb-box-title": "box-title",
    "sb-card-title": "box-title",
    "sb-mark": "remark",
    "sb-people": "remark",
    "sb-note": "remark",
    "sb-status": "remark",
    "sb-places-note": "remark",
    "sb-place-mark": "strong",
    "citation": "record",
    "edition-note": "boxed",
    "admonition": "boxed",
    "admonition-title": "note-title",
}
STEPS = ("sb-end", "sb-through")  # the parts of a proposed link, which the page puts under each other
ENTRY_COLUMNS = 8  # a table of so many columns is no longer legible beside each other on paper
LONG_WORD = 20  # a longer one, such as a file's name, may be broken in a table
# The page's style sheet colours what is drawn in it, the map and the key of a chart; a picture in print has its
# colours in itself. Widths are the drawing's.
DRAWN_STYLE = f"""<style>
.sb-map-land path {{ fill: {LAND}; stroke: {SHORE}; stroke-width: 1.5px }}
.sb-map-inset {{ fill: none; stroke: {SHORE}; stroke-width: 3px; stroke-dasharray: 9 9 }}
.sb-map-shape {{ fill: {ACCENT}; stroke: {INK}; stroke-width: 4px }}
.sb-map-leader {{ fill: none; stroke: {INK}; stroke-width: 3px }}
.sb-map-dot {{ fill: {PAPER}; stroke: {ACCENT}; stroke-width: 5px }}
.sb-map-text {{ fill: {INK}; font-size: 38px; font-weight: 600 }}
.sb-swatch {{ fill: none; stroke: {INK}; stroke-width: 1.5px }}
.sb-swatch-dot {{ fill: {ACCENT}; stroke: none }}
.sb-swatch-drawn {{ stroke-width: 2px }}
.sb-swatch-interval {{ stroke: {ACCENT}; stroke-width: 3px }}
.sb-swatch-differ {{ stroke: {RANGE}; stroke-width: 10px }}
.sb-swatch-bound {{ stroke: {QUIET}; stroke-width: 1px }}
.sb-swatch-band {{ stroke-width: 2px }}
.sb-swatch-hatch {{ stroke: {BAND}; stroke-width: 14px }}
.sb-swatch-bar {{ stroke: {ACCENT}; stroke-width: 14px }}
.sb-swatch-hatch {{ stroke-dasharray: 2 4 }}
</style>"""


@dataclass(frozen=True)
class Page:
    """A page of the book: its path in the site, its depth in the contents from 1, and its part's caption."""

    path: str
    depth: int = 1
    part: str = ""


def make_pdf(files: dict[str, bytes]) -> bytes:
    """Compile a book to a tagged PDF (PDF/UA-1): no date, and only the fonts the typesetter brings.

    A character that these fonts do not have becomes U+FFFD.

    Raises
    ------
    SurveybookError
        The typesetter refuses the book, or warns.
    """
    settings = {"ignore_system_fonts": True, "timestamp": 0, "pdf_standards": ["ua-1"]}
    try:
        pdf, warnings = typst.compile_with_warnings(files, **settings)
    except typst.TypstError as error:
        drawable = _without_undrawn(files, str(error))
        if drawable != files:
            return make_pdf(drawable)
        raise SurveybookError("the book could not be typeset", got=str(error), expected="a PDF") from None
    if warnings:
        raise SurveybookError("the typesetter warns", got=warnings[0].message, expected="no warnings")
    return pdf


def _without_undrawn(files: dict[str, bytes], refusal: str) -> dict[str, bytes]:
    """The files without the characters that the typesetter says it has no font for."""
    named = UNDRAWN.search(refusal)
    lost = {ord(char): "\ufffd" for char in named[1] if ord(char) > LAST_LATIN} if named else {}
    return {
        name: content.decode().translate(lost).encode() if name.endswith(TEXT_FILES) else content
        for name, content in files.items()
    }


def typeset_book(site: Path, pages: Sequence[Page], *, author: str, language: str) -> dict[str, bytes]:
    """Return the files of a book for the typesetter, by name: its source, its layout and its pictures.

    The first of ``pages`` is the landing page: its title, subtitle and notes make the title page.
    """
    articles = {page.path: _read_article(site / page.path) for page in pages}
    targets = _targets(articles)
    pictures: dict[str, bytes] = {}
    setters = [_Setter(page, articles[page.path], site, targets, pictures) for page in pages]
    front = setters[0].take_front()
    parts = {page.part for page in pages}
    title = _words(articles[pages[0].path].find("h1"))
    settings = {"title": literal(title), "author": literal(author), "language": literal(language)}
    if any(article.select_one(".sb-open") for article in articles.values()):
        settings["made-up"] = "true"
    lines = [
        '#import "book.typ": *',
        f"#show: book.with({_named(settings | front)})",
        *(f"#{line}" for setter in setters for line in setter.chapter(parts)),
    ]
    source = "\n".join(lines) + "\n"
    # What is not printed, such as a place on the map, has its page.
    for missing in {one for setter in setters for one in setter.wanted} - {one for s in setters for one in s.placed}:
        source = source.replace(f"inner({literal(missing)}, ", f"inner({literal(missing.partition('#')[0])}, ")
    return {"main.typ": source.encode(), "book.typ": LAYOUT.read_bytes(), **pictures}


def literal(text: str) -> str:
    """Write a text as a string literal of Typst; a character without a shape becomes U+FFFD."""
    shown = "".join(char if char.isprintable() or char in SPACES else "\ufffd" for char in text)
    escaped = shown.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _joined(parts: Iterable[str]) -> str:
    """One expression of the content that several make."""
    parts = [part for part in parts if part]
    if len(parts) == 1:
        return parts[0]
    return "{" + "; ".join(parts) + "}" if parts else ""


def _named(settings: dict[str, str]) -> str:
    return ", ".join(f"{key}: {value or 'none'}" for key, value in settings.items())


def _array(items: Iterable[str]) -> str:
    return "(" + "".join(f"{item or 'none'}, " for item in items) + ")"


def _words(element: Tag) -> str:
    return " ".join(element.get_text().split())


def _read_article(file: Path) -> Tag:
    article = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser").select_one("article.bd-article")
    if article is None:
        raise SurveybookError("a page has no article", file=file, expected="an element article.bd-article")
    for element in article.select(".headerlink"):
        element.decompose()
    article.smooth()
    return article


def _targets(articles: dict[str, Tag]) -> dict[str, str]:
    """What a link may lead to, by path and name; a page's own heading is the page."""
    targets = {}
    for path, article in articles.items():
        targets[path] = path
        gone = {id(inside) for element in article.select(LEFT_OUT + ", svg") for inside in element.find_all(True)}
        for element in article.find_all(id=True):
            if id(element) not in gone and not element.find_parent("svg"):
                targets.setdefault(f"{path}#{element['id']}", f"{path}#{element['id']}")
        first = article.find("section")
        if first is not None and first.get("id"):
            targets[f"{path}#{first['id']}"] = path
    return targets


class _Setter:
    """Typesets one page, and gathers the notes to its numbers."""

    def __init__(self, page: Page, article: Tag, site: Path, targets: dict[str, str], pictures: dict[str, bytes]):
        self.page, self.article, self.site = page, article, site
        self.targets, self.pictures = targets, pictures
        self.about = {card["id"]: card for card in article.select(".sb-about[id]")}
        self.notes: dict[str, int] = {}  # the content of each note, and its number
        self.told: set[str] = set()  # addresses that the page has printed
        self.wanted: set[str] = set()  # what its links lead to
        self.placed: set[str] = set()  # what a link can lead to
        self.lift = page.depth - 1 + bool(page.part)

    def take_front(self) -> dict[str, str]:
        """Take subtitle and important notes of the landing page out of it, for the title page."""
        first = self.article.select_one("h1 + p")
        alone = first is not None and [c.name for c in first.children if str(c).strip()] == ["em"]
        front = {"subtitle": literal(_words(first)) if alone else ""}
        if alone:
            first.decompose()
        notes = self.article.select(".admonition.important")
        front["notice"] = _joined(self.block(note) for note in notes)
        for note in notes:
            note.decompose()
        self.article.smooth()  # white space where an element was taken out
        self.told.clear()
        return front

    def chapter(self, open_parts: set[str]) -> list[str]:
        """Return the calls that make the page; a part is opened by the first of its pages."""
        lines = []
        if self.page.part and self.page.part in open_parts:
            open_parts.discard(self.page.part)
            lines.append(f"part({literal(self.page.part)})")
        lines += [part for part in (self.any(child) for child in self.article.children) if part]
        if self.notes:
            lines.append(f"number-notes({self.lift + 2}, {literal(self.page.path)}, {_array(self.notes)})")
        return lines

    # Content, whatever stands in it.

    def inside(self, element: Tag) -> str:
        return _joined(self.any(child) for child in element.children)

    def unwrapped(self, element: Tag) -> str:
        """The content of a list's item, whose first paragraph stands beside its mark."""
        first = element.find(True, recursive=False)
        if first is None or first.name != "p" or first.get("class"):
            return self.inside(element)
        rest = [self.any(child) for child in element.children if child is not first]
        return _joined([self.at(first, self.inside(first)), *rest])

    def any(self, node) -> str:
        if isinstance(node, NavigableString):
            return "" if isinstance(node, PreformattedString) else self.text(node)
        return "" if node.css.match(LEFT_OUT) else self.block(node)

    def text(self, node: NavigableString) -> str:
        """A text with its white space as a browser shows it: single, and none at the edges of a block."""
        text = re.sub(r"[ \t\r\n\f]+", " ", node)
        if not text.strip(" ") and any(_is_edge(beside) for beside in (node.previous_sibling, node.next_sibling)):
            return ""
        if _is_edge(node.previous_sibling) and _is_block(node.parent):
            text = text.lstrip(" ")
        if _is_edge(node.next_sibling) and _is_block(node.parent):
            text = text.rstrip(" ")
        return literal(text) if text else ""

    def block(self, element: Tag) -> str:
        """The expression of an element by its name and class; of one that is not known, its content."""
        classes = element.get("class", [])
        if element.name in HEADINGS:
            return self.heading(element)
        if "sb-number" in classes:
            return self.number(element)
        if element.name == "a":
            return self.link(element)
        special = {"figure": self.figure, "table": self.table, "dl": self.terms, "ul": self.items, "ol": self.items}
        special |= {"img": self.image, "svg": self.drawing, "code": self.code, "pre": self.code}
        if element.name == "br":
            return "linebreak()"
        if element.name in special:
            return special[element.name](element)
        if "sb-open" in classes:
            return self.open_figure(element)
        if "sb-boxes" in classes:
            return f"boxes({_array(self.at(box, self.inside(box)) for box in element.find_all(recursive=False))})"
        if any(step in classes for step in STEPS):
            return self.step(element)
        content = self.at(element, self.inside(element))
        if not content:
            return ""
        call = next((CLASS_CALLS[name] for name in classes if name in CLASS_CALLS), CALLS.get(element.name, ""))
        content = f"{call}({content})" if call else content
        return f"para({content})" if element.name == "p" else content

    def at(self, element: Tag, content: str) -> str:
        """Content that a link can lead to, where its element has a name."""
        label = f"{self.page.path}#{element.get('id')}"
        if not content or element.name == "section" or self.targets.get(label) != label:
            return content
        return _joined([self.anchor(label), content])

    def anchor(self, label: str) -> str:
        self.placed.add(label)
        return f"anchor({literal(label)})"

    def heading(self, element: Tag) -> str:
        section = element.find_parent("section")
        label = f"{self.page.path}#{section['id']}" if section is not None and section.get("id") else ""
        level, content = HEADINGS.index(element.name) + 1 + self.lift, self.inside(element)
        if element.name == "h1":
            self.placed.add(self.page.path)
            return f"chapter({level}, {literal(self.page.path)}, {literal(_words(element))}, {content})"
        own = section is not None and section.find(HEADINGS) is element and self.targets.get(label) == label
        if own:
            self.placed.add(label)
        return f"titled({level}, {literal(label) if own else 'none'}, {content})"

    def link(self, element: Tag) -> str:
        address, content = element.get("href", ""), self.at(element, self.inside(element))
        if not content:
            return ""
        if address.startswith(("https://", "http://", "mailto:")):
            told = re.sub(r"^https?://(doi\.org/)?|^mailto:", "", address) in _words(element)
            seen = told or address in self.told or element.find_parent("table")
            self.told.add(address)
            return f"outer({literal(address)}, {content}, print: {'false' if seen else 'true'})"
        path, _, name = address.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.page.path), path)) if path else self.page.path
        target = self.targets.get(f"{path}#{name}" if name else path)
        if target is None:
            return content
        self.wanted.add(target)
        return f"inner({literal(target)}, {content})"

    def number(self, element: Tag) -> str:
        """A pasted number with the number of its note; the same explanation has one note in a chapter."""
        text = literal(_words(element))
        card = self.about.get(element.get("data-card", ""))
        if card is None:
            return text
        about = self.card(card)
        first = about not in self.notes
        at = self.notes.setdefault(about, len(self.notes) + 1)
        return f"number({text}, {literal(self.page.path)}, {at}, first: {'true' if first else 'false'})"

    def card(self, card: Tag) -> str:
        """The explanation of a number on one line: its value, and each thing that is said of it."""
        value = card.select_one(".sb-about-value")
        known = _words(value) if value is not None else ""
        parts = [f"strong({literal(known)})", '". "'] if known else []
        for name in card.select("dt"):
            said = name.find_next_sibling("dd")
            text = _words(said) if said is not None else ""
            if text and text != known:
                end = " " if text[-1] in ".?!" else ". "
                parts += [f"emph({literal(_words(name) + ': ')})", literal(text + end)]
        return _joined(parts)

    def step(self, element: Tag) -> str:
        call = "strong" if "sb-end" in element["class"] else ""
        content = self.inside(element)
        return _joined([f"{call}({content})" if call else content, '" "']) if content else ""

    # Lists, figures, tables and pictures.

    def items(self, element: Tag) -> str:
        items = [self.at(item, self.unwrapped(item)) for item in element.find_all("li", recursive=False)]
        items = [item for item in items if item]
        if not items:
            return ""
        if "sb-cards" in element.get("class", []):
            return f"boxes({_array(items)})"
        if "sb-keys" in element.get("class", []):
            return f"keys({_array(items)})"
        if element.find_parent(class_="sb-links") or "sb-examples" in element.get("class", []):
            return f"lines({_array(items)})"
        return f"{'enum' if element.name == 'ol' else 'list'}({', '.join(items)})"

    def terms(self, element: Tag) -> str:
        pairs = []
        for term in element.find_all("dt", recursive=False):
            said = term.find_next_sibling("dd")
            content = self.unwrapped(said) if said is not None else ""
            pairs.append(f"terms.item({self.at(term, self.inside(term))}, {content or 'none'})")
        return f"terms({', '.join(pairs)})" if pairs else ""

    def code(self, element: Tag) -> str:
        return f"raw({literal(element.get_text())}, block: {'true' if element.name == 'pre' else 'false'})"

    def figure(self, element: Tag, mark: str = "", title: str = "") -> str:
        """A figure: its title, what it rests on, its picture, page elements or table, and its caption."""
        title_element = element.select_one(".sb-title")
        if title_element is not None:
            title = literal(_words(title_element))
        captions = element.select("figcaption p, .sb-caption p")
        plain = [p for p in captions if not {"sb-title", "sb-rests", "sb-false"} & set(p.get("class", []))]
        shown = element.find(["div", "img", "table"], class_=lambda name: name not in ("sb-caption",))
        named = {
            "title": title,
            "rests": _joined(self.inside(p) for p in element.select(".sb-rests")),
            "doubt": _joined(self.block(p) for p in element.select("p.sb-false")),
            "caption": _joined(f"para({self.inside(p)})" for p in plain),
            "mark": mark,
            "whole": "true" if element.select_one(".sb-chart") is not None else "false",
        }
        body = _joined(self.any(part) for part in (shown, element.select_one(".sb-keys")) if part is not None)
        # Paper has no pointer to ask a chart for its numbers; those of what is made up are not worth the room.
        table = element.select_one(".sb-chart ~ details.sb-table table")
        named["table"] = self.table(table) if table is not None and not mark else ""
        label = f"{self.page.path}#{element.get('id')}"
        named["anchored"] = self.anchor(label) if self.targets.get(label) == label else ""
        return f"figured({body or 'none'}, {_named(named)})"

    def open_figure(self, element: Tag) -> str:
        """A figure of what only real answers could tell, marked as on the page, where it is folded."""
        summary, figure = element.find("summary"), element.find("figure")
        mark = summary.select_one(".sb-open-mark")
        words = _words(mark) if mark is not None else ""
        title = _words(summary).removeprefix(words).strip()
        return self.figure(figure, literal(words.removesuffix(":")), literal(title))

    def table(self, element: Tag) -> str:
        for text in element.find_all(string=True):
            text.replace_with(_breakable(text))
        rows = [row.find_all(["th", "td"], recursive=False) for row in element.find_all("tr")]
        cells = [_array(self.at_row(row, cell) for cell in row) for row in rows]
        entries = "sb-entries" in element.get("class", []) or len(rows[0]) >= ENTRY_COLUMNS
        return f"{'entries' if entries else 'rows'}({len(rows[0])}, {_array(cells)})"

    def at_row(self, row: Sequence[Tag], cell: Tag) -> str:
        content = self.inside(cell)
        return self.at(cell.parent, content) if cell is row[0] else content

    def image(self, element: Tag) -> str:
        """A picture of the site as it is; a chart without the title in it, where there is such a file."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.page.path), element["src"]))
        plain = path.removesuffix(".svg") + ".plain.svg"
        file = self.site / (plain if (self.site / plain).is_file() else path)
        if file.suffix != ".svg":
            self.pictures[path] = file.read_bytes()
            return f"image({literal(path)}, alt: {literal(element.get('alt', ''))})"
        narrow = element.find_parent(class_="sb-open") is not None
        return self.picture(path, file.read_text(encoding="utf-8"), element.get("alt", ""), narrow)

    def drawing(self, element: Tag) -> str:
        """A picture that is drawn in the page, such as the map or a mark of a chart's key."""
        element["xmlns"], element["font-family"] = "http://www.w3.org/2000/svg", FONT
        svg = str(element).replace("viewbox=", "viewBox=", 1)  # the parser writes all names small
        svg = svg.replace(">", f">{DRAWN_STYLE}", 1)
        if "sb-swatch" in element.get("class", []):
            name = f"{'-'.join(element['class'])}-{sha256(svg.encode()).hexdigest()[:12]}.svg"
            self.pictures[name] = svg.encode()
            return f"swatch({literal(name)})"
        return self.picture(f"drawing-{len(self.pictures) + 1}.svg", svg, element.get("aria-label", ""), narrow=True)

    def picture(self, name: str, svg: str, alt: str, narrow: bool = False) -> str:
        self.pictures[name] = re.sub(r'font-family="[^"]*"', f'font-family="{FONT}"', svg).encode()
        return f"picture({literal(name)}, {literal(alt)}, narrow: {'true' if narrow else 'false'})"


def _breakable(text: str) -> str:
    """Let a long word of a table break after its signs."""
    return re.sub(rf"\S{{{LONG_WORD},}}", lambda word: re.sub(r"(?<=[/_.\-])(?=\w)", "\u200b", word[0]), text)


def _is_block(node) -> bool:
    return isinstance(node, Tag) and node.name in BLOCKS | {"td", "th"}


def _is_edge(node) -> bool:
    return node is None or _is_block(node)
