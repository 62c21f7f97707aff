"""A model server in a process of its own that makes its answers up: whatever schema is asked for, it fits.

    python -m tests.support.scripted_server --port 8399     # prints a line once it answers

It can be killed, stopped and continued like a real one, and is there in a second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from random import Random
from typing import Any, cast

from inference.improvise import improvise
from tests.support.faulty_server import MODEL, Exchange, FaultyServer, completion

__all__ = ["MODEL", "invents", "main"]

SLOWEST = 0.15
"""Seconds that an answer takes at the most."""


async def invents(exchange: Exchange) -> None:
    """Answers a question after a little while with something that fits the schema in it: the same for the same seed."""
    asked = cast("dict[str, Any]", exchange.request.json)
    dice = Random(asked.get("seed"))
    await asyncio.sleep(dice.uniform(0.0, SLOWEST))
    form = asked.get("response_format", {}).get("json_schema", {}).get("schema", {"type": "string"})
    await exchange.respond(completion(json.dumps(improvise(form, dice))))


async def _serve(port: int) -> None:
    async with FaultyServer(invents, port=port) as server:
        sys.stdout.write(f"healthy: {server.url}\n")
        sys.stdout.flush()
        while True:
            await asyncio.sleep(60)
            server.asked.clear()  # nobody looks at them here
            server.requests.clear()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(_serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
