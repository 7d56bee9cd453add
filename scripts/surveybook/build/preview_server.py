"""Serve the preview on this machine alone, watch the book's files, and have changed pages made and shown."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import watchfiles

from surveybook.core.paths import Project

HOST = "127.0.0.1"
SCRIPT, EVENTS = "/_preview.js", "/_preview"
HERE = Path(__file__).parent
PACKAGE = HERE.parent
BUILDER = "surveybook.build.preview"
# The page's own policy lets it ask nobody; in the preview it may ask the server for news.
ASKS_NOBODY, ASKS_SERVER = b"connect-src 'none'", b"connect-src 'self'"
DEBOUNCE_MS, STEP_MS = 120, 30
IGNORED = {"_build", ".venv", ".git", "__pycache__", ".ipynb_checkpoints", "tests", ".pytest_cache", ".ruff_cache"}
Say = Callable[[str], None]


class News:
    """What open pages are told; each listens by a queue of its own, and one that comes late hears the last error."""

    def __init__(self) -> None:
        self._listeners: set[queue.Queue] = set()
        self._lock = threading.Lock()
        self.error: str | None = None

    def tell(self, message: dict) -> None:
        """Tell every open page."""
        with self._lock:
            if "error" in message or "done" in message:
                self.error = message.get("error")
            for listener in self._listeners:
                listener.put(message)

    def listen(self) -> Iterator[dict]:
        """Yield each message, and an empty one now and then."""
        mine: queue.Queue = queue.Queue()
        with self._lock:
            self._listeners.add(mine)
            if self.error:
                mine.put({"error": self.error})
        try:
            while True:
                try:
                    yield mine.get(timeout=10)
                except queue.Empty:
                    yield {}
        finally:
            with self._lock:
                self._listeners.discard(mine)


class Handler(SimpleHTTPRequestHandler):
    """Serves the pages with a script that listens for news."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments, news: News, **options) -> None:
        self.news = news
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        """Answer with news, the script, a page, or a file."""
        path = self.path.split("?")[0]
        if path == EVENTS:
            self._stream()
        elif path == SCRIPT:
            self._send((HERE / "preview.js").read_bytes(), "text/javascript")
        elif (file := self._page(path)) is not None:
            self._send(_listening(file.read_bytes()), "text/html; charset=utf-8")
        elif path in ("/", "/index.html"):
            self._send(
                _listening(b"<!doctype html><title>Preview</title><p>The first pages are being made.</p>"),
                "text/html",
            )
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Have the browser ask each time."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *arguments) -> None:
        """Say nothing of each request: the terminal is for the author."""

    def _page(self, path: str) -> Path | None:
        file = Path(self.translate_path(path))
        file = file / "index.html" if file.is_dir() else file
        return file if file.suffix == ".html" and file.is_file() else None

    def _send(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for message in self.news.listen():
                self.wfile.write(f"data: {json.dumps(message)}\n\n".encode())
                self.wfile.flush()
        except OSError:  # the page was closed
            return


def _listening(html: bytes) -> bytes:
    return html.replace(ASKS_NOBODY, ASKS_SERVER) + f'<script src="{SCRIPT}"></script>\n'.encode()


class Builder:
    """The process that builds; it is started anew when the package's code has changed."""

    def __init__(self, project: Project, edition: str, news: News, say: Say) -> None:
        self.project, self.edition, self.news, self.say = project, edition, news, say
        self._process: subprocess.Popen | None = None

    def build(self, *, anew: bool) -> None:
        """Have a build made; ``anew`` by a process that loads the code as it is now."""
        if anew or self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", BUILDER, self.edition],
                cwd=self.project.root,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            threading.Thread(target=self._hear, args=(self._process,), daemon=True).start()
        else:
            self._process.stdin.write("again\n")
            self._process.stdin.flush()

    def _hear(self, process: subprocess.Popen) -> None:
        for line in process.stdout:
            message = json.loads(line)
            for key in ("line", "error"):
                if key in message:
                    self.say(message[key])
            if "done" in message:
                self.say("the preview is up to date")
            self.news.tell(message)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait()


def serve(project: Project, edition: str, port: int, say: Say) -> None:
    """Serve the preview of an edition until it is interrupted.

    Raises
    ------
    OSError
        The port is in use.
    """
    pages = project.build(f"{edition}/preview") / "pages"
    pages.mkdir(parents=True, exist_ok=True)
    news = News()
    handler = partial(Handler, news=news, directory=str(pages))
    builder = Builder(project, edition, news, say)
    with ThreadingHTTPServer((HOST, port), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        say(f"The preview is at http://{HOST}:{server.server_address[1]}/ (Ctrl-C ends it).")
        try:
            builder.build(anew=True)
            for changes in watchfiles.watch(
                project.root,
                *([PACKAGE] if not PACKAGE.is_relative_to(project.root) else []),
                watch_filter=_is_of_book,
                debounce=DEBOUNCE_MS,
                step=STEP_MS,
            ):
                changed = [Path(name) for _, name in changes]
                say("changed: " + ", ".join(sorted({path.name for path in changed})))
                news.tell({"building": True})
                builder.build(anew=any(path.suffix == ".py" and path.is_relative_to(PACKAGE) for path in changed))
        finally:
            builder.close()
            server.shutdown()


def _is_of_book(change: watchfiles.Change, name: str) -> bool:
    path = Path(name)
    return (
        not IGNORED.intersection(path.parts)
        and not path.name.startswith(".")
        and path.suffix not in (".part", ".pyc")
    )
