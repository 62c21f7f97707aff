"""Labelled conversations: what was said, and which lines of it answer which question."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from evals.cases import DATASETS
from schemas import MINUTES_A_DAY, BadRequest, Fault, UnknownThing, Value, WorldTime, field_path, nearest

OWN = DATASETS / "retrieval"
"""The project's own set."""
SUFFIXES = (".yaml", ".json", ".jsonl")
"""One conversation a file; in `.jsonl`, one a line."""

Kind = Literal["single", "when", "who", "change", "two"]
"""What a question is after: a detail, a moment, a person, what is true now against before, two memories together."""


def _game_time(value: object) -> object:
    """A date and time of the real world is counted like one of a game, from the first day of its calendar."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is not None:
        value = value.astimezone(UTC)
    return WorldTime(day=value.toordinal(), minute=value.hour * 60 + value.minute)


class SaidTurn(Value):
    """One line."""

    id: str = Field(min_length=1)
    speaker: str = Field(min_length=1)
    text: str = Field(min_length=1, max_length=4_000)
    about: tuple[str, ...] = ()
    """Whom it is about, where the game would know."""


class Session(Value):
    """One meeting. Who speaks in it has heard all of it."""

    id: str = Field(min_length=1)
    at: Annotated[WorldTime, BeforeValidator(_game_time)]
    """When it began: `{ day, minute }`, or a date and time (`2024-05-08T13:56`). Lines follow a minute apart."""
    place: str | None = None
    turns: tuple[SaidTurn, ...] = Field(min_length=1, max_length=MINUTES_A_DAY)

    @cached_property
    def present(self) -> frozenset[str]:
        """Everybody who speaks."""
        return frozenset(turn.speaker for turn in self.turns)


class Question(Value):
    """Something that one of them is asked afterwards."""

    ask: str = Field(min_length=1)
    of: str
    """Whose memory is asked."""
    evidence: tuple[str, ...] = Field(min_length=1)
    """The lines that hold the answer, by id."""
    kind: Kind = "single"

    @property
    def needs_more(self) -> bool:
        """Whether one line does not hold the whole answer."""
        return len(self.evidence) > 1


class Conversation(Value):
    """All that a few people said to each other, and questions about it."""

    version: Literal[1] = 1
    id: str = Field(min_length=1)
    about: str = ""
    people: dict[str, str] = Field(default_factory=dict[str, str])
    """Full names, by the name used here. Left out: those who speak, under the names that they have there."""
    sessions: tuple[Session, ...] = Field(min_length=1)
    questions: tuple[Question, ...] = ()

    @cached_property
    def names(self) -> dict[str, str]:
        """Full names of all, by the name used here."""
        return self.people or {name: name for session in self.sessions for name in sorted(session.present)}

    @cached_property
    def turns(self) -> dict[str, SaidTurn]:
        """Every line, by id."""
        return {turn.id: turn for session in self.sessions for turn in session.turns}

    def heard_by(self, name: str) -> tuple[Session, ...]:
        """The sessions in which somebody was there, in order."""
        return tuple(session for session in self.sessions if name in session.present)

    @property
    def asked_ones(self) -> list[str]:
        """Whose memories are asked, by name."""
        return sorted({question.of for question in self.questions})

    def faults(self) -> Iterator[Fault]:
        """All that does not fit together, each with the nearest right answer."""
        seen = set[str]()
        for session in self.sessions:
            for turn in session.turns:
                where = f"sessions.{session.id}.turns.{turn.id}"
                if turn.id in seen:
                    yield Fault(f"{where}.id", f"there is another line '{turn.id}'.")
                seen.add(turn.id)
                for name in (turn.speaker, *turn.about):
                    yield from _unknown(where, "person", name, self.names)
        for number, question in enumerate(self.questions):
            where = f"questions[{number}]"
            yield from _unknown(f"{where}.of", "person", question.of, self.names)
            heard = {turn.id for session in self.heard_by(question.of) for turn in session.turns}
            for line in question.evidence:
                yield from _unknown(f"{where}.evidence", "line", line, self.turns)
                if line in self.turns and line not in heard and question.of in self.names:
                    yield Fault(f"{where}.evidence", f"'{question.of}' was not there when '{line}' was said.")
        slugs = [slug(name) for name in self.names]
        for name in self.names:
            if not slug(name) or slugs.count(slug(name)) > 1:
                yield Fault("people", f"'{name}' makes no name of its own in small letters, digits and '_'.")


def _unknown(where: str, what: str, name: str, known: dict[str, Any]) -> Iterator[Fault]:
    if name not in known:
        near = nearest(name, known)
        yield Fault(where, f"there is no {what} '{name}'.", f"Did you mean '{near}'?" if near else None)


def slug(name: str) -> str:
    """A name as an id of a world: `Brother Anselm` is `brother_anselm`."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def load_set(path: Path = OWN) -> tuple[Conversation, ...]:
    """The conversations of a file, or of all files in a folder, by file name.

    Raises:
        UnknownThing: there is no such file or folder.
        BadRequest: with every fault of every conversation.
    """
    if not path.exists():
        raise UnknownThing("set", str(path), [str(one) for one in path.parent.glob("*")])
    files = sorted(one for one in path.iterdir() if one.suffix in SUFFIXES) if path.is_dir() else [path]
    if not files:
        raise BadRequest(Fault(str(path), f"holds no conversations: no file ends in {', '.join(SUFFIXES)}."))
    found, faults = list[Conversation](), list[Fault]()
    for where, read in (pair for file in files for pair in _read(file)):
        if isinstance(read, Fault):
            faults.append(read)
            continue
        try:
            conversation = Conversation.model_validate(read)
        except ValidationError as error:
            faults += [Fault(f"{where}:{field_path(fault['loc'])}", fault["msg"]) for fault in error.errors()]
            continue
        faults += [Fault(f"{where}:{fault.where}", fault.what, fault.hint) for fault in conversation.faults()]
        found.append(conversation)
    ids = [slug(conversation.id) for conversation in found]
    faults += [Fault(str(path), f"'{id_}' is the id of two conversations.") for id_ in {*ids} if ids.count(id_) > 1]
    if faults:
        raise BadRequest(faults)
    return tuple(found)


def _read(file: Path) -> Iterator[tuple[str, object]]:
    """What a file holds, and where; a `Fault` for what cannot be read."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        yield file.name, Fault(file.name, f"cannot be read: {error}.")
        return
    if file.suffix == ".jsonl":
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield f"{file.name}:{number}", _parsed(f"{file.name}:{number}", line, ".json")
    else:
        yield file.name, _parsed(file.name, text, file.suffix)


def _parsed(where: str, text: str, suffix: str) -> object:
    try:
        if suffix == ".json":
            return json.loads(text)
        return cast("object", YAML(typ="safe", pure=True).load(text))  # pyright: ignore[reportUnknownMemberType]  # ruamel says nothing of its types
    except (json.JSONDecodeError, YAMLError) as error:
        return Fault(where, f"is not {suffix.removeprefix('.').upper()}: {error}.")
