"""Do two of our own agree where they could, on something that leaves nothing on the table, and never at a loss?

Two sides of equal strength with drawn preferences, chests, standings and tempers negotiate to an end. A checker that
shares no code with the search tries every package there is (some 6,000), with a worth of its own, written from
`docs/diplomacy.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, sqrt
from random import Random

from benchmarks.figures import Figure
from evals.outcome import Asked
from rules.bargaining.bargainer import play_out
from rules.bargaining.packages import Topic, gather
from rules.bargaining.side import Side
from schemas import Alliance, JointWar, Passage, Peace, Tendencies, Trade, TreatyTerm, Tribute

SUITE = "characters"
PAIRS, QUICK = 400, 20
ROUNDS = 8
KINDS = ("peace", "alliance", "trade", "tribute", "passage", "joint_war")
LENGTHS = (180, 720)
AGREES, PARETO = 0.9, 0.8
SLACK = 1e-9
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Played:
    """How one pair ended, by the checker."""

    possible: bool
    """Whether any package serves both."""
    agreed: bool
    best: bool
    """Whether no package would have been better for one and no worse for the other."""
    below: bool
    """Whether a side ended below its reserve."""


async def measure(asked: Asked) -> list[Figure]:
    """The shares, with Wilson intervals."""
    pairs, first = (QUICK if asked.quick else PAIRS), asked.options.seed * 1_000_000
    played = [play(seed) for seed in range(first, first + pairs)]
    could = [one for one in played if one.possible]
    agreed = [one for one in could if one.agreed]
    below = sum(one.below for one in played)
    return [
        Figure(SUITE, "bargains: pairs", pairs, "pair", better="higher"),
        Figure(SUITE, "bargains: pairs who could agree", len(could), "pair", better="higher"),
        _share("bargains: agree where they could", len(agreed), len(could), AGREES),
        _share("bargains: of those, Pareto-optimal", sum(one.best for one in agreed), len(agreed), PARETO),
        Figure(SUITE, "bargains: ended below a reservation value", below, "pair", 0, "lower"),
    ]


def play(seed: int) -> Played:
    """Draw a pair, let them negotiate, and check how it ended."""
    sides, guesses, topics = drawn(Random(seed))
    outcome = play_out(sides, guesses, topics, ROUNDS)
    reserves = [reserve(side) for side in sides]
    every = [worths for terms, worths in packages(sides, topics) if terms]
    possible = any(u >= reserves[0] and v >= reserves[1] for u, v in every)
    if outcome.agreed is None:
        return Played(possible, agreed=False, best=False, below=False)
    u, v = (sum(worth(side, term) for term in outcome.agreed) for side in sides)
    beaten = any(x >= u - SLACK and y >= v - SLACK and (x > u + SLACK or y > v + SLACK) for x, y in every)
    below = u < reserves[0] - SLACK or v < reserves[1] - SLACK
    return Played(possible, agreed=True, best=not beaten, below=below)


def drawn(dice: Random) -> tuple[tuple[Side, Side], tuple[Side, Side], list[Topic]]:
    """Two sides of one strength, what each takes the other to be by its public figures, and what can be put forward."""
    gold = {"a": dice.randrange(500, 9_000), "b": dice.randrange(500, 9_000)}
    at_war, enemies, warm = dice.random() < 0.3, dice.randrange(3), dice.uniform(-1, 1)
    sides, guesses = list[Side](), list[Side]()
    for me, other in (("a", "b"), ("b", "a")):
        sides.append(
            Side(
                me,
                other,
                gold=gold[me],
                standing=max(-1.0, min(1.0, warm + dice.uniform(-0.2, 0.2))),
                toward={"foe": dice.uniform(-1, 1)},
                at_war=at_war,
                common_enemies=enemies,
                cares={kind: dice.uniform(0.3, 2.0) for kind in KINDS},
                tendencies=Tendencies(patience=dice.random(), risk_tolerance=dice.random(), adaptability=dice.random()),
                kindness=dice.uniform(-0.5, 0.5),
                honour=dice.uniform(-0.5, 0.5),
            )
        )
    for me, other in (sides, sides[::-1]):
        guesses.append(
            Side(other.id, me.id, gold=other.gold, standing=me.standing, at_war=at_war, common_enemies=enemies)
        )
    return (sides[0], sides[1]), (guesses[0], guesses[1]), gather(_terms(gold))


def _terms(gold: Mapping[str, int]) -> Iterator[TreatyTerm]:
    least = min(gold.values())
    for days in LENGTHS:
        yield Peace(kind="peace", days=days)
        yield Alliance(kind="alliance", days=days)
        for share in (0.25, 1.0):
            yield Trade(kind="trade", days=days, gold=max(1, int(least * share / (days // 30))))
        for side in gold:
            yield Passage(kind="passage", grantor=side, place="pass", days=days)
        yield JointWar(kind="joint_war", against="foe", days=days)
    for side, chest in gold.items():
        for share in (0.02, 0.05, 0.1, 0.2):
            yield Tribute(kind="tribute", payer=side, gold=max(1, int(chest * share / 12)), days=360)


def packages(
    sides: Sequence[Side], topics: Sequence[Topic]
) -> Iterator[tuple[tuple[TreatyTerm, ...], tuple[float, float]]]:
    """Every package with what it is worth to each side: one term of each topic, or none."""
    priced = [
        [((), 0.0, 0.0), *(((term,), *(worth(side, term) for side in sides)) for term in topic)] for topic in topics
    ]
    for chosen in product(*priced):
        terms = tuple(term for some, _, _ in chosen for term in some)
        yield terms, (sum(u for _, u, _ in chosen), sum(v for _, _, v in chosen))


def worth(side: Side, term: TreatyTerm) -> float:
    """What a term is worth, as docs/diplomacy.md has it: the checker's own reckoning."""
    power = (side.their_strength - side.strength) / (side.their_strength + side.strength)
    months = ceil(term.days / 30)
    plain: float
    if isinstance(term, Peace):
        plain = (0.35 if side.at_war else 0.1) + 0.2 * power
    elif isinstance(term, Alliance):
        plain = 0.4 * side.standing + 0.2 * min(side.common_enemies, 2) + 0.1 * power
    elif isinstance(term, Trade):
        plain = 0.25 * min(term.gold * months / side.gold, 1.0)
    elif isinstance(term, Tribute):
        plain = min(term.gold * months / side.gold, 1.0) * (-1 if term.payer == side.id else 1)
    elif isinstance(term, Passage):
        cost = (0.1 if side.standing >= 0 else 0.3) * min(term.days, 360) / 360
        plain = -cost if term.grantor == side.id else 0.1
    elif isinstance(term, JointWar):
        regard = side.toward[term.against]
        plain = 0.3 if regard < -0.3 else -0.8 if regard > 0.3 else -0.3
    else:
        raise TypeError(f"no such term is drawn: {term.kind}")
    return plain * side.cares[term.kind]


def reserve(side: Side) -> float:
    """What a treaty has to be worth at the least, as docs/diplomacy.md has it."""
    power = (side.their_strength - side.strength) / (side.their_strength + side.strength)
    least = 0.3 * max(0.0, -side.standing - 0.5) - 0.2 * max(0.0, side.standing)
    least -= 0.3 * max(0.0, power) * (1 - side.tendencies.risk_tolerance)
    return least - 0.1 * side.kindness - 0.1 * side.honour


def _share(case: str, count: int, of: int, target: float) -> Figure:
    """A share with its Wilson interval."""
    share = count / of if of else 0.0
    spread = 1 + Z * Z / of if of else 1.0
    middle = (share + Z * Z / (2 * of)) / spread if of else 0.0
    wide = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / spread if of else 1.0
    interval = (max(0.0, middle - wide), min(1.0, middle + wide))
    return Figure(SUITE, case, share, "share", target, "higher", interval)
