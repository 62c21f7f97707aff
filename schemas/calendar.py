"""Time as the game counts it. Wall-clock time never decides anything in a world."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from schemas.values import Value

MINUTES_A_DAY = 24 * 60


class Season(StrEnum):
    """A quarter of the world's year."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class WorldTime(Value):
    """A moment of the game's calendar, ordered and counted in days and minutes since the world began."""

    day: int = Field(default=0, ge=0)
    minute: int = Field(default=0, ge=0, lt=MINUTES_A_DAY)
    """Minutes since midnight."""

    @property
    def total_minutes(self) -> int:
        """Minutes since the world began: what memory's freshness and expiry count in."""
        return self.day * MINUTES_A_DAY + self.minute

    @classmethod
    def from_minutes(cls, total: int) -> WorldTime:
        """The moment `total` minutes after the world began (`total` >= 0)."""
        return cls(day=total // MINUTES_A_DAY, minute=total % MINUTES_A_DAY)

    def __lt__(self, other: WorldTime) -> bool:
        return self.total_minutes < other.total_minutes

    def __str__(self) -> str:
        return f"day {self.day}, {self.minute // 60:02d}:{self.minute % 60:02d}"
