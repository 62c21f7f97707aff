"""Fixtures that more than one folder of tests needs: the real servers, once for the whole session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support import tiny_vllm
from tests.support.redis_server import RedisServer

REQUIRED = "LOOMWRIGHT_TEST_ALL"
"""Set to 1, a server that is missing fails the tests that need it instead of skipping them."""


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several processes (`-n`), let one of them run all tests that ask a server: some count what it does."""
    for item in items:
        if item.get_closest_marker("vllm"):
            item.add_marker(pytest.mark.xdist_group("vllm"))


def _address(server: AbstractContextManager[str], variable: str) -> Generator[str]:
    if not os.environ.get(variable) and not tiny_vllm.is_installed():
        needs = (
            f"needs a vLLM server: set {variable} to one (with /v1), "
            "or let the tests start their own after `python tests/support/tiny_vllm.py install`"
        )
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(needs, pytrace=False)
        pytest.skip(needs)
    with server as address:
        yield address


@pytest.fixture(scope="session")
def vllm_url() -> Generator[str]:
    """The address (with `/v1`) of a real vLLM that serves the noise model `tiny`."""
    yield from _address(tiny_vllm.running_vllm(), tiny_vllm.VLLM_URL)


@pytest.fixture(scope="session")
def frail_vllm(vllm_url: str) -> Generator[tiny_vllm.FrailVllm]:
    """A second vLLM, which may be killed and stopped; it does not run until a test starts it."""
    if not tiny_vllm.is_installed():
        pytest.skip(f"needs a vLLM server of its own beside {vllm_url}: python tests/support/tiny_vllm.py install")
    frail = tiny_vllm.FrailVllm()
    yield frail
    frail.kill()


@pytest.fixture(scope="session")
def embeddings_url() -> Generator[str]:
    """The address (with `/v1`) of a real vLLM that serves all-MiniLM-L6-v2 as `minilm`."""
    yield from _address(tiny_vllm.running_embeddings(), tiny_vllm.EMBEDDINGS_URL)


@pytest.fixture
def redis_server(tmp_path: Path) -> Generator[RedisServer]:
    """A Redis of this test's own."""
    if shutil.which("redis-server") is None:
        if os.environ.get(REQUIRED) == "1":
            pytest.fail("needs redis-server", pytrace=False)
        pytest.skip("needs redis-server")
    server = RedisServer(tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.stop()
