"""Published policies: dated twice, never in force twice, never changed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "policies"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# The one change a published policy may see is the end of its publication, once.
GUARD = """
CREATE FUNCTION policy_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF upper_inf(OLD.published) AND NOT upper_inf(NEW.published)
            AND lower(NEW.published) = lower(OLD.published)
            AND (NEW.id, NEW.area, NEW.effective, NEW.document, NEW.sha256, NEW.grade, NEW.author)
                = (OLD.id, OLD.area, OLD.effective, OLD.document, OLD.sha256, OLD.grade, OLD.author)
            AND NEW.approver IS NOT DISTINCT FROM OLD.approver
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a published policy is immutable' USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "policy",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("effective", postgresql.DATERANGE(), nullable=False),
        sa.Column("published", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("policy_pkey")),
        sa.CheckConstraint("area ~ '^[0-9]{6}$'", name=op.f("policy_area_code")),
        sa.CheckConstraint("starts_with(id, area || '@')", name=op.f("policy_id_names_area")),
        sa.CheckConstraint("NOT isempty(effective)", name=op.f("policy_effective_not_empty")),
        sa.CheckConstraint(
            "NOT isempty(published) AND lower_inc(published) AND NOT upper_inc(published)",
            name=op.f("policy_published_began"),
        ),
        sa.CheckConstraint(
            "(document ->> 'area') IS NOT DISTINCT FROM area", name=op.f("policy_document_names_area")
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("policy_sha256_hex")),
        sa.CheckConstraint("grade IN ('A', 'B', 'C')", name=op.f("policy_grade_sufficient")),
        sa.CheckConstraint("author <> ''", name=op.f("policy_author_named")),
        postgresql.ExcludeConstraint(
            (sa.column("area"), "="),
            (sa.column("effective"), "&&"),
            (sa.column("published"), "&&"),
            using="gist",
            name=op.f("policy_in_force_once"),
        ),
    )
    op.execute(GUARD)
    op.execute(
        "CREATE TRIGGER policy_immutable BEFORE UPDATE OR DELETE ON policy "
        "FOR EACH ROW EXECUTE FUNCTION policy_is_immutable()"
    )
    op.execute(
        "CREATE TRIGGER policy_not_emptied BEFORE TRUNCATE ON policy "
        "FOR EACH STATEMENT EXECUTE FUNCTION policy_is_immutable()"
    )


def downgrade() -> None:
    # The extension stays: it may have been there before, and others may use it.
    op.drop_table("policy")
    op.execute("DROP FUNCTION policy_is_immutable()")
