"""Several servers embed or rerank as one: what one fails at another does, and who is back is used again."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from inference import RelayedEmbedder, RelayedReranker
from schemas import BadSettings, EndpointSettings, GuardSettings, ModelRejected, ModelUnavailable
from tests.support.faulty_server import Behaviour, FaultyServer, closes, hangs_before_headers, rejects, sends

VECTOR = [0.25, 0.5]


def vectors(count: int = 1) -> Behaviour:
    """What a server of embeddings says."""
    data = [{"object": "embedding", "index": index, "embedding": VECTOR} for index in range(count)]
    return sends(json.dumps({"object": "list", "data": data, "model": "m"}).encode())


def endpoint(name: str, server: FaultyServer, weight: float = 1.0) -> EndpointSettings:
    return EndpointSettings(name=name, url=server.url, model="m", weight=weight, roles=("embedder",))


@asynccontextmanager
async def stage(
    seconds: float = 20.0, **guards: object
) -> AsyncGenerator[tuple[RelayedEmbedder, FaultyServer, FaultyServer]]:
    """Two servers, the first of which is preferred, and no probes unless a test asks for one."""
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(FaultyServer(vectors())) for _ in range(2)]
        kept = GuardSettings.model_validate({"probe_seconds": 0, **guards})
        both = [endpoint("first", first, weight=100), endpoint("second", second)]
        embedder = RelayedEmbedder(both, dimension=2, guards=kept, seconds=seconds)
        stack.push_async_callback(embedder.aclose)
        yield embedder, first, second


@pytest.mark.parametrize("fault", [rejects(500), rejects(404), rejects(429), closes(), sends(b"")])
async def test_what_one_server_fails_at_another_embeds(fault: Behaviour) -> None:
    async with stage() as (embedder, first, second):
        first.will(fault)
        assert await embedder.embed(["soup"]) == [VECTOR]
        assert (len(first.asked), len(second.asked)) == (1, 1)


async def test_a_server_that_hangs_leaves_another_the_time_to_answer() -> None:
    async with stage(seconds=4.0) as (embedder, first, second):
        first.will(hangs_before_headers())
        assert await embedder.embed(["soup"]) == [VECTOR]
        assert len(second.asked) == 1


async def test_work_that_is_at_fault_itself_is_not_tried_elsewhere() -> None:
    async with stage() as (embedder, first, second):
        first.will(rejects(400))
        with pytest.raises(ModelRejected):
            await embedder.embed(["soup"])
        assert second.asked == []


async def test_a_server_that_fails_again_and_again_is_left_alone_until_it_is_back() -> None:
    async with stage(failures=2, rest_seconds=0.05) as (embedder, first, second):
        first.will(rejects(500))
        for _ in range(5):
            assert await embedder.embed(["soup"]) == [VECTOR]
        assert len(first.asked) == 2
        assert embedder.relay.well == ("second",)

        first.will(vectors())
        while embedder.relay.well == ("second",):  # until its rest is over
            await embedder.relay.probe()
        assert await embedder.embed(["soup"]) == [VECTOR]
        assert len(first.asked) == 4, "the trial, and the work after it"
        assert len(second.asked) == 5


async def test_when_all_rest_work_fails_at_once_and_says_who_rests() -> None:
    async with stage(failures=1, rest_seconds=600) as (embedder, first, second):
        first.will(rejects(500))
        second.will(rejects(500))
        with pytest.raises(ModelRejected):
            await embedder.embed(["soup"])
        with pytest.raises(ModelUnavailable, match="resting after failures: first, second"):
            await embedder.embed(["soup"])
        assert (len(first.asked), len(second.asked)) == (1, 1)


async def test_a_reranker_that_is_gone_is_stood_in_for() -> None:
    ranks = json.dumps({"results": [{"index": 0, "relevance_score": 0.1}, {"index": 1, "relevance_score": 0.9}]})
    async with FaultyServer(sends(ranks.encode()), reranks=True) as server:
        gone = EndpointSettings(name="gone", url="http://127.0.0.1:9/v1", model="m", weight=100, roles=("reranker",))
        there = EndpointSettings(name="there", url=server.url, model="m", roles=("reranker",))
        reranker = RelayedReranker([gone, there], guards=GuardSettings(probe_seconds=0))
        assert await reranker.rank("Who rings it?", ["The river.", "Vexal."]) == [0.1, 0.9]
        await reranker.aclose()


def test_models_that_do_not_compare_are_refused() -> None:
    def one(name: str, model: str | None) -> EndpointSettings:
        return EndpointSettings(name=name, url="http://127.0.0.1:9/v1", model=model, roles=("embedder",))

    with pytest.raises(BadSettings, match="serve large and small, which do not compare"):
        RelayedEmbedder([one("a", "small"), one("b", "large")], dimension=2)
    with pytest.raises(BadSettings, match="names its model"):
        RelayedEmbedder([one("a", None)], dimension=2)
