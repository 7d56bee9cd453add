"""Words for shares: "just over half", "nearly nine of ten", in English and Danish."""

from __future__ import annotations

from surveybook.core.errors import SurveybookError, one_of
from surveybook.core.rounding import half_up

# Percentages that have a word of their own. A share is told by the nearest of them; of two
# equally near, by the lower one, so that nothing is made larger than it is.
WORDS = {
    "en": {
        0: "none",
        10: "one of ten",
        20: "a fifth",
        25: "a quarter",
        33: "a third",
        40: "four of ten",
        50: "half",
        60: "six of ten",
        67: "two thirds",
        75: "three quarters",
        80: "eight of ten",
        90: "nine of ten",
        100: "all",
    },
    "da": {
        0: "ingen",
        10: "en ud af ti",
        20: "en femtedel",
        25: "en fjerdedel",
        33: "en tredjedel",
        40: "fire ud af ti",
        50: "halvdelen",
        60: "seks ud af ti",
        67: "to tredjedele",
        75: "tre fjerdedele",
        80: "otte ud af ti",
        90: "ni ud af ti",
        100: "alle",
    },
}
NEAR = 4  # points above a word that are "just over" it; more is "more than"
BELOW, JUST_ABOVE, ABOVE, FEW = "below", "just_above", "above", "few"
PATTERNS = {
    "en": {BELOW: "nearly {}", JUST_ABOVE: "just over {}", ABOVE: "more than {}", FEW: "fewer than {}"},
    "da": {BELOW: "næsten {}", JUST_ABOVE: "lidt over {}", ABOVE: "mere end {}", FEW: "færre end {}"},
}


def share_in_words(percent: float, language: str = "en") -> str:
    """Tell a share in words.

    Parameters
    ----------
    percent : float, 0 to 100
        Rounded half up to a whole percentage first, so that words and printed figures agree.
    language : {"en", "da"}
    """
    if language not in WORDS:
        raise SurveybookError("words for shares in an unknown language", got=language, expected=one_of(WORDS))
    if not 0 <= percent <= 100:
        raise SurveybookError("a share outside 0 to 100 percent has no word", got=percent, expected="0 to 100")
    words, patterns = WORDS[language], PATTERNS[language]
    whole = int(half_up(percent))
    if (whole == 0 and percent > 0) or 0 < whole <= 5:
        return patterns[FEW].format(words[10])
    if whole == 100 and percent < 100:
        whole = 99
    nearest = min(words, key=lambda known: (abs(known - whole), known))
    if whole == nearest:
        return words[nearest]
    if whole < nearest:
        return patterns[BELOW].format(words[nearest])
    return patterns[JUST_ABOVE if whole - nearest <= NEAR else ABOVE].format(words[nearest])
