"""What the graphs want of models: which role each kind asks for, and how long its answers may be."""

from __future__ import annotations

from typing import cast

from graphs import Declaration, library_names, load
from nodes import CATALOGUE
from schemas import ModelRole, Settings

_ASKING = ("generate", "repair")
USUAL_LENGTH = 400
"""Tokens of an answer where a graph does not say."""


def role_of(declaration: Declaration) -> ModelRole | None:
    """The role whose endpoints a graph asks; None: it asks no model."""
    for node in declaration.nodes.values():
        if node.use in _ASKING:
            return cast("ModelRole", node.with_.get("role", "narrator"))
    return None


def longest_answers(settings: Settings) -> dict[ModelRole, int]:
    """By role, the tokens of the longest answer that any graph of the settings asks for. Raises CallerError."""
    found = dict[ModelRole, int]()
    for folder in settings.graphs:
        for name in library_names(folder):
            declaration = load(name, CATALOGUE, library=folder)
            role = role_of(declaration)
            if role is None:
                continue
            lengths = (
                node.with_.get("max_tokens", USUAL_LENGTH) for node in declaration.nodes.values() if node.use in _ASKING
            )
            found[role] = max(found.get(role, 0), *(cast("int", length) for length in lengths))
    return found
