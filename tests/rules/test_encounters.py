from __future__ import annotations

import itertools

import pytest

from rules import (
    Bestiary,
    Figures,
    balance,
    choices,
    daily_xp,
    decide,
    difficulty_of,
    judge,
    most_xp,
    multiplier,
    threshold,
)
from rules.encounters import budget_of
from rules.encounters.fitting import STRANGERS, kinship
from rules.encounters.prepare import _lately
from schemas import (
    CreatureGroup,
    EncounterDecision,
    EncounterProposal,
    EncounterRequested,
    Faction,
    LocationSnapshot,
    Place,
    Scene,
    Tag,
    TagKind,
    TimeAdvanced,
    Weather,
)
from schemas.events import Difficulty
from tests.rules.situations import bestiary, fighter, situation, world

THREE = (3, 3, 3, 2)


def asking(
    difficulty: Difficulty = "medium", levels: tuple[int, ...] = THREE, themes: tuple[str, ...] = ()
) -> EncounterRequested:
    return EncounterRequested(actor="marta", party_levels=levels, difficulty=difficulty, themes=themes)


def met(event: EncounterRequested, **more: object) -> EncounterDecision:
    decision = decide("EncounterDecision", situation(event, **more))  # pyright: ignore[reportArgumentType]  # a shorthand for these tests
    assert isinstance(decision, EncounterDecision)
    return decision


def proposed(*groups: tuple[str, int]) -> EncounterProposal:
    made = tuple(CreatureGroup(creature=name, count=count) for name, count in groups)
    return EncounterProposal(creatures=made, introduction="They come.")


def test_the_worked_example_of_the_basic_rules_comes_out() -> None:
    """Three of level 3 and one of level 2: 275, 550, 825, 1,400; a bugbear and three hobgoblins are hard for them."""
    assert [threshold(THREE, one) for one in ("easy", "medium", "hard", "deadly")] == [275, 550, 825, 1400]
    creatures = [(bestiary()["bugbear"], 1), (bestiary()["hobgoblin"], 3)]
    assert difficulty_of(creatures, THREE) == Figures("hard", 500, 1000)


@pytest.mark.parametrize(
    ("monsters", "factor"), [(1, 1), (2, 1.5), (3, 2), (6, 2), (7, 2.5), (11, 3), (15, 4), (99, 4)]
)
def test_numbers_make_a_fight_harder(monsters: int, factor: float) -> None:
    assert multiplier(monsters, 4) == factor


def test_the_few_have_it_harder_and_the_many_easier() -> None:
    assert (multiplier(1, 2), multiplier(15, 2)) == (1.5, 5)
    assert (multiplier(1, 6), multiplier(15, 6)) == (0.5, 3)


@pytest.mark.parametrize("difficulty", ["easy", "medium", "hard", "deadly"])
@pytest.mark.parametrize("levels", [(1,), (1, 1, 1, 1), (5, 5, 5), (11,) * 6, (20,) * 4])
def test_an_encounter_is_never_harder_than_asked_and_as_hard_where_the_bestiary_allows(
    difficulty: Difficulty, levels: tuple[int, ...]
) -> None:
    for seed in range(10):
        found = met(asking(difficulty, levels), seed=seed)

        assert found.adjusted_xp <= most_xp(levels, difficulty)
        assert found.difficulty in (difficulty, "trivial") or levels == (1,)


@pytest.mark.parametrize("difficulty", ["low", "moderate", "high"])
@pytest.mark.parametrize("levels", [(1, 1, 1, 1), (5, 5, 5), (11,) * 6])
def test_a_budget_of_the_newer_rules_is_spent_and_never_exceeded(
    difficulty: Difficulty, levels: tuple[int, ...]
) -> None:
    for seed in range(10):
        found = met(asking(difficulty, levels), seed=seed)

        assert found.xp == found.adjusted_xp <= most_xp(levels, difficulty)
        assert found.difficulty == difficulty


def test_by_the_newer_rules_numbers_do_not_multiply() -> None:
    """Four of level 3 may spend 600, 900 and 1,600; five goblins are 250 XP, whatever their number."""
    four = (3, 3, 3, 3)
    assert [most_xp(four, one) for one in ("low", "moderate", "high")] == [600, 900, 1600]
    assert difficulty_of([(bestiary()["goblin"], 5)], four, "low") == Figures("trivial", 250, 250)
    assert difficulty_of([(bestiary()["ogre"], 2)], four, "low") == Figures("moderate", 900, 900)


def test_what_is_left_of_the_day_bounds_the_last_fight_of_it() -> None:
    tired = asking("deadly").model_copy(update={"xp_today": daily_xp(THREE) - 100})
    for seed in range(10):
        assert met(tired, seed=seed).adjusted_xp <= 100


def test_who_was_met_lately_comes_less_often() -> None:
    def comes(event: EncounterRequested) -> int:
        seeds = range(60)
        return sum(any(group.creature == "wolf" for group in met(event, seed=seed).creatures) for seed in seeds)

    forest = asking("easy", (1, 1, 1), themes=("pack",))
    assert comes(forest.model_copy(update={"met_lately": ("wolf",)})) < comes(forest) / 2


def test_a_faction_sends_its_own() -> None:
    dead = Faction(id="pale_host", name="The Pale Host", tags=(Tag(kind=TagKind.CONCEPT, name="undead"),))
    for seed in range(10):
        for group in met(asking(themes=("pale_host",)), of=world(factions=(dead,)), seed=seed).creatures:
            assert bestiary()[group.creature].type == "undead"


def test_a_fight_is_often_mixed_in_its_roles_and_kin_come_together() -> None:
    """Over forty encounters: every third has two roles or more, and strangers are the exception."""
    mixed, strangers, pairs = 0, 0, 0
    for seed in range(40):
        pages = [bestiary().pages[group.creature] for group in met(asking("hard", (5,) * 4), seed=seed).creatures]
        mixed += len({page.roles[0] for page in pages}) > 1
        for one, other in itertools.combinations(pages, 2):
            pairs += 1
            strangers += kinship(one.id, other.id, bestiary()) < 1
    assert mixed > 40 / 3
    assert strangers < pairs / 2


def test_an_encounter_fits_themes_and_terrain() -> None:
    woods = world(places=(Place(id="woods", name="The Woods", themes=("forest",)),))
    scene = Scene(location=LocationSnapshot(id="woods"))
    for seed in range(20):
        for group in met(asking(), of=woods, scene=scene, seed=seed).creatures:
            assert "forest" in bestiary()[group.creature].tags
        for group in met(asking(themes=("undead",)), seed=seed).creatures:
            assert bestiary()[group.creature].type == "undead"


def test_not_every_encounter_is_the_same() -> None:
    assert len({met(asking(), seed=seed).creatures for seed in range(20)}) > 5


def test_without_a_party_the_players_who_are_there_count_as_level_one() -> None:
    hour = TimeAdvanced(minutes=60)
    players = [fighter(f"hero{number}", "us", kind="player") for number in range(4)]
    alone, together = (decide("EncounterDecision", situation(hour, *present)) for present in ([], players))

    assert isinstance(alone, EncounterDecision)
    assert isinstance(together, EncounterDecision)
    assert alone.adjusted_xp <= most_xp((1,), "medium")
    assert most_xp((1,), "medium") < together.adjusted_xp <= most_xp((1, 1, 1, 1), "medium")


def test_where_everything_is_too_strong_the_weakest_comes_alone() -> None:
    dragons = Bestiary(bestiary()[name] for name in ("adult_red_dragon", "young_red_dragon"))

    assert met(asking("easy", (1,)), book=dragons).creatures == (CreatureGroup(creature="young_red_dragon", count=1),)
    assert met(asking("easy", (1,)), book=Bestiary()).creatures == (CreatureGroup(creature="commoner", count=1),)


def test_too_many_wolves_become_fewer() -> None:
    decision, corrections = balance(proposed(("wolf", 20)), situation(asking()))

    assert decision.creatures[0].creature == "wolf"
    assert 1 < decision.creatures[0].count < 20
    assert decision.adjusted_xp <= most_xp(THREE, "medium")
    assert len(corrections) == 1
    assert "20 of 'wolf'" in corrections[0]
    assert decision.introduction == "They come."


def test_a_dragon_becomes_somebody_whom_the_party_can_meet() -> None:
    decision, corrections = balance(proposed(("adult_red_dragon", 1)), situation(asking()))

    assert decision.adjusted_xp <= most_xp(THREE, "medium")
    assert "'adult_red_dragon' is too much" in corrections[0]
    assert decision.introduction != "They come."


def test_a_misspelt_creature_is_read_kindly() -> None:
    decision, corrections = balance(proposed(("gobblin", 2)), situation(asking()))

    assert decision.creatures == (CreatureGroup(creature="goblin", count=2),)
    assert "'goblin' comes instead" in corrections[0]


def test_a_fitting_proposal_stays_as_it_is() -> None:
    decision, corrections = balance(proposed(("goblin", 3)), situation(asking()))

    assert decision.creatures == (CreatureGroup(creature="goblin", count=3),)
    assert corrections == ()
    assert (decision.xp, decision.adjusted_xp) == (150, 300)


def test_the_judge_sends_back_what_balance_can_mend() -> None:
    for proposal, code in ((proposed(("wolf", 20)), "over_budget"), (proposed(("gobblin", 1)), "unknown_creature")):
        (objection,) = judge("EncounterDecision", proposal, situation(asking()))
        assert objection.code == code
        assert objection.repairable


def test_a_models_own_figures_are_not_believed() -> None:
    honest = met(asking())
    boast = honest.model_copy(update={"difficulty": "trivial", "xp": 1})

    assert [one.code for one in judge("EncounterDecision", boast, situation(asking()))] == ["wrong_figures"]


def test_a_model_chooses_from_at_most_24_creatures_that_fit() -> None:
    names = choices("EncounterDecision", situation(asking(themes=("undead",))))["creature"]

    assert set(names) <= {one.id for one in bestiary().find(type="undead")}
    assert 0 < len(names) <= 24
    assert "lich" not in names


def test_the_introduction_tells_of_sky_light_and_place() -> None:
    inn = world(places=(Place(id="inn", name="The Morning Star"),))
    rain = Scene(location=LocationSnapshot(id="inn"), weather=Weather.RAIN)
    text = met(asking(), of=inn, scene=rain).introduction

    assert "Rain" in text
    assert "The Morning Star" in text


def test_the_newer_rules_count_no_days_and_the_older_ones_do() -> None:
    def left(difficulty: Difficulty, today: int) -> int:
        return budget_of(situation(asking(difficulty).model_copy(update={"xp_today": today})))

    assert left("high", 100_000) == left("high", 0) > 0
    assert left("hard", 100_000) == 0 < left("hard", 0)


def test_who_is_there_was_met_lately_as_well_as_whom_the_event_names() -> None:
    scene = Scene(location=LocationSnapshot(id="inn"), present=(fighter("one", "wild", "wolf", at=0),))
    asked = asking().model_copy(update={"met_lately": ("ogre",)})

    assert _lately(situation(asked, scene=scene)) == {"wolf", "ogre"}


def test_strangers_are_less_than_kin_and_more_than_nothing() -> None:
    assert 0 < kinship("lich", "frog", bestiary()) == STRANGERS < 1 <= kinship("zombie", "skeleton", bestiary())
