"""A conversation as characters remember it: told to a memory of its own line by line, and recalled from it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from evals.retrieval_set import Conversation, Question, slug
from memory import Embedder, Memory, News, RecallQuery
from schemas import (
    Character,
    Leg,
    MemoryEntry,
    Place,
    RecallSettings,
    Tag,
    TagKind,
    Turn,
    WorldInfo,
    WorldPack,
    WorldTime,
)

AFTERWARDS = WorldTime(day=1)
"""How long after the last session the questions are asked."""
PATIENCE = 30.0
"""Seconds that the indexes may take: whether they find the right thing is asked here, not how fast."""


@dataclass
class EmbedsOnce:
    """Asks an embedder for each text only once: every leg embeds the same questions, every listener the same lines."""

    inner: Embedder
    _known: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    @property
    def name(self) -> str:
        """See `Embedder`."""
        return self.inner.name

    @property
    def dimension(self) -> int:
        """See `Embedder`."""
        return self.inner.dimension

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """See `Embedder`."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, await self.inner.embed(new), strict=True))
        return [self._known[text] for text in texts]


@dataclass(frozen=True, slots=True)
class Answers:
    """What came to mind."""

    lines: list[list[str]]
    """Ids for each question, the best first."""
    warnings: frozenset[str]
    """What recall warned of: an index that lags or fails."""


@dataclass(frozen=True, slots=True)
class Played:
    """A conversation in the record, and in all indexes."""

    conversation: Conversation
    memory: Memory

    @classmethod
    @asynccontextmanager
    async def open(
        cls, conversation: Conversation, embedder: Embedder, settings: RecallSettings
    ) -> AsyncGenerator[Self]:
        """Let everybody whose memory is asked hear what was said in their presence, in a temporary home."""
        with TemporaryDirectory(prefix="loomwright-evals-", ignore_cleanup_errors=True) as home:
            memory = await Memory.open(None, Path(home), embedder, settings)
            try:
                await memory.load_world(world_of(conversation))
                for news in news_of(conversation):
                    await memory.tell(news)
                await memory.settle()
                yield cls(conversation, memory)
            finally:
                await memory.aclose()

    async def ask(self, count: int, legs: tuple[Leg, ...] | None) -> Answers:
        """Ask every question for at most `count` memories. `legs`: those to ask; None: all."""
        questions = self.conversation.questions
        recalled = [
            await self.memory.recall(query_of(self.conversation, question, count, legs)) for question in questions
        ]
        lines = list(self.conversation.turns)
        found = [[lines[_number(entry.id)] for entry in one.memories] for one in recalled]
        return Answers(found, frozenset(warning for one in recalled for warning in one.warnings))


def world_of(conversation: Conversation) -> WorldPack:
    """Who is there, and where: all that a world needs for people to talk in it."""
    places = {slug(session.place): session.place for session in conversation.sessions if session.place}
    return WorldPack(
        info=WorldInfo(id=slug(conversation.id), name=conversation.id[:80], starts=conversation.sessions[0].at),
        characters=tuple(Character(id=slug(name), name=full[:80]) for name, full in conversation.names.items()),
        places=tuple(Place(id=id_, name=name[:80]) for id_, name in places.items() if id_),
    )


def news_of(conversation: Conversation) -> Iterator[News]:
    """Every line, as those remember it who heard it and will be asked."""
    world = slug(conversation.id)
    said_in = [
        (session, number, turn) for session in conversation.sessions for number, turn in enumerate(session.turns)
    ]
    for line, (session, number, turn) in enumerate(said_in):
        at = WorldTime.from_minutes(session.at.total_minutes + number)
        speaker, about = slug(turn.speaker), tuple(slug(name) for name in turn.about)
        place, thread = (slug(session.place) or None) if session.place else None, f"{world}/{session.id}"[:200]
        tags = [Tag(kind=TagKind.ENTITY, name=name) for name in dict.fromkeys((speaker, *about))]
        tags += [Tag(kind=TagKind.LOCATION, name=place)] if place else []
        memories = [
            MemoryEntry(
                id=f"{slug(listener)}.{line:06}",
                character=slug(listener),
                text=turn.text,
                speaker=speaker,
                about=about,
                tags=tuple(tags),
                at=at,
                place=place,
                thread=thread,
            )
            for listener in conversation.asked_ones
            if listener in session.present
        ]
        said = {thread: (Turn(speaker=speaker, text=turn.text, at=at),)}
        yield News(world=world, id=f"line.{line}", memories=tuple(memories), turns=said)


def _number(memory: str) -> int:
    """Which line a memory is of."""
    return int(memory.rpartition(".")[2])


def query_of(conversation: Conversation, question: Question, count: int, legs: tuple[Leg, ...] | None) -> RecallQuery:
    """A question as the game would put it, a day after all was said."""
    last = max(session.at.total_minutes + len(session.turns) for session in conversation.sessions)
    return RecallQuery(
        world=slug(conversation.id),
        timeline=None,
        character=slug(question.of),
        text=question.ask,
        tags=(Tag(kind=TagKind.ENTITY, name=slug(question.of)),),
        thread=None,
        at=WorldTime.from_minutes(last + AFTERWARDS.total_minutes),
        memories=count,
        facts=0,
        turns=0,
        patience=PATIENCE,
        legs=legs,
    )
