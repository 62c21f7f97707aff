"""What a model said is said again: to whom, when, and when not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from inference import Answer, Ask, RecordedModel, RecordingModel, ScriptedModel
from inference.model import Content
from memory import News
from nodes import SystemClock
from schemas import (
    Decision,
    DecisionRequest,
    DialogueDecision,
    Fact,
    ModelRejected,
    ModelUnavailable,
    Settings,
    Tag,
    TagKind,
    WorldPack,
)
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.support.waiting import until

SOUP = "Two bowls of soup, please."
ALIKE = "Two bowls of your soup, please!"
OTHER = "Is the ferry to the islands still running tonight?"


class Teller(ScriptedModel):
    """Says something new each time."""

    def __init__(self, **more: Any) -> None:
        super().__init__(self._next, **more)
        self.times = 0

    def _next(self, _: Ask, schema: type[BaseModel]) -> Mapping[str, Any]:
        self.times += 1
        return SAYING[schema.__name__](self.times)


def spoken(number: int, text: str = "Mind the step, it is wet", **more: Any) -> dict[str, Any]:
    variants = [
        {"text": "Who says so?", "tone": "neutral", "consequence_hint": None},
        {"text": "Then let us talk of the soup.", "tone": "joyful", "consequence_hint": None},
    ]
    said = {"npc_text": f"{text}, and that is {number}.", "tone": "friendly", "player_variants": variants}
    return {"content": said, "tool_calls": [], **more}


def struck(number: int) -> dict[str, Any]:
    move = {"kind": "attack", "ability": "scimitar", "target": "tamsin_reed"}
    return {"content": {"reasoning": f"She is close, thought {number}.", "move": move}, "tool_calls": []}


SAYING: dict[str, Callable[[int], dict[str, Any]]] = {
    "DialogueDecisionAnswer": spoken,
    "CombatDecisionAnswer": struck,
}


@pytest.fixture
def caching(settings: Settings) -> Settings:
    """Answers are kept in this process."""
    return cached(settings)


def cached(settings: Settings, **more: object) -> Settings:
    """The same settings with a cache."""
    return settings.model_validate({**settings.model_dump(), "cache": {"store": "memory", **more}})


def talk(opening: Opening, by: str = "ann", text: str = SOUP, *, to: str = "pip", **more: Any) -> DecisionRequest:
    """A player says something to Pip, who knows no secret; each player in a conversation of their own.

    `days` later: kind words please him for some hours, and who feels otherwise is asked anew.
    """
    asked = opening("dialogue").model_dump(mode="json")
    asked["event"] |= {"speaker": by, "listener": to, "text": text, "concepts": more.pop("concepts", [])}
    somebody = [{"id": to, "kind": "character"}, {"id": by, "kind": "player", "name": by.title(), "side": "party"}]
    asked["scene"] |= {"present": somebody, "recent_events": []} | more.pop("scene", {})
    asked["scene"]["time"]["day"] += more.pop("days", 0)
    asked |= {"id": f"talk-{next(_NUMBERS)}", "character": to, "thread": f"with-{by}", "policy": "model"}
    return DecisionRequest.model_validate(asked | more)


_NUMBERS = iter(range(1_000_000))


def fight(opening: Opening, **more: Any) -> DecisionRequest:
    asked = opening("combat").model_dump(mode="json")
    return DecisionRequest.model_validate(asked | {"id": f"turn-{next(_NUMBERS)}", "policy": "model"} | more)


def line(decision: Decision) -> str:
    assert isinstance(decision.content, DialogueDecision)
    return decision.content.npc_text


async def from_the_beginning(loom: Loom) -> None:
    """Play goes on from before the first decision, as when an old save is loaded."""
    world = loom.world("morning_star")
    moments = await world.log(limit=1_000)
    await world.rewind(to=min(moment.seq for moment in moments))


async def test_nothing_is_said_again_unless_the_settings_say_so(open_loom: OpenLoom, opening: Opening) -> None:
    model = Teller()
    async with open_loom(model) as loom:
        await loom.decide(talk(opening, "ann"))
        again = await loom.decide(talk(opening, "bob", ALIKE))

    assert again.receipt.source == "model"
    assert again.receipt.reused is None
    assert model.times == 2


async def test_another_player_who_asks_alike_hears_what_was_said_before(
    open_loom: OpenLoom, opening: Opening, caching: Settings
) -> None:
    model = Teller()
    async with open_loom(model, settings=caching) as loom:
        first = await loom.decide(talk(opening, "ann"))
        again = await loom.decide(talk(opening, "bob", ALIKE))

    assert (first.receipt.source, again.receipt.source) == ("model", "cache")
    assert line(again) == line(first)
    assert model.times == 1
    receipt = again.receipt
    assert receipt.reason == "cache_semantic"
    assert receipt.reused is not None
    assert receipt.reused.likeness is not None
    assert receipt.reused.likeness >= 0.92
    assert receipt.reused.tokens == first.receipt.tokens
    assert receipt.tokens.prompt == receipt.tokens.completion == receipt.attempts == 0
    assert receipt.versions.model == "scripted"
    assert receipt.versions.schema_ is not None
    assert receipt.validity.world


@pytest.mark.parametrize(
    "text",
    [OTHER, "Two bowls of soup? Not for me, please.", "Who asked for two bowls of soup, please?", "3 bowls of soup"],
)
async def test_who_says_something_else_gets_an_answer_of_their_own(
    open_loom: OpenLoom, opening: Opening, caching: Settings, text: str
) -> None:
    model = Teller()
    async with open_loom(model, settings=caching) as loom:
        await loom.decide(talk(opening, "ann"))
        other = await loom.decide(talk(opening, "bob", text))

    assert other.receipt.source == "model"
    assert model.times == 2


async def test_no_player_hears_the_same_words_twice(open_loom: OpenLoom, opening: Opening, caching: Settings) -> None:
    model = Teller()
    async with open_loom(model, settings=caching) as loom:
        first = await loom.decide(talk(opening, "ann"))
        second = await loom.decide(talk(opening, "ann", ALIKE, thread="another", days=9))
        both = [await loom.decide(talk(opening, "bob", thread=f"bob-{n}", days=9 * (n + 2))) for n in range(3)]

    assert [first.receipt.source, second.receipt.source] == ["model", "model"], "Ann has heard the first"
    assert [one.receipt.source for one in both] == ["cache", "cache", "model"], "two variants, and then a new one"
    assert {line(one) for one in both[:2]} == {line(first), line(second)}
    assert len({line(one) for one in both}) == 3


async def test_a_line_that_two_players_hear_is_new_to_neither(
    open_loom: OpenLoom, opening: Opening, caching: Settings
) -> None:
    model = Teller()
    together = talk(opening, "ann").scene.model_dump(mode="json")["present"]
    together.append({"id": "bob", "kind": "player", "name": "Bob", "side": "party"})
    async with open_loom(model, settings=caching) as loom:
        await loom.decide(talk(opening, "ann", scene={"present": together}))
        alone = await loom.decide(talk(opening, "bob", scene={"present": [together[0], together[2], together[1]]}))

    assert alone.receipt.source == "model"


async def test_what_shapes_an_answer_must_be_the_same(open_loom: OpenLoom, opening: Opening, caching: Settings) -> None:
    model = Teller()
    async with open_loom(model, settings=caching) as loom:
        await loom.decide(talk(opening, "ann"))
        changed: dict[str, dict[str, Any]] = {
            "bob": {"to": "caspar_wyle"},
            "cyd": {"language": "de"},
            "dan": {"scene": {"weather": "clear"}},
            "eve": {"concepts": ["hollow_bell"]},
        }
        others = [await loom.decide(talk(opening, by, **changes)) for by, changes in changed.items()]
        same = await loom.decide(talk(opening, "fay", days=9))

    assert {one.receipt.source for one in others} == {"model"}
    assert same.receipt.source == "cache"


async def test_a_character_that_has_learned_something_is_asked_anew(
    open_loom: OpenLoom, opening: Opening, caching: Settings
) -> None:
    model = Teller()
    async with open_loom(model, settings=caching) as loom:
        await loom.decide(talk(opening, "ann"))
        learned = Fact.model_validate(
            {
                "id": "soup_is_off",
                "text": "The soup has been off since yesterday.",
                "tags": [Tag(kind=TagKind.ENTITY, name="pip")],
                "known_by": ["pip"],
                "payload": {"kind": "event", "event_type": "soup_gone_off"},
            }
        )
        await loom.memory.tell(News(world="morning_star", id="news", facts=(learned,)))
        again = await loom.decide(talk(opening, "bob"))

    assert again.receipt.source == "model"


async def test_a_decision_that_holds_a_secret_is_never_answered_by_likeness(
    open_loom: OpenLoom, opening: Opening, caching: Settings
) -> None:
    model = Teller()
    async with open_loom(model, settings=caching) as loom:
        first = await loom.decide(talk(opening, "ann", to="marta"))
        again = await loom.decide(talk(opening, "bob", to="marta"))
        facts = await loom.memory.facts("morning_star", None, knower="marta")

    recalled = {fact.id for fact in facts if fact.is_secret} & set(first.receipt.retrieved)
    assert recalled, "a secret came to her mind"
    assert (first.receipt.source, again.receipt.source) == ("model", "model")


async def test_what_names_a_player_or_asks_for_tools_is_for_nobody_else(
    open_loom: OpenLoom, opening: Opening, caching: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = {
        "tool": "modify_relationship",
        "arguments": {"toward": "ann", "affinity": 0.1, "trust": 0, "reason": "soup"},
    }
    for answer in (spoken(1, "Ann, mind the step"), spoken(1, tool_calls=[call])):
        monkeypatch.setitem(SAYING, "DialogueDecisionAnswer", lambda _, answer=answer: answer)
        model = Teller()
        async with open_loom(
            model, settings=caching.model_copy(update={"home": caching.home / str(id(answer))})
        ) as loom:
            await loom.decide(talk(opening, "ann"))
            again = await loom.decide(talk(opening, "bob"))

        assert again.receipt.source == "model"


async def test_the_same_turn_of_a_fight_is_decided_once(
    open_loom: OpenLoom, opening: Opening, caching: Settings
) -> None:
    model = Teller()
    async with open_loom(model, settings=caching) as loom:
        first = await loom.decide(fight(opening))
        await from_the_beginning(loom)
        again = await loom.decide(fight(opening, seed=7))

    assert (first.receipt.reason, again.receipt.reason) == ("accepted", "cache_exact")
    assert again.content == first.content
    assert again.receipt.reused is not None
    assert again.receipt.reused.likeness is None
    assert model.times == 1


async def test_a_move_against_somebody_who_has_left_is_no_answer(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    model = Teller()
    scene = opening("combat").scene.model_dump(mode="json")
    for one in scene["present"]:
        one["position"] = None  # all are in reach, so that only who is there matters
    without = [one for one in scene["present"] if one["id"] != "tamsin_reed"]
    twin = next(one for one in scene["present"] if one["id"] == "tamsin_reed") | {"id": "somebody_else"}
    async with open_loom(model, settings=cached(settings, semantic={"combat": 0.85})) as loom:
        await loom.decide(fight(opening, scene=scene))
        await from_the_beginning(loom)
        there = await loom.decide(fight(opening, scene={**scene, "present": [*scene["present"][::-1]]}))
        await from_the_beginning(loom)
        gone = await loom.decide(fight(opening, scene={**scene, "present": [*without, twin]}))

    assert there.receipt.reason == "cache_semantic", "the scene is a little different, and the move is legal in it"
    assert gone.receipt.source != "cache", "it would be as like, but its target is gone"
    assert model.times == 2


async def test_what_rules_say_for_a_model_that_failed_is_never_kept(
    open_loom: OpenLoom, opening: Opening, caching: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = spoken(1, "As an AI language model I cannot say")
    monkeypatch.setitem(SAYING, "DialogueDecisionAnswer", lambda _: bad)
    async with open_loom(Teller(), settings=caching) as loom:
        refused = await loom.decide(talk(opening, "ann"))
        held = await everything(loom)

    assert refused.receipt.source == "fallback"
    assert held == []


async def test_an_answer_that_was_repaired_is_kept_like_any_other(
    open_loom: OpenLoom, opening: Opening, caching: Settings
) -> None:
    def clumsy(ask: Ask, schema: type[BaseModel]) -> Mapping[str, Any]:
        del schema
        return spoken(2) if "cannot be used" in ask.messages[-1]["content"] else {"content": {}, "tool_calls": []}

    model = ScriptedModel(clumsy)
    async with open_loom(model, settings=caching) as loom:
        first = await loom.decide(talk(opening, "ann"))
        again = await loom.decide(talk(opening, "bob"))

    assert (first.receipt.source, again.receipt.source) == ("repaired", "cache")
    assert again.receipt.reused is not None
    assert again.receipt.reused.tokens == first.receipt.tokens, "both questions are saved"
    assert len(model.asked) == 2


async def test_what_was_said_to_a_shortened_prompt_is_for_nobody_else(
    open_loom: OpenLoom, opening: Opening, caching: Settings
) -> None:
    model = ScriptedModel([ModelRejected("too long", status=413), spoken(1), spoken(2)])
    async with open_loom(model, settings=caching) as loom:
        first = await loom.decide(talk(opening, "ann"))
        again = await loom.decide(talk(opening, "bob", ALIKE))

    assert first.receipt.cuts
    assert (first.receipt.source, again.receipt.source) == ("repaired", "model")


async def test_worlds_share_nothing(
    open_loom: OpenLoom, opening: Opening, caching: Settings, morning_star: WorldPack
) -> None:
    twin = morning_star.model_copy(update={"info": morning_star.info.model_copy(update={"id": "evening_star"})})
    model = Teller()
    async with open_loom(model, settings=caching) as loom:
        await loom.memory.load_world(twin)
        await loom.decide(talk(opening, "ann"))
        elsewhere = await loom.decide(talk(opening, "bob", world="evening_star"))
        here = await loom.decide(talk(opening, "cyd"))

    assert (elsewhere.receipt.source, here.receipt.source) == ("model", "cache")


async def everything(loom: Loom) -> list[Any]:
    """All that is kept."""
    assert loom.context.answers is not None
    return [kept async for kept, _ in loom.context.answers.store.everything()]


class Held(ScriptedModel):
    """Answers when it is let go."""

    def __init__(self, script: Callable[[int], Any]) -> None:
        super().__init__(lambda ask, schema: script(len(self.asked)))
        self.let_go = asyncio.Event()

    async def answer(self, ask: Ask, schema: type[Content]) -> Answer[Content]:
        first = not self.asked
        self.asked.append(ask)
        if first:
            await self.let_go.wait()
        self.asked.pop()
        return await super().answer(ask, schema)


async def all_wait(loom: Loom, number: int) -> None:
    answers = loom.context.answers
    assert answers is not None
    await until(lambda: answers.flights.waiting == number, f"{number} wait for somebody else's question")


async def test_equal_questions_at_once_are_one_question(
    open_loom: OpenLoom, opening: Opening, caching: Settings
) -> None:
    model = Held(struck)
    async with open_loom(model, settings=caching) as loom:
        asked = [asyncio.create_task(loom.decide(fight(opening, thread=f"fight-{n}"))) for n in range(8)]
        await all_wait(loom, 7)
        model.let_go.set()
        made = await asyncio.gather(*asked)

    assert len(model.asked) == 1
    assert sorted(one.receipt.reason for one in made) == ["accepted", *["cache_flight"] * 7]
    assert len({one.content.model_dump_json() for one in made}) == 1
    saved = next(one.receipt.reused for one in made if one.receipt.reused is not None)
    assert saved.tokens.prompt > 0


async def test_who_waits_for_somebody_elses_question_keeps_its_own_deadline(
    open_loom: OpenLoom, opening: Opening, caching: Settings
) -> None:
    model = Held(struck)
    async with open_loom(model, settings=caching, clock=SystemClock()) as loom:
        patient = asyncio.create_task(loom.decide(fight(opening, thread="patient", deadline_ms=600_000)))
        await until(lambda: model.asked, "the first is asking")
        hasty = await loom.decide(fight(opening, thread="hasty", deadline_ms=300))
        still_waiting = not patient.done()
        model.let_go.set()
        late = await patient

    assert still_waiting
    assert (hasty.receipt.source, late.receipt.source) == ("fallback", "model")


async def test_when_the_first_fails_the_others_ask_for_themselves(
    open_loom: OpenLoom, opening: Opening, caching: Settings
) -> None:
    model = Held(lambda times: ModelUnavailable("not now") if times == 1 else struck(times))
    async with open_loom(model, settings=caching) as loom:
        asked = [asyncio.create_task(loom.decide(fight(opening, thread=f"fight-{n}"))) for n in range(3)]
        await all_wait(loom, 2)
        model.let_go.set()
        made = await asyncio.gather(*asked)

    assert sorted(one.receipt.source for one in made) == ["fallback", "model", "model"]


async def test_when_the_first_is_called_off_the_others_ask_for_themselves(
    open_loom: OpenLoom, opening: Opening, caching: Settings
) -> None:
    model = Held(struck)
    async with open_loom(model, settings=caching) as loom:
        first = asyncio.create_task(loom.decide(fight(opening, thread="first")))
        await until(lambda: model.asked, "the first is asking")
        other = asyncio.create_task(loom.decide(fight(opening, thread="other")))
        await all_wait(loom, 1)
        first.cancel()
        made = await other

    assert made.receipt.source == "model"


async def test_a_recorded_run_is_the_same_again_with_a_cache_that_begins_as_empty(
    open_loom: OpenLoom, opening: Opening, caching: Settings, tmp_path: Path
) -> None:
    tape = tmp_path / "tape.jsonl"
    asked = [talk(opening, "ann"), talk(opening, "bob", ALIKE), talk(opening, "bob"), talk(opening, "cyd", OTHER)]
    played: list[list[str]] = []
    for number, model in enumerate((RecordingModel(Teller(), tape), None)):
        home = caching.model_copy(update={"home": tmp_path / str(number)})
        async with open_loom(model or RecordedModel(tape, exact=True), settings=home) as loom:
            made = [await loom.decide(one) for one in asked]
        played.append([one.model_dump_json(exclude={"receipt": {"checkpoint"}}) for one in made])

    assert played[0] == played[1]
    assert len(tape.read_text().splitlines()) == 3, "one of the four was said again"


async def test_a_process_goes_on_with_what_the_last_one_learned(
    open_loom: OpenLoom, opening: Opening, settings: Settings, tmp_path: Path
) -> None:
    keeping = cached(settings, file=tmp_path / "answers.jsonl")
    first, second = Teller(), Teller()
    async with open_loom(first, settings=keeping) as loom:
        said = await loom.decide(talk(opening, "ann"))
    async with open_loom(second, settings=keeping.model_copy(update={"home": tmp_path / "new"})) as loom:
        again = await loom.decide(talk(opening, "bob"))

    assert line(again) == line(said)
    assert second.times == 0


async def test_answers_of_another_model_are_not_passed_off_as_this_ones(
    open_loom: OpenLoom, opening: Opening, settings: Settings, tmp_path: Path
) -> None:
    keeping = cached(settings, file=tmp_path / "answers.jsonl")
    async with open_loom(Teller(name="old"), settings=keeping) as loom:
        await loom.decide(talk(opening, "ann"))
    async with open_loom(Teller(name="new"), settings=keeping.model_copy(update={"home": tmp_path / "new"})) as loom:
        again = await loom.decide(talk(opening, "bob"))

    assert (again.receipt.source, again.receipt.versions.model) == ("model", "new")
