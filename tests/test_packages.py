"""The project as a whole: its packages are its own, its pins hold, and what is generated is up to date."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest
from langgraph_cli.config import validate_config_file  # pyright: ignore[reportMissingTypeStubs]  # untyped there

from graphs import SCHEMA_FILE, library_names, schema_text
from nodes import CATALOGUE
from schemas import CONTENTS, PROJECT
from tools import FUNCTIONS, Toolbox

PACKAGES = (
    "schemas", "telemetry", "rules", "tools", "memory", "inference", "nodes", "graphs", "service", "evals",
    "benchmarks",
)  # fmt: skip


def python(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script in another folder, with no path of ours but what is installed."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith("LOOMWRIGHT_") and name != "PYTHONPATH"
    }
    return subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=clean | environment, capture_output=True, text=True,
        timeout=600, check=False,
    )  # fmt: skip


def test_every_package_comes_from_this_project_wherever_one_stands(tmp_path: Path) -> None:
    """chromadb brings a data folder `schemas/` of its own, which must not win."""
    script = f"import chromadb\nfor name in {PACKAGES}: print(name, __import__(name).__file__)"
    ran = python(script, tmp_path)
    assert ran.returncode == 0, ran.stderr
    found = dict(line.split(" ", 1) for line in ran.stdout.splitlines())
    assert found == {name: str(PROJECT / name / "__init__.py") for name in PACKAGES}


def test_a_process_in_which_rules_decide_never_imports_the_sdk_of_an_endpoint(tmp_path: Path) -> None:
    script = """
import asyncio, sys
from pathlib import Path
from memory import read_world
from schemas import PROJECT, load_settings
import service.cli
from service import Loom

async def play():
    async with Loom.open(load_settings(home=Path("home"))) as loom:
        world = read_world(PROJECT / "config" / "worlds" / "morning_star")
        await loom.memory.load_world(world)
        return (await loom.decide(world.opening[0])).receipt.source

print(asyncio.run(play()), *({"openai", "instructor", "langchain_openai", "deepeval"} & {*sys.modules}))
"""
    ran = python(script, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1].split() in (["rules"], ["fallback"]), (
        "a fallback, on a machine too busy for the deadline"
    )


def test_the_first_decision_of_a_process_with_a_model_finds_everything_read(tmp_path: Path) -> None:
    script = """
import asyncio, sys
from pathlib import Path
from inference import ScriptedModel
from memory import read_world
from nodes import FrozenClock
from schemas import PROJECT, load_settings
from service import Loom

async def play():
    model = ScriptedModel([{}, {}])
    async with Loom.open(load_settings(home=Path("home")), model=model, clock=FrozenClock()) as loom:
        world = read_world(PROJECT / "config" / "worlds" / "morning_star")
        await loom.memory.load_world(world)
        before = {*sys.modules}
        request = next(one for one in world.opening if one.kind == "dialogue")
        await loom.decide(request.model_copy(update={"policy": "model"}))
        read = {*sys.modules} - before
        return sorted(name for name in read if name.startswith(("chromadb", "langchain_core.tracers.context")))

print(*asyncio.run(play()))
"""
    ran = python(script, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == ""


def test_whatever_a_front_door_promises_is_behind_it() -> None:
    for name in PACKAGES:
        package = import_module(name)
        for promised in getattr(package, "__all__", ()):
            assert getattr(package, promised) is not None, f"{name}.{promised}"
        with pytest.raises(AttributeError, match="nothing_of_the_sort"):
            getattr(package, "nothing_of_the_sort")  # noqa: B009  # pyright knows that it is not there


def test_the_packages_that_are_installed_are_those_that_are_there() -> None:
    built = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    there = {folder.parent.name for folder in PROJECT.glob("*/__init__.py")}
    assert set(built["targets"]["wheel"]["packages"]) == there == set(PACKAGES)


def test_every_pin_has_its_hashes_and_none_has_an_address() -> None:
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    joined = text.replace("\\\n", " ")
    pins = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(pins) > 50
    for pin in pins:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,._-]+\])?==\S+", pin), pin
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", pin), pin.split()[0]


def test_the_lock_has_every_dependency_of_the_project() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    locked = set(re.findall(r"^([a-z0-9._-]+)", (PROJECT / "requirements.lock").read_text(), re.MULTILINE))
    names = {re.split(r"[<>=\[!~ ]", one, maxsplit=1)[0].lower().replace("_", "-") for one in wanted}
    assert names <= locked


HOSTS = (
    "pypi" + ".org",
    "files.python" + "hosted.org",
    "registry." + "npmjs",
    "artifact" + "ory",
    "nexus" + "/repository",
)
PLACES = re.compile(r"(?<![\w.])/(?:home|Users|root|work|private/var)/[\w.-]+")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode != 0:
        pytest.fail("git does not say which files are kept: is this a clone?")
    return [PROJECT / name for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()]


def test_no_kept_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    found: list[str] = []
    for file in tracked():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        for number, line in enumerate(text.splitlines(), 1):
            if any(host in line for host in HOSTS) or PLACES.search(line):
                found.append(f"{file.relative_to(PROJECT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_the_schema_for_editors_is_up_to_date() -> None:
    tools = Toolbox.load(PROJECT / "config" / "tools", FUNCTIONS).names
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(CATALOGUE, tools, CONTENTS), "run: make generate"


def test_langgraphs_own_command_line_accepts_our_export() -> None:
    config = cast("dict[str, Any]", validate_config_file(PROJECT / "langgraph.json"))
    assert set(config["graphs"]) == set(library_names())
    assert config["python_version"] == "3.11"


SERVED = """
import asyncio, json, sys
from langgraph_api.graph import GraphSpec, _graph_from_spec
import service.loom as face

opened = []
really = face.Loom.open.__func__
def counting(cls, *given, **more):
    opened.append(1)
    return really(cls, *given, **more)
face.Loom.open = classmethod(counting)

graphs, opening = json.loads(sys.argv[1]), json.loads(sys.argv[2])

async def serve():
    for name, source in graphs.items():
        place, variable = source.rsplit(":", 1)
        where = {"path": place} if "/" in place else {"module": place}
        factory = _graph_from_spec(GraphSpec(id=name, variable=variable, **where))
        graph = await factory()
        assert graph.checkpointer is None, "the platform brings its own"
        result = await graph.ainvoke({"request": opening[name]})
        made = result["decision"]
        print("SERVED", json.dumps([name, type(graph).__name__, made["kind"], made["receipt"]["source"]]))
    print("OPENED", len(opened))
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) and module.__file__.endswith("service/exports.py"):
            await module.close()

asyncio.run(serve())
"""


def test_langgraphs_own_loader_serves_all_graphs_from_one_loom(tmp_path: Path) -> None:
    config = json.loads((PROJECT / "langgraph.json").read_text(encoding="utf-8"))
    files = sorted((PROJECT / "config" / "worlds" / "morning_star" / "opening").glob("*.json"))
    files.append(PROJECT / "config" / "worlds" / "morning_star" / "examples" / "crowd.json")
    opening = {request["kind"]: request for request in (json.loads(file.read_text()) for file in files)}
    opening["negotiation"] = opening["diplomacy"] | {"kind": "negotiation", "id": "opening-talks"}
    # What `langgraph dev` sets for its server in memory.
    platform = {
        "DATABASE_URI": ":memory:", "REDIS_URI": "fake", "MIGRATIONS_PATH": "__inmem",
        "LANGGRAPH_RUNTIME_EDITION": "inmem", "LANGSMITH_LANGGRAPH_API_VARIANT": "local_dev",
        "LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1", "LOOMWRIGHT_HOME": str(tmp_path / "home"),
    }  # fmt: skip
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LOOMWRIGHT_")}
    ran = subprocess.run(
        [sys.executable, "-c", SERVED, json.dumps(config["graphs"]), json.dumps(opening)],
        cwd=PROJECT, env=clean | platform, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    served = [json.loads(line.removeprefix("SERVED ")) for line in lines if line.startswith("SERVED")]
    assert [row[:3] for row in served] == [[name, "CompiledStateGraph", name] for name in config["graphs"]]
    assert {row[3] for row in served} <= {"rules", "fallback"}
    assert "OPENED 1" in lines, "each graph opened a record of its own"
