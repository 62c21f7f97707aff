"""A tag and what it brings to mind, as an SVG: rings by level, size and colour by energy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, degrees, hypot, pi, sin, sqrt
from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from schemas import AssociationKind

if TYPE_CHECKING:
    import networkx as nx

RING = 150.0
"""From one ring to the next, unless labels need more room."""
ROOM = 24.0
"""Along the outermost ring, for each of its tags."""
LETTER = 7.6
"""How wide a letter of a label is, at most."""
FOOT = 96.0
_STYLE = """
  svg { color-scheme: light dark; font: 13px system-ui, "DejaVu Sans", sans-serif; }
  .paper { fill: #fbfaf7; } .ring { fill: none; stroke: #e4ded2; } .tag { stroke: #fbfaf7; stroke-width: 1.5; }
  .name { fill: #1c2a36; paint-order: stroke; stroke: #fbfaf7; stroke-width: 3.5px; stroke-linejoin: round; }
  .kind { fill: #6a7884; font-size: 10.5px; } .centre { font-weight: 700; font-size: 15px; }
  .title { fill: #1c2a36; font-size: 17px; font-weight: 700; } .note { fill: #6a7884; font-size: 12px; }
  .link { fill: none; stroke-linecap: round; stroke-opacity: 0.75; }
  .direct { stroke: #3d5a73; } .co_occurrence { stroke: #3a7d6b; stroke-dasharray: 7 5; }
  .semantic { stroke: #8a5fa8; stroke-dasharray: 1 5; } .temporal { stroke: #9a7200; stroke-dasharray: 9 5 1 5; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #14191e; } .ring { stroke: #262f37; } .tag { stroke: #14191e; }
    .name { fill: #e8eef3; stroke: #14191e; } .kind, .note { fill: #93a1ad; } .title { fill: #e8eef3; }
    .direct { stroke: #7fa8c9; } .co_occurrence { stroke: #6fbfa8; } .semantic { stroke: #bd97d8; }
    .temporal { stroke: #dcb44c; }
  }
"""
_COLD, _WARM = (246, 211, 142), (184, 48, 36)


class Place(NamedTuple):
    """Where a tag is drawn."""

    angle: float
    radius: float

    @property
    def x(self) -> float:
        """To the right of the centre."""
        return self.radius * cos(self.angle)

    @property
    def y(self) -> float:
        """Below the centre."""
        return self.radius * sin(self.angle)


def draw_tags(found: nx.Graph[str], note: str) -> str:
    """The neighbourhood that `Memory.neighbourhood` found, as the text of an SVG. The same graph, the same picture."""
    centre: str = found.graph["centre"]
    places, leaves = _places(found, centre)
    radii = sorted({place.radius for place in places.values()})
    reach = [_label_reach(tag, places[tag], leaf=tag in leaves) for tag in found]
    left = min(min(x for x, _ in reach) - 24, -340.0)
    top, bottom = min(y for _, y in reach) - 84, max(radii[-1], *(y for _, y in reach)) + 40
    width, height = 2 * max(-left, max(x for x, _ in reach) + 24), bottom + FOOT - top
    svg = Element("svg", xmlns="http://www.w3.org/2000/svg", role="img", width=_n(width), height=_n(height))
    svg.set("viewBox", f"{_n(-width / 2)} {_n(top)} {_n(width)} {_n(height)}")
    SubElement(svg, "title").text = f"What {centre} brings to mind"
    SubElement(svg, "style").text = _STYLE
    SubElement(svg, "rect", {"class": "paper", "x": _n(-width / 2), "y": _n(top), "width": "100%", "height": "100%"})
    for radius in radii[1:]:
        SubElement(svg, "circle", {"class": "ring", "r": _n(radius)})
    for a, b, link in sorted(found.edges(data=True), key=lambda edge: edge[2]["weight"]):
        _draw_link(svg, places[a], places[b], link["weight"], link["kinds"])
    strongest = max(found.nodes[tag]["energy"] for tag in found) or 1.0
    for tag in reversed(list(found)):
        energy = found.nodes[tag]["energy"]
        _draw_tag(svg, tag, places[tag], energy, energy / strongest, leaf=tag in leaves)
    _draw_words(svg, centre, note, (24 - width / 2, top + 36, bottom + 24))
    for part in svg:
        part.tail = "\n"
    return tostring(svg, encoding="unicode") + "\n"


def _places(found: nx.Graph[str], centre: str) -> tuple[dict[str, Place], set[str]]:
    """The centre in the middle, every other tag on the ring of its level, near the tag that wakes it most; and those
    that wake nothing more, beyond which there is room."""
    children: dict[str, list[str]] = {tag: [] for tag in found}
    for tag in sorted(found, key=lambda tag: tag.partition(":")[2]):
        nearer = [other for other in found[tag] if found.nodes[other]["level"] == found.nodes[tag]["level"] - 1]
        if nearer:
            wakes = {other: found.nodes[other]["energy"] * found.edges[tag, other]["weight"] for other in nearer}
            children[max(sorted(nearer), key=wakes.__getitem__)].append(tag)
    last = max(found.nodes[tag]["level"] for tag in found)
    widths: dict[str, float] = {}
    for tag in sorted(found, key=lambda tag: -found.nodes[tag]["level"]):
        alone = last / max(found.nodes[tag]["level"], 1)  # further in, a circle has less room
        widths[tag] = max(sum(widths[child] for child in children[tag]), alone)
    radii = {level: max(RING * level, ROOM * widths[centre] * level / last / (2 * pi)) for level in range(1, last + 1)}
    places = {centre: Place(0.0, 0.0)}
    _spread(centre, (-pi / 2, 1.5 * pi), children, widths, radii, places, 1)
    return places, {tag for tag in found if not children[tag]}


def _spread(
    tag: str,
    wedge: tuple[float, float],
    children: Mapping[str, Sequence[str]],
    widths: Mapping[str, float],
    radii: Mapping[int, float],
    places: dict[str, Place],
    level: int,
) -> None:
    """Share a wedge of the circle out among those that a tag wakes, by how many each of them wakes in turn."""
    begin, end = wedge
    whole = sum(widths[child] for child in children[tag])
    for child in children[tag]:
        until = begin + (end - begin) * widths[child] / whole
        whole, start = whole - widths[child], begin
        places[child] = Place((start + until) / 2, radii[level])
        _spread(child, (start, until), children, widths, radii, places, level + 1)
        begin = until


def _label_reach(tag: str, place: Place, *, leaf: bool) -> tuple[float, float]:
    """The furthest point of a tag's label, or of its circle."""
    length = 20 + LETTER * (len(tag) + 4)
    if leaf:
        return Place(place.angle, place.radius + 20 + length).x, Place(place.angle, place.radius + 20 + length).y
    return place.x + (length / 2 if place.x > 0 else -length / 2), place.y + (40 if place.y > 0 else -20)


def _draw_link(svg: Element, a: Place, b: Place, weight: float, kinds: Mapping[str, float]) -> None:
    """A line to a neighbour is straight; one across bends towards the middle, out of the way of others."""
    strongest = max(sorted(kinds), key=lambda kind: kinds[kind]) if kinds else AssociationKind.DIRECT.value
    bend = 1 - 0.4 * hypot(a.x - b.x, a.y - b.y) / (a.radius + b.radius)
    middle = bend * (a.x + b.x) / 2, bend * (a.y + b.y) / 2
    line = SubElement(svg, "path", {"class": f"link {strongest}", "stroke-width": _n(0.8 + 4.2 * weight)})
    line.set("d", f"M{_n(a.x)} {_n(a.y)}Q{_n(middle[0])} {_n(middle[1])} {_n(b.x)} {_n(b.y)}")
    words = ", ".join(f"{kind} {kinds[kind]:.2f}" for kind in sorted(kinds))
    SubElement(line, "title").text = words or f"{weight:.2f}"


def _draw_tag(svg: Element, tag: str, place: Place, energy: float, share: float, *, leaf: bool) -> None:
    kind, _, name = tag.partition(":")
    size = 6 + 13 * sqrt(share)
    dot = SubElement(svg, "circle", {"class": "tag", "cx": _n(place.x), "cy": _n(place.y), "r": _n(size)})
    dot.set("fill", _colour(share))
    SubElement(dot, "title").text = f"{tag}: {energy:.3f}"
    label = SubElement(svg, "text", {"class": "name" if place.radius else "name centre"})
    label.text = name.replace("_", " ")
    more = SubElement(label, "tspan", {"class": "kind", "dx": "6"})
    more.text = f"{kind.replace('_', ' ')} {energy:.2f}"
    if leaf and place.radius:
        # along the spoke, and never upside down
        left = cos(place.angle) < -1e-9
        turn = degrees(place.angle) + (180 if left else 0)
        out = -(place.radius + size + 6) if left else place.radius + size + 6
        label.set("transform", f"rotate({_n(turn)}) translate({_n(out)} 4.5)")
        label.set("text-anchor", "end" if left else "start")
    else:
        label.set("transform", f"translate({_n(place.x)} {_n(place.y + size + 16)})")
        label.set("text-anchor", "middle")


def _draw_words(svg: Element, centre: str, note: str, at: tuple[float, float, float]) -> None:
    left, top, foot = at
    SubElement(svg, "text", {"class": "title", "x": _n(left), "y": _n(top)}).text = f"What {centre} brings to mind"
    SubElement(svg, "text", {"class": "note", "x": _n(left), "y": _n(top + 20)}).text = note
    for number, kind in enumerate(AssociationKind):
        x = left + 150 * number
        SubElement(svg, "path", {"class": f"link {kind.value}", "stroke-width": "3", "d": f"M{_n(x)} {_n(foot)}h34"})
        words = SubElement(svg, "text", {"class": "note", "x": _n(x + 42), "y": _n(foot + 4)})
        words.text = kind.value.replace("_", " ")
    for number in range(5):
        x = left + 8 + 26 * number
        dot = {"class": "tag", "cx": _n(x), "cy": _n(foot + 30), "r": _n(6 + 5 * sqrt(number / 4))}
        SubElement(svg, "circle", dot | {"fill": _colour(number / 4)})
    words = SubElement(svg, "text", {"class": "note", "x": _n(left + 142), "y": _n(foot + 34)})
    words.text = "more energy: larger and redder; stronger links are wider"


def _colour(share: float) -> str:
    mixed = (round(cold + (warm - cold) * share) for cold, warm in zip(_COLD, _WARM, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _n(number: float) -> str:
    """A number as an SVG has it. (Adding 0.0 makes a minus zero a zero.)"""
    return f"{round(number, 2) + 0.0:g}"
