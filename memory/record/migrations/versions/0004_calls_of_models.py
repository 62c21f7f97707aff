"""A log of the calls of models: what was asked of whom, how long it took, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model_call",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("timeline", "decision", "kind")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("asked_for", "model", "endpoint", "outcome")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("attempts", "prompt_tokens", "completion_tokens")),
        sa.Column("trace", sa.String(), nullable=True),
        sa.Column("span", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("world", "seq", "number"),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
    )
    op.create_index("model_call_by_time", "model_call", ["world", "at"])
