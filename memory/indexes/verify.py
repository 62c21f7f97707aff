"""Compare the indexes with the record: what is missing, what is too much, and what is merely late."""

from __future__ import annotations

from sqlalchemy import Connection

from memory.indexes import marks
from memory.indexes.follower import Follower
from memory.indexes.index import IndexFailed
from memory.indexes.indexable import Belonging, belongings, characters_of, count_timelines
from memory.record.history import Key
from memory.record.record import Record
from memory.values import Verified


async def verify(record: Record, follower: Follower, world: str) -> list[Verified]:
    """What one index has of each character, by name. It may go on following meanwhile.

    Raises:
        RecordError: the record could not be read.
    """
    index = follower.index
    try:
        label = (await index.check()).id
        told = await record.read(lambda connection: characters_of(connection, world))
        return [
            await _of_character(record, follower, label, world, character)
            for character in sorted({*told, *await index.characters(world)})
        ]
    except IndexFailed as error:
        return [Verified(follower.name, world, "", trouble=str(error))]


async def _of_character(record: Record, follower: Follower, label: str, world: str, character: str) -> Verified:
    def follow(connection: Connection) -> tuple[int, bool]:
        knows_forks = marks.read_timelines(connection, label, world) == count_timelines(connection, world)
        return marks.read_mark(connection, label, world), knows_forks

    # The index is read between two looks at its mark: it may have moved on, or have been taken back by a rebuild.
    before, knew_forks = await record.read(follow)
    held = await follower.index.held(world, character)
    misfits = await follower.index.misfits(world, character)
    after, knows_forks = await record.read(follow)
    mark, forks = min(before, after), knew_forks and knows_forks
    there = await record.read(lambda connection: belongings(connection, world, character))
    missing = {key for key, one in there.items() if not one.gone} - held
    surplus = {key for key in held if key not in there or there[key].gone}
    late = {key for key in missing if _is_late(there[key], mark, knows_forks=forks)}
    still_there = {key for key in surplus if mark == marks.CONDEMNED or _was_forgotten_since(there.get(key), mark)}
    return Verified(
        follower.name,
        world,
        character,
        expected=sum(not one.gone for one in there.values()),
        held=len(held),
        lag=len(late) + len(still_there),
        missing=len(missing - late),
        surplus=len(surplus - still_there),
        misfits=len(_settled(misfits, there, mark)),
    )


def _is_late(one: Belonging, mark: int, *, knows_forks: bool) -> bool:
    return one.seq > mark or (one.forgotten_at is not None and not knows_forks)


def _was_forgotten_since(one: Belonging | None, mark: int) -> bool:
    return one is not None and one.forgotten_at is not None and one.forgotten_at > mark


def _settled(misfits: set[Key], there: dict[Key, Belonging], mark: int) -> set[Key]:
    """Those that the mark vouches for."""
    return {key for key in misfits if key in there and there[key].seq <= mark}
