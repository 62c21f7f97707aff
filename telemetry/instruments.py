"""Everything that is counted and timed, by name. Seconds are seconds; money is in the currency of `config/models.toml`.

Prometheus calls them by the same names with underscores and their unit: `loomwright_decision_duration_seconds`.
"""

from __future__ import annotations

from typing import Final

from opentelemetry.metrics import Meter

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Where the buckets of times end: the deadlines of all kinds are among them."""
TOKENS: Final = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536)


class Instruments:
    """One set of instruments on one meter. The attributes that each takes are in its description."""

    def __init__(self, meter: Meter) -> None:
        self.decisions = meter.create_histogram(
            "loomwright.decision.duration",
            unit="s",
            description="Time that decisions took. By kind, source.",
            explicit_bucket_boundaries_advisory=SECONDS,
        )
        self.validity = meter.create_counter(
            "loomwright.decision.validity",
            description="Decisions that asked a model, by whether its last answer was valid. "
            "By kind, level (grammar, schema, world), valid (true, false).",
        )
        self.fallbacks = meter.create_counter(
            "loomwright.decision.fallbacks", description="Decisions that fell back. By kind, reason."
        )
        self.warnings = meter.create_counter(
            "loomwright.decision.warnings", description="Warnings on receipts that are codes. By kind, warning."
        )
        self.tokens = meter.create_counter(
            "loomwright.tokens", description="Tokens of models. By kind, model, type (input, output)."
        )
        self.cost = meter.create_counter("loomwright.cost", description="What models cost. By kind, model.")
        self.budget_used = meter.create_gauge(
            "loomwright.budget.used",
            description="How much of a budget is used up, 1 is all. By budget, of (share, decisions, tokens, money).",
        )
        self.budget_alerts = meter.create_counter(
            "loomwright.budget.alerts",
            description="Thresholds of budgets that were passed. By budget, of, threshold.",
        )
        self.calls = meter.create_histogram(
            "gen_ai.client.operation.duration",
            unit="s",
            description="Time that calls of models took. By the attributes of the GenAI semantic conventions.",
            explicit_bucket_boundaries_advisory=SECONDS,
        )
        self.call_tokens = meter.create_histogram(
            "gen_ai.client.token.usage",
            unit="{token}",
            description="Tokens of single calls. By the attributes of the GenAI semantic conventions.",
            explicit_bucket_boundaries_advisory=TOKENS,
        )
        self.endpoint_state = meter.create_gauge(
            "loomwright.endpoint.state", description="Its breaker: 0 closed, 1 half open, 2 open. By endpoint."
        )
        self.endpoint_in_flight = meter.create_up_down_counter(
            "loomwright.endpoint.in_flight", description="Calls that an endpoint is working on. By endpoint."
        )
        self.endpoint_failures = meter.create_counter(
            "loomwright.endpoint.failures", description="Calls that failed, retried or not. By endpoint, reason."
        )
        self.queue_depth = meter.create_gauge("loomwright.queue.depth", description="Calls that wait. By lane.")
        self.queue_wait = meter.create_histogram(
            "loomwright.queue.wait",
            unit="s",
            description="Time that calls waited for their turn. By lane.",
            explicit_bucket_boundaries_advisory=SECONDS,
        )
        self.queue_refused = meter.create_counter(
            "loomwright.queue.refused", description="Calls that the queue sent back to the rules. By lane, reason."
        )
        self.cache_questions = meter.create_counter(
            "loomwright.cache.questions",
            description="Questions for a model, by what had the answer already. "
            "By kind, cache (exact, semantic, flight, none).",
        )
        self.cache_passed_over = meter.create_counter(
            "loomwright.cache.passed_over",
            description="Kept answers that could not be given now: not legal in the present scene, heard before, of "
            "another model. By kind, reason (judge, heard, model).",
        )
        self.cache_tokens = meter.create_counter(
            "loomwright.cache.saved_tokens",
            description="Tokens that no model had to read or write. By kind, model, type (input, output).",
        )
        self.cache_cost = meter.create_counter(
            "loomwright.cache.saved_cost", description="What they would have cost. By kind, model."
        )
        self.cache_seconds = meter.create_counter(
            "loomwright.cache.saved_time", unit="s", description="Time that models would have taken. By kind."
        )
        self.cache_faults = meter.create_counter(
            "loomwright.cache.faults",
            description="What went wrong with the cache, and cost hits. "
            "By reason (late, unavailable, corrupt, embedder).",
        )
