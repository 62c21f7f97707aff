"""What goes to models, counted for budgets; the switch of all processes; and what decisions and calls cost."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spending",
        sa.Column("day", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("world", "kind", "rank")),
        sa.Column("game_day", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("decisions", "asked", "tokens")),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "world", "kind", "rank", "game_day"),
    )
    op.create_table(
        "model_switch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("models_on", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("decision", sa.Column("cost", sa.Float(), nullable=True))
    op.add_column("model_call", sa.Column("cost", sa.Float(), nullable=False, server_default="0"))
