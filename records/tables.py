"""The tables of record; no row of them leaves this package.

Times are aware UTC. Payloads are canonical JSON as text, so that a digest can be taken again from what is stored.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

BigInt = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept and given back in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be recorded")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table shares: one naming of constraints, so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), str: Text()}  # noqa: RUF012  SQLAlchemy's own declaration


class FactRow(Base):
    """Small facts about this database itself."""

    __tablename__ = "facts"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str]


# --- what was seen ----------------------------------------------------------------------------------------


class RunRow(Base):
    __tablename__ = "runs"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    source: Mapped[str]
    shard: Mapped[str | None]
    full: Mapped[bool]
    state: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    summary: Mapped[str | None]
    __table_args__ = (Index("ix_runs_source_started_at", "source", "started_at"),)


class ObservationRow(Base):
    """One version of what a source said under one of its keys; the version in force has no `superseded_at`."""

    __tablename__ = "observations"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    observation_id: Mapped[str] = mapped_column(String(32))
    source: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str]
    payload: Mapped[str]
    payload_hash: Mapped[str] = mapped_column(String(64))
    url: Mapped[str | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    snapshot_hash: Mapped[str | None] = mapped_column(String(64))
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    read_on: Mapped[date]
    run_id: Mapped[str | None] = mapped_column(String(32))
    superseded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_observations_current",
            "observation_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_observations_history", "observation_id", "id"),
        Index("ix_observations_kind_source", "kind", "source", "id"),
        Index(
            "ix_observations_snapshot_hash",
            "snapshot_hash",
            sqlite_where=text("snapshot_hash IS NOT NULL"),
            postgresql_where=text("snapshot_hash IS NOT NULL"),
        ),
    )


class SnapshotRow(Base):
    __tablename__ = "snapshots"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    stored_at: Mapped[datetime]


class RegisterRecordRow(Base):
    """Where to find a register's row: by exact key and by place; the row itself is its observation's payload."""

    __tablename__ = "register_records"
    observation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    source: Mapped[str]
    register_id: Mapped[str]
    jurisdiction: Mapped[str]
    family: Mapped[str | None]
    number: Mapped[int | None] = mapped_column(BigInt)
    full_name: Mapped[str]
    city: Mapped[str | None]
    status: Mapped[str | None]
    expires_on: Mapped[date | None]
    discipline: Mapped[bool]
    __table_args__ = (
        Index("ix_register_records_key", "jurisdiction", "family", "number"),
        Index("ix_register_records_register_id", "register_id"),
    )


class RegisterNameRow(Base):
    """A folded family name (each part, and former ones) under which a register's row is found."""

    __tablename__ = "register_names"
    jurisdiction: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    observation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    __table_args__ = (Index("ix_register_names_observation_id", "observation_id"),)


class RemovalRow(Base):
    """That somebody asked out, when and why; who it was is kept only as keyed digests."""

    __tablename__ = "removals"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    entity_id: Mapped[str | None] = mapped_column(String(40))
    asked_at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]


class RemovalDigestRow(Base):
    __tablename__ = "removal_digests"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    removal_id: Mapped[str] = mapped_column(ForeignKey("removals.id"), primary_key=True)


# --- who is who -------------------------------------------------------------------------------------------


class EntityRow(Base):
    """A person or practice; `version` grows with every change that its page or its search document could show."""

    __tablename__ = "entities"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(BigInt)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    redirect_to: Mapped[str | None] = mapped_column(ForeignKey("entities.id"), index=True)
    closed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class MembershipRow(Base):
    """That a listing belonged to an entity from one time to another; without `left_at` it still does."""

    __tablename__ = "memberships"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    listing_key: Mapped[str]
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    said: Mapped[str | None] = mapped_column(String(64))  # digest of the listing when it was last resolved
    __table_args__ = (
        Index(
            "ix_memberships_current",
            "listing_key",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        Index("ix_memberships_listing_key", "listing_key"),
        Index("ix_memberships_entity_id", "entity_id"),
    )


class JudgementRow(Base):
    """A person's word that two listings are, are not, or may be the same; undone, never deleted."""

    __tablename__ = "judgements"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    left: Mapped[str]
    right: Mapped[str]
    verdict: Mapped[str] = mapped_column(String(20))
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    undone_reason: Mapped[str | None]
    __table_args__ = (Index("ix_judgements_pair", "left", "right"),)


# --- is it true -------------------------------------------------------------------------------------------


class ChainRow(Base):
    """The last link of a hash chain; locking it puts appenders in a row."""

    __tablename__ = "chains"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInt)
    digest: Mapped[str] = mapped_column(String(64))


class LedgerTableRow(Base):
    """One outcome of one claim; all but the payload and its salt is for ever."""

    __tablename__ = "ledger"
    seq: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    entity_id: Mapped[str] = mapped_column(String(40))
    claim_id: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(20))
    withdrawn: Mapped[bool]
    rule: Mapped[str]
    rule_version: Mapped[str]
    grade: Mapped[str | None]
    mode: Mapped[str]
    parser_version: Mapped[str]
    decided_by: Mapped[str]
    fhir_status: Mapped[str]
    row_hash: Mapped[str | None] = mapped_column(String(64))
    checked_on: Mapped[date]
    read_on: Mapped[date | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime]
    supersedes: Mapped[int | None] = mapped_column(BigInt)
    payload: Mapped[str | None]
    payload_salt: Mapped[str | None] = mapped_column(String(32))
    payload_digest: Mapped[str] = mapped_column(String(64))
    erased_at: Mapped[datetime | None]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_ledger_entity_id", "entity_id", "claim_id", "seq"),)


class LedgerHeadRow(Base):
    """The latest row of each claim: derived from the ledger, kept so that reading it is one join."""

    __tablename__ = "ledger_heads"
    entity_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(ForeignKey("ledger.seq"))


class AuditTableRow(Base):
    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    payload: Mapped[str | None]
    payload_salt: Mapped[str | None] = mapped_column(String(32))
    payload_digest: Mapped[str] = mapped_column(String(64))
    erased_at: Mapped[datetime | None]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_audit_subject", "subject", "seq"),)


# --- what people decide -----------------------------------------------------------------------------------


class CaseRow(Base):
    """Something a person must look at; `version` grows with every change, so that two deciders cannot overwrite."""

    __tablename__ = "review_cases"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    priority: Mapped[int]
    key: Mapped[str]
    entity_id: Mapped[str | None] = mapped_column(String(40), index=True)
    claim_id: Mapped[str | None] = mapped_column(String(64))
    group_key: Mapped[str | None] = mapped_column(String(64), index=True)
    input_hash: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    later_until: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_review_cases_queue", "state", "priority", "opened_at", "id"),
        Index("ix_review_cases_kind", "kind", "state", "priority", "opened_at", "id"),
    )


class DecisionRow(Base):
    """One act of a reviewer on a case; undone, never deleted."""

    __tablename__ = "review_decisions"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("review_cases.id"), index=True)
    case_version: Mapped[int]
    input_hash: Mapped[str] = mapped_column(String(64))
    decision: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str | None] = mapped_column(String(20))
    register_id: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]
    second: Mapped[bool]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("case_id", "case_version"),)


# --- work to be done --------------------------------------------------------------------------------------


class OutboxRow(Base):
    """That an entity's search document must be made again; written with the change itself."""

    __tablename__ = "outbox"
    seq: Mapped[int] = mapped_column(BigInt, primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(40), index=True)
    version: Mapped[int] = mapped_column(BigInt)
    reason: Mapped[str]
    created_at: Mapped[datetime]
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    last_error: Mapped[str | None]


class JobRow(Base):
    """Work to be claimed; the jobs of a round are done stage by stage, rounds in the order they were asked for."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    round_id: Mapped[str | None] = mapped_column(String(32), index=True)
    stage: Mapped[int]
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str]
    payload: Mapped[str]
    state: Mapped[str] = mapped_column(String(20))
    priority: Mapped[int]
    run_at: Mapped[datetime]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    __table_args__ = (
        Index("ix_jobs_waiting", "state", "kind", "run_at", "id"),
        Index(
            "ix_jobs_unfinished_key",
            "kind",
            "key",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'claimed')"),
            postgresql_where=text("state IN ('waiting', 'claimed')"),
        ),
    )


class PauseRow(Base):
    """That a source is not read until somebody lets it go on; without a row it is read when it is due."""

    __tablename__ = "pauses"
    source: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]


# --- who may decide ---------------------------------------------------------------------------------------


class UserRow(Base):
    __tablename__ = "users"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    email: Mapped[str | None]
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str]
    totp_salt: Mapped[str | None]  # the phone's secret is worked out from it and the installation's own
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None] = mapped_column(BigInt)  # of the last code used: none is good twice
    totp_failures: Mapped[int]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class RecoveryCodeRow(Base):
    """What stands in for a phone once; only a keyed digest of it is kept."""

    __tablename__ = "recovery_codes"
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)


class PasswordResetRow(Base):
    """A link by which a new password is set; only a keyed digest of its token is kept."""

    __tablename__ = "password_resets"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[datetime]


class SessionRow(Base):
    """A signed-in browser; only a digest of its token is kept."""

    __tablename__ = "user_sessions"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInRow(Base):
    """Failed attempts of one client on one name, so that backing off never shuts out another client."""

    __tablename__ = "sign_ins"
    name_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    next_try_at: Mapped[datetime]


class ApiTokenRow(Base):
    __tablename__ = "api_tokens"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    label: Mapped[str]
    scope: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


# --- what is told to people outside -----------------------------------------------------------------------


class MailRow(Base):
    """A message to be sent; once it is sent or given up, what it said and to whom is erased."""

    __tablename__ = "mails"
    seq: Mapped[int] = mapped_column(BigInt, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    owner: Mapped[str] = mapped_column(String(60), index=True)
    recipient: Mapped[str | None]
    recipient_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    message: Mapped[str | None]
    created_at: Mapped[datetime]
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    held: Mapped[bool]  # the server itself was in trouble: what came later waits behind it
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    __table_args__ = (Index("ix_mails_waiting", "sent_at", "failed_at", "seq"),)


class WatcherRow(Base):
    """Somebody who follows others: a person known by an e-mail address alone, or an account."""

    __tablename__ = "watchers"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str | None]
    email_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), unique=True)
    language: Mapped[str] = mapped_column(String(8))
    link_version: Mapped[int]  # a greater one makes every earlier link and feed address useless
    created_at: Mapped[datetime]


class WatchRow(Base):
    """One person or region that somebody follows; nothing is told before it is confirmed."""

    __tablename__ = "watches"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    watcher_id: Mapped[str] = mapped_column(ForeignKey("watchers.id"))
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(40), index=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("watcher_id", "kind", "subject"),)


class WatchEventRow(Base):
    """That something was told to a watch, so that it is never told again; `mail_key` once a mail says it."""

    __tablename__ = "watch_events"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    watch_id: Mapped[str] = mapped_column(ForeignKey("watches.id"))
    event_key: Mapped[str] = mapped_column(String(120))
    entity_id: Mapped[str] = mapped_column(String(40), index=True)
    payload: Mapped[str]
    told_at: Mapped[datetime]
    mail_key: Mapped[str | None] = mapped_column(String(120), index=True)
    __table_args__ = (UniqueConstraint("watch_id", "event_key"),)


# --- what people ask for themselves -----------------------------------------------------------------------


class ProofRow(Base):
    """A link sent to an address that the practice itself publishes; who uses it reads that address's mail."""

    __tablename__ = "proofs"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("review_cases.id"), index=True)
    entity_id: Mapped[str] = mapped_column(String(40), index=True)
    address: Mapped[str | None]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]


class StatementRow(Base):
    """A therapist's own word on their listing: that it is theirs, or an answer to a status; shown once accepted."""

    __tablename__ = "statements"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("review_cases.id"), index=True)
    entity_id: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str | None]
    made_at: Mapped[datetime]
