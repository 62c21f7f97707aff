"""Everything that a model server may do wrong, and what a decision is then: asserted by the tests, shown in the docs.

A character talks to a player, her only server has the fault; and once more with a second server that is well. No times:
those are the benchmarks'.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from tests.support.faulty_server import (
    Behaviour,
    FaultyServer,
    closes,
    completion,
    drips,
    hangs_before_headers,
    hangs_in_the_body,
    rejects,
    resets,
    says,
    sends,
)
from tests.support.ports import closed_port

Good: TypeAlias = Mapping[str, Any]
"""The answer that would be taken as it is."""


@dataclass(frozen=True)
class Fault:
    """One fault: what the server does, and what becomes of the decision when it is the only one."""

    name: str
    behave: Callable[[Good], Behaviour] | None
    """Its behaviour, given a good answer; None: there is no server of ours, but an `address`."""
    reason: str
    """On the receipt. `accepted`: the answer was taken all the same."""
    sent: int
    """Questions that reach the server."""
    timed: bool = False
    """Only a deadline ends it, or forbids to wait for it."""
    address: str | None = None
    elsewhere: bool = True
    """A second server answers in its place; False: the fault is the question's or the model's, and stays."""


def _always(behaviour: Behaviour) -> Callable[[Good], Behaviour]:
    return lambda _: behaviour


def _words(change: Callable[[str], str]) -> Callable[[Good], Behaviour]:
    """The good answer's words, changed."""
    return lambda good: says(change(json.dumps(good)))


def _illegal(good: Good) -> Behaviour:
    """It fits the schema, and the world has something against it."""
    content = cast("Mapping[str, Any]", good["content"])
    return says({**good, "content": {**content, "npc_text": "As an AI language model I have no soup."}})


FAULTS = (
    Fault("refuses the connection", None, "model_unavailable", 0, address="http://127.0.0.1:{port}/v1"),
    Fault("has a name that nobody knows (DNS)", None, "model_unavailable", 0, address="http://no-such-host.invalid/v1"),
    Fault("speaks no TLS where TLS is expected", None, "model_unavailable", 0, address="https://127.0.0.1:{plain}/v1"),
    Fault("closes without a word", _always(closes()), "model_unavailable", 4),
    Fault("resets the connection", _always(resets()), "model_unavailable", 4),
    Fault("hangs before headers", _always(hangs_before_headers()), "deadline", 1, timed=True),
    Fault("hangs between tokens", _always(hangs_in_the_body()), "deadline", 1, timed=True),
    Fault("drips, a byte every half second", lambda good: drips(good), "deadline", 1, timed=True),
    Fault("answers 400", _always(rejects(400)), "model_rejected", 1, elsewhere=False),
    Fault("answers 401 (wrong key)", _always(rejects(401)), "model_rejected", 1),
    Fault("answers 404 (wrong model name)", _always(rejects(404)), "model_rejected", 1),
    Fault("answers 413, to a shorter prompt too", _always(rejects(413)), "model_rejected", 2, elsewhere=False),
    Fault("answers 429, `Retry-After: 30`", _always(rejects(429, retry_after="30")), "model_rejected", 1, timed=True),
    Fault("answers 500", _always(rejects(500)), "model_rejected", 4),
    Fault("answers 503", _always(rejects(503)), "model_rejected", 4),
    Fault("sends an empty body", _always(sends(b"")), "not_in_schema", 5),
    Fault("sends HTML (wrong content type)", _always(sends(b"<html/>", kind="text/html")), "not_in_schema", 5),
    Fault("sends half of its JSON", _always(sends(completion("x")[:40])), "not_in_schema", 5),
    Fault("breaks off within its answer", _words(lambda text: text[:60]), "not_in_schema", 2, elsewhere=False),
    Fault("puts its JSON in fences", _words(lambda text: f"```json\n{text}\n```"), "accepted", 1),
    Fault("thinks aloud before its JSON", _words(lambda text: f"<think>Soup {{or}}?</think>{text}"), "accepted", 1),
    Fault(
        "repeats a word to the token limit",
        _always(says("soup " * 400, finish_reason="length")),
        "not_in_schema",
        2,
        elsewhere=False,
    ),
    Fault("says what fits the schema and is not allowed", _illegal, "out_of_character", 2, elsewhere=False),
)  # fmt: skip


@asynccontextmanager
async def serving(fault: Fault, good: Good) -> AsyncGenerator[tuple[str, FaultyServer]]:
    """The fault, at an address; the server counts, where it is one of ours."""
    behaviour = says("") if fault.behave is None else fault.behave(good)
    async with FaultyServer(behaviour) as server:
        if fault.address is None:
            yield server.url, server
            return
        async with await asyncio.start_server(_no_tls, "127.0.0.1", 0) as plain:
            port = plain.sockets[0].getsockname()[1]
            yield fault.address.format(port=closed_port(), plain=port), server


async def _no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers the first bytes of a handshake in plain text."""
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    writer.close()


def rows() -> list[tuple[str, ...]]:
    """The table of `docs/faults.md`."""
    return [
        (
            f"{fault.name}",
            "model" if fault.reason == "accepted" else "fallback",
            f"`{fault.reason}`",
            str(fault.sent),
            "the second server's answer" if fault.elsewhere and fault.reason != "accepted" else "the same",
        )
        for fault in FAULTS
    ]


REAL = (
    (
        "is gone, and comes back (one server)",
        "fallback",
        "`model_unavailable`",
        "at once",
        "a probe finds it, and it is asked again",
    ),
    (
        "is killed within its answer (SIGKILL)",
        "the other server",
        "as it judges",
        "one more answer",
        "its breaker opens",
    ),
    (
        "is stopped (SIGSTOP)",
        "the other server, else fallback",
        "`deadline` where no time is left",
        "half of the time, then the other's",
        "asked again once it goes on (SIGCONT)",
    ),
    (
        "is stopped, and is the only one",
        "fallback",
        "`deadline`",
        "its deadline",
        "asked again once it goes on",
    ),
    ("is gone, and the other too", "fallback", "`model_unavailable`", "at once", "rules decide until one is back"),
    ("is asked by somebody who leaves", "nobody", "nothing is recorded", "at once", "vLLM aborts, by its own metrics"),
    ("has a clock that jumps by 5 hours", "model", "`accepted`", "as without", "deadlines go by another clock"),
    (
        "is well, and the Redis of its cache goes",
        "model",
        "`accepted`",
        "as without a cache, the first three visits `patience_ms` longer at the most",
        "Redis is left alone for two seconds at a time, and used again when it is back",
    ),
)
"""What real servers, and the machine, do: asserted by tests/service/test_two_vllms.py and its neighbours."""


def real_rows() -> list[tuple[str, ...]]:
    """The second table of `docs/faults.md`."""
    return list(REAL)
