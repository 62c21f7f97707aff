"""Vectors come from an endpoint, all of one length or not at all."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from inference import EndpointEmbedder
from schemas import ModelAnswerInvalid, ModelError, ModelRejected, ModelTimeout, ModelUnavailable
from tests.support.faulty_server import (
    Behaviour,
    FaultyServer,
    closes,
    hangs_before_headers,
    rejects,
    sends,
    sends_garbage,
    sends_half_a_line,
)


def vectors(*rows: list[float]) -> Behaviour:
    data = [{"object": "embedding", "index": n, "embedding": row} for n, row in enumerate(rows)]
    return sends(json.dumps({"object": "list", "data": data, "model": "m"}).encode())


async def test_texts_become_vectors_in_their_order() -> None:
    async with FaultyServer(vectors([1.0, 0.0], [0.0, 1.0])) as server:
        embedder = EndpointEmbedder(server.url, name="m", dimension=2, api_key=SecretStr("hush"))
        assert await embedder.embed(["a\ud800", "b"]) == [[1.0, 0.0], [0.0, 1.0]]
        assert await embedder.embed([]) == []
        await embedder.aclose()
    assert len(server.asked) == 1
    assert server.asked[0].json["input"] == ["a?", "b"]
    assert server.asked[0].headers["authorization"] == "Bearer hush"


async def test_a_probe_finds_the_dimension() -> None:
    async with FaultyServer(vectors([1.0, 0.0, 0.5])) as server:
        embedder = await EndpointEmbedder.probe(server.url, name="m")
        assert (embedder.name, embedder.dimension) == ("m", 3)
        await embedder.aclose()


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (rejects(503), ModelRejected),
        (closes(), ModelUnavailable),
        (sends_half_a_line(), ModelUnavailable),
        (sends_garbage(), ModelUnavailable),
        (hangs_before_headers(), ModelTimeout),
        (vectors([1.0]), ModelAnswerInvalid),
        (vectors([1.0], [2.0]), ModelAnswerInvalid),
        (vectors([], []), ModelAnswerInvalid),
        (sends(b"{}"), ModelAnswerInvalid),
        (sends(b'{"data": []}'), ModelAnswerInvalid),
        (sends(b'{"data": [null, null]}'), ModelAnswerInvalid),
        (sends(b"[]"), ModelAnswerInvalid),
        (sends(b"half {"), ModelAnswerInvalid),
        (sends(b"<html>", kind="text/html"), ModelAnswerInvalid),
    ],
)
async def test_every_failure_is_a_model_error_after_one_request(
    behaviour: Behaviour, expected: type[ModelError]
) -> None:
    async with FaultyServer(behaviour) as server:
        embedder = EndpointEmbedder(server.url, name="m", dimension=2, seconds=0.5)
        with pytest.raises(ModelError) as caught:
            await embedder.embed(["a", "b"])
        assert type(caught.value) is expected
        assert len(server.asked) == 1
        await embedder.aclose()
