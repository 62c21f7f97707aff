"""What small memories say, in fewer words: their most telling sentences, and what no retelling may change."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from memory.indexes.embedders import content_words
from schemas import MemoryEntry, WorldTime

MOST_NAMED = 6
"""People that the head of a long-term memory names; all of them are in its `about`."""
LEAST_WORDS = 3
"""Fewer telling words than this can be in any text by chance."""
MOSTLY = 0.85
"""Share of a text's telling words that makes it a repetition."""
_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'\u201d\u2019)\]])\s+")
"""What stands between two sentences."""
_LEAD = re.compile(r"^[^\"\u201c]{1,80}: [\"\u201c]")
"""Who speaks: what stands before the words of a speech."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_NAME = re.compile(r"(?<=[^\s.!?…:\"\u201c\u201d])\s+(?!I\b)([A-Z\u00c0-\u00de][\w'\u2019-]*)")
"""A word with a capital that begins no sentence."""
_NOT = frozenset(
    {
        "no", "not", "never", "none", "nothing", "nobody", "nor", "without", "cannot",
        "kein", "keine", "keinen", "keiner", "nicht", "nie", "niemals", "nichts", "niemand", "ohne",
    }
)  # fmt: skip


def normalised(text: str) -> str:
    """A text by its words alone: two that differ in case, spaces or punctuation are the same."""
    return " ".join(_words(text))


def particulars(text: str) -> frozenset[tuple[str, int]]:
    """What makes a saying another one however alike the rest is: its numbers, names and denials, with how often."""
    words = _words(text)
    denied = [word for word in words if word in _NOT or word.endswith(("n't", "n\u2019t"))]
    return frozenset(Counter([*denied, *_numbers(words), *_names(text)]).items())


def repeats(text: str, known: str) -> bool:
    """Whether a text says nothing but what another says already: nearly all of its words are there, and each of its
    numbers, names and denials. A text of few words is too short to tell."""
    telling, there = set(content_words(text)), set(_words(known))
    if len(telling) < LEAST_WORDS or not all(word in there for word, _ in particulars(text)):
        return False
    return len(telling & there) >= MOSTLY * len(telling)


def invents(text: str, sources: Iterable[str]) -> bool:
    """Whether a retelling has a number or a name that its sources do not have."""
    known = {word for source in sources for word in _words(source)}
    return not known.issuperset((*_numbers(_words(text)), *_names(text)))


def _numbers(words: Iterable[str]) -> list[str]:
    return [word for word in words if any(letter.isdigit() for letter in word)]


def _names(text: str) -> list[str]:
    return [word for name in _NAME.findall(text) for word in _words(name)]


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def head(entries: Sequence[MemoryEntry], people: Iterable[str]) -> str:
    """When, where and with whom: `Day 3, 12:00 to 12:40, drowned lantern, with tamsin reed:`."""
    first, last = min(entry.at for entry in entries), max(entry.at for entry in entries)
    parts = [_span(first, last), *([entries[0].place] if entries[0].place else [])]
    named = list(people)[:MOST_NAMED]
    if named:
        parts.append(f"with {', '.join(named)}")
    return ", ".join(part.replace("_", " ") for part in parts) + ":"


def _span(first: WorldTime, last: WorldTime) -> str:
    until = str(last).partition(", ")[2] if last.day == first.day else str(last)
    return str(first).capitalize() + (f" to {until}" if first != last else "")


@dataclass(frozen=True, slots=True)
class _Sentence:
    memory: int
    place: int
    text: str
    words: frozenset[str]
    weight: float


def most_telling(entries: Sequence[MemoryEntry], letters: int) -> str:
    """The sentences of these memories that say the most in at most `letters` characters, in their order.

    Where not all fit, those are taken first that add the most per letter: each word that is not said yet counts by its
    rarity among these memories and by the importance of its memory (greedy maximum coverage under a budget: Khuller,
    Moss and Naor, 1999). A sentence that was said before adds nothing. Needs nothing, and is always the same.
    """
    sentences = [
        _Sentence(number, place, text, frozenset(content_words(text)), 0.5 + entry.importance)
        for number, entry in enumerate(entries)
        for place, text in enumerate(_sentences(entry.text))
    ]
    spread = Counter(word for sentence in sentences for word in sentence.words)
    rarity = {word: math.log(1 + len(sentences) / times) for word, times in spread.items()}
    left, said, chosen = letters, set[str](), list[_Sentence]()
    while sentences:
        room = [one for one in sentences if _cost(one, entries) <= left]
        worths = [(_worth(one, said, rarity), one) for one in room]
        worth, best = max(worths, key=lambda pair: pair[0], default=(0.0, None))
        if best is None or worth == 0.0:
            break
        chosen.append(best)
        sentences.remove(best)
        said |= best.words
        left -= _cost(best, entries)
    return _told(sorted(chosen, key=lambda one: (one.memory, one.place)), entries)


def _sentences(text: str) -> list[str]:
    return [part for part in _END.split(text.strip()) if part]


def _cost(one: _Sentence, entries: Sequence[MemoryEntry]) -> int:
    """Its letters, with those that may be put around it."""
    lead = _LEAD.match(entries[one.memory].text) if one.place else None
    return len(one.text) + 8 + (len(lead.group()) if lead else 0)


def _worth(one: _Sentence, said: set[str], rarity: dict[str, float]) -> float:
    return one.weight * sum(rarity[word] for word in one.words if word not in said) / math.sqrt(len(one.text) + 20)


def _told(chosen: Sequence[_Sentence], entries: Sequence[MemoryEntry]) -> str:
    """The sentences in their order. A gap is shown, and a speech that lost its beginning or end keeps its speaker."""
    told: list[str] = []
    for memory, group in groupby(chosen, key=lambda one: one.memory):
        sentences = list(group)
        lead = _LEAD.match(entries[memory].text) if sentences[0].place else None
        text = lead.group() if lead else ""
        for before, one in zip([None, *sentences], sentences, strict=False):
            follows = one.place == 0 if before is None else one.place == before.place + 1
            text += ("" if follows else "… ") + one.text + " "
        told.append(text.strip() + ('"' if text.count('"') % 2 else ""))
    return " ".join(told)
