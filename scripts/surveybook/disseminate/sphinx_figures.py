"""Put figures on the page: picture and table first, the live chart when it comes into view.

A Sphinx extension and a renderer for myst-nb. The scripts are served from the site itself, and
a chart's specification stands in the page, since a page opened from a folder may not fetch.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from surveybook.disseminate.figure import PANEL_MIME, VEGALITE_MIME, about_of, csv_text
from surveybook.disseminate.picture import draw_svg, vega_script

ASSETS = Path(__file__).parent / "assets"
FIGURES = "_static/figures"
VEGA_FILE = "_static/surveybook-vega.js"
SVG_METADATA = "surveybook_svg"
STACKED_FROM = 2  # a table of more columns does not fit beside each other on a phone


class FigureRenderer:
    """Turns a figure's output into its page element; a myst-nb ``mime_renderers`` plugin."""

    mime_priority_overrides = [("html", VEGALITE_MIME, 0), ("html", PANEL_MIME, 0)]  # noqa: RUF012  the protocol asks for a list

    @staticmethod
    def handle_mime(renderer, data, inline: bool) -> list[nodes.Element] | None:
        """Return the figure's nodes, or None for an output that is not a figure of ours."""
        about = about_of({data.mime_type: data.content})
        if about is None:
            return None
        app = renderer.renderer.sphinx_env.app
        docname = renderer.renderer.sphinx_env.docname
        _claim(app, about["id"], docname)
        files = Path(app.outdir) / FIGURES
        files.mkdir(parents=True, exist_ok=True)
        (files / f"{about['id']}.csv").write_text(csv_text(about), encoding="utf-8")
        to_root = "../" * docname.count("/")
        if data.mime_type == PANEL_MIME:
            return [nodes.raw("", panel_html(about, data.content["markup"], to_root), format="html")]
        spec = {key: value for key, value in data.content.items() if key != "usermeta"}
        # Staging hands the picture over here; a build by the plain tools has it drawn again.
        svg = data.output_metadata.get(SVG_METADATA) or draw_svg(spec, about["alt"])
        (files / f"{about['id']}.svg").write_text(svg, encoding="utf-8")
        if about.get("open"):
            (files / f"{about['id']}.js").write_text(open_script(about, spec), encoding="utf-8")
        return [nodes.raw("", figure_html(about, spec, svg, to_root), format="html")]


def _claim(app: Sphinx, figure_id: str, docname: str) -> None:
    """Refuse two figures of one name: each has one permanent address."""
    owners = app.env.__dict__.setdefault("surveybook_figures", {})
    if figure_id in owners:
        raise ExtensionError(f"two figures are named {figure_id!r}: in {owners[figure_id]} and in {docname}")
    owners[figure_id] = docname


def _release(app: Sphinx, env, docname: str) -> None:
    """Forget the figures of a page that is read again."""
    owners = env.__dict__.setdefault("surveybook_figures", {})
    for figure_id in [name for name, owner in owners.items() if owner == docname]:
        del owners[figure_id]


def open_script(about: dict, spec: dict) -> str:
    """The script that a reader's opening of a figure loads: its chart, and what each replicate is.

    A page that was opened from a folder may load a script, but not fetch a data file.
    """
    content = _script_json({"spec": spec, "draws": about["draws"]})
    return f'(window.surveybookOpen ??= {{}})["{about["id"]}"] = {content};\n'


def figure_html(about: dict, spec: dict, svg: str, to_root: str) -> str:
    """Write a figure's page element. Everything from data is escaped; nothing is markup.

    What only real answers could tell is folded, and its chart is not in the page but in a script.
    """
    name, width, height = about["id"], *_size(svg)
    files = f"{to_root}{FIGURES}/{name}"
    is_open = about.get("open", False)
    lazy = ' loading="lazy"' if is_open else ""
    chart = "" if is_open else f'<script type="application/json" class="sb-spec">{_script_json(spec)}</script>\n'
    figure = f"""<figure class="sb-figure" id="figure-{name}" aria-labelledby="caption-{name}">
{_doubt_html(about)}<div class="sb-chart"><img src="{files}.svg" width="{width}" height="{height}" \
alt="{escape(about["alt"])}"{lazy}></div>
{chart}{_caption_html(about)}
{_folded_table(about, to_root)}
<p class="sb-files"><a href="{files}.svg" download>Picture (SVG)</a> <a href="{files}.csv" download>Data (CSV)</a></p>
</figure>
"""
    if not is_open:
        return figure
    return f"""<details class="sb-open" data-figure="{name}" data-script="{files}.js">
<summary><span class="sb-open-mark">Not known here; what real answers would show:</span> \
{escape(about["title"])}</summary>
{figure}</details>
"""


def panel_html(about: dict, markup: str, to_root: str) -> str:
    """Write the page element of a figure without a chart: its page elements, or its table alone.

    ``markup`` stands as it is: whoever makes it escapes what comes from data.
    """
    name = about["id"]
    heading = f'<p class="sb-title" id="title-{name}">{escape(about["title"])}</p>'
    shown = f'<div class="sb-panel">{markup}</div>' if markup else _table_html(about, to_root)
    return f"""<figure class="sb-figure sb-wide" id="figure-{name}" aria-labelledby="title-{name}">
{_doubt_html(about)}{heading}
{shown}
{_caption_html(about)}
{_folded_table(about, to_root) if markup else ""}
<p class="sb-files"><a href="{to_root}{FIGURES}/{name}.csv" download>Data (CSV)</a></p>
</figure>
"""


def _caption_html(about: dict) -> str:
    parts = [f'<p class="sb-rests">{escape(" ".join(part for part in (about["rests"], about["base"]) if part))}</p>']
    if about["caption"]:
        parts.append(f"<p>{escape(about['caption'])}</p>")
    return f'<figcaption id="caption-{about["id"]}">' + "\n".join(parts) + "</figcaption>"


def _folded_table(about: dict, to_root: str) -> str:
    return f"""<details class="sb-table"><summary>Show as table</summary>
{_table_html(about, to_root)}</details>"""


def _table_html(about: dict, to_root: str) -> str:
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
    # Rows that can be linked to are entries, to be read one by one at any width.
    stacked = f' class="{"sb-entries" if anchors else "sb-stacked"}"' if wide else ""
    return f"""<div class="sb-scroll" role="region" aria-label="{escape(about["title"])}" tabindex="0">\
<table{stacked}{roles["table"]}>
<caption><span class="sb-hidden">{escape(about["title"])}</span></caption>
<thead><tr{roles["row"]}>{head}</tr></thead><tbody>{body}</tbody></table></div>"""


def _address(address: str, to_root: str) -> str:
    """An address of another site or of this page as it is; any other is a page of the book, from its root."""
    return address if address.startswith(("https://", "#")) else f"{to_root}{address}"


def _doubt_html(about: dict) -> str:
    """The mark of a title that does not hold, which only a draft shows."""
    if not about.get("doubt"):
        return ""
    text = f"Draft: this title does not hold. {about['holds']}; {about['doubt']}"
    return f'<p class="sb-false"><strong>{escape(text)}</strong></p>\n'


def _size(svg: str) -> tuple[int, int]:
    opening = svg.split(">", 1)[0]
    size = {key: opening.split(f' {key}="', 1)[1].split('"', 1)[0] for key in ("width", "height")}
    return round(float(size["width"])), round(float(size["height"]))


def _script_json(spec: dict) -> str:
    """JSON that cannot end its script element or open another."""
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _add_assets(app: Sphinx) -> None:
    if app.builder.format == "html":
        app.config.html_static_path.append(str(ASSETS))


def _drop_thebe(app: Sphinx, config) -> None:
    """Silence sphinx-thebe, which Jupyter Book always loads: its scripts name another host."""
    ids = [
        listener.id
        for listeners in app.events.listeners.values()
        for listener in listeners
        if listener.handler.__module__ == "sphinx_thebe"
    ]
    for listener_id in ids:
        app.disconnect(listener_id)
    app.registry.css_files[:] = [css for css in app.registry.css_files if css[0] != "sphinx-thebe.css"]


def _write_vega(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        # The bundle's names would collide with those of other scripts of the page.
        script = f"(() => {{{vega_script()}}})();\n"
        (Path(app.outdir) / VEGA_FILE).write_text(script, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.connect("config-inited", _drop_thebe)
    app.connect("env-purge-doc", _release)
    app.connect("builder-inited", _add_assets)
    app.connect("build-finished", _write_vega)
    app.add_css_file("surveybook.css")
    app.add_css_file("print.css", media="print")
    app.add_js_file("surveybook.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
