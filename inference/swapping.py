"""Models behind which an endpoint can be exchanged while they are asked."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from inference.model import Model
from schemas import BadSettings, EndpointSettings, Fault, ModelRole


@runtime_checkable
class Swaps(Protocol):
    """A model of several endpoints, each with its roles."""

    async def swap(self, role: ModelRole, settings: EndpointSettings) -> None:
        """From the next question on, have this endpoint answer those for a role, and no other."""
        ...


async def swap(model: Model | None, role: ModelRole, settings: EndpointSettings) -> None:
    """Exchange who answers for a role. Raises BadSettings for a model without endpoints, or a ModelError."""
    if not isinstance(model, Swaps):
        what = "no endpoint answers here." if model is None else f"{type(model).__name__} has no endpoints."
        raise BadSettings(
            Fault("endpoints", what, "Open the Loom with endpoints in its settings, or with a ModelPool.")
        )
    await model.swap(role, settings)
