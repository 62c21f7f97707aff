"""Spellcasting of the format: which spells become actions, and how often a day."""

from __future__ import annotations

import re

from rules.bestiary.foreign.deeds import Deeds
from rules.bestiary.foreign.form import ForeignAbility, ForeignMonster, ForeignSpellcasting
from rules.bestiary.foreign.naming import slug
from rules.bestiary.foreign.spells import Caster, cast, chosen, share_of
from rules.bestiary.foreign.stats import abilities_of
from rules.bestiary.foreign.wording import tidy
from schemas.abilities import Ability
from schemas.creatures import ChallengeRating

_DC = re.compile(r"save DC (\d+)")
_BONUS = re.compile(r"\+(\d+) to hit with spell")
_SHORT = {one[:3]: one for one in Ability}


def spells_of(ability: ForeignAbility, monster: ForeignMonster, deeds: Deeds) -> None:
    """Add the spells that this creature fights with; name the others in a note."""
    casting = ability.spellcasting
    if casting is None:
        return
    known = {slug(one.name): one for one in casting.spells}
    caster, picked = _caster(casting, ability, monster), chosen(known)
    for name in picked:
        spell = known[name]
        if spell.usage is not None:
            uses = spell.usage.times
        elif casting.slots and spell.level:
            rivals = [other for other in picked if known[other].level == spell.level]
            uses = share_of(casting.slots.get(str(spell.level), 1), len(rivals), rivals.index(name))
        else:
            uses = None
        action = cast(name, caster, uses=uses)
        if all(other.id != action.id for other in deeds.actions):
            deeds.actions.append(action)
            deeds.names[action.name_key] = spell.name
    left = sorted(one.name for name, one in known.items() if name not in picked)
    if left:
        deeds.gatherer.note(ability.name, f"these spells are no actions: {', '.join(left)}")


def _caster(casting: ForeignSpellcasting, ability: ForeignAbility, monster: ForeignMonster) -> Caster:
    """Who casts: by the fields, else by the text, else by the rules (SRD 5.1, "Spellcasting")."""
    text = tidy(ability.desc)
    challenge = ChallengeRating(monster.challenge_rating)
    modifier = abilities_of(monster).modifier(_SHORT.get((casting.ability or "cha")[:3], Ability.CHARISMA))
    dc, bonus = _DC.search(text), _BONUS.search(text)
    return Caster(
        dc=casting.dc or (int(dc[1]) if dc else 8 + challenge.proficiency_bonus + modifier),
        attack_bonus=int(bonus[1]) if bonus else casting.modifier or challenge.proficiency_bonus + modifier,
        modifier=modifier,
        level=casting.level or int(challenge),
    )
