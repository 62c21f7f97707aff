"""Who is named in a question, and what else it asks.

The name of a partner in conversation says who speaks or is spoken of, and hardly anything of what is said: partners
address each other by it all the time, so comparing it with texts finds greetings. It is taken out of what is compared,
and what they said is preferred instead. Other names are what a question is about, and stay.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from memory.indexes.terms import asked_terms
from schemas import World

LONGEST_NAME = 4
"""Words of a name that are looked at together."""
SHORTEST = 3
"""Letters that one word out of a name must have to stand for it."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019]s\b)?")
_POSSESSIVE = re.compile(r"['\u2019]s$")


@dataclass(frozen=True, slots=True)
class Question:
    """A text to search by, taken apart."""

    text: str
    """What memories are compared with."""
    named: frozenset[str]
    """Ids of those that are named."""


class Names:
    """What people are called: by id and in full, and by the first or last word of it where only one is called so."""

    def __init__(self, people: Mapping[str, str]) -> None:
        """`people`: full names by id."""
        whole: dict[tuple[str, ...], set[str]] = {}
        parts: dict[tuple[str, ...], set[str]] = {}
        for id_, name in people.items():
            for words in (_words(id_), _words(name)):
                whole.setdefault(words, set()).add(id_)
                for part in (words[:1], words[-1:]):
                    if len("".join(part)) >= SHORTEST and asked_terms(" ".join(part)):
                        parts.setdefault(part, set()).add(id_)
        only = {words: ids for words, ids in parts.items() if len(ids) == 1}
        self._ids = {words: frozenset(ids) for words, ids in (only | whole).items() if words}

    @classmethod
    def of(cls, world: World, voices: Iterable[str]) -> Names:
        """Everybody on the sheet, and whoever else was heard."""
        sheet = {id_: one.name for id_, one in chain(world.factions.items(), world.characters.items())}
        return cls({voice: voice for voice in voices} | sheet)

    def read(self, text: str, voices: Collection[str]) -> Question:
        """Take a text apart; the names of `voices` do not stay in it, unless it says nothing else."""
        found = list(_WORD.finditer(text))
        words = [_plain(match.group()) for match in found]
        named, rest, end, place = set[str](), list[str](), 0, 0
        while place < len(words):
            length, ids = self._longest(words, place)
            named |= ids
            if ids and not ids.isdisjoint(voices):
                rest.append(text[end : found[place].start()])
                end = found[place + length - 1].end()
            place += length
        rest.append(text[end:])
        left = " ".join("".join(rest).split())
        return Question(left if asked_terms(left) else text, frozenset(named))

    def _longest(self, words: list[str], place: int) -> tuple[int, frozenset[str]]:
        for length in range(min(LONGEST_NAME, len(words) - place), 0, -1):
            ids = self._ids.get(tuple(words[place : place + length]))
            if ids is not None:
                return length, ids
        return 1, frozenset()


def _words(name: str) -> tuple[str, ...]:
    return tuple(_plain(word) for word in _WORD.findall(name))


def _plain(word: str) -> str:
    return _POSSESSIVE.sub("", word).casefold()
