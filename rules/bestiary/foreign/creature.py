"""One monster of the format becomes one stat block."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules.bestiary.foreign.casting import spells_of
from rules.bestiary.foreign.deeds import Deeds
from rules.bestiary.foreign.form import ForeignAbility, ForeignMonster
from rules.bestiary.foreign.gather import Gatherer
from rules.bestiary.foreign.naming import locale_key, plain_name, slug
from rules.bestiary.foreign.roles import roles_of
from rules.bestiary.foreign.stats import (
    abilities_of,
    hit_dice_of,
    languages_of,
    modifiers_of,
    senses_of,
    speeds_of,
    training_of,
    type_of,
)
from rules.bestiary.foreign.traits import trait_of
from rules.bestiary.foreign.ways import MULTIATTACK
from schemas.creatures import Action, ChallengeRating, CreatureTemplate, Speeds, Trait
from schemas.items import DamageType

_MAGIC_WEAPONS = {"magic_weapons", "angelic_weapons", "hellish_weapons"}


@dataclass
class Translation:
    """A monster while it is translated: what is wrong with it and what was left out gathers in `gatherer`."""

    monster: ForeignMonster
    gatherer: Gatherer = field(default_factory=Gatherer)
    names: dict[str, str] = field(default_factory=dict[str, str])
    """The displayed text of each locale key that the stat block uses."""

    def creature(self) -> CreatureTemplate | None:
        """The stat block, or None where the gatherer holds the reasons why there is none."""
        monster, attempt = self.monster, self.gatherer.attempt
        challenge = attempt("challenge_rating", lambda: ChallengeRating(monster.challenge_rating))
        kind = attempt("type", lambda: type_of(monster))
        dice = attempt("hit_dice", lambda: hit_dice_of(monster, self.gatherer))
        abilities = attempt("", lambda: abilities_of(monster))
        if challenge is None or kind is None or dice is None or abilities is None:
            return None
        if monster.xp is not None and monster.xp != challenge.xp and challenge > 0:
            self.gatherer.note("xp", f"is {monster.xp}, but challenge {challenge} is worth {challenge.xp}")
        deeds = self._deeds()
        legendary = self._legendary(deeds)
        saves, skills = attempt("proficiencies", lambda: training_of(monster, self.gatherer)) or ([], [])
        speeds = attempt("speed", lambda: speeds_of(monster)) or Speeds()
        fastest = max(speeds.walk, speeds.fly, speeds.swim, speeds.climb, speeds.burrow)
        self.names |= {locale_key("creature", monster.name): monster.name, **deeds.names}
        figures = {
            "id": slug(monster.name),
            "name_key": locale_key("creature", monster.name),
            "type": kind[0],
            "subtypes": kind[1],
            "size": monster.size.lower(),
            "armor_class": monster.armor_class,
            "hit_dice": dice,
            "hit_points": max(1, int(dice.average // 1)),
            "challenge": challenge,
            "speeds": speeds,
            "abilities": abilities,
            "saving_throws": saves,
            "skills": skills,
            "actions": deeds.actions,
            "legendary_actions": legendary,
            "traits": self._traits(monster.special_abilities, _weapon(deeds)),
            "reactions": self._traits(monster.reactions, None),
            "damage_modifiers": attempt("damage", lambda: modifiers_of(monster, self.gatherer)),
            "senses": attempt("senses", lambda: senses_of(monster)),
            "languages": languages_of(monster, self.gatherer),
            "tags": [*(["undead"] if kind[0] == "undead" else []), *(["swarm"] if "swarm" in kind[1] else [])],
            "roles": roles_of(deeds.actions, legendary, fastest, dice, challenge),
        }
        if self.gatherer.faults:
            return None
        return attempt("", lambda: CreatureTemplate.model_validate(figures))

    def _deeds(self) -> Deeds:
        """Its actions: simple ones, spells, and what is combined of the simple ones, which comes first."""
        monster = self.monster
        known = {slug(plain_name(one.name)) for one in monster.special_abilities}
        deeds = Deeds(magical=bool(known & _MAGIC_WEAPONS), gatherer=self.gatherer)
        combined = [one for one in monster.actions if slug(one.name).startswith(MULTIATTACK)]
        for ability in monster.actions:
            if ability not in combined:
                deeds.add(ability)
        for ability in monster.special_abilities:
            if ability.spellcasting is not None:
                self.gatherer.attempt(ability.name, lambda ability=ability: spells_of(ability, monster, deeds))
        for ability in combined:
            self.gatherer.attempt(ability.name, lambda ability=ability: deeds.combine(ability))
        if not deeds.actions:
            deeds.flee()
        return deeds

    def _legendary(self, deeds: Deeds) -> list[Action]:
        made = [
            self.gatherer.attempt(one.name, lambda one=one: deeds.legendary(one))
            for one in self.monster.legendary_actions
        ]
        return [one for one in made if one is not None]

    def _traits(self, abilities: tuple[ForeignAbility, ...], weapon: DamageType | None) -> list[Trait]:
        traits = dict[str, Trait]()
        for ability in abilities:
            trait = self.gatherer.attempt(ability.name, lambda ability=ability: trait_of(ability, weapon))
            if trait is not None:
                traits.setdefault(trait.id, trait)
                self.names[trait.name_key] = plain_name(ability.name)
        return list(traits.values())


def _weapon(deeds: Deeds) -> DamageType | None:
    """The type of damage of its first attack."""
    return next((one.damage[0].type for one in deeds.actions if one.is_attack and one.damage), None)
