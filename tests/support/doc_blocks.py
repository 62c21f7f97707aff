"""Write the parts of the pages that come from the code: tables, drawings, and files shown whole.

    uv run python -m tests.support.doc_blocks

A page marks such a part with `<!-- generated: NAME -->` and `<!-- /generated -->`; the names are those of `BLOCKS`, and
`file PATH` shows a file. `tests/test_docs.py` compares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from opentelemetry.metrics import Counter, Histogram, NoOpMeter, UpDownCounter
from opentelemetry.metrics import _Gauge as Gauge  # pyright: ignore[reportPrivateUsage]  # its public name is missing
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from graphs import Declaration, Node, draw, read
from graphs.declaration import AtMost, Cache, Retry
from nodes import CATALOGUE, Knob
from schemas import PROJECT, BudgetSettings, EndpointSettings, Settings
from service.sizing import Load, size
from telemetry import Instruments
from tests.support import faults, rules_tables

PAGES = (PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md")))
_MARKED = re.compile(r"(<!-- generated: (?P<name>[^>]+?) -->\n).*?(<!-- /generated -->)", re.DOTALL)
_LANGUAGES = {".py": "python file", ".yaml": "yaml", ".json": "json"}
_ABOUT = {
    "name": "The name of the graph, and of its file; requests ask for it as their `kind`.",
    "version": "Starts at 1. It goes into each receipt, so raise it when players would notice.",
    "about": "What the graph decides, in a sentence.",
    "tools": "What the model may ask for: names from `config/tools/`.",
    "entrypoint": "The node that comes first. Nothing may lead back to it.",
    "nodes": "The nodes by name; a name is yours to choose, all but `end`.",
    "use": "The function of the catalogue that does the work.",
    "with": "Its knobs, where they shall not have their defaults.",
    "then": "The next node, or a map from each outcome to a node; `end` ends the decision.",
    "then, at_most": "Where the bound leads.",
    "times": "Runs in one decision, 1 to 20.",
    "deadline": "When an answer is due, where a request does not say so itself: `300ms`, `2s`.",
    "attempts": "How often, the first time included: 2 to 5.",
    "ttl": "How long a result is kept.",
}
"""What keys are for that say nothing themselves in the code, or not to somebody who writes YAML."""
_SETTINGS = {
    "config": "The folder with prompts, tools, bestiary, locales and worlds.",
    "record_url": "SQLAlchemy URL of the record; without it SQLite in `home`.",
    "model.temperature": "0 takes the likeliest word each time, up to 2. A graph's `generate` may set its own.",
    "model.name": "The model's name there; without it the first that the endpoint lists.",
    "model.url": "Base of an OpenAI-compatible API (`http://127.0.0.1:8000/v1`); without it rules decide everything.",
    "embedder.url": "Base of the API that has `/embeddings`; for `endpoint`.",
    "embedder.name": "The model's name there; for `endpoint`.",
    "recall.initial_energy": "The energy of each tag of the event.",
    "log.level": "What is worth a line.",
    "log.format": "For people, or one JSON object a line.",
    "log.file": "Without it standard error.",
    "telemetry.prometheus_host": "The address of that port; `0.0.0.0` for other machines too.",
    "api_key": "The key of the endpoints. Refused in a file.",
    "endpoint_keys": "Keys of single endpoints: `LOOMWRIGHT_ENDPOINT_KEYS__FAST` for `fast`. Refused in a file.",
    "budgets": "How much may go to models: a table for each ([Budgets](serving.md#budgets)).",
    "endpoints": "Several servers: a table for each ([Serving a model](serving.md)); in the environment a JSON list.",
}
"""What settings are for whose docstring is their table's, or speaks to programmers."""


def catalogue() -> str:
    """The nodes with their outcomes and knobs."""
    rows: list[tuple[str, ...]] = []
    for spec in CATALOGUE.values():
        marks = [*(["asks the model"] * spec.asks_model), *(["decides"] * spec.decides)]
        about = f"{spec.about} *({', '.join(marks)})*" if marks else spec.about
        rows.append((f"`{spec.name}`", about, _listed(spec.outcomes), "<br>".join(map(_knob, spec.knobs.values()))))
    return _table(("node", "what it is for", "outcomes", "knobs and their defaults"), rows)


def declaration() -> str:
    """The keys of a graph file, part by part."""
    parts = {
        "A graph": Declaration,
        "A node": Node,
        "`retry`": Retry,
        "`cache`": Cache,
        "`at_most`": AtMost,
    }
    said: list[str] = []
    for title, model in parts.items():
        about = (model.__doc__ or "").split("\n\n", 1)[0] if title.startswith("`") else ""
        rows = [
            (f"`{_key(name, field)}`", _needed(field), _told(_key(name, field), field, model))
            for name, field in model.model_fields.items()
        ]
        said.append(f"**{title}**{f': {about}' if about else ''}\n\n{_table(_KEYS, rows)}")
    return "\n\n".join(said)


_KEYS = ("key", "default", "what it is for")


def settings() -> str:
    """Every setting: its key in the file, its variable, its default."""
    return _table(("in loomwright.toml", "environment", "default", "what it is for"), _settings(Settings, ()))


def instruments() -> str:
    """Every metric: as OpenTelemetry calls it, what it is, and by what it is told apart."""
    rows = [(f"`{made.name}`", made.kind, made.about) for made in listed_instruments()]
    return _table(("metric", "is a", "what it is"), rows)


def listed_instruments() -> list[Made]:
    """All instruments, as they describe themselves."""
    meter = _ListingMeter("docs")
    Instruments(meter)
    return meter.made


@dataclass(frozen=True)
class Made:
    """What an instrument says of itself."""

    name: str
    kind: str
    about: str


class _ListingMeter(NoOpMeter):
    """Makes nothing, and keeps what it was asked to make."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.made: list[Made] = []

    def create_counter(self, name: str, unit: str = "", description: str = "") -> Counter:
        self.made.append(Made(name, "counter", description))
        return super().create_counter(name, unit, description)

    def create_up_down_counter(self, name: str, unit: str = "", description: str = "") -> UpDownCounter:
        self.made.append(Made(name, "gauge", description))
        return super().create_up_down_counter(name, unit, description)

    def create_gauge(self, name: str, unit: str = "", description: str = "") -> Gauge:
        self.made.append(Made(name, "gauge", description))
        return super().create_gauge(name, unit, description)

    def create_histogram(self, name: str, unit: str = "", description: str = "", **more: Any) -> Histogram:
        self.made.append(Made(name, f"histogram, {unit.strip('{}')}", description))
        return super().create_histogram(name, unit, description, **more)


def endpoint() -> str:
    """What one of the endpoints says of itself, each line with its default."""
    return _listed_table("endpoints", EndpointSettings)


def budget() -> str:
    """What one of the budgets says of itself."""
    return _listed_table("budgets", BudgetSettings)


def sizing() -> str:
    """How many servers some numbers of characters need, by what the formula assumes."""
    rows: list[tuple[str, ...]] = []
    for characters in (100, 500, 5_000):
        for share in (0.05, 0.25):
            load = Load(characters=characters, share=share)
            found = size(load)
            figures = (f"{found.asked:.1f}", f"{found.servers}", f"{found.at_once:.0f}")
            rows.append((f"{characters:,}", f"{share:.0%}", *figures))
    return _table(("characters", "model's share", "questions a second", "servers", "answers at once"), rows)


def assumed() -> str:
    """What the formula assumes where nobody has measured."""
    rows = [
        (f"`--{name.replace('_', '-')}`", f"{field.default:g}", field.description or "")
        for name, field in Load.model_fields.items()
        if not field.is_required()
    ]
    return _table(("option", "assumed", "what it is, and where yours stands"), rows)


def _listed_table(name: str, model: type[BaseModel]) -> str:
    rows = [
        (f"`{name}`", "needed" if field.is_required() else _default(field.default), field.description or "")
        for name, field in model.model_fields.items()
    ]
    return _table((f"in `[[{name}]]`", "default", "what it is for"), rows)


def fault_table() -> str:
    """What a server may do wrong, and what a decision is then."""
    head = ("the only server ...", "who decides", "reason", "sent", "with a second server that is well")
    return _table(head, faults.rows())


def real_fault_table() -> str:
    """What real servers do, and what becomes of a decision."""
    return _table(("the server ...", "who decides", "reason", "how long it takes", "afterwards"), faults.real_rows())


def _settings(model: type[BaseModel], above: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        path, kind = (*above, name), field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _settings(kind, path)
            continue
        variable = f"`LOOMWRIGHT_{'__'.join(path).upper()}`"
        in_file = "" if SecretStr in get_args(kind) else f"`{'.'.join(path)}`"
        choice = f"{_listed(get_args(kind))}. " if get_origin(kind) is Literal else ""
        about = _SETTINGS.get(".".join(path)) or field.description
        if about is None:
            raise LookupError(f"nothing says what the setting '{'.'.join(path)}' is for")
        yield in_file, variable, _default(field.get_default(call_default_factory=True)), choice + about


def _default(value: object) -> str:
    match value:
        case None:
            return ""
        case Path():
            return f"`{_short(value)}`"
        case tuple():
            listed = [_short(one) if isinstance(one, Path) else one for one in cast("tuple[object, ...]", value)]
            return f"`{json.dumps(listed)}`"
        case _:
            return f"`{value}`"


def _short(path: Path) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def _key(name: str, field: FieldInfo) -> str:
    return field.alias or name


def _needed(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    default: Any = field.get_default(call_default_factory=True)
    if isinstance(default, float):
        return f"`{default * 1000:g}ms`"
    return f"`{default}`" if isinstance(default, str) else ""


def _told(key: str, field: FieldInfo, model: type[BaseModel]) -> str:
    if model is AtMost and key == "then":
        return _ABOUT["then, at_most"]
    kind = next((part for part in get_args(field.annotation) if isinstance(part, type)), None)
    of_part = f"See `{key}` below." if kind in (Retry, Cache, AtMost) else ""
    said = _ABOUT.get(key) or field.description or of_part
    if not said:
        raise LookupError(f"nothing says what '{key}' of {model.__name__} is for")
    return said.replace("\n", " ")


def _knob(knob: Knob) -> str:
    return f"`{knob.name}: {_type(knob.type)} = {_yaml(knob.default)}`"


def _type(kind: Any) -> str:
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        limits: list[Any] = [one for meta in parts[1:] for one in getattr(meta, "metadata", ())]
        low = next((one.ge for one in limits if hasattr(one, "ge")), None)
        high = next((one.le for one in limits if hasattr(one, "le")), None)
        return f"{_type(parts[0])} {low:g}..{high:g}" if low is not None and high is not None else _type(parts[0])
    if origin in (Union, UnionType):
        return " or ".join("null" if part is type(None) else _type(part) for part in parts)
    if origin is Literal:
        return " or ".join(str(part) for part in parts)
    if origin in (tuple, list):
        return f"list of {_type(parts[0])}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(str(member.value) for member in kind)
    return next((one.__name__ for one in (int, float, str, bool) if one is kind), "any")


def _yaml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_yaml, cast('tuple[object, ...]', value)))}]"
    if isinstance(value, Enum):
        return str(value.value)
    return "null" if value is None else str(value)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *(tuple(cell.replace("|", r"\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |".replace("  ", " ") for line in lines)


def _drawing(name: str) -> Callable[[], str]:
    return lambda: f"```mermaid\n{draw(read(name)).rstrip()}\n```"


def shown(path: str) -> str:
    """A file of the project, whole."""
    text = (PROJECT / path).read_text(encoding="utf-8").rstrip()
    return f"```{_LANGUAGES[Path(path).suffix]}\n{text}\n```"


BLOCKS: Mapping[str, Callable[[], str]] = {
    "catalogue": catalogue,
    "declaration": declaration,
    "settings": settings,
    "instruments": instruments,
    "endpoint": endpoint,
    "budget": budget,
    "faults": fault_table,
    "sizing": sizing,
    "sizing assumes": assumed,
    "faults of real servers": real_fault_table,
    "drawing of encounter": _drawing("encounter"),
    "drawing of dialogue": _drawing("dialogue"),
    "drawing of bark": _drawing("bark"),
    "drawing of quest": _drawing("quest"),
    "deeds": rules_tables.deeds,
    "drawing of negotiation": _drawing("negotiation"),
    "dice": rules_tables.dice,
    "conditions": rules_tables.conditions,
    "trait tags": rules_tables.trait_tags,
    "stances": rules_tables.stances,
}


def up_to_date(page: str) -> str:
    """A page's text with every generated part made anew. Raises KeyError for a name that is none."""

    def made(found: re.Match[str]) -> str:
        name = found["name"].strip()
        text = shown(name.removeprefix("file ")) if name.startswith("file ") else BLOCKS[name]()
        return f"{found[1]}{text}\n{found[3]}"

    return _MARKED.sub(made, page)


def main() -> None:
    """Bring all pages up to date."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        if (made := up_to_date(text)) != text:
            page.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
