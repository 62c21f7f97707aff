"""Scripted talk that is cut short at random points: is any word lost, said twice, or gone on with elsewhere?

A tree is made up whose every word is one of a kind (`n7w3`: one of node 7), and a Loom plays it. The checker knows the
tree as plain lists and nothing of our rules, and counts what was heard. Now and then the Loom is closed and opened.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import cast

from benchmarks.figures import Figure
from evals.outcome import Asked
from memory import read_world
from nodes import FrozenClock
from rules.dialogues import check, declare_tree
from schemas import Decision, DecisionRequest, DialogueDecision, DialogueTree, Settings
from service import Loom

SUITE = "characters"
TURNS, QUICK = 1_000, 60
NODES = 40
SESSION = 100
"""Lines after which the Loom is closed and opened again."""
CUT = 0.4
"""How often a line is cut short; one that is gone on with may be cut short again."""
WORLD, WHO, THREAD = "morning_star", "pip", "cut-short"
_WORD = re.compile(r"(n\d+w\d+)\.?")
"""A word with the full stop that ends its line: it is heard whole with that."""
_CHOICE = "To {0}, from {1}."


@dataclass
class Script:
    """A tree as plain lists: what each node says, and where one can go from it."""

    words: list[list[str]]
    leads: list[list[int]]

    @classmethod
    def made_up(cls, dice: Random) -> Script:
        """Lines of 5 to 60 words; every fourth node leads on to the next without a choice."""
        words = [[f"n{node}w{number}" for number in range(dice.randint(5, 60))] for node in range(NODES)]
        leads = [
            [] if node % 4 == 3 and node < NODES - 1 else dice.sample(range(NODES), dice.randint(2, 4))
            for node in range(NODES)
        ]
        leads[0] = [one for one in leads[0] if one] or [1, 2]
        for node in range(NODES - 1):  # so that all are reached
            if leads[node] and node + 1 not in leads[node]:
                leads[node][-1] = node + 1
        return cls(words, leads)

    def tree(self) -> DialogueTree:
        """The same in the form that is played, checked as any other."""
        lines = [
            "dialogue: cut_short",
            f"character: {WHO}",
            "about: Words of one kind each.",
            "start: node_0",
            "nodes:",
        ]
        for node, words in enumerate(self.words):
            lines += [f"  node_{node}:", f'    line: {{ en: "{" ".join(words)}." }}']
            if not self.leads[node]:
                lines.append(f"    then: node_{node + 1}")
                continue
            lines.append("    choices:")
            for to in dict.fromkeys(self.leads[node]):
                say = _CHOICE.format(to, node)
                lines.append(f'      - {{ id: to_{to}, to: node_{to}, say: {{ en: "{say}" }} }}')
            if node == 0:
                lines.append('      - { id: leave, to: end, say: { en: "Farewell." } }')
        written = declare_tree("\n".join(lines), "cut_short.yaml")
        faults = check(written)
        if faults:
            raise AssertionError(faults)
        return written.tree

    def spoken(self, node: int) -> tuple[list[str], int]:
        """All words from a node on until there is a choice, and the node with the choice. Told in one go only as far
        as 600 letters go; the checker does not mind where it is cut."""
        words = list(self.words[node])
        while not self.leads[node]:
            node += 1
            words += self.words[node]
        return words, node


@dataclass
class Checker:
    """Counts what is heard against the script."""

    script: Script
    due: list[str] = field(default_factory=list[str])
    """What has to be said still, in order."""
    lost: int = 0
    twice: int = 0
    elsewhere: int = 0
    cuts: int = 0
    heard_before: set[str] = field(default_factory=set[str])
    """Words of what is being said that were heard already."""

    def begin(self, words: Sequence[str]) -> None:
        """Something new has to be said, after what is due still."""
        if not self.due:
            self.heard_before.clear()
        self.due += words

    def hear(self, text: str, upto: int, *, resumed: bool) -> None:
        """A line that was heard up to a letter."""
        found = [(one[1], one.end()) for one in _WORD.finditer(text)]
        said = [word for word, _ in found]
        if resumed and self.due and (not said or said[0] != self.due[0]):
            self.elsewhere += 1
        self.twice += sum(word in self.heard_before for word in said) + len(said) - len(set(said))
        if said != self.due[: len(said)]:
            self.lost += sum(word not in said for word in self.due[: len(said)])
        heard = [word for word, end in found if end <= upto]
        if len(heard) < len(said):
            self.cuts += 1
        self.heard_before |= set(heard)
        self.due = self.due[len(heard) :]

    def over(self) -> None:
        """The player goes on: what is due still will never be said."""
        self.lost += len(self.due)
        self.due = []


async def dialogue(asked: Asked) -> Sequence[Figure]:
    """Play, count, and say what was counted."""
    seed = int(getattr(asked.options, "seed", 1))
    turns = QUICK if asked.quick else TURNS
    checker = await played(asked.settings, turns, Random(seed))
    case = f"scripted dialogue, {turns} lines, {checker.cuts} cut short"
    return [
        Figure(SUITE, f"{case}: words lost", checker.lost, "words", 0),
        Figure(SUITE, f"{case}: words said twice", checker.twice, "words", 0),
        Figure(SUITE, f"{case}: gone on with elsewhere", checker.elsewhere, "lines", 0),
    ]


async def played(settings: Settings, turns: int, dice: Random) -> Checker:
    """Play so many lines over as many sessions as that takes."""
    script = Script.made_up(dice)
    tree, checker, play = script.tree(), Checker(script), _Play(script, dice)
    pack = read_world(settings.config / "worlds" / WORLD)
    with tempfile.TemporaryDirectory() as folder:
        there = settings.model_copy(update={"home": Path(folder)})
        opening = next(one for one in pack.opening if one.kind == "dialogue")
        for session in range(-(-turns // SESSION)):
            async with Loom.open(there, model=None, clock=FrozenClock()) as loom:
                if session == 0:
                    await loom.memory.load_world(pack)
                cast("dict[str, tuple[DialogueTree, ...]]", loom.context.dialogues)[WORLD] = (tree,)
                for _ in range(min(SESSION, turns - session * SESSION)):
                    await play.turn(loom, opening, checker)
    return checker


@dataclass
class _Play:
    script: Script
    dice: Random
    number: int = 0
    at: int | None = None
    """The node whose choices are open, once all is said; None: nothing was said yet."""
    cut: dict[str, object] | None = None
    """What the game tells with the next request, where it does not ask about it."""
    pending: bool = False
    offered: tuple[str, ...] = ()

    async def turn(self, loom: Loom, opening: DecisionRequest, checker: Checker) -> None:
        """One line of the character's, heard to its end or not."""
        resumed, fits = self.pending, None
        if self.at is None:
            event: dict[str, object] = {"type": "DialogueStarted"}
            words, self.at = self.script.spoken(0)
            checker.begin(words)
        elif self.pending and not (self.dice.random() < 0.3 and self._choices()):
            event = {"type": "DialogueStarted"}
        elif checker.due and not self.pending:  # what did not fit into one line
            event = {"type": "DialogueChoice", "text": self.offered[0]}
        else:
            to, text = self.dice.choice(self._choices())
            event = {"type": "DialogueChoice", "text": text}
            fits = to
            if not self.pending:
                checker.over()
                words, self.at = self.script.spoken(to)
                checker.begin(words)
        made = await self._ask(loom, opening, event)
        if not isinstance(made.content, DialogueDecision):
            raise TypeError(f"{made.decides} is no dialogue")
        text = made.content.npc_text
        if self.pending and fits is not None and f"n{fits}w0" in _WORD.findall(text):
            words, self.at = self.script.spoken(fits)  # the answer came in the same breath
            checker.due += words
        self.offered = tuple(one.text for one in made.content.player_variants)
        upto = self.dice.randint(0, len(text)) if self.dice.random() < CUT else len(text)
        self.pending = upto < len(text)
        checker.hear(text, upto, resumed=resumed)
        if self.pending:
            told: dict[str, object] = {"type": "DialogueInterrupted", "line": made.id, "heard": upto}
            told |= {"speaker": WHO, "listener": "tamsin_reed"}
            if self.dice.random() < 0.5:
                await self._ask(loom, opening, told)
            else:
                self.cut = told

    def _choices(self) -> list[tuple[int, str]]:
        found = [re.fullmatch(r"To (\d+), from \d+\.", one) for one in self.offered]
        return [(int(one[1]), one[0]) for one in found if one]

    async def _ask(self, loom: Loom, opening: DecisionRequest, event: dict[str, object]) -> Decision:
        self.number += 1
        raw = opening.model_dump(mode="json")
        about = {"speaker": "tamsin_reed", "listener": WHO}
        recent = [self.cut] if self.cut is not None else []
        if event["type"] != "DialogueInterrupted":
            self.cut = None
        scene = {**raw["scene"], "recent_events": recent}
        fields = {"id": f"cut-{self.number}", "character": WHO, "thread": THREAD, "policy": "rules", "scene": scene}
        return await loom.decide({**raw, **fields, "event": {**about, **event}})
