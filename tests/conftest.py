"""What all tests share: a Loom over the example world in a folder of its own, and the real servers."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import pytest
import structlog
from hypothesis import settings as hypothesis_settings

os.environ.pop("COLUMNS", None)  # pytest-xdist says 80, and tables would be as narrow as that: each test says its own

from inference import Model
from memory import read_world
from nodes import FrozenClock
from schemas import PROJECT, DecisionRequest, Settings, WorldPack, load_settings
from service import Loom

pytest_plugins = ["tests.support.fixtures"]

hypothesis_settings.register_profile("loomwright", deadline=None, derandomize=True)
hypothesis_settings.load_profile("loomwright")

OpenLoom: TypeAlias = Callable[..., AbstractAsyncContextManager[Loom]]
Opening: TypeAlias = Callable[..., DecisionRequest]


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Nothing is printed, and `structlog.testing.capture_logs` still sees every line."""

    def drop(*_: object) -> NoReturn:
        raise structlog.DropEvent

    structlog.configure(processors=[drop], wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings as the project ships them, at home in a folder of the test's own."""
    for name in ("LOOMWRIGHT_MODEL__URL", "LOOMWRIGHT_HOME", "LOOMWRIGHT_RECORD_URL"):
        monkeypatch.delenv(name, raising=False)
    return load_settings(home=tmp_path / "home", encounters={"fights": 20})


@pytest.fixture(scope="session")
def morning_star() -> WorldPack:
    """The example world."""
    return read_world(PROJECT / "config" / "worlds" / "morning_star")


@pytest.fixture
def open_loom(settings: Settings, morning_star: WorldPack) -> OpenLoom:
    """Open a Loom over the example world: `async with open_loom(model) as loom`. No model: rules decide.

    Its clock stands, so that no decision depends on how fast the machine is. A test of time itself brings its own:
    `clock=SystemClock()`.
    """

    @asynccontextmanager
    async def opened(model: Model | None = None, **more: Any) -> AsyncGenerator[Loom]:
        more.setdefault("clock", FrozenClock())
        async with Loom.open(more.pop("settings", settings), model=model, **more) as loom:
            await loom.memory.load_world(morning_star)
            yield loom

    return opened


@pytest.fixture
async def loom(open_loom: OpenLoom) -> AsyncGenerator[Loom]:
    """A Loom over the example world, without a model."""
    async with open_loom() as opened:
        yield opened


@pytest.fixture
def opening(morning_star: WorldPack) -> Opening:
    """One of the world's opening requests, with changes: `opening("combat", seed=3)`."""
    by_kind = {request.kind: request for request in morning_star.opening}

    def ask(kind: str, **changes: object) -> DecisionRequest:
        return DecisionRequest.model_validate(by_kind[kind].model_dump() | changes)

    return ask
