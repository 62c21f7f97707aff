"""The main job, shown: the example world opens, its five events are answered, and an encore shows the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

from memory import read_world
from schemas import (
    BarkDecision,
    CombatDecision,
    Content,
    DescriptionDecision,
    DialogueDecision,
    DiplomacyDecision,
    EncounterDecision,
    Policy,
    QuestDecision,
    TacticsDecision,
)
from service.loom import Loom
from service.rematch import Played, rematch

ENCORE = frozenset({"tactics", "description"})
"""Kinds that are shown after the others: a boss that fights and plans anew, and what a place looks like."""
MODEL_DEADLINE_MS = 60_000
"""A demo with a model may be slow (a model on a CPU is); a game would say what it can wait for."""


async def play(
    loom: Loom, world: Path, *, policy: Policy, language: str | None = None, encore: bool = True
) -> AsyncIterator[Played]:
    """Load a world and play its opening, with or without its encore: there, a boss fights, and plans again.

    Each playing is new: decisions of an earlier one stay in the record.
    """
    pack = read_world(world)
    await loom.memory.load_world(pack)
    playing = uuid4().hex[:8]
    for opening in (one for one in pack.opening if encore or one.kind not in ENCORE):
        changes: dict[str, object] = {"id": f"{opening.id}.{playing}", "policy": policy}
        if loom.context.model is not None:
            changes["deadline_ms"] = MODEL_DEADLINE_MS
        if language is not None:
            changes["language"] = language
        request = loom.read_request({**opening.model_dump(), **changes})
        decision = await loom.decide(request)
        yield request, decision
        if request.kind == "tactics":
            async for shown in rematch(loom, request, decision):
                yield shown


def in_short(content: Content) -> str:
    """A decision in a line or two, for people."""
    match content:
        case DialogueDecision():
            answers = "".join(f"\n  - {variant.text} ({variant.tone})" for variant in content.player_variants)
            return f"“{content.npc_text}” ({content.tone}){answers}"
        case BarkDecision():
            return "\n  ".join(f"{one.speaker}: “{one.text}”" for one in content.barks) or "nobody says a word"
        case CombatDecision():
            move = content.move
            detail = " ".join(str(value) for name, value in move if name != "kind")
            return f"{move.kind.replace('_', ' ')} {detail}\n  {content.reasoning}"
        case EncounterDecision():
            groups = ", ".join(f"{group.count} x {group.creature}" for group in content.creatures)
            odds = content.odds
            won = f"; the party wins {odds.win_rate.value:.0%} of {odds.runs} fights" if odds is not None else ""
            return f"{groups} ({content.difficulty}, {content.adjusted_xp} XP{won})\n  {content.introduction}"
        case QuestDecision():
            ways = ", ".join(f"{branch.name} ({branch.ending})" for branch in content.branches)
            return f"{content.title}: {content.summary}\n  ends: {ways}"
        case DescriptionDecision():
            return f"{content.short}\n  {content.text}"
        case DiplomacyDecision():
            terms = ", ".join(f"{term.kind} for {term.days} days" for term in content.terms)
            return f"{content.answer}{f' with {terms}' if terms else ''} ({content.stance})\n  “{content.message}”"
        case TacticsDecision():
            focus = f", first of all {content.focus}" if content.focus else ""
            return f"{' + '.join(content.stances) or 'no plan'}{focus}\n  {content.reasoning}"
