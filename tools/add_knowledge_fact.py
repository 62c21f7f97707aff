"""Remember something new about the world."""

from __future__ import annotations

from typing import Literal

from schemas import AddFact, EventFact, Fact, FactSource, LoreFact, Payload, RelationshipFact, Tag, TagKind, TraitFact
from tools.here import Consequences, Here, ToolRefused

Kind = Literal["trait", "lore", "event", "relationship"]


def add_knowledge_fact(
    here: Here,
    call: int,
    *,
    text: str,
    kind: Kind,
    topic: str,
    about: list[str],
    importance: float,
    known_by: list[str],
) -> Consequences:
    """Note one sentence about what or whom it names. It becomes known to the character and to those in `known_by`.

    Secrets are not made here: what only the character knows is a fact that only the character knows.
    Raises ToolRefused for a blank text, or a relationship without two ends.
    """
    sentence = " ".join(text.split())
    if not sentence:
        raise ToolRefused("text: it says nothing.")
    topic, about = topic.strip(), list(dict.fromkeys(about))
    place = Tag(kind=TagKind.LOCATION, name=here.place)
    tags = dict.fromkeys([*(here.tag(name) for name in about), place])
    knowers = dict.fromkeys(here.knower(name) for name in (here.character, *known_by))
    fact = Fact(
        id=here.fact_id(call),
        text=sentence,
        payload=_payload(here, kind, topic, about),
        tags=tuple(tags),
        importance=importance,
        known_by=tuple(knowers),
        source=FactSource.MODEL,
    )
    return Consequences(effects=(AddFact(fact=fact),))


def _payload(here: Here, kind: Kind, topic: str, about: list[str]) -> Payload:
    if kind == "relationship":
        if len(about) < 2:
            raise ToolRefused("about: a relationship needs two ends, who and to whom.")
        return RelationshipFact(subject=about[0], object=about[1], relation=topic)
    if kind == "event":
        taking_part = tuple(name for name in about if here.tag(name).kind in (TagKind.ENTITY, TagKind.FACTION))
        return EventFact(event_type=topic, participants=taking_part, at=here.request.scene.time, place=here.place)
    if kind == "trait":
        return TraitFact(subject=about[0], trait=topic)
    return LoreFact(topic=topic)
