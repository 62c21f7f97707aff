"""What a stream of a decision is made of: what is said, sentence by sentence, and then the decision."""

from __future__ import annotations

from typing import Literal, TypeAlias

from schemas.requests import Decision
from schemas.values import Value


class SpokenSentence(Value):
    """The next words of the character: checked, and not taken back. All of them in a row are the decision's line."""

    item: Literal["sentence"] = "sentence"
    text: str
    """With the space before it, where there is one."""


class LineWithdrawn(Value):
    """What was shown is not what was decided: the same request had been decided before, by somebody else. Rare."""

    item: Literal["withdrawn"] = "withdrawn"
    text: str
    """What was shown until now; the decision's line comes anew after it."""


class DecisionMade(Value):
    """The decision: the last item."""

    item: Literal["decision"] = "decision"
    decision: Decision


StreamItem: TypeAlias = SpokenSentence | LineWithdrawn | DecisionMade
