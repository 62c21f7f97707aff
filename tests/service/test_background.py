"""Jobs behind play: when they are due, one at a time, and never in the way."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from memory import News
from schemas import DecisionRequest, MemoryEntry, RecordBusy, UpkeepSettings, WorldTime
from service import Loom
from service import background as module
from service.background import Background, Job, Occasion
from service.tidying import tidying
from tests.conftest import Opening
from tests.support.waiting import PATIENCE


class Diary:
    """A job that notes when it runs."""

    def __init__(self) -> None:
        self.occasions: list[Occasion] = []
        self.running = self.most_at_once = 0

    async def run(self, occasion: Occasion) -> None:
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        await asyncio.sleep(0)
        self.occasions.append(occasion)
        self.running -= 1


def asks(opening: Opening, minute: int = 0, **changes: object) -> DecisionRequest:
    request = opening("dialogue", **changes)
    return request.model_copy(
        update={"scene": request.scene.model_copy(update={"time": WorldTime.from_minutes(minute)})}
    )


async def test_a_job_runs_after_so_many_decisions_and_is_told_who_made_them(opening: Opening) -> None:
    diary = Diary()
    behind = Background([Job("diary", diary.run, every_decisions=3)])

    for number, character in enumerate(("marta", "pip", "marta", "pip")):
        behind.after(asks(opening, number, character=character))
    await behind.settle()

    [occasion] = diary.occasions
    assert (occasion.world, occasion.timeline, occasion.at) == ("morning_star", None, WorldTime.from_minutes(3))
    assert occasion.characters == ("marta", "pip")
    assert occasion.threads == ("morning_star/drowned-lantern-evening",)
    assert behind.done["diary"] == 1
    await behind.aclose()


async def test_a_job_runs_after_so_many_hours_of_the_game_even_when_its_clock_went_back(opening: Opening) -> None:
    diary = Diary()
    behind = Background([Job("diary", diary.run, every_hours=2)])

    for minute in (1_000, 400, 500, 519, 520, 530, 640):
        behind.after(asks(opening, minute))
        await behind.settle()

    assert [occasion.at.total_minutes for occasion in diary.occasions] == [520, 640]
    await behind.aclose()


async def test_worlds_and_timelines_are_counted_apart(opening: Opening) -> None:
    diary = Diary()
    behind = Background([Job("diary", diary.run, every_decisions=2)])

    for timeline in ("main", "t2", "main"):
        behind.after(asks(opening, timeline=timeline))
    await behind.settle()

    assert [occasion.timeline for occasion in diary.occasions] == ["main"]
    await behind.aclose()


async def test_jobs_run_one_at_a_time(opening: Opening) -> None:
    diary = Diary()
    behind = Background([Job(name, diary.run, every_decisions=1) for name in ("one", "two", "three")])

    for _ in range(5):
        behind.after(asks(opening))
        await asyncio.sleep(0)
    await behind.settle()

    assert diary.most_at_once == 1
    assert sum(behind.done.values()) == len(diary.occasions) >= 3
    await behind.aclose()


@pytest.mark.parametrize("error", [RecordBusy("somebody writes"), ZeroDivisionError("a bug")])
async def test_a_job_that_fails_is_logged_and_counted_and_the_others_go_on(error: Exception, opening: Opening) -> None:
    diary = Diary()

    async def fails(_: Occasion) -> None:
        raise error

    behind = Background([Job("fails", fails, every_decisions=1), Job("diary", diary.run, every_decisions=1)])
    with capture_logs() as logged:
        behind.after(asks(opening))
        await behind.settle()

    assert (behind.failed["fails"], behind.done["diary"]) == (1, 1)
    assert [line["job"] for line in logged] == ["fails"]
    behind.after(asks(opening))
    await behind.settle()
    assert behind.failed["fails"] == 2
    await behind.aclose()


async def test_closing_gives_what_runs_a_moment_and_begins_nothing_more(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRACE", 0.05)
    ended: list[str] = []
    began = asyncio.Event()

    async def forever(_: Occasion) -> None:
        began.set()
        try:
            await asyncio.sleep(3_600)
        finally:
            ended.append("cut off")

    diary = Diary()
    behind = Background([Job("forever", forever, every_decisions=1), Job("diary", diary.run, every_decisions=1)])
    behind.after(asks(opening))
    await asyncio.wait_for(began.wait(), PATIENCE)
    await behind.aclose()
    behind.after(asks(opening))
    await behind.settle()

    assert ended == ["cut off"]
    assert diary.occasions == []


async def test_tidying_merges_the_memories_of_those_who_decided(loom: Loom, opening: Opening) -> None:
    for name in ("marta", "pip"):
        entries = tuple(
            MemoryEntry(id=f"{name}{number}", character=name, text="It rained.", at=WorldTime(minute=number))
            for number in range(2)
        )
        await loom.memory.tell(News("morning_star", f"rain-{name}", memories=entries))
    behind = Background([tidying(loom.memory, UpkeepSettings(every_decisions=1))])

    behind.after(asks(opening, 20_000, character="marta"))
    await behind.settle()

    assert len(await loom.memory.memories("morning_star", None, "marta")) == 1
    assert len(await loom.memory.memories("morning_star", None, "pip")) == 2
    await behind.aclose()
