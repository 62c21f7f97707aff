"""What stands between factions: treaties, promises, wars, talks."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "affair_change",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("affair", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("world", "seq", "affair"),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
    )
    op.create_index("affair_change_latest", "affair_change", ["world", "affair", "seq"])
