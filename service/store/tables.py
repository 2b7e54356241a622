"""The tables of Postgres, as SQLAlchemy knows them; migrations make them, `alembic check` compares."""

from sqlalchemy import CheckConstraint, Column, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, TSTZRANGE, ExcludeConstraint

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
    Column("approver", Text),
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
    # No two policies of an area are in force on the same day, by what was known at the same instant.
    ExcludeConstraint(
        ("area", "="), ("effective", "&&"), ("published", "&&"), using="gist", name="policy_in_force_once"
    ),
)
