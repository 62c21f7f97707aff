"""Where conversations stand in their scripts, and in lines that were cut short."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "talk_place",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("world", "seq", "thread"),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
    )
    op.create_index("talk_place_latest", "talk_place", ["world", "thread", "seq"])
