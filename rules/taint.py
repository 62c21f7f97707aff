"""Whether texts tell a secret: word for word, in another order, in other forms of its words, or in disguise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from rules import disguises
from schemas.knowledge import EVERYONE, PLAYER, Fact, SecretFact
from schemas.worlds import World

SHARE = 0.7
"""From this share of a secret's content words on, a text gives it away, and so do all texts of a decision together."""
OF_A_NAME = 0.4
"""What a word counts that is part of the world's names: everybody may say those."""
LEAST_WORDS = 3
"""A secret needs so many content words before a share of them tells anything."""
QUOTED = 3.0
"""So much weight of content words in unbroken pieces of a secret gives it away, however long it is and in whatever
order and fields the pieces stand. A piece has three words or more."""
LEAST_LETTERS = 6
"""A secret of one word that is shorter cannot be told apart from ordinary talk."""
STEM = 5
"""Letters by which forms of a word are taken for one: `smuggles`, `smuggled`, `smugglers` (McNamee and Mayfield,
"Character n-gram tokenization for European language text retrieval", 2004)."""
GRAM = 8
"""Letters of the pieces by which texts without word borders are compared."""
STRIDE = 3
"""Where every piece would be too many to look at: from every so many letters on."""
RUN = GRAM + STRIDE - 1
"""So many letters in a row that a game or a code brings to light are no chance: every such run holds a whole piece."""
CRUMB = 5
CRUMBS = 4
"""So many different pieces of so many letters of one secret, brought to light by games with letters, are no chance
either: eight letters in a row, or two times six in two places."""
SHARE_OF_LETTERS = 0.4
"""From this share of its pieces on, a secret stands in letters that are merely cut up into other words."""

_EVERYDAY = """
    about after also because been before being could does done during each else even ever from gave have having her
    here into just like made make many more most much must never once only other over said same shall she should since
    some such than that their them then there these they this those through under until upon very want well were what
    when where which while whom whose will with would your every another nobody somebody still back come came goes
    aber alle auch beim bist dass dein denn dich diese dieser doch durch eine einem einen einer eines euch euer habe
    haben hatte hier ihre ihrem ihren ihrer immer jetzt kann mein mich mehr muss nach nicht noch ohne schon sein seine
    seinem seinen seiner sich sind uber unser unter viel waren weil wenn werden wird wurde zwischen
"""
_COMMON = frozenset(_EVERYDAY.split())
"""Words of English and German that say nothing by themselves."""

Pieces = Mapping[str, tuple[int, ...]]
"""Which wordings hold a piece."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """One way to say a secret."""

    secret: int
    bare: str
    total: float
    """Weight of all its content words; 0: too few of them."""
    pieces: int
    backbone: int


@dataclass(frozen=True, slots=True)
class Sought:
    """Secrets, made ready to be looked for: all at once, in one pass over the texts, however many they are."""

    wordings: tuple[_Wording, ...]
    stems: Mapping[str, tuple[tuple[int, float], ...]]
    """Wordings that have a content word of that stem, and what it weighs."""
    sequences: Mapping[tuple[str, str, str], tuple[int, ...]]
    forwards: Pieces
    backwards: Pieces
    backbones: Pieces
    stepped: Mapping[str, tuple[tuple[int, str], ...]]
    """By the steps from letter to letter: wordings, and the letters that they take there."""
    crumbs: Pieces
    ids: Mapping[int, str]
    """Of secrets whose own id is a sentence: ` marta smuggles `."""

    @classmethod
    def of(cls, secrets: Iterable[Fact], names: Iterable[str] = ()) -> Sought:
        """Make ready to look for `secrets`, each in all its wordings. `names` are the world's, which all may say."""
        return _sought(tuple((secret.id, wordings_of(secret)) for secret in secrets), tuple(names))

    def told(self, texts: Sequence[str], ids: Sequence[str] = (), *, disguised: bool = True) -> frozenset[int]:
        """Which of the secrets the texts tell, one alone or all together. `ids` are names for the game's code.

        `disguised`: in whatever spelling, code or game; False: only in words, for texts that nobody disguises.
        """
        if not self.wordings:
            return frozenset()
        spoken = [disguises.plain(text) for text in texts]
        named = [disguises.plain(name.replace("_", " ")) for name in ids]
        found = set(self._by_words([*spoken, *named]))
        found.update(self._by_id(f" {' '.join(disguises.words(' | '.join(spoken)))} "))
        if disguised:
            found.update(self._by_letters(" \n ".join((*spoken, *named))))
            for hidden in disguises.decoded(" \n ".join(texts)):
                found.update(self._by_words([hidden]), self._by_letters(hidden))
                found.update(_runs(disguises.letters(hidden), self.forwards))
        return frozenset(self.wordings[number].secret for number in found)

    def _by_words(self, spoken: Sequence[str]) -> Iterator[int]:
        overall: dict[int, dict[str, float]] = defaultdict(dict)
        quoted: dict[int, set[str]] = defaultdict(set)
        for text in spoken:
            said = disguises.words(text)
            here: dict[int, dict[str, float]] = defaultdict(dict)
            for stem in {_stem(word) for word in said if _carries(word)}:
                for number, weight in self.stems.get(stem, ()):
                    here[number][stem] = overall[number][stem] = weight
            yield from (number for number, found in here.items() if self._enough(number, found))
            yield from self._verbatim(said)
            for number, stems in self._pieces_in(said).items():
                quoted[number] |= stems
        yield from (number for number, found in overall.items() if self._enough(number, found))
        for number, stems in quoted.items():
            if sum(dict(self.stems[stem])[number] for stem in stems) >= QUOTED:
                yield number

    def _enough(self, number: int, found: Mapping[str, float]) -> bool:
        total = self.wordings[number].total
        return total > 0 and len(found) >= LEAST_WORDS and sum(found.values()) >= SHARE * total

    def _verbatim(self, said: tuple[str, ...]) -> Iterator[int]:
        """Short wordings, which have too few words for a share of them to tell anything."""
        text = f" {' '.join(said)} "
        for number, wording in enumerate(self.wordings):
            if wording.total == 0 and wording.bare and (
                f" {wording.bare} " in text
                # Languages that write without spaces make one word of a sentence: any part of it may be the secret.
                or (" " not in wording.bare and len(wording.bare) >= LEAST_LETTERS and wording.bare in text)
            ):  # fmt: skip
                yield number

    def _pieces_in(self, said: tuple[str, ...]) -> Mapping[int, set[str]]:
        """The content words of each wording that were said in three or more words of it in a row."""
        found: dict[int, set[str]] = defaultdict(set)
        for sequence in zip(said, said[1:], said[2:], strict=False):
            for number in self.sequences.get(sequence, ()):
                found[number].update(_stem(word) for word in sequence if _carries(word))
        return found

    def _by_id(self, said: str) -> Iterator[int]:
        for number, name in self.ids.items():
            if name in said:
                yield next(at for at, wording in enumerate(self.wordings) if wording.secret == number)

    def _by_letters(self, text: str) -> Iterator[int]:
        bare = disguises.letters(text)
        counts = _hits(bare, self.forwards)
        yield from (at for at, hits in counts.items() if hits >= SHARE_OF_LETTERS * self.wordings[at].pieces)
        counts = _hits(disguises.skeleton(bare), self.backbones)
        yield from (at for at, hits in counts.items() if hits >= SHARE_OF_LETTERS * self.wordings[at].backbone)
        yield from _runs(bare, self.backwards)
        yield from self._shifted(disguises.latin(bare))
        found: dict[int, set[str]] = defaultdict(set)
        for game in disguises.games(text):
            for at in range(len(game) - CRUMB + 1):
                for number in self.crumbs.get(game[at : at + CRUMB], ()):
                    found[number].add(game[at : at + CRUMB])
        yield from (number for number, crumbs in found.items() if len(crumbs) >= CRUMBS)

    def _shifted(self, bare: str) -> Iterator[int]:
        """Letters that go the secret's way and are not the secret's: a Caesar shift, whichever; or the Atbash."""
        steps = disguises.steps(bare)
        for at in range(0, len(steps) - GRAM + 1, STRIDE):
            for number, letters in self.stepped.get(steps[at : at + GRAM], ()):
                if letters != bare[at : at + GRAM + 1]:
                    yield number


def hidden_from(party: Iterable[str], facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Those of the facts that are secrets, and that the player's side has not heard. `party`: its own names."""
    names = {EVERYONE, PLAYER, *party}
    return tuple(fact for fact in facts if fact.is_secret and names.isdisjoint(fact.known_by))


def names_of(world: World) -> tuple[str, ...]:
    """Names that all in a world may say: of its people, powers, places, things and ideas."""
    titled = (*world.characters.values(), *world.factions.values(), *world.places.values())
    info = world.info
    ids = (*world.characters, *world.factions, *world.places, *info.party, *info.items, *info.concepts)
    return (*(one.name for one in titled), *ids)


def wordings_of(secret: Fact) -> tuple[str, ...]:
    """All the ways that a secret is known to be said in: its text, and what its author wrote beside it."""
    return (secret.text, *secret.payload.wordings) if isinstance(secret.payload, SecretFact) else (secret.text,)


@lru_cache(maxsize=64)
def _sought(secrets: tuple[tuple[str, tuple[str, ...]], ...], public: tuple[str, ...]) -> Sought:
    named = {word for name in public for word in disguises.words(disguises.plain(name.replace("_", " ")))}
    names = {_stem(word) for word in named}
    wordings, ids = list[_Wording](), dict[int, str]()
    stems: dict[str, list[tuple[int, float]]] = defaultdict(list)
    sequences: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    forwards, backwards, backbones, crumbs = (defaultdict[str, set[int]](set) for _ in range(4))
    stepped: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for number, (id_, ways) in enumerate(secrets):
        title = disguises.words(id_.replace("_", " "))
        if len(title) > 1 and len("".join(title)) >= RUN and not named.issuperset(title):
            ids[number] = f" {' '.join(title)} "
        for way in ways:
            at, said = len(wordings), disguises.words(disguises.plain(way))
            weights = {_stem(word): OF_A_NAME if _stem(word) in names else 1.0 for word in said if _carries(word)}
            few = len(weights) < LEAST_WORDS
            bare = disguises.letters(" ".join(said))
            backbone = disguises.skeleton(bare)
            for stem, weight in weights.items():
                stems[stem].append((at, weight))
            for sequence in zip(said, said[1:], said[2:], strict=False):
                sequences[sequence].add(at)
            for shelf, text in ((forwards, bare), (backwards, bare[::-1]), (backbones, backbone)):
                for piece in _pieces(text):
                    shelf[piece].add(at)
            for piece in _pieces(bare, CRUMB):
                crumbs[piece].add(at)
            latin = disguises.latin(bare)
            for place, way in enumerate(_pieces(disguises.steps(latin))):
                for known in (way, disguises.mirrored(way)):
                    stepped[known].add((at, latin[place : place + GRAM + 1]))
            whole = " ".join(said)
            # What its author names as a wording is looked for, however short: a hidden name, say.
            long_enough = len(said) > 1 or len(whole) >= LEAST_LETTERS or way != ways[0]
            wordings.append(
                _Wording(
                    secret=number,
                    bare=whole if long_enough else "",
                    total=0.0 if few else sum(weights.values()),
                    pieces=max(len(_pieces(bare)), GRAM),
                    backbone=max(len(_pieces(backbone)), GRAM),
                )
            )
    return Sought(
        wordings=tuple(wordings),
        stems={stem: tuple(found) for stem, found in stems.items()},
        sequences=_frozen(sequences),
        forwards=_frozen(forwards),
        backwards=_frozen(backwards),
        backbones=_frozen(backbones),
        stepped={way: tuple(found) for way, found in stepped.items()},
        crumbs=_frozen(crumbs),
        ids=MappingProxyType(ids),
    )


Key = TypeVar("Key")


def _frozen(shelf: Mapping[Key, set[int]]) -> dict[Key, tuple[int, ...]]:
    return {key: tuple(sorted(found)) for key, found in shelf.items()}


def _pieces(text: str, length: int = GRAM) -> list[str]:
    return [text[at : at + length] for at in range(len(text) - length + 1)]


def _hits(text: str, pieces: Pieces) -> dict[int, int]:
    """How many of the pieces of each wording are in a text."""
    found: dict[int, int] = defaultdict(int)
    for piece in set(_pieces(text)):
        for number in pieces.get(piece, ()):
            found[number] += 1
    return found


def _runs(text: str, pieces: Pieces) -> Iterator[int]:
    """Wordings of which `RUN` letters in a row are in a text; some that have fewer are found, too."""
    for at in range(0, len(text) - GRAM + 1, STRIDE):
        yield from pieces.get(text[at : at + GRAM], ())


def _carries(word: str) -> bool:
    """Whether a word means something by itself: not short, not a common one."""
    return len(word) > 3 and word not in _COMMON


def _stem(word: str) -> str:
    """One form for all: `boat` and `boats`, `unload` and `unloading`."""
    return (word.removesuffix("s") if len(word) > 3 else word)[:STEM]
