"""The shell around each page: lean, and safe by a policy that lets no script run but the site's own files.

A Sphinx extension. Its templates (``assets/templates``) stand in the place of the theme's; of the theme's
styles the pages load what can match something on them, in one file, and none of its scripts.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from zlib import crc32

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from surveybook.disseminate.style_rules import prune

ASSETS = Path(__file__).parent / "assets"
TEMPLATES = ASSETS / "templates"
THEME_SHEET = "theme.css"
FIRST_LOOK = "surveybook_first_look"  # Sphinx's setting: some pages only, to be seen at once; the rest comes later
THEME_SHEETS = (
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "mystnb.*.css",
)
# Scripts and pictures are files of the site, and nothing is asked of any host. A page opened from a folder
# has no origin that 'self' could name in every browser, hence file:, which no page of a server may load.
# Styles may stand in a page: Vega places the parts of a chart by style attributes, and adds a sheet.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' file:",
    "style-src": "'self' file: 'unsafe-inline'",
    "img-src": "'self' file: data:",
    "font-src": "'self' file:",
    "connect-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self' file:",
    "object-src": "'none'",
}
# The address of the theme's styles, which gets their checksum when they are made, as Sphinx gives its own.
THEME_LINK = re.compile(rf"(_static/{re.escape(THEME_SHEET)})(\?v=\w+)?(?=\")")
VIEWPORT = re.compile(r"<meta\b[^>]*\bname=\"viewport\"[^>]*>\s*")
# What docutils calls a record in the list of works; assistive technology no longer knows the role.
OLD_ROLE, ROLE = ' role="doc-biblioentry"', ' role="listitem"'
CLASSES, IDS = re.compile(r'\bclass="([^"]*)"'), re.compile(r'\bid="([^"]*)"')
NAMED = re.compile(r"[\"'(/]([\w.-]+\.\w+)[\"')]")  # a file, as a style or a script names it
DATA_BLOCKS = ("application/json", "application/ld+json")  # no scripts: nothing of them runs


# Each page


def slim_page(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Load the site's own scripts and styles alone; the theme's styles are in one file."""
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context.get(kind, []) if _is_own(file)]
    context["metatags"] = VIEWPORT.sub("", context.get("metatags") or "")  # the layout has it
    context["body"] = (context.get("body") or "").replace(OLD_ROLE, ROLE)
    context["content_policy"] = "; ".join(f"{key} {value}" for key, value in POLICY.items())
    context["doctree_has_sections"] = doctree is not None


def _is_own(file) -> bool:
    name = Path(str(getattr(file, "filename", file) or "")).name
    return name.startswith("surveybook") or (name != "" and (ASSETS / name).is_file())


# The site as a whole


class _Forbidden(HTMLParser):
    """Collects what the policy would stop without a word: scripts in the page, and handlers on elements."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        said = {name: value or "" for name, value in attrs}
        where = f"<{tag} {' '.join(f'{name}={value!r}' for name, value in said.items())}"[:120] + ">"
        if any(name.startswith("on") for name in said):
            self.found.append(f"an inline handler: {where}")
        if any(value.strip().lower().startswith("javascript:") for value in said.values()):
            self.found.append(f"a script as an address: {where}")
        if tag == "script" and "src" not in said and said.get("type") not in DATA_BLOCKS:
            self.found.append(f"a script in the page: {where}")


def forbidden(html: str) -> list[str]:
    """What of a page the Content-Security-Policy forbids, each with its element; empty if nothing."""
    parser = _Forbidden()
    parser.feed(html)
    parser.close()
    return parser.found


def finish_site(app: Sphinx, error: Exception | None) -> None:
    """Check all pages, write the theme's styles, and remove the files that nothing names."""
    if error is not None or app.builder.format != "html" or app.config[FIRST_LOOK]:
        return
    out = Path(app.outdir)
    pages = {
        page.relative_to(out).as_posix(): page.read_text(encoding="utf-8")
        for page in sorted(out.rglob("*.html"))
        if "_static" not in page.relative_to(out).parts
    }
    faults = [f"{name} has {fault}" for name, html in pages.items() for fault in forbidden(html)]
    if faults:
        raise ExtensionError("The site's Content-Security-Policy would stop this:\n" + "\n".join(faults))
    static = out / "_static"
    texts = list(pages.values())
    if (static / THEME_SHEETS[0]).is_file():  # where Sphinx wrote no page, it copied none, and the last sheet stays
        styles = theme_styles(static, texts).encode()
        (static / THEME_SHEET).write_bytes(styles)
        for name, html in pages.items():
            (out / name).write_text(THEME_LINK.sub(rf"\1?v={crc32(styles):08x}", html), encoding="utf-8")
    remove_unnamed(static, texts)


def theme_styles(static: Path, pages: list[str]) -> str:
    """The theme's styles, in the order in which its own pages load them, as far as the pages need them."""
    classes = {name for html in pages for group in CLASSES.findall(html) for name in group.split()}
    ids = {name for html in pages for name in IDS.findall(html)}
    sheets = [sheet for pattern in THEME_SHEETS for sheet in sorted(static.glob(pattern))]
    return "".join(prune(sheet.read_text(encoding="utf-8"), classes, ids) for sheet in sheets)


def remove_unnamed(static: Path, pages: list[str]) -> None:
    """Remove each file that no page names by its path, and no style or script that stays by its name."""
    files = {file: file.relative_to(static).as_posix() for file in static.rglob("*") if file.is_file()}
    kept = {file for file, path in files.items() if any(f"_static/{path}" in html for html in pages)}
    fresh = kept
    while fresh:
        texts = [file.read_text(encoding="utf-8") for file in fresh if file.suffix in (".css", ".js")]
        named = {name for text in texts for name in NAMED.findall(text)}
        fresh = {file for file in files.keys() - kept if file.name in named}
        kept = kept | fresh
    for file in files.keys() - kept:
        file.unlink()
    for folder in sorted((folder for folder in static.rglob("*") if folder.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def set_up_book(app: Sphinx, config) -> None:
    """Put our templates before the theme's; the list of words is the index of terms."""
    config.templates_path.insert(0, str(TEMPLATES))
    config.html_use_index = False


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.add_config_value(FIRST_LOOK, False, "")
    app.connect("config-inited", set_up_book)
    app.connect("html-page-context", slim_page, priority=900)  # after the theme has added its own
    app.connect("build-finished", finish_site, priority=900)  # after all files are written
    app.add_js_file("site.js", priority=100)  # not deferred: it sets the scheme before the page is painted
    app.add_css_file("site.css", priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
