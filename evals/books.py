"""What a decision is held against: the world, its secrets, the bestiary, the tools and the declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from evals.cases import KINDS, WORLD
from graphs import Declaration, load
from memory import read_world, world_folders
from nodes import CATALOGUE
from rules import Bestiary, Dice, Phrasebook, Situation, load_stances
from schemas import CONTENTS, DecisionRequest, Fact, Settings, Stance, World, WorldPack
from service.assemble import make_phrasebook
from tools import FUNCTIONS, Toolbox


@dataclass(frozen=True)
class Books:
    """Read from files alone: what a metric says does not depend on the program that it measures having run well."""

    pack: WorldPack
    bestiary: Bestiary
    phrasebook: Phrasebook
    toolbox: Toolbox
    declarations: Mapping[str, Declaration]
    """The graphs of the library that golden cases are for, by kind."""
    stances: Mapping[str, Stance]
    """What a boss may plan with."""

    @classmethod
    def read(cls, settings: Settings) -> Self:
        """Read them from the settings' folders. Raises `CallerError` for files that do not fit."""
        toolbox = Toolbox.load(settings.config / "tools", FUNCTIONS)
        return cls(
            pack=read_world(world_folders(settings.config)[WORLD]),
            bestiary=Bestiary.load(settings.config / "bestiary"),
            phrasebook=make_phrasebook(settings.config),
            toolbox=toolbox,
            declarations={kind: load(kind, CATALOGUE, contents=CONTENTS, tools=toolbox.names) for kind in KINDS},
            stances=load_stances(settings.config / "tactics.toml"),
        )

    @cached_property
    def world(self) -> World:
        """Who and what there is."""
        return World.of(self.pack)

    @cached_property
    def secrets(self) -> tuple[Fact, ...]:
        """All that has not come out, whoever knows it; the rules leave out what the party knows."""
        return tuple(fact for fact in self.pack.facts if fact.is_secret)

    def situation(self, request: DecisionRequest) -> Situation:
        """What the rules look at, with nobody's standing and dice of its own: legality depends on neither."""
        return Situation(
            request=request,
            world=self.world,
            bestiary=self.bestiary,
            phrasebook=self.phrasebook,
            standing=None,
            dice=Dice.seeded(request.seed, "evals"),
            stances=self.stances,
        )

    def deadline_ms(self, request: DecisionRequest) -> float:
        """When the answer is due: what the request says, else what the graph says."""
        own = request.deadline_ms
        return own if own is not None else self.declarations[request.kind].deadline * 1_000
