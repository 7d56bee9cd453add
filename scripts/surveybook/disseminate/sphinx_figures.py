"""Put figures on the page: picture and table first, the live chart when it comes into view.

A Sphinx extension and a renderer for myst-nb. The scripts are served from the site itself, and
a chart's specification stands in the page, since a page opened from a folder may not fetch.
"""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

import vl_convert
from docutils import nodes
from myst_nb.core.config import NbParserConfig
from myst_nb.ext.glue.crossref import read_glue_cache
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from surveybook.core.kept import code_digest, keep
from surveybook.disseminate.chart_style import colour_sheet
from surveybook.disseminate.citing import cite_text
from surveybook.disseminate.figure import PANEL_MIME, VEGALITE_MIME, about_of, csv_text
from surveybook.disseminate.figure_markup import FIGURES, chart_html, open_script, panel_html
from surveybook.disseminate.page_chart import make_page_chart
from surveybook.disseminate.picture import draw_pictures, vega_script
from surveybook.disseminate.sphinx_head import companion_of, page_address

ASSETS = Path(__file__).parent / "assets"
SCRIPTS, SHEETS = ("cards.js", "figures.js"), ("surveybook-colours.css", "surveybook.css")
VEGA_FILE = "_static/surveybook-vega.js"
PICTURES = "surveybook_pictures"  # an output's metadata: what was drawn when the chapter was executed


class FigureRenderer:
    """Turns a figure's output into its page element; a myst-nb ``mime_renderers`` plugin."""

    mime_priority_overrides = [("html", VEGALITE_MIME, 0), ("html", PANEL_MIME, 0)]  # noqa: RUF012  the protocol asks for a list

    @staticmethod
    def handle_mime(renderer, data, inline: bool) -> list[nodes.Element] | None:
        """Return the figure's nodes, or None for an output that is not a figure of ours."""
        if about_of({data.mime_type: data.content}) is None:
            return None
        env = renderer.renderer.sphinx_env
        return [place_figure(env.app, env.docname, data.mime_type, data.content, data.output_metadata)]


def place_figure(app: Sphinx, docname: str, mime: str, content: dict, metadata: dict) -> nodes.raw:
    """Write a figure's files, and return its page element.

    Parameters
    ----------
    mime, content, metadata
        Of the notebook's output.
    """
    about = about_of({mime: content})
    spec = {key: value for key, value in content.items() if key != "usermeta"} if mime == VEGALITE_MIME else None
    _claim(app, about, docname, spec)
    cite = cite_text(about, page_address(app, docname), companion_of(app))
    files = Path(app.outdir) / FIGURES
    files.mkdir(parents=True, exist_ok=True)

    def write(end: str, text: str) -> None:
        (files / f"{about['id']}.{end}").write_text(text, encoding="utf-8")

    write("csv", csv_text(about))
    to_root = "../" * docname.count("/")
    if mime == PANEL_MIME:
        return nodes.raw("", panel_html(about, content["markup"], to_root, cite), format="html")
    page = make_page_chart(spec)
    # The build hands the pictures over here; a build by the plain tools has them drawn again.
    pictures = metadata.get(PICTURES) or draw_pictures(spec, about["alt"])
    write("svg", pictures["svg"])
    write("plain.svg", pictures["plain"])
    (files / f"{about['id']}.png").write_bytes(b64decode(pictures["png"]))
    write("vl.json", json.dumps({**spec, "usermeta": {"rests": about["rests"]}}, ensure_ascii=False) + "\n")
    if about.get("open"):
        write("js", open_script(about, page))
    # A search may find what only real answers could tell by its question, never by a made-up number.
    classes = ["no-search"] if about.get("open") else []
    return nodes.raw("", chart_html(about, page, pictures["plain"], to_root, cite), format="html", classes=classes)


class pasted_figure(nodes.General, nodes.Element):  # noqa: N801  a node's class is written small, as docutils writes its own
    """The place of a figure that another page's chapter keeps ready (``paste_figure``)."""


class PasteFigure(SphinxDirective):
    """``{paste-figure} chapters/effects.ipynb::effects``: a figure that another chapter keeps ready."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave a place, since the other chapter may not have been read yet."""
        path, _, name = self.arguments[0].partition("::")
        _, file = self.env.relfn2path(path, self.env.docname)
        return [pasted_figure("", chapter=self.env.path2doc(file), name=name)]


def place_pasted(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put each pasted figure in its place, once all chapters have been read."""
    if app.builder.format != "html":
        return
    kept_in: NbParserConfig = app.env.mystnb_config
    for place in list(doctree.findall(pasted_figure)):
        output = read_glue_cache(kept_in.output_folder, place["chapter"]).get(place["name"], {})
        mime = next((mime for mime in (VEGALITE_MIME, PANEL_MIME) if mime in output.get("data", {})), None)
        if mime is None:
            raise ExtensionError(f"{docname} pastes a figure that {place['chapter']} has not: {place['name']!r}")
        metadata = output.get("metadata", {})
        place.replace_self(place_figure(app, docname, mime, output["data"][mime], metadata))


def move_code(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the folded code of a figure behind it: a reader comes for the figure."""
    for cell in doctree.findall(nodes.container):
        for code in [child for child in cell.children if isinstance(child, HideCodeCellNode)]:
            cell.remove(code)
            cell.append(code)


def _claim(app: Sphinx, about: dict, docname: str, spec: dict | None) -> None:
    """Keep what is said of a figure, for the head of its page; refuse two of one name: each has one address."""
    figures = app.env.__dict__.setdefault("surveybook_figures", {})
    if about["id"] in figures:
        owner = figures[about["id"]]["docname"]
        raise ExtensionError(f"two figures are named {about['id']!r}: in {owner} and in {docname}")
    figures[about["id"]] = {"open": False, **about, "docname": docname} | ({"spec": spec} if spec else {})


def _release(app: Sphinx, env, docname: str) -> None:
    """Forget the figures of a page that is read again."""
    figures = env.__dict__.setdefault("surveybook_figures", {})
    for figure_id in [name for name, about in figures.items() if about["docname"] == docname]:
        del figures[figure_id]


def _add_assets(app: Sphinx) -> None:
    if app.builder.format == "html":
        made = Path(app.doctreedir).parent / "surveybook-assets"
        made.mkdir(parents=True, exist_ok=True)
        (made / "surveybook-colours.css").write_text(colour_sheet(), encoding="utf-8")
        app.config.html_static_path += [str(ASSETS), str(made)]


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
        made_from = f"{VEGA_FILE} {vl_convert.__version__} {code_digest('core', 'disseminate')}"
        (Path(app.outdir) / VEGA_FILE).write_bytes(keep(made_from, lambda: vega_script().encode("utf-8")))


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.setup_extension("surveybook.disseminate.sphinx_head")  # knows how figures are cited
    app.connect("config-inited", _drop_thebe)
    app.connect("env-purge-doc", _release)
    app.connect("builder-inited", _add_assets)
    app.connect("build-finished", _write_vega)
    app.add_node(pasted_figure)
    app.add_directive("paste-figure", PasteFigure)
    app.connect("doctree-resolved", place_pasted)
    app.connect("doctree-resolved", move_code)
    for sheet in SHEETS:
        app.add_css_file(sheet)
    app.add_css_file("print.css", media="print")
    for script in SCRIPTS:
        app.add_js_file(script, loading_method="defer")
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": False}
