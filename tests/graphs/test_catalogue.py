"""The catalogue reads nodes from their signatures, and refuses what is none."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, Literal

import pytest

from nodes import Catalogue, Step
from nodes.state import FRESH, DecisionState, fresh


class Mood(enum.Enum):
    CALM = "calm"
    ANGRY = "angry"


async def think(
    state: DecisionState,
    context: object,
    *,
    depth: int = 3,
    weight: float = 0.5,
    names: list[str] = [],  # noqa: B006  # only read
    mood: Mood = Mood.CALM,
    aloud: bool = False,
    style: Literal["short", "long"] | None = None,
) -> Step[Literal["yes", "no"]]:
    """Think a while.

    And then some.
    """
    return Step(outcome="yes")


async def rest(state: DecisionState, context: object) -> Step:
    """Rest."""
    return Step()


def test_a_signature_is_the_schema() -> None:
    spec = Catalogue([think, rest], asks_model=[think], decides=[rest])["think"]
    assert (spec.about, spec.outcomes, spec.asks_model, spec.decides) == ("Think a while.", ("yes", "no"), True, False)
    assert list(spec.knobs) == ["depth", "weight", "names", "mood", "aloud", "style"]
    assert tuple(spec.knobs["depth"]) == (int, 3)


@pytest.mark.parametrize(
    ("knob", "value", "read"),
    [
        ("depth", 4, 4),
        ("weight", 1, 1.0),
        ("names", ["a"], ["a"]),
        ("mood", "angry", Mood.ANGRY),
        ("aloud", True, True),
        ("style", None, None),
        ("style", "long", "long"),
    ],
)
def test_knobs_take_what_yaml_can_say(knob: str, value: object, read: object) -> None:
    assert Catalogue([think])["think"].knobs[knob].read(value) == read


@pytest.mark.parametrize(
    ("knob", "value"),
    [
        ("depth", "4"),
        ("depth", 4.5),
        ("depth", True),
        ("depth", None),
        ("weight", "x"),
        ("weight", float("nan")),
        ("names", "a"),
        ("names", [1]),
        ("mood", "bored"),
        ("aloud", 1),
        ("aloud", "yes"),
        ("style", "longer"),
        ("depth", {}),
    ],
)
def test_knobs_refuse_everything_else(knob: str, value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Catalogue([think])["think"].knobs[knob].read(value)


def plain(state: DecisionState, context: object) -> Step:
    """Not async."""
    return Step()


async def untyped(state: DecisionState, context: object, *, depth=3) -> Step:  # pyright: ignore[reportMissingParameterType]
    """A knob without a type."""
    return Step()


async def demanding(state: DecisionState, context: object, *, depth: int) -> Step:
    """A knob without a default."""
    return Step()


async def lying(state: DecisionState, context: object, *, depth: int = "three") -> Step:  # pyright: ignore[reportArgumentType]  # the point
    """A default that does not fit."""
    return Step()


async def greedy(state: DecisionState, context: object, **knobs: int) -> Step:
    """Takes anything."""
    return Step()


async def positional(state: DecisionState, context: object, depth: int = 3) -> Step:
    """A knob before the star."""
    return Step()


async def silent(state: DecisionState, context: object) -> Step:
    return Step()


async def vague(state: DecisionState, context: object) -> Step[str]:
    """Could end as anything."""
    return Step(outcome="x")


async def lost(state: DecisionState, context: object) -> dict[str, Any]:
    """Returns no Step."""
    return {}


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (plain, "must be an `async def`"),
        (untyped, "knob 'depth' needs a type"),
        (demanding, "knob 'depth' needs a default"),
        (lying, "its default does not fit"),
        (greedy, r"'\*knobs' cannot be set"),
        (positional, "`state, context` first"),
        (silent, "needs a docstring"),
        (vague, "must return `Step`"),
        (lost, "must return `Step`"),
    ],
)
def test_what_is_no_node_is_refused_with_its_place(function: Callable[..., Any], told: str) -> None:
    with pytest.raises(TypeError, match=rf"test_catalogue\.py:\d+: node '\w+': .*{told}"):
        Catalogue([function])


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(TypeError) as raised:
        Catalogue([think, think, silent, demanding], decides=[rest])
    told = str(raised.value)
    for part in ["'think' is in the catalogue twice", "docstring", "default", "'rest' is marked decides"]:
        assert part in told


def test_a_bigger_catalogue_leaves_the_smaller_as_it_is() -> None:
    small = Catalogue([think], asks_model=[think])
    big = small.with_nodes([rest], decides=[rest])
    assert (list(small), list(big)) == (["think"], ["think", "rest"])
    assert big["think"].asks_model
    assert big["rest"].decides
    with pytest.raises(TypeError, match="twice"):
        big.with_nodes([rest])


def test_every_key_but_the_request_and_the_deadline_is_reset() -> None:
    assert set(FRESH) == set(DecisionState.__annotations__) - {"request", "graph", "deadline_at", "reply"}
    assert fresh() == FRESH
    assert fresh().get("trace") is not fresh().get("trace")
