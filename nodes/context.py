"""What a node may use: the model, the memory, the rules' books, the clock. Bound when a graph is compiled."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inference import AnswerCache, Budgets, Model
from memory import Memory
from nodes.clock import Clock, SystemClock
from nodes.looks import Looks
from nodes.pressure import Pressure
from nodes.prompts import PromptLibrary
from nodes.ring import Ring
from nodes.state import DecisionState
from nodes.step import Step
from rules import Affairs, Bestiary, Dice, Phrasebook, Situation
from schemas import (
    Account,
    AffairChange,
    Aim,
    ConversationSettings,
    DecisionRequest,
    DialogueTree,
    EncounterSettings,
    ModelSettings,
    Party,
    PolicySettings,
    Rank,
    Recalled,
    Relationship,
    Stance,
    Study,
    Talk,
    Talks,
    Temper,
    Tidings,
    World,
)
from tools import Toolbox

_KEPT = 512
_UNSTUDIED = Study()
_NO_TIDINGS = Tidings()
_SILENT = Talk()


@dataclass(frozen=True, slots=True)
class Context:
    """The live things of a run. A test hands in its own."""

    memory: Memory
    bestiary: Bestiary
    phrasebook: Phrasebook
    prompts: PromptLibrary
    toolbox: Toolbox
    model: Model | None = None
    """None: no endpoint is configured, rules decide everything."""
    budgets: Budgets = field(default_factory=Budgets)
    """What may go to models, and whether anything may."""
    answers: AnswerCache[Step] | None = None
    """What models answered before; None: nothing is said again."""
    clock: Clock = field(default_factory=SystemClock)
    policy: PolicySettings = field(default_factory=PolicySettings)
    pressure: Pressure = field(default_factory=Pressure, repr=False)
    """How many decisions are being made with a model, for all to be made in time."""
    asking: ModelSettings = field(default_factory=ModelSettings)
    conversation: ConversationSettings = field(default_factory=ConversationSettings)
    encounters: EncounterSettings = field(default_factory=EncounterSettings)
    parties: Mapping[str, Party] = field(default_factory=dict[str, Party])
    """The archetypes that fights are tried with."""
    ring: Ring = field(default_factory=Ring, repr=False)
    """Where they are tried."""
    stances: Mapping[str, Stance] = field(default_factory=dict[str, Stance])
    """What a boss may plan with."""
    dialogues: Mapping[str, tuple[DialogueTree, ...]] = field(default_factory=dict[str, tuple[DialogueTree, ...]])
    """Scripted dialogues, by world."""
    looks: Looks = field(default_factory=Looks, repr=False)
    """What was described before."""
    _read: OrderedDict[int, tuple[Mapping[str, Any], DecisionRequest]] = field(
        default_factory=OrderedDict[int, tuple[Mapping[str, Any], DecisionRequest]], repr=False
    )

    _between: OrderedDict[int, tuple[list[dict[str, Any]], Affairs]] = field(
        default_factory=OrderedDict[int, tuple[list[dict[str, Any]], Affairs]], repr=False
    )

    def request(self, state: DecisionState) -> DecisionRequest:
        """The request, validated once a decision: nodes of one run hand on the same object, and that is the key."""
        raw = state["request"]
        known = self._read.get(id(raw))
        if known is not None and known[0] is raw:
            return known[1]
        request = DecisionRequest.model_validate(raw)
        self.keep(raw, request)
        return request

    def keep(self, raw: Mapping[str, Any], request: DecisionRequest) -> None:
        """Spare a request that was read already from being read again."""
        self._read[id(raw)] = (raw, request)
        while len(self._read) > _KEPT:
            self._read.popitem(last=False)

    def time_left(self, state: DecisionState) -> float:
        """Seconds until the decision is due; negative when it is late."""
        return state["deadline_at"] - self.clock.now()

    def model_in_time(self, state: DecisionState) -> bool:
        """Whether a model is there whose answer, by its usual pace, would come in time."""
        return self.model is not None and self.clock.limit(self.time_left(state)) > self.model.usual_latency

    def account(self, request: DecisionRequest) -> Account:
        """What a decision is charged to. Who has no sheet is one of a crowd."""
        character = self.memory.world(request.world).characters.get(request.character)
        rank = character.rank if character is not None else Rank.CROWD
        return Account(request.world, request.kind, rank, request.scene.time.day)

    def world(self, state: DecisionState) -> World:
        """The sheet of the request's world."""
        return self.memory.world(self.request(state).world)

    def dice(self, state: DecisionState, node: str) -> Dice:
        """Dice of this request and this node: the same request rolls the same numbers."""
        return _dice(self.request(state), node)

    def situation(self, state: DecisionState, node: str) -> Situation:
        """What the rules look at, in a node of that name."""
        standing = state.get("standing")
        study, aim, temper = state.get("study"), state.get("aim"), state.get("temper")
        talk = state.get("talk")
        request, talks = self.request(state), state.get("talks")
        return self.situation_of(
            request,
            node,
            Relationship.model_validate(standing) if standing else None,
            Study.model_validate(study) if study else None,
            Aim.model_validate(aim) if aim else None,
            Temper.model_validate(temper) if temper else None,
            Tidings.model_validate(tidings) if (tidings := state.get("tidings")) else None,
            Talk.model_validate(talk) if talk else None,
            affairs=self._affairs(state, request),
            talks=Talks.model_validate(talks) if talks else None,
        )

    def situation_of(
        self,
        request: DecisionRequest,
        node: str,
        standing: Relationship | None = None,
        study: Study | None = None,
        aim: Aim | None = None,
        temper: Temper | None = None,
        tidings: Tidings | None = None,
        talk: Talk | None = None,
        *,
        affairs: Affairs | None = None,
        talks: Talks | None = None,
    ) -> Situation:
        """What the rules look at, outside of any run."""
        return Situation(
            request=request,
            world=self.memory.world(request.world),
            bestiary=self.bestiary,
            phrasebook=self.phrasebook,
            standing=standing,
            dice=_dice(request, node),
            stances=self.stances,
            study=study or _UNSTUDIED,
            aim=aim,
            known_temper=temper,
            tidings=tidings or _NO_TIDINGS,
            talk=talk or _SILENT,
            trees=self.trees_of(request),
            affairs=affairs or Affairs(at=request.scene.time),
            talks=talks,
        )

    def trees_of(self, request: DecisionRequest) -> tuple[DialogueTree, ...]:
        """The scripted dialogues of whoever is asked."""
        return tuple(tree for tree in self.dialogues.get(request.world, ()) if tree.character == request.character)

    def _affairs(self, state: DecisionState, request: DecisionRequest) -> Affairs | None:
        """What stands between factions, read once a decision: nodes of one run hand on the same list."""
        raw = state.get("affairs")
        if not raw:
            return None
        known = self._between.get(id(raw))
        if known is not None and known[0] is raw and known[1].at == request.scene.time:
            return known[1]
        read = Affairs(tuple(AffairChange.model_validate(one).affair for one in raw), request.scene.time)
        self._between[id(raw)] = (raw, read)
        while len(self._between) > _KEPT:
            self._between.popitem(last=False)
        return read

    def recalled(self, state: DecisionState) -> Recalled:
        """What came to mind; empty on a road that does not recall."""
        return Recalled.model_validate(state.get("recalled") or {})


def _dice(request: DecisionRequest, node: str) -> Dice:
    return Dice.seeded(request.seed, request.world, request.character, node)
