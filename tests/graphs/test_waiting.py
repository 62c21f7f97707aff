"""A node that waits: what its declaration has to say, and what is wrong with one that does not."""

from __future__ import annotations

import pytest

from graphs import check, declare, draw, find, read
from nodes import CATALOGUE, Catalogue, Step
from nodes.state import DecisionState
from schemas import BadDeclaration

TALKS = find("negotiation").read_text(encoding="utf-8")
TOOLS, CONTENTS = ["add_knowledge_fact", "modify_relationship"], ["DiplomacyDecision"]
BOUND = "    waits: { rounds: 8, days: 30, then: look_back }\n"


def faults_of(text: str) -> list[str]:
    try:
        found = check(declare(text, file="g.yaml"), CATALOGUE, contents=CONTENTS, tools=TOOLS)
    except BadDeclaration as error:
        found = list(error.faults)
    return [str(fault) for fault in found]


def test_talks_of_the_library_are_sound() -> None:
    assert BOUND in TALKS
    assert faults_of(TALKS) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (BOUND, "", "waits for an answer, and nothing bounds that. Add `waits:"),
        (BOUND, "", "has no bound"),
        ("then: look_back }", "then: look_bakc }", "goes to 'look_bakc', which is not a node of this graph. Did you"),
        ("{ rounds: 8, days: 30,", "{ rounds: 80, days: 30,", "rounds"),
        ("{ rounds: 8, days: 30,", "{ rounds: 8,", "lacks 'days' under 'waits'"),
        ("answered: weigh_standing_again", "answered: weigh_standing", "goes back to the entrypoint"),
        ("over: end }", "later: end }", "outcome 'over' has no target"),
        ("    use: await_reply\n", "    use: await_reply\n    timeout: 1s\n", "cannot have `timeout`"),
        ("    use: act\n", "    use: act\n    waits: { rounds: 2, days: 2, then: remember }\n", "waits for nobody"),
        ("then: look_back }", "then: look_abroad }", "has no bound"),
    ],
)
def test_a_wait_that_is_not_sound_says_what_is_wrong(old: str, new: str, says: str) -> None:
    assert old in TALKS
    found = faults_of(TALKS.replace(old, new, 1))

    assert any(says in fault for fault in found), found


def test_a_drawing_shows_how_a_wait_ends() -> None:
    assert "after 8 rounds or 30 days" in draw(read("negotiation"))
    assert 'class="way waits"' in draw(read("negotiation"), "svg")


def test_whoever_waits_has_to_be_a_node() -> None:
    async def other(state: DecisionState, context: object) -> Step:
        """Not in the list."""
        del state, context
        return Step()

    with pytest.raises(TypeError, match="marked waits"):
        Catalogue([], waits=[other])
    assert [name for name, spec in CATALOGUE.items() if spec.waits] == ["await_reply"]
