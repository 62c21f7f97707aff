"""When a decision was made by the clock on the wall, and what it cost, beside its body: statistics read only that."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SOME = sa.text(
    "SELECT world, id, timeline, body FROM decision WHERE (world, id, timeline) > (:world, :id, :timeline) "
    "ORDER BY world, id, timeline LIMIT 1000"  # at once: a record may hold more than memory does
)
_FILL = sa.text(
    "UPDATE decision SET model = :model, attempts = :attempts, prompt_tokens = :prompt, "
    "completion_tokens = :completion, in_grammar = :grammar, in_schema = :schema, in_world = :world_level "
    "WHERE world = :world AND id = :id AND timeline = :timeline"
)


def upgrade() -> None:
    op.add_column("decision", sa.Column("made_at", sa.BigInteger(), nullable=True))
    op.add_column("decision", sa.Column("model", sa.String(), nullable=True))
    for name in ("attempts", "prompt_tokens", "completion_tokens"):
        op.add_column("decision", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("in_grammar", "in_schema", "in_world"):
        op.add_column("decision", sa.Column(name, sa.Integer(), nullable=True))
    op.create_index("decision_by_time", "decision", ["world", "made_at"])
    last = {"world": "", "id": "", "timeline": ""}
    while rows := [dict(row) for row in op.get_bind().execute(_SOME, last).mappings()]:
        bodies = [str(row.pop("body")) for row in rows]
        op.get_bind().execute(_FILL, [row | _measured(body) for row, body in zip(rows, bodies, strict=True)])
        last = rows[-1]


def _measured(body: str) -> dict[str, Any]:
    """What the columns hold of a decision's body; nothing of a body that is none."""
    try:
        receipt = json.loads(body).get("receipt", {})
        tokens, validity = receipt.get("tokens", {}), receipt.get("validity", {})
        return {
            "model": receipt.get("versions", {}).get("model"),
            "attempts": int(receipt.get("attempts", 0)),
            "prompt": int(tokens.get("prompt", 0)),
            "completion": int(tokens.get("completion", 0)),
            "grammar": _flag(validity.get("grammar")),
            "schema": _flag(validity.get("schema")),
            "world_level": _flag(validity.get("world")),
        }
    except (AttributeError, TypeError, ValueError):
        return _measured("{}")


def _flag(value: object) -> int | None:
    return int(value) if isinstance(value, bool) else None
