"""A prompt is never longer than we think."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from inference import Endpoint, TokenCounter, at_most, estimate
from tests.support.faulty_server import FaultyServer
from tests.support.tiny_model import CORPUS, tiny_tokenizer

PROSE = (
    "The lantern swings above the door, and somebody has scratched a star into the wood below it.",
    "Nobody in this village speaks the old duke's name; ask the miller, ask the smith, and see them look away!",
    "Rain again. Three riders (two grey, one black) crossed the ford at noon, 12 miles north of here.",
    "Über der Tür schaukelt die Laterne, und jemand hat einen Stern in das Holz geritzt.",
    "Niemand in diesem Dorf nennt den alten Herzog beim Namen; fragt den Müller, und er schaut weg.",
    '{"npc_text": "You again?", "tone": "hostile", "player_variants": []}',
)


def test_an_estimate_is_never_below_the_truth_for_prose_in_two_languages() -> None:
    tokenizer = tiny_tokenizer()
    for text in (*PROSE, *CORPUS, " ".join(PROSE), "\n\n".join(CORPUS)):
        truth = len(tokenizer.encode(text, add_special_tokens=False).ids)
        assert truth <= estimate(text) <= at_most(text), text


def test_a_chat_counts_its_messages_and_their_wrapping() -> None:
    messages = [{"role": "system", "content": PROSE[0]}, {"role": "user", "content": PROSE[1]}]
    assert estimate(messages) > estimate(PROSE[0]) + estimate(PROSE[1])
    assert estimate([]) > 0


@given(st.text())
def test_no_text_has_more_tokens_than_bytes(text: str) -> None:
    assert 0 <= estimate(text) <= at_most(text)
    assert (estimate(text) == 0) == (text == "")


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_longer_text_never_counts_less(one: str, other: str) -> None:
    assert estimate(one + "." + other) >= max(estimate(one), estimate(other))


async def test_a_server_without_tokenize_is_asked_once_and_estimated_from_then_on() -> None:
    async with FaultyServer() as server:
        endpoint = Endpoint(server.url)
        counter = TokenCounter(endpoint)
        assert await counter.count("faulty", PROSE[0]) == estimate(PROSE[0])
        assert await counter.count("faulty", PROSE[1]) == estimate(PROSE[1])
        assert [request.path for request in server.requests] == ["/tokenize"]
        await endpoint.aclose()


async def test_a_server_that_is_away_is_estimated_and_asked_again_later() -> None:
    async with FaultyServer() as server:
        url = server.url
    endpoint = Endpoint(url)
    counter = TokenCounter(endpoint, seconds=0.5)
    assert await counter.count("faulty", PROSE[0]) == estimate(PROSE[0])

    async def tokenize(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{"count": 3}')
        await writer.drain()
        writer.close()

    port = int(url.rpartition(":")[2].removesuffix("/v1"))
    async with await asyncio.start_server(tokenize, "127.0.0.1", port):
        assert await counter.count("faulty", PROSE[0]) == 3
    assert await counter.count("faulty", PROSE[0]) == 3  # remembered: nobody is there to ask
    await endpoint.aclose()
