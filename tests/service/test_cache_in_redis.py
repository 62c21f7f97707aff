"""Replicas share what models said to them, and play goes on when their Redis does not."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from inference import Kept, Model
from inference.caching.in_redis import SOME
from nodes import SystemClock
from schemas import Settings
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.service.test_caches import ALIKE, Teller, cached, everything, fight, from_the_beginning, line, talk
from tests.support.redis_server import RedisServer
from tests.support.waiting import until
from tests.telemetry.listening import Heard, listening

PATIENT = 5_000
"""Milliseconds: a Redis that works is waited for on any machine."""


@asynccontextmanager
async def replica(
    open_loom: OpenLoom, settings: Settings, server: RedisServer, model: Model, name: str = "a", **more: Any
) -> AsyncGenerator[Loom]:
    """A process with a record of its own, and the Redis that all share."""
    cache = {"store": "redis", "redis_url": server.url, "patience_ms": PATIENT, **more}
    own = cached(settings, **cache).model_copy(update={"home": settings.home / name})
    async with open_loom(model, settings=own) as loom:
        yield loom


def faults(heard: Heard) -> dict[str, float]:
    return {str(of["reason"]): count for of, count in heard.counted("loomwright.cache.faults")}


async def test_replicas_say_again_what_any_of_them_heard(
    open_loom: OpenLoom, opening: Opening, settings: Settings, redis_server: RedisServer
) -> None:
    models = Teller(), Teller()
    async with (
        replica(open_loom, settings, redis_server, models[0], "a") as one,
        replica(open_loom, settings, redis_server, models[1], "b") as other,
    ):
        said = await one.decide(talk(opening, "ann"))
        struck = await one.decide(fight(opening))
        alike = await other.decide(talk(opening, "bob", ALIKE))
        same = await other.decide(fight(opening))
        back = await one.decide(talk(opening, "cyd"))

    assert [alike.receipt.reason, same.receipt.reason, back.receipt.reason] == [
        "cache_semantic", "cache_exact", "cache_semantic"
    ]  # fmt: skip
    assert line(alike) == line(said) == line(back)
    assert same.content == struck.content
    assert models[1].times == 0


async def test_a_player_who_changes_the_replica_hears_nothing_twice(
    open_loom: OpenLoom, opening: Opening, settings: Settings, redis_server: RedisServer
) -> None:
    async with (
        replica(open_loom, settings, redis_server, Teller(), "a") as one,
        replica(open_loom, settings, redis_server, Teller(), "b") as other,
    ):
        await one.decide(talk(opening, "ann"))
        again = await other.decide(talk(opening, "ann", ALIKE))

    assert again.receipt.source == "model"


async def test_a_redis_that_goes_in_the_middle_costs_hits_and_no_decision(
    open_loom: OpenLoom, opening: Opening, settings: Settings, redis_server: RedisServer
) -> None:
    model = Teller()
    with listening() as heard:
        async with replica(open_loom, settings, redis_server, model) as loom:
            await loom.decide(talk(opening, "ann"))
            redis_server.stop()
            without = [await loom.decide(talk(opening, f"bob{n}")) for n in range(4)]
            failed = faults(heard)
            rested = [await loom.decide(talk(opening, f"cyd{n}")) for n in range(2)]
            redis_server.start()

            async def answered_again() -> bool:
                made = await loom.decide(talk(opening, f"dan{model.times}"))
                return made.receipt.source == "cache"

            hits = [False]
            while not hits[-1]:
                hits.append(await answered_again())

    assert {one.receipt.source for one in (*without, *rested)} == {"model"}
    assert not any(warning for one in without for warning in one.receipt.warnings)
    assert failed.keys() == {"unavailable"}
    assert failed["unavailable"] >= 3, "then it is left alone for a while"
    assert hits[-1], "it is used again when it is back"


async def test_a_redis_that_hangs_holds_up_nobody(
    open_loom: OpenLoom, opening: Opening, settings: Settings, redis_server: RedisServer
) -> None:
    model = Teller()
    with listening() as heard:
        cache = cached(settings, store="redis", redis_url=redis_server.url, patience_ms=20)
        async with open_loom(model, settings=cache, clock=SystemClock()) as loom:
            redis_server.freeze()
            made = [await loom.decide(talk(opening, f"ann{n}", deadline_ms=60_000)) for n in range(4)]
            redis_server.thaw()

    assert {one.receipt.source for one in made} == {"model"}
    assert faults(heard).keys() == {"late"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("}", ""),
        ('"format":1', '"format":7'),
        ('"world":"morning_star"', '"world":"evening_star"'),
        ("She is close", "She knows what the queen hides"),
    ],
    ids=["broken", "of another version", "of another world", "of other words"],
)
async def test_what_was_tampered_with_is_a_miss_and_counted(
    open_loom: OpenLoom, opening: Opening, settings: Settings, redis_server: RedisServer, before: str, after: str
) -> None:
    model, client = Teller(), redis_server.client
    with listening() as heard:
        async with replica(open_loom, settings, redis_server, model) as loom:
            await loom.decide(fight(opening))
            places = client.keys("*:same:*")
            for place in places:
                for name, body in client.hgetall(place).items():
                    assert before in body
                    client.hset(place, name, body.replace(before, after))
            for place in client.keys("*:drawer:*"):
                client.delete(place)
            await from_the_beginning(loom)
            again = await loom.decide(fight(opening))

    assert places
    assert again.receipt.source == "model"
    assert model.times == 2
    assert faults(heard) == {"corrupt": 1.0}


async def test_one_question_has_no_more_variants_than_the_settings_say(
    open_loom: OpenLoom, opening: Opening, settings: Settings, redis_server: RedisServer
) -> None:
    model = Teller()
    async with replica(open_loom, settings, redis_server, model, variants=2) as loom:
        for _ in range(4):
            await from_the_beginning(loom) if model.times else None
            await loom.decide(talk(opening, "ann"))
    client = redis_server.client
    places = client.keys("*:same:*")

    assert model.times == 4, "Ann has heard all of them"
    assert [client.hlen(place) for place in places] == [2]
    assert client.ttl(places[0]) > 0


async def test_settings_without_an_address_say_what_is_missing(settings: Settings) -> None:
    with pytest.raises(ValueError, match="needs a `redis_url`"):
        cached(settings, store="redis")


async def test_the_copy_of_a_long_drawer_is_read_on_behind_play(
    open_loom: OpenLoom, opening: Opening, settings: Settings, redis_server: RedisServer
) -> None:
    model = Teller()
    async with replica(open_loom, settings, redis_server, model, "a", variants=64) as loom:
        assert loom.context.answers is not None
        await loom.decide(talk(opening, "ann"))
        kept: Kept = (await everything(loom))[0]
        client = redis_server.client
        place = client.keys("*:drawer:*")[0]
        for number in range(3 * SOME):
            fields = dict(kept) | {
                "key": f"{number:032x}",
                "content": {**kept.content, "npc_text": f"No {number}."},
            }
            client.xadd(place, {"kept": Kept.sealed(**fields).model_dump_json()})
    async with replica(open_loom, settings, redis_server, model, "b", variants=64) as loom:
        await loom.decide(talk(opening, "bob"))
        assert loom.context.answers is not None
        store: Any = loom.context.answers.store
        await until(lambda: len(store.copy) >= 3 * SOME, "all of the drawer is there")
