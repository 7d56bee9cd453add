"""What git remembers of a file."""

from __future__ import annotations

import subprocess
from pathlib import Path


def committed_bytes(path: Path) -> bytes | None:
    """Return the bytes of a file's last committed version; None without git or such a version."""
    try:
        shown = subprocess.run(
            ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"], capture_output=True, check=False
        )
    except FileNotFoundError:  # no git on this machine
        return None
    return shown.stdout if shown.returncode == 0 else None
