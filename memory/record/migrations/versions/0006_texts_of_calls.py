"""What models were asked and what they said, where the settings say to keep it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("prompt", "answer"):
        op.add_column("model_call", sa.Column(name, sa.String(), nullable=True))
