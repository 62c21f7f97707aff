"""The jobs that run behind play, as the settings want them."""

from __future__ import annotations

from memory import Summariser, in_extracts
from nodes import Context, summariser_of
from schemas import Settings
from service.background import Job, Occasion
from service.tidying import tidying

LINES_A_DECISION = 2
"""What a decision of a conversation adds to it, as a rule: what was said, and the answer."""


def jobs_of(settings: Settings, context: Context) -> list[Job]:
    """Tidying memories, summing up conversations, and saving."""
    by_model = summariser_of(context.model, context.prompts) if context.model is not None else None
    jobs = [tidying(context.memory, settings.upkeep, by_model)]
    if settings.conversation.summaries != "off":
        writer = by_model if settings.conversation.summaries == "model" else None
        jobs.append(_summing_up(settings, context, writer or in_extracts))
    if settings.saves.autosave_minutes:
        jobs.append(_autosaving(settings, context))
    return jobs


def _summing_up(settings: Settings, context: Context, writer: Summariser) -> Job:
    """Say the older part of each conversation in fewer words when enough of it has been dropped from the window."""
    enough = settings.conversation.summarise_after

    async def run(occasion: Occasion) -> None:
        for thread in occasion.threads:
            await context.memory.conversation.summarise(
                occasion.world, occasion.timeline, thread, at_least=enough, summariser=writer
            )

    return Job("summing_up", run, every_decisions=max(enough // LINES_A_DECISION, 1))


def _autosaving(settings: Settings, context: Context) -> Job:
    """Give the world's point of history a name when it is time for one, by the game's clock."""

    async def run(occasion: Occasion) -> None:
        await context.memory.world_line(occasion.world).autosave(occasion.at, occasion.timeline, settings.saves)

    return Job("autosaving", run, every_decisions=1)
