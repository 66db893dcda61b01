"""People apart from the tenants that they belong to.

Whoever had a login of one e-mail address at several tenants is one person from now on, with the password of the login
that was used last. Nobody proved that all of them are one: at the other tenants the person comes in anew, by a link.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT, create_owned_table, each_tenant, see

revision = "0017"
down_revision = "0016"
Row = dict[str, Any]
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    """Makes users and memberships of the logins so far; sessions and links stay with those who keep their login."""
    logins, opened, links = (_rows(table) for table in ("users", "sessions", "invitations"))
    for table in ("invitations", "sessions", "users", "login_tries"):
        op.drop_table(table)
    _make()
    kept: dict[str, Row] = {}
    for row in sorted(logins, key=lambda each: (_moment(each["last_login_at"]), _moment(each["created_at"]))):
        kept[row["email"]] = row
    users = [_picked(row, "id", "email", "password_hash", "created_at", valid_from=row["created_at"])
             for row in kept.values()]  # fmt: skip
    for user in users:
        see(op.get_bind(), email=user["email"])
        _insert("users", [user])
    owners = {row["id"] for row in kept.values()}
    _insert_of_tenants("memberships", [
        _picked(
            row, "tenant_id", "role", "created_at", "last_login_at", user_id=kept[row["email"]]["id"],
            joined_at=row["created_at"] if row["id"] in owners and row["password_hash"] else None,
        )
        for row in logins
    ])  # fmt: skip
    _insert_of_tenants("sessions", [row for row in opened if row["user_id"] in owners])
    lost = {row["id"] for row in logins if row["password_hash"] is None}
    _insert_of_tenants("invitations", [
        {**row, "sets_password": row["user_id"] in lost, "created_at": datetime.now(UTC)}
        for row in links if row["user_id"] in owners
    ])  # fmt: skip


def downgrade() -> None:
    """A login for each membership again; sessions and links end."""
    members = _rows("memberships")
    people: dict[str, Row] = {}
    for member in members:
        see(op.get_bind(), user=member["user_id"])
        of = {"id": member["user_id"]}
        found = op.get_bind().execute(sa.text("SELECT id, email, password_hash FROM users WHERE id = :id"), of)
        people[member["user_id"]] = dict(found.mappings().one())
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP POLICY own_person ON users")
    for table in ("invitations", "sessions", "memberships", "users", "login_tries"):
        op.drop_table(table)
    create_owned_table(
        "users", sa.Column("id", sa.String(32), primary_key=True), sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", sa.String(20), nullable=False), sa.Column("password_hash", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False), sa.Column("last_login_at", MOMENT),
        sa.UniqueConstraint("tenant_id", "email"),
    )  # fmt: skip
    for name in ("sessions", "invitations"):
        used = [sa.Column(each, MOMENT, nullable=False) for each in ("created_at", "seen_at") if name == "sessions"]
        create_owned_table(name, *_link_columns(), *used, of="users")
    create_owned_table("login_tries", *_tries())
    _insert_of_tenants("users", [
        _picked(row, "tenant_id", "role", "created_at", "last_login_at", id=row["user_id"],
                email=people[row["user_id"]]["email"],
                password_hash=people[row["user_id"]]["password_hash"] if row["joined_at"] else None)
        for row in members
    ])  # fmt: skip


def _make() -> None:
    op.create_table(
        "users", sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True), sa.Column("password_hash", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False), sa.Column("valid_from", MOMENT, nullable=False),
    )  # fmt: skip
    create_owned_table(
        "memberships", sa.Column("user_id", sa.String(32), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False), sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("joined_at", MOMENT), sa.Column("last_login_at", MOMENT),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
    )  # fmt: skip
    op.create_index("memberships_of_user", "memberships", ["user_id"])
    member = ["memberships.tenant_id", "memberships.user_id"]
    for name, columns in (("sessions", ("seen_at",)), ("invitations", ())):
        more = [sa.Column(each, MOMENT, nullable=False) for each in ("created_at", *columns)]
        if name == "invitations":
            more.append(sa.Column("sets_password", sa.Boolean, nullable=False))
        own = sa.ForeignKeyConstraint(["tenant_id", "user_id"], member, ondelete="CASCADE")
        create_owned_table(name, *_link_columns(), *more, parent=own)
    op.create_table("login_tries", *_tries())
    if op.get_bind().dialect.name == "postgresql":
        _guard()


def _guard() -> None:
    """A person is seen by whoever knows who is meant, and by their tenants; all their memberships by themselves."""
    op.execute("CREATE POLICY own_person ON memberships FOR SELECT USING (user_id = current_setting('app.user', true))")
    for words in ("ENABLE", "FORCE"):
        op.execute(f"ALTER TABLE users {words} ROW LEVEL SECURITY")
    named = "id = current_setting('app.user', true) OR email = current_setting('app.email', true)"
    member = (
        "EXISTS (SELECT 1 FROM memberships WHERE memberships.user_id = users.id "
        "AND memberships.tenant_id = current_setting('app.tenant', true))"
    )
    op.execute(f"CREATE POLICY own_person ON users USING ({named} OR {member}) WITH CHECK ({named} OR {member})")


def _link_columns() -> list["sa.Column[Any]"]:
    return [
        sa.Column("id", sa.String(32), primary_key=True), sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False), sa.Column("expires_at", MOMENT, nullable=False),
    ]  # fmt: skip


def _tries() -> list["sa.Column[Any]"]:
    return [
        sa.Column("subject", sa.String(64), primary_key=True), sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
    ]  # fmt: skip


def _rows(table: str) -> list[Row]:
    reflected = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind())
    found: list[Row] = []
    for tenant in each_tenant(op.get_bind()):
        mine = sa.select(reflected).where(reflected.c.tenant_id == tenant)
        found += [dict(row) for row in op.get_bind().execute(mine).mappings()]
    return found


def _insert_of_tenants(table: str, rows: Iterable[Row]) -> None:
    by_tenant: dict[str, list[Row]] = {}
    for row in rows:
        by_tenant.setdefault(row["tenant_id"], []).append(row)
    for tenant, mine in by_tenant.items():
        see(op.get_bind(), tenant=tenant)
        _insert(table, mine)


def _insert(table: str, rows: list[Row]) -> None:
    op.bulk_insert(sa.Table(table, sa.MetaData(), autoload_with=op.get_bind()), rows)


def _picked(row: Row, *names: str, **others: Any) -> Row:
    return {**{name: row[name] for name in names}, **others}


def _moment(value: datetime | None) -> datetime:
    if value is None:
        return _NEVER
    return value if value.tzinfo else value.replace(tzinfo=UTC)
