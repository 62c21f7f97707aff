from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rules import (
    Around,
    Bestiary,
    Proof,
    choices,
    decide,
    follow,
    judge,
    prove_here,
    quest_gold,
    quest_xp,
    take,
)
from rules.quests import MOST_STATES
from schemas import (
    Character,
    DialogueStarted,
    EntityDied,
    Fact,
    ItemExamined,
    ItemPickedUp,
    LocationEntered,
    ObjectiveRule,
    Place,
    QuestCondition,
    QuestDecision,
    QuestInShort,
    QuestProgress,
    QuestRequested,
    SecretFact,
    Tidings,
    World,
    WorldTime,
)
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


# --- what objectives need and make ------------------------------------------------------------------------------------

ROADS = world(
    characters=(
        Character(id="marta", name="Marta", home="inn"),
        Character(id="elias", name="Elias", home="mill"),
        Character(id="hermit", name="Hermit", home="island"),
        Character(id="rider", name="Rider"),
    ),
    places=(
        Place(id="inn", name="The Inn", exits=("mill", "pit"), within="town"),
        Place(id="mill", name="The Mill", exits=("inn",), holds=("ledger",)),
        Place(id="pit", name="The Pit", exits=("pit_floor",)),
        Place(id="pit_floor", name="Its Floor", exits=("pit",)),
        Place(id="town", name="The Town"),
        Place(id="island", name="The Island", exits=("islet",)),
        Place(id="islet", name="The Islet", exits=("island",)),
    ),
    items=("ledger", "crown"),
    concepts=("orphanhood",),
)


def asked_of(*steps: dict[str, Any], **changes: Any) -> QuestDecision:
    """A quest that ends well with its last step."""
    always = [step("c", "learn", "orphanhood"), step("f", "learn", "orphanhood")]
    return damaged_quest(
        objectives=[*steps, *always],
        branches=[
            {"id": "a", "name": "A", "ending": "success", "decided_by": steps[-1]["id"]},
            {"id": "b", "name": "B", "ending": "compromise", "decided_by": "c"},
            {"id": "d", "name": "D", "ending": "failure", "decided_by": "f"},
        ],
        **changes,
    )


def proof_of(*steps: dict[str, Any], tidings: Tidings | None = None, **changes: Any) -> Proof:
    here = situation(ASKED, of=ROADS)
    return prove_here(asked_of(*steps, **changes), replace(here, tidings=tidings or Tidings()))


def flaw(*steps: dict[str, Any], tidings: Tidings | None = None, **changes: Any) -> tuple[str, str]:
    """The step that fails, and why."""
    (found,) = proof_of(*steps, tidings=tidings, **changes).flaws
    return found.objective, found.what


GOOD = {
    "reach": [step("x", "reach", "mill")],
    "reach what one is in": [step("x", "reach", "town")],
    "talk": [step("x", "talk", "elias")],
    "talk on the road": [step("x", "talk", "rider")],
    "collect": [step("x", "collect", "ledger")],
    "deliver": [step("g", "collect", "ledger"), step("x", "deliver", "marta", "g")],
    "deliver without waiting": [step("g", "collect", "ledger"), step("x", "deliver", "elias")],
    "deliver a thing": [step("g", "collect", "ledger"), step("x", "deliver", "ledger")],
    "defeat": [step("x", "defeat", "elias")],
    "defeat a kind": [step("x", "defeat", "owlbear")],
    "protect": [step("g", "protect", "elias"), step("x", "talk", "elias", "g")],
    "learn": [step("x", "learn", "crown")],
}
BAD = {
    "no road leads there": ([step("x", "reach", "island")], "x", "is nowhere that one could go from 'inn'"),
    "nobody comes back": ([step("p", "reach", "pit"), step("x", "reach", "mill", "p")], "x", "go from 'pit'"),
    "they are beyond the sea": ([step("x", "talk", "hermit")], "x", "nowhere"),
    "nobody has it": ([step("x", "collect", "crown")], "x", "'ledger' could be had"),
    "nothing to deliver": ([step("x", "deliver", "marta")], "x", "nothing is there to deliver"),
    "killed, then talked to": (
        [step("k", "defeat", "elias"), step("x", "talk", "elias", "k")], "x", "is dead by then",
    ),
    "given away, then wanted": (
        [step("g", "collect", "ledger"), step("h", "deliver", "elias", "g"), step("x", "deliver", "marta", "h")],
        "x", "does not have 'ledger' by then",
    ),
    "protected, then killed": (
        [step("g", "protect", "elias"), step("x", "defeat", "elias", "g")], "x", "under the party's protection",
    ),
}  # fmt: skip


@pytest.mark.parametrize("steps", GOOD.values(), ids=GOOD)
def test_what_can_be_done_is_proved(steps: list[dict[str, Any]]) -> None:
    proof = proof_of(*steps)

    assert proof.holds, proof.faults
    assert proof.plans[0].steps[-1].objective == steps[-1]["id"]


@pytest.mark.parametrize(("steps", "objective", "why"), BAD.values(), ids=BAD)
def test_what_cannot_be_done_is_named(steps: list[dict[str, Any]], objective: str, why: str) -> None:
    where, what = flaw(*steps)

    assert where == objective
    assert why in what


def test_the_dead_and_the_burnt_of_the_record_are_heeded() -> None:
    assert flaw(step("x", "talk", "elias"), tidings=Tidings(dead=("elias",)))[1].startswith("'elias' is not among")
    assert "is gone" in flaw(step("x", "reach", "mill"), tidings=Tidings(gone=("mill",)))[1]
    assert flaw(step("x", "collect", "ledger"), tidings=Tidings(gone=("mill",)))[0] == "x"
    assert proof_of(step("x", "collect", "ledger"), tidings=Tidings(gone=("mill",), held={"ledger": "rider"})).holds


def test_what_the_giver_has_not_heard_of_is_not_told() -> None:
    away = Tidings(held={"ledger": "hermit"})
    quest, here = asked_of(step("x", "collect", "ledger")), situation(ASKED, of=ROADS)
    (told,) = judge("QuestDecision", quest, replace(here, tidings=away))
    unaware = away.model_copy(update={"unaware": frozenset(("ledger",))})
    (kept,) = judge("QuestDecision", quest, replace(here, tidings=unaware))

    assert "nowhere that one could go" in told.what
    assert kept.what == "'ledger' cannot be had or met now: leave it out"


def test_an_ending_is_not_decided_on_the_way_to_another() -> None:
    quest = damaged_quest(
        branches=[
            {"id": "a", "name": "A", "ending": "success", "decided_by": "find"},
            {"id": "b", "name": "B", "ending": "compromise", "decided_by": "go"},
            {"id": "c", "name": "C", "ending": "failure", "decided_by": "fight"},
        ]
    )
    (found,) = prove_here(quest, situation(ASKED, of=VALE)).flaws

    assert (found.branch, found.objective) == ("a", "go")
    assert "as branch 'b'" in found.what


def test_conditions_of_ones_own_are_heeded() -> None:
    gate = QuestCondition(what="fact", of="gate_open")
    steps = [step("lever", "talk", "rider"), step("x", "reach", "mill")]
    needs = ObjectiveRule(objective="x", needs=(gate,))
    makes = ObjectiveRule(objective="lever", makes=(gate,))

    assert flaw(*steps, conditions=[needs.model_dump()]) == ("x", "it needs 'fact:gate_open', and that is not so")
    proof = proof_of(*steps, conditions=[needs.model_dump(), makes.model_dump()])
    assert [one.objective for one in proof.plans[0].steps] == ["lever", "x"]


def test_a_timer_is_never_shorter_than_the_way() -> None:
    timer = [{"branch": "a", "hours": 1}]
    assert "it takes 2 hours at least" in flaw(step("x", "reach", "mill"), timers=timer)[1]


def test_twelve_objectives_that_undo_each_other_end_in_time() -> None:
    people = [f"p{number}" for number in range(5)]
    crowd = replace(
        situation(
            ASKED,
            of=world(
                characters=tuple(Character(id=name, name=name, home="inn") for name in people),
                places=(Place(id="inn", name="The Inn"),),
            ),
        )
    )
    kill = [step(f"k{name}", "defeat", name) for name in people]
    talk = [step(f"t{name}", "talk", name, *(one["id"] for one in kill)) for name in people]
    quest = damaged_quest(
        objectives=[*kill, *talk, step("go", "reach", "inn"), step("stay", "reach", "inn")],
        branches=[
            {"id": "a", "name": "A", "ending": "success", "decided_by": talk[-1]["id"]},
            {"id": "b", "name": "B", "ending": "compromise", "decided_by": "go"},
            {"id": "c", "name": "C", "ending": "failure", "decided_by": "stay"},
        ],
    )
    proof = prove_here(quest, crowd)

    assert [one.branch for one in proof.flaws] == ["a"]
    assert proof.states <= 2 * MOST_STATES


# --- history ----------------------------------------------------------------------------------------------------------


def test_a_giver_does_not_ask_the_same_twice_in_a_row() -> None:
    for plot in ("hunt", "fetch", "escort", "confront"):
        last = Tidings(quests=(QuestInShort(quest="q", status="offered", plot=plot),))
        for seed in range(12):
            here = replace(situation(ASKED, of=VALE, seed=seed), tidings=last)
            made = decide("QuestDecision", here)
            assert isinstance(made, QuestDecision)
            assert made.plot != plot


def test_pay_and_words_follow_from_standing_and_history() -> None:
    friend, foe = offered(standing=0.8), offered(standing=-0.8)
    assert friend.rewards.gold > offered().rewards.gold > foe.rewards.gold
    assert friend.rewards.gold <= quest_gold((2, 2, 3))
    assert friend.summary.startswith("You have a friend")
    failed = Tidings(quests=(QuestInShort(quest="q", status="failed", title="The well", giver="marta"),))
    again = decide("QuestDecision", replace(situation(ASKED, of=VALE), tidings=failed))
    assert isinstance(again, QuestDecision)
    assert again.summary.startswith("The last time it came to nothing: The well.")


# --- progress ---------------------------------------------------------------------------------------------------------

AROUND = Around(party=frozenset(("hero",)), within={"cellar": "inn"}, templates={"wolf_1": "wolf"})
NOON = WorldTime(day=1, minute=720)
EVENTS_OF: dict[str, tuple[dict[str, Any], Any]] = {
    "reach": (step("x", "reach", "inn"), LocationEntered(actor="hero", location="cellar")),
    "talk": (step("x", "talk", "elias"), DialogueStarted(speaker="hero", listener="elias")),
    "collect": (step("x", "collect", "ledger"), ItemPickedUp(actor="hero", item="ledger")),
    "defeat": (step("x", "defeat", "wolf"), EntityDied(entity="wolf_1")),
    "learn": (step("x", "learn", "ledger"), ItemExamined(actor="hero", item="ledger")),
}


@pytest.mark.parametrize(("objective", "event"), EVENTS_OF.values(), ids=EVENTS_OF)
def test_an_event_finishes_the_objective_whose_deed_it_is(objective: dict[str, Any], event: Any) -> None:
    quest = asked_of(objective)
    taken = take(QuestProgress(quest="q", status="offered", at=NOON), ("hero",), NOON)
    strangers = replace(AROUND, party=frozenset(("nobody",)))

    ended = follow(quest, taken, event, AROUND, NOON)
    assert (ended.status, ended.branch, ended.done) == ("completed", "a", ("x",))
    assert follow(quest, ended, event, AROUND, NOON) is ended
    if objective["kind"] != "defeat":
        assert follow(quest, taken, event, strangers, NOON) is taken


def test_a_ward_who_dies_takes_the_good_endings_along() -> None:
    quest = asked_of(step("g", "protect", "elias"), step("x", "reach", "mill", "g"))
    taken = take(QuestProgress(quest="q", status="offered", at=NOON), ("hero",), NOON)

    there = follow(quest, taken, LocationEntered(actor="hero", location="mill"), AROUND, NOON)
    assert (there.status, set(there.done)) == ("completed", {"g", "x"})
    died = follow(quest, taken, EntityDied(entity="elias"), AROUND, NOON)
    assert (died.status, died.lost) == ("started", ("a",))
