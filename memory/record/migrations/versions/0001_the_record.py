"""The record: worlds, timelines, and what is remembered on them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "world",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("current_timeline", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "index_mark",
        sa.Column("index", sa.String(), nullable=False),
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["world"], ["world.id"]),
        sa.PrimaryKeyConstraint("index", "world"),
    )
    op.create_table(
        "timeline",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("forked_at", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["world"], ["world.id"]),
        sa.PrimaryKeyConstraint("world", "id"),
    )
    op.create_table(
        "association",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("a", sa.String(), nullable=False),
        sa.Column("b", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
        sa.PrimaryKeyConstraint("world", "seq", "a", "b", "kind"),
    )
    op.create_table(
        "decision",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("character", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
        sa.PrimaryKeyConstraint("world", "id", "timeline"),
    )
    op.create_index("decision_by_moment", "decision", ["world", "seq"])
    op.create_table(
        "fact",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
        sa.PrimaryKeyConstraint("world", "id", "timeline"),
    )
    op.create_index("fact_by_moment", "fact", ["world", "seq"])
    op.create_table(
        "fact_known",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("knower", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
        sa.PrimaryKeyConstraint("world", "timeline", "fact", "knower"),
    )
    op.create_index("fact_known_by_moment", "fact_known", ["world", "seq"])
    op.create_table(
        "fact_revealed",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
        sa.PrimaryKeyConstraint("world", "timeline", "fact"),
    )
    op.create_index("fact_revealed_by_moment", "fact_revealed", ["world", "seq"])
    op.create_table(
        "lineage",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("ancestor", sa.String(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
        sa.PrimaryKeyConstraint("world", "timeline", "ancestor"),
    )
    op.create_table(
        "memory_entry",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("character", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
        sa.PrimaryKeyConstraint("world", "id", "timeline"),
    )
    op.create_index("memory_entry_by_moment", "memory_entry", ["world", "seq"])
    op.create_index("memory_entry_of_character", "memory_entry", ["world", "character", "seq"])
    op.create_table(
        "relationship_change",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("character", sa.String(), nullable=False),
        sa.Column("toward", sa.String(), nullable=False),
        sa.Column("affinity_change", sa.Float(), nullable=False),
        sa.Column("trust_change", sa.Float(), nullable=False),
        sa.Column("affinity", sa.Float(), nullable=False),
        sa.Column("trust", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
        sa.PrimaryKeyConstraint("world", "seq", "number"),
    )
    op.create_index(
        "relationship_change_latest", "relationship_change", ["world", "character", "toward", "seq", "number"]
    )
    op.create_table(
        "tool_call",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
        sa.PrimaryKeyConstraint("world", "thread", "decision", "call", "timeline"),
    )
    op.create_index("tool_call_by_moment", "tool_call", ["world", "seq"])
    op.create_table(
        "turn",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
        sa.PrimaryKeyConstraint("world", "seq", "number"),
    )
    op.create_index("turn_of_thread", "turn", ["world", "thread", "seq", "number"])
