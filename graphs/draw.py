"""A graph as a picture: Mermaid text for documents, SVG for everything else. Needs no network and no Graphviz."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Literal, assert_never

from graphs.declaration import END, Declaration, Edge
from graphs.layout import HEIGHT, Layout, Point, lay_out

_STYLE = """
  svg { color-scheme: light dark; font: 13px system-ui, sans-serif; }
  .paper { fill: #fbfaf7; } .box { fill: #ffffff; stroke: #3d5a73; stroke-width: 1.4; }
  .first { fill: #e3eef6; } .end { fill: #3d5a73; stroke: none; } .name { fill: #1c2a36; font-weight: 600; }
  .use { fill: #6a7884; font-size: 11px; } .stop { fill: #ffffff; font-weight: 600; }
  .way { fill: none; stroke: #6a7884; stroke-width: 1.4; } .on_error { stroke: #b4472f; stroke-dasharray: 5 4; }
  .at_most, .waits { stroke: #9a7200; stroke-dasharray: 1.5 4; stroke-linecap: round; }
  .label { fill: #46535e; font-size: 11px; paint-order: stroke; stroke: #fbfaf7; stroke-width: 4px; }
  .tip { fill: #6a7884; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #14191e; } .box { fill: #1e262d; stroke: #7fa8c9; } .first { fill: #24384a; }
    .end { fill: #7fa8c9; } .name { fill: #e8eef3; } .use { fill: #93a1ad; } .stop { fill: #14191e; }
    .way { stroke: #93a1ad; } .on_error { stroke: #ec8a73; } .at_most, .waits { stroke: #dcb44c; }
    .label { fill: #c3ced7; stroke: #14191e; } .tip { fill: #93a1ad; }
  }
"""


def draw(declaration: Declaration, form: Literal["mermaid", "svg"] = "mermaid") -> str:
    """The text of a picture. Ways on failure are dashed, out of a spent `at_most` or `waits` dotted."""
    if form == "mermaid":
        return _mermaid(declaration)
    if form == "svg":
        return _svg(declaration)
    assert_never(form)


def _mermaid(declaration: Declaration) -> str:
    ids = {name: f"n{index}" for index, name in enumerate(_names(declaration))}
    lines = ["flowchart TD"]
    for name, short in ids.items():
        text = _quoted(name)
        lines.append(f'    {short}(["{text}"])' if name == END else f'    {short}("{text}")')
    arrows = {"then": "-->", "on_error": "-.->", "at_most": "-.->", "waits": "-.->"}
    for edge in _edges(declaration):
        label = f'|"{_quoted(edge.label)}"|' if edge.label else ""
        lines.append(f"    {ids[edge.source]} {arrows[edge.kind]}{label} {ids[edge.target]}")
    if declaration.entrypoint in ids:
        lines.append(f"    style {ids[declaration.entrypoint]} stroke-width:3px")
    return "\n".join(lines) + "\n"


def _svg(declaration: Declaration) -> str:
    names = _names(declaration)
    uses = {name: node.use for name, node in declaration.nodes.items()}
    widths = {name: max(92.0, 8.2 * max(len(name), 0.8 * len(uses.get(name, ""))) + 28) for name in names}
    edges = _edges(declaration)
    start = declaration.entrypoint if declaration.entrypoint in widths else names[0]
    layout = lay_out(start, [(edge.source, edge.target) for edge in edges], widths)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {layout.width:.0f} {layout.height:.0f}" '
        f'width="{layout.width:.0f}" height="{layout.height:.0f}" role="img">',
        f"<title>{escape(declaration.name)}: {escape(declaration.about)}</title>",
        f"<style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
        '<rect class="paper" width="100%" height="100%" rx="10"/>',
    ]
    labels: list[tuple[str, Point]] = []
    for link in dict.fromkeys((edge.source, edge.target) for edge in edges):
        drawn = [edge for edge in edges if (edge.source, edge.target) == link]
        path, middle = _path(layout, link, widths)
        kind = min((edge.kind for edge in drawn), key=["then", "on_error", "at_most", "waits"].index)
        parts.append(f'<path class="way {kind}" d="{path}" marker-end="url(#tip)"/>')
        # the dashes say "on error" well enough, except where that way is one with another
        text = ", ".join(edge.label for edge in drawn if edge.label and (edge.kind != "on_error" or kind == "then"))
        if text:
            labels.append((text, _free(text, middle, labels)))
    for name in names:
        parts += _box(name, uses.get(name, name), layout.nodes[name], widths[name], first=name == start)
    for text, (x, y) in labels:
        parts.append(f'<text class="label" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>')
    if any(edge.kind == "on_error" for edge in edges):
        parts.append(f'<text class="label" x="12" y="{layout.height - 10:.0f}">dashed: on error</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _box(name: str, use: str, centre: Point, width: float, *, first: bool) -> list[str]:
    x, y = centre
    shape = "box end" if name == END else "box first" if first else "box"
    round_ = HEIGHT / 2 if name == END else 9
    text = "stop" if name == END else "name"
    two = use != name and name != END
    lines = [
        f'<rect class="{shape}" x="{x - width / 2:.1f}" y="{y - HEIGHT / 2:.1f}" width="{width:.1f}" '
        f'height="{HEIGHT:.0f}" rx="{round_:.0f}"/>',
        f'<text class="{text}" x="{x:.1f}" y="{y - 3 if two else y + 4.5:.1f}" text-anchor="middle">'
        f"{escape(name)}</text>",
    ]
    if two:
        lines.append(f'<text class="use" x="{x:.1f}" y="{y + 13:.1f}" text-anchor="middle">{escape(use)}</text>')
    return lines


def _path(layout: Layout, link: tuple[str, str], widths: dict[str, float]) -> tuple[str, Point]:
    """An SVG path for a link and where its label goes."""
    if link in layout.back:
        (x1, y1), (x2, y2) = layout.nodes[link[0]], layout.nodes[link[1]]
        x1, x2 = x1 + widths[link[0]] / 2, x2 + widths[link[1]] / 2
        y1, y2 = (y1 - 9, y2 + 9) if y1 != y2 else (y1 + 12, y2 - 12)
        side = min(max(x1, x2) + 44, layout.width - 6)
        return f"M{x1:.1f} {y1:.1f}C{side:.1f} {y1:.1f} {side:.1f} {y2:.1f} {x2 + 1:.1f} {y2:.1f}", (
            side,
            (y1 + y2) / 2,
        )
    points = list(layout.links[link])
    (x1, y1), (x2, y2) = points[0], points[-1]
    lean1 = max(-0.3, min(0.3, (points[1][0] - x1) / 400)) * widths[link[0]]
    lean2 = max(-0.3, min(0.3, (points[-2][0] - x2) / 400)) * widths[link[1]]
    points[0], points[-1] = (x1 + lean1, y1 + HEIGHT / 2), (x2 + lean2, y2 - HEIGHT / 2 - 1)
    drawn = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (ax, ay), (bx, by) in pairwise(points):
        half = (ay + by) / 2
        drawn.append(f"C{ax:.1f} {half:.1f} {bx:.1f} {half:.1f} {bx:.1f} {by:.1f}")
    (ax, ay), (bx, by) = points[0], points[1]
    return "".join(drawn), (ax + (bx - ax) * 0.42, ay + (by - ay) * 0.46 + 3)


def _free(text: str, place: Point, taken: list[tuple[str, Point]]) -> Point:
    """The place for a label, moved down past those that it would cover."""
    x, y = place
    for _ in range(3):
        if all(abs(y - oy) >= 12 or abs(x - ox) >= 3.2 * (len(text) + len(other)) + 6 for other, (ox, oy) in taken):
            break
        y += 13
    return x, y


def _edges(declaration: Declaration) -> list[Edge]:
    """The edges between nodes that are there; a drawing is also of use while a graph has faults."""
    return [edge for edge in declaration.edges() if edge.target == END or edge.target in declaration.nodes]


def _names(declaration: Declaration) -> list[str]:
    return [*declaration.nodes, END]


def _quoted(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
