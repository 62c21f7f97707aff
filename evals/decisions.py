"""The golden cases: play them, and hold what was decided against what is expected."""

from __future__ import annotations

from benchmarks.figures import Figure
from evals.cases import load_cases, quick
from evals.judge import judge_talks, load_talks
from evals.metrics import METRICS
from evals.outcome import Asked, Outcome, Verdict
from evals.report import figures, own_share
from evals.stage import Stage
from schemas import Policy


async def run(asked: Asked) -> Outcome:
    """Play the suites' cases; the figures, and the verdicts that were not passed."""
    settings = asked.settings
    policy: Policy = asked.options.policy or ("auto" if settings.servers else "rules")
    verdicts, opinions, own = list[Verdict](), list[Figure](), list[Figure]()
    async with Stage.open(settings, policy=policy) as stage:
        for suite in asked.suites:
            cases = quick(load_cases(suite)) if asked.quick else load_cases(suite)
            played_cases = await stage.play_all(cases)
            if stage.model is not None:
                own.append(own_share(suite, [played for case, played in played_cases if case.says is None]))
            for case, played in played_cases:
                for metric in (kind(stage.books) for kind in METRICS):
                    await metric.a_measure(played)
                    verdicts.append(
                        Verdict(suite, case.id, metric.title, metric.is_successful(), "; ".join(metric.faults))
                    )
        if stage.model is not None:
            talks = load_talks()
            opinions = await judge_talks(stage, stage.model, talks=talks[:1] if asked.quick else talks)
    found = [*figures(verdicts, rules_alone=policy == "rules" or not settings.servers), *own, *opinions]
    return Outcome(found, [verdict for verdict in verdicts if not verdict.passed])
