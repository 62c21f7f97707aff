"""`loomwright models`: what is registered, whether endpoints are what they are said to be, and warming them."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path

import pytest

from schemas import PROJECT
from tests.support.command_line import Loomwright, Ran
from tests.support.faulty_server import FaultyServer, says, sends

YES = '{"answer": true}'
TINY = (
    '[[models]]\nname = "tiny"\nversion = "test"\nroles = ["narrator", "tactician", "judge"]\ncontext_length = 8192\n'
)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `models.toml` to write, beside the project's other data."""
    config = tmp_path / "config"
    config.mkdir()
    for part in (PROJECT / "config").iterdir():
        if part.name != "models.toml":
            (config / part.name).symlink_to(part)
    monkeypatch.setenv("LOOMWRIGHT_CONFIG", str(config))
    file = config / "models.toml"
    file.write_text(TINY)
    return file


async def typed(loomwright: Loomwright, *arguments: str) -> Ran:
    return await asyncio.to_thread(loomwright, "models", *arguments)


def faults(ran: Ran) -> list[str]:
    return [f"{line['detail']} | {line['remedy']}" for line in ran.lines if not line["ok"]]


def test_every_model_is_listed_with_what_it_is_for_and_every_role_with_who_serves_it(
    loomwright: Loomwright, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = {"name": "fast", "url": "http://127.0.0.1:9/v1", "model": "tiny", "roles": ["tactician"]}
    monkeypatch.setenv("LOOMWRIGHT_ENDPOINTS", json.dumps([one]))

    listed = loomwright("models", "list").out
    [tiny] = [line for line in loomwright("models", "list", "--json").lines if line["name"] == "tiny"]

    assert (tiny["context_length"], tiny["endpoints"]) == (8192, ["fast"])
    assert "Qwen/Qwen3-8B" in listed
    [tactician] = [line for line in listed.splitlines() if line.strip().startswith("tactician ")]
    [narrator] = [line for line in listed.splitlines() if line.strip().startswith("narrator ")]
    assert "fast (tiny)" in tactician
    assert "none" in narrator


@pytest.mark.vllm
async def test_a_real_server_is_as_the_registry_says(loomwright: Loomwright, vllm_url: str) -> None:
    ran = await typed(loomwright, "check", "--json", "--model-url", vllm_url)

    assert ran.code == 0, ran.out
    [found] = ran.lines
    assert "tiny" in found["detail"]
    assert "holds to a schema" in found["detail"]
    assert "tokens/s" in found["detail"]


async def test_a_server_that_is_gone_is_told_with_its_address(loomwright: Loomwright) -> None:
    ran = await typed(loomwright, "check", "--json", "--model-url", "http://127.0.0.1:9/v1")

    assert ran.code == 1
    [fault] = faults(ran)
    assert "http://127.0.0.1:9/v1: model_unavailable" in fault


async def test_a_name_that_is_not_served_gets_the_nearest_one(
    loomwright: Loomwright, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOMWRIGHT_MODEL__NAME", "Qwen3-8b")
    async with FaultyServer(says(YES), serves={"tiny": 8192, "Qwen/Qwen3-8B": 32768}) as server:
        ran = await typed(loomwright, "check", "--json", "--model-url", server.url)

    assert ran.code == 1
    [fault] = faults(ran)
    assert "does not serve 'Qwen3-8b'; it serves tiny, Qwen/Qwen3-8B | did you mean 'Qwen/Qwen3-8B'?" in fault
    assert server.asked == [], "a model that is not there is asked nothing"


async def test_a_context_that_is_shorter_than_declared_or_needed_is_a_fault(loomwright: Loomwright) -> None:
    async with FaultyServer(says(YES), serves={"tiny": 4096}) as server:
        ran = await typed(loomwright, "check", "--json", "--model-url", server.url)

    assert ran.code == 1
    declared, needed = faults(ran)
    assert "of 4096 tokens there, and of 8192 in models.toml | start it with --max-model-len 8192" in declared
    assert "may come to 7944" in needed
    assert "set model.context_tokens to 2296" in needed


async def test_a_server_that_guides_nothing_is_a_fault(loomwright: Loomwright) -> None:
    async with FaultyServer(says("Certainly! Here you are."), serves={"tiny": 8192}) as server:
        ran = await typed(loomwright, "check", "--json", "--model-url", server.url)

    assert ran.code == 1
    [fault] = faults(ran)
    assert "model_answer_invalid" in fault
    assert "--structured-outputs-config" in fault


async def test_a_model_that_nobody_registered_is_remarked_upon(loomwright: Loomwright) -> None:
    async with FaultyServer(says(YES), serves={"tinny": None}) as server:
        ran = await typed(loomwright, "check", "--json", "--model-url", server.url)

    assert ran.code == 0
    assert any("'tinny' is not in models.toml" in line["detail"] for line in ran.lines)
    assert any("did you mean 'tiny'?" in line["remedy"] for line in ran.lines)


async def test_a_role_that_graphs_ask_for_and_nobody_has_is_a_fault(
    loomwright: Loomwright, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FaultyServer(says(YES), serves={"tiny": 8192}) as server:
        one = {"name": "words", "url": server.url, "roles": ["narrator"]}
        monkeypatch.setenv("LOOMWRIGHT_ENDPOINTS", json.dumps([one]))
        ran = await typed(loomwright, "check", "--json")

    assert [line["name"] for line in ran.lines if not line["ok"]] == ["role tactician"]


def test_weights_on_this_machine_are_held_against_their_checksum(loomwright: Loomwright, registry: Path) -> None:
    (registry.parent / "tiny.safetensors").write_bytes(b"weights")
    right = hashlib.sha256(b"weights").hexdigest()

    def checked(*more: str) -> Ran:
        registry.write_text(TINY + "\n".join(['weights = "tiny.safetensors"', *more]))
        return loomwright("models", "check", "--json")

    unpinned, pinned, other = (
        checked(),
        checked(f'sha256 = "{right}"'),
        checked(f'sha256 = "{"0" * 64}"'),
    )

    assert (unpinned.code, pinned.code, other.code) == (0, 0, 1)
    assert f'sha256 = "{right}"' in unpinned.lines[0]["remedy"]
    assert "as pinned" in pinned.lines[0]["detail"]
    assert f"{right}, and models.toml says 000" in faults(other)[0]


async def test_embedders_and_rerankers_are_looked_at_too(
    loomwright: Loomwright, monkeypatch: pytest.MonkeyPatch
) -> None:
    vector = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.5]}], "model": "m"}
    async with FaultyServer(sends(json.dumps(vector).encode())) as server:
        endpoints = [
            {"name": "vectors", "url": server.url, "model": "m", "roles": ["embedder"]},
            {"name": "spare", "url": "http://127.0.0.1:9/v1", "model": "m", "roles": ["embedder"]},
            {"name": "reader", "url": server.url, "model": "m", "roles": ["reranker"]},
        ]
        monkeypatch.setenv("LOOMWRIGHT_EMBEDDER__KIND", "endpoint")
        monkeypatch.setenv("LOOMWRIGHT_EMBEDDER__DIMENSION", "2")
        monkeypatch.setenv("LOOMWRIGHT_ENDPOINTS", json.dumps(endpoints))
        ran = await typed(loomwright, "check", "--json")
        monkeypatch.setenv("LOOMWRIGHT_EMBEDDER__DIMENSION", "384")
        other = await typed(loomwright, "check", "--json")
    found = {line["name"]: line for line in ran.lines}

    assert found["endpoint vectors"]["ok"]
    assert "embeds in 2 numbers" in found["endpoint vectors"]["detail"]
    assert "model_unavailable" in found["endpoint spare"]["detail"]
    assert "model_rejected" in found["endpoint reader"]["detail"], "it has no /rerank and no /score"
    assert any("gives 2 numbers, not 384 | set embedder.dimension to 2" in fault for fault in faults(other))


async def test_warming_sends_what_the_prompts_of_each_kind_begin_with(loomwright: Loomwright) -> None:
    await asyncio.to_thread(loomwright, "world", "load", "morning_star")
    async with FaultyServer(says("."), serves={"tiny": 8192}) as server:
        ran = await typed(loomwright, "warm", "--json", "--model-url", server.url)
        told = await typed(loomwright, "warm", "--characters", "--model-url", server.url)
    kinds = {line["kind"]: line["role"] for line in ran.lines}

    assert ran.code == told.code == 0
    assert kinds["combat"] == kinds["tactics"] == "tactician"
    assert kinds["dialogue"] == "narrator"
    sent = [str(request.json["messages"]) for request in server.asked]
    fixed = sent[: len(kinds)]
    assert all("# Rules of play" in text and "The Morning Star" in text for text in fixed)
    assert not any("Marta" in text for text in fixed)
    assert any("Twenty years behind the same bar" in text and "a line of dialogue" in text for text in sent)
    assert {request.json["max_tokens"] for request in server.asked} == {1}
    assert "beginnings read" in told.out


async def test_while_models_are_switched_off_nobody_is_asked(
    loomwright: Loomwright, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.to_thread(loomwright, "world", "load", "morning_star")
    monkeypatch.setenv("LOOMWRIGHT_POLICY__ASK_MODELS", "false")
    async with FaultyServer(says(YES)) as server:
        checked = await typed(loomwright, "check", "--json", "--model-url", server.url)
        warmed = await typed(loomwright, "warm", "--model-url", server.url)

    assert checked.code == 0
    assert "switched off" in checked.lines[0]["detail"]
    assert (warmed.code, "switched off" in warmed.err) == (1, True)
    assert server.requests == []


def test_there_is_nothing_to_warm_without_an_endpoint(loomwright: Loomwright) -> None:
    ran = loomwright("models", "warm")
    assert ran.code == 2
    assert "LOOMWRIGHT_MODEL__URL" in ran.err
