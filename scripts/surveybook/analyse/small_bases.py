"""Which questions' bases are rounded: where two published numbers differ by a few people.

The bases of a survey's questions, with don't-knows counted and left out, stand beside each other,
beside how many were invited, answered and wrote an open answer, and beside the gaps. The difference
of two of them is a number of people: who left one question out, for example. Where it is small, the
bases are rounded and the gaps withheld. Whether what is left tells a small number after all is tried
out: one person is moved, and the table must be the same (Willenborg and de Waal 2001, Elements of
Statistical Disclosure Control, ch. 1: a cell is disclosed where every table that fits has one value).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from surveybook.analyse.bases import SKIPPED
from surveybook.analyse.cells import GAP_PREFIX, GAP_RULE, asked_items, option_values
from surveybook.analyse.rounded import is_small, people_within, round_people, round_share, share_step
from surveybook.core.model import Codebook, Item, ItemType, MissingKind
from surveybook.process.survey_data import SEPARATOR, SurveyData

UNASKED = (MissingKind.NOT_ASKED.value, MissingKind.NOT_APPLICABLE.value)
UNSURE = MissingKind.DONT_KNOW.value
STEP_PEOPLE = 2  # a rounded share fits as many counts, so that none is told by it
Answers = Mapping[tuple[str, str], int]  # people by cell and kind of gap, "" where there is none


@dataclass(frozen=True)
class Protection:
    """How the rows of all who answered a question are shown.

    ``rounded`` bases, shares and silent; ``hidden`` option sets, or all of them where ``withheld``.
    """

    rounded: bool
    hidden: frozenset[str] = frozenset()
    withheld: bool = False


@dataclass(frozen=True)
class _People:
    """Numbers of people of one question that may be told apart by subtraction."""

    skipped: int
    unasked: int
    unsure: int
    inside: int  # the base with don't-knows
    outside: int  # the base without

    @property
    def bases(self) -> tuple[int, int]:
        return self.inside, self.outside


def protect_questions(data: SurveyData, threshold: int, published: Collection[int]) -> dict[str, Protection]:
    """Decide for each question of a survey's rows how those of all who answered are shown.

    What is decided does not depend on the choice for don't-knows or cut points, since a reader sees
    the tables of all choices.

    Parameters
    ----------
    published : collection of int
        Numbers of people that are published as they are: invited, answered, open answers.
    """
    codebook = data.codebook
    answered, invited = len(data.responses.codes), len(data.responses.frame)
    items = asked_items(codebook, data.survey.survey)
    answers = {item.item: _answers(data, item) for item in items}
    people = {name: _people(cells) for name, cells in answers.items()}
    found = {}
    for item in items:
        mine = people[item.item]
        known = _others(people, item.item, published)
        if not _is_unsafe(mine, known, answered, threshold):
            found[item.item] = Protection(
                rounded=False, hidden=frozenset(_small_pairs(answers[item.item], threshold))
            )
            continue
        table = _RoundedTable(codebook, item, answered, invited, threshold)
        found[item.item] = table.protection(answers[item.item], known)
    return found


def _answers(data: SurveyData, item: Item) -> Counter:
    return Counter(answers_of(data, item))


def _kinds(answers: Answers) -> Counter:
    kinds: Counter = Counter()
    for (_, kind), count in answers.items():
        kinds[kind] += count
    return kinds


def _people(answers: Answers) -> _People:
    kinds = _kinds(answers)
    skipped, unasked = (sum(kinds[kind] for kind in group) for group in (SKIPPED, UNASKED))
    return _People(skipped, unasked, kinds[UNSURE], kinds[""] + kinds[UNSURE], kinds[""])


def _others(people: Mapping[str, _People], name: str, published: Collection[int]) -> set[int]:
    """The numbers of people that stand beside the bases of a question: of other questions, and of all."""
    return {*published, *(base for other, one in people.items() if other != name for base in one.bases)}


def _is_unsafe(people: _People, known: Collection[int], answered: int, threshold: int) -> bool:
    # All who answered are published anyhow, so a base of all of them tells nothing of other bases.
    bases = [base for base in people.bases if base != answered]
    differences = [abs(base - other) for base in bases for other in known]
    missing = [people.skipped, people.unasked, people.unsure, *people.bases]
    return any(is_small(number, threshold) for number in (*missing, *differences))


def _small_pairs(answers: Answers, threshold: int) -> Iterator[str]:
    """Where bases are safe, a small gap is hidden with the other that adds up with it to a published number."""
    kinds = _kinds(answers)
    for pair in (SKIPPED, UNASKED):
        if any(is_small(kinds[kind], threshold) for kind in pair):
            yield from (GAP_PREFIX + kind for kind in pair)


def rounded_moves(
    data: SurveyData, name: str, hidden: Collection[str], threshold: int, published: Collection[int]
) -> tuple[list[tuple], set[str]]:
    """Moves of one person that leave a rounded question's rows of all as they are, and the numbers to protect.

    Returns each move as (from, to, names of the numbers that it changes), and the names of those that are small.
    """
    codebook, survey = data.codebook, data.survey.survey
    items = asked_items(codebook, survey)
    known = _others({item.item: _people(_answers(data, item)) for item in items}, name, published)
    item = codebook.item(survey, name)
    answered, invited = len(data.responses.codes), len(data.responses.frame)
    table = _RoundedTable(codebook, item, answered, invited, threshold)
    answers = _answers(data, item)
    return table.moves(answers, frozenset(hidden), known), table.protected(answers, known)


def answers_of(data: SurveyData, item: Item) -> list[tuple[str, str]]:
    """The cell of each respondent, and the kind of gap."""
    missing = (str(getattr(kind, "value", kind)) for kind in data.responses.missing[item.item])
    return list(zip(data.responses.codes[item.item], missing, strict=True))


class _RoundedTable:
    """What a question with a rounded base publishes, and whether that tells of a few people."""

    def __init__(self, codebook: Codebook, item: Item, answered: int, invited: int, threshold: int):
        self.item, self.answered, self.silent, self.threshold = item, answered, invited - answered, threshold
        self.everyone = item.base_rule == GAP_RULE  # gaps are in the base
        self.values = option_values(codebook, item)
        options = {option.value for option in codebook.options[item.option_list]}
        self.unsure = frozenset(name for name, values in self.values.items() if values - options)
        cuts = {named.option_set for named in codebook.option_sets.get(item.option_list, ()) if named.cut}
        self.headlines = {item.headline_set, *cuts}

    def protection(self, answers: Counter, known: Collection[int]) -> Protection:
        """The least that must be hidden, so that one person more or less shows the same table."""
        for hidden in self._ladder(answers):
            if self._hides(answers, hidden, known):
                return Protection(rounded=True, hidden=hidden)
        return Protection(rounded=True, withheld=True)

    def _ladder(self, answers: Answers) -> Iterator[frozenset[str]]:
        kinds, people = _kinds(answers), _people(answers)
        outside = frozenset(GAP_PREFIX + kind for kind in (*SKIPPED, *UNASKED))
        unsure = self.unsure | {GAP_PREFIX + UNSURE}
        few = any(is_small(kinds[kind], self.threshold) for kind in (*SKIPPED, *UNASKED))
        few = few or is_small(people.skipped + people.unasked, self.threshold)
        first = (outside if few else frozenset()) | (
            unsure if is_small(kinds[UNSURE], self.threshold) else frozenset()
        )
        yield first
        yield first | outside | unsure
        yield frozenset(self.values) - self.headlines | outside | unsure

    def _hides(self, answers: Counter, hidden: frozenset[str], known: Collection[int]) -> bool:
        left = self.protected(answers, known)
        for _, _, changed in self._same_moves(answers, hidden, known):
            left -= changed
            if not left:
                return True
        return False

    def moves(self, answers: Counter, hidden: frozenset[str], known: Collection[int]) -> list[tuple]:
        """Every move of one person that leaves what is published as it is."""
        return list(self._same_moves(answers, hidden, known))

    def _same_moves(self, answers: Counter, hidden: frozenset[str], known: Collection[int]) -> Iterator[tuple]:
        before, values = self._published(answers, hidden), _numbers(answers)
        if before is None:
            return
        for source, target in self._neighbours(answers):
            moved = answers + Counter({target: 1}) - Counter({source: 1})
            changed = {name for name, value in _numbers(moved).items() if value != values[name]}
            # Where the rule would not round, nobody would see a rounded table.
            if not changed or not _is_unsafe(_people(moved), known, self.answered, self.threshold):
                continue
            if self._published(moved, hidden) == before:
                yield source, target, changed

    def protected(self, answers: Answers, known: Collection[int]) -> set[str]:
        """The numbers of a question that are small, or differ little from others, by name."""
        few = {
            name
            for name, value in _numbers(answers).items()
            if is_small(value, self.threshold) and name not in ("inside", "outside")
        }
        people = _people(answers)
        close = {
            name
            for name, base in (("inside", people.inside), ("outside", people.outside))
            if any(is_small(abs(base - other), self.threshold) for other in (*known, 0))
        }
        return few | close

    def _neighbours(self, answers: Counter) -> Iterator[tuple]:
        """From which answer or gap to which other one somebody may be moved."""
        gaps = [("", kind) for kind in (UNSURE, *SKIPPED, *UNASKED)]
        gaps = [next((cell for cell in answers if cell[1] == kind), (code, kind)) for code, kind in gaps]
        known = {v for name, values in self.values.items() if name not in self.unsure for v in values}
        options = [(value, "") for value in sorted(known)]
        given = sorted(cell for cell in answers if not cell[1])
        places = list(dict.fromkeys([*gaps, *given, *(options if not given else ())]))
        for source in places:
            for target in places:
                if source != target and answers[source]:
                    yield source, target

    def _published(self, answers: Answers, hidden: frozenset[str]) -> tuple | None:
        """All that is published of such answers, under each place of don't-knows; None where it cannot be."""
        people, kinds = _people(answers), _kinds(answers)
        several = self.item.type == ItemType.MULTIPLE
        told: list = [round_people(self.silent + (0 if self.everyone else people.skipped), self.threshold)]
        for unsure_too, base in ((True, people.inside), (False, people.outside)):
            in_base = {"", UNSURE} if unsure_too else {""}
            if self.everyone:
                base, in_base = self.answered, set(kinds)
            rounding = base_rounding(base, self.answered, self.threshold)
            if rounding is None:
                return None
            figure, step = rounding
            told.append(figure)
            for name, values in self.values.items():
                if name in hidden:
                    continue
                count = sum(
                    number
                    for (cell, kind), number in answers.items()
                    if kind in in_base and not values.isdisjoint(cell.split(SEPARATOR) if several else [cell])
                )
                told.append(round_share(count, base, step))
        gap = gap_step(self.answered, self.threshold)
        shown = [kind.value for kind in MissingKind if GAP_PREFIX + kind.value not in hidden]
        # A small gap would not be shown, so a table that shows it is none that fits.
        if shown and (gap is None or any(is_small(kinds[kind], self.threshold) for kind in shown)):
            return None
        told += [round_share(kinds[kind], self.answered, gap) for kind in shown]
        return tuple(told)


def base_rounding(base: int, answered: int, threshold: int) -> tuple[int, int] | None:
    """A rounded base and the points its shares are rounded to; None where too few are in it."""
    if base < threshold:
        return None
    figure = round_people(base, threshold, answered)
    possible = people_within(figure, threshold, answered)
    step = share_step(possible[0], STEP_PEOPLE) if possible else None
    return (figure, step) if figure and step else None


def gap_step(answered: int, threshold: int) -> int | None:
    """The points that a gap is rounded to, as a share of all who answered: the threshold's people at least."""
    return share_step(answered, threshold)


def _numbers(answers: Answers) -> dict[str, int]:
    people = _people(answers)
    return {**vars(people), **{kind.value: _kinds(answers)[kind.value] for kind in MissingKind}}
