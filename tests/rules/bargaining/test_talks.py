"""Talks by the rules: what is put forward, what is taken, and what the rules hold against a model's word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rules import Affairs, Situation, Table, concluded, decide, heard, judge, talks_of
from rules.bargaining.bargainer import Bargainer, play_out
from rules.bargaining.concession import target
from rules.bargaining.packages import frontier, gather
from rules.bargaining.side import Side
from rules.bargaining.talks import bargainer
from schemas import (
    DiplomacyDecision,
    DiplomaticReply,
    JointWar,
    Talks,
    Tendencies,
    Trade,
    Treaty,
    TreatyTerm,
    Tribute,
    Vassalage,
    War,
    World,
)
from tests.rules.bargaining.courts import ALLIANCE, PEACE, START, TRIBUTE, courts, on_day, treaty
from tests.rules.situations import situation

TRADE = Trade(kind="trade", days=180, gold=40)
RUIN = Tribute(kind="tribute", payer="crown", gold=100, days=600)


def round_of(
    answer: str = "open", *terms: TreatyTerm, talks: Talks | None = None, of: World | None = None, **more: Any
) -> Situation:
    """The crown's turn."""
    event = DiplomaticReply.model_validate(
        {"replying": "hand", "receiving": "crown", "answer": answer, "terms": [one.model_dump() for one in terms]}
    )
    asked = situation(event, of=of or courts(), character="crown")
    asked = replace(asked, affairs=more.get("affairs", on_day(100)))
    begun = talks or talks_of(asked.request, Table(asked), rounds=4, days=30)
    return replace(asked, talks=heard(begun, event))


def said(asked: Situation) -> DiplomacyDecision:
    decision = decide("DiplomacyDecision", asked)
    assert isinstance(decision, DiplomacyDecision)
    return decision


def word(answer: str, *terms: TreatyTerm) -> DiplomacyDecision:
    return DiplomacyDecision.model_validate(
        {"message": "So be it.", "answer": answer, "terms": terms, "stance": "neutral"}
    )


def codes(asked: Situation, answer: str, *terms: TreatyTerm) -> list[str]:
    return [one.code for one in judge("DiplomacyDecision", word(answer, *terms), asked)]


def after(asked: Situation, decision: DiplomacyDecision) -> Talks:
    (talks,) = [one for one in concluded(Table(asked), decision).affairs if isinstance(one, Talks)]
    return talks


def test_whoever_is_asked_to_begin_puts_something_forward_that_serves_them() -> None:
    asked = round_of()
    decision = said(asked)

    side = Table(asked).side
    assert decision.answer == "counter"
    assert side.total(decision.terms) > side.reserve
    talks = after(asked, decision)
    assert (talks.round, talks.status, [offer.by for offer in talks.offers]) == (1, "open", ["crown"])


def test_each_round_asks_for_no_more_than_the_one_before_and_never_for_less_than_the_reserve() -> None:
    asked = round_of()
    side, worths = Table(asked).side, list[float]()
    for _ in range(4):
        decision = said(asked)
        assert decision.answer == "counter"
        worths.append(side.total(decision.terms))
        asked = round_of("counter", RUIN, talks=after(asked, decision))

    assert worths == sorted(worths, reverse=True)
    assert worths[-1] < worths[0]
    assert min(worths) >= side.reserve
    assert said(asked).answer == "refuse", "after the last round there is only yes or no"


def test_yes_to_what_we_put_forward_makes_a_treaty_and_ends_the_war() -> None:
    fight = War(sides=("crown", "hand"), on=True, at=START)
    asked = round_of(affairs=on_day(100, fight))
    ours = word("counter", PEACE, TRADE)
    sealing = round_of("accept", talks=after(asked, ours), affairs=on_day(100, fight))
    decision = said(sealing)

    assert decision.answer == "accept"
    found = concluded(Table(sealing), decision)
    (made,) = [one for one in found.affairs if isinstance(one, Treaty)]
    assert made.terms == (PEACE, TRADE)
    assert [one.on for one in found.affairs if isinstance(one, War)] == [False]
    assert {(one.character, one.toward) for one in found.effects} == {("crown", "hand"), ("hand", "crown")}
    assert codes(sealing, "refuse") == codes(sealing, "counter", PEACE) == ["word_was_given"]


def test_a_promise_that_can_no_longer_be_kept_is_not_sealed() -> None:
    talks = after(round_of(), word("counter", JointWar(kind="joint_war", against="abbey", days=90)))
    friends = on_day(110, treaty(PEACE, parties=("crown", "abbey"), id_="new"))

    sealing = round_of("accept", talks=talks, affairs=friends)
    assert said(sealing).answer == "refuse"
    assert not [one for one in concluded(Table(sealing), said(sealing)).affairs if isinstance(one, Treaty)]


def test_a_model_cannot_give_away_the_reserve() -> None:
    asked = round_of("open", RUIN)

    assert codes(asked, "accept") == ["below_reserve"]
    assert codes(asked, "counter", RUIN) == ["below_reserve"]
    assert codes(asked, "counter", Vassalage(kind="vassalage", vassal="crown", days=90)) == ["below_reserve"]
    assert codes(asked, "counter", PEACE) == ["concedes_too_soon"], "peace alone is not what one begins with"
    assert codes(asked, "counter", *said(asked).terms) == []
    assert codes(round_of(), "accept") == ["nothing_to_accept"]
    assert codes(round_of("refuse"), "counter", PEACE) == ["talks_over"]


def test_no_objection_tells_what_our_side_would_take() -> None:
    asked = round_of("open", RUIN)
    table = Table(asked)
    assert asked.talks is not None
    told = " ".join(one.what for one in judge("DiplomacyDecision", word("counter", RUIN), asked))

    for secret in (table.side.reserve, bargainer(table, asked.talks).target):
        assert f"{abs(secret):.2f}" not in told
    assert not any(letter.isdigit() for letter in told)


def test_an_answer_that_comes_too_late_is_not_heard() -> None:
    talks = after(round_of(), word("counter", PEACE))
    asked = round_of("accept", talks=talks.model_copy(update={"at": talks.at, "days": 1}))
    late = replace(asked, talks=replace_time(talks, days=1), request=at_day(asked, 5))

    decision = said(late)
    assert decision.answer == "refuse"
    assert after(late, decision).status == "lapsed"


def replace_time(talks: Talks, days: int) -> Talks:
    return talks.model_copy(update={"days": days})


def at_day(asked: Situation, more: int) -> Any:
    scene = asked.request.scene
    time = scene.time.model_copy(update={"day": scene.time.day + more})
    return asked.request.model_copy(update={"scene": scene.model_copy(update={"time": time})})


@pytest.mark.parametrize(
    ("bound", "term"),
    [
        (PEACE, JointWar(kind="joint_war", against="abbey", days=90)),
        (JointWar(kind="joint_war", against="hand", days=900), PEACE),
        (Vassalage(kind="vassalage", vassal="crown", days=900), Vassalage(kind="vassalage", vassal="crown", days=9)),
    ],
)
def test_what_another_treaty_forbids_is_not_promised(bound: TreatyTerm, term: TreatyTerm) -> None:
    other = on_day(110, treaty(bound, parties=("crown", "abbey"), id_="abbey"))

    assert "breaks_a_treaty" in codes(round_of(affairs=other), "counter", term)
    assert "breaks_a_treaty" not in codes(round_of(affairs=on_day(110)), "counter", term)


def test_gold_that_is_promised_is_not_promised_again() -> None:
    owing = on_day(110, treaty(Tribute(kind="tribute", payer="crown", gold=150, days=360), parties=("crown", "abbey")))
    more = Tribute(kind="tribute", payer="crown", gold=100, days=90)

    assert owing.owed("crown") == 1_800
    assert codes(round_of(affairs=owing), "counter", more) == ["not_affordable"]
    assert "not_affordable" not in codes(round_of(), "counter", more)


def test_the_frontier_is_what_trying_every_package_finds() -> None:
    a = Side("crown", "hand", gold=900, standing=0.4, common_enemies=1)
    b = Side("hand", "crown", gold=400, standing=-0.2, cares={"trade": 2.0, "tribute": 0.4})
    topics = gather((PEACE, ALLIANCE, TRADE, TRIBUTE, RUIN, JointWar(kind="joint_war", against="wolves", days=90)))
    every: list[tuple[TreatyTerm, ...]] = [()]
    for topic in topics:
        every += [(*package, term) for package in every for term in topic]
    worth = [(a.total(package), b.total(package)) for package in every if package]

    def beaten(u: float, v: float) -> bool:
        return any(x >= u and y >= v and (x > u + 1e-9 or y > v + 1e-9) for x, y in worth)

    found = frontier(topics, a.worth, b.worth)
    assert {(round(bid.ours, 9), round(bid.theirs, 9)) for bid in found} == {
        (round(u, 9), round(v, 9)) for u, v in worth if not beaten(u, v)
    }


def test_the_patient_give_way_later_and_at_the_end_all_stand_at_their_reserve() -> None:
    def path(patience: float) -> list[float]:
        calm = Tendencies(patience=patience)
        return [target(number, 5, best=1.0, reserve=0.2, tendencies=calm) for number in range(1, 6)]

    patient, middling, hasty = path(1.0), path(0.5), path(0.0)
    assert [round(one, 6) for one in middling] == [1.0, 0.8, 0.6, 0.4, 0.2]
    assert patient[2] > middling[2] > hasty[2]
    assert {one[-1] for one in (patient, middling, hasty)} == {0.2}


def test_who_is_given_something_gives_something_back() -> None:
    supple = Tendencies(adaptability=1.0)

    def third(theirs: list[float]) -> float:
        return target(3, 5, best=1.0, reserve=0.0, tendencies=supple, own=[1.0, 0.9], theirs=theirs)

    assert third([0.0, 0.3]) < third([0.0, 0.0])


def test_two_of_our_own_never_go_below_their_reserves() -> None:
    crown = Side("crown", "hand", gold=900, standing=-0.9, cares={"peace": 0.2})
    hand = Side("hand", "crown", gold=400, standing=-0.95, cares={"trade": 0.1, "peace": 0.2})
    outcome = play_out((crown, hand), (hand, crown), gather((PEACE, TRADE)), 6)

    assert outcome.agreed is None, "so much hate wants more than is there"
    warm = replace(hand, standing=0.3)
    done = play_out((replace(crown, standing=0.3), warm), (warm, crown), gather((PEACE, TRADE)), 6)
    assert done.agreed is not None
    assert Bargainer(warm, crown, (), (), 1, 1).side.total(done.agreed) >= warm.reserve


def test_the_stance_follows_promises_power_common_enemies_and_temper() -> None:
    base = Side("crown", "hand", standing=0.2)

    assert base.stance == "neutral"
    assert replace(base, honour=0.4).stance == "cordial"
    assert replace(base, honour=-0.9).stance == "neutral"
    assert replace(base, standing=0.0, honour=-0.9).stance == "wary"
    assert replace(base, common_enemies=2).stance == "cordial"
    assert replace(base, standing=-0.1, tendencies=Tendencies(aggression=0.9)).stance == "wary"
    assert replace(base, their_strength=90, tendencies=Tendencies(risk_tolerance=0.0)).attitude > base.attitude
    assert replace(base, at_war=True).stance == "hostile"


def test_affairs_know_what_binds_and_with_whom_there_is_war() -> None:
    affairs: Affairs = on_day(150, treaty(PEACE, TRIBUTE), War(sides=("abbey", "crown"), on=True, at=START))

    assert [term.kind for _, term in affairs.between("hand", "crown")] == ["peace", "tribute"]
    assert [term.kind for _, term in on_day(190, treaty(PEACE, TRIBUTE)).between("crown", "hand")] == ["peace"]
    assert affairs.enemies(courts(), "crown") == {"wolves", "abbey"}
