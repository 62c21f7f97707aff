"""How talks stand, in lines for a prompt. None of them says what our side would take at the least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from rules import Situation, Table, suggestion
from schemas import TreatyTerm

LAST = 4
"""Offers that are told."""


def talks_lines(situation: Situation) -> tuple[str, ...]:
    """The round, what was put forward, and what our council would say; nothing outside of talks."""
    talks = situation.talks
    if talks is None:
        return ()
    lines = [f"This is round {talks.round + 1}; after round {talks.rounds} there is only yes or no."]
    for offer in talks.offers[-LAST:]:
        who = "You" if offer.by == talks.us else situation.name_of(offer.by)
        lines.append(f"{who} put forward: {terms_in_words(offer.terms)}.")
    advised = suggestion(Table(situation), talks)
    if advised:
        lines.append(f"Your council would put forward: {terms_in_words(advised)}.")
    return tuple(lines)


def treaty_lines(situation: Situation) -> tuple[str, ...]:
    """What binds our side now, to whom, and until when."""
    table = Table(situation)
    return tuple(
        f"To {treaty.other(table.us)}, until {treaty.ends(term)}: {terms_in_words((term,))}."
        for treaty, term in situation.affairs.binding(table.us)
    )


def terms_in_words(terms: Iterable[TreatyTerm]) -> str:
    """Terms with all that is in them: `trade (days 90, gold 120); peace (days 30)`."""
    return "; ".join(f"{term.kind} ({', '.join(_parts(term))})" for term in terms)


def _parts(term: TreatyTerm) -> Iterator[str]:
    fields: dict[str, object] = term.model_dump(mode="json", exclude={"kind"})
    for name, value in fields.items():
        yield f"{name} {' and '.join(map(str, cast('list[object]', value))) if isinstance(value, list) else value}"
