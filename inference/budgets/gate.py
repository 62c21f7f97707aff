"""The gate before every model server: nothing passes while the switch is off, and what passes is charged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

from inference.budgets.account import BEHIND_PLAY, account_now
from inference.budgets.budgets import Budgets
from inference.budgets.switch import Switch
from inference.model import Answer, Ask, Content, Message, Model
from inference.outlook import Outlook
from inference.passing import PassingModel
from inference.tokens import estimate
from schemas import Account, BudgetUsedUp, ModelAnswerInvalid, ModelSwitchedOff


@runtime_checkable
class LooksByItself(Protocol):
    """A model that sends something without being asked: probes."""

    gate: Callable[[], AbstractAsyncContextManager[None]]
    """What each look passes. Raises ModelSwitchedOff."""


class GatedModel(PassingModel):
    """Passes on what the switch and the budgets let through, and charges what it took."""

    def __init__(self, inner: Model, budgets: Budgets) -> None:
        super().__init__(inner)
        self._budgets = budgets

    @property
    def available(self) -> bool:
        """The other model's, while the switch is on."""
        return self._budgets.switch.on and self._inner.available

    def outlook(self, role: str, priority: int, world: str = "") -> Outlook:
        """The other model's; nobody is there while the switch is off."""
        if not self._budgets.switch.on:
            return Outlook(available=False, usual_latency=0.0)
        return super().outlook(role, priority, world)

    async def answer(self, ask: Ask, schema: type[Content]) -> Answer[Content]:
        """The other model's answer or failure. Raises ModelSwitchedOff, and BudgetUsedUp for what is done behind play.

        Decisions were held to their budgets before (`choose_policy`): one that was begun is finished.
        """
        account = account_now() or Account(ask.world, BEHIND_PLAY, "", 0)
        if account.kind == BEHIND_PLAY and not self._budgets.has_room(account):
            raise BudgetUsedUp("what may go to models today has gone, for what is done behind play, too")
        async with self._budgets.switch.passing():
            try:
                answer = await self._inner.answer(ask, schema)
            except ModelAnswerInvalid as invalid:
                spent = invalid.prompt_tokens + invalid.completion_tokens
                self._budgets.spend(account, tokens=spent, cost=invalid.cost)
                raise
            self._budgets.spend(account, tokens=answer.prompt_tokens + answer.completion_tokens, cost=answer.cost)
            return answer

    async def count_tokens(self, prompt: str | Sequence[Message]) -> int:
        """The other model's count; an estimate while the switch is off."""
        try:
            async with self._budgets.switch.passing():
                return await self._inner.count_tokens(prompt)
        except ModelSwitchedOff:
            return estimate(prompt)


class Embeds(Protocol):
    """Whoever turns texts into vectors by asking a server."""

    @property
    def name(self) -> str:
        """Kept with the vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class GatedEmbedder:
    """An embedder behind the switch."""

    def __init__(self, inner: Embeds, switch: Switch) -> None:
        self._inner, self._switch = inner, switch
        self.name, self.dimension = inner.name, inner.dimension

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The other one's vectors. Raises its errors, and ModelSwitchedOff."""
        async with self._switch.passing():
            return await self._inner.embed(texts)

    async def aclose(self) -> None:
        """Close the other one."""
        await self._inner.aclose()


class Ranks(Protocol):
    """Whoever scores texts by asking a server."""

    async def rank(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text."""
        ...


class GatedReranker:
    """A reranker behind the switch."""

    def __init__(self, inner: Ranks, switch: Switch) -> None:
        self._inner, self._switch = inner, switch

    async def rank(self, question: str, texts: Sequence[str]) -> list[float]:
        """The other one's scores. Raises its errors, and ModelSwitchedOff."""
        async with self._switch.passing():
            return await self._inner.rank(question, texts)
