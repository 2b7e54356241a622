"""Drafts, an audit that only grows, keys, and a database role for each kind of work."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "governance"
down_revision: str | None = "policies"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# The one change a published policy may see is the end of its publication, once, for a reason.
GUARD = """
CREATE OR REPLACE FUNCTION policy_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
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

APPEND_ONLY = """
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit only grows' USING ERRCODE = 'restrict_violation';
END
$$
"""

# Runs with the rights of the tables' owner: who appends may not write the head by himself.
CHAIN = """
CREATE FUNCTION audit_is_a_chain() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash
        WHERE seq = NEW.seq - 1 AND hash = NEW.previous;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the audit is a chain: row % does not follow its head', NEW.seq
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""

# Roles belong to the whole server: another database may have made them, even at this moment.
ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$
"""
ROLES = ("yibao_reader", "yibao_administrator")
GRANTS = (
    "GRANT SELECT ON policy, audit, audit_head, api_key TO yibao_reader",
    "GRANT SELECT ON policy, draft, audit, audit_head, api_key, idempotency TO yibao_administrator",
    "GRANT INSERT ON policy, draft, audit, idempotency TO yibao_administrator",
    "GRANT UPDATE (published, ended_as) ON policy TO yibao_administrator",
    "GRANT UPDATE ON draft TO yibao_administrator",
    "GRANT DELETE ON idempotency TO yibao_administrator",
)
INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    _policy()
    _draft()
    _audit()
    op.create_table(
        "api_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("replaced_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("api_key_pkey")),
        sa.ForeignKeyConstraint(["replaced_by"], ["api_key.id"], name=op.f("api_key_replaced_by_fkey")),
        sa.CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name=op.f("api_key_hash_hex")),
        sa.CheckConstraint("person <> ''", name=op.f("api_key_person_named")),
    )
    op.create_table(
        "idempotency",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person", "key", name=op.f("idempotency_pkey")),
    )
    for role in ROLES:
        op.execute(ROLE.format(role=role))
    for grant in GRANTS:
        op.execute(grant)


def _policy() -> None:
    op.add_column("policy", sa.Column("ended_as", sa.Text(), nullable=True))
    op.execute("ALTER TABLE policy DISABLE TRIGGER policy_immutable")
    # Until now there was one way to end: a correction.
    op.execute("UPDATE policy SET ended_as = 'superseded' WHERE NOT upper_inf(published)")
    op.execute("ALTER TABLE policy ENABLE TRIGGER policy_immutable")
    op.execute(GUARD)
    # The table has a few hundred rows: to look at all of them at once holds nobody up.
    for name, condition in (
        ("second_person", "lower(approver) <> lower(author)"),
        ("approved", "approver IS NOT NULL OR author = 'catalogue'"),
        ("ended_as_known", "ended_as IN ('superseded', 'withdrawn')"),
        ("ended_for_a_reason", "(ended_as IS NULL) = upper_inf(published)"),
    ):
        op.execute(
            "-- squawk-ignore constraint-missing-not-valid\n"
            f"ALTER TABLE policy ADD CONSTRAINT policy_{name} CHECK ({condition})"
        )


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("authors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("follows", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("published_as", sa.Text(), nullable=True),
        sa.Column("began", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("ended", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("draft_pkey")),
        sa.ForeignKeyConstraint(["supersedes"], ["policy.id"], name=op.f("draft_supersedes_fkey")),
        sa.ForeignKeyConstraint(["follows"], ["policy.id"], name=op.f("draft_follows_fkey")),
        sa.ForeignKeyConstraint(["published_as"], ["policy.id"], name=op.f("draft_published_as_fkey")),
        sa.CheckConstraint("id ~ '^draft-[0-9a-f]{32}$'", name=op.f("draft_id_form")),
        sa.CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name=op.f("draft_state_known")),
        sa.CheckConstraint("area ~ '^[0-9]{6}$'", name=op.f("draft_area_code")),
        sa.CheckConstraint("cardinality(authors) > 0", name=op.f("draft_authors_named")),
        sa.CheckConstraint(
            "(state = 'published') = (published_as IS NOT NULL)", name=op.f("draft_published_as_something")
        ),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("audit_pkey")),
        sa.CheckConstraint("actor <> ''", name=op.f("audit_actor_named")),
        sa.CheckConstraint(
            "hash ~ '^[0-9a-f]{64}$' AND previous ~ '^[0-9a-f]{64}$'", name=op.f("audit_hash_hex")
        ),
    )
    op.create_table(
        "audit_head",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("audit_head_pkey")),
        sa.CheckConstraint("one = 1", name=op.f("audit_head_one_row")),
    )
    op.execute("INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, repeat('0', 64))")
    op.execute(APPEND_ONLY)
    op.execute(CHAIN)
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_only_grows()"
    )
    op.execute(
        "CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()"
    )
    op.execute(
        "CREATE TRIGGER audit_chain BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_a_chain()"
    )


def downgrade() -> None:
    # The roles stay: they belong to the server, and other databases may use them.
    for table in ("idempotency", "api_key", "draft", "audit", "audit_head"):
        op.drop_table(table)
    op.execute("DROP FUNCTION audit_is_a_chain()")
    op.execute("DROP FUNCTION audit_only_grows()")
    for name in ("ended_for_a_reason", "ended_as_known", "approved", "second_person"):
        op.drop_constraint(op.f(f"policy_{name}"), "policy")
    op.drop_column("policy", "ended_as")
    op.execute("REVOKE ALL ON policy FROM yibao_reader, yibao_administrator")
