"""Find results that are typed by hand in the prose, as a number or as a word for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from surveybook.build.editions import read_yaml
from surveybook.build.prose import Sentence
from surveybook.core.errors import SurveybookError
from surveybook.core.paths import Project

ALLOWED = "allowed-numbers.yml"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# Free: what is pasted, code, addresses, quotations, dates, years, references, names that hold a digit.
FREE = re.compile(
    r"\{[\w:]+\}`[^`]*`"
    r"|`[^`]*`"
    r"|\{[^{}]*\}"
    r"|\]\([^)]*\)"
    r"|https?://\S+"
    r"|<!--.*?-->"
    r"|\[\^[^\]]*\]"
    r'|"[^"]*"|“[^”]*”|»[^«]*«'
    rf"|\b\d{{1,2}}(?:(?: (?:to|and|or) |–|-)\d{{1,2}})? (?:{MONTHS})\b"
    r"|\b(?:1[89]\d\d|20[0-4]\d)s?\b"
    r"|\b\d+\(\d+\)"
    r"|\b[A-Za-z]+-\d+\b"
)
DIGITS = re.compile(r"\d+(?:[.,]\d+)*(?: ?(?:%|percent|pct))?")
NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?|hundred|thousand|dozen)\b",
    re.IGNORECASE,
)
RESULT_WORDS = re.compile(
    r"\b(?:half|halves|majority|minority|mostly|percent|per cent|twice|double|"
    r"(?:a|one|two) thirds?|(?:a|one|three) quarters?|(?:one|two|three|four) fifths?|"
    r"(?:nearly|almost|practically|virtually) (?:all|every|everyone|none|no)|hardly any|every (?:second|third|other)|"
    r"one in \w+|one of \w+ leaders|(?:all|no) leaders|everyone agreed|nobody agreed|a (?:fifth|sixth|tenth)|"
    r"(?:more|less|fewer|higher|lower) than|(?:more|less|fewer) (?:often|people|\w+s)(?: \w+){0,5} than|"
    r"the (?:great|vast|large) (?:part|number)|the bulk of)\b"
    r"|(?<!\bthe )(?<!\bat )\bmost\b",
    re.IGNORECASE,
)
PASTE = "paste it: name its item in paste_numbers, and write {glue}`survey-item-option_set`"
LISTED = f"a count of structure that no estimate gives stands in chapters/{ALLOWED}, with its reason"
BIND = "write its condition behind it: <!-- holds: extent > 50 -->, or holds= beside a title; or paste the words"


def read_allowed(project: Project) -> dict[str, str]:
    """Read the list of allowed numbers: phrase to reason; empty where there is no such file.

    Raises
    ------
    SurveybookError
        A phrase without a reason.
    """
    path = project.chapters / ALLOWED
    if not path.is_file():
        return {}
    allowed = read_yaml(path).get("allowed") or {}
    if not isinstance(allowed, Mapping):
        raise SurveybookError("the list of allowed numbers is none", file=path, column="allowed", expected="phrases")
    for phrase, reason in allowed.items():
        if not isinstance(phrase, str) or not str(reason or "").strip():
            raise SurveybookError(
                "an allowed number has no reason", file=path, column=str(phrase), expected="phrase: reason"
            )
    return dict(allowed)


def refuse_typed(sentences: Iterable[Sentence], allowed: Iterable[str]) -> None:
    """Refuse the first sentence that holds a typed number, or a word for a result without a condition.

    A question states no finding, so its words are free, but not its numbers.

    Raises
    ------
    SurveybookError
        It names the sentence's place, what was found and what to do.
    """
    phrases = sorted(allowed, key=len, reverse=True)
    for sentence in sentences:
        text = re.sub(r"\s+", " ", FREE.sub(" ", sentence.text))
        for phrase in phrases:
            text = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", " ", text, flags=re.IGNORECASE)
        # Beside its condition "two thirds" is a word for a result, and no typed number.
        told = RESULT_WORDS.sub(" ", text) if sentence.holds else text
        word = None if sentence.holds else _result_word(text)
        number = DIGITS.search(text) or (None if word else NUMBER_WORDS.search(told))
        if number:
            raise sentence.fault(
                "a number is typed by hand",
                got=number[0],
                expected=f"a number pasted from an estimate in: {sentence.text}",
                hint=f"{PASTE}; {LISTED}",
            )
        if word:
            raise sentence.fault(
                "a finding has no condition",
                got=word,
                expected=f"a condition on estimates, bound to: {sentence.text}",
                hint=f"{BIND}; {LISTED}",
            )


def _result_word(text: str) -> str | None:
    """The first word for a result in a text, its questions apart."""
    for part in re.split(r"(?<=[.!?])\s+", text.strip()):
        found = RESULT_WORDS.search(part)
        if found and not part.rstrip("*_ ").endswith("?"):
            return found[0]
    return None
