"""Commands about accounts: `palpate admin …`, for whoever runs the machine."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from cli.app import json_option, open_app, print_json

ROLES = ["reviewer", "second-reviewer", "admin", "read-only"]
OPERATOR = "operator"  # who acts, in the audit


@click.group(epilog="Example: palpate admin create-user alex")
def admin() -> None:
    """Accounts of the directory's reviewers, and tokens for their programs."""


@admin.command(name="create-user", epilog="Example: palpate admin create-user alex --role admin")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="admin", show_default=True)
@click.option("--email", help="Where a link goes when the password is forgotten.")
@click.password_option(help="Asked for if not given.", envvar="NEW_PASSWORD", show_envvar=True)
def create_user(name: str, role: str, email: str | None, password: str) -> None:
    """Make an account; the first one by this command."""
    from notices.messages import parse_address
    from records import audit, users

    address = parse_address(email) if email else None
    with open_app() as app, app.database.begin() as session:
        user = users.create_user(session, name=name, password=password, role=users.Role(role), email=address)
        audit.append(session, actor=OPERATOR, action="account.made", subject=user.id, detail={"role": role})
    click.echo(f"Account '{name}' ({role}) is ready; sign in at {app.settings.base_url}/admin/")


@admin.command(name="users", epilog="Example: palpate admin users --json")
@json_option
def list_users(as_json: bool) -> None:
    """Every account: role, second factor, open or closed."""
    from directory.models import to_json
    from records import users

    with open_app() as app, app.database.read() as session:
        found = users.load_all(session)
    if as_json:
        print_json([to_json(user) for user in found])
        return
    for user in found:
        state = "closed" if user.disabled_at else "open"
        phone = "with phone" if user.has_totp else "password only"
        click.echo(f"{user.name}  {user.role}  {user.email or 'no e-mail'}  {phone}  {state}")


@admin.command(name="set-password", epilog="Example: palpate admin set-password alex")
@click.argument("name")
@click.password_option(help="Asked for if not given.", envvar="NEW_PASSWORD", show_envvar=True)
def set_password(name: str, password: str) -> None:
    """Give an account a new password; it is signed out everywhere."""
    from records import audit, users

    with open_app() as app, app.database.begin() as session:
        users.set_password(session, name, password)
        audit.append(session, actor=OPERATOR, action="password.set", subject=users.get(session, name).id)
    click.echo(f"'{name}' has a new password, and is signed out everywhere.")


@admin.command(name="set-email", epilog="Example: palpate admin set-email alex alex@example.org")
@click.argument("name")
@click.argument("email")
def set_email(name: str, email: str) -> None:
    """Where the links of an account go when its password is forgotten."""
    from notices.messages import parse_address
    from records import audit, users

    with open_app() as app, app.database.begin() as session:
        users.set_email(session, name, parse_address(email))
        audit.append(session, actor=OPERATOR, action="account.email", subject=users.get(session, name).id)
    click.echo(f"Mails to '{name}' go to {email}.")


@admin.command(name="remove-second-factor", epilog="Example: palpate admin remove-second-factor alex")
@click.argument("name")
def remove_second_factor(name: str) -> None:
    """Let somebody in who lost their phone and their recovery codes; make sure first that it is they who ask."""
    from records import audit, second_factor, users

    with open_app() as app, app.database.begin() as session:
        second_factor.remove(session, name)
        audit.append(session, actor=OPERATOR, action="account.phone", subject=users.get(session, name).id)
    click.echo(f"'{name}' signs in with the password alone until another phone is set up.")


@admin.command(name="create-token", epilog="Example: palpate admin create-token alex --label export --scope read")
@click.argument("name")
@click.option("--label", required=True, help="What the token is for.")
@click.option("--scope", type=click.Choice(["read", "review", "admin"]), default="read", show_default=True)
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True, help="How long it holds.")
def create_token(name: str, label: str, scope: str, days: int) -> None:
    """Make a token for a program; it is printed once, and only a digest of it is kept."""
    from records import audit, sign_ins

    with open_app() as app, app.database.begin() as session:
        token, kept = sign_ins.create_token(
            session, name, label=label, scope=sign_ins.Scope(scope), lifetime=timedelta(days=days)
        )
        audit.append(session, actor=OPERATOR, action="token.made", subject=kept.id, detail={"scope": scope})
    click.echo(token)


@admin.command(name="tokens", epilog="Example: palpate admin tokens --json")
@json_option
def list_tokens(as_json: bool) -> None:
    """Every token: whose, for what, until when, and when it was last used."""
    from directory.models import to_json
    from records import sign_ins

    with open_app() as app, app.database.read() as session:
        found = sign_ins.load_tokens(session)
    if as_json:
        print_json([to_json(token) for token in found])
        return
    for token in found:
        until = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "for ever"
        used = f"last used {token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never used"
        state = "  revoked" if token.revoked_at else ""
        click.echo(f"{token.id}  {token.user}  {token.label}  {token.scope}  {until}  {used}{state}")


@admin.command(name="revoke-token", epilog="Example: palpate admin revoke-token 0b1c…")
@click.argument("token_id")
def revoke_token(token_id: str) -> None:
    """Make a token useless, by its id as `palpate admin tokens` shows it."""
    from records import audit, sign_ins

    with open_app() as app, app.database.begin() as session:
        sign_ins.revoke_token(session, token_id)
        audit.append(session, actor=OPERATOR, action="token.revoked", subject=token_id)
    click.echo("The token is worth nothing from now on.")


@admin.command(name="audit", epilog="Example: palpate admin audit --format csv --out audit.csv")
@click.option("--format", "format_", type=click.Choice(["csv", "jsonl"]), default="jsonl", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Default: standard output.")
def export_audit(format_: str, out: Path | None) -> None:
    """Who did what, when, from the first act on; nothing is written unless its chain holds."""
    from cli.export import open_output
    from records.trail import TrailFormat, write_trail

    with open_app() as app, app.database.read() as session, open_output(out) as file:
        for line in write_trail(session, TrailFormat(format_)):
            file.write(line)


COMMANDS = (admin,)
