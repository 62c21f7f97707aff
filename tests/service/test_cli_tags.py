"""`loomwright tags show`: what a tag brings to mind, for people, for programs, and as a picture."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest

from service.tag_drawing import draw_tags
from tests.support.command_line import Loomwright

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def loomwright(loomwright: Loomwright) -> Loomwright:
    """The command line, with the example world loaded."""
    assert loomwright("world", "load", "morning_star").code == 0
    return loomwright


def texts(svg: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


def test_the_table_tells_what_a_tag_brings_to_mind_the_strongest_first(loomwright: Loomwright) -> None:
    code, out, _ = loomwright("tags", "show", "vexal", "--depth", "2")

    assert code == 0
    rows = [line.split()[:3] for line in out.splitlines()[1:] if ":" in line]
    assert rows[:2] == [["entity:vexal", "1.000", "0"], ["concept:orphanage", "0.450", "1"]]
    assert [float(row[1]) for row in rows] == sorted((float(row[1]) for row in rows), reverse=True)


def test_a_program_gets_one_object_a_tag_with_its_links(loomwright: Loomwright) -> None:
    _, out, _ = loomwright("tags", "show", "entity:vexal", "--depth", "1", "--json")

    found = {tag["tag"]: tag for tag in map(json.loads, out.splitlines())}
    assert found["entity:vexal"]["links"]["concept:orphanage"] == 0.9
    assert found["concept:orphanage"]["level"] == 1


def test_each_character_has_a_view_of_its_own(loomwright: Loomwright) -> None:
    def shown(*options: str) -> set[str]:
        _, out, _ = loomwright("tags", "show", "vexal", "--depth", "1", "--json", *options)
        return {json.loads(line)["tag"] for line in out.splitlines()}

    assert "concept:the_fire" in shown("--as", "vexal")
    assert "concept:the_fire" not in shown("--as", "marta")
    assert "concept:the_fire" not in shown()


def test_the_picture_has_every_tag_and_every_link_and_is_the_same_each_time(
    loomwright: Loomwright, tmp_path: Path
) -> None:
    arguments = ("tags", "show", "vexal", "--depth", "2", "--as", "vexal", "-o")
    _, out, _ = loomwright(*arguments, "one.svg")
    loomwright(*arguments, "other.svg")
    _, as_json, _ = loomwright("tags", "show", "vexal", "--depth", "2", "--as", "vexal", "--json")

    assert "wrote one.svg" in out
    drawn = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert drawn == (tmp_path / "other.svg").read_text(encoding="utf-8")
    svg = ElementTree.fromstring(drawn)  # noqa: S314  # our own
    found = [json.loads(line) for line in as_json.splitlines()]
    names = texts(svg)
    for tag in found:
        kind, _, name = tag["tag"].partition(":")
        assert f"{name.replace('_', ' ')}{kind.replace('_', ' ')} {tag['energy']:.2f}" in names
    links = [path for path in svg.iter(f"{SVG}path") if "Q" in path.get("d", "")]
    assert len(links) == sum(len(tag["links"]) for tag in found) / 2
    sizes = [float(dot.get("r", "0")) for dot in svg.iter(f"{SVG}circle") if dot.find(f"{SVG}title") is not None]
    assert sizes == sorted(sizes), "the strongest is drawn last and largest"


@pytest.mark.parametrize("wheel", [1, 2, 9, 60])
def test_no_two_tags_are_drawn_on_one_spot_and_nothing_leaves_the_picture(wheel: int) -> None:
    found: nx.Graph[str] = nx.Graph(centre="entity:hub")
    found.add_node("entity:hub", energy=1.0, level=0)
    for number in range(wheel - 1):
        found.add_node(f"concept:a_rather_long_name_{number}", energy=0.5, level=1)
        found.add_edge("entity:hub", f"concept:a_rather_long_name_{number}", weight=0.5, kinds={"temporal": 0.5})

    svg = ElementTree.fromstring(draw_tags(found, "a note"))  # noqa: S314  # our own
    left, top, width, height = map(float, svg.get("viewBox", "").split())
    dots = [dot for dot in svg.iter(f"{SVG}circle") if dot.find(f"{SVG}title") is not None]
    spots = [(float(dot.get("cx", "")), float(dot.get("cy", ""))) for dot in dots]

    assert len(spots) == wheel
    for number, (x, y) in enumerate(spots):
        assert left < x < left + width
        assert top < y < top + height
        assert all((x - ox) ** 2 + (y - oy) ** 2 > 18**2 for ox, oy in spots[:number])


def test_odd_names_and_energies_do_not_break_the_picture() -> None:
    found: nx.Graph[str] = nx.Graph(centre='concept:<&">')
    found.add_node('concept:<&">', energy=0.0, level=0)

    assert '<&">concept 0.00' in "".join(texts(ElementTree.fromstring(draw_tags(found, "<&>"))))  # noqa: S314  # our own


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["vexl"], "there is no tag 'vexl'. Did you mean 'vexal'?"),
        (["entity:vexl"], "Did you mean 'entity:vexal'?"),
        (["vexal", "--world", "morning_str"], "there is no world 'morning_str'. Did you mean 'morning_star'?"),
        (["vexal", "--timeline", "mani"], "there is no timeline 'mani'. Did you mean 'main'?"),
        (["vexal", "--as", "sister_elra"], "there is no character 'sister_elra'. Did you mean 'sister_elira'?"),
        (["vexal", "-o", "vexal.png"], "Did you mean 'vexal.svg'?"),
        (["vexal", "-o", "nowhere/vexal.svg"], "nowhere/vexal.svg: cannot be written"),
    ],
)
def test_what_cannot_be_shown_is_said_with_the_nearest_right_answer(
    loomwright: Loomwright, arguments: list[str], said: str
) -> None:
    code, _, err = loomwright("tags", "show", *arguments)

    assert code == 2
    assert said in re.sub(r"\s+", " ", err)
