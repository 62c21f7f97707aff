"""What is said without a model: Fluent phrases in every language that a game brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

import structlog
from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser, ast

from rules.plain_phrases import read_plain
from schemas.errors import BadSettings, Fault

log = structlog.get_logger(__name__)

HOME_LANGUAGE = "en"
"""Where a phrase is looked for last."""

MAX_WAYS = 512
"""Languages whose way is kept at hand; requests may name any number of them."""

_PARSER = FluentParser()


class Phrasebook:
    """Phrases by language and key. It always has an answer, and says once when it had to make do.

    A phrase is looked for in the language asked for (`pt-BR`), then without its region (`pt`), then in English; when
    nobody has it, the words of its key are read out (`quest-hunt-title`: "Quest hunt title").
    """

    def __init__(self, sources: Mapping[str, Iterable[str]]) -> None:
        """From FTL texts by language; a later text overrides an earlier one. Unreadable entries raise `BadSettings`."""
        self._hold(
            (language, f"{language}[{number}]", text)
            for language, texts in sources.items()
            for number, text in enumerate(texts, start=1)
        )

    @classmethod
    def load(cls, *folders: Path) -> Self:
        """Read `<folder>/<language>/*.ftl`; later folders override. All faults come in one `BadSettings`."""
        named, faults = list[tuple[str, str, str]](), list[Fault]()
        for file in (file for folder in folders for file in sorted(folder.glob("*/*.ftl"))):
            where = f"{file.parent.name}/{file.name}"
            try:
                named.append((file.parent.name, where, file.read_text(encoding="utf-8")))
            except (OSError, UnicodeDecodeError) as unreadable:
                faults.append(Fault(where, f"this file of phrases cannot be read: {unreadable}."))
        if faults:
            raise BadSettings(faults)
        book = cls({})
        book._hold(named)
        return book

    def _hold(self, named: Iterable[tuple[str, str, str]]) -> None:
        """Take in texts: (language, where it comes from, FTL)."""
        faults, resources = list[Fault](), dict[str, list[ast.Resource]]()
        for language, where, text in named:
            resource = read_plain(text) or _PARSER.parse(text)
            faults += _junk(resource, text, where)
            resources.setdefault(language, []).append(resource)
        if faults:
            raise BadSettings(faults)
        self._bundles = {language: _bundle(language, found) for language, found in resources.items()}
        self._keys = {
            language: {entry.id.name for one in found for entry in one.body if isinstance(entry, ast.Message)}
            for language, found in resources.items()
        }
        self._plain: dict[tuple[tuple[str, ...], str], str] = {}
        self._ways: dict[str, tuple[str, ...]] = {}
        self._told: set[tuple[str, str]] = set()

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages that have any phrase."""
        return tuple(sorted(self._bundles))

    def has(self, key: str, language: str = HOME_LANGUAGE) -> bool:
        """Whether somebody on the way from `language` to English knows the phrase."""
        return any(key in self._keys[one] for one in self._way(language))

    def knows(self, key: str, language: str) -> bool:
        """Whether the phrase is there in this very language."""
        return key in self._keys.get(language, ())

    def keys(self, language: str) -> frozenset[str]:
        """All phrases of a language."""
        return frozenset(self._keys.get(language, ()))

    def missing(self) -> list[tuple[str, str]]:
        """What translators still owe: (language, key) for each key that another language has and this one lacks."""
        every = {key for keys in self._keys.values() for key in keys}
        return sorted((language, key) for language, keys in self._keys.items() for key in every - keys)

    def say(self, language: str, key: str, **args: str | float) -> str:
        """The phrase with its blanks filled in: never empty, never an error."""
        way = self._way(language)
        if args:
            return self._render(way, key, args)
        phrase = self._plain.get((way, key))
        if phrase is None:
            phrase = self._plain[way, key] = self._render(way, key, args)
        return phrase

    def _render(self, way: tuple[str, ...], key: str, args: dict[str, str | float]) -> str:
        for one in way:
            if key not in self._keys[one]:
                continue
            bundle = self._bundles[one]
            pattern = bundle.get_message(key).value
            if pattern is None:
                continue
            rendered, errors = bundle.format_pattern(pattern, args)
            if errors:
                self._tell("phrase_incomplete", one, key, because=str(errors[0]))
            phrase = str(rendered)
            if phrase.strip():
                return phrase
        self._tell("phrase_missing", way[0] if way else HOME_LANGUAGE, key)
        return read_out(key)

    def _way(self, language: str) -> tuple[str, ...]:
        """From the language through its own shorter forms to English, as far as there are any."""
        way = self._ways.get(language)
        if way is None:
            parts = language.split("-")
            longest_first = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
            way = tuple(one for one in dict.fromkeys([*longest_first, HOME_LANGUAGE]) if one in self._bundles)
            if len(self._ways) < MAX_WAYS:
                self._ways[language] = way
        return way

    def _tell(self, event: str, language: str, key: str, **more: str) -> None:
        if (language, key) not in self._told:
            self._told.add((language, key))
            log.warning(event, language=language, key=key, **more)


def read_out(key: str) -> str:
    """The words of a name or key as a reader would say them: `old_mill-2` is "Old mill 2"."""
    words = " ".join(key.replace("_", " ").replace("-", " ").replace(".", " ").replace(":", " ").split())
    return (words[:1].upper() + words[1:]) or "..."


def _bundle(language: str, resources: Iterable[ast.Resource]) -> FluentBundle:
    try:
        bundle = FluentBundle([language, HOME_LANGUAGE], use_isolating=False)
    except ValueError:
        raise BadSettings(Fault(language, "this is not a language tag such as 'en' or 'pt-BR'.")) from None
    for resource in resources:
        bundle.add_resource(resource, allow_overrides=True)
    return bundle


def _junk(resource: ast.Resource, text: str, where: str) -> list[Fault]:
    """What the parser could not read, each with its line."""
    faults = list[Fault]()
    for entry in resource.body:
        if isinstance(entry, ast.Junk):
            line = text.count("\n", 0, entry.span.start if entry.span else 0) + 1
            first = next((one.strip() for one in (entry.content or "").splitlines() if one.strip()), "")
            why = entry.annotations[0].message if entry.annotations else None
            faults.append(Fault(f"{where}:{line}", f"the phrase '{first[:60]}' cannot be read.", why))
    return faults
