"""Tools are described in files, and the files are checked against the functions before anybody plays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from schemas import PROJECT, CallerError, ToolSpec, UnknownThing
from tools import FUNCTIONS, Consequences, Here, Toolbox, tool_schema
from tools.json_schema import JsonSchema

SHIPPED = PROJECT / "config" / "tools"


def ring_bell(here: Here, call: int, *, times: int) -> Consequences:
    """Ring it."""
    return Consequences()


def described(**changes: JsonValue) -> dict[str, JsonValue]:
    return {
        "name": "ring_bell",
        "description": "Ring the bell.",
        "parameters": {
            "type": "object",
            "properties": {"times": {"type": "integer", "minimum": 1}},
            "required": ["times"],
            "additionalProperties": False,
        },
        **changes,
    }


def parameters(**properties: JsonValue) -> JsonValue:
    names: list[JsonValue] = [*properties]
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def faults_of(folder: Path, file: str, text: str) -> str:
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(CallerError) as caught:
        Toolbox.load(folder, [ring_bell])
    return str(caught.value)


def test_the_shipped_tools_load_and_can_be_looked_up() -> None:
    toolbox = Toolbox.load(SHIPPED, FUNCTIONS)

    assert toolbox.names == ("add_knowledge_fact", "modify_relationship", "reveal_secret")
    assert toolbox.spec("reveal_secret").description.startswith("Tell a secret")


def test_asking_for_a_tool_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(UnknownThing, match="Did you mean 'reveal_secret'"):
        Toolbox.load(SHIPPED, FUNCTIONS).spec("reveal_secrets")


def test_a_designers_own_tool_needs_a_function_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "ring_bell.json").write_text(json.dumps(described()), encoding="utf-8")

    assert Toolbox.load(tmp_path, [ring_bell]).names == ("ring_bell",)


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        (described(name="ring_bells"), "no function does 'ring_bells'. Did you mean 'ring_bell'?"),
        (described(name="ring_bells"), "Call the file ring_bells.json."),
        (described(colour="red"), "ring_bell.json: colour: Extra inputs are not permitted."),
        (described(parameters={"type": "objekt"}), "ring_bell.json: parameters.type: 'objekt' is not valid"),
        (described(parameters=parameters(volume={})), "the function of 'ring_bell' has the argument 'times'"),
        (described(parameters=parameters(volume={})), "the file of 'ring_bell' has the argument 'volume'"),
        (described(parameters={"type": "object"}), "'additionalProperties': false"),
        (
            described(parameters={"type": "object", "properties": {"times": {}}, "additionalProperties": False}),
            "parameters.times: it must be required, for a grammar may skip what is optional.",
        ),
        (
            described(parameters=parameters(times={"type": "array", "uniqueItems": True})),
            "parameters.times: a grammar cannot hold 'uniqueItems'.",
        ),
        (described(parameters=parameters(times={"x-refers-to": "someone"})), "'someone' is no kind of reference."),
        (
            described(parameters=parameters(times={"anyOf": [{"x-refers-to": "known"}]})),
            "'x-refers-to' is only looked for under 'properties' and 'items'.",
        ),
    ],
)
def test_a_tool_that_is_described_wrongly_says_how(tmp_path: Path, spec: dict[str, JsonValue], fault: str) -> None:
    assert fault in faults_of(tmp_path, "ring_bell.json", json.dumps(spec))


def test_a_file_that_is_no_json_is_named_with_its_line(tmp_path: Path) -> None:
    assert "ring_bell.json:2: this is not JSON" in faults_of(tmp_path, "ring_bell.json", '{\n"name": ring\n}')


def test_a_function_without_a_file_is_a_fault(tmp_path: Path) -> None:
    said = faults_of(tmp_path, "ring_bel.json", json.dumps(described(name="ring_bel")))

    assert "the tool 'ring_bell' has a function, but no file. Is 'ring_bel.json' meant?" in said


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="there is no such folder of tools"):
        Toolbox.load(tmp_path / "nowhere", [])


def specs() -> list[ToolSpec]:
    toolbox = Toolbox.load(SHIPPED, FUNCTIONS)
    return [toolbox.spec(name) for name in toolbox.names]


def test_the_offer_holds_a_model_to_the_tools_and_their_arguments() -> None:
    schema = tool_schema(specs(), limit=2)
    check = JsonSchema(schema)
    good: JsonValue = {"tool": "reveal_secret", "arguments": {"fact": "shared_childhood", "to": ["tamsin_reed"]}}

    assert not check.misfit([])
    assert not check.misfit([good, good])
    assert check.misfit([good, good, good])
    assert check.misfit([{"tool": "reveal_secret", "arguments": {"fact": "shared_childhood"}}])
    assert check.misfit([{"tool": "modify_relationship", "arguments": good["arguments"]}])


def test_the_offer_says_nothing_that_a_grammar_cannot_hold() -> None:
    text = json.dumps(tool_schema(specs()))

    assert not [word for word in ("x-refers-to", "multipleOf", "uniqueItems", "patternProperties") if word in text]


@pytest.mark.parametrize(("offered", "limit"), [([], 3), (specs(), 0)])
def test_where_nothing_is_offered_only_the_empty_list_fits(offered: list[ToolSpec], limit: int) -> None:
    check = JsonSchema(tool_schema(offered, limit=limit))

    assert not check.misfit([])
    assert check.misfit([{"tool": "reveal_secret", "arguments": {}}])
