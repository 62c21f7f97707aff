"""What must hold of every deterministic decision, whatever is asked."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from rules import choices, complete, decide, judge, moves_open
from schemas import (
    PROPOSALS,
    CombatTurn,
    CreatureGroup,
    EncounterDecision,
    EncounterProposal,
    EntityKind,
    HitPoints,
    LocationSnapshot,
    Position,
    PresentEntity,
    Scene,
    UnknownThing,
)
from tests.rules.situations import KINDS, Way, asked, bestiary, situation, ways_to_ask

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
thorough = settings(max_examples=60, deadline=None, suppress_health_check=SLOW)


@pytest.mark.parametrize("decides", KINDS)
@given(data=st.data())
@thorough
def test_every_decision_of_the_rules_is_legal_by_the_judge(decides: str, data: st.DataObject) -> None:
    way = data.draw(ways_to_ask(decides))
    content = decide(decides, asked(way))

    assert judge(decides, content, asked(way)) == []
    assert type(content).model_validate_json(content.model_dump_json()) == content


@pytest.mark.parametrize("decides", KINDS)
@given(way=ways_to_ask())
@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
def test_the_same_seed_decides_the_same(decides: str, way: Way) -> None:
    assert decide(decides, asked(way)) == decide(decides, asked(way))


@given(way=ways_to_ask("CombatDecision"))
@thorough
def test_what_a_model_may_name_in_a_fight_is_what_the_rules_would_name(way: Way) -> None:
    legal, move = choices("CombatDecision", asked(way)), decide("CombatDecision", asked(way)).model_dump()["move"]

    assert move["kind"] in moves_open(asked(way))
    for name in ("ability", "target", "item"):
        assert name not in move or move[name] in legal[name]


@pytest.mark.parametrize("decides", KINDS)
@given(way=ways_to_ask())
@thorough
def test_choices_are_never_empty_lists(decides: str, way: Way) -> None:
    assert all(choices(decides, asked(way)).values())


@given(
    way=ways_to_ask(),
    groups=st.lists(
        st.builds(
            CreatureGroup,
            creature=st.sampled_from((*bestiary(), "gobblin", "kraken_of_lies")),
            count=st.integers(1, 20),
        ),
        min_size=1,
        max_size=5,
    ),
)
@thorough
def test_any_proposed_encounter_is_balanced_into_a_legal_one(way: Way, groups: list[CreatureGroup]) -> None:
    proposal = EncounterProposal(creatures=tuple(groups), introduction="They come.")
    decision, corrections = complete("EncounterDecision", proposal, asked(way))

    assert isinstance(decision, EncounterDecision)
    assert judge("EncounterDecision", decision, asked(way)) == []
    assert bool(corrections) or {one.creature for one in decision.creatures} == {one.creature for one in groups}


@pytest.mark.parametrize("decides", KINDS)
def test_a_crowd_of_sixty_four_is_no_trouble(decides: str) -> None:
    crowd = tuple(
        PresentEntity(
            id=f"e{number}",
            kind=EntityKind.CREATURE,
            template="goblin",
            side=("party", "foes")[number % 2],
            hit_points=HitPoints(current=7, maximum=7),
            position=Position(x=number * 5.0),
        )
        for number in range(64)
    )
    scene = Scene(location=LocationSnapshot(id="field"), present=crowd)
    battle = situation(CombatTurn(actor="e0"), character="e0", scene=scene)

    assert judge(decides, decide(decides, battle), battle) == []


def test_an_unknown_kind_of_content_names_the_nearest() -> None:
    here = situation(CombatTurn(actor="marta"))
    for ask in (lambda: decide("CombatDecison", here), lambda: choices("CombatDecison", here)):
        with pytest.raises(UnknownThing, match="CombatDecision"):
            ask()


@pytest.mark.parametrize("decides", KINDS)
def test_a_proposal_of_another_kind_is_refused(decides: str) -> None:
    here = situation(CombatTurn(actor="marta"))
    other = next(kind for kind in KINDS if kind != decides)
    wrong = decide(other, here)

    assert [one.code for one in judge(decides, wrong, here)] == ["wrong_content"]
    with pytest.raises(TypeError):
        complete(decides, wrong, here)


def test_rules_decisions_fit_the_types_that_a_model_must_fit() -> None:
    here = situation(CombatTurn(actor="marta"))
    for decides, proposal in PROPOSALS.items():
        fields = decide(decides, here).model_dump(include=set(proposal.model_fields))
        try:
            proposal.model_validate(fields)
        except ValidationError as error:
            pytest.fail(f"{decides}: {error}")
