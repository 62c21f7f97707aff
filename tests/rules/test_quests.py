from __future__ import annotations

from typing import Any

import pytest

from rules import Bestiary, choices, decide, judge, quest_gold, quest_xp
from schemas import Character, EntityDied, Fact, Place, QuestDecision, QuestRequested, SecretFact, World
from tests.rules.situations import fighter, situation, world

ASKED = QuestRequested(actor="hero", giver="marta", party_levels=(2, 2, 3))
VALE = world(
    characters=(Character(id="marta", name="Marta"), Character(id="elias", name="Elias", home="mill")),
    places=(Place(id="inn", name="The Inn", exits=("mill",)), Place(id="mill", name="The Old Mill", holds=("ledger",))),
    items=("ledger",),
    concepts=("orphanhood",),
)


def offered(of: World = VALE, seed: int = 7, **more: Any) -> QuestDecision:
    decision = decide("QuestDecision", situation(ASKED, of=of, seed=seed, **more))
    assert isinstance(decision, QuestDecision)
    return decision


def step(id_: str, kind: str, target: str, *after: str) -> dict[str, Any]:
    return {"id": id_, "kind": kind, "target": target, "description": "Do it", "after": list(after)}


REACHED = [step("talk", "reach", "mill"), step("fight", "reach", "mill")]


def damaged_quest(**changes: Any) -> QuestDecision:
    """A good quest with something changed in it."""
    return QuestDecision.model_validate(
        {
            "title": "The ledger",
            "giver": "marta",
            "summary": "Somebody took it.",
            "objectives": [
                step("go", "reach", "mill"),
                step("find", "collect", "ledger", "go"),
                step("fight", "defeat", "elias", "go"),
                step("talk", "talk", "elias", "go"),
            ],
            "branches": [
                {"id": "a", "name": "Found", "ending": "success", "decided_by": "find"},
                {"id": "b", "name": "Talked", "ending": "compromise", "decided_by": "talk"},
                {"id": "c", "name": "Fought", "ending": "failure", "decided_by": "fight"},
            ],
            "rewards": {"xp": 100, "gold": 10, "items": []},
            "hooks": ["More"],
            **changes,
        }
    )


def damaged(**changes: Any) -> list[str]:
    """What the judge says about it."""
    return [one.code for one in judge("QuestDecision", damaged_quest(**changes), situation(ASKED, of=VALE))]


def test_every_kind_of_quest_is_offered_where_the_world_has_the_means() -> None:
    titles = {offered(seed=seed).title.split(":")[0] for seed in range(40)}

    assert titles == {"The hunt", "Lost and wanted", "Safely there", "A reckoning"}


def test_an_empty_world_has_an_errand_at_least() -> None:
    quest = offered(world(), book=Bestiary())

    assert quest.title == "A look around: Inn"
    assert quest.giver == "inn"
    assert judge("QuestDecision", quest, situation(ASKED, of=world(), book=Bestiary())) == []


def test_whoever_was_asked_gives_the_quest_unless_they_are_dead() -> None:
    assert offered().giver == "marta"
    corpse = fighter("marta", "us", hp=0)
    decision = decide("QuestDecision", situation(ASKED, corpse, of=VALE))
    assert isinstance(decision, QuestDecision)
    assert decision.giver == "elias"


def test_nobody_is_sent_to_talk_to_the_dead() -> None:
    died = EntityDied(entity="elias")
    for seed in range(20):
        decision = decide("QuestDecision", situation(died, of=VALE, seed=seed))
        assert isinstance(decision, QuestDecision)
        assert "elias" not in {one.target for one in decision.objectives}


def test_a_quest_pays_within_its_budget() -> None:
    rewards = offered().rewards

    assert 0 < rewards.xp <= quest_xp((2, 2, 3)) == 600 + 600 + 1200
    assert 0 < rewards.gold <= quest_gold((2, 2, 3)) == 350


def test_a_sound_quest_passes() -> None:
    assert damaged() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"giver": "santa"}, "unknown_giver"),
        ({"rewards": {"xp": 99_999, "gold": 0, "items": []}}, "over_budget"),
        ({"rewards": {"xp": 0, "gold": 351, "items": []}}, "over_budget"),
        ({"rewards": {"xp": 0, "gold": 0, "items": ["crown_of_stars"]}}, "unknown_item"),
        ({"title": "   "}, "blank"),
        ({"hooks": ["As an AI I know more"]}, "out_of_character"),
    ],
)
def test_the_judge_says_what_is_wrong_with_a_quest(changes: dict[str, Any], code: str) -> None:
    assert damaged(**changes) == [code]


@pytest.mark.parametrize(
    ("kind", "target"),
    [("reach", "elias"), ("talk", "mill"), ("collect", "marta"), ("defeat", "balrog"), ("learn", "algebra")],
)
def test_an_objective_must_be_about_something_of_its_kind(kind: str, target: str) -> None:
    assert damaged(objectives=[step("find", kind, target), *REACHED]) == ["unknown_target"]


def test_a_branch_that_needs_the_fallen_cannot_be_reached() -> None:
    steps = [
        step("fight", "defeat", "elias"),
        step("talk", "talk", "elias", "fight"),
        step("find", "collect", "ledger"),
    ]

    assert damaged(objectives=steps) == ["unreachable"]


def test_a_creature_of_the_bestiary_can_be_hunted() -> None:
    assert damaged(objectives=[step("find", "defeat", "owlbear"), *REACHED]) == []


def test_a_secret_does_not_hide_in_an_id() -> None:
    secret = Fact(id="s", text="Elias burned the bakery", payload=SecretFact(holder="elias"), known_by=("elias",))
    quest = damaged_quest()
    fields = quest.model_dump(mode="json")
    fields["branches"][2]["id"] = "elias_burned_the_bakery"
    leaking = QuestDecision.model_validate(fields)

    assert judge("QuestDecision", quest, situation(ASKED, of=VALE), [secret]) == []
    (objection,) = judge("QuestDecision", leaking, situation(ASKED, of=VALE), [secret])
    assert (objection.code, objection.where) == ("secret", "branches[2].id")


def test_a_model_may_name_the_giver_who_was_asked_and_what_exists() -> None:
    legal = choices("QuestDecision", situation(ASKED, of=VALE))

    assert legal["giver"] == ("marta",)
    assert {"elias", "mill", "ledger", "orphanhood"} <= set(legal["target"])
