"""The OAuth apps of a tenant, logins under way, and the accounts that a connection can read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import Owned, SealedRow, Table, now
from orchestrate.vault.envelope import Place


class OAuthApp(SealedRow, Table):
    """A tenant's app at a platform; `sealed` is the client secret."""

    __tablename__ = "oauth_apps"
    platform: Mapped[str] = mapped_column(String(100), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(500))
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)

    @property
    def place(self) -> Place:
        """Bound to the platform and the client id."""
        return Place(self.tenant_id, f"oauth app {self.platform}", self.client_id)


class OAuthState(SealedRow, Table):
    """A login that somebody was sent to the vendor for. `sealed` holds the PKCE verifier and the settings so far.

    It is good once, until `expires_at`, for the session or key `bound_to` and for its platform alone.
    """

    __tablename__ = "oauth_states"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    bound_to: Mapped[str] = mapped_column(String(100))
    platform: Mapped[str] = mapped_column(String(100))
    login: Mapped[str] = mapped_column(String(100))
    connection: Mapped[str] = mapped_column(String(100))
    redirect_uri: Mapped[str] = mapped_column(Text)
    goes_on_at: Mapped[str] = mapped_column(Text)
    """The path of this service where the browser goes afterwards."""
    expires_at: Mapped[datetime]
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)

    @property
    def place(self) -> Place:
        """Bound to the state itself."""
        return Place(self.tenant_id, f"oauth state {self.id}", self.platform)


class AdAccount(Owned, Table):
    """An account, sub-account or the like that a connection's login reaches: a value of the setting `option`."""

    __tablename__ = "platform_ad_accounts"
    connection_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    option: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[str] = mapped_column(String(500), primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    """Its place in the vendor's own order."""
    seen_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["platform_connections.tenant_id", "platform_connections.id"],
            ondelete="CASCADE",
        ),
    )
