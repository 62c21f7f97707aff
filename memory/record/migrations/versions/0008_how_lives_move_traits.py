"""How far lives have moved the traits of characters."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trait_change",
        sa.Column("world", sa.String(), nullable=False),
        sa.Column("timeline", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("character", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("world", "seq", "character"),
        sa.ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]),
    )
    op.create_index("trait_change_latest", "trait_change", ["world", "character", "seq"])
