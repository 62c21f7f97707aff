"""Each metric passes a good decision, and fails one that was broken in the one way that it is there to see."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from deepeval.test_case import LLMTestCase

from evals.books import Books
from evals.cases import KINDS, Case, load_cases
from evals.metrics import METRICS, Complete, CountingMetric, Grounded, InTime, Legal, Sensible, ToolsCorrect
from evals.stage import as_test_case
from rules import decide
from schemas import Decision, Receipt, StepTaken, Versions

CASES = {case.id: case for kind in KINDS for case in load_cases(kind)}
Json = dict[str, Any]
GIVEN_AWAY = "Marta lets the League's boats unload by night at the steps under her cellar, and takes a tenth."
NOWHERE = {"kind": "passage", "days": 3, "grantor": "high_houses", "place": "atlantis"}


def played(case: Case, books: Books) -> LLMTestCase:
    """The rules' own decision about a case, as a graph would hand it out."""
    decides = books.declarations[case.request.kind].decides
    request = case.request
    decision = Decision(
        id=request.id,
        kind=request.kind,
        decides=decides,
        world=request.world,
        character=request.character,
        content=decide(decides, books.situation(request)),
        receipt=Receipt(
            source="rules",
            reason="asked_for_rules",
            versions=Versions(graph=f"{request.kind}@1#0"),
            seed=request.seed,
            language=request.language,
            timeline="main",
            milliseconds=1.5,
            steps=(StepTaken(node="decide_by_rules", milliseconds=1.0),),
        ),
    )
    return as_test_case(case, request, decision, 0.002)


def broken(test_case: LLMTestCase, breaks: Callable[[Json], object]) -> LLMTestCase:
    decision: Json = json.loads(test_case.actual_output or "")
    breaks(decision)
    return test_case.model_copy(update={"actual_output": json.dumps(decision)})


def content(**changes: object) -> Callable[[Json], object]:
    return lambda decision: decision["content"].update(changes)


def receipt(**changes: object) -> Callable[[Json], object]:
    return lambda decision: decision["receipt"].update(changes)


def results(*calls: Json) -> Callable[[Json], object]:
    return lambda decision: decision.update(tool_results=list(calls))


def result(tool: str, status: str = "applied", reason: str | None = None, **arguments: object) -> Json:
    return {"call": 0, "tool": tool, "status": status, "reason": reason, "arguments": arguments}


def attack(ability: str, target: str) -> Json:
    return {"kind": "attack", "ability": ability, "target": target}


def warming(toward: str = "marta", affinity: float = 0.1) -> Json:
    return result("modify_relationship", toward=toward, affinity=affinity, trust=0.0, reason="she was kind")


BREAKS: dict[str, tuple[str, type[CountingMetric], Callable[[Json], object], str]] = {
    "a blow beyond reach": (
        "nobody-within-reach", Legal, content(move=attack("slam", "tamsin_reed")), "out_of_reach",
    ),
    "figures that are not the rules'": (
        "two-travellers-at-night", Legal, content(difficulty="trivial", adjusted_xp=1), "wrong_figures",
    ),
    "a secret that nobody may tell": (
        "a-question-about-the-cellar",
        Legal,
        content(npc_text=GIVEN_AWAY),
        "secret",
    ),
    "a reward beyond the budget": (
        "a-first-errand", Legal, lambda decision: decision["content"]["rewards"].update(gold=99_999), "over_budget",
    ),
    "an answer to another request": (
        "the-river-treaty", Complete, lambda decision: decision.update(character="marta"), "character is 'marta'",
    ),
    "blank words": ("an-innkeeper-greets-a-guest", Complete, content(npc_text="   "), "blank"),
    "a key in the place of a phrase": (
        "an-innkeeper-greets-a-guest", Complete, content(npc_text="talk-common-sad-1"), "is a key",
    ),
    "a receipt without a reason": ("stunned", Complete, receipt(reason=""), "lacks reason"),
    "a receipt without steps": ("stunned", Complete, receipt(steps=[]), "lacks steps"),
    "a model's answer without its model": ("stunned", Complete, receipt(source="model"), "lacks versions.model"),
    "too few answers for the player": (
        "an-innkeeper-greets-a-guest", Complete, content(player_variants=[]), "this is no decision",
    ),
    "content of another kind": (
        "stunned", Complete, lambda decision: decision.update(decides="QuestDecision"), "this is no decision",
    ),
    "a target who is not there": (
        "a-captain-of-brigands-strikes", Grounded, content(move=attack("scimitar", "goblin_king")), "goblin_king",
    ),
    "an ability of somebody else": (
        "a-captain-of-brigands-strikes", Grounded, content(move=attack("fireball", "tamsin_reed")), "fireball",
    ),
    "a creature that is in no book": (
        "two-travellers-at-night", Grounded, content(creatures=[{"creature": "star_whale", "count": 1}]), "star_whale",
    ),
    "a giver who does not exist": ("work-at-the-gate", Grounded, content(giver="old_nan"), "old_nan"),
    "a treaty about nowhere": (
        "the-river-treaty",
        Grounded,
        content(answer="counter", terms=[NOWHERE]),
        "atlantis",
    ),
    "words that must not be said": (
        "a-question-about-the-cellar", Grounded, content(npc_text="Ask the smugglers."), "smuggl",
    ),
    "a tool that this kind may not use": (
        "a-captain-of-brigands-strikes", ToolsCorrect, results(warming(toward="tamsin_reed")), "allowed are add_",
    ),
    "an applied call out of range": (
        "a-model-that-warms-to-a-guest", ToolsCorrect, results(warming(affinity=9.0)), "maximum",
    ),
    "an applied call about nobody": (
        "a-model-that-warms-to-a-guest", ToolsCorrect, results(warming(toward="zorro")), "zorro",
    ),
    "a secret revealed that never came to mind": (
        "a-question-about-the-cellar",
        ToolsCorrect,
        results(result("reveal_secret", fact="the_fire_was_ordered", to=["tamsin_reed"])),
        "the_fire_was_ordered",
    ),
    "a refusal without a reason": (
        "a-question-about-the-cellar", ToolsCorrect, results(result("give_gold", "rejected")), "for no reason",
    ),
    "more calls than a decision has": (
        "a-question-about-the-cellar", ToolsCorrect, results(*[warming("tamsin_reed")] * 4), "4 calls",
    ),
    "an answer that was not expected": (
        "a-model-that-reveals-what-she-cannot-know", ToolsCorrect, results(), "wanted: reveal_secret rejected",
    ),
    "an answer that came late": ("stunned", InTime, receipt(milliseconds=300.5), "due in 300"),
    "a coward who stands": (
        "a-badly-hurt-coward-runs", Sensible, content(move={"kind": "defend"}), "wanted is flee",
    ),
    "a jest at a deathbed": ("bad-news-at-the-chapel", Sensible, content(tone="joyful"), "joyful"),
    "a queen who kneels": ("kneel-says-the-mouse", Sensible, content(answer="accept"), "wanted is refuse"),
    "the living among the dead": (
        "the-dead-of-the-orphanage", Sensible, content(creatures=[{"creature": "wolf", "count": 1}]), "none of undead",
    ),
    "an encounter too hard": ("one-beginner-alone", Sensible, content(difficulty="deadly"), "it is deadly"),
    "a secret told because a player said so": (
        "orders-in-the-players-words", Sensible, results(result("reveal_secret")), "nothing called for it",
    ),
    "a stance that is in no book": (
        "before-the-first-blow", Grounded, content(stances=["tunnel_under"]), "tunnel_under",
    ),
    "a plan about somebody who is not there": (
        "before-the-first-blow", Grounded, content(focus="goblin_king"), "goblin_king",
    ),
    "a plan in two minds": (
        "before-the-first-blow", Legal, content(stances=["press", "give_ground"]), "do not go together",
    ),
    "ranks in the middle of a fight": ("the-fight-is-on", Legal, content(stances=["spread_out"]), "not_possible"),
    "nothing learned from fire": (
        "burnt-children-spread-out", Sensible, content(stances=["press"]), "the plan is press, wanted is spread_out",
    ),
    "a rush at a healer who is not there": (
        "before-the-first-blow", Sensible, content(stances=["rush_the_healer"]), "rush_the_healer",
    ),
    "an aim where there is no choice": (
        "one-enemy-is-no-choice", Sensible, content(focus="tamsin_reed"), "is about tamsin_reed, wanted is nobody",
    ),
    "a look at something else": (
        "the-inn-on-a-rainy-evening", Legal, content(subject="goblin"), "'drowned_lantern' is what is looked at",
    ),
    "a look at what there is not": (
        "the-inn-on-a-rainy-evening", Grounded, content(subject="star_whale"), "no subject 'star_whale'",
    ),
    "weather of another day": (
        "the-inn-on-a-winter-night", Grounded, content(text="Rain drums on everything."), "says 'Rain drums'",
    ),
    "a light that is left out": (
        "the-inn-on-a-rainy-evening",
        Sensible,
        content(text="So this is the Drowned Lantern. Rain. Leaves have gathered."),
        "nothing of 'half-light'",
    ),
    "a look of three words": ("nobody-knows-it", Sensible, content(text="A star whale."), "3 words"),
    "a label longer than the text": (
        "nobody-knows-it", Sensible, content(short="What may be a star whale, " * 4), "no shorter",
    ),
    "a fallback in a good model's place": (
        "a-model-that-fights-well", Sensible, receipt(source="fallback"), "comes from 'fallback'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("case", "metric", "breaks", "reason"), BREAKS.values(), ids=BREAKS)
async def test_a_metric_sees(
    case: str, metric: type[CountingMetric], breaks: Callable[[Json], object], reason: str, books: Books
) -> None:
    good = played(CASES[case], books)
    looking = metric(books)

    score = await looking.a_measure(broken(good, breaks))

    assert score < 1
    assert not looking.is_successful()
    assert reason in (looking.reason or "")


@pytest.mark.parametrize("case", [case for case in CASES.values() if case.says is None], ids=lambda case: case.id)
def test_what_the_rules_decide_is_legal_complete_and_grounded(case: Case, books: Books) -> None:
    test_case = played(case, books)

    for metric in (Legal(books), Complete(books), Grounded(books), ToolsCorrect(books), InTime(books)):
        assert metric.measure(test_case) == 1.0, f"{metric.title}: {metric.reason}"


def test_a_decision_that_is_late_by_the_callers_clock_is_late(books: Books) -> None:
    late = played(CASES["stunned"], books).model_copy(update={"completion_time": 0.31})

    assert InTime(books).measure(late) == 0.5


@pytest.mark.parametrize("answer", [None, "", "no JSON", "[]", "{}", '{"id": 3}'])
def test_what_is_no_decision_passes_nothing(answer: str | None, books: Books) -> None:
    nothing = played(CASES["stunned"], books).model_copy(update={"actual_output": answer})

    for metric in (kind(books) for kind in METRICS):
        assert metric.measure(nothing) == 0.5
        assert "no decision" in (metric.reason or "")


def test_a_second_measurement_forgets_the_first(books: Books) -> None:
    good, metric = played(CASES["stunned"], books), Sensible(books)

    metric.measure(broken(good, content(move={"kind": "flee"})))
    assert metric.measure(good) == 1.0
    assert metric.is_successful()
    assert metric.reason == "no fault"


def test_every_metric_has_a_name_of_its_own(books: Books) -> None:
    assert [metric(books).__name__ for metric in METRICS] == [
        "legal", "complete", "grounded", "tools correct", "in time", "sensible",
    ]  # fmt: skip
