"""What somebody asks the party to do, from templates whose objectives exist in the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rules.budget import quest_gold, quest_xp
from rules.encounters import candidates
from rules.known import Known
from rules.quests.asking import opening, share_of, weight_of
from rules.quests.ground import Ground, ground_of
from rules.quests.judging import complete_quest
from rules.quests.proof import hours_of, prove
from rules.situation import Situation, clip
from schemas.decisions import Branch, Objective, ObjectiveKind, QuestDecision, Rewards
from schemas.quests import BranchPlan, Timer

TRIES = 6
"""Templates whose blanks are filled anew before the errand is taken."""
SLACK, LEAST_HOURS = 4, 24
"""A template's timer gives so many times what its plan takes, and a day at the least."""
_TIMED = frozenset(("hunt", "escort"))


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
    """A quest that can be finished, with its proof: a template that the world has everything for, chosen by the dice.

    hunt (defeat what troubles a place), fetch (find an item and bring it), escort (see somebody safely to a place),
    confront (learn about somebody, then face them); where nothing of these can be finished, an errand (go there, look
    around, report). History and standing weigh the dice, set the pay and open the request (`asking`). The giver is
    whoever the event names, else the character asked, else anybody alive.
    """
    known = Known(situation)
    giver = known.givers[0]
    board = _Board(situation, known, ground_of(situation, giver), giver)
    for _ in range(TRIES):
        found = [(plan, weight_of(plan.name, situation)) for make in _TEMPLATES if (plan := make(board)) is not None]
        weighed = [plan for plan, weight in found for _ in range(weight)] or [plan for plan, _ in found]
        if not weighed:
            break
        quest, plans = _proved(board, situation.dice.choose(weighed))
        if quest is not None:
            return _finished(quest, plans, situation)
    quest, plans = _proved(board, _errand(board))
    if quest is None:
        quest, plans = _proved(board, _errand(board, near=True))
    return _finished(quest or _told(board, _errand(board, near=True)), plans, situation)


@dataclass(frozen=True, slots=True)
class _Board:
    """What templates are filled from."""

    situation: Situation
    known: Known
    ground: Ground
    giver: str

    @property
    def here(self) -> str:
        return self.ground.here

    def choose(self, among: Sequence[str]) -> str:
        return self.situation.dice.choose(list(among))

    def can_be_met(self, name: str) -> bool:
        if name not in self.ground.people:
            return False
        home = self.ground.people[name]
        return home is None or self.ground.way(self.here, home) is not None

    def elsewhere(self) -> str:
        """Some other place that one can go to, if there is another."""
        return self.choose(self.away or (self.here,))

    @property
    def away(self) -> tuple[str, ...]:
        """The places that one can go to and is not in."""
        within = self.ground.within
        places = self.ground.reachable(self.here)[1:]
        return tuple(place for place in places if self.here not in within.get(place, frozenset()))


def _proved(board: _Board, plan: Plan) -> tuple[QuestDecision | None, tuple[BranchPlan, ...]]:
    quest = _told(board, plan)
    proof = prove(quest, board.ground)
    return (quest, proof.plans) if proof.holds else (None, ())


def _finished(quest: QuestDecision, plans: Sequence[BranchPlan], situation: Situation) -> QuestDecision:
    takes = {plan.branch: hours_of(plan.steps) for plan in plans}
    timed = [branch.id for branch in quest.branches if branch.ending == "success" and quest.plot in _TIMED]
    timers = tuple(Timer(branch=id_, hours=max(LEAST_HOURS, SLACK * takes.get(id_, 1))) for id_ in timed)
    return complete_quest(quest.model_copy(update={"timers": timers}), situation)


def _report(board: _Board, after: tuple[str, ...], id_: str = "report") -> Step:
    """Tell whoever gave it; a notice on a door, or somebody who is nowhere, is reported to by coming back."""
    meets = board.known.fits("talk", board.giver) and board.can_be_met(board.giver)
    return Step(id_, "talk" if meets else "reach", board.giver if meets else board.here, after)


def _hunt(board: _Board) -> Plan | None:
    known, situation = board.known, board.situation
    prey = [name for name in (*(one.id for one in candidates(situation)[:8]), *known.beasts) if name != board.giver]
    if not prey:
        return None
    about, place = board.choose(prey), board.elsewhere()
    steps = (
        Step("go", "reach", place),
        Step("fight", "defeat", about, ("go",)),
        Step("cause", "learn", place, ("go",)),
        _report(board, ("fight",)),
        _report(board, (), "give_up"),
    )
    return Plan("hunt", about, place, steps, success="report", compromise="cause", failure="give_up")


def _fetch(board: _Board) -> Plan | None:
    ground, known = board.ground, board.known
    places = {item: place for item, place in ground.items.items() if ground.way(board.here, place) is not None}
    lying = [item for item in known.items if places.get(item) in ground.roads]
    if not lying or not board.can_be_met(board.giver) or not known.fits("talk", board.giver):
        return None
    item = board.choose(lying)
    place = places[item]
    steps = (
        Step("go", "reach", place),
        Step("find", "collect", item, ("go",)),
        Step("bring", "deliver", board.giver, ("find",)),
        Step("truth", "learn", item, ("find",)),
        Step("give_up", "talk", board.giver),
    )
    return Plan("fetch", item, place, steps, success="bring", compromise="truth", failure="give_up")


def _escort(board: _Board) -> Plan | None:
    known, places = board.known, board.away
    wards = [name for name in known.people if name not in known.party and board.can_be_met(name)]
    wards = [name for name in wards if name != board.giver] or wards
    if not wards or not places:
        return None
    ward, place = board.choose(wards), board.choose(places)
    steps = (
        Step("meet", "talk", ward),
        Step("guard", "protect", ward, ("meet",)),
        Step("arrive", "reach", place, ("guard",)),
        Step("shelter", "reach", board.here, ("meet",)),
        _report(board, (), "give_up"),
    )
    return Plan("escort", ward, place, steps, success="arrive", compromise="shelter", failure="give_up")


def _confront(board: _Board) -> Plan | None:
    known, ground = board.known, board.ground
    rivals = [
        name for name in known.people if name not in known.party and name != board.giver and board.can_be_met(name)
    ]
    if not rivals:
        return None
    about = board.choose(rivals)
    place = ground.people.get(about) or board.here
    steps = (
        Step("learn", "learn", about),
        Step("go", "reach", place, ("learn",)),
        Step("talk", "talk", about, ("go",)),
        Step("fight", "defeat", about, ("go",)),
        _report(board, (), "give_up"),
    )
    return Plan("confront", about, place, steps, success="fight", compromise="talk", failure="give_up")


def _errand(board: _Board, *, near: bool = False) -> Plan:
    """What any world has: a place, and somebody (or a door) to come back to. `near`: no further than here."""
    place = board.here if near else board.elsewhere()
    report = Step("report", "reach", board.here, ("look",)) if near else _report(board, ("look",))
    steps = (
        Step("go", "reach", place),
        Step("look", "learn", place, ("go",)),
        report,
        Step("return", "reach", board.here, ("go",)),
        _report(board, (), "give_up"),
    )
    return Plan("errand", place, place, steps, success="report", compromise="return", failure="give_up")


_TEMPLATES: Sequence[Callable[[_Board], Plan | None]] = (_hunt, _fetch, _escort, _confront)


def _told(board: _Board, plan: Plan) -> QuestDecision:
    """The plan in the language of the request, with its reward."""
    situation, giver = board.situation, board.giver
    names = {
        "about": situation.name_of(plan.about),
        "giver": situation.name_of(giver),
        "place": situation.name_of(plan.place),
    }

    key = f"quest-{plan.name}"

    def short(phrase: str, **more: str) -> str:
        return clip(situation.say(phrase, **names, **more), 120)

    levels, share = situation.party_levels, share_of(situation)
    summary = f"{opening(situation, giver)} {situation.say(f'{key}-summary', **names)}".strip()
    return QuestDecision(
        title=short(f"{key}-title"),
        giver=giver,
        summary=clip(summary, 600),
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
        rewards=Rewards(xp=int(quest_xp(levels) * share), gold=int(quest_gold(levels) * share), items=()),
        hooks=(short(f"{key}-hook"),),
        plot=plan.name,
    )
