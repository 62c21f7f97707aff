"""Deeds held against treaties: who broke which promise, and what others think of it."""

from __future__ import annotations

from rules import Affairs, findings
from schemas import (
    AllyAnswered,
    EventBase,
    FactionAttacked,
    JointWar,
    Passage,
    PassageRefused,
    Promise,
    Treaty,
    TributePaid,
    War,
)
from tests.rules.bargaining.courts import ALLIANCE, PEACE, TRIBUTE, courts, on_day, treaty

ROAD = Passage(kind="passage", grantor="hand", place="pass", days=90)


def broken(affairs: Affairs, event: EventBase | None = None) -> list[tuple[str, str, str]]:
    return [(one.by, one.toward, one.term) for one in findings(courts(), affairs, event).broken]


def test_an_attack_breaks_the_peace_and_the_treaty_and_begins_a_war() -> None:
    found = findings(courts(), on_day(110, treaty(PEACE, ROAD)), FactionAttacked(attacker="hand", attacked="crown"))

    assert [(one.by, one.toward, one.term) for one in found.broken] == [("hand", "crown", "peace")]
    (after,) = [one for one in found.affairs if isinstance(one, Treaty)]
    assert (after.broken_by, after.binding(after.at)) == ("hand", ())
    (war,) = [one for one in found.affairs if isinstance(one, War)]
    assert (war.sides, war.on, war.by) == (("crown", "hand"), True, "hand")


def test_the_wronged_and_the_witnesses_trust_the_breaker_less() -> None:
    found = findings(courts(), on_day(110, treaty(PEACE)), FactionAttacked(attacker="hand", attacked="crown"))

    felt = {(one.character, one.toward): (one.affinity, one.trust) for one in found.effects}
    assert felt == {("crown", "hand"): (-0.4, -0.6), ("abbey", "hand"): (-0.1, -0.2)}


def test_an_attack_on_a_stranger_or_after_the_treaty_breaks_nothing() -> None:
    after_its_end = on_day(100 + 360, treaty(PEACE))
    assert broken(on_day(110, treaty(PEACE)), FactionAttacked(attacker="wolves", attacked="crown")) == []
    assert broken(after_its_end, FactionAttacked(attacker="hand", attacked="crown")) == []


def test_passage_refused_breaks_the_promise_and_not_the_treaty() -> None:
    affairs = on_day(110, treaty(PEACE, ROAD))
    refused = PassageRefused(refusing="hand", refused="crown", place="pass")

    assert broken(affairs, refused) == [("hand", "crown", "passage")]
    assert broken(affairs, refused.model_copy(update={"place": "ford"})) == []
    assert broken(affairs, PassageRefused(refusing="crown", refused="hand", place="pass")) == []
    assert not [one for one in findings(courts(), affairs, refused).affairs if isinstance(one, Treaty)]


def test_a_tribute_that_is_not_paid_by_its_day_is_broken_once() -> None:
    old = treaty(TRIBUTE)
    assert broken(on_day(130, old)) == []
    first = findings(courts(), on_day(131, old), None)
    assert [(one.by, one.what) for one in first.broken] == [("hand", "did not pay for month 1")]

    assert findings(courts(), on_day(131, old, *first.affairs), None).affairs == ()
    again = findings(courts(), on_day(161, old, *first.affairs), None)
    assert [one.what for one in again.broken] == ["did not pay for month 2"]


def test_gold_pays_the_oldest_months_first_and_moves_between_chests() -> None:
    old = treaty(TRIBUTE)
    found = findings(courts(), on_day(110, old), TributePaid(payer="hand", receiving="crown", gold=250))

    assert [(one.what, one.gold) for one in found.kept] == [("paid for month 1", 100), ("paid for month 2", 100)]
    later = on_day(165, old, *found.affairs)
    assert (later.chest(courts(), "crown"), later.chest(courts(), "hand"), later.owed("hand")) == (2_200, 1_300, 100)
    assert broken(later) == []
    assert [what for _, _, what in broken(on_day(191, old, *found.affairs))] == ["tribute"]


def test_an_ally_is_called_and_breaks_the_alliance_when_it_stays_away() -> None:
    old = treaty(ALLIANCE)
    found = findings(courts(), on_day(110, old), FactionAttacked(attacker="wolves", attacked="crown"))

    (call,) = found.calls
    assert (call.by, call.toward, call.due and call.due.day) == ("hand", "crown", 124)
    waiting = on_day(120, old, *found.affairs)
    assert broken(waiting) == []
    assert broken(waiting, AllyAnswered(ally="hand", caller="crown", came=False)) == [("hand", "crown", "alliance")]
    came = findings(courts(), waiting, AllyAnswered(ally="hand", caller="crown", came=True))
    assert [(one.by, one.outcome) for one in came.kept] == [("hand", "kept")]
    assert broken(on_day(125, old, *found.affairs)) == [("hand", "crown", "alliance")]


def test_whoever_marches_as_promised_has_kept_the_promise() -> None:
    pact = treaty(JointWar(kind="joint_war", against="wolves", days=90))
    found = findings(courts(), on_day(110, pact), FactionAttacked(attacker="hand", attacked="wolves"))

    assert [(one.by, one.toward, one.term) for one in found.kept] == [("hand", "crown", "joint_war")]


def test_what_runs_out_unbroken_was_kept_by_both() -> None:
    found = findings(courts(), on_day(460, treaty(PEACE)), None)

    assert sorted((one.by, one.term) for one in found.kept) == [("crown", "peace"), ("hand", "peace")]


def test_honour_follows_what_was_kept_and_broken_and_time_forgives() -> None:
    def promise(id_: str, outcome: str, toward: str = "crown") -> Promise:
        return Promise.model_validate(
            {"id": id_, "treaty": "old", "by": "hand", "toward": toward, "term": "peace", "outcome": outcome,
             "at": {"day": 100}}
        )  # fmt: skip

    assert on_day(100).honour("hand", "crown") == 0
    assert on_day(100, promise("a", "kept")).honour("hand", "crown") == 1 / 3
    assert on_day(100, promise("a", "broken")).honour("hand", "crown") == -0.5
    assert on_day(100, promise("a", "broken", "abbey")).honour("hand", "crown") == -1 / 3
    assert on_day(460, promise("a", "broken")).honour("hand", "crown") == -1 / 3
    assert on_day(100, promise("a", "due")).honour("hand", "crown") == 0
