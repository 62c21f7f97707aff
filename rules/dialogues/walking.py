"""One step through a dialogue tree: what is said now, what may be answered, and where that leaves the talk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rules.dialogues.conditions import Conditions
from rules.dialogues.resuming import BRIDGES, interrupted, led_back_to, rest_of
from rules.phrasebook import HOME_LANGUAGE, read_out
from rules.situation import Situation, clip
from schemas.decisions import DialogVariant, EmotionalTone
from schemas.dialogues import (
    END,
    LETTERS_OF_A_CHOICE,
    LETTERS_OF_A_LINE,
    MOST_CHOICES,
    CutLine,
    DialogueTree,
    Talk,
    TalkPlace,
    TreeChoice,
    TreeEffect,
    TreeNode,
    Wording,
)
from schemas.events import DialogueChoice, DialogueInterrupted, DialogueStarted

KEPT = 64
"""Flags, ended trees and taken choices that a talk keeps; of more the oldest go."""
LATELY = 10
"""Scripted lines that are not said again while there is another."""
WAYS = 2
"""Phrases of each of these: `talk-cut-1` and `-2`, `talk-where-1`, ..."""
WhyScripted = Literal["scripted_line", "line_resumed", "line_cut", "not_heard"]
"""Why no model is asked for a line: a reason on the receipt."""
_BLANK = re.compile(r"\{\s*\$(\w+)\s*\}")


@dataclass(frozen=True, slots=True)
class Passage:
    """What is said in one go, and where that leaves the talk."""

    why: WhyScripted
    line: str
    tone: EmotionalTone
    answers: tuple[DialogVariant, ...]
    """What the tree offers; it may be fewer than a decision needs."""
    place: TalkPlace
    begins: int = 0
    """The letter at which the line itself begins, after a bridging phrase."""
    effects: tuple[TreeEffect, ...] = ()
    new_line: bool = True
    """False: what is said now is a word in passing, and the line before it is the one to go on with."""


def walk(situation: Situation, talk: Talk, trees: Sequence[DialogueTree], *, alone: bool) -> Passage | None:
    """What the script has the character say now; None: the line is free.

    `alone`: nobody else can find words, so a tree is begun where it could be, even if the player came with words of
    their own. Total: a tree or node that is no longer there is as good as ended.
    """
    return _Walk(situation, talk, trees, alone=alone).passage()


def open_answers(situation: Situation, talk: Talk, trees: Sequence[DialogueTree]) -> tuple[DialogVariant, ...]:
    """What the player may answer by the script where the talk stands; nothing, where no choice is open."""
    return _Walk(situation, talk, trees, alone=True).open_answers()


@dataclass
class _Walk:
    situation: Situation
    talk: Talk
    trees: Sequence[DialogueTree]
    alone: bool

    def __post_init__(self) -> None:
        self.place = interrupted(self.situation, self.talk.place)
        by_name = {tree.dialogue: tree for tree in self.trees}
        self.tree = by_name.get(self.place.tree or "")
        self.flags = frozenset(self.place.flags)

    def passage(self) -> Passage | None:
        event = self.situation.request.event
        if not self.talk.heard:
            return self._in_passing("not_heard", "talk-unheard", EmotionalTone.NEUTRAL, self.talk.place)
        if isinstance(event, DialogueInterrupted) and event.speaker == self.situation.request.character:
            return self._in_passing("line_cut", "talk-cut", EmotionalTone.NEUTRAL, self.place)
        taken = self._taken()
        if self.place.heard is not None and self.talk.cut is not None:
            return self._resumed(self.talk.cut, self.place.heard, taken)
        if taken is not None:
            return self._entered(taken.to, self._took(taken))
        node = self._node()
        if node is not None and not node.choices:
            return self._going_on(node)
        if not isinstance(event, DialogueStarted) or (event.text and not self.alone):
            return None
        return self._where_were_we() if node is not None else self._begun()

    def open_answers(self) -> tuple[DialogVariant, ...]:
        """The choices that are open, as answers."""
        return tuple(self._as_answer(choice) for choice in self._open())

    # Where the talk stands

    def _node(self) -> TreeNode | None:
        return self.tree.nodes.get(self.place.node or "") if self.tree is not None else None

    def _open(self) -> list[TreeChoice]:
        node = self._node()
        if node is None:
            return []
        held = self._conditions()
        return [
            choice
            for choice in node.choices
            if held.hold(choice.when) and not (choice.once and self._name(choice) in self.place.taken)
        ][:MOST_CHOICES]

    def _taken(self) -> TreeChoice | None:
        """The choice that the player's words are."""
        event = self.situation.request.event
        said = event.text if isinstance(event, DialogueStarted | DialogueChoice) else None
        if not said:
            return None
        words = _plain(said)
        return next((choice for choice in self._open() if words in self._all_words(choice)), None)

    def _all_words(self, choice: TreeChoice) -> set[str]:
        """How the choice is worded: in the request's language, and in any other that it might have been shown in."""
        request = self.situation.request
        languages = {request.language, *self.situation.phrasebook.languages}
        return {_plain(clip(self._words(choice.say, language), LETTERS_OF_A_CHOICE)) for language in languages}

    def _name(self, choice: TreeChoice) -> str:
        return f"{self.place.tree}/{self.place.node}/{choice.id}"

    def _conditions(self) -> Conditions:
        return Conditions(self.situation, self.talk, self.flags)

    # What is said

    def _begun(self) -> Passage | None:
        """The first line of the first tree that may begin."""
        held = Conditions(self.situation, self.talk, frozenset())
        for tree in self.trees:
            if (tree.again or tree.dialogue not in self.place.ended) and held.hold(tree.begins_when):
                self.tree = tree
                fresh = self.place.model_copy(update={"tree": tree.dialogue, "node": None})
                return self._entered(tree.start, fresh)
        return None

    def _took(self, choice: TreeChoice) -> TalkPlace:
        if not choice.once:
            return self.place
        return self.place.model_copy(update={"taken": (*self.place.taken, self._name(choice))[-KEPT:]})

    def _going_on(self, node: TreeNode) -> Passage:
        """A line that did not fit into the one before it."""
        return self._entered(self._jump(node), self.place)

    def _entered(self, name: str, place: TalkPlace) -> Passage:
        """All that is said from a node on until the player has a say: several lines as one, as far as they fit.

        Where the way leads to the end without a word, the character takes its leave.
        """
        self.place, lines, tones, effects = place, list[str](), list[EmotionalTone](), list[TreeEffect]()
        seen, keys = set[str](), list(place.lately)
        last: TreeNode | None = None
        while self.tree is not None and name != END and name not in seen and name in self.tree.nodes:
            node = self.tree.nodes[name]
            key, line = self._line(node, name, keys)
            if lines and line and len(" ".join((*lines, line))) > LETTERS_OF_A_LINE:
                return self._said(lines, tones, effects, keys)
            seen.add(name)
            if line:
                lines.append(line)
                tones.append(node.tone)
                keys = [*(one for one in keys if one != key), key][-LATELY:]
            effects += node.effects
            self.flags = (self.flags | frozenset(node.sets)) - frozenset(node.clears)
            self.place = self.place.model_copy(update={"node": name})
            last = node
            if node.choices:
                break
            name = self._jump(node)
        if last is None or not last.choices:
            self._end()
        return self._said(lines, tones, effects, keys)

    def _end(self) -> None:
        tree = self.place.tree
        others = tuple(one for one in self.place.ended if one != tree)
        ended = (*others, tree)[-KEPT:] if tree is not None else others
        self.flags = frozenset[str]()
        self.place = self.place.model_copy(update={"node": None, "ended": ended})

    def _jump(self, node: TreeNode) -> str:
        held = self._conditions()
        return next((jump.to for jump in node.jumps if held.hold(jump.when)), END)

    def _said(
        self,
        lines: Sequence[str],
        tones: Sequence[EmotionalTone],
        effects: Sequence[TreeEffect],
        lately: Sequence[str],
    ) -> Passage:
        self.place = self.place.model_copy(update={"flags": tuple(sorted(self.flags))[:KEPT], "lately": tuple(lately)})
        words = clip(" ".join(lines), LETTERS_OF_A_LINE) if lines else self._phrase("talk-parting", WAYS)
        return Passage(
            why="scripted_line",
            line=words,
            tone=tones[0] if tones else EmotionalTone.NEUTRAL,
            answers=self._answers(),
            place=self.place,
            effects=tuple(effects),
        )

    def _where_were_we(self) -> Passage:
        """Back to choices that were left open."""
        line = self._phrase("talk-where", WAYS)
        return Passage("scripted_line", line, EmotionalTone.NEUTRAL, self._answers(), self.place)

    def _resumed(self, cut: CutLine, heard: int, taken: TreeChoice | None) -> Passage:
        """The rest of the line that was cut short; where the player has chosen already and it fits, what follows."""
        begins = self.place.begins
        place = self.place = self.place.model_copy(update={"heard": None, "begins": 0})
        rest = rest_of(cut.text, begins, heard)
        if not rest:
            if taken is not None:
                return self._entered(taken.to, self._took(taken))
            return Passage(
                "line_resumed", self._phrase("talk-where", WAYS), cut.tone, self._answers() or cut.answers, place
            )
        text, begins = led_back_to(self._phrase("talk-bridge", BRIDGES), rest, cut.text)
        if taken is not None:
            then = self._entered(taken.to, self._took(taken))
            if len(joined := f"{text} {then.line}") <= LETTERS_OF_A_LINE:
                return Passage("line_resumed", joined, cut.tone, then.answers, then.place, begins, then.effects)
            self.place, self.flags = place, frozenset(place.flags)
        return Passage("line_resumed", text, cut.tone, self._answers() or cut.answers, place, begins)

    def _in_passing(self, why: WhyScripted, phrases: str, tone: EmotionalTone, place: TalkPlace) -> Passage:
        """A word that does not move the talk."""
        return Passage(why, self._phrase(phrases, WAYS), tone, self._answers(), place, new_line=False)

    # In words

    def _answers(self) -> tuple[DialogVariant, ...]:
        """What the tree offers here; where it only goes on, to let it."""
        node = self._node()
        if node is None:
            return ()
        if not node.choices:
            go_on = DialogVariant(
                text=self._phrase("talk-go-on", WAYS), tone=EmotionalTone.NEUTRAL, consequence_hint=None
            )
            return (go_on,)
        return tuple(self._as_answer(choice) for choice in self._open())

    def _as_answer(self, choice: TreeChoice) -> DialogVariant:
        language = self.situation.request.language
        hint = clip(self._words(choice.hint, language), 120) if choice.hint is not None else None
        text = clip(self._words(choice.say, language), LETTERS_OF_A_CHOICE)
        return DialogVariant(text=text, tone=choice.tone, consequence_hint=hint)

    def _line(self, node: TreeNode, name: str, lately: Sequence[str]) -> tuple[str, str]:
        """The wording that was said longest ago or never, with a name for it; the first one of several."""
        if node.line is None:
            return "", ""
        wordings = (node.line, *node.or_else)
        place = self.place
        named = {f"{place.tree}/{name}/{number}": wording for number, wording in enumerate(wordings)}
        key = min(named, key=lambda one: lately.index(one) if one in lately else -1)
        return key, self._words(named[key], self.situation.request.language)

    def _words(self, wording: Wording, language: str) -> str:
        names = {
            "name": self.situation.name_of(self.situation.request.character),
            "other": self.situation.name_of(self.situation.other),
            "place": self.situation.name_of(self.situation.request.scene.location.id),
        }
        if isinstance(wording, str):
            return self.situation.phrasebook.say(language, wording, **names)
        text = next((wording[one] for one in _way(language) if one in wording), None) or next(iter(wording.values()))
        return _BLANK.sub(lambda found: names.get(found[1], read_out(found[1])), text)

    def _phrase(self, stem: str, ways: int) -> str:
        number = self.situation.dice.choose(range(1, ways + 1))
        return clip(self.situation.say(f"{stem}-{number}"), LETTERS_OF_A_CHOICE)


def _way(language: str) -> Iterator[str]:
    """From the language through its shorter forms to English."""
    parts = language.split("-")
    yield from ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    yield HOME_LANGUAGE


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
