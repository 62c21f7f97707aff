"""Tidying as a background job: the memories of those who decided are merged and forgotten, behind play."""

from __future__ import annotations

from memory import Memory, Summariser
from schemas import UpkeepSettings
from service.background import Job, Occasion


def tidying(memory: Memory, settings: UpkeepSettings, writer: Summariser | None = None) -> Job:
    """The job. `writer`: who says what long-term memories keep, where the settings want a model for it."""

    async def run(occasion: Occasion) -> None:
        for character in occasion.characters:
            await memory.upkeep.tidy(
                occasion.world,
                character,
                occasion.timeline,
                occasion.at,
                writer=writer if settings.by_model else None,
            )

    return Job("tidying", run, settings.every_decisions, settings.every_hours)
