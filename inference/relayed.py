"""Embedders and rerankers of several endpoints as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import SecretStr

from inference.embeddings import EndpointEmbedder
from inference.endpoints.relay import Relay
from inference.rerank import EndpointReranker
from schemas import BadSettings, EndpointSettings, Fault, GuardSettings

SECONDS_TO_EMBED = 10.0
SECONDS_TO_RANK = 2.0
_WORD = "lantern"
"""What an endpoint is tried with."""


def _no_key(endpoint: str) -> SecretStr | None:
    del endpoint
    return None


class RelayedEmbedder:
    """Endpoints that serve the same embedding model: whoever is well embeds, and another where that one fails."""

    def __init__(
        self,
        endpoints: Sequence[EndpointSettings],
        *,
        dimension: int,
        guards: GuardSettings | None = None,
        key_for: Callable[[str], SecretStr | None] = _no_key,
        seconds: float = SECONDS_TO_EMBED,
    ) -> None:
        """Raises BadSettings where they name no model, or not the same."""
        self.name, self.dimension = _one_model("embedder", endpoints), dimension
        self.relay = Relay(
            [
                (
                    one,
                    EndpointEmbedder(
                        one.url, name=self.name, dimension=dimension, api_key=key_for(one.name), seconds=seconds
                    ),
                )
                for one in endpoints
            ],
            lambda client: client.embed([_WORD]),
            seconds=seconds,
            guards=guards,
        )
        """Who does the work."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text, in the same order. Raises a ModelError."""
        return await self.relay.hand(lambda client: client.embed(texts)) if texts else []

    async def aclose(self) -> None:
        """Close the connections."""
        await self.relay.aclose()


class RelayedReranker:
    """Endpoints that serve the same cross-encoder."""

    def __init__(
        self,
        endpoints: Sequence[EndpointSettings],
        *,
        guards: GuardSettings | None = None,
        key_for: Callable[[str], SecretStr | None] = _no_key,
        seconds: float = SECONDS_TO_RANK,
    ) -> None:
        """Raises BadSettings where they name no model, or not the same."""
        name = _one_model("reranker", endpoints)
        self.relay = Relay(
            [
                (one, EndpointReranker(one.url, name=name, api_key=key_for(one.name), seconds=seconds))
                for one in endpoints
            ],
            lambda client: client.rank(_WORD, [_WORD]),
            seconds=seconds,
            guards=guards,
        )
        """Who does the work."""

    async def rank(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text, in the same order; higher is better. Raises a ModelError."""
        return await self.relay.hand(lambda client: client.rank(question, texts)) if texts else []

    async def aclose(self) -> None:
        """Close the connections."""
        await self.relay.aclose()


def _one_model(role: str, endpoints: Sequence[EndpointSettings]) -> str:
    """The model that they all serve: what two models make of a text does not compare."""
    names = {one.name: one.model for one in endpoints}
    if nameless := next((name for name, model in names.items() if model is None), None):
        raise BadSettings(
            Fault(f"endpoints.{nameless}", f"an endpoint with the role {role} names its model.", "Set `model`.")
        )
    models = sorted({model for model in names.values() if model is not None})
    if len(models) != 1:
        what = f"those with the role {role} serve {' and '.join(models) or 'nothing'}, which do not compare."
        raise BadSettings(Fault("endpoints", what, "Give all of them the same `model`."))
    return models[0]
