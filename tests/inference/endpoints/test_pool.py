"""Several servers behave like one model that is always there: over real HTTP, each with faults of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from inference import Ask, Lane, ModelPool, outlook
from inference.endpoints.choosing import choose
from inference.endpoints.retrying import Pauses, retrying
from schemas import (
    BadSettings,
    EndpointSettings,
    GuardSettings,
    ModelAnswerInvalid,
    ModelBusy,
    ModelRejected,
    ModelTimeout,
    ModelUnavailable,
    UnknownThing,
)
from tests.support.faulty_server import (
    Behaviour,
    FaultyServer,
    after,
    closes,
    hangs_before_headers,
    rejects,
    says,
    sends,
)
from tests.support.waiting import until

LONG = 30.0
"""Seconds: enough for any machine; nothing here waits for it."""


class Greeting(BaseModel):
    text: str


class Time:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def ask(affinity: str = "marta", *, timeout: float = LONG, **more: object) -> Ask:
    turns = ({"role": "user", "content": "hello"},)
    return Ask(messages=turns, max_tokens=20, timeout=timeout, affinity=affinity, **more)  # pyright: ignore[reportArgumentType]  # tests pass what they like


def hello(name: str) -> Behaviour:
    return says({"text": name})


class Stage:
    """Servers by name, and the pool before them."""

    def __init__(self, pool: ModelPool, servers: dict[str, FaultyServer]) -> None:
        self.pool, self.servers = pool, servers

    async def who(self, affinity: str = "marta", **more: Any) -> str:
        """Which server answers."""
        return (await self.pool.answer(ask(affinity, **more), Greeting)).content.text

    def home(self, affinity: str = "marta") -> str:
        """The server that a character goes to, while all are well."""
        home = choose(list(self.pool._members.values()), affinity)
        assert home is not None
        return home.name

    def settings(self, name: str, **more: object) -> EndpointSettings:
        return EndpointSettings.model_validate({"name": name, "url": self.servers[name].url, "model": "m", **more})

    def asked(self) -> dict[str, int]:
        return {name: len(server.asked) for name, server in self.servers.items()}

    def breaker(self, name: str) -> str:
        return next(one.breaker for one in self.pool.endpoints if one.name == name)


@asynccontextmanager
async def stage(
    count: int = 2, *, endpoint: dict[str, object] | None = None, now: Time | None = None, **guards: object
) -> AsyncGenerator[Stage]:
    """`count` servers `a`, `b`, ... that say their names, and no probes unless a test asks for one."""
    async with AsyncExitStack() as stack:
        names = "abcdef"[:count]
        servers = {name: await stack.enter_async_context(FaultyServer(hello(name))) for name in names}
        kept = GuardSettings.model_validate({"probe_seconds": 0, **guards})
        pool = ModelPool((), kept, now=now) if now is not None else ModelPool((), kept)
        stack.push_async_callback(pool.aclose)
        set_up = Stage(pool, servers)
        for name in names:
            pool.add(set_up.settings(name, **(endpoint or {})))
        yield set_up


async def test_a_character_stays_with_its_server_and_others_go_elsewhere() -> None:
    async with stage() as at:
        characters = [f"character_{number}" for number in range(24)]
        first = [await at.who(name) for name in characters]
        assert [await at.who(name) for name in characters] == first
        assert set(first) == {"a", "b"}


@pytest.mark.parametrize("fault", [rejects(500), rejects(503), rejects(401), rejects(404), closes(), sends(b"")])
async def test_what_one_server_fails_at_another_answers_at_once(fault: Behaviour) -> None:
    async with stage() as at:
        home = await at.who()
        at.servers[home].will(fault)
        answer = await at.pool.answer(ask(), Greeting)
        assert answer.content.text != home
        assert answer.attempts == 2
        assert at.asked()[home] == 2


async def test_a_question_that_is_at_fault_itself_is_asked_once() -> None:
    async with stage() as at:
        at.servers["a"].will(rejects(400))
        at.servers["b"].will(rejects(400))
        with pytest.raises(ModelRejected):
            await at.who()
        assert sum(at.asked().values()) == 1


async def test_words_that_do_not_fit_are_the_models_fault_and_asked_for_once() -> None:
    async with stage() as at:
        for server in at.servers.values():
            server.will(says("I would rather not."))
        for _ in range(6):
            with pytest.raises(ModelAnswerInvalid):
                await at.who()
        assert sum(at.asked().values()) == 6
        assert {at.breaker("a"), at.breaker("b")} == {"closed"}


async def test_a_server_that_hangs_is_left_for_another_within_the_same_deadline() -> None:
    async with stage() as at:
        home = await at.who()
        at.servers[home].will(hangs_before_headers())
        assert await at.who(timeout=10.0) != home


async def test_when_all_hang_the_time_is_all_that_is_lost() -> None:
    async with stage() as at:
        for server in at.servers.values():
            server.will(hangs_before_headers())
        with pytest.raises(ModelTimeout):
            await at.who(timeout=0.4)
        servers = at.servers.values()
        await until(lambda: sum(one.hung_up for one in servers) == sum(at.asked().values()), "servers are told to stop")


async def test_one_server_alone_is_asked_again_after_pauses() -> None:
    async with stage(1) as at:
        at.servers["a"].will(rejects(503), closes(), rejects(500), hello("a"))
        answer = await at.pool.answer(ask(), Greeting)
        assert (answer.content.text, answer.attempts) == ("a", 4)


async def test_no_retry_begins_that_the_deadline_leaves_no_time_for() -> None:
    tries = 0
    pauses = Pauses(retries=3, time_left=lambda: 0.02, others=lambda: False, anybody=lambda: True, dice=Random(1))

    async def asking() -> None:
        nonlocal tries
        async for attempt in retrying(pauses):
            with attempt:
                tries += 1
                raise ModelUnavailable("nobody")

    with pytest.raises(ModelUnavailable):
        await asking()
    assert tries == 1


async def test_the_same_server_is_asked_four_times_at_the_most_after_growing_pauses() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with FaultyServer(rejects(500)) as server:
        given = EndpointSettings(name="a", url=server.url, model="m")
        pool = ModelPool([given], GuardSettings(probe_seconds=0, failures=100), sleep=sleep)
        with pytest.raises(ModelRejected):
            await pool.answer(ask(timeout=LONG), Greeting)
        assert len(server.asked) == 4
        assert [0.5 * pause <= slept[at] <= 1.5 * pause for at, pause in enumerate((0.05, 0.1, 0.2))] == [True] * 3
        await pool.aclose()


async def test_a_server_that_asks_for_a_pause_gets_it() -> None:
    now = Time()
    async with stage(1, now=now) as at:
        at.servers["a"].will(rejects(429, retry_after="7"))
        with pytest.raises(ModelRejected) as caught:
            await at.who(timeout=2.0)
        assert caught.value.retry_after == 7
        assert not at.pool.available
        with pytest.raises(ModelUnavailable):
            await at.who()
        assert at.asked() == {"a": 1}
        now.at += 7.1
        at.servers["a"].will(hello("a"))
        assert await at.who() == "a"


async def test_after_five_failures_a_server_is_left_alone_until_a_probe_finds_it_back() -> None:
    now = Time()
    async with stage(now=now, retries=0) as at:
        home = await at.who()
        at.servers[home].will(rejects(500))
        for _ in range(8):
            assert await at.who() != home
        assert at.breaker(home) == "open"
        assert at.asked()[home] == 1 + 5
        now.at += 5.1
        await at.pool.probe()
        assert at.breaker(home) == "open", "it still fails"
        at.servers[home].will(hello(home))
        now.at += 5.1
        await at.pool.probe()
        assert at.breaker(home) == "closed"
        assert await at.who() == home


async def test_without_probes_the_first_question_after_the_rest_finds_it_back() -> None:
    now = Time()
    async with stage(1, now=now, failures=1, retries=0) as at:
        at.servers["a"].will(closes())
        with pytest.raises(ModelUnavailable):
            await at.who()
        assert not at.pool.available
        at.servers["a"].will(hello("a"))
        with pytest.raises(ModelUnavailable, match="resting"):
            await at.who()
        now.at += 5.1
        assert at.pool.available
        assert await at.who() == "a"


async def test_a_probe_finds_an_idle_server_gone_before_anybody_asks() -> None:
    now = Time()
    async with stage(1, now=now, failures=1) as at:
        assert await at.who() == "a"
        await at.servers["a"].__aexit__()
        now.at += 60
        await at.pool.probe()
        assert at.breaker("a") == "open"


async def test_questions_that_the_caller_gives_up_after_long_count_against_a_server_that_hangs() -> None:
    async with stage(1, failures=2) as at:
        at.servers["a"].will(hangs_before_headers())
        for _ in range(2):
            asking = asyncio.create_task(at.who())
            await asyncio.sleep(0.3)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
        assert at.breaker("a") == "open"


async def test_roles_find_their_servers() -> None:
    async with stage(1) as at:
        server = await FaultyServer(hello("b")).__aenter__()
        at.pool.add(EndpointSettings(name="b", url=server.url, model="m", roles=("tactician",)))
        await at.pool.remove("a")
        at.pool.add(at.settings("a", roles=("narrator",)))
        assert {await at.who(str(number), role="tactician") for number in range(8)} == {"b"}
        assert {await at.who(str(number), role="narrator") for number in range(8)} == {"a"}
        with pytest.raises(ModelUnavailable, match="judge"):
            await at.who(role="judge")
        await server.__aexit__()


async def test_servers_come_and_go_while_it_runs() -> None:
    async with stage(2) as at:
        await at.pool.remove("a")
        assert {await at.who(str(number)) for number in range(8)} == {"b"}
        with pytest.raises(UnknownThing):
            await at.pool.remove("a")
        with pytest.raises(BadSettings):
            at.pool.add(at.settings("b"))
        at.pool.add(at.settings("a"))
        assert {await at.who(str(number)) for number in range(16)} == {"a", "b"}


async def test_a_server_that_is_removed_still_answers_what_it_was_asked() -> None:
    async with stage(1) as at:
        at.servers["a"].will(after(0.3, hello("a")))
        asking = asyncio.create_task(at.who())
        await asyncio.sleep(0.1)
        await at.pool.remove("a")
        assert await asking == "a"
        with pytest.raises(ModelUnavailable, match="there is no endpoint"):
            await at.who()


async def test_a_full_server_makes_questions_wait_the_most_urgent_first() -> None:
    async with stage(1, endpoint={"at_once": 1}) as at:
        at.servers["a"].will(after(0.2, hello("a")), hello("a"))
        order: list[Lane] = []

        async def one(lane: Lane) -> None:
            await at.who(priority=lane)
            order.append(lane)

        first = asyncio.create_task(at.who())
        await asyncio.sleep(0.05)
        lanes = [Lane.BACKGROUND, Lane.CROWD, Lane.BOSS, Lane.PLAYER, Lane.BOSS]
        waiting = [asyncio.create_task(one(lane)) for lane in lanes]
        await asyncio.gather(first, *waiting)
        assert order == sorted(lanes)


async def test_a_full_queue_sends_crowds_away_first_and_players_last() -> None:
    async with stage(1, endpoint={"at_once": 1}, queue=4) as at:
        at.servers["a"].will(hangs_before_headers())
        asking = [asyncio.create_task(at.who(priority=Lane.PLAYER)) for _ in range(2)]
        await until(lambda: at.pool.waiting == 1, "the second waits")
        with pytest.raises(ModelBusy):
            await at.who(priority=Lane.CROWD)
        assert outlook(at.pool, "narrator", Lane.CROWD).busy
        assert not outlook(at.pool, "narrator", Lane.BOSS).busy
        asking += [asyncio.create_task(at.who(priority=Lane.BOSS)) for _ in range(2)]
        await until(lambda: at.pool.waiting == 3, "bosses wait, too")
        with pytest.raises(ModelBusy):
            await at.who(priority=Lane.BOSS)
        asking.append(asyncio.create_task(at.who(priority=Lane.PLAYER)))
        await until(lambda: at.pool.waiting == 4, "one more player waits")
        with pytest.raises(ModelBusy):
            await at.who(priority=Lane.PLAYER)
        for one in asking:
            one.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        assert at.pool.waiting == 0
        assert at.pool.endpoints[0].in_flight == 0


async def test_who_waits_for_a_place_until_the_time_is_up_was_kept_from_asking() -> None:
    async with stage(1, endpoint={"at_once": 1}) as at:
        at.servers["a"].will(hangs_before_headers())
        first = asyncio.create_task(at.who())
        await asyncio.sleep(0.1)
        with pytest.raises(ModelBusy):
            await at.who(timeout=0.1)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_priorities_reach_only_a_server_that_schedules_by_them() -> None:
    async with stage(1, endpoint={"priorities": True}) as at:
        await at.who(priority=Lane.BOSS)
        assert at.servers["a"].asked[0].json["priority"] == 2
    async with stage(1) as at:
        await at.who(priority=Lane.BOSS)
        assert "priority" not in at.servers["a"].asked[0].json


async def test_a_server_is_asked_no_more_a_second_than_it_may_be() -> None:
    async with stage(2) as at:
        await at.pool.remove("a")
        at.pool.add(at.settings("a", per_second=0.01, weight=1_000))
        answers = [await at.who(str(number)) for number in range(6)]
        assert answers.count("a") == 1, "one at once, then none for 100 s"


async def test_a_world_that_asks_too_much_has_its_crowds_sent_away() -> None:
    async with stage(1, world_per_second=0.01) as at:
        assert await at.who(priority=Lane.CROWD, world="morning_star") == "a"
        with pytest.raises(ModelBusy, match="morning_star"):
            await at.who(priority=Lane.CROWD, world="morning_star")
        assert outlook(at.pool, "narrator", Lane.CROWD, "morning_star").busy
        assert not outlook(at.pool, "narrator", Lane.PLAYER, "morning_star").busy
        assert await at.who(priority=Lane.CROWD, world="another") == "a"


async def test_a_limit_lets_the_next_question_through_in_time() -> None:
    async with stage(1, endpoint={"per_second": 5}) as at:
        answers = await asyncio.gather(*(at.who(str(number)) for number in range(8)))
        assert answers == ["a"] * 8


async def test_a_slow_answer_for_a_player_is_asked_of_a_second_server_too() -> None:
    async with stage(hedge_ms=50, failures=1) as at:
        home = at.home()
        other = "b" if home == "a" else "a"
        at.servers[home].will(hangs_before_headers())
        assert await at.who() == other
        await until(lambda: at.servers[home].hung_up == 1, "whoever lost is told to stop")
        assert at.breaker(home) == "closed", "to lose is no failure"


async def test_only_what_a_player_waits_for_is_hedged_and_only_by_a_setting() -> None:
    async with stage(hedge_ms=50) as at:
        home = at.home()
        at.servers[home].will(after(0.4, hello(home)))
        assert await at.who(priority=Lane.BOSS) == home
    async with stage() as at:
        home = at.home()
        at.servers[home].will(after(0.4, hello(home)))
        assert await at.who() == home


async def test_a_hedge_whose_both_servers_fail_says_what_the_first_said() -> None:
    async with stage(hedge_ms=20, retries=0) as at:
        home = at.home()
        other = "b" if home == "a" else "a"
        at.servers[home].will(after(0.3, rejects(400, "not that")))
        at.servers[other].will(rejects(400, "nor that"))
        with pytest.raises(ModelRejected, match="not that"):
            await at.who()


async def test_each_endpoint_gets_its_own_key() -> None:
    async with FaultyServer(hello("a")) as server:
        keys = {"a": SecretStr("key-of-a")}
        pool = ModelPool([EndpointSettings(name="a", url=server.url, model="m")], key_for=keys.get)
        await pool.answer(ask(), Greeting)
        await pool.aclose()
        assert server.asked[0].headers["authorization"] == "Bearer key-of-a"


async def test_a_server_that_comes_back_with_another_model_is_asked_for_its_name_again() -> None:
    async with FaultyServer(hello("a")) as server:
        pool = ModelPool([EndpointSettings(name="a", url=server.url)], GuardSettings(probe_seconds=0))
        await pool.answer(ask(), Greeting)
        server.will(rejects(404), hello("a"))
        with pytest.raises(ModelRejected):
            await pool.answer(ask(), Greeting)
        await pool.answer(ask(), Greeting)
        listed = [request for request in server.requests if request.path.endswith("/models")]
        assert len(listed) == 2
        await pool.aclose()


async def test_the_watch_behind_play_ends_with_the_pool() -> None:
    async with stage(1, probe_seconds=0.01) as at:
        await at.who()
        server = at.servers["a"]
        await until(lambda: any(request.path.endswith("/models") for request in server.requests), "a probe looks")
        await at.pool.aclose()
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "endpoint probes"]
