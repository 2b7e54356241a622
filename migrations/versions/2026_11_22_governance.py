"""Drafts, an audit that only grows, keys, and a database role for each kind of work."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "governance"
down_revision: str | None = "policies"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# The one change a published policy may see is the end of its publication: once, now, and for a reason.
GUARD = """
CREATE OR REPLACE FUNCTION policy_is_immutable() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now boolean;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        {now}
        IF now AND upper_inf(OLD.published) AND NOT upper_inf(NEW.published)
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
# A statement of the guard: whether the instant is now.
ASKED = "EXECUTE format('SELECT %I.policy_instant_is_now($1)', TG_TABLE_SCHEMA) INTO now USING {instant};"

# Whoever could publish into the past could change what was answered then; into the future, what everyone
# else publishes next, for that comes later still. A clock that was set back is waited for by no one.
INSTANT_IS_NOW = """
CREATE FUNCTION policy_instant_is_now(instant timestamptz) RETURNS boolean LANGUAGE sql
RETURN instant >= transaction_timestamp() AND instant <= greatest(
    clock_timestamp(), transaction_timestamp(),
    (SELECT greatest(max(lower(published)), max(upper(published))) + interval '1 microsecond' FROM policy))
"""
NOW = """
CREATE FUNCTION policy_is_published_now() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now boolean;
BEGIN
    {now}
    IF now AND upper_inf(NEW.published) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a policy is published now, and until further notice'
        USING ERRCODE = 'restrict_violation';
END
$$
"""

# Only the tables' owner, in whose name a deployment publishes the shipped policies, does so without a
# second person; what was shipped may come back when somebody undoes what took its place.
APPROVED = """
CREATE FUNCTION policy_is_approved() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    back boolean;
BEGIN
    IF NEW.approver IS NOT NULL
        OR pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        RETURN NEW;
    END IF;
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %I.%I '
        'WHERE area = $1 AND sha256 = $2 AND document = $3 AND approver IS NULL)',
        TG_TABLE_SCHEMA, TG_TABLE_NAME
    ) INTO back USING NEW.area, NEW.sha256, NEW.document;
    IF back THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a policy needs an approver' USING ERRCODE = 'restrict_violation';
END
$$
"""

# What has become of a draft tells what a withdrawal undoes, and who may not be the one to do it.
OVER = """
CREATE FUNCTION draft_is_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a draft becomes something once, and is not written any more after that'
        USING ERRCODE = 'restrict_violation';
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

# The hash of a row, of the same text as in service/store/audit/chain.py; a body that was parsed
# when it was made means the same whatever search path it is called with.
HASH = """
CREATE FUNCTION audit_hash(
    seq bigint, at timestamptz, actor text, act text, subject text, area text, details text, previous text
) RETURNS text LANGUAGE sql STABLE
RETURN encode(sha256(convert_to(
    '[' || seq
    || ',"' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00"'
    || ',' || to_json(actor) || ',' || to_json(act) || ',' || to_json(subject)
    || ',' || coalesce(to_json(area)::text, 'null')
    || ',' || to_json(details) || ',' || to_json(previous) || ']', 'UTF8')), 'hex')
"""

# Runs with the rights of the tables' owner: who appends may not write the head by himself. It looks at no
# table but that of its own schema: a search path, or a trigger on a table of one's own, leads nowhere.
CHAIN = """
CREATE FUNCTION audit_is_a_chain() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    hashed text;
    earlier timestamptz;
    moved bigint;
BEGIN
    EXECUTE format('SELECT %I.audit_hash($1, $2, $3, $4, $5, $6, $7, $8)', TG_TABLE_SCHEMA) INTO hashed
        USING NEW.seq, NEW.at, NEW.actor, NEW.act, NEW.subject, NEW.area, NEW.details, NEW.previous;
    IF NEW.hash IS DISTINCT FROM hashed THEN
        RAISE EXCEPTION 'the audit is a chain: row % does not have the hash of its content', NEW.seq
            USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('SELECT at FROM %I.audit WHERE seq = $1 - 1', TG_TABLE_SCHEMA) INTO earlier USING NEW.seq;
    IF NEW.at < greatest(earlier, transaction_timestamp())
        OR NEW.at > greatest(earlier, transaction_timestamp(), clock_timestamp())
    THEN
        RAISE EXCEPTION 'the audit is a chain: row % is not of now', NEW.seq
            USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('UPDATE %I.audit_head SET seq = $1, hash = $2 WHERE seq = $1 - 1 AND hash = $3',
        TG_TABLE_SCHEMA) USING NEW.seq, NEW.hash, NEW.previous;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> 1 THEN
        RAISE EXCEPTION 'the audit is a chain: row % does not follow its head', NEW.seq
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""

# Only the trigger above, one trigger deep already, moves the head.
HEAD = """
CREATE FUNCTION audit_head_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the head of the audit follows its rows' USING ERRCODE = 'restrict_violation';
END
$$
"""

# What was published before there was an audit is told of as it is found: nobody wrote down who did it.
ADOPT = """
DO $$
DECLARE
    instant CONSTANT timestamptz := clock_timestamp();
    iso CONSTANT text := 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"';
    held record;
    head record;
    told text;
BEGIN
    FOR held IN SELECT * FROM policy ORDER BY lower(published), id LOOP
        SELECT seq + 1 AS next, hash INTO head FROM audit_head;
        told := '{"approver":' || coalesce(to_json(held.approver)::text, 'null')
            || ',"author":' || to_json(held.author)
            || ',"ended_as":' || coalesce(to_json(held.ended_as)::text, 'null')
            || ',"grade":' || to_json(held.grade)
            || ',"published_from":"' || to_char(lower(held.published) AT TIME ZONE 'UTC', iso)
            || '","published_to":' || coalesce(
                to_json(to_char(upper(held.published) AT TIME ZONE 'UTC', iso))::text, 'null')
            || ',"sha256":' || to_json(held.sha256) || '}';
        INSERT INTO audit (seq, at, actor, act, subject, area, details, previous, hash)
            VALUES (head.next, instant, 'operator', 'adopt', held.id, held.area, told, head.hash,
                audit_hash(head.next, instant, 'operator', 'adopt', held.id, held.area, told, head.hash));
    END LOOP;
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
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION '% may not create roles; a database administrator has to run first: {first}',
            current_user USING ERRCODE = 'insufficient_privilege';
END
$$
"""
ROLES = ("yibao_reader", "yibao_administrator")
BOTH = ", ".join(ROLES)
FIRST = " ".join(f"CREATE ROLE {role} NOLOGIN;" for role in ROLES)
SCHEMA = """
DO $$
BEGIN
    EXECUTE format('{what} USAGE ON SCHEMA %I {whom}', current_schema());
END
$$
"""
DRAFT_CHANGES = (
    "state, version, area, document, sha256, authors, follows, changed_at, published_as, began, ended"
)
GRANTS = (
    # All that is published, the keys (a closed simulation asks for one), and what `audit verify` looks at.
    "GRANT SELECT ON policy, audit, audit_head, api_key TO yibao_reader",
    "GRANT SELECT ON policy, draft, audit, audit_head, api_key, idempotency TO yibao_administrator",
    "GRANT INSERT ON policy, draft, audit, idempotency TO yibao_administrator",
    "GRANT UPDATE (published, ended_as) ON policy TO yibao_administrator",
    f"GRANT UPDATE ({DRAFT_CHANGES}) ON draft TO yibao_administrator",
    "GRANT DELETE ON idempotency TO yibao_administrator",
    # A trigger calls it in any case; nobody else makes a trigger of it.
    "REVOKE EXECUTE ON FUNCTION audit_is_a_chain() FROM PUBLIC",
)
FUNCTIONS = (
    "policy_is_published_now",
    "policy_is_approved",
    "policy_instant_is_now",
    "draft_is_over",
    "audit_is_a_chain",
    "audit_head_follows",
    "audit_only_grows",
    "audit_hash",
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
        op.execute(ROLE.format(role=role, first=FIRST))
    op.execute(SCHEMA.format(what="GRANT", whom=f"TO {BOTH}"))
    for grant in GRANTS:
        op.execute(grant)


def _policy() -> None:
    op.add_column("policy", sa.Column("ended_as", sa.Text(), nullable=True))
    op.execute("ALTER TABLE policy DISABLE TRIGGER policy_immutable")
    # Until now there was one way to end: a correction.
    op.execute("UPDATE policy SET ended_as = 'superseded' WHERE NOT upper_inf(published)")
    op.execute("ALTER TABLE policy ENABLE TRIGGER policy_immutable")
    op.execute(INSTANT_IS_NOW)
    op.execute(GUARD.format(now=ASKED.format(instant="upper(NEW.published)")))
    op.execute(NOW.format(now=ASKED.format(instant="lower(NEW.published)")))
    op.execute(
        "CREATE TRIGGER policy_published_now BEFORE INSERT ON policy "
        "FOR EACH ROW EXECUTE FUNCTION policy_is_published_now()"
    )
    op.execute(APPROVED)
    op.execute(
        "CREATE TRIGGER policy_approved BEFORE INSERT ON policy "
        "FOR EACH ROW EXECUTE FUNCTION policy_is_approved()"
    )
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
    op.execute(OVER)
    op.execute(
        "CREATE TRIGGER draft_begun BEFORE INSERT ON draft "
        "FOR EACH ROW WHEN (NEW.state <> 'draft') EXECUTE FUNCTION draft_is_over()"
    )
    op.execute(
        "CREATE TRIGGER draft_over BEFORE UPDATE ON draft "
        "FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION draft_is_over()"
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
    for function in (APPEND_ONLY, HASH, CHAIN, HEAD):
        op.execute(function)
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
    op.execute(
        "CREATE TRIGGER audit_head_kept BEFORE UPDATE OR DELETE ON audit_head "
        "FOR EACH ROW EXECUTE FUNCTION audit_head_follows()"
    )
    op.execute(
        "CREATE TRIGGER audit_head_not_emptied BEFORE TRUNCATE ON audit_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_head_follows()"
    )
    op.execute(ADOPT)


def downgrade() -> None:
    # The roles stay: they belong to the server, and other databases may use them.
    for table in ("idempotency", "api_key", "draft", "audit", "audit_head"):
        op.drop_table(table)
    op.execute("DROP TRIGGER policy_published_now ON policy")
    op.execute("DROP TRIGGER policy_approved ON policy")
    op.execute(GUARD.format(now="now := true;"))
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for name in ("ended_for_a_reason", "ended_as_known", "approved", "second_person"):
        op.drop_constraint(op.f(f"policy_{name}"), "policy")
    op.drop_column("policy", "ended_as")
    op.execute(f"REVOKE ALL ON policy FROM {BOTH}")
    op.execute(SCHEMA.format(what="REVOKE", whom=f"FROM {BOTH}"))
