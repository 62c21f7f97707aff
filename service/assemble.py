"""The only place where concrete things meet: settings in, a working context out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from inference import (
    Budgets,
    GatedEmbedder,
    GatedModel,
    GatedReranker,
    Keeping,
    LooksByItself,
    Model,
    ModelRegistry,
    Switch,
    WatchedModel,
    load_models,
)
from memory import ChromaEmbedder, Embedder, LexicalEmbedder, Memory, world_folders
from nodes import Clock, Context, Pressure, PromptLibrary, Ring, SystemClock
from rules import Bestiary, Phrasebook, load_parties, load_stances
from rules.dialogues import Known, load_trees
from rules.phrasebook import HOME_LANGUAGE
from schemas import BadSettings, BadWorld, DialogueTree, Fault, Party, Settings
from service.answers import kept_answers
from telemetry import Redaction
from tools import FUNCTIONS, Toolbox

if TYPE_CHECKING:
    from inference import RelayedReranker

FROM_SETTINGS: Final = "from_settings"
Asked: TypeAlias = Model | Literal["from_settings"] | None
"""Whom to ask: a model, whoever the settings name, or nobody."""


@asynccontextmanager
async def assemble(
    settings: Settings, *, model: Asked = FROM_SETTINGS, clock: Clock | None = None, tools: Toolbox | None = None
) -> AsyncGenerator[Context]:
    """Open everything that decisions need, and close it again.

    `model`: what to ask instead of the endpoints of the settings; None: nothing, rules decide everything. `tools`:
    those of your own, beside the library's.
    Raises `CallerError` where the settings, the tools, the bestiary or the prompts do not fit, and `RecordError` where
    the record cannot be opened.
    """
    async with AsyncExitStack() as stack:
        budgets = Budgets(
            settings.budgets,
            always=settings.policy.always,
            switch=Switch(on=settings.policy.ask_models, known=False),
        )
        asked = make_model(settings) if model == FROM_SETTINGS else model
        if asked is not None and asked is not model:
            stack.push_async_callback(asked.aclose)
        if isinstance(asked, LooksByItself):
            asked.gate = budgets.switch.passing
        library = Toolbox.load(settings.config / "tools", FUNCTIONS)
        reranker = make_reranker(settings, budgets.switch)
        if reranker is not None:
            stack.push_async_callback(reranker.aclose)
        embedder, registry = make_embedder(settings, budgets.switch), load_models(settings.config / "models.toml")
        if isinstance(embedder, GatedEmbedder):
            stack.push_async_callback(embedder.aclose)
        memory = await Memory.open(
            settings.record_url,
            settings.home,
            embedder,
            settings.recall,
            settings.upkeep,
            GatedReranker(reranker, budgets.switch) if reranker is not None else None,
        )
        stack.push_async_callback(memory.aclose)
        keeping = Keeping(budgets, memory.spending)
        stack.push_async_callback(keeping.aclose)
        await keeping.begin()
        answers = await stack.enter_async_context(kept_answers(settings, embedder, registry, clock))
        ring = Ring(settings.encounters.processes)
        await ring.ready()
        phrasebook = make_phrasebook(settings.config)
        yield Context(
            memory=memory,
            bestiary=await asyncio.to_thread(checked_bestiary, settings),
            phrasebook=phrasebook,
            dialogues=load_dialogues(settings.config, phrasebook, library),
            stances=load_stances(settings.config / "tactics.toml"),
            prompts=PromptLibrary(settings.config / "prompts"),
            toolbox=library.with_tools(tools) if tools is not None else library,
            model=GatedModel(_watched(asked, registry, settings), budgets) if asked is not None else None,
            budgets=budgets,
            answers=answers,
            clock=clock or SystemClock(),
            policy=settings.policy,
            pressure=Pressure(settings.policy.work_ms / 1_000),
            asking=settings.model,
            conversation=settings.conversation,
            encounters=settings.encounters,
            parties=_parties(settings.config / "parties"),
            ring=ring,
        )


def _watched(model: Model, prices: ModelRegistry, settings: Settings) -> WatchedModel:
    redact = Redaction(settings.calls.redact, settings.keys) if settings.calls.texts else None
    return WatchedModel(model, prices, keep_texts=redact)


def checked_bestiary(settings: Settings) -> Bestiary:
    """The creatures, each known to be valid, so that no decision meets a broken one.

    Raises `BadWorld` with all faults of all files. The files are read to their ends once after each change of them.
    """
    book = open_bestiary(settings)
    if not book.checked:
        book.check()
    return book


def open_bestiary(settings: Settings) -> Bestiary:
    """The creatures by their index, which is kept in the home. Opened once a process: the files do not change."""
    folder = (settings.config / "bestiary").resolve()
    if folder not in _books:
        _books[folder] = Bestiary.load(folder, index=settings.home / "bestiary.json")
    return _books[folder]


_books: dict[Path, Bestiary] = {}


@lru_cache(maxsize=4)
def _parties(folder: Path) -> Mapping[str, Party]:
    """Read once a process."""
    return load_parties(folder)


def make_phrasebook(config: Path) -> Phrasebook:
    """All phrases: those of the game, and those that each world brings along."""
    worlds = [folder / "locales" for folder in world_folders(config).values()]
    return Phrasebook.load(config / "locales", *(folder for folder in worlds if folder.is_dir()))


def load_dialogues(config: Path, phrasebook: Phrasebook, toolbox: Toolbox) -> Mapping[str, tuple[DialogueTree, ...]]:
    """The scripted dialogues that each world brings along, by world. Raises `BadWorld` with every fault of all."""
    found, faults = dict[str, tuple[DialogueTree, ...]](), list[Fault]()
    for name, folder in world_folders(config).items():
        try:
            found[name] = load_trees(
                folder / "dialogues", Known(phrasebook, languages_of(folder), tools=arguments_of(toolbox))
            )
        except BadWorld as broken:
            faults += broken.faults
    if faults:
        raise BadWorld(faults)
    return found


def arguments_of(toolbox: Toolbox) -> Mapping[str, tuple[str, ...]]:
    """The tools that there are, each with the names of its arguments."""
    specs = {name: toolbox.spec(name).parameters.get("properties") for name in toolbox.names}
    return {name: tuple(found) if isinstance(found, dict) else () for name, found in specs.items()}


def languages_of(world: Path) -> tuple[str, ...]:
    """The languages in which a world says what it says: those of its locales, else English."""
    return tuple(sorted(one.name for one in (world / "locales").glob("*") if one.is_dir())) or (HOME_LANGUAGE,)


def make_model(settings: Settings) -> Model | None:
    """The endpoints of the settings as one model; None where there are none."""
    if not settings.servers:
        return None
    from inference import ModelPool  # no sooner: it takes up to a second, and rules need none of it

    return ModelPool(settings.servers, settings.guards, key_for=settings.key_for)


def make_embedder(settings: Settings, switch: Switch | None = None) -> Embedder:
    """What turns text into vectors, as the settings say; an endpoint only while the switch is on."""
    match settings.embedder.kind:
        case "lexical":
            return LexicalEmbedder()
        case "chroma":
            return ChromaEmbedder()
        case "endpoint":
            if not settings.embedders or (settings.embedder.url is not None and settings.embedder.name is None):
                what = "an endpoint needs a url and a name."
                hint = "Set LOOMWRIGHT_EMBEDDER__URL and __NAME, or give endpoints the role embedder."
                raise BadSettings(Fault("embedder", what, hint))
            from inference import RelayedEmbedder

            embedder = RelayedEmbedder(
                settings.embedders,
                dimension=settings.embedder.dimension,
                guards=settings.guards,
                key_for=settings.key_for,
            )
            if switch is None:
                return embedder
            embedder.relay.gate = switch.passing
            return GatedEmbedder(embedder, switch)


def make_reranker(settings: Settings, switch: Switch | None = None) -> RelayedReranker | None:
    """What reads the best memories once more, where the settings name it."""
    if not settings.rerankers:
        return None
    if settings.recall.rerank.url is not None and settings.recall.rerank.name is None:
        raise BadSettings(Fault("recall.rerank", "a reranker needs a name.", "Set LOOMWRIGHT_RECALL__RERANK__NAME."))
    from inference import RelayedReranker

    reranker = RelayedReranker(settings.rerankers, guards=settings.guards, key_for=settings.key_for)
    if switch is not None:
        reranker.relay.gate = switch.passing
    return reranker
