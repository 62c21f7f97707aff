"""What something looks like now: sentences out of what can be seen, the same for the same state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rules.dice import Dice
from rules.phrasebook import read_out
from rules.situation import Situation, clip
from schemas.conditions import Condition
from schemas.creatures import CreatureTemplate
from schemas.decisions import DescriptionDecision
from schemas.events import DescriptionRequested, GameEvent, ItemExamined, ItemPickedUp, LocationEntered
from schemas.scene import EntityKind, PresentEntity

Sort = Literal["creature", "item", "place", "thing"]
"""What is looked at; a thing is what nobody knows anything of."""

WAYS = 3
"""In how many ways a description may begin."""
MOST_FEATURES = 2
"""Features of a creature that are told; there may be more."""
STRONG, QUICK, CLEVER = 18, 16, 14
"""From which score on one sees it."""
ARMOURED = 16
"""From which armour class on one sees it."""


@dataclass(frozen=True, slots=True)
class Look:
    """Something as it can be seen now."""

    subject: str
    sort: Sort
    template: CreatureTemplate | None
    state: tuple[str, ...]
    """All that changes what one sees, as keys of phrases."""

    def key(self, situation: Situation) -> str:
        """What two looks share when they see the same, in the same language, by the same eyes."""
        request = situation.request
        parts = (request.world, request.timeline or "", request.character, request.language, self.subject, self.sort)
        return "\x1f".join((*parts, *self.state))


def look_at(situation: Situation) -> Look:
    """What the request asks about: the event's subject, the item that it is about, the place that somebody came into,
    else whomever it is about."""
    subject, scene = _subject_of(situation.request.event), situation.request.scene
    entity = scene.entity(subject)
    if subject == scene.location.id:
        return Look(subject, "place", None, (f"weather-{scene.weather}", f"season-{scene.season}", _light(situation)))
    if entity is not None and entity.kind is not EntityKind.ITEM:
        return Look(subject, "creature", situation.template_of(entity), (*_shape_of(entity), _light(situation)))
    if entity is not None or subject in situation.world.info.items:
        return Look(subject, "item", None, (*_marks_of(entity), _light(situation)))
    if subject in situation.world.places:
        return Look(subject, "place", None, (f"season-{scene.season}",))
    if subject in situation.bestiary:
        return Look(subject, "creature", situation.bestiary[subject], ())
    return Look(subject, "creature" if subject in situation.world.characters else "thing", None, ())


def _subject_of(event: GameEvent) -> str:
    match event:
        case DescriptionRequested():
            return event.subject
        case ItemExamined() | ItemPickedUp():
            return event.item
        case LocationEntered(location=str(place)):
            return place
        case _:
            return event.primary


def describe(situation: Situation) -> DescriptionDecision:
    """A description by the rules: how it comes into view, what is to be seen of it, what state it is in.

    The dice are the look's own: whoever looks again sees the same, until something has changed.
    """
    look = look_at(situation)
    dice = Dice.seeded(0, "look", look.key(situation))
    name = situation.name_of(look.subject)
    short = situation.say(f"describe-{look.sort}-short", name=name, **_build(situation, look))
    opening = f"describe-{look.sort}-opening-{dice.die(WAYS)}"
    sentences = [situation.say(opening, name=name, **_build(situation, look))]
    sentences += [situation.say(key) for key in dice.shuffled(_features(look))[:MOST_FEATURES]]
    sentences += [_state(situation, key) for key in look.state]
    return DescriptionDecision(
        subject=look.subject, text=clip(" ".join(sentences), 600), short=clip(_upper(short), 120)
    )


def _build(situation: Situation, look: Look) -> dict[str, str]:
    """What a stat block says of size and kind."""
    if look.template is None:
        return {"size": situation.say("size-medium"), "type": situation.say("describe-somebody")}
    return {
        "size": situation.say(f"size-{look.template.size}"),
        "type": situation.say(f"creature-type-{look.template.type}"),
    }


def _features(look: Look) -> list[str]:
    """Keys of what can be seen of a creature of its kind."""
    return [] if look.template is None else [f"describe-feature-{name}" for name in _seen_of(look.template)]


def _seen_of(template: CreatureTemplate) -> Iterator[str]:
    speeds, abilities = template.speeds, template.abilities
    seen = {
        "wings": speeds.fly > 0 and not speeds.hover,
        "hovers": speeds.fly > 0 and speeds.hover,
        "water": speeds.swim > 0,
        "earth": speeds.burrow > 0,
        "climbs": speeds.climb > 0,
        "armoured": template.armor_class >= ARMOURED,
        "strong": abilities.strength >= STRONG,
        "quick": abilities.dexterity >= QUICK,
        "clever": abilities.intelligence >= CLEVER,
        "uncanny": any(action.kind == "spell_attack" or action.magical for action in template.actions),
        "lordly": bool(template.legendary_actions),
    }
    yield from (name for name, is_seen in seen.items() if is_seen)


def _shape_of(entity: PresentEntity) -> Iterator[str]:
    """How somebody is: hurt or not, and what ails them."""
    points = entity.hit_points
    if points is not None:
        share = points.fraction
        yield "state-dead" if share <= 0 else f"state-{('dying', 'hurt', 'grazed', 'whole')[min(3, int(share * 4))]}"
    yield from sorted(f"condition-{state.condition}" for state in entity.conditions if _shows(state.condition))


def _shows(condition: Condition) -> bool:
    """Whether one sees it: who is charmed or deaf looks like anybody."""
    return condition not in (Condition.CHARMED, Condition.DEAFENED, Condition.INVISIBLE)


def _marks_of(entity: PresentEntity | None) -> Iterator[str]:
    """What hangs on a thing: the names of its tags, read out."""
    if entity is not None:
        yield from sorted(f"mark-{tag.name}" for tag in entity.tags)


def _light(situation: Situation) -> str:
    return f"light-{situation.request.scene.lighting}"


def _state(situation: Situation, key: str) -> str:
    what, _, name = key.partition("-")
    if what == "condition":
        return situation.say("describe-condition", condition=situation.say(key))
    if what == "mark":
        return situation.say("describe-mark", mark=read_out(name).lower())
    return situation.say(f"encounter-{key}" if what == "weather" else f"describe-{key}")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
