"""The pages tell the truth: snippets run, commands print what is shown, tables are the code's, links lead somewhere."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import os
import re
import runpy
import shlex
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, get_args

import pytest

from nodes import SystemClock
from rules.bargain import Obstacle
from rules.dialogues.walking import WhyScripted
from rules.moves import Hindrance
from schemas import PROJECT, LoomError, ModelError, RecordError
from service.cli import main
from tests.support.command_line import WIDE
from tests.support.doc_blocks import PAGES, up_to_date

DOCS = PROJECT / "docs"
EXAMPLES = sorted((PROJECT / "examples").glob("*.py"))
SLOWLY = 20.0
"""Seconds that go by during one of a decision's."""
NEEDS_A_SERVER = ("--model-url", "--allow-blocking")


def _short(page: Path) -> str:
    return str(page.relative_to(PROJECT))


@dataclass(frozen=True)
class Block:
    """One fenced part of a page."""

    page: Path
    line: int
    kind: str
    text: str

    @property
    def file(self) -> str | None:
        """The file that the reader is told to write: named in the first line."""
        named = re.match(r"# ([\w./-]+\.(?:yaml|py))\n", self.text)
        return named[1] if named else None


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^```([^\n]*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        yield Block(page, text[: found.start()].count("\n") + 1, found[1].strip(), found[2])


class Reader:
    """Somebody who follows a page from top to bottom, in a folder where nothing can break."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capfd = monkeypatch, capfd
        self._names: dict[str, Any] = {"__name__": "snippet"}

    def follow(self, block: Block) -> None:
        if block.file is not None and block.kind in ("yaml", "python"):
            Path(block.file).parent.mkdir(parents=True, exist_ok=True)
            Path(block.file).write_text(block.text, encoding="utf-8")
        elif block.kind == "python":
            self._run(block)
        elif block.kind == "bash":
            for line in block.text.replace("\\\n", " ").splitlines():
                self._type(line, block)
        elif block.kind == "console":
            for command, shown in _sessions(block.text):
                said = self._type(command, block)
                if said is not None:
                    _compare(shown, said, block)

    def _run(self, block: Block) -> None:
        """Run a snippet: what earlier snippets of its page defined is there, and it may await. Its tests are run."""
        before = set(self._names)
        code = compile("\n" * block.line + block.text, str(block.page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        awaited = eval(code, self._names)  # noqa: S307  # the snippet is ours
        if inspect.iscoroutine(awaited):
            asyncio.run(awaited)
        for name in sorted(set(self._names) - before):
            if name.startswith("test_"):
                asyncio.run(self._names[name]())

    def _type(self, line: str, block: Block) -> str | None:
        """Type a command; None for one that is not ours to run here."""
        if line.startswith("export "):
            name, _, value = shlex.split(line)[1].partition("=")
            self._monkeypatch.setenv(name, value)
            return None
        words = shlex.split(line, comments=True)
        words = words[2:] if words[:2] == ["uv", "run"] else words
        if words[:1] != ["loomwright"] or set(words) & set(NEEDS_A_SERVER):
            return None
        to = words.index(">") if ">" in words else None
        self._monkeypatch.setattr(sys, "argv", words[:to])
        self._capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        said = self._capfd.readouterr()
        if to is not None:
            Path(words[to + 1]).write_text(said.out, encoding="utf-8")
        if block.kind == "bash":
            assert left.value.code in (None, 0), f"{block.page.name}:{block.line}: {line}\n{said.err}"
        return said.out + said.err


def _sessions(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console, with the lines that are shown after it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.rstrip().splitlines()
        yield command, [line for line in shown if line.strip() not in ("", "...")]


def _compare(shown: list[str], said: str, block: Block) -> None:
    """Every line shown was printed; `...` stands for anything, and times may differ."""
    printed = "\n".join(line.rstrip() for line in said.splitlines())
    for line in shown:
        pattern = re.escape(line.rstrip()).replace(re.escape("..."), ".*")
        pattern = re.sub(r"\\? ".join((r"[\d.\\]+", "ms")), r"[\\d.]+ ms", pattern)
        assert re.search(f"^{pattern}$", printed, re.MULTILINE), (
            f"{block.page.name}:{block.line}: not printed: {line}\nbut:\n{said}"
        )


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Reader:
    """A reader in a folder that looks like the project, whose graphs are a copy, and without a network."""
    for name in [name for name in os.environ if name.startswith("LOOMWRIGHT_")]:
        monkeypatch.delenv(name)
    shutil.copytree(PROJECT / "graphs" / "library", tmp_path / "graphs" / "library")
    for name in ("config", "examples"):
        (tmp_path / name).symlink_to(PROJECT / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOMWRIGHT_GRAPHS", json.dumps(["graphs/library"]))
    monkeypatch.setenv("LOOMWRIGHT_LOG__LEVEL", "error")
    monkeypatch.setenv("COLUMNS", WIDE)

    def refuse(*_: object) -> NoReturn:
        raise OSError("a snippet must do without a network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    # Nothing comes too late for a reader, however busy the machine is: the clock of decisions is slow.
    monkeypatch.setattr(SystemClock, "now", _now)
    monkeypatch.setattr(SystemClock, "limit", _limit)
    return Reader(monkeypatch, capfd)


def _now(_: SystemClock) -> float:
    return time.monotonic() / SLOWLY


def _limit(_: SystemClock, seconds: float) -> float:
    return max(seconds, 0.0) * SLOWLY


@pytest.mark.parametrize("page", PAGES, ids=_short)
def test_a_page_can_be_followed_from_top_to_bottom(page: Path, reader: Reader) -> None:
    for block in blocks(page):
        reader.follow(block)


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_runs_by_itself_and_prints_what_its_page_shows(
    example: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    runpy.run_path(str(example), run_name="__main__")
    printed = capfd.readouterr().out
    assert printed
    assert len(example.read_text(encoding="utf-8").splitlines()) <= 60
    for page in PAGES:
        for block in blocks(page):
            if block.kind == "console":
                for command, shown in _sessions(block.text):
                    if command.split()[-1] == f"examples/{example.name}":
                        _compare(shown, printed, block)


@pytest.mark.parametrize("page", PAGES, ids=_short)
def test_what_is_generated_in_a_page_is_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == up_to_date(text), "run: uv run python -m tests.support.doc_blocks"


@pytest.mark.parametrize("page", sorted({*PAGES, *DOCS.rglob("*.md")}), ids=_short)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, heading = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name}: {target}"
        if heading:
            assert heading in _headings(file), f"{page.name}: {target}"


def _headings(page: Path) -> set[str]:
    said = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in said}


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    for page in DOCS.glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index, page.name


def test_every_code_that_a_receipt_may_carry_is_explained_and_no_other() -> None:
    page = (DOCS / "serving-decisions.md").read_text(encoding="utf-8")
    told = set[str]()
    for part in re.findall(r"<!-- codes -->(.*?)<!-- /codes -->", page, re.DOTALL):
        for row in re.findall(r"^\| (`[^|]+) \|", part, re.MULTILINE):
            told |= set(re.findall(r"`([a-z_]+)`", row))
    assert told == codes()


def codes() -> set[str]:
    """Every reason code and warning in the code, as far as it is written out there."""
    found = {"rules_only", *_family(ModelError), *_family(RecordError)} - {ModelError.code}
    found |= {*get_args(Hindrance), *get_args(Obstacle), *get_args(WhyScripted)}
    watched: Mapping[str, tuple[str, ...]] = {
        "nodes": ("_because", "_rules", "_unproven", "_plain", "_refuse"),
        "service": ("_safety_net",),
        "graphs": ("_ran", "_because"),
        "rules": ("Objection", "plain_answer", "term_faults", "_people", "set_faults", "talks_faults"),
    }
    for folder, names in watched.items():
        for file in (PROJECT / folder).rglob("*.py"):
            found |= set(_written(ast.parse(file.read_text(encoding="utf-8")), names))
    assert '"rules_only"' in (PROJECT / "nodes" / "decide_by_rules.py").read_text(encoding="utf-8")
    return {code for code in found - {"error"} if re.fullmatch(r"[a-z]+(_[a-z]+)*", code)}


def _family(error: type[LoomError]) -> Iterator[str]:
    yield error.code
    for member in error.__subclasses__():
        yield from _family(member)


def _written(tree: ast.Module, names: tuple[str, ...]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in {"Step", "note", "_refuse", "_with", "_command", "Word"}:
                yield from (
                    text
                    for word in node.keywords
                    if word.arg in ("because", "reason", "warnings")
                    for text in _texts(word.value)
                )
            if called in names and called != "_people":
                first = node.args[:1] if called == "Objection" else node.args
                yield from (text for given in first for text in _texts(given))
        elif isinstance(node, ast.FunctionDef) and node.name in names:
            for inside in ast.walk(node):
                if isinstance(inside, ast.Return) and inside.value is not None:
                    yield from _texts(inside.value)
                if isinstance(inside, ast.Yield) and isinstance(inside.value, ast.Tuple):
                    yield from _texts(inside.value.elts[0])
        elif isinstance(node, ast.Assign) and any(
            name in {"code", "(code, why)"} for name in map(ast.unparse, node.targets)
        ):
            yield from (text for text in _texts(node.value))


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be, both ways of a choice included."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from (*_texts(body), *_texts(other))
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _texts(part)
        case _:
            return
