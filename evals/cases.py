"""Golden cases: what happens, what good play satisfies, and (for some) what the model is made to say."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any, Self, cast

from pydantic import JsonValue, SerializeAsAny, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from evals.expectations import EXPECTATIONS, Expectations
from schemas import BadRequest, DecisionRequest, Fault, Id, Value, as_fields, field_path

DATASETS = Path(__file__).parent / "datasets"
WORLD = "morning_star"
KINDS = tuple(EXPECTATIONS)
"""The suites, one for each kind of decision."""
QUICK = 3
"""Cases a kind in a quick run: the first ones, and the first one with a scripted model."""


class Case(Value):
    """One request, and what a good decision about it is like."""

    id: Id
    expects: str
    """A sentence for people: what is expected, and why."""
    request: DecisionRequest
    expect: SerializeAsAny[Expectations]
    says: dict[str, JsonValue] | None = None
    """What the model answers, however often it is asked. None: whoever the run asks."""

    @model_validator(mode="after")
    def _results_need_a_script(self) -> Self:
        if self.says is None and (self.expect.tools is not None or self.expect.sources):
            raise ValueError("`tools` and `sources` are for cases that say what the model answers")
        return self

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, value: object) -> object:
        """The request takes id, world and seed from the case; the expectations are those of its kind."""
        fields = as_fields(value)
        request = as_fields(fields.get("request")) if fields else None
        if fields is None or request is None:
            return value
        name, kind = str(fields.get("id", "")), str(request.get("kind", ""))
        filled = {"id": name, "world": WORLD, "seed": zlib.crc32(name.encode()), "thread": f"eval.{name}", **request}
        expect: object = fields.get("expect", {})
        if kind in EXPECTATIONS and not isinstance(expect, Expectations):
            expect = EXPECTATIONS[kind].model_validate(expect)
        return {**fields, "request": filled, "expect": expect}


def load_cases(kind: str, folder: Path = DATASETS) -> tuple[Case, ...]:
    """The cases of a kind, from `<kind>.yaml`: `cast:` is for anchors, `cases:` is the list.

    Raises:
        BadRequest: with every field of every case that does not fit.
    """
    file = folder / f"{kind}.yaml"
    try:
        read = cast("dict[str, Any]", YAML(typ="safe", pure=True).load(file))  # pyright: ignore[reportUnknownMemberType]  # ruamel says nothing of its types
    except YAMLError as error:
        raise BadRequest(Fault(file.name, f"is not YAML: {error}")) from None
    cases, faults = list[Case](), list[Fault]()
    for entry in read["cases"]:
        try:
            cases.append(Case.model_validate({**entry, "request": {"kind": kind, **entry["request"]}}))
        except ValidationError as error:
            where = f"{file.name}:{entry.get('id', len(cases))}"
            faults += [Fault(f"{where}:{field_path(fault['loc'])}", fault["msg"]) for fault in error.errors()]
    if faults:
        raise BadRequest(faults)
    return tuple(cases)


def quick(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """A few of them: the first `QUICK`, and the first that has a script."""
    scripted = [case for case in cases[QUICK:] if case.says is not None]
    return (*cases[:QUICK], *scripted[:1])
