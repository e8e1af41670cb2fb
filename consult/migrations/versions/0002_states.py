"""Make room for the states and channels of a clerk's desk.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = (
    "new",
    "needs_transcription",
    "needs_redaction",
    "possible_duplicate",
    "campaign",
    "out_of_scope",
    "accepted",
    "withdrawn",
)
CHANNELS = ("web", "imported", "paper", "email", "telephone", "event")
EARLIER_STATES = ("new", "accepted", "out_of_scope")
EARLIER_CHANNELS = ("web", "imported")


def upgrade() -> None:
    """Let submissions stand in more states and come by more channels."""
    change_checks(STATES, CHANNELS)


def downgrade() -> None:
    """Bring what stands or came otherwise back to the nearest that was known before."""
    op.execute("UPDATE submissions SET state = 'out_of_scope' WHERE state = 'withdrawn'")
    op.execute("UPDATE submissions SET state = 'new' WHERE state NOT IN ('new', 'accepted', 'out_of_scope')")
    op.execute("UPDATE submissions SET channel = 'imported' WHERE channel NOT IN ('web', 'imported')")
    change_checks(EARLIER_STATES, EARLIER_CHANNELS)


def change_checks(states: tuple[str, ...], channels: tuple[str, ...]) -> None:
    """Write the two CHECKs anew; SQLite rebuilds the table for it."""
    with op.batch_alter_table("submissions") as table:
        for name, column, values in (("submission_state", "state", states), ("channel", "channel", channels)):
            table.drop_constraint(op.f(f"ck_submissions_{name}"), type_="check")
            table.create_check_constraint(op.f(f"ck_submissions_{name}"), sa.text(one_of(column, values)))


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Return the condition that a column holds one of some words."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
