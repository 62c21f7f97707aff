"""The book of creatures: an index that is quick to open, stat blocks that are read when used, and imported ones."""

from rules.bestiary.asking import challenge_range
from rules.bestiary.book import Bestiary
from rules.bestiary.foreign import Imported, import_creatures
from rules.bestiary.pages import Page
from rules.bestiary.vocabulary import RULE_TAGS, TERRAINS, THEMES
from rules.bestiary.writing import as_ftl, as_toml

__all__ = [
    "RULE_TAGS",
    "TERRAINS",
    "THEMES",
    "Bestiary",
    "Imported",
    "Page",
    "as_ftl",
    "as_toml",
    "challenge_range",
    "import_creatures",
]
