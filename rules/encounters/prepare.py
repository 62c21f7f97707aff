"""Choose who is met, by the rules alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rules.budget import adjusted
from rules.encounters.budgeting import asked_difficulty, budget_of, figures, least_of, weakest
from rules.encounters.companies import Casting, Groups
from rules.encounters.fitting import candidates
from rules.situation import Situation, clip
from schemas.decisions import CreatureGroup, EncounterDecision
from schemas.events import EncounterRequested


def prepare_encounter(situation: Situation) -> EncounterDecision:
    """Creatures that fit the themes and the terrain, between the asked threshold and the budget.

    Companies of all shapes are tried; of those that fit, the dice choose, and mixed roles, kin and whoever was not met
    lately are likelier. Where none fits, every kind is tried by itself. Where nothing reaches the threshold, the
    hardest that stays within the budget; where even one creature is too much, the weakest one.
    """
    return decision_of(_choose(situation), situation)


def decision_of(groups: Iterable[tuple[str, int]], situation: Situation) -> EncounterDecision:
    """The groups with the rules' own figures and words."""
    creatures = grouped(groups)
    counted = figures(situation, creatures)
    return EncounterDecision(
        creatures=creatures,
        introduction=introduction(situation, creatures),
        difficulty=counted.difficulty,
        xp=counted.xp,
        adjusted_xp=counted.adjusted_xp,
        aim=situation.aim,
    )


def grouped(groups: Iterable[tuple[str, int]]) -> tuple[CreatureGroup, ...]:
    """Names and counts as what travels."""
    return tuple(CreatureGroup(creature=name, count=count) for name, count in groups)


def introduction(situation: Situation, creatures: Sequence[CreatureGroup]) -> str:
    """How they come into view: the sky, the light, the place, and then who."""
    scene, say = situation.request.scene, situation.say
    named = [
        say("encounter-group", count=group.count, creature=situation.name_of(group.creature)) for group in creatures
    ]
    who = named[0] if len(named) == 1 else say("list-and", first=", ".join(named[:-1]), last=named[-1])
    sentences = (
        say(f"encounter-weather-{scene.weather}"),
        say(f"encounter-light-{scene.lighting}"),
        say("encounter-arrival", place=situation.name_of(scene.location.id), creatures=who),
    )
    return clip(" ".join(sentences), 600)


def _choose(situation: Situation) -> Groups:
    found = candidates(situation)
    if not found:
        return ((weakest(situation), 1),)
    party, asked = situation.party_levels, asked_difficulty(situation)
    casting = Casting(situation.bestiary, found, _lately(situation), len(party))
    budget, least = budget_of(situation), least_of(situation)
    hardest, highest = ((found[0].id, 1),), 0
    for tried in (casting.companies(situation.dice), casting.alone()):
        fitting, likings = list[Groups](), list[float]()
        for company in tried:
            price = adjusted(company.xp, company.number, len(party), asked)
            if least <= price <= budget:
                fitting.append(company.groups)
                likings.append(company.liking)
            elif highest < price <= budget:
                highest, hardest = price, company.groups
        if fitting:
            return situation.dice.weighted(fitting, likings)
    return hardest


def _lately(situation: Situation) -> frozenset[str]:
    """Kinds that were met lately: by the event, and by who lies about."""
    event = situation.request.event
    told = event.met_lately if isinstance(event, EncounterRequested) else ()
    return frozenset((*told, *(one.template for one in situation.request.scene.present if one.template)))
