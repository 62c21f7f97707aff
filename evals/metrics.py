"""Deterministic metrics: what a program can say of a decision, without asking anybody's opinion.

They look at what travels (the request and the decision as JSON) and at the books, so they measure any answer, however
it came about. The score is 1 without a fault, 1/2 with one, 1/3 with two; a metric is passed by 1 alone.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self, cast

from deepeval.metrics import BaseMetric
from deepeval.test_case import LLMTestCase, SingleTurnParams
from jsonschema import Draft202012Validator

from evals.books import Books
from evals.expectations import EXPECTATIONS, EncounterExpectations, Expectations
from evals.naming import names_in, shelf_of, strings_in
from rules import judge
from schemas import (
    CONTENTS,
    Decision,
    DecisionRequest,
    DialogueDecision,
    EncounterDecision,
    PolicySettings,
    QuestDecision,
    ToolResult,
)

_KEY = re.compile(r"[a-z]+(?:-[a-z0-9]+){2,}")
"""A phrase that was not found looks like its key: `talk-common-sad-1`."""


@dataclass(frozen=True)
class Played:
    """A golden case after it was played."""

    expect: Expectations
    request: DecisionRequest
    decision: Decision
    milliseconds: float
    """As whoever asked counted them."""
    books: Books

    @classmethod
    def read(cls, test_case: LLMTestCase, books: Books) -> Self:
        """From what deepeval carries around. Raises `ValueError` for what is no decision."""
        request = DecisionRequest.model_validate_json(test_case.input)
        expect = cast("dict[str, Any]", test_case.metadata or {}).get("expect", {})  # pyright: ignore[reportUnknownMemberType]  # a bare Dict
        return cls(
            expect=EXPECTATIONS[request.kind].model_validate(expect),
            request=request,
            decision=Decision.model_validate_json(test_case.actual_output or ""),
            milliseconds=(test_case.completion_time or 0.0) * 1_000,
            books=books,
        )


class CountingMetric(BaseMetric):
    """Counts the faults of one sort."""

    title: ClassVar[str]
    _required_params = [SingleTurnParams.INPUT, SingleTurnParams.ACTUAL_OUTPUT]  # noqa: RUF012  # as deepeval declares it

    def __init__(self, books: Books) -> None:
        self.threshold = 1.0
        self.books = books
        self.faults: tuple[str, ...] = ()

    @property
    def __name__(self) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]  # how deepeval names its metrics
        return self.title

    @abstractmethod
    def look(self, played: Played) -> Iterator[str]:
        """What is wrong, a sentence each."""
        raise NotImplementedError

    def measure(self, test_case: LLMTestCase, *args: object, **kwargs: object) -> float:
        """Score a played case; `reason` names the faults."""
        try:
            self.faults = tuple(self.look(Played.read(test_case, self.books)))
        except ValueError as error:
            self.faults = (f"this is no decision: {error}",)
        self.score = 1 / (1 + len(self.faults))
        self.success = not self.faults
        self.reason = "; ".join(self.faults) or "no fault"
        return self.score

    async def a_measure(self, test_case: LLMTestCase, *args: object, **kwargs: object) -> float:
        """The same; it waits for nobody."""
        return self.measure(test_case)

    def is_successful(self) -> bool:
        """Whether there was no fault."""
        return bool(self.success)


class Legal(CountingMetric):
    """The rules have nothing against it, figures and secrets included."""

    title = "legal"

    def look(self, played: Played) -> Iterator[str]:
        """Every objection of the world's own judge, who knows all secrets, not only those that came to mind."""
        decides = played.books.declarations[played.request.kind].decides
        situation = played.books.situation(played.request)
        for objection in judge(
            decides, played.decision.content, situation, played.books.secrets, known=played.decision.receipt.retrieved
        ):
            yield f"{objection.code}: {objection}"


class Complete(CountingMetric):
    """Nothing is missing: the content has all its parts, and the receipt tells how it came about."""

    title = "complete"

    def look(self, played: Played) -> Iterator[str]:
        """Whatever is blank, doubled, unresolved, or left open on the receipt."""
        request, decision = played.request, played.decision
        for field in ("id", "kind", "world", "character"):
            if getattr(decision, field) != getattr(request, field):
                yield f"{field} is '{getattr(decision, field)}', asked was '{getattr(request, field)}'"
        decides = played.books.declarations[request.kind].decides
        if decision.decides != decides or not isinstance(decision.content, CONTENTS[decides]):
            yield f"it is a {type(decision.content).__name__}, asked was a {decides}"
        yield from self._words(played)
        yield from self._receipt(played)

    def _words(self, played: Played) -> Iterator[str]:
        content = played.decision.content
        for text in strings_in(content.model_dump(mode="json")):
            if not text.strip():
                yield "something is blank"
            elif _KEY.fullmatch(text):
                yield f"'{text}' is a key, not a phrase"
        if isinstance(content, DialogueDecision):
            said = [variant.text.strip().casefold() for variant in content.player_variants]
            if len(set(said)) < len(said):
                yield "two answers for the player are the same"
        if isinstance(content, QuestDecision) and len({branch.ending for branch in content.branches}) < 2:
            yield "all branches end the same way"

    def _receipt(self, played: Played) -> Iterator[str]:
        receipt, request = played.decision.receipt, played.request
        if receipt.seed != request.seed or receipt.language != request.language:
            yield "the receipt is for another seed or language"
        wanted: dict[str, object] = {
            "reason": receipt.reason,
            "versions.graph": receipt.versions.graph,
            "timeline": receipt.timeline,
            "milliseconds": receipt.milliseconds,
            "steps": receipt.steps or receipt.source == "fallback",
        }
        if receipt.source in ("model", "repaired"):
            wanted |= {
                "versions.prompt": receipt.versions.prompt,
                "versions.schema": receipt.versions.schema_,
                "versions.model": receipt.versions.model,
                "endpoint": receipt.endpoint,
                "attempts": receipt.attempts,
                "tokens": receipt.tokens.prompt and receipt.tokens.completion,
                "validity.world": receipt.validity.world,
            }
        yield from (f"the receipt lacks {name}" for name, value in wanted.items() if not value)


class Grounded(CountingMetric):
    """Whatever it names is there, and what must not be said is not."""

    title = "grounded"

    def look(self, played: Played) -> Iterator[str]:
        """Ids that nobody bears, and words that the case forbids."""
        content = played.decision.content
        for name in names_in(content):
            if name.id not in shelf_of(name.shelf, played.books, played.request):
                yield f"{name.where}: there is no {name.shelf} '{name.id}'"
        said = [text.casefold() for text in strings_in(content.model_dump(mode="json"))]
        for words in played.expect.silent_about:
            if any(words.casefold() in text for text in said):
                yield f"it says '{words}'"


class ToolsCorrect(CountingMetric):
    """Tool calls ended as they should, and what was applied was allowed."""

    title = "tools correct"

    def look(self, played: Played) -> Iterator[str]:
        """Results that the case did not expect; applied calls that the guard should have stopped."""
        results, expected = played.decision.tool_results, played.expect.tools
        if expected is not None:
            found = [(result.tool, result.status) for result in results]
            wanted = [(tool.tool, tool.status) for tool in expected]
            if found != wanted:
                yield f"tools: {_listed(found)}, wanted: {_listed(wanted)}"
        applied = [result for result in results if result.status == "applied"]
        if len(applied) > PolicySettings().max_tool_calls:
            yield f"{len(applied)} calls were applied"
        for result in results:
            if result.status != "applied" and not result.reason:
                yield f"call {result.call} ({result.tool}) was {result.status} for no reason"
        for result in applied:
            yield from self._illegal(result, played)

    def _illegal(self, result: ToolResult, played: Played) -> Iterator[str]:
        allowed = played.books.declarations[played.request.kind].tools
        if result.tool not in allowed or result.tool not in played.books.toolbox.names:
            yield f"'{result.tool}' was applied, allowed are {', '.join(allowed) or 'none'}"
            return
        parameters: dict[str, Any] = dict(played.books.toolbox.spec(result.tool).parameters)
        for error in Draft202012Validator(parameters).iter_errors(result.arguments):  # pyright: ignore[reportUnknownMemberType]  # its types leak
            yield f"{result.tool}: {error.message}"
        for where, refers_to, name in _references(parameters, dict(result.arguments)):
            if refers_to == "fact":
                there = name in played.decision.receipt.retrieved
            elif refers_to == "present":
                there = name == played.request.character or name in shelf_of("present", played.books, played.request)
            else:
                there = name in shelf_of("anything", played.books, played.request)
            if not there:
                yield f"{result.tool}: {where} names '{name}', which is not {refers_to}"


class InTime(CountingMetric):
    """The answer came before it was due."""

    title = "in time"

    def look(self, played: Played) -> Iterator[str]:
        """By the receipt's clock and by the caller's."""
        due = played.books.deadline_ms(played.request)
        for whose, took in (("receipt", played.decision.receipt.milliseconds), ("caller", played.milliseconds)):
            if took > due:
                yield f"{took:.0f} ms by the {whose}'s clock, due in {due:.0f}"


class Sensible(CountingMetric):
    """It does what good play would."""

    title = "sensible"

    def look(self, played: Played) -> Iterator[str]:
        """What the case expects otherwise."""
        expect, decision = played.expect, played.decision
        yield from expect.misses(decision.content)
        if expect.sources and decision.receipt.source not in expect.sources:
            yield f"it comes from '{decision.receipt.source}', wanted is {' or '.join(expect.sources)}"
        said = [text.casefold() for text in strings_in(decision.content.model_dump(mode="json"))]
        for words in expect.mentions:
            if not any(words.casefold() in text for text in said):
                yield f"it says nothing of '{words}'"
        for result in decision.tool_results:
            if result.status == "applied" and result.tool in expect.unwanted_tools:
                yield f"'{result.tool}' was applied, and nothing called for it"
        if isinstance(expect, EncounterExpectations) and expect.kin and isinstance(decision.content, EncounterDecision):
            for group in decision.content.creatures:
                page = played.books.bestiary.get(group.creature)
                if page is not None and not {page.type.value, *page.tags, *page.subtypes} & set(expect.kin):
                    yield f"'{group.creature}' is none of {', '.join(expect.kin)}"


METRICS: tuple[type[CountingMetric], ...] = (Legal, Complete, Grounded, ToolsCorrect, InTime, Sensible)
"""All of them, in the order in which they are printed."""


def _listed(results: list[tuple[str, Any]]) -> str:
    return ", ".join(f"{tool} {status}" for tool, status in results) or "none"


def _references(parameters: dict[str, Any], arguments: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Arguments that name something: (which, what it has to be, the name)."""
    for field, schema in parameters.get("properties", {}).items():
        value = arguments.get(field)
        for part, found in ((schema, value), (schema.get("items", {}), value)):
            refers_to = part.get("x-refers-to")
            if refers_to is not None:
                names = cast("list[object]", found) if isinstance(found, list) else [found]
                yield from ((field, str(refers_to), str(name)) for name in names)
