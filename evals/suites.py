"""What `python -m evals` can run. To add a suite: write what runs it, then add it to `RUNNERS`.

What runs a suite is imported when it runs: deepeval takes seconds, and only the golden cases need it.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from evals.cases import KINDS
from evals.outcome import Asked, Outcome, Runner


async def _decisions(asked: Asked) -> Outcome:
    from evals.decisions import run

    return await run(asked)


def _decision_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group(", ".join(KINDS))
    group.add_argument("--policy", choices=("rules", "model", "auto"), help="who decides; rules without an endpoint")


async def _retrieval(asked: Asked) -> Outcome:
    from evals.retrieval import run

    return await run(asked)


def _retrieval_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("retrieval")
    group.add_argument("--set", type=Path, metavar="FILE_OR_FOLDER", help="conversations and questions of your own")
    group.add_argument("--embedder", choices=("lexical", "endpoint"), help="as the settings say, by default")
    group.add_argument("--embedder-url", help="an OpenAI-compatible endpoint with /embeddings")
    group.add_argument("--embedder-name", help="the model's name there")
    group.add_argument("--misses", action="store_true", help="list the evidence that the fusion does not find in ten")


async def _secrets(asked: Asked) -> Outcome:
    from evals.secrets import run

    return await run(asked)


def _secrets_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("secrets")
    group.add_argument("--tries", type=int, metavar="N", help="decisions in which the double leaks; 1,200 by default")
    group.add_argument("--seed", type=int, default=1, help="of the dice, here and in `fights`; 1 by default")


async def _encounters(asked: Asked) -> Outcome:
    from evals.encounters import run

    return await run(asked)


async def _fights(asked: Asked) -> Outcome:
    from evals.fights import run

    return await run(asked)


def _fights_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("combat, fights")
    group.add_argument(
        "--fights",
        type=int,
        metavar="N",
        help="fights of a party against an encounter; 100 by default, and with 0 `combat` is its golden cases alone",
    )


async def _boss(asked: Asked) -> Outcome:
    from evals.boss import run

    return await run(asked)


def _boss_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("boss")
    group.add_argument("--careers", type=int, metavar="N", help="careers against each archetype; 200 by default")


async def _characters(asked: Asked) -> Outcome:
    from evals.characters import run

    return await run(asked)


RUNNERS = (
    Runner(KINDS, _decisions, _decision_options),
    Runner(("retrieval",), _retrieval, _retrieval_options, by_default=False),
    Runner(("secrets",), _secrets, _secrets_options, by_default=False),
    Runner(("fights",), _fights, _fights_options, by_default=False),
    Runner(("encounters",), _encounters, by_default=False),
    Runner(("boss",), _boss, _boss_options, by_default=False),
    Runner(("characters",), _characters, by_default=False),
)
SUITES = {name: runner for runner in RUNNERS for name in runner.suites}
"""Who runs a suite."""


def named(suites: Sequence[str], options: Namespace) -> list[str]:
    """The suites to run when these were named: whoever asks for `combat` wants to know of single turns and of whole
    fights, unless it is none of these (`--fights 0`)."""
    return [*suites, "fights"] if "combat" in suites and options.fights != 0 else [*suites]
