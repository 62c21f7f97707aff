"""The record on SQLite and, where there is one, on PostgreSQL: the same tests over both."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from memory import Memory
from tests.memory.stage import open_memory, pack

SERVER = "LOOMWRIGHT_TEST_POSTGRES_URL"
DEFAULT = "postgresql+psycopg://postgres@127.0.0.1:5432/test"


def _run(url: URL, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 30})
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def postgres_database() -> Generator[URL]:
    """A database of this run's own."""
    server = make_url(os.environ.get(SERVER, DEFAULT))
    name = f"loomwright_{uuid4().hex[:12]}"
    try:
        _run(server, f"CREATE DATABASE {name}")
    except OperationalError as error:
        message = f"needs PostgreSQL at {SERVER} (default {DEFAULT}): {error.orig}"
        if os.environ.get("LOOMWRIGHT_TEST_ALL") == "1":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    yield server.set(database=name)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_database: URL) -> str:
    """An empty PostgreSQL database."""
    _run(postgres_database, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return postgres_database.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgres"])
def record_url(request: pytest.FixtureRequest) -> str | None:
    """Where the record is: None is SQLite in the home."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def memory(record_url: str | None, tmp_path: Path) -> AsyncGenerator[Memory]:
    """The small world, loaded."""
    memory = await open_memory(record_url, tmp_path)
    await memory.load_world(pack())
    yield memory
    await memory.aclose()
