"""How many servers are needed: the formula, by hand."""

from __future__ import annotations

import pytest

from service.sizing import Load, size
from tests.support.command_line import Loomwright

BY_HAND = Load(
    characters=600, per_minute=6, share=0.5, prompt=2_000, cached=0.75, answer=100, reads=5_000, writes=1_000,
    alone=50, busy=0.5,
)  # fmt: skip


def test_the_formula_is_the_one_of_the_docs() -> None:
    found = size(BY_HAND)

    assert found.asked == 30, "600 characters, 6 a minute, every second one"
    assert found.work == pytest.approx(0.1 + 0.1), "500 tokens to read at 5,000 a second, 100 to write at 1,000"
    assert found.servers == 12, "6 seconds of work a second, at half of what a server can do"
    assert found.at_once == pytest.approx(30 * (0.1 + 2.0))


def test_more_characters_never_need_fewer_servers_and_a_fuller_cache_never_more() -> None:
    counts = [size(BY_HAND.model_copy(update={"characters": count})).servers for count in (1, 100, 500, 5_000)]
    cached = [size(BY_HAND.model_copy(update={"cached": share})).servers for share in (0.0, 0.5, 1.0)]

    assert counts == sorted(counts)
    assert cached == sorted(cached, reverse=True)
    assert size(BY_HAND.model_copy(update={"share": 0.0})).servers == 0, "rules need none"


def test_the_command_says_what_it_assumed(loomwright: Loomwright) -> None:
    ran = loomwright("models", "size", "--characters", "100", "--characters", "5000", "--prompt", "900")
    [small, large] = loomwright("models", "size", "--characters", "100", "--characters", "5000", "--json").lines

    assert ran.code == 0
    assert "5,000" in ran.out
    assert "Assumed, not measured: per_minute 4" in ran.out
    assert "prompt" not in ran.out.split("Assumed")[1], "what was given is not assumed"
    assert large["servers"] > small["servers"] >= 1


def test_a_share_beyond_all_is_refused_by_name(loomwright: Loomwright) -> None:
    ran = loomwright("models", "size", "--characters", "100", "--share", "5")

    assert ran.code == 2
    assert "--share" in ran.err
    assert "Traceback" not in ran.err
