"""A model that passes everything on to another one: what a wrapper does not change."""

from __future__ import annotations

from collections.abc import Sequence

from inference.model import Answer, Ask, Content, Message, Model
from inference.outlook import Outlook, outlook
from inference.swapping import swap
from schemas import EndpointSettings, ModelRole


class PassingModel:
    """Says and does what another model does. A wrapper takes this and changes `answer`."""

    def __init__(self, inner: Model) -> None:
        self._inner = inner

    @property
    def name(self) -> str:
        """The other model's."""
        return self._inner.name

    @property
    def available(self) -> bool:
        """The other model's."""
        return self._inner.available

    @property
    def usual_latency(self) -> float:
        """The other model's, in seconds."""
        return self._inner.usual_latency

    def outlook(self, role: str, priority: int, world: str = "") -> Outlook:
        """The other model's."""
        return outlook(self._inner, role, priority, world)

    async def answer(self, ask: Ask, schema: type[Content]) -> Answer[Content]:
        """The other model's answer or failure."""
        return await self._inner.answer(ask, schema)

    async def swap(self, role: ModelRole, settings: EndpointSettings) -> None:
        """Exchange an endpoint behind the other model. Raises BadSettings where it has none."""
        await swap(self._inner, role, settings)

    async def count_tokens(self, prompt: str | Sequence[Message]) -> int:
        """The other model's count."""
        return await self._inner.count_tokens(prompt)

    async def aclose(self) -> None:
        """Close the other model."""
        await self._inner.aclose()
