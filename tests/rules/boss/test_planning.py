"""What a boss makes of a scene: whom it has watched, what it plans, and what it will learn from."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import Situation, choices, decide, judge, load_stances
from rules.boss.observing import mark_of, observe
from rules.boss.planning import Council, plan_fight
from rules.boss.telling import experience_of
from schemas import (
    CombatAbilityUsed,
    CombatEnded,
    CombatStarted,
    CombatTurn,
    EntityDamaged,
    GameEvent,
    Lesson,
    LocationSnapshot,
    Scene,
    Study,
    TacticsDecision,
)
from tests.rules.situations import CONFIG, Way, asked, fighter, situation, ways_to_ask

BOOK = load_stances(CONFIG / "tactics.toml")
BOSS, GUARD = fighter("vexal", "choir", "mage", at=0), fighter("guard", "choir", "cultist", at=5)
ADA, BO = fighter("ada", "party", "mage", at=60), fighter("bo", "party", "priest", at=70)
STARTS = CombatStarted(actor="vexal", combatants=("vexal", "ada", "bo"))


def facing(event: GameEvent, *recent: GameEvent, study: Study | None = None, seed: int = 7) -> Situation:
    scene = Scene(location=LocationSnapshot(id="inn"), present=(BOSS, GUARD, ADA, BO), recent_events=recent)
    made = situation(event, character="vexal", scene=scene, seed=seed)
    return replace(made, stances=BOOK, study=study or Study())


SHOTS = (
    CombatAbilityUsed(actor="ada", ability="fire_bolt", targets=("vexal",)),
    EntityDamaged(entity="vexal", amount=9, damage_type="fire", source="ada"),
    CombatAbilityUsed(actor="guard", ability="scimitar", targets=("ada",)),
    EntityDamaged(entity="guard", amount=4, damage_type="cold", source="bo"),
)


def test_what_enemies_did_is_seen_once_and_what_friends_did_is_not() -> None:
    seen, mark = observe(facing(CombatTurn(actor="vexal", round=2), *SHOTS))

    assert seen.deeds.counts == {"strike": 2}
    assert seen.damage.counts == {"cold": 1, "fire": 1}
    assert seen.ranges.counts == {"far": 1, "near": 1}
    assert seen.targets.counts == {"follower": 1, "leader": 1}
    assert (seen.skill.seen, seen.skill.of) == (0, 1), "the second went to the guard, while the boss was hurt"
    assert mark == mark_of(CombatTurn(actor="vexal", round=2))

    later, _ = observe(facing(CombatTurn(actor="vexal", round=3), *SHOTS, CombatTurn(actor="vexal", round=2)), mark)
    assert later.deeds.weight == 0


def test_a_wound_is_of_the_blow_only_where_the_same_one_dealt_it() -> None:
    bolt = CombatAbilityUsed(actor="ada", ability="fire_bolt", targets=("vexal",))
    chill = EntityDamaged(entity="guard", amount=4, damage_type="cold", source="bo")
    seen, _ = observe(facing(CombatTurn(actor="vexal", round=2), bolt, chill))

    assert seen.damage.counts == {"cold": 1, "fire": 1}


def test_a_stretch_has_the_rounds_since_the_last_decision() -> None:
    plan = TacticsDecision(reasoning="On.", stances=("press",), focus=None)
    study = Study(stretches=(Lesson(fight="f", rounds=1), Lesson(fight="f", rounds=2)))
    told = experience_of(facing(CombatTurn(actor="vexal", round=5), study=study), plan)

    assert Lesson.model_validate(told.situation).rounds == 2


def test_a_plan_names_an_enemy_only_where_it_is_about_one() -> None:
    council = Council(facing(STARTS))

    assert council.focus_of(("rush_the_healer",)) == "bo"
    assert council.focus_of(("burst_the_weakest",)) in ("ada", "bo")
    assert council.focus_of(("ambush", "press")) is None


def test_whoever_strikes_at_several_is_a_caster_to_aim_at() -> None:
    """A priest has spirit guardians and no area of fire: enough for the stance, and so enough for its aim."""
    scene = Scene(location=LocationSnapshot(id="inn"), present=(BOSS, BO, fighter("cy", "party", "veteran", at=30)))
    council = Council(replace(situation(STARTS, character="vexal", scene=scene), stances=BOOK))

    assert ("silence_the_caster",) in council.repertoire.plans()
    assert council.focus_of(("silence_the_caster",)) == "bo"


def test_a_model_may_combine_what_fits_and_nothing_else() -> None:
    here = facing(STARTS)
    legal = choices("TacticsDecision", here)
    assert "rush_the_healer" in legal["stances"]
    assert "call_many" not in legal["stances"], "it leads nobody who would come"
    assert legal["focus"] == ("ada", "bo")

    def said(*stances: str, focus: str | None = None) -> list[str]:
        proposal = TacticsDecision(reasoning="They are many.", stances=stances, focus=focus)
        return [one.code for one in judge("TacticsDecision", proposal, here)]

    assert said("ambush", "spread_out", "rush_the_healer", focus="bo") == []
    assert said("ambush", "keep_away") == ["contradiction"]
    assert said("call_many") == ["not_possible"]
    assert said("press", focus="guard") == ["no_target"]


def test_in_a_fight_the_plan_is_kept_unless_another_is_clearly_better() -> None:
    held = Lesson(fight="f", stances={"ambush": 1.0, "press": 1.0})
    turn = CombatTurn(actor="vexal", round=2)
    kept = {plan_fight(facing(turn, study=Study(stretches=(held,)), seed=seed)).stances for seed in range(12)}

    assert ("ambush", "press") in kept
    assert all("ambush" in plan for plan in kept)
    defeats = tuple(Lesson(fight=str(n), stances={"press": 1.0, "ambush": 1.0}, reward=-1.0) for n in range(6))
    tired = {
        plan_fight(facing(turn, study=Study(stretches=(held,), lessons=defeats), seed=seed)).stances
        for seed in range(12)
    }
    assert ("ambush", "press") not in tired


def test_the_end_of_a_fight_says_how_it_went_for_the_boss() -> None:
    under_way = Study(stretches=(Lesson(fight="f", stances={"press": 1.0}),))
    plan = TacticsDecision(reasoning="Again.", stances=("press",), focus=None)

    def told(actor: str, survivors: tuple[str, ...], fallen: tuple[str, ...]) -> tuple[str, float, Lesson]:
        end = CombatEnded(actor=actor, survivors=survivors, fallen=fallen)
        experience = experience_of(facing(end, study=under_way), plan)
        return experience.outcome, experience.reward, Lesson.model_validate(experience.situation)

    outcome, reward, lesson = told("vexal", ("vexal", "guard"), ("ada", "bo"))
    assert (outcome, reward, lesson.fight, lesson.over) == ("won", 1.0, "f", True)
    outcome, reward, _ = told("ada", ("ada", "bo"), ("vexal", "guard"))
    assert (outcome, reward) == ("lost", -1.0)
    outcome, reward, _ = told("ada", ("ada",), ("vexal", "guard", "bo"))
    assert outcome == "lost"
    assert -1.0 < reward < 0


def test_the_reason_speaks_of_the_players_in_the_language_that_is_asked_for() -> None:
    _, mark = observe(facing(STARTS))
    study = Study(player=observe(facing(STARTS, *SHOTS * 4))[0], stretches=(Lesson(fight="f", mark=mark),))
    english = facing(STARTS, study=study)
    request = english.request.model_copy(update={"language": "de"})

    assert "stance-" not in plan_fight(english).reasoning
    assert plan_fight(english).reasoning != plan_fight(replace(english, request=request)).reasoning


@given(way=ways_to_ask(), lessons=st.integers(0, 3))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_situation_gets_a_legal_plan_and_leaves_an_experience(way: Way, lessons: int) -> None:
    study = Study(stretches=tuple(Lesson(fight="f", stances={"ambush": 1.0}) for _ in range(lessons)))
    here, again = (replace(asked(way), stances=BOOK, study=study) for _ in range(2))
    plan = decide("TacticsDecision", here)

    assert judge("TacticsDecision", plan, again) == []
    assert isinstance(plan, TacticsDecision)
    assert -1 <= experience_of(again, plan).reward <= 1
