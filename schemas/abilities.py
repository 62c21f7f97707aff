"""What a creature is good at: six abilities, eighteen skills, proficiency (SRD 5.1, "Using Ability Scores")."""

from __future__ import annotations

from enum import StrEnum
from math import ceil
from typing import Annotated

from pydantic import Field

from schemas.values import Value

AbilityScore = Annotated[int, Field(ge=1, le=30)]
"""1 to 30; 10 and 11 are what most people have."""

DifficultyClass = Annotated[int, Field(ge=1, le=40)]
"""What a d20 with its bonuses has to reach."""


class Ability(StrEnum):
    """One of the six abilities."""

    STRENGTH = "strength"
    DEXTERITY = "dexterity"
    CONSTITUTION = "constitution"
    INTELLIGENCE = "intelligence"
    WISDOM = "wisdom"
    CHARISMA = "charisma"


class Skill(StrEnum):
    """One of the eighteen skills; each is a use of one ability."""

    ACROBATICS = "acrobatics"
    ANIMAL_HANDLING = "animal_handling"
    ARCANA = "arcana"
    ATHLETICS = "athletics"
    DECEPTION = "deception"
    HISTORY = "history"
    INSIGHT = "insight"
    INTIMIDATION = "intimidation"
    INVESTIGATION = "investigation"
    MEDICINE = "medicine"
    NATURE = "nature"
    PERCEPTION = "perception"
    PERFORMANCE = "performance"
    PERSUASION = "persuasion"
    RELIGION = "religion"
    SLEIGHT_OF_HAND = "sleight_of_hand"
    STEALTH = "stealth"
    SURVIVAL = "survival"

    @property
    def ability(self) -> Ability:
        """The ability that the skill belongs to."""
        return _ABILITY_OF_SKILL[self]


_SKILLS_OF_ABILITY = {
    Ability.STRENGTH: (Skill.ATHLETICS,),
    Ability.DEXTERITY: (Skill.ACROBATICS, Skill.SLEIGHT_OF_HAND, Skill.STEALTH),
    Ability.INTELLIGENCE: (Skill.ARCANA, Skill.HISTORY, Skill.INVESTIGATION, Skill.NATURE, Skill.RELIGION),
    Ability.WISDOM: (Skill.ANIMAL_HANDLING, Skill.INSIGHT, Skill.MEDICINE, Skill.PERCEPTION, Skill.SURVIVAL),
    Ability.CHARISMA: (Skill.DECEPTION, Skill.INTIMIDATION, Skill.PERFORMANCE, Skill.PERSUASION),
}
_ABILITY_OF_SKILL = {skill: ability for ability, skills in _SKILLS_OF_ABILITY.items() for skill in skills}


class AbilityScores(Value):
    """The six scores of one creature."""

    strength: AbilityScore = 10
    dexterity: AbilityScore = 10
    constitution: AbilityScore = 10
    intelligence: AbilityScore = 10
    wisdom: AbilityScore = 10
    charisma: AbilityScore = 10

    def score(self, ability: Ability) -> int:
        """The score itself, 1 to 30."""
        scores = {
            Ability.STRENGTH: self.strength,
            Ability.DEXTERITY: self.dexterity,
            Ability.CONSTITUTION: self.constitution,
            Ability.INTELLIGENCE: self.intelligence,
            Ability.WISDOM: self.wisdom,
            Ability.CHARISMA: self.charisma,
        }
        return scores[ability]

    def modifier(self, ability: Ability) -> int:
        """What the score adds to a d20: -5 to +10 (SRD 5.1, "Ability Scores and Modifiers")."""
        return (self.score(ability) - 10) // 2


class SavingThrow(Value):
    """A d20 against `dc` that wards something off."""

    ability: Ability
    dc: DifficultyClass


class SavingThrowBonus(Value):
    """A saving throw that a creature is better at than its ability says."""

    ability: Ability
    bonus: int = Field(ge=-10, le=30)


class SkillBonus(Value):
    """A skill that a creature is better at than its ability says."""

    skill: Skill
    bonus: int = Field(ge=-10, le=30)


def proficiency_bonus(level: int) -> int:
    """What practice adds at a level from 1 to 20: +2 to +6 (SRD 5.1, "Beyond 1st Level"). Others raise `ValueError`."""
    if not 1 <= level <= 20:
        raise ValueError(f"there is no level {level}; levels are 1 to 20")
    return 2 + (level - 1) // 4


def proficiency_bonus_for_challenge(challenge: float) -> int:
    """What practice adds for a monster of challenge 0 to 30: +2 to +9 (SRD 5.1, "Monsters", proficiency bonus)."""
    return 2 + (max(1, ceil(challenge)) - 1) // 4
