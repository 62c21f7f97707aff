"""What the indexes have of a memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from schemas import MemoryEntry


def text_of(entry: MemoryEntry) -> str:
    """For the dense index: what happened, who said it and whom it is about."""
    spoken = f"{entry.speaker}: {entry.text}" if entry.speaker is not None else entry.text
    return f"{spoken} ({', '.join(entry.about)})" if entry.about else spoken


def words_of(entry: MemoryEntry) -> str:
    """For the lexical index: the same, and its tags as words of their own."""
    return " ".join([text_of(entry), *tag_words(str(tag) for tag in entry.tags)])


def tag_words(tags: Iterable[str]) -> list[str]:
    """Each tag (`kind:name`) as one word that nobody says, so that only tags find it."""
    return ["tag" + hashlib.blake2b(tag.encode(), digest_size=8).hexdigest() for tag in tags]
