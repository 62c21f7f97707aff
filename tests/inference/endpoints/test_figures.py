"""What a dashboard sees of the pool: breakers, places, failures, and the queue."""

from __future__ import annotations

import asyncio

import pytest

from inference import Lane
from schemas import ModelBusy, ModelError
from tests.inference.endpoints.test_pool import Time, hello, stage
from tests.support.faulty_server import hangs_before_headers, rejects
from tests.support.waiting import until
from tests.telemetry.listening import listening


async def test_a_dashboard_sees_a_breaker_open_and_close_and_why() -> None:
    now = Time()
    with listening() as heard:
        async with stage(1, now=now, failures=2, retries=0) as at:
            at.servers["a"].will(rejects(500))
            for _ in range(2):
                with pytest.raises(ModelError):
                    await at.who()
            assert heard.counted("loomwright.endpoint.state") == [({"endpoint": "a"}, 2)]
            assert heard.counted("loomwright.endpoint.failures") == [({"endpoint": "a", "reason": "model_rejected"}, 2)]

            at.servers["a"].will(hello("a"))
            now.at += 5.1
            assert await at.who() == "a"
            assert heard.counted("loomwright.endpoint.state") == [({"endpoint": "a"}, 0)]
            assert heard.counted("loomwright.endpoint.in_flight") == [({"endpoint": "a"}, 0)]


async def test_a_dashboard_sees_who_waits_and_who_is_sent_away() -> None:
    with listening() as heard:
        async with stage(1, endpoint={"at_once": 1}, queue=4) as at:
            at.servers["a"].will(hangs_before_headers())
            asking = [asyncio.create_task(at.who(priority=Lane.PLAYER)) for _ in range(2)]
            await until(lambda: at.pool.waiting == 1, "one waits")
            assert heard.counted("loomwright.endpoint.in_flight") == [({"endpoint": "a"}, 1)]
            assert heard.counted("loomwright.queue.depth") == [({"lane": "player"}, 1)]
            with pytest.raises(ModelBusy):
                await at.who(priority=Lane.CROWD)
            for one in asking:
                one.cancel()
            await asyncio.gather(*asking, return_exceptions=True)

        assert heard.counted("loomwright.queue.refused") == [({"lane": "crowd", "reason": "full"}, 1)]
        assert heard.counted("loomwright.queue.depth") == [({"lane": "player"}, 0)]
        assert heard.counted("loomwright.queue.wait") == [({"lane": "player"}, 1)]
