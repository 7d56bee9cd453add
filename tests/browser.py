"""Find a browser for the site's tests, or fetch one; say plainly where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
NONE = "No browser was found, so the tests of the built site in a browser are skipped: run `make browser` to get one."


def find_browser() -> str | None:
    """Return the path of a Chromium on this machine or of Playwright's own; None where there is none."""
    named = os.environ.get("SURVEYBOOK_BROWSER")
    if named:
        return named
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found or MAC.is_file():
        return found or str(MAC)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


def main() -> int:
    """Find or fetch a browser: by Playwright, and by apt where CI is set or with ``--system``."""
    if find_browser():
        return 0
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], **quiet)
    if not find_browser() and ("--system" in sys.argv or os.environ.get("CI")) and shutil.which("apt-get"):
        admin = [] if os.geteuid() == 0 else ["sudo"]
        subprocess.run([*admin, "apt-get", "update"], **quiet)
        subprocess.run([*admin, "apt-get", "install", "--yes", "chromium"], **quiet)
    if not find_browser():
        print(NONE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
