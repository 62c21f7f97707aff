"""The command line, as a designer types it: what it prints, what it exits with, and what it says when it cannot."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator

from schemas import PROJECT
from service.demo import ENCORE
from tests.service.stage import KINDS
from tests.support.command_line import WIDE, Loomwright, Ran
from tests.support.faulty_server import FaultyServer, rejects

OPENING = PROJECT / "config" / "worlds" / "morning_star" / "opening"
SECRET = "sk-the-kings-own-key-7731"  # noqa: S105  # the one that must never be printed


def in_a_process(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command as it is installed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LOOMWRIGHT_")}
    return subprocess.run(
        [str(Path(sys.executable).with_name("loomwright")), *arguments],
        cwd=folder, env=clean | {"COLUMNS": WIDE}, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


def validator(loomwright: Loomwright, of: str = "decision") -> Any:
    schema = json.loads(loomwright("schema", of).out)
    Draft202012Validator.check_schema(schema)
    return cast("Any", Draft202012Validator(schema))


REMATCH = ["tactics"] * 4
"""A boss that fights twice, and plans anew."""


def test_the_demo_of_a_fresh_installation_prints_decisions_that_fit_the_published_schema(
    loomwright: Loomwright, tmp_path: Path
) -> None:
    fits, ids = validator(loomwright), set[str]()
    first = in_a_process("demo", "--json", folder=tmp_path)
    assert first.returncode == 0, first.stderr
    again = loomwright("demo", "--json")  # everything is there already
    for printed in (first.stdout, again.out):
        decisions = [json.loads(line) for line in printed.splitlines()]
        assert [decision["kind"] for decision in decisions] == [kind for kind in KINDS if kind not in ENCORE]
        for decision in decisions:
            fits.validate(decision)
            assert decision["receipt"]["source"] in {"rules", "fallback"}
            assert decision["receipt"]["reason"]
            assert decision["receipt"]["milliseconds"] > 0
            late = {"record_late", "checkpoint_late"}  # on a machine that is busy with other things
            assert {*decision["receipt"]["warnings"]} <= late, decision["receipt"]
            ids.add(decision["id"])
    assert len(ids) == 2 * 5
    assert {path.name for path in tmp_path.iterdir()} == {".loomwright"}


def test_the_demo_for_people_says_who_decided_what_and_how(loomwright: Loomwright) -> None:
    ran = loomwright("demo")
    assert ran.code == 0, ran.err
    for kind in KINDS:
        assert kind in ran.out
    assert ran.out.count(" ms)") == len([*KINDS, *REMATCH])
    for part in ("fight 1", "round 1 ", "fight 2", "Vexal: ", "Tamsin Reed: "):
        assert part in ran.out, "a whole fight, round by round"
    assert "marta on DialogueStarted" in ran.out
    assert "loomwright decide --help" in ran.out


def test_the_demo_in_german_speaks_german(loomwright: Loomwright) -> None:
    english, german = loomwright("demo", "--json").lines, loomwright("demo", "--json", "--language", "de").lines
    assert {decision["receipt"]["language"] for decision in german} == {"de"}
    words = {" der ", " die ", " und ", " nicht ", " ist ", " ich ", " wir ", " euch ", " ihr "}
    for mine, theirs in zip(english, german, strict=True):
        if mine["kind"] == "combat":
            continue  # one line, too short to tell by
        text = json.dumps(theirs["content"], ensure_ascii=False).lower()
        assert any(word in text for word in words), text
        assert theirs["content"] != mine["content"]


def test_the_demo_plays_another_world_only_if_there_is_one(loomwright: Loomwright) -> None:
    ran = loomwright("demo", "--world", "morning_sta")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no world 'morning_sta'. Did you mean 'morning_star'?" in ran.err


def test_a_request_in_a_file_is_decided(loomwright: Loomwright) -> None:
    assert loomwright("world", "load", "morning_star").code == 0
    ran = loomwright("decide", "combat", "--event", str(OPENING / "2_combat.json"), "--json")
    assert ran.code == 0, ran.err
    [decision] = ran.lines
    validator(loomwright).validate(decision)
    assert (decision["kind"], decision["character"]) == ("combat", "grelda_thorn")
    assert decision["receipt"]["source"] in {"rules", "fallback"}


def test_the_policy_of_the_command_line_goes_over_the_requests_own(loomwright: Loomwright, tmp_path: Path) -> None:
    loomwright("world", "load", "morning_star")
    request = json.loads((OPENING / "2_combat.json").read_text())
    for number, (policy, source) in enumerate((("rules", "rules"), ("model", "fallback"))):
        (tmp_path / "request.json").write_text(json.dumps({**request, "id": f"ask-{number}"}))
        ran = loomwright("decide", "combat", "--event", "request.json", "--json", "--policy", policy)
        assert [line["receipt"]["source"] for line in ran.lines] == [source], ran.err


def test_a_request_may_come_from_standard_input(loomwright: Loomwright, monkeypatch: pytest.MonkeyPatch) -> None:
    loomwright("world", "load", "morning_star")
    monkeypatch.setattr(sys, "stdin", StringIO((OPENING / "1_dialogue.json").read_text()))
    ran = loomwright("decide", "dialogue", "--event", "-", "--json")
    assert [line["character"] for line in ran.lines] == ["marta"], ran.err


@pytest.mark.parametrize("of", ["decision", "request", "world"])
def test_the_published_schemas_are_sound(of: str, loomwright: Loomwright) -> None:
    schema = validator(loomwright, of).schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False


def test_the_request_schema_holds_for_every_opening(loomwright: Loomwright) -> None:
    fits = validator(loomwright, "request")
    for file in OPENING.glob("*.json"):
        fits.validate(json.loads(file.read_text()))
    assert not fits.is_valid({"kind": "combat"})


def test_worlds_are_loaded_and_listed(loomwright: Loomwright) -> None:
    before = loomwright("world", "list", "--json").lines
    assert before[0] == {"id": "morning_star", "about": "not loaded: loomwright world load morning_star"}
    first = loomwright("world", "load", "morning_star")
    assert "The Morning Star (morning_star): loaded, with 11 characters" in first.out
    assert "was there already" in loomwright("world", "load", "morning_star").out
    assert loomwright("world", "list", "--json").lines[0] == {"id": "morning_star", "about": "The Morning Star"}
    assert "The Morning Star" in loomwright("world", "list").out


def test_a_world_with_a_dangling_reference_is_told_and_nothing_of_it_is_written(
    loomwright: Loomwright, tmp_path: Path
) -> None:
    world = tmp_path / "lonely"
    world.mkdir()
    (world / "world.toml").write_text('id = "lonely"\nname = "The Lonely Isle"\n')
    (world / "factions.toml").write_text('[tide]\nname = "The Tide"\nleader = "nobody_here"\n')
    ran = loomwright("world", "load", str(world))

    assert (ran.code, ran.out) == (2, "")
    assert "factions.toml:3" in ran.err
    assert "there is no character 'nobody_here'" in ran.err
    assert "lonely" not in loomwright("world", "list").out


def test_all_graphs_are_listed_checked_and_drawn(loomwright: Loomwright, tmp_path: Path) -> None:
    listed, checked = loomwright("graph", "list"), loomwright("graph", "check")
    for kind in KINDS:
        assert kind in listed.out
        assert f"ok {kind} " in checked.out
        assert "decide_by_rules" in loomwright("graph", "draw", kind).out
    assert (listed.code, checked.code) == (0, 0)
    assert "wrote combat.svg" in loomwright("graph", "draw", "combat", "--as", "svg", "--to", "combat.svg").out
    assert (tmp_path / "combat.svg").read_text().lstrip().startswith("<svg")


TEN_FAULTS = """\
name: hunt
version: 0
about: What a hunter does.
decides: KombatDecision
deadline: 300
tools: [add_fact]
entrypoint: chose_policy

nodes:
  choose_policy:
    use: chose_policy
    with: { sharing: 0.5 }
    then: { model: recal, rules: decide_by_rules }
  recall:
    use: recall
    with: { memories: many }
    then: generate
  generate:
    use: generate
    timeout: soon
    then: nowhere
  decide_by_rules:
    use: decide_by_rules
    then: { on: end }
"""


def test_a_declaration_with_ten_faults_hears_of_all_of_them_at_once(loomwright: Loomwright, tmp_path: Path) -> None:
    (tmp_path / "hunt.yaml").write_text(TEN_FAULTS)
    ran = loomwright("graph", "check", "./hunt.yaml")

    assert (ran.code, ran.out) == (2, "")
    told = [line for line in ran.err.splitlines() if "hunt.yaml:" in line]
    assert len(told) >= 10, ran.err
    assert "Did you mean 'choose_policy'?" in ran.err
    assert "Traceback" not in ran.err


def test_a_sixth_graph_is_begun_checked_drawn_and_run_without_touching_python(
    loomwright: Loomwright, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert loomwright("world", "load", "morning_star").code == 0
    made = loomwright("graph", "new", "ambush", "--like", "encounter", "--folder", "mine")
    assert made.code == 0, made.err
    assert "loomwright graph check ambush" in made.out
    monkeypatch.setenv("LOOMWRIGHT_GRAPHS", json.dumps([str(PROJECT / "graphs" / "library"), str(tmp_path / "mine")]))

    assert "ok ambush 1, 11 nodes" in loomwright("graph", "check", "ambush").out
    assert "balance" in loomwright("graph", "draw", "ambush").out
    assert "ambush" in loomwright("graph", "list").out
    ran = loomwright("decide", "ambush", "--event", str(OPENING / "3_encounter.json"), "--json")
    assert ran.code == 0, ran.err
    [decision] = ran.lines
    assert (decision["kind"], decision["decides"]) == ("ambush", "EncounterDecision")
    assert decision["receipt"]["versions"]["graph"].startswith("ambush@1#")
    validator(loomwright).validate(decision)
    assert loomwright("graph", "new", "ambush", "--like", "encounter", "--folder", "mine").code == 2


WRONG: dict[str, tuple[bytes | None, str]] = {
    "missing": (None, "there is no such file"),
    "not JSON": (b'{"event": ', "is not JSON"),
    "not UTF-8": (b'{"event": "\xff\xfe"}', "is not UTF-8 text"),
    "not an object": (b"[1, 2]", "a request is a JSON object"),
    "a bare word": (b'"combat"', "a request is a JSON object"),
    "empty": (b"", "is not JSON"),
    "deeper than anybody reads": (b"[" * 100_000, "is not JSON"),
    "an unknown event": (b'{"character": "marta", "event": {"type": "Tornado"}, "scene": {}}', "event"),
    "NaN": (b'{"character": "marta", "deadline_ms": NaN}', "deadline_ms"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_request_file_that_cannot_be_used_is_named(fault: str, loomwright: Loomwright, tmp_path: Path) -> None:
    content, says_so = WRONG[fault]
    loomwright("world", "load", "morning_star")
    if content is not None:
        (tmp_path / "request.json").write_bytes(content)
    ran = loomwright("decide", "dialogue", "--event", "request.json")

    assert (ran.code, ran.out) == (2, "")
    assert says_so in ran.err
    assert "Traceback" not in ran.err


def test_a_folder_where_a_request_file_belongs_is_named(loomwright: Loomwright, tmp_path: Path) -> None:
    ran = loomwright("decide", "dialogue", "--event", str(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "says_so"),
    [
        (("decide", "combatt", "--event", str(OPENING / "2_combat.json")), "Did you mean 'combat'?"),
        (("graph", "draw", "dialog"), "Did you mean 'dialogue'?"),
        (("graph", "check", "nowhere.yaml"), "nowhere.yaml"),
        (("graph", "new", "Big Name"), "not a name for a graph"),
        (("world", "load", "evening_star"), "there is no world 'evening_star'"),
        (("demo", "--model-url", "not an address"), "not the address of an endpoint"),
        (("demo", "--language", "klingon!"), "language"),
    ],
)
def test_what_the_user_can_mend_is_one_readable_message(
    arguments: tuple[str, ...], says_so: str, loomwright: Loomwright
) -> None:
    loomwright("world", "load", "morning_star")
    ran = loomwright(*arguments)

    assert (ran.code, ran.out) == (2, "")
    assert says_so in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("variable", "value", "says_so"),
    [
        ("LOOMWRIGHT_POLICY__MAX_TOOL_CALLS", "seven", "policy.max_tool_calls"),
        ("LOOMWRIGHT_POLICY__MAX_TOOL_CALLS", "77", "policy.max_tool_calls"),
        ("LOOMWRIGHT_EMBEDDER__KIND", "magic", "embedder.kind"),
        ("LOOMWRIGHT_EMBEDDER__KIND", "endpoint", "LOOMWRIGHT_EMBEDDER__URL"),
        ("LOOMWRIGHT_GRAPHS", "not json", "graphs"),
    ],
)
def test_settings_that_do_not_fit_are_named(
    variable: str, value: str, says_so: str, loomwright: Loomwright, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    ran = loomwright("demo", "--json")

    assert (ran.code, ran.out) == (2, "")
    assert says_so in ran.err
    assert "Traceback" not in ran.err


def test_the_doctor_is_content_with_a_loaded_world_and_no_endpoint(loomwright: Loomwright) -> None:
    loomwright("world", "load", "morning_star")
    ran = loomwright("doctor", "--json")
    assert ran.code == 0, ran.out
    found = {line["name"]: line for line in ran.lines}
    assert all(line["ok"] for line in found.values())
    assert {f"graph {kind}" for kind in KINDS} <= found.keys()
    assert "rules decide everything" in found["endpoint"]["detail"]
    assert "LOOMWRIGHT_MODEL__URL" in found["endpoint"]["remedy"]
    assert loomwright("doctor").code == 0


def test_the_doctor_of_a_fresh_folder_says_how_to_get_a_world(loomwright: Loomwright) -> None:
    ran = loomwright("doctor", "--json")
    worlds = next(line for line in ran.lines if line["name"] == "worlds")
    assert worlds["remedy"] == "loomwright world load morning_star"
    assert ran.code == 0, "nothing configured is nothing broken: demo and decide need no more than what is there"


def test_the_doctor_tells_an_endpoint_that_refuses(loomwright: Loomwright) -> None:
    loomwright("world", "load", "morning_star")
    ran = loomwright("doctor", "--json", "--model-url", "http://127.0.0.1:9/v1")
    endpoint = next(line for line in ran.lines if line["name"] == "endpoint")
    assert ran.code == 1
    assert not endpoint["ok"]
    assert "http://127.0.0.1:9/v1" in endpoint["detail"]
    assert endpoint["remedy"]
    assert "Traceback" not in ran.err


async def test_a_key_is_sent_and_never_printed(
    loomwright: Loomwright, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOMWRIGHT_API_KEY", SECRET)
    monkeypatch.setenv("LOOMWRIGHT_LOG__LEVEL", "debug")
    async with FaultyServer(rejects(401, f"{SECRET} is no key of ours")) as server:

        def everything() -> list[Ran]:
            return [
                loomwright("doctor", "--model-url", server.url),
                loomwright("doctor", "--json", "--model-url", server.url),
                loomwright("demo", "--policy", "model", "--json", "--model-url", server.url),
                loomwright("demo", "--policy", "model", "--model-url", "http://nowhere:x"),
            ]

        ran = await asyncio.to_thread(everything)
        assert {request.headers["authorization"] for request in server.asked} == {f"Bearer {SECRET}"}
    assert [one.code for one in ran] == [1, 1, 0, 2]
    assert "model_rejected" in ran[2].err
    for one in ran:
        assert SECRET not in one.out + one.err
    kept = [path for path in (tmp_path / ".loomwright").rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        found = SECRET.encode() in path.read_bytes()
        assert not found, path
