"""A dialogue tree as a picture: Mermaid text for documents and editors."""

from __future__ import annotations

from rules.phrasebook import Phrasebook
from schemas.dialogues import END, DialogueTree, When, Wording

_SHORT = 48
"""Letters of a line that are shown."""


def draw_tree(tree: DialogueTree, phrasebook: Phrasebook | None = None, language: str = "en") -> str:
    """The tree as a Mermaid flowchart. Choices are arrows with what the player says, jumps are dotted, and what holds
    an arrow back stands in brackets."""
    ids = {name: f"n{number}" for number, name in enumerate((*tree.nodes, END))}
    lines = ["flowchart TD"]
    for name, node in tree.nodes.items():
        said = _short(node.line, phrasebook, language) if node.line is not None else ""
        tools = "".join(f"<br/>[{effect.tool}]" for effect in node.effects)
        words = f"<br/>{said}" if said else ""
        lines.append(f'    {ids[name]}("<b>{_safe(name)}</b>{words}{tools}")')
    lines.append(f'    {ids[END]}(["{END}"])')
    for name, node in tree.nodes.items():
        for choice in node.choices:
            label = f"{_short(choice.say, phrasebook, language)}{_held_back(choice.when)}"
            lines.append(f'    {ids[name]} -->|"{label}"| {ids.get(choice.to, ids[END])}')
        for jump in node.jumps:
            held = _held_back(jump.when).strip()
            label = f'|"{held}"|' if held else ""
            lines.append(f"    {ids[name]} -.->{label} {ids.get(jump.to, ids[END])}")
    if tree.start in ids:
        lines.append(f"    style {ids[tree.start]} stroke-width:3px")
    return "\n".join(lines) + "\n"


def _held_back(when: When) -> str:
    """A condition in a few words; nothing, where there is none."""
    parts = list[str]()
    if when.standing_at_least is not None:
        parts.append(f"standing at least {when.standing_at_least:g}")
    if when.standing_below is not None:
        parts.append(f"standing below {when.standing_below:g}")
    parts += [f"knows {fact}" for fact in when.knows]
    parts += [f"does not know {fact}" for fact in when.unknown]
    parts += [f"player knows {fact}" for fact in when.player_knows]
    parts += list(when.flags)
    parts += [f"not {flag}" for flag in when.without]
    parts += [f"quest {quest} {status}" for quest, status in when.quests.items()]
    return _safe(f" [{', '.join(parts)}]") if parts else ""


def _short(wording: Wording, phrasebook: Phrasebook | None, language: str) -> str:
    if isinstance(wording, str):
        names = {"name": "...", "other": "...", "place": "..."}
        text = phrasebook.say(language, wording, **names) if phrasebook is not None else wording
    else:
        text = wording.get(language) or next(iter(wording.values()))
    flat = " ".join(text.split())
    return _safe(flat if len(flat) <= _SHORT else f"{flat[: _SHORT - 3].rstrip()}...")


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "#quot;").replace("<", "&lt;").replace(">", "&gt;")
