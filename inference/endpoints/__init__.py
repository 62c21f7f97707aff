"""Several endpoints as one model, and what guards decisions from those that fail, hang or are overrun."""

from inference.endpoints.member import EndpointState
from inference.endpoints.pool import ModelPool

__all__ = ["EndpointState", "ModelPool"]
