"""Is this graph sound? All its faults at once, each with file and line and the nearest right answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from graphs.declaration import END, HOLE, Declaration, Edge, Node, Path
from graphs.flow import reachable, reversed_ways, unbounded_cycles, ways
from nodes import Catalogue, NodeSpec
from schemas import ID_PATTERN, Fault, nearest

_NAME = re.compile(ID_PATTERN)


@dataclass(frozen=True)
class _Case:
    """A declaration with what it is checked against."""

    declaration: Declaration
    catalogue: Catalogue
    contents: Collection[str] | None
    tools: Collection[str] | None

    def fault(self, path: Path, what: str, hint: str | None = None) -> Fault:
        return Fault(self.declaration.where(*path), what, hint)

    def spec(self, node: Node) -> NodeSpec | None:
        return self.catalogue.get(node.use)

    def edges(self) -> list[Edge]:
        """The edges as they were probably meant: a misspelt target is reported once and then read as its neighbour."""
        nodes = self.declaration.nodes
        known = [*nodes, END]
        return [
            edge if edge.target in known else edge._replace(target=nearest(edge.target, known) or END)
            for edge in self.declaration.edges()
        ]


def check(
    declaration: Declaration,
    catalogue: Catalogue,
    *,
    contents: Collection[str] | None,
    tools: Collection[str] | None,
) -> list[Fault]:
    """Every fault of a declaration in the order of its file; an empty list means that it can be compiled.

    `contents` are the content types that a graph may decide, `tools` what the model may ask for. None leaves that out.
    """
    case = _Case(declaration, catalogue, contents, tools)
    found = list(declaration.faults)
    for rule in _RULES:
        found += rule(case)
    return sorted(dict.fromkeys(found), key=_place)


def _names(case: _Case) -> Iterator[Fault]:
    declaration = case.declaration
    if declaration.name != HOLE and not _NAME.fullmatch(declaration.name):
        yield case.fault(("name",), f"'{declaration.name}' is not a name.", _as_name(declaration.name))
    for name in declaration.nodes:
        if name == END:
            yield case.fault(("nodes", name), f"a node may not be called '{END}'.", "`then: end` ends the decision.")
        elif name != HOLE and (not _NAME.fullmatch(name) or ":" in name):
            yield case.fault(("nodes", name), f"'{name}' is not a name for a node.", _as_name(name))


def _vocabulary(case: _Case) -> Iterator[Fault]:
    declaration = case.declaration
    if case.contents is not None and declaration.decides not in {HOLE, *case.contents}:
        what = f"'{declaration.decides}' is not a type of decision."
        yield case.fault(("decides",), what, _choose(declaration.decides, case.contents))
    for index, tool in enumerate(declaration.tools):
        if case.tools is not None and tool not in case.tools:
            yield case.fault(("tools", index), f"there is no tool '{tool}'.", _choose(tool, case.tools))
        if tool in declaration.tools[:index]:
            yield case.fault(("tools", index), f"the tool '{tool}' is listed twice.")


def _functions(case: _Case) -> Iterator[Fault]:
    for name, node in case.declaration.nodes.items():
        spec = case.spec(node)
        if spec is None:
            if node.use != HOLE:
                what = f"node '{name}' uses '{node.use}', which is not in the catalogue."
                yield case.fault(("nodes", name, "use"), what, _choose(node.use, case.catalogue))
            continue
        for knob, value in node.with_.items():
            path = ("nodes", name, "with", knob)
            if knob not in spec.knobs:
                hint = _choose(knob, spec.knobs) if spec.knobs else "It has none."
                yield case.fault(path, f"node '{name}': '{spec.name}' has no knob '{knob}'.", hint)
                continue
            try:
                spec.knobs[knob].read(value)
            except ValueError as error:
                hint = f"Its default is {spec.knobs[knob].default!r}."
                yield case.fault(path, f"node '{name}': knob '{knob}' cannot be {value!r}: {error}.", hint)


def _outcomes(case: _Case) -> Iterator[Fault]:
    for name, node in case.declaration.nodes.items():
        spec = case.spec(node)
        if spec is None or node.then == HOLE:
            continue
        path = ("nodes", name, "then")
        listed = ", ".join(f"'{outcome}'" for outcome in spec.outcomes)
        if isinstance(node.then, str):
            if spec.outcomes:
                hint = f"Write a map: then: {{ {', '.join(f'{outcome}: ...' for outcome in spec.outcomes)} }}."
                yield case.fault(path, f"node '{name}' can end as {listed}; each needs a target of its own.", hint)
            continue
        if not spec.outcomes:
            hint = "Write the next node alone, such as `then: end`."
            yield case.fault(path, f"node '{name}': '{spec.name}' has no outcomes to choose between.", hint)
            continue
        for outcome in spec.outcomes:
            if outcome not in node.then:
                yield case.fault(path, f"node '{name}': outcome '{outcome}' has no target.", f"Add `{outcome}: ...`.")
        for outcome in node.then:
            if outcome not in spec.outcomes:
                what = f"node '{name}': '{spec.name}' has no outcome '{outcome}'."
                yield case.fault((*path, outcome), what, _choose(outcome, spec.outcomes))


def _targets(case: _Case) -> Iterator[Fault]:
    declaration = case.declaration
    known = [*declaration.nodes, END]
    for edge in declaration.edges():
        if edge.target not in {HOLE, *known} and HOLE not in declaration.nodes:
            path: Path = ("nodes", edge.source, edge.kind)
            if edge.kind in ("at_most", "waits"):
                path = (*path, "then")
            elif edge.kind == "then" and edge.label is not None:
                path = (*path, edge.label)
            what = f"node '{edge.source}' goes to '{edge.target}', which is not a node of this graph."
            yield case.fault(path, what, _choose(edge.target, known))
    entry = declaration.entrypoint
    if entry not in {HOLE, *declaration.nodes} and HOLE not in declaration.nodes:
        what = f"the entrypoint '{entry}' is not a node of this graph."
        yield case.fault(("entrypoint",), what, _choose(entry, declaration.nodes))
    for edge in case.edges():
        if edge.target == entry and entry in declaration.nodes:
            what = f"node '{edge.source}' goes back to the entrypoint '{entry}', which starts a decision afresh."
            yield case.fault(("nodes", edge.source, edge.kind), what, "Go to a later node.")


def _times(case: _Case) -> Iterator[Fault]:
    declaration = case.declaration
    if declaration.reserve >= declaration.deadline:
        what = f"the reserve ({_ms(declaration.reserve)}) leaves nothing of the deadline ({_ms(declaration.deadline)})."
        yield case.fault(("reserve",), what, f"Use at most {_ms(declaration.deadline / 2)}.")
    for name, node in declaration.nodes.items():
        if node.timeout is not None and node.timeout > declaration.deadline:
            what = (
                f"node '{name}': its timeout ({_ms(node.timeout)}) outlasts the deadline ({_ms(declaration.deadline)})."
            )
            yield case.fault(("nodes", name, "timeout"), what, "Make it shorter, or the deadline longer.")
        if node.cache is not None and name == declaration.entrypoint:
            what = f"node '{name}' is the entrypoint, which starts each decision afresh and cannot be cached."
            yield case.fault(("nodes", name, "cache"), what, "Cache a later node.")


def _flow(case: _Case) -> Iterator[Fault]:
    nodes, edges = case.declaration.nodes, case.edges()
    if HOLE in nodes:
        return
    onward = ways(edges)
    entry = case.declaration.entrypoint
    start = entry if entry in nodes else nearest(entry, nodes)
    seen = reachable(start, onward) if start else set(nodes)
    ending = reachable(END, reversed_ways(onward))
    for name in nodes:
        if name not in seen:
            hint = "Lead a `then` to it, or take it out."
            yield case.fault(("nodes", name), f"node '{name}' cannot be reached from the entrypoint.", hint)
        elif name not in ending:
            hint = "Let one of its ways lead to `end`."
            yield case.fault(("nodes", name, "then"), f"node '{name}' has no way to the end.", hint)
    for trip in unbounded_cycles(edges):
        story = " -> ".join([*trip, trip[0]])
        hint = "Give one of them `at_most: { times: 2, then: ... }`."
        yield case.fault(("nodes", trip[0]), f"the cycle {story} has no bound.", hint)


def _fallbacks(case: _Case) -> Iterator[Fault]:
    nodes = case.declaration.nodes
    specs = {name: case.spec(node) for name, node in nodes.items()}
    asking = {name for name, spec in specs.items() if spec is not None and spec.asks_model}
    deciding = [name for name, spec in specs.items() if spec is not None and spec.decides]
    unknown = {name for name, spec in specs.items() if spec is None}
    calm = ways(case.edges(), without=asking)
    for name in asking:
        target = nodes[name].on_error
        path = ("nodes", name, "on_error")
        if target is None:
            fallback = nearest(deciding[0], deciding) if deciding else None
            hint = f"Add `on_error: {fallback}`." if fallback else "Add a node that decides by rules, and name it here."
            what = f"node '{name}' asks the model and may fail, but has no on_error."
            yield case.fault(("nodes", name), what, hint)
            continue
        target = target if target in nodes else nearest(target, nodes)
        if target in asking:
            what = f"node '{name}': its on_error goes to '{target}', which asks the model itself."
            yield case.fault(path, what, _instead(deciding))
        elif target is not None and not reachable(target, calm) & {*deciding, *unknown}:
            what = f"node '{name}' asks the model, but after its on_error no node decides by rules."
            yield case.fault(path, what, _instead(deciding))


def _waiting(case: _Case) -> Iterator[Fault]:
    """A node that waits says for how long; no other does. What it waits with is put together by the nodes before."""
    for name, node in case.declaration.nodes.items():
        spec = case.spec(node)
        if spec is None:
            continue
        if spec.waits and node.waits is None:
            hint = "Add `waits: { rounds: 8, days: 30, then: ... }`."
            yield case.fault(("nodes", name), f"node '{name}' waits for an answer, and nothing bounds that.", hint)
        elif node.waits is not None and not spec.waits:
            what = f"node '{name}': '{spec.name}' waits for nobody, so `waits` means nothing here."
            yield case.fault(("nodes", name, "waits"), what, "To bound a cycle, use `at_most`.")
        if not spec.waits:
            continue
        if name == case.declaration.entrypoint:
            what = f"node '{name}' is the entrypoint, and there is nothing yet that could be answered."
            yield case.fault(("entrypoint",), what, "Let the graph say something first.")
        for key in ("timeout", "retry", "cache", "at_most", "on_error"):
            if getattr(node, key) is not None:
                what = f"node '{name}' waits for an answer, and cannot have `{key}`."
                yield case.fault(("nodes", name, key), what, "Its only bounds are those of `waits`.")


_RULES: tuple[Callable[[_Case], Iterable[Fault]], ...] = (
    _names,
    _vocabulary,
    _functions,
    _outcomes,
    _targets,
    _times,
    _flow,
    _fallbacks,
    _waiting,
)


def _choose(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = nearest(word, names)
    return f"Did you mean '{close}'?" if close else f"There are {', '.join(names)}."


def _instead(deciding: list[str]) -> str:
    return f"Go to '{deciding[0]}'." if deciding else "Add a node that decides by rules, and go there."


def _as_name(word: str) -> str:
    name = re.sub(r"[^a-z0-9_.-]+", "_", word.lower()).strip("_.-")[:60]
    return f"Write '{name}'." if name else "Use lower-case letters, digits and `_`."


def _ms(length: float) -> str:
    return f"{length * 1000:g}ms"


def _place(fault: Fault) -> tuple[int, str]:
    number = fault.where.rpartition(":")[2]
    return (int(number) if number.isdigit() else 0, fault.where)
