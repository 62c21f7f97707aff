"""`python -m evals [SUITE ...] [--model-url URL] [--json] [--quick]`, and each suite's own options."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from rich.console import Console

from benchmarks.figures import show
from evals.outcome import Asked, Outcome, Verdict
from evals.suites import RUNNERS, SUITES, named
from schemas import CallerError, LogSettings, LoomError, Settings, load_settings
from service.logs import set_up_logs


async def run(suites: Sequence[str], settings: Settings, options: argparse.Namespace) -> list[Outcome]:
    """Run suites in the order of `RUNNERS`, those of one runner together."""
    wanted = [(runner, [name for name in suites if name in runner.suites]) for runner in RUNNERS]
    return [await runner.run(Asked(names, settings, options.quick, options)) for runner, names in wanted if names]


def main() -> int:
    """Run suites: 0 when every figure keeps its target, 1 when one does not or cannot be measured, 2 for what the
    caller can mend."""
    given = _parser().parse_args()
    default = [name for name, runner in SUITES.items() if runner.by_default]
    set_up_logs(LogSettings(level="error"))
    try:
        settings = load_settings().asking(given.model_url, given.model_name)
        outcomes = asyncio.run(run(named(given.suites, given) or default, settings, given))
    except LoomError as error:
        sys.stderr.write(f"evals: {error}\n")
        return 2 if isinstance(error, CallerError) else 1
    holds = show([figure for outcome in outcomes for figure in outcome.figures], as_json=given.json)
    _show_failed([verdict for outcome in outcomes for verdict in outcome.failed], as_json=given.json)
    return 0 if holds else 1


def _parser() -> argparse.ArgumentParser:
    default = ", ".join(name for name, runner in SUITES.items() if runner.by_default)
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument(
        "suites",
        nargs="*",
        metavar="SUITE",
        type=_suite,
        help=f"{', '.join(SUITES)}; by default {default}. Named, `combat` brings `fights` along",
    )
    parser.add_argument("--model-url", help="an OpenAI-compatible endpoint; it plays, and judges the dialogues")
    parser.add_argument("--model-name", help="the model's name there; the first that it lists by default")
    parser.add_argument("--json", action="store_true", help="one JSON object a line: the figures, then what failed")
    parser.add_argument("--quick", action="store_true", help="a part of each suite, under 30 s")
    for runner in RUNNERS:
        runner.add_options(parser)
    return parser


def _suite(name: str) -> str:
    if name not in SUITES:
        raise argparse.ArgumentTypeError(f"there is no suite {name}; there are {', '.join(SUITES)}")
    return name


def _show_failed(failed: Sequence[Verdict], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.writelines(f"{verdict.as_json()}\n" for verdict in failed)
        return
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for verdict in failed:
        console.print(f"{verdict.suite}: {verdict.case} is not {verdict.metric}: {verdict.reason}")


if __name__ == "__main__":
    raise SystemExit(main())
