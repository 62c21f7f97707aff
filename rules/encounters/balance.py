"""Make a proposed encounter legal."""

from __future__ import annotations

from rules.encounters.budgeting import affordable, weakest, within_budget, xp_of
from rules.encounters.fitting import candidates, kinship
from rules.encounters.prepare import decision_of, grouped
from rules.situation import Situation
from schemas.decisions import EncounterDecision, EncounterProposal
from schemas.errors import nearest


def balance(proposal: EncounterProposal, situation: Situation) -> tuple[EncounterDecision, tuple[str, ...]]:
    """Make a proposal legal, and say what was changed.

    Unknown creatures are swapped for the nearest known name or the hardest that fits, those that would be too much
    even alone for their nearest kin that may come; then the largest group shrinks, one by one, and the last group
    leaves, until the encounter is within its budget. The figures are always the rules' own. When somebody was swapped
    or left, the introduction speaks of others than those who come, and is written anew.
    """
    groups, corrections, renamed = dict[str, int](), list[str](), False
    may_come = affordable(situation)
    for group in proposal.creatures:
        creature = group.creature
        if xp_of(situation, creature) is None:
            creature = nearest(creature, may_come) or _instead(None, situation)
            corrections.append(f"there is no creature '{group.creature}': '{creature}' comes instead")
        elif creature not in may_come and (kin := _instead(creature, situation)) != creature:
            creature = kin
            corrections.append(f"'{group.creature}' is too much for this party: '{creature}' comes instead")
        renamed = renamed or creature != group.creature
        groups[creature] = min(20, groups.get(creature, 0) + group.count)
    before = dict(groups)
    while not within_budget(situation, grouped(groups.items())):
        largest = max(groups, key=lambda name: (groups[name], name))
        if groups[largest] > 1:
            groups[largest] -= 1
        elif len(groups) > 1:
            gone = list(groups)[-1]
            del groups[gone]
            renamed = True
        else:
            groups, renamed = {weakest(situation): 1}, True
    for name, count in before.items():
        if groups.get(name, 0) != count:
            corrections.append(f"{count} of '{name}' are over the budget: {groups.get(name, 0)} come")
    decision = decision_of(groups.items(), situation)
    if not renamed:
        decision = decision.model_copy(update={"introduction": proposal.introduction})
    elif corrections:
        corrections.append("the introduction is told anew for those who come")
    return decision, tuple(corrections)


def _instead(creature: str | None, situation: Situation) -> str:
    """Who comes instead: the nearest kin of those that fit, the hardest of them; else the hardest that fits."""
    found, book = candidates(situation), situation.bestiary
    if not found:
        return weakest(situation)
    if creature is None or creature not in book:
        return found[0].id
    return max(found, key=lambda page: (kinship(creature, page.id, book), page.challenge, page.id)).id
