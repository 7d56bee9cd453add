"""Make every text of a data package hostile: code for a browser, a book, a spreadsheet, a chart, a typesetter."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

# Each is code somewhere; here it is to be read. None may change what stands beside it.
PAYLOADS = (
    "<script>window.pwned=1</script>",
    '<img src=x onerror="window.pwned=1">',
    '"><svg onload="window.pwned=1">',
    "'><iframe srcdoc='<script>top.pwned=1</script>'>",
    "</script><script>window.pwned=1</script>",
    "</title></style></textarea><b>bold</b>",
    "<!-- ]]> -->",
    "&lt;b&gt; &amp;amp; &#60;u&#62;",
    "{glue}`vive-extent-top2`",
    "```{raw} html\n<b>raw</b>\n```",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "$x^2$ \\[y\\] \\input{x}",
    "**bold** _thin_ `code` # head",
    "[a](javascript:window.pwned=1)",
    "javascript:window.pwned=1",
    '=HYPERLINK("http://x.invalid","y")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "-2+3",
    "\t=1+1",
    "datum.value > 0 ? signal('x') : 49",
    '#eval("1") #panic() $ \\ " */',
    "%s %(x)s {0} {title} {x!r:>9}",
    "bell\x07 null\x00 escape\x1b[31m",
    "left\u202eright \u2066x",
    "æøå 🦠 é",
)
UNSEEN = "\x07\x00\x1b\u202e\u2066"  # of the payloads: these have no shape, and show as U+FFFD
PACKAGE = "datapackage.json"
# The columns that hold text for people. Names, numbers, dates, addresses and conditions stay.
TEXTS = {
    "codebook/surveys.csv": "label population field_period response_note mode commissioned_by held_by terms citation",
    "codebook/items.csv": "label wording universe",
    "codebook/options.csv": "label",
    "codebook/option_sets.csv": "label",
    "published/figures.csv": "word source place",
    "published/claims.csv": "text because source place",
    "context/municipalities.csv": "name",
    "context/innovation_types.csv": "label text",
    "context/innovations.csv": "text note",
    "context/timeline.csv": "label note",
    "thematic/themes.csv": "label text place",
    "thematic/codes.csv": "label text groups note",
    "thematic/tellers.csv": "label",
    "thematic/told.csv": "note",
    "thematic/links.csv": "from through to",
    "replicates/assumptions.csv": "note",
}


def make_hostile(package: Path) -> dict[tuple[str, str], list[str]]:
    """Put a payload before every text of a package, sign it, and return the new texts by file and column.

    Texts that were the same stay the same, since some are compared.
    """
    made: dict[str, str] = {}
    told = {}
    for name, columns in TEXTS.items():
        rows = list(csv.reader(io.StringIO((package / name).read_text(encoding="utf-8"), newline="")))
        wanted = {f"{column}{end}" for column in columns.split() for end in ("", "_en", "_da")}
        for at, column in enumerate(rows[0]):
            if column not in wanted:
                continue
            for number, row in enumerate(rows[1:]):  # a column of a few texts has the payloads that are markup
                if row[at]:
                    row[at] = made.setdefault(row[at], f"{PAYLOADS[number % len(PAYLOADS)]} {row[at]}")
            told[name, column] = [row[at] for row in rows[1:] if row[at]]
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows(rows)
        (package / name).write_bytes(out.getvalue().encode("utf-8"))
    descriptor = json.loads((package / PACKAGE).read_text(encoding="utf-8"))
    for number, resource in enumerate(descriptor["resources"]):
        content = (package / resource["path"]).read_bytes()
        resource |= {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
        if "title" in resource:
            resource["title"] = f"{PAYLOADS[number % len(PAYLOADS)]} {resource['title']}"
    told[PACKAGE, "title"] = [resource["title"] for resource in descriptor["resources"] if "title" in resource]
    (package / PACKAGE).write_text(json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return told
