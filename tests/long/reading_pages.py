"""Read what chapters ask for, and what the built pages show of it."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup

GLUE = re.compile(r"\{glue\}`([^`]+)`")
WHILE = re.compile(r"<!--\s*while:\s*vive\s+(\w+)\s*-->")
WORDS = ("-rests", "-bases")  # pasted sentences, which are no numbers
SETTINGS = ("-level", "-points", "-replicates")  # what the edition sets or makes
COUNTS = "claims-"  # and what it counts
GROUPS = ("role", "field", "region")  # what show_breakdowns shows where answers are real

CHARTS, PANELS = "figure.sb-figure:not(.sb-wide)", "figure.sb-wide"


class Call(NamedTuple):
    """A figure that a chapter asks for."""

    chapter: str
    kind: str
    item: str
    items: tuple[str, ...]
    words: dict[str, str]


class Pasted(NamedTuple):
    """A number in a sentence: its page and key, and what its card says of it."""

    page: str
    key: str
    status: str
    text: str
    card: dict[str, str]
    links: dict[str, str]

    @property
    def of_edition(self) -> bool:
        """Whether it counts or sets something of the edition, and rests on no answer."""
        return self.key.startswith(COUNTS) or self.key.endswith(SETTINGS)


class Read(NamedTuple):
    """A figure as the page, its files and its chart show it."""

    name: str
    page: str
    title: str
    rests: str
    caption: str
    alt: str
    table: list[list[str]]
    spec: dict
    page_chart: dict | None
    view: tuple[str, str, str] | None
    lines: list[str]
    downloaded: list[list[str]]
    picture: str

    @property
    def rows(self) -> list[dict]:
        """The rows of the chart: the one dataset whose every datum has a label; a timeline has two."""
        found = [rows for rows in self.spec["datasets"].values() if all("label" in row for row in rows)]
        assert len(found) == (2 if self.table[0][:2] == ["Date", "What"] else 1), self.name
        return [row for rows in found for row in rows]


def words_of(element) -> str:
    return " ".join(element.get_text(" ").split())


def _cells(path: Path) -> Iterator[tuple[str, str]]:
    if path.suffix == ".md":
        yield "markdown", path.read_text(encoding="utf-8")
        return
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        yield cell["cell_type"], "".join(cell["source"])


def _pages(folder: Path) -> list[Path]:
    return [folder / "index.md", *sorted([*folder.glob("chapters/**/*.md"), *folder.glob("chapters/**/*.ipynb")])]


def calls_of(folder: Path) -> list[Call]:
    """Every figure that the chapters ask for, with its arguments that are written out."""
    found = []
    for path in _pages(folder):
        for kind, source in _cells(path):
            if kind != "code":
                continue
            for node in ast.walk(ast.parse(source)):
                name = getattr(getattr(node, "func", None), "id", "")
                if not name.startswith("figure_") and name != "show_breakdowns":
                    continue
                last = node.args[-1] if node.args else None
                texts = [e.value for e in last.elts] if isinstance(last, ast.List) else []
                item = last.value if isinstance(last, ast.Constant) else ""
                words = {w.arg: w.value.value for w in node.keywords if isinstance(w.value, ast.Constant)}
                call = Call(path.stem, name, item, tuple(texts), words)
                found += _broken_down(call) if name == "show_breakdowns" else [call]
    return found


def _broken_down(call: Call) -> Iterator[Call]:
    """The figures that readers choose among, one for each kind of group."""
    stem, title = call.words["figure_id"], call.words["title"]
    for group in GROUPS:
        own = {"by": group, "figure_id": f"{stem}-by-{group}", "title": title.replace("{by}", group), "stem": stem}
        yield call._replace(kind="figure_open", words=call.words | own)


def keys_of(folder: Path, kind: str) -> dict[str, list[str]]:
    """The keys of the numbers that each page pastes, in their order, while rows are of some kind."""
    keys = {}
    for path in _pages(folder):
        lines = [line for cell, text in _cells(path) if cell == "markdown" for line in text.split("\n")]
        kept = [line for line in lines if WHILE.search(line) is None or WHILE.search(line)[1] == kind]
        pasted = [key.rpartition("::")[2] for line in kept for key in GLUE.findall(line)]
        page = path.relative_to(folder).with_suffix(".html").as_posix()
        # where answers are real there is no replicate to count, and its number is a word
        none = WORDS if kind == "simulated" else (*WORDS, "-replicates")
        keys[page] = [key for key in pasted if not key.endswith(none)]
    return keys


def read_numbers(site: Path, keys: dict[str, list[str]]) -> list[Pasted]:
    """Every pasted number of a site, each with its key."""
    found = []
    for page in sorted(site.rglob("*.html")):
        name = page.relative_to(site).as_posix()
        bare = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        links = bare.select("a.sb-number")
        assert len(links) == len(keys.get(name, [])), name
        for key, link in zip(keys.get(name, []), links, strict=True):
            card = bare.select_one(f"div.sb-about#{link['data-card']}")
            assert words_of(card.select_one(".sb-about-value")) == words_of(link), (name, key)
            names, told = ([words_of(one) for one in card.select(kind)] for kind in ("dt", "dd"))
            led = {words_of(one): one["href"] for one in card.select(".sb-about-links a")}
            assert link["href"] in led.values(), (name, key)
            rows = dict(zip(names, told, strict=True))
            found.append(Pasted(name, key, link["data-status"], words_of(link), rows, led))
    return found


def read_figures(site: Path) -> dict[str, Read]:
    """Every figure of a site that is a chart, by name; see ``read_panels`` for those without one."""
    found = {}
    for page in sorted(site.rglob("*.html")):
        for figure in BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select(CHARTS):
            name = figure["id"].removeprefix("figure-")
            file = site / "_static" / "figures" / name
            lines = file.with_suffix(".csv").read_text(encoding="utf-8").splitlines()
            rows = csv.reader(io.StringIO("\n".join(line for line in lines if not line.startswith("# "))))
            chart = figure.select_one("script.sb-spec")
            view = figure if figure.has_attr("data-of") else figure.find_parent(attrs={"data-of": True})
            assert name not in found
            found[name] = Read(
                name=name,
                page=page.name,
                title=words_of(figure.select_one("figcaption .sb-title")),
                rests=words_of(figure.select_one(".sb-rests")),
                caption=words_of(figure.select_one(".sb-caption")),
                alt=figure.img["alt"],
                table=[[words_of(cell) for cell in row.select("th, td")] for row in figure.select("table tr")],
                spec=json.loads(file.with_suffix(".vl.json").read_text(encoding="utf-8")),
                page_chart=chart and json.loads(chart.string),
                view=view and tuple(view[f"data-{key}"] for key in ("of", "view", "label")),
                lines=lines,
                downloaded=list(rows),
                picture=file.with_suffix(".svg").read_text(encoding="utf-8"),
            )
    return found


def read_panels(site: Path) -> dict[str, tuple[str, list[list[str]]]]:
    """Every figure without a chart, by name: its words, and the table that it offers as a file."""
    found = {}
    for page in sorted(site.rglob("*.html")):
        for panel in BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select(PANELS):
            name = panel["id"].removeprefix("figure-")
            lines = (site / "_static" / "figures" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
            rows = csv.reader(io.StringIO("\n".join(line for line in lines if not line.startswith("# "))))
            assert name not in found
            found[name] = words_of(panel), list(rows)
    return found
