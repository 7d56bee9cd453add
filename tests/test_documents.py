"""What the README, the Makefile and the citation say is so."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
ARTICLE = "https://tidsskrift.dk/politica/article/view/133919"


def tracked() -> list[str]:
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True, text=True)
    return [name for name in done.stdout.split("\0") if name]


def test_every_path_of_the_readme_exists():
    tree = re.search(r"```text\n(.*?)```", README, re.DOTALL).group(1)
    paths = [
        word for line in tree.splitlines() if not line.startswith(" ") for word in re.split(r"\s{2,}", line)[:-1]
    ]
    assert len(paths) > 9
    for path in paths:
        assert (ROOT / path).exists(), path
    rooms = tree.split("above them:")[1].splitlines()[1].split()
    assert rooms and all((ROOT / "scripts" / "surveybook" / room).exists() for room in rooms)


def test_every_named_file_and_function_of_the_readme_exists():
    import surveybook.disseminate as disseminate

    for path in re.findall(r"`((?:data|chapters|tests|scripts)/[^` ]+)`", README):
        assert (ROOT / path).exists(), path
    for name in set(re.findall(r"\b(figure_[a-z_]+|paste_numbers)\b", README)) - {"figure_id"}:
        assert hasattr(disseminate, name), name


@pytest.mark.parametrize("name", ["authors", "reviewers", "reading"])
def test_every_file_and_command_of_the_pages_on_using_the_book_exists(name):
    text = (ROOT / "chapters" / "using" / f"{name}.md").read_text(encoding="utf-8")
    marked = re.findall(r"`([^`{}]+)`", text)
    paths = [word for word in marked if re.match(r"(?:data|chapters|tests|scripts)/|README|_toc", word)]
    targets = [word.removeprefix("make ") for word in marked if word.startswith("make ")]
    commands = [word.split()[1:] for word in marked if word.startswith("surveybook ")]
    assert paths or targets or commands
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert {*targets} <= set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    for command in commands:
        words = list(takewhile(str.islower, (word for word in command if not word.startswith("--"))))
        shown = subprocess.run([sys.executable, "-m", "surveybook", *words, "--help"], capture_output=True, text=True)
        assert shown.returncode == 0, command
        assert all(word in shown.stdout for word in command if word.startswith("--")), command


def test_the_readme_gives_the_two_commands_first_and_is_short():
    assert re.findall(r"^make \w+", README, re.MULTILINE)[:2] == ["make book", "make test"]
    assert len(README.splitlines()) <= 85


def test_help_lists_every_target_with_one_line():
    targets = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split()
    shown = subprocess.run(["make", "-C", str(ROOT), "help"], capture_output=True, check=True, text=True).stdout
    lines = [line for line in shown.splitlines() if not line.startswith("make")]
    assert sorted(line.split()[0] for line in lines) == sorted(targets)
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)


def test_the_citation_names_the_makers_and_refers_to_the_article():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert [author["name"] for author in citation["authors"]] == ["The companion's contributors"]
    assert citation["references"][0]["url"] == ARTICLE
    assert {"cff-version", "message", "title", "authors", "version", "license"} <= set(citation)


@pytest.mark.parametrize("name", ["README.md", "index.md", "_config.yml", "CITATION.cff"])
def test_the_edition_says_that_it_is_independent(name):
    text = " ".join((ROOT / name).read_text(encoding="utf-8").split())
    assert "approved it" in text and ARTICLE in text


def test_every_pinned_package_of_the_readable_list_is_in_the_lock():
    wanted = re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / "requirements.in").read_text(encoding="utf-8"), re.MULTILINE)
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert wanted and set(wanted) <= {line.split(" ;")[0].strip() for line in lock}
    assert lock[-1] == "-e ."


def test_no_tracked_file_holds_a_path_of_a_machine():
    for name in tracked():
        path = ROOT / name
        if path.suffix in (".py", ".md", ".yml", ".ipynb", ".json", ".toml", ".csv", ".txt", ".in", ".js", ".css"):
            text = path.read_text(encoding="utf-8")
            # Spelt in parts, so that this file does not hold what it looks for.
            for folder in ("/" + "work/", "/" + "root/"):
                assert folder not in text, f"{name} names {folder}"
