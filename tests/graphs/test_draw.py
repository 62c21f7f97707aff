"""A drawing shows every node, every way and every outcome."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from graphs import Declaration, declare, draw

SVG = "{http://www.w3.org/2000/svg}"


def test_mermaid_shows_every_node_and_every_way(combat: Declaration) -> None:
    text = draw(combat)
    assert text.startswith("flowchart TD\n")
    for name in [*combat.nodes, "end"]:
        assert f'"{name}"' in text
    assert len(re.findall(r"-->|-\.->", text)) == len(list(combat.edges()))
    for label in ["model", "rules", "repairable", "on error", "after 2"]:
        assert f'|"{label}"|' in text


def test_the_svg_shows_every_node_once_and_every_outcome(combat: Declaration) -> None:
    root = ElementTree.fromstring(draw(combat, "svg"))  # noqa: S314  # our own text
    texts = [element.text for element in root.iter(f"{SVG}text")]
    for name in [*combat.nodes, "end"]:
        assert texts.count(name) == 1
    for label in ["model", "rules", "accepted", "repairable", "rejected", "dashed: on error"]:
        assert label in texts
    links = {(edge.source, edge.target) for edge in combat.edges()}
    drawn = [path for path in root.iter(f"{SVG}path") if path.get("class", "").startswith("way")]
    assert len(drawn) == len(links)
    assert any("on_error" in path.get("class", "") for path in drawn)


def test_boxes_do_not_overlap_and_stay_on_the_paper(combat: Declaration) -> None:
    root = ElementTree.fromstring(draw(combat, "svg"))  # noqa: S314  # our own text
    width, height = (float(root.get(side, "0")) for side in ("width", "height"))
    boxes = [
        tuple(float(rect.get(key, "0")) for key in ("x", "y", "width", "height"))
        for rect in root.iter(f"{SVG}rect")
        if rect.get("x")
    ]
    assert len(boxes) == len(combat.nodes) + 1
    for i, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
        for other_x, other_y, other_w, other_h in boxes[i + 1 :]:
            assert x + w <= other_x or other_x + other_w <= x or y + h <= other_y or other_y + other_h <= y


def test_a_graph_with_faults_can_be_drawn_too(story: str) -> None:
    for text in [
        story.replace("then: generate", "then: nowhere"),
        story.replace("entrypoint: choose_policy", "entrypoint: nobody"),
        story.replace("then: generate", "then: recall"),
        story.replace("about: What", 'about: <b>&"What'),
        "name: x\n",
    ]:
        declaration = declare(text)
        ElementTree.fromstring(draw(declaration, "svg"))  # noqa: S314  # our own text
        assert draw(declaration).startswith("flowchart")


def test_the_same_graph_gives_the_same_picture(story: str) -> None:
    assert draw(declare(story), "svg") == draw(declare(story), "svg")
