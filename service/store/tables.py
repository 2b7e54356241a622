"""The tables of Postgres, as SQLAlchemy knows them; migrations make them, `alembic check` compares."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, JSONB, TIMESTAMP, TSTZRANGE, ExcludeConstraint

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "ck": "%(table_name)s_%(constraint_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    }
)

policy = Table(
    "policy",
    metadata,
    Column("id", Text, primary_key=True),
    Column("area", Text, nullable=False),
    Column("effective", DATERANGE, nullable=False),  # 生效: the days it is in force
    Column("published", TSTZRANGE, nullable=False),  # 发布: from when until when it was held to be true
    Column("document", JSONB, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column(
        "approver", Text
    ),  # none where the catalogue was published, which is reviewed before it is shipped
    Column("ended_as", Text),  # what became of it when its publication ended
    CheckConstraint(text(r"area ~ '^[0-9]{6}$'"), name="area_code"),
    CheckConstraint(text("starts_with(id, area || '@')"), name="id_names_area"),
    CheckConstraint(text("NOT isempty(effective)"), name="effective_not_empty"),
    CheckConstraint(
        text("NOT isempty(published) AND lower_inc(published) AND NOT upper_inc(published)"),
        name="published_began",
    ),
    CheckConstraint(text("(document ->> 'area') IS NOT DISTINCT FROM area"), name="document_names_area"),
    CheckConstraint(text("sha256 ~ '^[0-9a-f]{64}$'"), name="sha256_hex"),
    CheckConstraint(text("grade IN ('A', 'B', 'C')"), name="grade_sufficient"),
    CheckConstraint(text("author <> ''"), name="author_named"),
    CheckConstraint(text("lower(approver) <> lower(author)"), name="second_person"),
    CheckConstraint(text("approver IS NOT NULL OR author = 'catalogue'"), name="approved"),
    CheckConstraint(text("ended_as IN ('superseded', 'withdrawn')"), name="ended_as_known"),
    CheckConstraint(text("(ended_as IS NULL) = upper_inf(published)"), name="ended_for_a_reason"),
    # No two policies of an area are in force on the same day, by what was known at the same instant.
    ExcludeConstraint(
        ("area", "="), ("effective", "&&"), ("published", "&&"), using="gist", name="policy_in_force_once"
    ),
)

INSTANT = TIMESTAMP(timezone=True)

draft = Table(
    "draft",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False, server_default="draft"),
    Column("version", BigInteger, nullable=False, server_default="1"),  # what If-Match names
    Column("area", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("authors", ARRAY(Text), nullable=False),  # everyone who wrote something of it, the last one last
    Column("supersedes", Text, ForeignKey("policy.id")),  # what its publication takes the place of
    Column("follows", Text, ForeignKey("policy.id")),  # what its publication ends the day before it begins
    Column("created_at", INSTANT, nullable=False),
    Column("changed_at", INSTANT, nullable=False),
    Column("published_as", Text, ForeignKey("policy.id")),
    Column("began", ARRAY(Text), nullable=False, server_default="{}"),  # every row its publication began
    Column("ended", ARRAY(Text), nullable=False, server_default="{}"),  # and every row that it ended
    CheckConstraint(text("id ~ '^draft-[0-9a-f]{32}$'"), name="id_form"),
    CheckConstraint(text("state IN ('draft', 'published', 'withdrawn')"), name="state_known"),
    CheckConstraint(text(r"area ~ '^[0-9]{6}$'"), name="area_code"),
    CheckConstraint(text("cardinality(authors) > 0"), name="authors_named"),
    CheckConstraint(
        text("(state = 'published') = (published_as IS NOT NULL)"), name="published_as_something"
    ),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),  # from 1, without a gap
    Column("at", INSTANT, nullable=False),
    Column("actor", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),  # the draft, policy or key that it was done with
    Column("area", Text),
    Column("details", Text, nullable=False),  # canonical JSON, kept to the letter because it is hashed
    Column("previous", Text, nullable=False),  # the hash of the row before; of the first, 64 zeros
    Column("hash", Text, nullable=False),  # of all other columns
    CheckConstraint(text("actor <> ''"), name="actor_named"),
    CheckConstraint(text("hash ~ '^[0-9a-f]{64}$' AND previous ~ '^[0-9a-f]{64}$'"), name="hash_hex"),
)

# One row: the end of the audit's chain. A trigger keeps it, so that a chain cut short is noticed.
audit_head = Table(
    "audit_head",
    metadata,
    Column("one", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint(text("one = 1"), name="one_row"),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),  # the part of a key that is not secret
    Column("hash", Text, nullable=False),  # SHA-256 of the part that is: 256 random bits need no slow hash
    Column("person", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("issued_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT),
    Column("revoked_at", INSTANT),
    Column("replaced_by", Text, ForeignKey("api_key.id")),  # the key that it was rotated to
    CheckConstraint(text("hash ~ '^[0-9a-f]{64}$'"), name="hash_hex"),
    CheckConstraint(text("person <> ''"), name="person_named"),
)

# What was answered to a request that named itself by an Idempotency-Key.
idempotency = Table(
    "idempotency",
    metadata,
    Column("person", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_sha256", Text, nullable=False),  # of the address and the body
    Column("answer", Text, nullable=False),  # the draft as it was answered, as JSON
    Column("at", INSTANT, nullable=False),
)
