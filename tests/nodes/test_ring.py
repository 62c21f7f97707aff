"""Encounters are fought beside play, in processes of their own: as many fights as a time allows."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from nodes import Ring
from rules import Fights, Tally
from rules.arena import Meeting, figures
from schemas import PROJECT, Action, DamageRoll, DamageType, DiceExpression
from tests.support.waiting import until

_BLOW = Action(
    id="blow",
    name_key="x",
    kind="melee",
    attack_bonus=4,
    reach_ft=5,
    damage=(DamageRoll(dice=DiceExpression("1d6+2"), type=DamageType.SLASHING),),
)
_BRAWLER = figures("brawler", [_BLOW], armor_class=12, hit_points=20)
FIGHTS = Fights(Meeting((_BRAWLER,) * 2, (_BRAWLER,) * 2), seed=3)


@dataclass(frozen=True, slots=True)
class Numbers(Fights):
    """Fights that say which process played them, in place of the damage."""

    def __call__(self, numbers: Iterable[int]) -> list[Tally]:
        """Whose number it is."""
        return [Tally(True, False, number, os.getpid(), 0, 0) for number in numbers]


WHO = Numbers(FIGHTS.factory, seed=0)


@pytest.fixture
async def ring() -> Ring:
    ring = Ring(2)
    await ring.ready()
    return ring


async def test_processes_play_the_same_fights_as_a_thread_in_the_same_order(ring: Ring) -> None:
    beside, within = await ring.fought(FIGHTS, 50, math.inf), await Ring().fought(FIGHTS, 50, math.inf)

    assert beside == within
    assert len(beside) == 50
    assert len({(one.rounds, one.damage_taken) for one in beside}) > 5


async def test_the_process_that_decides_does_not_fight(ring: Ring) -> None:
    players = {one.damage_taken for one in await ring.fought(WHO, 200, math.inf)}

    assert players
    assert os.getpid() not in players


async def test_until_the_processes_are_there_a_thread_fights() -> None:
    late = Ring(2)

    first = await late.fought(WHO, 20, math.inf)
    await late.ready()

    assert {one.damage_taken for one in first} == {os.getpid()}
    assert {one.damage_taken for one in await late.fought(WHO, 20, math.inf)} != {os.getpid()}


async def test_when_a_process_is_killed_a_thread_goes_on_and_others_take_its_place(ring: Ring) -> None:
    for player in {one.damage_taken for one in await ring.fought(WHO, 200, math.inf)}:
        os.kill(int(player), signal.SIGKILL)

    assert len(await ring.fought(FIGHTS, 60, math.inf)) == 60
    await ring.ready()
    assert os.getpid() not in {one.damage_taken for one in await ring.fought(WHO, 40, math.inf)}


@pytest.mark.parametrize("processes", [0, 2])
async def test_no_time_no_fights_and_a_little_time_some_of_them(processes: int) -> None:
    ring = Ring(processes)
    if processes:
        await ring.ready()

    assert await ring.fought(FIGHTS, 40, 0) == []
    some = await ring.fought(FIGHTS, 100_000, 0.3)
    assert len(some) < 100_000
    assert some[:20] == (await Ring().fought(FIGHTS, 20, math.inf))[: len(some[:20])]


def test_a_script_without_a_guarded_main_may_use_it(tmp_path: Path) -> None:
    """Where other processes read the script again, this one would never end."""
    script = tmp_path / "game.py"
    script.write_text(
        "import asyncio, math\n"
        "from tests.nodes.test_ring import FIGHTS\n"
        "from nodes import Ring\n"
        "async def play():\n"
        "    ring = Ring(1)\n"
        "    await ring.ready()\n"
        "    print(len(await ring.fought(FIGHTS, 20, math.inf)))\n"
        "asyncio.run(play())\n",
        encoding="utf-8",
    )

    ran = subprocess.run(  # our own interpreter and text
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        timeout=300,
    )

    assert (ran.returncode, ran.stdout) == (0, "20\n"), ran.stderr


_PLAYED = """
import asyncio, math
from tests.nodes.test_ring import WHO
from nodes import Ring
async def play():
    ring = Ring(2)
    await ring.ready()
    print(*{int(one.damage_taken) for one in await ring.fought(WHO, 400, math.inf)}, flush=True)
    await asyncio.sleep(600)
asyncio.run(play())
"""


async def test_no_process_outlives_the_one_that_started_it() -> None:
    game = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PLAYED, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(PROJECT)}
    )
    assert game.stdout is not None
    players = [int(one) for one in (await game.stdout.readline()).split()]
    assert players
    assert all(map(_runs, players))
    game.kill()
    await game.wait()

    await until(lambda: not any(map(_runs, players)), "the processes that fought have gone")


def _runs(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
