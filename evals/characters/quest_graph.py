"""A model that proposes good, illegal and absurd quests to the whole graph: what of it gets through?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel

from benchmarks.figures import Figure
from evals.outcome import Asked, Verdict
from evals.report import wilson
from inference import Ask, ScriptedModel
from memory import read_world
from nodes import FrozenClock
from rules import decide, prove_here
from schemas import PROJECT, DecisionRequest, QuestDecision, QuestProposal
from service.loom import Loom

SUITE, WORLD = "characters", "morning_star"
MARK = "Proposed"
"""How the title of every proposal begins: what gets through is known by it."""
_GOOD = "good proposals that are not called impossible"
"""Some are refused all the same: their words come too close to a secret of the world."""
_ABSURD: tuple[Mapping[str, Any] | str, ...] = (
    "I would rather talk about the weather.",
    {"content": {"title": "Nothing"}, "tool_calls": []},
    "{",
    {"content": [], "tool_calls": {}},
)


async def through_the_graph(asked: Asked, number: int) -> tuple[list[Figure], list[Verdict]]:
    """So many decisions: a third of the proposals good, a third illegal in one way or another, a third absurd."""
    dice, script = Random(6), dict[str, Mapping[str, Any] | str]()

    def line(ask: Ask, schema: type[BaseModel]) -> Mapping[str, Any] | str:
        del ask, schema
        return script["line"]

    good = used = wrong = 0
    failed = list[Verdict]()
    with TemporaryDirectory(prefix="loomwright-quests-", ignore_cleanup_errors=True) as folder:
        settings = asked.settings.model_copy(update={"home": Path(folder), "record_url": None, "servers": ()})
        async with Loom.open(settings, model=ScriptedModel(line), clock=FrozenClock()) as loom:
            pack = read_world(PROJECT / "config" / "worlds" / WORLD)
            await loom.memory.load_world(pack)
            opening = next(one for one in pack.opening if one.kind == "quest")
            for turn in range(number):
                fields: dict[str, object] = {
                    "id": f"q{turn}", "seed": turn, "policy": "model", "thread": f"t{turn}",
                    "timeline": await loom.memory.world_line(WORLD).fork(stay=True),
                }  # fmt: skip
                request = opening.model_copy(update=fields)
                sort = ("good", "illegal", "absurd")[turn % 3]
                script["line"] = _line(loom, request, sort, dice)
                decision = await loom.decide(request)
                quest = QuestDecision.model_validate(decision.content.model_dump())
                mine = quest.title.startswith(MARK)
                good += sort == "good"
                used += sort == "good" and (mine or decision.receipt.reason == "secret")
                ended = prove_here(quest, loom.context.situation_of(request, "evals"))
                if not ended.holds or (mine and sort != "good"):
                    wrong += 1
                    why = str(ended.faults)
                    failed.append(Verdict(SUITE, f"{sort} proposal {turn}", "refused", passed=False, reason=why))
    held, of = number - wrong, f"of {number}"
    figures = [
        Figure(SUITE, "quests of the graph that are possible", held / number, of, 1.0, "higher", wilson(held, number)),
        Figure(SUITE, _GOOD, used / max(1, good), f"of {good}", 1.0, "higher", wilson(used, good)),
        Figure(SUITE, "illegal and absurd proposals", float(number - good), of),
    ]
    return figures, failed


def _line(loom: Loom, request: DecisionRequest, sort: str, dice: Random) -> Mapping[str, Any] | str:
    if sort == "absurd":
        return dice.choice(_ABSURD)
    made = decide("QuestDecision", loom.context.situation_of(request, "evals")).model_dump(mode="json")
    quest = {name: made[name] for name in QuestProposal.model_fields} | {"title": f"{MARK} {request.id}"}
    return {"content": quest if sort == "good" else _broken(quest, dice), "tool_calls": []}


def _broken(quest: dict[str, Any], dice: Random) -> dict[str, Any]:
    """One of: a moon, a saint who gives it, a fortune, a murder before the talk, a circle, an item that nobody has."""
    steps = [dict(one) for one in quest["objectives"]]
    decided_by = next(one["decided_by"] for one in reversed(quest["branches"]) if one["ending"] == "success")
    last = next(step for step in steps if step["id"] == decided_by)
    way = dice.randrange(6)
    if way == 0:
        last.update(kind="reach", target="the_moon")
    elif way == 1:
        return {**quest, "giver": "saint_nobody"}
    elif way == 2:
        return {**quest, "rewards": {"xp": 100_000, "gold": 100_000, "items": []}}
    elif way == 3:
        steps.append({"id": "kill", "kind": "defeat", "target": "marta", "description": "Kill.", "after": []})
        last.update(kind="talk", target="marta", after=["kill"])
    elif way == 4:
        steps.append({"id": "round", "kind": "talk", "target": "marta", "description": "Talk.", "after": [last["id"]]})
        last.update(after=["round"])
    else:
        last.update(kind="collect", target="tin_star")
    return {**quest, "objectives": steps}
