"""The networkx graph of tags, as people see and edit it: it notices when somebody does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

import networkx as nx

if TYPE_CHECKING:
    _Graph = nx.Graph[str]
else:
    _Graph = nx.Graph  # takes no parameters when it runs


class Link(TypedDict, total=False):
    """What an edge says. A link that was added by hand may have a `weight` alone, or nothing."""

    weight: float
    """0 to 1: that of its strongest kind."""
    kinds: dict[str, float]
    """Why the two belong together: the mean of what was told, by kind."""
    times: dict[str, int]
    """How often each kind was told, where that is more than once."""


_NONE: Mapping[str, Link] = {}


class TagNet(_Graph):
    """Tags (`kind:name`) as nodes, their links as edges.

    networkx empties a graph's `__networkx_cache__` in each of its methods that edit, so that what was compiled from the
    graph is not used any longer. Our edges do the same when an attribute is set: `net["a"]["b"]["weight"] = 0.5`.
    """

    def edge_attr_dict_factory(self) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleVariableOverride]  # called alike
        """A new edge. networkx asks for one whenever two tags are linked for the first time."""
        return _Edge(self._compiled)

    @property
    def edited(self) -> bool:
        """Whether somebody has edited the graph since `seen` was called."""
        return "seen" not in self._compiled

    def seen(self) -> None:
        """Say that whoever follows the graph knows it as it is now."""
        self._compiled["seen"] = True

    def links_of(self, tag: str) -> Mapping[str, Link]:
        """The neighbours of a tag, each with its edge. (`net[tag]` is the same through three views, and far slower.)"""
        return self._adj.get(tag, _NONE)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # not in the stubs

    @property
    def _compiled(self) -> dict[str, object]:
        return self.__networkx_cache__  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # not in the stubs


def weight_of(link: Link) -> float:
    """How strong a link is; networkx's own default for one without a weight is 1."""
    return link.get("weight", 1.0)


class _Edge(dict[str, Any]):
    """An edge's attributes. Whoever sets one tells the graph."""

    __slots__ = ("_compiled",)

    def __init__(self, compiled: dict[str, object]) -> None:
        self._compiled = compiled

    def __setitem__(self, key: str, value: Any) -> None:
        self._compiled.clear()
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        self._compiled.clear()
        super().__delitem__(key)

    def __ior__(self, other: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> _Edge:  # type: ignore[override]  # as update
        self.update(other)
        return self

    def update(self, *others: Any, **more: Any) -> None:
        """See dict."""
        self._compiled.clear()
        super().update(*others, **more)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """See dict."""
        self._compiled.clear()
        return super().setdefault(key, default)

    def pop(self, *key_and_default: Any) -> Any:
        """See dict."""
        self._compiled.clear()
        return super().pop(*key_and_default)

    def popitem(self) -> tuple[str, Any]:
        """See dict."""
        self._compiled.clear()
        return super().popitem()

    def clear(self) -> None:
        """See dict."""
        self._compiled.clear()
        super().clear()

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        """A copy is a plain dict: it belongs to no graph."""
        return dict, (dict(self),)
