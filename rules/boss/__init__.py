"""A boss that adapts: what it makes of its players, which stances it takes, and how hard the next fight may be."""

from rules.boss.bandit import Bandit
from rules.boss.book import load_stances
from rules.boss.drill import ordered, places, prey, stances_of, weighed
from rules.boss.habits import FEATURES, after, features, summed
from rules.boss.lessons import learned, lesson_of, reward, study_of
from rules.boss.means import means
from rules.boss.plans import MOST_STANCES, Plan, Repertoire
from rules.boss.sightings import Sighting, count
from rules.boss.watching import Watcher

__all__ = [
    "FEATURES",
    "MOST_STANCES",
    "Bandit",
    "Plan",
    "Repertoire",
    "Sighting",
    "Watcher",
    "after",
    "count",
    "features",
    "learned",
    "lesson_of",
    "load_stances",
    "means",
    "ordered",
    "places",
    "prey",
    "reward",
    "stances_of",
    "study_of",
    "summed",
    "weighed",
]
