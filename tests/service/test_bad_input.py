"""What a caller got wrong is told clearly, with the nearest right answer, and leaves no trace in the record."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memory import read_world
from schemas import (
    PROJECT,
    BadRequest,
    BadWorld,
    CallerError,
    DecisionRequest,
    Fact,
    LoreFact,
    Tag,
    UnknownThing,
    WorldPack,
)
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.service.stage import KINDS, good_answer, objections, says

Raw = dict[str, Any]
Change = Callable[[Raw], None]


def unknown_event(raw: Raw) -> None:
    raw["event"]["type"] = "DialogueStartet"


def event_without_a_type(raw: Raw) -> None:
    del raw["event"]["type"]


def event_of_another_kind(raw: Raw) -> None:
    raw["event"] = "a dragon came"


def text_where_a_number_belongs(raw: Raw) -> None:
    raw["seed"] = "many"


def number_where_text_belongs(raw: Raw) -> None:
    raw["event"]["text"] = 7


def a_list_where_a_scene_belongs(raw: Raw) -> None:
    raw["scene"] = []


def not_a_number(raw: Raw) -> None:
    raw["scene"]["present"][0]["position"] = {"x": float("nan"), "y": 0}


def infinite(raw: Raw) -> None:
    raw["scene"]["present"][0]["position"] = {"x": 0, "y": float("inf")}


def nan_deadline(raw: Raw) -> None:
    raw["deadline_ms"] = float("nan")


def no_deadline_at_all(raw: Raw) -> None:
    raw["deadline_ms"] = 0


def a_field_nobody_knows(raw: Raw) -> None:
    raw["mood"] = "grim"


def an_id_with_blanks(raw: Raw) -> None:
    raw["character"] = "Marta the Innkeeper"


def a_language_that_is_none(raw: Raw) -> None:
    raw["language"] = "../../etc"


def negative_seed(raw: Raw) -> None:
    raw["seed"] = -1


def an_unending_text(raw: Raw) -> None:
    raw["event"]["text"] = "a" * 2_001


def no_kind_for_what_asks_for_none(raw: Raw) -> None:
    raw["kind"] = None
    raw["event"] = {"type": "DayChanged", "day": 3}


def changed(request: DecisionRequest, **changes: object) -> DecisionRequest:
    return DecisionRequest.model_validate(request.model_dump() | changes)


REFUSED: list[tuple[Change, str]] = [
    (unknown_event, "event"),
    (event_without_a_type, "event"),
    (event_of_another_kind, "event"),
    (text_where_a_number_belongs, "seed"),
    (number_where_text_belongs, "event.DialogueStarted.text"),
    (a_list_where_a_scene_belongs, "scene"),
    (not_a_number, "scene.present[0].position.x"),
    (infinite, "scene.present[0].position.y"),
    (nan_deadline, "deadline_ms"),
    (no_deadline_at_all, "deadline_ms"),
    (a_field_nobody_knows, "mood"),
    (an_id_with_blanks, "character"),
    (a_language_that_is_none, "language"),
    (negative_seed, "seed"),
    (an_unending_text, "event.DialogueStarted.text"),
    (no_kind_for_what_asks_for_none, ""),
]


@pytest.mark.parametrize(("change", "where"), REFUSED, ids=[change.__name__ for change, _ in REFUSED])
async def test_a_request_that_does_not_fit_says_where_and_leaves_no_trace(
    change: Change, where: str, loom: Loom, opening: Opening
) -> None:
    before = await loom.memory.dump("morning_star")
    raw = opening("dialogue").model_dump(mode="json")
    change(raw)
    with pytest.raises(BadRequest) as caught:
        await loom.decide(raw)

    assert where in {fault.where for fault in caught.value.faults}
    assert all(fault.what for fault in caught.value.faults)
    assert await loom.memory.dump("morning_star") == before


async def test_the_fault_of_an_unknown_event_names_the_events_there_are(loom: Loom, opening: Opening) -> None:
    raw = opening("dialogue").model_dump(mode="json")
    unknown_event(raw)
    with pytest.raises(BadRequest, match="DialogueStarted"):
        await loom.decide(raw)


async def test_an_event_that_asks_for_no_decision_says_that_a_kind_must_be_named(loom: Loom, opening: Opening) -> None:
    raw = opening("dialogue").model_dump(mode="json")
    no_kind_for_what_asks_for_none(raw)
    with pytest.raises(BadRequest, match="'DayChanged' asks for no decision by itself: name the `kind`"):
        await loom.decide(raw)

    decision = await loom.decide({**raw, "kind": "dialogue"})
    assert decision.receipt.source == "rules"


async def test_all_faults_of_a_request_are_told_at_once(loom: Loom, opening: Opening) -> None:
    raw = opening("dialogue").model_dump(mode="json")
    for change in (text_where_a_number_belongs, a_field_nobody_knows, an_id_with_blanks):
        change(raw)
    with pytest.raises(BadRequest) as caught:
        await loom.decide(raw)
    assert {fault.where for fault in caught.value.faults} >= {"seed", "mood", "character"}


@pytest.mark.parametrize(
    ("changes", "kind", "near"),
    [
        ({"character": "marte"}, "character", "marta"),
        ({"character": "zzz"}, "character", None),
        ({"world": "morning_sta"}, "world", "morning_star"),
        ({"kind": "dialog"}, "kind of decision", "dialogue"),
        ({"timeline": "mian"}, "timeline", "main"),
        ({"timeline": "elsewhere"}, "timeline", None),
    ],
)
async def test_a_name_that_nobody_knows_is_answered_with_the_nearest(
    changes: Raw, kind: str, near: str | None, loom: Loom, opening: Opening
) -> None:
    before = await loom.memory.dump("morning_star")
    with pytest.raises(UnknownThing) as caught:
        await loom.decide(changed(opening("dialogue"), **changes))

    assert (caught.value.kind, caught.value.nearest) == (kind, near)
    assert (f"Did you mean '{near}'?" in str(caught.value)) == (near is not None)
    assert await loom.memory.dump("morning_star") == before


@pytest.mark.parametrize("kind", KINDS)
async def test_a_character_that_stands_in_the_scene_may_decide_though_the_world_has_no_sheet_for_it(
    kind: str, loom: Loom, opening: Opening
) -> None:
    asked = opening(kind)
    scene = asked.scene.model_dump()
    scene["present"] = [*scene["present"], {"id": "stranger", "kind": "character", "name": "A stranger"}]
    request = opening(kind, scene=scene, character="stranger")
    decision = await loom.decide(request)

    assert decision.character == "stranger"
    assert await objections(loom, request, decision) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answered_by", KINDS)
async def test_an_event_of_one_kind_put_to_another_still_gets_a_legal_decision(
    kind: str, answered_by: str, loom: Loom, opening: Opening
) -> None:
    request = changed(opening(kind), kind=answered_by)
    decision = await loom.decide(request)

    assert decision.kind == answered_by
    assert decision.receipt.source in {"rules", "fallback"}
    assert await objections(loom, request, decision) == []


async def test_a_request_that_is_asked_again_gets_the_same_answer_and_happens_once(
    open_loom: OpenLoom, opening: Opening
) -> None:
    async with open_loom() as quiet:
        answer = good_answer(quiet, opening("combat"))
    model = says(answer)
    async with open_loom(model) as loom:
        request = opening("combat", policy="model")
        first = await loom.decide(request)
        before = await loom.memory.dump("morning_star")
        second = await loom.decide(request)

        assert first.receipt.source == "model"
        assert second.content == first.content
        assert await loom.memory.dump("morning_star") == before


DANGLING: list[tuple[str, str, str, str]] = [
    ("factions.toml", 'leader = "orla_fenn"', 'leader = "orla_fen"', "orla_fenn"),
    ("characters/marta.toml", 'home = "drowned_lantern"', 'home = "drowned_lantren"', "drowned_lantern"),
    ("factions.toml", 'at_war_with = ["pale_choir"]', 'at_war_with = ["pale_choire"]', "pale_choir"),
]


@pytest.mark.parametrize(("file", "old", "new", "near"), DANGLING)
async def test_a_world_file_that_points_nowhere_is_not_loaded(
    file: str, old: str, new: str, near: str, tmp_path: Path, loom: Loom
) -> None:
    before = await loom.memory.dump("morning_star")
    folder = tmp_path / "morning_star"
    shutil.copytree(PROJECT / "config" / "worlds" / "morning_star", folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadWorld) as caught:
        await loom.memory.load_world(read_world(folder))

    assert [f"Did you mean '{near}'?"] == [fault.hint for fault in caught.value.faults]
    assert file in caught.value.faults[0].where
    assert await loom.memory.dump("morning_star") == before


async def test_a_pack_with_a_dangling_reference_is_refused_as_a_whole(loom: Loom, morning_star: WorldPack) -> None:
    before = await loom.memory.dump("morning_star")
    stray = Fact(
        id="stray", text="The mayor is a wolf.", payload=LoreFact(topic="mayor"),
        tags=(Tag.model_validate("entity:mayor"),), known_by=("everyone",),
    )  # fmt: skip
    fine = stray.model_copy(update={"id": "fine", "tags": (Tag.model_validate("entity:marta"),)})
    with pytest.raises(BadWorld, match="there is no entity 'mayor'"):
        await loom.memory.load_world(morning_star.model_copy(update={"facts": (fine, *morning_star.facts, stray)}))
    assert await loom.memory.dump("morning_star") == before


@pytest.mark.parametrize("given", [{}, {"request": None}, {"request": {"kind": "combat"}}, {"request": []}])
async def test_a_graph_that_is_run_by_hand_with_nonsense_says_so(given: Raw, loom: Loom) -> None:
    before = await loom.memory.dump("morning_star")
    with pytest.raises(Exception) as caught:  # noqa: PT011  # LangGraph and pydantic have their own words for it
        await loom.graph("combat", checkpoints=False).ainvoke(given)  # pyright: ignore[reportUnknownMemberType]  # untyped there
    assert str(caught.value)
    assert await loom.memory.dump("morning_star") == before


async def test_what_a_caller_can_mend_is_one_family(loom: Loom, opening: Opening) -> None:
    for wrong in ({"world": "nowhere"}, {"kind": "cooking"}):
        with pytest.raises(CallerError):
            await loom.decide(changed(opening("dialogue"), **wrong))
    with pytest.raises(CallerError):
        await loom.decide({})
