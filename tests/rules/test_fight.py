from __future__ import annotations

import pytest

from rules import choices, decide, judge, moves_open
from schemas import (
    Attack,
    Character,
    CombatAbilityUsed,
    CombatDecision,
    CombatTurn,
    Condition,
    Defend,
    EntityDamaged,
    Flee,
    LegendaryAction,
    LocationSnapshot,
    PresentEntity,
    Scene,
    Traits,
    UseItem,
)
from tests.rules.situations import fighter, situation, world

MY_TURN = CombatTurn(actor="marta")
TIMID = world(characters=(Character(id="marta", name="Marta", traits=Traits(neuroticism=0.9)),))
BRAVE = world(characters=(Character(id="marta", name="Marta", traits=Traits(neuroticism=0.1)),))
MEND = {"id": "mend", "name_key": "action-mend", "kind": "heal", "heal": "2d8", "range_ft": 30}


def chosen(*present: PresentEntity, **more: object) -> CombatDecision:
    decision = decide("CombatDecision", situation(more.pop("event", MY_TURN), *present, **more))  # pyright: ignore[reportArgumentType]  # a shorthand for these tests
    assert isinstance(decision, CombatDecision)
    return decision


def codes(
    move: Attack | Defend | UseItem | Flee | LegendaryAction, *present: PresentEntity, event: object = MY_TURN
) -> list[str]:
    proposal = CombatDecision(reasoning="It seems right.", move=move)
    here = situation(event, *present)  # pyright: ignore[reportArgumentType]  # the same
    return [objection.code for objection in judge("CombatDecision", proposal, here)]


def attack(ability: str = "greataxe", target: str = "foe") -> Attack:
    return Attack(kind="attack", ability=ability, target=target)


def test_an_orc_uses_its_axe_on_the_enemy_beside_it_and_its_javelin_on_the_one_far_away() -> None:
    orc = fighter("marta", "us", at=0)

    assert chosen(orc, fighter("foe", "them", at=5)).move == attack()
    assert chosen(orc, fighter("foe", "them", at=100)).move == attack("javelin")


def test_the_weaker_armour_is_struck_first() -> None:
    foes = (fighter("tank", "them", armor_class=20), fighter("foe", "them", armor_class=10))

    assert chosen(fighter("marta", "us"), *foes).move == attack()


def test_between_equals_the_dice_decide() -> None:
    present = (fighter("marta", "us"), fighter("one", "them"), fighter("two", "them"))
    targets = {str(chosen(*present, seed=seed).model_dump()["move"]["target"]) for seed in range(20)}

    assert targets == {"one", "two"}


@pytest.mark.parametrize(
    ("foe", "why"),
    [
        (fighter("foe", "them", hp=0), "dead"),
        (fighter("foe", "us"), "of one's own side"),
        (fighter("foe", "neutral"), "of no side"),
        (fighter("foe", "them", conditions=[{"condition": "invisible"}]), "out of sight"),
        (fighter("foe", "them", at=5_000), "out of reach"),
        (fighter("foe", "them", kind="item"), "a thing"),
    ],
)
def test_nobody_strikes_at_who_is(foe: PresentEntity, why: str) -> None:
    assert chosen(fighter("marta", "us", at=0), foe).move == Defend(kind="defend"), why


def test_a_bystander_who_strikes_becomes_an_enemy() -> None:
    hurt = EntityDamaged(entity="marta", amount=3, source="foe")

    assert chosen(fighter("marta", "us"), fighter("foe", "neutral"), event=hurt).move == attack()


@pytest.mark.parametrize("condition", ["stunned", "unconscious", "paralyzed", "petrified", "incapacitated"])
def test_who_is_out_of_action_can_only_endure(condition: str) -> None:
    present = (fighter("marta", "us", conditions=[{"condition": condition}]), fighter("foe", "them"))

    assert chosen(*present).move == Defend(kind="defend")
    assert moves_open(situation(MY_TURN, *present)) == ("defend",)
    assert codes(attack(), *present) == ["cannot_act"]
    assert codes(Defend(kind="defend"), *present) == []


def test_somebody_who_is_not_there_defends_and_nothing_else() -> None:
    assert chosen(fighter("foe", "them")).move == Defend(kind="defend")
    assert codes(attack(), fighter("foe", "them")) == ["cannot_act"]


def test_the_timid_run_when_badly_hurt_and_the_brave_do_not() -> None:
    present = (fighter("marta", "us", hp=3), fighter("foe", "them"))

    assert chosen(*present, of=TIMID).move == Flee(kind="flee")
    assert chosen(*present, of=BRAVE).move == attack()


def test_a_wolf_runs_when_badly_hurt_and_a_zombie_never_does() -> None:
    foe = fighter("foe", "them")

    assert chosen(fighter("marta", "us", "wolf", hp=3), foe).move == Flee(kind="flee")
    assert chosen(fighter("marta", "us", "zombie", hp=3), foe).move.kind == "attack"


def test_a_grappled_coward_fights_on() -> None:
    held = fighter("marta", "us", hp=3, conditions=[{"condition": "grappled"}])

    assert chosen(held, fighter("foe", "them"), of=TIMID).move == attack()
    assert codes(Flee(kind="flee"), held, fighter("foe", "them")) == ["cannot_move"]


def test_a_healer_mends_the_friend_who_is_about_to_fall() -> None:
    present = (fighter("marta", "us", actions=[MEND]), fighter("friend", "us", hp=2), fighter("foe", "them"))

    assert chosen(*present).move == attack("mend", "friend")


def test_a_potion_is_drunk_when_one_blow_would_not_end_the_fight() -> None:
    present = (fighter("marta", "us", hp=4, items=["rope", "potion_of_healing"]), fighter("foe", "them", hp=60))

    assert chosen(*present, of=BRAVE).move == UseItem(kind="use_item", item="potion_of_healing", target="marta")


def test_a_dragon_uses_a_legendary_action_on_the_turn_of_another_only() -> None:
    present = (fighter("marta", "us", "adult_red_dragon", hp=200, at=0), fighter("foe", "them", at=5))
    other = CombatAbilityUsed(actor="foe", ability="greataxe", targets=("marta",))

    assert isinstance(chosen(*present, event=other).move, LegendaryAction)
    assert chosen(*present).move.kind == "attack"
    assert "legendary_action" not in moves_open(situation(MY_TURN, *present))
    tail = LegendaryAction(kind="legendary_action", ability="tail_attack", target="foe")
    assert codes(tail, *present) == ["own_turn"]


def test_a_breath_that_was_just_used_has_to_recharge() -> None:
    dragon = fighter("marta", "us", "adult_red_dragon", hp=200)
    foe, others = fighter("foe", "them"), [fighter(f"foe_{number}", "them") for number in range(3)]
    used = CombatAbilityUsed(actor="marta", ability="fire_breath", targets=("foe",))
    scene = Scene(location=LocationSnapshot(id="lair"), present=(dragon, foe, *others), recent_events=(used,))
    again = CombatDecision(reasoning="Burn.", move=attack("fire_breath"))

    assert '"fire_breath"' in chosen(dragon, foe, *others).move.model_dump_json()
    assert '"fire_breath"' not in chosen(scene=scene).move.model_dump_json()
    assert [one.code for one in judge("CombatDecision", again, situation(MY_TURN, scene=scene))] == ["spent"]


def test_the_charmed_do_not_strike_at_their_charmer() -> None:
    charmed = fighter("marta", "us", conditions=[{"condition": "charmed", "source": "foe"}])

    assert chosen(charmed, fighter("foe", "them")).move == Defend(kind="defend")
    assert codes(attack(), charmed, fighter("foe", "them")) == ["charmed"]


def test_the_frightened_do_not_walk_up_to_what_they_fear() -> None:
    afraid = fighter("marta", "us", at=0, conditions=[{"condition": "frightened", "source": "foe"}])

    assert codes(attack(), afraid, fighter("foe", "them", at=20)) == ["out_of_reach"]
    assert codes(attack(), fighter("marta", "us", at=0), fighter("foe", "them", at=20)) == []


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (attack("fireball"), "unknown_ability"),
        (attack(target="ghost"), "no_target"),
        (attack(target="corpse"), "target_dead"),
        (attack(target="friend"), "not_hostile"),
        (attack(target="marta"), "not_hostile"),
        (attack(target="archer"), "out_of_reach"),
        (UseItem(kind="use_item", item="sword_of_kings", target="marta"), "item_not_carried"),
        (UseItem(kind="use_item", item="healing_potion", target="foe"), "not_ally"),
        (LegendaryAction(kind="legendary_action", ability="greataxe", target="foe"), "own_turn"),
    ],
)
def test_the_judge_says_what_is_wrong_with_a_move(move: Attack | UseItem | LegendaryAction, code: str) -> None:
    present = (
        fighter("marta", "us", at=0, items=["healing_potion"]),
        fighter("friend", "us", at=5),
        fighter("foe", "them", at=5),
        fighter("archer", "them", at=400),
        fighter("corpse", "them", hp=0, at=5),
    )

    assert codes(move, *present) == [code]


def test_an_objection_names_what_would_be_right() -> None:
    here = situation(MY_TURN, fighter("marta", "us"), fighter("foe", "them"))
    (objection,) = judge("CombatDecision", CombatDecision(reasoning="Aha.", move=attack("fireball")), here)

    assert objection.where == "move.ability"
    assert "greataxe" in objection.what
    assert objection.repairable


def test_a_model_is_offered_only_what_is_possible() -> None:
    present = (fighter("marta", "us", at=0), fighter("foe", "them", at=5), fighter("far", "them", at=5_000))
    legal = choices("CombatDecision", situation(MY_TURN, *present))

    assert legal == {"ability": ("greataxe", "javelin"), "target": ("foe",)}
    assert moves_open(situation(MY_TURN, *present)) == ("attack", "defend", "flee")


def test_exhaustion_and_lying_down_slow_a_fighter() -> None:
    tired = fighter("marta", "us", at=0, conditions=[{"condition": Condition.EXHAUSTION, "level": 2}])
    prone = fighter("marta", "us", at=0, conditions=[{"condition": "prone"}])
    foe = fighter("foe", "them", at=35)

    assert codes(attack(), fighter("marta", "us", at=0), foe) == []
    assert codes(attack(), tired, foe) == ["out_of_reach"]
    assert codes(attack(), prone, foe) == ["out_of_reach"]


def test_the_reason_is_given_in_the_language_of_the_game() -> None:
    present = (fighter("marta", "us"), fighter("foe", "them"))

    assert "Reichweite" in chosen(*present, language="de-AT").reasoning
    assert "within reach" in chosen(*present, language="en-GB").reasoning


def test_a_move_that_gives_the_turn_away_is_sent_back_and_ordinary_variety_passes() -> None:
    present = (
        fighter("marta", "us", at=0),
        fighter("foe", "them", hp=4, at=5),
        fighter("tank", "them", armor_class=16, at=5),
    )

    assert codes(Defend(kind="defend"), *present) == ["poor_play"]
    assert codes(Flee(kind="flee"), *present) == ["poor_play"]
    assert codes(attack(), *present) == codes(attack(target="tank"), *present) == []
    lenient = situation(MY_TURN, *present)
    idle = CombatDecision(reasoning="I wait.", move=Defend(kind="defend"))
    (objection,) = judge("CombatDecision", idle, lenient)
    assert "far better is attack ability" in objection.what
    assert objection.repairable
    assert judge("CombatDecision", idle, lenient, floor=0.0) == []


def test_who_is_hurt_may_flee_and_who_cannot_reach_anybody_may_wait() -> None:
    foe = fighter("foe", "them", at=5)

    assert codes(Flee(kind="flee"), fighter("marta", "us", hp=5, at=0), foe) == []
    assert codes(Defend(kind="defend"), fighter("marta", "us", at=0), fighter("foe", "them", at=900)) == []
