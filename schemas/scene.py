"""The snapshot of the world that the game sends along: when, where, and who is there."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from schemas.calendar import Season, WorldTime
from schemas.conditions import Condition, ConditionState
from schemas.creatures import Action, HitPoints
from schemas.events import GameEvent
from schemas.knowledge import Tag
from schemas.values import Id, LocaleKey, Value


class Weather(StrEnum):
    """What the sky does. Shown as `weather-rain` and so on."""

    CLEAR = "clear"
    CLOUDS = "clouds"
    RAIN = "rain"
    STORM = "storm"
    SNOW = "snow"
    FOG = "fog"
    INDOORS = "indoors"


class Lighting(StrEnum):
    """How well one sees (SRD 5.1, Vision and Light)."""

    BRIGHT = "bright"
    DIM = "dim"
    DARK = "dark"


class EntityKind(StrEnum):
    """What somebody or something in a scene is."""

    PLAYER = "player"
    CHARACTER = "character"
    CREATURE = "creature"
    ITEM = "item"


class EntityRef(Value):
    """Points at an entity, and can be shown: by its own name, or by a locale key."""

    id: Id
    kind: EntityKind = EntityKind.CHARACTER
    name: str | None = Field(default=None, max_length=80)
    name_key: LocaleKey | None = None


class Position(Value):
    """A place on the map, in feet."""

    x: float = 0.0
    y: float = 0.0

    def distance(self, other: Position) -> float:
        """Feet between two places on a grid where a diagonal counts as one square (SRD 5.1, Playing on a Grid)."""
        return max(abs(self.x - other.x), abs(self.y - other.y))


class PresentEntity(EntityRef):
    """Somebody who is there, as far as the game knows."""

    template: Id | None = None
    """Their stat block in the bestiary; gives the actions when none are listed here."""
    side: Id = "neutral"
    """Who fights whom: other sides are enemies, `neutral` is nobody's."""
    hit_points: HitPoints | None = None
    armor_class: int = Field(default=10, ge=0, le=40)
    speed_ft: int = Field(default=30, ge=0, le=500)
    conditions: tuple[ConditionState, ...] = ()
    actions: tuple[Action, ...] = Field(default=(), max_length=40)
    items: tuple[Id, ...] = Field(default=(), max_length=40)
    position: Position | None = None
    """Unknown: taken to be within reach of everybody."""
    tags: tuple[Tag, ...] = ()

    @property
    def alive(self) -> bool:
        """Has hit points left, or none that the game counts."""
        return self.hit_points is None or self.hit_points.current > 0

    def has(self, condition: Condition) -> bool:
        """Whether the condition is on them."""
        return any(state.condition == condition for state in self.conditions)

    def distance(self, other: PresentEntity) -> float:
        """Feet to somebody else; 0 when either position is unknown."""
        if self.position is None or other.position is None:
            return 0.0
        return self.position.distance(other.position)

    def hostile_to(self, other: PresentEntity) -> bool:
        """Whether they fight on different sides."""
        return self.side != other.side and "neutral" not in (self.side, other.side)


class LocationSnapshot(Value):
    """The place as it is now."""

    id: Id
    name: str | None = Field(default=None, max_length=80)
    tags: tuple[Tag, ...] = ()
    exits: tuple[Id, ...] = ()


class Scene(Value):
    """What the game sends along with an event."""

    time: WorldTime = WorldTime()
    weather: Weather = Weather.CLEAR
    lighting: Lighting = Lighting.BRIGHT
    season: Season = Season.SPRING
    location: LocationSnapshot
    present: tuple[PresentEntity, ...] = Field(default=(), max_length=64)
    recent_events: tuple[GameEvent, ...] = Field(default=(), max_length=32)

    @model_validator(mode="after")
    def _each_once(self) -> Scene:
        seen: set[str] = set()
        for entity in self.present:
            if entity.id in seen:
                raise ValueError(f"'{entity.id}' is in the scene twice")
            seen.add(entity.id)
        return self

    def entity(self, id_: str) -> PresentEntity | None:
        """Somebody who is there, or None."""
        return next((entity for entity in self.present if entity.id == id_), None)
