"""Answers of models that are said again: kept here or in Redis, found by the question or by the situation."""

from inference.caching.cache import AnswerCache, Found, Question
from inference.caching.files import Exported, read_answers, write_answers
from inference.caching.flights import Flights
from inference.caching.in_process import InProcess
from inference.caching.kept import FORMAT, Kept, Vector, name_of, pack
from inference.caching.store import Store

__all__ = [
    "FORMAT",
    "AnswerCache",
    "Exported",
    "Flights",
    "Found",
    "InProcess",
    "Kept",
    "Question",
    "Store",
    "Vector",
    "name_of",
    "pack",
    "read_answers",
    "write_answers",
]
