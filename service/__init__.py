"""Loomwright's face: the `Loom` for programs, and the command line for people."""

from service.assemble import assemble
from service.loom import Loom

__all__ = ["Loom", "assemble"]
