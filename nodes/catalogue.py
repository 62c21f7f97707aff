"""The catalogue: which nodes there are, read once from their signatures."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, SimpleNamespace
from typing import Any, Literal, TypeAlias, get_args, get_origin, get_type_hints

from pydantic import PydanticSchemaGenerationError, TypeAdapter, ValidationError

from nodes.step import Step

NodeFunction: TypeAlias = Callable[..., Awaitable[Step[str | None]]]
"""`async def name(state, context, *, knob: int = 3) -> Step[...]`."""


@dataclass(frozen=True, slots=True)
class Knob:
    """One thing that a declaration may set on a node under `with`."""

    name: str
    type: Any  # a type form: `int`, `Literal["a"]`, `Annotated[float, Field(ge=0)]`, ...
    default: object
    adapter: TypeAdapter[Any]

    def __iter__(self) -> Iterator[object]:
        """A knob unpacks like the pair `(type, default)`."""
        return iter((self.type, self.default))

    def read(self, value: object) -> object:
        """The value as the node wants it (a list becomes a tuple, a text an enum); nothing else is coerced.

        Raises `ValueError` with one short sentence a problem when the value does not fit.
        """
        try:
            return self.adapter.validate_json(json.dumps(value, allow_nan=False), strict=True)
        except ValidationError as error:
            said = [_sentence(problem["loc"], problem["msg"]) for problem in error.errors(include_url=False)]
            raise ValueError("; ".join(dict.fromkeys(said))) from error


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """What the catalogue knows of one node."""

    name: str
    function: NodeFunction
    about: str
    """The first line of its docstring."""
    knobs: Mapping[str, Knob]
    outcomes: tuple[str, ...]
    """The ways it can end; empty for a node that has one way out."""
    asks_model: bool = False
    """It reaches the model and so may fail; a graph must say where it goes then."""
    decides: bool = False
    """It always finds a legal decision, without any I/O that can fail."""
    waits: bool = False
    """The run stops before it until somebody answers what the state has under `waiting`."""


class Catalogue(Mapping[str, NodeSpec]):
    """An immutable list of nodes, looked up by function name: `catalogue["recall"].outcomes`.

    Raises `TypeError` when a function is not a node, naming all that is wrong with all of them.
    """

    __slots__ = ("_specs",)

    def __init__(
        self,
        functions: Iterable[NodeFunction],
        *,
        asks_model: Iterable[NodeFunction] = (),
        decides: Iterable[NodeFunction] = (),
        waits: Iterable[NodeFunction] = (),
    ) -> None:
        listed, asking, deciding, waiting = list(functions), list(asks_model), list(decides), list(waits)
        specs: dict[str, NodeSpec] = {}
        problems: list[str] = []
        for function in listed:
            name = _name(function)
            if name in specs:
                problems.append(f"{_where(function)}: node '{name}' is in the catalogue twice.")
                continue
            try:
                specs[name] = _read(
                    function, asks_model=function in asking, decides=function in deciding, waits=function in waiting
                )
            except TypeError as error:
                problems.append(str(error))
        problems += [
            f"{_where(function)}: '{_name(function)}' is marked {mark}, but is not in the list of nodes."
            for mark, marked in (("asks_model", asking), ("decides", deciding), ("waits", waiting))
            for function in marked
            if function not in listed
        ]
        if problems:
            raise TypeError("\n".join(problems))
        self._specs = MappingProxyType(specs)

    def with_nodes(
        self,
        functions: Iterable[NodeFunction],
        *,
        asks_model: Iterable[NodeFunction] = (),
        decides: Iterable[NodeFunction] = (),
        waits: Iterable[NodeFunction] = (),
    ) -> Catalogue:
        """A bigger catalogue; this one stays as it is. A name that is taken raises `TypeError`."""
        mine = list(self._specs.values())
        return Catalogue(
            [*(spec.function for spec in mine), *functions],
            asks_model=[*(spec.function for spec in mine if spec.asks_model), *asks_model],
            decides=[*(spec.function for spec in mine if spec.decides), *decides],
            waits=[*(spec.function for spec in mine if spec.waits), *waits],
        )

    def __getitem__(self, name: str) -> NodeSpec:
        return self._specs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def __repr__(self) -> str:
        return f"Catalogue([{', '.join(self._specs)}])"


def _read(function: NodeFunction, *, asks_model: bool, decides: bool, waits: bool) -> NodeSpec:
    """Read one signature. Raises `TypeError` with a line for each thing that is wrong."""
    name, where = _name(function), _where(function)
    problems: list[str] = []
    if not inspect.iscoroutinefunction(function):
        problems.append("it must be an `async def`.")
    parameters = list(inspect.signature(function).parameters.values())
    travelling = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if [p.name for p in travelling] != ["state", "context"]:
        problems.append("it must take `state, context` first, and its knobs after a `*`.")
    knobs: dict[str, Knob] = {}
    hints = _hints(function, [p.name for p in parameters if p not in travelling] + ["return"], problems)
    for parameter in parameters:
        if parameter in travelling:
            continue
        if parameter.kind is not parameter.KEYWORD_ONLY:
            problems.append(f"'*{parameter.name}' cannot be set from a declaration; name each knob.")
        elif parameter.annotation is parameter.empty:
            problems.append(f"knob '{parameter.name}' needs a type.")
        elif parameter.default is parameter.empty:
            problems.append(f"knob '{parameter.name}' needs a default.")
        elif parameter.name in hints:
            try:
                adapter = TypeAdapter[Any](hints[parameter.name])
                adapter.validate_python(parameter.default, strict=True)
            except PydanticSchemaGenerationError:
                problems.append(f"knob '{parameter.name}' has a type that no YAML value can have.")
            except ValidationError as error:
                problems.append(f"knob '{parameter.name}': its default does not fit ({error.errors()[0]['msg']}).")
            else:
                knobs[parameter.name] = Knob(parameter.name, hints[parameter.name], parameter.default, adapter)
    about = (inspect.getdoc(function) or "").split("\n", 1)[0]
    if not about:
        problems.append("it needs a docstring that says what it is for.")
    outcomes = _outcomes(hints.get("return"), problems)
    if problems:
        raise TypeError("\n".join(f"{where}: node '{name}': {problem}" for problem in problems))
    return NodeSpec(name, function, about, MappingProxyType(knobs), outcomes, asks_model, decides, waits)


def _hints(function: NodeFunction, names: list[str], problems: list[str]) -> dict[str, Any]:
    """The annotations of the knobs and of the result. `state` and `context` may name what is only imported to check."""
    written = inspect.get_annotations(function)
    wanted = {name: written[name] for name in names if name in written}
    try:
        return get_type_hints(
            SimpleNamespace(__annotations__=wanted),
            globalns=getattr(inspect.unwrap(function), "__globals__", {}),  # a decorator lives elsewhere
            include_extras=True,
        )
    except NameError as error:
        problems.append(f"an annotation names '{error.name}', which its module does not import at run time.")
        return {"return": Step}


def _outcomes(result: object, problems: list[str]) -> tuple[str, ...]:
    if result is Step:
        return ()
    named = get_args(result)[0] if get_origin(result) is Step else None
    if get_origin(named) is Literal and all(isinstance(outcome, str) for outcome in get_args(named)):
        return get_args(named)
    problems.append('it must return `Step`, or `Step[Literal["one", "other"]]` when it can end in several ways.')
    return ()


def _sentence(loc: tuple[int | str, ...], said: str) -> str:
    inside = ".".join(str(part) for part in loc if isinstance(part, int))
    return f"item {inside}: {said}" if inside else said


def _name(function: NodeFunction) -> str:
    return getattr(function, "__name__", type(function).__name__)


def _where(function: NodeFunction) -> str:
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code is not None else repr(function)
