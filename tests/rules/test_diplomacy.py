from __future__ import annotations

from typing import Any

import pytest

from rules import choices, decide, judge, plain_answer
from schemas import (
    Alliance,
    Character,
    DiplomacyDecision,
    DiplomaticOffer,
    Faction,
    JointWar,
    Marriage,
    Passage,
    Peace,
    Place,
    PrisonerExchange,
    Rank,
    TimeAdvanced,
    Traits,
    TreatyTerm,
    Tribute,
    Vassalage,
    World,
)
from tests.rules.situations import situation, world

PEACE = Peace(kind="peace", days=365)
ALLIANCE = Alliance(kind="alliance", days=365)


def tribute(payer: str = "crown", gold: int = 10, days: int = 30) -> Tribute:
    return Tribute(kind="tribute", payer=payer, gold=gold, days=days)


def war(against: str) -> JointWar:
    return JointWar(kind="joint_war", against=against, days=90)


def powers(
    *, standing: float = 0.0, at_war: bool = False, ours: float = 10, theirs: float = 10, gold: int = 1_000
) -> World:
    """The crown, which is asked, the hand, which offers, and the wolves, whom both may hate."""
    return world(
        characters=(
            Character(id="queen", name="The Queen", faction="crown", rank=Rank.LEADER),
            Character(id="envoy", name="The Envoy", faction="crown"),
            Character(id="prince", name="The Prince", faction="hand"),
        ),
        factions=(
            Faction(
                id="crown",
                name="The Crown",
                leader="queen",
                strength=ours,
                gold=gold,
                standings={"hand": standing, "wolves": -0.6, "abbey": 0.7},
                at_war_with=("hand",) if at_war else (),
            ),
            Faction(id="hand", name="The Gilded Hand", strength=theirs, gold=500),
            Faction(id="wolves", name="The Wolves"),
            Faction(id="abbey", name="The Abbey"),
        ),
        places=(Place(id="pass", name="The High Pass"),),
    )


def offer(*terms: TreatyTerm, offering: str = "hand", receiving: str = "crown") -> DiplomaticOffer:
    return DiplomaticOffer(offering=offering, receiving=receiving, terms=terms)


def answered(*terms: TreatyTerm, of: World | None = None, by: str = "crown", **sides: Any) -> DiplomacyDecision:
    decision = decide("DiplomacyDecision", situation(offer(*terms, **sides), of=of or powers(), character=by))
    assert isinstance(decision, DiplomacyDecision)
    return decision


def codes(
    answer: str, *terms: TreatyTerm, offered: tuple[TreatyTerm, ...] = (PEACE,), by: str = "crown", **more: Any
) -> list[str]:
    proposal = DiplomacyDecision.model_validate(
        {"message": "So be it.", "answer": answer, "terms": terms, "stance": "neutral"}
    )
    here = situation(offer(*offered, **more), of=powers(), character=by)
    return [one.code for one in judge("DiplomacyDecision", proposal, here)]


def test_the_weary_accept_peace_from_the_stronger() -> None:
    assert answered(PEACE, of=powers(at_war=True, theirs=90)).answer == "accept"


def test_friends_make_an_alliance_and_strangers_offer_trade_instead() -> None:
    assert answered(ALLIANCE, of=powers(standing=0.7)).answer == "accept"

    softer = answered(ALLIANCE, of=powers(standing=-0.2))
    assert softer.answer == "counter"
    assert [term.kind for term in softer.terms] == ["trade"]


def test_too_high_a_tribute_is_bargained_down_to_what_the_chest_holds() -> None:
    decision = answered(tribute(gold=250, days=60), of=powers(theirs=30))

    assert decision.answer == "counter"
    (term,) = decision.terms
    assert isinstance(term, Tribute)
    assert term.gold * 2 <= 1_000 / 4


def test_nobody_kneels_who_does_not_have_to() -> None:
    kneel = Vassalage(kind="vassalage", vassal="crown", days=3_650)

    assert answered(kneel, of=powers(standing=-0.9)).answer == "refuse"
    assert all(term.kind != "vassalage" for term in answered(kneel, of=powers(standing=0.5, theirs=90)).terms)


def test_war_is_made_on_enemies_not_on_friends() -> None:
    assert answered(war("wolves"), of=powers(standing=0.3)).answer == "accept"
    assert answered(war("abbey"), of=powers(standing=0.3)).answer != "accept"


def test_what_comes_for_nothing_is_welcome() -> None:
    assert answered(tribute("hand", 400)).answer == "accept"


def test_the_stance_follows_the_standing() -> None:
    stances = [answered(PEACE, of=powers(standing=standing)).stance for standing in (-0.9, -0.3, 0.0, 0.4, 0.9)]

    assert stances == ["hostile", "wary", "neutral", "cordial", "allied"]
    assert answered(PEACE, of=powers(standing=0.9, at_war=True)).stance == "hostile"


def test_a_gentle_queen_agrees_where_a_hard_one_does_not() -> None:
    def with_heart(agreeableness: float) -> str:
        court = powers(standing=0.1)
        queen = court.characters["queen"].model_copy(update={"traits": Traits(agreeableness=agreeableness)})
        changed = World(court.info, {**court.characters, "queen": queen}, court.factions, court.places)
        return answered(PEACE, of=changed, by="queen").answer

    assert (with_heart(1.0), with_heart(0.0)) == ("accept", "refuse")


def test_an_envoy_may_agree_to_peace_but_not_to_an_alliance() -> None:
    friends = powers(standing=0.9)

    assert answered(PEACE, of=friends, by="envoy").answer == "accept"
    assert answered(ALLIANCE, of=friends, by="queen").answer == "accept"
    assert answered(ALLIANCE, of=friends, by="envoy").answer != "accept"
    assert codes("accept", offered=(ALLIANCE,), by="envoy") == ["no_authority"]


@pytest.mark.parametrize(
    ("term", "code"),
    [
        (tribute("wolves"), "not_a_party"),
        (tribute("crown", 1_001), "not_affordable"),
        (tribute("crown", 100, days=331), "not_affordable"),
        (tribute("hand", 501), "not_affordable"),
        (Vassalage(kind="vassalage", vassal="abbey", days=9), "not_a_party"),
        (Passage(kind="passage", grantor="wolves", place="pass", days=9), "not_a_party"),
        (Passage(kind="passage", grantor="crown", place="moon", days=9), "unknown_place"),
        (war("hand"), "contradiction"),
        (war("crown"), "contradiction"),
        (war("martians"), "unknown_faction"),
        (PrisonerExchange(kind="prisoner_exchange", prisoners=("nobody",), days=9), "unknown_character"),
        (Marriage(kind="marriage", spouses=("queen", "queen"), days=9), "contradiction"),
    ],
)
def test_the_judge_says_what_is_wrong_with_a_term(term: TreatyTerm, code: str) -> None:
    assert codes("counter", term) == [code]
    assert codes("accept", offered=(term,)) == [code]
    assert codes("refuse", offered=(term,)) == []


def test_terms_that_undo_each_other_do_not_stand_in_one_treaty() -> None:
    assert codes("counter", PEACE, PEACE) == ["contradiction"]
    assert codes("counter", PEACE, war("hand")) == ["contradiction"]
    assert codes("counter", tribute("crown"), tribute("hand")) == ["contradiction"]
    kneeling = [Vassalage(kind="vassalage", vassal=side, days=9) for side in ("crown", "hand")]
    assert codes("counter", *kneeling) == ["contradiction"]
    assert codes("counter", PEACE, war("wolves"), tribute("hand")) == []


def test_nobody_treats_with_themselves_with_strangers_or_with_nobody() -> None:
    for offering, code in (("crown", "self_treaty"), ("martians", "unknown_faction")):
        assert answered(PEACE, offering=offering).answer == "refuse"
        assert codes("accept", offering=offering) == [code]
    nothing = situation(TimeAdvanced(minutes=5), of=powers(), character="crown")
    assert plain_answer(nothing) == "nobody_to_treat_with"
    refused = decide("DiplomacyDecision", nothing)
    assert isinstance(refused, DiplomacyDecision)
    assert refused.answer == "refuse"


def test_a_model_may_name_the_parties_their_enemies_and_the_places() -> None:
    legal = choices("DiplomacyDecision", situation(offer(PEACE), of=powers(), character="crown"))

    assert legal["payer"] == legal["vassal"] == legal["grantor"] == ("crown", "hand")
    assert legal["against"] == ("wolves", "abbey")
    assert legal["place"] == ("pass",)


def test_an_offer_that_is_plainly_good_or_bad_needs_no_thought() -> None:
    def plain(term: TreatyTerm, standing: float) -> str | None:
        return plain_answer(situation(offer(term), of=powers(standing=standing), character="crown"))

    assert plain(tribute("hand", 500), 1.0) == "gladly_accepted"
    assert plain(Vassalage(kind="vassalage", vassal="crown", days=9), -1.0) == "out_of_the_question"
    assert plain(PEACE, 0.0) is None
