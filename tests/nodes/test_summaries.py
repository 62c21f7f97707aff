"""Summaries by the model: what it is asked, and who steps in when it fails."""

from __future__ import annotations

import pytest

from inference import ScriptedModel
from nodes import PromptLibrary, summariser_of
from schemas import PROJECT, ModelUnavailable, Turn, WorldTime

PROMPTS = PromptLibrary(PROJECT / "config" / "prompts")
TURNS = (
    Turn(speaker="tamsin_reed", text="I will bring the toll ledger back on day 12.", at=WorldTime(day=3)),
    Turn(speaker="marta", text="See that you do.", at=WorldTime(day=3)),
)


async def test_the_model_is_asked_for_what_was_said_and_for_what_was_summed_up_before() -> None:
    model = ScriptedModel([{"summary": "Tamsin promised Marta the ledger by day 12."}])

    text = await summariser_of(model, PROMPTS)("Tamsin owes Marta 3 silver.", TURNS)

    assert text == "Tamsin promised Marta the ledger by day 12."
    asked = model.asked[0].messages[1]["content"]
    assert "Tamsin owes Marta 3 silver." in asked
    assert '<said by="tamsin_reed">I will bring the toll ledger back on day 12.</said>' in asked


@pytest.mark.parametrize(
    "answer",
    [ModelUnavailable("gone"), "no JSON at all", {"summary": "As an AI language model I cannot sum this up."}],
    ids=["is gone", "talks nonsense", "speaks of itself"],
)
async def test_the_rule_sums_up_when_the_model(answer: object) -> None:
    text = await summariser_of(ScriptedModel([answer]), PROMPTS)("", TURNS)  # pyright: ignore[reportArgumentType]

    assert "tamsin_reed: I will bring the toll ledger back on day 12." in text
