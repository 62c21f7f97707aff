"""What somebody asks the party to do, from templates whose objectives exist in the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rules.budget import quest_gold, quest_xp
from rules.encounters import candidates
from rules.known import Known
from rules.situation import Situation, clip
from schemas.decisions import Branch, Objective, ObjectiveKind, QuestDecision, Rewards

SHARE_OF_BUDGET = 0.5
"""What a template quest pays of the most that a quest may (`budget.quest_xp`, `budget.quest_gold`)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One objective of a plan: its id, kind, target and what comes before."""

    id: str
    kind: ObjectiveKind
    target: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A template with its blanks filled: what to do, and which step decides which ending."""

    name: str
    """Its phrases are `quest-<name>-title`, `-summary`, `-hook` and `quest-<name>-<branch>`."""
    about: str
    """Whom or what it is about."""
    place: str
    steps: tuple[Step, ...]
    success: str
    compromise: str
    failure: str


def offer_quest(situation: Situation) -> QuestDecision:
    """A quest that can be finished: one of the templates that the world has everything for, chosen by the dice.

    hunt (defeat what troubles a place), fetch (find an item and bring it), escort (see somebody safely to a place),
    confront (learn about somebody, then face them); where the world has nothing for any of these, an errand (go there,
    look around, report). Half of the reward's budget is paid. The giver is whoever the event names, else the character
    asked, else anybody alive.
    """
    known = Known(situation)
    giver = known.givers[0]
    plans = [plan for make in _TEMPLATES if (plan := make(situation, known, giver)) is not None]
    return _told(situation, situation.dice.choose(plans or [_errand(situation, known, giver)]), giver)


def _report(situation: Situation, known: Known, giver: str, after: tuple[str, ...], id_: str = "report") -> Step:
    """Tell whoever gave it; a notice on a door is reported to by coming back."""
    kind: ObjectiveKind = "talk" if known.fits("talk", giver) else "reach"
    return Step(id_, kind, giver if known.fits(kind, giver) else situation.request.scene.location.id, after)


def _elsewhere(situation: Situation, known: Known) -> str:
    """Some other place, if there is another."""
    here = situation.request.scene.location.id
    return situation.dice.choose([place for place in known.places if place != here] or [here])


def _hunt(situation: Situation, known: Known, giver: str) -> Plan | None:
    prey = [name for name in (*(one.id for one in candidates(situation)[:8]), *known.beasts) if name != giver]
    if not prey:
        return None
    about, place = situation.dice.choose(prey), _elsewhere(situation, known)
    steps = (
        Step("go", "reach", place),
        Step("fight", "defeat", about, ("go",)),
        Step("cause", "learn", place, ("go",)),
        _report(situation, known, giver, ("fight",)),
        _report(situation, known, giver, (), "give_up"),
    )
    return Plan("hunt", about, place, steps, success="report", compromise="cause", failure="give_up")


def _fetch(situation: Situation, known: Known, giver: str) -> Plan | None:
    if not known.items or not known.fits("talk", giver):
        return None
    item = situation.dice.choose(known.items)
    homes = [place.id for place in situation.world.places.values() if item in place.holds]
    place = homes[0] if homes else _elsewhere(situation, known)
    steps = (
        Step("go", "reach", place),
        Step("find", "collect", item, ("go",)),
        Step("bring", "deliver", giver, ("find",)),
        Step("truth", "learn", item, ("find",)),
        Step("give_up", "talk", giver),
    )
    return Plan("fetch", item, place, steps, success="bring", compromise="truth", failure="give_up")


def _escort(situation: Situation, known: Known, giver: str) -> Plan | None:
    wards = [name for name in known.people if name not in known.party]
    places = [place for place in known.places if place != situation.request.scene.location.id]
    if not wards or not places:
        return None
    ward, place = situation.dice.choose(wards), situation.dice.choose(places)
    steps = (
        Step("meet", "talk", ward),
        Step("guard", "protect", ward, ("meet",)),
        Step("arrive", "reach", place, ("guard",)),
        Step("shelter", "reach", situation.request.scene.location.id, ("meet",)),
        _report(situation, known, giver, (), "give_up"),
    )
    return Plan("escort", ward, place, steps, success="arrive", compromise="shelter", failure="give_up")


def _confront(situation: Situation, known: Known, giver: str) -> Plan | None:
    rivals = [name for name in known.people if name not in known.party and name != giver]
    if not rivals:
        return None
    about = situation.dice.choose(rivals)
    sheet = situation.world.characters.get(about)
    place = sheet.home if sheet and sheet.home in situation.world.places else None
    place = place or situation.request.scene.location.id
    steps = (
        Step("learn", "learn", about),
        Step("go", "reach", place, ("learn",)),
        Step("talk", "talk", about, ("go",)),
        Step("fight", "defeat", about, ("go",)),
        _report(situation, known, giver, (), "give_up"),
    )
    return Plan("confront", about, place, steps, success="fight", compromise="talk", failure="give_up")


def _errand(situation: Situation, known: Known, giver: str) -> Plan:
    """What any world has: a place, and somebody (or a door) to come back to."""
    place = _elsewhere(situation, known)
    steps = (
        Step("go", "reach", place),
        Step("look", "learn", place, ("go",)),
        _report(situation, known, giver, ("look",)),
        _report(situation, known, giver, (), "give_up"),
    )
    return Plan("errand", place, place, steps, success="report", compromise="look", failure="give_up")


_TEMPLATES: Sequence[Callable[[Situation, Known, str], Plan | None]] = (_hunt, _fetch, _escort, _confront)


def _told(situation: Situation, plan: Plan, giver: str) -> QuestDecision:
    """The plan in the language of the request, with its reward."""
    names = {
        "about": situation.name_of(plan.about),
        "giver": situation.name_of(giver),
        "place": situation.name_of(plan.place),
    }

    key = f"quest-{plan.name}"

    def short(phrase: str, **more: str) -> str:
        return clip(situation.say(phrase, **names, **more), 120)

    levels = situation.party_levels
    return QuestDecision(
        title=short(f"{key}-title"),
        giver=giver,
        summary=clip(situation.say(f"{key}-summary", **names), 600),
        objectives=tuple(
            Objective(
                id=step.id,
                kind=step.kind,
                target=step.target,
                description=short(f"quest-step-{step.kind}", target=situation.name_of(step.target)),
                after=step.after,
            )
            for step in plan.steps
        ),
        branches=(
            Branch(id="success", name=short(f"{key}-success"), ending="success", decided_by=plan.success),
            Branch(id="compromise", name=short(f"{key}-compromise"), ending="compromise", decided_by=plan.compromise),
            Branch(id="failure", name=short(f"{key}-failure"), ending="failure", decided_by=plan.failure),
        ),
        rewards=Rewards(
            xp=int(quest_xp(levels) * SHARE_OF_BUDGET), gold=int(quest_gold(levels) * SHARE_OF_BUDGET), items=()
        ),
        hooks=(short(f"{key}-hook"),),
    )
