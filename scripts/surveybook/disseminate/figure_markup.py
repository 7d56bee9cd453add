"""A figure as an element of a page. Everything that comes from data is escaped; nothing of it is markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from surveybook.disseminate.page_chart import PageChart
from surveybook.disseminate.picture import svg_size
from surveybook.disseminate.wording import QUESTIONS_JOINT

FIGURES = "_static/figures"
STACKED_FROM = 2  # a table of more columns does not fit beside each other on a phone
FILES = {"csv": "Data (CSV)", "svg": "Picture (SVG)", "png": "Picture (PNG)", "vl.json": "Chart (Vega-Lite)"}
OPEN_MARK, OPEN_END = "Not known:", "(made-up examples)"
HOW_TO_READ = "How to read this chart"
DOTS = {  # what stands in a key for a mark of one place
    "sb-dot": '<circle cx="12" cy="7" r="5"/>',
    "sb-band": '<path d="M1.5 2H22.5V12H1.5Z"/>',
    "sb-printed": '<path d="M12 1 18 7 12 13 6 7Z"/>',
}


def chart_html(about: Mapping, page: PageChart, plain_svg: str, to_root: str, cite: str = "") -> str:
    """Write a figure with a chart.

    What only real answers could tell is folded, and its chart is not in the page but in a script.

    Parameters
    ----------
    about : mapping
        What is said of the figure (``Figure``).
    plain_svg : str
        The picture of the page, whose size is kept free.
    to_root : str
        From the page to the root of the site: "" or "../" and so on.
    cite : str, optional
        How to cite the figure.
    """
    name, (width, height) = about["id"], map(round, svg_size(plain_svg))
    folded = bool(about.get("open"))
    lazy = ' loading="lazy"' if folded else ""
    content = script_json({"spec": page.spec, "marks": page.marks})
    script = "" if folded else f'<script type="application/json" class="sb-spec">{content}</script>\n'
    shown = f"""<div class="sb-chart" style="min-height:{height}px">\
<img src="{to_root}{FIGURES}/{name}.plain.svg" width="{width}" height="{height}" alt="{escape(about["alt"])}"{lazy}>\
</div>
{_keys_html(page)}{script}"""
    said = zip(("of", "view", "label"), about.get("view", ()), strict=False)
    view = "".join(f' data-{key}="{escape(text)}"' for key, text in said)
    own = "" if folded else view
    figure = _figure_html(about, shown, to_root, list(FILES), cite, folded_table=True, more=own)
    if not folded:
        return figure
    return f"""<details class="sb-open" data-figure="{name}" data-script="{to_root}{FIGURES}/{name}.js"{view}>
<summary><span class="sb-open-mark">{OPEN_MARK}</span> {escape(about["title"])} {OPEN_END}</summary>
{figure}</details>
"""


def panel_html(about: Mapping, markup: str, to_root: str, cite: str = "") -> str:
    """Write a figure without a chart: its page elements, or its table alone.

    ``markup`` stands as it is: whoever makes it escapes what comes from data.
    """
    shown = f'<div class="sb-panel">{markup}</div>\n' if markup else f"{table_html(about, to_root)}\n"
    folded = bool(markup)
    return _figure_html(
        about, shown, to_root, ["csv"], cite, folded_table=folded, folded_caption=False, classes=" sb-wide"
    )


def open_script(about: Mapping, page: PageChart) -> str:
    """The script that a reader's opening of a figure loads: its chart, and what each replicate is.

    A page that was opened from a folder may load a script, but not fetch a data file.
    """
    content = script_json({"spec": page.spec, "marks": page.marks, "draws": about["draws"]})
    return f'(window.surveybookOpen ??= {{}})["{about["id"]}"] = {content};\n'


def script_json(content: object) -> str:
    """JSON that cannot end its script element or open another."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _figure_html(
    about: Mapping,
    shown: str,
    to_root: str,
    files: list[str],
    cite: str,
    *,
    folded_table: bool,
    folded_caption: bool = True,
    classes: str = "",
    more: str = "",
) -> str:
    name = about["id"]
    rests = " ".join(part for part in (about["rests"], about["base"]) if part)
    caption = _caption_html(about)
    if caption and folded_caption:
        caption = f'<details class="sb-how"><summary>{HOW_TO_READ}</summary>\n{caption}</details>'
    table = (
        f'<details class="sb-table"><summary>Show as table</summary>\n{table_html(about, to_root)}</details>\n'
        if folded_table
        else ""
    )
    links = " ".join(f'<a href="{to_root}{FIGURES}/{name}.{end}" download>{FILES[end]}</a>' for end in files)
    said = f'<p class="sb-cite">To cite this figure: {escape(cite)}</p>\n' if cite else ""
    return f"""<figure class="sb-figure{classes}" id="figure-{name}" aria-labelledby="title-{name}"{more}>
<figcaption>{_doubt_html(about)}<p class="sb-title" id="title-{name}">{escape(about["title"])}</p>
<p class="sb-rests">{escape(rests)}</p></figcaption>
{shown}{table}<div class="sb-caption" id="caption-{name}">{caption}</div>
<details class="sb-get"><summary>Link, cite, download</summary>
<p><a href="#figure-{name}">Address of this figure</a></p>
{said}<p class="sb-files">{links}</p>
</details>
</figure>
"""


def _caption_html(about: Mapping) -> str:
    """The caption; where it gives several questions, they are a list."""
    caption, asked = about["caption"], about.get("questions", [])
    before, found, after = caption.partition(QUESTIONS_JOINT.join(asked)) if len(asked) > 1 else (caption, "", "")
    texts = [f"<p>{escape(text)}</p>" for part in (before, after.removeprefix(".")) if (text := part.strip())]
    if found:
        lines = "".join(f"<li><p>{escape(question)}</p></li>" for question in asked)
        texts.insert(1, f'<ul class="sb-asked">{lines}</ul>')
    return "".join(texts)


def _keys_html(page: PageChart) -> str:
    """The key as text; each line begins with what its mark looks like."""
    if not page.keys:
        return ""
    lines = []
    for key in page.keys:
        dash = f' stroke-dasharray="{" ".join(map(str, key.dash))}"' if key.dash else ""
        drawn = DOTS.get(key.style, f'<path d="M0 7H24"{dash}/>')
        style = key.style.replace("sb-", "sb-swatch-")
        swatch = f'<svg class="sb-swatch {style}" viewBox="0 0 24 14" aria-hidden="true">{drawn}</svg>'
        lines.append(f"<li>{swatch} {escape(key.text)}</li>")
    return f'<ul class="sb-keys">{"".join(lines)}</ul>\n'


def table_html(about: Mapping, to_root: str) -> str:
    """Write a table; on a narrow screen its rows stand under each other, so its roles are said outright."""
    links = {(row, column): address for row, column, address in about.get("links", [])}
    anchors = {row: f' id="{escape(name)}"' for row, name in about.get("anchors", [])}
    header, *rows = about["table"]
    wide = len(header) > STACKED_FROM
    roles = {key: f' role="{key}"' if wide else "" for key in ("table", "row", "columnheader", "rowheader", "cell")}

    def cell(row: int, column: int, text: str) -> str:
        inner = escape(text)
        if (row, column) in links:
            inner = f'<a href="{escape(_address(links[row, column], to_root))}">{inner}</a>'
        label = f' data-label="{escape(header[column])}"' if wide else ""
        if column == 0:
            return f'<th scope="row"{roles["rowheader"]}>{inner}</th>'
        return f"<td{roles['cell']}{label}>{inner}</td>"

    head = "".join(f'<th scope="col"{roles["columnheader"]}>{escape(text)}</th>' for text in header)
    body = "".join(
        f"<tr{anchors.get(row, '')}{roles['row']}>" + "".join(cell(row, *at) for at in enumerate(texts)) + "</tr>"
        for row, texts in enumerate(rows, 1)
    )
    # Entries are read one by one at any width.
    stacked = f' class="{"sb-entries" if about.get("entries") else "sb-stacked"}"' if wide else ""
    return f"""<div class="sb-scroll" role="region" aria-label="Table: {escape(about["title"])}" tabindex="0">\
<table{stacked}{roles["table"]}>
<caption><span class="sb-hidden">{escape(about["title"])}</span></caption>
<thead><tr{roles["row"]}>{head}</tr></thead><tbody>{body}</tbody></table></div>"""


def _address(address: str, to_root: str) -> str:
    """An address of another site or of this page as it is; any other is a page of the book, from its root."""
    return address if address.startswith(("https://", "#")) else f"{to_root}{address}"


def _doubt_html(about: Mapping) -> str:
    """The mark of a title that does not hold, which only a draft shows."""
    if not about.get("doubt"):
        return ""
    text = f"Draft: this title does not hold. {about['holds']}; {about['doubt']}"
    return f'<p class="sb-false"><strong>{escape(text)}</strong></p>\n'
