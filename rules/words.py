"""Whether words may reach a player: not blank, not out of character, and no secret in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import cast

from pydantic import BaseModel

from rules.objection import Objection
from rules.taint import Sought
from schemas.decisions import Content

TEXT_FIELDS = frozenset(
    {
        "consequence_hint", "description", "hooks", "introduction", "message", "name", "npc_text", "reasoning",
        "summary", "text", "title",
    }
)  # fmt: skip
"""Fields of the contents that are words; all others are ids, numbers and choices."""

SILENCE = "..."
"""What somebody says who says nothing."""
TOLD = "it gives away something that the player must not know yet: say it without, or speak of something else"

_META = re.compile(
    r"""\bas\ an?\ (?:ai|artificial\ intelligence|(?:large\ )?language\ model)\b
    | \b(?:large\ )?language\ model\b | \bals\ (?:ki|sprachmodell)\b | \bchatgpt\b
    | \bi(?:'m|\ am)\ (?:just\ |only\ )?an?\ (?:ai|assistant|chatbot)\b
    | <\|[a-z_]+ | \[/?inst\] | </?(?:system|user|assistant|think|tool_call)>
    | ^\s*(?:system|assistant|user)\s*: | \bsystem\ prompt\b | \bjson\ schema\b | ``` | \{\{ | \{%
    | \b(?:npc_text|player_variants|consequence_hint|decided_by)\b""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_JSON = re.compile(r"^\s*(?:\{.*[\":].*\}|\[\s*[\[{\"].*\])\s*$", re.DOTALL)


def strings_of(content: BaseModel, where: str = "") -> Iterator[tuple[str, str, bool]]:
    """All that is written in a content, in the order of its fields: (where, text, whether it is words or an id)."""
    for name in type(content).model_fields:
        value: object = getattr(content, name)
        path = f"{where}.{name}" if where else name
        for place, part in _parts(value, path):
            if isinstance(part, BaseModel):
                yield from strings_of(part, place)
            elif isinstance(part, str):
                yield place, part, name in TEXT_FIELDS


def _parts(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, tuple):
        for number, part in enumerate(cast("tuple[object, ...]", value)):
            yield f"{path}[{number}]", part
    else:
        yield path, value


def objections_to_words(content: BaseModel, sought: Sought, beside: Sequence[str] = ()) -> Iterator[Objection]:
    """What speaks against the words of any content, and against the ids that it made up.

    `sought` are the secrets that may not leave, neither in it nor in the texts `beside` it.
    """
    for where, text, in_words in strings_of(content):
        if in_words and not _says_something(text):
            if not where.endswith("consequence_hint"):
                yield Objection("blank", where, "there are no words in it")
        elif in_words and out_of_character(text):
            yield Objection("out_of_character", where, "it speaks of models, prompts or data: speak as the character")
    for where in telling(content, sought, beside):
        yield Objection("secret", where, TOLD)


def telling(
    content: BaseModel, sought: Sought, beside: Sequence[str] = (), *, disguised: bool = True
) -> tuple[str, ...]:
    """Where a content tells a secret: its fields, or `""` where only all that leaves, taken together, does.

    `disguised`: as for `Sought.told`.
    """
    fields = in_reading_order(content)
    in_words, ids = _apart(fields)
    if not sought.told([*in_words, *beside], ids, disguised=disguised):
        return ()
    alone = tuple(field[0] for field in fields if sought.told(*_apart((field,)), disguised=disguised))
    return alone or ("",)


def in_reading_order(content: BaseModel) -> tuple[tuple[str, str, bool], ...]:
    """`strings_of`, with all that stand under one name together: a player reads one answer after the other."""
    fields = tuple(strings_of(content))
    names = [where.rpartition(".")[2].partition("[")[0] for where, _, _ in fields]
    order = list(dict.fromkeys(names))
    return tuple(field for _, field in sorted(zip(names, fields, strict=True), key=lambda pair: order.index(pair[0])))


def words_of(content: BaseModel) -> tuple[str, ...]:
    """All words in a content, field by field, without the ids."""
    return tuple(text for _, text, in_words in strings_of(content) if in_words)


def _apart(fields: Sequence[tuple[str, str, bool]]) -> tuple[list[str], list[str]]:
    """The words among the fields, and the ids."""
    return [text for _, text, in_words in fields if in_words], [text for _, text, in_words in fields if not in_words]


def silenced(content: Content) -> Content:
    """The same, and nothing said: what is left when no words can be let out."""
    fields = {name: _silent(getattr(content, name), name) for name in type(content).model_fields}
    return content.model_copy(update=fields)


def _silent(value: object, name: str) -> object:
    match value:
        case str() if name in TEXT_FIELDS:
            return SILENCE
        case tuple():
            return tuple(_silent(part, name) for part in cast("tuple[object, ...]", value))
        case BaseModel():
            fields = {inner: _silent(getattr(value, inner), inner) for inner in type(value).model_fields}
            return value.model_copy(update=fields)
        case _:
            return value


def out_of_character(text: str) -> bool:
    """Whether a text speaks of models, prompts or data, as nobody in a game would."""
    return bool(_META.search(text) or _JSON.match(text))


def _says_something(text: str) -> bool:
    return any(character.isprintable() and not character.isspace() for character in text)
