"""Make room for campaigns.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.foundation.append_only import guard_statements
from consult.foundation.database import UtcDateTime

APPEND_ONLY = ("campaign_runs", "campaign_proposals", "campaign_decisions")

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add campaigns: runs and proposals of the machine, decisions of people, and what follows from them."""
    op.create_table(
        "campaign_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("finder", sa.String(length=80), nullable=False),
        sa.Column("finder_version", sa.String(length=40), nullable=False),
        sa.Column("settings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("last_submission_id", sa.Integer(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_campaign_runs_inquiry_id_inquiries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_runs")),
    )
    with op.batch_alter_table("campaign_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_runs_inquiry_id"), ["inquiry_id"], unique=False)

    op.create_table(
        "campaign_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("own_share", sa.Double(), nullable=False),
        sa.Column("own", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "own_share >= 0 AND own_share <= 1", name=op.f("ck_campaign_proposals_own_share_is_share")
        ),
        sa.CheckConstraint(
            "similarity >= 0 AND similarity <= 1", name=op.f("ck_campaign_proposals_similarity_is_share")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["campaign_runs.id"], name=op.f("fk_campaign_proposals_run_id_campaign_runs")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_campaign_proposals_submission_id_submissions"),
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["submissions.id"], name=op.f("fk_campaign_proposals_template_id_submissions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_proposals")),
    )
    with op.batch_alter_table("campaign_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_proposals_run_id"), ["run_id"], unique=False)
        batch_op.create_index("ix_campaign_proposals_submission", ["submission_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_proposals_template_id"), ["template_id"], unique=False)

    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "each",
                "once",
                "apart",
                name="counting_rule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by"], ["users.id"], name=op.f("fk_campaigns_confirmed_by_users")),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_campaigns_inquiry_id_inquiries")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["submissions.id"], name=op.f("fk_campaigns_template_id_submissions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaigns_inquiry_id"), ["inquiry_id"], unique=False)

    op.create_table(
        "campaign_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "in",
                "by_itself",
                "not_in",
                name="campaign_verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "verdict = 'not_in' OR campaign_id IS NOT NULL",
            name=op.f("ck_campaign_decisions_member_names_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_decisions_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiries.id"], name=op.f("fk_campaign_decisions_inquiry_id_inquiries")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_campaign_decisions_submission_id_submissions"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_campaign_decisions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_decisions")),
    )
    with op.batch_alter_table("campaign_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_decisions_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_decisions_inquiry_id"), ["inquiry_id"], unique=False)
        batch_op.create_index("ix_campaign_decisions_submission", ["submission_id", "id"], unique=False)

    op.create_table(
        "campaign_members",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("by_itself", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_members_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_campaign_members_submission_id_submissions")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_campaign_members")),
    )
    with op.batch_alter_table("campaign_members", schema=None) as batch_op:
        batch_op.create_index(
            "ix_campaign_members_campaign", ["campaign_id", "by_itself", "submission_id"], unique=False
        )

    op.create_table(
        "repeated_passages",
        sa.Column("passage_id", sa.Integer(), nullable=False),
        sa.Column("template_passage_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_repeated_passages_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passages.id"], name=op.f("fk_repeated_passages_passage_id_passages")
        ),
        sa.ForeignKeyConstraint(
            ["template_passage_id"],
            ["passages.id"],
            name=op.f("fk_repeated_passages_template_passage_id_passages"),
        ),
        sa.PrimaryKeyConstraint("passage_id", name=op.f("pk_repeated_passages")),
    )
    with op.batch_alter_table("repeated_passages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repeated_passages_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_repeated_passages_template_passage_id"), ["template_passage_id"], unique=False
        )
    for statement in guard_statements(op.get_bind().dialect.name, APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("repeated_passages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_repeated_passages_template_passage_id"))
        batch_op.drop_index(batch_op.f("ix_repeated_passages_campaign_id"))

    op.drop_table("repeated_passages")
    with op.batch_alter_table("campaign_members", schema=None) as batch_op:
        batch_op.drop_index("ix_campaign_members_campaign")

    op.drop_table("campaign_members")
    with op.batch_alter_table("campaign_decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_campaign_decisions_submission")
        batch_op.drop_index(batch_op.f("ix_campaign_decisions_inquiry_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_decisions_campaign_id"))

    op.drop_table("campaign_decisions")
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaigns_inquiry_id"))

    op.drop_table("campaigns")
    with op.batch_alter_table("campaign_proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_proposals_template_id"))
        batch_op.drop_index("ix_campaign_proposals_submission")
        batch_op.drop_index(batch_op.f("ix_campaign_proposals_run_id"))

    op.drop_table("campaign_proposals")
    with op.batch_alter_table("campaign_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_runs_inquiry_id"))

    op.drop_table("campaign_runs")
