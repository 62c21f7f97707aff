"""Where cases are played: a Loom in a home of its own, and one whose model says what a case tells it to."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from deepeval.test_case import LLMTestCase
from pydantic import BaseModel

from evals.books import Books
from evals.cases import KINDS, WORLD, Case
from inference import Ask, Line, Model, ScriptedModel
from schemas import Decision, DecisionRequest, ModelUnavailable, Policy, Settings
from service.loom import Loom

MODEL_DEADLINE_MS = 60_000
"""What a request without a deadline gets when a real model plays: on a CPU it is slow, and that is not the point."""


@dataclass
class Prompter:
    """Tells the scripted model its line: the answer of the case that is being played."""

    line: Line | None = None

    def __call__(self, ask: Ask, schema: type[BaseModel]) -> Line:
        """The line, however often it is asked for."""
        return self.line if self.line is not None else ModelUnavailable("there is no line for this case")


@dataclass(frozen=True)
class Stage:
    """Plays golden cases. Each is played on a timeline of its own, so none remembers another."""

    books: Books
    loom: Loom
    scripted: Loom
    prompter: Prompter
    policy: Policy

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, *, policy: Policy = "rules") -> AsyncGenerator[Self]:
        """Open both Looms in a temporary home, with the world loaded.

        `settings.servers` are whom cases without a script ask. Raises `CallerError` for files that do not fit.
        """
        prompter = Prompter()
        async with AsyncExitStack() as stack:
            home = Path(stack.enter_context(TemporaryDirectory(prefix="loomwright-evals-", ignore_cleanup_errors=True)))
            away = settings.model_copy(update={"home": home / "played", "record_url": None})
            books = Books.read(away)
            loom = await stack.enter_async_context(Loom.open(away))
            beside = settings.model_copy(update={"home": home / "scripted", "record_url": None})
            model = ScriptedModel(prompter)
            scripted = await stack.enter_async_context(Loom.open(beside, model=model))
            for one in (loom, scripted):
                await one.memory.load_world(books.pack)
            stage = cls(books=books, loom=loom, scripted=scripted, prompter=prompter, policy=policy)
            await stage.warm()
            yield stage

    @property
    def model(self) -> Model | None:
        """Whom cases without a script ask; None: nobody."""
        return self.loom.context.model

    async def warm(self) -> None:
        """Build every graph and read every file once, as a game does before its first scene."""
        for kind in KINDS:
            opening = next((request for request in self.books.pack.opening if request.kind == kind), None)
            for loom in (self.loom, self.scripted):
                loom.graph(kind)
                if opening is not None:
                    timeline = await loom.memory.world_line(WORLD).fork(stay=True)
                    changes: dict[str, object] = {"policy": "rules", "timeline": timeline, "thread": f"warm.{kind}"}
                    await loom.decide(opening.model_copy(update=changes))

    async def play(self, case: Case) -> LLMTestCase:
        """Play one case, and hand over what came of it for deepeval to look at."""
        loom = self.loom if case.says is None else self.scripted
        self.prompter.line = case.says
        changes: dict[str, object] = {
            "policy": self.policy if case.says is None else "model",
            "timeline": await loom.memory.world_line(WORLD).fork(stay=True),
        }
        if case.says is None and self.model is not None and case.request.deadline_ms is None:
            changes["deadline_ms"] = MODEL_DEADLINE_MS
        request = case.request.model_copy(update=changes)
        began = time.perf_counter()
        decision = await loom.decide(request)
        return as_test_case(case, request, decision, time.perf_counter() - began)

    async def play_all(self, cases: Sequence[Case]) -> list[tuple[Case, LLMTestCase]]:
        """One after the other: the time that one takes shall be its own."""
        return [(case, await self.play(case)) for case in cases]


def as_test_case(case: Case, request: DecisionRequest, decision: Decision, seconds: float) -> LLMTestCase:
    """A played case as deepeval carries it: JSON on both sides, what is expected beside it."""
    return LLMTestCase(
        name=case.id,
        input=request.model_dump_json(),
        actual_output=decision.model_dump_json(by_alias=True),
        expected_output=case.expects,
        metadata={"expect": case.expect.model_dump(mode="json")},
        completion_time=seconds,
        tags=[request.kind],
    )
