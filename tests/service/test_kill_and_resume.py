"""A process that is killed in the middle of a decision, and the one that comes after it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig

from graphs import load
from nodes import CATALOGUE
from schemas import PROJECT, WorldPack, load_settings
from service import Loom
from tests.service.killed import play, request_of
from tests.service.stage import good_answer

WAYS = {
    "dialogue": "feel weigh_standing follow_talk choose_policy recall compose generate judge act keep_place remember",
    "combat": "feel size_up choose_policy recall compose generate judge act remember",
    "encounter": "feel gauge choose_policy recall compose generate balance judge foresee remember",
    "quest": "feel survey choose_policy recall compose generate prove judge act confirm remember",
    "description": "feel look_up choose_policy recall compose generate judge keep_look remember",
    "tactics": "feel study choose_policy recall compose generate judge remember",
    "diplomacy": "feel weigh_standing look_abroad weigh_offer choose_policy recall compose generate judge act remember",
}
"""The nodes on the model's road through each graph."""
BESIDE = {"repair", "decide_by_rules"}
ONLY_A_BOSS = {"combat": {"study"}}
"""Nodes that an opening's character does not pass."""


def kill_all(plan: Path) -> None:
    command = [sys.executable, "-m", "tests.service.killed", str(plan)]
    subprocess.run(command, cwd=PROJECT, check=True, timeout=900)


@pytest.fixture
async def loaded_home(tmp_path: Path, morning_star: WorldPack) -> Path:
    home = tmp_path / "loaded"
    async with Loom.open(load_settings(home=home), model=None) as loom:
        await loom.memory.load_world(morning_star)
    return home


@pytest.mark.parametrize("kind", WAYS)
async def test_a_run_killed_at_any_node_and_resumed_ends_in_the_record_of_one_that_was_not(
    kind: str, loaded_home: Path, tmp_path: Path
) -> None:
    undisturbed = shutil.copytree(loaded_home, tmp_path / "undisturbed")
    async with Loom.open(load_settings(home=undisturbed), model=None) as loom:
        answer = good_answer(loom, request_of(kind))
    expected = await play(undisturbed, kind, answer)
    way = WAYS[kind].split()
    moments = [*((node, "before") for node in way), (way[-1], "after")]  # after one node is before the next
    scenes = [
        {"home": str(tmp_path / f"{node}-{when}"), "kind": kind, "answer": answer, "node": node, "when": when}
        for node, when in moments
    ]
    for scene in scenes:
        shutil.copytree(loaded_home, str(scene["home"]))
    plan = tmp_path / "scenes.json"
    plan.write_text(json.dumps(scenes))

    kill_all(plan)

    for scene in scenes:
        resumed = await play(Path(str(scene["home"])), kind, answer, resume=True)
        assert resumed == expected, scene
    decisions = [row for row in expected if row.get("table") == "decision"]
    assert len(decisions) == 1


@pytest.mark.parametrize("kind", WAYS)
def test_the_kill_test_knows_every_node_of_the_road(kind: str) -> None:
    declared = set(load(kind, CATALOGUE).nodes)
    assert set(WAYS[kind].split()) == declared - BESIDE - ONLY_A_BOSS.get(kind, set())


async def test_a_run_that_was_cut_off_before_its_first_node_begins_anew(loaded_home: Path) -> None:
    request = request_of("diplomacy").model_copy(update={"policy": "rules", "timeline": "main"})
    config: RunnableConfig = {"configurable": {"thread_id": f"{request.thread_id}@main"}}
    async with Loom.open(load_settings(home=loaded_home), model=None) as loom:
        graph: Any = loom.graph("diplomacy")  # LangGraph's types leave its input open
        first = loom.declaration("diplomacy").entrypoint
        await graph.ainvoke({"request": request.model_dump(mode="json")}, config, interrupt_before=[first])
        assert (await graph.aget_state(config)).next == (first,)

        decision = await loom.resume(request)

    assert decision.receipt.steps[0].node == first
    assert decision.receipt.source == "rules"
