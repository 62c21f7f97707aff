"""Where answers of models are kept, as the settings say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from inference import AnswerCache, Exported, InProcess, ModelRegistry, read_answers, write_answers
from memory import Embedder
from nodes import Clock, Step
from schemas import BadSettings, CacheSettings, Fault, Settings

if TYPE_CHECKING:
    from inference import InRedis


@asynccontextmanager
async def kept_answers(
    settings: Settings, embedder: Embedder, registry: ModelRegistry, clock: Clock | None = None
) -> AsyncGenerator[AnswerCache[Step] | None]:
    """What models answered before, as the settings say; with a clock that is handed in, time goes by that."""
    if settings.cache.store == "off":
        yield None
        return
    store = make_store(settings.cache, time.monotonic if clock is None else clock.now)
    file = settings.cache.file if isinstance(store, InProcess) else None
    if file is not None and file.exists():
        for one in await asyncio.to_thread(read_answers, file):
            await store.put(one.kept, one.uses)
    cache = AnswerCache[Step](store, settings.cache, embedder, registry, time.time if clock is None else clock.now)
    try:
        yield cache
    finally:
        if file is not None:
            held = [Exported(kept=kept, uses=uses) async for kept, uses in store.everything()]
            await asyncio.to_thread(write_answers, file, held)
        await cache.aclose()


def make_store(settings: CacheSettings, now: Callable[[], float] = time.monotonic) -> InProcess | InRedis:
    """Where answers are kept. Raises BadSettings where Redis cannot be spoken to at all."""
    if settings.store != "redis" or settings.redis_url is None:
        return InProcess(entries=settings.entries, seconds=settings.ttl_seconds, variants=settings.variants, now=now)
    try:
        from inference import InRedis

        return InRedis(
            settings.redis_url,
            entries=settings.entries,
            seconds=settings.ttl_seconds,
            variants=settings.variants,
            patience=settings.patience_ms / 1_000,
            now=now,
        )
    except ImportError:
        raise BadSettings(
            Fault("cache.store", "`redis` needs its client.", "Install the extra: uv sync --extra redis.")
        ) from None
    except ValueError as error:
        raise BadSettings(Fault("cache.redis_url", f"is no address of a Redis: {error}.")) from None
