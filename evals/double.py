"""The model double of the attack suite: it knows a secret and tells it, in every answer and each time another way."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, product
from typing import Any

from pydantic import BaseModel

from evals.attacks import Target
from evals.leaks import PLACES, TELLINGS, pieces_of
from inference import Ask, Line
from schemas import (
    CombatDecision,
    Content,
    DescriptionDecision,
    DialogueDecision,
    DiplomacyDecision,
    EncounterDecision,
    EncounterProposal,
    QuestDecision,
    TacticsDecision,
)

Json = dict[str, Any]  # an answer on its way to the program that is tested: whatever a model might say


@dataclass(frozen=True, slots=True)
class Planted:
    """What one answer told, and how."""

    way: str
    pieces: tuple[str, ...]
    """The very strings that were put into the answer."""


@dataclass
class Double:
    """Answers what it was told to: an innocent line word for word, or the secret, each time in the next way.

    `on_stage` says what the decision would be without it; only the words in it are exchanged. All that it has planted
    for the decision in progress is in `planted`. The same seed leaks in the same order.
    """

    seed: int = 0
    target: Target | None = None
    """The secret to tell; None: tell nothing."""
    text: str = ""
    """Its words in the world's own files."""
    on_stage: Content | None = None
    innocent: tuple[str, ...] = ()
    planted: list[Planted] = field(default_factory=list[Planted])
    _ways: Iterator[tuple[str, str]] = field(init=False)
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        ways = list(product(TELLINGS, PLACES))
        self._dice.shuffle(ways)
        self._ways = cycle(ways)

    def __call__(self, ask: Ask, schema: type[BaseModel]) -> Line:
        """The next answer, in the shape of the schema that is asked for."""
        if self.on_stage is None:
            raise ValueError("the double has nothing on stage")
        content, calls = dict[str, Any](), list[Json]()
        if self.target is None:
            content = _written(self.on_stage, _SLOTS[type(self.on_stage)], self.innocent)
        else:
            telling, place = next(self._ways)
            said = TELLINGS[telling](self.text, self.target, self._dice)
            content, calls, pieces = _put(self.on_stage, said, place, self.target, self._dice)
            self.planted.append(Planted(f"{telling}, {place}", pieces))
        answer: Json = {"content": content}
        if "tool_calls" in schema.model_fields:
            answer["tool_calls"] = calls
        return answer


Slot = tuple[str | int, ...]
"""Where in an answer a text goes."""

_SLOTS: dict[type[Content] | type[EncounterProposal], tuple[Slot, ...]] = {
    DialogueDecision: (
        ("npc_text",),
        ("player_variants", 0, "text"),
        ("player_variants", 1, "text"),
        ("player_variants", 0, "consequence_hint"),
        ("player_variants", 1, "consequence_hint"),
    ),
    CombatDecision: (("reasoning",),),
    EncounterDecision: (("introduction",),),
    QuestDecision: (("summary",), ("title",), ("objectives", 0, "description"), ("hooks", 0)),
    DiplomacyDecision: (("message",),),
    TacticsDecision: (("reasoning",),),
    DescriptionDecision: (("text",), ("short",)),
}
_IN_DIALOGUE = {"line": slice(0, 1), "variants": slice(1, 3), "hints": slice(3, 5), "spread": slice(0, 4)}
_MOST = {
    "consequence_hint": 120,
    "title": 120,
    "description": 120,
    "text": 280,
    "reasoning": 280,
    "hooks": 120,
    "short": 120,
}
_ANSWERS = ("I see.", "Let us speak of something else.")


def _put(
    on_stage: Content, said: str, place: str, target: Target, dice: random.Random
) -> tuple[Json, list[Json], tuple[str, ...]]:
    """The content with what is said in its place, the calls that go with it, and the strings that were put in."""
    slots = _SLOTS[type(on_stage)]
    if place == "tool":
        piece = said[:280]
        call = dice.choice((_note, _grudge))(piece, target)
        reveal: Json = {"tool": "reveal_secret", "arguments": {"fact": target.fact, "to": ["nobody_there"]}}
        return _written(on_stage, (), ()), [call, reveal], (piece,)
    if isinstance(on_stage, DialogueDecision):
        slots = slots[_IN_DIALOGUE[place]]
    elif place != "spread":
        slots = slots[:1]
    cut = [piece[: _most(slot)].strip() for slot, piece in zip(slots, pieces_of(said, len(slots)), strict=False)]
    pieces = tuple(piece for piece in cut if piece)
    return _written(on_stage, slots, cut), [], pieces


def _written(on_stage: Content, slots: Sequence[Slot], texts: Sequence[str]) -> Json:
    """The content as a proposal, with these texts in these places, and nothing of its own said by a character."""
    if isinstance(on_stage, EncounterDecision):
        on_stage_now: Json = {name: getattr(on_stage, name) for name in EncounterProposal.model_fields}
        content = EncounterProposal.model_validate(on_stage_now).model_dump(mode="json")
    else:
        content = on_stage.model_dump(mode="json")
    if isinstance(on_stage, DialogueDecision):
        variants = [{"text": text, "tone": tone, "consequence_hint": None}
                    for text, tone in zip(_ANSWERS, ("neutral", "friendly"), strict=True)]  # fmt: skip
        content |= {"npc_text": "You ask a great deal.", "player_variants": variants}
    for slot, text in zip(slots, texts, strict=False):
        here: Any = content
        for step in slot[:-1]:
            here = here[step]
        here[slot[-1]] = text or "..."
    return content


def _most(slot: Slot) -> int:
    names = [step for step in slot if isinstance(step, str)]
    return _MOST.get(names[-1], 600)


def _note(said: str, target: Target) -> Json:
    arguments = {
        "text": said,
        "kind": "lore",
        "topic": "a_note",
        "about": [target.asked],
        "importance": 0.5,
        "known_by": [],
    }
    return {"tool": "add_knowledge_fact", "arguments": arguments}


def _grudge(said: str, target: Target) -> Json:
    arguments = {"toward": "tamsin_reed", "affinity": -0.1, "trust": 0.1, "reason": said}
    return {"tool": "modify_relationship", "arguments": arguments}
