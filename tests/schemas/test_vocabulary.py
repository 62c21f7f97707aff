"""The words that everybody uses: events, errors and settings mean the same wherever they travel."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, cast

import pytest
from pydantic import TypeAdapter

import schemas
from graphs import library_names
from inference.improvise import improvise
from schemas import (
    EVENTS,
    PROJECT,
    BadDeclaration,
    BadRequest,
    BadSettings,
    BadWorld,
    BudgetSettings,
    BudgetUsedUp,
    CallerError,
    CheckpointsUnavailable,
    EndpointSettings,
    Fault,
    GameEvent,
    LoomError,
    ModelAnswerInvalid,
    ModelBusy,
    ModelError,
    ModelRejected,
    ModelSwitchedOff,
    ModelTimeout,
    ModelUnavailable,
    PromptTooLong,
    RecordBusy,
    RecordError,
    RecordLate,
    Settings,
    StateTooOld,
    TagKind,
    UnknownThing,
    load_settings,
)
from schemas.events import EventBase

EVENT = TypeAdapter[EventBase](GameEvent)
NAMED_BY_THE_ISSUE = {
    "CombatAbilityUsed", "CombatStarted", "CombatTurn", "CombatEnded", "EntityDamaged", "EntityDied", "DialogueStarted",
    "DialogueChoice", "DialogueEnded", "LocationEntered", "LocationExited", "ItemPickedUp", "ItemUsed", "ItemExamined",
    "EncounterRequested", "QuestRequested", "QuestStarted", "QuestObjectiveCompleted", "QuestCompleted",
    "DiplomaticOffer", "TimeAdvanced", "DayChanged", "SeasonChanged", "RelationshipModified", "SecretRevealed",
    "DescriptionRequested", "Custom", "DiplomaticReply", "FactionAttacked", "PassageRefused", "TributePaid",
    "AllyAnswered", "DialogueInterrupted", "BarksRequested",
    "ItemGiven", "PlaceDestroyed", "QuestBranchChosen",
}  # fmt: skip


def some_of(name: str) -> Iterator[EventBase]:
    """Twenty events of a type, made up from its schema; few words to choose from, so that names meet each other."""
    schema = EVENTS[name].model_json_schema()
    for seed in range(20):
        yield EVENT.validate_python({**cast("dict[str, Any]", improvise(schema, Random(seed))), "type": name})


def test_all_events_are_there_and_no_others() -> None:
    assert set(EVENTS) == NAMED_BY_THE_ISSUE


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_says_whom_and_what_it_is_about(name: str) -> None:
    for event in some_of(name):
        assert event.primary
        assert event.involved[0] == event.primary
        assert len(set(event.involved)) == len(event.involved)
        named = [tag.name for tag in event.tags if tag.kind in (TagKind.ENTITY, TagKind.FACTION)]
        assert tuple(named) == event.involved
        assert [tag.name for tag in event.tags if tag.kind is TagKind.EVENT_TYPE] == [event.name]
        assert {tag.name for tag in event.tags if tag.kind is TagKind.LOCATION} == {event.location} - {None}
        assert set(event.concepts) <= {tag.name for tag in event.tags if tag.kind is TagKind.CONCEPT}


def test_no_event_gives_a_tag_twice() -> None:
    doubled = {name for name in EVENTS for event in some_of(name) if len(set(event.tags)) < len(event.tags)}
    assert doubled == set()


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_comes_back_from_json_as_it_went(name: str) -> None:
    for event in some_of(name):
        again = EVENT.validate_json(event.model_dump_json())
        assert again == event
        assert type(again) is EVENTS[name]


def test_the_kinds_that_answer_events_are_the_graphs_of_the_library() -> None:
    answering = {event.answered_by for event in EVENTS.values()}
    assert answering == {*library_names(), None} - {"tactics"}, "a boss plans when the game asks it to"


WHERE = Fault("event.actor", "is nobody.", "Did you mean 'marta'?")
ERRORS: list[LoomError] = [
    LoomError("something"),
    CallerError([WHERE, Fault("seed", "is no number.")]),
    BadRequest(WHERE),
    BadDeclaration([WHERE, WHERE]),
    BadWorld(WHERE),
    BadSettings("no such folder"),
    StateTooOld(WHERE),
    UnknownThing("character", "marte", ["marta"], where="character"),
    UnknownThing("character", "zzz"),
    ModelError("it broke", endpoint="http://127.0.0.1:1/v1"),
    ModelUnavailable("nobody", endpoint="http://127.0.0.1:1/v1"),
    ModelBusy("256 questions wait for a place already"),
    ModelSwitchedOff("off"),
    BudgetUsedUp("gone"),
    ModelTimeout("too late"),
    ModelRejected("no", status=429, endpoint="http://127.0.0.1:1/v1"),
    ModelAnswerInvalid("no JSON", raw="{", faults=["it is never closed"], endpoint="script"),
    PromptTooLong("too long"),
    RecordError("gone"),
    RecordBusy("held"),
    RecordLate("late"),
    CheckpointsUnavailable("no such table"),
]


def family(root: type[LoomError] = LoomError) -> set[type[LoomError]]:
    found = {root}
    for member in root.__subclasses__():
        found |= family(member)
    return {one for one in found if one.__module__ == "schemas.errors"}


def test_every_error_is_tried_here() -> None:
    assert {type(error) for error in ERRORS} == family()


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_travels_between_processes_whole(error: LoomError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301  # our own
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)
        assert again.code == error.code


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_says_something_to_people(error: LoomError) -> None:
    assert str(error).strip()
    assert error.code == error.code.lower()
    for fault in getattr(error, "faults", ()):
        assert str(getattr(fault, "what", fault)) in str(error) or isinstance(error, ModelAnswerInvalid)


def test_every_kind_of_error_has_a_code_of_its_own() -> None:
    codes = [member.code for member in family()]
    assert len(set(codes)) == len(codes)


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(schemas.__path__):
        yield importlib.import_module(f"schemas.{found.name}")


def test_the_front_door_shows_every_value_there_is() -> None:
    assert sorted(schemas.__all__) == sorted(set(schemas.__all__))
    for name in schemas.__all__:
        assert hasattr(schemas, name), name
    hidden = {
        name
        for module in modules()
        for name, thing in vars(module).items()
        if isinstance(thing, type) and thing.__module__ == module.__name__ and not name.startswith("_")
    } - set(schemas.__all__)
    assert hidden <= {"EventBase", "Term"}, "only what others build on stays inside"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings from outside; gives the path of a settings file that a test may write."""
    import os

    for name in [name for name in os.environ if name.startswith("LOOMWRIGHT_")]:
        monkeypatch.delenv(name)
    file = tmp_path / "settings.toml"
    monkeypatch.setenv("LOOMWRIGHT_SETTINGS", str(file))
    return file


def flat(table: dict[str, Any], prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in table.items():
        path = f"{prefix}{name}"
        found |= flat(cast("dict[str, Any]", value), f"{path}.") if isinstance(value, dict) else {path: value}
    return found


def test_the_settings_file_shows_the_defaults_of_the_code(bare: Path) -> None:
    assert not bare.exists()
    defaults = flat(Settings().model_dump(mode="json"))
    text = (PROJECT / "config" / "loomwright.toml").read_text(encoding="utf-8")
    written = flat(tomllib.loads(text))
    assert written
    assert written == {name: defaults.get(name, "is not a setting") for name in written}
    for name in defaults:
        last = name.rpartition(".")[2]
        shown = f"{last} = " in text or f"[[{last}]]" in text or name.startswith(("api_key", "endpoint_keys"))
        assert shown, f"the settings file does not show '{name}'"
    for name in (*EndpointSettings.model_fields, *BudgetSettings.model_fields):
        assert f"# {name} = " in text, f"the settings file does not show '{name}' of an endpoint or a budget"


def test_the_environment_goes_over_the_file_and_what_is_passed_over_both(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare.write_text('world = "from_file"\nhome = "file"\n[recall]\ndepth = 1\ndecay = 0.25\n[model]\nname = "file"\n')
    monkeypatch.setenv("LOOMWRIGHT_RECALL__DEPTH", "3")
    monkeypatch.setenv("LOOMWRIGHT_MODEL__URL", "http://127.0.0.1:8000/v1")
    monkeypatch.setenv("LOOMWRIGHT_HOME", "environment")
    settings = load_settings(home=Path("passed"))

    assert (settings.world, settings.home) == ("from_file", Path("passed"))
    assert (settings.recall.depth, settings.recall.decay, settings.recall.facts) == (3, 0.25, 20)
    assert (settings.model.url, settings.model.name) == ("http://127.0.0.1:8000/v1", "file")


def test_a_key_comes_from_the_environment_and_shows_nowhere(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del bare
    monkeypatch.setenv("LOOMWRIGHT_API_KEY", "sk-nobody-sees-this")
    settings = load_settings()
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "sk-nobody-sees-this"
    for shown in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert "sk-nobody-sees-this" not in shown


@pytest.mark.parametrize(
    ("text", "says_so"),
    [
        ('api_key = "sk-in-a-file"\n', "a secret does not belong in a file"),
        ("colour = 3\n", "colour"),
        ("[recall]\ndecay = 2\n", "recall.decay"),
        ("[recall]\ndepht = 2\n", "recall.depht"),
        ('[log]\nlevel = "loud"\n', "log.level"),
        ("[recall\n", "settings.toml"),
    ],
)
def test_a_settings_file_that_does_not_fit_is_refused_and_says_where(bare: Path, text: str, says_so: str) -> None:
    bare.write_text(text)
    with pytest.raises(BadSettings) as caught:
        load_settings()
    assert says_so in str(caught.value)
    assert "sk-in-a-file" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "value"), [("RECALL__DEPTH", "many"), ("GRAPHS", "not json"), ("RECALL", "[1]"), ("LOG__LEVEL", "")]
)
def test_an_environment_that_does_not_fit_is_refused(
    bare: Path, variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del bare
    monkeypatch.setenv(f"LOOMWRIGHT_{variable}", value)
    with pytest.raises(BadSettings) as caught:
        load_settings()
    assert variable.split("__")[0].lower() in str(caught.value)


TWO = """[[endpoints]]
name = "fast"
url = "http://127.0.0.1:8000/v1"
roles = ["tactician"]
[[endpoints]]
name = "words"
url = "http://127.0.0.1:8001/v1"
"""


def test_endpoints_are_tables_and_a_single_url_is_short_for_one(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().servers == ()
    bare.write_text(TWO)
    monkeypatch.setenv("LOOMWRIGHT_API_KEY", "for-all")
    monkeypatch.setenv("LOOMWRIGHT_ENDPOINT_KEYS__FAST", "for-fast")
    settings = load_settings()
    assert [(one.name, one.roles[0]) for one in settings.servers] == [("fast", "tactician"), ("words", "narrator")]
    keys = [key.get_secret_value() for one in settings.servers if (key := settings.key_for(one.name))]
    assert keys == ["for-fast", "for-all"]
    assert "for-fast" not in f"{settings!r} {settings.model_dump_json()}"

    alone = settings.asking("http://127.0.0.1:9000/v1", "tiny").servers
    assert [(one.url, one.model) for one in alone] == [("http://127.0.0.1:9000/v1", "tiny")]


def test_endpoints_that_embed_or_rerank_stand_beside_those_that_are_asked(bare: Path) -> None:
    vectors = '[[endpoints]]\nname = "vectors"\nurl = "http://127.0.0.1:8002/v1"\nmodel = "m"\nroles = ["embedder"]\n'
    bare.write_text(
        vectors + '[model]\nurl = "http://127.0.0.1:8000/v1"\n[embedder]\nurl = "http://127.0.0.1:8003/v1"\n'
    )
    settings = load_settings()
    assert [one.name for one in settings.servers] == ["model"]
    assert [one.name for one in settings.embedders] == ["embedder", "vectors"]
    assert settings.rerankers == ()
    elsewhere = settings.asking("http://127.0.0.1:9000/v1")
    assert [one.url for one in elsewhere.servers] == ["http://127.0.0.1:9000/v1"]
    assert elsewhere.embedders == settings.embedders


def test_an_endpoint_does_not_embed_with_the_model_that_speaks(bare: Path) -> None:
    bare.write_text('[[endpoints]]\nname = "both"\nurl = "http://a/v1"\nroles = ["narrator", "embedder"]\n')
    with pytest.raises(BadSettings, match="make it an endpoint of its own"):
        load_settings()


@pytest.mark.parametrize(
    ("text", "says_so"),
    [
        (TWO + '[model]\nurl = "http://127.0.0.1:9000/v1"\n', "make it one of them"),
        (TWO.replace("words", "fast"), "'fast' is there twice"),
        (TWO + 'api_key = "sk-in-a-file"\n', "LOOMWRIGHT_ENDPOINT_KEYS__NAME"),
        ('[endpoint_keys]\nfast = "sk-in-a-file"\n', "a secret does not belong in a file"),
        (TWO + 'roles = ["poet"]\n', "endpoints.1.roles"),
        (TWO + "weight = 0\n", "endpoints.1.weight"),
    ],
)
def test_endpoints_that_do_not_fit_are_refused(bare: Path, text: str, says_so: str) -> None:
    bare.write_text(text)
    with pytest.raises(BadSettings) as caught:
        load_settings()
    assert says_so in str(caught.value)
    assert "sk-in-a-file" not in str(caught.value)
