"""What is measured while decisions are made: spans, metrics, and which decision is being made right now.

Only OpenTelemetry's interface is used here. Where nobody listens, it costs next to nothing and nothing leaves.
"""

from telemetry.deciding import Deciding, calls_made, deciding
from telemetry.instruments import Instruments
from telemetry.redacting import Redaction
from telemetry.sink import instruments, told_to, tracer
from telemetry.spans import CallSpan, DecisionSpan, call_span, decision_span, in_node, watched

__all__ = [
    "CallSpan",
    "Deciding",
    "DecisionSpan",
    "Instruments",
    "Redaction",
    "call_span",
    "calls_made",
    "deciding",
    "decision_span",
    "in_node",
    "instruments",
    "told_to",
    "tracer",
    "watched",
]
