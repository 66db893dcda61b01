"""The tables of the store, a module for each subject. Moments are UTC; ids are random texts.

Every row but a tenant's own and those that are of all tenants (limits, totals) belongs to a tenant, whose id leads its
key. A new table is named here, so that the migrations know of it, and has a migration of its own.
"""

from orchestrate.store.tables.access import ApiKey
from orchestrate.store.tables.announcements import Announcement, Subscription
from orchestrate.store.tables.answers import KeptAnswer
from orchestrate.store.tables.audit import AuditEntry
from orchestrate.store.tables.budgets import AccountBudget
from orchestrate.store.tables.connections import ConnectionSetting, PlatformConnection
from orchestrate.store.tables.decisions import HeldConnection, ReconciliationDecision
from orchestrate.store.tables.leases import Lease
from orchestrate.store.tables.logins import AdAccount, OAuthApp, OAuthState
from orchestrate.store.tables.people import Invitation, LoginTries, Membership, User, UserSession
from orchestrate.store.tables.row import Moment, Owned, SealedRow, Table, new_id, now
from orchestrate.store.tables.syncs import (
    DataSource,
    PlatformRateLimit,
    PlatformSyncStatus,
    PlatformTotal,
    SyncLine,
    SyncResult,
    SyncRun,
    SyncSchedule,
)
from orchestrate.store.tables.tenants import Tenant, TenantKey
from orchestrate.store.tables.webhooks import PlatformEvent, PlatformWebhook, WebhookSecret

__all__ = [
    "AccountBudget",
    "AdAccount",
    "Announcement",
    "ApiKey",
    "AuditEntry",
    "ConnectionSetting",
    "DataSource",
    "HeldConnection",
    "Invitation",
    "KeptAnswer",
    "Lease",
    "LoginTries",
    "Membership",
    "Moment",
    "OAuthApp",
    "OAuthState",
    "Owned",
    "PlatformConnection",
    "PlatformEvent",
    "PlatformRateLimit",
    "PlatformSyncStatus",
    "PlatformTotal",
    "PlatformWebhook",
    "ReconciliationDecision",
    "SealedRow",
    "Subscription",
    "SyncLine",
    "SyncResult",
    "SyncRun",
    "SyncSchedule",
    "Table",
    "Tenant",
    "TenantKey",
    "User",
    "UserSession",
    "WebhookSecret",
    "new_id",
    "now",
]
