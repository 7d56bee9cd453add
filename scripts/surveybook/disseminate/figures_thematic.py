"""Figures of the qualitative half: what the article tells, by whom, and what it proposes."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from surveybook.disseminate.figure import Figure, make_panel
from surveybook.disseminate.wording import capital, sentence
from surveybook.process.thematic import Code, Link, Thematic, Theme

TOLD_RESTS = "Told in the article, in our words. No figures and no answers stand behind it here."
NOT_COUNTED = (
    "How many people sorted the texts, how far they agreed, and how often each thing was told: not published"
)
KIND_LABELS = {
    "sub_code": "Pattern",
    "counter_pattern": "Counter-pattern",
    "effect": "Effect",
    "shadow_side": "Shadow side",
}
BASIS_LABELS = {
    "printed": "printed in figure 1",
    "told": "told in the text",
    "inferred": "told in the text; that it is a box of figure 1 is our reading",
}
TOLD, STRESSED, NOT_TOLD = "told in the article", "told in the article, and stressed", "not told"
JOIN = Markup("\n")


def figure_patterns(thematic: Thematic, part: str, *, figure_id: str, title: str) -> Figure:
    """Show the themes of a part as boxes with what the article tells under each, counter-patterns set apart.

    Parameters
    ----------
    part : {"organisation", "effects", "shadow_sides"}
    """
    themes = thematic.part(part)
    rows = [
        (theme.label_en, KIND_LABELS[code.kind], code.label_en, code.text_en, code.groups_en or "none named")
        for theme, codes in themes
        for code in codes
    ]
    marked = {theme.theme: BASIS_LABELS[theme.basis] for theme, _ in themes if part == "effects"}
    header = ("Theme", "Kind", "What", "In our words", "People named")
    if part == "effects":
        header = (*header, "Where")
        codes = [(theme, code) for theme, its in themes for code in its]
        rows = [(*row, _where(theme, code)) for row, (theme, code) in zip(rows, codes, strict=True)]
    boxes = JOIN.join(_box(figure_id, theme, codes, marked.get(theme.theme, "")) for theme, codes in themes)
    groups = _groups(figure_id, themes) if part == "effects" else Markup("")
    places = ", ".join(dict.fromkeys(theme.place for theme, _ in themes))
    return make_panel(
        figure_id,
        title,
        table=(header, *rows),
        rests=TOLD_RESTS,
        caption=f"Told by Torfing, Bentzen and Jensen (2022), {places}. {sentence(NOT_COUNTED)}",
        markup=Markup('<div class="sb-boxes">{}</div>{}').format(boxes, groups),
        seen="Boxes, one for each theme: " + "; ".join(theme.label_en for theme, _ in themes) + ".",
    )


def _where(theme: Theme, code: Code) -> str:
    return f"The theme is {BASIS_LABELS[theme.basis]}. {sentence(code.note_en or BASIS_LABELS[code.basis])}"


def _box(figure_id: str, theme: Theme, codes: Sequence[Code], mark: str) -> Markup:
    plain = [code for code in codes if code.kind != "counter_pattern"]
    counter = [code for code in codes if code.kind == "counter_pattern"]
    parts = [
        Markup('<p class="sb-box-title">{}</p>').format(theme.label_en),
        Markup('<p class="sb-mark">{}</p>').format(mark) if mark else Markup(""),
        Markup("<p>{}</p>").format(theme.text_en),
        Markup("<ul>{}</ul>").format(JOIN.join(_code(figure_id, code) for code in plain)) if plain else Markup(""),
    ]
    if counter:
        told = JOIN.join(_code(figure_id, code) for code in counter)
        parts.append(Markup('<p class="sb-counter">Told against it</p><ul class="sb-counter">{}</ul>').format(told))
    return Markup('<section class="sb-box" id="{}">{}</section>').format(
        f"{figure_id}-theme-{_slug(theme.theme)}", JOIN.join(parts)
    )


def _code(figure_id: str, code: Code) -> Markup:
    people = Markup(' <span class="sb-people">Named: {}.</span>').format(code.groups_en) if code.groups_en else ""
    note = Markup(' <span class="sb-mark">{}</span>').format(code.note_en) if code.note_en else ""
    return Markup('<li id="{}"><strong>{}.</strong> {}{}{}</li>').format(
        f"{figure_id}-code-{_slug(code.code)}", code.label_en, code.text_en, people, note
    )


def _groups(figure_id: str, themes: Sequence[tuple[Theme, Sequence[Code]]]) -> Markup:
    """The same, from the side of the people: each group with links to what is told of it."""
    named: dict[str, list[Code]] = {}
    for _, codes in themes:
        for code in codes:
            for group in filter(None, code.groups_en.split("; ")):
                named.setdefault(group, []).append(code)
    items = [
        Markup("<li>{}: {}</li>").format(
            capital(group),
            Markup(", ").join(
                Markup('<a href="#{}">{}</a>').format(f"{figure_id}-code-{_slug(code.code)}", code.label_en.lower())
                for code in codes
            ),
        )
        for group, codes in named.items()
    ]
    return Markup('<p class="sb-box-title">From the side of the people</p><ul class="sb-groups">{}</ul>').format(
        JOIN.join(items)
    )


def figure_told(thematic: Thematic, *, figure_id: str, title: str) -> Figure:
    """Show who tells what as a table: told in the article, or not told."""
    tellers = list(thematic.tellers.values())
    rows = []
    for theme, codes in thematic.part("organisation"):
        for code in codes:
            cells = [_told_text(thematic, code.code, teller.teller) for teller in tellers]
            rows.append((f"{code.label_en} ({KIND_LABELS[code.kind].lower()} of: {theme.label_en.lower()})", *cells))
    return make_panel(
        figure_id,
        title,
        table=(("What is told", *(teller.label_en for teller in tellers)), *rows),
        rests=TOLD_RESTS,
        caption="“Not told” means that the article does not say that this group tells it, "
        f"not that it did not happen. {sentence(NOT_COUNTED)} "
        "The article's own tables of quotations are not at hand",
    )


def _told_text(thematic: Thematic, code: str, teller: str) -> str:
    one = thematic.told.get((code, teller))
    if one is None:
        return NOT_TOLD
    text = STRESSED if one.emphasis else TOLD
    return f"{text} ({one.note_en})" if one.note_en else text


def figure_links(thematic: Thematic, *, figure_id: str, title: str) -> Figure:
    """Draw the hypothesis's proposed links, and beside them rival explanations of this edition; none is tested."""
    voices = {"article": "The article's hypothesis", "edition": "Rival explanations, added by this edition"}
    columns = [
        Markup('<section class="sb-links"><p class="sb-box-title">{}</p><ol>{}</ol></section>').format(
            heading, JOIN.join(_link(link) for link in thematic.links.values() if link.voice == voice)
        )
        for voice, heading in voices.items()
    ]
    rows = [(voices[link.voice], link.from_en, link.through_en, link.to_en) for link in thematic.links.values()]
    return make_panel(
        figure_id,
        title,
        table=(("Whose", "From", "Through", "To"), *rows),
        rests="Proposed, not shown. None of these links was tested, by the article or here.",
        caption="The four links are proposed by Torfing, Bentzen and Jensen (2022), "
        "section on organisational innovations, and discussion. "
        "The rival explanations are this edition's; the article does not weigh them",
        markup=Markup('<div class="sb-boxes">{}</div>').format(JOIN.join(columns)),
        seen="Two lists of arrows: the four links of the hypothesis, and rival explanations.",
    )


def _link(link: Link) -> Markup:
    step = Markup('<span class="{}"><span aria-hidden="true">→ </span><span class="sb-hidden">{} </span>{}</span>')
    return Markup('<li><span class="sb-end">{}</span>{}{}</li>').format(
        link.from_en,
        step.format("sb-through", "proposed to give", link.through_en),
        step.format("sb-end", "and so", link.to_en),
    )


def _slug(name: str) -> str:
    return name.replace("_", "-")
