from __future__ import annotations

from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.plain_phrases import read_plain

LOCALES = Path(__file__).parents[2] / "config" / "locales"
LINES = st.sampled_from(
    [
        "a = b",
        "a-1 = b  c ",
        "A_b=c",
        "a =",
        "a = b\r",
        "a = { $b }",
        "a = b}",
        "  more",
        "# note",
        "## note",
        "#note",
        "",
        " ",
        "a = [x",
        "a = .b",
        "-term = b",
        ".attr = b",
        "a == b",
        "1a = b",
        "a = ä",
        "a\u2028= b",
        "a = b\u2028c",
        "a = # b",
        "\ta = b",
    ]
)


def messages(resource: ast.Resource) -> list[tuple[str, str | None]]:
    return [
        (one.id.name, "".join(part.value for part in one.value.elements if isinstance(part, ast.TextElement)))
        if isinstance(one, ast.Message) and one.value
        else (type(one).__name__, None)
        for one in resource.body
        if not isinstance(one, ast.BaseComment)
    ]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", ["bestiary", "actions", "traits", "srd"])
def test_names_are_read_as_the_parser_reads_them(language: str, name: str) -> None:
    text = (LOCALES / language / f"{name}.ftl").read_text("utf-8")
    plain = read_plain(text)

    assert plain is not None
    assert messages(plain) == messages(FluentParser().parse(text))


@settings(max_examples=100, deadline=None)
@given(st.lists(LINES, max_size=6).map("\n".join))
def test_whatever_is_read_here_the_parser_reads_the_same_way(text: str) -> None:
    plain = read_plain(text)

    if plain is not None:
        assert messages(plain) == messages(FluentParser().parse(text))


def test_phrases_with_blanks_are_left_to_the_parser() -> None:
    assert read_plain("a = { $b }") is None
    assert read_plain("a = b\n  and more") is None
