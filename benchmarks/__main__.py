"""`python -m benchmarks NAME [NAME ...] [--json] [--quick] [--check] [--page FILE]`; `soak` has options of its own."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from benchmarks import batching, cache, characters, faults, flood, inference, memory, overhead, rules, soak, telemetry
from benchmarks.figures import Figure, page, show
from schemas import LogSettings
from service.logs import set_up_logs

SUITES: dict[str, Callable[..., Coroutine[Any, Any, list[Figure]]]] = {
    "overhead": overhead.measure,
    "batching": batching.measure,
    "faults": faults.measure,
    "flood": flood.measure,
    "cache": cache.measure,
    "characters": characters.measure,
    "inference": inference.measure,
    "memory": memory.measure,
    "rules": rules.measure,
    "soak": soak.measure,
    "telemetry": telemetry.measure,
}


def main() -> int:
    """Run suites. A missed target is a finding and no failure, unless `--check` asks for 1 then."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("suites", nargs="+", choices=sorted(SUITES), metavar="NAME", help=", ".join(sorted(SUITES)))
    parser.add_argument("--json", action="store_true", help="one JSON object a figure and line")
    parser.add_argument("--quick", action="store_true", help="a smaller run, under 30 s")
    parser.add_argument("--check", action="store_true", help="leave with 1 when a target is missed")
    parser.add_argument("--page", type=Path, help="write the figures to this Markdown file, too")
    parser.add_argument("--model-url", help="endpoint for suites that ask a model; the tests' tiny vLLM by default")
    soaking = parser.add_argument_group("soak")
    soaking.add_argument("--minutes", type=float, help="how long it is played (default: 5)")
    soaking.add_argument("--rate", type=float, default=soak.RATE, help="decisions a second (default: %(default)g)")
    soaking.add_argument("--seed", type=int, default=1, help="draws the decisions and the faults (default: 1)")
    soaking.add_argument("--scripted", action="store_true", help="servers that make answers up, in place of tiny vLLMs")
    given = parser.parse_args()
    set_up_logs(LogSettings(level="error"))
    holds, measured = True, list[Figure]()
    for name in given.suites:
        own = {option: getattr(given, option) for option in ("minutes", "rate", "seed", "scripted")}
        more = own if name == "soak" else {}
        figures = asyncio.run(SUITES[name](quick=given.quick, model_url=given.model_url, **more))
        holds = show(figures, as_json=given.json) and holds
        measured += figures
    if given.page is not None:
        given.page.write_text(page(measured, f"python -m benchmarks {' '.join(given.suites)}"), encoding="utf-8")
    return 1 if given.check and not holds else 0


if __name__ == "__main__":
    raise SystemExit(main())
