"""The tables of record; no row of them leaves this package.

Times are aware UTC. Payloads are canonical JSON as text, so that a digest can be taken again from what is stored.
"""

from records.tables.accounts import ApiTokenRow, PasswordResetRow, RecoveryCodeRow, SessionRow, SignInRow, UserRow
from records.tables.base import Base, BigInt, FactRow, UtcDateTime, table_of
from records.tables.decided import CaseRow, DecisionRow, ProofRow, StatementRow
from records.tables.proven import AuditTableRow, ChainRow, LedgerHeadRow, LedgerTableRow
from records.tables.resolved import EntityRow, JudgementRow, MembershipRow
from records.tables.seen import (
    ObservationRow,
    RegisterNameRow,
    RegisterRecordRow,
    RemovalDigestRow,
    RemovalRow,
    RunRow,
    SnapshotRow,
)
from records.tables.told import MailRow, WatcherRow, WatchEventRow, WatchRow
from records.tables.work import JobRow, OutboxRow, PauseRow

__all__ = [
    "ApiTokenRow",
    "AuditTableRow",
    "Base",
    "BigInt",
    "CaseRow",
    "ChainRow",
    "DecisionRow",
    "EntityRow",
    "FactRow",
    "JobRow",
    "JudgementRow",
    "LedgerHeadRow",
    "LedgerTableRow",
    "MailRow",
    "MembershipRow",
    "ObservationRow",
    "OutboxRow",
    "PasswordResetRow",
    "PauseRow",
    "ProofRow",
    "RecoveryCodeRow",
    "RegisterNameRow",
    "RegisterRecordRow",
    "RemovalDigestRow",
    "RemovalRow",
    "RunRow",
    "SessionRow",
    "SignInRow",
    "SnapshotRow",
    "StatementRow",
    "UserRow",
    "UtcDateTime",
    "WatchEventRow",
    "WatchRow",
    "WatcherRow",
    "table_of",
]
