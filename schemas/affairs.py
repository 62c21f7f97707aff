"""Affairs between factions: treaties in force, what was promised and kept, wars, and talks that wait for an answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, model_validator

from schemas.calendar import MINUTES_A_DAY, WorldTime
from schemas.treaties import TreatyTerm
from schemas.values import Id, LanguageTag, Value

Two = Annotated[tuple[Id, ...], Field(min_length=2, max_length=2)]
TermKind = Literal[
    "peace",
    "alliance",
    "trade",
    "tribute",
    "passage",
    "joint_war",
    "vassalage",
    "prisoner_exchange",
    "marriage",
]
"""A treaty term by its name."""
TalksStatus = Literal["open", "agreed", "refused", "lapsed"]
MOST_OFFERS = 48


class Treaty(Value):
    """What two factions have agreed. Each of its terms runs for its own days, by the game's clock."""

    kind: Literal["treaty"] = "treaty"
    id: Id
    parties: Two
    terms: tuple[TreatyTerm, ...] = Field(min_length=1, max_length=8)
    at: WorldTime
    """When it was concluded."""
    broken_at: WorldTime | None = None
    """When one side broke it: from then on nothing of it binds."""
    broken_by: Id | None = None

    @model_validator(mode="after")
    def _two_sides(self) -> Treaty:
        if self.parties[0] == self.parties[1]:
            raise ValueError(f"'{self.parties[0]}' cannot have a treaty with itself")
        return self

    @property
    def key(self) -> str:
        """Its name among all affairs."""
        return f"treaty:{self.id}"

    @property
    def status(self) -> str:
        """In one word."""
        return "concluded" if self.broken_at is None else "broken"

    def other(self, party: str) -> str:
        """The other side."""
        return self.parties[1] if party == self.parties[0] else self.parties[0]

    def ends(self, term: TreatyTerm) -> WorldTime:
        """When a term has run out."""
        return WorldTime.from_minutes(self.at.total_minutes + term.days * MINUTES_A_DAY)

    def binding(self, at: WorldTime) -> tuple[TreatyTerm, ...]:
        """The terms that bind at a moment."""
        if self.broken_at is not None or at < self.at:
            return ()
        return tuple(term for term in self.terms if at < self.ends(term))


class Promise(Value):
    """What became of one promise of a treaty."""

    kind: Literal["promise"] = "promise"
    id: Id
    """Of treaty, term and occasion: an occasion counts once."""
    treaty: Id
    by: Id
    """Who gave it."""
    toward: Id
    """To whom."""
    term: TermKind
    outcome: Literal["due", "kept", "broken"]
    what: str = Field(default="", max_length=200)
    """What happened, for designers."""
    at: WorldTime
    due: WorldTime | None = None
    """Until when, where there is a day for it."""
    gold: int = Field(default=0, ge=0)
    """What was paid."""

    @property
    def key(self) -> str:
        """Its name among all affairs."""
        return f"promise:{self.id}"

    @property
    def status(self) -> str:
        """In one word."""
        return self.outcome


class War(Value):
    """Whether two factions are at war, from a moment on."""

    kind: Literal["war"] = "war"
    sides: Two
    """In the order of the alphabet."""
    on: bool
    at: WorldTime
    by: Id | None = None
    """Who struck first, where somebody did."""

    @property
    def key(self) -> str:
        """Its name among all affairs."""
        return f"war:{self.sides[0]}:{self.sides[1]}"

    @property
    def status(self) -> str:
        """In one word."""
        return "on" if self.on else "over"


class Offer(Value):
    """What one side put on the table."""

    by: Id
    round: int = Field(ge=1)
    terms: tuple[TreatyTerm, ...] = Field(min_length=1, max_length=8)


class Talks(Value):
    """A negotiation as one of its sides keeps it, after its last round."""

    kind: Literal["talks"] = "talks"
    id: Id
    """The same for both sides: a treaty that comes of it has this name."""
    us: Id
    them: Id
    character: Id
    """Who speaks for us."""
    place: Id
    """Where we sit."""
    language: LanguageTag = "en"
    policy: Literal["auto", "model", "rules"] = "auto"
    seed: int = Field(default=0, ge=0, lt=2**63)
    status: TalksStatus = "open"
    round: int = Field(default=0, ge=0)
    """Rounds in which we have spoken."""
    rounds: int = Field(default=8, ge=1, le=20)
    """After so many there is nothing more to say."""
    days: int = Field(default=30, ge=1, le=3_650)
    """How long we wait for an answer, by the game's clock."""
    at: WorldTime
    """When we spoke last."""
    offers: tuple[Offer, ...] = Field(default=(), max_length=MOST_OFFERS)
    """All that was put forward, oldest first."""

    @property
    def key(self) -> str:
        """Its name among all affairs."""
        return f"talks:{self.thread}"

    @property
    def thread(self) -> str:
        """The thread on which it is answered."""
        return f"talks.{self.id}.{self.us}"

    @property
    def until(self) -> WorldTime:
        """The last moment at which an answer is heard."""
        return WorldTime.from_minutes(self.at.total_minutes + self.days * MINUTES_A_DAY)

    def last_of(self, side: str) -> Offer | None:
        """What a side put forward last."""
        return next((offer for offer in reversed(self.offers) if offer.by == side), None)

    @property
    def on_the_table(self) -> Offer | None:
        """The last offer of all."""
        return self.offers[-1] if self.offers else None


Affair = Annotated[Treaty | Promise | War | Talks, Field(discriminator="kind")]
"""One thing between factions, as it stands from a moment on."""
AFFAIR: TypeAdapter[Affair] = TypeAdapter(Affair)


class AffairChange(Value):
    """An affair as the record keeps it: of one key, the last one counts."""

    affair: Affair


class Reply(Value):
    """What the other side says to what we put forward: the answer that talks wait for."""

    answer: Literal["accept", "refuse", "counter"]
    terms: tuple[TreatyTerm, ...] = Field(default=(), max_length=6)
    """What it puts forward instead: with `counter`, and only then."""
    message: str | None = Field(default=None, max_length=2_000)
    at: WorldTime | None = None
    """When it is said, by the game's clock; None: at the moment when we spoke."""
    round: int | None = Field(default=None, ge=1)
    """Which of our rounds it answers; None: the last one. Sent twice with its round, it is heard once."""

    @model_validator(mode="after")
    def _terms_only_to_counter(self) -> Reply:
        if (self.answer == "counter") != bool(self.terms):
            raise ValueError("a counter-offer names its terms; acceptance and refusal name none")
        return self
