"""What a first visit of each page weighs, beside the same chapters in a plain Jupyter Book; run by ``make bench``.

The plain book has the executed chapters of this build, Jupyter Book's own settings, and charts as Altair writes
them, which load Vega from another host. Both books are read by a real browser from a server on this machine, page
by page with an empty cache, scrolled to the end. What is counted is what the browser asks for, text compressed as a
server would. Nothing is fetched: for the three files of Vega stands the one bundle that draws our own charts, and
other files of other hosts count nothing, which favours the plain book. Headers are not counted.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache, partial
from html import escape, unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import vl_convert
import yaml
from altair.utils.html import spec_to_html

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from browser import NONE, find_browser  # noqa: E402  beside the tests

STAGE, SITE, OUT = (ROOT / "_build" / part for part in ("default/stage", "default/site", "bench"))
TEXT = {".html", ".css", ".js", ".json", ".svg", ".txt", ".csv"}
MOST_RATIO, MOST_HTML_KIB = 0.6, 40
CHART, PANEL, GLUED = (
    "application/vnd.vegalite.v6+json",
    "application/vnd.surveybook.panel+json",
    "application/papermill.record/text/html",
)
OUR_DIRECTIVES = re.compile(r"^(`{3,}|:{3,})\{(?:paste-figure|cite-this)\}.*?^\1\s*$", re.MULTILINE | re.DOTALL)
OUR_ROLES = re.compile(r"\{works\}`[^`]*`")
ALTAIR = {"vega_version": "6", "vegalite_version": "6", "vegaembed_version": "7"}


# The plain book


def make_plain_book(stage: Path, folder: Path) -> Path:
    """Build the staged chapters by Jupyter Book alone, and return the folder of pages."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(stage, folder / "stage")
    config = yaml.safe_load((stage / "_config.yml").read_text(encoding="utf-8"))
    plain = {key: config[key] for key in ("title", "author", "execute", "bibtex_bibfiles", "only_build_toc_files")}
    (folder / "stage" / "_config.yml").write_text(yaml.safe_dump(plain), encoding="utf-8")
    for page in folder.rglob("stage/**/*.md"):
        text = OUR_DIRECTIVES.sub("", page.read_text(encoding="utf-8"))
        page.write_text(OUR_ROLES.sub("some", text), encoding="utf-8")
    for chapter in folder.rglob("stage/**/*.ipynb"):
        notebook = json.loads(chapter.read_text(encoding="utf-8"))
        for number, output in enumerate(part for cell in notebook["cells"] for part in cell.get("outputs", [])):
            output["data"] = plain_output(output.get("data", {}), f"altair-viz-{chapter.stem}-{number}")
        chapter.write_text(json.dumps(notebook), encoding="utf-8")
    log = folder / "log.txt"
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
    command += [str(folder / "stage"), "--path-output", str(folder), "--quiet"]
    with log.open("wb") as stream:
        subprocess.run(command, stdout=stream, stderr=subprocess.STDOUT, check=False)
    pages = folder / "_build" / "html"
    if not (pages / "index.html").is_file():
        raise SystemExit(f"error: Jupyter Book did not make the plain book; see {log}")
    return pages


def plain_output(data: dict, name: str) -> dict:
    """An output as the plain tools write it: a chart by Altair, a table, a number as text."""
    if CHART in data:
        spec = {key: value for key, value in data[CHART].items() if key != "usermeta"}
        html = spec_to_html(spec, mode="vega-lite", output_div=name, template="universal", **ALTAIR)
        return {"text/html": html, "text/plain": "alt.Chart(...)"}
    if PANEL in data:
        head, *rows = data[PANEL]["usermeta"]["surveybook"]["table"]
        lines = [f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows]
        top = "".join(f"<th>{escape(text)}</th>" for text in head)
        return {"text/html": f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody></table>"}
    if GLUED in data:
        words = re.sub(r"<[^>]*>", "", "".join(data[GLUED]))
        return {GLUED: escape(unescape(words)), **{key: text for key, text in data.items() if key != GLUED}}
    return {key: value for key, value in data.items() if key.startswith("text/")}


# Weighing


@cache
def weight(file: Path) -> int:
    """The bytes of a file as a server sends it."""
    content = file.read_bytes()
    return len(gzip.compress(content, 9)) if file.suffix in TEXT else len(content)


@cache
def vega_weight() -> int:
    """The stand-in for Vega, Vega-Lite and Vega-Embed on another host."""
    return len(gzip.compress(vl_convert.javascript_bundle().encode(), 9))


def asked_for(browser, address: str, page_name: str) -> set[str]:
    """The addresses that a first visit of a page asks for, read to its end."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.partition("#")[0]))
    page.route(lambda url: not url.startswith(address), lambda route: route.fulfill(status=200, body=""))
    page.goto(f"{address}/{page_name}")
    page.wait_for_load_state("networkidle")
    while page.evaluate("""() => {
      const before = scrollY;
      scrollBy({ top: innerHeight / 2, behavior: "instant" });
      return scrollY > before;
    }"""):
        page.wait_for_timeout(30)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    context.close()
    return asked


def weigh(browser, folder: Path, names: list[str]) -> dict[str, int]:
    """Bytes of a first visit of each page of a book."""
    handler = partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        found = {}
        for name in names:
            asked = asked_for(browser, address, name)
            own = {folder / unquote(urlsplit(url).path).lstrip("/") for url in asked if url.startswith(address)}
            vega = any("vega" in url for url in asked if not url.startswith(address))
            found[name] = sum(weight(file) for file in own if file.is_file()) + vega * vega_weight()
        server.shutdown()
    return found


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *args) -> None:
        """Say nothing."""


def main() -> int:
    """Print what each page weighs in both books, write it down, and fail where ours is too heavy."""
    if (path := find_browser()) is None:
        print(NONE)
        return 0
    if not (SITE / "index.html").is_file():
        raise SystemExit("error: the site is not built: run `make book`")
    from playwright.sync_api import sync_playwright

    plain = make_plain_book(STAGE, OUT / "plain")
    names = sorted(page.relative_to(SITE).as_posix() for page in SITE.rglob("*.html") if page.name != "search.html")
    with sync_playwright() as playwright:
        arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        theirs, ours = weigh(browser, plain, names), weigh(browser, SITE, names)
        browser.close()
    rows = [
        {
            "page": name,
            "plain_kib": round(theirs[name] / 1024, 1),
            "ours_kib": round(ours[name] / 1024, 1),
            "ratio": round(ours[name] / theirs[name], 3),
            "html_kib": round(weight(SITE / name) / 1024, 1),
        }
        for name in names
    ]
    OUT.mkdir(parents=True, exist_ok=True)
    told = {"vega_stand_in_kib": round(vega_weight() / 1024, 1), "pages": rows}
    (OUT / "page-weight.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(f"{'page':<50}{'plain KiB':>10}{'ours KiB':>10}{'ratio':>8}{'own HTML KiB':>14}")
    for row in rows:
        print(f"{row['page']:<50}{row['plain_kib']:>10}{row['ours_kib']:>10}{row['ratio']:>8}{row['html_kib']:>14}")
    print(f"For Vega on another host the plain book counts {told['vega_stand_in_kib']} KiB, our own bundle's weight.")
    heavy = [row["page"] for row in rows if row["ratio"] > MOST_RATIO or row["html_kib"] > MOST_HTML_KIB]
    for name in heavy:
        print(f"too heavy: {name} (at most {MOST_RATIO} of the plain book, and {MOST_HTML_KIB} KiB of HTML)")
    return 1 if heavy else 0


if __name__ == "__main__":
    raise SystemExit(main())
