"""What memories are used for and when they fade, summaries, experiences, quests, moods, saves."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("memory_entry", sa.Column("place", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE memory_entry SET place = seq * 1048576")
    op.drop_index("memory_entry_of_character", "memory_entry")
    op.create_index("memory_entry_of_character", "memory_entry", ["world", "character", "place"])
    _history(
        "memory_used",
        sa.Column("memory", sa.String(), nullable=False),
        sa.Column("character", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("world", "seq", "memory"),
        memory_used_of_character=["world", "character", "seq"],
    )
    _history(
        "memory_forgotten",
        sa.Column("memory", sa.String(), nullable=False),
        sa.Column("character", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("into", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("world", "memory", "timeline"),
        memory_forgotten_by_moment=["world", "seq"],
    )
    _history(
        "summary",
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("world", "seq", "thread"),
        summary_of_thread=["world", "thread", "seq"],
    )
    _history(
        "experience",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("character", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("world", "id", "timeline"),
        experience_of_character=["world", "character", "seq"],
        experience_by_moment=["world", "seq"],
    )
    _history(
        "quest_change",
        sa.Column("quest", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("world", "seq", "quest"),
        quest_change_latest=["world", "quest", "seq"],
    )
    _history(
        "mood_change",
        sa.Column("character", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("world", "seq", "character"),
        mood_change_latest=["world", "character", "seq"],
    )
    _history(
        "news",
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("world", "id", "timeline"),
        news_by_moment=["world", "seq"],
    )
    _history(
        "save",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("world", "name"),
    )


def _history(table: str, *columns: sa.Column[object] | sa.PrimaryKeyConstraint, **indexes: list[str]) -> None:
    """A table whose rows lie on a timeline at a moment."""
    op.create_table(
        table,
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
    )
    for name, over in indexes.items():
        op.create_index(name, table, over)
