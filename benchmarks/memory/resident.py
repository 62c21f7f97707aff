"""How much room memory takes: in the process, and on the disk."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile

from benchmarks.figures import Figure
from benchmarks.memory.lives import MEGABYTE, lived, size_of

_LOADED = """
import asyncio, json, sys
from pathlib import Path
import psutil
from memory import read_world
from schemas import load_settings
from service import Loom

async def main():
    settings = load_settings(home=Path(sys.argv[1]))
    async with Loom.open(settings, model=None) as loom:
        pack = read_world(settings.config / "worlds" / "morning_star")
        await loom.memory.load_world(pack)
        for opening in pack.opening:
            await loom.decide(opening)
        await loom.memory.settle()
        print(json.dumps(psutil.Process().memory_info().rss / 1e6))

asyncio.run(main())
"""
_CROWD = """
import asyncio, json, random, sys
import psutil
from benchmarks.memory.lives import asking, lived

async def main():
    async with lived(int(sys.argv[2]), 1_000) as (memory, _):
        dice = random.Random(1)
        for number in range(int(sys.argv[2])):
            await memory.recall(asking(f"c{number}", dice))
        print(json.dumps(psutil.Process().memory_info().rss / 1e6))

asyncio.run(main())
"""


async def measure(*, quick: bool) -> list[Figure]:
    """Resident memory of processes of their own, and the disk that 10,000 memories take, all in MB (1e6 bytes)."""
    crowd, memories = (10, 1_000) if quick else (100, 10_000)
    with tempfile.TemporaryDirectory() as folder:
        figures = [
            Figure(
                "memory", "resident, example world loaded, five decisions made", await _run(_LOADED, folder), "MB", 400
            ),
            Figure(
                "memory",
                f"resident, {crowd} characters with 1,000 memories each, all asked",
                await _run(_CROWD, folder, str(crowd)),
                "MB",
                1_000,
            ),
        ]
    async with lived(1, memories) as (memory, home):
        await memory.aclose()
        disk = size_of(home) / MEGABYTE
    return [
        *figures,
        Figure("memory", f"disk, {memories:,} memories of one character with all indexes", disk, "MB", 100),
    ]


async def _run(program: str, *arguments: str) -> float:
    """What a program prints last."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    printed, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"the measured process ended with {process.returncode}")
    return float(json.loads(printed.splitlines()[-1]))
