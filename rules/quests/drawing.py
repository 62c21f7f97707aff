"""A quest as a picture: its objectives as a graph in Mermaid, or as a list for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, assert_never

from rules.quests.progress import OVER
from schemas.decisions import QuestDecision
from schemas.lives import QuestProgress

_MARKS = {"success": "ends well", "compromise": "ends at a price", "failure": "ends badly"}


def draw_quest(
    quest: QuestDecision, progress: QuestProgress | None = None, form: Literal["mermaid", "text"] = "mermaid"
) -> str:
    """The text of a picture. What is done is filled, what is open has a thick border, what is lost is dashed; a dashed
    way leads to an ending that only a choice or a clock brings."""
    if form == "mermaid":
        return "\n".join(_mermaid(quest, progress)) + "\n"
    if form == "text":
        return "\n".join(_text(quest, progress)) + "\n"
    assert_never(form)


def open_objectives(quest: QuestDecision, progress: QuestProgress | None) -> tuple[str, ...]:
    """The objectives that could be done next."""
    done = set(progress.done) if progress is not None else set[str]()
    if progress is not None and progress.status in OVER:
        return ()
    return tuple(one.id for one in quest.objectives if one.id not in done and set(one.after) <= done)


def _mermaid(quest: QuestDecision, progress: QuestProgress | None) -> Iterator[str]:
    done = set(progress.done) if progress is not None else set[str]()
    lost = set(progress.lost) if progress is not None else set[str]()
    ids = {one.id: f"o{number}" for number, one in enumerate(quest.objectives)}
    ends = {one.id: f"b{number}" for number, one in enumerate(quest.branches)}
    hours = {timer.branch: timer.hours for timer in quest.timers}
    yield "flowchart TD"
    yield f'    start(["{_quoted(quest.title)}"])'
    for one in quest.objectives:
        yield f'    {ids[one.id]}["{_quoted(one.id)}<br/>{one.kind} {_quoted(one.target)}"]'
    for branch in quest.branches:
        timer = f"<br/>within {hours[branch.id]} h" if branch.id in hours else ""
        yield f'    {ends[branch.id]}(["{_quoted(branch.name)}<br/>{_MARKS[branch.ending]}{timer}"])'
    for one in quest.objectives:
        for before in one.after or ("",):
            yield f"    {ids.get(before, 'start')} --> {ids[one.id]}"
    for branch in quest.branches:
        arrow = "-.->" if branch.ending == "failure" else "==>"
        yield f"    {ids[branch.decided_by]} {arrow} {ends[branch.id]}"
    for one in quest.objectives:
        if one.id in done:
            yield f"    style {ids[one.id]} fill:#cfe3cf"
    for id_ in open_objectives(quest, progress):
        yield f"    style {ids[id_]} stroke-width:3px"
    for id_ in sorted(lost):
        yield f"    style {ends[id_]} stroke-dasharray:5 4"
    if progress is not None and progress.status in OVER and progress.branch in ends:
        yield f"    style {ends[progress.branch]} fill:#cfe3cf"


def _text(quest: QuestDecision, progress: QuestProgress | None) -> Iterator[str]:
    done = set(progress.done) if progress is not None else set[str]()
    lost = set(progress.lost) if progress is not None else set[str]()
    open_ = set(open_objectives(quest, progress))
    plans = {plan.branch: plan for plan in quest.plans}
    hours = {timer.branch: timer.hours for timer in quest.timers}
    yield quest.title + (f" ({progress.status})" if progress is not None else "")
    for one in quest.objectives:
        mark = "x" if one.id in done else ">" if one.id in open_ else " "
        after = f", after {' and '.join(one.after)}" if one.after else ""
        yield f"  [{mark}] {one.id}: {one.kind} {one.target}{after}"
    for branch in quest.branches:
        timer = f", within {hours[branch.id]} h" if branch.id in hours else ""
        gone = ", lost" if branch.id in lost else ""
        yield f"  -> {branch.name} ({branch.ending}), with {branch.decided_by}{timer}{gone}"
        plan = plans.get(branch.id)
        if plan is not None and plan.steps:
            yield "     " + "; ".join(f"{step.objective} at {step.at}" for step in plan.steps)


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;").replace("<", "&lt;").replace(">", "&gt;")
