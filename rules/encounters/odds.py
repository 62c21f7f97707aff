"""How the fight with those who are met is likely to go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, cycle, islice

from rules.arena import FOES, PARTY, POLICIES, Fights, Meeting, Sheet, sheet_of
from rules.parties import hero_sheet
from rules.situation import Situation
from schemas.decisions import CreatureGroup
from schemas.parties import MOST_LEVEL, Party

_POLICIES = {PARTY: POLICIES["greedy"], FOES: POLICIES["greedy"]}
"""Good enough to count by, and twice as fast as looking further."""


def fights_with(creatures: Sequence[CreatureGroup], situation: Situation, party: Party) -> Fights:
    """The fights of the party that is asked for with these creatures, to be played by their numbers.

    The party is one of `party`'s members for each level of the request, in turn; the same request has the same fights.
    """
    foes = tuple(chain.from_iterable(_sheets(group, situation) for group in creatures))
    return Fights(Meeting(heroes_of(party, situation.party_levels), foes), situation.request.seed, _POLICIES)


def heroes_of(party: Party, levels: Sequence[int]) -> tuple[Sheet, ...]:
    """As many heroes as there are levels, out of the party's members in turn."""
    members = islice(cycle(party.members), len(levels))
    return tuple(
        hero_sheet(member, min(MOST_LEVEL, max(1, level))) for member, level in zip(members, levels, strict=True)
    )


def party_named(name: str, parties: Mapping[str, Party]) -> Party | None:
    """The archetype of that name, else any."""
    return parties.get(name) or next(iter(parties.values()), None)


def _sheets(group: CreatureGroup, situation: Situation) -> list[Sheet]:
    """One sheet for all of a kind; of a creature that nobody knows, none."""
    if group.creature not in situation.bestiary:
        return []
    return [sheet_of(situation.bestiary[group.creature])] * group.count
