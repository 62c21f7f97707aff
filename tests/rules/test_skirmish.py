"""A scene fought out: whole, seeded, by the plan, and told as a game would tell it."""

from __future__ import annotations

from dataclasses import replace

from rules import Dice, Situation, load_stances, skirmish
from schemas import CombatAbilityUsed, CombatEnded, CombatStarted, LocationSnapshot, Scene, TacticsDecision
from tests.rules.situations import CONFIG, fighter, situation

BOOK = load_stances(CONFIG / "tactics.toml")
PEOPLE = (
    fighter("vexal", "choir", "mage", hp=40, of=40, at=0),
    fighter("guard", "choir", "cultist", hp=9, at=5),
    fighter("ada", "party", "veteran", hp=58, at=60),
    fighter("bo", "party", "priest", hp=27, at=70),
)


def belfry(seed: int = 7, *, there: bool = True) -> Situation:
    event = CombatStarted(actor="vexal", combatants=("vexal", "guard", "ada", "bo"))
    scene = Scene(location=LocationSnapshot(id="inn"), present=PEOPLE if there else PEOPLE[:2])
    made = situation(event, character="vexal", scene=scene, seed=seed)
    return replace(made, stances=BOOK, dice=Dice.seeded(seed, "fight"))


def plan(*stances: str, focus: str | None = None) -> TacticsDecision:
    return TacticsDecision(reasoning="Let us see.", stances=stances, focus=focus)


def points_of(scene: Scene, who: str) -> int:
    one = scene.entity(who)
    return one.hit_points.current if one is not None and one.hit_points is not None else -1


def test_a_fight_goes_on_until_one_side_is_down_and_the_same_dice_play_the_same_fight() -> None:
    one, again = skirmish(belfry(), plan("press")), skirmish(belfry(), plan("press"))

    assert one is not None
    assert one == again
    sides = {next(side for side, names in (("us", PEOPLE[:2]), ("them", PEOPLE[2:])) if who in {p.id for p in names})
             for who in one.standing}  # fmt: skip
    assert len(sides) == 1
    assert one.won == (sides == {"us"})
    assert [deed.round for deed in one.deeds] == sorted(deed.round for deed in one.deeds)
    lost = {who: sum(h.lost for deed in one.deeds for h in deed.hurt if h.who == who) for who in ("guard", "ada", "bo")}
    for who, points in lost.items():
        assert points_of(belfry().request.scene, who) - points == points_of(one.scene, who), "what is told adds up"


def test_plans_make_other_fights() -> None:
    fights = [
        skirmish(belfry(), plan(*stances)) for stances in ((), ("ambush",), ("keep_away",), ("spread_out", "call_many"))
    ]
    told = {fight.deeds for fight in fights if fight is not None}

    assert len(told) == 4
    assert fights[3] is not None
    assert {one.id for one in fights[3].scene.present} - {one.id for one in PEOPLE} == {"cultist-1", "cultist-2"}


def test_the_game_tells_what_the_enemies_did_and_the_end_last() -> None:
    fought = skirmish(belfry(), plan("call_many"))

    assert fought is not None
    *deeds, end = fought.events
    assert isinstance(end, CombatEnded)
    assert {end.actor, *end.survivors} <= set(fought.standing)
    assert {one.actor for one in deeds if isinstance(one, CombatAbilityUsed)} <= {"ada", "bo"}
    assert all(fought.scene.entity(who) is not None for who in (*end.survivors, *end.fallen))


def test_without_enemies_there_is_no_fight() -> None:
    assert skirmish(belfry(there=False), plan("press")) is None
