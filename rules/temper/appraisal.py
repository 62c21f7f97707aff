"""What an event means to somebody, by the theory of Ortony, Clore and Collins (1988): whom it befell, who did it, and
what it does to what they are after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.situation import Situation
from rules.temper.emotions import AFFECTS, MOULDS, Emotion
from schemas.events import (
    CombatAbilityUsed,
    CombatEnded,
    CombatStarted,
    DialogueChoice,
    DialogueEnded,
    EntityDamaged,
    EntityDied,
    ItemUsed,
    QuestCompleted,
    QuestObjectiveCompleted,
    QuestRequested,
    RelationshipModified,
    SecretRevealed,
)
from schemas.temper import MOST_STEP, Affect, Stirring, Traits, TraitStep

GAIN = 0.6
"""What of an emotion becomes mood: a mood is slower than what it is made of."""
MOULDING_FROM = 0.35
"""How strong a feeling must be to move a trait: small talk moulds nobody."""
COMRADE, FOE = 0.5, -0.5
"""How one stands to those of one's own side and of the other, where nobody has said."""
INDIFFERENT = 0.1
"""Standings nearer to 0 than this let one feel nothing for somebody."""
TONES = {
    "friendly": 0.4,
    "joyful": 0.5,
    "sad": -0.1,
    "fearful": -0.1,
    "sarcastic": -0.3,
    "hostile": -0.6,
    "threatening": -0.8,
}
"""How kind words of a tone are, -1 to 1, where nobody has weighed the words themselves."""
_FOR_OTHERS = frozenset({Emotion.HAPPY_FOR, Emotion.PITY, Emotion.GRATITUDE, Emotion.ADMIRATION})
_AGAINST_OTHERS = frozenset({Emotion.RESENTMENT, Emotion.GLOATING, Emotion.ANGER, Emotion.REPROACH})


@dataclass(frozen=True, slots=True)
class Feeling:
    """One emotion, and whom it is about."""

    emotion: Emotion
    strength: float
    """0 to 1."""
    toward: str | None = None


@dataclass(frozen=True, slots=True)
class _Lot:
    """Something good or bad that befell somebody, and who did it."""

    who: str
    good: float
    """-1 to 1, for them."""
    by: str | None = None


def stirring_of(situation: Situation, said: float | None = None) -> Stirring | None:
    """What the event of a request does to the mood and the traits of whoever is asked; None: nothing, or nobody's.

    `said`: how kind what was said was, -1 to 1, where somebody has weighed it. The mood moves by `GAIN` times the sum
    of each emotion's place times its strength; the traits by what `MOULDS` says of those stronger than
    `MOULDING_FROM`, times their strength, at most `MOST_STEP` each. Only who has a sheet has a temper.
    """
    if situation.sheet is None:
        return None
    felt, traits = appraise(situation, said), situation.traits
    mood = Affect()
    for feeling in felt:
        mood = mood.moved(AFFECTS[feeling.emotion].times(GAIN * feeling.strength))
    stirring = Stirring(
        character=situation.request.character,
        at=situation.request.scene.time,
        mood=mood,
        baseline=traits.baseline,
        half_life=traits.half_life,
        traits=_step(felt),
    )
    return stirring if stirring.moves_mood or stirring.traits else None


def appraise(situation: Situation, said: float | None = None) -> tuple[Feeling, ...]:
    """What somebody feels about the event, each emotion as strong as follows (all clipped to 0..1).

    * What befell oneself: joy or distress, by how good or bad it was; where somebody else did it, gratitude or anger
      at 0.7 of that.
    * What befell another to whom one stands at s: |s| times how good or bad it was; for s > 0 happy-for or pity, for
      s < 0 resentment or gloating. Who did it (not oneself) earns admiration or reproach at 0.6 of that; one's own deed
      pride or shame.
    * What one is after: satisfaction or disappointment for a goal that the event serves or thwarts, by its weight.
    * A fight that begins: fear by how many more the others are, hope by how many fewer.

    Each is then times 0.6 + 0.8 t for the trait t that makes for it: neuroticism for what is unpleasant, extraversion
    for what is pleasant; besides times 0.6 + 0.8 agreeableness for what one feels for others, times
    1.4 - 0.8 agreeableness for what one feels against them.
    """
    found = dict[tuple[Emotion, str | None], float]()
    for feeling in _raw(situation, said):
        key = (feeling.emotion, feeling.toward)
        found[key] = max(found.get(key, 0.0), feeling.strength * _leaning(feeling.emotion, situation.traits))
    return tuple(
        Feeling(emotion, min(1.0, strength), toward) for (emotion, toward), strength in found.items() if strength > 0
    )


def _raw(situation: Situation, said: float | None) -> Iterator[Feeling]:
    me = situation.request.character
    for lot in _lots(situation, said):
        if lot.who == me:
            yield Feeling(Emotion.JOY if lot.good > 0 else Emotion.DISTRESS, abs(lot.good))
            if lot.by is not None and lot.by != me:
                emotion = Emotion.GRATITUDE if lot.good > 0 else Emotion.ANGER
                yield Feeling(emotion, 0.7 * abs(lot.good), lot.by)
            continue
        liking = liking_of(situation, lot.who)
        if abs(liking) < INDIFFERENT:
            continue
        strength = abs(liking * lot.good)
        welcome = liking * lot.good > 0
        if liking > 0:
            yield Feeling(Emotion.HAPPY_FOR if welcome else Emotion.PITY, strength, lot.who)
        else:
            yield Feeling(Emotion.GLOATING if welcome else Emotion.RESENTMENT, strength, lot.who)
        if lot.by == me:
            yield Feeling(Emotion.PRIDE if welcome else Emotion.SHAME, strength)
        elif lot.by is not None and lot.by != lot.who:
            yield Feeling(Emotion.ADMIRATION if welcome else Emotion.REPROACH, 0.6 * strength, lot.by)
    yield from _prospects(situation)
    served = goals_served(situation, said)
    if served:
        yield Feeling(Emotion.SATISFACTION if served > 0 else Emotion.DISAPPOINTMENT, abs(served))


def liking_of(situation: Situation, who: str) -> float:
    """How the one who is asked stands to somebody, -1 to 1: as recorded, else by side."""
    if who == situation.request.character:
        return 1.0
    standing = situation.standing
    if standing is not None and standing.toward == who:
        return standing.standing
    if any(one.id == who for one in situation.enemies):
        return FOE
    actor, other = situation.actor, situation.request.scene.entity(who)
    comrades = actor is not None and other is not None and actor.side == other.side != "neutral"
    return COMRADE if comrades else 0.0


def _lots(situation: Situation, said: float | None) -> Iterator[_Lot]:
    """Whom the event befell, and how."""
    event = situation.request.event
    match event:
        case EntityDied(entity=entity, killer=killer):
            yield _Lot(entity, -1.0, killer)
        case EntityDamaged(entity=entity, amount=amount, source=source):
            hurt = situation.request.scene.entity(entity)
            most = hurt.hit_points.maximum if hurt is not None and hurt.hit_points is not None else 0
            yield _Lot(entity, -min(1.0, 1.5 * amount / most) if most else -0.3, source)
        case CombatAbilityUsed(actor=actor, targets=targets):
            side = liking_of(situation, actor)
            for target in targets:
                if target != actor and abs(side) >= INDIFFERENT:
                    harmed = side * liking_of(situation, target) < 0
                    yield _Lot(target, -0.3 if harmed else 0.2, actor)
        case CombatEnded(survivors=survivors, fallen=fallen):
            for one in survivors:
                yield _Lot(one, 0.6)
            for one in fallen:
                yield _Lot(one, -0.9)
        case QuestCompleted(actor=actor):
            yield _Lot(actor, 0.6)
        case QuestObjectiveCompleted(actor=actor):
            yield _Lot(actor, 0.3)
        case SecretRevealed(holder=holder, to=to):
            teller = next((one for one in to if one != holder), None)
            yield _Lot(holder, -0.6, teller if holder == situation.request.character else None)
        case RelationshipModified(character=who, toward=toward, affinity=affinity, trust=trust):
            if who != toward:
                yield _Lot(toward, max(-1.0, min(1.0, affinity + trust)), who)
        case ItemUsed(actor=actor, target=str(target)) if actor != target:
            friendly = liking_of(situation, actor) >= 0
            yield _Lot(target, 0.2 if friendly else -0.2, actor)
        case DialogueEnded(speaker=speaker, listener=listener, reason="interrupted" | "left"):
            yield _Lot(listener, -0.15, speaker)
        case _:
            kind, speaker = kindness(situation, said), getattr(event, "speaker", None)
            if kind and speaker is not None:
                yield _Lot(str(getattr(event, "listener", situation.request.character)), 0.5 * kind, str(speaker))


def kindness(situation: Situation, said: float | None) -> float:
    """How kind what was said was, -1 to 1: as somebody weighed it, else by the tone that was chosen, else the words."""
    if said is not None:
        return max(-1.0, min(1.0, said))
    event = situation.request.event
    if isinstance(event, DialogueChoice) and event.tone is not None:
        return TONES.get(event.tone, 0.0)
    return situation.valence or 0.0


def goals_served(situation: Situation, said: float | None = None) -> float:
    """By how much the event serves what somebody is after, -1 to 1: the sum over their goals of weight times service.

    A goal is served by good that befalls what it is `for` and by bad that befalls what it is `against`, and the other
    way round; an event of a type, or about a concept, that a goal is for or against serves or thwarts it by itself.
    """
    sheet = situation.sheet
    if sheet is None or not any(goal.ends for goal in sheet.goals):
        return 0.0
    good = dict[str, float]()
    for lot in _lots(situation, said):
        faction = home.faction if (home := situation.world.characters.get(lot.who)) is not None else None
        for name in (f"entity:{lot.who}", *([f"faction:{faction}"] if faction else [])):
            good[name] = max(good.get(name, 0.0), lot.good, key=abs)
    event = situation.request.event
    came_about = {f"event_type:{event.name}", *(f"concept:{concept}" for concept in event.concepts)}
    served = 0.0
    for goal in sheet.goals:
        for tag, sign in ((tag, 1) for tag in goal.for_):
            served += sign * goal.weight * _befell(str(tag), good, came_about)
        for tag in goal.against:
            served -= goal.weight * _befell(str(tag), good, came_about)
    return max(-1.0, min(1.0, served))


def _befell(tag: str, good: dict[str, float], came_about: set[str]) -> float:
    return 0.6 if tag in came_about else good.get(tag, 0.0)


def _prospects(situation: Situation) -> Iterator[Feeling]:
    """What is to be hoped or feared of what begins."""
    event, me = situation.request.event, situation.request.character
    match event:
        case CombatStarted() if situation.actor is not None and situation.enemies:
            ours, theirs = 1 + len(situation.allies), len(situation.enemies)
            odds = (theirs - ours) / (theirs + ours)
            actor = situation.actor
            wounded = 1 - actor.hit_points.fraction if actor.hit_points is not None else 0.0
            yield Feeling(Emotion.FEAR, max(0.0, min(1.0, 0.2 + odds + 0.5 * wounded)))
            yield Feeling(Emotion.HOPE, max(0.0, min(1.0, 0.2 - odds - 0.5 * wounded)))
        case QuestRequested(actor=actor) if actor != me:
            yield Feeling(Emotion.HOPE, 0.3, actor)
        case _:
            return


def _leaning(emotion: Emotion, traits: Traits) -> float:
    """How readily somebody feels it."""
    own = traits.extraversion if AFFECTS[emotion].valence > 0 else traits.neuroticism
    factor = 0.6 + 0.8 * own
    if emotion in _FOR_OTHERS:
        factor *= 0.6 + 0.8 * traits.agreeableness
    elif emotion in _AGAINST_OTHERS:
        factor *= 1.4 - 0.8 * traits.agreeableness
    return factor


def _step(felt: tuple[Feeling, ...]) -> TraitStep:
    moved = dict.fromkeys(TraitStep.model_fields, 0.0)
    for feeling in felt:
        if feeling.strength >= MOULDING_FROM:
            for trait, share in MOULDS[feeling.emotion].items():
                moved[trait] += MOST_STEP * share * feeling.strength
    return TraitStep(**{trait: max(-MOST_STEP, min(MOST_STEP, by)) for trait, by in moved.items()})
