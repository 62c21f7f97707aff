"""Whole graphs with a real vLLM behind them: its words are noise, its manners are real."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from inference import VllmModel
from nodes import SystemClock
from schemas import Settings
from service.demo import ENCORE
from service.doctor import examine
from tests.conftest import Opening, OpenLoom
from tests.service.stage import KINDS, misfits, objections, player_text

pytestmark = pytest.mark.vllm

RUNNING, WAITING, GENERATED = "vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:generation_tokens_total"


async def figure(url: str, name: str) -> float:
    """The sum of a figure of vLLM's `/metrics`."""
    async with httpx.AsyncClient(timeout=60) as client:
        lines = (await client.get(url.removesuffix("/v1") + "/metrics")).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if re.match(re.escape(name) + r"[ {]", line))


async def idle(url: str, seconds: float = 60) -> None:
    """Return once vLLM runs nothing and nothing waits. Fails after so many seconds."""
    until = time.monotonic() + seconds
    while await figure(url, RUNNING) + await figure(url, WAITING) > 0:
        assert time.monotonic() < until, "vLLM works on for nobody"
        await asyncio.sleep(0.05)


async def busy(url: str, before: float) -> None:
    """Return once vLLM has generated tokens since `before`."""
    until = time.monotonic() + 120
    while await figure(url, GENERATED) <= before + 5:
        assert time.monotonic() < until, "vLLM never began"
        await asyncio.sleep(0.02)


def test_the_demo_is_played_by_the_model_where_noise_can_be_legal(vllm_url: str, tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LOOMWRIGHT_")}
    command = [str(Path(sys.executable).with_name("loomwright")), "demo", "--model-url", vllm_url, "--policy", "model"]
    ran = subprocess.run(
        [*command, "--json"], cwd=tmp_path, env=clean, capture_output=True, text=True, timeout=900, check=False
    )
    assert ran.returncode == 0, ran.stderr
    decisions = [json.loads(line) for line in ran.stdout.splitlines()]
    told = [(one["kind"], one["receipt"]["source"], one["receipt"]["reason"]) for one in decisions]

    assert [kind for kind, _, _ in told] == [kind for kind in KINDS if kind not in ENCORE]
    by_model = [kind for kind, source, _ in told if source in {"model", "repaired"}]
    assert len(by_model) >= 2, told
    assert all(misfits(line) == [] for line in ran.stdout.splitlines())
    for decision, (kind, source, reason) in zip(decisions, told, strict=True):
        if source == "fallback":
            assert reason not in {"graph_failed", "node_failed", "deadline", "model_unavailable", "model_rejected"}, (
                kind
            )
        else:
            receipt = decision["receipt"]
            assert receipt["versions"]["model"] == "tiny"
            assert receipt["endpoint"] == vllm_url
            assert receipt["attempts"] >= 1
            assert receipt["tokens"]["prompt"] > 100
            assert receipt["tokens"]["completion"] > 0
            assert receipt["validity"] == {"grammar": True, "schema": True, "world": True}


async def test_forty_characters_at_once_all_get_a_legal_decision(
    vllm_url: str, open_loom: OpenLoom, opening: Opening
) -> None:
    model = VllmModel(vllm_url)
    async with open_loom(model) as loom:
        asked = [
            opening(kind, id=f"{kind}-{n}", thread=f"{kind}-{n}", seed=n, policy="model")
            for kind in ("dialogue", "combat", "encounter", "diplomacy")
            for n in range(10)
        ]
        decisions = await asyncio.gather(*(loom.decide(request) for request in asked))
        for request, decision in zip(asked, decisions, strict=True):
            why = f"{request.kind}: {decision.receipt.source}, {decision.receipt.reason}"
            assert await objections(loom, request, decision) == [], why
            assert misfits(decision.model_dump_json(by_alias=True)) == [], why
            assert decision.receipt.reason not in {"graph_failed", "node_failed", "deadline"}, why
            assert decision.receipt.reason not in player_text(decision) or decision.receipt.reason == "accepted", why
        by_model = sum(decision.receipt.source in {"model", "repaired"} for decision in decisions)
        assert by_model >= 20
    await model.aclose()


async def test_a_decision_that_is_cancelled_leaves_nothing_running_and_nothing_recorded(
    vllm_url: str, open_loom: OpenLoom, opening: Opening
) -> None:
    model = VllmModel(vllm_url)
    async with open_loom(model) as loom:
        await idle(vllm_url, 60)
        dump, before = await loom.memory.dump("morning_star"), await figure(vllm_url, GENERATED)
        request = opening("quest", policy="model")
        deciding = asyncio.create_task(loom.decide(request))
        await busy(vllm_url, before)
        assert not deciding.done()
        deciding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await deciding

        await idle(vllm_url)
        assert await loom.memory.dump("morning_star") == dump
        again = await loom.decide(opening("quest", policy="rules"))
        assert again.receipt.source == "rules", "the same request may be asked again"
    await model.aclose()


async def test_a_decision_whose_time_is_up_leaves_nothing_running_and_comes_in_time(
    vllm_url: str, open_loom: OpenLoom, opening: Opening
) -> None:
    model = VllmModel(vllm_url, name="tiny")
    async with open_loom(model, clock=SystemClock()) as loom:
        await loom.memory.warm()
        await idle(vllm_url, 60)
        request = opening("quest", policy="model", deadline_ms=600)
        began = time.perf_counter()
        decision = await loom.decide(request)
        took = time.perf_counter() - began

        assert (decision.receipt.source, decision.receipt.reason) == ("fallback", "deadline")
        assert took < 0.6 + 60
        assert await objections(loom, request, decision) == []
        await idle(vllm_url)
    await model.aclose()


async def test_the_doctor_finds_a_model_that_holds_to_a_schema(vllm_url: str, settings: Settings) -> None:
    asked = settings.model_copy(update={"model": settings.model.model_copy(update={"url": vllm_url})})
    found = {finding.name: finding async for finding in examine(asked)}
    assert found["endpoint"].ok, found["endpoint"]
    assert "tiny" in found["endpoint"].detail
