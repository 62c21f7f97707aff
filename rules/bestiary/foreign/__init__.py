"""Creatures of the 5e SRD API community format: read as they come, made into stat blocks of ours."""

from rules.bestiary.foreign.reading import Imported, import_creatures

__all__ = ["Imported", "import_creatures"]
