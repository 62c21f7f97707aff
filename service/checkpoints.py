"""Where LangGraph keeps the state of runs: SQLite beside the record, or PostgreSQL."""
# LangGraph's savers ship without complete types; this is the one module of the service that holds them.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import aiosqlite
import structlog
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from schemas import CheckpointsUnavailable

log = structlog.get_logger(__name__)
_KEPT = 4_096


class Checkpoints(BaseCheckpointSaver[Any]):
    """What is added to either saver: a checkpoint that cannot be written costs no decision.

    It is logged, and named on the receipt through `outcome`. One that cannot be read is a `CheckpointsUnavailable`.
    """

    failures: ClassVar[tuple[type[Exception], ...]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._outcomes: OrderedDict[str, str | None] = OrderedDict()

    def outcome(self, thread: str) -> tuple[str | None, bool]:
        """The last checkpoint's id of a thread as far as this process wrote it, and whether the last write failed."""
        last = self._outcomes.get(thread, "")
        return (last or None, last is None)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that a run goes on from."""
        try:
            return await super().aget_tuple(config)
        except self.failures as error:
            raise CheckpointsUnavailable(f"the checkpoints cannot be read: {error}") from error

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep a checkpoint, or say that it could not be kept."""
        try:
            kept = await super().aput(config, checkpoint, metadata, new_versions)
        except self.failures as error:
            self._failed(config, error)
            return {"configurable": {**config.get("configurable", {}), "checkpoint_id": checkpoint["id"]}}
        self._note(config, checkpoint["id"])
        return kept

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Keep what a node wrote, or say that it could not be kept."""
        try:
            await super().aput_writes(config, writes, task_id, task_path)
        except self.failures as error:
            self._failed(config, error)

    def _failed(self, config: RunnableConfig, error: Exception) -> None:
        log.error("checkpoint_failed", thread=config.get("configurable", {}).get("thread_id"), error=str(error))
        self._note(config, None)

    def _note(self, config: RunnableConfig, checkpoint: str | None) -> None:
        thread = str(config.get("configurable", {}).get("thread_id"))
        self._outcomes[thread] = checkpoint
        self._outcomes.move_to_end(thread)
        if len(self._outcomes) > _KEPT:
            self._outcomes.popitem(last=False)


class SqliteCheckpoints(Checkpoints, AsyncSqliteSaver):
    """In a file beside the record."""

    failures = (sqlite3.Error, OSError)


@asynccontextmanager
async def open_checkpoints(home: Path, record_url: str | None) -> AsyncGenerator[Checkpoints]:
    """The saver for one process: PostgreSQL when the record is there, else `home/checkpoints.db`."""
    if record_url is not None and record_url.startswith("postgresql"):
        async with _postgres(record_url) as saver:
            yield saver
        return
    await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
    async with aiosqlite.connect(home / "checkpoints.db", timeout=2.0) as connection:
        await connection.execute("PRAGMA synchronous=NORMAL")
        saver = SqliteCheckpoints(connection)
        await saver.setup()
        yield saver


@asynccontextmanager
async def _postgres(url: str) -> AsyncGenerator[Checkpoints]:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver  # the extra `postgres`
    from psycopg import Error
    from psycopg.rows import dict_row
    from psycopg_pool import AsyncConnectionPool, PoolTimeout

    class PostgresCheckpoints(Checkpoints, AsyncPostgresSaver):
        failures = (Error, PoolTimeout, OSError)

    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    settings: dict[str, Any] = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    async with AsyncConnectionPool(
        plain, kwargs=settings, check=AsyncConnectionPool.check_connection, min_size=1, max_size=8, open=False
    ) as pool:
        saver = PostgresCheckpoints(pool)
        await saver.setup()
        yield saver
