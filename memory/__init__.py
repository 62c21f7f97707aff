"""What characters know and remember: the record, its indexes, and recall. `Memory` is the face of it all."""

from memory.chronicle import Chronicle
from memory.conversation import Conversation, Window, fit
from memory.indexes.embedders import ChromaEmbedder, Embedder, LexicalEmbedder
from memory.memory import Memory
from memory.recall.rerank import Reranker
from memory.spending import SpendingLog
from memory.statistics import LEVELS, Measured, Statistics
from memory.summaries import Summariser, in_extracts
from memory.tags.tags import TagGraph
from memory.talks import TalkQuery
from memory.timelines.difference import Difference, Side
from memory.timelines.importing import Imported
from memory.timelines.moments import Happening, Moment
from memory.timelines.points import Point
from memory.timelines.portable import Header
from memory.timelines.saves import Save
from memory.timelines.timelines import Timeline
from memory.timelines.world_line import WorldLine
from memory.upkeep.forgetting import retention, strength
from memory.upkeep.telling import repeats
from memory.upkeep.upkeep import Upkeep
from memory.values import Commit, Committed, Health, Loaded, News, Progress, RecallQuery, Tidied, Told, Verified
from memory.worlds.world_files import read_world, world_folders

__all__ = [
    "LEVELS",
    "ChromaEmbedder",
    "Chronicle",
    "Commit",
    "Committed",
    "Conversation",
    "Difference",
    "Embedder",
    "Happening",
    "Header",
    "Health",
    "Imported",
    "LexicalEmbedder",
    "Loaded",
    "Measured",
    "Memory",
    "Moment",
    "News",
    "Point",
    "Progress",
    "RecallQuery",
    "Reranker",
    "Save",
    "Side",
    "SpendingLog",
    "Statistics",
    "Summariser",
    "TagGraph",
    "TalkQuery",
    "Tidied",
    "Timeline",
    "Told",
    "Upkeep",
    "Verified",
    "Window",
    "WorldLine",
    "fit",
    "in_extracts",
    "read_world",
    "repeats",
    "retention",
    "strength",
    "world_folders",
]
